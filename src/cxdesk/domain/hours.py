"""Opening hours: business time from, between and until (clock.md, rules 1-5).

Conventions. An interval is [opens, closes): the closing instant is closed. Intervals are wall times
of their own local date; arithmetic is done on UTC instants, inside as whole microseconds since
1970. Every datetime in is aware (a naive one is a ValueError), every datetime out is in the zone of
the hours. Intervals that touch, be it at midnight or where clocks jump, are one opening: the seam
is open, and is no closing to `next_closing`; it still is the last closing of its date.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import islice, pairwise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from zoneinfo import ZoneInfo

    Wall = tuple[timedelta, timedelta]  # wall times of one date, since its midnight
    Span = tuple[int, int]  # instants, in microseconds since 1970
    Pairs = Iterable[Sequence[str]]

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
TEN_YEARS = 3653  # days; a search that long has no answer

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_WALL = datetime(1970, 1, 1)  # noqa: DTZ001  a wall time has no zone yet
_EPOCH_ORDINAL = _EPOCH_WALL.toordinal()
_TICK = timedelta(microseconds=1)
_DAY = timedelta(days=1)
_OUT_OF_RANGE = "Opening hours are known for the years 2 to 9998 only."
_DAY_TICKS = _DAY // _TICK
# A year of room at both ends, so that no sum here can leave what datetime can hold.
_FIRST, _LAST = date(2, 1, 1).toordinal(), date(9998, 12, 31).toordinal()


class HoursError(ValueError):
    """Hours that cannot be, or a question they have no answer to: a plain sentence."""


class OpeningHours:
    """The opening hours of one desk. Immutable; safe to share.

    zone: IANA name. week: "mon".."sun" to pairs of wall times, "24:00" allowed as a closing.
    closed: dates without hours. special: the hours of single dates; beats closed, beats week; an
    empty list (or pairs of no length, which some calendars use for it) means closed that date.
    Dates are ISO texts or `date`. Raises HoursError: unknown zone, malformed, reversed or
    overlapping intervals, no opening at all.
    """

    __slots__ = ("_closed", "_days", "_special", "_week", "tz", "zone")

    def __init__(
        self,
        zone: str,
        week: Mapping[str, Pairs],
        closed: Iterable[str | date] = (),
        special: Mapping[str, Pairs]
        | Mapping[date, Pairs]
        | Mapping[str | date, Pairs]
        | None = None,
    ) -> None:
        self.zone = zone
        self.tz = _zone(zone)
        self._week = _week(week)
        self._closed = frozenset(_date(day) for day in closed)
        self._special = {
            _date(day): _plan(str(day), pairs, empty_allowed=True)
            for day, pairs in (special or {}).items()
        }
        self._days: dict[int, tuple[Span, ...]] = {}
        if not any(self._week) and not any(self._special.values()):
            raise HoursError(
                "These hours never open: give at least one day an interval like 09:00-17:00."
            )

    # -- instants ------------------------------------------------------------------------------

    def local(self, at: datetime) -> datetime:
        """`at` in the zone of the hours. ValueError when naive."""
        return utc(at).astimezone(self.tz)

    def is_open(self, at: datetime) -> bool:
        """Whether the desk is open at that instant; at a closing it is not (rule 1)."""
        t = _ticks(at)
        today = _ordinal(t)
        return any(
            opens <= t < closes
            for day in range(today - 1, today + 2)
            for opens, closes in self._spans(day)
        )

    def next_opening(self, at: datetime) -> datetime:
        """`at` itself when open, else when it opens next. HoursError: not within ten years."""
        t = _ticks(at)
        opens, _ = next(self._ahead(t))
        return self._instant(max(opens, t))

    def next_closing(self, at: datetime) -> datetime:
        """The first instant after `at` at which the desk goes from open to closed.

        At exactly a closing: the next one. A seam (24:00 followed by 00:00) is not a closing, so a
        desk that never closes has none: HoursError, as for any answer beyond ten years.
        """
        ahead = self._ahead(_ticks(at))
        _, closing = next(ahead)
        for opens, closes in ahead:
            if opens > closing:
                break
            closing = closes
        return self._instant(closing)

    def add(self, at: datetime, span: timedelta) -> datetime:
        """The instant `span` of open time after `at` (rules 1 and 2); before it when negative.

        An exact fit ends AT the closing (walking back: at the opening); zero is `next_opening`.
        HoursError: not within ten years.
        """
        t, left = _ticks(at), span // _TICK
        if left == 0:
            return self.next_opening(at)
        if left < 0:
            return self._instant(self._walk_back(t, -left))
        ahead = self._ahead(t)
        opens, closes = next(ahead)
        while left > closes - max(opens, t):
            left -= closes - max(opens, t)
            opens, closes = next(ahead)
        return self._instant(max(opens, t) + left)

    def _walk_back(self, t: int, left: int) -> int:
        today = _ordinal(t)
        for day in range(today + 1, today - TEN_YEARS, -1):
            for opens, closes in reversed(self._spans(day)):
                end = min(closes, t)
                if end - opens >= left:
                    return end - left
                left -= max(end - opens, 0)
        raise _no_answer(date.fromordinal(today), "before")

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The open time from `a` to `b`; negative when `b` is the earlier (rule 2)."""
        start, end = _ticks(a), _ticks(b)
        if end < start:
            return -self.between(b, a)
        total = 0
        for day in range(_ordinal(start) - 1, _ordinal(end) + 2):
            for opens, closes in self._spans(day):
                total += max(min(closes, end) - max(opens, start), 0)
        return total * _TICK

    # -- dates ---------------------------------------------------------------------------------

    def close_of_day(self, at: datetime, days: int) -> datetime:
        """Due "within `days` business days" of `at`: the last closing of that open date (rule 5).

        The local date of `at` never counts. ValueError: days < 1. HoursError: not within ten years.
        """
        if days < 1:
            raise ValueError("The number of business days must be at least 1.")
        dates = self.open_dates(self.local(at).date())
        return self.intervals(next(islice(dates, days - 1, None)))[-1][1]

    def intervals(self, day: date) -> list[tuple[datetime, datetime]]:
        """The openings of one local date, in order: (opens, closes) instants; [] when closed."""
        return [(self._instant(a), self._instant(b)) for a, b in self._spans(day.toordinal())]

    def is_open_date(self, day: date) -> bool:
        """Whether that local date has at least one interval; a half day has (rule 5)."""
        return bool(self._spans(day.toordinal()))

    def open_dates(self, after: date) -> Iterator[date]:
        """The open dates after that one, in order, for ten years; then HoursError."""
        first = after.toordinal() + 1
        for day in range(first, first + TEN_YEARS):
            if self._spans(day):
                yield date.fromordinal(day)
        raise _no_answer(after, "after")

    def closing_of(self, day: date) -> datetime | None:
        """The last closing of that local date, 24:00 being midnight after it; None when closed."""
        spans = self._spans(day.toordinal())
        return self._instant(spans[-1][1]) if spans else None

    def usual_closing(self) -> time:
        """The week's latest closing, as a wall time (what a date alone means on a closed date).

        24:00 is told as 23:59: still that date, and never later than it was said. With a week
        that never opens: the latest closing of the special dates.
        """
        plans = self._week if any(self._week) else tuple(self._special.values())
        latest = max(plan[-1][1] for plan in plans if plan)
        return (_EPOCH + min(latest, _DAY - timedelta(minutes=1))).time()

    def opening_minutes(self, weekday: int) -> int:
        """How long an ordinary such day is open, on the wall, in minutes; Monday is 0."""
        return sum((closes - opens for opens, closes in self._week[weekday]), timedelta()) // (
            timedelta(minutes=1)
        )

    # -- the inside ----------------------------------------------------------------------------

    def _instant(self, ticks: int) -> datetime:
        return (_EPOCH + ticks * _TICK).astimezone(self.tz)

    def _ahead(self, t: int) -> Iterator[Span]:
        """Openings that end after `t`, in order; raises after ten years.

        A day before the UTC date is early enough for every zone.
        """
        today = _ordinal(t)
        for day in range(today - 1, today + TEN_YEARS + 1):
            for span in self._spans(day):
                if span[1] > t:
                    yield span
        raise _no_answer(date.fromordinal(today), "after")

    def _spans(self, day: int) -> tuple[Span, ...]:
        spans = self._days.get(day)
        if spans is None:
            spans = self._days[day] = self._reckon(day)
        return spans

    def _reckon(self, day: int) -> tuple[Span, ...]:
        if not _FIRST <= day <= _LAST:
            raise HoursError(_OUT_OF_RANGE)
        on = date.fromordinal(day)
        plan = self._special.get(on)
        if plan is None:
            plan = () if on in self._closed else self._week[on.weekday()]
        midnight = datetime(on.year, on.month, on.day)  # noqa: DTZ001
        spans = [(self._edge(midnight + a), self._edge(midnight + b)) for a, b in plan]
        # Both edges in a gap fall on the one instant of the jump: no interval (rule 3).
        return tuple(span for span in spans if span[0] < span[1])

    def _edge(self, wall: datetime) -> int:
        """The instant of a wall time: the first in a fold, the jump in a gap (rule 3)."""
        first = wall.replace(tzinfo=self.tz)
        before, after = first.utcoffset(), first.replace(fold=1).utcoffset()
        assert before is not None
        assert after is not None
        if after > before:
            return self._jump(wall - after, wall - before)
        return (wall - before - _EPOCH_WALL) // _TICK

    def _jump(self, low: datetime, high: datetime) -> int:
        """The instant in (low, high] at which the offset changes; both are UTC without a zone."""
        second = timedelta(seconds=1)
        low, high = low.replace(tzinfo=UTC), high.replace(tzinfo=UTC)
        before = low.astimezone(self.tz).utcoffset()
        while high - low > second:
            middle = low + (high - low) // 2 // second * second
            if middle.astimezone(self.tz).utcoffset() == before:
                low = middle
            else:
                high = middle
        return (high - _EPOCH) // _TICK


