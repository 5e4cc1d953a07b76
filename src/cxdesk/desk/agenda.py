"""What is due, read and put in order; a room of its own, since `due` needs nothing else."""

from __future__ import annotations

from datetime import timedelta

from cxdesk.domain import agenda as rules
from cxdesk.domain.records import Agenda, Desk, Silent
from cxdesk.store import agenda
from cxdesk.store.database import Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

HEADLINE_DAYS = 30


def due(
    link: Link,
    desk: Desk,
    now: datetime,
    *,
    until: datetime | None = None,
    everything: bool = False,
    overdue: bool = False,
    handle: str | None = None,
) -> Agenda:
    """The agenda: until the horizon, everything, only what is late, or only one customer's."""
    limit = until or rules.horizon(now, desk)
    if everything:
        tasks = agenda.everything(link) + agenda.unseen(link, now)
    else:
        tasks = agenda.due(link, limit, now - rules.MAIL_PATIENCE)
    rounds = agenda.rounds(link, None if everything else limit)
    items = rules.items(tasks, now, desk, rounds)
    if overdue:
        items = [item for item in items if item.state == "late"]
    if handle is not None:
        items = [item for item in items if item.handle == handle]
    kept, judged = agenda.told_kept(link, now, now - timedelta(days=HEADLINE_DAYS))
    return Agenda(
        now_at=now,
        items=tuple(items),
        last_remind_at=agenda.last_remind_at(link),
        kept=kept,
        judged=judged,
        **agenda.tail(link, now, limit),
    )


def silent(link: Link, now: datetime) -> Silent | None:
    """Who has not heard from us for half a year; for a day on which nothing else is to be done."""
    return agenda.silent(link, now - rules.SILENCE)


def due_count(link: Link, desk: Desk, now: datetime) -> int:
    """Late and today: one integer."""
    today = desk.hours.local(now).date()
    return agenda.count(link, rules.day_end(today, desk), now - rules.MAIL_PATIENCE)
