"""Make a desk of any size: `python bench/make_desk.py --inquiries N --out DIR`.

DIR becomes a CXDESK_HOME. The seed is fixed and the dates count from CXDESK_NOW, or else now. At
every size 60 promises are open, 30 of them late; the rest of the desk is history.
"""

from __future__ import annotations

import argparse
import os
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

sys.path.insert(0, os.path.dirname(os.path.dirname(os.path.abspath(__file__))))

from bench.rows import Maker, Writer
from bench.templates import MONDAY, Place, Template, mondays, placed

from bench import lives
from cxdesk.store import database, identity
from cxdesk.store.settings import fill, new_desk

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxdesk.domain.records import Desk

ZONE = "Europe/London"
SEED = 20261123
OPEN_PROMISES = 60
WAITING, ANSWERED = 6, 10
LIVES = 4000  # so many are played; history lives them again in other weeks and other words
MOST_WEEKS = 20 * 52
A_WEEK = 20  # inquiries, until the weeks are full
AT_ONCE = 20_000
TRIES = 200


class DamagedError(Exception):
    """What was made is not what a desk must be."""


def make(
    path: str,
    inquiries: int,
    now: datetime,
    *,
    open_promises: int = OPEN_PROMISES,
    seed: int = SEED,
) -> None:
    """A whole desk at `path`, which must not be there yet."""
    random = Random(seed)
    os.makedirs(os.path.dirname(path), mode=0o700, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    connection = sqlite3.connect(path, isolation_level=None)
    try:
        connection.execute("PRAGMA journal_mode=OFF")
        connection.execute("PRAGMA synchronous=OFF")
        connection.execute("PRAGMA cache_size=-400000")
        connection.execute("BEGIN")
        _fill(connection, path, random, inquiries, now, open_promises)
        connection.execute("COMMIT")
        _check(connection)
        connection.execute("PRAGMA journal_mode=WAL")
    finally:
        connection.close()


def _fill(
    connection: sqlite3.Connection,
    path: str,
    random: Random,
    inquiries: int,
    now: datetime,
    open_promises: int,
) -> None:
    """Tables, rows, then the indexes: an index is made faster than it is kept."""
    schema = database.schema_statements()
    indexes = [one for one in schema if one.startswith(("CREATE INDEX", "CREATE UNIQUE INDEX"))]
    for statement in schema:
        if statement not in indexes:
            connection.execute(statement)
    fill(database.Link(connection, path), ZONE, f"{random.getrandbits(128):032x}")
    last = _write(connection, random, inquiries, now, open_promises)
    connection.execute("UPDATE number SET last = ?", [last])
    for statement in indexes:
        connection.execute(statement)
    connection.execute("INSERT INTO search_index (search_index) VALUES ('rebuild')")
    connection.execute(f"PRAGMA application_id={identity.APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version={database.SCHEMA_VERSION}")


def _write(
    connection: sqlite3.Connection, random: Random, inquiries: int, now: datetime, owing: int
) -> int:
    """History, then what is going on. Returns the last number that was given."""
    desk = new_desk(ZONE)
    writer = Writer(connection)
    maker = Maker(writer, random)
    today = _going_on(random, desk, now, min(owing, inquiries))[:inquiries]
    for count, place in enumerate(_history(random, desk, now, inquiries - len(today))):
        maker.live(place)
        if count % AT_ONCE == 0:
            writer.flush()
    for place in today:
        maker.live(place, recorded=True)
    maker.customers()
    writer.flush()
    return maker.number


def _history(random: Random, desk: Desk, now: datetime, count: int) -> Iterator[Place]:
    """Lives that are over, spread over the weeks, in the order in which they began."""
    played = [_template(random, desk) for _ in range(min(LIVES, 10 * count))]
    weeks = mondays(now, ZONE, max(4, min(MOST_WEEKS, count // A_WEEK)))
    for index, week in enumerate(weeks):
        share = count * (index + 1) // len(weeks) - count * index // len(weeks)
        places = [_somewhere(random, played, week, now) for _ in range(share)]
        yield from sorted(places, key=lambda place: place.begins)


def _template(random: Random, desk: Desk) -> Template:
    at = MONDAY + timedelta(minutes=random.randint(0, 7 * 24 * 60 - 1))
    return Template.of(lives.closed_life(random, desk, at))


def _somewhere(random: Random, played: list[Template], week: datetime, now: datetime) -> Place:
    """One of the lives in that week, or earlier where none fits."""
    for tries in range(TRIES):
        place = placed(random.choice(played), week - timedelta(weeks=tries // 20), now)
        if place is not None:
            return place
    raise DamagedError("No life fits into the weeks before now.")


def _going_on(random: Random, desk: Desk, now: datetime, owing: int) -> list[Place]:
    """What is owed (half of it late), awaited and not yet contradicted."""
    found = [lives.owing_life(random, desk, now, late=turn % 2 == 0) for turn in range(owing)]
    if owing == OPEN_PROMISES:
        found += [lives.waiting_life(random, desk, now) for _ in range(WAITING)]
        found += [lives.answered_life(random, desk, now) for _ in range(ANSWERED)]
    places = [Place(Template.of(life), timedelta()) for life in found]
    return sorted(places, key=lambda place: place.begins)


def _check(connection: sqlite3.Connection) -> None:
    """Keys lead somewhere, and the search index holds what the documents hold."""
    if connection.execute("PRAGMA foreign_key_check").fetchone():
        raise DamagedError("A key leads nowhere.")
    connection.execute(
        "INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)"
    )


def now() -> datetime:
    given = os.environ.get("CXDESK_NOW")
    at = datetime.fromisoformat(given) if given else datetime.now(UTC)
    return at.astimezone(UTC).replace(microsecond=0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--inquiries", type=int, required=True, metavar="N")
    parser.add_argument("--out", required=True, metavar="DIR")
    asked = parser.parse_args()
    make(os.path.join(os.path.abspath(asked.out), "desk.db"), asked.inquiries, now())


if __name__ == "__main__":
    main()
