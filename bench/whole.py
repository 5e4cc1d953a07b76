"""What is measured once: a durable commit, ten thousand business hours, an import."""

from __future__ import annotations

import os
import subprocess
import sys
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from bench.clock import BASE, Clock
from bench.conversations import grow

if TYPE_CHECKING:
    from collections.abc import Iterator

MESSAGES = 30_000
COLUMNS = (
    "id=tweet_id author=author_id direction=inbound at=created_at reply_to=in_response_to_tweet_id"
)
TURNS = 25
HOURS_MOST = 50.0  # ms
RATE_LEAST = 5_000  # messages a second

_OPEN = """
import sqlite3
link = sqlite3.connect("commit.db", isolation_level=None)
link.execute("PRAGMA journal_mode=WAL")
link.execute("PRAGMA synchronous=FULL")
link.execute("CREATE TABLE IF NOT EXISTS said (text)")
"""
_COMMIT = """
link.execute("BEGIN IMMEDIATE")
link.execute("INSERT INTO said VALUES ('something')")
link.execute("COMMIT")
link.close()
"""
_HOURS = """
from datetime import UTC, datetime, timedelta
from time import process_time
from cxdesk.store.settings import new_desk
hours = new_desk("Europe/London").hours
begun = process_time()
hours.add(datetime(2026, 1, 1, 11, tzinfo=UTC), timedelta(hours=10_000))
print(1000 * (process_time() - begun))
"""


class Whole(NamedTuple):
    """Milliseconds for 10,000 business hours; messages a second, on the wall and of CPU."""

    hours: float
    rate: float
    cpu_rate: float

    def broken(self) -> Iterator[str]:
        if self.hours >= HOURS_MOST:
            yield f"10,000 business hours take {self.hours:.0f} ms (aim: under {HOURS_MOST:.0f})"
        if self.rate < RATE_LEAST:
            yield f"import takes {self.rate:,.0f} messages a second (aim: {RATE_LEAST:,})"


def commit(environment: dict[str, str], folder: str) -> float:
    """The CPU of one durable commit, in starts of Python."""
    with Clock(environment, folder) as clock:
        programs = [[sys.executable, "-c", text] for text in (_OPEN + _COMMIT, _OPEN)]
        clock.run(programs[0])
        ran = [[clock.run(one).cpu for one in (*programs, BASE)] for _ in range(TURNS)]
    return median((committed - opened) / base for committed, opened, base in ran)


def measured(environment: dict[str, str], folder: str, cxdesk: str) -> Whole:
    return Whole(_hours(environment), *_import(environment, folder, cxdesk))


def _hours(environment: dict[str, str]) -> float:
    command = [sys.executable, "-c", _HOURS]
    ran = [subprocess.check_output(command, env=environment, text=True) for _ in range(5)]
    return median(map(float, ran))


def _import(environment: dict[str, str], folder: str, cxdesk: str) -> tuple[float, float]:
    file, home = os.path.join(folder, "conversations.csv"), os.path.join(folder, "import")
    messages = grow(file, MESSAGES)
    columns = [part for column in COLUMNS.split() for part in ("--map", column)]
    with Clock(environment | {"CXDESK_HOME": home}, folder) as clock:
        ran = clock.run([cxdesk, "import", "conversations", file, *columns])
    assert ran.code == 0, "the import failed"
    return messages / ran.wall, messages / ran.cpu
