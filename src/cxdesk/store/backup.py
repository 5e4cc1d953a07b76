"""Copies of a desk: made whole beside their place, and put back the same way."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import contextmanager

from cxdesk import files
from cxdesk.domain.records import NamedTuple
from cxdesk.errors import RefusedError, UnusableError
from cxdesk.store import database, identity, inspection
from cxdesk.store.database import Link, Sql

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_COPY = Sql("VACUUM INTO :target")
_REBUILD_SEARCH = Sql("INSERT INTO search_index (search_index) VALUES ('rebuild')")
_LAST_NUMBER = Sql("SELECT last FROM number WHERE name = 'desk'")
_RAISE_NUMBERS = Sql("UPDATE number SET last = :last WHERE name = 'desk' AND last < :last")
# PENDING, RESERVED and SHARED of SQLite's file format: https://sqlite.org/src/file/src/os.h
_LOCK_BYTES, _LOCK_SIZE = 0x40000000, 512


class Copy(NamedTuple):
    """A backup that was looked over: its version, and what is in it."""

    path: str
    version: int
    holds: inspection.Holds


# Making ------------------------------------------------------------------------------------------


def back_up(path: str, target: str) -> int:
    """Make a whole, checked copy of the desk at `path` and put it at `target`. Returns its size.

    What is at `target` stays as it is until the copy is on the disk.
    """
    with database.open_to_read(path) as link:
        link.execute("COMMIT")  # one statement that sees one moment
        return copy_to(link, target)


def copy_to(link: Link, target: str) -> int:
    """As `back_up`, over a link that is in no transaction."""
    if _same(link.path, target):
        raise RefusedError(f"{target} is the desk itself.", "Name another file for the backup.")
    if os.path.lexists(target) and not os.path.isfile(target):
        raise RefusedError(f"{target} is no file.", "Name a file for the backup.")
    with _in_words(target), files.replacing(target) as draft:
        link.execute(_COPY, {"target": draft})
        with _look(draft, target) as copied:
            _refuse_faults(copied, "The copy")
        return os.path.getsize(draft)


def _refuse_faults(link: Link, what: str) -> None:
    found = inspection.faults(link)
    if found:
        raise UnusableError(f"{what} is damaged: {found[0]}.", "cxdesk doctor   says what to do.")


def _look(real: str, path: str) -> Link:
    return Link(database.connect(real, "ro", path), path)


@contextmanager
def _in_words(path: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise UnusableError(
            f"{path} cannot be written: {error.strerror or error}; nothing was changed.",
            "See to the permissions and room of its folder, or name another place.",
        ) from error


def _same(one: str, other: str) -> bool:
    try:
        return os.path.samefile(one, other)
    except OSError:
        return False


# Looking over ------------------------------------------------------------------------------------


def examine(path: str) -> Copy:
    """Look a backup over. Raises UnusableError for what is damaged, newer, or no desk of ours."""
    with database.open_of_any_version(path) as link:
        _refuse_faults(link, f"The backup {path}")
        return Copy(path, database.version_of(link), inspection.holds(link))


# Putting back ------------------------------------------------------------------------------------


def put_back(copy: str, path: str, aside: str, ready: Callable[[str], None]) -> str | None:
    """Put the desk of `copy` in the place of the one at `path`, which is kept at `aside`.

    `ready` is given the new desk's place before that, to bring it up to date. Returns where the
    old desk is now, or None where there was none. Raises UnusableError while anybody uses it.
    """
    real = os.path.realpath(path)
    if _same(copy, path):
        raise RefusedError(f"{copy} is the desk itself.", "Name a backup.")
    with _in_words(path):
        os.makedirs(os.path.dirname(real), mode=0o700, exist_ok=True)
        with files.draft(real) as draft:
            with database.open_of_any_version(copy) as link:
                link.execute(_COPY, {"target": draft})
            ready(draft)
            _finish(draft, path)
            return _swap(draft, real, path, aside)


def _finish(draft: str, path: str) -> None:
    """What is derived is written anew, and the file made ready for a reader beside a writer."""
    with Link(database.connect(draft, "rw", path), path) as link:
        link.execute("PRAGMA journal_mode=WAL")
        link.execute(_REBUILD_SEARCH)
        _refuse_faults(link, "The copy")
    files.sync(draft)


def _swap(draft: str, real: str, path: str, aside: str) -> str | None:
    """One rename: before it the old desk is there, after it the new one."""
    folder = os.path.dirname(real)
    if not os.path.lexists(real):
        os.link(draft, real)
        files.sync(folder)
        return None
    with _nobody_else(real, path):
        os.link(real, aside)
        _move_log(real, aside)
        files.sync(folder)
        os.replace(draft, real)
        files.sync(folder)
    return aside


def _move_log(real: str, aside: str) -> None:
    """A log that could not be taken into its desk goes with it: the new desk would play it."""
    for ending in files.COMPANIONS:
        if _size(real + ending):
            os.replace(real + ending, aside + ending)


def _size(path: str) -> int:
    try:
        return os.path.getsize(path)
    except OSError:
        return 0


@contextmanager
def _nobody_else(real: str, path: str) -> Iterator[None]:
    """Keep everybody off the desk at `real`, while all that it holds is in the one file.

    The lock is SQLite's own, taken without SQLite: closing a link after the rename would remove
    the log of the new desk, which has the same name.
    """
    patience = time.monotonic() + database.BUSY_SECONDS
    while True:
        is_sound = _take_log_in(real)
        with open(real, "rb+") as file:
            if _lock(file.fileno()) and not (is_sound and _size(real + "-wal")):
                yield
                return
        if time.monotonic() > patience:
            raise UnusableError(
                f"The desk {path} is in use by another program.", "Close it, then try again."
            )
        time.sleep(0.05)


def _take_log_in(real: str) -> bool:
    """False for a desk so damaged that SQLite cannot; nobody uses that one either."""
    if not identity.is_database(real):
        return False  # SQLite would throw the log away, which may be all that is left
    connection = sqlite3.connect(real, isolation_level=None, timeout=0)
    try:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.OperationalError:
        return True
    except sqlite3.DatabaseError:
        return False
    finally:
        connection.close()
    return True


def _lock(handle: int) -> bool:
    """The bytes that every user of a SQLite file shares, for this process alone."""
    from fcntl import LOCK_EX, LOCK_NB, lockf

    try:
        lockf(handle, LOCK_EX | LOCK_NB, _LOCK_SIZE, _LOCK_BYTES)
    except OSError:
        return False
    return True


# What no restore undoes --------------------------------------------------------------------------


def last_number(link: Link) -> int:
    return int(link.value(_LAST_NUMBER))


def raise_numbers(link: Link, last: int) -> None:
    """Have the desk give numbers above `last` only."""
    link.execute(_RAISE_NUMBERS, {"last": last})
