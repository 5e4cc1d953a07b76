"""The words of phrases: the tables, how a phrase is split, numbers, and times of day.

Nothing here knows today's date. Words arrive in small letters, split by `split_words`; a position
in them is an index, and a function that takes words gives back the index after the last one taken.
No regular expressions: their import costs every command its start-up.
"""

from collections import namedtuple
from datetime import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NamedTuple

    class Tick(NamedTuple):
        """A point on the clock as typed: half is "am", "pm", "24" (h:mm) or "bare" (an hour)."""

        hour: int
        minute: int
        half: str
        text: str

    class Part(NamedTuple):
        """A part of a phrase; what `value` is depends on `kind`:

        day: ("offset", days) ("weekday", n, which) ("date", date) ("yearless", month, day)
        ("monthday", day); span: (unit, count, ago); clock: time; part: a key of DAY_PARTS;
        window: (time, time, bare, needs_day); end: (unit, how many units ahead);
        instant: an aware datetime; close, midnight, now: None.
        """

        kind: str
        value: Any
        text: str

    Taken = tuple[list[Part], int]  # the parts, and the index after their words
else:
    Tick = namedtuple("Tick", "hour minute half text")
    Part = namedtuple("Part", "kind value text")

EXAMPLES = "try 'tomorrow 3pm', 'fri noon', '2bd', '12 dec' or '2026-12-12 15:00'"

DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
LONG_DAY_NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

WEEKDAYS = {
    name.lower(): n for names in (DAY_NAMES, LONG_DAY_NAMES) for n, name in enumerate(names)
}
WEEKDAYS |= {"tues": 1, "weds": 2, "thur": 3, "thurs": 3}

_LONG_MONTHS = (
    "january february march april may june july august september october november december"
)
MONTHS = {name.lower(): n for n, name in enumerate(MONTH_NAMES, 1)}
MONTHS |= {name: n for n, name in enumerate(_LONG_MONTHS.split(), 1)} | {"sept": 9}

_NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
NUMBER_WORDS = {word: n for n, word in enumerate((*_NUMBERS, "ten", "eleven", "twelve"))}
NUMBER_WORDS |= {"a": 1, "an": 1}
VAGUE_NUMBERS = frozenset(("couple", "few", "several", "some", "many"))

# What each word of length means; "m" is only ever read right after hours.
UNITS = {
    "min": "min mins minute minutes",
    "h": "h hr hrs hour hours",
    "bmin": "bmin bmins",
    "bh": "bh",
    "bd": "bd workday workdays",
    "d": "d day days",
    "w": "w wk wks week weeks",
    "fortnight": "fortnight fortnights",
    "mo": "mo mos mth mths month months",
    "quarter": "quarter quarters",
    "y": "y yr yrs year years",
    "m": "m",
    "s": "s sec secs second seconds",
    "weekday": "weekday weekdays",
    "weekend": "weekend weekends",
}
UNIT_OF = {word: unit for unit, words in UNITS.items() for word in words.split()}
BUSINESS_OF = {"min": "bmin", "h": "bh", "d": "bd"}
BUSINESS_WORDS = frozenset(("business", "working"))

RELATIVE_DAYS = {
    "today": 0,
    "tod": 0,
    "tomorrow": 1,
    "tmr": 1,
    "tmrw": 1,
    "tom": 1,
    "yesterday": -1,
}
NOON = time(12)
CLOCK_WORDS = {"noon": NOON, "midday": NOON, "lunch": NOON, "lunchtime": NOON}
# The hour a part of the day stands for, and the hours [first, end) a time typed with it may have.
DAY_PARTS = {
    "morning": (time(9), 0, 12),
    "afternoon": (time(15), 12, 18),
    "evening": (time(18), 16, 24),
    "night": (time(20), 17, 24),
}
ORDINAL_WORDS = {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "last": -1}


class PhraseError(ValueError):
    """A phrase that is not taken: what is wrong (`message`) and what to write instead (`hint`).

    `reason` is True when the trouble itself is named, False when the words just mean nothing.
    """

    def __init__(self, message: str, hint: str = EXAMPLES, *, reason: bool = True) -> None:
        super().__init__(f"{message}: {hint}" if hint else message)
        self.message = message
        self.hint = hint
        self.reason = reason


def unread(text: str) -> PhraseError:
    """The refusal of words that mean nothing here."""
    return PhraseError(f"cannot read '{text}' as a time", reason=False)


def split_words(text: str) -> list[str]:
    """The words of a phrase in small letters, without commas and the full stops of abbreviations.

    Two times joined by a dash become three words: "8-12" is "8", "-", "12".
    """
    plain = text.lower().replace("’", "'").replace("–", "-").replace("—", "-")
    words: list[str] = []
    for raw in plain.split():
        word = _without_stops(raw.rstrip(","))
        if word:
            words.extend(_split_window(word))
    return words


def _without_stops(word: str) -> str:
    if word.endswith("."):
        head = word[:-1]
        word = head if head and head[-1].isalpha() else word
    if word.endswith(("a.m", "p.m")):
        word = word[:-3] + word[-3] + "m"
    return word


def _split_window(word: str) -> list[str]:
    first, dash, last = word.partition("-")
    if dash and _starts_a_tick(first) and _starts_a_tick(last) and "-" not in last:
        return [first, dash, last]
    return [word]


def _starts_a_tick(word: str) -> bool:
    body, _half = _split_half(word)
    return word in CLOCK_WORDS or _is_tick_body(body)


