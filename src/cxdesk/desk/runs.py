"""The record of the reminder job: when it ran last, and what is wrong with it."""

from __future__ import annotations

from datetime import timedelta

from cxdesk.desk.keeping import last_backup
from cxdesk.domain.agenda import REMINDER_SILENCE
from cxdesk.domain.records import NamedTuple, Run
from cxdesk.domain.reminders import day_of_key
from cxdesk.store import agenda, outbox
from cxdesk.store.deeds import begin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date, datetime

    from cxdesk.domain.records import MailLine
    from cxdesk.store.database import Link

REMOVED = "removed"
OLD_BACKUP = timedelta(days=2)
LOST_FOR = timedelta(days=7)


class Trouble(NamedTuple):
    """What is wrong, and what to type."""

    sentence: str
    remedy: str


class Record(NamedTuple):
    """What the desk knows of the job. `last_run`: how it ended; `digest`: the newest mail of the
    day, sent or not; the counts are of mails that are not done, `lost` the owner's own answers of
    the last week that could not be delivered."""

    last_run_at: datetime | None
    last_run: str | None
    detail: str | None
    digest_on: date | None
    digest: MailLine | None
    pending: int
    uncertain: int
    backup_at: datetime | None
    backup_path: str | None
    lost: tuple[MailLine, ...] = ()


def record(link: Link, now: datetime) -> Record:
    run, key, left = (
        outbox.last_run(link),
        outbox.newest_key(link, "digest:"),
        outbox.unfinished(link),
    )
    backup_at, backup_path = last_backup(link) or (None, None)
    return Record(
        last_run_at=agenda.last_remind_at(link),
        last_run=run.digest if run else None,
        detail=run.detail if run else None,
        digest_on=day_of_key(key) if key else None,
        digest=outbox.line_of(link, key) if key else None,
        pending=sum(mail.state != "uncertain" and mail.attempts > 0 for mail in left),
        uncertain=sum(mail.state == "uncertain" for mail in left),
        backup_at=backup_at,
        backup_path=backup_path,
        lost=tuple(outbox.lost(link, now - LOST_FOR)),
    )


def has_stopped(known: Record, now: datetime) -> bool:
    """Whether the job ran once and does not any more."""
    return known.last_run_at is not None and now - known.last_run_at > REMINDER_SILENCE


def troubles(known: Record, now: datetime, *, backs_up: bool = False) -> list[Trouble]:
    """What the record itself tells; `backs_up`: the job is to make the daily backup."""
    found = []
    if known.last_run_at is not None and has_stopped(known, now):
        days = max((now - known.last_run_at).days, 1)
        told = f"The job has not run for {days} day{'s' * (days > 1)}."
        found.append(Trouble(told, "Is cron running? crontab -l shows its line."))
    if known.detail:
        found.append(Trouble(f"The last run ended with: {known.detail}", "cxdesk mail test"))
    if known.pending:
        told = f"{known.pending} mail{'s' * (known.pending > 1)} could not be sent yet."
        found.append(Trouble(told, "cxdesk mail outbox"))
    if known.uncertain:
        told = f"{known.uncertain} mail{'s' * (known.uncertain > 1)} may or may not have arrived."
        found.append(Trouble(told, "cxdesk mail outbox, then: cxdesk mail resolve NUMBER"))
    for mail in known.lost:
        told = f"Your answer to {mail.recipient} ({mail.number}) did not leave: {mail.detail}."
        found.append(Trouble(told, f"cxdesk mail resolve {mail.id} --resend"))
    if backs_up and known.last_run_at and not _is_backed_up(known, now):
        found.append(Trouble("The daily backup is not made.", "cxdesk remind   says why."))
    return found


def _is_backed_up(known: Record, now: datetime) -> bool:
    return known.backup_at is not None and now - known.backup_at < OLD_BACKUP


def note_removal(link: Link, now: datetime) -> None:
    """The job was taken out: from now on nobody misses it."""
    with begin(link, "remind", now, actor="desk") as d:
        d.add(Run(0, now, now, REMOVED))
