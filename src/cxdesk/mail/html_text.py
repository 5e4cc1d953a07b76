"""The HTML of a mail as plain text: what it says, where its links go, and what is quoted.

Own scanning, because the library's parser takes minutes for a megabyte of "<a": every step here
moves forward, and what never ends is text. Nothing remote is ever fetched (mail.md, rule R11).
"""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_HTML = 2_000_000  # characters
LONGEST_LINK = 1_000
DEEPEST_QUOTE = 8
RULE = "_" * 32  # as Outlook writes a line in plain text; quotes are cut at it

_TAG = re.compile(r"<(?=[A-Za-z/!?])")
_NAME = re.compile(r"/?([A-Za-z][A-Za-z0-9:-]{0,40})?")
_TAG_MARK = re.compile("[>\"']")
_HREF = re.compile(r"\bhref\s{0,5}=\s{0,5}(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.IGNORECASE)
_ALT = re.compile(r"\balt\s{0,5}=\s{0,5}(?:\"([^\"]*)\"|'([^']*)'|([^\s>\"']+))", re.IGNORECASE)
_HUGE_NUMBER = re.compile("&#[xX]?[0-9a-fA-F]{9,};?")  # int() refuses thousands of digits
_SPACE = re.compile("[ \t\r\n\f\xa0]+")
_MOST_OPEN_QUOTES = 50

_DROPPED = frozenset(("script", "style", "head", "title", "template", "svg", "object", "xml"))
_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "body", "caption", "center", "dd", "div", "dl", "dt"),
        *("fieldset", "figcaption", "figure", "footer", "form", "header", "html", "legend"),
        *("main", "nav", "section", "table", "tbody", "tfoot", "thead", "tr"),
    )
)
_PARAGRAPHS = frozenset(("p", "h1", "h2", "h3", "h4", "h5", "h6", "ul", "ol", "blockquote", "pre"))
_SHOWN_SCHEMES = ("http://", "https://", "mailto:", "tel:", "ftp://")


def html_text(source: str) -> str:
    """The text of at most the first 2 MB; paragraphs apart, quotes with `> `, links as
    `text <target>`."""
    source = source[:LONGEST_HTML]
    page = _Page()
    for name, closing, said in _tokens(source):
        if not name:
            page.say(said)
        elif closing:
            page.close(name)
        else:
            page.open(name, said)
    text = page.text()
    if not text.strip() and any(map(str.isalpha, source)):
        return _stripped(source)
    return text


def _tokens(source: str) -> Iterator[tuple[str, bool, str]]:
    """("", False, text) and (tag, closing, the rest of the tag)."""
    at, unclosed = 0, 0
    last, last_comment = source.rfind(">"), source.rfind("-->")
    endless: set[str] = set()
    while match := _TAG.search(source, at, last + 1):
        start = match.start()
        if start > at:
            yield "", False, source[at:start]
        if source.startswith("<!--", start):
            is_ended = start + 2 <= last_comment
            at = source.find("-->", start + 2) + 3 if is_ended else source.find(">", start) + 1
            continue
        name = _NAME.match(source, start + 1)
        end = _tag_end(source, start) if unclosed < _MOST_OPEN_QUOTES else -1
        if end < 0:
            unclosed += 1
            end = source.find(">", start)
        at = end + 1
        if name is None or not name[1]:
            continue
        closing, tag = source[start + 1] == "/", name[1].lower()
        if tag in _DROPPED and not closing:
            at = _skipped(source, tag, at, endless)
        else:
            yield tag, closing, source[name.end() : end]
    if at < len(source):
        yield "", False, source[at:]


def _tag_end(source: str, start: int) -> int:
    """Where its `>` is, outside of quotes; -1 when a quote in it stays open."""
    at = start
    while match := _TAG_MARK.search(source, at):
        if match[0] == ">":
            return match.start()
        if source[match.start() - 1] not in "= \t\n":  # an apostrophe, not the start of a value
            at = match.end()
            continue
        at = source.find(match[0], match.end()) + 1
        if not at:
            return -1
    return -1


def _skipped(source: str, tag: str, at: int, endless: set[str]) -> int:
    """Behind the end of what is dropped with all that is in it; a head may lack its end.

    `endless`: the tags that were found to have none, so that nobody looks for it a thousand times.
    """
    if tag not in endless:
        ending = re.compile(f"</{tag}\\b[^>]{{0,100}}>?", re.IGNORECASE).search(source, at)
        if ending:
            return ending.end()
        endless.add(tag)
    return len(source) if tag in ("script", "style") else at


def _stripped(source: str) -> str:
    """Where nothing was left: the letters without the tags, whatever they were."""
    words = re.sub("<[^<>]*>", " ", source)
    return " ".join(_unescaped(words).split())


