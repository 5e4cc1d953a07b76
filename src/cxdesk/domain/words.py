"""Folding: one way to compare words, for names and for search alike.

Case and accents do not matter; everything that is neither a letter nor a digit parts words.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

# What the first 128 signs are to a word: a part of it, or its end.
_CAPITALS, _SMALL = "ABCDEFGHIJKLMNOPQRSTUVWXYZ", "abcdefghijklmnopqrstuvwxyz"
_PLAIN = " " * 48 + "0123456789" + " " * 7 + _CAPITALS + " " * 6 + _SMALL + " " * 5


class _Table(dict[int, str]):
    """For `str.translate`; what becomes of a sign is found out when it is first met."""

    def __init__(self, rule: Callable[[str], str]) -> None:
        self.rule = rule

    def __missing__(self, code: int) -> str:
        self[code] = found = self.rule(chr(code))
        return found


def _without_accent(sign: str) -> str:
    from unicodedata import combining

    return "" if combining(sign) else sign


def _part(sign: str) -> str:
    from unicodedata import category

    # The vowel signs of Hindi are marks, and part of the word.
    return sign if sign.isalnum() or category(sign)[0] == "M" else " "


_bare, _parts = _Table(_without_accent), _Table(_part)


def fold(text: str) -> str:
    """Lower case, without accents: what two spellings of one word have in common."""
    if text.isascii():
        return text.lower()
    from unicodedata import normalize  # only for what is not plain ASCII

    return normalize("NFKD", text.casefold()).translate(_bare)


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    folded = fold(text)
    if folded.isascii():
        return folded.translate(_PLAIN).split()
    found = folded.translate(_parts).split()
    return [word for word in found if word.isalnum() or any(map(str.isalnum, word))]


def near(one: str, other: str) -> bool:
    """A beginning of at least two letters in common, or one edit between words that share two."""
    if one[:2] != other[:2] or len(one) < 2:
        return False
    return one.startswith(other) or other.startswith(one) or _one_edit(one, other)


def _one_edit(one: str, other: str) -> bool:
    short, long = sorted((one, other), key=len)
    if len(long) - len(short) > 1:
        return False
    at = next((i for i, letter in enumerate(short) if letter != long[i]), len(short))
    if len(short) < len(long):
        return short[at:] == long[at + 1 :]
    swapped = short[at + 1 : at + 2] + short[at : at + 1] + short[at + 2 :]
    return short[at + 1 :] == long[at + 1 :] or swapped == long[at:]
