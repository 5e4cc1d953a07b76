"""Everything that is a customer's, open or long over: what a merge moves."""

from __future__ import annotations

from cxdesk.domain.records import Customer, FollowUp, Inquiry, Message, NamedTuple, Promise
from cxdesk.store.customers import CUSTOMER
from cxdesk.store.database import Link, Sql
from cxdesk.store.inquiries import FOLLOW_UP, INQUIRY, MESSAGE, PROMISE

_INQUIRIES = Sql(
    f"SELECT {INQUIRY} FROM inquiry i WHERE i.customer_id = :customer ORDER BY i.number", Inquiry
)
_PROMISES = Sql(
    f"SELECT {PROMISE} FROM promise p WHERE p.customer_id = :customer ORDER BY p.number", Promise
)
_FOLLOW_UPS = Sql(
    f"SELECT {FOLLOW_UP} FROM follow_up f WHERE f.customer_id = :customer ORDER BY f.number",
    FollowUp,
)
_MESSAGES = Sql(
    f"SELECT {MESSAGE} FROM message m WHERE m.customer_id = :customer ORDER BY m.id", Message
)
_PEOPLE = Sql(f"SELECT {CUSTOMER} FROM customer c WHERE c.company_id = :customer", Customer)
_REFERRED = Sql(f"SELECT {CUSTOMER} FROM customer c WHERE c.referrer_id = :customer", Customer)


class Belongings(NamedTuple):
    """What hangs on one customer, but for the card itself."""

    inquiries: tuple[Inquiry, ...]
    promises: tuple[Promise, ...]
    follow_ups: tuple[FollowUp, ...]
    messages: tuple[Message, ...]


def of_customer(link: Link, customer: int) -> Belongings:
    return Belongings(
        tuple(link.all(_INQUIRIES, customer=customer)),
        tuple(link.all(_PROMISES, customer=customer)),
        tuple(link.all(_FOLLOW_UPS, customer=customer)),
        tuple(link.all(_MESSAGES, customer=customer)),
    )


def people_of(link: Link, company: int) -> list[Customer]:
    return link.all(_PEOPLE, customer=company)


def referred_by(link: Link, customer: int) -> list[Customer]:
    return link.all(_REFERRED, customer=customer)
