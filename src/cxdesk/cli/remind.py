"""remind: the job that cron runs; remind install, status, remove."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cxdesk.cli import places
from cxdesk.cli.courier import Courier, Scribe, configuration, office_of, plan_of, text_of
from cxdesk.config import read_config
from cxdesk.desk import keeping, reminders
from cxdesk.errors import CxdeskError, RefusedError, UsageError
from cxdesk.store import database
from cxdesk.store.outbox import alone
from cxdesk.store.settings import load_desk
from cxdesk.views.outbox import DryRunView, RemindView

if TYPE_CHECKING:
    from cxdesk.cli.session import Session
    from cxdesk.config import Config
    from cxdesk.desk.reminders import Told

app = typer.Typer(help="Mail you what is due, once a day, and warn before a promise is broken.")

NOT_DONE = 5
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]


@app.command("remind")
def remind(
    ctx: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("-n", "--dry-run", help="Show the mail; send and keep nothing.")
    ] = False,
    force: Annotated[
        bool, typer.Option("--force", help="The digest now, whatever the time, and again.")
    ] = False,
) -> Any:
    """Mail you what is due. Safe at any interval: */15 * * * * cxdesk remind"""
    session = ctx.obj
    if dry_run:
        return _shown(session)
    config = configuration(places.config_path())
    if not database.exists(session.path):
        return RemindView("nothing")
    with alone(session.path) as is_alone:
        link = session.write()
        if not is_alone:
            return _told(session, reminders.busy(link, session.now))
        with Courier(config, session.now) as courier:
            scribe = Scribe(config, link, session.now)
            report = reminders.run(
                link,
                plan_of(config),
                courier.tools(),
                scribe.freeze,
                force=force,
                office=office_of(config, link, session.now),
            )
        return _told(session, report, *_daily_backup(session, config))


def _daily_backup(session: Session, config: Config) -> tuple[str | None, CxdeskError | None]:
    """Where today's copy was put, or why there is none; the mails have left by then."""
    folder, keep = config.backup.folder, config.backup.keep
    if folder is None:
        return None, None
    try:
        made = keeping.daily_backup(session.path, folder, keep, session.now)
    except CxdeskError as error:
        return None, error
    return made.path if made else None, None


def _told(
    session: Session,
    report: reminders.Report,
    backup: str | None = None,
    no_backup: CxdeskError | None = None,
) -> RemindView:
    if no_backup is not None:
        session.exit_code = no_backup.exit_code
    if not report.is_done:
        session.exit_code = NOT_DONE
    delivery = report.delivery
    return RemindView(
        report.digest,
        alerts=report.alerts,
        sent=delivery.sent,
        failed=delivery.failed,
        uncertain=delivery.uncertain,
        waiting=delivery.waiting,
        trouble=delivery.trouble,
        lost=report.lost,
        backup=backup,
        no_backup=f"no backup was made: {no_backup.sentence}" if no_backup else None,
    )


def _shown(session: Session) -> DryRunView:
    """The mails as they would be made now; needs neither configuration nor a desk."""
    config = read_config(places.config_path())
    link = session.read()
    desk, plan, now = load_desk(link), plan_of(config), session.now
    about: list[Told | None] = [
        reminders.digest(link, desk, now, plan),
        *reminders.alerts(link, desk, now, plan),
        reminders.this_week(link, desk, now, plan),
    ]
    mails = [text_of(one, desk.hours, plan) for one in about if one is not None]
    return DryRunView(mails, config.remind.to)


@app.command("install")
def install(ctx: typer.Context, yes: Yes = False) -> Any:
    """Set it up: a test mail, then one line in your crontab, which you are shown first."""
    from cxdesk.cli import crontab, installing

    session = ctx.obj
    text = crontab.read()
    there = crontab.installed(text)
    if there is not None:
        return installing.is_there(session, there)
    if not yes and not session.may_ask:
        raise UsageError("To install it changes your crontab.", "cxdesk remind install --yes")
    return installing.install(session, text, ask=not yes)


@app.command("status")
def status(ctx: typer.Context) -> Any:
    """When it ran last, what it sent, and what is wrong."""
    from cxdesk.cli.installing import status_of

    return status_of(ctx.obj)


@app.command("remove")
def remove(ctx: typer.Context) -> Any:
    """Take the line out of your crontab; every other line stays as it is."""
    from cxdesk.cli import crontab
    from cxdesk.formats.crontab import without
    from cxdesk.views.installing import RemovedView

    session = ctx.obj
    text = crontab.read()
    line = crontab.installed(text)
    if line is None:
        return RemovedView(None)
    left = without(text)
    crontab.write(left)
    if crontab.read() != left:
        raise RefusedError("Your crontab is not what was written.", "Look at it: crontab -l")
    _note_removal(session)
    return RemovedView(line)


def _note_removal(session: Session) -> None:
    from cxdesk.desk.runs import note_removal

    if database.exists(session.path):
        note_removal(session.write(), session.now)
