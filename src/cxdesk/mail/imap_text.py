"""The language of IMAP (RFC 3501), without a connection: what is said is quoted and encoded here,
and what a server answered is taken apart here.

An answer is what `imaplib` makes of it: a list whose items are lines as bytes, or a pair of a line
and the literal that followed it. Servers send more than they are asked for, in any order; what is
not understood is left out.
"""

from __future__ import annotations

import base64
import binascii
import re
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

from cxdesk.domain.records import NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    Answer = Sequence[bytes | tuple[bytes, bytes] | None]

# Written out: strftime would use the language of the machine.
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


class Listed(NamedTuple):
    """One folder: its name as people read it, what parts its levels, its marks in lower case."""

    name: str
    separator: str
    marks: frozenset[str]


class Item(NamedTuple):
    """What one FETCH answer says; None for what it does not. `size` and `body` are bytes,
    `received_at` is aware UTC; `cut`: a body came that is longer than we take."""

    uid: int | None
    size: int | None = None
    received_at: datetime | None = None
    body: bytes | None = None
    cut: bool = False


# Said ---------------------------------------------------------------------------------------------


def quoted(text: str) -> str:
    """A quoted string. Raises ValueError for a line end or NUL, which would begin a new command."""
    if any(sign in text for sign in "\r\n\0"):
        raise ValueError("a line end cannot be quoted")
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def folder_name(name: str) -> str:
    """`name` as a server knows it: in the modified UTF-7 of RFC 3501 (5.1.3), and quoted."""
    return quoted(re.sub(r"&|[^\x20-\x7e]+", _shifted, name))


def _shifted(run: re.Match[str]) -> str:
    if run[0] == "&":
        return "&-"
    coded = base64.b64encode(run[0].encode("utf-16-be", "surrogatepass"))
    return f"&{coded.decode().rstrip('=').replace('/', ',')}-"


def day(instant: datetime) -> str:
    """The date that SEARCH SINCE takes."""
    return f"{instant.day}-{MONTHS[instant.month - 1]}-{instant.year:04}"


# Answered -----------------------------------------------------------------------------------------


def read_folder_name(raw: bytes) -> str:
    """What people call the folder; what is not modified UTF-7 stays as it is."""
    return re.sub(r"&([A-Za-z0-9+,]*)-", _unshifted, raw.decode("utf-8", "replace"))


def _unshifted(run: re.Match[str]) -> str:
    if not run[1]:
        return "&"
    coded = run[1].replace(",", "/")
    try:
        return base64.b64decode(coded + "=" * (-len(coded) % 4)).decode("utf-16-be")
    except (binascii.Error, UnicodeDecodeError):
        return run[0]


def numbers(answer: Answer) -> list[int]:
    """The numbers of a SEARCH answer, ascending, each once. Raises ValueError for anything else."""
    words = [word for line in answer if isinstance(line, bytes) for word in line.split()]
    if not all(re.fullmatch(rb"[0-9]{1,10}", word) for word in words):
        raise ValueError("not a list of numbers")
    return sorted({int(word) for word in words})


def code(answer: Answer) -> str:
    """The code in brackets at the head of an answer, such as TRYCREATE; empty without one."""
    found = re.match(r"\[([A-Za-z-]+)", words(answer))
    return found[1].upper() if found else ""


def words(answer: Answer) -> str:
    """The text of an answer; it is a stranger's, and has to be made safe before it is shown."""
    last = answer[-1] if answer else b""
    return last.decode("utf-8", "replace") if isinstance(last, bytes) else ""


_STRING = rb'"(?:[^"\\]|\\.)*"'
_LIST = re.compile(rb"\(([^)]*)\) +(NIL|" + _STRING + rb") +(.+)", re.IGNORECASE | re.DOTALL)


def folders(answer: Answer) -> Iterator[Listed]:
    """The folders of a LIST answer, in its order."""
    for item in answer:
        line, literal = item if isinstance(item, tuple) else (item or b"", None)
        found = _LIST.match(line)
        if not found:
            continue
        marks = frozenset(found[1].decode("ascii", "replace").lower().split())
        separator = "" if found[2].upper() == b"NIL" else _unquoted(found[2]).decode("latin-1")
        raw = _unquoted(found[3]) if literal is None else literal
        yield Listed(read_folder_name(raw), separator, marks)


def _unquoted(raw: bytes) -> bytes:
    if raw[:1] != b'"':
        return raw.strip()
    return re.sub(rb"\\(.)", rb"\1", raw.strip()[1:-1], flags=re.DOTALL)


_UID = re.compile(rb"\bUID (\d{1,10})\b", re.IGNORECASE)
_SIZE = re.compile(rb"\bRFC822\.SIZE (\d{1,19})\b", re.IGNORECASE)
_RECEIVED = re.compile(rb'\bINTERNALDATE "([^"]*)"', re.IGNORECASE)
_BODY = re.compile(rb"\bBODY\[\] (" + _STRING + rb")", re.IGNORECASE | re.DOTALL)
_LITERAL = re.compile(rb"\bBODY\[\] \{(\d+)\}$", re.IGNORECASE)


def items(answer: Answer) -> Iterator[Item]:
    """Every FETCH answer in it, also those that nobody asked for."""
    for parts in _grouped(answer):
        yield _item(parts)


def _grouped(answer: Answer) -> Iterator[list[tuple[bytes, bytes | None]]]:
    """The lines and literals of one FETCH answer after another: a new one begins with a number."""
    group: list[tuple[bytes, bytes | None]] = []
    for item in answer:
        if item is None:
            continue
        line, literal = item if isinstance(item, tuple) else (item, None)
        if re.match(rb"\d+ \(", line) and group:
            yield group
            group = []
        group.append((line, literal))
    if group:
        yield group


def _item(parts: Iterable[tuple[bytes, bytes | None]]) -> Item:
    text, body, cut = b"", None, False
    for line, literal in parts:
        text += line
        announced = _LITERAL.search(line)
        if literal is not None and announced:
            cut = len(literal) != int(announced[1])
            body = None if cut else literal
    uid, size, received, short = (
        pattern.search(text) for pattern in (_UID, _SIZE, _RECEIVED, _BODY)
    )
    if body is None and short:
        body = _unquoted(short[1])
    return Item(
        int(uid[1]) if uid else None,
        int(size[1]) if size else None,
        _instant(received[1]) if received else None,
        body,
        cut,
    )


_DATE = re.compile(
    rb" ?(\d{1,2})-([A-Za-z]{3})-(\d{4}) (\d\d):(\d\d):(\d\d) ([+-])(\d\d)(\d\d)", re.ASCII
)


def _instant(raw: bytes) -> datetime | None:
    """An INTERNALDATE as aware UTC; None for one that no calendar has."""
    found = _DATE.fullmatch(raw)
    if not found or found[2].decode().title() not in MONTHS:
        return None
    date, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    ahead = timedelta(hours=int(hours), minutes=int(minutes)) * (-1 if sign == b"-" else 1)
    try:
        return datetime(
            int(year),
            MONTHS.index(month.decode().title()) + 1,
            int(date),
            int(hour),
            int(minute),
            min(int(second), 59),  # a leap second
            tzinfo=timezone(ahead),
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
