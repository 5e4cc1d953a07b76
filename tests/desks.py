"""Desks to work on: the one of the first schema, and what a desk says."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typing import Any

FIRST = Path(__file__).parent / "data" / "desk_v1.sql"
# What the index of words keeps for itself, and what is written beside every backup.
OWN = "search_index"


def first_desk(home: Path) -> Path:
    """The populated desk of schema 1, as that cxdesk left it."""
    home.mkdir(mode=0o700, exist_ok=True)
    path = home / "desk.db"
    os.close(os.open(path, os.O_CREAT | os.O_EXCL, 0o600))
    link = sqlite3.connect(path, isolation_level=None)
    link.execute("PRAGMA journal_mode=WAL")
    link.executescript(FIRST.read_text())
    link.close()
    return path


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
