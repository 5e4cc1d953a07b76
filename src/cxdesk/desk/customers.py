"""Making and changing customers' cards."""

from __future__ import annotations

from cxdesk.desk.channels import channel_named
from cxdesk.desk.people import Found
from cxdesk.domain.customers import (
    email_reach,
    handle_from,
    handle_reach,
    is_phone,
    name_from,
    phone_reach,
    read_who,
)
from cxdesk.domain.records import ContactPoint, Customer, Desk, NamedTuple, Trait
from cxdesk.errors import NotFoundError, RefusedError, UsageError
from cxdesk.store import customers, received
from cxdesk.store.deeds import DeedInProgress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


class Card(NamedTuple):
    """What is to be written on a card; None leaves a field as it is, lists are added to."""

    name: str | None = None
    stage: str | None = None
    prefers: str | None = None
    address: str | None = None
    heard: str | None = None
    consent: bool | None = None
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    likes: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    facts: tuple[tuple[str, str], ...] = ()
    company: Found | None = None
    referrer: Found | None = None


REACH = {"email": email_reach, "phone": phone_reach, "handle": handle_reach}


def make(d: DeedInProgress, found: Found, at: datetime) -> Customer:
    """A new customer from a WHO: its name, and the address or number that was typed."""
    who = found.who
    customer = make_named(d, name_from(who), at)
    if who.kind in ("email", "phone"):
        add_point(d, customer, who.kind, who.typed)
    return customer


def make_named(d: DeedInProgress, name: str, at: datetime) -> Customer:
    wanted = handle_from(name)
    handle = customers.free_handle(d.link, wanted)
    if handle != wanted:
        d.warnings.append(f"{wanted} is taken; this one is {handle}.")
    made: Customer = d.add(Customer(0, handle=handle, name=" ".join(name.split()), since_at=at))
    return made


def add_point(d: DeedInProgress, customer: Customer, kind: str, value: str) -> None:
    """Write a contact point, once; one that leads to somebody else is refused."""
    reach = REACH[kind](value)
    if kind == "phone" and not is_phone(value):
        raise UsageError(
            f"{value} is no phone number.", "Write it with its leading 0 or +: 020 7946 0311."
        )
    if kind == "email" and read_who(value).kind != "email":
        raise UsageError(f"{value} is no e-mail address.", "Write it like ann@example.com.")
    owners = customers.by_reach(d.link, kind, reach)
    if any(owner.id == customer.id for owner in owners):
        return
    if owners:
        d.warnings.append(f"{value} is {owners[0].name}'s too ({owners[0].handle}).")
    d.add(ContactPoint(0, customer.id, kind, value.strip(), reach))


def drop_points(d: DeedInProgress, customer: Customer, kind: str, values: Sequence[str]) -> None:
    """Take addresses or numbers off a card, however they are written there.

    Raises NotFoundError for one that is not on it.
    """
    for value in values:
        reach = REACH[kind](value)
        points = customers.contact_points(d.link, customer.id)
        found = [one for one in points if (one.kind, one.reach) == (kind, reach)]
        if not found:
            raise NotFoundError(
                f"{value} is not on the card of {customer.name}.", f"cxdesk show {customer.handle}"
            )
        for point in found:
            d.remove(point)


def write(d: DeedInProgress, customer: Customer, card: Card) -> Customer:
    """Put on a card what `card` holds."""
    plain = {
        field: getattr(card, field)
        for field in ("name", "stage", "prefers", "address", "heard", "consent")
        if getattr(card, field) is not None
    }
    if "name" in plain:
        plain["name"] = " ".join(plain["name"].split())
        if not plain["name"]:
            raise UsageError("The name is empty.", "Write the name: --name 'Ann Lee'.")
    changed: Customer = d.change(customer, **plain, **_others(customer, card))
    for email in card.emails:
        add_point(d, changed, "email", email)
    for phone in card.phones:
        add_point(d, changed, "phone", phone)
    for kind, values in (
        ("alias", card.aliases),
        ("like", card.likes),
        ("need", card.needs),
        ("tag", card.tags),
    ):
        for value in values:
            add_trait(d, changed, kind, value)
    for key, value in card.facts:
        add_trait(d, changed, "fact", value, key)
    return changed


def let_mail_go(d: DeedInProgress, customer: Customer, card: Card) -> None:
    """Lift what keeps mail from a customer's addresses: of one that is typed again that it does not
    arrive; with their consent that they wanted none by itself."""
    typed = {email_reach(email) for email in card.emails}
    for one in received.no_mail_to(d.link, customer.id):
        if one.why == "undeliverable" and one.address in typed:
            d.warnings.append(f"Mail to {one.address} is tried again.")
        elif one.why != "undeliverable" and card.consent:
            d.warnings.append(f"Mail to {one.address} may go by itself again.")
        else:
            continue
        d.remove(one)


def _others(customer: Customer, card: Card) -> dict[str, int | None]:
    """The company they belong to, and whom they came from; someone unknown is nobody."""
    found: dict[str, int | None] = {}
    for field, other in (("company_id", card.company), ("referrer_id", card.referrer)):
        if other is None:
            continue
        number = other.customer.id if other.customer else None
        if number == customer.id:
            raise RefusedError(
                f"{customer.name} cannot be named there: it is the same customer.",
                f"cxdesk customer show {customer.handle}",
            )
        found[field] = number
    return found


def tag(d: DeedInProgress, customer: Customer, add: Sequence[str], remove: Sequence[str]) -> None:
    """Put interests on a card, and take some off."""
    for value in add:
        add_trait(d, customer, "tag", value)
    for value in dict.fromkeys(remove):
        known = [t for t in customers.traits(d.link, customer.id) if t.kind == "tag"]
        found = next((t for t in known if t.value == value), None)
        if found is None:
            listed = ", ".join(t.value for t in known) or "none"
            raise NotFoundError(f"{customer.name} has no tag {value}.", f"The tags: {listed}.")
        d.remove(found)


def add_trait(
    d: DeedInProgress, customer: Customer, kind: str, value: str, key: str | None = None
) -> None:
    """Write one trait, once. An alias that is somebody else's is refused; a fact is replaced."""
    value = " ".join(value.split())
    if not value:
        raise UsageError(f"An empty {kind} says nothing.", "Write it in quotes.")
    known = [t for t in customers.traits(d.link, customer.id) if t.kind == kind and t.key == key]
    if any(trait.value == value for trait in known):
        return
    if kind == "fact" and known:
        d.change(known[0], value=value)
        return
    if kind == "alias":
        _refuse_taken_alias(d, customer, value)
    d.add(Trait(0, customer.id, kind, value, key))


def _refuse_taken_alias(d: DeedInProgress, customer: Customer, alias: str) -> None:
    for other in customers.by_alias(d.link, alias):
        if other.id != customer.id:
            raise RefusedError(f"{alias} is an alias of {other.name}.", "Choose another alias.")


def met(d: DeedInProgress, customer: Customer, at: datetime) -> Customer:
    """Note the last contact with a customer."""
    latest = max(customer.last_contact_at or at, at)
    changed: Customer = d.change(customer, last_contact_at=latest)
    return changed


def met_last(d: DeedInProgress, customer: Customer) -> Customer:
    """Reckon the last contact anew, after messages came or went."""
    at = customers.last_contact_at(d.link, customer.id)
    changed: Customer = d.change(customer, last_contact_at=at)
    return changed


def checked(card: Card, desk: Desk) -> Card:
    """The card with its preferred channel as the desk names it. NotFoundError: no such channel."""
    if card.prefers is None:
        return card
    return card._replace(prefers=channel_named(desk, card.prefers))
