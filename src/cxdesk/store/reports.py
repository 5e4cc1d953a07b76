"""Figures: how promises went, and how long replies took."""

from __future__ import annotations

from cxdesk.domain.records import NamedTuple
from cxdesk.store.database import Link, Sql

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

NEWEST = 200


class Tally(NamedTuple):
    """How many promises of one channel, told of or not, went how."""

    channel: str
    told: bool
    kept: int
    late: int
    overdue: int
    moved: int
    released: int
    open: int


class ReplyTime(NamedTuple):
    """An inquiry's way to its first reply."""

    channel: str
    asked_at: datetime
    replied_at: datetime


class Reply(NamedTuple):
    """A promised reply: when it was asked for, due and given."""

    made_at: datetime
    judged_at: datetime
    kept_at: datetime | None
    state: str
    early_minutes: int | None


# In the period is what was due in it. What is open and not yet due belongs to every period.
_TALLIES = Sql(
    "SELECT channel, told,"
    " sum(CASE WHEN state = 'kept' THEN 1 ELSE 0 END) AS kept,"
    " sum(CASE WHEN state = 'kept_late' THEN 1 ELSE 0 END) AS late,"
    " sum(CASE WHEN state = 'open' AND judged_at < :now THEN 1 ELSE 0 END) AS overdue,"
    " sum(CASE WHEN moved > 0 THEN 1 ELSE 0 END) AS moved,"
    " sum(CASE WHEN state = 'released' THEN 1 ELSE 0 END) AS released,"
    " sum(CASE WHEN state = 'open' AND judged_at >= :now THEN 1 ELSE 0 END) AS open"
    " FROM promise WHERE judged_at >= :since GROUP BY channel, told ORDER BY channel, told",
    Tally,
)
_REPLY_TIMES = Sql(
    "SELECT i.channel, (SELECT min(m.said_at) FROM message m WHERE m.inquiry_number = i.number"
    " AND m.direction = 'in') AS asked_at, i.first_reply_at AS replied_at FROM inquiry i"
    " WHERE i.first_reply_at >= :since",
    ReplyTime,
)
_REPLIES = Sql(
    "SELECT made_at, judged_at, kept_at, state, early_minutes FROM promise"
    " WHERE channel = :channel AND owes = 'reply' AND state <> 'released'"
    " ORDER BY made_at DESC, number DESC LIMIT :limit",
    Reply,
)


def tallies(link: Link, since: datetime, now: datetime) -> list[Tally]:
    return link.all(_TALLIES, since=since, now=now)


def reply_times(link: Link, since: datetime) -> list[ReplyTime]:
    """First replies given since an instant."""
    return [time for time in link.all(_REPLY_TIMES, since=since) if time.asked_at is not None]


def replies(link: Link, channel: str) -> list[Reply]:
    """The newest promised replies of a channel, newest first."""
    return link.all(_REPLIES, channel=channel, limit=NEWEST)
