"""Opening a desk: the one recipe of docs/explanation/safety.md, and rows into records.

A write transaction is `BEGIN IMMEDIATE`, a read is `BEGIN` on a link that cannot write. Whatever
SQLite says is turned into one sentence and a remedy here, and nowhere else.
"""

from __future__ import annotations

import os
import sqlite3
from datetime import datetime, timezone
from functools import lru_cache

from cxdesk.errors import UnusableError
from cxdesk.store import identity

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

SCHEMA_VERSION = 2
BUSY_SECONDS = 30
UTC = timezone.utc  # noqa: UP017  (datetime.UTC is the same object; this one reads as a zone)


class OlderDeskError(UnusableError):
    """The desk is of an earlier version: it is upgraded before it is used (store/upgrade.py)."""

    def __init__(self, path: str, version: int) -> None:
        super().__init__(
            f"The desk {path} is of version {version}; this cxdesk works on {SCHEMA_VERSION}.",
            "cxdesk due   brings it up to date.",
        )
        self.version = version


class Sql(str):
    """A statement: its text, and the record that its rows become. Tests find all of them."""

    returns: Any

    def __new__(cls, text: str, returns: Any = None) -> Sql:
        self = super().__new__(cls, text)
        self.returns = returns
        return self


_VERSION = Sql("PRAGMA user_version")

# Values ------------------------------------------------------------------------------------------


def to_column(value: Any) -> Any:
    """An instant as SQLModel writes it (`YYYY-MM-DD HH:MM:SS.ffffff`, UTC); the rest as it is."""
    if isinstance(value, datetime):
        return _utc_text(value.astimezone(UTC))
    return value


@lru_cache(maxsize=1000)
def _utc_text(at: datetime) -> str:
    return at.isoformat(sep=" ", timespec="microseconds")[:26]


sqlite3.register_adapter(datetime, to_column)


def to_instant(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text).replace(tzinfo=UTC)


def _to_bool(value: int | None) -> bool | None:
    return None if value is None else bool(value)


_converters: dict[Any, list[tuple[int, Callable[[Any], Any]]]] = {}


def converters(record: Any) -> list[tuple[int, Callable[[Any], Any]]]:
    """The whole mapping: columns in `_at` become instants, yes-or-no become booleans."""
    known = _converters.get(record)
    if known is None:
        known = _converters[record] = []
        for index, field in enumerate(record._fields):
            if field.endswith("_at"):
                known.append((index, to_instant))
            elif str(record.__annotations__[field]).startswith("bool"):
                known.append((index, _to_bool))
    return known


def to_record(record: Any, row: Iterable[Any]) -> Any:
    values = list(row)
    for index, convert in converters(record):
        values[index] = convert(values[index])
    return record._make(values)


# Links -------------------------------------------------------------------------------------------


class Link:
    """An open desk. Hand it statements; it hands back records.

    `picked`: what the owner chose, by what was typed, when several or near ones were meant.
    `on_commit`: what a deed calls when it is written (the first one's desk is then kept).
    """

    def __init__(self, connection: sqlite3.Connection, path: str) -> None:
        self.connection = connection
        self.path = path
        self.picked: dict[str, int] = {}
        self.on_commit: Callable[[], None] | None = None

    def execute(self, statement: str, values: Any = ()) -> sqlite3.Cursor:
        try:
            return self.connection.execute(statement, values)
        except sqlite3.Error as error:
            raise in_words(error, self.path) from error

    def execute_each(self, statement: str, rows: Iterable[dict[str, Any]]) -> None:
        try:
            self.connection.executemany(statement, rows)
        except sqlite3.Error as error:
            raise in_words(error, self.path) from error

    def rows(self, statement: Sql, values: Any) -> list[Any]:
        cursor = self.execute(statement, values)
        try:
            return cursor.fetchall()
        except sqlite3.Error as error:
            raise in_words(error, self.path) from error

    def all(self, statement: Sql, **values: Any) -> list[Any]:
        return [to_record(statement.returns, row) for row in self.rows(statement, values)]

    def one(self, statement: Sql, **values: Any) -> Any:
        """The first record, or None."""
        found = self.all(statement, **values)
        return found[0] if found else None

    def value(self, statement: Sql, **values: Any) -> Any:
        """The first column of the first row, or None."""
        rows = self.rows(statement, values)
        return rows[0][0] if rows else None

    def pairs(self, statement: Sql, **values: Any) -> Iterator[Any]:
        """Rows as plain tuples, for what is no record."""
        return iter(self.rows(statement, values))

    def walk(self, statement: Sql, **values: Any) -> Iterator[Any]:
        """Rows as plain tuples, fetched one by one."""
        cursor = self.execute(statement, values)
        try:
            yield from cursor
        except sqlite3.Error as error:
            raise in_words(error, self.path) from error

    def roll_back(self) -> None:
        """End the transaction, unless SQLite ended it by itself, as on a full disk."""
        if self.connection.in_transaction:
            self.execute("ROLLBACK")

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> Link:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def exists(path: str) -> bool:
    return os.path.lexists(path)


