"""What is handed to the views: what a deed touched, a card, an inquiry."""

from __future__ import annotations

from cxdesk.domain.received import Mails
from cxdesk.domain.records import (
    Card,
    Change,
    ContactPoint,
    Customer,
    Desk,
    FollowUp,
    History,
    Inquiry,
    InquiryTag,
    Item,
    Message,
    Promise,
    Round,
    Seen,
    Trait,
)
from cxdesk.store import customers, inquiries, received, things
from cxdesk.store.database import Link
from cxdesk.store.deeds import DeedInProgress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from cxdesk.domain.received import Hanging
    from cxdesk.domain.theirs import Lived


def change(d: DeedInProgress) -> Change:
    """Everything a deed touched, as it is now; to be asked inside the deed."""
    promises, follow_ups = d.current(Promise), d.current(FollowUp)
    numbers = _inquiries_touched(d)
    seen = tuple(seen_inquiry(d.link, number, d.now) for number in numbers)
    owners = [s.inquiry.customer_id for s in seen]
    owners += [task.customer_id for task in (*promises, *follow_ups)]
    owners += [c.id for c in d.current(Customer)]
    owners += [x.customer_id for x in (*d.current(ContactPoint), *d.current(Trait))]
    owners += [x.customer_id for x in (*d.taken(ContactPoint), *d.taken(Trait))]
    gone = {None, *(customer.id for customer in d.taken(Customer))}
    ids = [owner for owner in dict.fromkeys(owners) if owner is not None and owner not in gone]
    cards = tuple(card(d.link, number, d.now) for number in ids)
    return Change(
        did=d.name,
        now_at=d.now,
        cards=cards,
        inquiries=seen,
        promises=tuple(promises),
        follow_ups=tuple(follow_ups),
        warnings=tuple(d.warnings),
        names=_names(cards),
        made=tuple(d.made(Customer)),
        attempt=any(m.direction == "out" and not m.reached for m in d.made(Message)),
        rounds=tuple(d.current(Round)),
    )


def _inquiries_touched(d: DeedInProgress) -> list[int]:
    found = [inquiry.number for inquiry in d.current(Inquiry)]
    rows = (*d.current(Promise), *d.current(FollowUp), *d.current(Message))
    rows += (*d.current(InquiryTag), *d.taken(InquiryTag))
    found += [row.inquiry_number for row in rows if row.inquiry_number is not None]
    return list(dict.fromkeys(found))


def card(link: Link, customer: int, now: datetime) -> Card:
    shown = customers.by_id(link, customer)
    company, referrer = shown.company_id, shown.referrer_id
    return Card(
        shown,
        tuple(customers.contact_points(link, customer)),
        tuple(customers.traits(link, customer)),
        customers.open_count(link, customer, now),
        None if company is None else customers.by_id(link, company),
        None if referrer is None else customers.by_id(link, referrer),
    )


def seen_inquiry(link: Link, number: int, now: datetime) -> Seen:
    inquiry = inquiries.seen(link, number, now)
    assert inquiry is not None
    owner = None
    if inquiry.customer_id is not None:
        owner = customers.by_id(link, inquiry.customer_id)
    return Seen(
        inquiry,
        owner.handle if owner else None,
        owner.name if owner else None,
        tuple(inquiries.tags(link, number)),
    )


def of_inquiry(link: Link, number: int, now: datetime) -> History:
    """`show NUMBER`: one inquiry with all that was said, owed and planned."""
    seen = seen_inquiry(link, number, now)
    owner = seen.inquiry.customer_id
    shown = None if owner is None else card(link, owner, now)
    return History(
        now_at=now,
        card=shown,
        inquiries=(seen,),
        messages=tuple(inquiries.messages_of(link, number)),
        promises=tuple(inquiries.promises_of(link, number)),
        follow_ups=tuple(inquiries.follow_ups_of(link, number)),
        names=_names((shown,) if shown else ()),
    )


def mails_of_inquiry(link: Link, number: int, *, whole: bool) -> Mails:
    """What hangs on the mails of an inquiry, and who wrote them; `whole`: all of their words."""
    return Mails(
        _by_message(received.hanging_on_inquiry(link, number)),
        {one.said_id: one for one in received.written_on_inquiry(link, number)},
        received.texts_of(link, number) if whole else {},
        left=received.left_on_inquiry(link, number),
    )


