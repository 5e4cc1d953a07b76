"""Lives made ready to be lived again: as columns, to be moved in time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from bench.lives import Life

# The week in which lives are played: there the wall in London says what UTC says.
MONDAY = datetime(2024, 1, 8, tzinfo=UTC)


def kept(at: datetime) -> str:
    """An instant as the store keeps it."""
    return at.isoformat(" ", "microseconds")[:26]


class Shape(NamedTuple):
    """A record as columns: their values, and which of them are instants."""

    table: str
    values: tuple[Any, ...]
    instants: tuple[int, ...]

    @classmethod
    def of(cls, table: str, record: Any) -> Shape:
        values = [_in_utc(value) for value in record]
        instants = [at for at, value in enumerate(values) if isinstance(value, datetime)]
        return cls(table, tuple(values), tuple(instants))

    def moved(self, by: timedelta) -> list[Any]:
        """The columns as they are kept, so much later."""
        row = list(self.values)
        for at in self.instants:
            row[at] = kept(row[at] + by)
        return row


def _in_utc(value: Any) -> Any:
    return value.astimezone(UTC) if isinstance(value, datetime) else value


class Template(NamedTuple):
    """The rows of a life, what was said on it, how long it took, and the latest instant in it:
    a promise may be due after it was kept."""

    inquiry: Shape
    tasks: tuple[Shape, ...]
    lines: tuple[tuple[datetime, str, str], ...]
    tags: tuple[str, ...]
    begins: datetime
    ends: datetime
    latest: datetime

    @classmethod
    def of(cls, life: Life) -> Template:
        thread = life.thread
        inquiry = Shape.of("inquiry", thread.inquiry)
        tasks = (
            *(Shape.of("promise", promise) for promise in thread.promises),
            *(Shape.of("follow_up", follow_up) for follow_up in thread.follow_ups),
        )
        latest = max(shape.values[at] for shape in (inquiry, *tasks) for at in shape.instants)
        begins = thread.inquiry.opened_at
        return cls(inquiry, tasks, life.lines, thread.tags, begins, life.ended_at, latest)


class Place(NamedTuple):
    """A life in its own week: the template, and how much later it is lived."""

    template: Template
    by: timedelta

    @property
    def begins(self) -> datetime:
        return self.template.begins + self.by


def placed(template: Template, week: datetime, now: datetime) -> Place | None:
    """The life in the week that begins on that Monday (a wall's midnight); None where it does not
    fit: it would not be over by `now`, or the clocks change meanwhile."""
    offset = week.utcoffset()
    assert offset is not None
    by = week.astimezone(UTC) - MONDAY
    latest = (template.latest + by).astimezone(week.tzinfo)
    if template.ends + by > now or latest.utcoffset() != offset:
        return None
    return Place(template, by)


def mondays(now: datetime, zone: str, count: int) -> list[datetime]:
    """The beginnings of the last `count` weeks, the oldest first."""
    local = now.astimezone(ZoneInfo(zone))
    midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
    this = midnight - timedelta(days=local.weekday())  # on the wall
    return [this - timedelta(weeks=back) for back in range(count, -1, -1)]
