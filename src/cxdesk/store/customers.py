"""Every read about customers: who is meant, and what is known of them."""

from __future__ import annotations

from cxdesk.domain.records import ContactPoint, Customer, Trait
from cxdesk.domain.words import near, words
from cxdesk.store.database import Link, Sql, to_instant
from cxdesk.store.inquiries import QUIET_END

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

CUSTOMER = ", ".join(f"c.{field}" for field in Customer._fields)
# What sorts after every word that begins so.
_END = "\U0010ffff"
_NEAR_ENOUGH = 200

_BY_ID = Sql(f"SELECT {CUSTOMER} FROM customer c WHERE c.id = :id", Customer)
_BY_HANDLE = Sql(f"SELECT {CUSTOMER} FROM customer c WHERE c.handle = :handle", Customer)
_BY_REACH = Sql(
    f"SELECT {CUSTOMER} FROM contact_point p JOIN customer c ON c.id = p.customer_id"
    " WHERE p.kind = :kind AND p.reach = :reach ORDER BY c.last_contact_at DESC, c.id",
    Customer,
)
_BY_WHOLE_WORD = Sql("SELECT customer_id FROM name_word WHERE word = :word")
_BY_BEGINNING = Sql("SELECT customer_id FROM name_word WHERE word >= :word AND word < :end")
_WORDS_BETWEEN = Sql(
    "SELECT word, customer_id FROM name_word WHERE word >= :word AND word < :end LIMIT :limit"
)
_WORDS_OF = Sql("SELECT word FROM name_word WHERE customer_id = :customer")
_HANDLES_LIKE = Sql("SELECT handle FROM customer WHERE handle >= :handle AND handle < :end")
_POINTS = Sql(
    "SELECT id, customer_id, kind, value, reach FROM contact_point"
    " WHERE customer_id = :customer ORDER BY id",
    ContactPoint,
)
_TRAITS = Sql(
    "SELECT id, customer_id, kind, value, key FROM trait WHERE customer_id = :customer ORDER BY id",
    Trait,
)
_ALIAS = Sql(
    f"SELECT {CUSTOMER} FROM trait t JOIN customer c ON c.id = t.customer_id"
    " WHERE t.kind = 'alias' AND t.value = :value",
    Customer,
)
_OPEN_COUNT = Sql(
    "SELECT count(*) FROM inquiry i WHERE i.customer_id = :customer"
    f" AND i.status <> 'closed' AND {QUIET_END} IS NULL"
)
# A call of theirs that was missed is a contact; an attempt of ours, and a note, is none.
_LAST_CONTACT = Sql(
    "SELECT max(said_at) FROM message WHERE customer_id = :customer"
    " AND (direction = 'in' OR (direction = 'out' AND reached))"
)
_HANDLES_FROM = Sql(
    "SELECT handle, name FROM customer WHERE handle >= :start AND handle < :end"
    " ORDER BY handle LIMIT :limit"
)
_NAMES_FROM = Sql(
    "SELECT c.handle, c.name FROM name_word w JOIN customer c ON c.id = w.customer_id"
    " WHERE w.word >= :start AND w.word < :end LIMIT :limit"
)
_ALL = Sql(f"SELECT {CUSTOMER} FROM customer c ORDER BY c.handle", Customer)
_TRAIT_HOLDERS = Sql("SELECT customer_id FROM trait WHERE kind = :kind AND value = :value")


def by_id(link: Link, customer: int) -> Customer:
    found: Customer = link.one(_BY_ID, id=customer)
    return found


def by_handle(link: Link, handle: str) -> Customer | None:
    found: Customer | None = link.one(_BY_HANDLE, handle=handle)
    return found


def by_reach(link: Link, kind: str, reach: str) -> list[Customer]:
    """Whom an e-mail address, a phone number or a handle elsewhere leads to; newest first."""
    return link.all(_BY_REACH, kind=kind, reach=reach)


def by_alias(link: Link, alias: str) -> list[Customer]:
    return link.all(_ALIAS, value=alias)


def by_words(link: Link, typed: list[str], *, whole: bool) -> list[Customer]:
    """Customers whose names hold every word: whole, or each by its beginning. Newest first."""
    if not typed:
        return []
    found: set[int] | None = None
    for word in typed:
        values = {"word": word} if whole else {"word": word, "end": word + _END}
        rows = link.pairs(_BY_WHOLE_WORD if whole else _BY_BEGINNING, **values)
        ids = {number for (number,) in rows}
        found = ids if found is None else found & ids
        if not found:
            return []
    return newest_first([by_id(link, number) for number in found or ()])


def near_ones(link: Link, typed: list[str]) -> list[Customer]:
    """Customers with a name of which every typed word is nearly a word."""
    found: set[int] | None = None
    for word in typed:
        start = word[:2]
        rows = link.pairs(_WORDS_BETWEEN, word=start, end=start + _END, limit=_NEAR_ENOUGH)
        ids = {number for known, number in rows if known == word or near(word, known)}
        found = ids if found is None else found & ids
    return newest_first([by_id(link, number) for number in found or ()])


def beginning(link: Link, start: str, limit: int) -> list[tuple[str, str]]:
    """Handles and names of which a word begins so, the handles that do first; for completion."""
    values = {"start": start, "end": start + _END, "limit": limit}
    handles = dict(link.pairs(_HANDLES_FROM, **values))
    if start and len(handles) < limit:
        handles |= dict(link.pairs(_NAMES_FROM, **values))
    return list(handles.items())[:limit]


def newest_first(customers: list[Customer]) -> list[Customer]:
    known = [c for c in customers if c.last_contact_at is not None]
    known.sort(key=lambda c: (c.last_contact_at, -c.id), reverse=True)
    return known + [c for c in customers if c.last_contact_at is None]


def name_words(link: Link, customer: int) -> set[str]:
    return {word for (word,) in link.pairs(_WORDS_OF, customer=customer)}


def free_handle(link: Link, wanted: str) -> str:
    """The handle itself, or the first free one of `-2`, `-3` ...: one query, however many."""
    rows = link.pairs(_HANDLES_LIKE, handle=wanted, end=wanted + _END)
    taken = {handle for (handle,) in rows}
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}-{number}" in taken:
        number += 1
    return f"{wanted}-{number}"


def contact_points(link: Link, customer: int) -> list[ContactPoint]:
    return link.all(_POINTS, customer=customer)


def traits(link: Link, customer: int) -> list[Trait]:
    return link.all(_TRAITS, customer=customer)


def open_count(link: Link, customer: int, now: datetime) -> int:
    """How many of a customer's inquiries are not closed at `now`."""
    return int(link.value(_OPEN_COUNT, customer=customer, now=now))


def last_contact_at(link: Link, customer: int) -> datetime | None:
    """When somebody said the last thing to the other, by the messages that are there."""
    return to_instant(link.value(_LAST_CONTACT, customer=customer))


def everyone(link: Link) -> list[Customer]:
    return link.all(_ALL)


def with_trait(link: Link, kind: str, value: str) -> set[int]:
    return {number for (number,) in link.pairs(_TRAIT_HOLDERS, kind=kind, value=value)}


def words_of(text: str) -> list[str]:
    return words(text)
