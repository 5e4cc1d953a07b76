"""Contacts: log, reply, solved, wait. The rules are domain/inquiries.py; here they meet rows."""

from __future__ import annotations

from cxdesk.desk import customers, followups, threads
from cxdesk.desk.channels import channel_named
from cxdesk.desk.people import Found
from cxdesk.domain import inquiries as rules
from cxdesk.domain import news
from cxdesk.domain.records import (
    POLICY,
    Customer,
    Desk,
    Inquiry,
    InquiryTag,
    Message,
    NamedTuple,
    Owed,
    Thread,
)
from cxdesk.errors import UsageError
from cxdesk.store import inquiries
from cxdesk.store.customers import by_id
from cxdesk.store.deeds import DeedInProgress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

LONGEST_SUBJECT = 80


class Contact(NamedTuple):
    """One contact as it was told: who came to whom, what was said, what follows.

    `out`: we went to them. `end`: None, "missed", "answered", "solved", "wait" or "open".
    """

    at: datetime
    text: str = ""
    out: bool = False
    end: str | None = None
    via: str | None = None
    on: int | None = None
    owed: Owed | None = None
    chase: Owed | None = None
    follow: Owed | None = None
    news: str | None = None
    need_at: datetime | None = None
    tags: tuple[str, ...] = ()
    mood: str | None = None
    stars: int | None = None
    note: str = ""
    heard: str | None = None
    email: str | None = None
    phone: str | None = None
    source: str | None = None
    subject: str | None = None


# log -------------------------------------------------------------------------------------------


def log(d: DeedInProgress, desk: Desk, found: Found, contact: Contact) -> Thread:
    """Somebody said something, or we did: a message on an inquiry, new or going on."""
    customer = customers.make(d, found, contact.at) if found.is_new else found.customer
    if contact.on is not None:
        thread = _with_news(d, desk, go_on(d, desk, contact.on, contact), contact)
        return _finish_log(d, desk, thread, _customer_of(d, thread) or customer, contact)
    thread = _with_news(d, desk, start(d, desk, customer, contact), contact)
    return _finish_log(d, desk, thread, customer, contact)


def _with_news(d: DeedInProgress, desk: Desk, thread: Thread, contact: Contact) -> Thread:
    """`--news`: we owe word every so often, while it is not closed."""
    if contact.news is None:
        return thread
    if thread.inquiry.status == "closed":
        raise UsageError("It is closed with this; nobody waits for news.", "Leave out --news.")
    return threads.save(d, thread, news.owed(thread, contact.news, contact.at, desk))


def warn_of_open(d: DeedInProgress, found: Found, contact: Contact, *, apart: bool) -> None:
    """A new inquiry beside an open one of theirs is made, and the open one is named."""
    if contact.on is not None or apart or found.customer is None:
        return
    alive = inquiries.alive_of(d.link, found.customer.id, d.now)
    if alive:
        newest = alive[-1]
        d.warnings.append(
            f"{found.customer.name} has {newest.number} open ({newest.subject})."
            f" If this belongs to it: cxdesk undo, then cxdesk log {newest.number}."
        )


def _customer_of(d: DeedInProgress, thread: Thread) -> Customer | None:
    number = thread.inquiry.customer_id
    return None if number is None else by_id(d.link, number)


def start(d: DeedInProgress, desk: Desk, customer: Customer | None, contact: Contact) -> Thread:
    """A new inquiry, by what kind of contact it was."""
    preferred = customer.prefers if customer else None
    channel = channel_named(desk, contact.via or preferred or "phone")
    draft = Inquiry(
        number=0,
        customer_id=customer.id if customer else None,
        channel=channel,
        subject=subject_of(contact.subject or contact.text, channel),
        status="open",
        opened_at=contact.at,
        need_at=contact.need_at,
        rating=contact.stars,
        mood=contact.mood,
    )
    thread = threads.add(d, _begun(draft, desk, contact)._replace(tags=()))
    thread = tag(d, thread, contact.tags)
    say(d, thread.inquiry, contact, channel)
    return thread


def _begun(draft: Inquiry, desk: Desk, contact: Contact) -> Thread:
    at, owed = contact.at, contact.owed
    if contact.end == "wait":
        return rules.awaited_from_the_start(draft, at, desk, contact.chase, theirs=not contact.out)
    if contact.out:
        begun = rules.tried_by_us if contact.end == "missed" else rules.started_by_us
        return begun(draft, at, desk, owed)
    if contact.end == "solved":
        return rules.settled_on_the_spot(draft, at)
    if contact.end == "answered":
        thread = rules.answered_on_the_spot(draft, at, desk, frozenset(contact.tags))
        if owed is None or owed.by == "nothing":
            return thread
        return rules.promised(thread, owed, at, desk)
    return rules.opened(draft, at, desk, owed or POLICY)


