"""Bytes of a stranger's mail as text, whatever charset they say they are in.

Nothing here raises: a charset that is unknown, wrong or not a charset at all costs a doubt, never
the mail (mail.md, rule R5).
"""

from __future__ import annotations

import codecs
import re

_WESTERN = "cp1252"
_NAME = re.compile(r"[a-z0-9][a-z0-9_:.+-]{0,40}")

# What mail programs write, and the wider set that they mean by it.
_MEANT = {
    **dict.fromkeys(
        ("iso-8859-1", "iso8859-1", "iso_8859-1", "latin1", "latin-1", "windows-1252", "ansi"),
        _WESTERN,
    ),
    **dict.fromkeys(
        ("ascii", "us-ascii", "ansi_x3.4-1968", "646", "7bit", "8bit", "binary"), _WESTERN
    ),
    **dict.fromkeys(("utf8", "utf-8", "utf_8", "utf8mb4", "utf-8mb4", "unicode"), "utf-8"),
    **dict.fromkeys(("gb2312", "gb_2312-80", "gbk", "x-gbk", "cp936", "euc-cn"), "gb18030"),
    **dict.fromkeys(("shift_jis", "shift-jis", "sjis", "x-sjis", "windows-31j", "ms932"), "cp932"),
    **dict.fromkeys(("ks_c_5601-1987", "ks_c_5601", "euc-kr", "euckr", "windows-949"), "cp949"),
    **dict.fromkeys(("big5", "big-5", "cn-big5", "x-x-big5"), "big5hkscs"),
    **dict.fromkeys(("iso-2022-jp", "csiso2022jp", "cp50220"), "iso2022_jp_ext"),
    **dict.fromkeys(("macintosh", "x-mac-roman", "x-macroman", "mac"), "mac_roman"),
    **dict.fromkeys(("unicode-1-1-utf-7", "x-unicode-2-0-utf-7"), "utf-7"),
    **dict.fromkeys(("windows-874", "tis620", "iso-8859-11"), "cp874"),
    "iso-8859-8-i": "iso-8859-8",
    "iso-8859-8-e": "iso-8859-8",
    "iso-8859-9": "cp1254",
    "koi8": "koi8-r",
}
_NONE = frozenset({"", "unknown", "unknown-8bit", "x-unknown", "default", "x-user-defined", "none"})
# Text codecs that are no charsets: each reads something else than what stands there.
_NOT_CHARSETS = frozenset(
    ("idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "charmap", "mbcs")
)
# Pure ASCII in these says something else than it shows.
_SHIFTING = ("iso2022", "hz", "utf-7", "utf-16", "utf-32")
# In these a word or two can look like good UTF-8 by chance; four letters hardly ever do.
_WIDE = ("gb", "cp932", "cp949", "cp950", "big5", "euc", "johab", "shift")
_ENOUGH = 4


def decode(data: bytes, charset: str = "") -> tuple[str, str]:
    """The text, and a doubt in words ("" for none). `charset`: as the mail says it, or ""."""
    if not charset and data.isascii():
        return data.decode("ascii"), ""
    codec, doubt = _codec(charset)
    doubt = "" if data.isascii() else doubt
    text = _strictly(data, codec)
    if text is None and codec and codec != "utf-8":
        doubt = doubt or f'some letters are not in the charset "{_shown(charset)}"'
    if text is None:
        text = _somehow(data, codec)
    return text.removeprefix("\ufeff"), doubt


def _codec(charset: str) -> tuple[str, str]:
    """The name of Python's codec for it, "" if there is none, and a doubt."""
    name = charset.strip(" \t\"'").lower()
    name = _MEANT.get(name, name)
    if name in _NONE:
        return "", ""
    unknown = f'the charset "{_shown(charset)}" is unknown'
    if not _NAME.fullmatch(name):
        return "", unknown
    try:
        codec = codecs.lookup(name).name
        b"00".decode(codec)  # refuses hex, zip and the like, which turn bytes into bytes
    except UnicodeError:
        pass
    except LookupError:
        return "", unknown
    return ("", unknown) if codec.replace("-", "_") in _NOT_CHARSETS else (codec, "")


def _shown(charset: str) -> str:
    return "".join(letter for letter in charset[:40] if letter.isprintable())


def _strictly(data: bytes, codec: str) -> str | None:
    """The text where every byte is in its place; None where no reading has that."""
    if codec.startswith(_SHIFTING) and not _is_falsely_wide(data, codec):
        shifted = _try(data, codec)
        if shifted is not None:
            return shifted
    text = _try(data, "utf-8")
    if text is not None and (not codec.startswith(_WIDE) or _is_clearly(text)):
        return text
    declared = _try(data, codec) if codec else None
    return text if declared is None else declared


def _is_falsely_wide(data: bytes, codec: str) -> bool:
    return codec.startswith(("utf-16", "utf-32")) and data.isascii() and b"\0" not in data


def _is_clearly(text: str) -> bool:
    return text.isascii() or sum(letter > "\x7f" for letter in text[:2000]) >= _ENOUGH


def _try(data: bytes, codec: str) -> str | None:
    try:
        return data.decode(codec)
    except (UnicodeError, LookupError, ValueError):
        return None


def _somehow(data: bytes, codec: str) -> str:
    """Every byte that can be read is; the others become U+FFFD."""
    if codec not in ("", "utf-8"):
        return data.decode(codec, "replace")
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(letter > "\x7f" for letter in text) - wrong
    return text if right > wrong else data.decode(_WESTERN, "replace")
