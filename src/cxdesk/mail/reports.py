"""What a mail server says of a mail that was sent: it could not be delivered, it is late, it came,
or somebody called it spam.

Delivery reports (RFC 3464), complaints (RFC 5965) and receipts (RFC 8098) say it in fields; the
plain bounces of qmail, Exim and old Postfix in words. A person who writes "undeliverable" is no
report: words alone are believed only from a machine.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from cxdesk.domain.letters import Report
from cxdesk.mail.addresses import bare_addresses
from cxdesk.mail.headers import Head, header_text, message_ids, split_head
from cxdesk.mail.parts import Opened, tidied

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxdesk.mail.parts import Piece

LONGEST_SAID = 300  # characters of a server's words that are kept
MOST_READ = 200_000  # characters of a plain bounce that are looked at

_KINDS = {"failed": "bounce", "delayed": "delayed"}  # every other action: it went on
_STATUS = re.compile(r"\b([245]\.\d{1,3}\.\d{1,3})\b")
_PLACE = r"[^\s<>()\[\]\",;:@]"
_ADDRESS = re.compile(rf"<?({_PLACE}{{1,64}}@{_PLACE}{{1,190}}\.[A-Za-z0-9-]{{2,63}})")
_TYPE = re.compile(r"^[A-Za-z0-9-]{1,30} ?; ?")
_MACHINES = ("mailer-daemon", "postmaster", "mail-daemon", "mdaemon")
_SUBJECT = re.compile(
    r"undeliver|delivery (?:status|failure|has failed|notification|problem|report)|mail delivery"
    r"|delivery to .{1,99} (?:failed|delayed)|returned mail|failure notice|returned to sender"
    r"|could not (?:be delivered|send)|delayed|mail system error|unzustellbar",
    re.IGNORECASE,
)
_DELAY = re.compile(
    r"delayed|still being retried|will be retried|warning: message|not yet been"
    r"|could not send message for past"
)
_COPY = re.compile(
    r"^[ \t>]{0,9}-{2,9}[ -]{0,80}(?:below this line is a copy|this is a copy|original message"
    r"|returned message|the (?:header|body) of|message header)",
    re.IGNORECASE | re.MULTILINE,
)
_ID_LINE = re.compile(r"^[ \t>]*message-id:[ \t]*\n?[ \t>]*(<[^<>\n]{1,998}>)", re.I | re.M)
_REFERENCE_LINE = re.compile(r"^[ \t>]*x-cxdesk-reference:[ \t]*(\S{1,200})", re.I | re.M)
_RETURNED = frozenset(
    ("message/rfc822", "message/global", "text/rfc822-headers", "message/rfc822-headers")
)


def read_report(head: Head, opened: Opened) -> Report | None:
    """What the mail reports; None when it is a mail like any other."""
    is_machine = _is_from_machine(head)
    if not is_machine and opened.root.kind != "multipart/report" and opened.root.children:
        return None
    pieces = {piece.kind: piece for piece in reversed(list(_leaves(opened.root)))}
    if "message/feedback-report" in pieces:
        return _complaint(head, opened, pieces["message/feedback-report"])
    for kind in ("message/delivery-status", "message/global-delivery-status"):
        if kind in pieces:
            return _delivery(head, opened, pieces[kind])
    for kind in ("message/disposition-notification", "message/global-disposition-notification"):
        if kind in pieces:
            return _receipt(head, opened, pieces[kind])
    if is_machine or opened.root.parameters.get("report-type") == "delivery-status":
        return _plain_bounce(head, opened)
    return None


def _leaves(root: Piece) -> Iterator[Piece]:
    stack = [root]
    while stack:
        piece = stack.pop()
        if piece.children:
            stack.extend(reversed(piece.children))
        else:
            yield piece


# Said in fields ---------------------------------------------------------------------------------


def _blocks(piece: Piece) -> list[Head]:
    """The blocks of fields of a report: one on the mail, then one on each recipient."""
    data = piece.content().replace(b"\r\n", b"\n")[:MOST_READ]
    blocks = (block.strip(b"\n") for block in re.split(rb"\n[ \t]*\n", data))
    return [split_head(block, 0, len(block)) for block in blocks if block.strip()][:200]


def _delivery(head: Head, opened: Opened, piece: Piece) -> Report:
    blocks = _blocks(piece)
    said = [block for block in blocks if block.first("action") or block.first("final-recipient")]
    worst = min(said, key=_badness, default=None)
    if worst is None:  # nothing but a shell: the words have to do
        return _plain_bounce(head, opened) or _report(head, opened, "bounce", "", "", opened.text)
    action = _word(worst, "action")
    status = _word(worst, "status")
    kind = _KINDS.get(action, "delivered") if action else _kind_of_status(status)
    detail = _typed(worst, "diagnostic-code")
    return _report(head, opened, kind, _recipient(worst), _better_status(status, detail), detail)


def _badness(block: Head) -> int:
    order = ("failed", "delayed", "", "delivered")
    action = _word(block, "action")
    return order.index(action) if action in order else len(order)


def _kind_of_status(status: str) -> str:
    return {"2": "delivered", "4": "delayed"}.get(status[:1], "bounce")


def _complaint(head: Head, opened: Opened, piece: Piece) -> Report:
    block = next(iter(_blocks(piece)), Head((), 0))
    rcpt = bare_addresses(block.first("original-rcpt-to") or block.first("removal-recipient"))
    said = _word(block, "feedback-type")
    return _report(head, opened, "complaint", rcpt[0] if rcpt else "", "", said)


def _receipt(head: Head, opened: Opened, piece: Piece) -> Report:
    block = next(iter(_blocks(piece)), Head((), 0))
    said = _typed(block, "disposition")
    ids = message_ids(block.first("original-message-id"))
    report = _report(head, opened, "delivered", _recipient(block), "", said)
    return report._replace(message_ids=tuple(dict.fromkeys(ids + report.message_ids)))


def _word(block: Head, name: str) -> str:
    words = header_text(block.first(name)).split()
    return words[0].lower() if words else ""


def _typed(block: Head, name: str) -> str:
    """The value behind its type: `smtp; 550 no such user`."""
    return _TYPE.sub("", header_text(block.first(name)))


def _recipient(block: Head) -> str:
    """The address that was written to, rather than the one it was passed on to."""
    for name in ("original-recipient", "final-recipient"):
        found = bare_addresses(_typed(block, name).encode())
        if found:
            return found[0]
    return ""


def _better_status(status: str, said: str) -> str:
    """The status, or the one in the server's words where that says more than "failed"."""
    known = _STATUS.fullmatch(status)
    found = _STATUS.search(said)
    if found and (not known or status.endswith(".0.0")):
        return found[1]
    return status if known else ""


