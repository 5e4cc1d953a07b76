"""Desks for the tests of the store, and other files in a desk's place."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cxdesk.domain.records import Customer, Inquiry, Message
from cxdesk.store import database
from cxdesk.store.deeds import begin
from cxdesk.store.settings import fill

if TYPE_CHECKING:
    from pathlib import Path

    from cxdesk.store.database import Link
    from cxdesk.store.deeds import DeedInProgress

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)


def first_rows(link: Link) -> None:
    fill(link, "Europe/London", "")


def made(path: Path | str) -> str:
    """A new desk at the path."""
    assert database.create(str(path), first_rows)
    return str(path)


def put(d: DeedInProgress, name: str, text: str) -> Inquiry:
    """A customer of that name who said something."""
    handle = f"c-{os.urandom(8).hex()}"
    customer = d.add(Customer(id=0, handle=handle, name=name, since_at=d.now))
    inquiry: Inquiry = d.add(
        Inquiry(
            number=0,
            customer_id=customer.id,
            channel="phone",
            subject=text,
            status="open",
            opened_at=d.now,
        )
    )
    d.add(
        Message(
            id=0,
            inquiry_number=inquiry.number,
            customer_id=customer.id,
            said_at=d.now,
            direction="in",
            channel="phone",
            text=text,
        )
    )
    return inquiry


def log(link: Link, name: str, text: str, after: int = 0) -> Inquiry:
    """The same as a deed, so many minutes after nine."""
    with begin(link, "log", NOW + timedelta(minutes=after)) as d:
        return put(d, name, text)


def count(path: Path | str, table: str) -> int:
    """How many rows there are, asked behind the store's back."""
    link = sqlite3.connect(path)
    try:
        return int(link.execute(f"SELECT count(*) FROM {table}").fetchone()[0])
    finally:
        link.close()


def is_whole(path: Path | str) -> bool:
    """Whether SQLite finds nothing wrong, in rows, keys and full text."""
    link = sqlite3.connect(path)
    try:
        link.execute("INSERT INTO search_index(search_index, rank) VALUES ('integrity-check', 1)")
        link.rollback()
        return (
            link.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            and link.execute("PRAGMA foreign_key_check").fetchall() == []
        )
    finally:
        link.close()
