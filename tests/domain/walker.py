"""Business time the slow way, written apart from the code it checks: minute after minute.

An edge is the first minute at which the wall clock has reached it. That one sentence says what
clock.md says of gaps and folds, without asking a zone about either.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import accumulate
from zoneinfo import ZoneInfo

MINUTE = timedelta(minutes=1)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
Pairs = list[tuple[str, str]]


@lru_cache(maxsize=100)
def reached(zone: str, start: datetime, minutes: int) -> list[datetime]:
    """For each minute from `start` on, the latest wall time the clock has shown so far."""
    tz = ZoneInfo(zone)
    instants = (start + minute * MINUTE for minute in range(minutes))
    walls = (at.astimezone(tz).replace(tzinfo=None, fold=0) for at in instants)
    return list(accumulate(walls, max))


class Walker:
    """All minutes of `days` dates from `first` on, open or not."""

    def __init__(
        self,
        zone: str,
        week: dict[str, Pairs],
        closed: set[str],
        special: dict[str, Pairs],
        first: date,
        days: int,
    ) -> None:
        self.start = datetime(first.year, first.month, first.day, tzinfo=UTC) - timedelta(days=2)
        self.zone = ZoneInfo(zone)
        minutes = (days + 4) * 24 * 60
        self.reached = reached(zone, self.start, minutes)
        self.open = [False] * minutes
        self.closings: dict[date, int] = {}
        for day in (first + timedelta(days=n) for n in range(-1, days + 1)):
            pairs = [] if day.isoformat() in closed else week.get(DAYS[day.weekday()], [])
            for opens, closes in special.get(day.isoformat(), pairs):
                a, b = self._reaches(day, opens), self._reaches(day, closes)
                self.open[a:b] = [True] * (b - a)
                if a < b:
                    self.closings[day] = max(b, self.closings.get(day, 0))

    def _reaches(self, day: date, text: str) -> int:
        hour, minute = map(int, text.split(":"))
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001
        return bisect_left(self.reached, midnight + timedelta(hours=hour, minutes=minute))

    def at(self, minute: int) -> datetime:
        return self.start + minute * MINUTE

    def minute(self, at: datetime) -> int:
        return int((at - self.start) / MINUTE)

    def is_open(self, at: datetime) -> bool:
        return self.open[self.minute(at)]

    def between(self, a: datetime, b: datetime) -> int:
        return sum(self.open[self.minute(a) : self.minute(b)])

    def add(self, at: datetime, minutes: int) -> datetime | None:
        """None when the minutes known here do not reach so far."""
        here, step = self.minute(at), 1 if minutes > 0 else -1
        left = abs(minutes)
        while left and 0 < here < len(self.open):
            left -= self.open[here if step > 0 else here - 1]
            here += step
        return None if left else self.at(here)

    def close_of_day(self, at: datetime, days: int) -> datetime | None:
        asked = at.astimezone(self.zone).date()
        later = sorted(day for day in self.closings if day > asked)
        return self.at(self.closings[later[days - 1]]) if len(later) >= days else None
