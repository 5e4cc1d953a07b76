"""Write desk_v1.sql: a desk of the first schema with something of every kind on it.

Run once, at version 1; a later cxdesk makes another desk, and this file then says how that one
came to be: .venv/bin/python tests/data/make_desk_v1.py
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from cxdesk.__main__ import main
from cxdesk.store.database import schema_statements

if TYPE_CHECKING:
    from collections.abc import Iterator

HERE = Path(__file__).parent
LINES = [
    ["log", "Ann Lee", "Invoice shows VAT twice", "--phone", "020 7946 0999", "--tag", "invoice"],
    ["log", "Bob Ray", "Lost a key", "--by", "tue noon", "--email", "bob@example.com"],
    ["reply", "bob", "On its way.", "--open"],
    ["log", "Zoë Müller", 'Der Kessler tropft; it\'s 100% "oak"', "--answered", "--via", "email"],
    ["log", "Kim & Sons", "Oak or ash?", "--wait"],
    ["follow", "kim", "thu", "ring them", "--every", "2 weeks"],
    ["promise", "ann", "fri noon", "send the drawing"],
    ["log", "Dana Reyes", "A shelf, please", "--solved", "--stars", "5"],
    ["customer", "edit", "dana", "--likes", "oak", "--fact", "wall=brick"],
    ["channel", "set", "email", "--look", "weekdays 9:00, 16:00"],
    ["hours", "close", "24 dec", "to", "26 dec", "Christmas"],
    ["drop", "8", "--yes"],
    ["log", "Ivo", "Never mind"],
    ["undo"],
]
MAIL = (
    "INSERT INTO mail (dedupe, kind, recipient, sender, subject, message_id, raw, made_at,"
    " next_try_at, state, attempts, data_begun, sent_at, resent) VALUES ('digest:2026-11-22:owner',"
    " 'digest', 'me@example.com', 'me@example.com', 'Monday: Bob first',"
    " '<1@example.com>', x'0d0a', '2026-11-22 08:00:00.000000', '2026-11-22 08:00:00.000000',"
    " 'sent', 1, 1, '2026-11-22 08:00:05.000000', 0)"
)
RUN = (
    "INSERT INTO run (started_at, ended_at, digest) VALUES"
    " ('2026-11-22 08:00:00.000000', '2026-11-22 08:00:05.000000', 'sent')"
)


def play(home: str) -> sqlite3.Connection:
    os.environ.update(CXDESK_HOME=home, CXDESK_NOW="2026-11-23T09:05:00+00:00", TZ="Europe/London")
    for line in LINES:
        assert main([*line, "-q"]) == 0, line
    link = sqlite3.connect(f"{home}/desk.db", isolation_level=None)
    link.execute("UPDATE setting SET value = '0123456789abcdef' WHERE name = 'instance'")
    link.execute(MAIL)
    link.execute(RUN)
    return link


def dump(link: sqlite3.Connection) -> Iterator[str]:
    """The schema, every row, and the identity; the words of the index are made from the rows."""
    yield from schema_statements()
    tables = "SELECT name FROM sqlite_master WHERE sql LIKE 'CREATE TABLE%' ORDER BY name"
    for (table,) in link.execute(tables).fetchall():
        if table.startswith("search_index"):
            continue
        columns = [row[1] for row in link.execute(f"PRAGMA table_info({table})")]
        listed = ", ".join(f'"{name}"' for name in columns)
        quoted = ", ".join(f'quote("{name}")' for name in columns)
        for row in link.execute(f"SELECT {quoted} FROM {table} ORDER BY 1"):
            yield f"INSERT INTO {table} ({listed}) VALUES ({', '.join(row)})"
    yield "INSERT INTO search_index (search_index) VALUES ('rebuild')"
    for name in ("application_id", "user_version"):
        yield f"PRAGMA {name}={link.execute(f'PRAGMA {name}').fetchone()[0]}"


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        text = "".join(f"{statement};\n" for statement in dump(play(folder)))
    (HERE / "desk_v1.sql").write_text("-- Made by make_desk_v1.py. Do not edit.\n" + text)
