"""What a mail to a customer makes true once it has left, and why one is not to leave any more.

An acknowledgement turns the policy into a promise; a follow-up is done when its mail is. What can
not go by itself is the owner's again. Nothing here writes mails: see desk/mailing.py.
"""

from __future__ import annotations

from cxdesk.desk import customers, followups
from cxdesk.domain.records import FollowUp, Mail, Message, Owed
from cxdesk.domain.threads import reply_owed
from cxdesk.store import inquiries, received, things
from cxdesk.store.customers import by_id
from cxdesk.store.settings import load_desk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from cxdesk.domain.records import Desk, Thread
    from cxdesk.store.database import Link
    from cxdesk.store.deeds import DeedInProgress

_OVER = ("failed", "cancelled")
_UNWANTED = {
    "undeliverable": "mail to that address does not arrive",
    "unsubscribed": "they want no more of it",
    "complaint": "they complained of a mail",
}


# Why not -----------------------------------------------------------------------------------------


def why_not(link: Link, mail: Mail, now: datetime) -> str | None:
    """Why an automatic mail has lost its reason; None while it has it, and for other mail."""
    if mail.kind == "acknowledgement":
        return unwanted(link, mail.recipient) or _why_not_acknowledged(link, mail, now)
    if mail.kind == "follow_up":
        return unwanted(link, mail.recipient) or _why_not_followed(link, mail, now)
    return None


def unwanted(link: Link, address: str) -> str | None:
    """Why no automatic mail goes to an address; None where it may."""
    stopped = received.no_mail(link, address.strip().casefold())
    return _UNWANTED[stopped.why] if stopped else None


def _why_not_acknowledged(link: Link, mail: Mail, now: datetime) -> str | None:
    thread = inquiries.thread(link, mail.number or 0)
    if thread is None:
        return "the inquiry is not there any more"
    if thread.inquiry.status == "closed":
        return "it is closed"
    if thread.inquiry.unanswered_at is None:
        return "it is answered"
    return why_not_promised(thread, now)


def why_not_promised(thread: Thread, now: datetime) -> str | None:
    """Why "you will hear from me by" would not be true, or not be news."""
    promise = reply_owed(thread)
    if promise is None:
        return "no reply is owed"
    if promise.told:
        return "they were told by when"
    if promise.due_at <= now:
        return "its date is past"
    return "its date has changed" if promise.due_at != promise.first_due_at else None


def _why_not_followed(link: Link, mail: Mail, now: datetime) -> str | None:
    follow_up = things.follow_up(link, mail.number or 0)
    if follow_up is None or follow_up.state != "open" or not follow_up.by_mail:
        return "it is done, or given up"
    if follow_up.due_at > now:
        return "it was moved"
    return for_good(link, follow_up) or for_now(link, follow_up)


def for_good(link: Link, follow_up: FollowUp) -> str | None:
    """Why a follow-up cannot go by mail at all."""
    customer = None if follow_up.customer_id is None else by_id(link, follow_up.customer_id)
    if customer is None:
        return "nobody is known to write to"
    return "they do not want to be written to" if customer.consent is False else None


def for_now(link: Link, follow_up: FollowUp) -> str | None:
    """Why it would be out of place just now: they wait for an answer of ours."""
    if follow_up.inquiry_number is None:
        return None
    inquiry = inquiries.by_number(link, follow_up.inquiry_number)
    waits = inquiry is not None and inquiry.unanswered_at is not None
    return "they have written and wait for an answer" if waits else None


# What becomes true -------------------------------------------------------------------------------


def became(d: DeedInProgress, mail: Mail) -> None:
    """Write down what the new state of a mail makes true, in the deed that changes it."""
    if mail.kind == "acknowledgement" and mail.state == "sent":
        _tell(d, mail)
    if mail.kind == "reply" and mail.state == "failed":
        _hand_back_reply(d, mail)
    if mail.kind == "follow_up":
        follow_up = things.follow_up(d.link, mail.number or 0)
        if follow_up is None or follow_up.state != "open":
            return
        if mail.state == "sent":
            _follow(d, load_desk(d.link), follow_up)
        elif mail.state in _OVER:
            hand_back(d, follow_up)


def _tell(d: DeedInProgress, mail: Mail) -> None:
    """They know by when they will hear: the policy is a promise from now on."""
    thread = inquiries.thread(d.link, mail.number or 0)
    promise = reply_owed(thread) if thread else None
    if promise is not None and not promise.told:
        d.change(promise, told=True)


def _follow(d: DeedInProgress, desk: Desk, follow_up: FollowUp) -> None:
    """Done; what was said stands in the history as a machine's, which answers nothing."""
    channel = next((c.name for c in desk.channels if c.kind == "email"), "email")
    d.add(
        Message(
            id=0,
            inquiry_number=follow_up.inquiry_number,
            customer_id=follow_up.customer_id,
            said_at=d.now,
            direction="out",
            channel=channel,
            text=follow_up.what,
            automatic=True,
        )
    )
    if follow_up.customer_id is not None:
        customers.met(d, by_id(d.link, follow_up.customer_id), d.now)
    followups.done(d, desk, follow_up, d.now)


def _hand_back_reply(d: DeedInProgress, mail: Mail) -> None:
    """They do not have the answer that counts as given: the owner has to find another way."""
    inquiry = inquiries.by_number(d.link, mail.number or 0)
    if inquiry is not None:
        what = f"reach them another way: the mail to {mail.recipient} was refused ({mail.detail})"
        desk = load_desk(d.link)
        followups.add(d, desk, Owed("spoken", d.now), inquiry=inquiry, what=what)


def hand_back(d: DeedInProgress, follow_up: FollowUp) -> None:
    """It does not go by itself: from now on it is among what is due."""
    d.change(follow_up, by_mail=False)
