"""A CSV file of any shop into rows that know their line.

A row that cannot be trusted becomes a `Problem` and is left out of the rows; only a file that is
no table at all is an error. Lines are counted from 1 as an editor shows them, and the header's
line counts.
"""

from __future__ import annotations

import codecs
import csv
import io
import os
import re
import stat
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from cxdesk.domain.records import Problem
from cxdesk.errors import UnusableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LARGEST_FILE = 200_000_000
# Long mails come in one cell; csv's own limit of 128 kB turns them into errors.
LARGEST_CELL = 16_000_000
HEAD = 4096

AS_TEXT = "save it as CSV (UTF-8) and import that"


class Row(NamedTuple):
    """`line` is the one on which the row begins; a row with a cell of several lines goes on."""

    line: int
    cells: tuple[str, ...]


class Table(NamedTuple):
    """`encoding` is what the bytes were read as; cp1252 is a guess that the owner should hear."""

    header: tuple[str, ...]
    rows: list[Row]
    problems: list[Problem]
    encoding: str = "utf-8"


def read_table(path: str) -> Table:
    text, encoding = _decoded(path, _bytes_of(path))
    lines = list(io.StringIO(text, newline=""))
    suspect = _UNREADABLE.search(text) is not None
    del text
    reading = _Reading(path, lines, suspect)
    with _long_cells():
        reading.run()
    if reading.header is None:
        raise UnusableError(f"{path} holds no table: it has no header row", AS_TEXT)
    return Table(reading.header, reading.rows, reading.problems, encoding)


def column_name(header: tuple[str, ...], index: int) -> str:
    """What a person would call the column: by its header, or counted where it has none."""
    if index < len(header) and header[index].strip():
        return header[index].strip()
    return f"column {index + 1}"


# Formulas -----------------------------------------------------------------------------------------

# One ' more than the owner wrote: his own '=1 is guarded too, or it would come back as =1.
_FORMULA = re.compile(r"'*\s*[=+\-@\t\r＝＋－＠]")


def guard(cell: str) -> str:
    """So that no spreadsheet takes the words of a stranger for a formula."""
    return "'" + cell if _FORMULA.match(cell) else cell


def unguard(cell: str) -> str:
    """What was there before `guard`: `unguard(guard(cell)) == cell` for every cell."""
    return cell[1:] if cell[:1] == "'" and _FORMULA.match(cell, 1) else cell


# Bytes --------------------------------------------------------------------------------------------


def _bytes_of(path: str) -> bytes:
    """Without ever waiting for a FIFO, nor reading what is too long to be meant."""
    try:
        # O_NONBLOCK: the open of a FIFO that nobody writes to would never return.
        link = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    except FileNotFoundError:
        raise UsageError(f"there is no file {path}", "give the path of a CSV file") from None
    except (OSError, ValueError) as error:
        raise _unreadable(path, error) from None
    try:
        _refuse_all_but_files(path, os.fstat(link))
        with os.fdopen(link, "rb", closefd=False) as file:
            data = file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise _unreadable(path, error) from None
    finally:
        os.close(link)
    if len(data) > LARGEST_FILE:
        raise _too_large(path)
    return data


def _unreadable(path: str, error: Exception) -> UnusableError:
    reason = getattr(error, "strerror", None) or error
    return UnusableError(f"{path} cannot be read: {reason}", "look at the file and its permissions")


