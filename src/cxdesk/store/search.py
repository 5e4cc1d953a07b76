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
_LAST_DOC = Sql("SELECT COALESCE(max(id), 0) FROM search_doc")
_INDEX = Sql(
    "INSERT INTO search_index (rowid, body) SELECT id, body FROM search_doc WHERE id > :last"
)
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


class _Doc(NamedTuple):
    """A document to be; without a `body` there is none."""

    kind: str
    ref: int
    customer: int | None
    body: str | None

    def is_new(self, added: Added) -> bool:
        return self.ref in (added.inquiries if self.kind == "inquiry" else added.customers)


class Added(NamedTuple):
    """Inquiries and customers that the transaction itself wrote first: they have no document and
    no name words yet, and whoever refers to them was written in it too."""

    inquiries: frozenset[int]
    customers: frozenset[int]


NOTHING = Added(frozenset(), frozenset())


def refresh(
    link: Link, inquiries: Iterable[int], customers: Iterable[int], added: Added = NOTHING
) -> None:
    """Bring name words and full text in step with rows that were written or taken away."""
    stale, owners = set(inquiries), set(customers)
    for customer in sorted(owners - added.customers):
        owners |= {number for (number,) in link.pairs(_PEOPLE_OF, customer=customer)}
    docs = []
    for customer in sorted(owners):
        is_new = customer in added.customers
        names = [name for (name,) in link.pairs(_CUSTOMER_NAMES, customer=customer)]
        # Names stand in the inquiries' documents too.
        if _put_name_words(link, customer, names, is_new=is_new) and not is_new:
            stale |= {number for (number,) in link.pairs(_INQUIRIES_OF, customer=customer)}
        docs.append(_customer_doc(link, customer, names))
    docs += [_inquiry_doc(link, number) for number in sorted(stale)]
    wanted = [doc for doc in docs if doc.is_new(added) or _made_room(link, doc)]
    _write(link, [doc for doc in wanted if doc.body is not None])


def _inquiry_doc(link: Link, number: int) -> _Doc:
    found = next(link.pairs(_INQUIRY, number=number), None)
    if found is None:
        return _Doc("inquiry", number, None, None)
    customer, subject, name = found
    said = [text for (text,) in link.pairs(_SAID_ON, number=number)]
    return _doc("inquiry", number, customer, [name or "", *_unsaid(subject, said), *said])


def _unsaid(subject: str, said: list[str]) -> list[str]:
    """A subject is mostly the beginning of the first message; then it needs no words of its own."""
    return [] if said and said[0].startswith(subject.rstrip("…")) else [subject]


def _customer_doc(link: Link, customer: int, names: list[str]) -> _Doc:
    if not names:
        return _Doc("customer", customer, customer, None)
    rest = [value for (value,) in link.pairs(_CUSTOMER_REST, customer=customer)]
    return _doc("customer", customer, customer, [*names, *rest])


def _put_name_words(link: Link, customer: int, names: list[str], *, is_new: bool) -> bool:
    """True when they changed."""
    wanted = {word for name in names for word in words(name)}
    found = () if is_new else link.pairs(_KNOWN_WORDS, customer=customer)
    known = {word for (word,) in found}
    for word in sorted(known - wanted):
        link.execute(_REMOVE_WORD, {"word": word, "customer": customer})
    for word in sorted(wanted - known):
        link.execute(_ADD_WORD, {"word": word, "customer": customer})
    return known != wanted


def _doc(kind: str, ref: int, customer: int | None, texts: Iterable[str]) -> _Doc:
    return _Doc(kind, ref, customer, " ".join(words(" ".join(texts))))


def _made_room(link: Link, doc: _Doc) -> bool:
    """Take the document away that stands in the place of this one; False: it is the same."""
    old = next(link.pairs(_DOC, kind=doc.kind, ref=doc.ref), None)
    if old is None:
        return True
    number, body, customer = old
    if (body, customer) == (doc.body, doc.customer):
        return False
    link.execute(_UNINDEX, {"id": number, "body": body})
    link.execute(_REMOVE_DOC, {"id": number})
    return True


def _write(link: Link, docs: list[_Doc]) -> None:
    """Documents are written at the end, so that the newest can be found first."""
    last = link.value(_LAST_DOC)
    link.execute_each(_ADD_DOC, [doc._asdict() for doc in docs])
    link.execute(_INDEX, {"last": last})


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
