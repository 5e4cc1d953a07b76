"""Dates written as dates: 12 dec, the 15th, 25/12, 25.12.2026, ISO; and the day each one means.

`take_...` are takers (phrase_parts) and know no today; `day_of` and below turn what they took into
a date, looking ahead from today, or back with past=True. Raises PhraseError.
"""

from datetime import date, datetime, time, timedelta

from cxdesk.domain.hours import utc
from cxdesk.domain.phrase_words import (
    DAY_NAMES,
    LONG_DAY_NAMES,
    MONTH_NAMES,
    MONTHS,
    Part,
    PhraseError,
    is_number,
    one,
    ordinal,
    ordinal_ending,
    skip,
    split_number,
    word_at,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import tzinfo
    from typing import Any

    from cxdesk.domain.phrase_words import Taken

FIRST_YEAR, LAST_YEAR = 1900, 2199
MONTH_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def day_text(day: date) -> str:
    """A date with its weekday: "Mon 23 Nov 2026"."""
    return f"{DAY_NAMES[day.weekday()]} {day.day} {MONTH_NAMES[day.month - 1]} {day.year}"


def make_date(year: int, month: int, day: int) -> date:
    """A date, or the refusal of one that does not exist or is out of all reach."""
    check_month_day(month, day)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise PhraseError(f"the year {year} is out of reach", "write a year such as 2026")
    try:
        return date(year, month, day)
    except ValueError:
        raise PhraseError(f"{year} has no 29 February", "write 28 feb or 1 mar") from None


def check_month_day(month: int, day: int) -> None:
    """Refuses a day that no year has: 30 February, day 0, month 13."""
    if not 1 <= month <= 12:
        raise PhraseError(f"there is no month {month}", "write the date as 12 dec or 2026-12-12")
    last = MONTH_LENGTHS[month - 1]
    name = MONTH_NAMES[month - 1]
    if not 1 <= day <= last:
        raise PhraseError(f"there is no {day} {name}", f"{name} ends on the {last}: write that")


# ISO


def take_iso(words: list[str], at: int) -> "Taken | None":
    """2026-12-12, 2026-12-12T15:00, with seconds and offset too; the clock may be a word apart."""
    head, _t, tail = words[at].partition("t")
    day = _iso_day(head)
    if day is None:
        return None
    end = at + 1
    if not _t:
        tail, end = _iso_tail(words, end)
    if not tail:
        if _t:
            raise _iso_shape(words[at])
        return one("day", ("date", day), words, at, end)
    found = _iso_instant(day, tail, " ".join(words[at:end]))
    text = " ".join(words[at:end])
    if found.tzinfo is not None:
        return [Part("instant", found, text)], end
    return [Part("day", ("date", day), words[at]), Part("clock", found.time(), tail)], end


def _iso_day(head: str) -> date | None:
    pieces = head.split("-")
    if len(pieces) != 3 or not all(map(is_number, pieces)) or len(pieces[0]) != 4:
        return None
    if len(pieces[1]) > 2 or len(pieces[2]) > 2:
        return None
    year, month, day = map(int, pieces)
    return make_date(year, month, day)


def _iso_tail(words: list[str], at: int) -> tuple[str, int]:
    """A clock word that only ISO has: with seconds, a Z or an offset."""
    word = word_at(words, at)
    after = word_at(words, at + 1)
    if _is_iso_clock(word) and not is_number(word.replace(":", "")):
        return word, at + 1
    if word.count(":") == 2 and _is_iso_clock(word):
        end = at + 2 if after[:1] == "+" or after == "z" else at + 1
        return "".join(words[at:end]), end
    if _is_iso_clock(word) and (after == "z" or (after[:1] == "+" and ":" in after)):
        return word + after, at + 2
    # "15:00-05:00" was split as a window; one that runs backwards can only be an offset.
    last = word_at(words, at + 2)
    if after == "-" and _is_iso_clock(word) and _is_iso_clock(last) and last <= word:
        return f"{word}-{last}", at + 3
    return "", at


def _is_iso_clock(word: str) -> bool:
    return word[2:3] == ":" and is_number(word[:2] + word[3:5]) and len(word) >= 5


def _iso_instant(day: date, tail: str, text: str) -> datetime:
    if tail[1:2] == ":":
        tail = f"0{tail}"
    if not _is_iso_clock(tail) or tail[:2] == "24" or not _is_iso_rest(tail[5:]):
        raise _iso_shape(text)
    try:
        return datetime.fromisoformat(f"{day.isoformat()}T{tail.upper()}")
    except ValueError:
        raise _iso_shape(text) from None


def _is_iso_rest(rest: str) -> bool:
    return rest.isascii() and not set(rest) - set("0123456789:.+-z")


def _iso_shape(text: str) -> PhraseError:
    return PhraseError(
        f"'{text}' is not an ISO date and time", "write 2026-12-12T15:00 or 2026-12-12T15:00+01:00"
    )


# Numbers and names


def take_numeric_date(words: list[str], at: int) -> "Taken | None":
    """25/12, 12/25, 25/12/2026, 25.12.2026; refused when each order is another date."""
    word = words[at]
    mark = "/" if "/" in word else "."
    pieces = word.rstrip(".").split(mark) if mark == "." else word.split(mark)
    if len(pieces) not in (2, 3) or not all(map(is_number, pieces)):
        return None
    if word_at(words, at + 1) in ("am", "pm"):
        return None
    if max(map(len, pieces)) > 4:
        return None
    if len(pieces[0]) == 4:
        raise PhraseError(f"'{word}' is not how a date is written here", "write 2026-12-12")
    if len(pieces) == 3 and len(pieces[2]) != 4:
        raise _short_year(word)
    first, second = int(pieces[0]), int(pieces[1])
    if mark == "." and len(pieces) == 2 and first < 24:
        raise PhraseError(f"'{word}' could be a time or a date", "write 10:30 or 30 oct")
    month, day = _either_order(first, second, word)
    if len(pieces) == 3:
        return one("day", ("date", make_date(int(pieces[2]), month, day)), words, at, at + 1)
    return one("day", ("yearless", month, day), words, at, at + 1)


def _either_order(first: int, second: int, word: str) -> tuple[int, int]:
    orders = {
        (month, day)
        for month, day in ((second, first), (first, second))
        if 1 <= month <= 12 and 1 <= day <= MONTH_LENGTHS[month - 1]
    }
    if not orders:
        raise PhraseError(f"there is no date {word}", "write the month by name, such as 12 dec")
    if len(orders) == 2:
        either = " or ".join(
            f"{day} {MONTH_NAMES[month - 1].lower()}" for month, day in sorted(orders, reverse=True)
        )
        raise PhraseError(f"'{word}' could be two dates", f"write {either}")
    return orders.pop()


def take_date(words: list[str], at: int) -> "Taken | None":
    """12 dec, 12th of december, dec 12, each with or without a year; the 15th."""
    if words[at] in MONTHS:
        return _month_first(words, at)
    start = skip(words, at, "the")
    day = _day_number(words, start)
    if day is None:
        return None
    middle = skip(words, start + 1, "of")
    if word_at(words, middle) in MONTHS:
        return _with_year(words, at, MONTHS[words[middle]], day, middle + 1)
    if is_number(words[start]):
        return None
    if not 1 <= day <= 31:
        raise PhraseError(f"no month has a {words[start]}", "write a day from 1st to 31st")
    return one("day", ("monthday", day), words, at, start + 1)


def _month_first(words: list[str], at: int) -> "Taken | None":
    start = skip(words, at + 1, "the")
    day = _day_number(words, start)
    # In "dec 10 am" the 10 is an hour.
    if day is None or word_at(words, start + 1) in ("am", "pm"):
        return None
    return _with_year(words, at, MONTHS[words[at]], day, start + 1)


def _day_number(words: list[str], at: int) -> int | None:
    word = word_at(words, at)
    if is_number(word):
        return int(word) if len(word) <= 2 else None
    day = ordinal(word)
    if day is None and word[:1] in "0123456789" and word:
        number, ending = split_number(word)
        if number is not None and ending in ("st", "nd", "rd", "th"):
            right = f"{number}{ordinal_ending(number)}"
            raise PhraseError(f"'{word}' is not a day", f"write {right} if you mean that")
    return day


def _with_year(words: list[str], start: int, month: int, day: int, at: int) -> "Taken":
    word = word_at(words, at)
    hour = word_at(words, at + 1) in ("am", "pm", "-", "to", "until", "till")
    if is_number(word) and len(word) == 4 and not hour:
        full = make_date(int(word), month, day)
        return one("day", ("date", full), words, start, at + 1)
    if word[:1] == "'" or (is_number(word) and len(word) == 2 and not hour):
        raise _short_year(" ".join(words[start : at + 1]))
    check_month_day(month, day)
    return one("day", ("yearless", month, day), words, start, at)


def _short_year(text: str) -> PhraseError:
    return PhraseError(f"'{text}' has a short year", "write the year in full, or leave it out")


# The day that is meant


def day_of(value: "tuple[Any, ...]", text: str, today: date, past: bool) -> date:
    """The date a day part means, seen from today."""
    kind, *rest = value
    if kind == "offset":
        return today + timedelta(days=rest[0])
    if kind == "weekday":
        return _weekday(rest[0], rest[1], text, today, past)
    if kind == "yearless":
        return _yearless(rest[0], rest[1], today, past)
    if kind == "monthday":
        return _monthday(rest[0], today, past)
    full: date = rest[0]
    return full


def _weekday(weekday: int, which: str, text: str, today: date, past: bool) -> date:
    monday = today - timedelta(days=today.weekday())
    weeks = {"this": 0, "this week": 0, "next": 1, "next week": 1, "last week": -1}
    if which in ("last", "past", "last week") and not past:
        raise PhraseError(f"'{text}' lies in the past", _forward(weekday))
    if which in weeks:
        return monday + timedelta(days=weekday, weeks=weeks[which])
    if past and which != "coming":
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    if weekday == today.weekday():
        name = DAY_NAMES[weekday].lower()
        raise PhraseError(f"today is {LONG_DAY_NAMES[weekday]}", f"write today or next {name}")
    return today + timedelta(days=(weekday - today.weekday()) % 7)


def _forward(weekday: int) -> str:
    name = DAY_NAMES[weekday].lower()
    return f"write {name} or next {name}"


def _yearless(month: int, day: int, today: date, past: bool) -> date:
    here = (today.month, today.day)
    ahead = (month, day) < here and not past
    behind = (month, day) > here and past
    return make_date(today.year + ahead - behind, month, day)


def _monthday(day: int, today: date, past: bool) -> date:
    shift = (day < today.day and not past) - (day > today.day and past)
    year, month = add_months(today.year, today.month, shift)
    try:
        return date(year, month, day)
    except ValueError:
        name = MONTH_NAMES[month - 1]
        raise PhraseError(
            f"{name} {year} has no {day}{ordinal_ending(day)}",
            f"write the month too, such as {day} {'jan' if past else 'dec'}",
        ) from None


def add_months(year: int, month: int, count: int) -> tuple[int, int]:
    """The year and month `count` months on."""
    years, index = divmod(month - 1 + count, 12)
    return year + years, index + 1


def month_end(year: int, month: int) -> int:
    """The last day of a month: 28 to 31."""
    following = date(*add_months(year, month, 1), 1)
    return (following - timedelta(days=1)).day


def later_date(day: date, months: int) -> date:
    """The same day of the month so many months on, clipped at the month's end (31 Jan: 28 Feb)."""
    year, month = add_months(day.year, day.month, months)
    return date(year, month, min(day.day, month_end(year, month)))


def wall(day: date, clock: time, tz: "tzinfo") -> datetime:
    """The instant of a wall time, in `tz`: the first in a fold, the jump itself in a gap."""
    first = datetime.combine(day, clock, tz).replace(fold=0)
    low, high = utc(first.replace(fold=1)), utc(first)
    if low >= high:
        return first
    second = timedelta(seconds=1)
    low, high = low.replace(second=0, microsecond=0), high.replace(second=0, microsecond=0)
    before = low.astimezone(tz).utcoffset()
    while high - low > second:
        middle = low + (high - low) // 2 // second * second
        low, high = (middle, high) if middle.astimezone(tz).utcoffset() == before else (low, middle)
    return high.astimezone(tz)
