"""The reminder job: what is to be told to the owner, once (docs/explanation/mail.md, "Reminders
from cron").

Safe at any interval and under overlap: whoever holds the lock works, the key of each mail stands
behind it. `now` is an aware instant; dates are local ones of the desk.
"""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from cxdesk.desk import entries, mailed, mailing
from cxdesk.desk.agenda import due
from cxdesk.desk.outbox import Delivery, Draft, Tools, deliver, post
from cxdesk.desk.threads import settle
from cxdesk.desk.week import week
from cxdesk.domain import reminders as rules
from cxdesk.domain.agenda import day_end
from cxdesk.domain.records import Desk, Item, Mail, MailLine, NamedTuple, Promise, Run
from cxdesk.domain.reminders import Alert, Digest, Kept, Plan
from cxdesk.domain.week import friday_of, is_week_key, week_key, week_to_send
from cxdesk.store import agenda, outbox, things
from cxdesk.store.database import Link
from cxdesk.store.deeds import begin
from cxdesk.store.settings import load_desk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date, datetime

    from cxdesk.desk.mailing import Office
    from cxdesk.domain.week import Week

    Told = Digest | Alert | Week
    # Makes the mail of a key: raises MailError when none can be made.
    Freeze = Callable[[str, Told, Desk], Draft]

RUNS_KEPT = timedelta(days=90)


class Report(NamedTuple):
    """What a run did. `digest`: sent, nothing, already, pending, failed, uncertain or busy;
    `alerts` counts those that went out; the lists hold the numbers of mails; `lost`: to whom an
    answer of the owner's could not be delivered."""

    digest: str
    alerts: int = 0
    delivery: Delivery = Delivery()
    lost: tuple[MailLine, ...] = ()

    @property
    def is_done(self) -> bool:
        """Whether nothing is left that should have gone out."""
        left = self.delivery.failed or self.delivery.uncertain or self.delivery.waiting
        return self.digest not in ("pending", "failed", "uncertain") and not left


BUSY = Report("busy")


def run(
    link: Link,
    plan: Plan,
    tools: Tools,
    freeze: Freeze,
    *,
    force: bool = False,
    office: Office | None = None,
) -> Report:
    """One run of the job: close what was quietly answered, decide, send, write it down.

    `freeze` makes the mail of a key from a digest or an alert; `office` writes to customers, and
    without one no follow-up leaves. Raises MailError when no mail can be
    made, UnusableError for spans that are none or a desk that cannot be written.
    """
    now = tools.clock()
    last_run_at = agenda.last_remind_at(link)
    started = _start(link, now)
    settle(link, now)
    desk = load_desk(link)
    if office is not None:
        mailing.post_follow_ups(link, office, now)
    key = _decide(link, desk, now, plan, freeze, last_run_at=last_run_at, force=force)
    delivery = deliver(link, tools, partial(why_not, desk=desk, plan=plan))
    report = Report(
        _state_of(link, key, desk, now, plan, delivery),
        _alerts_sent(link, delivery),
        delivery,
        lost(link, delivery),
    )
    _end(link, started, report, tools.clock())
    return report


def busy(link: Link, now: datetime) -> Report:
    """Another run is at work; that is noted, and nothing else done."""
    with begin(link, "remind", now, actor="desk") as d:
        d.add(Run(0, now, now, "busy"))
    return BUSY


def _start(link: Link, now: datetime) -> Run:
    """Write down that a run began, and forget the runs of long ago."""
    with begin(link, "remind", now, actor="desk") as d:
        for old in outbox.old_runs(link, now - RUNS_KEPT):
            d.remove(old)
        started: Run = d.add(Run(0, now))
    return started


def _end(link: Link, started: Run, report: Report, now: datetime) -> None:
    with begin(link, "remind", now, actor="desk") as d:
        d.change(started, ended_at=now, digest=report.digest, detail=report.delivery.trouble)


# Deciding ----------------------------------------------------------------------------------------


def _decide(
    link: Link,
    desk: Desk,
    now: datetime,
    plan: Plan,
    freeze: Freeze,
    *,
    last_run_at: datetime | None,
    force: bool,
) -> str | None:
    """Put into the outbox what is to be told now. Returns the key of the digest made, or None."""
    key = _key(link, desk, now, plan, last_run_at=last_run_at, force=force)
    found = digest(link, desk, now, plan, rules.day_of_key(key)) if key else None
    drafts = [freeze(key, found, desk)] if key and found else []
    drafts += [
        freeze(rules.alert_key(alert.number), alert, desk)
        for alert in alerts(link, desk, now, plan)
    ]
    over = this_week(link, desk, now, plan)
    drafts += [freeze(week_key(over.friday_on), over, desk)] if over else []
    if drafts:
        with begin(link, "remind", now, actor="desk") as d:
            for draft in drafts:
                post(d, draft)
    return key if found else None


def _key(
    link: Link,
    desk: Desk,
    now: datetime,
    plan: Plan,
    *,
    last_run_at: datetime | None,
    force: bool,
) -> str | None:
    """The key of the digest to be made now, or None. By force: another one of the same date,
    unless the one that there is still waits to be sent."""
    today = desk.hours.local(now).date()
    if force:
        count = outbox.count_keys(link, rules.digest_key(today))
        last = outbox.by_dedupe(link, rules.digest_key(today, count)) if count else None
        if last is not None and last.state == "pending":
            _hurry(link, last, now)
            return None
        return rules.digest_key(today, count + 1)
    newest = outbox.newest_key(link, "digest:")
    on = rules.date_to_send(
        now,
        desk.hours,
        plan.at,
        newest=rules.day_of_key(newest) if newest else None,
        last_run_at=last_run_at,
    )
    return rules.digest_key(on) if on else None