# Said in words ----------------------------------------------------------------------------------


def _is_from_machine(head: Head) -> bool:
    if head.first("x-failed-recipients"):
        return True
    sender = bare_addresses(head.first("from"))
    local = sender[0].partition("@")[0] if sender else ""
    if any(local.startswith(machine) for machine in _MACHINES):
        return True
    return header_text(head.first("return-path")) == "<>" and not sender


def _plain_bounce(head: Head, opened: Opened) -> Report | None:
    text = opened.text[:MOST_READ]
    subject = header_text(head.first("subject"))
    opening = text[:2_000].lower()
    is_qmail = "this is the qmail-send program" in opening or "mail system at host" in opening
    if not (_SUBJECT.search(subject) or is_qmail or head.first("x-failed-recipients")):
        return None
    copy = _COPY.search(text)
    words = text[: copy.start()] if copy else text
    failed = bare_addresses(head.first("x-failed-recipients"))
    found = None if failed else _ADDRESS.search(words)
    recipient = failed[0] if failed else (found[1].lower() if found else "")
    said = words[found.start() :] if found else words
    status = _STATUS.search(said)
    code = status[1] if status else ""
    is_late = code.startswith("4") or bool(_DELAY.search(f"{subject}\n{words[:600]}".lower()))
    kind = "delayed" if is_late and not code.startswith("5") else "bounce"
    report = _report(head, opened, kind, recipient, code, said)
    return report if report.message_ids or (recipient and not _may_be_person(head)) else None


def _may_be_person(head: Head) -> bool:
    """A postmaster whose mail does not say that a machine wrote it."""
    automatic = header_text(head.first("auto-submitted")).lower()
    is_null = header_text(head.first("return-path")) == "<>"
    is_daemon = bool(head.first("x-failed-recipients")) or b"daemon" in head.first("from").lower()
    return not (is_null or is_daemon or automatic.startswith("auto-"))


# What it is about -------------------------------------------------------------------------------


def _report(
    head: Head, opened: Opened, kind: str, recipient: str, status: str, said: str
) -> Report:
    ids, reference = _about(head, opened)
    line = " ".join(said.split())
    if len(line) > LONGEST_SAID:
        line = line[: LONGEST_SAID - 1].rstrip() + "…"
    return Report(kind, recipient.lower(), status, line, ids, reference)


def _about(head: Head, opened: Opened) -> tuple[tuple[str, ...], str]:
    """The ids and our reference of the mail that was sent: from the copy of it, or from the
    report's own thread."""
    ids: list[str] = []
    reference = ""
    for piece in _leaves(opened.root):
        if piece.kind in _RETURNED:
            data = piece.content()
            copy = split_head(data, 0, len(data))
            ids.extend(message_ids(copy.first("message-id")))
            reference = reference or header_text(copy.first("x-cxdesk-reference"))
    copied = tidied(opened.text[:MOST_READ])
    ids.extend(_ID_LINE.findall(copied))
    found = _REFERENCE_LINE.search(copied)
    ids.extend(message_ids(head.first("in-reply-to")))
    return tuple(dict.fromkeys(ids)), reference or (found[1] if found else "")
