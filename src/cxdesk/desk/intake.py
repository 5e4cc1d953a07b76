"""Conversations taken in: what was said long ago, played through the rules in its own order."""

from __future__ import annotations

from cxdesk.desk import customers, threads
from cxdesk.desk.channels import channel_named
from cxdesk.desk.contacts import subject_of
from cxdesk.domain import inquiries as rules
from cxdesk.domain import threads as steps
from cxdesk.domain.conversations import threads as conversations_of
from cxdesk.domain.customers import is_phone, read_who
from cxdesk.domain.records import ContactPoint, Customer, Inquiry, Message, NamedTuple, Thread
from cxdesk.errors import RefusedError
from cxdesk.store import inquiries
from cxdesk.store.customers import by_id, by_reach
from cxdesk.store.database import Link
from cxdesk.store.deeds import DeedInProgress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cxdesk.domain.conversations import Conversation, Said
    from cxdesk.domain.records import Desk, Problem


class BrokenRowsError(RefusedError):
    """Rows of a file cannot be read, and nothing was taken in: `problems` says which and why."""

    def __init__(self, rows: int, problems: Sequence[Problem]) -> None:
        super().__init__(
            f"{len(problems)} of {rows} rows cannot be read; nothing was imported.",
            "Mend them, or go on without them: --skip-bad",
        )
        self.problems = tuple(problems)


class Taken(NamedTuple):
    """What an import brought: messages new, and messages that were there."""

    created: int
    unchanged: int


class Standing(NamedTuple):
    """A message that the desk has and the file has not: what some of the file's go on from."""

    id: str
    author: str
    inbound: bool
    at: datetime
    text: str
    reply_to: str | None


def conversations(d: DeedInProgress, desk: Desk, said: Sequence[Said], via: str) -> Taken:
    """One inquiry for each customer in a thread; promises kept or late under the policy.

    What is in the desk already (by its id) is left alone, and what is new goes on from it.
    """
    channel = channel_named(desk, via)
    known = _known_places(d.link, said)
    new = sum(not places for places in known.values())
    people: dict[str, Customer] = {}
    everything = [*_gone_before(d.link, said, people), *said]
    known |= {
        one.id: inquiries.by_source(d.link, one.id) for one in everything if one.id not in known
    }
    for conversation in conversations_of(everything):
        fresh = [one for one in conversation.messages if not known[one.id]]
        if fresh:
            _take(d, desk, conversation, known, people, channel)
    return Taken(new, len(said) - new)


def _known_places(link: Link, said: Sequence[Said]) -> dict[str, list[inquiries.Place]]:
    if not inquiries.is_anything_taken(link):
        return {one.id: [] for one in said}
    return {one.id: inquiries.by_source(link, one.id) for one in said}


def under(desk: Desk, said: Sequence[Said], via: str) -> list[tuple[str, str]]:
    """What the figures of an import rest on: who we are in it, the channel and its policy."""
    ours = list(dict.fromkeys(one.author for one in said if not one.inbound))
    name = channel_named(desk, via)
    policy = next(channel.policy for channel in desk.channels if channel.name == name)
    brand = ", ".join(ours[:3]) + (f" and {len(ours) - 3} more" if len(ours) > 3 else "")
    return [
        ("brand", brand or "nobody"),
        ("channel", f"{name}, reply within {policy}"),
    ]


def seen_before(link: Link, said: Sequence[Said]) -> Taken:
    """What an import would bring, without bringing it."""
    new = sum(not inquiries.by_source(link, one.id) for one in said)
    return Taken(new, len(said) - new)


def _gone_before(link: Link, said: Sequence[Said], people: dict[str, Customer]) -> list[Standing]:
    """The inquiries that an answer in the file leads to, of the desk; each message in them answers
    the one before. Whose they are is told as the file tells it, else by a name that no file has;
    `people` learns it."""
    here = {one.id for one in said}
    outside = dict.fromkeys(one.reply_to for one in said if one.reply_to not in here)
    places = [place for source in outside if source for place in inquiries.by_source(link, source)]
    authors = _authors(link, said) if places else {}
    found: dict[str, Standing] = {}
    for place in dict.fromkeys(places):
        author = ""
        if place.customer_id is not None:
            author = authors.get(place.customer_id, f"\0{place.customer_id}")
            people[author] = by_id(link, place.customer_id)
        before = None
        for message in inquiries.messages_of(link, place.inquiry_number):
            if message.source is None:
                continue
            inbound = message.direction == "in"
            if message.source not in here:
                found[message.source] = Standing(
                    message.source, author, inbound, message.said_at, message.text, before
                )
            before = message.source
    return list(found.values())


def _authors(link: Link, said: Sequence[Said]) -> dict[int, str]:
    """What the file calls the customers that the desk knows."""
    names = dict.fromkeys(one.author for one in said if one.inbound)
    found = [(customer, name) for name in names for customer in _known(link, name)[:1]]
    return {customer.id: name for customer, name in found}


