"""The one way to write.

    with begin(link, "reply", now) as d:
        d.add(record); d.change(record, kept_at=now); d.remove(record)

One deed is one transaction and one entry of the history. The history holds each row as it was and
as it became, so that undo and redo replay it. What is derived from a row (name words, full text)
is not in the history: whoever writes the row writes that too.
"""

from __future__ import annotations

from functools import cache

from cxdesk.domain.records import (
    Channel,
    ContactPoint,
    Customer,
    Deed,
    FollowUp,
    Inquiry,
    InquiryTag,
    Mail,
    Message,
    Promise,
    Round,
    Run,
    Setting,
    SpecialDay,
    Trait,
)
from cxdesk.store import search
from cxdesk.store.database import Link, Sql, to_column, to_record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from json import JSONEncoder
    from typing import Any


class Table:
    """How records of one shape are written: the statements, and what makes a row itself."""

    def __init__(self, record: Any, name: str, *key: str, journal: bool = True) -> None:
        fields = record._fields
        self.record = record
        self.name = name
        self.key = key
        self.journal = journal
        self.numbered = key == ("number",)
        self.counted = key == ("id",)
        self._at = [fields.index(part) for part in key]
        given = [field for field in fields if not (field == "id" and self.counted)]
        where = " AND ".join(f"{part} = :key_{part}" for part in key)
        listed = ", ".join(fields)
        self.insert = Sql(f"INSERT INTO {name} ({', '.join(given)}) VALUES (:{', :'.join(given)})")
        self.restore = Sql(f"INSERT INTO {name} ({listed}) VALUES (:{', :'.join(fields)})")
        self.select = Sql(f"SELECT {listed} FROM {name} WHERE {where}", record)
        self.delete = Sql(f"DELETE FROM {name} WHERE {where}")
        self.update = f"UPDATE {name} SET {{}} WHERE {where}"

    def key_of(self, record: Any) -> tuple[Any, ...]:
        return tuple([record[at] for at in self._at])

    def where(self, key: Any) -> dict[str, Any]:
        return {f"key_{part}": value for part, value in zip(self.key, key, strict=True)}


TABLES: dict[Any, Table] = {
    table.record: table
    for table in (
        Table(Customer, "customer", "id"),
        Table(ContactPoint, "contact_point", "id"),
        Table(Trait, "trait", "id"),
        Table(Channel, "channel", "name"),
        Table(Round, "round", "channel", "kind"),
        Table(Setting, "setting", "name"),
        Table(SpecialDay, "special_day", "day_on"),
        Table(Inquiry, "inquiry", "number"),
        Table(InquiryTag, "inquiry_tag", "inquiry_number", "tag"),
        Table(Message, "message", "id"),
        Table(Promise, "promise", "number"),
        Table(FollowUp, "follow_up", "number"),
        Table(Deed, "deed", "id", journal=False),
        Table(Mail, "mail", "id", journal=False),
        Table(Run, "run", "id", journal=False),
    )
}
BY_NAME = {table.name: table for table in TABLES.values()}


def know(*tables: Table) -> None:
    """Make tables known that only some commands write; the others need not load their shapes."""
    for table in tables:
        TABLES[table.record] = BY_NAME[table.name] = table


_LAST_NUMBER = Sql("SELECT last FROM number WHERE name = 'desk'")
_NOTE_NUMBER = Sql("UPDATE number SET last = :last WHERE name = 'desk'")
_ADD_ROW = Sql(
    "INSERT INTO deed_row (deed_id, position, row_table, row_key, before, after)"
    " VALUES (:deed, :position, :table, :key, :before, :after)"
)
_BY_KEY = Sql(
    "SELECT id, name, actor, done_at, key, answer, undone FROM deed"
    " WHERE key = :key AND NOT undone",
    Deed,
)
_FORGET_REDO = Sql("DELETE FROM deed_row WHERE deed_id IN (SELECT id FROM deed WHERE undone)")
_FORGET_UNDONE = Sql("DELETE FROM deed WHERE undone")


class AnsweredBefore(Exception):
    """A deed with this key was done: `answer` is what was said then."""

    def __init__(self, answer: str) -> None:
        super().__init__(answer)
        self.answer = answer


