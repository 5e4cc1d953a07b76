"""`cxdesk remind` and `cxdesk mail` as cron and the owner run them: real processes and servers."""

from __future__ import annotations

import email
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.servers.smtp import PASSWORD, USER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.dovecot import Mailbox
    from tests.servers.smtp import SmtpServer
    from tests.servers.tls import Authority

    Maker = Callable[..., SmtpServer]

PROGRAM = str(Path(sys.executable).with_name("cxdesk"))
FRIDAY = "2026-11-20T10:00:00+00:00"
MONDAY = "2026-11-23T08:05:00+00:00"


class Home:
    """A folder with a desk and a configuration; commands run with nothing else around them."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def start(self, *words: str, now: str = MONDAY, **more: str) -> subprocess.Popen[str]:
        environment = {"PATH": "/usr/bin:/bin", "CXDESK_HOME": str(self.folder), "TZ": "UTC"}
        return subprocess.Popen(
            [PROGRAM, *words],
            env={**environment, "CXDESK_NOW": now, **more},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, now: str = MONDAY, **more: str) -> tuple[int, str, str]:
        with self.start(*words, now=now, **more) as process:
            out, err = process.communicate(timeout=60)
        return process.returncode, out, err

    def json(self, *words: str, now: str = MONDAY) -> tuple[int, dict[str, Any]]:
        code, out, _ = self.run(*words, "--json", now=now)
        return code, json.loads(out)

    def configure(self, server: SmtpServer, authority: Authority, to: str, **out: str) -> None:
        secret = self.folder / "password"
        secret.touch(0o600)
        secret.write_text(PASSWORD + "\n")
        values = {
            "host": server.host,
            "tls": server.plan.tls,
            "ca_file": str(authority.ca_file),
            "user": USER,
            "password_file": "password",
            "from": f"Oak & Co <{USER}>",
            **out,
        }
        lines = [f'{key} = "{value}"' for key, value in values.items()]
        lines = ["[mail.out]", f"port = {server.port}", *lines, "[remind]", f'to = "{to}"']
        path = self.folder / "config.toml"
        path.touch(0o600)
        path.write_text("\n".join(lines) + "\n")


@pytest.fixture(scope="session")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk on which Bob's promise is due on Monday at four."""
    folder = tmp_path_factory.mktemp("pattern")
    words = ("log", "Bob Ray", "the spare key", "--by", "mon 16:00")
    code, _, err = Home(folder).run(*words, now=FRIDAY)
    assert code == 0, err
    return folder / "desk.db"


@pytest.fixture
def home(tmp_path: Path, pattern: Path) -> Home:
    """A desk like it, of this test alone."""
    folder = tmp_path / "home"
    folder.mkdir(0o700)
    shutil.copy(pattern, folder)
    return Home(folder)


@pytest.fixture
def ready(home: Home, smtp_server: Maker, authority: Authority) -> tuple[Home, SmtpServer]:
    server = smtp_server(tls="starttls")
    home.configure(server, authority, "me@example.com")
    return home, server


