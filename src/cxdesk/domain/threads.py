"""Steps on a thread that several rules of inquiries.py take.

A thread in, a thread out, like the rules themselves; what a promise, a check or a chase is when it
is made, kept or moved stands here once.
"""

from __future__ import annotations

from cxdesk.domain.promises import due_at, read_allowance, verdict
from cxdesk.domain.records import Desk, FollowUp, Inquiry, Owed, Promise, Thread
from cxdesk.errors import RefusedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

LOUD_CHECK_DAYS = 3
QUIET_CHECK_DAYS = 5
CHASE_DAYS = 3
LOW_RATING = 2

CHECK = "did it work?"
CHASE = "have they come back to us?"


# Promises --------------------------------------------------------------------------------------


def promise_dropped(thread: Thread, promise: Promise) -> Thread:
    return swap_promise(thread, promise, promise._replace(state="released"))


def kept(promise: Promise, at: datetime, desk: Desk) -> Promise:
    """The verdict, once and for good (clock.md, rule 9): by the instant that the customer knows."""
    how = verdict(promise.judged_at, at, desk.hours)
    return promise._replace(
        state=how.state,
        kept_at=at,
        early_minutes=how.early_minutes,
        late_minutes=how.late_minutes,
        late_business_minutes=how.late_business_minutes,
    )


def moved_promise(promise: Promise, to: Owed, *, told: bool) -> Promise:
    """`move`: told, the verdict follows; not told, only the lists do. The first instant stays."""
    assert to.due_at is not None
    promise = promise._replace(due_at=to.due_at, start_at=to.start_at, said=to.said)
    if not told:
        return promise
    return promise._replace(judged_at=to.due_at, moved=promise.moved + 1, told=True)


def new_promise(
    owed: Owed,
    now: datetime,
    desk: Desk,
    *,
    channel: str,
    inquiry: int | None = None,
    customer: int | None = None,
) -> Promise:
    """A promise to be: a policy's is reckoned from `now`, a spoken one is as spoken."""
    allowance = policy_of(desk, channel) if owed.by == "policy" else None
    due = due_at(now, allowance, desk.hours) if allowance else owed.due_at
    assert due is not None
    return Promise(
        number=0,
        inquiry_number=inquiry,
        customer_id=customer,
        channel=channel,
        kind="policy" if allowance else "spoken",
        owes="deed" if owed.what or inquiry is None else "reply",
        told=allowance is None,
        what=owed.what,
        said=owed.said,
        allowance=allowance.code if allowance else None,
        zone=desk.hours.zone,
        made_at=now,
        due_at=due,
        judged_at=due,
        first_due_at=due,
        start_at=owed.start_at,
    )


def reply_owed(thread: Thread) -> Promise | None:
    """The one open promise of a reply, if there is one."""
    owing = (p for p in thread.promises if p.owes == "reply" and p.state == "open")
    return next(owing, None)


def deeds_owed(thread: Thread) -> list[Promise]:
    return [p for p in thread.promises if p.owes != "reply" and p.state == "open"]


# Checks ----------------------------------------------------------------------------------------


def is_loud(inquiry: Inquiry, tags: frozenset[str], checks: str) -> bool:
    """Does "did it work?" come up by itself? Where it matters, or as the owner set it."""
    if checks in ("all", "none"):
        return checks == "all"
    return (
        inquiry.mood == "bad"
        or "complaint" in tags
        or inquiry.late
        or inquiry.chased > 0
        or inquiry.reopened > 0
        or (inquiry.rating is not None and inquiry.rating <= LOW_RATING)
    )


# Threads ---------------------------------------------------------------------------------------


def changed(thread: Thread, **fields: Any) -> Thread:
    return thread._replace(inquiry=thread.inquiry._replace(**fields))


