"""What a mail server says of a mail that was sent: it could not be delivered, it is late, it came,
or somebody called it spam.

Delivery reports (RFC 3464), complaints (RFC 5965) and receipts (RFC 8098) say it in fields; the
plain bounces of qmail, Exim and old Postfix in words. A person who writes "undeliverable" is no
report: words are believed only from a machine that begins with them and names the mail or its
recipient. Whatever is doubtful is a mail like any other, for a report is shown to nobody.
"""

from __future__ import annotations

import re
from itertools import islice
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
_DAEMONS = ("mail-daemon", "mdaemon")
_KEEPERS = ("postmaster@", "abuse@", "hostmaster@", "mailer-daemon@")  # whom to ask for help
OPENING_LINES = 3  # a machine says at once what it is about; a form has names and addresses first
_FAILURE = re.compile(
    r"^[ \t*#-]{0,20}(?:"
    # qmail, Postfix, Exim, sendmail
    r"hi\. this is the .{1,60} program at "
    r"|this is the (?:mail|postfix) (?:system|program) at "
    r"|i'm (?:sorry to have to inform you that|afraid i wasn't able to deliver)"
    r"|this message was created automatically by (?:the )?(?:mail delivery|smtp)"
    r"|a message (?:that )?you (?:have )?sent (?:could not|has not|was not)"
    r"|(?:this is a )?warning(?: message only|: could not send)|could not send message for past"
    r"|the original message was received at"
    # Exchange, Domino, Gmail and others
    r"|delivery has failed|delivery to (?:the following|these|\S{1,320}@\S{1,320}) .{0,60}"
    r"(?:fail|delay|abort)"
    r"|the following (?:recipient|(?:e-?mail )?address).{0,80}"
    r"(?:fail|not be|not reach|cannot|permanent|transient|undeliver)"
    r"|(?:your|the) (?:mail|message|e-?mail) (?:to \S{1,320} )?"
    r"(?:was|has|could|did|can|is)(?: ?not|n[\'\u2019]t) (?:be |been |yet been )?(?:deliver|reach)"
    r"|your message[ \t]*\n(?:[ \t]*\n|[ \t]+\S[^\n]{0,300}\n){1,8}"
    r"[ \t]*(?:was not delivered|did not reach) "
    r"|un(?:deliverable|delivered) (?:mail|message)|unable to deliver (?:the|your|this) "
    r"|(?:ihre|die|diese) (?:nachricht|e-?mail|mail) .{0,200}(?:nicht zugestellt|unzustellbar)"
    r")",
    re.IGNORECASE | re.MULTILINE,
)
_DELAY = re.compile(
    r"delayed|still being retried|will be retried|warning message only|not yet been"
    r"|could not send message for past"
)
_COPY = re.compile(
    r"^[ \t>]{0,9}-{2,9}[ -]{0,80}(?:below this line is a copy|this is a copy|original message"
    r"|returned message|the (?:header|body) of|message header)",
    re.IGNORECASE | re.MULTILINE,
)
_LINE = re.compile(r"^[^\n]*\S[^\n]*$", re.MULTILINE)
_ID_LINE = re.compile(r"^[ \t>]*message-id:[ \t]*\n?[ \t>]*(<[^<>\n]{1,998}>)", re.I | re.M)
_MARK_LINE = re.compile(r"^[ \t>]*(x-cxdesk-(?:reference|instance)):[ \t]*(\S{1,200})", re.I | re.M)
_MARKS = ("x-cxdesk-reference", "x-cxdesk-instance")
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
    """The address that was written to, which RFC 3464 (2.3.1) calls the original one; the final one
    may be where it was passed on to, and is known to nobody here."""
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
    """Does the mail say that no person wrote it? "Postmaster" is also a person's address, and
    X-Failed-Recipients can stand in anybody's mail."""
    automatic = header_text(head.first("auto-submitted")).lower()
    return (
        header_text(head.first("return-path")) == "<>"
        or automatic.startswith(("auto-replied", "auto-generated"))
        or _is_from_daemon(head)
    )


def _is_from_daemon(head: Head) -> bool:
    sender = bare_addresses(head.first("from"))
    local = sender[0].partition("@")[0] if sender else header_text(head.first("from")).lower()
    return local.startswith("mailer-daemon") or local in _DAEMONS


def _plain_bounce(head: Head, opened: Opened) -> Report | None:
    text = opened.text[:MOST_READ]
    begun = _begins_with_failure(text)
    if begun is None:
        return None
    copy = _COPY.search(text, begun)
    words = text[begun : copy.start() if copy else len(text)]
    recipient, said = _unreached(head, words)
    if not (recipient or _about(opened)[0]):
        return None  # that it answers a mail of ours proves nothing: a person's mail does too
    status = _STATUS.search(said)
    code = status[1] if status else ""
    is_late = code.startswith("4") or bool(_DELAY.search(words[:600].lower()))
    kind = "delayed" if is_late and not code.startswith("5") else "bounce"
    return _report(head, opened, kind, recipient, code, said)


def _begins_with_failure(text: str) -> int | None:
    """Where a mail server's words begin, if that is in the first lines."""
    opening = [line.end() for line in _LINE.finditer(text, 0, 3_000)][:OPENING_LINES]
    found = _FAILURE.search(text[:3_000])
    return found.start() if found and opening and found.start() < opening[-1] else None


def _unreached(head: Head, words: str) -> tuple[str, str]:
    """Who was not reached, as far as it is said, and what is said of it."""
    found = list(islice(_ADDRESS.finditer(words), 20))
    named = next((one for one in found if not one[1].lower().startswith(_KEEPERS)), None)
    failed = bare_addresses(head.first("x-failed-recipients"))
    recipient = failed[0] if failed else named[1].lower() if named else ""
    return recipient, words[named.start() :] if named and not failed else words


# What it is about -------------------------------------------------------------------------------


def _report(
    head: Head, opened: Opened, kind: str, recipient: str, status: str, said: str
) -> Report:
    copied, marks = _about(opened)
    ids = tuple(dict.fromkeys((*copied, *message_ids(head.first("in-reply-to")))))
    reference, instance = (marks.get(name, "") for name in _MARKS)
    line = " ".join(said.split())
    if len(line) > LONGEST_SAID:
        line = line[: LONGEST_SAID - 1].rstrip() + "…"
    return Report(kind, recipient.lower(), status, line, ids, reference, instance)


def _about(opened: Opened) -> tuple[list[str], dict[str, str]]:
    """The ids in the copy of the mail that was sent, and what we marked it with."""
    ids: list[str] = []
    marks: dict[str, str] = {}
    for piece in _leaves(opened.root):
        if piece.kind in _RETURNED:
            data = piece.content()
            copy = split_head(data, 0, len(data))
            ids.extend(message_ids(copy.first("message-id")))
            for name in _MARKS:
                marks[name] = marks.get(name) or header_text(copy.first(name))
    copied = tidied(opened.text[:MOST_READ])
    ids.extend(_ID_LINE.findall(copied))
    for name, value in _MARK_LINE.findall(copied):
        marks[name.lower()] = marks.get(name.lower()) or value
    return ids, marks