def _hurry(link: Link, mail: Mail, now: datetime) -> None:
    with begin(link, "remind", now, actor="desk") as d:
        d.change(mail, next_try_at=now)


def why_not(link: Link, mail: Mail, now: datetime, desk: Desk, plan: Plan) -> str | None:
    """Why a mail has lost its reason; None while it has it (mail.md, rule 6)."""
    if is_week_key(mail.dedupe):
        friday = rules.day_of_key(mail.dedupe)
        return None if friday_of(desk.hours.local(now).date()) == friday else "its week is over"
    if mail.kind == "digest":
        day = rules.day_of_key(mail.dedupe)
        if rules.digest_date(now, desk.hours, plan.at) > day:
            return "its day is over"
        return None if _items(link, desk, now, plan) else "nothing is due any more"
    if mail.kind == "alert":
        promise = things.promise(link, mail.number or 0)
        if promise is None or promise.state != "open":
            return "the promise is not open any more"
        return "it is late already" if promise.due_at <= now else None
    return mailed.why_not(link, mail, now)


def _state_of(
    link: Link, key: str | None, desk: Desk, now: datetime, plan: Plan, delivery: Delivery
) -> str:
    """What became of the digest whose time it is: the word that `remind --json` gives."""
    today = desk.hours.local(now).date()
    newest = outbox.newest_key(link, "digest:")
    mail = outbox.by_dedupe(link, key or newest) if newest else None
    if mail is None or rules.day_of_key(mail.dedupe) < rules.digest_date(now, desk.hours, plan.at):
        return "nothing"
    if mail.state == "sent":
        if mail.id in delivery.sent:
            return "sent"
        return "already" if rules.day_of_key(mail.dedupe) >= today else "nothing"
    return {"cancelled": "nothing", "sending": "pending"}.get(mail.state, mail.state)


def _alerts_sent(link: Link, delivery: Delivery) -> int:
    mails = [outbox.by_id(link, number) for number in delivery.sent]
    return sum(mail is not None and mail.kind == "alert" for mail in mails)


def lost(link: Link, delivery: Delivery) -> tuple[MailLine, ...]:
    """The owner's answers that failed in this round: nobody else will see to them."""
    mails = (outbox.line(link, number) for number in delivery.failed)
    return tuple(mail for mail in mails if mail is not None and mail.kind == "reply")


# What is told ------------------------------------------------------------------------------------


def digest(
    link: Link, desk: Desk, now: datetime, plan: Plan, day: date | None = None
) -> Digest | None:
    """The digest as it would be sent now; None when nothing is late, due today or within."""
    found = _items(link, desk, now, plan)
    if not found:
        return None
    day = day or desk.hours.local(now).date()
    *shown, more = rules.sections(found)
    first, today, then = (tuple(entries.entry(link, item) for item in part) for part in shown)
    last = rules.ahead(now, desk, plan.within) - timedelta(microseconds=1)
    worked_on = rules.working_day_before(day, desk.hours)
    return Digest(
        day_on=day,
        now_at=now,
        first=first,
        today=today,
        then=then,
        more=more,
        until_on=desk.hours.local(last).date(),
        praise=entries.praise(link, entries.midnight(worked_on, desk), entries.midnight(day, desk)),
        kept=_kept(link, desk, worked_on),
        lost=tuple(outbox.lost(link, now - timedelta(days=1))),
    )


def _items(link: Link, desk: Desk, now: datetime, plan: Plan) -> tuple[Item, ...]:
    until = rules.ahead(now, desk, plan.within)
    return due(link, desk, now, until=until).items


def _kept(link: Link, desk: Desk, day: date) -> Kept | None:
    judged = outbox.judged_between(link, entries.midnight(day, desk), day_end(day, desk))
    return rules.kept_on(day, judged)


def this_week(link: Link, desk: Desk, now: datetime, plan: Plan) -> Week | None:
    """The week as it is told once it is over; None before, when it was told, or is not wanted."""
    if not plan.week:
        return None
    newest = outbox.newest_key(link, "week:")
    friday = week_to_send(now, desk.hours, rules.day_of_key(newest) if newest else None)
    return week(link, desk, now, friday) if friday else None


def alerts(link: Link, desk: Desk, now: datetime, plan: Plan) -> list[Alert]:
    """The promises to be warned of now that never were."""
    until = rules.alert_until(now, desk.hours, plan.alert_before)
    if until is None:
        return []
    soon = [p for p in outbox.open_due(link, now, until) if _is_new(link, p)]
    if not soon:
        return []
    rows = due(link, desk, now, until=until + timedelta(microseconds=1)).items
    items = {item.number: item for item in rows if item.kind == "promise"}
    return [
        Alert(p.number, p.due_at, entries.entry(link, items[p.number]))
        for p in soon
        if p.number in items
    ]


def _is_new(link: Link, promise: Promise) -> bool:
    return outbox.by_dedupe(link, rules.alert_key(promise.number)) is None
