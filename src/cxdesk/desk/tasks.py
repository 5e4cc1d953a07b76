"""done, move and drop, whatever the thing is."""

from __future__ import annotations

from cxdesk.desk import followups, promises
from cxdesk.domain.records import Desk, FollowUp, Inquiry, Owed, Promise
from cxdesk.errors import UsageError
from cxdesk.store.deeds import DeedInProgress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxdesk.desk.contacts import Contact


def done(
    d: DeedInProgress, desk: Desk, tasks: Iterable[Promise | FollowUp], contact: Contact
) -> None:
    """You did it: promises kept, follow-ups made."""
    for task in tasks:
        if isinstance(task, Promise):
            promises.done(d, desk, task, contact)
        else:
            followups.done(d, desk, task, contact.at, contact.note)


def move(
    d: DeedInProgress, task: Promise | FollowUp, to: Owed, *, told: bool | None, why: str = ""
) -> None:
    """Later or sooner. For a promise `told` must be known: it decides what the verdict follows."""
    if isinstance(task, FollowUp):
        followups.move(d, task, to, why)
        return
    if told is None:
        raise UsageError("Was the customer told of the new time?", "Add --told or --not-told.")
    promises.move(d, task, to, told=told, why=why)


def drop(
    d: DeedInProgress,
    desk: Desk,
    things: Iterable[Inquiry | Promise | FollowUp],
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
        else:
            followups.drop(d, desk, thing, series=series, why=why)
