"""Whose a mail is: its inquiry by reference or token, its customer by address."""

from __future__ import annotations

from datetime import timedelta

from cxdesk.desk import customers, returned
from cxdesk.domain import letters as rules
from cxdesk.domain.customers import email_reach, read_who
from cxdesk.domain.letters import Address, Letter
from cxdesk.domain.received import Received
from cxdesk.domain.records import Customer, Inquiry
from cxdesk.store import inquiries
from cxdesk.store import received as store
from cxdesk.store.customers import by_reach, contact_points
from cxdesk.store.deeds import DeedInProgress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from cxdesk.store.database import Link

LONGEST_NAME = 120


def by_reference(link: Link, letter: Letter) -> int | None:
    """By In-Reply-To, then References from right to left, exactly."""
    for message_id in rules.candidates(letter):
        for one in store.by_message_id(link, message_id):
            if one.inquiry_number is not None:
                return one.inquiry_number
        number = sent_as(link, message_id)
        if number is not None:
            return number
    return None


def sent_as(link: Link, message_id: str) -> int | None:
    """The inquiry of a mail that we sent under this Message-ID."""
    found = store.sent_as(link, message_id)
    return None if found is None else returned.inquiry_of(link, *found[1:])


def by_token(link: Link, letter: Letter, prefix: str) -> int | None:
    """The inquiry whose number the subject bears."""
    number = rules.token_number(letter.subject, prefix)
    found = inquiries.by_number(link, number) if number is not None else None
    return found.number if found else None


def takes_part(link: Link, number: int, letter: Letter) -> bool:
    """Whether the sender is one of those who write on that inquiry."""
    inquiry = inquiries.by_number(link, number)
    return inquiry is not None and email_reach(letter.sender.email) in _taking_part(link, inquiry)


def _taking_part(link: Link, inquiry: Inquiry) -> set[str | None]:
    found = {one.email for one in store.of_inquiry(link, inquiry.number)}
    if inquiry.customer_id is not None:
        points = contact_points(link, inquiry.customer_id)
        found |= {point.reach for point in points if point.kind == "email"}
    return found - {None, ""}


def customer_of(
    d: DeedInProgress, author: Address, at: datetime, own: frozenset[str]
) -> Customer | None:
    """By address, else made from the sender; nobody where there is no address, or it is ours."""
    reach = email_reach(author.email)
    if not reach or reach in own or read_who(author.email).kind != "email":
        return None
    known = by_reach(d.link, "email", reach)
    if known:
        return known[0]
    name = author.name[:LONGEST_NAME].strip() or reach.split("@")[0]
    made = customers.make_named(d, name, at)
    customers.add_point(d, made, "email", author.email)
    return made


def known_recipient(link: Link, letter: Letter, own: frozenset[str]) -> Customer | None:
    """The first of those it went to who is a customer."""
    for address in letter.recipients:
        found = [] if address in own else by_reach(link, "email", email_reach(address))
        if found:
            return found[0]
    return None


def possible_duplicate(link: Link, received: Received, letter: Letter) -> int | None:
    """An inquiry of the same sender under the same subject, of late."""
    subject = rules.base_subject(letter.subject).casefold()
    if received.email is None or not subject:
        return None
    since = received.received_at - timedelta(days=rules.DUPLICATE_DAYS)
    for one in store.from_sender(link, received.email, since):
        if rules.base_subject(one.subject or "").casefold() == subject:
            return one.inquiry_number
    return None
