"""The JSON of cli.md, one function a shape. Its keys are a promise: added to, never renamed."""

from __future__ import annotations

from cxdesk.domain.promises import verdict
from cxdesk.domain.received import NO_MAILS
from cxdesk.views.words import iso, iso_or_none

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.received import Mails, NoMail
    from cxdesk.domain.records import Card, Customer, FollowUp, Item, Message, Promise, Round, Seen

    Names = Mapping[int, tuple[str, str]]


def who_json(handle: str | None, name: str | None) -> dict[str, Any] | None:
    """Whose it is; None for someone unknown."""
    return None if handle is None else {"handle": handle, "name": name}


def customer_json(card: Card, hours: OpeningHours) -> dict[str, Any]:
    customer = card.customer
    return {
        "handle": customer.handle,
        "name": customer.name,
        "stage": customer.stage,
        "since": iso(customer.since_at, hours),
        "emails": points(card, "email"),
        "phones": points(card, "phone"),
        "likes": traits(card, "like"),
        "facts": {trait.key: trait.value for trait in card.traits if trait.kind == "fact"},
        "prefers": customer.prefers,
        "tags": traits(card, "tag"),
        "consent": customer.consent,
        "open": card.open,
        "last_contact_at": iso_or_none(customer.last_contact_at, hours),
        "company": _other_json(card.company),
        "from": _other_json(card.referrer),
    }


def _other_json(customer: Customer | None) -> dict[str, Any] | None:
    return who_json(customer.handle, customer.name) if customer else None


def points(card: Card, kind: str) -> list[str]:
    return [point.value for point in card.points if point.kind == kind]


def traits(card: Card, kind: str) -> list[str]:
    return [trait.value for trait in card.traits if trait.kind == kind]


def inquiry_json(seen: Seen, hours: OpeningHours) -> dict[str, Any]:
    inquiry = seen.inquiry
    return {
        "number": inquiry.number,
        "customer": who_json(seen.handle, seen.name),
        "channel": inquiry.channel,
        "subject": inquiry.subject,
        "status": inquiry.status,
        "opened_at": iso(inquiry.opened_at, hours),
        "first_reply_at": iso_or_none(inquiry.first_reply_at, hours),
        "answered_at": iso_or_none(inquiry.answered_at, hours),
        "closed_at": iso_or_none(inquiry.closed_at, hours),
        "confirmed": inquiry.confirmed,
        "rating": inquiry.rating,
        "mood": inquiry.mood,
        "tags": list(seen.tags),
        "chased": inquiry.chased,
        "attempts": inquiry.attempts,
        "reopened": inquiry.reopened,
        "problem": None,
        "need_at": iso_or_none(inquiry.need_at, hours),
    }


def message_json(message: Message, hours: OpeningHours, mails: Mails = NO_MAILS) -> dict[str, Any]:
    """`shortened`: its mail says more; `full_text` is all of it where it was asked for. `from`: who
    wrote that mail, as it says; `doubts`: what is odd about it; `mail`: what became of the mail
    that a message of ours goes out as."""
    written = mails.written.get(message.id)
    return {
        "at": iso(message.said_at, hours),
        "direction": message.direction,
        "channel": message.channel,
        "text": message.text,
        "reached": message.reached,
        "automatic": message.automatic,
        "attachments": [
            {"number": one.number, "name": one.name, "type": one.type, "size": one.size}
            for one in mails.hanging.get(message.id, ())
        ],
        "shortened": mails.is_shortened(message.id),
        "full_text": mails.whole.get(message.id),
        "from": {"name": written.name, "email": written.email} if written else None,
        "doubts": list(written.doubts) if written else [],
        "mail": mails.left[message.id][1] if message.id in mails.left else None,
    }


def no_mail_json(one: NoMail, hours: OpeningHours) -> dict[str, Any]:
    at = iso(one.noted_at, hours)
    return {"address": one.address, "why": one.why, "at": at, "detail": one.detail}


def promise_json(
    promise: Promise, names: Names, hours: OpeningHours, now: datetime
) -> dict[str, Any]:
    late, late_business = lateness(promise, hours, now)
    return {
        "number": promise.number,
        "inquiry": promise.inquiry_number,
        "customer": owner_json(promise.customer_id, names),
        "kind": promise.kind,
        "owes": promise.owes,
        "told": promise.told,
        "what": promise.what,
        "said": promise.said,
        "made_at": iso(promise.made_at, hours),
        "due_at": iso(promise.due_at, hours),
        "state": promise.state,
        "kept_at": iso_or_none(promise.kept_at, hours),
        "early_minutes": promise.early_minutes,
        "late_minutes": late,
        "late_business_minutes": late_business,
        "moved": promise.moved,
    }


def lateness(promise: Promise, hours: OpeningHours, now: datetime) -> tuple[int | None, int | None]:
    """Minutes late, on the wall and in business: as judged, and while it is open as of now."""
    if promise.state != "open":
        return promise.late_minutes, promise.late_business_minutes
    so_far = verdict(promise.due_at, None, hours, now)
    return so_far.late_minutes, so_far.late_business_minutes


def follow_up_json(follow_up: FollowUp, names: Names, hours: OpeningHours) -> dict[str, Any]:
    return {
        "number": follow_up.number,
        "inquiry": follow_up.inquiry_number,
        "customer": owner_json(follow_up.customer_id, names),
        "kind": follow_up.kind,
        "what": follow_up.what,
        "due_at": iso(follow_up.due_at, hours),
        "state": follow_up.state,
        "done_at": iso_or_none(follow_up.done_at, hours),
        "every": follow_up.every,
        "quiet": follow_up.quiet,
        "by_mail": follow_up.by_mail,
    }


def round_json(of: Round, hours: OpeningHours) -> dict[str, Any]:
    return {
        "channel": of.channel,
        "kind": of.kind,
        "rule": of.rule,
        "looked_at": iso_or_none(of.looked_at, hours),
        "next_at": iso(of.next_at, hours),
    }


def owner_json(customer_id: int | None, names: Names) -> dict[str, Any] | None:
    known = None if customer_id is None else names.get(customer_id)
    return who_json(*known) if known else None


def item_json(item: Item, hours: OpeningHours) -> dict[str, Any]:
    return {
        "ref": item.ref,
        "number": item.number,
        "kind": item.kind,
        "state": item.state,
        "due_at": iso_or_none(item.due_at, hours),
        "late_minutes": item.late_minutes,
        "late_business_minutes": item.late_business_minutes,
        "promised": item.promised,
        "customer": who_json(item.handle, item.name),
        "inquiry": item.inquiry,
        "channel": item.channel,
        "what": item.what,
        "reach": item.reach,
        "nudge": item.nudge,
        "need_at": iso_or_none(item.need_at, hours),
    }
