"""`cxdesk mail import` of real files, and of one mail as a mail server hands it over."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cxdesk.cli import postman
from cxdesk.desk.letters import Arrived, Outcome
from cxdesk.store import database
from cxdesk.store.settings import fill
from tests.cli import goldens
from tests.cli.played import Home
from tests.running import MAIN, cxdesk, on_terminal, surroundings

if TYPE_CHECKING:
    from collections.abc import Callable

MAIL = Path(__file__).parents[1] / "data" / "mail"
KILLERS = MAIL / "killers"
EXPECTED = json.loads((MAIL / "killers.json").read_text("utf-8"))
FORMS = '[mail]\nforms = ["form@myshop.example"]\n'
IMPATIENT = "from cxdesk.store import database; database.BUSY_SECONDS = 0.3\n" + MAIN
OURS = '[mail]\nown = ["hello@oak.example", "jo@oak.example"]\n'
TEMPFAIL = 75
# Says when the second batch is done, and goes on when it is stopped or much later.
WAITING = """
import sys, time
from cxdesk.desk import letters
def waiting(*a, real=letters.take_in, **k):
    for number, outcomes in enumerate(real(*a, **k), 1):
        yield outcomes
        if number == 2:
            print("two batches are done", file=sys.stderr, flush=True)
            time.sleep(60)
letters.take_in = waiting
"""
# Loses sight of the last mail of each batch.
FORGETFUL = """
from cxdesk.desk import letters
def forgetful(*a, real=letters.take_in, **k):
    return (outcomes[:-1] for outcomes in real(*a, **k))
