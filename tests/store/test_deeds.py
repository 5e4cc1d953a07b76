"""Writing: one transaction, one entry of the history; all of it or nothing."""

from __future__ import annotations

import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from cxdesk.desk.history import redo, undo
from cxdesk.domain.records import Customer, Inquiry, Message, Setting
from cxdesk.errors import UnusableError
from cxdesk.store import database, history, search
from cxdesk.store.database import Sql
from cxdesk.store.deeds import TABLES, AnsweredBefore, begin
from tests.running import MAIN, cxdesk, play, surroundings
from tests.store.desks import NOW, count, first_rows, is_whole, log, made, put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cxdesk.store.database import Link

UNUSABLE = 4


@pytest.fixture(params=["memory", "file"])
def link(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Link]:
    if request.param == "memory":
        opened = database.open_nowhere(first_rows)
    else:
        opened = database.open_to_write(made(tmp_path / "desk.db"))
    with opened:
        yield opened


def state(link: Link) -> dict[str, list[str]]:
    """Every row of every table that a deed may write, history included."""
    tables = [*(table.name for table in TABLES.values()), "deed_row", "name_word", "search_doc"]
    return {name: sorted(map(repr, link.pairs(Sql(f"SELECT * FROM {name}")))) for name in tables}


def content(link: Link) -> dict[str, list[str]]:
    """The rows that undo puts back: all but the history and the documents' ids."""
    rows = state(link)
    for name in ("deed", "deed_row", "search_doc"):
        del rows[name]
    return rows


class TestOneDeed:
    def test_is_one_entry_with_all_its_rows(self, link: Link) -> None:
        log(link, "Ann Lee", "hello")

        (deed,) = history.recent(link, 10)
        assert (deed.name, deed.actor, deed.done_at) == ("log", "owner", NOW)
        tables = link.pairs(Sql("SELECT row_table FROM deed_row ORDER BY position"))
        assert [name for (name,) in tables] == ["customer", "inquiry", "message"]

    def test_that_changes_nothing_is_no_entry(self, link: Link) -> None:
        with begin(link, "nothing", NOW) as d:
            customer = d.add(Customer(id=0, handle="ann", name="Ann", since_at=NOW))
            d.remove(customer)

        assert history.recent(link, 10) == []

    def test_a_row_changed_twice_is_kept_once_as_it_was_first(self, link: Link) -> None:
        inquiry = log(link, "Ann Lee", "hello")

        with begin(link, "edit", NOW) as d:
            d.change(d.change(inquiry, subject="one"), subject="two")

        rows = list(link.pairs(Sql("SELECT before, after FROM deed_row WHERE deed_id = 2")))
        assert [[json.loads(row)["subject"] for row in pair] for pair in rows] == [["hello", "two"]]

    @pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt, SystemExit, UnusableError])
    def test_is_nothing_when_anything_goes_wrong(
        self, link: Link, error: type[BaseException]
    ) -> None:
        log(link, "Ann Lee", "hello")
        before = state(link)

        def fail() -> None:
            with begin(link, "log", NOW) as d:
                put(d, "Bob Ray", "Lost a key")
                raise error("stop")

        with pytest.raises(error):
            fail()

        assert state(link) == before
        assert not link.connection.in_transaction

    def test_is_nothing_when_the_desk_refuses_a_row(self, link: Link) -> None:
        before = state(link)

        with pytest.raises(sqlite3.IntegrityError), begin(link, "log", NOW) as d:
            d.add(put(d, "Ann", "hello")._replace(number=0, status="asleep"))

        assert state(link) == before

    def test_is_nothing_when_it_leaves_an_orphan(self, link: Link) -> None:
        before = state(link)

        with pytest.raises(sqlite3.IntegrityError), begin(link, "log", NOW) as d:
            d.add(Message(0, 99, None, NOW, "in", "phone", "hello"))

        assert state(link) == before
        assert not link.connection.in_transaction

    def test_others_see_it_whole_or_not_at_all(self, tmp_path: Path) -> None:
        path = made(tmp_path / "desk.db")
        with database.open_to_write(path) as link:
            with begin(link, "log", NOW) as d:
                put(d, "Ann Lee", "hello")

                assert count(path, "inquiry") == count(path, "customer") == 0
            assert count(path, "inquiry") == count(path, "deed") == 1


class TestNumbers:
    def test_one_sequence_for_all(self, link: Link) -> None:
        assert [log(link, "Ann", "hello").number for _ in range(3)] == [1, 2, 3]

    def test_are_never_used_again_after_undo(self, link: Link) -> None:
        log(link, "Ann", "hello")
        undo(link)

        assert log(link, "Bob", "hello").number == 2


class TestHistory:
    def test_undo_restores_every_row_and_redo_does_it_again(self, link: Link) -> None:
        inquiry = log(link, "Zoë Müller", "Größe?")
        before = content(link)
        with begin(link, "edit", NOW) as d:
            d.change(inquiry, subject="Size?", closed_at=NOW, status="closed", confirmed=True)
            d.add(Setting("checks", "quiet"))
            put(d, "Bob", "another")
        after = content(link)

        undo(link)
        undone = content(link)
        redo(link)

        assert undone == before
        assert content(link) == after

    def test_a_new_deed_makes_what_was_undone_final(self, link: Link) -> None:
        log(link, "Ann", "hello")
        undo(link)
        log(link, "Bob", "hello")

        assert history.last_undone(link) is None
        assert [deed.undone for deed in history.recent(link, 10)] == [False]

    def test_an_undo_that_fails_changes_nothing(self, link: Link) -> None:
        inquiry = log(link, "Ann", "hello")
        with begin(link, "edit", NOW) as d:
            d.change(inquiry, subject="edited")
        link.execute("UPDATE inquiry SET subject = 'changed behind our back'")
        before = state(link)

        with pytest.raises(Exception, match="changed since"):
            undo(link)

        assert state(link) == before
        assert link.one(TABLES[Inquiry].select, key_number=inquiry.number)


