"""Looking a desk over: is the file sound, does all that refers find its target, is the shape right.

Shapes are compared as text: every word of every CREATE statement counts, CHECKs, partial indexes
and triggers among them; only quotes, white space and the order of constraints do not.
"""

from __future__ import annotations

import sqlite3

from cxdesk.domain.records import NamedTuple
from cxdesk.errors import UnusableError
from cxdesk.store import database
from cxdesk.store.database import Link, Sql

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

_SOUND = Sql("PRAGMA integrity_check(5)")
_DANGLING = Sql("PRAGMA foreign_key_check")
_SCHEMA = Sql(
    "SELECT type, name, sql FROM sqlite_master"
    " WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
    " AND name NOT LIKE 'search!_index!_%' ESCAPE '!'"
)
_INQUIRIES = Sql("SELECT count(*) FROM inquiry")
_CUSTOMERS = Sql("SELECT count(*) FROM customer")
_LAST_DEED_AT = Sql("SELECT done_at FROM deed ORDER BY id DESC LIMIT 1")
# The rank of 1 has the words compared with the documents that they stand for.
_COMPARE_SEARCH = Sql("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")


class Holds(NamedTuple):
    """What is in a desk, as far as it takes to know which one it is."""

    inquiries: int
    customers: int
    last_deed_at: datetime | None


def faults(link: Link) -> list[str]:
    """What is wrong with the file and between its rows; empty when nothing is."""
    try:
        told = [text for (text,) in link.pairs(_SOUND) if text != "ok"]
        rows = {table for table, *_ in link.pairs(_DANGLING)}
    except (UnusableError, sqlite3.Error) as error:
        return [getattr(error, "sentence", str(error))]
    return told + [f"a {table} refers to what is not there" for table in sorted(rows)]


def holds(link: Link) -> Holds:
    last = database.to_instant(link.value(_LAST_DEED_AT))
    return Holds(link.value(_INQUIRIES), link.value(_CUSTOMERS), last)


def search_fits(path: str) -> bool:
    """Whether the index of words says what the rows say. Takes the lock of a writer, and writes
    nothing."""
    with database.open_to_write(path) as link:
        link.execute("BEGIN IMMEDIATE")
        try:
            link.execute(_COMPARE_SEARCH)
        except UnusableError:
            return False
        finally:
            if link.connection.in_transaction:
                link.execute("ROLLBACK")
    return True


# Shape -------------------------------------------------------------------------------------------


def shape(link: Link) -> dict[str, tuple[str, ...]]:
    """Each table, index and trigger by its name: the words of its statement, part by part."""
    return {f"{kind} {name}": _parts(sql) for kind, name, sql in link.pairs(_SCHEMA)}


def new_shape() -> dict[str, tuple[str, ...]]:
    """The shape of a desk that is made today."""
    with database.open_nowhere(lambda _: None) as link:
        return shape(link)


def differences(one: dict[str, tuple[str, ...]], other: dict[str, tuple[str, ...]]) -> list[str]:
    """What stands in one of two shapes only, as lines that begin with - and +."""
    lines = []
    for name in sorted(one.keys() | other.keys()):
        before, after = set(one.get(name, ())), set(other.get(name, ()))
        lines += [f"- {name}: {part}" for part in sorted(before - after)]
        lines += [f"+ {name}: {part}" for part in sorted(after - before)]
    return lines


def _parts(sql: str) -> tuple[str, ...]:
    """The columns in their order, then the constraints in any."""
    plain = " ".join(sql.replace('"', "").split())
    head, _, body = plain.partition("(")
    parts = [part.strip() for part in _split(body.rpartition(")")[0])]
    columns = [f"{number}: {part}" for number, part in enumerate(parts) if not _constrains(part)]
    rest = body.rpartition(")")[2].strip()
    return (head.strip(), *columns, *sorted(part for part in parts if _constrains(part)), rest)


def _constrains(part: str) -> bool:
    return part.startswith(("CONSTRAINT ", "PRIMARY KEY", "UNIQUE", "FOREIGN KEY", "CHECK"))


def _split(body: str) -> Iterable[str]:
    """The parts between the commas that stand in no brackets."""
    depth, begin = 0, 0
    for place, sign in enumerate(body):
        depth += (sign == "(") - (sign == ")")
        if sign == "," and not depth:
            yield body[begin:place]
            begin = place + 1
    yield body[begin:]