def _is_tick_body(body: str) -> bool:
    return is_number(body.replace(":", "", 1)) and len(body) <= 5 and body[0] != ":"


def is_number(word: str) -> bool:
    """True for plain ASCII digits: other scripts' digits and superscripts are not typed numbers."""
    return word.isascii() and word.isdecimal()


def split_number(word: str) -> tuple[int | None, str]:
    """The number a word begins with and the rest: "3wks" is (3, "wks"), "wks" is (None, "wks")."""
    end = 0
    while end < len(word) and word[end] in "0123456789":
        end += 1
    if not end:
        return None, word
    if end > 6:
        raise PhraseError(f"'{word}' is too large a number", "write a date, such as 12 dec 2026")
    return int(word[:end]), word[end:]


def ordinal(word: str) -> int | None:
    """The day a word such as "12th" names; None when it is no ordinal with its right ending."""
    number, ending = split_number(word) if word[:1] in "0123456789" else (None, word)
    if number is None or len(ending) != 2:
        return None
    return number if ending == ordinal_ending(number) else None


def ordinal_ending(number: int) -> str:
    """The two letters after a number: 1st, 2nd, 3rd, 4th, 11th."""
    if number % 100 in (11, 12, 13):
        return "th"
    return {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def word_at(words: list[str], at: int) -> str:
    """The word at an index, or the empty word past the end."""
    return words[at] if at < len(words) else ""


def one(kind: str, value: object, words: list[str], start: int, end: int) -> "Taken":
    """A single part that stands for the words from `start` to before `end`."""
    return [Part(kind, value, " ".join(words[start:end]))], end


def skip(words: list[str], at: int, *maybe: str) -> int:
    """The index after one optional word."""
    return at + 1 if word_at(words, at) in maybe else at


# Times of day


def take_tick(words: list[str], at: int) -> tuple[Tick, int] | None:
    """A point on the clock ("3pm", "3 p.m.", "15:00", a bare "9", "noon"), and the index after."""
    word = word_at(words, at)
    if word in CLOCK_WORDS:
        return Tick(12, 0, "24", word), at + 1
    body, half = _split_half(word)
    end = at + 1
    if not half and word_at(words, end) in ("am", "pm") and body[:1].isdecimal():
        half, end = words[end], end + 1
    numbers = _clock_numbers(body, dotted=bool(half))
    if numbers is None:
        return None
    hour, minute = numbers
    text = " ".join(words[at:end])
    return Tick(hour, minute or 0, half or ("bare" if minute is None else "24"), text), end


def _split_half(word: str) -> tuple[str, str]:
    for ending, half in (("am", "am"), ("pm", "pm"), ("a", "am"), ("p", "pm")):
        body = word.removesuffix(ending)
        if body != word and body[-1:].isdecimal():
            return body, half
    return word, ""


def _clock_numbers(body: str, *, dotted: bool) -> tuple[int, int | None] | None:
    """Hour and minute of "9", "9:30" and, before am or pm, "9.30"; None when it is none of them."""
    if is_number(body):
        return (int(body), None) if len(body) <= 2 else None
    pieces = (body.replace(".", ":") if dotted else body).split(":")
    if not all(map(is_number, pieces)) or len(pieces) not in (2, 3):
        return None
    if len(pieces) == 3:
        raise PhraseError(f"'{body}' has seconds", f"write {pieces[0]}:{pieces[1]}")
    if len(pieces[0]) > 2 or len(pieces[1]) != 2:
        raise PhraseError(f"'{body}' is not a time of day", "write it as 9:05 or 15:00")
    return int(pieces[0]), int(pieces[1])


def tick_time(tick: Tick) -> time:
    """The time of day of a tick that is not bare; refuses 12am, 13pm, 25:00 and 24:00."""
    if tick.half in ("am", "pm"):
        return _half_day_time(tick)
    if tick.minute > 59 or tick.hour > 23:
        hint = "write 15:00 or 3pm"
        if (tick.hour, tick.minute) == (24, 0):
            hint = "write 00:00 with the day after it, or 23:59"
        raise PhraseError(f"'{tick.text}' is not a time of day", hint)
    return time(tick.hour, tick.minute)


def _half_day_time(tick: Tick) -> time:
    if not 1 <= tick.hour <= 12 or tick.minute > 59:
        later = 13 <= tick.hour <= 23 and tick.minute <= 59
        clock = f"{tick.hour - 12}pm or {tick.hour}:{tick.minute:02}" if later else "3pm or 15:00"
        raise PhraseError(f"'{tick.text}' is not a time of day", f"write {clock}")
    if (tick.hour, tick.minute, tick.half) == (12, 0, "am"):
        raise PhraseError("12am could be either end of the day", "write 00:00 or 23:59")
    return time(tick.hour % 12 + (12 if tick.half == "pm" else 0), tick.minute)


def bare_hour(text: str) -> PhraseError:
    """The refusal of a number that could be a time, a date or a length."""
    number = int(text) if is_number(text) and len(text) <= 6 else 0
    if number == 12:
        hint = "write 12pm, 00:00, the 12th or 12d"
    elif 1 <= number < 12:
        hint = f"write {number}am, {number}pm, the {number}{ordinal_ending(number)} or {number}d"
    elif number <= 23:
        hint = f"write {number:02}:00, or {number or 1}d or {number or 1}h for a length"
    elif number <= 31:
        hint = f"write the {number}{ordinal_ending(number)}, {number}d or {number}min"
    else:
        hint = EXAMPLES
    return PhraseError(f"'{text}' alone is neither a time nor a date", hint)
