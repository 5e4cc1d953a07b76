"""What comes from outside is text, never code: docs/explanation/house.md, "Keeping it safe".

One `clean` at the output boundary. Controls, C1, what turns the direction of writing, what has no
width and tag characters are shown as escapes. Joiners and variation selectors stay: without them
families fall apart into people, and Hindi and Persian into wrong letters.
"""

from __future__ import annotations

# First and last code point, ends included.
_UNSAFE = (
    (0x00, 0x1F),
    (0x7F, 0x9F),
    (0xAD, 0xAD),  # soft hyphen
    (0x61C, 0x61C),  # Arabic letter mark
    (0x180E, 0x180E),
    (0x200B, 0x200B),  # zero-width space; the two joiners that follow it stay
    (0x200E, 0x200F),
    (0x2028, 0x202E),  # line ends that are no line ends, embeddings, overrides
    (0x2060, 0x206F),  # isolates among them
    (0xD800, 0xDFFF),  # halves of characters: no encoding takes them
    (0xFEFF, 0xFEFF),
    (0xFFF9, 0xFFFB),
    (0x1D173, 0x1D17A),
    (0xE0000, 0xE00FF),  # tags
)


def is_unsafe(character: str) -> bool:
    """Whether a terminal may take a character for something else than a sign to be shown."""
    if character.isprintable():
        return False  # none of those below is; asking this first is twenty times faster
    code = ord(character)
    return any(first <= code <= last for first, last in _UNSAFE)


def clean(text: str, keep: str = "\n\t") -> str:
    """The text as a terminal may have it; `keep` are the controls that are meant."""
    rest = text
    for control in keep:
        rest = rest.replace(control, "")
    if rest.isprintable():
        return text
    return "".join(_escape(sign) if is_unsafe(sign) and sign not in keep else sign for sign in text)


def flat(text: str) -> str:
    """The text on one line: line ends and tabs are spaces, then as `clean`."""
    if text.isprintable():
        return text
    for end in ("\r\n", "\n", "\r", "\t"):
        text = text.replace(end, " ")
    return clean(text, keep="")


def encodable(text: str, encoding: str | None) -> str:
    """The text with what an encoding cannot say as `\\u` escapes, so that writing never fails."""
    if text.isascii():
        return text
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return text.encode(encoding or "utf-8", "backslashreplace").decode(encoding or "utf-8")
    return text


def json_escaped(text: str) -> str:
    """JSON whose values stay exact, though a terminal that shows it obeys none of them.

    Between the strings of a JSON text only line ends are unprintable, and those stay.
    """
    if text.replace("\n", "").isprintable():
        return text
    return "".join(_json_escape(s) if is_unsafe(s) and s != "\n" else s for s in text)


def _escape(sign: str) -> str:
    code = ord(sign)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _json_escape(sign: str) -> str:
    code = ord(sign)
    if code < 0x10000:
        return f"\\u{code:04x}"
    code -= 0x10000
    return f"\\u{0xD800 + (code >> 10):04x}\\u{0xDC00 + (code & 0x3FF):04x}"
