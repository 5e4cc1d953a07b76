"""Every read about inquiries and their messages."""

from __future__ import annotations

from cxdesk.domain.records import FollowUp, Inquiry, Message, NamedTuple, Promise, Thread
from cxdesk.store.database import Link, Sql, to_instant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

INQUIRY = ", ".join(f"i.{field}" for field in Inquiry._fields)
PROMISE = ", ".join(f"p.{field}" for field in Promise._fields)
FOLLOW_UP = ", ".join(f"f.{field}" for field in FollowUp._fields)
MESSAGE = ", ".join(f"m.{field}" for field in Message._fields)

# An answered inquiry whose quiet check has run out is closed, whether or not a deed has recorded
# it yet. Every read that looks at a status goes through these two.
QUIET_END = (
    "(SELECT q.due_at FROM follow_up q WHERE q.inquiry_number = i.number AND q.quiet"
    " AND q.state = 'open' AND q.due_at <= :now AND i.status = 'answered')"
)
STATUS_NOW = f"CASE WHEN {QUIET_END} IS NULL THEN i.status ELSE 'closed' END"
CLOSED_NOW = f"COALESCE(i.closed_at, {QUIET_END})"
_NOW = {"status": f"{STATUS_NOW} AS status", "closed_at": f"{CLOSED_NOW} AS closed_at"}
INQUIRY_NOW = ", ".join(_NOW.get(field, f"i.{field}") for field in Inquiry._fields)


class Place(NamedTuple):
    """Where a message that was taken in stands."""

    inquiry_number: int
    customer_id: int | None


_BY_SOURCE = Sql(
    "SELECT inquiry_number, customer_id FROM message"
    " WHERE source = :source AND inquiry_number IS NOT NULL",
    Place,
)
_ANY_SOURCE = Sql("SELECT 1 FROM message WHERE source IS NOT NULL LIMIT 1")
_ANY_MAIL = Sql(
    "SELECT (SELECT max(id) FROM received) IS NOT NULL"
    " OR EXISTS (SELECT 1 FROM mail WHERE dedupe >= 'reply' AND dedupe < 'replz')"
)
_BY_NUMBER = Sql(f"SELECT {INQUIRY} FROM inquiry i WHERE i.number = :number", Inquiry)
_NOW_BY_NUMBER = Sql(f"SELECT {INQUIRY_NOW} FROM inquiry i WHERE i.number = :number", Inquiry)
_OPEN_PROMISES = Sql(
    f"SELECT {PROMISE} FROM promise p"
    " WHERE p.inquiry_number = :number AND p.state = 'open' ORDER BY p.number",
    Promise,
)
_OPEN_FOLLOW_UPS = Sql(
    f"SELECT {FOLLOW_UP} FROM follow_up f"
    " WHERE f.inquiry_number = :number AND f.state = 'open' ORDER BY f.number",
    FollowUp,
)
_ALL_PROMISES = Sql(
    f"SELECT {PROMISE} FROM promise p WHERE p.inquiry_number = :number ORDER BY p.number", Promise
)
_ALL_FOLLOW_UPS = Sql(
    f"SELECT {FOLLOW_UP} FROM follow_up f WHERE f.inquiry_number = :number ORDER BY f.number",
    FollowUp,
)
_TAGS = Sql("SELECT tag FROM inquiry_tag WHERE inquiry_number = :number ORDER BY tag")
_MESSAGES = Sql(
    f"SELECT {MESSAGE} FROM message m WHERE m.inquiry_number = :number ORDER BY m.said_at, m.id",
    Message,
)
_LAST_MESSAGES = Sql(
    f"SELECT {MESSAGE} FROM message m WHERE m.customer_id = :customer"
    " ORDER BY m.said_at DESC, m.id DESC LIMIT :limit",
    Message,
)
# One text for every filter: what is NULL is not asked for.
_FITS = (
    f"WHERE (CAST(:status AS text) IS NULL OR {STATUS_NOW} = :status)"
    " AND (CAST(:channel AS text) IS NULL OR i.channel = :channel)"
    " AND (CAST(:since AS text) IS NULL OR i.opened_at >= :since)"
    " AND (CAST(:customer AS integer) IS NULL OR i.customer_id = :customer)"
    " AND (CAST(:tag AS text) IS NULL OR EXISTS (SELECT 1 FROM inquiry_tag t"
    " WHERE t.inquiry_number = i.number AND t.tag = :tag))"
)
_LISTED = Sql(f"SELECT {INQUIRY_NOW} FROM inquiry i {_FITS} ORDER BY i.number DESC", Inquiry)
_LISTED_OWNERS = Sql(
    "SELECT DISTINCT c.id, c.handle, c.name FROM inquiry i"
    f" JOIN customer c ON c.id = i.customer_id {_FITS}"
)
_LISTED_TAGS = Sql(
    "SELECT o.inquiry_number, o.tag FROM inquiry i"
    f" JOIN inquiry_tag o ON o.inquiry_number = i.number {_FITS} ORDER BY o.tag"
)
_UNREAD_SINCE = Sql(
    "SELECT said_at FROM message WHERE inquiry_number = :number AND direction = 'in'"
    " AND said_at > :at ORDER BY said_at LIMIT 1"
)
_ALIVE_OF = Sql(
    f"SELECT {INQUIRY_NOW} FROM inquiry i WHERE i.customer_id = :customer"
    f" AND i.status <> 'closed' AND {QUIET_END} IS NULL ORDER BY i.number",
    Inquiry,
)
_QUIETLY_ENDED = Sql(
    f"SELECT {FOLLOW_UP} FROM follow_up f WHERE f.state = 'open' AND f.quiet"
    " AND f.due_at <= :now ORDER BY f.due_at, f.number",
    FollowUp,
)
_OF_CUSTOMER = Sql(
    f"SELECT {INQUIRY_NOW} FROM inquiry i WHERE i.customer_id = :customer ORDER BY i.number DESC",
    Inquiry,
)