def later_of(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else max(known, at)


def policy_of(desk: Desk, channel: str) -> Any:
    return read_allowance(next(c.policy for c in desk.channels if c.name == channel))


def owe(thread: Thread, owed: Owed, at: datetime, desk: Desk) -> Thread:
    """Add what is owed next. A spoken reply takes the open reply promise's place."""
    if owed.by == "nothing":
        return thread
    inquiry = thread.inquiry
    standing = None if owed.what else reply_owed(thread)
    if standing is not None and owed.by == "policy":
        return thread
    fresh = new_promise(
        owed,
        at,
        desk,
        channel=inquiry.channel,
        inquiry=inquiry.number,
        customer=inquiry.customer_id,
    )
    if standing is None:
        return thread._replace(promises=(*thread.promises, fresh))
    spoken = standing._replace(
        kind="spoken",
        told=True,
        said=owed.said,
        due_at=fresh.due_at,
        judged_at=fresh.due_at,
        start_at=owed.start_at,
    )
    return swap_promise(thread, standing, spoken)


def keep_reply(thread: Thread, at: datetime, desk: Desk) -> Thread:
    """Keep the open reply promise; one made after `at` is not kept by what came before it."""
    promise = reply_owed(thread)
    if promise is None or promise.made_at > at:
        return thread
    made = kept(promise, at, desk)
    late = thread.inquiry.late or made.state == "kept_late"
    return changed(swap_promise(thread, promise, made), late=late)


def release_reply(thread: Thread) -> Thread:
    promise = reply_owed(thread)
    return thread if promise is None else promise_dropped(thread, promise)


def open_again(thread: Thread) -> Thread:
    """Open, whatever it was: nothing is awaited of the customer."""
    return changed(
        drop_kinds(thread, "check", "chase"),
        status="open",
        answered_at=None,
        closed_at=None,
        confirmed=None,
    )


def mark_answered(thread: Thread, at: datetime, desk: Desk) -> Thread:
    """Since the last contact of ours, also when an earlier one is entered after it."""
    at = later_of(thread.inquiry.last_out_at, at)
    thread = changed(thread, status="answered", answered_at=at)
    check = _new_check(thread, at, desk)
    standing = open_follow_up(thread, "check")
    if standing is None:
        return add_follow_up(thread, check)
    return swap_follow_up(thread, standing, check._replace(number=standing.number))


def mark_waiting(thread: Thread, at: datetime, desk: Desk, chase: Owed | None) -> Thread:
    thread = changed(drop_kinds(thread, "check", "chase"), status="waiting", answered_at=None)
    if chase is not None and chase.by == "nothing":
        return thread
    return add_follow_up(thread, new_chase(thread, at, desk, chase))


def mark_closed(thread: Thread, at: datetime, *, confirmed: bool | None) -> Thread:
    """Closing drops check, chase and news; the owner's own follow-ups and care stay."""
    return changed(
        drop_kinds(thread, "check", "chase", "news"),
        status="closed",
        closed_at=at,
        confirmed=confirmed,
        settled_at=at if confirmed else thread.inquiry.settled_at,
        reopening=False,
        unanswered_at=None,
    )


def _new_check(thread: Thread, at: datetime, desk: Desk) -> FollowUp:
    loud = is_loud(thread.inquiry, frozenset(thread.tags), desk.checks)
    days = LOUD_CHECK_DAYS if loud else QUIET_CHECK_DAYS
    return _new_follow_up(
        thread, "check", CHECK, at, due=desk.hours.close_of_day(at, days), quiet=not loud
    )


def new_chase(thread: Thread, at: datetime, desk: Desk, chase: Owed | None) -> FollowUp:
    if chase is not None and chase.due_at is not None:
        return _new_follow_up(
            thread, "chase", CHASE, at, due=chase.due_at, start=chase.start_at, said=chase.said
        )
    return _new_follow_up(thread, "chase", CHASE, at, due=desk.hours.close_of_day(at, CHASE_DAYS))


def _new_follow_up(
    thread: Thread,
    kind: str,
    what: str,
    at: datetime,
    *,
    due: datetime,
    start: datetime | None = None,
    said: str | None = None,
    quiet: bool = False,
) -> FollowUp:
    inquiry = thread.inquiry
    return FollowUp(
        number=0,
        inquiry_number=inquiry.number,
        customer_id=inquiry.customer_id,
        kind=kind,
        what=what,
        due_at=due,
        made_at=at,
        start_at=start,
        said=said,
        quiet=quiet,
    )


def open_follow_up(thread: Thread, kind: str) -> FollowUp | None:
    return next((f for f in thread.follow_ups if f.kind == kind and f.state == "open"), None)


def add_follow_up(thread: Thread, follow_up: FollowUp) -> Thread:
    return thread._replace(follow_ups=(*thread.follow_ups, follow_up))


def swap_promise(thread: Thread, old: Promise, new: Promise) -> Thread:
    return thread._replace(promises=tuple(new if p is old else p for p in thread.promises))


def swap_follow_up(thread: Thread, old: FollowUp, new: FollowUp) -> Thread:
    return thread._replace(follow_ups=tuple(new if f is old else f for f in thread.follow_ups))


def drop_kinds(thread: Thread, *kinds: str) -> Thread:
    follow_ups = tuple(
        f._replace(state="dropped") if f.kind in kinds and f.state == "open" else f
        for f in thread.follow_ups
    )
    return thread._replace(follow_ups=follow_ups)


def bring_back(thread: Thread) -> Thread:
    """What was moved on the inquiry comes back when the customer gets in touch."""
    follow_ups = tuple(
        f._replace(
            due_at=min(f.due_at, f.moved_from_at), start_at=None, said=None, moved_from_at=None
        )
        if f.state == "open" and f.moved_from_at is not None
        else f
        for f in thread.follow_ups
    )
    return thread._replace(follow_ups=follow_ups)


def refuse_open_deeds(thread: Thread) -> None:
    owed = deeds_owed(thread)
    if owed:
        what = ", ".join(promise.what or "a deed" for promise in owed)
        raise RefusedError(
            f"Inquiry {thread.inquiry.number} still owes: {what}.",
            f"cxdesk done {owed[0].number}   or   cxdesk drop {owed[0].number}",
        )


def closed_already(thread: Thread) -> RefusedError:
    number = thread.inquiry.number
    return RefusedError(
        f"Inquiry {number} is closed.",
        f"Log what came in first: cxdesk log {number}",
    )