def open_to_read(path: str) -> Link:
    """A link that cannot write and sees the desk as it is at this moment, however long it reads;
    raises UnusableError for what is not a desk of ours."""
    link = _open(path, "ro")
    link.execute("BEGIN")
    return link


def open_to_write(path: str) -> Link:
    """A link for deeds; raises UnusableError for what is not a desk of ours."""
    return _open(path, "rw")


def open_nowhere(fill: Callable[[Link], None]) -> Link:
    """An empty desk in memory: what is read, and refused, before there is one."""
    link = Link(sqlite3.connect(":memory:", isolation_level=None), ":memory:")
    link.execute("PRAGMA foreign_keys=ON")
    for statement in schema_statements():
        link.execute(statement)
    fill(link)
    link.execute(f"PRAGMA application_id={identity.APPLICATION_ID}")
    link.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
    return link


def open_of_any_version(path: str) -> Link:
    """A link that cannot write, to a desk of this version or an earlier one."""
    return _open(path, "ro", earlier=True)


def _open(path: str, mode: str, *, earlier: bool = False) -> Link:
    real = os.path.realpath(path)
    link = _open_in_place(real, mode, path)
    try:
        # Once more: what was changed last may still be in the log.
        version = version_of(link)
        _check_version(version, path)
        if version < SCHEMA_VERSION and not earlier:
            raise OlderDeskError(path, version)
    except BaseException:
        link.close()
        raise
    return link


# Desks that a restore put aside while they were being opened. Never closed: the last to close a
# desk removes the log of that name, which is the new desk's.
_put_aside: list[Link] = []


def _open_in_place(real: str, mode: str, path: str) -> Link:
    """From its first read on, a link keeps a restore away. Before that one may have come, and
    what is written to a desk put aside is lost."""
    while True:
        which = _which(real)
        _check_version(identity.check(real, path), path)
        link = Link(connect(real, mode, path), path)
        try:
            version_of(link)
        except BaseException:
            link.close()
            raise
        if which == _which(real):
            return link
        _put_aside.append(link)


def _which(real: str) -> tuple[int, int] | None:
    """The file that has this name now. Not opened: that would drop SQLite's locks."""
    try:
        found = os.stat(real)
    except OSError:
        return None
    return found.st_dev, found.st_ino


def connect(real: str, mode: str, path: str) -> sqlite3.Connection:
    uri = "file:" + _quoted(real) + "?mode=" + mode
    try:
        connection = sqlite3.connect(uri, uri=True, isolation_level=None, timeout=BUSY_SECONDS)
    except sqlite3.Error as error:
        raise in_words(error, path) from error
    try:
        connection.execute("PRAGMA trusted_schema=OFF")
        if mode == "rw":
            connection.execute("PRAGMA foreign_keys=ON")
            connection.execute("PRAGMA synchronous=FULL")
            connection.execute("PRAGMA secure_delete=ON")
    except sqlite3.Error as error:
        connection.close()
        raise in_words(error, path) from error
    return connection


