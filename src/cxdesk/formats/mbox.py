"""An mbox file into its mails, each as the bytes that are in the file.

The standard library's reader takes every line that begins with "From " for a new mail, and "From
the start it was bad." for the head of one. Here a mail begins at a line that

    stands at the start of the file or after a blank line,
    says "From ", anything, and a date to its end, and
    is followed by a line of a header.

Some programs (Thunderbird) write "From " or "From -" and no date. A file that begins so is read
by that rule; it is safe there, since those programs quote every such line of a text.

What belongs to the mbox is left out: the "From " line, and the one blank line before the next.
What belongs to the mail is not touched. ">From " stays: whether a program put the ">" there or
the writer did cannot be told from the file, and a signed mail must remain what was signed.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, BinaryIO

from cxdesk.domain.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_LINE = 65_536  # bytes read at once; a longer line is put together from pieces
LONGEST_MARK = 1024  # bytes of a "From " line

_DAY = rb"(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)"
_MONTH = rb"(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_TIME = rb"\d{1,2}:\d\d(?::\d\d)?"
_ZONE = rb"(?:[A-Z]{1,5}|[+-]\d{4})"
# asctime, with a zone on either side of the year; the date of a mail's header; ISO 8601.
_DATES = (
    rb"%(d)s +%(m)s +\d{1,2} +%(t)s(?: +%(z)s)? +\d{4}(?: +%(z)s)?",
    rb"(?:%(d)s, +)?\d{1,2} +%(m)s +\d{4} +%(t)s(?: +%(z)s)?",
    rb"\d{4}-\d\d-\d\d[T ]%(t)s(?:\.\d+)?(?:Z| *[+-]\d\d:?\d\d)?",
)
_DATE = rb"|".join(_DATES) % {b"d": _DAY, b"m": _MONTH, b"t": _TIME, b"z": _ZONE}
_DATED = re.compile(rb"From (?:[^\r\n]* )?(?:" + _DATE + rb")(?: remote from \S+)?\s*")
_BARE = re.compile(rb"From -?\s*")
# ">From ": how a "From " line looked that an old relay left at the head of a mail.
_HEADER = re.compile(rb"[!-9;-~]+[ \t]*:|>From ")
_BLANK = (b"\n", b"\r\n")


class TooLarge(NamedTuple):
    """A mail that was passed over, and its size in bytes."""

    size: int


def is_mbox(head: bytes) -> bool:
    """Whether a file that begins with `head` is an mbox: its first line is a "From " line."""
    line = head[:LONGEST_MARK].partition(b"\n")[0] + b"\n"
    return bool(_DATED.fullmatch(line) or _BARE.fullmatch(line))


def messages(file: BinaryIO, *, largest: int) -> Iterator[bytes | TooLarge]:
    """The mails of `file`, in its order; one longer than `largest` bytes only by its size.

    Holds one mail at a time. What stands before the first "From " line is a mail of its own,
    unless it is blank: nothing in the file is lost.
    """
    mail = _Growing(largest)
    for line, begins in _lines(file):
        if not begins:
            mail.add(line)
            continue
        if not mail.is_empty():
            yield mail.finish()
        mail = _Growing(largest, marked=True)
    if not mail.is_empty():
        yield mail.finish()


def _lines(file: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Every line, and whether a mail begins with it; a very long one in pieces."""
    line = file.readline(LONGEST_LINE)
    mark = _BARE if _BARE.fullmatch(line) else _DATED
    first = after_blank = at_start = True
    while line:
        following = file.readline(LONGEST_LINE)
        begins = (
            after_blank
            and line.startswith(b"From ")
            and len(line) <= LONGEST_MARK
            and mark.fullmatch(line) is not None
            and (first or _HEADER.match(following) is not None)
        )
        yield line, begins
        first = False
        after_blank = at_start and line in _BLANK
        at_start = line.endswith(b"\n")
        line = following


class _Growing:
    """One mail as its lines come in: kept up to `largest` bytes, then only counted."""

    def __init__(self, largest: int, *, marked: bool = False) -> None:
        self._largest = largest
        self._marked = marked
        self._kept = bytearray()
        self._size = 0
        self._blank = b""  # the last line, if it is blank: it may be the mbox's own

    def add(self, line: bytes) -> None:
        if self._blank:
            self._keep(self._blank)
        self._blank = line if line in _BLANK else b""
        if not self._blank:
            self._keep(line)

    def is_empty(self) -> bool:
        """Whether this is no mail at all: nothing but blank lines, and no "From " line."""
        return not self._marked and self._size <= self._largest and not self._kept.strip()

    def finish(self) -> bytes | TooLarge:
        """The mail, once: it may be large, and is not kept here beside it."""
        kept, self._kept = self._kept, bytearray()
        return bytes(kept) if self._size <= self._largest else TooLarge(self._size)

    def _keep(self, line: bytes) -> None:
        self._size += len(line)
        if self._size <= self._largest:
            self._kept += line
