"""Promises: how long was allowed, when that is due, whether it was kept, what is safe to promise.

clock.md, rules 5, 9, 12, 13 and 18, and "Advice". Every datetime in is aware, every datetime out is
in the zone of the hours. Pauses are pairs (start, end), [start, end), in any order, overlapping or
not; an end of None is a pause that still lasts. A length in minutes is a whole number: what is left
over is dropped where a promise was beaten, and counted as a minute where it was missed.
"""

from __future__ import annotations

from collections import namedtuple
from datetime import date, datetime, timedelta
from itertools import groupby, islice, takewhile

from cxdesk.domain.hours import OpeningHours, day_names, length, utc, wall_time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from typing import Literal, NamedTuple

    Pause = tuple[datetime, datetime | None]
    Ended = tuple[datetime, datetime]

    class _Allowance(NamedTuple):
        business: timedelta | None
        business_days: int | None

    class Verdict(NamedTuple):
        """How a promise went, or goes (rule 9). Minutes are None where they say nothing."""

        state: Literal["open", "kept", "kept_late", "released"]
        early_minutes: int | None
        late_minutes: int | None
        late_business_minutes: int | None

    class Advice(NamedTuple):
        """Of n reply times: one of EVERYDAY, or None (n below 9 or 19; longer than a week)."""

        n: int
        at_90: str | None
        at_95: str | None

else:
    _Allowance = namedtuple("_Allowance", "business business_days")
    Verdict = namedtuple("Verdict", "state early_minutes late_minutes late_business_minutes")
    Advice = namedtuple("Advice", "n at_90 at_95")

EVERYDAY = ("1bh", "2bh", "4bh", "1bd", "2bd", "3bd", "1w")

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_TICK = timedelta(microseconds=1)
_LONGEST, _MOST_DAYS = timedelta(hours=10_000), 365
# What one of each is: open time, or a number of open dates.
_UNITS: dict[str, timedelta | int] = {
    **dict.fromkeys(("bmin", "business minute"), _MINUTE),
    **dict.fromkeys(("bh", "business hour"), _HOUR),
    **dict.fromkeys(("bd", "business day", "workday"), 1),
    **dict.fromkeys(("w", "week"), 5),
}
_CODES = {"minute": "bmin", "hour": "bh", "day": "bd"}


