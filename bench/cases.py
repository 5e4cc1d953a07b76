"""What is measured of cxdesk, and what is aimed at (issue 5)."""

from __future__ import annotations

import os
import sqlite3
import sys
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable

    from bench.clock import Cost

CXDESK = os.path.join(os.path.dirname(sys.executable), "cxdesk")
CONFIG = """\
[mail.out]
host = "127.0.0.1"
tls = "none"
from = "Desk <desk@example.com>"

[remind]
to = "me@example.com"
at = "23:59"
"""
COMMON_WORD = "order"


class Case(NamedTuple):
    """A command line for each round. `times`: the most it may cost, in starts of Python;
    `commits`: durable commits that come on top of that; `memory`: MiB."""

    name: str
    line: Callable[[int], list[str]]
    times: float
    terminal: bool = False
    commits: int = 0
    memory: float | None = None


class Measured(NamedTuple):
    """What one command cost at every size."""

    case: Case
    costs: dict[int, Cost]


class Known(NamedTuple):
    """What a made desk holds that commands may name."""

    handles: list[str]
    owing: list[int]


def look(path: str) -> Known:
    """Some customers' handles from all over the desk, and the inquiries that owe a reply."""
    link = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        (last,) = link.execute("SELECT max(id) FROM customer").fetchone()
        asked = [(1 + last * part // 100,) for part in range(1, 99)]
        found = [link.execute("SELECT handle FROM customer WHERE id = ?", one) for one in asked]
        owing = link.execute(
            "SELECT inquiry_number FROM promise WHERE state = 'open' AND owes = 'reply'"
            " ORDER BY due_at"
        )
        return Known([row[0] for cursor in found for row in cursor], [row[0] for row in owing])
    finally:
        link.close()


def cases(known: Known) -> list[Case]:
    """Reads first: what is written changes what is read."""

    def handle(turn: int) -> str:
        return known.handles[turn % len(known.handles)]

    def log(turn: int) -> list[str]:
        return [CXDESK, "log", handle(turn), "Where is my parcel, please?", "--apart"]

    def reply(turn: int) -> list[str]:
        return [CXDESK, "reply", str(known.owing[turn % len(known.owing)]), "It is on its way."]

    return [
        Case("--version", lambda _: [CXDESK, "--version"], 1.6),
        Case("due, piped", lambda _: [CXDESK, "due"], 3, memory=30),
        Case("due, on a terminal", lambda _: [CXDESK, "due"], 8, terminal=True),
        Case("show", lambda turn: [CXDESK, "show", handle(turn)], 8),
        Case("search", lambda _: [CXDESK, "search", COMMON_WORD], 8),
        Case("completion", lambda turn: completing(handle(turn)), 8),
        Case("remind, nothing to do", lambda _: [CXDESK, "remind"], 8),
        Case("log", log, 8, commits=1),
        Case("reply", reply, 8, commits=1),
    ]


def completing(handle: str) -> list[str]:
    """What bash asks when the tab key is pressed behind the beginning of a handle."""
    return ["_CXDESK_COMPLETE=bash", CXDESK, "show", handle[:4]]