def mails_of_customer(link: Link, customer: int, *, whole: bool) -> Mails:
    """As `mails_of_inquiry`, of all of a customer's; and which of their addresses get none."""
    return Mails(
        _by_message(received.hanging_on_customer(link, customer)),
        {one.said_id: one for one in received.written_on_customer(link, customer)},
        received.texts_of_customer(link, customer) if whole else {},
        tuple(received.no_mail_to(link, customer)),
        received.left_to_customer(link, customer),
    )


def _by_message(hanging: Iterable[Hanging]) -> dict[int, tuple[Hanging, ...]]:
    found: dict[int, tuple[Hanging, ...]] = {}
    for one in hanging:
        if one.said_id is not None:
            found[one.said_id] = (*found.get(one.said_id, ()), one)
    return found


def of_customer(link: Link, customer: int, now: datetime, alone: int | None = None) -> History:
    """`show WHO`: the card, the inquiries, and what is open; `alone` is the number of a promise or
    follow-up that is shown although it is over."""
    shown = card(link, customer, now)
    name = (shown.customer.handle, shown.customer.name)
    seen = tuple(
        Seen(inquiry, *name, tuple(inquiries.tags(link, inquiry.number)))
        for inquiry in inquiries.of_customer(link, customer, now)
    )
    return History(
        now_at=now,
        card=shown,
        inquiries=seen,
        messages=tuple(inquiries.last_messages_of(link, customer)),
        promises=_with(things.open_promises_of(link, customer), link, alone, Promise),
        follow_ups=_with(things.open_follow_ups_of(link, customer), link, alone, FollowUp),
        names=_names((shown,)),
    )


def theirs(link: Link, seen: Iterable[Seen]) -> list[tuple[Seen, Lived]]:
    """What the customer lived through on each of these inquiries."""
    from cxdesk.domain.theirs import lived

    return [
        (
            one,
            lived(
                one.inquiry,
                inquiries.messages_of(link, one.inquiry.number),
                inquiries.promises_of(link, one.inquiry.number),
            ),
        )
        for one in seen
    ]


def _with(found: list[Any], link: Link, alone: int | None, shape: Any) -> tuple[Any, ...]:
    asked = None if alone is None else things.thing(link, alone)
    if isinstance(asked, shape) and asked not in found:
        return (*found, asked)
    return tuple(found)


def _names(cards: Iterable[Card]) -> dict[int, tuple[str, str]]:
    return {c.customer.id: (c.customer.handle, c.customer.name) for c in cards}


def workings(promises: Iterable[Promise], desk: Desk) -> dict[int, list[str]]:
    """How each policy promise's due instant was reached, by its number."""
    from cxdesk.domain.promises import explain, read_allowance

    return {
        promise.number: explain(promise.made_at, read_allowance(promise.allowance), desk.hours)
        for promise in promises
        if promise.allowance is not None
    }


def cards(
    link: Link,
    now: datetime,
    *,
    stage: str | None,
    tags: Iterable[str],
    consent: bool,
    quiet_since: datetime | None = None,
) -> list[Card]:
    """The customers that fit what is asked for, by handle; of several tags they bear every one.
    `quiet_since`: nobody has said anything to the other since then."""
    tagged = [customers.with_trait(link, "tag", tag) for tag in tags]
    return [
        card(link, customer.id, now)
        for customer in customers.everyone(link)
        if (stage is None or customer.stage == stage)
        and all(customer.id in holders for holders in tagged)
        and (not consent or customer.consent)
        and (quiet_since is None or (customer.last_contact_at or customer.since_at) < quiet_since)
    ]


def owner(link: Link, promise: Promise) -> str:
    """To whom a promise was made, by name."""
    if promise.customer_id is None:
        return "someone"
    return customers.by_id(link, promise.customer_id).name


def last_said(link: Link, item: Item) -> Message | None:
    """The last that was said on an item's inquiry, by either side."""
    if item.inquiry is None:
        return None
    said = [m for m in inquiries.messages_of(link, item.inquiry) if m.direction != "note"]
    return said[-1] if said else None
