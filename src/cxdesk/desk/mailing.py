"""Mail to customers: decided, and put into the outbox inside the deed that decides.

The owner's own answer goes wherever he sends it. What goes out by itself (an acknowledgement, a
follow-up that he marked) keeps to the limits of domain/limits.py, and never to an address that
wants none; what may not go waits, or is the owner's again. Every datetime is an aware instant.
"""

from __future__ import annotations

from datetime import timedelta

from cxdesk.desk import mailed
from cxdesk.desk.outbox import Draft, post
from cxdesk.domain import letters, limits
from cxdesk.domain.customers import email_reach
from cxdesk.domain.outgoing import (
    MAILS_TO_TALK,
    Heading,
    Outgoing,
    Quote,
    is_stale,
    unbroken,
)
from cxdesk.domain.records import FollowUp, Inquiry, Mail, NamedTuple
from cxdesk.domain.threads import reply_owed
from cxdesk.errors import MailError, NotFoundError, RefusedError
from cxdesk.store import inquiries, outbox, received, things
from cxdesk.store.customers import by_id, contact_points
from cxdesk.store.deeds import begin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cxdesk.domain.letters import Letter
    from cxdesk.domain.limits import Limits
    from cxdesk.domain.outgoing import Attached
    from cxdesk.domain.received import Received
    from cxdesk.domain.records import Desk, Thread
    from cxdesk.store.database import Link
    from cxdesk.store.deeds import DeedInProgress

A_DAY = timedelta(hours=24)


class Office(NamedTuple):
    """What mailing needs to know of the world. freeze: a mail into bytes, MailError where it
    cannot be written; own: addresses that are ours or a contact form's, in lower case; prefix: of
    the subject token; acknowledges: whether the owner wants acknowledgements."""

    freeze: Callable[[Outgoing], Draft]
    own: frozenset[str] = frozenset()
    prefix: str = "CX"
    limits: Limits = limits.Limits()
    acknowledges: bool = False


# To whom, under what -----------------------------------------------------------------------------


def heading(link: Link, inquiry: Inquiry, office: Office) -> Heading:
    """Where an answer on an inquiry goes: to whoever wrote last, else the customer's first e-mail.

    Raises NotFoundError when no address is known, RefusedError for one that mail does not reach.
    """
    last = _last_from_them(link, inquiry.number, office)
    to, name = (last.answer_to, last.name) if last else (None, None)
    if inquiry.customer_id is not None:
        name = name or by_id(link, inquiry.customer_id).name
        to = to or _first_email(link, inquiry.customer_id, office)
    if not to:
        raise _no_address(link, inquiry)
    _refuse_undeliverable(link, inquiry, to)
    written = _ours(link, inquiry.number)
    ours = tuple(one for _, one in written)
    subject = last.subject if last and last.subject else inquiry.subject
    subject = letters.reply_subject(subject, office.prefix, inquiry.number)
    if last is None:
        return Heading(to, subject, name or "", ours[-1] if ours else None, unbroken(ours))
    since = tuple(one for at, one in written if at >= last.received_at)
    chain = unbroken(_ancestors(last), (last.message_id or "",), since)
    known = unbroken((last.message_id or "",))
    return Heading(to, subject, name or "", known[0] if known else None, chain)


def _last_from_them(link: Link, number: int, office: Office) -> Received | None:
    """Their newest mail that can be answered; what a machine wrote counts where nothing else is."""
    mails = [
        one
        for one in received.of_inquiry(link, number)
        if one.answer_to and email_reach(one.answer_to) not in office.own
        if not one.is_sent and not one.bounce and email_reach(one.email or "") not in office.own
    ]
    by_hand = [one for one in mails if not one.automatic] or mails
    return by_hand[-1] if by_hand else None


def _ancestors(mail: Received) -> tuple[str, ...]:
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


def _first_email(link: Link, customer: int, office: Office) -> str | None:
    points = contact_points(link, customer)
    emails = (p.value for p in points if p.kind == "email" and p.reach not in office.own)
    return next(emails, None)