def has_mail(link: Link) -> bool:
    """Whether this desk ever took mail in, or sent an answer."""
    return bool(link.value(_ANY_MAIL))


def by_number(link: Link, number: int) -> Inquiry | None:
    """As the row stands: what a deed begins from."""
    found: Inquiry | None = link.one(_BY_NUMBER, number=number)
    return found


def seen(link: Link, number: int, now: datetime) -> Inquiry | None:
    """As people see it at `now`: quietly closed ones are closed."""
    found: Inquiry | None = link.one(_NOW_BY_NUMBER, number=number, now=now)
    return found


def thread(link: Link, number: int) -> Thread | None:
    """The inquiry with what is open on it: what the rules of domain/inquiries.py take."""
    inquiry = by_number(link, number)
    if inquiry is None:
        return None
    return Thread(
        inquiry,
        tuple(link.all(_OPEN_PROMISES, number=number)),
        tuple(link.all(_OPEN_FOLLOW_UPS, number=number)),
        tuple(tags(link, number)),
    )


def tags(link: Link, number: int) -> list[str]:
    return [tag for (tag,) in link.pairs(_TAGS, number=number)]


def promises_of(link: Link, number: int) -> list[Promise]:
    return link.all(_ALL_PROMISES, number=number)


def follow_ups_of(link: Link, number: int) -> list[FollowUp]:
    return link.all(_ALL_FOLLOW_UPS, number=number)


def messages_of(link: Link, number: int) -> list[Message]:
    return link.all(_MESSAGES, number=number)


def last_messages_of(link: Link, customer: int, limit: int = 20) -> list[Message]:
    """A customer's newest messages, newest first."""
    return link.all(_LAST_MESSAGES, customer=customer, limit=limit)


def listed(
    link: Link,
    now: datetime,
    *,
    status: str | None,
    tag: str | None,
    channel: str | None,
    since: datetime | None,
    customer: int | None,
) -> list[Inquiry]:
    """Every inquiry that fits what is asked for, newest first."""
    return link.all(
        _LISTED,
        now=now,
        status=status,
        tag=tag,
        channel=channel,
        since=since,
        customer=customer,
    )


def listed_owners(link: Link, now: datetime, **asked: Any) -> dict[int, tuple[str, str]]:
    """Handle and name of whom `listed` gives inquiries of, by id: one read for all of them."""
    rows = link.pairs(_LISTED_OWNERS, now=now, **asked)
    return {number: (handle, name) for number, handle, name in rows}


def listed_tags(link: Link, now: datetime, **asked: Any) -> dict[int, tuple[str, ...]]:
    """The tags of what `listed` gives, by number."""
    found: dict[int, tuple[str, ...]] = {}
    for number, tag in link.pairs(_LISTED_TAGS, now=now, **asked):
        found[number] = (*found.get(number, ()), tag)
    return found


def unread_since(link: Link, number: int, at: datetime) -> datetime | None:
    """When their oldest message after `at` came."""
    return to_instant(link.value(_UNREAD_SINCE, number=number, at=at))


def alive_of(link: Link, customer: int, now: datetime) -> list[Inquiry]:
    """A customer's inquiries that are not closed at `now`."""
    return link.all(_ALIVE_OF, customer=customer, now=now)


def of_customer(link: Link, customer: int, now: datetime) -> list[Inquiry]:
    return link.all(_OF_CUSTOMER, customer=customer, now=now)


def quietly_ended(link: Link, now: datetime) -> list[FollowUp]:
    """The quiet checks that nobody contradicted in time."""
    return link.all(_QUIETLY_ENDED, now=now)


def is_anything_taken(link: Link) -> bool:
    """Whether any message came from a source that names its messages."""
    return link.value(_ANY_SOURCE) is not None


def by_source(link: Link, source: str) -> list[Place]:
    """The inquiries that hold the message with this id of its source."""
    return link.all(_BY_SOURCE, source=source)
