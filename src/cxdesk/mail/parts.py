"""The parts of a mail: where each begins and ends, what is text and what an attachment.

The library's parser is recursive, takes forwarded mails apart and slows down with depth. This one
has its own stack, keeps to 40 levels and 500 parts, and works on the raw bytes, so that a
forwarded mail is kept whole (mail.md, rules R9 and R10). Nothing here raises.
"""

from __future__ import annotations

import binascii
import re

from cxdesk.mail.charsets import decode
from cxdesk.mail.headers import Head, base64_bytes, header_text, one_line, split_head
from cxdesk.mail.html_text import LONGEST_HTML, html_text

DEEPEST = 40
MOST_PARTS = 500
LONGEST_TEXT = 2_000_000  # characters of the text that are shown and searched
LONGEST_NAME = 120  # bytes of an attachment's name

_TYPE = re.compile(r"[a-z0-9!#$&^_.+-]{1,80}/[a-z0-9!#$&^_.+-]{1,80}")
_PARAMETER = re.compile(r';\s*([^\s=;"]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;]*))', re.DOTALL)
_META = re.compile(rb"<meta[^>]{1,200}?charset\s{0,5}=\s{0,5}[\"']?([A-Za-z0-9_:.+-]{1,40})", re.I)
_CONTROL = re.compile("[\0-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ud800-\udfff]")
_LINE_END = re.compile("\r\n?|[\v\f\x85\u2028\u2029]")
_NO_BASE64 = re.compile(rb"[^A-Za-z0-9+/=\s]|(?<=\S) (?=\S)")
_SHOWN = frozenset(
    ("text/plain", "text/html", "text/enriched", "text/markdown", "text/x-markdown", "text/text")
)
_ENDINGS = {
    "application/pdf": "pdf",
    "application/zip": "zip",
    "application/msword": "doc",
    "application/rtf": "rtf",
    "application/json": "json",
    "application/xml": "xml",
    "application/vnd.ms-excel": "xls",
    "application/vnd.ms-powerpoint": "ppt",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/vnd.oasis.opendocument.text": "odt",
    "application/vnd.oasis.opendocument.spreadsheet": "ods",
    "application/pgp-signature": "asc",
    "application/pgp-encrypted": "asc",
    "application/pgp-keys": "asc",
    "application/pkcs7-mime": "p7m",
    "application/pkcs7-signature": "p7s",
    "application/x-pkcs7-signature": "p7s",
    "application/ics": "ics",
    "application/ms-tnef": "dat",
    "audio/mpeg": "mp3",
    "audio/wav": "wav",
    "audio/ogg": "ogg",
    "audio/mp4": "m4a",
    "image/jpeg": "jpg",
    "image/jpg": "jpg",
    "image/png": "png",
    "image/gif": "gif",
    "image/webp": "webp",
    "image/heic": "heic",
    "image/bmp": "bmp",
    "image/tiff": "tif",
    "image/svg+xml": "svg",
    "message/delivery-status": "txt",
    "message/disposition-notification": "txt",
    "message/feedback-report": "txt",
    "message/rfc822": "eml",
    "message/global": "eml",
    "text/calendar": "ics",
    "text/csv": "csv",
    "text/html": "html",
    "text/vcard": "vcf",
    "text/x-vcard": "vcf",
    "text/xml": "xml",
    "video/mp4": "mp4",
    "video/quicktime": "mov",
}


class Piece:
    """One part: its own header, its place in the raw bytes, and the parts inside it."""

    __slots__ = (
        *("raw", "head", "start", "end", "depth"),
        *("kind", "parameters", "name", "children", "is_sealed"),
    )

    def __init__(self, raw: bytes, head: Head, end: int, depth: int, default: str) -> None:
        self.raw, self.head, self.start, self.end, self.depth = raw, head, head.body_at, end, depth
        kind, self.parameters = parameters(head.first("content-type"))
        self.kind = kind if _TYPE.fullmatch(kind) else default
        _, placing = parameters(head.first("content-disposition"))
        self.name = _parameter_text(placing, "filename") or _parameter_text(self.parameters, "name")
        self.children: list[Piece] = []
        self.is_sealed = False  # not taken apart: too deep, or one too many

    @property
    def is_put_aside(self) -> bool:
        value = self.head.first("content-disposition").lstrip()
        return value[:10].lower() == b"attachment"

    @property
    def is_base64(self) -> bool:
        return self._encoding.startswith(b"base64")

    @property
    def _encoding(self) -> bytes:
        return self.head.first("content-transfer-encoding").strip().lower()

    def body(self) -> bytes:
        return self.raw[self.start : self.end]

    def content(self) -> bytes:
        """The decoded bytes."""
        encoding = self._encoding
        if self.is_base64:
            return base64_bytes(memoryview(self.raw)[self.start : self.end])
        body = self.body()
        if encoding.startswith(b"quoted-printable"):
            return binascii.a2b_qp(body)
        if encoding.startswith((b"x-uu", b"uu")):
            return _uu_bytes(body)
        return body


