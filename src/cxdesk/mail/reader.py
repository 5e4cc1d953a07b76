"""The raw bytes of one incoming mail as a Letter: the second step, after they were stored.

Whatever arrives, something readable comes out of it, with its doubts in words. Only what is no mail
at all is refused, and stays in the quarantine (mail.md, "Reading"). The attachments are not kept as
files: `part_bytes` takes one out of the stored bytes when somebody asks for it.
"""

from __future__ import annotations

import hashlib
import re

from cxdesk.domain.letters import Address, Letter, Part
from cxdesk.errors import MailError
from cxdesk.mail.addresses import addresses, bare_addresses
from cxdesk.mail.headers import (
    Head,
    date_at,
    first_id,
    header_text,
    is_known,
    message_ids,
    one_line,
    split_head,
)
from cxdesk.mail.parts import Opened, Piece, open_parts, shown_name, tidied
from cxdesk.mail.reports import read_report

LARGEST = 25_000_000  # bytes of a mail that is taken apart
BEGINNING = 1_000_000  # bytes that are read of a larger one
LONGEST_SUBJECT = 1_000
LONGEST_SHOWN = 10_000  # characters of any other header
MOST_RECIPIENTS = 500

_BEFORE = re.compile(rb"[ \t\r\n\f\v]*(?:>?From (?![ \t]*:)[^\n]*\n[ \t\r\n\f\v]*)*")
_BOMS = {b"\xef\xbb\xbf": "", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}
_SENDERS = ("from", "sender", "reply-to", "return-path")
_RECIPIENTS = ("to", "cc", "delivered-to", "x-original-to")


class Unreadable(MailError):
    """These bytes are no mail: they belong in the quarantine."""


def read(raw: bytes) -> Letter:
    """The letter. Raises Unreadable for what is empty, or has no header; nothing else, ever."""
    return _open(raw)[0]


def part_bytes(raw: bytes, position: int) -> bytes:
    """The decoded bytes of the attachment that `read` lists at `position`, from 1.

    Raises MailError when there is none, and Unreadable as `read` does.
    """
    pieces = _open(raw)[1]
    if not 1 <= position <= len(pieces):
        raise MailError(f"This mail has no attachment {position}; it has {len(pieces)}.")
    piece = pieces[position - 1]
    return piece if isinstance(piece, bytes) else piece.content()


def _open(raw: bytes) -> tuple[Letter, list[Piece] | list[bytes]]:
    try:
        return _whole(raw)
    except Unreadable:
        raise
    except Exception:  # a mail that we cannot take apart is still somebody's mail
        return _plain(raw)


def _whole(raw: bytes) -> tuple[Letter, list[Piece] | list[bytes]]:
    data = _normalised(raw)
    head = _head(data)
    if len(data) > LARGEST:
        return _beginning(raw, data, head), []
    opened = open_parts(data, head)
    letter = _letter(raw, head, opened)
    report = read_report(head, opened)
    forwarded = None if report else _forwarded(opened)
    return letter._replace(report=report, forwarded=forwarded), opened.attachments


def _beginning(raw: bytes, data: bytes, head: Head) -> Letter:
    """A mail over the limit: its header and the beginning of its text."""
    opened = open_parts(data[: max(BEGINNING, head.body_at)], head)
    opened.attachments.clear()
    opened.doubts.append(
        f"it is larger than {LARGEST // 1_000_000} MB: its attachments are in the raw mail only"
    )
    return _letter(raw, head, opened)


def _plain(raw: bytes) -> tuple[Letter, list[Piece] | list[bytes]]:
    """The header block alone, the body as text, and the whole as one attachment."""
    try:
        data = _normalised(raw)
        head = _head(data)
        body = data[head.body_at : head.body_at + BEGINNING]
        root = Piece(data, Head((), head.body_at), head.body_at, 0, "text/plain")
        opened = Opened(root, ["it could not be taken apart; the whole mail is attached"])
        opened.text = tidied(body.decode("utf-8", "replace")).strip("\n")
        letter = _letter(raw, head, opened)
    except Unreadable:
        raise
    except Exception as error:
        raise Unreadable(f"This mail cannot be read ({type(error).__name__}).") from None
    return letter._replace(parts=(Part(1, "message.eml", "message/rfc822", len(raw)),)), [raw]


# Bytes ------------------------------------------------------------------------------------------


def _normalised(raw: bytes) -> bytes:
    """A copy that begins with the first header line (rule R2)."""
    data = raw
    for bom, charset in _BOMS.items():
        if data.startswith(bom):
            data = data.decode(charset, "replace").encode() if charset else data
            data = data.removeprefix(b"\xef\xbb\xbf")
    if b"\n" not in data:
        data = data.replace(b"\r", b"\n")
    before = _BEFORE.match(data)
    data = data[before.end() :] if before else data
    return data.replace(b"\r\r\n", b"\r\n") if b"\r\r\n" in data[:4_096] else data


