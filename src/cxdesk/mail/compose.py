"""A letter as the frozen bytes of one outgoing mail, and the check that they say what was meant.

Rules 6 and 7 of mail.md, "Sending". The header block is written here, line by line, and only the
body by the library: its header writer breaks message ids over 78 characters, decodes encoded
words that a stranger typed, and on unpatched Pythons lets one of those begin a header of its own.
"""

from __future__ import annotations

import email.header
import email.message
import email.policy
import email.utils
import hashlib
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from cxdesk.errors import MailError
from cxdesk.mail.wire import ascii_address, flatten

if TYPE_CHECKING:
    import datetime

    from cxdesk.domain.outgoing import Attached

LINE = 76  # characters of a header line, where words allow it (RFC 2047 asks for it)
LONGEST_NAME = 120
LONGEST_SUBJECT = 500
LONGEST_ID = 500  # a longer message id would not fit one line of mail, and is left out
MOST_REFERENCES = 100  # the first, and the newest after it
_ID = re.compile(r"<[!-;=?-~]+>")  # printable ASCII without spaces and angle brackets
_BODY_HEADERS = frozenset({"mime-version", "content-type", "content-transfer-encoding"})
_BYTES = "application/octet-stream"
_BODY = email.policy.SMTP.clone(cte_type="7bit")


@dataclass(frozen=True, kw_only=True)
class Letter:
    """One mail to one person, in plain words: nothing is encoded, and nothing need be clean."""

    from_address: str
    to_address: str  # ONE address
    subject: str
    text: str
    date: datetime.datetime  # aware
    message_id: str  # from `message_id`, with its angle brackets
    instance: str  # the desk's public name: the mail that comes back to us is known by it
    reference: str = ""  # what it is about, such as the dedupe key
    from_name: str = ""
    to_name: str = ""
    html: str | None = None  # the same in HTML
    auto_submitted: Literal["auto-generated", "auto-replied"] | None = None
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()  # oldest first
    unsubscribe: str | None = None  # "mailto:hello@example.com?subject=unsubscribe"
    attachments: tuple[Attached, ...] = ()


def message_id(dedupe: str, instance: str, domain: str) -> str:
    """The Message-ID of the mail with this dedupe key: the same each time it is asked for.

    Nobody can make it who does not know `instance`, which stands in no mail.
    """
    digest = hashlib.sha256(f"{instance}\0{dedupe}".encode("utf-8", "replace")).hexdigest()
    try:
        place = ascii_address(f"x@{domain}").removeprefix("x@").lower()
    except ValueError:
        place = "cxdesk.invalid"
    return f"<cxdesk.{digest[:40]}@{place}>"


def public_name(instance: str) -> str:
    """The name by which the desk knows its own mail, 32 hex digits; "" for a desk without one.

    It stands in every mail. Message-IDs are made of the instance itself: whoever has read one mail
    must not be able to make the id of another.
    """
    if not instance:
        return ""
    return hashlib.sha256(f"cxdesk public name\0{instance}".encode()).hexdigest()[:32]


def compose(letter: Letter) -> bytes:
    """The raw bytes, 7-bit, lines ended by CRLF; the same for the same letter.

    Raises MailError for an address that cannot be written to, and when the bytes, read again,
    differ from what was meant; ValueError for a mistake of ours in date, id or unsubscribe.
    """
    meant = _cleaned(letter)
    lines = [_folded(name, words) for name, words in _headers(meant)]
    raw = "".join(lines).encode("ascii") + _body(meant)
    check(raw, letter)
    return raw


def check(raw: bytes, letter: Letter) -> None:
    """Read the bytes as a mail program would; MailError where they say anything but `letter`."""
    meant = _cleaned(letter)
    read = email.message_from_bytes(raw, policy=email.policy.compat32)
    names = [name for name in read if name.lower() not in _BODY_HEADERS]
    expected = _plain_headers(meant)
    if names != [name for name, _ in expected] or any(part.defects for part in read.walk()):
        raise _differs("headers")
    for name, value in expected:
        if _as_read(read[name]) != value:
            raise _differs(name)
    for name, address in (("From", meant.from_address), ("To", meant.to_address)):
        if [found for _, found in email.utils.getaddresses([read[name]])] != [address]:
            raise _differs(name)
    if _texts(read) != [_body_text(text) for text in (meant.text, meant.html) if text is not None]:
        raise _differs("text")
    if _attachments(read) != [(one.name, one.type, one.data) for one in meant.attachments]:
        raise _differs("attachments")


