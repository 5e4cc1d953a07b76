"""Folding: one way to compare words, for names and for search alike.

Case and accents do not matter; everything that is neither a letter nor a digit parts words.
"""

from __future__ import annotations


def fold(text: str) -> str:
    """Lower case, without accents: what two spellings of one word have in common."""
    if text.isascii():
        return text.lower()
    from unicodedata import combining, normalize  # only for what is not plain ASCII

    parts = normalize("NFKD", text.casefold())
    return "".join(part for part in parts if not combining(part))


def words(text: str) -> list[str]:
    """The folded words of a text, in order."""
    folded = fold(text)
    if folded.isascii():
        return "".join(sign if sign.isalnum() else " " for sign in folded).split()
    from unicodedata import category

    # The vowel signs of Hindi are marks, and part of the word.
    kept = (s if s.isalnum() or category(s)[0] == "M" else " " for s in folded)
    return [word for word in "".join(kept).split() if any(s.isalnum() for s in word)]


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
