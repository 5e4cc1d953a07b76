"""Bringing a desk of an earlier version up: one transaction, after a backup.

Killed at any point the desk is old or new, and whoever meets it next begins again. The version
stands in `user_version`, which is written in the same transaction; there is no table of
revisions. Step n lies in `migrations/versions` as revision `000n`.
"""

from __future__ import annotations

import os
import sqlite3

from cxdesk.errors import UnusableError
from cxdesk.store import database
from cxdesk.store.backup import copy_to
from cxdesk.store.database import Link, Sql

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

MIGRATIONS = os.path.join(os.path.dirname(__file__), "migrations")

_DANGLING = Sql("PRAGMA foreign_key_check")
_SET_VERSION = "PRAGMA user_version={}"
# Undo puts rows back as the history holds them: what a table gains, its rows there gain too.
_HISTORY_GAINS = (
    "UPDATE deed_row SET {side} = json_set({side}, '$.' || ?, json(?))"
    " WHERE row_table = ? AND {side} IS NOT NULL"
)


def upgrade(
    path: str,
    keep_at: str | None,
    say: Callable[[int], None],
    *,
    migrations: str | None = None,
) -> None:
    """Bring the desk at `path` to this program's version; one that is there already stays as it is.

    The desk as it was is kept at `keep_at`, and `say` is given its version, before anything is
    changed; None keeps nothing. Raises UnusableError; the desk is then what it was.
    """
    real = os.path.realpath(path)
    connection = database.connect(real, "rw", path)
    try:
        _upgrade(Link(connection, path), keep_at, say, migrations or MIGRATIONS)
    finally:
        connection.set_authorizer(None)
        connection.close()  # what is not committed is rolled back


def _upgrade(link: Link, keep_at: str | None, say: Callable[[int], None], migrations: str) -> None:
    # A table that is made anew is dropped in between, which takes no heed of a transaction's end.
    link.execute("PRAGMA foreign_keys=OFF")
    engine = _engine(link.connection)
    with engine.connect() as connection:
        # Alembic's batches commit by themselves on a link that thinks itself in no transaction.
        connection.begin()
        # Only now: SQLAlchemy rolls back as it connects.
        link.execute("BEGIN IMMEDIATE")
        version = database.version_of(link)
        if version >= database.SCHEMA_VERSION:
            return  # somebody else was first
        if keep_at is not None:
            _keep(link, keep_at)
            say(version)
        link.connection.set_authorizer(_no_end)
        _run_steps(connection, link.path, migrations, version)
        link.connection.set_authorizer(None)
        _end(link)


def _keep(link: Link, keep_at: str) -> None:
    """Through a link of its own: nothing is written yet, and nobody else can."""
    real = os.path.realpath(link.path)
    with Link(database.connect(real, "ro", link.path), link.path) as reader:
        copy_to(reader, keep_at)


def _no_end(action: int, *_: str | None) -> int:
    """Nobody but `_end` ends the transaction: half of it would be a desk of no version."""
    return sqlite3.SQLITE_DENY if action == sqlite3.SQLITE_TRANSACTION else sqlite3.SQLITE_OK


def _end(link: Link) -> None:
    dangling = sorted({row[0] for row in link.pairs(_DANGLING)})
    if dangling:
        raise UnusableError(
            f"The desk {link.path} cannot be upgraded: a {dangling[0]} refers to nothing.",
            "It is as it was. Restore an earlier backup, or report this.",
        )
    link.execute(_SET_VERSION.format(database.SCHEMA_VERSION))
    link.execute("COMMIT")


# Alembic -----------------------------------------------------------------------------------------


def _engine(connection: sqlite3.Connection) -> Any:
    from sqlalchemy import create_engine
    from sqlalchemy.pool import StaticPool

    return create_engine("sqlite://", creator=lambda: connection, poolclass=StaticPool)


def _run_steps(connection: Any, path: str, migrations: str, version: int) -> None:
    from alembic.operations import Operations
    from alembic.runtime.migration import MigrationContext

    options = {"transactional_ddl": True, "render_as_batch": True}
    context = MigrationContext.configure(connection, opts=options)
    with Operations.context(context):
        for step in _steps(migrations, version):
            try:
                step()
            except Exception as error:
                _raise_in_words(error, path)
                raise


def _raise_in_words(error: Exception, path: str) -> None:
    """A full disk says so also where SQLAlchemy has wrapped it."""
    cause = getattr(error, "orig", None)
    if isinstance(cause, sqlite3.Error):
        raise database.in_words(cause, path) from error


def _steps(migrations: str, version: int) -> Iterator[Callable[[], None]]:
    """The steps above `version` up to this program's, in their order."""
    from alembic.script import ScriptDirectory

    scripts = ScriptDirectory(migrations)
    for number in range(version + 1, database.SCHEMA_VERSION + 1):
        script = scripts.get_revision(f"{number:04}")
        yield script.module.upgrade


def history_gains(connection: Any, table: str, column: str, value: str) -> None:
    """For a step that adds a column: its value, as JSON, in the rows that undo would put back."""
    for side in ("before", "after"):
        statement = _HISTORY_GAINS.format(side=side)
        connection.exec_driver_sql(statement, (column, value, table))
