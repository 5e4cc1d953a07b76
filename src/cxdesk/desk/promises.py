"""Spoken promises, and what becomes of a promise: done, moved, dropped."""

from __future__ import annotations

from cxdesk.desk import contacts, customers, threads
from cxdesk.desk.people import Found
from cxdesk.domain import inquiries as rules
from cxdesk.domain import threads as steps
from cxdesk.domain.records import Customer, Desk, Message, Owed, Promise
from cxdesk.errors import RefusedError, UsageError
from cxdesk.store.deeds import DeedInProgress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from cxdesk.desk.contacts import Contact


def promise(d: DeedInProgress, desk: Desk, found: Found, number: int | None, owed: Owed) -> None:
    """`promise`: on an inquiry by its number, else to a customer alone (always a deed)."""
    if number is not None:
        before = threads.load(d.link, number)
        threads.save(d, before, rules.promised(before, owed, d.now, desk))
        return
    customer = customers.make(d, found, d.now) if found.is_new else found.customer
    if customer is None:
        raise UsageError(
            "A promise to someone unknown cannot be kept track of.", "Write a name, or a number."
        )
    d.add(to_customer(desk, customer, owed, d))


def to_customer(desk: Desk, customer: Customer, owed: Owed, d: DeedInProgress) -> Promise:
    channel = customer.prefers or desk.channels[0].name
    return steps.new_promise(owed, d.now, desk, channel=channel, customer=customer.id)


def done(d: DeedInProgress, desk: Desk, promise: Promise, contact: Contact) -> None:
    """`done` on a promise: a reply promise is replied to, a deed promise is kept."""
    if promise.inquiry_number is None:
        d.change(promise, **steps.kept(promise, contact.at, desk)._asdict())
        _note(d, promise, contact.note, contact.at)
        return
    if promise.owes == "reply":
        contacts.reply(d, desk, promise.inquiry_number, contact._replace(out=True))
        return
    before = threads.load(d.link, promise.inquiry_number)
    standing = next(p for p in before.promises if p.number == promise.number)
    threads.save(d, before, rules.deed_done(before, standing, contact.at, desk))
    _note(d, promise, contact.note, contact.at)


def move(d: DeedInProgress, promise: Promise, to: Owed, *, told: bool, why: str) -> None:
    """`move` a promise. Not told, the lists follow the new instant and the verdict does not."""
    moved = steps.moved_promise(promise, to, told=told)
    d.change(promise, **moved._asdict())
    _note(d, promise, why, d.now)


def drop(d: DeedInProgress, promise: Promise, why: str) -> None:
    """`drop` a promise: released."""
    if promise.state != "open":
        raise RefusedError(f"{promise.number} is not open.", f"cxdesk show {promise.number}")
    d.change(promise, state="released")
    _note(d, promise, why, d.now)


def drop_inquiry(d: DeedInProgress, number: int, why: str) -> None:
    """`drop` an inquiry: closed without confirmation, everything owed on it released."""
    before = threads.load(d.link, number)
    if before.inquiry.status == "closed":
        raise RefusedError(f"Inquiry {number} is closed already.", f"cxdesk show {number}")
    threads.save(d, before, rules.dropped(before, d.now))
    if why:
        contacts.note(d, before.inquiry, why, d.now)


def _note(d: DeedInProgress, promise: Promise, text: str, at: datetime) -> None:
    """A note of our own, on the promise's inquiry or on its customer alone."""
    if text:
        number, customer = promise.inquiry_number, promise.customer_id
        d.add(Message(0, number, customer, at, "note", promise.channel, text))
