"""Desks to work on: a populated one of every schema that there was, and what a desk says."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

from cxdesk.store import database

if TYPE_CHECKING:
    from typing import Any

LATEST = database.SCHEMA_VERSION
DATA = Path(__file__).parent / "data"
# What the index of words keeps for itself, and what is written beside every backup.
OWN = "search_index"


def statements_of(version: int) -> str:
    """What makes the populated desk of a schema."""
    return (DATA / f"desk_v{version}.sql").read_text()


def desk_of(version: int, home: Path) -> Path:
    """The populated desk of a schema, as that cxdesk left it."""
    home.mkdir(mode=0o700, exist_ok=True)
    path = home / "desk.db"
    os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    link = sqlite3.connect(path, isolation_level=None)
    link.execute("PRAGMA journal_mode=WAL")
    link.executescript(statements_of(version))
    link.close()
    return path


def todays_desk(home: Path) -> Path:
    """The populated desk of this cxdesk's schema."""
    return desk_of(LATEST, home)


def said(path: Path) -> dict[str, Any]:
    """Every row of every table, and the version."""
    link = sqlite3.connect(path)
    try:
        tables = link.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
        names = [name for (name,) in tables if not name.startswith(OWN)]
        rows = {name: sorted(link.execute(f'SELECT * FROM "{name}"'), key=repr) for name in names}
        return {**rows, "version": link.execute("PRAGMA user_version").fetchone()[0]}
    finally:
        link.close()


def assert_whole(path: Path) -> None:
    """The file is sound, all that refers finds its target, and the words are those of the rows."""
    link = sqlite3.connect(path, isolation_level=None)
    try:
        assert link.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert link.execute("PRAGMA foreign_key_check").fetchall() == []
        link.execute("BEGIN")
        link.execute("INSERT INTO search_index (search_index, rank) VALUES ('integrity-check', 1)")
        link.execute("ROLLBACK")
    finally:
        link.close()
