"""The header block of a mail or of one of its parts: its lines, and what they say.

Written for what arrives, not for what the RFCs allow: folded wrongly, encoded twice, in raw bytes,
with junk between (mail.md, rules R4, R6 and R8). Nothing here raises, and every function is linear
in its input.
"""

from __future__ import annotations

import binascii
import re
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from cxdesk.domain.records import NamedTuple
from cxdesk.mail.charsets import decode

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_BLOCK = 2_000_000  # bytes of a header block
LONGEST_VALUE = 65_536  # bytes of one header
MOST_FIELDS = 5_000
MOST_IDS = 200
LONGEST_ID = 998
EARLIEST_YEAR = 1990

_FIELD = re.compile(rb"([!-9;-~]{1,200})[ \t]*:")
_KNOWN = re.compile(
    rb"(?:from|to|cc|bcc|subject|date|message-id|received|return-path|reply-to|sender|delivered-to"
    rb"|mime-version|content-type|content-transfer-encoding|x-original-to|in-reply-to|references"
    rb"|auto-submitted|resent-from)[ \t]*:",
    re.IGNORECASE,
)
_BLANK_LINE = re.compile(rb"\n\r?\n")
_OPENING = re.compile(r"=\?([^?\s]{1,60})\?([bBqQ])\?")
# Control characters that are no white space, lone surrogates, and what turns the direction of
# writing or cannot be seen. ZWJ and ZWNJ stay: emoji and Hindi need them.
_UNSEEN = re.compile(
    "[\0-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff"
    "\ud800-\udfff]"
)
_ID = re.compile(r"<([^<>]*)>")


class Head(NamedTuple):
    """`fields`: lower-case name and unfolded value, in order; `body_at`: where the body begins."""

    fields: tuple[tuple[str, bytes], ...]
    body_at: int
    doubts: tuple[str, ...] = ()

    def first(self, name: str) -> bytes:
        return next((value for known, value in self.fields if known == name), b"")

    def every(self, name: str) -> list[bytes]:
        return [value for known, value in self.fields if known == name]


# Lines ------------------------------------------------------------------------------------------


def split_head(raw: bytes, start: int, end: int) -> Head:
    """The header block that begins at `start`; it ends at the first blank line, or where a line
    can no longer belong to it."""
    if start < end and raw.startswith((b"\n", b"\r\n"), start):
        return Head((), min(raw.index(b"\n", start) + 1, end))
    stop = min(end, start + LONGEST_BLOCK)
    blank = _BLANK_LINE.search(raw, start, stop)
    block = raw[start : blank.start() if blank else stop]
    values, length, doubts = _read_lines(block.split(b"\n"))
    if length is not None:
        body_at = start + length
    else:
        body_at = blank.end() if blank else start + len(block)
    fields = tuple((name, b"".join(lines)[:LONGEST_VALUE]) for name, lines in values[:MOST_FIELDS])
    if len(values) > MOST_FIELDS or any(len(value) == LONGEST_VALUE for _, value in fields):
        doubts.append("the header is too long to be read whole")
    return Head(fields, min(body_at, end), tuple(doubts))


def _read_lines(
    lines: list[bytes],
) -> tuple[list[tuple[str, list[bytes]]], int | None, list[str]]:
    """Names with the lines of their values; the length of the block where it ends before its last
    line; and doubts."""
    values: list[tuple[str, list[bytes]]] = []
    doubts: list[str] = []
    last, length = None, 0
    for number, line in enumerate(lines):
        field = _FIELD.match(line)
        if field:
            values.append((field[1].decode("ascii").lower(), [line[field.end() :].rstrip(b"\r")]))
        elif line[:1] in (b" ", b"\t"):
            _continue(values, line.rstrip(b"\r"))
        elif not line.startswith((b"From ", b">From ")) and line.strip():
            last = _last_known(lines) if last is None else last
            if number > last:  # no blank line before the body
                return values, length, doubts
            doubts = ["a line of the header is broken"]
            _continue(values, b" " + line.rstrip(b"\r"))
        length += len(line) + 1
    return values, None, doubts


def _continue(values: list[tuple[str, list[bytes]]], line: bytes) -> None:
    if values:
        values[-1][1].append(line)


def _last_known(lines: list[bytes]) -> int:
    return max((n for n, line in enumerate(lines) if _KNOWN.match(line)), default=-1)


def is_known(name: str) -> bool:
    """Whether it is a header that nothing but a mail has."""
    return _KNOWN.match(name.encode() + b":") is not None


# Text -------------------------------------------------------------------------------------------