def _no_address(link: Link, inquiry: Inquiry) -> NotFoundError:
    if inquiry.customer_id is None:
        return NotFoundError(
            f"Nobody is known to write to on {inquiry.number}.",
            f'Give it to somebody: cxdesk edit {inquiry.number} --who "Name"',
        )
    customer = by_id(link, inquiry.customer_id)
    return NotFoundError(
        f"No e-mail address of {customer.name} is known.",
        f"cxdesk customer edit {customer.handle} --email ADDRESS",
    )


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


# The owner's own answer --------------------------------------------------------------------------


def reply(
    d: DeedInProgress,
    office: Office,
    number: int,
    message: int,
    head: Heading,
    *,
    text: str,
    agreed: str | None = None,
    signature: str | None = None,
    quote: Quote | None = None,
    attachments: tuple[Attached, ...] = (),
) -> Mail:
    """Post what the owner answers on an inquiry; `message` is the contact that it was noted as.

    Raises MailError where it cannot be written as a mail.
    """
    key = reply_key(d.link, message)
    outgoing = Outgoing(
        "reply",
        key,
        number,
        head,
        text,
        agreed=agreed,
        signature=signature,
        quote=quote,
        attachments=attachments,
    )
    made = post(d, office.freeze(outgoing))
    assert made is not None  # the key is free
    return made


def reply_key(link: Link, message: int) -> str:
    """What stands guard for a reply. The database gives the id of a message that was undone to the
    next: its mail is another one, which has a number behind."""
    taken = outbox.count_keys(link, f"reply:{message}:") + (
        outbox.by_dedupe(link, f"reply:{message}") is not None
    )
    return f"reply:{message}:{taken + 1}" if taken else f"reply:{message}"


def last_said(
    link: Link, desk: Desk, inquiry: Inquiry, *, in_writing: bool = False
) -> Quote | None:
    """What they said last on an inquiry. `in_writing`: in words of their own, that may be quoted;
    what was said on the phone stands there in the owner's."""
    spoken = {c.name for c in desk.channels if c.kind in ("phone", "visit") and in_writing}
    theirs = [m for m in inquiries.messages_of(link, inquiry.number) if m.direction == "in"]
    said = [message for message in theirs if message.text and message.channel not in spoken]
    if not said:
        return None
    owner = None if inquiry.customer_id is None else by_id(link, inquiry.customer_id)
    return Quote(owner.name if owner else "you", said[-1].said_at, said[-1].text)


def phone_instead(link: Link, inquiry: Inquiry) -> str | None:
    """The number to call, where two mails have gone already since an answer was confirmed."""
    if inquiry.customer_id is None:
        return None
    if outbox.mails_out(link, inquiry.number) < MAILS_TO_TALK:
        return None
    points = contact_points(link, inquiry.customer_id)
    return next((point.value for point in points if point.kind == "phone"), None)


# Acknowledgements --------------------------------------------------------------------------------


def acknowledge(
    d: DeedInProgress,
    desk: Desk,
    thread: Thread,
    mail: Received,
    letter: Letter,
    *,
    office: Office,
) -> Mail | None:
    """Post "I have your message; you will hear from me by ..." for the promise that was just made.

    None where the owner wants none, nobody wrote it, or it may not go: mail.md, "Acknowledgement".
    """
    to = mail.answer_to or ""
    if not office.acknowledges or not _may_be_acknowledged(mail, letter, to, office):
        return None
    if thread.inquiry.customer_id is None or mailed.unwanted(d.link, to):
        return None
    number = thread.inquiry.number
    promise = reply_owed(thread)
    if promise is None or mailed.why_not_promised(thread, d.now):
        return None
    if why_not(d.link, to, d.now, office, inquiry=number, acknowledgement=True):
        return None
    head = Heading(
        email_reach(to),
        letters.reply_subject(mail.subject or thread.inquiry.subject, office.prefix, number),
        mail.name or "",
        mail.message_id,
        unbroken(_ancestors(mail), (mail.message_id or "",)),
    )
    outgoing = Outgoing(
        "acknowledgement", f"acknowledgement:{number}", number, head, due_at=promise.due_at
    )
    return _posted(d, office, outgoing)


def _may_be_acknowledged(mail: Received, letter: Letter, to: str, office: Office) -> bool:
    if mail.automatic or mail.bounce or mail.is_sent or not to:
        return False
    if {email_reach(to), email_reach(mail.email or "")} & office.own:
        return False
    return not is_stale(letter.date_at, mail.received_at)


def _posted(d: DeedInProgress, office: Office, outgoing: Outgoing) -> Mail | None:
    """In the outbox; None where it was before, or cannot be written."""
    try:
        return post(d, office.freeze(outgoing))
    except MailError:
        return None


def why_not(
    link: Link,
    to: str,
    now: datetime,
    office: Office,
    *,
    inquiry: int | None,
    acknowledgement: bool = False,
) -> str | None:
    """Why the limits keep one more automatic mail from going; None where they do not."""
    since, address = now - A_DAY, email_reach(to)
    of_late = now - timedelta(days=limits.UNANSWERED_DAYS)
    sent = limits.Sent(
        acknowledged=outbox.acknowledged(link, address, since),
        unanswered=outbox.acknowledged_only(link, address, of_late),
        address_today=outbox.automatic_to(link, address, since),
        inquiry=0 if inquiry is None else outbox.automatic_on(link, inquiry),
        today=outbox.automatic_since(link, since),
    )
    return limits.why_not(sent, office.limits, acknowledgement=acknowledgement)


# Follow-ups by mail ------------------------------------------------------------------------------


def follow_up_key(number: int) -> str:
    return f"followup:{number}"


def post_follow_ups(link: Link, office: Office, now: datetime) -> None:
    """Put into the outbox what is due and goes by itself, each in a deed of its own.

    What cannot go at all is the owner's from now on; what may not go yet is tried again.
    """
    for due in outbox.follow_ups_by_mail(link, now):
        with begin(link, "remind", now, actor="desk") as d:
            current = things.follow_up(d.link, due.number)
            if current == due:
                _follow(d, office, due)


def _follow(d: DeedInProgress, office: Office, follow_up: FollowUp) -> None:
    if outbox.by_dedupe(d.link, follow_up_key(follow_up.number)) is not None:
        return
    head = _follow_up_heading(d.link, follow_up, office)
    if head is None or mailed.for_good(d.link, follow_up) or mailed.unwanted(d.link, head.to):
        mailed.hand_back(d, follow_up)
        return
    held = mailed.for_now(d.link, follow_up) or why_not(
        d.link, head.to, d.now, office, inquiry=follow_up.inquiry_number
    )
    if held:
        return
    outgoing = Outgoing(
        "follow_up", follow_up_key(follow_up.number), follow_up.number, head, follow_up.what
    )
    if _posted(d, office, outgoing) is None:
        mailed.hand_back(d, follow_up)


def _follow_up_heading(link: Link, follow_up: FollowUp, office: Office) -> Heading | None:
    """Threaded to its inquiry; of a customer alone under the first of its own words."""
    if follow_up.inquiry_number is not None:
        inquiry = inquiries.by_number(link, follow_up.inquiry_number)
        assert inquiry is not None  # a foreign key holds this
        try:
            head = heading(link, inquiry, office)
        except (NotFoundError, RefusedError):
            return None
        return head._replace(to=email_reach(head.to))
    if follow_up.customer_id is None:
        return None
    to = _first_email(link, follow_up.customer_id, office)
    customer = by_id(link, follow_up.customer_id)
    subject = first_words(follow_up.what)
    return Heading(email_reach(to), subject, customer.name) if to else None


def first_words(text: str, longest: int = 60) -> str:
    """The first line of a text as a subject, cut at a word."""
    line = " ".join(text.strip().partition("\n")[0].split())
    if len(line) <= longest:
        return line
    return line[: longest - 1].rpartition(" ")[0].rstrip(",;:") + "…"
