"""What is due, in the order to do it: docs/states.md, "`due`"."""

from __future__ import annotations

from datetime import timedelta

from cxdesk.domain import rounds as lookings
from cxdesk.domain.followups import state_at
from cxdesk.domain.promises import verdict
from cxdesk.domain.records import Item

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date, datetime

    from cxdesk.domain.records import Desk, Round, Task

DAYS_AHEAD = 7
EMAILS_TO_TALK = 3
# Half a year: who has not heard from us for so long is named on a quiet day.
SILENCE = timedelta(days=183)
# By the wall: a machine that is off at night misses no day, and two hours are for being late.
REMINDER_SILENCE = timedelta(hours=26)
# A follow-up that goes by mail and has not gone by then comes up like any other.
MAIL_PATIENCE = timedelta(days=1)
_ORDER = {"late": 0, "today": 1, "next": 2, "later": 3}


def horizon(now: datetime, desk: Desk, days: int = DAYS_AHEAD) -> datetime:
    """The instant before which something is within so many days: a local midnight."""
    return day_end(desk.hours.local(now).date() + timedelta(days=days), desk)


def day_end(day: date, desk: Desk) -> datetime:
    """The local midnight that ends a date."""
    from datetime import datetime

    following = day + timedelta(days=1)
    return datetime(following.year, following.month, following.day, tzinfo=desk.hours.tz)


def items(
    tasks: Iterable[Task], now: datetime, desk: Desk, rounds: Iterable[Round] = ()
) -> list[Item]:
    """The rows of `due`: late, today, next, later; the chased first, then by instant, number.

    What was moved to a date that has not begun is left out.
    """
    shown = [_item(task, now, desk) for task in tasks if not _is_hidden(task, now, desk)]
    shown += [
        lookings.item(one, now, desk.hours)
        for one in rounds
        if not lookings.is_hidden(one, now, desk.hours)
    ]
    return sorted(shown, key=_place)


def _place(item: Item) -> tuple[int, bool, str, int]:
    instant = item.due_at.isoformat() if item.due_at else "~"
    return _ORDER[item.state], item.chased_at is None, instant, item.number or 0


def _is_hidden(task: Task, now: datetime, desk: Desk) -> bool:
    if task.moved_from_at is None or task.due_at is None:
        return False
    return desk.hours.local(task.due_at).date() > desk.hours.local(now).date()


def _item(task: Task, now: datetime, desk: Desk) -> Item:
    is_promise = task.kind == "promise"
    state = state_at(task.due_at, now, desk.hours, promise=is_promise) if task.due_at else "later"
    late = state == "late"
    how = verdict(task.due_at, None, desk.hours, now) if late else None
    hint = nudge(task, desk)
    number = task.number if task.siblings > 1 or task.inquiry_number is None else None
    return Item(
        ref=str(number or task.inquiry_number),
        number=task.number,
        kind=task.kind,
        state=state,
        due_at=task.due_at,
        start_at=task.start_at,
        late_minutes=how.late_minutes if how else None,
        late_business_minutes=how.late_business_minutes if how else None,
        promised=task.told,
        owes=task.owes,
        handle=task.handle,
        name=task.name,
        stage=task.stage,
        inquiry=task.inquiry_number,
        channel=channel_of(task),
        what=task.what or task.subject or "",
        reach=reach(task, desk, hint),
        nudge=hint,
        need_at=task.need_at,
        chased_at=task.last_in_at if has_chased(task) else None,
        emails=task.emails,
        by_mail=task.by_mail,
    )


def nudge(task: Task, desk: Desk) -> str | None:
    """What to do rather than the usual: call them, or know that they have asked again."""
    talks = task.emails >= EMAILS_TO_TALK and task.last_direction == "in"
    if talks and task.status == "open":
        return "call"
    return "chased" if has_chased(task) else None


def has_chased(task: Task) -> bool:
    """Did they ask again, and have not been answered since?"""
    return bool(task.chased) and task.unanswered_at is not None


def channel_of(task: Task) -> str:
    return task.via or task.channel or task.prefers or "phone"


def reach(task: Task, desk: Desk, hint: str | None) -> str | None:
    """With `call`, or on the phone, the number; else the channel's address; else what is known."""
    kinds = {channel.name: channel.kind for channel in desk.channels}
    kind = "phone" if hint == "call" else kinds.get(channel_of(task), "phone")
    first = {"phone": task.phone, "email": task.email, "web": task.email}.get(kind, task.elsewhere)
    return first or task.phone or task.email or task.elsewhere
