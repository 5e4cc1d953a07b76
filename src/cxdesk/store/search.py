"""Full text: the only file with something that one database knows and another does not.

A `search_doc` row holds the folded words of one inquiry (all that was said on it) or one customer;
the FTS5 table indexes it without a copy of its own. `trusted_schema=OFF` forbids triggers that
write FTS5, so whoever writes rows (a deed, undo, redo) calls `refresh` before it commits.
"""

from __future__ import annotations

from cxdesk.domain.records import NamedTuple
from cxdesk.domain.words import words
from cxdesk.store.database import Link, Sql

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

FULL_TEXT_INDEX = (
    "CREATE VIRTUAL TABLE search_index USING fts5("
    "body, content='search_doc', content_rowid='id',"
    " tokenize=\"unicode61 remove_diacritics 0 categories 'L* M* N* Co'\")"
)

_DOC = Sql("SELECT id, body, customer_id FROM search_doc WHERE kind = :kind AND ref = :ref")
_ADD_DOC = Sql(
    "INSERT INTO search_doc (kind, ref, customer_id, body) VALUES (:kind, :ref, :customer, :body)"
)
_REMOVE_DOC = Sql("DELETE FROM search_doc WHERE id = :id")
_INDEX = Sql("INSERT INTO search_index (rowid, body) VALUES (:id, :body)")
_UNINDEX = Sql("INSERT INTO search_index (search_index, rowid, body) VALUES ('delete', :id, :body)")

_INQUIRY = Sql(
    "SELECT i.customer_id, i.subject, c.name FROM inquiry i"
    " LEFT JOIN customer c ON c.id = i.customer_id WHERE i.number = :number"
)
_SAID_ON = Sql("SELECT text FROM message WHERE inquiry_number = :number ORDER BY said_at, id")
_INQUIRIES_OF = Sql("SELECT number FROM inquiry WHERE customer_id = :customer ORDER BY number")
_CUSTOMER_NAMES = Sql(
    "SELECT name FROM customer WHERE id = :customer"
    " UNION ALL SELECT value FROM trait WHERE customer_id = :customer AND kind = 'alias'"
    " UNION ALL SELECT o.name FROM customer c JOIN customer o ON o.id = c.company_id"
    " WHERE c.id = :customer"
)
_PEOPLE_OF = Sql("SELECT id FROM customer WHERE company_id = :customer ORDER BY id")
_CUSTOMER_REST = Sql(
    "SELECT handle FROM customer WHERE id = :customer"
    " UNION ALL SELECT value FROM contact_point WHERE customer_id = :customer"
    " UNION ALL SELECT value FROM trait WHERE customer_id = :customer AND kind <> 'alias'"
    " UNION ALL SELECT text FROM message WHERE customer_id = :customer AND inquiry_number IS NULL"
)
_KNOWN_WORDS = Sql("SELECT word FROM name_word WHERE customer_id = :customer")
_ADD_WORD = Sql("INSERT INTO name_word (word, customer_id) VALUES (:word, :customer)")
_REMOVE_WORD = Sql("DELETE FROM name_word WHERE word = :word AND customer_id = :customer")


class Match(NamedTuple):
    """A found document: an inquiry by its number, or a customer by id; and whose it is."""

    kind: str
    ref: int
    customer_id: int | None


# Newest first, since a document is written anew when something is said: ordering by rank costs
# 100 ms on a common word at 100,000 inquiries.
_MATCHES = Sql(
    "SELECT d.kind, d.ref, d.customer_id FROM search_index"
    " JOIN search_doc d ON d.id = search_index.rowid"
    " WHERE search_index MATCH :query ORDER BY search_index.rowid DESC",
    Match,
)


def matches(link: Link, query: str, kind: str | None) -> Iterator[Match]:
    """Documents that hold every word, the newest written first; of one kind when asked."""
    for row in link.walk(_MATCHES, query=query):
        match: Match = Match._make(row)
        if kind is None or match.kind == kind:
            yield match


def refresh(link: Link, inquiries: Iterable[int], customers: Iterable[int]) -> None:
    """Bring name words and full text in step with rows that were written or taken away."""
    stale, owners = set(inquiries), set(customers)
    for customer in sorted(owners):
        owners |= {number for (number,) in link.pairs(_PEOPLE_OF, customer=customer)}
    for customer in sorted(owners):
        if _refresh_customer(link, customer):
            stale |= {number for (number,) in link.pairs(_INQUIRIES_OF, customer=customer)}
    for number in sorted(stale):
        _refresh_inquiry(link, number)


def _refresh_inquiry(link: Link, number: int) -> None:
    found = next(link.pairs(_INQUIRY, number=number), None)
    if found is None:
        _put(link, "inquiry", number, None, None)
        return
    customer, subject, name = found
    said = [text for (text,) in link.pairs(_SAID_ON, number=number)]
    _put(link, "inquiry", number, customer, [name or "", *_unsaid(subject, said), *said])


def _unsaid(subject: str, said: list[str]) -> list[str]:
    """A subject is mostly the beginning of the first message; then it needs no words of its own."""
    return [] if said and said[0].startswith(subject.rstrip("…")) else [subject]


def _refresh_customer(link: Link, customer: int) -> bool:
    """True when the name changed, which stands in the inquiries' documents too."""
    names = [name for (name,) in link.pairs(_CUSTOMER_NAMES, customer=customer)]
    changed = _put_name_words(link, customer, {word for name in names for word in words(name)})
    rest = [value for (value,) in link.pairs(_CUSTOMER_REST, customer=customer)]
    _put(link, "customer", customer, customer, [*names, *rest] if names else None)
    return changed


def _put_name_words(link: Link, customer: int, wanted: set[str]) -> bool:
    known = {word for (word,) in link.pairs(_KNOWN_WORDS, customer=customer)}
    for word in sorted(known - wanted):
        link.execute(_REMOVE_WORD, {"word": word, "customer": customer})
    for word in sorted(wanted - known):
        link.execute(_ADD_WORD, {"word": word, "customer": customer})
    return known != wanted


def _put(
    link: Link, kind: str, ref: int, customer: int | None, texts: Iterable[str] | None
) -> None:
    """Write a document anew at the end, or take it away when there is no text for it."""
    body = None if texts is None else " ".join(words(" ".join(texts)))
    old = next(link.pairs(_DOC, kind=kind, ref=ref), None)
    if old is not None:
        if old[1] == body and old[2] == customer:
            return
        link.execute(_UNINDEX, {"id": old[0], "body": old[1]})
        link.execute(_REMOVE_DOC, {"id": old[0]})
    if body is None:
        return
    values = {"kind": kind, "ref": ref, "customer": customer, "body": body}
    number = link.execute(_ADD_DOC, values).lastrowid
    link.execute(_INDEX, {"id": number, "body": body})


def query(text: str) -> str:
    """The FTS5 query for what a person typed: every word quoted, so that nothing is an operator.

    Words of three letters and more are found by their beginning. Empty when nothing is left.
    """
    parts = []
    for typed in text.split():
        folded = words(typed)
        if folded:
            quoted = '"' + " ".join(folded) + '"'
            parts.append(quoted + ("*" if len(folded[-1]) >= 3 else ""))
    return " ".join(parts)
