"""Reports and advice: the figures, from what the store counted."""

from __future__ import annotations

from cxdesk.domain.promises import advise
from cxdesk.domain.records import ChannelAdvice, ChannelReport, Desk, PromiseReport
from cxdesk.store import reports
from cxdesk.store.database import Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime, timedelta


def promises(link: Link, since: datetime, now: datetime) -> PromiseReport:
    """How promises went, by channel; of those told; in all. Minutes are of the wall clock."""
    tallies = reports.tallies(link, since, now)
    times = reports.reply_times(link, since)
    names = dict.fromkeys([tally.channel for tally in tallies] + [time.channel for time in times])
    channels = tuple(
        _report(
            name,
            [tally for tally in tallies if tally.channel == name],
            [time for time in times if time.channel == name],
        )
        for name in sorted(names)
    )
    told = _report("told", [tally for tally in tallies if tally.told], [])
    return PromiseReport(since, channels, told, _report("total", tallies, times))


def _report(
    name: str, tallies: Sequence[reports.Tally], times: Iterable[reports.ReplyTime]
) -> ChannelReport:
    kept = sum(tally.kept for tally in tallies)
    late = sum(tally.late for tally in tallies)
    overdue = sum(tally.overdue for tally in tallies)
    return ChannelReport(
        channel=name,
        kept=kept,
        late=late,
        overdue=overdue,
        moved=sum(tally.moved for tally in tallies),
        released=sum(tally.released for tally in tallies),
        open=sum(tally.open for tally in tallies),
        kept_rate=_rate(kept, late + overdue),
        median_reply_minutes=_median([_seconds(t.replied_at - t.asked_at) for t in times]),
    )


def advice(link: Link, desk: Desk, now: datetime, channel: str | None) -> list[ChannelAdvice]:
    """What may safely be promised on each channel, or on one."""
    wanted = [c for c in desk.channels if channel is None or c.name == channel]
    return [_advice(link, desk, now, c.name, c.policy) for c in wanted]


def _advice(link: Link, desk: Desk, now: datetime, name: str, policy: str) -> ChannelAdvice:
    replies = reports.replies(link, name)
    # Those still open count as lasting at least their age.
    spans = [desk.hours.between(reply.made_at, reply.kept_at or now) for reply in replies]
    safe = advise([_minutes_begun(span) for span in spans], desk.hours)
    judged = [reply for reply in replies if reply.state != "open" or reply.judged_at < now]
    kept = [reply for reply in judged if reply.state == "kept"]
    early = [_seconds(r.judged_at - r.kept_at) for r in kept if r.kept_at is not None]
    return ChannelAdvice(
        channel=name,
        policy=policy,
        n=safe.n,
        kept_rate=_rate(len(kept), len(judged) - len(kept)),
        at_90=safe.at_90,
        at_95=safe.at_95,
        usual_margin_minutes=_median(early),
    )


def _rate(kept: int, other: int) -> float | None:
    return round(kept / (kept + other), 4) if kept + other else None


def _seconds(span: timedelta) -> int:
    return int(span.total_seconds())


def _minutes_begun(span: timedelta) -> int:
    return -(-_seconds(span) // 60)


def _median(seconds: list[int]) -> int | None:
    """In whole minutes, a half rounded up."""
    if not seconds:
        return None
    ordered = sorted(seconds)
    middle = len(ordered) // 2
    twice = ordered[middle] * 2 if len(ordered) % 2 else ordered[middle - 1] + ordered[middle]
    return (twice + 60) // 120
