"""A line to choose somebody by: name, last digits, place, last contact."""

from __future__ import annotations

from cxdesk.views import words
from cxdesk.views.shapes import points

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.records import Card, Inquiry, Promise

LAST_DIGITS = 3


def customer_pick(card: Card, hours: OpeningHours, now: datetime) -> str:
    customer = card.customer
    told = [customer.name, f"({customer.handle})"]
    digits = [c for number in points(card, "phone")[:1] for c in number if c.isdigit()]
    if digits:
        told.append("…" + "".join(digits[-LAST_DIGITS:]))
    told += points(card, "email")[:1]
    if customer.address:
        told.append(customer.address)
    if customer.last_contact_at is not None:
        told.append("last contact " + words.day(customer.last_contact_at, hours, now))
    return ", ".join([" ".join(told[:2]), *told[2:]])


def card_lines(card: Card, hours: OpeningHours, now: datetime) -> list[str]:
    """What one wants to know before the first question."""
    customer = card.customer
    known = [f"{customer.stage} since" if customer.stage else "known since"]
    known.append(words.day(customer.since_at, hours, now))
    if card.open:
        known.append(f"- {words.counted(card.open, 'inquiry', 'inquiries')} open")
    if customer.last_contact_at is not None:
        known.append("- last contact " + words.soon_day(customer.last_contact_at, hours, now))
    lines = [f"  {customer.name}, {' '.join(known)}"]
    verbs = {"phone": "call", "email": "mail"}
    lines += [f"  {verbs.get(point.kind, 'at')} {point.value}" for point in card.points]
    likes = [trait.value for trait in card.traits if trait.kind == "like"]
    needs = [trait.value for trait in card.traits if trait.kind == "need"]
    for label, values in (("likes", likes), ("needs", needs)):
        if values:
            lines.append(f"  {label} {', '.join(values)}")
    if customer.prefers:
        lines.append(f"  prefers {customer.prefers}")
    return lines


def inquiry_pick(inquiry: Inquiry, owed: Promise | None, hours: OpeningHours, now: datetime) -> str:
    """ "39, Invoice shows VAT twice (reply by 16:00)"."""
    standing = words.status(inquiry)
    if owed is not None:
        standing = "reply " + words.by(owed.due_at, hours, now)
    return f"{inquiry.number}, {inquiry.subject} ({standing})"
