"""Lives become rows of the store's tables, by the ten thousands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from bench.people import People
from bench.templates import kept
from bench.tongue import Tongue

from cxdesk.desk.contacts import subject_of
from cxdesk.domain.words import words
from cxdesk.store.deeds import BY_NAME

if TYPE_CHECKING:
    import sqlite3
    from random import Random

    from bench.people import Person
    from bench.templates import Place
    from bench.tongue import Phrase

DERIVED = {
    "deed_row": ("id", "deed_id", "position", "row_table", "row_key", "before", "after"),
    "name_word": ("word", "customer_id"),
    "search_doc": ("id", "kind", "ref", "customer_id", "body"),
}
COLUMNS = {name: table.record._fields for name, table in BY_NAME.items()} | DERIVED
SUBJECT = COLUMNS["inquiry"].index("subject")
CHANNEL = COLUMNS["inquiry"].index("channel")


class Writer:
    """Gathers rows; writes them in the order in which they came, which is that of their keys."""

    def __init__(self, link: sqlite3.Connection) -> None:
        self.link = link
        self._rows: dict[str, list[Any]] = {name: [] for name in COLUMNS}
        self._last = dict.fromkeys(COLUMNS, 0)

    def add(self, table: str, *row: Any) -> None:
        self._rows[table].append(row)

    def add_next(self, table: str, *row: Any) -> int:
        """The same, with the next id before it."""
        self._last[table] += 1
        self._rows[table].append((self._last[table], *row))
        return self._last[table]

    def flush(self) -> None:
        for table, rows in self._rows.items():
            marks = ", ".join("?" * len(COLUMNS[table]))
            named = ", ".join(COLUMNS[table])
            self.link.executemany(f"INSERT INTO {table} ({named}) VALUES ({marks})", rows)
            rows.clear()


class Maker:
    """Gives each life its customer, its words and its numbers."""

    def __init__(self, writer: Writer, random: Random) -> None:
        self.writer = writer
        self.tongue = Tongue(random)
        self.people = People(random, self.tongue)
        self.number = 0
        self.messages = 0

    def live(self, place: Place, *, recorded: bool = False) -> None:
        """Write one inquiry with all that hangs on it; `recorded`: `undo` can take it back."""
        template = place.template
        person, is_new = self.people.someone()
        said = [self.tongue.said(way) for _, way, _ in template.lines]
        inquiry = self._inquiry(place, person, said[0])
        rows = [
            inquiry,
            *self._messages(place, inquiry[1], person, said),
            *self._tasks(place, inquiry[1], person),
            *(("inquiry_tag", inquiry[1], tag) for tag in template.tags),
        ]
        for row in rows:
            self.writer.add(*row)
        self.people.met(person, kept(place.begins), kept(template.lines[-1][0] + place.by))
        self._index("inquiry", inquiry[1], person, [person.folded, *(one.folded for one in said)])
        if is_new:
            self._introduce(person)
        if recorded:
            self._record(rows, kept(place.begins))

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _inquiry(self, place: Place, person: Person, said: Phrase) -> tuple[Any, ...]:
        row = place.template.inquiry.moved(place.by)
        row[:2] = self._next(), person.id
        row[SUBJECT] = subject_of(said.text, row[CHANNEL])
        return ("inquiry", *row)

    def _messages(
        self, place: Place, inquiry: int, person: Person, said: list[Phrase]
    ) -> list[tuple[Any, ...]]:
        made = []
        for (at, way, channel), one in zip(place.template.lines, said, strict=True):
            self.messages += 1
            head = (self.messages, inquiry, person.id, kept(at + place.by))
            made.append(("message", *head, way, channel, one.text, True, False, None))
        return made

    def _tasks(self, place: Place, inquiry: int, person: Person) -> list[tuple[Any, ...]]:
        """Promises and follow-ups: both begin with number, inquiry and customer."""
        return [
            (shape.table, self._next(), inquiry, person.id, *shape.moved(place.by)[3:])
            for shape in place.template.tasks
        ]

    def _index(self, kind: str, ref: int, person: Person, folded: list[str]) -> None:
        body = " ".join(one for one in folded if one)
        self.writer.add_next("search_doc", kind, ref, person.id, body)

    def _introduce(self, person: Person) -> None:
        """What is known of somebody new, and the words that they are found by."""
        known = [self.people.handle(person)]
        for kind, value, reach in self.people.points(person):
            self.writer.add_next("contact_point", person.id, kind, value, reach)
            known.append(value)
        for kind, value, key in self.people.traits():
            self.writer.add_next("trait", person.id, kind, value, key)
            known.append(value)
        for word in sorted(set(person.folded.split())):
            self.writer.add("name_word", word, person.id)
        self._index("customer", person.id, person, [person.folded, *words(" ".join(known))])

    def _record(self, rows: list[tuple[Any, ...]], at: str) -> None:
        deed = self.writer.add_next("deed", "log", "owner", at, None, None, False)
        for position, (table, *row) in enumerate(rows):
            columns = dict(zip(COLUMNS[table], row, strict=True))
            key = _json([columns[part] for part in BY_NAME[table].key])
            self.writer.add_next("deed_row", deed, position, table, key, None, _json(columns))

    def customers(self) -> None:
        """Last, when it is known who was in touch when."""
        for person in self.people.known:
            row = self.people.row(person)
            self.writer.add("customer", *(row.get(field) for field in COLUMNS["customer"]))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