def _refuse_all_but_files(path: str, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise UsageError(f"{path} is a folder", "give the path of a CSV file")
    if not stat.S_ISREG(status.st_mode):
        raise UsageError(f"{path} is not a regular file", "give the path of a CSV file")
    if status.st_size > LARGEST_FILE:
        raise _too_large(path)


def _too_large(path: str) -> UnusableError:
    return UnusableError(
        f"{path} is larger than {LARGEST_FILE // 1_000_000} MB",
        "split it into several files, each with the header row",
    )


# Characters ---------------------------------------------------------------------------------------

# A byte that the encoding does not know is kept as a lone surrogate, and only its row is refused.
_UNREADABLE = re.compile("[\0\udc80-\udcff]")


def _decoded(path: str, data: bytes) -> tuple[str, str]:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _wide(path, data), "utf-16"
    _refuse_binary(path, data[:HEAD])
    data = data.removeprefix(codecs.BOM_UTF8)
    text = data.decode("utf-8", "surrogateescape")
    if _is_utf8(text, len(data)):
        return text, "utf-8"
    return data.decode("cp1252", "surrogateescape"), "cp1252"


def _is_utf8(text: str, size: int) -> bool:
    """One spoilt byte does not make a file of a thousand smileys a Windows file: hardly two
    letters of a Windows text happen to make a letter of UTF-8, so the more frequent kind wins."""
    spoilt = size - len(text.encode("utf-8", "ignore"))
    letters = len(text) - len(text.encode("ascii", "ignore")) - spoilt
    return letters > spoilt or not spoilt


def _wide(path: str, data: bytes) -> str:
    try:
        return data.decode("utf-16")
    except UnicodeDecodeError:
        raise UnusableError(f"{path} is damaged UTF-16 text", AS_TEXT) from None


def _refuse_binary(path: str, head: bytes) -> None:
    if head.startswith(b"PK\x03\x04"):
        raise UnusableError(f"{path} is a spreadsheet or a ZIP file, not CSV", AS_TEXT)
    if b"\0" in head.split(b"\n", 1)[0]:
        raise UnusableError(f"{path} is not text: NUL bytes in its first line", AS_TEXT)


# Rows ---------------------------------------------------------------------------------------------

_SEPARATOR = re.compile(r'"?sep=([,;|\t])"?\s*$')
_QUOTED = re.compile(r'"[^"]*+(?:""[^"]*+)*+"')


@contextmanager
def _long_cells() -> Iterator[None]:
    before = csv.field_size_limit(LARGEST_CELL)
    try:
        yield
    finally:
        csv.field_size_limit(before)


class _Reading:
    """The state of one pass over the lines of a file."""

    def __init__(self, path: str, lines: list[str], suspect: bool) -> None:
        self.path = path
        self.lines = lines
        self.suspect = suspect
        self.header: tuple[str, ...] | None = None
        self.rows: list[Row] = []
        self.problems: list[Problem] = []
        start = _first_line(lines)
        # Excel's own first line, which says what it put between the cells.
        named = _SEPARATOR.match(lines[start]) if start < len(lines) else None
        self.start = start + 1 if named else start
        self.delimiter = named[1] if named else _delimiter(lines[start : start + 1])

    def run(self) -> None:
        at = self.start
        while at < len(self.lines):
            at = self.run_from(at)

    def run_from(self, start: int) -> int:
        """Reads until the end or the first broken quote; returns the line to go on with."""
        reader = csv.reader(self._lines_from(start), delimiter=self.delimiter, strict=True)
        began = start
        try:
            for cells in reader:
                self.take(began + 1, start + reader.line_num, cells)
                began = start + reader.line_num
        except csv.Error as error:
            return self.broken(began, start + reader.line_num, error)
        return len(self.lines)

    def _lines_from(self, start: int) -> Iterable[str]:
        # No slice: a file of many broken quotes would be copied once for each.
        return map(self.lines.__getitem__, range(start, len(self.lines)))

    def take(self, line: int, last: int, cells: list[str]) -> None:
        if not any(cells):
            return  # spreadsheets end a file with rows of nothing
        clean = tuple([unguard(cell) if cell[:1] == "'" else cell for cell in cells])
        if self.header is None:
            self.header = self.checked_header(clean)
        elif len(clean) != len(self.header):
            self.problems.append(Problem(line, None, self.ragged(len(clean), last - line + 1)))
        elif self.suspect and (problem := self.unreadable(line, clean)):
            self.problems.append(problem)
        else:
            self.rows.append(Row(line, clean))

    def checked_header(self, cells: tuple[str, ...]) -> tuple[str, ...]:
        if any(map(_UNREADABLE.search, cells)):
            raise UnusableError(f"the header row of {self.path} cannot be read", AS_TEXT)
        return tuple(cell.strip() for cell in cells)

    def ragged(self, count: int, lines: int) -> str:
        wanted = len(self.header or ())
        cells = "1 cell" if count == 1 else f"{count} cells"
        message = f"{cells}, but the header has {wanted}"
        if lines > 1:
            message += f" (the row goes on for {lines} lines: is a quotation mark missing?)"
        return message

    def unreadable(self, line: int, cells: tuple[str, ...]) -> Problem | None:
        for index, cell in enumerate(cells):
            found = _UNREADABLE.search(cell)
            if found:
                what = "a NUL byte" if found[0] == "\0" else f"the byte 0x{ord(found[0]) & 255:02x}"
                return Problem(line, self.column(index), f"{what} is not text")
        return None

    def column(self, index: int) -> str:
        return column_name(self.header or (), index)

    def broken(self, began: int, end: int, error: csv.Error) -> int:
        """A row whose quotes do not fit: only the lines up to that quote are lost, and said.

        No line is read more than twice: the lines within a quoted cell hold quotation marks in
        pairs only, and from such a line, read by itself, no open cell can begin."""
        record = "".join(self.lines[began:end])
        quote = _bad_quote(record, self.delimiter)
        if quote is None:
            self.refuse(began + 1, None, f"cannot be read: {error}")
            return end
        if self.header and quote.cell >= len(self.header):
            self.refuse(began + 1, None, self.ragged(quote.cell + 1, end - began))
            return end
        opened = began + max(1, len(list(io.StringIO(record[: quote.offset], newline=""))))
        self.refuse(opened, quote.cell, _told(quote, opened, end))
        return opened

    def refuse(self, line: int, cell: int | None, message: str) -> None:
        if self.header is None:
            raise UnusableError(f"line {line} of {self.path}: {message}", "repair the header row")
        self.problems.append(Problem(line, None if cell is None else self.column(cell), message))


class _BadQuote(NamedTuple):
    """The cell whose quotes do not fit, where its text begins, and whether they close at all."""

    cell: int
    offset: int
    closed: bool


def _told(quote: _BadQuote, opened: int, end: int) -> str:
    if not quote.closed:
        return "a quotation mark opens here and never closes"
    if end > opened:
        return f"a quotation mark opens here, and text follows the next one (line {end})"
    return "text follows the quotation mark that closes this cell"


def _first_line(lines: list[str]) -> int:
    return next((at for at, line in enumerate(lines) if line.strip()), len(lines))


def _delimiter(header: list[str]) -> str:
    bare = _QUOTED.sub("", "".join(header))
    return max(",;\t", key=bare.count)


def _bad_quote(record: str, delimiter: str) -> _BadQuote | None:
    ends = delimiter + "\r\n"
    plain = re.compile(f"[^{re.escape(ends)}]*+")
    offset = 0
    index = 0
    while offset < len(record):
        kind = _QUOTED if record[offset] == '"' else plain
        cell = kind.match(record, offset)
        if cell is None or record[cell.end() : cell.end() + 1] not in ends:
            return _BadQuote(index, offset, cell is not None)
        offset = cell.end() + 1
        index += 1
    return None
