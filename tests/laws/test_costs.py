"""What keeps the desk fast without a timed test: how much is loaded, how often the store is asked.

Both are counts. A change that needs more raises a number here, where it is seen.
"""

from __future__ import annotations

import os
import sqlite3
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

import pytest
from bench.make_desk import make

from cxdesk.__main__ import main
from cxdesk.store import database
from tests.laws.test_imports import PAST, loaded, named
from tests.running import NOW, cxdesk, on_terminal, play

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# The most modules that a command line may bring in: piped, and on a terminal.
MODULES: list[tuple[list[str], int, int]] = [
    (["--version"], 5, 5),
    (["due"], 66, 150),
    (["due", "--count"], 62, 62),
    (["due", "--json"], 185, 185),
    (["show", "ann"], 185, 190),
    (["search", "vat"], 185, 190),
    (["inquiries"], 185, 190),
    (["when", "fri noon"], 185, 190),
    (["log", "Ann Lee", "And another thing", "--apart"], 200, 205),
    (["reply", "1", "Yes."], 200, 205),
    (["follow", "ann", "fri", "ring"], 200, 205),
    (["promise", "1", "fri noon"], 200, 205),
    (["solved", "6"], 200, 205),
    (["undo"], 185, 190),
    (["redo"], 185, 190),
]
FEW, MANY = 30, 300


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("costs")
    play(home, PAST)
    return home


class TestModules:
    @pytest.mark.parametrize(
        "line, piped, shown", MODULES, ids=[named(line) for line, _, _ in MODULES]
    )
    def test_no_more_are_loaded(self, home: Path, line: list[str], piped: int, shown: int) -> None:
        assert len(loaded(cxdesk, home, line)) <= piped
        assert len(loaded(on_terminal, home, line)) <= shown


class Desk(NamedTuple):
    """A made desk, an inquiry on it that owes a reply, that promise, and to whom."""

    home: str
    owing: int
    promise: int
    handle: str


def made(folder: Path, inquiries: int) -> Desk:
    """A desk on which two of three inquiries owe a reply: what is due grows with it."""
    path = str(folder / str(inquiries) / "desk.db")
    make(path, inquiries, datetime.fromisoformat(NOW), open_promises=inquiries * 2 // 3)
    link = sqlite3.connect(path)
    try:
        owing, promise, handle = link.execute(
            "SELECT p.inquiry_number, p.number, c.handle FROM promise p JOIN customer c"
            " ON c.id = p.customer_id WHERE p.state = 'open' AND p.owes = 'reply'"
            " ORDER BY (SELECT count(*) FROM inquiry i WHERE i.customer_id = c.id), p.number"
        ).fetchone()
    finally:
        link.close()
    return Desk(os.path.dirname(path), owing, promise, handle)


LINES: dict[str, Callable[[Desk], list[str]]] = {
    "due": lambda _: ["due"],
    "due, as JSON": lambda _: ["due", "--json"],
    "due, all of it": lambda _: ["due", "--all"],
    "due, counted": lambda _: ["due", "--count"],
    "show": lambda desk: ["show", str(desk.owing)],
    "inquiries": lambda _: ["inquiries"],
    "search": lambda _: ["search", "you", "--limit", "5"],
    "when": lambda _: ["when", "fri noon"],
    "undo --list": lambda _: ["undo", "--list"],
    "log": lambda _: ["log", "Zed Newcomer", "Where is my parcel?"],
    "log, once more": lambda desk: ["log", desk.handle, "And another thing", "--apart"],
    "promise": lambda desk: ["promise", str(desk.owing), "fri noon"],
    "follow": lambda desk: ["follow", str(desk.owing), "fri", "ring"],
    "move": lambda desk: ["move", str(desk.promise), "thu", "--told"],
    # By e-mail, wherever they came from: there it is looked whether this desk has mail at all.
    "reply": lambda desk: ["reply", str(desk.owing), "Yes.", "--via", "email"],
    "undo": lambda _: ["undo"],
    "redo": lambda _: ["redo"],
    "wait": lambda desk: ["wait", str(desk.owing)],
    "solved": lambda desk: ["solved", str(desk.owing)],
    "drop": lambda _: ["drop", "zed-newcomer", "--yes"],
}


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The statements that SQLite is given, as they come."""
    said: list[str] = []
    connect = database.connect

    def traced(real: str, mode: str, path: str) -> sqlite3.Connection:
        link = connect(real, mode, path)
        link.set_trace_callback(said.append)
        return link

    monkeypatch.setattr(database, "connect", traced)
    monkeypatch.setenv("CXDESK_NOW", NOW)
    monkeypatch.setenv("TZ", "Europe/London")
    return said


class TestStatements:
    def test_as_many_however_many_rows(
        self, tmp_path: Path, asked: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The lines are played in their order, on a desk of thirty and on one of three hundred."""
        counts: list[dict[str, int]] = []
        for desk in (made(tmp_path, size) for size in (FEW, MANY)):
            monkeypatch.setenv("CXDESK_HOME", desk.home)
            counts.append({})
            for name, line in LINES.items():
                asked.clear()
                assert main(line(desk)) == 0, name
                counts[-1][name] = len(asked)

        grown = {name: (few, counts[1][name]) for name, few in counts[0].items()}
        assert {name: both for name, both in grown.items() if both[0] != both[1]} == {}
        assert all(counts[0].values())
