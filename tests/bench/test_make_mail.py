"""bench/make_mail.py makes mail that the desk takes for real: read without doubt, and threaded."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

import pytest
from bench.hostile import mails as hostile_mails
from bench.mail import Mail, Parsed
from bench.make_desk import make
from bench.make_mail import DESK, PREFIX, as_files, as_mbox, customers, mails

from bench import page
from cxdesk.desk import letters
from cxdesk.desk.letters import Arrived
from cxdesk.desk.placing import Tools
from cxdesk.formats import mailboxes
from cxdesk.mail.reader import read
from cxdesk.store import database

if TYPE_CHECKING:
    from pathlib import Path

    from bench.make_mail import Writer

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
COUNT = 150


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("made") / "desk.db"
    make(str(made), 200, NOW)
    return made


@pytest.fixture(scope="module")
def known(desk: Path) -> list[Writer]:
    return customers(str(desk))


@pytest.fixture(scope="module")
def made(known: list[Writer]) -> list[bytes]:
    return list(islice(mails(known), COUNT))


class TestMails:
    def test_each_reads_without_doubt(self, made: list[bytes]) -> None:
        for letter in map(read, made):
            assert letter.sender.name
            assert letter.sender.email
            assert letter.subject
            assert letter.text.strip()
            assert not letter.doubts

    def test_they_are_of_many_kinds(self, made: list[bytes]) -> None:
        read_ones = [read(raw) for raw in made]

        assert any(part.size >= 200_000 for letter in read_ones for part in letter.parts)
        assert any(b"=?UTF-8?B?" in raw for raw in made)
        assert any(b"=?utf-8?Q?" in raw for raw in made)
        assert any(b"multipart/alternative" in raw for raw in made)
        assert any(b"text/plain" not in raw for raw in made)
        assert any("> " in letter.text for letter in read_ones)

    def test_the_desk_threads_them(self, desk: Path, made: list[bytes]) -> None:
        tools = Tools(read, "", own=frozenset([DESK]), prefix=PREFIX)
        arrived = (Arrived(raw, "here", NOW) for raw in made)
        with database.open_to_write(str(desk)) as link:
            taken = [
                one.via for batch in letters.take_in(link, arrived, tools, NOW) for one in batch
            ]

        assert sum(Counter(taken).values()) == COUNT
        assert Counter(taken).keys() == {"new", "references", "subject"}
        assert min(Counter(taken).values()) >= 3

    def test_the_same_twice(self, known: list[Writer], made: list[bytes]) -> None:
        assert list(islice(mails(known), 30)) == made[:30]


class TestFiles:
    def test_an_mbox_gives_the_same_mails_back(self, tmp_path: Path, made: list[bytes]) -> None:
        path = str(tmp_path / "all.mbox")
        written = as_mbox(path, made, size=10**9)
        (source,) = mailboxes.found([path])

        assert source.kind == "mbox"
        assert written == COUNT
        assert [one.raw for one in mailboxes.raw_mails(source)] == made

    def test_an_mbox_ends_with_the_mail_that_fills_it(
        self, tmp_path: Path, known: list[Writer]
    ) -> None:
        path = tmp_path / "all.mbox"
        as_mbox(str(path), mails(known, (3_000,)), size=50_000)

        assert 50_000 <= path.stat().st_size < 70_000

    def test_a_folder_keeps_their_order(self, tmp_path: Path, made: list[bytes]) -> None:
        folder = tmp_path / "files"
        as_files(str(folder), made)
        sources = mailboxes.found([str(folder)])

        assert [one.raw for source in sources for one in mailboxes.raw_mails(source)] == made


def test_the_hostile_mails_are_mails() -> None:
    for raw in hostile_mails().values():
        assert read(raw).sender.email == "mallory@example.org"


class TestTable:
    POST = Mail(
        inquiries=100_000,
        rate=120,
        cpu_rate=130,
        memory={1_000_000_000: 151.0},
        hostile={"a": 0.1, "b": 2.5},
        failed=("hostile/c",),
        parsed={
            "cxdesk": Parsed("1", 2_000, 0.01, "x.eml", 3, 557),
            "other": Parsed("", error="no"),
        },
    )

    def test_every_aim_that_does_not_hold_is_said(self) -> None:
        assert list(self.POST.broken()) == [
            "mail import takes 120 mails a second (aim: 300)",
            "an mbox of 1,000 MB takes 151 MiB (aim: 150)",
            "the hostile mail b takes 2.5 s (aim: 2)",
            "mail import hostile/c ends badly",
        ]

    def test_it_names_the_slowest_and_what_was_not_measured(self) -> None:
        table = page.of_mail(self.POST, [])

        assert "2.50 s of CPU (`b`)" in table
        assert "| cxdesk 1 | 2,000 | 10 ms (`x.eml`) | 3 of 557 |" in table
        assert "other: no" in table
        assert "Every aim holds." in table
