"""What we do on our own initiative: the next of a series, and when a follow-up shows."""

from __future__ import annotations

from datetime import timedelta

from cxdesk.domain import news
from cxdesk.domain.records import FollowUp, Owed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from cxdesk.domain.hours import OpeningHours


def new_follow_up(
    when: Owed,
    what: str,
    now: datetime,
    hours: OpeningHours,
    *,
    inquiry: int | None,
    customer: int | None,
    every: str | None = None,
    after_done: bool = False,
    via: str | None = None,
) -> FollowUp:
    """A follow-up at the instant of `when`; with `every`, the first of a series.

    Raises PhraseError for a recurrence that cannot be read.
    """
    assert when.due_at is not None
    single = FollowUp(
        number=0,
        inquiry_number=inquiry,
        customer_id=customer,
        kind="follow_up",
        what=what,
        due_at=when.due_at,
        made_at=now,
        start_at=when.start_at,
        said=when.said,
        via=via,
    )
    if every is None:
        return single
    from cxdesk.domain.phrases import read_every  # only a series needs it

    recurrence = read_every(every, start=when.due_at, zone=hours.zone)
    return single._replace(
        every=every,
        rule=recurrence.rule,
        series_at=recurrence.start,
        nominal_at=when.due_at,
        zone=hours.zone,
        after_done=after_done,
    )


def next_in_series(done: FollowUp, at: datetime, hours: OpeningHours) -> FollowUp | None:
    """What follows one that was done, dropped or skipped at `at`; None when it stood alone.

    Missed occurrences do not pile up. One on a closed date is due when the next open date closes;
    the series keeps its nominal dates. Counted from the doing (`after_done`), the wall time stays.
    """
    if done.kind == "news":
        return news.following(done, at, hours)
    if done.rule is None or done.series_at is None or done.zone is None:
        return None
    from cxdesk.domain.recurrence import Recurrence, due_of  # loads dateutil

    nominal = done.nominal_at or done.due_at
    if done.after_done:
        start = _same_wall_time(at, nominal, hours)
        following = Recurrence(done.rule, start, done.zone).after(max(start, at))
    else:
        following = Recurrence(done.rule, done.series_at, done.zone).after(max(nominal, at))
    return done._replace(
        number=0,
        due_at=due_of(following, hours),
        nominal_at=following,
        made_at=at,
        state="open",
        done_at=None,
        start_at=None,
        said=None,
        moved_from_at=None,
    )


def _same_wall_time(at: datetime, like: datetime, hours: OpeningHours) -> datetime:
    wall = hours.local(like)
    return hours.local(at).replace(hour=wall.hour, minute=wall.minute, second=0, microsecond=0)


def moved(follow_up: FollowUp, to: Owed) -> FollowUp:
    """`move`: due moves, and it is out of `due` until that local date begins."""
    assert to.due_at is not None
    return follow_up._replace(
        due_at=to.due_at,
        start_at=to.start_at,
        said=to.said,
        moved_from_at=follow_up.moved_from_at or follow_up.due_at,
    )


def state_at(due_at: datetime, now: datetime, hours: OpeningHours, *, promise: bool) -> str:
    """late, today, next (within 7 days) or later. A promise is late when its instant has passed,
    a plan of our own when its local date has."""
    day, today = hours.local(due_at).date(), hours.local(now).date()
    if (promise and due_at < now) or (not promise and day < today):
        return "late"
    if day == today:
        return "today"
    return "next" if day <= today + timedelta(days=7) else "later"