class DeedInProgress:
    """One transaction being written. Leaving the block without an exception commits it."""

    def __init__(self, link: Link, name: str, now: datetime, actor: str, key: str | None) -> None:
        self.link = link
        self.name = name
        self.now = now
        self.actor = actor
        self.key = key
        self.answer: str | None = None
        self.touched: dict[tuple[str, tuple[Any, ...]], Any] = {}
        self.warnings: list[str] = []
        self._before: dict[tuple[str, tuple[Any, ...]], Any] = {}
        self._stale = Stale()
        self._last_number: int | None = None

    def __enter__(self) -> DeedInProgress:
        self.link.execute("BEGIN IMMEDIATE")
        try:
            self._answer_again()
        except BaseException:
            self.link.roll_back()
            raise
        return self

    def __exit__(self, kind: Any, *_: object) -> None:
        if kind is not None:
            self.link.roll_back()
            return
        try:
            if self._last_number is not None:
                self.link.execute(_NOTE_NUMBER, {"last": self._last_number})
            self._stale.refresh(self.link, self._added())
            self._write_history()
            self.link.execute("COMMIT")
            if self.link.on_commit is not None:
                self.link.on_commit()
        except BaseException:
            self.link.roll_back()
            raise

    def _answer_again(self) -> None:
        if self.key is None:
            return
        earlier = self.link.one(_BY_KEY, key=self.key)
        if earlier is not None:
            raise AnsweredBefore(earlier.answer or "")

    # Writing ---------------------------------------------------------------------------------

    def number(self) -> int:
        """The next number of the desk; never used again, not even after undo.

        The transaction holds the write lock, so the sequence is read once and noted at the end.
        """
        if self._last_number is None:
            self._last_number = int(self.link.value(_LAST_NUMBER))
        self._last_number += 1
        return self._last_number

    def add(self, record: Any) -> Any:
        """Write a new row; a number or id of 0 is given here. Returns the record as written."""
        table = TABLES[type(record)]
        if table.numbered and not record.number:
            record = record._replace(number=self.number())
        cursor = self.link.execute(table.insert, record._asdict())
        if table.counted:
            record = record._replace(id=cursor.lastrowid)
        self._note(table, record, None)
        return record

    def change(self, record: Any, **fields: Any) -> Any:
        """Write the fields that differ. Returns the record as it is now."""
        changed = {name: to for name, to in fields.items() if getattr(record, name) != to}
        if not changed:
            return record
        table = TABLES[type(record)]
        update_row(self.link, table, table.key_of(record), changed)
        after = record._replace(**changed)
        self._note(table, after, record)
        return after

    def save(self, before: Any, after: Any) -> Any:
        """Write a record that a rule of the domain made from `before` (None: a new one)."""
        if before is None:
            return self.add(after)
        return self.change(before, **after._asdict())

    def amend(self, record: Any, *key: Any, **fields: Any) -> None:
        """Write fields of a row that is not read for it, since it is large; only where no history
        is kept of the table."""
        table = TABLES[record]
        assert not table.journal
        update_row(self.link, table, key, fields)

    def remove(self, record: Any) -> None:
        table = TABLES[type(record)]
        self.link.execute(table.delete, table.where(table.key_of(record)))
        self._note(table, None, record)

    def _note(self, table: Table, after: Any, before: Any) -> None:
        place = (table.name, table.key_of(before if after is None else after))
        self._before.setdefault(place, before)
        self.touched[place] = after
        self._stale.note(before)
        self._stale.note(after)

    # History ---------------------------------------------------------------------------------

    def current(self, record: Any) -> list[Any]:
        """What this deed touched of one shape, as it is now, in the order of touching."""
        return [found for found in self.touched.values() if isinstance(found, record)]

    def made(self, record: Any) -> list[Any]:
        """What of one shape was not there before this deed."""
        return [
            found
            for place, found in self.touched.items()
            if isinstance(found, record) and self._before[place] is None
        ]

    def taken(self, record: Any) -> list[Any]:
        """What of one shape was there before this deed and is no more."""
        return [
            self._before[place]
            for place, found in self.touched.items()
            if found is None and isinstance(self._before[place], record)
        ]

    def _added(self) -> search.Added:
        return search.Added(
            frozenset([inquiry.number for inquiry in self.made(Inquiry)]),
            frozenset([customer.id for customer in self.made(Customer)]),
        )

    def _write_history(self) -> None:
        rows = [
            (place, self._before[place], after)
            for place, after in self.touched.items()
            if BY_NAME[place[0]].journal and self._before[place] != after
        ]
        if not rows and self.key is None:
            return
        if self.actor == "owner":
            self.link.execute(_FORGET_REDO)
            self.link.execute(_FORGET_UNDONE)
        entry = Deed(0, self.name, self.actor, self.now, self.key, self.answer)
        table = TABLES[Deed]
        deed = self.link.execute(table.insert, entry._asdict()).lastrowid
        self.link.execute_each(
            _ADD_ROW,
            (
                {
                    "deed": deed,
                    "position": position,
                    "table": name,
                    "key": _key_text(key),
                    "before": row_text(before),
                    # What was added stands in its table; undo writes it down as it takes it away.
                    "after": None if before is None else row_text(after),
                }
                for position, ((name, key), before, after) in enumerate(rows)
            ),
        )


