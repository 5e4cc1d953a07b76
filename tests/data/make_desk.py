"""Write desk_vN.sql: a desk of this cxdesk's schema N, with something in every table.

    .venv/bin/python tests/data/make_desk.py

While schema N is not out, it is made anew whenever the schema changes. Once it is out its desk
stays as it is for ever, and the first desk of schema N + 1 is made beside it.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from cxdesk.__main__ import main
from cxdesk.domain.received import Attachment, Mailbox, NoMail, Received, ReceivedRaw
from cxdesk.domain.records import FollowUp, Mail, Message, Run
from cxdesk.store import (
    database,
    received,  # noqa: F401  (makes its tables known to deeds)
)
from cxdesk.store.deeds import begin

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxdesk.store.deeds import DeedInProgress

HERE = Path(__file__).parent
NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
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
# The numbers that the lines above give.
BOB, BOBS_INQUIRY = 2, 3

BODY = "Also the one of the shed; it's the brass one."
QUOTED = "\n\nOn Monday Oak & Co wrote:\n> On its way.\n"
HEADER = (
    "From: Bob Ray <Bob@example.com>\r\n"
    "To: hello@example.com\r\n"
    "Subject: Re: Lost a key [K-3]\r\n"
    "Message-ID: <bob-2@example.com>\r\n"
    "In-Reply-To: <desk-1@example.com>\r\n\r\n"
)
# Bytes that no text holds, so that a step which took them for text would be seen.
WHOLE = (HEADER + BODY + QUOTED).encode() + b"\x00\xff\xfe'; DROP TABLE received;\r\n"


def play(home: str) -> None:
    """Do what an owner would, then write down what the jobs would have."""
    os.environ.update(CXDESK_HOME=home, CXDESK_NOW=NOW.isoformat(), TZ="Europe/London")
    for line in LINES:
        assert main([*line, "-q"]) == 0, line
    with (
        database.open_to_write(f"{home}/desk.db") as link,
        begin(link, "mail", NOW, actor="desk") as d,
    ):
        send(d)
        take_in(d)


def send(d: DeedInProgress) -> None:
    """A digest that left the day before, and a follow-up that goes out by itself."""
    at = NOW.replace(day=22, hour=8, minute=0)
    then = at + timedelta(seconds=5)
    digest = Mail(
        0,
        "digest:2026-11-22:owner",
        "digest",
        "me@example.com",
        "me@example.com",
        "Monday: Bob first",
        "<1@example.com>",
        b"\r\n",
        at,
        at,
    )
    d.add(digest._replace(state="sent", attempts=1, data_begun=True, sent_at=then))
    d.add(Run(0, at, then, "sent"))
    due_at = NOW.replace(day=30)
    d.add(FollowUp(0, None, BOB, "follow_up", "is the key found?", due_at, NOW, by_mail=True))


def take_in(d: DeedInProgress) -> None:
    """A mail of every state, what hangs on one, and what is known of a mailbox and an address."""
    said = d.add(
        Message(0, BOBS_INQUIRY, BOB, NOW, "in", "email", BODY, source="<bob-2@example.com>")
    )
    read = keep(d, WHOLE, 4711, BODY + QUOTED)
    d.change(
        read,
        state="read",
        message_id="<bob-2@example.com>",
        content=sha256(BODY.encode()).hexdigest(),
        name="Bob Ray",
        email="bob@example.com",
        answer_to="bob@example.com",
        subject="Re: Lost a key [K-3]",
        ancestors="<desk-1@example.com>",
        via="references",
        inquiry_number=BOBS_INQUIRY,
        said_id=said.id,
        doubts="the charset is a guess",
    )
    d.add(Attachment(read.id, 1, "key.jpg", "image/jpeg", 2048))
    d.add(Attachment(read.id, 2, "Schlüssel.pdf", "application/pdf", 70_000))
    keep(d, b"Subject: not read yet\r\n\r\n", 4712)
    d.change(keep(d, b"\xef\xbb\xbf" + WHOLE, 4713), state="duplicate", detail="of 1")
    d.change(keep(d, b"\x00" * 64, 4714), state="quarantined", detail="there is no header in it")
    d.add(Mailbox("support", "INBOX", 1_700_000_000, 4714, NOW))
    d.add(NoMail("kim@example.com", "unsubscribed", NOW, "by mail"))


def keep(d: DeedInProgress, raw: bytes, uid: int, text: str | None = None) -> Received:
    """A mail as it is kept before anything of it is understood."""
    kept: Received = d.add(
        Received(
            0, sha256(raw).hexdigest(), "support", "INBOX", f"support INBOX {uid}", NOW, len(raw)
        )
    )
    d.add(ReceivedRaw(kept.id, raw, text))
    return kept


def dump(link: sqlite3.Connection) -> Iterator[str]:
    """The schema, every row, and the identity; the words of the index are made from the rows."""
    yield from database.schema_statements()
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


def text_of_a_new_desk() -> str:
    with tempfile.TemporaryDirectory() as home:
        play(home)
        link = sqlite3.connect(f"{home}/desk.db", isolation_level=None)
        link.execute("UPDATE setting SET value = '0123456789abcdef' WHERE name = 'instance'")
        text = "".join(f"{statement};\n" for statement in dump(link))
        link.close()
    return "-- Made by make_desk.py. Do not edit.\n" + text


if __name__ == "__main__":
    (HERE / f"desk_v{database.SCHEMA_VERSION}.sql").write_text(text_of_a_new_desk())