class TestTheJob:
    def test_one_mail_arrives_in_a_real_mailbox(
        self, home: Home, smtp_server: Maker, authority: Authority, mailbox: Mailbox
    ) -> None:
        server = smtp_server(tls="starttls", lmtp_port=mailbox.dovecot.lmtp_port)
        home.configure(server, authority, mailbox.address)

        assert home.run("remind") == (0, "", "")
        assert home.run("remind") == (0, "", "")

        (raw,) = mailbox.mails()
        mail = email.message_from_bytes(raw)
        assert mail["Subject"] == "Monday: Bob first"
        assert mail["Auto-Submitted"] == "auto-generated"
        assert mail["X-Cxdesk-Reference"] == "digest:2026-11-23:owner"
        parts = [part.get_content_type() for part in mail.walk()]
        assert parts == ["multipart/alternative", "text/plain", "text/html"]
        assert raw.count(b"the spare key") == 2
        (listed,) = home.json("mail", "outbox")[1]["mails"]
        assert (listed["state"], listed["attempts"]) == ("sent", 1)
        assert listed["message_id"] == mail["Message-ID"]

    def test_its_json_is_the_contract(self, ready: tuple[Home, SmtpServer]) -> None:
        code, told = ready[0].json("remind")

        assert code == 0
        contract = {"digest": "sent", "alerts": 0, "sent": [1], "failed": [], "uncertain": []}
        assert contract.items() <= told.items()
        assert ready[0].json("remind")[1]["digest"] == "already"
        later = ready[0].json("remind", now="2026-11-23T15:45:00+00:00")[1]
        assert (later["digest"], later["alerts"], later["sent"]) == ("already", 1, [2])

    def test_six_at_once_send_one(self, ready: tuple[Home, SmtpServer]) -> None:
        with ThreadPoolExecutor(6) as pool:
            told = list(pool.map(lambda _: ready[0].json("remind"), range(6)))

        assert {code for code, _ in told} == {0}
        digests = [one["digest"] for _, one in told]
        assert digests.count("sent") == 1
        assert set(digests) <= {"sent", "busy", "already"}
        assert len(ready[1].mails()) == 1

    def test_while_one_is_at_work_the_others_are_busy(
        self, home: Home, smtp_server: Maker, authority: Authority
    ) -> None:
        server = smtp_server(hang=3.0)
        home.configure(server, authority, "hang250@example.com")
        with home.start("remind") as first:
            wait_for(lambda: bool(server.mails()))

            assert home.run("remind") == (0, "", "")
            assert home.json("remind")[1]["digest"] == "busy"
            first.communicate(timeout=30)

        assert first.returncode == 0
        assert len(server.mails()) == 1

    def test_killed_in_the_middle_of_it_the_next_says_so_and_nothing_is_lost(
        self, home: Home, smtp_server: Maker, authority: Authority
    ) -> None:
        server = smtp_server(hang=3.0)
        home.configure(server, authority, "hang250@example.com")
        with home.start("remind") as first:
            wait_for(lambda: bool(server.mails()))
            first.send_signal(signal.SIGKILL)
        code, told = home.json("remind")

        assert (code, told["digest"], len(server.mails())) == (5, "pending", 1)

    def test_without_a_desk_there_is_nothing_to_tell(
        self, tmp_path: Path, smtp_server: Maker, authority: Authority
    ) -> None:
        empty = Home(tmp_path)
        empty.configure(smtp_server(), authority, "me@example.com")

        assert empty.run("remind") == (0, "", "")
        assert empty.json("mail", "outbox") == (0, {"schema": 1, "mails": []})
        assert not (tmp_path / "desk.db").exists()


def wait_for(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 20
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.02)


class TestWhenItFails:
    @pytest.mark.parametrize(
        "fault, digest",
        [
            ("tmp", "pending"),
            ("421", "pending"),
            ("perm", "failed"),
            ("rcpt5", "failed"),
            ("lost250", "uncertain"),
            ("garbage", "uncertain"),
        ],
    )
    def test_it_says_so_in_one_line_and_ends_with_5(
        self, home: Home, smtp_server: Maker, authority: Authority, fault: str, digest: str
    ) -> None:
        server = smtp_server()
        home.configure(server, authority, f"{fault}@example.com")

        code, out, err = home.run("remind")
        again, told = home.json("remind")

        assert (code, out, err.count("\n")) == (5, "", 1)
        assert (again, told["digest"]) == (5, digest)
        assert len(server.mails()) == (digest == "uncertain")

    @pytest.mark.parametrize(
        "wrong", ["self-signed", "wrong-host", "stripped", "password", "stopped"]
    )
    def test_a_server_not_to_be_used_is_one_line_5_and_no_secret_leaves(
        self, home: Home, smtp_server: Maker, authority: Authority, wrong: str
    ) -> None:
        made = {"self-signed": authority.self_signed, "wrong-host": authority.wrong_host}
        certificate = made.get(wrong, authority.good)()
        stripped = wrong == "stripped"
        server = smtp_server(tls="starttls", certificate=certificate, starttls_stripped=stripped)
        home.configure(server, authority, "me@example.com")
        if wrong == "password":
            (home.folder / "password").write_text("something else\n")
        if wrong == "stopped":
            server.stop()

        code, out, err = home.run("remind")
        (mail,) = home.json("mail", "outbox")[1]["mails"]

        assert (code, out, err.count("\n")) == (5, "", 1)
        assert mail["state"] == "pending"
        assert mail["attempts"] == (wrong == "stopped")
        assert PASSWORD not in err
        assert (b"AUTH" in server.received()) == (wrong == "password")

    def test_nobody_to_remind_is_4_and_changes_nothing(self, home: Home) -> None:
        before = (home.folder / "desk.db").read_bytes()
        code, out, err = home.run("remind")

        assert (code, out) == (4, "")
        assert "[remind] to" in err
        assert (home.folder / "desk.db").read_bytes() == before

    def test_a_span_that_is_none_is_4(self, ready: tuple[Home, SmtpServer]) -> None:
        path = ready[0].folder / "config.toml"
        path.write_text(path.read_text() + 'within = "1d 2h"\n')
        code, _, err = ready[0].run("remind")

        assert code == 4
        assert 'within = "1d 2h"' in err
        assert ready[1].mails() == []


