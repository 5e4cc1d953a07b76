"""The words of a recurrence into an RRULE: "every" may be left out, `4w` is "every 4 weeks".

Monthly on the 29th to 31st is the month's last day where it is shorter, so the rule lists the days
it may be and takes the last one; yearly on 29 February likewise. Raises PhraseError.
"""

from collections import namedtuple
from datetime import date, time

from cxdesk.domain.phrase_dates import take_date
from cxdesk.domain.phrase_parts import take_clock
from cxdesk.domain.phrase_spans import count_at, refuse_vague
from cxdesk.domain.phrase_words import (
    ORDINAL_WORDS,
    UNIT_OF,
    WEEKDAYS,
    PhraseError,
    ordinal,
    skip,
    split_words,
    word_at,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple

    class Pace(NamedTuple):
        """How often: FREQ and INTERVAL."""

        freq: str
        interval: int

    class Read(NamedTuple):
        """A rule as read; every_one: the same with INTERVAL 1; placed: the words named the day."""

        rule: str
        every_one: str
        placed: bool
        clock: time | None

    Days = dict[str, str]  # the BY... parts of a rule, in their order
    Placed = tuple[Days, int]
else:
    Pace = namedtuple("Pace", "freq interval")
    Read = namedtuple("Read", "rule every_one placed clock")

EXAMPLES = "try 'every 2 weeks', 'every mon and thu', 'monthly' or 'first monday of the month'"
_CODES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_WORKDAYS = "MO,TU,WE,TH,FR"
_ADVERBS = {
    "daily": Pace("DAILY", 1),
    "weekly": Pace("WEEKLY", 1),
    "fortnightly": Pace("WEEKLY", 2),
    "monthly": Pace("MONTHLY", 1),
    "quarterly": Pace("MONTHLY", 3),
    "yearly": Pace("YEARLY", 1),
}
_PACES = {
    "d": Pace("DAILY", 1),
    "w": Pace("WEEKLY", 1),
    "fortnight": Pace("WEEKLY", 2),
    "mo": Pace("MONTHLY", 1),
    "quarter": Pace("MONTHLY", 3),
    "y": Pace("YEARLY", 1),
}
# A hundred years: what is rarer does not come again.
_RAREST = {"DAILY": 36_500, "WEEKLY": 5_200, "MONTHLY": 1_200, "YEARLY": 100}


def read_rule(text: str, start: date) -> Read:
    """The rule that words mean for a series that begins on `start`."""
    words = split_words(text.replace(",", ", "))
    if words[:1] == ["every"]:
        words = words[1:]
    if not words:
        raise PhraseError("no recurrence is given", EXAMPLES)
    pace, days, end = _pace_and_days(words)
    clock, end = _clock(words, end)
    if end < len(words):
        raise _unread(" ".join(words))
    placed = bool(days)
    days = days or _days_of_start(pace, start)
    once = _rule(pace._replace(interval=1), days)
    return Read(_rule(pace, days), once, placed, clock)


def _unread(text: str) -> PhraseError:
    return PhraseError(f"cannot read '{text}' as a recurrence", EXAMPLES, reason=False)


def _rule(pace: "Pace", days: "Days") -> str:
    parts = {"FREQ": pace.freq}
    if pace.interval > 1:
        parts["INTERVAL"] = str(pace.interval)
    return ";".join(f"{name}={value}" for name, value in (parts | days).items())


def _clock(words: list[str], at: int) -> tuple[time | None, int]:
    """A time of day after the rule, with or without "at"."""
    start = skip(words, at, "at")
    if start >= len(words):
        return None, at
    taken = take_clock(words, start)
    if taken is None:
        return None, at
    parts, end = taken
    clock: time = parts[0].value
    return clock, end


# How often


def _pace_and_days(words: list[str]) -> "tuple[Pace, Days, int]":
    placed = _weekdays(words, 0)
    if placed is not None:
        return Pace("WEEKLY", 1), *placed
    if words[0] == "other":
        return _every_other(words)
    # Before the pace: the "second" of "second monday" is no length, and 12 in "12 dec" no count.
    pace, end = (None, 0) if _place_in_month(words, 0) else _pace(words)
    if pace is None:
        return _bare_days(words)
    days, end = _on(words, end, pace)
    return pace, days, end


def _every_other(words: list[str]) -> "tuple[Pace, Days, int]":
    placed = _weekdays(words, 1)
    if placed is not None:
        return Pace("WEEKLY", 2), *placed
    pace = _paced(2, UNIT_OF.get(word_at(words, 1), ""), " ".join(words))
    days, end = _on(words, 2, pace)
    return pace, days, end


def _pace(words: list[str]) -> "tuple[Pace | None, int]":
    word = words[0]
    if word in _ADVERBS:
        return _ADVERBS[word], 1
    if word in ("hourly", "minutely"):
        raise _too_often(word)
    if word in UNIT_OF:
        return _paced(1, UNIT_OF[word], word), 1
    refuse_vague(words, 0)
    amount = count_at(words, 0)
    if amount is None:
        return None, 0
    count, unit, end = amount
    return _paced(count, unit, " ".join(words[:end])), end


def _paced(count: int, unit: str, text: str) -> "Pace":
    if unit in ("min", "h", "bmin", "bh", "s"):
        raise _too_often(text)
    if unit == "m":
        raise PhraseError(f"'{text}' could be minutes or months", f"write {count}mo")
    if unit == "bd":
        raise PhraseError(f"'{text}' cannot come again", "write 'every weekday' or 'every 2 days'")
    if unit == "weekend":
        raise PhraseError(f"'{text}' is two days", "write 'every sat' or 'every sun'")
    if unit not in _PACES:
        raise _unread(text)
    pace = _PACES[unit]
    pace = pace._replace(interval=pace.interval * count)
    if count == 0:
        raise PhraseError("every zero is not a pace", "write a number from 1, such as '2 weeks'")
    if pace.interval > _RAREST[pace.freq]:
        raise PhraseError(f"'{text}' is rarer than once in a hundred years", "write it as a date")
    return pace


def _too_often(text: str) -> PhraseError:
    return PhraseError(f"'{text}' is more often than daily", "write 'daily', or a longer pace")


# On which days


def _on(words: list[str], at: int, pace: "Pace") -> "Placed":
    """The days named after the pace: "on the 31st", "on mon", "on 12 dec"; {} when none are."""
    start = skip(words, at, "on")
    placed = None
    if pace.freq == "WEEKLY":
        placed = _weekdays(words, start)
    elif pace.freq == "MONTHLY":
        placed = _day_of_month(words, start)
    elif pace.freq == "YEARLY":
        placed = _year_day(words, start)
    if placed is None and start > at:
        raise _unread(" ".join(words))
    return placed or ({}, at)


def _bare_days(words: list[str]) -> "tuple[Pace, Days, int]":
    """Days without a pace: "first monday of the month", "the 15th", "12 dec"."""
    monthly = _day_of_month(words, 0)
    if monthly is not None:
        return Pace("MONTHLY", 1), *monthly
    yearly = _year_day(words, 0)
    if yearly is None:
        raise _unread(" ".join(words))
    return Pace("YEARLY", 1), *yearly


def _day_of_month(words: list[str], at: int) -> "Placed | None":
    placed = _place_in_month(words, at) or _month_day(words, at)
    return placed and (placed[0], _of_month(words, placed[1]))


def _of_month(words: list[str], at: int) -> int:
    """The index after an optional "of the month", "of every month"."""
    if word_at(words, at) != "of":
        return at
    end = skip(words, at + 1, "the", "every", "each")
    if word_at(words, end) != "month":
        raise PhraseError("only days of the month come again so", "write 'of the month'")
    return end + 1


def _weekdays(words: list[str], at: int) -> "Placed | None":
    """mon, mon and thu, mondays, weekday, weekdays."""
    if UNIT_OF.get(word_at(words, at)) == "weekday":
        return {"BYDAY": _WORKDAYS}, at + 1
    found: set[int] = set()
    while (weekday := _weekday(word_at(words, at))) is not None:
        found.add(weekday)
        at += 1
        joint = skip(words, at, "and")
        if _weekday(word_at(words, joint)) is not None:
            at = joint
    if not found:
        return None
    return {"BYDAY": ",".join(_CODES[n] for n in sorted(found))}, at


def _weekday(word: str) -> int | None:
    return WEEKDAYS.get(word, WEEKDAYS.get(word[:-1]) if word.endswith("days") else None)


def _place_in_month(words: list[str], at: int) -> "Placed | None":
    """first monday, last friday, 2nd tuesday, last day, last weekday."""
    start = skip(words, at, "the")
    word = word_at(words, start)
    place = ORDINAL_WORDS.get(word, ordinal(word))
    what = word_at(words, start + 1)
    if place is None or (what not in ("day", "weekday") and what not in WEEKDAYS):
        return None
    if what == "day":
        return ({"BYMONTHDAY": "-1"} if place == -1 else _clipped(place)), start + 2
    if place > 4:
        raise PhraseError("not every month has a fifth", f"write 'last {what} of the month'")
    if what == "weekday":
        return {"BYDAY": _WORKDAYS, "BYSETPOS": str(place)}, start + 2
    return {"BYDAY": f"{place}{_CODES[WEEKDAYS[what]]}"}, start + 2


def _month_day(words: list[str], at: int) -> "Placed | None":
    taken = take_date(words, at) if at < len(words) else None
    if taken is None or taken[0][0].value[0] != "monthday":
        return None
    return _clipped(taken[0][0].value[1]), taken[1]


def _year_day(words: list[str], at: int) -> "Placed | None":
    taken = take_date(words, at) if at < len(words) else None
    if taken is None or taken[0][0].value[0] == "monthday":
        return None
    kind, *rest = taken[0][0].value
    if kind == "date":
        raise PhraseError("a date with its year does not come again", "leave the year out")
    month, day = rest
    days = {"BYMONTHDAY": str(day)} if (month, day) != (2, 29) else _LEAP_DAY
    return {"BYMONTH": str(month)} | days, taken[1]


_LEAP_DAY = {"BYMONTHDAY": "28,29", "BYSETPOS": "-1"}


def _clipped(day: int) -> "Days":
    """A day of every month, the last one where a month is shorter."""
    if day <= 28:
        return {"BYMONTHDAY": str(day)}
    return {"BYMONTHDAY": ",".join(map(str, range(28, day + 1))), "BYSETPOS": "-1"}


def _days_of_start(pace: "Pace", start: date) -> "Days":
    if pace.freq == "MONTHLY":
        return _clipped(start.day)
    if pace.freq == "YEARLY" and (start.month, start.day) == (2, 29):
        return {"BYMONTH": "2"} | _LEAP_DAY
    return {}
