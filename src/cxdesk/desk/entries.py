"""The rows of `due` with what only a mail says, and what is good news."""

from __future__ import annotations

from datetime import timedelta

from cxdesk.domain import reminders as rules
from cxdesk.domain.agenda import day_end
from cxdesk.domain.reminders import Entry, Praise
from cxdesk.store import customers, inquiries, outbox, things

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date, datetime

    from cxdesk.domain.records import Desk, Item
    from cxdesk.store.database import Link


def entry(link: Link, item: Item) -> Entry:
    """One thing of a mail."""
    promise = things.promise(link, item.number or 0) if item.kind == "promise" else None
    owner = customers.by_handle(link, item.handle) if item.handle else None
    inquiry = inquiries.by_number(link, item.inquiry) if item.inquiry else None
    return Entry(
        item,
        said=promise.said if promise else None,
        prefers=owner.prefers if owner else None,
        waiting_at=inquiry.unanswered_at if inquiry else None,
        mails=outbox.mails_of(link, item.inquiry) if item.inquiry else 0,
        subject=inquiry.subject if inquiry else None,
    )


def praise(link: Link, since: datetime, until: datetime) -> Praise | None:
    """The best thing that a customer said in [since, until)."""
    for inquiry in outbox.closed_between(link, since, until):
        good = rules.is_praise(inquiry.feedback, inquiry.rating, inquiry.mood)
        if good and inquiry.customer_id is not None and inquiry.closed_at is not None:
            name = customers.by_id(link, inquiry.customer_id).name
            return Praise(name, inquiry.feedback, inquiry.rating, inquiry.closed_at)
    return None


def midnight(day: date, desk: Desk) -> datetime:
    """The instant at which a local date begins."""
    return day_end(day - timedelta(days=1), desk)
