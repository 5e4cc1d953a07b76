"""What a typed phrase means: "fri noon", "2bd", "20 minutes ago" (clock.md, "Phrases").

`read_when` reads a whole phrase, `longest_when` the leading words of a command line, `read_every` a
recurrence; `write_when` writes the phrase that reads back as the same instant. `now` is aware, in
any zone; every datetime out is in the zone of the hours. A deadline lies after now; with past=True
the phrase tells what has been, at or before now. Whatever is not fully understood is a PhraseError.
"""

from collections import namedtuple
from datetime import datetime

from cxdesk.domain.hours import HoursError, OpeningHours, utc
from cxdesk.domain.phrase_dates import day_text
from cxdesk.domain.phrase_meaning import Asked, meaning
from cxdesk.domain.phrase_parts import read_parts
from cxdesk.domain.phrase_words import MONTHS, RELATIVE_DAYS, WEEKDAYS, PhraseError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import tzinfo
    from typing import NamedTuple

    from cxdesk.domain.recurrence import Recurrence

    class When(NamedTuple):
        """What a phrase means: `at`, in the zone of the hours.

        has_time: a time of day was given, by a clock, a length in hours or minutes, or eod; a date
        alone has none. said: the words as typed. start: of a window; `at` is its end. warning: a
        date alone on a closed date. working: how it was read, a line each.
        """

        at: datetime
        has_time: bool
        said: str
        start: datetime | None = None
        warning: str | None = None
        working: Sequence[str] = ()

else:
    When = namedtuple("When", "at has_time said start warning working", defaults=(None, None, ()))

__all__ = ["PhraseError", "When", "longest_when", "read_every", "read_when", "write_when"]

# No phrase is longer; what follows is text.
_MOST_WORDS = 16
_ABOUT_TIME = frozenset(("at", "am", "pm", "a.m", "p.m", "before", "after", "noon", "midnight"))
_JOINS = frozenset(("and", "between", "by", "from", "in", "of", "on", "or", "the", "to", "until"))


def read_when(text: str, *, now: datetime, hours: OpeningHours, past: bool = False) -> When:
    """The instant a whole phrase means. Raises PhraseError, with what to write instead."""
    said = text.strip()
    asked = Asked(said, utc(now), hours.local(now), hours, past)
    parts = read_parts(said)
    try:
        found = meaning(parts, asked)
    except HoursError as error:  # no open date within ten years
        raise PhraseError(str(error).rstrip("."), "write a date with its time") from None
    _check_side(found.at, asked)
    return When(found.at, found.has_time, said, found.start, found.warning, found.working)


def _check_side(at: datetime, asked: Asked) -> None:
    if asked.past and utc(at) > asked.now:
        raise PhraseError(
            f"'{asked.said}' is {write_when(at, at.tzinfo)}, still ahead",
            "write when it was, such as 'yesterday 4pm' or '20 minutes ago'",
        )
    if not asked.past and utc(at) <= asked.now:
        raise PhraseError(
            f"'{asked.said}' is {write_when(at, at.tzinfo)}, already past",
            "write a later one, such as '1h', 'tomorrow 9am' or '1bd'",
        )


def write_when(at: datetime, tz: "tzinfo | None") -> str:
    """The phrase that reads back as `at`: "Mon 23 Nov 2026 12:00".

    With seconds, or at a wall time that comes twice as clocks go back, ISO with its offset.
    """
    local = at.astimezone(tz)
    twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    if twice or local.second or local.microsecond:
        return local.isoformat()
    return f"{day_text(local.date())} {local.hour:02}:{local.minute:02}"


def read_every(text: str, *, start: datetime, zone: str) -> "Recurrence":
    """The recurrence a phrase means, from `start` (aware) on, in the wall time of `zone`."""
    from cxdesk.domain.recurrence import read_recurrence  # only follow-ups that recur need it

    return read_recurrence(text, start=start, zone=zone)


# The leading words of a command line


def longest_when(
    words: "Sequence[str]", *, now: datetime, hours: OpeningHours, past: bool = False
) -> "tuple[When, list[str]]":
    """The longest run of leading words that reads as one phrase, and the words after it.

    An item with a space in it was quoted: it is taken whole or not at all, and as the first item
    it is the phrase. Raises PhraseError when nothing reads, or the rest goes on about time.
    """
    if words and " " in words[0].strip():
        return read_when(words[0], now=now, hours=hours, past=past), list(words[1:])
    failures = []
    for count in range(min(len(words), _MOST_WORDS), 0, -1):
        try:
            when = read_when(" ".join(words[:count]), now=now, hours=hours, past=past)
        except PhraseError as failure:
            failures.append(failure)
            continue
        rest = list(words[count:])
        if _goes_on(rest):
            raise _best(failures[::-1][:2], _unclear(when.said, rest))
        return when, rest
    if not failures:
        raise PhraseError("no time is given")
    raise _best(failures, failures[-1])


def _best(failures: "Sequence[PhraseError]", otherwise: PhraseError) -> PhraseError:
    return next((failure for failure in failures if failure.reason), otherwise)


def _unclear(said: str, rest: list[str]) -> PhraseError:
    return PhraseError(
        f"'{rest[0]}' after '{said}' could still belong to the time",
        "quote the time, or the text after it",
    )


def _goes_on(rest: list[str]) -> bool:
    """Whether the words after a phrase go on about time, so that it may have been cut short."""
    if not rest:
        return False
    plain = [word.lower().rstrip(".,") for word in rest[:3]] + ["", ""]
    if " " in rest[0].strip():
        return all(map(_about_time, rest[0].lower().replace(",", " ").split()))
    first, second = plain[0], plain[1]
    if first in _ABOUT_TIME or first in WEEKDAYS or first in MONTHS:
        return True
    if first in _JOINS:
        return _names_time(second) or (second == "the" and _names_time(plain[2]))
    if not first[:1].isdecimal():
        return False
    return len(rest) == 1 or (not first.isdecimal() and _is_clock(first)) or _names_time(second)


def _about_time(word: str) -> bool:
    return _names_time(word) or word in _JOINS or word in _ABOUT_TIME or word.isdecimal()


def _names_time(word: str) -> bool:
    names = (WEEKDAYS, MONTHS, RELATIVE_DAYS, _ABOUT_TIME)
    return any(word in table for table in names) or (word[:1].isdecimal() and _is_clock(word))


def _is_clock(word: str) -> bool:
    """Something like 5pm, 25:00 or 2-4: digits that could have been meant as a time."""
    body = word.removesuffix("m").removesuffix("a").removesuffix("p")
    return not set(body) - set("0123456789:.-") and body[-1:].isdecimal() and not word.isdecimal()
