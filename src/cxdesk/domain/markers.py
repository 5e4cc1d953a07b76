"""Markers in the text of `log`: `by:WHEN follow:WHEN via:CHANNEL at:WHEN need:WHEN +tag`.

They are taken out where they begin a word; nothing else in free text means anything.
"""

from __future__ import annotations

from cxdesk.domain.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.phrases import When

_WHEN = ("by", "follow", "at", "need")


class Marked(NamedTuple):
    """What is left of a text, and what its markers said."""

    text: str
    by: When | None = None
    follow: When | None = None
    at: When | None = None
    need: When | None = None
    via: str | None = None
    tags: tuple[str, ...] = ()


def read_markers(text: str, now: datetime, hours: OpeningHours) -> Marked:
    """Take the markers out of a text. Raises PhraseError for a WHEN that cannot be read.

    A WHEN is the longest run of words that reads as one. Text without markers is untouched.
    """
    pieces = text.split()
    if not any(_is_marker(piece) for piece in pieces):
        return Marked(text)
    kept: list[str] = []
    found: dict[str, Any] = {}
    tags: list[str] = []
    while pieces:
        piece = pieces.pop(0)
        name, colon, value = piece.partition(":")
        if _is_tag(piece):
            tags.append(piece[1:])
        elif colon and value and name in _WHEN:
            pieces = _read(found, name, [value, *pieces], now, hours)
        elif colon and value and name == "via":
            found["via"] = value
        else:
            kept.append(piece)
    return Marked(" ".join(kept), tags=tuple(tags), **found)


def _is_marker(piece: str) -> bool:
    name, colon, value = piece.partition(":")
    return _is_tag(piece) or bool(colon and value and name in (*_WHEN, "via"))


def _is_tag(piece: str) -> bool:
    return len(piece) > 1 and piece[0] == "+" and piece[1].isalpha()


def _read(
    found: dict[str, Any], name: str, words: list[str], now: datetime, hours: OpeningHours
) -> list[str]:
    from cxdesk.domain.phrases import longest_when

    when, rest = longest_when(words, now=now, hours=hours, past=name == "at")
    found[name] = when
    return list(rest)
