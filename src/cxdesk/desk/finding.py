"""Search and lists: what was said, and which inquiries there are."""

from __future__ import annotations

from cxdesk.domain.records import Hit, Inquiry, Message, Seen
from cxdesk.domain.words import words
from cxdesk.errors import UsageError
from cxdesk.store import customers
from cxdesk.store import inquiries as reads
from cxdesk.store import search as index
from cxdesk.store.database import Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

KINDS = ("inquiry", "customer")
SNIPPET = 160


def search(link: Link, text: str, *, kind: str | None, limit: int) -> list[Hit]:
    """One hit per inquiry and customer, newest first, each with the excerpt that fits best."""
    query = index.query(text)
    if not query:
        raise UsageError(f"There is no word to search for in {text!r}.", "cxdesk search oak shelf")
    found: list[Hit] = []
    for match in index.matches(link, query, kind):
        hit = _hit(link, match, text)
        found.append(hit)
        if len(found) >= limit:
            break
    return sorted(found, key=lambda hit: hit.at, reverse=True)


def _hit(link: Link, match: index.Match, text: str) -> Hit:
    owner = None if match.customer_id is None else customers.by_id(link, match.customer_id)
    handle, name = (owner.handle, owner.name) if owner else (None, None)
    if match.kind == "customer":
        assert owner is not None
        return Hit(
            "customer", None, handle, name, owner.name, owner.last_contact_at or owner.since_at
        )
    said = best(reads.messages_of(link, match.ref), text)
    return Hit("inquiry", match.ref, handle, name, excerpt(said.text, text), said.said_at)


def best(messages: list[Message], wanted: str) -> Message:
    """The message that holds most of the wanted words; the newest of several."""
    asked = words(wanted)

    def held(message: Message) -> int:
        there = words(message.text)
        return sum(any(word.startswith(one) for word in there) for one in asked)

    return max(reversed(messages), key=held)


def excerpt(said: str, wanted: str) -> str:
    """The part of a text around the first of the wanted words, on one line."""
    line = " ".join(said.split())
    if len(line) <= SNIPPET:
        return line
    lowered = line.casefold()
    places = [lowered.find(word) for word in words(wanted)]
    at = min((place for place in places if place >= 0), default=0)
    start = max(0, min(at - SNIPPET // 3, len(line) - SNIPPET))
    cut = line[start : start + SNIPPET]
    return ("…" if start else "") + cut + ("…" if start + SNIPPET < len(line) else "")


def inquiries(
    link: Link,
    now: datetime,
    *,
    status: str | None = None,
    tag: str | None = None,
    channel: str | None = None,
    since: datetime | None = None,
    customer: int | None = None,
    of_nobody: bool = False,
) -> list[Seen]:
    """The list, newest first. What is not asked for is not looked at. `of_nobody`: only those of
    someone unknown."""
    asked: dict[str, Any] = {
        "status": status,
        "tag": tag,
        "channel": channel,
        "since": since,
        "customer": customer,
    }
    owners = reads.listed_owners(link, now, **asked)
    tags = reads.listed_tags(link, now, **asked)
    return [
        Seen(inquiry, *_named(owners, inquiry), tags.get(inquiry.number, ()))
        for inquiry in reads.listed(link, now, **asked)
        if inquiry.customer_id is None or not of_nobody
    ]


def _named(owners: dict[int, tuple[str, str]], inquiry: Inquiry) -> tuple[str | None, str | None]:
    """Handle and name of whose it is; of someone unknown neither."""
    return (None, None) if inquiry.customer_id is None else owners[inquiry.customer_id]
