"""Follow-ups, checks and chases: made, done, moved, dropped."""

from __future__ import annotations

from cxdesk.desk import customers, threads
from cxdesk.desk.people import Found
from cxdesk.domain import followups as rules
from cxdesk.domain import inquiries
from cxdesk.domain.records import Customer, Desk, FollowUp, Inquiry, Message, Owed, Thread
from cxdesk.errors import NotFoundError, RefusedError, UsageError
from cxdesk.store.customers import by_id, contact_points
from cxdesk.store.deeds import DeedInProgress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime


def add(d: DeedInProgress, desk: Desk, when: Owed, *, inquiry: Inquiry, what: str) -> FollowUp:
    """A follow-up of our own on an inquiry."""
    made: FollowUp = d.add(
        rules.new_follow_up(
            when, what, d.now, desk.hours, inquiry=inquiry.number, customer=inquiry.customer_id
        )
    )
    return made


def follow(
    d: DeedInProgress,
    desk: Desk,
    found: Found,
    number: int | None,
    when: Owed,
    *,
    what: str,
    every: str | None = None,
    after_done: bool = False,
    via: str | None = None,
    by_mail: bool = False,
) -> None:
    """`follow`: on an inquiry by its number, else for a customer alone. `by_mail`: its words go to
    them by themselves; NotFoundError without an address, RefusedError where they want no mail."""
    if number is not None:
        inquiry = threads.load(d.link, number).inquiry
        customer_id, subject = inquiry.customer_id, inquiry.subject
    else:
        customer = customers.make(d, found, d.now) if found.is_new else found.customer
        if customer is None:
            raise UsageError("Someone unknown cannot be followed up.", "Write a name, or a number.")
        customer_id, subject = customer.id, "get in touch"
    if by_mail:
        _check_may_be_mailed(d, customer_id)
    d.add(
        rules.new_follow_up(
            when,
            what or subject,
            d.now,
            desk.hours,
            inquiry=number,
            customer=customer_id,
            every=every,
            after_done=after_done,
            via=via,
        )._replace(by_mail=by_mail)
    )


def _check_may_be_mailed(d: DeedInProgress, customer_id: int | None) -> None:
    if customer_id is None:
        raise NotFoundError("Nobody is known to write to.", "Write a name, or another number.")
    customer = by_id(d.link, customer_id)
    if not any(point.kind == "email" for point in contact_points(d.link, customer_id)):
        raise NotFoundError(
            f"No e-mail address of {customer.name} is known.",
            f"cxdesk customer edit {customer.handle} --email ADDRESS",
        )
    if customer.consent is False:
        raise RefusedError(
            f"{customer.name} does not want to be written to.",
            "Leave out --send and it is yours to do; or, if they want to after all:"
            f" cxdesk customer edit {customer.handle} --consent",
        )


def follow_each(
    d: DeedInProgress, desk: Desk, owners: Iterable[Customer], when: Owed, what: str
) -> None:
    """The same follow-up for each of several customers."""
    for owner in owners:
        d.add(rules.new_follow_up(when, what, d.now, desk.hours, inquiry=None, customer=owner.id))


def done(d: DeedInProgress, desk: Desk, follow_up: FollowUp, at: datetime, note: str = "") -> None:
    """`done`: a check closes its inquiry, a chase waits on, a series brings its next."""
    if follow_up.kind == "check":
        _end_check(d, follow_up, at, "done")
    elif follow_up.kind == "chase":
        before, standing = _standing(d, follow_up)
        threads.save(d, before, inquiries.chase_done(before, standing, at, desk))
    else:
        d.change(follow_up, state="done", done_at=at)
        _bring_next(d, desk, follow_up, at)
    if note:
        _note(d, follow_up, note, at)


def move(d: DeedInProgress, follow_up: FollowUp, to: Owed, why: str = "") -> None:
    d.change(follow_up, **rules.moved(follow_up, to)._asdict())
    if why:
        _note(d, follow_up, why, d.now)


def drop(
    d: DeedInProgress, desk: Desk, follow_up: FollowUp, *, series: bool, why: str = ""
) -> None:
    """`drop`: a check closes its inquiry; one of a series is skipped, with `series` all go."""
    if follow_up.kind == "check":
        _end_check(d, follow_up, d.now, "dropped")
    else:
        d.change(follow_up, state="dropped")
        if not series:
            _bring_next(d, desk, follow_up, d.now)
    if why:
        _note(d, follow_up, why, d.now)


def _end_check(d: DeedInProgress, check: FollowUp, at: datetime, state: str) -> None:
    before, standing = _standing(d, check)
    threads.save(d, before, inquiries.check_done(before, standing, at, state))


def _standing(d: DeedInProgress, follow_up: FollowUp) -> tuple[Thread, FollowUp]:
    assert follow_up.inquiry_number is not None  # checks and chases stand on inquiries
    thread = threads.load(d.link, follow_up.inquiry_number)
    for standing in thread.follow_ups:
        if standing.number == follow_up.number:
            return thread, standing
    raise RefusedError(
        f"{follow_up.number} ends with inquiry {follow_up.inquiry_number}.",
        f"Leave it out: cxdesk show {follow_up.inquiry_number}",
    )


def _bring_next(d: DeedInProgress, desk: Desk, follow_up: FollowUp, at: datetime) -> None:
    following = rules.next_in_series(follow_up, at, desk.hours)
    if following is not None:
        d.add(following)


def _note(d: DeedInProgress, follow_up: FollowUp, text: str, at: datetime) -> None:
    d.add(
        Message(
            id=0,
            inquiry_number=follow_up.inquiry_number,
            customer_id=follow_up.customer_id,
            said_at=at,
            direction="note",
            channel=follow_up.via or "phone",
            text=text,
        )
    )