def utc(at: datetime) -> datetime:
    """`at` in UTC, where comparing and subtracting are honest. ValueError when naive.

    (Two datetimes of one zone compare and subtract by wall time in Python, folds and all.)
    """
    if at.utcoffset() is None:
        raise ValueError("An instant needs a time zone.")
    if not 1 < at.year < 9999:
        raise HoursError(_OUT_OF_RANGE)
    return at.astimezone(UTC)


def length(span: timedelta) -> str:
    """A length in plain words: "3 h", "1 h 30 min", "0 min"; seconds only when there are some."""
    seconds = span // timedelta(seconds=1)
    parts = ((seconds // 3600, "h"), (seconds // 60 % 60, "min"), (seconds % 60, "s"))
    return " ".join(f"{count} {unit}" for count, unit in parts if count) or "0 min"


def day_names(days: list[date], dated: bool = False) -> str:
    """The words "Sat-Sun", or "Sat 5 Dec-Sun 6 Dec" when `dated`, for days in a row."""
    names = [f"{day:%a} {day.day} {day:%b}" if dated else f"{day:%a}" for day in days]
    return names[0] if len(names) == 1 else f"{names[0]}-{names[-1]}"


def wall_time(at: datetime, day: date, hours: OpeningHours) -> str:
    """The wall time of `at` seen from `day`, whose end is 24:00; seconds only if there are some."""
    local = hours.local(at)
    if local.date() > day and local.time() == time.min:
        return "24:00"
    return f"{local:%H:%M:%S}" if local.second else f"{local:%H:%M}"


# -- reading what was written ------------------------------------------------------------------


def _ticks(at: datetime) -> int:
    return (utc(at) - _EPOCH) // _TICK


def _ordinal(ticks: int) -> int:
    return ticks // _DAY_TICKS + _EPOCH_ORDINAL


def _no_answer(day: date, way: str) -> HoursError:
    return HoursError(
        f"There is no answer within ten years {way} {day}: "
        "check the opening hours and the closed dates."
    )


def _zone(name: str) -> ZoneInfo:
    from zoneinfo import ZoneInfo  # after the start-up has said where the zone files are

    try:
        return ZoneInfo(name)
    # A folder, a path, an empty name, no text: each fails in its own way.
    except (KeyError, ValueError, OSError, TypeError, AttributeError):
        raise HoursError(f"There is no time zone {name!r}: write it like Europe/London.") from None


def _week(week: Mapping[str, Pairs]) -> tuple[tuple[Wall, ...], ...]:
    for name in week:
        if name not in WEEKDAYS:
            raise HoursError(f"There is no weekday {name!r}: write {', '.join(WEEKDAYS)}.")
    return tuple(_plan(name, week.get(name, ())) for name in WEEKDAYS)


def _plan(where: str, pairs: Pairs, *, empty_allowed: bool = False) -> tuple[Wall, ...]:
    """One date's intervals in order; touching is fine, overlapping is not.

    Some calendars write 11:00-11:00 for a date without hours. In a week it is refused: there it
    may as well mean the whole day.
    """
    read = [_interval(where, pair) for pair in pairs]
    plan = sorted((a, b) for a, b in read if not (empty_allowed and a == b))
    for opens, closes in plan:
        if opens >= closes:
            raise HoursError(f"{where}: an interval must close after it opens.")
    for (_, closes), (opens, _) in pairwise(plan):
        if opens < closes:
            raise HoursError(f"{where}: two intervals overlap.")
    return tuple(plan)


def _interval(where: str, pair: Sequence[str]) -> Wall:
    try:
        opens, closes = pair
    except (TypeError, ValueError):
        raise HoursError(
            f"{where}: an interval is an opening and a closing, like 09:00-17:00."
        ) from None
    return _time_of_day(where, opens), _time_of_day(where, closes)


def _time_of_day(where: str, text: str) -> timedelta:
    hour, colon, minute = text.partition(":") if isinstance(text, str) else ("", "", "")
    digits = hour + minute
    if colon and len(hour) == len(minute) == 2 and digits.isascii() and digits.isdigit():
        wall = timedelta(hours=int(hour), minutes=int(minute))
        if wall <= _DAY and int(minute) < 60:
            return wall
    raise HoursError(f"{where}: {text!r} is no time of day; write it like 09:00, at most 24:00.")


def _date(day: str | date) -> date:
    if not isinstance(day, str):
        return date(day.year, day.month, day.day)
    try:
        return date.fromisoformat(day)
    except ValueError:
        raise HoursError(f"{day!r} is no date: write it like 2026-12-25.") from None