def go_on(d: DeedInProgress, desk: Desk, number: int, contact: Contact) -> Thread:
    """A contact on an inquiry that is there: first what came in, then what we did about it."""
    before = threads.load(d.link, number)
    channel = channel_named(desk, contact.via or before.inquiry.channel)
    before = tag(d, before, contact.tags)
    marked = before._replace(
        inquiry=before.inquiry._replace(
            mood=contact.mood or before.inquiry.mood,
            rating=contact.stars or before.inquiry.rating,
            need_at=contact.need_at or before.inquiry.need_at,
        )
    )
    thread = threads.save(d, before, _gone_on(d, marked, desk, contact))
    say(d, thread.inquiry, contact, channel)
    return thread


def _gone_on(d: DeedInProgress, thread: Thread, desk: Desk, contact: Contact) -> Thread:
    if contact.out:
        return _we_reached(d, thread, desk, contact)
    if contact.end in ("answered", "solved", "wait"):
        return _we_reached(d, rules.received(thread, contact.at, desk), desk, contact)
    return rules.received(thread, contact.at, desk, contact.owed or POLICY)


def _we_reached(d: DeedInProgress, thread: Thread, desk: Desk, contact: Contact) -> Thread:
    if contact.end == "missed":
        return rules.attempted(thread)
    number, last_out_at = thread.inquiry.number, thread.inquiry.last_out_at or contact.at
    return rules.replied(
        thread,
        contact.at,
        desk,
        then=contact.end if contact.end in ("open", "solved", "wait") else None,
        owed=contact.owed,
        chase=contact.chase,
        unread_since=inquiries.unread_since(d.link, number, max(contact.at, last_out_at)),
    )


def _finish_log(
    d: DeedInProgress, desk: Desk, thread: Thread, customer: Customer | None, contact: Contact
) -> Thread:
    if customer is not None:
        card = customers.Card(
            heard=contact.heard,
            emails=(contact.email,) if contact.email else (),
            phones=(contact.phone,) if contact.phone else (),
        )
        if not (contact.out and contact.end == "missed"):
            customer = customers.met(d, customer, contact.at)
        customers.write(d, customer, card)
    elif contact.email or contact.phone:
        raise UsageError(
            "Someone unknown has no card for an address.", "Write a name instead of someone."
        )
    if contact.follow is not None:
        followups.add(d, desk, contact.follow, inquiry=thread.inquiry, what=thread.inquiry.subject)
    return thread


# reply, solved, wait -----------------------------------------------------------------------------


def reply(d: DeedInProgress, desk: Desk, number: int, contact: Contact) -> Thread:
    """You answered (or tried to): `contact.out` is True, `end` says how it goes on."""
    thread = go_on(d, desk, number, contact)
    customer = _customer_of(d, thread)
    if customer is not None and contact.end != "missed":
        customers.met(d, customer, contact.at)
    if contact.note:
        note(d, thread.inquiry, contact.note, contact.at)
    return thread


def solved(
    d: DeedInProgress, desk: Desk, number: int, *, rating: int | None = None, words: str = ""
) -> Thread:
    """The customer says so; `words` are theirs."""
    before = threads.load(d.link, number)
    after = rules.solved(before, d.now, desk)
    inquiry = after.inquiry._replace(
        rating=rating or after.inquiry.rating, feedback=words or after.inquiry.feedback
    )
    thread = threads.save(d, before, after._replace(inquiry=inquiry))
    if words:
        message = Contact(d.now, words)
        say(d, thread.inquiry, message, thread.inquiry.channel)
    return thread


def wait(d: DeedInProgress, desk: Desk, number: int, chase: Owed | None) -> Thread:
    before = threads.load(d.link, number)
    return threads.save(d, before, rules.wait(before, d.now, desk, chase))


# What they share ----------------------------------------------------------------------------------


def say(d: DeedInProgress, inquiry: Inquiry, contact: Contact, channel: str) -> Message:
    """Write the message of a contact."""
    written: Message = d.add(
        Message(
            id=0,
            inquiry_number=inquiry.number,
            customer_id=inquiry.customer_id,
            said_at=contact.at,
            direction="out" if contact.out else "in",
            channel=channel,
            text=contact.text,
            reached=contact.end != "missed",
            source=contact.source,
        )
    )
    return written


def note(d: DeedInProgress, inquiry: Inquiry, text: str, at: datetime) -> None:
    """A note of our own: it answers nobody."""
    d.add(Message(0, inquiry.number, inquiry.customer_id, at, "note", inquiry.channel, text))


def tag(d: DeedInProgress, thread: Thread, tags: tuple[str, ...]) -> Thread:
    fresh = [one for one in dict.fromkeys(tags) if one not in thread.tags]
    for one in fresh:
        d.add(InquiryTag(thread.inquiry.number, one))
    return thread._replace(tags=(*thread.tags, *fresh))


def subject_of(text: str, channel: str) -> str:
    """An inquiry's subject: the first line of what was said, cut at a word."""
    first = " ".join(text.strip().partition("\n")[0].split())
    if not first:
        return f"by {channel}"
    if len(first) <= LONGEST_SUBJECT:
        return first
    cut = first[: LONGEST_SUBJECT - 1]
    at_word = cut.rpartition(" ")[0]
    return (at_word if len(at_word) > LONGEST_SUBJECT // 2 else cut) + "…"
