"""What each verb makes true: docs/states.md as code.

Every rule takes a Thread (an inquiry with what is open on it) and gives the Thread it becomes.
Records with number 0 are new. Nothing is read, written or asked here; a transition that the
table refuses raises RefusedError with what to do instead.
"""

from __future__ import annotations

from cxdesk.domain import news
from cxdesk.domain.records import POLICY, Desk, FollowUp, Inquiry, Owed, Promise, Thread
from cxdesk.domain.threads import (
    add_follow_up,
    bring_back,
    changed,
    closed_already,
    deeds_owed,
    drop_kinds,
    keep_reply,
    kept,
    later_of,
    mark_answered,
    mark_closed,
    mark_waiting,
    new_chase,
    open_again,
    owe,
    refuse_open_deeds,
    release_reply,
    reply_owed,
    swap_follow_up,
    swap_promise,
)
from cxdesk.errors import RefusedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime


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
    return mark_answered(Thread(inquiry, tags=tuple(sorted(tags))), at, desk)


def settled_on_the_spot(draft: Inquiry, at: datetime) -> Thread:
    """`log --solved` new: closed and confirmed at once."""
    inquiry = draft._replace(
        opened_at=at, first_reply_at=at, answered_at=at, last_in_at=at, last_out_at=at
    )
    return mark_closed(Thread(inquiry), at, confirmed=True)


def started_by_us(draft: Inquiry, at: datetime, desk: Desk, owed: Owed | None = None) -> Thread:
    """`log --out` new: nothing is owed, unless something was promised."""
    inquiry = draft._replace(opened_at=at, last_out_at=at)
    if owed is None or owed.by == "nothing":
        return mark_closed(Thread(inquiry), at, confirmed=None)
    return owe(Thread(inquiry._replace(status="open")), owed, at, desk)


def tried_by_us(draft: Inquiry, at: datetime, desk: Desk, owed: Owed | None = None) -> Thread:
    """`log --out --missed` new: the same, but nobody was reached."""
    return attempted(changed(started_by_us(draft, at, desk, owed), last_out_at=None))


def awaited_from_the_start(
    draft: Inquiry, at: datetime, desk: Desk, chase: Owed | None, *, theirs: bool
) -> Thread:
    """`log --wait` (they came, we wait) and `log --out --wait` (we went, we wait), new."""
    draft = draft._replace(last_in_at=at) if theirs else draft._replace(last_out_at=at)
    return mark_waiting(Thread(draft._replace(opened_at=at)), at, desk, chase)


# Contacts --------------------------------------------------------------------------------------


def received(thread: Thread, at: datetime, desk: Desk, owed: Owed = POLICY) -> Thread:
    """Any inbound contact on an inquiry (the three "in" rows).

    The reply clock runs from the oldest unanswered message: writing again neither resets it nor
    starts a second one. Contact that a later one of ours has reached already owes nothing but
    what is promised with it.
    """
    inquiry = thread.inquiry
    if inquiry.last_out_at is not None and at < inquiry.last_out_at:
        thread = changed(thread, last_in_at=later_of(inquiry.last_in_at, at))
        return thread if owed.by != "spoken" else owe(open_again(thread), owed, at, desk)
    chased = inquiry.status == "open" and inquiry.unanswered_at is not None
    thread = changed(
        open_again(bring_back(thread)),
        chased=inquiry.chased + chased,
        reopening=inquiry.reopening or inquiry.status in ("answered", "closed"),
        unanswered_at=min(inquiry.unanswered_at or at, at),
        last_in_at=later_of(inquiry.last_in_at, at),
    )
    return owe(thread, owed, at, desk)


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
        refuse_open_deeds(thread)
    thread = _replied_to(drop_kinds(keep_reply(thread, at, desk), "chase"), at, unread_since)
    thread = news.given(thread, thread.inquiry.last_out_at or at, desk)
    if unread_since is not None:
        thread = owe(thread, POLICY, unread_since, desk)
    return _after_reply(thread, at, desk, then, owed, chase)