def _take(
    d: DeedInProgress,
    desk: Desk,
    conversation: Conversation,
    known: dict[str, list[inquiries.Place]],
    people: dict[str, Customer],
    channel: str,
) -> None:
    customer = None
    if conversation.author is not None:
        customer = _customer(d, people, conversation)
    before = _standing(d, conversation, known, customer)
    if before is None and customer is not None:
        before = _adopted(d, conversation, known, customer)
    fresh = [one for one in conversation.messages if not _stands_in(before, known[one.id])]
    thread = _played(before, fresh, customer, channel, d.now, desk)
    thread = threads.add(d, thread) if before is None else threads.save(d, before, thread)
    _write_messages(d, thread.inquiry, fresh, channel)
    if customer is not None:
        people[conversation.author or ""] = customers.met(d, customer, fresh[-1].at)


def _stands_in(thread: Thread | None, places: Iterable[inquiries.Place]) -> bool:
    return thread is not None and any(
        place.inquiry_number == thread.inquiry.number for place in places
    )


def _customer(
    d: DeedInProgress, people: dict[str, Customer], conversation: Conversation
) -> Customer:
    author = conversation.author or ""
    if author not in people:
        people[author] = _found_or_made(d, author, conversation.messages[0].at)
    return people[author]


def _known(link: Link, author: str) -> list[Customer]:
    kind = _kind(author)
    return by_reach(link, kind, customers.REACH[kind](author))


def _kind(author: str) -> str:
    if is_phone(author):
        return "phone"
    return "email" if "@" in author and read_who(author).kind == "email" else "handle"


def _found_or_made(d: DeedInProgress, author: str, at: datetime) -> Customer:
    kind = _kind(author)
    reach = customers.REACH[kind](author)
    found = by_reach(d.link, kind, reach)
    if found:
        return found[0]
    name = author.split("@")[0] if kind == "email" else author
    made = customers.make_named(d, name, at)
    d.add(ContactPoint(0, made.id, kind, author, reach))
    return made


def _standing(
    d: DeedInProgress,
    conversation: Conversation,
    known: dict[str, list[inquiries.Place]],
    customer: Customer | None,
) -> Thread | None:
    """The inquiry that an earlier import made of this conversation."""
    owner = customer.id if customer else None
    for one in conversation.messages:
        for place in known[one.id]:
            if place.customer_id == owner:
                return threads.load(d.link, place.inquiry_number)
    return None


def _adopted(
    d: DeedInProgress,
    conversation: Conversation,
    known: dict[str, list[inquiries.Place]],
    customer: Customer,
) -> Thread | None:
    """What we began and nobody had answered, now that somebody has: it becomes theirs."""
    places = [place for one in conversation.messages for place in known[one.id]]
    number = next((p.inquiry_number for p in places if p.customer_id is None), None)
    if number is None:
        return None
    d.change(threads.load(d.link, number).inquiry, customer_id=customer.id)
    for message in inquiries.messages_of(d.link, number):
        d.change(message, customer_id=customer.id)
        if message.source in known:
            known[message.source] = inquiries.by_source(d.link, message.source)
    return threads.load(d.link, number)


def _played(
    thread: Thread | None,
    messages: Iterable[Said],
    customer: Customer | None,
    channel: str,
    now: datetime,
    desk: Desk,
) -> Thread:
    """The messages one after another, with the closings that time made between them."""
    for one in messages:
        if thread is None:
            thread = _begun(one, customer, channel, desk)
            continue
        thread = _settled(thread, one.at)
        if one.inbound:
            thread = rules.received(thread, one.at, desk)
        else:
            thread = rules.replied(thread, one.at, desk)
    assert thread is not None  # a conversation has a message
    return _settled(thread, now)


def _begun(one: Said, customer: Customer | None, channel: str, desk: Desk) -> Thread:
    draft = Inquiry(
        number=0,
        customer_id=customer.id if customer else None,
        channel=channel,
        subject=subject_of(one.text, channel),
        status="open",
        opened_at=one.at,
    )
    if one.inbound:
        return rules.opened(draft, one.at, desk)
    return rules.started_by_us(draft, one.at, desk)


def _settled(thread: Thread, at: datetime) -> Thread:
    """A quiet check that ran out by `at` closes the inquiry at its own instant."""
    check = steps.open_follow_up(thread, "check")
    if check is None or not check.quiet or check.due_at > at:
        return thread
    return rules.check_done(thread, check, check.due_at, "done")


def _write_messages(
    d: DeedInProgress, inquiry: Inquiry, messages: Iterable[Said], channel: str
) -> None:
    blank = Message(
        id=0,
        inquiry_number=inquiry.number,
        customer_id=inquiry.customer_id,
        said_at=inquiry.opened_at,
        direction="in",
        channel=channel,
        text="",
    )
    for one in messages:
        direction = "in" if one.inbound else "out"
        d.add(blank._replace(said_at=one.at, direction=direction, text=one.text, source=one.id))
