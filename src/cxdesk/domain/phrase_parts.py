"""The parts of a phrase: day, length, time of day, end, instant (clock.md, "Phrases").

Nothing here knows today's date. A taker looks at the words from an index on and gives the parts it
took with the index after them, None when those words are not its own, or raises PhraseError when
they are but must not be taken. Dates written as dates are in phrase_dates, lengths in phrase_spans.
"""

from datetime import time

from cxdesk.domain.phrase_dates import take_date, take_iso, take_numeric_date
from cxdesk.domain.phrase_spans import take_span
from cxdesk.domain.phrase_words import (
    CLOCK_WORDS,
    DAY_PARTS,
    MONTHS,
    RELATIVE_DAYS,
    UNIT_OF,
    WEEKDAYS,
    Part,
    PhraseError,
    Tick,
    bare_hour,
    is_number,
    one,
    skip,
    split_words,
    take_tick,
    tick_time,
    unread,
    word_at,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cxdesk.domain.phrase_words import Taken

    Taker = Callable[[list[str], int], Taken | None]

DAY = frozenset(("day",))
SPAN = frozenset(("span",))
CLOCKS = frozenset(("clock", "part", "window", "midnight", "close"))
LEADING = ("by", "on", "at", "in", "within", "for", "due")
# Which parts a small word inside a phrase may go before.
CONNECTORS = {"at": CLOCKS, "by": CLOCKS, "before": CLOCKS, "after": CLOCKS, "on": DAY, "in": SPAN}

_WHICH = ("this", "next", "last", "past", "coming")
_SOON = frozenset(("soon", "asap", "later", "sometime", "someday", "whenever", "shortly"))
_INSTEAD = {
    "w": "write 'next mon', '1w' or 'end of next week'",
    "mo": "write '1mo', 'end of next month' or a date such as '1 jun'",
    "quarter": "write '3mo', 'end of next quarter' or a date such as '1 jul'",
    "y": "write '1y', 'end of next year' or a date such as '1 jan'",
    "weekend": "write 'sat' or 'sun'",
    "weekday": "write '1bd' or the day, such as 'mon'",
}


def read_parts(text: str) -> list[Part]:
    """All parts of a phrase, in order. Raises PhraseError for a word that is not understood."""
    words = split_words(text)
    if not words:
        raise PhraseError("the phrase is empty")
    at = _after_leading(words)
    parts, at = _take(words, at, words[at - 1] if at else "")
    while at < len(words):
        before = words[at] if words[at] in CONNECTORS else ""
        more, end = _take(words, at + bool(before), before)
        if before and more[0].kind not in CONNECTORS[before]:
            raise _misplaced(before, more[0].text)
        parts, at = parts + more, end
    return parts


def _after_leading(words: list[str]) -> int:
    at = 1 if words[0] in LEADING else 0
    if words[0] == "due" and word_at(words, 1) in LEADING:
        at = 2
    if word_at(words, at) in ("before", "after") and at < 2:
        taken, _end = _take(words, at + 1, words[at])
        if taken[0].kind not in CLOCKS:
            raise _misplaced(words[at], taken[0].text)
        at += 1
    return at


def _misplaced(before: str, text: str) -> PhraseError:
    if before in ("before", "after"):
        return PhraseError(
            f"'{before} {text}' leaves the day open", f"write the day itself, or 'by {text}'"
        )
    return unread(f"{before} {text}")


def _take(words: list[str], at: int, before: str) -> "Taken":
    if at >= len(words):
        raise PhraseError(f"'{' '.join(words)}' breaks off after '{before}'", reason=False)
    for taker in TAKERS:
        taken = taker(words, at)
        if taken is not None:
            parts, end = taken
            if before in ("in", "within", "for") and parts[0].kind == "span" and parts[0].value[2]:
                raise PhraseError(
                    f"'{before} {parts[0].text}' looks both ways", f"write '{parts[0].text}'"
                )
            return parts, end
    raise unread(words[at])


# Days


def take_relative_day(words: list[str], at: int) -> "Taken | None":
    """today, tomorrow, yesterday, day after tomorrow, day before yesterday, and now."""
    word = words[at]
    if word == "now":
        return one("now", None, words, at, at + 1)
    if word in RELATIVE_DAYS:
        return one("day", ("offset", RELATIVE_DAYS[word]), words, at, at + 1)
    start = skip(words, at, "the")
    for phrase, offset in (("day after tomorrow", 2), ("day before yesterday", -2)):
        if words[start : start + 3] == phrase.split():
            return one("day", ("offset", offset), words, at, start + 3)
    return None


def take_weekday(words: list[str], at: int) -> "Taken | None":
    """A weekday, with this, next, last, past, coming before it or a week before or after it."""
    which, end = _week_before(words, at)
    if not which and word_at(words, at) in _WHICH:
        end = at + 2 if words[at : at + 2] == ["this", "coming"] else at + 1
        which = words[end - 1]
    if word_at(words, end) not in WEEKDAYS:
        return None
    weekday, end = WEEKDAYS[words[end]], end + 1
    if not which:
        which, end = _week_after(words, end)
    return one("day", ("weekday", weekday, which), words, at, end)


def _week_before(words: list[str], at: int) -> tuple[str, int]:
    if word_at(words, at) in ("this", "next", "last") and word_at(words, at + 1) == "week":
        return f"{words[at]} week", skip(words, at + 2, "on")
    return "", at


def _week_after(words: list[str], at: int) -> tuple[str, int]:
    start = skip(words, at, "of")
    if word_at(words, start) in ("this", "next", "last") and word_at(words, start + 1) == "week":
        return f"{words[start]} week", start + 2
    return "", at


# Ends


def take_end(words: list[str], at: int) -> "Taken | None":
    """eod, cob, close, eow, eom, eoq, eoy and the same in words."""
    word = words[at]
    if word in ("eow", "eom", "eoq", "eoy"):
        unit = {"w": "week", "m": "month", "q": "quarter", "y": "year"}[word[2]]
        return one("end", (unit, 0), words, at, at + 1)
    start = skip(words, at, "the")
    if words[start : start + 2] == ["close", "of"]:
        if word_at(words, start + 2) in ("business", "play"):
            return one("close", None, words, at, start + 3)
        raise unread(" ".join(words[at : start + 3]))
    if word in ("eod", "cob", "close"):
        return one("close", None, words, at, at + 1)
    if words[start : start + 2] == ["end", "of"]:
        return _end_of(words, at, start + 2)
    return None


def _end_of(words: list[str], start: int, at: int) -> "Taken":
    at = skip(words, at, "the")
    which = word_at(words, at) if word_at(words, at) in ("this", "next") else ""
    unit = word_at(words, at + bool(which))
    end = at + bool(which) + 1
    if unit == "day" and not which:
        return one("close", None, words, start, end)
    if unit not in ("week", "month", "quarter", "year"):
        raise PhraseError(
            f"'{' '.join(words[start:end])}' is not an end the desk knows",
            "write 'fri eod', 'end of month', 'end of next week' or the date",
        )
    return one("end", (unit, 1 if which == "next" else 0), words, start, end)


# Times of day


def take_day_part(words: list[str], at: int) -> "Taken | None":
    """morning, afternoon, evening, night, tonight, "this morning", midnight."""
    word = words[at]
    if word == "midnight":
        return one("midnight", None, words, at, at + 1)
    if word == "tonight":
        return [_today(word), Part("part", "night", word)], at + 1
    end = skip(words, at, "this")
    name = word_at(words, end)
    text = " ".join(words[at : end + 1])
    if name in DAY_PARTS:
        part = Part("part", name, name)
    elif name in CLOCK_WORDS and end > at:
        part = Part("clock", CLOCK_WORDS[name], name)
    else:
        return None
    return [_today(text), part] if end > at else [part], end + 1


def _today(text: str) -> Part:
    return Part("day", ("offset", 0), text)


def take_clock(words: list[str], at: int) -> "Taken | None":
    """A single time of day; a bare number is refused with what it could be."""
    taken = take_tick(words, at)
    if taken is None:
        if is_number(words[at]):
            raise bare_hour(words[at])
        return None
    tick, end = taken
    if tick.half == "bare":
        raise bare_hour(tick.text)
    return one("clock", tick_time(tick), words, at, end)


def take_window(words: list[str], at: int) -> "Taken | None":
    """Two times: 8-12, 9 to 11, from 9 to 11, between 9 and 11; bare hours are of the 24."""
    lead = words[at] if words[at] in ("between", "from") else ""
    first = take_tick(words, at + bool(lead))
    if first is None:
        return None
    joint = word_at(words, first[1])
    if joint not in (("and",) if lead == "between" else ("to", "-", "until", "till")):
        return None
    last = take_tick(words, first[1] + 1)
    if last is None:
        return None
    text = " ".join(words[at : last[1]]).replace(" - ", "-")
    start, close, bare = _window(first[0], last[0], text)
    # Without a day, "8-12" may be a date or a range of anything: only plain windows stand alone.
    return [Part("window", (start, close, bare, bare and not lead), text)], last[1]


def _window(first: Tick, last: Tick, text: str) -> tuple[time, time, bool]:
    if last.half == "bare" and first.half in ("am", "pm"):
        raise PhraseError(
            f"'{text}' could end in the morning or the afternoon",
            f"write am or pm at its end too, such as '{first.text}-{last.text}pm'",
        )
    end = _hour_of(last)
    start = _hour_of(first)
    if first.half == "bare" and last.half in ("am", "pm") and 1 <= first.hour <= 12:
        same_half = tick_time(first._replace(half=last.half))
        start = same_half if same_half < end else start
    if start >= end:
        raise PhraseError(
            f"'{text}' ends before it begins", "write the earlier time first, within one day"
        )
    return start, end, "bare" in (first.half, last.half) and last.half not in ("am", "pm")


def _hour_of(tick: Tick) -> time:
    return tick_time(tick._replace(half="24") if tick.half == "bare" else tick)


# Words that are known, and never a time


def take_vague(words: list[str], at: int) -> None:
    """Raises for words that are about time but name none: soon, weekend, next week, week."""
    word = words[at]
    if word in _SOON:
        raise PhraseError(
            f"'{word}' is not a time", "write a day or a length, such as 'eod', 'tomorrow' or '2bd'"
        )
    end = at + 1 if word in (*_WHICH, "the") else at
    unit = UNIT_OF.get(word_at(words, end), "")
    text = " ".join(words[at : end + 1])
    if unit in _INSTEAD and (end > at or len(text) > 2):
        back = word in ("last", "past")
        hint = "write the day, such as 'last fri', or '1w ago'" if back else _INSTEAD[unit]
        raise PhraseError(f"'{text}' is not a date", hint)
    if end == at and unit and len(text) > 2:
        raise PhraseError(f"'{text}' needs a number", f"write how many, such as '2 {text}'")
    if word in MONTHS:
        raise PhraseError(f"'{word}' alone is not a date", f"write the day too: '12 {word}'")


TAKERS: "tuple[Taker, ...]" = (
    take_iso,
    take_relative_day,
    take_weekday,
    take_end,
    take_span,
    take_numeric_date,
    take_date,
    take_day_part,
    take_window,
    take_clock,
    take_vague,
)