class TestDryRun:
    def test_it_needs_no_configuration_and_keeps_nothing(self, home: Home) -> None:
        before = (home.folder / "desk.db").read_bytes()
        code, out, err = home.run("remind", "--dry-run")

        assert (code, err) == (0, "")
        assert out.startswith("Subject: Monday: Bob first\n\nFIRST\n  Bob Ray, by 16:00.\n")
        assert home.json("remind", "-n")[1]["digest"] == "dry-run"
        assert (home.folder / "desk.db").read_bytes() == before

    def test_it_shows_the_week_when_that_is_over(self, home: Home) -> None:
        (home.folder / "config.toml").write_text("[remind]\nweek = true\nat = '08:00'\n")
        closing = "2026-11-20T17:00:00+00:00"
        shown = home.json("remind", "-n", now=closing)[1]["mails"]

        assert [mail["subject"] for mail in shown] == ["The week: 1 inquiry, 0 closed"]
        assert "Next: Monday 16:00: Bob Ray, the spare key." in shown[0]["text"]
        assert "Bob Ray" in shown[0]["html"]

    def test_without_a_desk_it_says_that_no_mail_would_go(self, tmp_path: Path) -> None:
        code, out, _ = Home(tmp_path).run("remind", "--dry-run")

        assert (code, out.count("\n")) == (0, 1)
        assert not os.listdir(tmp_path)


class TestTheOwnersWord:
    def test_resolving_what_is_uncertain(
        self, home: Home, smtp_server: Maker, authority: Authority
    ) -> None:
        home.configure(smtp_server(), authority, "lost250@example.com")
        home.run("remind")

        assert home.run("mail", "resolve", "1")[0] == 2
        assert home.run("mail", "resolve", "7", "--sent")[0] == 3
        assert home.json("mail", "resolve", "1", "--sent")[1]["mail"]["state"] == "sent"
        assert home.run("mail", "resolve", "1", "--sent")[0] == 1
        assert home.json("remind")[1]["digest"] == "already"

    def test_the_outbox_in_a_pipe_is_a_line_a_mail(self, ready: tuple[Home, SmtpServer]) -> None:
        ready[0].run("remind")
        _, out, _ = ready[0].run("mail", "outbox")

        fields = out.rstrip("\n").split("\t")
        assert fields[:5] == ["1", "sent", "digest", "me@example.com", "Monday: Bob first"]


class TestTheTestMail:
    def test_it_arrives(self, ready: tuple[Home, SmtpServer]) -> None:
        home, server = ready

        code, told = home.json("mail", "test")
        assert (code, told["mail"]["state"], told["mail"]["kind"]) == (0, "sent", "test")
        assert home.run("mail", "test", "--to", "you@example.com", now=FRIDAY)[0] == 0
        recipients = [one["recipients"] for one in server.envelopes()]
        assert recipients == [["me@example.com"], ["you@example.com"]]

    @pytest.mark.parametrize("fault", ["tmp", "perm", "garbage"])
    def test_what_went_wrong_is_said_and_it_is_not_tried_again(
        self, ready: tuple[Home, SmtpServer], fault: str
    ) -> None:
        home, server = ready
        code, out, err = home.run("mail", "test", "--to", f"{fault}@example.com")
        taken = len(server.mails())

        assert home.run("remind", now="2026-11-23T15:00:00+00:00") == (0, "", "")
        assert (code, err) == (5, "")
        assert f"\twrong\tThe mail to {fault}@example.com" in out
        assert [one["recipients"] for one in server.envelopes()[taken:]] == [["me@example.com"]]


class TestWhatEverydayCommandsLoad:
    def test_due_loads_nothing_of_the_mail(self, home: Home) -> None:
        code, _, err = home.run("due", PYTHONPROFILEIMPORTTIME="1")

        loaded = {line.rpartition("|")[2].strip() for line in err.splitlines()}
        assert code == 0
        assert not loaded & {"email", "ssl", "smtplib", "cxdesk.config", "cxdesk.desk.outbox"}