letters.take_in = forgetful
"""


def mail(number: int, text: str = "Does it come in oak?", **headers: str) -> bytes:
    lines = {
        "From": f"Ann Lee <ann{number}@example.com>",
        "Subject": f"Question {number}",
        "Message-ID": f"<q{number}@example.com>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\n" for name, value in lines.items())
    return f"{head}\n{text}\n".encode()


def mbox(count: int) -> bytes:
    return b"".join(
        b"From ann Mon Nov 23 09:00:00 2026\n" + mail(number) + b"\n" for number in range(count)
    )


def piped(
    home: Path, raw: bytes, *words: str, program: str = MAIN, streams: Any = None
) -> subprocess.CompletedProcess[bytes]:
    """Hand one mail over as a mail server does."""
    return subprocess.run(
        [sys.executable, "-c", program, "mail", "import", "-", *words],
        input=raw,
        env=surroundings(home),
        timeout=40,
        check=False,
        **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **(streams or {})},
    )


def kept(home: Path) -> list[str]:
    """The state of every mail in the desk."""
    link = sqlite3.connect(home / "desk.db")
    try:
        return [state for (state,) in link.execute("SELECT state FROM received ORDER BY id")]
    finally:
        link.close()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    folder = tmp_path / "home"
    folder.mkdir(0o700)
    return Home(folder)


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "one.eml"
    path.write_bytes(mail(1))
    return path


class TestTheKillers:
    """Thirty-two mails on which mail programs have choked."""

    @pytest.fixture(scope="class")
    @classmethod
    def runs(cls, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
        """The whole folder, and the whole folder once more."""
        folder = tmp_path_factory.mktemp("killers")
        path = folder / "config.toml"
        path.touch(0o600)
        path.write_text(FORMS)
        home = Home(folder)
        found = [home.run("mail", "import", str(KILLERS), "--json") for _ in range(2)]
        assert [ran.code for ran in found] == [5, 5]
        return [json.loads(ran.out) for ran in found]

    @pytest.fixture(scope="class")
    @classmethod
    def by_file(cls, runs: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
        found: dict[str, list[dict[str, Any]]] = {}
        for one in runs[0]["messages"]:
            found.setdefault(Path(one["place"].partition("#")[0]).name, []).append(one)
        return found

    def test_not_one_is_lost(self, runs: list[dict[str, Any]]) -> None:
        for run in runs:
            assert run["fetched"] == len(run["messages"]) == 33
            assert run["fetched"] == run["stored"] + run["duplicates"] + run["quarantined"]
        assert runs[0]["stored"] == runs[1]["duplicates"] == 30
        assert runs[1]["stored"] == 0
        assert runs[0]["quarantined"] == runs[1]["quarantined"] == 3

    @pytest.mark.parametrize("expected", EXPECTED, ids=lambda one: one["file"])
    def test_each_is_read_as_it_was_meant(
        self, by_file: dict[str, list[dict[str, Any]]], expected: dict[str, Any]
    ) -> None:
        mails = by_file[expected["file"]]

        assert len(mails) == expected.get("messages", 1)
        assert (mails[0]["via"] == "quarantined") == expected.get("quarantined", False)
        if "from" in expected:
            assert mails[0]["from"]["email"] == expected["from"]
        if "name" in expected:
            assert mails[0]["from"]["name"] == expected["name"]
        if "subject" in expected:
            assert mails[0]["subject"] == expected["subject"]
        if expected.get("message_id", "").startswith("<"):
            assert mails[0]["message_id"] == expected["message_id"]
        if "attachments" in expected:
            names = [one["name"] for one in mails[0]["attachments"]]
            assert names == expected["attachments"]

    def test_the_contact_form_is_an_inquiry_of_its_customer(
        self, by_file: dict[str, list[dict[str, Any]]]
    ) -> None:
        (form,) = by_file["30-contact-form-autogenerated.eml"]

        assert form["is_new"]
        assert form["automatic"]

    def test_nothing_they_say_reaches_a_terminal_as_a_command(self, tmp_path: Path) -> None:
        names = ("12-raw8bit-headers", "19-nul", "21-rtlo", "23-terminal-escape", "26-binary")
        shown = on_terminal(
            tmp_path, "mail", "import", *(str(KILLERS / f"{name}.eml") for name in names)
        )

        assert shown.code == 5
        assert "grüße" in shown.out
        assert not set(shown.out) & {"\x1b", "\x00", "\u202e", "\x07"}


class TestTheAnswer:
    def test_it_is_exactly_this(self, home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.chdir(MAIL)
        (home.folder / "config.toml").write_text(OURS)
        names = ("invoice", "phone-reply", "thanks", "away", "forwarded", "list", "invoice")
        lines = {
            "import": ["mail", "import", *(f"own/{name}.eml" for name in names)],
            "import_dry": ["mail", "import", "-n", "own/list.eml"],
            "quarantine": ["mail", "quarantine"],
            "attachments": ["mail", "attachments", "1"],
            "show": ["show", "1"],
            "show_full": ["show", "1", "--full"],
        }
        for name, line in lines.items():
            goldens.check(f"mail/{name}.json", home.done(*line, "--json"))


class TestWhereFrom:
    def test_a_file_a_folder_an_mbox_and_a_maildir(self, home: Home, tmp_path: Path) -> None:
        folder, maildir = tmp_path / "folder", tmp_path / "Maildir"
        for path in (folder / "deeper", maildir / "new", maildir / "cur", maildir / "tmp"):
            path.mkdir(parents=True)
        (folder / "1.eml").write_bytes(mail(1))
        (folder / "deeper" / "2.eml").write_bytes(mail(2))
        (folder / ".hidden.eml").write_bytes(mail(3))
        (maildir / "new" / "1.host").write_bytes(mail(4))
        (maildir / "cur" / "2.host:2,S").write_bytes(mail(5))
        (maildir / "tmp" / "3.host").write_bytes(mail(6))
        (tmp_path / "box").write_bytes(mbox(9)[: len(mbox(8))])  # eight whole ones

        told = home.json("mail", "import", str(folder), str(maildir), str(tmp_path / "box"))

        subjects = [one["subject"] for one in told["messages"]]
        assert subjects[:4] == ["Question 1", "Question 2", "Question 4", "Question 5"]
        assert len(subjects) == 12
        assert (told["fetched"], told["duplicates"]) == (12, 4)

    def test_the_answer_names_all_that_a_program_needs(self, home: Home, letter: Path) -> None:
        letter.write_bytes(mail(1, From='"Lee, Ann" <Ann@Example.com>', Auto_Submitted="no"))
        (one,) = home.json("mail", "import", str(letter))["messages"]

        assert one == {
            "message_id": "<q1@example.com>",
            "from": {"name": "Lee, Ann", "email": "ann@example.com"},
            "subject": "Question 1",
            "at": "2026-11-23T09:05:00+00:00",
            "inquiry": 1,
            "is_new": True,
            "via": "new",
            "automatic": False,
            "bounce": False,
            "attachments": [],
            "place": str(letter),
            "doubts": [],
            "why": None,
        }

    def test_in_a_pipe_it_is_a_line_a_mail_its_number_first(self, home: Home, letter: Path) -> None:
        empty = letter.with_name("2.eml")
        empty.touch()
        ran = home.run("mail", "import", str(letter), str(empty))

        first, second = ran.out.splitlines()
        assert first.split("\t")[:2] == ["1", "new"]
        assert second.split("\t")[:2] == ["", "quarantined"]
        assert ran.code == 5
        assert "cxdesk mail quarantine" in ran.err

    def test_people_get_the_sum_in_one_line(self, home: Home, tmp_path: Path) -> None:
        (tmp_path / "box").write_bytes(mbox(20))
        shown = on_terminal(home.folder, "mail", "import", str(tmp_path / "box"))

        assert shown.code == 0
        lines = shown.out.replace("\r", "").splitlines()
        assert "  1  Ann Lee: Question 0 - answer by Wed 25 Nov 17:00" in lines
        assert any(
            line.startswith("20 mails: 20 taken in (20 new inquiries: 1 3") for line in lines
        )
        assert len([line for line in lines if "Question" in line]) == 8

    @pytest.mark.parametrize("what", ["fifo", "/dev/zero", "/dev/null", "nothing", "socket"])
    def test_what_can_hold_no_mail_is_refused_at_once(
        self, home: Home, tmp_path: Path, what: str
    ) -> None:
        path = what if what.startswith("/") else str(tmp_path / what)
        if what == "fifo":
            os.mkfifo(path)
        if what == "socket":
            os.mknod(path, 0o600 | 0o140000)
        begun = time.monotonic()
        ran = home.run("mail", "import", path)

        assert ran.code == (2 if what == "nothing" else 1)
        assert (ran.out, ran.err.count("\n")) == ("", 2)
        assert time.monotonic() - begun < 3
        assert not home.store.exists()

    def test_a_fifo_and_a_symlink_inside_a_folder_are_left_alone(
        self, home: Home, tmp_path: Path
    ) -> None:
        folder = tmp_path / "folder"
        folder.mkdir()
        os.mkfifo(folder / "fifo")
        (folder / "elsewhere").symlink_to("/etc/hostname")
        (folder / "1.eml").write_bytes(mail(1))

        assert home.json("mail", "import", str(folder))["fetched"] == 1

    def test_an_empty_folder_makes_no_desk(self, home: Home, tmp_path: Path) -> None:
        (tmp_path / "folder").mkdir()
        told = home.json("mail", "import", str(tmp_path / "folder"))

        assert (told["fetched"], told["messages"]) == (0, [])
        assert not home.store.exists()

    def test_a_broken_configuration_is_4_and_nothing_is_read(
        self, home: Home, letter: Path
    ) -> None:
        (home.folder / "config.toml").write_text("[mail]\nprefix = 7\n")
        ran = home.run("mail", "import", str(letter))

        assert ran.code == 4
        assert not home.store.exists()


class TestTheSameAgain:
    def test_by_its_bytes_and_by_its_message_id(self, home: Home, tmp_path: Path) -> None:
        (tmp_path / "1.eml").write_bytes(mail(1))
        (tmp_path / "2.eml").write_bytes(b"Received: by way of another\n" + mail(1))
        (tmp_path / "3.eml").write_bytes(mail(1, "Something else.", Message_ID="<q1@example.com>"))
        paths = [str(tmp_path / f"{number}.eml") for number in (1, 2, 3)]

        told = home.json("mail", "import", *paths)["messages"]

        assert [one["via"] for one in told] == ["new", "duplicate", "new"]
        assert [one["inquiry"] for one in told] == [1, 1, 3]
        assert told[2]["doubts"] == ["its Message-ID is that of mail 1"]
        again = home.json("mail", "import", *paths)
        assert (again["fetched"], again["duplicates"]) == (3, 3)

    def test_undo_leaves_what_came_in(self, home: Home, letter: Path) -> None:
        home.done("log", "Bob Ray", "the spare key")
        home.done("mail", "import", str(letter))
        home.done("undo")

        assert [one["number"] for one in home.json("inquiries")["inquiries"]] == [3]

    @pytest.mark.parametrize(
        ("headers", "on"),
        [
            ({"Subject": "[CX-1] Out of office", "Auto-Submitted": "auto-replied"}, 1),
            ({"Subject": "[CX-1] In oak?"}, 1),
            ({"Subject": "Another thing"}, 3),
        ],
        ids=["absent", "an answer", "another inquiry"],
    )
    def test_undo_refuses_what_a_mail_hangs_on(
        self, home: Home, tmp_path: Path, headers: dict[str, str], on: int
    ) -> None:
        home.done("log", "Ann Lee", "the spare key", "--email", "ann1@example.com")
        path = tmp_path / "one.eml"
        path.write_bytes(mail(1, **headers))
        home.done("mail", "import", str(path))
        before = home.json("show", "1")
        ran = home.run("undo")

        assert (ran.code, ran.out) == (1, "")
        assert f"a mail came in on {on} since (ann1@example.com: {headers['Subject']})" in ran.err
        assert home.json("show", "1") == before

    def test_undo_takes_back_what_no_mail_hangs_on(self, home: Home, letter: Path) -> None:
        home.done("log", "Ann Lee", "the spare key", "--email", "ann1@example.com")
        home.done("mail", "import", str(letter))
        home.done("log", "Bob Ray", "a bench")
        home.done("undo")
        home.done("redo")

        assert home.run("undo").code == 0
        assert home.run("undo").code == 1


class TestDryRun:
    def test_it_says_what_would_happen_and_changes_nothing(
        self, home: Home, tmp_path: Path, letter: Path
    ) -> None:
        home.done("mail", "import", str(letter))
        answer = tmp_path / "answer.eml"
        answer.write_bytes(
            mail(1, "And in ash?", Message_ID="<q2@example.com>", In_Reply_To="<q1@example.com>")
        )
        before = home.store.read_bytes()
        told = home.json("mail", "import", "-n", str(letter), str(answer))

        assert [one["via"] for one in told["messages"]] == ["duplicate", "references"]
        assert [one["inquiry"] for one in told["messages"]] == [1, 1]
        assert told["dry_run"]
        assert home.store.read_bytes() == before

    def test_what_would_go_out_in_the_owners_name_is_said_before_and_after(
        self, home: Home, letter: Path
    ) -> None:
        path = home.folder / "config.toml"
        path.touch(0o600)
        path.write_text(
            '[mail]\nacknowledge = true\n[mail.out]\nhost = "127.0.0.1"\nport = 9\ntls = "none"\n'
            'from = "Oak <hello@example.com>"\n'
        )

        tail = "for the next cxdesk mail fetch or remind\n"
        dated = letter.with_name("dated.eml")
        dated.write_bytes(mail(1, Date="Mon, 23 Nov 2026 09:04:00 +0000"))
        tried = home.run("mail", "import", "-n", str(dated))
        assert tried.err.startswith(f"1 acknowledgement would wait {tail}")
        done = home.run("mail", "import", str(dated))
        assert f"1 acknowledgement waits {tail}" in done.err

    def test_before_there_is_a_desk_none_is_made(self, home: Home, letter: Path) -> None:
        assert home.json("mail", "import", "--dry-run", str(letter))["stored"] == 1
        assert not home.store.exists()


class TestFromAPipe:
    def test_it_is_kept_and_that_is_0(self, home: Home) -> None:
        done = piped(home.folder, mail(1))

        assert done.returncode == 0, done.stderr
        assert kept(home.folder) == ["read"]

    @pytest.mark.parametrize("raw", [b"", b"\n", b"no mail at all \0\1\2"])
    def test_what_cannot_be_read_is_kept_all_the_same(self, home: Home, raw: bytes) -> None:
        done = piped(home.folder, raw, "--json")

        assert done.returncode == 0, done.stderr
        assert json.loads(done.stdout)["quarantined"] == 1
        assert kept(home.folder) == ["quarantined"]

    def test_twice_is_once(self, home: Home) -> None:
        assert [piped(home.folder, mail(1)).returncode for _ in range(2)] == [0, 0]
        assert kept(home.folder) == ["read"]

    def test_a_trial_keeps_nothing(self, home: Home) -> None:
        done = piped(home.folder, mail(1), "-n", "--json")

        assert (done.returncode, json.loads(done.stdout)["stored"]) == (0, 1)
        assert not home.store.exists()

    def test_another_path_beside_it_is_wrong_usage(self, home: Home, letter: Path) -> None:
        assert home.run("mail", "import", "-", str(letter)).code == 2
        assert home.run("mail", "import").code == 2

    @pytest.mark.parametrize("stream", ["stdout", "stderr"])
    def test_that_nobody_hears_the_answer_does_not_send_it_back(
        self, home: Home, stream: str
    ) -> None:
        with open("/dev/full", "wb") as full:
            done = piped(home.folder, mail(1), streams={stream: full})

        assert done.returncode == 0
        assert kept(home.folder) == ["read"]

    @pytest.mark.parametrize(
        "trouble", ["locked", "no-desk", "newer", "config", "clock", "readonly"]
    )
    def test_what_keeps_it_from_being_kept_asks_the_server_to_come_again(
        self, home: Home, trouble: str
    ) -> None:
        home.done("log", "Bob Ray", "the spare key")
        held = TROUBLES[trouble](home.folder)
        done = piped(home.folder, mail(1), program=IMPATIENT)
        if held is not None:
            held.close()

        assert done.returncode == TEMPFAIL, done.stderr
        assert (done.stdout, done.stderr.count(b"\n")) == (b"", 1)

    def test_with_json_the_error_stands_alone(self, home: Home) -> None:
        (home.folder / "config.toml").write_text("no toml")
        done = piped(home.folder, mail(1), "--json")

        assert done.returncode == TEMPFAIL
        assert json.loads(done.stderr)["error"]["code"] == "try_again"

    def test_eight_at_once_are_all_there(self, home: Home) -> None:
        running = [
            subprocess.Popen(
                [sys.executable, "-c", MAIN, "mail", "import", "-"],
                env=surroundings(home.folder),
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
            )
            for _ in range(8)
        ]
        for number, process in enumerate(running):
            process.communicate(mail(number), timeout=40)

        assert [process.returncode for process in running] == [0] * 8
        assert kept(home.folder) == ["read"] * 8
        subjects = [one["subject"] for one in home.json("inquiries")["inquiries"]]
        assert sorted(subjects) == [f"Question {number}" for number in range(8)]


def _locked(folder: Path) -> sqlite3.Connection:
    link = sqlite3.connect(folder / "desk.db", isolation_level=None)
    link.execute("BEGIN IMMEDIATE")
    return link


def _no_desk(folder: Path) -> None:
    (folder / "desk.db").unlink()
    (folder / "desk.db").write_text("my notes")


def _newer(folder: Path) -> None:
    with sqlite3.connect(folder / "desk.db") as link:
        link.execute("PRAGMA user_version=99")
    link.close()


def _config(folder: Path) -> None:
    (folder / "config.toml").write_text("[mail]\nacknowledge = 'perhaps'\n")


def _clock(folder: Path) -> None:
    # The desk is of a later day than any clock can say: the zone is none.
    with sqlite3.connect(folder / "desk.db") as link:
        link.execute("UPDATE setting SET value = 'Nowhere/At_All' WHERE name = 'zone'")
    link.close()


def _readonly(folder: Path) -> None:
    # Root may write everything: what nobody may write is a folder in the file's place.
    (folder / "desk.db").unlink()
    (folder / "desk.db").mkdir()


TROUBLES: dict[str, Callable[[Path], sqlite3.Connection | None]] = {
    "locked": _locked,
    "no-desk": _no_desk,
    "newer": _newer,
    "config": _config,
    "clock": _clock,
    "readonly": _readonly,
}


class TestQuarantine:
    @pytest.fixture
    def full(self, home: Home, tmp_path: Path) -> Home:
        (tmp_path / "1.eml").write_bytes(b"")
        (tmp_path / "2.eml").write_bytes(b"\x1b[31m no mail \0\1")
        assert (
            home.run("mail", "import", str(tmp_path / "1.eml"), str(tmp_path / "2.eml")).code == 5
        )
        return home

    def test_it_lists_what_could_not_be_read(self, full: Home, tmp_path: Path) -> None:
        first, second = full.json("mail", "quarantine")["quarantine"]

        assert first == {
            "number": 1,
            "at": "2026-11-23T09:05:00+00:00",
            "size": 0,
            "place": str(tmp_path / "1.eml"),
            "why": "This mail is empty.",
            "message_id": None,
        }
        assert second["size"] == 16
        assert [line.split("\t")[0] for line in full.done("mail", "quarantine").splitlines()] == [
            "1",
            "2",
        ]

    def test_one_is_shown_cleaned_and_as_it_came(self, full: Home) -> None:
        shown = full.done("mail", "quarantine", "show", "2")
        assert shown == "\\x1b[31m no mail \\x00\\x01\n"
        raw = subprocess.run(
            [sys.executable, "-c", MAIN, "mail", "quarantine", "show", "2", "--raw"],
            env=surroundings(full.folder),
            capture_output=True,
            check=True,
        )
        assert raw.stdout == b"\x1b[31m no mail \0\1"
        assert on_terminal(full.folder, "mail", "quarantine", "show", "2", "--raw").code == 2

    def test_whoever_reads_only_the_beginning_of_a_raw_one_is_fine(
        self, home: Home, tmp_path: Path
    ) -> None:
        (tmp_path / "1.eml").write_bytes(b"\0" * 3_000_000)
        assert home.run("mail", "import", str(tmp_path / "1.eml")).code == 5
        line = shlex.join([sys.executable, "-c", MAIN, "mail", "quarantine", "show", "1", "--raw"])
        done = subprocess.run(
            ["bash", "-c", f"{line} | head -c 3; exit ${{PIPESTATUS[0]}}"],
            env=surroundings(home.folder),
            capture_output=True,
            check=False,
        )

        assert (done.returncode, done.stdout, done.stderr) == (0, b"\0\0\0", b"")

    def test_retry_reads_again(self, full: Home) -> None:
        told = full.run("mail", "quarantine", "retry", "--json")
        assert told.code == 5
        assert json.loads(told.out)["quarantined"] == 2

        link = sqlite3.connect(full.store)
        with link:  # as if the reader had learnt to read it
            link.execute("UPDATE received_raw SET raw = ? WHERE received_id = 1", (mail(1),))
        link.close()
        (one,) = full.json("mail", "quarantine", "retry", "1")["messages"]
        assert (one["via"], one["inquiry"]) == ("new", 1)
        assert [one["number"] for one in full.json("mail", "quarantine")["quarantine"]] == [2]

    def test_what_is_dropped_is_gone_and_comes_again_as_it_did(
        self, full: Home, tmp_path: Path
    ) -> None:
        def check() -> bool:
            checks = json.loads(full.run("doctor", "--json").out)["checks"]
            return bool(next(one["ok"] for one in checks if one["name"] == "incoming"))

        assert not check()
        assert full.run("mail", "quarantine", "drop", "2").code == 2
        assert len(kept(full.folder)) == 2
        told = full.json("mail", "quarantine", "drop", "2", "--yes")
        assert (told["did"], told["dropped"]) == ("mail quarantine drop", [2])
        assert full.json("mail", "quarantine", "drop", "all", "--yes")["dropped"] == [1]
        assert full.json("mail", "quarantine", "drop", "all", "--yes")["dropped"] == []
        assert check()
        link = sqlite3.connect(full.store)
        (left,) = link.execute("SELECT count(*) FROM received_raw").fetchone()
        link.close()
        assert left == 0
        assert full.run("mail", "import", str(tmp_path / "1.eml")).code == 5
        assert kept(full.folder) == ["quarantined"]

    @pytest.mark.parametrize(("said", "code", "left"), [("y\n", 0, 0), ("n\n", 1, 2)])
    def test_on_a_terminal_it_is_asked_first(
        self, full: Home, said: str, code: int, left: int
    ) -> None:
        ran = on_terminal(full.folder, "mail", "quarantine", "drop", "all", text=said)

        assert ran.code == code
        assert "2 mails would leave the desk for good. Drop?" in ran.out
        assert len(kept(full.folder)) == left

    def test_what_is_understood_is_never_dropped(self, full: Home, letter: Path) -> None:
        full.done("mail", "import", str(letter))

        assert full.run("mail", "quarantine", "drop", "3", "--yes").code == 3
        assert full.run("mail", "quarantine", "drop", "1", "3", "--yes").code == 3
        assert full.run("mail", "quarantine", "drop", "--yes").code == 2
        assert full.run("mail", "quarantine", "drop", "oak", "--yes").code == 2
        assert len(kept(full.folder)) == 3

    def test_one_that_is_too_large_is_listed_with_where_it_is(
        self, home: Home, tmp_path: Path
    ) -> None:
        path = tmp_path / "large.eml"
        path.write_bytes(mail(1))
        os.truncate(path, 65 * 1024 * 1024)
        for _ in range(2):
            ran = home.run("mail", "import", str(path))
            assert ran.code == 5
            assert "large.eml\tis larger than 64 MiB; it is still in its file" in ran.out

        (one,) = home.json("mail", "quarantine")["quarantine"]
        assert one["place"] == str(path)
        number = str(one["number"])
        assert home.run("mail", "quarantine", "show", number, "--raw").code == 1
        assert home.run("mail", "quarantine", "show", number).code == 0
        told = json.loads(home.run("mail", "quarantine", "retry", "--json").out)["messages"]
        assert [one["why"] for one in told] == [one["why"]]
        os.truncate(path, len(mail(1)))
        assert home.json("mail", "import", str(path))["stored"] == 1

    def test_what_was_left_by_an_earlier_run_and_cannot_be_read_is_said(
        self, home: Home, letter: Path
    ) -> None:
        home.done("mail", "import", str(letter))
        link = sqlite3.connect(home.store)
        with link:
            link.execute("UPDATE received SET state = 'kept', via = NULL, detail = '3'")
        link.close()
        ran = home.run("mail", "import", str(letter))

        assert ran.code == 5
        assert f"{letter}, kept before: put aside, the program ended 3 times" in ran.err

    def test_what_is_not_in_it_is_not_found(self, full: Home) -> None:
        assert full.run("mail", "quarantine", "show", "7").code == 3
        assert full.run("mail", "quarantine", "retry", "7").code == 3
        assert full.run("mail", "quarantine", "burn").code == 2
        assert full.run("mail", "quarantine", "show").code == 2

    def test_an_empty_one_says_so(self, home: Home) -> None:
        assert home.json("mail", "quarantine")["quarantine"] == []
        assert not home.store.exists()


class TestKilled:
    def test_at_any_moment_nothing_is_lost_and_nothing_doubled(
        self, home: Home, tmp_path: Path
    ) -> None:
        """Killed twenty times on its way; then once to the end."""
        count = 200
        (tmp_path / "box").write_bytes(mbox(count))
        line = [sys.executable, "-c", MAIN, "mail", "import", str(tmp_path / "box")]
        for turn in range(20):
            with subprocess.Popen(
                line, env=surroundings(home.folder), stdout=subprocess.DEVNULL
            ) as process:
                time.sleep(0.18 + turn * 0.012)
                process.send_signal(signal.SIGKILL)
        told = home.json("mail", "import", str(tmp_path / "box"))

        assert told["fetched"] == count
        assert told["stored"] + told["duplicates"] == count
        assert Counter(kept(home.folder)) == {"read": count}
        subjects = [one["subject"] for one in home.json("inquiries")["inquiries"]]
        assert sorted(subjects) == sorted(f"Question {number}" for number in range(count))

    def test_stopped_it_says_how_far_it_came_and_goes_on(self, home: Home, tmp_path: Path) -> None:
        (tmp_path / "box").write_bytes(mbox(250))
        with subprocess.Popen(
            [sys.executable, "-c", WAITING + MAIN, "mail", "import", str(tmp_path / "box")],
            env=surroundings(home.folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            assert process.stderr is not None
            assert process.stderr.readline() == "two batches are done\n"
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=40)

        assert (process.returncode, out) == (130, "")
        assert "200 mails were read and are kept" in err.splitlines()[-1]
        assert kept(home.folder) == ["read"] * 200
        told = home.json("mail", "import", str(tmp_path / "box"))
        assert (told["fetched"], told["stored"], told["duplicates"]) == (250, 50, 200)


class TestTheSum:
    def test_a_mail_of_which_nobody_knows_what_became_is_said_aloud(self) -> None:
        arrived = [Arrived(b"", "a test", datetime.now(UTC))] * 3
        with database.open_nowhere(lambda link: fill(link, "UTC", "")) as link:
            ledger = postman.Ledger(link, every=True)
            assert len(list(ledger.counted(iter(arrived)))) == 3
            ledger.note([Outcome("new", "a test"), Outcome("duplicate", "a test")])
            with pytest.raises(postman.MiscountError, match="3 mails were read") as raised:
                ledger.check()
            assert raised.value.exit_code == 5
            ledger.note([Outcome("quarantined", "a test")])
            ledger.check()

        assert ledger.counts == (3, 1, 1, 1)

    def test_the_command_does_so_too(self, home: Home, tmp_path: Path) -> None:
        (tmp_path / "box").write_bytes(mbox(3))
        ran = cxdesk(home.folder, "mail", "import", str(tmp_path / "box"), program=FORGETFUL + MAIN)

        assert (ran.code, ran.out) == (5, "")
        assert ran.err.startswith("3 mails were read, and of 2 it is known what became of them.")
        assert kept(home.folder) == ["read"] * 3

    def test_a_disk_that_fills_up_is_4_and_says_what_is_kept(
        self, home: Home, tmp_path: Path
    ) -> None:
        home.done("log", "Bob Ray", "the spare key")
        (tmp_path / "box").write_bytes(mbox(500))
        most = home.store.stat().st_size + 500_000  # room for about two hundred of them
        no_more = f"import resource; resource.setrlimit(resource.RLIMIT_FSIZE, ({most},) * 2)\n"
        ran = cxdesk(home.folder, "mail", "import", str(tmp_path / "box"), program=no_more + MAIN)

        assert ran.code == 4
        assert "What was kept by then stays." in ran.err.splitlines()[0]
        assert 0 < len(kept(home.folder)) < 500
        assert home.json("mail", "import", str(tmp_path / "box"))["fetched"] == 500
        assert Counter(kept(home.folder)) == {"read": 500}
