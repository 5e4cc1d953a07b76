"""What each verb makes true: docs/states.md as code.

Every rule takes a Thread (an inquiry with what is open on it) and gives the Thread it becomes.
Records with number 0 are new. Nothing is read, written or asked here; a transition that the
table refuses raises RefusedError with what to do instead.
"""

from __future__ import annotations

from cxdesk.domain import news
from cxdesk.domain.promises import due_at, read_allowance, verdict
from cxdesk.domain.records import POLICY, Desk, FollowUp, Inquiry, Owed, Promise, Thread
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


# New -------------------------------------------------------------------------------------------


def opened(draft: Inquiry, at: datetime, desk: Desk, owed: Owed = POLICY) -> Thread:
    """`log` new: they came to us, and a reply (or the deed of `owed`) is due."""
    blank = Thread(draft._replace(status="open", opened_at=at))
    return received(blank, at, desk, owed)


def answered_on_the_spot(
    draft: Inquiry, at: datetime, desk: Desk, tags: frozenset[str] = frozenset()
) -> Thread:
    """`log --answered` new: nothing is owed, and the first reply was there and then."""
    inquiry = draft._replace(
        opened_at=at, first_reply_at=at, last_in_at=at, last_out_at=at, unanswered_at=None
    )
    return _answered(Thread(inquiry, tags=tuple(sorted(tags))), at, desk)


def settled_on_the_spot(draft: Inquiry, at: datetime) -> Thread:
    """`log --solved` new: closed and confirmed at once."""
    inquiry = draft._replace(
        opened_at=at, first_reply_at=at, answered_at=at, last_in_at=at, last_out_at=at
    )
    return _closed(Thread(inquiry), at, confirmed=True)


def started_by_us(draft: Inquiry, at: datetime, desk: Desk, owed: Owed | None = None) -> Thread:
    """`log --out` new: nothing is owed, unless something was promised."""
    inquiry = draft._replace(opened_at=at, last_out_at=at)
    if owed is None or owed.by == "nothing":
        return _closed(Thread(inquiry), at, confirmed=None)
    return _owe(Thread(inquiry._replace(status="open")), owed, at, desk)


def tried_by_us(draft: Inquiry, at: datetime, desk: Desk, owed: Owed | None = None) -> Thread:
    """`log --out --missed` new: the same, but nobody was reached."""
    return attempted(_with(started_by_us(draft, at, desk, owed), last_out_at=None))


def awaited_from_the_start(
    draft: Inquiry, at: datetime, desk: Desk, chase: Owed | None, *, theirs: bool
) -> Thread:
    """`log --wait` (they came, we wait) and `log --out --wait` (we went, we wait), new."""
    draft = draft._replace(last_in_at=at) if theirs else draft._replace(last_out_at=at)
    return _waiting(Thread(draft._replace(opened_at=at)), at, desk, chase)


# Contacts --------------------------------------------------------------------------------------


def received(thread: Thread, at: datetime, desk: Desk, owed: Owed = POLICY) -> Thread:
    """Any inbound contact on an inquiry (the three "in" rows).

    The reply clock runs from the oldest unanswered message: writing again neither resets it nor
    starts a second one. Contact that a later one of ours has reached already owes nothing but
    what is promised with it.
    """
    inquiry = thread.inquiry
    if inquiry.last_out_at is not None and at < inquiry.last_out_at:
        thread = _with(thread, last_in_at=_later(inquiry.last_in_at, at))
        return thread if owed.by != "spoken" else _owe(_opened_again(thread), owed, at, desk)
    chased = inquiry.status == "open" and inquiry.unanswered_at is not None
    thread = _with(
        _opened_again(_brought_back(thread)),
        chased=inquiry.chased + chased,
        reopening=inquiry.reopening or inquiry.status in ("answered", "closed"),
        unanswered_at=min(inquiry.unanswered_at or at, at),
        last_in_at=_later(inquiry.last_in_at, at),
    )
    return _owe(thread, owed, at, desk)


def replied(
    thread: Thread,
    at: datetime,
    desk: Desk,
    *,
    then: str | None = None,
    owed: Owed | None = None,
    chase: Owed | None = None,
    unread_since: datetime | None = None,
) -> Thread:
    """An outbound contact that reached them: keeps what was owed, then as `then` says.

    `then`: None (answered), "open" (not the whole answer), "wait", "solved". `owed`: the next
    promise. `unread_since`: their oldest message after `at`, when the reply is entered late: it is
    still owed a reply, and the inquiry stays open for it.
    """
    inquiry = thread.inquiry
    if owed is not None and owed.by == "nothing" and then is None:
        owed = None
    if inquiry.status == "closed":
        return _reached_when_closed(thread, at, then, owed)
    if then == "solved":
        _refuse_open_deeds(thread)
    thread = _replied_to(_dropped(_reply_kept(thread, at, desk), "chase"), at, unread_since)
    thread = news.given(thread, thread.inquiry.last_out_at or at, desk)
    if unread_since is not None:
        thread = _owe(thread, POLICY, unread_since, desk)
    return _after_reply(thread, at, desk, then, owed, chase)