class TestKeys:
    def test_again_with_the_same_key_is_answered_and_not_done(self, link: Link) -> None:
        with begin(link, "log", NOW, key="k") as d:
            put(d, "Ann", "hello")
            d.answer = "logged"
        before = state(link)

        with pytest.raises(AnsweredBefore, match="logged"), begin(link, "log", NOW, key="k"):
            raise AssertionError("done twice")

        assert state(link) == before

    def test_after_undo_the_key_is_free(self, link: Link) -> None:
        for _ in range(2):
            with begin(link, "log", NOW, key="k") as d:
                put(d, "Ann", "hello")
            undo(link)

        assert link.value(Sql("SELECT count(*) FROM inquiry")) == 0

    def test_six_at_once_make_one(self, tmp_path: Path) -> None:
        line = ["log", "Ann Lee", "hello", "--key", "k", "--json"]

        with ThreadPoolExecutor(6) as pool:
            ran = list(pool.map(lambda _: cxdesk(tmp_path, *line), range(6)))

        assert [one.code for one in ran] == [0] * 6, ran
        assert {json.loads(one.out)["inquiry"]["number"] for one in ran} == {1}
        assert len({one.out for one in ran}) == 1
        assert count(tmp_path / "desk.db", "inquiry") == 1
        assert count(tmp_path / "desk.db", "customer") == 1


class TestTrouble:
    def test_a_locked_store_is_said_and_left(self, tmp_path: Path) -> None:
        path = made(tmp_path / "desk.db")
        impatient = "from cxdesk.store import database; database.BUSY_SECONDS = 0.1\n" + MAIN
        holder = sqlite3.connect(path, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        try:
            ran = cxdesk(tmp_path, "log", "Ann Lee", "hello", program=impatient)
        finally:
            holder.close()

        assert (ran.code, ran.out) == (UNUSABLE, "")
        assert "in use by another program" in ran.err
        assert count(path, "inquiry") == 0

    def test_a_writer_waits_for_its_turn(self, tmp_path: Path) -> None:
        path = made(tmp_path / "desk.db")
        holder = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        holder.execute("BEGIN IMMEDIATE")
        with ThreadPoolExecutor(1) as pool:
            waiting = pool.submit(cxdesk, tmp_path, "log", "Ann Lee", "hello")
            time.sleep(0.5)
            assert not waiting.done()
            holder.close()

            assert waiting.result().code == 0

    @pytest.mark.parametrize("more", [0, 1, 5, 9, 17, 40])
    def test_no_room_leaves_the_desk_as_it_was(self, tmp_path: Path, more: int) -> None:
        play(tmp_path, [["log", "Ann Lee", "hello"]])
        desk = tmp_path / "desk.db"
        limit = more << 10
        program = f"import resource as r; r.setrlimit(r.RLIMIT_FSIZE, ({limit}, {limit}))\n" + MAIN

        ran = cxdesk(tmp_path, "log", "Bob Ray", "x" * 30_000, program=program)

        assert (ran.code, ran.out) == (UNUSABLE, "")
        assert len(ran.err.splitlines()) == 2
        assert count(desk, "inquiry") == count(desk, "deed") == 1
        assert is_whole(desk)
        assert cxdesk(tmp_path, "log", "Bob Ray", "hello").code == 0


# Logs without end, and says of each that it is kept only when it is.
LOGGER = """
import sys
from cxdesk.__main__ import main
number = 0
while True:
    number += 1
    if main(["log", f"C {number}", f"m{number}", "-q", "--new"]) == 0:
        sys.stdout.write(f"m{number}\\n"); sys.stdout.flush()
"""


class TestCrashes:
    def test_none_acknowledged_is_lost_and_none_half_done(self, tmp_path: Path) -> None:
        chance = random.Random(7)
        told: list[str] = []
        for _ in range(8):
            told += killed_after(tmp_path, chance.uniform(0, 0.3))

        desk = tmp_path / "desk.db"
        link = sqlite3.connect(desk)
        kept = [text for (text,) in link.execute("SELECT text FROM message")]
        link.close()
        assert told
        for text in set(told):
            assert kept.count(text) >= told.count(text)
        assert is_whole(desk)
        assert count(desk, "inquiry") == count(desk, "message") == count(desk, "customer")
        assert count(desk, "promise") == count(desk, "inquiry")
        assert count(desk, "deed WHERE name = 'log'") == count(desk, "inquiry")


def killed_after(home: Path, seconds: float) -> list[str]:
    """What a logger said it kept until it was killed, so long after its first."""
    process = subprocess.Popen(
        [sys.executable, "-c", LOGGER],
        env=surroundings(home),
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    first = process.stdout.readline()
    time.sleep(seconds)
    process.send_signal(signal.SIGKILL)
    said, _ = process.communicate()
    return (first + said).split("\n")[:-1]


def test_the_index_knows_what_a_deed_wrote(link: Link) -> None:
    log(link, "Ann Lee", "Invoice shows VAT twice")

    found = [match.kind for match in search.matches(link, search.query("ann vat"), None)]

    assert found == ["inquiry"]