class Allowance(_Allowance):
    """How long a promise has: open time (`business`) or open dates (`business_days`).

    Exactly one is given, and it is more than nothing; else ValueError.
    """

    __slots__ = ()

    def __new__(
        cls, business: timedelta | None = None, business_days: int | None = None
    ) -> Allowance:
        if (business is None) == (business_days is None):
            raise ValueError("An allowance is business time or business days, one of them.")
        if (business is not None and business <= timedelta()) or (
            business_days is not None and business_days < 1
        ):
            raise ValueError("An allowance must be more than nothing.")
        return super().__new__(cls, business, business_days)

    @property
    def code(self) -> str:
        """The short text that `read_allowance` reads: "4bh", "90bmin", "2bd"."""
        count, unit = self._counted()
        return f"{count}{_CODES[unit]}"

    @property
    def words(self) -> str:
        """The text for people, read as well: "1 business hour", "2 business days"."""
        count, unit = self._counted()
        return f"{count} business {unit}{'' if count == 1 else 's'}"

    def _counted(self) -> tuple[int, str]:
        if self.business is None:
            return self.business_days or 0, "day"
        if not self.business % _HOUR:
            return self.business // _HOUR, "hour"
        return max(self.business // _MINUTE, 1), "minute"


def read_allowance(text: str) -> Allowance:
    """Read "4bh", "90 bmin", "2bd", "2 business days", "1w"; case and spaces do not matter.

    A week is five open dates here, whatever the desk's week: a policy has no date to count from.
    ValueError with a sentence: not understood, nothing, above 10,000 hours or 365 days.
    """
    wanted = " ".join(text.lower().split()).replace("working", "business")
    digits = wanted[: len(wanted) - len(wanted.lstrip("0123456789"))]
    unit = _UNITS.get(wanted[len(digits) :].strip().removesuffix("s"))
    if not digits or unit is None:
        raise ValueError(
            f"{text!r} is no allowance: write 4bh (business hours), 90bmin or 2bd (business days)."
        )
    # A number of nine digits is too long in any unit, and does not overflow.
    amount = int(digits[:9]) * unit
    if isinstance(amount, timedelta):
        business, days, too_long = amount, None, amount > _LONGEST
    else:
        business, days, too_long = None, amount, amount > _MOST_DAYS
    if too_long:
        raise ValueError(f"{text!r} is too long: at most 10000bh or 365bd.")
    if not amount:
        raise ValueError(f"{text!r} is no time at all: write at least 1bmin or 1bd.")
    return Allowance(business, days)


# -- due instants and pauses -------------------------------------------------------------------


def due_at(
    arrived: datetime, allowance: Allowance, hours: OpeningHours, pauses: Iterable[Pause] = ()
) -> datetime | None:
    """When a promise of `allowance` made at `arrived` is due (rules 1-5, 12 and 13).

    None while an open-ended pause that began before the due instant lasts. A pause that begins at
    or after it changes nothing. ValueError: naive, or a pause that ends before it starts.
    HoursError: no answer within ten years.
    """
    ended, lasting = _united(pauses, arrived)
    if allowance.business is None:
        due = _due_days(arrived, allowance.business_days or 0, hours, ended)
    else:
        due = _due_hours(arrived, allowance.business, hours, ended)
    return None if lasting is not None and lasting < utc(due) else due


def _due_hours(
    arrived: datetime, left: timedelta, hours: OpeningHours, ended: list[Ended]
) -> datetime:
    since = arrived
    for start, end in ended:
        if start >= utc(hours.add(since, left)):
            break
        left -= hours.between(since, start)
        since = end
    return hours.add(since, left)


def _due_days(arrived: datetime, days: int, hours: OpeningHours, ended: list[Ended]) -> datetime:
    dates = hours.open_dates(hours.local(arrived).date())
    counted = (day for day in dates if not _slept_through(day, hours, ended))
    return _closing(next(islice(counted, days - 1, None)), hours)


def _closing(open_date: date, hours: OpeningHours) -> datetime:
    return hours.intervals(open_date)[-1][1]


def _slept_through(day: date, hours: OpeningHours, ended: list[Ended]) -> bool:
    """Whether all open time of that open date lies inside the pauses."""
    return bool(ended) and all(
        any(start <= utc(opens) and utc(closes) <= end for start, end in ended)
        for opens, closes in hours.intervals(day)
    )


def _united(pauses: Iterable[Pause], arrived: datetime) -> tuple[list[Ended], datetime | None]:
    """The pauses from `arrived` on, in UTC: the ended ones united, and since when one lasts.

    One that lasts stays apart: begun after the due instant it changes nothing, even where it
    touches one that began before.
    """
    ended: list[Ended] = []
    lasting: list[datetime] = []
    for start, end in sorted((_clipped(pause, arrived) for pause in pauses), key=lambda p: p[0]):
        if end is None:
            lasting.append(start)
        elif ended and start <= ended[-1][1]:
            ended[-1] = (ended[-1][0], max(ended[-1][1], end))
        elif start < end:
            ended.append((start, end))
    return ended, min(lasting, default=None)


def _clipped(pause: Pause, arrived: datetime) -> Pause:
    start, end = utc(pause[0]), pause[1] and utc(pause[1])
    if end is not None and end < start:
        raise ValueError("A pause must not end before it starts.")
    return max(start, utc(arrived)), end


def time_left(
    arrived: datetime,
    allowance: Allowance,
    hours: OpeningHours,
    pauses: Iterable[Pause],
    at: datetime,
) -> timedelta | int:
    """What is left at `at`, for "paused, 3 h left": open time, or a number of open dates.

    Of a days promise a date is used up when it closes. Never below zero.
    """
    until = utc(at)
    # As seen at `at`: a pause that lasts has lasted until now, a later one has not begun.
    seen = [(s, min(utc(e), until) if e else until) for s, e in pauses if utc(s) < until]
    ended, _ = _united(seen, arrived)
    if allowance.business is not None:
        lost = sum((hours.between(start, end) for start, end in ended), timedelta())
        return max(allowance.business - hours.between(arrived, at) + lost, timedelta())
    dates = hours.open_dates(hours.local(arrived).date())
    gone = takewhile(lambda day: utc(_closing(day, hours)) <= until, dates)
    used = sum(not _slept_through(day, hours, ended) for day in gone)
    return max((allowance.business_days or 0) - used, 0)


# -- verdicts ----------------------------------------------------------------------------------


def verdict(
    due: datetime | None,
    kept_at: datetime | None,
    hours: OpeningHours,
    now: datetime | None = None,
    *,
    released: bool = False,
) -> Verdict:
    """How a promise went (rule 9); `now` matters only while it is open.

    Kept at or before `due`: early by whole minutes. After it: late, on the wall and in business
    minutes, begun minutes counted. Open and past due at `now`: late by as much so far. Released,
    or without a due instant (paused): no minutes. Business minutes late may be 0.
    """
    if released and kept_at is None:
        return Verdict("released", None, None, None)
    at = kept_at or now
    late = utc(at) - utc(due) if at and due else timedelta()
    if at and due and late > timedelta():
        state: Literal["kept_late", "open"] = "kept_late" if kept_at else "open"
        return Verdict(state, None, _begun(late), _begun(hours.between(due, at)))
    if kept_at is None:
        return Verdict("open", None, None, None)
    return Verdict("kept", -late // _MINUTE if due else None, None, None)


def _begun(span: timedelta) -> int:
    return -(-span // _MINUTE)  # rounded up


# -- advice ------------------------------------------------------------------------------------


def guaranteed_minutes(allowance: str | Allowance, hours: OpeningHours) -> int:
    """The business minutes an allowance gives whenever it is asked for, in ordinary weeks.

    Hours: exactly. N business days: the least, over the weekdays of asking, of the N open weekdays
    that follow. "1w" is the spoken week, which holds a whole week's opening time.
    """
    week = [hours.opening_minutes(day) for day in range(7)]
    if isinstance(allowance, str):
        if allowance == "1w":
            return sum(week)
        allowance = read_allowance(allowance)
    if allowance.business is not None:
        return allowance.business // _MINUTE
    weeks, days = divmod(allowance.business_days or 0, sum(map(bool, week)) or 1)
    following = ([m for m in week[asked + 1 :] + week[: asked + 1] if m] for asked in range(7))
    return weeks * sum(week) + min(sum(minutes[:days]) for minutes in following)


def advise(minutes: Sequence[int], hours: OpeningHours) -> Advice:
    """What may safely be promised, from comparable reply times in business minutes.

    The caller hands in the newest 200 of one channel, inquiries still open with their age so far.
    Of n reply times the k-th smallest is enough next time with probability k/(n+1) at least; the
    answer is the first of EVERYDAY that surely gives so much.
    """
    ordered = sorted(minutes)
    return Advice(len(ordered), _safe(ordered, 90, hours), _safe(ordered, 95, hours))


def _safe(ordered: list[int], percent: int, hours: OpeningHours) -> str | None:
    k = -(-percent * (len(ordered) + 1) // 100)
    if k > len(ordered):
        return None
    enough = (code for code in EVERYDAY if guaranteed_minutes(code, hours) >= ordered[k - 1])
    return next(enough, None)


# -- the working -------------------------------------------------------------------------------


def explain(
    arrived: datetime, allowance: Allowance, hours: OpeningHours, pauses: Iterable[Pause] = ()
) -> list[str]:
    """The working of `due_at`, piece by piece (rule 18).

    Hours: as `working`, with "paused Mon 10:00-12:00" between. Days: ["asked Fri", "closed
    Sat-Sun", "day 1 Mon", "day 2 Tue, closing 17:00"]. An end that is not known is left open.
    """
    ended, lasting = _united(pauses, arrived)
    due = due_at(arrived, allowance, hours, pauses)
    until = utc(due) if due else lasting
    assert until is not None  # without a due instant a pause lasts
    if allowance.business is None:
        pieces = _days_working(arrived, due, hours, ended)
    else:
        pieces, since = [], arrived
        for start, end in ended:
            if start < until:
                pieces += working(since, start, hours)
                pieces.append(f"paused {_moment(start, hours)}-{_moment(end, hours)}")
                since = end
        pieces += working(since, until, hours)
    return pieces if due else [*pieces, f"paused since {_moment(until, hours)}"]


def _days_working(
    arrived: datetime, due: datetime | None, hours: OpeningHours, ended: list[Ended]
) -> list[str]:
    asked = hours.local(arrived).date()
    if due is None:
        return [f"asked {day_names([asked])}"]
    last = hours.local(utc(due) - _TICK).date()
    dated = (last - asked).days > 6
    pieces, counted = [f"asked {day_names([asked], dated)}"], 0
    for kind, run in groupby(_dates(asked + _DAY, last), lambda day: _kind(day, hours, ended)):
        days = list(run)
        if kind == "day":
            first, counted = counted + 1, counted + len(days)
            kind = f"day {first}" if first == counted else f"days {first}-{counted}"
        pieces.append(f"{kind} {day_names(days, dated)}")
    pieces[-1] += f", closing {wall_time(due, last, hours)}"
    return _shortened([(timedelta(), text) for text in pieces])


def _kind(day: date, hours: OpeningHours, ended: list[Ended]) -> str:
    if not hours.is_open_date(day):
        return "closed"
    return "paused" if _slept_through(day, hours, ended) else "day"


def _dates(first: date, last: date) -> Iterator[date]:
    return map(date.fromordinal, range(first.toordinal(), last.toordinal() + 1))


def _moment(at: datetime, hours: OpeningHours) -> str:
    local = hours.local(at)
    return f"{day_names([local.date()], dated=True)} {wall_time(local, local.date(), hours)}"


def working(a: datetime, b: datetime, hours: OpeningHours) -> list[str]:
    """How the open time from `a` to `b` adds up, piece by piece (rule 18).

    ["1 h Fri 16:00-17:00", "closed Sat-Sun", "3 h Mon 09:00-12:00"]; days carry their date when
    the span is longer than a week; of very many pieces those in the middle are summed up.
    """
    # Midnight at the end of a span belongs to the date before it.
    first, last = hours.local(a).date(), hours.local(utc(b) - _TICK).date()
    dated = (last - first).days > 6
    pieces: list[tuple[timedelta, str]] = []
    for is_open, run in groupby(_dates(first, last), hours.is_open_date):
        if is_open:
            pieces += (piece for day in run for piece in _openings(day, (a, b), hours, dated))
        else:
            pieces.append((timedelta(), f"closed {day_names(list(run), dated)}"))
    return _shortened(pieces)


def _openings(
    day: date, within: tuple[datetime, datetime], hours: OpeningHours, dated: bool
) -> Iterator[tuple[timedelta, str]]:
    start, end = map(utc, within)
    for opens, closes in hours.intervals(day):
        since, until = max(utc(opens), start), min(utc(closes), end)
        if since < until:
            walls = f"{wall_time(since, day, hours)}-{wall_time(until, day, hours)}"
            yield until - since, f"{length(until - since)} {day_names([day], dated)} {walls}"


def _shortened(pieces: list[tuple[timedelta, str]]) -> list[str]:
    texts = [text for _, text in pieces]
    if len(texts) <= 12:
        return texts
    rest = [span for span, _ in pieces[5:-5] if span]
    middle = f"{length(sum(rest, timedelta()))} in {len(rest)} more openings" if rest else "..."
    return [*texts[:5], middle, *texts[-5:]]