def _quoted(path: str) -> str:
    for character, code in (("%", "%25"), ("?", "%3f"), ("#", "%23")):
        path = path.replace(character, code)
    return path


def _check_version(version: int, path: str) -> None:
    if version > SCHEMA_VERSION:
        raise UnusableError(
            f"The desk {path} is of version {version}; this cxdesk knows {SCHEMA_VERSION}.",
            "Install the newer cxdesk that made it.",
        )


def version_of(link: Link) -> int:
    return int(link.value(_VERSION))


def in_words(error: sqlite3.Error, path: str) -> Exception:
    """SQLite's error as people are told it; what is a mistake of ours stays a sqlite3.Error."""
    text = str(error)
    if isinstance(error, (sqlite3.IntegrityError, sqlite3.ProgrammingError)):
        return error
    for part, sentence, remedy in _SENTENCES:
        if part in text:
            return UnusableError(sentence.format(path=path), remedy)
    if isinstance(error, sqlite3.DatabaseError) and not isinstance(error, sqlite3.OperationalError):
        return UnusableError(f"The desk {path} is damaged: {text}.", identity.RESTORE)
    return error


_SENTENCES = (
    ("malformed", "The desk {path} is damaged.", identity.RESTORE),
    ("not a database", "The desk {path} is damaged.", identity.RESTORE),
    ("disk is full", "The disk is full; nothing was changed.", "Make room, then try again."),
    ("disk I/O error", "The disk failed while the desk was used; nothing was changed.",
     "See to the disk (is it full, or taken out?), then try again."),
    ("locked", "The desk {path} is in use by another program.", "Try again in a moment."),
    ("locking", "The desk {path} is in use by another program.", "Try again in a moment."),
    ("vtable constructor failed", "The desk {path} is damaged: its search index cannot be read.",
     "cxdesk doctor   says what to do."),
    ("readonly", "The desk {path} cannot be written.",
     "See to the permissions of the file and its folder."),
    ("unable to open", "The desk {path} cannot be opened.",
     "See to the permissions of the file and its folder."),
)  # fmt: skip


# Making one --------------------------------------------------------------------------------------


class MadeMeanwhileError(Exception):
    """Somebody else made the desk: what was to be its first deed must be done on that one."""


def create(path: str, fill: Callable[[Link], None]) -> bool:
    """Make an empty desk at `path`; False when somebody else made one meanwhile."""
    with open_nowhere(fill) as link:
        return keep(link, path)


def keep(link: Link, path: str) -> bool:
    """Keep a desk that was nowhere kept at `path`, or leave the one that somebody made meanwhile.

    The file is complete (schema, identity, journal mode, all rows) before it is linked into its
    place: a race or a crash leaves one whole desk or none. True: it was made here.
    """
    from cxdesk import files

    real = os.path.realpath(path)
    folder = os.path.dirname(real)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
        with files.draft(real) as draft:
            _copy(link, draft, path)
            files.sync(draft)
            try:
                os.link(draft, real)
            except FileExistsError:
                return False
        files.sync(folder)
    except OSError as error:
        raise UnusableError(
            f"No desk can be made at {path}: {error.strerror or error}.",
            "See to the folder's permissions and room, or name another place with CXDESK_HOME.",
        ) from error
    return True


def _copy(source: Link, draft: str, path: str) -> None:
    target = Link(connect(draft, "rw", path), path)
    try:
        source.connection.backup(target.connection)
        # Last, so that nothing of the desk is in a log when the file is put into its place.
        target.execute("PRAGMA journal_mode=WAL")
    except sqlite3.Error as error:
        raise in_words(error, path) from error
    finally:
        target.close()


def schema_statements() -> list[str]:
    with open(os.path.join(os.path.dirname(__file__), "schema.sql"), encoding="utf-8") as file:
        text = file.read()
    body = text[text.index("\n") + 1 :]
    return [part.strip() for part in body.split(";\n") if part.strip()]
