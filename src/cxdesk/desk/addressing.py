"""To whom an answer on an inquiry goes, and under what.

Whoever learns an id of a thread can write on it under any name, and anybody can ask for answers at
an address of his own. An answer therefore goes to addresses that are known: the customer's, and the
one that the inquiry began with. Any other is the owner's to choose.
"""

from __future__ import annotations

import shlex

from cxdesk.domain import letters
from cxdesk.domain.customers import email_reach
from cxdesk.domain.outgoing import Heading, unbroken
from cxdesk.errors import NotFoundError, RefusedError
from cxdesk.store import outbox, received
from cxdesk.store.customers import by_id, contact_points

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxdesk.desk.mailing import Office
    from cxdesk.domain.received import Received
    from cxdesk.domain.records import Inquiry, Message
    from cxdesk.store.database import Link


def heading(link: Link, inquiry: Inquiry, office: Office, to: str | None = None) -> Heading:
    """Where an answer goes: to `to`, else to the newest mail of a known address, else to the
    customer's first e-mail.

    Raises NotFoundError when no address is known, RefusedError for one that mail does not reach.
    """
    mails = _theirs(link, inquiry.number, office)
    known = _reaches(link, inquiry)
    expected = known | {email_reach(mail.answer_to or "") for mail in mails if mail.via == "new"}
    passed_over = None
    if to is None:
        last = _newest(mails)
        answered = _newest(mails, expected)
        to = (answered and answered.answer_to) or _first(link, inquiry, office)
        if last is not None and last != answered:
            passed_over = (last.email or "", last.answer_to or "")
    if not to:
        raise _no_address(link, inquiry, passed_over)
    _refuse_undeliverable(link, inquiry, to)
    name = ""
    if inquiry.customer_id is not None and email_reach(to) in known:
        name = by_id(link, inquiry.customer_id).name
    last = _newest(mails, {email_reach(to)})
    return _below(link, inquiry, office, last)._replace(
        to=to, to_name=(last and last.name) or name, passed_over=passed_over
    )


def _theirs(link: Link, number: int, office: Office) -> list[Received]:
    """Their mails on an inquiry that can be answered, the oldest first."""
    return [
        one
        for one in received.of_inquiry(link, number)
        if one.answer_to and email_reach(one.answer_to) not in office.own
        if not one.is_sent and not one.bounce and email_reach(one.email or "") not in office.own
    ]


def _newest(mails: Sequence[Received], among: set[str] | None = None) -> Received | None:
    """The newest, of these addresses; what a machine wrote counts where nothing else is."""
    some = [one for one in mails if among is None or email_reach(one.answer_to or "") in among]
    by_hand = [one for one in some if not one.automatic] or some
    return by_hand[-1] if by_hand else None


def _reaches(link: Link, inquiry: Inquiry) -> set[str]:
    """The customer's addresses, as compared."""
    if inquiry.customer_id is None:
        return set()
    points = contact_points(link, inquiry.customer_id)
    return {point.reach for point in points if point.kind == "email"}


def _first(link: Link, inquiry: Inquiry, office: Office) -> str | None:
    return first_email(link, inquiry.customer_id, office) if inquiry.customer_id else None


def first_email(link: Link, customer: int, office: Office) -> str | None:
    """The first of a customer's addresses that is none of ours."""
    points = contact_points(link, customer)
    emails = (p.value for p in points if p.kind == "email" and p.reach not in office.own)
    return next(emails, None)


def may_be_quoted(link: Link, inquiry: Inquiry, said: Sequence[Message], to: str) -> list[Message]:
    """Of what was said on an inquiry that which whoever reads at `to` may see again: what came from
    there by mail; to an address of the customer's also what came in other ways."""
    reach = email_reach(to)
    mails = received.of_inquiry(link, inquiry.number)
    by_mail = {one.said_id: email_reach(one.answer_to or "") for one in mails}
    otherwise = reach if reach in _reaches(link, inquiry) else None
    return [message for message in said if by_mail.get(message.id, otherwise) == reach]


# The thread --------------------------------------------------------------------------------------


def _below(link: Link, inquiry: Inquiry, office: Office, last: Received | None) -> Heading:
    """The subject and the ids of an answer to a mail of theirs; without one it follows ours."""
    written = _ours(link, inquiry.number)
    subject = last.subject if last and last.subject else inquiry.subject
    subject = letters.reply_subject(subject, office.prefix, inquiry.number)
    if last is None:
        ours = tuple(one for _, one in written)
        return Heading("", subject, "", ours[-1] if ours else None, unbroken(ours))
    since = tuple(one for at, one in written if at >= last.received_at)
    chain = unbroken(ancestors(last), (last.message_id or "",), since)
    answers = unbroken((last.message_id or "",))
    return Heading("", subject, "", answers[0] if answers else None, chain)


def ancestors(mail: Received) -> tuple[str, ...]:
    """The ids of the mails before it, the oldest first."""
    return tuple((mail.ancestors or "").split())


def _ours(link: Link, number: int) -> list[tuple[datetime, str]]:
    """When we wrote what on an inquiry, in order: from here, and from other programs."""
    sent = [(mail.made_at, mail.message_id) for mail in outbox.sent_on(link, number)]
    elsewhere = [
        (one.received_at, one.message_id)
        for one in received.of_inquiry(link, number)
        if one.is_sent and one.message_id
    ]
    return sorted(sent + elsewhere, key=lambda one: one[0])


# Refusals, and what is said ----------------------------------------------------------------------


def passed_over(head: Heading) -> str | None:
    """Who wrote last and is not answered, in words; None where nobody was passed over."""
    if head.passed_over is None:
        return None
    wrote, wants = head.passed_over
    last = f"{wrote or wants} wrote last, who is new here"
    if wrote and email_reach(wrote) != email_reach(wants):
        last = f"{wrote} wrote last and asks for answers at {wants}, which is new here"
    return f"{last}; this goes to {head.to}. To answer there: --to {shlex.quote(wants)}"


def _no_address(link: Link, inquiry: Inquiry, passed_over: tuple[str, str] | None) -> NotFoundError:
    number, sentence = inquiry.number, f"Nobody is known to write to on {inquiry.number}."
    remedy = f'Give it to somebody: cxdesk edit {number} --who "Name"'
    if inquiry.customer_id is not None:
        customer = by_id(link, inquiry.customer_id)
        sentence = f"No e-mail address of {customer.name} is known."
        remedy = f"cxdesk customer edit {customer.handle} --email ADDRESS"
    if passed_over is not None:
        wrote, wants = passed_over
        there = f'cxdesk reply {number} "your words" --send --to {shlex.quote(wants)}'
        remedy = f"{wrote or wants} wrote last: {there}"
    return NotFoundError(sentence, remedy)


def _refuse_undeliverable(link: Link, inquiry: Inquiry, to: str) -> None:
    """Refused, unless they have written from it since: then it may well work again."""
    stopped = received.no_mail(link, email_reach(to))
    if stopped is None or stopped.why != "undeliverable":
        return
    mails = received.of_inquiry(link, inquiry.number)
    if any(one.received_at > stopped.noted_at and one.answer_to == to for one in mails):
        return
    raise RefusedError(
        f"Mail to {to} does not arrive{f' ({stopped.detail})' if stopped.detail else ''}.",
        f"Reach them another way: cxdesk show {inquiry.number}; or with a new address:"
        " cxdesk customer edit WHO --email ADDRESS",
    )
