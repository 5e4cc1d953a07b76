"""Two cards of one customer become one: everything moves, and both are found as before."""

from __future__ import annotations

from cxdesk.desk import customers
from cxdesk.domain.records import Customer, NamedTuple, Trait
from cxdesk.domain.words import words
from cxdesk.errors import RefusedError
from cxdesk.store import belongings
from cxdesk.store.customers import by_id, contact_points, traits
from cxdesk.store.deeds import DeedInProgress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cxdesk.store.belongings import Belongings
    from cxdesk.store.database import Link

# What is known of the one that stays wins; of the other what the one lacks is taken.
_FILLED = ("prefers", "address", "heard", "company_id", "referrer_id")


class Merged(NamedTuple):
    """Who goes into whom, under which handle, and what moves."""

    gone: Customer
    into: Customer
    handle: str
    alias: str
    moved: Belongings


def planned(link: Link, gone: Customer, into: Customer) -> Merged:
    """What a merge would do. The older handle stays: it is the one that has been used longest."""
    if gone.id == into.id:
        raise RefusedError(
            f"{gone.name} is one customer already.", f"cxdesk customer show {into.handle}"
        )
    older, newer = sorted((gone, into), key=lambda customer: (customer.since_at, customer.id))
    return Merged(gone, into, older.handle, newer.handle, belongings.of_customer(link, gone.id))


def merge(d: DeedInProgress, gone: Customer, into: Customer) -> Merged:
    """Do it. The card that goes is taken away first, so that undo puts it back last, when its
    handle is free again."""
    plan = planned(d.link, gone, into)
    points, known = contact_points(d.link, gone.id), traits(d.link, gone.id)
    d.remove(gone)
    for rows in plan.moved:
        for row in rows:
            d.change(row, customer_id=into.id)
    for point in points:
        _take_point(d, into, point)
    for trait in known:
        _take_trait(d, into, trait)
    _lead_here(d, gone, into)
    changed = d.change(by_id(d.link, into.id), handle=plan.handle, **_filled(gone, into))
    customers.add_trait(d, changed, "alias", plan.alias)
    if words(gone.name) not in (words(changed.name), words(plan.alias)):
        customers.add_trait(d, changed, "alias", gone.name)
    return plan


def _take_point(d: DeedInProgress, into: Customer, point: Any) -> None:
    there = {(known.kind, known.reach) for known in contact_points(d.link, into.id)}
    if (point.kind, point.reach) in there:
        d.remove(point)
    else:
        d.change(point, customer_id=into.id)


def _take_trait(d: DeedInProgress, into: Customer, trait: Trait) -> None:
    there = [t for t in traits(d.link, into.id) if (t.kind, t.key) == (trait.kind, trait.key)]
    if any(known.value == trait.value for known in there):
        d.remove(trait)
    elif trait.kind == "fact" and there:
        d.warnings.append(f"{trait.key} stays {there[0].value}; {trait.value} is left behind.")
        d.remove(trait)
    else:
        d.change(trait, customer_id=into.id)


def _lead_here(d: DeedInProgress, gone: Customer, into: Customer) -> None:
    """Whoever belonged to, or came from, the one that goes; not the one that it becomes."""
    for person in belongings.people_of(d.link, gone.id):
        d.change(person, company_id=None if person.id == into.id else into.id)
    for person in belongings.referred_by(d.link, gone.id):
        d.change(person, referrer_id=None if person.id == into.id else into.id)


def _filled(gone: Customer, into: Customer) -> dict[str, Any]:
    found = {
        field: getattr(gone, field)
        for field in _FILLED
        if getattr(into, field) is None and getattr(gone, field) != into.id
    }
    contacts = [at for at in (gone.last_contact_at, into.last_contact_at) if at is not None]
    said = [consent for consent in (gone.consent, into.consent) if consent is not None]
    return {
        **found,
        "since_at": min(gone.since_at, into.since_at),
        "last_contact_at": max(contacts, default=None),
        "stage": "customer" if "customer" in (gone.stage, into.stage) else into.stage or gone.stage,
        "consent": all(said) if said else None,
    }
