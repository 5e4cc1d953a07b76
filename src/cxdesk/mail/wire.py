"""What may stand in one line of a mail: plain words in, safe words out.

Used for every header value, every address and every answer of a server (safety.md, "What comes
from outside is text, never code").
"""

from __future__ import annotations

import re

DETAIL_LENGTH = 300  # characters of a server's answer that are kept

# Control characters and line ends, lone surrogates, and what turns the direction of writing or
# cannot be seen: each can make a header look like another, or become another.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ud800-\udfff]"
)
_WORD = r"[^\s@<>(),;:\\\"\[\]\x00-\x1f\x7f-\x9f]+"
_ADDRESS = re.compile(rf"({_WORD})@({_WORD})")


def flatten(text: str, longest: int) -> str:
    """`text` as one line of at most `longest` characters; unsafe characters become spaces."""
    line = " ".join(_UNSAFE.sub(" ", text).split())
    return line if len(line) <= longest else line[: longest - 1].rstrip() + "…"


def ascii_address(address: str) -> str:
    """`address` as it travels: one plain address, the domain in its ASCII form.

    Raises ValueError for anything else: several addresses, quotes, spaces, letters beyond ASCII
    before the @ (few servers take them), or longer than the 254 characters of RFC 5321.
    """
    found = _ADDRESS.fullmatch(address)
    if not found or _UNSAFE.search(address) or "=?" in address:
        raise ValueError("not one plain mail address")
    domain = found[2] if found[2].isascii() else found[2].encode("idna").decode()
    whole = f"{found[1]}@{domain}"
    if not whole.isascii() or len(whole) > 254:
        raise ValueError("a mail server would not take it")
    return whole
