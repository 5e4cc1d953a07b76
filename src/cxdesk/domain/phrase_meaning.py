"""The instant that the parts of a phrase mean together, seen from now.

Instants are compared in UTC: two datetimes of one zone compare by wall time, folds and all. A wall
time that was typed must exist; one that comes from a rule (a closing, now's time of day) and falls
where clocks jump is the instant of the jump. Raises PhraseError.
"""

from collections import namedtuple
from datetime import date, datetime, time, timedelta

from cxdesk.domain.hours import TEN_YEARS, OpeningHours, utc
from cxdesk.domain.phrase_dates import (
    FIRST_YEAR,
    LAST_YEAR,
    add_months,
    day_of,
    day_text,
    later_date,
    month_end,
    wall,
)
from cxdesk.domain.phrase_words import (
    DAY_NAMES,
    DAY_PARTS,
    LONG_DAY_NAMES,
    MONTH_NAMES,
    Part,
    PhraseError,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple

    class Asked(NamedTuple):
        """Who asks what, when: the words, now in UTC and in the zone of the hours."""

        said: str
        now: datetime
        local: datetime
        hours: OpeningHours
        past: bool

    class Found(NamedTuple):
        """What the parts mean; the fields of phrases.When without the words."""

        at: datetime
        has_time: bool
        working: list[str]
        start: datetime | None = None
        warning: str | None = None

    class Clock(NamedTuple):
        """The time of day of a phrase: [start or at] for a window; close: the closing time."""

        at: time | None
        start: time | None
        kind: str
        text: str
        bare: bool

else:
    Asked = namedtuple("Asked", "said now local hours past")
    Found = namedtuple("Found", "at has_time working start warning", defaults=(None, None))
    Clock = namedtuple("Clock", "at start kind text bare")

_ALONE = ("now", "instant", "end")
_EXACT = ("min", "bmin")
_DAY = timedelta(days=1)
_LONGEST = {"d": 73_000, "w": 10_400, "mo": 2_400, "y": 200, "bd": TEN_YEARS}
_ONCE = "write one day and one time, such as 'fri noon'"


def meaning(parts: list[Part], asked: Asked) -> Found:
    """The instant of all the parts together."""
    for part in parts:
        if part.kind in _ALONE or (part.kind == "span" and part.value[0] in _EXACT):
            if len(parts) > 1:
                raise PhraseError(f"'{part.text}' is a whole time already", "write it alone")
            return _alone(part, asked)
    clock = _clock([part for part in parts if part.kind not in ("day", "span")])
    dates = [part for part in parts if part.kind in ("day", "span")]
    if not dates:
        assert clock is not None  # a phrase has at least one part
        return _within_reach(_next_time(clock, asked))
    day, working = _day(dates, asked)
    found = _date_alone(day, asked) if clock is None else _at_clock(day, clock, asked)
    return _within_reach(found._replace(working=[*working, *found.working]))


def _within_reach(found: Found) -> Found:
    if not FIRST_YEAR <= found.at.year <= LAST_YEAR:
        raise _too_far()
    return found


def _too_far() -> PhraseError:
    return PhraseError("that is too far away", "write a date such as 12 dec 2026")


# Parts that are a whole time


def _alone(part: Part, asked: Asked) -> Found:
    if part.kind == "now":
        if not asked.past:
            raise PhraseError("'now' is not a deadline", "write '1h', 'eod' or a time of day")
        return Found(asked.local, True, ["now"])
    if part.kind == "instant":
        return _instant(part, asked)
    if part.kind == "end":
        return _end(part, asked)
    _check_direction(part, asked)
    return _within_reach(_elapsed(part, asked))


def _instant(part: Part, asked: Asked) -> Found:
    try:
        at = part.value.astimezone(asked.hours.tz)
    except OverflowError:
        raise _too_far() from None
    return Found(at, True, [f"{part.text} is {day_text(at.date())} {at:%H:%M} here"])


def _check_direction(part: Part, asked: Asked) -> None:
    ago = part.value[2]
    bare = part.text.removesuffix(" ago").removesuffix(" from now").removesuffix(" hence")
    bare = bare.removeprefix("+")
    if ago and not asked.past:
        raise PhraseError(f"'{part.text}' lies in the past", f"write '{bare}' for what is ahead")
    if asked.past and not ago:
        raise PhraseError(f"'{part.text}' looks forward", f"write '{bare} ago'")


def _elapsed(part: Part, asked: Asked) -> Found:
    unit, count, ago = part.value
    span = timedelta(minutes=-count if ago else count)
    if unit == "min":
        at = _shifted(asked, span)
        working = [f"{part.text}: from {_stamp(asked.local)} to {_stamp(at)}"]
        return Found(at, True, working)
    from cxdesk.domain.promises import working as pieces  # only business time is added up

    at = asked.hours.add(asked.now, span)
    first, last = sorted((asked.now, utc(at)))
    return Found(at, True, [f"{part.text}:", *pieces(first, last, asked.hours)])


def _shifted(asked: Asked, span: timedelta) -> datetime:
    try:
        return (asked.now + span).astimezone(asked.hours.tz)
    except OverflowError:
        raise _too_far() from None


def _end(part: Part, asked: Asked) -> Found:
    unit, ahead = part.value
    first, last = _period(unit, ahead, asked.local.date())
    day = last
    while day >= first:
        closing = asked.hours.closing_of(day)
        if closing is not None:
            working = [f"{part.text}: the last open date is {day_text(day)}", _closing(closing)]
            return Found(closing, False, working)
        day -= _DAY
    raise PhraseError(
        f"no date is open from {day_text(first)} to {day_text(last)}", "write the date itself"
    )


def _period(unit: str, ahead: int, today: date) -> tuple[date, date]:
    """The first and the last date of a week, month, quarter or year, so many of them ahead."""
    if unit == "week":
        monday = today - today.weekday() * _DAY + 7 * ahead * _DAY
        return monday, monday + 6 * _DAY
    length = {"month": 1, "quarter": 3, "year": 12}[unit]
    start = (today.month - 1) // length * length + 1
    year, month = add_months(today.year, start, length * ahead)
    end_year, end_month = add_months(year, month, length - 1)
    return date(year, month, 1), date(end_year, end_month, month_end(end_year, end_month))


# The date


def _day(parts: list[Part], asked: Asked) -> tuple[date, list[str]]:
    """The one date that all date parts mean, and how it was found."""
    spans = [part for part in parts if part.kind == "span"]
    if spans:
        if len(parts) > 1:
            raise PhraseError(f"'{parts[0].text}' and '{parts[1].text}' are two dates", _ONCE)
        _check_direction(spans[0], asked)
        return _counted(spans[0], asked)
    today = asked.local.date()
    named = [part for part in parts if _is_plain_weekday(part)]
    others = [part for part in parts if part not in named] or named[:1]
    days = [day_of(part.value, part.text, today, asked.past) for part in others]
    for part, day in zip(others, days, strict=True):
        if day != days[0]:
            raise PhraseError(
                f"'{others[0].text}' is {day_text(days[0])}, '{part.text}' is {day_text(day)}",
                _ONCE,
            )
    for part in named:
        _check_weekday(part, days[0])
    return days[0], [f"{others[0].text}: {day_text(days[0])}"]


def _is_plain_weekday(part: Part) -> bool:
    return bool(part.value[0] == "weekday" and not part.value[2])


def _check_weekday(part: Part, day: date) -> None:
    if part.value[1] != day.weekday():
        name, said = LONG_DAY_NAMES[day.weekday()], LONG_DAY_NAMES[part.value[1]]
        raise PhraseError(
            f"{day.day} {MONTH_NAMES[day.month - 1]} {day.year} is a {name}, not a {said}",
            "write the date or the weekday alone",
        )


def _counted(part: Part, asked: Asked) -> tuple[date, list[str]]:
    unit, count, ago = part.value
    today = asked.local.date()
    if count > _LONGEST[unit]:
        raise _too_far()
    if unit == "bd":
        days = _open_dates(asked, -count if ago else count)
        return days[-1], [_business_days(part.text, days, asked)]
    steps = -count if ago else count
    if unit in ("d", "w"):
        day = today + steps * (7 if unit == "w" else 1) * _DAY
    else:
        day = later_date(today, steps * (12 if unit == "y" else 1))
    return day, [f"{part.text} from {day_text(today)}: {day_text(day)}"]


def _open_dates(asked: Asked, count: int) -> list[date]:
    """The open dates after today, or before it when count is negative."""
    step = _DAY if count > 0 else -_DAY
    day, days = asked.local.date(), []
    for _ in range(TEN_YEARS):
        day += step
        if asked.hours.is_open_date(day):
            days.append(day)
            if len(days) == abs(count):
                return days
    raise PhraseError("there are not so many open dates in ten years", "write a date")


def _business_days(text: str, days: list[date], asked: Asked) -> str:
    names = [_short(day) for day in days]
    shown = names if len(names) <= 6 else [*names[:3], "...", names[-1]]
    way = "before" if asked.past else "after"
    return f"{text.removesuffix(' ago')} {way} {_short(asked.local.date())}: {', '.join(shown)}"


def _short(day: date) -> str:
    return f"{DAY_NAMES[day.weekday()]} {day.day} {MONTH_NAMES[day.month - 1]}"


# The time of day


def _clock(parts: list[Part]) -> "Clock | None":
    """The one time that all time parts mean: a part of the day may stand beside a clock."""
    if not parts:
        return None
    day_parts = [part for part in parts if part.kind == "part"]
    others = [part for part in parts if part.kind != "part"]
    if len(day_parts) > 1 or len(others) > 1:
        raise PhraseError(f"'{parts[0].text}' and '{parts[1].text}' are two times", _ONCE)
    if not others:
        return Clock(DAY_PARTS[day_parts[0].value][0], None, "part", day_parts[0].text, False)
    clock = _exact_clock(others[0])
    if day_parts:
        _check_day_part(clock, day_parts[0])
    return clock


def _exact_clock(part: Part) -> Clock:
    if part.kind == "window":
        start, end, bare, needs_day = part.value
        return Clock(end, start, "range" if needs_day else "window", part.text, bare)
    return Clock(part.value, None, part.kind, part.text, False)


def _check_day_part(clock: Clock, part: Part) -> None:
    _, first, end = DAY_PARTS[part.value]
    typed = [at for at in (clock.start, clock.at) if at is not None]
    if not typed or any(not first <= at.hour < end for at in typed):
        raise PhraseError(f"'{clock.text}' is not in the {part.value}", "write the time alone")


def _next_time(clock: Clock, asked: Asked) -> Found:
    """A time alone: its next occurrence strictly after now, or the latest at or before it."""
    today = asked.local.date()
    if clock.kind == "close":
        return _at_clock(today, clock, asked)
    if clock.kind == "range":
        raise PhraseError(
            f"'{clock.text}' alone could be a date", f"write the day too: 'today {clock.text}'"
        )
    typed = clock.at or time()
    here = utc(wall(today, typed, asked.hours.tz))
    ahead = here <= asked.now and not asked.past
    behind = here > asked.now and asked.past
    day = today + (ahead - behind) * _DAY
    found = _at_clock(day, clock._replace(at=typed, kind="clock"), asked)
    return found._replace(working=[f"{clock.text}: {day_text(day)}", *found.working])


def _at_clock(day: date, clock: Clock, asked: Asked) -> Found:
    if clock.kind == "close":
        return _close_of(day, asked)
    if clock.kind == "midnight":
        name = DAY_NAMES[day.weekday()].lower()
        after = _short(day + _DAY).lower()
        raise PhraseError(
            f"midnight could be either end of {_short(day)}",
            f"write '{name} 23:59', or '{after} 00:00' for the end of the day",
        )
    assert clock.at is not None  # only a closing and midnight have none
    at = _typed_wall(day, clock.at, asked)
    if clock.start is None:
        shown = f"{at:%H:%M}"
        return Found(at, True, [f"{clock.text}: {shown}" if clock.text != shown else f"at {shown}"])
    start = _typed_wall(day, clock.start, asked)
    if clock.bare:
        _check_opening(start, at, day, clock, asked)
    return Found(at, True, [f"{start:%H:%M}-{at:%H:%M}, due at its end"], start)


def _check_opening(start: datetime, at: datetime, day: date, clock: Clock, asked: Asked) -> None:
    """A window of bare hours must touch opening hours: "2-4" hardly means the night."""
    intervals = asked.hours.intervals(day)
    if any(utc(opens) < utc(at) and utc(start) < utc(closes) for opens, closes in intervals):
        return
    hint = f"write {start:%H:%M}-{at:%H:%M} if you mean that"
    if at.hour < 12 and intervals:
        hint = f"write {start.hour + 12}-{at.hour + 12} if you mean the afternoon"
    raise PhraseError(f"'{clock.text}' touches no opening hour of {_short(day)}", hint)


def _close_of(day: date, asked: Asked) -> Found:
    closing = asked.hours.closing_of(day)
    if closing is None and day == asked.local.date():
        raise PhraseError("you are closed today", "write 'tomorrow' or a time of day")
    if closing is None:
        return _usual_close(day, asked)._replace(has_time=True)
    return Found(closing, True, [_closing(closing)])


def _date_alone(day: date, asked: Asked) -> Found:
    if asked.past:
        same = day == asked.local.date()
        at = asked.local if same else wall(day, asked.local.time(), asked.hours.tz)
        return Found(at, False, [f"at now's time of day, {at:%H:%M}"])
    closing = asked.hours.closing_of(day)
    if closing is None:
        return _usual_close(day, asked)
    return Found(closing, False, [_closing(closing)])


def _usual_close(day: date, asked: Asked) -> Found:
    at = wall(day, asked.hours.usual_closing(), asked.hours.tz)
    warning = f"you are closed on {_short(day)}: the usual closing, {at:%H:%M}, is taken"
    return Found(at, False, [f"closed; usual closing {at:%H:%M}"], None, warning)


def _closing(at: datetime) -> str:
    return f"closing {'24:00' if at.time() == time() else f'{at:%H:%M}'}"


def _stamp(at: datetime) -> str:
    return f"{day_text(at.date())} {at:%H:%M}"


def _typed_wall(day: date, clock: time, asked: Asked) -> datetime:
    at = wall(day, clock, asked.hours.tz)
    if at.replace(tzinfo=None) != datetime.combine(day, clock):
        raise PhraseError(
            f"{clock:%H:%M} does not exist on {day_text(day)}, the clocks go forward then",
            f"write {at:%H:%M} or later",
        )
    return at
