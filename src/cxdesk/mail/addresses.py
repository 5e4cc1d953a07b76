"""Who a mail is from and to: names as they may be shown, and bare addresses.

An encoded word never becomes part of an address, nor a comma or bracket between two: encoded words
are masked, the line is taken apart, and only then are the names decoded (mail.md, rule R6). Nothing
here raises, and every function is linear in its input.
"""

from __future__ import annotations

import re

from cxdesk.domain.letters import Address
from cxdesk.mail.headers import decoded_words, one_line, raw_text

LONGEST_NAME = 200
LONGEST_ADDRESS = 254  # RFC 5321
MOST_ADDRESSES = 1_000

# An encoded word that cannot have swallowed an address: without spaces, brackets and quotes.
_WORD = re.compile(r"=\?[^?\s<>\"]{1,60}\?[bBqQ]\?[^?\s<>\"]{0,2000}\?=")
_MASK = re.compile("\0(\\d{1,6})\0")
_PLACE = r"[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f-\x9f]{1,254}"
_ADDRESS = re.compile(rf"{_PLACE}@{_PLACE}")
_MARKS = re.compile(r'\\.|["()<>,;:]', re.DOTALL)
_MARKS_UNQUOTED = re.compile(r"[<>,;:]")


class _Mailbox:
    """One entry of an address line, as it is taken apart."""

    def __init__(self) -> None:
        self.outside: list[str] = []
        self.comment: list[str] = []
        self.angle: list[str] | None = None


def addresses(value: bytes, charset: str = "") -> list[Address]:
    """Every entry of an address header that has a name or an address, in order."""
    words: list[str] = []

    def mask(word: re.Match[str]) -> str:
        words.append(word[0])
        return f"\0{len(words) - 1}\0"

    text = _WORD.sub(mask, raw_text(value, charset).replace("\0", ""))
    mailboxes = _taken_apart(text, _MARKS)
    if mailboxes is None:  # a quote or comment that never ends
        mailboxes = _taken_apart(text, _MARKS_UNQUOTED) or []
    found = (_address(mailbox, words) for mailbox in mailboxes[:MOST_ADDRESSES])
    return [one for one in found if one.name or one.email]


def bare_addresses(value: bytes) -> list[str]:
    """The addresses alone, lower-case."""
    return [one.email.lower() for one in addresses(value) if one.email]


def _taken_apart(text: str, marks: re.Pattern[str]) -> list[_Mailbox] | None:
    """The entries of the line; None when a quote or a comment stays open."""
    found = [_Mailbox()]
    state, depth, at = "", 0, 0
    for match in marks.finditer(text):
        mark, box = match[0], found[-1]
        bucket = _bucket(box, state)
        bucket.append(text[at : match.start()])
        at = match.end()
        if mark[0] == "\\":
            bucket.append(mark[1:])
        elif state == "(":
            depth += {"(": 1, ")": -1}.get(mark, 0)
            bucket.append(mark if depth else "")
            state = "(" if depth else ""
        elif state == '"' or (state == "<" and mark not in "<>"):
            bucket.append("" if mark == state else mark)
            state = "" if mark == state else state
        else:
            state = _opened(found, mark, state)
            depth = 1 if state == "(" else 0
    _bucket(found[-1], state).append(text[at:])
    return None if state in ('"', "(") else found


def _bucket(box: _Mailbox, state: str) -> list[str]:
    if state == "(":
        return box.comment
    if state == "<" and box.angle is not None:
        return box.angle
    return box.outside


def _opened(found: list[_Mailbox], mark: str, state: str) -> str:
    """What a mark outside of quotes and comments begins: the new state."""
    box = found[-1]
    if mark in ('"', "("):
        box.outside.append(" " if mark == "(" else "")
        return mark
    if mark == "<":
        if box.angle is not None and state != "<":
            found.append(_Mailbox())  # somebody forgot a comma
        found[-1].angle = []
        return "<"
    if mark in ",;":
        found.append(_Mailbox())
    elif mark == ":":
        box.outside.clear()  # the name of a group, or "mailto"
    return ""


def _address(box: _Mailbox, words: list[str]) -> Address:
    outside = "".join(box.outside)
    name = outside
    if box.angle is not None:
        email = _plain("".join(box.angle).partition(",")[0])
        email = email or _plain("".join(box.angle).rpartition(":")[2])
    else:
        word = next((one for one in outside.split() if _plain(one)), "")
        email, name = _plain(word), outside.replace(word, " ", 1) if word else outside
    shown = _name(name, words) or _name("".join(box.comment), words)
    return Address("" if shown.lower() == email.lower() else shown, email)


def _plain(text: str) -> str:
    """The bare address, or "" for anything else."""
    bare = text.strip().strip("'\".").removeprefix("mailto:").replace('"', "").rstrip(".")
    if len(bare) > LONGEST_ADDRESS or "=?" in bare or one_line(bare) != bare:
        return ""
    return bare if _ADDRESS.fullmatch(bare) else ""


def _name(text: str, words: list[str]) -> str:
    """Unmasked, decoded, and out of the quotes that some programs put around a name twice."""
    whole = _MASK.sub(lambda mask: words[int(mask[1])], text)
    name = one_line(decoded_words(whole)).strip("\"' ")
    return name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1].rstrip() + "…"
