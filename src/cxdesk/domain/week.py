"""The week in five lines: when it is over, and what is told of it.

A week is from a local Monday's midnight. Every datetime in is aware; dates are local.
"""

from __future__ import annotations

from datetime import timedelta

from cxdesk.domain.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date, datetime

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.reminders import Entry, Kept, Praise

_FRIDAY = 4


class Came(NamedTuple):
    """What came in: inquiries, from how many customers, how many of those new to us, and how many
    inquiries somebody had to ask about again."""

    inquiries: int
    customers: int
    new: int
    chased: int


class Closed(NamedTuple):
    """How many inquiries were closed, and how many of them by the customer's word."""

    inquiries: int
    confirmed: int


class Week(NamedTuple):
    """A week as it was. `kept`: of the promises that customers were told of; `waiting`: how many
    things are owed now, `next`: the first of them."""

    friday_on: date
    now_at: datetime
    kept: Kept
    came: Came
    closed: Closed
    praise: Praise | None
    waiting: int
    next: Entry | None

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell: then there is no mail."""
        return not (self.kept.judged or self.came.inquiries or self.closed.inquiries)


def friday_of(day: date) -> date:
    return day + timedelta(days=_FRIDAY - day.weekday())


def week_to_send(now: datetime, hours: OpeningHours, newest: date | None) -> date | None:
    """The Friday whose week is to be told now, or None.

    It is over at Friday's closing; where Friday is closed, at that of the last open date before
    it. Told until Sunday's end, for a laptop may sleep. `newest`: of the newest ever made.
    """
    friday = friday_of(hours.local(now).date())
    if newest is not None and friday <= newest:
        return None
    closing = _closing(friday, hours)
    return friday if closing is not None and now >= closing else None


def _closing(friday: date, hours: OpeningHours) -> datetime | None:
    for back in range(_FRIDAY + 1):
        closing = hours.closing_of(friday - timedelta(days=back))
        if closing is not None:
            return closing
    return None


def week_key(friday: date) -> str:
    return f"week:{friday.isoformat()}:owner"


def is_week_key(key: str) -> bool:
    return key.startswith("week:")
