"""From a thread as the rules made it to rows, and the closings that nobody has to make."""

from __future__ import annotations

from cxdesk.domain.inquiries import check_done
from cxdesk.domain.records import FollowUp, Inquiry, Promise, Thread
from cxdesk.errors import NotFoundError
from cxdesk.store import inquiries
from cxdesk.store.database import Link
from cxdesk.store.deeds import DeedInProgress, begin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import TypeVar

    Task = TypeVar("Task", Promise, FollowUp)


def load(link: Link, number: int) -> Thread:
    found = inquiries.thread(link, number)
    if found is None:
        raise NotFoundError(f"There is no inquiry {number}.", "cxdesk inquiries   lists them.")
    return found


def add(d: DeedInProgress, thread: Thread) -> Thread:
    """Write a new inquiry and what the rules put on it."""
    inquiry: Inquiry = d.add(thread.inquiry)
    return Thread(
        inquiry,
        tuple(d.add(p._replace(inquiry_number=inquiry.number)) for p in thread.promises),
        tuple(d.add(f._replace(inquiry_number=inquiry.number)) for f in thread.follow_ups),
        thread.tags,
    )


def save(d: DeedInProgress, before: Thread, after: Thread) -> Thread:
    """Write what a rule changed. What ends is written before what begins: one reply is owed."""
    return Thread(
        d.change(before.inquiry, **after.inquiry._asdict()),
        _save_each(d, before.promises, after.promises),
        _save_each(d, before.follow_ups, after.follow_ups),
        after.tags,
    )


def _save_each(
    d: DeedInProgress, before: Sequence[Task], after: Sequence[Task]
) -> tuple[Task, ...]:
    known = {task.number: task for task in before}
    return tuple(d.save(known.get(task.number), task) for task in after)


def settle(link: Link, now: datetime) -> None:
    """Record the inquiries that closed by themselves: nobody contradicted in time.

    A deed of the desk's own, so that the owner's `undo` never takes back a closing that time made.
    """
    ended = inquiries.quietly_ended(link, now)
    if not ended:
        return
    with begin(link, "quiet", now, actor="desk") as d:
        for check in inquiries.quietly_ended(link, now):
            assert check.inquiry_number is not None  # only checks are quiet
            thread = load(link, check.inquiry_number)
            standing = next(f for f in thread.follow_ups if f.number == check.number)
            save(d, thread, check_done(thread, standing, check.due_at, "done"))
