"""What hangs on a mail: listed, shown beside its message, and saved where the owner wants it."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.played import Home
from tests.running import MAIN, on_terminal, surroundings

if TYPE_CHECKING:
    from collections.abc import Sequence

BOUNDARY = "=_limit"


def mail(
    *parts: tuple[str, str, bytes], number: int = 1, text: str = "See below.", **headers: str
) -> bytes:
    """A mail with attachments: (name, type, bytes)."""
    lines = {
        "From": "Ann Lee <ann@example.com>",
        "Subject": f"Question {number}",
        "Message-ID": f"<q{number}@example.com>",
        "MIME-Version": "1.0",
        "Content-Type": f'multipart/mixed; boundary="{BOUNDARY}"',
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\n" for name, value in lines.items())
    body = [f"\n--{BOUNDARY}\nContent-Type: text/plain; charset=utf-8\n\n{text}".encode()]
    for name, kind, data in parts:
        body.append(
            f"\n--{BOUNDARY}\nContent-Type: {kind}\n"
            f'Content-Disposition: attachment; filename="{name}"\n'
            f"Content-Transfer-Encoding: base64\n\n".encode()
            + _base64(data)
        )
    return head.encode() + b"".join(body) + f"\n--{BOUNDARY}--\n".encode()


def _base64(data: bytes) -> bytes:
    from base64 import encodebytes

    return encodebytes(data)


INVOICE = ("invoice.pdf", "application/pdf", bytes(range(256)) * 325)
PHOTO = ("shelf.jpg", "image/jpeg", b"\xff\xd8 a shelf")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    folder = tmp_path / "home"
    folder.mkdir(0o700)
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    return Home(folder)


def bring(home: Home, *mails: bytes) -> None:
    for number, raw in enumerate(mails):
        path = home.folder.parent / f"{number}.eml"
        path.write_bytes(raw)
        home.done("mail", "import", str(path))


def here(names: Sequence[str] = ()) -> list[str]:
    return sorted(names or (entry.name for entry in Path.cwd().iterdir()))


class TestListing:
    def test_those_of_all_mails_of_an_inquiry_are_counted_through(self, home: Home) -> None:
        answer = mail(INVOICE, number=2, In_Reply_To="<q1@example.com>")
        bring(home, mail(INVOICE, PHOTO), answer)
        told = home.json("mail", "attachments", "1")

        assert [(one["number"], one["name"], one["size"]) for one in told["attachments"]] == [
            (1, "invoice.pdf", 83_200),
            (2, "shelf.jpg", 10),
            (3, "invoice.pdf", 83_200),
        ]
        assert told["attachments"][1] == {
            "number": 2,
            "name": "shelf.jpg",
            "type": "image/jpeg",
            "size": 10,
            "at": "2026-11-23T09:05:00+00:00",
            "from": "ann@example.com",
        }
        assert home.done("mail", "attachments", "ann").count("\n") == 3

    def test_none_is_an_empty_list_and_nobody_is_3(self, home: Home) -> None:
        home.done("log", "Bob Ray", "the spare key")

        assert home.json("mail", "attachments", "1")["attachments"] == []
        assert home.run("mail", "attachments", "7").code == 3


class TestSaving:
    def test_the_only_one_needs_no_name(self, home: Home) -> None:
        bring(home, mail(INVOICE))
        told = home.json("mail", "save", "ann")

        path = Path.cwd() / "invoice.pdf"
        assert told["saved"] == [{"name": "invoice.pdf", "path": str(path), "size": 83_200}]
        assert path.read_bytes() == INVOICE[2]
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert here() == ["invoice.pdf"]

    @pytest.mark.parametrize(
        "words, name",
        [
            (["2"], "shelf.jpg"),
            (["shelf.jpg"], "shelf.jpg"),
            (["shelf"], "shelf.jpg"),
            (["1", "--to", "other.pdf"], "other.pdf"),
        ],
    )
    def test_one_of_several_is_named(self, home: Home, words: list[str], name: str) -> None:
        bring(home, mail(INVOICE, PHOTO))
        home.done("mail", "save", "1", *words)

        assert here() == [name]

    def test_into_a_folder(self, home: Home) -> None:
        bring(home, mail(INVOICE))
        Path("papers").mkdir()
        home.done("mail", "save", "1", "--to", "papers")

        assert Path("papers/invoice.pdf").read_bytes() == INVOICE[2]

    @pytest.mark.parametrize("words", [[], ["9"], ["letter.doc"], ["e"]])
    def test_which_one_must_be_clear(self, home: Home, words: list[str]) -> None:
        bring(home, mail(INVOICE, PHOTO))
        ran = home.run("mail", "save", "1", *words)

        assert ran.code == 3
        assert "1 invoice.pdf; 2 shelf.jpg" in ran.err
        assert here() == []

    def test_all_of_them_each_under_its_own_name(self, home: Home) -> None:
        bring(home, mail(INVOICE, PHOTO, ("Invoice.pdf", "application/pdf", b"another")))
        home.done("mail", "save", "1", "--all")

        assert here() == ["Invoice-2.pdf", "invoice.pdf", "shelf.jpg"]
        assert Path("Invoice-2.pdf").read_bytes() == b"another"
        assert home.run("mail", "save", "1", "1", "--all").code == 2

    def test_to_a_dash_it_goes_to_the_next_program_and_never_to_a_terminal(
        self, home: Home
    ) -> None:
        bring(home, mail(INVOICE, PHOTO))
        line = [sys.executable, "-c", MAIN, "mail", "save", "1", "2", "--to", "-"]
        done = subprocess.run(line, env=surroundings(home.folder), capture_output=True, check=False)

        assert (done.returncode, done.stdout, done.stderr) == (0, PHOTO[2], b"")
        assert on_terminal(home.folder, "mail", "save", "1", "2", "--to", "-").code == 2
        assert home.run("mail", "save", "1", "2", "--to", "-", "--json").code == 2
        assert home.run("mail", "save", "1", "--all", "--to", "-").code == 2
        assert here() == []

    def test_what_is_there_is_not_written_over_unasked(self, home: Home) -> None:
        bring(home, mail(INVOICE))
        Path("invoice.pdf").write_text("mine")

        ran = home.run("mail", "save", "1")
        assert (ran.code, Path("invoice.pdf").read_text()) == (2, "mine")
        home.done("mail", "save", "1", "--yes")
        assert Path("invoice.pdf").read_bytes() == INVOICE[2]

    @pytest.mark.parametrize("said, code", [("y", 0), ("n", 1)])
    def test_on_a_terminal_it_is_asked(self, home: Home, said: str, code: int) -> None:
        bring(home, mail(INVOICE))
        target = Path("invoice.pdf").absolute()
        target.write_text("mine")
        shown = on_terminal(home.folder, "mail", "save", "1", "--to", str(target), text=f"{said}\n")

        assert shown.code == code
        assert (target.read_bytes() == b"mine") == (said == "n")

    @pytest.mark.parametrize("kind", ["symlink", "dangling", "fifo", "folder"])
    def test_what_is_no_file_is_left_alone_even_with_yes(self, home: Home, kind: str) -> None:
        bring(home, mail(INVOICE))
        elsewhere, target = Path("../elsewhere"), Path("invoice.pdf")
        elsewhere.write_text("mine")
        if kind == "fifo":
            os.mkfifo(target)
        elif kind == "folder":
            target.mkdir()
            (target / "invoice.pdf").mkdir()
        else:
            target.symlink_to(elsewhere if kind == "symlink" else "../nowhere")
        words = ["--to", "invoice.pdf"] if kind == "folder" else []
        ran = home.run("mail", "save", "1", "--yes", *words)

        assert ran.code == 1
        assert elsewhere.read_text() == "mine"
        assert not Path("../nowhere").exists()
        assert here() == ["invoice.pdf"]

    @pytest.mark.parametrize("to", ["/dev/null", "/dev/full"])
    def test_a_device_is_not_written_to(self, home: Home, to: str) -> None:
        bring(home, mail(INVOICE))

        assert home.run("mail", "save", "1", "--yes", "--to", to).code == 1
        assert not Path(to).is_file()

    def test_a_place_that_cannot_be_written_is_4(self, home: Home) -> None:
        bring(home, mail(INVOICE))

        assert home.run("mail", "save", "1", "--to", "no/such/place.pdf").code == 4
        assert home.run("mail", "save", "1", "--to", "nofolder/").code == 2

    @pytest.mark.parametrize(
        "name, kept",
        [
            ("../../pwned.pdf", "pwned.pdf"),
            ("/etc/cron.d/pwned", "pwned"),
            ("..", None),
            (".bashrc", None),
            ("-rf", None),
            ("a\u202efdp.exe", None),
            ("x" * 400 + ".pdf", None),
        ],
    )
    def test_a_name_decides_no_place(self, home: Home, name: str, kept: str | None) -> None:
        bring(home, mail((name, "application/pdf", b"%PDF")))
        home.done("mail", "save", "1")

        (saved,) = here()
        assert kept is None or saved == kept
        assert not saved.startswith((".", "-"))
        assert "\u202e" not in saved
        assert len(saved.encode()) <= 120
        assert sorted(path.name for path in Path("..").iterdir()) == ["0.eml", "here", "home"]


class TestShowing:
    def test_they_stand_below_their_message(self, home: Home) -> None:
        bring(home, mail(INVOICE), mail(INVOICE, PHOTO, number=2))
        shown = on_terminal(home.folder, "show", "1").out
        several = on_terminal(home.folder, "show", "3").out

        assert "     + invoice.pdf 83 kB   cxdesk mail save 1\r\n" in shown
        assert "     + shelf.jpg 10 bytes   cxdesk mail save 3 2\r\n" in several
        assert "+ shelf.jpg" in on_terminal(home.folder, "show", "ann").out
        assert "1\tattachment\t1\t" in home.done("show", "1")

    def test_json_has_them_with_each_message(self, home: Home) -> None:
        bring(home, mail(INVOICE))
        home.done("log", "ann", "And one by phone", "--on", "1")
        first, second = home.json("show", "1")["messages"]

        invoice = {"number": 1, "name": "invoice.pdf", "type": "application/pdf", "size": 83_200}
        assert (first["attachments"], second["attachments"]) == ([invoice], [])
        assert (first["shortened"], first["full_text"]) == (False, None)

    def test_the_whole_mail_is_shown_where_it_is_asked_for(self, home: Home) -> None:
        quoted = (
            "Yes please!\n\nOn Mon, 23 Nov 2026 at 09:00, Oak <o@oak.example> wrote:\n> In oak?"
        )
        bring(home, mail(), mail(number=2, text=quoted, In_Reply_To="<q1@example.com>"))
        _, second = home.json("show", "1")["messages"]
        assert (second["text"], second["shortened"], second["full_text"]) == (
            "Yes please!",
            True,
            None,
        )

        whole = home.json("show", "1", "--full")["messages"]
        assert whole[1]["full_text"].endswith("> In oak?")
        assert whole[0]["full_text"] is None
        hinted = on_terminal(home.folder, "show", "1").out
        assert hinted.count("(quoted text: --full)") == 1
        shown = on_terminal(home.folder, "show", "1", "--full").out
        assert "> In oak?" in shown
        assert "--full" not in shown

    def test_what_a_machine_wrote_is_marked(self, home: Home) -> None:
        bring(home, mail(Auto_Submitted="auto-generated"))

        assert "they, email, automatic" in on_terminal(home.folder, "show", "1").out
        assert json.loads(home.done("show", "1", "--json"))["messages"][0]["automatic"]
