"""done, move and drop, whatever the thing is."""

from __future__ import annotations

from cxdesk.desk import followups, promises, rounds
from cxdesk.domain.records import Desk, FollowUp, Inquiry, Owed, Promise, Rounds
from cxdesk.errors import UsageError
from cxdesk.store.deeds import DeedInProgress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxdesk.desk.contacts import Contact


def done(
    d: DeedInProgress, desk: Desk, tasks: Iterable[Promise | FollowUp | Rounds], contact: Contact
) -> None:
    """You did it: promises kept, follow-ups made, channels looked at."""
    for task in tasks:
        if isinstance(task, Promise):
            promises.done(d, desk, task, contact)
        elif isinstance(task, Rounds):
            rounds.done(d, desk, task, contact.at)
            _unkept(d, contact.note)
        else:
            followups.done(d, desk, task, contact.at, contact.note)


def move(
    d: DeedInProgress,
    task: Promise | FollowUp | Rounds,
    to: Owed,
    *,
    told: bool | None,
    why: str = "",
) -> None:
    """Later or sooner. For a promise `told` must be known: it decides what the verdict follows."""
    if isinstance(task, FollowUp):
        followups.move(d, task, to, why)
        return
    if isinstance(task, Rounds):
        rounds.move(d, task, to)
        _unkept(d, why)
        return
    if told is None:
        raise UsageError("Was the customer told of the new time?", "Add --told or --not-told.")
    promises.move(d, task, to, told=told, why=why)


def drop(
    d: DeedInProgress,
    desk: Desk,
    things: Iterable[Inquiry | Promise | FollowUp | Rounds],
    *,
    series: bool = False,
    why: str = "",
) -> None:
    """No longer owed."""
    for thing in things:
        if isinstance(thing, Inquiry):
            promises.drop_inquiry(d, thing.number, why)
        elif isinstance(thing, Promise):
            promises.drop(d, thing, why)
        elif isinstance(thing, Rounds):
            rounds.drop(d, desk, thing)
            _unkept(d, why)
        else:
            followups.drop(d, desk, thing, series=series, why=why)


def _unkept(d: DeedInProgress, note: str) -> None:
    """A round is nobody's history."""
    if note:
        d.warnings.append("A note on a round is not kept: it belongs to no customer.")