def _differs(what: str) -> MailError:
    return MailError(
        f"The mail was not made: its {what} would not say what was meant.",
        "Look for odd characters in the customer's name, address and subject.",
    )


def _cleaned(letter: Letter) -> Letter:
    """The letter as it can truly be sent; MailError when what it needs cannot be written."""
    if letter.date.utcoffset() is None or not _is_id(letter.message_id):
        raise ValueError("a letter needs an aware date and a Message-ID in angle brackets")
    parent = letter.in_reply_to
    return replace(
        letter,
        from_address=_address(letter.from_address),
        to_address=_address(letter.to_address),
        from_name=flatten(letter.from_name, LONGEST_NAME),
        to_name=flatten(letter.to_name, LONGEST_NAME),
        subject=flatten(letter.subject, LONGEST_SUBJECT),
        instance=_token(letter.instance),
        reference=_token(letter.reference),
        in_reply_to=parent if parent is not None and _is_id(parent) else None,
        references=_chain(letter.references),
        unsubscribe=_unsubscribe(letter.unsubscribe),
        attachments=tuple(map(_attachable, letter.attachments)),
    )


def _address(address: str) -> str:
    try:
        return ascii_address(address)
    except ValueError as error:
        shown = flatten(address, LONGEST_NAME)
        raise MailError(f'No mail can go to or from "{shown}": {error}.') from None


def _is_id(text: str) -> bool:
    """Whether it can be written whole; readers would decode an encoded word inside one."""
    return len(text) <= LONGEST_ID and "=?" not in text and _ID.fullmatch(text) is not None


def _token(text: str) -> str:
    """Text of our own as one word of printable ASCII, at most 200 characters."""
    return re.sub(r"[^!-~]|=(?=\?)", "_", text)[:200]


def _chain(ids: tuple[str, ...]) -> tuple[str, ...]:
    """The ids that can be written whole: each once, the first and the newest of a long thread."""
    usable = list(dict.fromkeys(one for one in ids if _is_id(one)))
    return tuple(usable[:1] + usable[1:][-(MOST_REFERENCES - 1) :])


def _unsubscribe(address: str | None) -> str | None:
    if address is None:
        return None
    if not re.fullmatch(r"mailto:[!-;=?-~]{3,400}", address):
        raise ValueError("unsubscribe must be a mailto: address")
    return address


def _attachable(one: Attached) -> Attached:
    """With a name of one line, and as bytes alone what a mail program would open as a mail."""
    plain = re.fullmatch(r"[a-z0-9.+-]+/[a-z0-9.+-]+", one.type)
    kind = one.type if plain and not one.type.startswith(("message/", "multipart/")) else _BYTES
    return one._replace(name=flatten(one.name, LONGEST_NAME) or "attachment", type=kind)


def _plain_headers(meant: Letter) -> list[tuple[str, str]]:
    """Every header in its order and in plain words, as a reader should see it."""
    every = (
        ("From", _mailbox(meant.from_name, meant.from_address)),
        ("To", _mailbox(meant.to_name, meant.to_address)),
        ("Subject", meant.subject),
        ("Date", email.utils.format_datetime(meant.date)),
        ("Message-ID", meant.message_id),
        ("In-Reply-To", meant.in_reply_to),
        ("References", " ".join(meant.references)),
        ("Auto-Submitted", meant.auto_submitted),
        ("X-Cxdesk-Instance", meant.instance),
        ("X-Cxdesk-Reference", meant.reference),
        ("List-Unsubscribe", f"<{meant.unsubscribe}>" if meant.unsubscribe else None),
    )
    return [(name, value or "") for name, value in every if value or name == "Subject"]


