"""Messages that answer each other, sorted into one conversation for each customer.

A thread is what hangs together by replies; a message whose parent is not there begins one. Within
a thread each customer has one conversation, and our message belongs to the conversation of the
message that it answers. What we began belongs to everyone who answered it, and stands at the
beginning of each. Messages that answer each other in a circle have no beginning and must not come
in: whoever reads the file refuses them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import NamedTuple, Protocol

    class Said(Protocol):
        @property
        def id(self) -> str: ...
        @property
        def author(self) -> str: ...
        @property
        def inbound(self) -> bool: ...
        @property
        def at(self) -> datetime: ...
        @property
        def text(self) -> str: ...
        @property
        def reply_to(self) -> str | None: ...

else:
    from cxdesk.domain.records import NamedTuple


class Conversation(NamedTuple):
    """An inquiry to be. `author` is the customer, None where only we said something; `messages`
    are in the order of time, and of the file where the time is the same."""

    author: str | None
    messages: tuple[Said, ...]


def threads(messages: Iterable[Said]) -> list[Conversation]:
    """Every conversation, by the time of its first message."""
    in_order = sorted(messages, key=_when)
    by_id = {one.id: one for one in in_order}
    parents = {one.id: by_id[one.reply_to] for one in in_order if one.reply_to in by_id}
    # From ours only: up to the customer's message that we were answering, or else our own first.
    ours = {key: parent for key, parent in parents.items() if not by_id[key].inbound}
    beginnings = _tops(in_order, parents)
    sources = _tops(in_order, ours)
    answered_by = _answered_by(in_order, parents, sources)
    gathered: dict[tuple[str, str | None], list[Said]] = {}
    for one in in_order:
        for author in _customers(sources[one.id], answered_by):
            gathered.setdefault((beginnings[one.id].id, author), []).append(one)
    found = [Conversation(author, tuple(said)) for (_, author), said in gathered.items()]
    places = {one.id: place for place, one in enumerate(in_order)}
    return sorted(found, key=lambda conversation: _begins(conversation, places))


def _begins(conversation: Conversation, places: dict[str, int]) -> tuple[int, int]:
    """By the first message; where several customers share it, by their own first."""
    said = conversation.messages
    own = next((one for one in said if one.inbound), said[0])
    return places[said[0].id], places[own.id]


def _when(one: Said) -> datetime:
    return one.at


def _tops(messages: Sequence[Said], links: dict[str, Said]) -> dict[str, Said]:
    """Where each message gets to by following the links; no link is walked twice."""
    tops: dict[str, Said] = {}
    for one in messages:
        path = []
        step = one
        while step.id not in tops and step.id in links:
            path.append(step.id)
            step = links[step.id]
        top = tops.setdefault(step.id, step)
        for passed in path:
            tops[passed] = top
    return tops


def _answered_by(
    messages: Sequence[Said], parents: dict[str, Said], sources: dict[str, Said]
) -> dict[str, dict[str, None]]:
    """For each message of ours that began a thread: the customers who answered it, directly or
    by way of what we added to it, in the order of their first answers."""
    answered: dict[str, dict[str, None]] = {}
    for one in messages:
        if one.inbound and one.id in parents:
            source = sources[parents[one.id].id]
            answered.setdefault(source.id, {})[one.author] = None
    return answered


def _customers(source: Said, answered_by: dict[str, dict[str, None]]) -> Iterable[str | None]:
    if source.inbound:
        return (source.author,)
    return answered_by.get(source.id, (None,))
