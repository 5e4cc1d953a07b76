"""A copy of the desk to try something on: what it would do is then known, and nothing is done."""

from __future__ import annotations

import sqlite3

from cxdesk.store.database import Link, in_words


def copy_of(link: Link) -> Link:
    """A copy that has no name: it is on the disk, not in memory, and gone when it is closed, or
    when the process dies."""
    connection = sqlite3.connect("", isolation_level=None)
    try:
        link.connection.backup(connection)
        connection.execute("PRAGMA foreign_keys=ON")
        connection.execute("PRAGMA synchronous=OFF")
    except sqlite3.Error as error:
        connection.close()
        raise in_words(error, link.path) from error
    return Link(connection, ":memory:")