def _replied_to(thread: Thread, at: datetime, unread_since: datetime | None) -> Thread:
    """The counts and instants of a reply; one from before their message answers nothing."""
    inquiry = thread.inquiry
    thread = changed(
        thread, last_out_at=later_of(inquiry.last_out_at, at), unanswered_at=unread_since
    )
    if inquiry.unanswered_at is not None and at < inquiry.unanswered_at:
        return thread
    return changed(
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
        return owe(open_again(thread), owed or POLICY, at, desk)
    if reply_owed(thread) is not None:
        return open_again(thread)
    if then == "solved":
        return mark_closed(thread, at, confirmed=True)
    if then == "wait":
        return mark_waiting(thread, at, desk, chase)
    return open_again(thread) if deeds_owed(thread) else mark_answered(thread, at, desk)


def _reached_when_closed(
    thread: Thread, at: datetime, then: str | None, owed: Owed | None
) -> Thread:
    if then in ("open", "wait") or owed is not None:
        raise closed_already(thread)
    confirmed = True if then == "solved" else thread.inquiry.confirmed
    last_out_at = later_of(thread.inquiry.last_out_at, at)
    settled_at = at if then == "solved" else thread.inquiry.settled_at
    return changed(thread, last_out_at=last_out_at, confirmed=confirmed, settled_at=settled_at)


def attempted(thread: Thread) -> Thread:
    """`reply --missed`, `log --out --missed`: an attempt, counted and shown, nothing more."""
    return changed(thread, attempts=thread.inquiry.attempts + 1)


# Ends ------------------------------------------------------------------------------------------


def solved(thread: Thread, now: datetime, desk: Desk) -> Thread:
    """The customer says so: closed and confirmed.

    A reply owed to what they wrote after an answer ("thanks, that works") is released, and the
    inquiry closes at that message; any other is kept now, late if late (clock.md, rule 8).
    """
    inquiry = thread.inquiry
    if inquiry.status == "closed":
        return changed(thread, confirmed=True, settled_at=now)
    refuse_open_deeds(thread)
    if inquiry.reopening:
        closed_at = inquiry.last_in_at or now
        return mark_closed(release_reply(thread), closed_at, confirmed=True)
    thread = changed(
        keep_reply(thread, now, desk),
        first_reply_at=inquiry.first_reply_at or (now if inquiry.last_in_at else None),
    )
    return mark_closed(thread, now, confirmed=True)


def wait(thread: Thread, now: datetime, desk: Desk, chase: Owed | None) -> Thread:
    """`wait`: on the customer. Refused while we owe a reply, or when the inquiry is closed."""
    if thread.inquiry.status == "closed":
        raise closed_already(thread)
    if reply_owed(thread) is not None:
        raise RefusedError(
            f"Inquiry {thread.inquiry.number} still owes a reply, so it cannot wait.",
            f"cxdesk reply {thread.inquiry.number} --wait",
        )
    return mark_waiting(thread, now, desk, chase)


def dropped(thread: Thread, now: datetime) -> Thread:
    """`drop` inquiry: closed without confirmation, what was owed is released."""
    promises = tuple(p._replace(state="released") for p in thread.promises)
    return mark_closed(thread._replace(promises=promises), now, confirmed=None)


def check_done(thread: Thread, check: FollowUp, now: datetime, state: str) -> Thread:
    """`done` or `drop` of a check, and the end of a quiet one: closed, not confirmed."""
    made = check._replace(state=state, done_at=now if state == "done" else None)
    return mark_closed(swap_follow_up(thread, check, made), now, confirmed=None)


def chase_done(thread: Thread, chase: FollowUp, now: datetime, desk: Desk) -> Thread:
    """`done` chase: still waiting, and the next chase comes."""
    made = chase._replace(state="done", done_at=now)
    thread = swap_follow_up(thread, chase, made)
    return add_follow_up(thread, new_chase(thread, now, desk, None))


# Promises --------------------------------------------------------------------------------------


def promised(thread: Thread, owed: Owed, now: datetime, desk: Desk) -> Thread:
    """`promise N WHEN [WHAT]`: spoken, in the policy's place, or a deed beside it."""
    if thread.inquiry.status == "closed":
        raise closed_already(thread)
    return owe(open_again(thread), owed, now, desk)


def deed_done(thread: Thread, promise: Promise, at: datetime, desk: Desk) -> Thread:
    """`done` on a deed promise: kept; with nothing else open the inquiry is answered."""
    made = kept(promise, at, desk)
    thread = swap_promise(thread, promise, made)
    thread = changed(thread, late=thread.inquiry.late or made.state == "kept_late")
    still_owed = any(other.state == "open" for other in thread.promises)
    if thread.inquiry.status != "open" or still_owed:
        return thread
    return mark_answered(thread, at, desk)
