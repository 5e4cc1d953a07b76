"""A table with one row a message into what was said, when, by whom and in answer to what.

The first fault of a row makes it a `Problem`; what hangs together wrongly (a message that answers
itself, alone or by way of others) is a fault of the row that closes the circle.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import ZoneInfo

from cxdesk.domain.records import Problem
from cxdesk.errors import UsageError
from cxdesk.formats.instants import UnreadableInstantError, read_instant
from cxdesk.formats.tables import column_name

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime, tzinfo

    from cxdesk.formats.tables import Row, Table

NEEDED = ("id", "author", "direction", "at", "text")
FIELDS = (*NEEDED, "reply_to")
INBOUND = {"in": True, "inbound": True, "true": True, "out": False, "outbound": False}
INBOUND["false"] = False
# A file without replies is read as it is, unless a column looks as if it held them.
LIKE_REPLY_TO = ("reply", "response", "answer", "parent")


class Said(NamedTuple):
    """One message as it stood in the file; `at` is UTC, to the second."""

    line: int
    id: str
    author: str
    inbound: bool
    at: datetime
    text: str
    reply_to: str | None


def read_conversations(
    table: Table, mapping: dict[str, str], hours_zone: str, now: datetime | None
) -> tuple[list[Said], list[Problem]]:
    """The good messages in file order, and every problem of the file, the table's own included.
    `now=None` takes messages from the future as well."""
    reading = _Reading(table.header, columns_of(table.header, mapping), ZoneInfo(hours_zone), now)
    said: list[Said] = []
    problems = list(table.problems)
    for row in table.rows:
        try:
            said.append(reading.said(row))
        except _Fault as fault:
            problems.append(reading.problem(row.line, fault.field, fault.message))
    circles = {one.line: one for one in _closing_circles(said)}
    problems += [reading.problem(line, "reply_to", _circle(one)) for line, one in circles.items()]
    return [one for one in said if one.line not in circles], sorted(problems, key=lambda p: p.line)


# Which column is which ----------------------------------------------------------------------------


def columns_of(header: tuple[str, ...], mapping: dict[str, str]) -> dict[str, int]:
    """Where each field stands; an empty column name in the map says that there is none."""
    for field in mapping:
        if field not in FIELDS:
            raise UsageError(
                f"{field} is no field of a conversation", f"the fields: {', '.join(FIELDS)}"
            )
    columns: dict[str, int] = {}
    for field in FIELDS:
        at = _column(header, mapping.get(field, field), is_asked=field in mapping)
        if at is not None:
            columns[field] = at
    missing = [field for field in NEEDED if field not in columns]
    if missing:
        raise UsageError(
            f"no column for {', '.join(missing)} among {_named(header)}",
            "say which it is: " + " ".join(f"--map {field}=COLUMN" for field in missing),
        )
    if "reply_to" not in columns and "reply_to" not in mapping:
        _refuse_likely_replies(header, columns)
    return columns


def _column(header: tuple[str, ...], name: str, *, is_asked: bool) -> int | None:
    wanted = name.strip().casefold()
    if not wanted:
        return None
    exact = [at for at, title in enumerate(header) if title == name.strip()]
    found = exact or [at for at, title in enumerate(header) if title.strip().casefold() == wanted]
    if len(found) > 1:
        raise UsageError(f"{len(found)} columns are named {name}", "rename all but one in the file")
    if is_asked and not found:
        raise UsageError(f"there is no column {name}", f"the columns: {_named(header)}")
    return found[0] if found else None


def _named(header: tuple[str, ...]) -> str:
    return ", ".join(column_name(header, at) for at in range(len(header)))


def _refuse_likely_replies(header: tuple[str, ...], columns: dict[str, int]) -> None:
    """To forget --map reply_to would tear every thread to single messages, without a word."""
    free = [title for at, title in enumerate(header) if at not in columns.values()]
    likely = [title for title in free if any(word in title.lower() for word in LIKE_REPLY_TO)]
    if likely:
        raise UsageError(
            f"no column is named reply_to, but {' or '.join(likely)} may be it",
            f'add --map reply_to="{likely[-1]}", or --map reply_to= if none says what is answered',
        )


# Rows ---------------------------------------------------------------------------------------------


class _Fault(Exception):
    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field
        self.message = message


class _Reading:
    """One pass over the rows: the columns, and the ids that were there before."""

    def __init__(
        self,
        header: tuple[str, ...],
        columns: dict[str, int],
        zone: tzinfo,
        now: datetime | None,
    ) -> None:
        self.header = header
        self.columns = columns
        self.zone = zone
        self.now = now
        self.first_lines: dict[str, int] = {}

    def problem(self, line: int, field: str, message: str) -> Problem:
        return Problem(line, column_name(self.header, self.columns[field]), message)

    def cell(self, row: Row, field: str) -> str:
        return row.cells[self.columns[field]].strip()

    def said(self, row: Row) -> Said:
        number = self.id(row)
        author = self.cell(row, "author")
        if not author:
            raise _Fault("author", "nobody is named")
        inbound = self.inbound(row)
        at = self.at(row)
        text = row.cells[self.columns["text"]]
        if not text.strip():
            raise _Fault("text", "nothing was said")
        return Said(row.line, number, author, inbound, at, text, self.reply_to(row, number))

    def id(self, row: Row) -> str:
        number = _plain(self.cell(row, "id"))
        if not number:
            raise _Fault("id", "the id is empty")
        first = self.first_lines.setdefault(number, row.line)
        if first != row.line:
            raise _Fault("id", f"{_short(number)} is the id of line {first} already")
        return number

    def inbound(self, row: Row) -> bool:
        word = self.cell(row, "direction")
        inbound = INBOUND.get(word.lower())
        if inbound is None:
            raise _Fault("direction", f"{_short(word)} is no direction: write in or out")
        return inbound

    def at(self, row: Row) -> datetime:
        words = self.cell(row, "at")
        try:
            at = read_instant(words, self.zone)
        except UnreadableInstantError as error:
            raise _Fault("at", f"{_short(words)} {error}") from None
        if self.now is not None and at > self.now:
            raise _Fault("at", f"{_short(words)} lies in the future")
        return at

    def reply_to(self, row: Row, number: str) -> str | None:
        if "reply_to" not in self.columns:
            return None
        parent = _plain(self.cell(row, "reply_to"))
        if parent == number:
            raise _Fault("reply_to", f"{_short(number)} answers itself")
        return parent or None


def _plain(number: str) -> str:
    """A column with gaps comes out of pandas as floats: 3.0 means 3."""
    whole = number.removesuffix(".0")
    return whole if whole.isdigit() else number


def _short(words: str) -> str:
    if not words:
        return "an empty cell"
    return words if len(words) <= 40 else words[:39] + "…"


# Circles ------------------------------------------------------------------------------------------


def _circle(one: Said) -> str:
    return f"{_short(one.id)} answers itself by way of {_short(one.reply_to or '')}"


def _closing_circles(said: list[Said]) -> Iterator[Said]:
    """One or more messages of each circle, without which there is none."""
    by_id = {one.id: one for one in said}
    seen: set[str] = set()
    for one in said:
        path: dict[str, Said] = {}
        step: Said | None = one
        while step is not None and step.id not in seen:
            seen.add(step.id)
            path[step.id] = step
            step = by_id.get(step.reply_to or "")
        if step is not None and step.id in path:
            members = list(path.values())
            yield from _wrong_ones(members[members.index(step) :], by_id)


def _wrong_ones(circle: list[Said], by_id: dict[str, Said]) -> list[Said]:
    """Whoever answers what was said later; where all is of one instant, the first in the file."""
    wrong = [one for one in circle if one.at < by_id[one.reply_to or ""].at]
    return wrong or [min(circle, key=lambda one: one.line)]