def begin(
    link: Link, name: str, now: datetime, *, actor: str = "owner", key: str | None = None
) -> DeedInProgress:
    """A deed to be done inside `with`. With a key that was used before: AnsweredBefore."""
    return DeedInProgress(link, name, now, actor, key)


# Rows, for deeds and for history -----------------------------------------------------------------


def changes(before: Any, after: Any) -> dict[str, Any]:
    """The fields in which two records of one shape differ, as they are in the second."""
    return {
        field: getattr(after, field)
        for field in before._fields
        if getattr(after, field) != getattr(before, field)
    }


def update_row(link: Link, table: Table, key: Any, changed: dict[str, Any]) -> None:
    if not changed:
        return
    sets = ", ".join(f"{name} = :{name}" for name in changed)
    link.execute(table.update.format(sets), {**changed, **table.where(key)})


# Whose words are searched for: the rows of every other shape change no document.
_SEARCHED = frozenset((Customer, ContactPoint, Trait, Inquiry, Message))


class Stale:
    """Whose name words and full text a transaction must write anew before it commits."""

    def __init__(self) -> None:
        self.inquiries: set[int] = set()
        self.customers: set[int] = set()

    def note(self, record: Any) -> None:
        """Note a row as it was before, and as it is after."""
        if type(record) not in _SEARCHED:
            return
        if isinstance(record, Customer):
            self.customers.add(record.id)
        elif isinstance(record, (ContactPoint, Trait)):
            self.customers.add(record.customer_id)
        elif isinstance(record, Inquiry):
            self.inquiries.add(record.number)
        elif isinstance(record, Message):
            if record.inquiry_number is not None:
                self.inquiries.add(record.inquiry_number)
            elif record.customer_id is not None:
                self.customers.add(record.customer_id)

    def refresh(self, link: Link, added: search.Added = search.NOTHING) -> None:
        """`added`: what was not there when the transaction began."""
        search.refresh(link, self.inquiries, self.customers, added)


def _key_text(key: tuple[Any, ...]) -> str:
    """A row's key as JSON; nearly every one is a single number, which needs no encoder."""
    number = key[0]
    return f"[{number}]" if len(key) == 1 and type(number) is int else _to_json(key)


def row_text(record: Any) -> str | None:
    """A row as JSON of its columns, as the store holds them."""
    if record is None:
        return None
    return _to_json({name: to_column(value) for name, value in record._asdict().items()})


def row_from_text(table: Table, text: str) -> Any:
    from json import loads

    columns = loads(text)
    return to_record(table.record, [columns.get(field) for field in table.record._fields])


@cache
def _encoder() -> JSONEncoder:
    from json import JSONEncoder  # a deed that changes nothing never comes here

    return JSONEncoder(ensure_ascii=False, separators=(",", ":"))


def _to_json(value: Any) -> str:
    return _encoder().encode(value)
