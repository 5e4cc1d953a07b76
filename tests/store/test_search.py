"""Full text: whatever is typed is only searched for, and the index stays in step."""

from __future__ import annotations

import sqlite3
from typing import TYPE_CHECKING

import pytest

from cxdesk.desk.history import redo, undo
from cxdesk.domain.records import Message, Trait
from cxdesk.store import database, inquiries, search
from cxdesk.store.customers import by_id
from cxdesk.store.deeds import begin
from tests.running import cxdesk
from tests.store.desks import NOW, first_rows, log

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cxdesk.store.database import Link

WRITTEN = {
    1: "it's broken",
    2: "Do you know C++?",
    3: 'He said "maybe" AND left',
    4: "foo-bar does not fit",
    5: "write to a@b.c please",
    6: "100% cotton",
    7: "party 🎉 tomorrow",
    8: "नमस्ते, हिन्दी में",
    9: "Größe und Café für Zoë",
    10: "NEAR(the sea) OR NOT * ^ : { }",
    11: "日本語の本",
    12: "ВСЁ хорошо",
}
# What is typed, and the inquiries that hold it.
TYPED = {
    "it's": {1},
    "C++": {2, 5},  # a word of its own in both
    '"': set(),
    '"maybe"': {3},
    "AND": {3},
    "foo-bar": {4},
    "bar foo": {4},
    "a@b.c": {5},
    "100%": {6},
    "100": {6},
    "🎉": set(),
    "party 🎉": {7},
    "हिन्दी": {8},
    "groesse": set(),
    "grosse": {9},
    "GRÖSSE": {9},
    "cafe": {9},
    "café": {9},
    "zoe": {9},
    "cott": {6},
    "NEAR": {10},
    "NEAR(the sea)": {10},
    "OR NOT": {10},
    "*": set(),
    "body:maybe": set(),
    "-maybe": {3},
    "日本語の本": {11},
    "всё": {12},
    "все": {12},
    "'; DROP TABLE inquiry; --": set(),
    "maybe\tleft": {3},
}


@pytest.fixture
def link() -> Iterator[Link]:
    with database.open_nowhere(first_rows) as opened:
        yield opened


@pytest.fixture(scope="module")
def full() -> Iterator[Link]:
    with database.open_nowhere(first_rows) as opened:
        for number, text in WRITTEN.items():
            assert log(opened, f"Nr{number}", text).number == number
        yield opened


def found(link: Link, typed: str) -> set[int]:
    query = search.query(typed)
    return {match.ref for match in search.matches(link, query, "inquiry")} if query else set()


def check(link: Link) -> None:
    """SQLite compares the index with the documents, and raises when they differ."""
    link.connection.execute(
        "INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)"
    )


class TestTyped:
    @pytest.mark.parametrize("typed", TYPED)
    def test_it_just_searches(self, full: Link, typed: str) -> None:
        assert found(full, typed) == TYPED[typed]

    @pytest.mark.parametrize("typed", TYPED)
    def test_so_does_the_command(self, tmp_path: Path, typed: str) -> None:
        ran = cxdesk(tmp_path, "search", "--json", "--", typed)

        assert ran.code in (0, 2), ran
        assert "Traceback" not in ran.err
        assert "itself" not in ran.err

    def test_nul_is_refused(self, tmp_path: Path) -> None:
        ran = cxdesk(tmp_path, "log", "Ann Lee", "-", text="in\0voice")

        assert (ran.code, ran.out) == (2, "")
        assert "NUL" in ran.err

    def test_the_newest_comes_first(self, link: Link) -> None:
        for _ in range(3):
            log(link, "Ann", "hello")

        query = search.query("hello")

        assert [match.ref for match in search.matches(link, query, "inquiry")] == [3, 2, 1]


class TestInStep:
    def test_after_undo_and_redo(self, link: Link) -> None:
        log(link, "Ann", "invoice")
        undo(link)
        assert found(link, "invoice") == set()
        check(link)

        redo(link)
        assert found(link, "invoice") == {1}
        check(link)

    def test_after_an_edit(self, link: Link) -> None:
        inquiry = log(link, "Ann", "invoice")
        (message,) = inquiries.messages_of(link, inquiry.number)

        with begin(link, "edit", NOW) as d:
            d.change(d.change(inquiry, subject="receipt"), status="open")
            d.change(message, text="receipt")

        assert (found(link, "invoice"), found(link, "receipt")) == (set(), {1})
        check(link)

        undo(link)
        assert (found(link, "invoice"), found(link, "receipt")) == ({1}, set())
        check(link)

    def test_a_message_may_go(self, link: Link) -> None:
        inquiry = log(link, "Ann", "invoice")
        with begin(link, "reply", NOW) as d:
            d.add(
                Message(0, inquiry.number, inquiry.customer_id, NOW, "out", "phone", "attached it")
            )
        assert found(link, "invoice attached") == {1}

        undo(link)

        assert found(link, "attached") == set()
        check(link)

    def test_a_new_name_reaches_what_they_said(self, link: Link) -> None:
        inquiry = log(link, "Ann Lee", "invoice")
        customer = by_id(link, inquiry.customer_id or 0)

        with begin(link, "edit", NOW) as d:
            d.change(customer, name="Ann Meyer")
            d.add(Trait(0, customer.id, "alias", "Annie"))

        assert found(link, "lee") == set()
        assert found(link, "meyer invoice") == found(link, "annie") | {1}
        check(link)

        undo(link)
        assert found(link, "lee invoice") == {1}
        assert found(link, "meyer") == set()
        check(link)

    def test_a_failed_deed_leaves_it(self, link: Link) -> None:
        inquiry = log(link, "Ann", "invoice")

        with pytest.raises(sqlite3.IntegrityError), begin(link, "edit", NOW) as d:
            d.add(Message(0, inquiry.number, 99, NOW, "in", "phone", "receipt"))

        assert found(link, "receipt") == set()
        check(link)
