"""The words of mails to customers, and the template in which the owner writes one.

Plain text, as short as a person writes: what a customer reads first is the answer. The block of
comments at the end of the template is for the owner's eyes and is dropped; what he writes above it
is his, `#1042` too.
"""

from __future__ import annotations

from cxdesk.views import words
from cxdesk.views.changes import INDENT, ChangeView
from cxdesk.views.outbox import mail_json
from cxdesk.views.safe import flat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Any

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.outgoing import Heading, Outgoing, Quote
    from cxdesk.domain.records import Change, Desk, Mail
    from cxdesk.views.outcomes import Touched
    from cxdesk.views.screen import Screen

MARK = "# "
NOT_SENT = "These lines are not sent. With nothing but the greeting, nothing is."
_AGREED = {"phone": "As agreed on the phone", "visit": "As agreed when we met"}


def body(of: Outgoing, signature: str, hours: OpeningHours, now: datetime) -> str:
    """The whole text of a mail: what is said, what is quoted, who signs."""
    said = [acknowledged(of.due_at, hours, now) if of.due_at else _said(of)]
    if of.quote is not None:
        said.append(quoted(of.quote, hours))
    return "\n\n".join(said) + signed(signature if of.signature is None else of.signature)


def _said(of: Outgoing) -> str:
    text = of.text.strip("\n")
    if of.agreed is None:
        return text
    opening = _AGREED.get(of.agreed, "As agreed")
    return f"{opening}:\n\n{text}" if "\n" in text else f"{opening}: {text}"


def acknowledged(due_at: datetime, hours: OpeningHours, now: datetime) -> str:
    """ "I have your message; you will hear from me by Tue 24 Nov 17:00." """
    at = words.moment(due_at, hours, now)
    return f"I have your message; you will hear from me by {at}."


def quoted(quote: Quote, hours: OpeningHours) -> str:
    """What they wrote, as every mail program quotes it."""
    at = words.written(quote.said_at, hours)
    lines = quote.text.strip("\n").split("\n")
    return "\n".join([f"On {at}, {flat(quote.name)} wrote:", *(_behind(line) for line in lines)])


def _behind(line: str) -> str:
    return f">{line}" if line.startswith(">") else f"> {line}".rstrip()


def signed(signature: str) -> str:
    """The signature below the line by which mail programs know one."""
    text = signature.strip("\n")
    return f"\n\n-- \n{text}\n" if text else "\n"


# The template ------------------------------------------------------------------------------------


def template(said: str, head: Heading, signature: str, last: Quote | None) -> str:
    """What the editor opens with: a greeting, room, the signature, and below as comments what it
    answers."""
    about = _beginning(head)
    if last:
        lines = ["", f"Last from {flat(last.name)}:", *last.text.strip("\n").split("\n")]
        about += [f"{MARK}{flat(line)}".rstrip() for line in lines]
    comments = "\n".join(about)
    return f"{greeting(head)}\n\n{said}{signed(signature)}\n{comments}\n"


def _beginning(head: Heading) -> list[str]:
    """The lines by which the block of comments is known again."""
    about = (f"To: {flat(head.to)}", f"Subject: {flat(head.subject)}", NOT_SENT)
    return [f"{MARK}{line}".rstrip() for line in about]


def greeting(head: Heading) -> str:
    first = flat(head.to_name).split(" ", 1)[0]
    return f"Hello {first}," if first else "Hello,"


def written(text: str, head: Heading) -> tuple[str, str]:
    """What the owner wrote into the template, and how he signs it; the first is empty where that
    is no more than the greeting."""
    lines = _without_comments([line.rstrip() for line in text.split("\n")], head)
    end = next((i for i, line in enumerate(lines) if line == "--"), len(lines))
    said = "\n".join(lines[:end]).strip("\n")
    signature = "\n".join(lines[end + 1 :]).strip("\n")
    return ("" if said == greeting(head) else said), signature


def _without_comments(lines: list[str], head: Heading) -> list[str]:
    """The lines but for the block of comments. It is known by any of its first lines, as the owner
    may have cut it down; what he wrote below it is his again."""
    known = _beginning(head)
    begin = next((i for i, line in enumerate(lines) if line in known), len(lines))
    return lines[:begin] + [line for line in lines[begin:] if not line.startswith(MARK.rstrip())]


# The answer --------------------------------------------------------------------------------------


class MailedView(ChangeView):
    """A deed of which a mail was made, and how far that has come."""

    def __init__(self, change: Change, desk: Desk, mail: Mail) -> None:
        super().__init__(change, desk)
        self.mail = mail

    def to_json(self) -> dict[str, Any]:
        return super().to_json() | {"mail": mail_json(self.mail, self.hours)}

    def lines(self) -> Iterable[str]:
        yield from super().lines()
        mail = self.mail
        at = words.written(mail.sent_at or mail.made_at, self.hours)
        yield words.row(mail.id, "mail", mail.state, at, mail.recipient, mail.subject)

    def _draw_next(self, screen: Screen, groups: Sequence[Touched]) -> None:
        if self.mail.state == "sent":
            screen.text(f"Mailed to {self.mail.recipient}: {self.mail.subject}", INDENT)
        super()._draw_next(screen, groups)