def _replied_to(thread: Thread, at: datetime, unread_since: datetime | None) -> Thread:
    """The counts and instants of a reply; one from before their message answers nothing."""
    inquiry = thread.inquiry
    thread = _with(thread, last_out_at=_later(inquiry.last_out_at, at), unanswered_at=unread_since)
    if inquiry.unanswered_at is not None and at < inquiry.unanswered_at:
        return thread
    return _with(
        thread,
        first_reply_at=inquiry.first_reply_at or (at if inquiry.last_in_at else None),
        reopened=inquiry.reopened + inquiry.reopening,
        reopening=False,
    )


def _after_reply(
    thread: Thread,
    at: datetime,
    desk: Desk,
    then: str | None,
    owed: Owed | None,
    chase: Owed | None,
) -> Thread:
    if then == "open" or owed is not None:
        return _owe(_opened_again(thread), owed or POLICY, at, desk)
    if reply_owed(thread) is not None:
        return _opened_again(thread)
    if then == "solved":
        return _closed(thread, at, confirmed=True)
    if then == "wait":
        return _waiting(thread, at, desk, chase)
    return _opened_again(thread) if deeds_owed(thread) else _answered(thread, at, desk)


def _reached_when_closed(
    thread: Thread, at: datetime, then: str | None, owed: Owed | None
) -> Thread:
    if then in ("open", "wait") or owed is not None:
        raise _closed_already(thread)
    confirmed = True if then == "solved" else thread.inquiry.confirmed
    last_out_at = _later(thread.inquiry.last_out_at, at)
    settled_at = at if then == "solved" else thread.inquiry.settled_at
    return _with(thread, last_out_at=last_out_at, confirmed=confirmed, settled_at=settled_at)


def attempted(thread: Thread) -> Thread:
    """`reply --missed`, `log --out --missed`: an attempt, counted and shown, nothing more."""
    return _with(thread, attempts=thread.inquiry.attempts + 1)


# Ends ------------------------------------------------------------------------------------------


def solved(thread: Thread, now: datetime, desk: Desk) -> Thread:
    """The customer says so: closed and confirmed.

    A reply owed to what they wrote after an answer ("thanks, that works") is released, and the
    inquiry closes at that message; any other is kept now, late if late (clock.md, rule 8).
    """
    inquiry = thread.inquiry
    if inquiry.status == "closed":
        return _with(thread, confirmed=True, settled_at=now)
    _refuse_open_deeds(thread)
    if inquiry.reopening:
        closed_at = inquiry.last_in_at or now
        return _closed(_reply_released(thread), closed_at, confirmed=True)
    thread = _with(
        _reply_kept(thread, now, desk),
        first_reply_at=inquiry.first_reply_at or (now if inquiry.last_in_at else None),
    )
    return _closed(thread, now, confirmed=True)


def wait(thread: Thread, now: datetime, desk: Desk, chase: Owed | None) -> Thread:
    """`wait`: on the customer. Refused while we owe a reply, or when the inquiry is closed."""
    if thread.inquiry.status == "closed":
        raise _closed_already(thread)
    if reply_owed(thread) is not None:
        raise RefusedError(
            f"Inquiry {thread.inquiry.number} still owes a reply, so it cannot wait.",
            f"cxdesk reply {thread.inquiry.number} --wait",
        )
    return _waiting(thread, now, desk, chase)


def dropped(thread: Thread, now: datetime) -> Thread:
    """`drop` inquiry: closed without confirmation, what was owed is released."""
    promises = tuple(p._replace(state="released") for p in thread.promises)
    return _closed(thread._replace(promises=promises), now, confirmed=None)


def check_done(thread: Thread, check: FollowUp, now: datetime, state: str) -> Thread:
    """`done` or `drop` of a check, and the end of a quiet one: closed, not confirmed."""
    made = check._replace(state=state, done_at=now if state == "done" else None)
    return _closed(_swap_follow_up(thread, check, made), now, confirmed=None)


def chase_done(thread: Thread, chase: FollowUp, now: datetime, desk: Desk) -> Thread:
    """`done` chase: still waiting, and the next chase comes."""
    made = chase._replace(state="done", done_at=now)
    thread = _swap_follow_up(thread, chase, made)
    return _add_follow_up(thread, _new_chase(thread, now, desk, None))


# Promises --------------------------------------------------------------------------------------


def promised(thread: Thread, owed: Owed, now: datetime, desk: Desk) -> Thread:
    """`promise N WHEN [WHAT]`: spoken, in the policy's place, or a deed beside it."""
    if thread.inquiry.status == "closed":
        raise _closed_already(thread)
    return _owe(_opened_again(thread), owed, now, desk)


