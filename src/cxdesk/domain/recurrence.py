"""What comes again: "every 2 weeks", "every mon and thu", "last friday of the month" (clock.md).

A recurrence is an RFC 5545 RRULE, its first occurrence and a zone. It is expanded in the wall time
of the zone, so 09:00 stays 09:00 when clocks change; a wall time that is skipped is the instant of
the jump, one that comes twice is the first. dateutil is imported only to expand.
"""

from collections import namedtuple
from datetime import datetime, timedelta

from cxdesk.domain.hours import TEN_YEARS, HoursError, OpeningHours, utc
from cxdesk.domain.phrase_dates import wall
from cxdesk.domain.recurrence_words import read_rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import NamedTuple
    from zoneinfo import ZoneInfo

    class _Recurrence(NamedTuple):
        rule: str
        start: datetime
        zone: str

else:
    _Recurrence = namedtuple("_Recurrence", "rule start zone")


class Recurrence(_Recurrence):
    """A rule, the (aware) first occurrence, and the IANA zone whose wall time it keeps.

    What was stored makes it again: Recurrence(rule, start, zone).
    """

    __slots__ = ()

    def first(self, count: int) -> list[datetime]:
        """The first so many occurrences, in the zone."""
        found = self._from(self._wall_start())
        return [at for _, at in zip(range(count), found, strict=False)]

    def after(self, instant: datetime) -> datetime:
        """The first nominal occurrence strictly after an instant; missed ones do not pile up."""
        # A wall time may be moved by a jump, at most by the day a country skipped.
        since = instant.astimezone(self._tz()).replace(tzinfo=None) - timedelta(days=2)
        for at in self._from(since):
            if utc(at) > utc(instant):
                return at
        raise ValueError(f"There is no occurrence of {self.rule} after {instant}.")

    def _from(self, since: datetime) -> "Iterator[datetime]":
        from dateutil.rrule import rrulestr  # loads re and heapq: only when something recurs

        tz = self._tz()
        for at in rrulestr(self.rule, dtstart=self._wall_start()).xafter(since, inc=True):
            yield wall(at.date(), at.time(), tz)

    def _wall_start(self) -> datetime:
        return self.start.astimezone(self._tz()).replace(tzinfo=None, microsecond=0)

    def _tz(self) -> "ZoneInfo":
        from zoneinfo import ZoneInfo  # after the start-up has said where the zone files are

        return ZoneInfo(self.zone)


def read_recurrence(text: str, *, start: datetime, zone: str) -> Recurrence:
    """The recurrence that words mean, from `start` (aware) on; `start` is the first if it fits.

    A time in the words takes the place of start's. Raises PhraseError.
    """
    tz = Recurrence("", start, zone)._tz()
    local = start.astimezone(tz)
    read = read_rule(text, local.date())
    begin = local if read.clock is None else wall(local.date(), read.clock, tz)
    # "every other mon" begins with the coming Monday, whichever week of the two that is.
    rule = read.rule
    aligned = Recurrence(read.every_one if read.placed else rule, begin, zone)
    first = begin if utc(begin) >= utc(start) else start
    return Recurrence(rule, aligned.after(first - timedelta(microseconds=1)), zone)


def due_of(occurrence: datetime, hours: OpeningHours) -> datetime:
    """When an occurrence is due: on a closed date, at the closing of the next open date.

    HoursError: no open date within ten years.
    """
    local = hours.local(occurrence)
    for ahead in range(TEN_YEARS):
        day = local.date() + timedelta(days=ahead)
        closing = hours.closing_of(day)
        if closing is not None:
            return local if ahead == 0 else closing
    raise HoursError(f"There is no open date within ten years after {local.date()}.")