def _head(data: bytes) -> Head:
    """The header block; Unreadable when there is none."""
    if not data:
        raise Unreadable("This mail is empty.")
    head = split_head(data, 0, len(data))
    if not any(is_known(name) for name, _ in head.fields):
        raise Unreadable("This is no mail: it has no header.")
    return head


# The letter -------------------------------------------------------------------------------------


def _letter(raw: bytes, head: Head, opened: Opened) -> Letter:
    charset = _charset(opened)
    subject = header_text(head.first("subject"), charset)[:LONGEST_SUBJECT]
    sender = _sender(head, charset)
    answers_to = bare_addresses(head.first("reply-to"))
    parts, digests = _parts(opened)
    return Letter(
        message_id=first_id(head.first("message-id")) or _made_id(raw),
        sender=sender,
        subject=subject,
        text=opened.text,
        reply_to=answers_to[0] if answers_to else "",
        recipients=_recipients(head),
        date_at=date_at(head.first("date")),
        in_reply_to=message_ids(b" ".join(head.every("in-reply-to"))),
        references=message_ids(b" ".join(head.every("references"))),
        headers=_headers(head, charset),
        parts=parts,
        content=_content(head, sender, subject, opened.text, digests),
        doubts=tuple(dict.fromkeys((*head.doubts, *_sender_doubts(head), *opened.doubts))),
    )


def _charset(opened: Opened) -> str:
    """What the first part says it is in: raw bytes in the header are mostly in the same."""
    piece = opened.root
    while piece.children:
        piece = piece.children[0]
    return piece.parameters.get("charset", "").partition(" ")[0]


def _sender(head: Head, charset: str) -> Address:
    """From; where that has no address, the next header that has one, with the name of the first."""
    found = [one for name in _SENDERS for one in addresses(head.first(name), charset)]
    name = next((one.name for one in addresses(head.first("from"), charset) if one.name), "")
    reachable = next((one for one in found if one.email), Address("", ""))
    return Address(reachable.name or name, reachable.email)


def _sender_doubts(head: Head) -> list[str]:
    if len(head.every("from")) > 1:
        return ["it has more than one From; the first is taken"]
    if len(bare_addresses(head.first("from"))) > 1:
        return ["it is from more than one person; the first is taken"]
    return []


def _recipients(head: Head) -> tuple[str, ...]:
    every = (bare_addresses(value) for name in _RECIPIENTS for value in head.every(name))
    found = dict.fromkeys(address for line in every for address in line)
    return tuple(found)[:MOST_RECIPIENTS]


def _headers(head: Head, charset: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in head.fields:
        if name not in found:
            found[name] = header_text(value, charset)[:LONGEST_SHOWN]
    return found


def _parts(opened: Opened) -> tuple[tuple[Part, ...], list[str]]:
    """The attachments, and of each what tells it from another one: its name and a hash."""
    parts: list[Part] = []
    digests: list[str] = []
    for position, piece in enumerate(opened.attachments, 1):
        data = piece.content()
        name = shown_name(piece, position)
        parts.append(Part(position, name, piece.kind, len(data)))
        digests += (name, _digest(piece, data))
    return tuple(parts), digests


def _digest(piece: Piece, data: bytes) -> str:
    """Where lines were sent as lines, an mbox and a server give them different ends."""
    if not piece.is_base64:
        data = data.replace(b"\r\n", b"\n").rstrip(b"\n")
    return hashlib.sha256(data).hexdigest()


def _made_id(raw: bytes) -> str:
    return f"<{hashlib.sha256(raw).hexdigest()}@missing.cxdesk.invalid>"


def _content(head: Head, sender: Address, subject: str, text: str, digests: list[str]) -> str:
    said = (sender.email.lower(), one_line(header_text(head.first("date"))), subject)
    whole = "\0".join((*said, " ".join(text.split()), *digests))
    return hashlib.sha256(whole.encode("utf-8", "replace")).hexdigest()


def _forwarded(opened: Opened) -> Letter | None:
    """The first mail that is attached whole, read as far as its own attachments."""
    inside = (one for one in opened.attachments if one.kind in ("message/rfc822", "message/global"))
    piece = next(inside, None)
    if piece is None or _is_digest(opened.root):
        return None
    raw = piece.content()
    try:
        data = _normalised(raw)
        head = _head(data)
        return _letter(raw, head, open_parts(data, head))
    except Exception:  # it stays an attachment
        return None


def _is_digest(piece: Piece) -> bool:
    return piece.kind == "multipart/digest" or any(
        child.kind == "multipart/digest" for child in piece.children
    )