def deed_done(thread: Thread, promise: Promise, at: datetime, desk: Desk) -> Thread:
    """`done` on a deed promise: kept; with nothing else open the inquiry is answered."""
    made = kept(promise, at, desk)
    thread = _swap_promise(thread, promise, made)
    thread = _with(thread, late=thread.inquiry.late or made.state == "kept_late")
    still_owed = any(other.state == "open" for other in thread.promises)
    if thread.inquiry.status != "open" or still_owed:
        return thread
    return _answered(thread, at, desk)


def promise_dropped(thread: Thread, promise: Promise) -> Thread:
    return _swap_promise(thread, promise, promise._replace(state="released"))


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
    allowance = _policy(desk, channel) if owed.by == "policy" else None
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


# Steps that the rules share ----------------------------------------------------------------------


def _with(thread: Thread, **fields: Any) -> Thread:
    return thread._replace(inquiry=thread.inquiry._replace(**fields))


def _later(known: datetime | None, at: datetime) -> datetime:
    return at if known is None else max(known, at)


def _policy(desk: Desk, channel: str) -> Any:
    return read_allowance(next(c.policy for c in desk.channels if c.name == channel))


def _owe(thread: Thread, owed: Owed, at: datetime, desk: Desk) -> Thread:
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
    return _swap_promise(thread, standing, spoken)


def _reply_kept(thread: Thread, at: datetime, desk: Desk) -> Thread:
    """Keep the open reply promise; one made after `at` is not kept by what came before it."""
    promise = reply_owed(thread)
    if promise is None or promise.made_at > at:
        return thread
    made = kept(promise, at, desk)
    late = thread.inquiry.late or made.state == "kept_late"
    return _with(_swap_promise(thread, promise, made), late=late)


def _reply_released(thread: Thread) -> Thread:
    promise = reply_owed(thread)
    return thread if promise is None else promise_dropped(thread, promise)


def _opened_again(thread: Thread) -> Thread:
    """Open, whatever it was: nothing is awaited of the customer."""
    return _with(
        _dropped(thread, "check", "chase"),
        status="open",
        answered_at=None,
        closed_at=None,
        confirmed=None,
    )


def _answered(thread: Thread, at: datetime, desk: Desk) -> Thread:
    """Since the last contact of ours, also when an earlier one is entered after it."""
    at = _later(thread.inquiry.last_out_at, at)
    thread = _with(thread, status="answered", answered_at=at)
    check = _new_check(thread, at, desk)
    standing = open_follow_up(thread, "check")
    if standing is None:
        return _add_follow_up(thread, check)
    return _swap_follow_up(thread, standing, check._replace(number=standing.number))


def _waiting(thread: Thread, at: datetime, desk: Desk, chase: Owed | None) -> Thread:
    thread = _with(_dropped(thread, "check", "chase"), status="waiting", answered_at=None)
    if chase is not None and chase.by == "nothing":
        return thread
    return _add_follow_up(thread, _new_chase(thread, at, desk, chase))


def _closed(thread: Thread, at: datetime, *, confirmed: bool | None) -> Thread:
    """Closing drops check, chase and news; the owner's own follow-ups and care stay."""
    return _with(
        _dropped(thread, "check", "chase", "news"),
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


def _new_chase(thread: Thread, at: datetime, desk: Desk, chase: Owed | None) -> FollowUp:
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


def _add_follow_up(thread: Thread, follow_up: FollowUp) -> Thread:
    return thread._replace(follow_ups=(*thread.follow_ups, follow_up))


def _swap_promise(thread: Thread, old: Promise, new: Promise) -> Thread:
    return thread._replace(promises=tuple(new if p is old else p for p in thread.promises))


def _swap_follow_up(thread: Thread, old: FollowUp, new: FollowUp) -> Thread:
    return thread._replace(follow_ups=tuple(new if f is old else f for f in thread.follow_ups))


def _dropped(thread: Thread, *kinds: str) -> Thread:
    follow_ups = tuple(
        f._replace(state="dropped") if f.kind in kinds and f.state == "open" else f
        for f in thread.follow_ups
    )
    return thread._replace(follow_ups=follow_ups)


def _brought_back(thread: Thread) -> Thread:
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


def _refuse_open_deeds(thread: Thread) -> None:
    owed = deeds_owed(thread)
    if owed:
        what = ", ".join(promise.what or "a deed" for promise in owed)
        raise RefusedError(
            f"Inquiry {thread.inquiry.number} still owes: {what}.",
            f"cxdesk done {owed[0].number}   or   cxdesk drop {owed[0].number}",
        )


def _closed_already(thread: Thread) -> RefusedError:
    number = thread.inquiry.number
    return RefusedError(
        f"Inquiry {number} is closed.",
        f"Log what came in first: cxdesk log {number}",
    )