def header_text(value: bytes, charset: str = "") -> str:
    """What the header says, in one line; `charset`: the body's, for raw bytes in the header."""
    text = raw_text(value, charset)
    return one_line(decoded_words(text) if "=?" in text else text)


def raw_text(value: bytes, charset: str = "") -> str:
    """Raw bytes of a header as text, encoded words as they stand."""
    return decode(value, charset if not value.isascii() else "")[0]


def one_line(text: str) -> str:
    """Without control characters and what turns the direction of writing; white space collapsed."""
    if not text.isprintable():
        text = _UNSEEN.sub("", text)
    return " ".join(text.split())


def decoded_words(text: str) -> str:
    """`text` with its encoded words decoded. Neighbours of one charset are joined before they are
    decoded: programs cut between the bytes of a letter."""
    done: list[str] = []
    charset, waiting = "", b""
    for word_charset, encoding, payload in _segments(text):
        if not word_charset and not payload.strip() and waiting:
            done.append("\0" + payload)  # dropped if another encoded word follows
            continue
        gap = done.pop()[1:] if done and done[-1].startswith("\0") else ""
        if waiting and word_charset != charset:
            done.append(decode(waiting, charset)[0] + ("" if word_charset else gap))
            waiting = b""
        if word_charset:
            charset, waiting = word_charset, waiting + _payload(encoding, payload)
        else:
            done.append(payload)
    gap = done.pop()[1:] if done and done[-1].startswith("\0") else ""
    return "".join(done) + (decode(waiting, charset)[0] if waiting else "") + gap


def _segments(text: str) -> Iterator[tuple[str, str, str]]:
    """(charset, b or q, payload) of each encoded word, ("", "", text) of what is between."""
    text = text.replace("\0", "")
    at, end = 0, -1
    for opening in _OPENING.finditer(text):
        if opening.start() < at:
            continue
        if end < opening.end():
            end = text.find("?=", opening.end())
        if end < 0:
            break
        if text.find("=?", opening.end(), end) >= 0:
            continue  # this one was never closed
        if opening.start() > at:
            yield "", "", text[at : opening.start()]
        yield opening[1].partition("*")[0].lower(), opening[2].lower(), text[opening.end() : end]
        at = end + 2
    if at < len(text):
        yield "", "", text[at:]


def _payload(encoding: str, payload: str) -> bytes:
    data = payload.encode("utf-8", "replace")
    if encoding == "b":
        return base64_bytes(data)
    return binascii.a2b_qp(data.replace(b" ", b"_"), header=True)


def base64_bytes(data: bytes | memoryview) -> bytes:
    """What can be read of it: strange characters and a missing end are forgiven."""
    with suppress(binascii.Error):
        return binascii.a2b_base64(data)  # as it stands: adding an end copies a large attachment
    data = bytes(data)
    with suppress(binascii.Error):
        return binascii.a2b_base64(data + b"==")
    letters = data.translate(None, b"=\r\n\t ")  # one letter too many
    return _base64_quartets(letters)


def _base64_quartets(letters: bytes) -> bytes:
    letters = re.sub(rb"[^A-Za-z0-9+/]", b"", letters)
    return binascii.a2b_base64(letters[: len(letters) // 4 * 4])


# Ids and dates ----------------------------------------------------------------------------------


def message_ids(value: bytes) -> tuple[str, ...]:
    """Every `<...>`, the newest 200, odd characters and all; white space inside was folding."""
    found = ("".join(_UNSEEN.sub("", one).split()) for one in _ID.findall(raw_text(value)))
    return tuple(f"<{one}>" for one in found if 0 < len(one) <= LONGEST_ID)[-MOST_IDS:]


def first_id(value: bytes) -> str:
    """The mail's own id: the first `<...>`, or one bare word; "" when there is none."""
    found = message_ids(value)
    if found:
        return found[0]
    word = one_line(raw_text(value))
    is_bare = "@" in word and word.isascii() and not re.search(r"[\s<>]", word)
    return f"<{word}>" if is_bare and len(word) <= LONGEST_ID else ""


def date_at(value: bytes) -> datetime | None:
    """An aware UTC instant; None for what is no date, or one before there was mail for anyone."""
    text = one_line(raw_text(value[:200]))
    for reading in (parsedate_to_datetime, datetime.fromisoformat):
        try:
            at = reading(text)
            at = at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
        except (ValueError, TypeError, OverflowError, IndexError, AttributeError):
            continue
        return at if at.year >= EARLIEST_YEAR else None
    return None
