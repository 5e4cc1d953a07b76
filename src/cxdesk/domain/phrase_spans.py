"""Lengths: 3d, 2 business days, 1h30m, half an hour, 20 minutes ago (a taker; see phrase_parts).

A span is (unit, count, ago): min and bmin count minutes, exact and of business; bd, d, w, mo and y
count dates. Raises PhraseError for what names no length: 5m, 0d, -2d, 30s, a few days, 3 weekdays.
"""

from cxdesk.domain.phrase_words import (
    BUSINESS_OF,
    BUSINESS_WORDS,
    NUMBER_WORDS,
    UNIT_OF,
    VAGUE_NUMBERS,
    PhraseError,
    is_number,
    one,
    skip,
    split_number,
    word_at,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cxdesk.domain.phrase_words import Taken

    Amount = tuple[int, str, int]  # count, unit, and the index after them

_MINUTES = {"min": ("min", 1), "h": ("min", 60), "bmin": ("bmin", 1), "bh": ("bmin", 60)}
_DATES = {"d": ("d", 1), "w": ("w", 1), "fortnight": ("w", 2), "mo": ("mo", 1), "y": ("y", 1)}
_SPANS = {**_MINUTES, **_DATES, "bd": ("bd", 1)}


def take_span(words: list[str], at: int) -> "Taken | None":
    """A length with its direction: "+3d", "in 3 days' time", "2 hours ago"."""
    refuse_vague(words, at)
    amount = take_amount(words, at)
    if amount is None:
        if words[at][0] == "+":
            raise PhraseError(f"'{words[at]}' needs a unit", "write +3d, +2bd or +15min")
        return None
    count, unit, end = amount
    ago, end = _direction(words, end)
    name, factor = _SPANS[unit]
    return one("span", (name, count * factor, ago), words, at, end)


def take_amount(words: list[str], at: int) -> "Amount | None":
    """How many of what: hours with minutes come as "min"; the count is at least 1."""
    half = _half_hour(words, at)
    if half is not None:
        return half
    first = count_at(words, at)
    if first is None:
        return None
    count, unit, end = first
    text = " ".join(words[at:end])
    if unit == "h":
        minutes = count_at(words, skip(words, end, "and"))
        if minutes is not None and minutes[1] in ("min", "m"):
            count, unit, end = count * 60 + minutes[0], "min", minutes[2]
    _refuse_unit(count, unit, text)
    if count_at(words, end) is not None:
        longer = " ".join(words[at : end + 1])
        raise PhraseError(f"'{longer}' mixes two lengths", "write one unit: 9d, 2w, 90min or 1h30m")
    return count, unit, end


def count_at(words: list[str], at: int) -> "Amount | None":
    """A number and its unit, as they stand: any unit of UNITS, the count possibly zero."""
    word = word_at(words, at)
    plain = word.removeprefix("+")
    if word in NUMBER_WORDS:
        number, rest = NUMBER_WORDS[word], ""
    elif plain[:1] in "0123456789" and plain.isascii() and plain:
        found, rest = split_number(plain)
        number = found or 0
    else:
        return None
    if rest.startswith("h") and rest[1:2].isdecimal():
        minutes, unit = split_number(rest[1:])
        if UNIT_OF.get(unit) in ("min", "m"):
            return number * 60 + (minutes or 0), "min", at + 1
        if not unit:
            raise PhraseError(f"'{word}' breaks off", f"write {word}m, or {number}:{minutes:02}")
        return None
    if rest:
        return _glued(words, at, number, rest)
    return _apart(words, at + 1, number)


def _glued(words: list[str], at: int, number: int, rest: str) -> "Amount | None":
    unit = UNIT_OF.get(_unit_word(words, at, rest), "")
    return (number, unit, at + 1) if unit else None


def _apart(words: list[str], at: int, number: int) -> "Amount | None":
    business = word_at(words, at) in BUSINESS_WORDS
    end = at + business
    unit = UNIT_OF.get(_unit_word(words, end, word_at(words, end)), "")
    if business:
        unit = BUSINESS_OF.get(unit, "")
    return (number, unit, end + 1) if unit else None


def _unit_word(words: list[str], at: int, word: str) -> str:
    if word_at(words, at + 1) == "time":
        return word.removesuffix("'").removesuffix("'s")
    return word


def _half_hour(words: list[str], at: int) -> "Amount | None":
    if words[at] != "half":
        return None
    end = skip(words, at + 1, "a", "an")
    if UNIT_OF.get(_unit_word(words, end, word_at(words, end))) != "h":
        raise PhraseError("half of that is not read", "write '30min', '12h' or '4bh'")
    return 30, "min", end + 1


def _direction(words: list[str], at: int) -> tuple[bool, int]:
    if word_at(words, at) == "ago":
        return True, at + 1
    if words[at : at + 2] == ["from", "now"]:
        return False, at + 2
    if word_at(words, at) == "from" and word_at(words, at + 1):
        raise PhraseError("a length is counted from now", "write the date itself")
    return False, skip(words, at, "hence", "time")


# What must not be taken


def refuse_vague(words: list[str], at: int) -> None:
    """Raises for "a few", "a couple", "-2d" and "1.5h"."""
    word = words[at]
    vague = word_at(words, skip(words, at, "a"))
    if vague in VAGUE_NUMBERS:
        raise PhraseError(f"'{vague}' is not a number", "write how many, such as '3 days'")
    number = word[1:] or ("" if at else word_at(words, 1))
    if word[0] == "-" and number[:1].isdecimal():
        raise PhraseError(f"'{word}' looks back", "write 2d ahead, or '2d ago' for what has been")
    _refuse_fraction(words, at)


def _refuse_fraction(words: list[str], at: int) -> None:
    whole, dot, rest = words[at].replace(",", ".").partition(".")
    if not dot or not is_number(whole) or rest[:1] not in "0123456789" or not rest:
        return
    unit = split_number(rest)[1] or word_at(words, at + 1)
    if unit in UNIT_OF or unit in BUSINESS_WORDS:
        raise PhraseError(f"'{words[at]}' is not a whole number", "write 1h30m, 90min or 36h")


def _refuse_unit(count: int, unit: str, text: str) -> None:
    if unit == "m":
        raise PhraseError(f"'{text}' could be minutes or months", f"write {count}min or {count}mo")
    if unit == "s":
        raise PhraseError("seconds are too fine", "write whole minutes, such as 1min")
    if unit == "weekday":
        raise PhraseError(f"'{text}' could be read two ways", f"write {count} business days")
    if unit == "quarter":
        raise PhraseError(f"'{text}' is not a length the desk knows", f"write {3 * count}mo")
    if unit == "weekend":
        raise PhraseError(f"'{text}' is not a length", "write the day, such as sat or 2w")
    if count == 0:
        raise PhraseError("zero is not a length", "write 'eod', or a length such as 1bd")
