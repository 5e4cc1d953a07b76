"""A screen of known width: what is written on it stays on it, and names are never cut.

Lines are laid out here as plain strings, because a hundred rows of a Rich table cost three times
the start of Python. Rich measures what is not ASCII and colours what is to be coloured, and it is
loaded for nothing else.
"""

from __future__ import annotations

from cxdesk.views.safe import clean, encodable, flat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import TextIO

    Part = tuple[str, str]  # a text and its style, "" for none

NARROWEST, WIDEST = 20, 400
PLAIN = ""
_FIRST_ODD = "\u0300"  # before the combining signs everything that can be shown takes one cell


class Screen:
    """Lines to be shown. `quiet`: without what goes round an answer, `hint` writes nothing."""

    def __init__(self, width: int = 80, encoding: str | None = None, quiet: bool = False) -> None:
        self.width = min(max(width, NARROWEST), WIDEST)
        self.encoding = encoding or "utf-8"
        self.quiet = quiet
        self.ellipsis = "…" if encodable("…", self.encoding) == "…" else "..."
        self.rows: list[list[Part]] = []

    # Measuring -------------------------------------------------------------------------------

    def plain(self, text: str) -> str:
        """A text as it will be shown, on one line: only that can be measured and cut."""
        return encodable(flat(text), self.encoding)

    def cut(self, text: str, cells: int) -> str:
        """As much of a text as fits, the end told by an ellipsis."""
        text = self.plain(text)
        if size(text) <= cells:
            return text
        room = cells - len(self.ellipsis)
        return beginning(text, room).rstrip() + self.ellipsis if room > 0 else ""

    def fill(self, text: str, cells: int) -> str:
        """A text with as many spaces behind it as it falls short."""
        text = self.plain(text)
        return text + " " * (cells - size(text))

    # Writing ---------------------------------------------------------------------------------

    def line(self, *parts: str | Part) -> None:
        """One line as it is; whoever calls has seen to it that it fits."""
        self.rows.append([self._part(part) for part in parts])

    def blank(self) -> None:
        if self.rows and self.rows[-1]:
            self.rows.append([])

    def flow(self, chunks: Iterable[str | Part], indent: int = 0, begin: int | None = None) -> None:
        """Chunks one after the other, on as many lines as it takes; nothing is lost.

        A chunk is kept in one piece where a line can hold it: a phone number, a name. `begin` is
        the indent of the first line.
        """
        start = indent if begin is None else begin
        lines: list[list[Part]] = [[(" " * start, PLAIN)]] if start else [[]]
        used, is_first = start, True
        for text, style in self._pieces(chunks, self.width - indent):
            wide = size(text)
            if not is_first and used + 1 + wide > self.width:
                lines.append([(" " * indent, PLAIN)])
                used, is_first = indent, True
            lines[-1].append((text if is_first else f" {text}", style))
            used += wide if is_first else wide + 1
            is_first = False
        self.rows += lines

    def text(self, text: str, indent: int = 0, begin: int | None = None) -> None:
        """Words, as they are where they fit, else wrapped."""
        start = " " * (indent if begin is None else begin)
        text = self.plain(text)
        if len(start) + size(text) <= self.width:
            self.line(start, text)
        else:
            self.flow(text.split(), indent, len(start))

    def hint(self, text: str) -> None:
        """What to type next."""
        if not self.quiet:
            self.text(text, 1)

    def _part(self, part: str | Part) -> Part:
        text, style = (part, PLAIN) if isinstance(part, str) else part
        return self.plain(text), style

    def _pieces(self, chunks: Iterable[str | Part], cells: int) -> Iterable[Part]:
        for text, style in map(self._part, chunks):
            for piece in pieces(text, cells):
                yield piece, style

    # Showing ---------------------------------------------------------------------------------

    def paint(self, out: TextIO) -> None:
        """Show everything that was written."""
        if any(style for row in self.rows for _, style in row):
            self._paint_coloured(out)
        else:
            out.write("".join(_joined(row) + "\n" for row in self.rows))

    def _paint_coloured(self, out: TextIO) -> None:
        from rich.console import Console
        from rich.text import Text

        console = Console(
            file=out, width=self.width, markup=False, emoji=False, highlight=False, soft_wrap=True
        )
        text = Text(no_wrap=True, overflow="ignore", end="")
        for row in self.rows:
            for words, style in row:
                text.append(words, style or None)
            text.append("\n")
        console.print(text, end="")


def _joined(row: Sequence[Part]) -> str:
    return "".join(text for text, _ in row).rstrip()


def size(text: str) -> int:
    """How many cells of a terminal a text takes."""
    if text.isascii() or max(text.replace("…", ".")) < _FIRST_ODD:
        return len(text)
    from rich.cells import cell_len

    return cell_len(text)


def beginning(text: str, cells: int) -> str:
    """The longest beginning that fits, no sign of two cells cut in half."""
    if text.isascii():
        return text[:cells]
    end = min(len(text), cells)
    while end < len(text) and size(text[: end + 1]) <= cells:
        end += 1
    while end and size(text[:end]) > cells:
        end -= 1
    return text[:end]


def pieces(text: str, cells: int) -> list[str]:
    """A text in pieces that each fit: whole, else by its words, else wherever it must be."""
    if size(text) <= cells:
        return [text] if text else []
    return [piece for word in text.split() for piece in _broken(word, cells)]


def _broken(word: str, cells: int) -> list[str]:
    found = []
    while word:
        piece = beginning(word, cells) or word[0]
        found.append(piece)
        word = word[len(piece) :]
    return found


def paragraphs(text: str) -> list[str]:
    """A text of several lines as the lines that are meant; other controls shown."""
    ends = text.replace("\r\n", "\n").replace("\r", "\n").replace("\t", "    ")
    return clean(ends).split("\n")