class Opened:
    """A mail taken apart: its first part, the texts and attachments in order, and doubts."""

    __slots__ = ("attachments", "doubts", "root", "text")

    def __init__(self, root: Piece, doubts: list[str]) -> None:
        self.root, self.doubts = root, doubts
        self.attachments: list[Piece] = []
        self.text = _capped(tidied(self._text(root)).strip("\n"), doubts)

    def _text(self, piece: Piece) -> str:
        if piece.kind == "multipart/alternative" and piece.children:
            return self._best_text(piece)
        if piece.children:
            texts = [text for child in piece.children if (text := self._text(child)).strip()]
            return "\n\n".join(text.strip("\n") for text in texts)
        if self._is_text(piece):
            return text_of(piece, self.doubts)
        self.attachments.append(piece)
        return ""

    def _best_text(self, piece: Piece) -> str:
        """Of several ways to say the same: the plain one unless it is blank, else the last."""
        texts = [(child.kind == "text/plain", self._text(child)) for child in piece.children]
        said = [(plain, text) for plain, text in texts if text.strip()]
        plain = [text for is_plain, text in said if is_plain]
        return plain[0] if plain else said[-1][1] if said else ""

    def _is_text(self, piece: Piece) -> bool:
        """What has a name is an attachment, unless it is the first thing they say."""
        if piece.kind.startswith("multipart/"):
            return not piece.is_sealed  # one without parts is what stands in it
        if piece.kind not in _SHOWN:
            return False
        if piece.is_put_aside:
            return not piece.name and not piece.depth
        return not piece.name or piece is self._first_leaf()

    def _first_leaf(self) -> Piece:
        piece = self.root
        while piece.children:
            piece = piece.children[0]
        return piece


def open_parts(raw: bytes, head: Head) -> Opened:
    """Take the mail apart. A part that is too deep, or one too many, is an attachment as it is."""
    root = Piece(raw, head, len(raw), 0, "text/plain")
    doubts: list[str] = []
    stack, count = [root], 1
    while stack:
        piece = stack.pop()
        if not piece.kind.startswith("multipart/"):
            continue
        if piece.depth >= DEEPEST or count >= MOST_PARTS:
            piece.is_sealed = True
            if piece.depth >= DEEPEST:
                doubts.append(f"its parts are nested more than {DEEPEST} deep")
            continue
        default = "message/rfc822" if piece.kind == "multipart/digest" else "text/plain"
        for start, end in _ranges(piece, MOST_PARTS - count):
            inner = split_head(raw, start, end)
            piece.children.append(Piece(raw, inner, end, piece.depth + 1, default))
        count += len(piece.children)
        stack.extend(reversed(piece.children))
    if count >= MOST_PARTS:
        doubts.append(f"it has more than {MOST_PARTS} parts; the rest is in the raw mail only")
    if root.kind == "multipart/encrypted" or root.parameters.get("smime-type") == "enveloped-data":
        doubts.append("it is encrypted: only a mail program with the key can show it")
    return Opened(root, list(dict.fromkeys(doubts)))


def _ranges(piece: Piece, most: int) -> list[tuple[int, int]]:
    """Where the parts inside begin and end; none where no boundary is found."""
    boundary = piece.parameters.get("boundary", "").rstrip().encode("latin-1", "replace")
    if not boundary:
        return []
    line = re.compile(rb"\n--" + re.escape(boundary) + rb"(--)?[ \t]*\r?(?=\n|\Z)")
    found: list[tuple[int, int]] = []
    begun = None
    for match in line.finditer(piece.raw, max(piece.start - 1, 0), piece.end):
        if begun is not None and begun <= match.start():
            end = match.start()
            found.append((begun, end - 1 if piece.raw[end - 1 : end] == b"\r" else end))
        begun = None if match[1] else match.end() + 1
        if match[1] or len(found) >= most:
            return found[:most]
    if begun is not None and begun < piece.end:
        found.append((begun, piece.end))
    return found[:most]


# Parameters -------------------------------------------------------------------------------------


def parameters(value: bytes) -> tuple[str, dict[str, str]]:
    """`text/plain; charset=x` as ("text/plain", {"charset": "x"}): names in lower case, values
    byte for byte in Latin-1."""
    text = value.decode("latin-1")
    kind, _, _ = text.partition(";")
    found: dict[str, str] = {}
    for match in _PARAMETER.finditer(text, len(kind)):
        said = re.sub(r"\\(.)", r"\1", match[2]) if match[2] is not None else match[3].strip(' \t"')
        found.setdefault(match[1].lower(), said)
    words = kind.split()
    return (words[0].lower() if words else ""), found