def _unescaped(text: str) -> str:
    return html.unescape(_HUGE_NUMBER.sub("\ufffd", text)) if "&" in text else text


class _Page:
    """Lines as they come to be."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.line: list[str] = []
        self.space = ""  # wanted before the next word
        self.blank: int | None = None  # wanted before the next line, in a quote this deep
        self.quotes = self.preformatted = 0
        self.lists: list[int] = []  # 0 for bullets, else the last number
        self.link: tuple[str, int] | None = None  # target, and the words of the line before it

    def say(self, text: str) -> None:
        text = _unescaped(text)
        if self.preformatted:
            first, *rest = text.replace("\r\n", "\n").split("\n")
            self._add(first)
            for line in rest:
                self._end_line(keep=True)
                self._add(line)
            return
        words = _SPACE.sub(" ", text)
        if words.startswith(" "):
            self.space = self.space or " "
        if bare := words.strip(" "):
            self._add(bare)
            self.space = " " if words.endswith(" ") else ""

    def _add(self, words: str) -> None:
        if not words:
            return
        if self.space and self.line and not self.preformatted:
            self.line.append(self.space)
        self.space = ""
        self.line.append(words)

    def _end_line(self, *, keep: bool = False) -> None:
        """`keep`: an empty one too."""
        if not self.line and not keep:
            return
        quote = "> " * min(self.quotes, DEEPEST_QUOTE)
        if self.blank is not None and self.lines:
            self.lines.append(("> " * min(self.blank, DEEPEST_QUOTE)).rstrip())
        self.lines.append((quote + "".join(self.line)).rstrip())
        self.line, self.space, self.blank = [], "", None
        self.link = (self.link[0], 0) if self.link else None

    def open(self, name: str, rest: str) -> None:
        if name == "br":
            self._end_line(keep=True)
        elif name == "hr":
            self._block()
            self._add(RULE)
            self._block()
        elif name == "a":
            self.link = (_value(_HREF, rest), len(self.line))
        elif name == "img":
            self.say(_value(_ALT, rest))
        elif name in ("td", "th"):
            self.space = "  "
        elif name == "li":
            self._item()
        elif name in _PARAGRAPHS:
            self._paragraph(name, 1)
        elif name in _BLOCKS:
            self._block()

    def close(self, name: str) -> None:
        if name == "a" and self.link:
            target, before = self.link
            self.link = None
            self._end_link(target, before)
        elif name in _PARAGRAPHS:
            self._paragraph(name, -1)
        elif name in _BLOCKS or name == "li":
            self._block()

    def _block(self) -> None:
        self._end_line()

    def _paragraph(self, name: str, step: int) -> None:
        self._end_line()
        self.blank = self.quotes if self.blank is None else min(self.blank, self.quotes)
        if name == "blockquote":
            self.quotes = max(0, self.quotes + step)
            self.blank = min(self.blank, self.quotes)
        elif name == "pre":
            self.preformatted = max(0, self.preformatted + step)
        elif name in ("ul", "ol"):
            if step < 0:
                del self.lists[-1:]
            elif len(self.lists) < DEEPEST_QUOTE:
                self.lists.append(1 if name == "ol" else 0)
            if len(self.lists) > (step > 0):  # a list in a list stands close
                self.blank = None

    def _item(self) -> None:
        self._end_line()
        indent = "  " * (len(self.lists) - 1)
        number = self.lists[-1] if self.lists else 0
        if number:
            self.lists[-1] += 1
        self._add(f"{indent}{number}." if number else f"{indent}-")
        self.space = " "

    def _end_link(self, target: str, before: int) -> None:
        if not target.lower().startswith(_SHOWN_SCHEMES):
            return
        said = "".join(self.line[before:]).strip()
        if _bare(said) == _bare(target):
            return
        shown = target.removeprefix("mailto:").removeprefix("tel:")
        if len(shown) > LONGEST_LINK:
            shown = shown[:LONGEST_LINK] + "…"
        self.space = " "
        self._add(f"<{shown}>" if said else "")

    def text(self) -> str:
        self._end_line()
        lines = [line for n, line in enumerate(self.lines) if line or not _is_blank(self.lines, n)]
        return "\n".join(lines).strip("\n")


def _is_blank(lines: list[str], number: int) -> bool:
    """Whether the line before is empty as well: one empty line is enough."""
    return number > 0 and not lines[number - 1]


def _value(attribute: re.Pattern[str], rest: str) -> str:
    found = attribute.search(rest)
    value = (found[1] or found[2] or found[3] or "") if found else ""
    return "".join(_unescaped(value).split("\n")).strip()


def _bare(target: str) -> str:
    """An address without what people leave out when they write it."""
    bare = re.sub(r"^(?:https?://(?:www\.)?|mailto:|tel:)", "", target.strip().lower())
    return bare.rstrip("/")
