"""The week in five lines, as it would be told now."""

from __future__ import annotations

from datetime import timedelta

from cxdesk.desk import entries
from cxdesk.desk.agenda import due
from cxdesk.domain.agenda import horizon
from cxdesk.domain.reminders import Kept, is_early
from cxdesk.domain.week import Week
from cxdesk.store import outbox
from cxdesk.store import week as figures

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date, datetime

    from cxdesk.domain.records import Desk
    from cxdesk.store.database import Link


def week(link: Link, desk: Desk, now: datetime, friday: date) -> Week | None:
    """The week of that Friday up to now; None when nothing happened in it."""
    since = entries.midnight(friday - timedelta(days=friday.weekday()), desk)
    judged = outbox.judged_between(link, since, now)
    kept = [promise for promise in judged if promise.state == "kept"]
    owed = due(link, desk, now, until=horizon(now, desk)).items
    things = [item for item in owed if item.kind != "round"]
    told = Week(
        friday_on=friday,
        now_at=now,
        kept=Kept(friday, len(kept), sum(map(is_early, kept)), len(judged)),
        came=figures.came(link, since, now),
        closed=figures.closed(link, since, now),
        praise=entries.praise(link, since, now),
        waiting=len(things),
        next=entries.entry(link, things[0]) if things else None,
    )
    return None if told.is_empty else told