def _parameter_text(values: dict[str, str], name: str) -> str:
    """A file name as RFC 2231 writes it, or as everybody else does."""
    whole = values.get(f"{name}*")
    if whole is not None:
        return _percent_text(whole)
    if f"{name}*0*" in values or f"{name}*0" in values:
        return _continued(values, name)
    return header_text(values.get(name, "").encode("latin-1"))


def _continued(values: dict[str, str], name: str) -> str:
    pieces, charset = [], ""
    for number in range(100):
        extended = values.get(f"{name}*{number}*")
        plain = values.get(f"{name}*{number}")
        if extended is None and plain is None:
            break
        if extended is not None and number == 0 and extended.count("'") >= 2:
            charset, _, extended = extended.split("'", 2)
        pieces.append(_percent_bytes(extended) if extended is not None else (plain or "").encode())
    return one_line(decode(b"".join(pieces), charset)[0])


def _percent_text(value: str) -> str:
    charset = ""
    if value.count("'") >= 2:
        charset, _, value = value.split("'", 2)
    return one_line(decode(_percent_bytes(value), charset)[0])


def _percent_bytes(value: str) -> bytes:
    data = value.encode("latin-1", "replace")
    return re.sub(rb"%([0-9A-Fa-f]{2})", lambda code: bytes.fromhex(code[1].decode()), data)


def shown_name(piece: Piece, position: int) -> str:
    """The name that an attachment is shown and saved by: never a path, never hidden, and one that
    shows what it really ends in."""
    name = one_line(piece.name).replace("\\", "/").rpartition("/")[2].strip()
    name = name.lstrip(".- ").rstrip(". ")
    if not name:
        ending = _ENDINGS.get(piece.kind) or ("txt" if piece.kind.startswith("text/") else "bin")
        return f"attachment-{position}.{ending}"
    if len(name.encode()) <= LONGEST_NAME:
        return name
    stem, dot, ending = name.rpartition(".")
    if not dot or len(ending.encode()) > 20:
        stem, dot, ending = name, "", ""
    room = LONGEST_NAME - len((dot + ending).encode())
    return stem.encode()[:room].decode("utf-8", "ignore").rstrip() + dot + ending


# Text -------------------------------------------------------------------------------------------


def text_of(piece: Piece, doubts: list[str]) -> str:
    """The text of one part, HTML rendered and flowed lines joined."""
    data = piece.content()
    if piece.is_base64 and _is_words(piece.body()[:20_000]):
        doubts.append("it says base64 and is not")
        data = piece.body()
    charset = piece.parameters.get("charset", "").partition(" ")[0]
    is_html = piece.kind == "text/html"
    if is_html and not charset and (meta := _META.search(data, 0, 4_096)):
        charset = meta[1].decode("ascii")
    text, doubt = decode(data, charset)
    if doubt and doubt not in doubts:
        doubts.append(doubt)
    if is_html:
        if len(text) > LONGEST_HTML:
            doubts.append("only the first 2 MB of its HTML are read")
        return html_text(text)
    if piece.parameters.get("format", "").lower() == "flowed":
        return _unflowed(
            tidied(_capped(text, doubts)), piece.parameters.get("delsp", "").lower() == "yes"
        )
    return text


def _is_words(body: bytes) -> bool:
    """Whether more than one in twenty could not stand in base64."""
    return len(_NO_BASE64.findall(body)) * 20 > len(body)


def tidied(text: str) -> str:
    """Lines that end in a line feed, without control characters."""
    return _CONTROL.sub("", _LINE_END.sub("\n", text))


def _capped(text: str, doubts: list[str]) -> str:
    if len(text) <= LONGEST_TEXT:
        return text
    doubts.append("only the first 2 MB of its text are read")
    return text[:LONGEST_TEXT]


def _unflowed(text: str, delete_space: bool) -> str:
    """Lines that were broken to fit joined again (RFC 3676)."""
    done: list[str] = []
    joining = False
    depth_before = 0
    for line in text.split("\n"):
        words = line.lstrip(">")
        depth = len(line) - len(words)
        words = words.removeprefix(" ")
        flows = words.endswith(" ") and words != "-- "
        piece = words[:-1] if flows and delete_space else words
        if joining and depth == depth_before and words != "-- ":
            done.append(piece)
        else:
            quote = ">" * depth + " " if depth else ""
            done.append("\n" + quote + piece if done else quote + piece)
        joining, depth_before = flows, depth
    return "".join(done)


def _uu_bytes(body: bytes) -> bytes:
    lines = body.split(b"\n")
    begun = next((n for n, line in enumerate(lines) if line.startswith(b"begin ")), -1)
    done = []
    for line in lines[begun + 1 :]:
        if line.startswith(b"end"):
            break
        try:
            done.append(binascii.a2b_uu(line.rstrip(b"\r")))
        except binascii.Error:
            continue
    return b"".join(done)
