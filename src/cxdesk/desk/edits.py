"""`edit`: what was noted wrongly is put right. Nothing is dated anew by it, and no verdict changes.

A channel that was wrong was wrong for what came by it too; an instant that an inquiry has from its
last message goes along with that message.
"""

from __future__ import annotations

from cxdesk.desk import contacts, customers
from cxdesk.desk.channels import channel_named
from cxdesk.desk.contacts import subject_of
from cxdesk.desk.threads import load
from cxdesk.domain.records import (
    Customer,
    Desk,
    FollowUp,
    Inquiry,
    InquiryTag,
    Message,
    NamedTuple,
    Promise,
)
from cxdesk.errors import NotFoundError, RefusedError
from cxdesk.store import inquiries
from cxdesk.store.customers import by_id
from cxdesk.store.deeds import DeedInProgress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from cxdesk.desk.people import Found
    from cxdesk.store.database import Link

# What an inquiry may have from the instant of one message.
_INSTANTS = (
    "opened_at",
    "first_reply_at",
    "answered_at",
    "closed_at",
    "unanswered_at",
    "last_in_at",
    "last_out_at",
    "settled_at",
)


class Wanted(NamedTuple):
    """What is to be otherwise; None, or nothing listed, leaves it as it is."""

    subject: str | None = None
    tags: tuple[str, ...] = ()
    untags: tuple[str, ...] = ()
    at: datetime | None = None
    text: str | None = None
    who: Found | None = None
    via: str | None = None
    what: str | None = None


def inquiry(d: DeedInProgress, desk: Desk, number: int, wanted: Wanted) -> None:
    """Put an inquiry right, and its last message."""
    standing = load(d.link, number).inquiry
    if wanted.text is not None or wanted.at is not None:
        standing = _last_message(d, standing, wanted)
    if wanted.subject is not None:
        standing = _call(d, standing, wanted.subject)
    if wanted.via is not None:
        standing = _by(d, standing, channel_named(desk, wanted.via))
    if wanted.who is not None:
        _give(d, standing, wanted.who.customer)
    contacts.tag(d, load(d.link, number), wanted.tags)
    for tag in dict.fromkeys(wanted.untags):
        _untag(d, number, tag)


def task(d: DeedInProgress, desk: Desk, meant: Promise | FollowUp, wanted: Wanted) -> None:
    """Put right what a promise or follow-up says; of one that has no inquiry whose it is, too."""
    fields = {} if wanted.what is None else {"what": wanted.what}
    if wanted.via is not None:
        channel = channel_named(desk, wanted.via)
        fields["channel" if isinstance(meant, Promise) else "via"] = channel
    meant = d.change(meant, **fields)
    if wanted.who is None:
        return
    if wanted.who.customer is None:
        raise RefusedError(f"{meant.number} must be somebody's.", "Write a name after --who.")
    d.change(meant, customer_id=wanted.who.customer.id)


def last_message(link: Link, number: int) -> Message:
    """The last that either side said, else our last note."""
    said = inquiries.messages_of(link, number)
    found = [message for message in said if message.direction != "note"] or said
    if not found:
        raise NotFoundError(f"Nothing was said on {number} yet.", f"cxdesk log {number}")
    return found[-1]


def _last_message(d: DeedInProgress, standing: Inquiry, wanted: Wanted) -> Inquiry:
    message = last_message(d.link, standing.number)
    text = message.text if wanted.text is None else wanted.text
    at = wanted.at or message.said_at
    d.change(message, text=text, said_at=at)
    if standing.subject == subject_of(message.text, standing.channel):
        standing = _call(d, standing, subject_of(text, standing.channel))
    moved = {field: at for field in _INSTANTS if getattr(standing, field) == message.said_at}
    changed: Inquiry = d.change(standing, **moved)
    if changed.customer_id is not None:
        customers.met_last(d, by_id(d.link, changed.customer_id))
    return changed


def _call(d: DeedInProgress, standing: Inquiry, subject: str) -> Inquiry:
    """Give it another subject; a follow-up that says no more than the old one goes along."""
    for plan in inquiries.follow_ups_of(d.link, standing.number):
        if plan.what == standing.subject and plan.state == "open":
            d.change(plan, what=subject)
    changed: Inquiry = d.change(standing, subject=subject)
    return changed


def _by(d: DeedInProgress, standing: Inquiry, channel: str) -> Inquiry:
    """Another channel: also of the messages and promises that stand under the old one."""
    rows: list[Message | Promise] = [
        *inquiries.messages_of(d.link, standing.number),
        *inquiries.promises_of(d.link, standing.number),
    ]
    for row in rows:
        if row.channel == standing.channel:
            d.change(row, channel=channel)
    changed: Inquiry = d.change(standing, channel=channel)
    return changed


def _give(d: DeedInProgress, standing: Inquiry, customer: Customer | None) -> None:
    """It is another customer's, with all that was said, owed and planned on it."""
    owner = customer.id if customer else None
    rows: list[Message | Promise | FollowUp] = [
        *inquiries.messages_of(d.link, standing.number),
        *inquiries.promises_of(d.link, standing.number),
        *inquiries.follow_ups_of(d.link, standing.number),
    ]
    for row in rows:
        d.change(row, customer_id=owner)
    d.change(standing, customer_id=owner)
    for number in (standing.customer_id, owner):
        if number is not None:
            customers.met_last(d, by_id(d.link, number))


def _untag(d: DeedInProgress, number: int, tag: str) -> None:
    known = inquiries.tags(d.link, number)
    if tag not in known:
        raise NotFoundError(
            f"{number} has no tag {tag}.",
            f"It has {', '.join(known)}." if known else f"cxdesk edit {number} --tag {tag}",
        )
    d.remove(InquiryTag(number, tag))