def _headers(meant: Letter) -> list[tuple[str, list[str]]]:
    """Every header with its value as words: a line may be broken between them, never inside."""
    people = {
        "From": _person(meant.from_name, meant.from_address),
        "To": _person(meant.to_name, meant.to_address),
        "Subject": _encoded(meant.subject),
    }
    return [(name, people.get(name) or value.split(" ")) for name, value in _plain_headers(meant)]


def _mailbox(name: str, address: str) -> str:
    return f"{name} <{address}>" if name else address


def _person(name: str, address: str) -> list[str]:
    return [*_phrase(name), f"<{address}>"] if name else [address]


def _phrase(name: str) -> list[str]:
    """A name before an address: bare words, else one quoted word, else encoded words."""
    if re.fullmatch(r"[A-Za-z0-9 !#$%&'*+/^_`{|}~-]*", name):
        return name.split()
    if _is_literal(name) and len(name) < LINE:
        quoted = re.sub(r'(["\\])', r"\\\1", name)
        return [f'"{quoted}"']
    return _encoded_words(name)


def _encoded(text: str) -> list[str]:
    return text.split(" ") if _is_literal(text) else _encoded_words(text)


def _is_literal(text: str) -> bool:
    """Whether readers take it as it stands: `=?` would begin an encoded word to them."""
    return text.isascii() and "=?" not in text


def _encoded_words(text: str) -> list[str]:
    # 60: the first word has to fit the line that begins with the header's name.
    return email.header.Header(text, "utf-8", maxlinelen=60).encode(linesep="\n").split()


def _folded(name: str, words: list[str]) -> str:
    """`Name: words`, broken only between words; a longer word keeps a line of its own."""
    lines = [f"{name}:"]
    for word in words:
        if len(lines[-1]) + len(word) >= LINE and lines[-1] != f"{name}:":
            lines.append("")
        lines[-1] += f" {word}"
    return "\r\n".join(lines) + "\r\n"


def _body(meant: Letter) -> bytes:
    """MIME headers, an empty line and the body; readable in a plain editor where letters allow."""
    body = email.message.EmailMessage(policy=_BODY)
    body.set_content(_body_text(meant.text))
    if meant.html is not None:
        body.add_alternative(_body_text(meant.html), subtype="html")
        _seal(body, meant)
    for one in meant.attachments:
        main, _, sub = one.type.partition("/")
        body.add_attachment(one.data, maintype=main, subtype=sub, filename=one.name)
    if meant.attachments:
        _seal(body, meant)
    return body.as_bytes()


def _seal(body: email.message.EmailMessage, meant: Letter) -> None:
    """The library's boundary is drawn by lot: the same letter would give other bytes."""
    kind = body.get_content_type()
    seal = hashlib.sha256(
        f"{kind}{meant.message_id}{meant.text}{meant.html}".encode("utf-8", "replace")
    )
    body.set_boundary(f"=_{seal.hexdigest()[:40]}")


def _body_text(text: str) -> str:
    """Text with line feeds only, without other control characters, ending in a line end."""
    lines = re.sub("\r\n?", "\n", text)
    return re.sub("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]", "\ufffd", lines).rstrip("\n") + "\n"


def _as_read(value: str) -> str:
    """A header's value unfolded and decoded, a name out of its quotes: what a reader sees."""
    line = re.sub(r"\r?\n(?=[ \t])", "", value)
    quoted = re.fullmatch(r'"((?:[^"\\]|\\.)*)" (<[^<>]*>)', line)
    if quoted:
        return re.sub(r"\\(.)", r"\1", quoted[1]) + f" {quoted[2]}"
    return str(email.header.make_header(email.header.decode_header(line)))


def _texts(read: email.message.Message) -> list[str]:
    """The decoded text of every part that is no attachment, plain before HTML."""
    return [
        _data(part).decode("utf-8", "replace").replace("\r\n", "\n")
        for part in read.walk()
        if not part.is_multipart() and part.get_content_disposition() != "attachment"
    ]


def _attachments(read: email.message.Message) -> list[tuple[str, str, bytes]]:
    """Name, type and bytes of every attachment."""
    return [
        (part.get_filename() or "", part.get_content_type(), _data(part))
        for part in read.walk()
        if part.get_content_disposition() == "attachment"
    ]


def _data(part: email.message.Message) -> bytes:
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload
