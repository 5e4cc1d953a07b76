"""Mail to customers: decided, and put into the outbox inside the deed that decides.

The owner's own answer goes wherever he sends it. What goes out by itself (an acknowledgement, a
follow-up that he marked) keeps to the limits of domain/limits.py, and never to an address that
wants none; what may not go waits, or is the owner's again. Every datetime is an aware instant.
"""

from __future__ import annotations

from datetime import timedelta

from cxdesk.desk import addressing, mailed
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
from cxdesk.store import inquiries, outbox, things
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
    link: Link, desk: Desk, inquiry: Inquiry, *, to_quote: Heading | None = None
) -> Quote | None:
    """What they said last on an inquiry. `to_quote`: in words of their own, which whoever is
    written to there may read; what was said on the phone stands there in the owner's."""
    theirs = [m for m in inquiries.messages_of(link, inquiry.number) if m.direction == "in"]
    if to_quote is not None:
        spoken = {c.name for c in desk.channels if c.kind in ("phone", "visit")}
        theirs = [message for message in theirs if message.channel not in spoken]
        theirs = addressing.may_be_quoted(link, inquiry, theirs, to_quote.to)
    said = [message for message in theirs if message.text]
    if not said:
        return None
    owner = None if inquiry.customer_id is None else by_id(link, inquiry.customer_id)
    name = (to_quote.to_name if to_quote else "") or (owner.name if owner else "you")
    return Quote(name, said[-1].said_at, said[-1].text)


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
        unbroken(addressing.ancestors(mail), (mail.message_id or "",)),
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
            head = addressing.heading(link, inquiry, office)
        except (NotFoundError, RefusedError):
            return None
        return head._replace(to=email_reach(head.to))
    if follow_up.customer_id is None:
        return None
    to = addressing.first_email(link, follow_up.customer_id, office)
    customer = by_id(link, follow_up.customer_id)
    subject = first_words(follow_up.what)
    return Heading(email_reach(to), subject, customer.name) if to else None


def first_words(text: str, longest: int = 60) -> str:
    """The first line of a text as a subject, cut at a word."""
    line = " ".join(text.strip().partition("\n")[0].split())
    if len(line) <= longest:
        return line
    return line[: longest - 1].rpartition(" ")[0].rstrip(",;:") + "…"
