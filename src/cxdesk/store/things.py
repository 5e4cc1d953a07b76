"""What a number means, and what of a customer's is open: inquiries, promises, follow-ups."""

from __future__ import annotations

from cxdesk.domain.records import FollowUp, Inquiry, Promise
from cxdesk.store.database import Link, Sql
from cxdesk.store.inquiries import FOLLOW_UP, PROMISE, by_number

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import TypeAlias

    Thing: TypeAlias = Inquiry | Promise | FollowUp

_PROMISE = Sql(f"SELECT {PROMISE} FROM promise p WHERE p.number = :number", Promise)
_FOLLOW_UP = Sql(f"SELECT {FOLLOW_UP} FROM follow_up f WHERE f.number = :number", FollowUp)
_PROMISES_OF = Sql(
    f"SELECT {PROMISE} FROM promise p WHERE p.customer_id = :customer AND p.state = 'open'"
    " ORDER BY p.due_at, p.number",
    Promise,
)
_FOLLOW_UPS_OF = Sql(
    f"SELECT {FOLLOW_UP} FROM follow_up f WHERE f.customer_id = :customer AND f.state = 'open'"
    " ORDER BY f.due_at, f.number",
    FollowUp,
)

_POLICY_OPEN = Sql(
    f"SELECT {PROMISE} FROM promise p WHERE p.state = 'open' AND p.kind = 'policy'"
    " ORDER BY p.due_at, p.number",
    Promise,
)


_DUE_BETWEEN = Sql(
    f"SELECT {PROMISE} FROM promise p WHERE p.state = 'open'"
    " AND p.due_at >= :since AND p.due_at < :until ORDER BY p.due_at, p.number",
    Promise,
)


def thing(link: Link, number: int) -> Thing | None:
    """The inquiry, promise or follow-up that bears the number."""
    return by_number(link, number) or promise(link, number) or follow_up(link, number)


def promise(link: Link, number: int) -> Promise | None:
    found: Promise | None = link.one(_PROMISE, number=number)
    return found


def follow_up(link: Link, number: int) -> FollowUp | None:
    found: FollowUp | None = link.one(_FOLLOW_UP, number=number)
    return found


def exists(link: Link, number: int) -> bool:
    return thing(link, number) is not None


def customer_of(link: Link, number: int) -> int | None:
    found = thing(link, number)
    return None if found is None else found.customer_id


def open_promises_of(link: Link, customer: int) -> list[Promise]:
    return link.all(_PROMISES_OF, customer=customer)


def open_follow_ups_of(link: Link, customer: int) -> list[FollowUp]:
    return link.all(_FOLLOW_UPS_OF, customer=customer)


def open_policy_promises(link: Link) -> list[Promise]:
    return link.all(_POLICY_OPEN)


def open_promises_due(link: Link, since: datetime, until: datetime) -> list[Promise]:
    """What is owed in [since, until)."""
    return link.all(_DUE_BETWEEN, since=since, until=until)
