"""The steps of `remind install`, and what `remind status` looks at."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from cxdesk.cli import crontab, places, prompts, reminder_setup
from cxdesk.cli.courier import configuration
from cxdesk.cli.testing import send_test_mail
from cxdesk.config import Config, read_config
from cxdesk.desk import runs
from cxdesk.desk.runs import Trouble
from cxdesk.errors import CxdeskError, RefusedError
from cxdesk.formats.crontab import with_line
from cxdesk.mail.secrets import ENVIRONMENT
from cxdesk.store.settings import load_desk
from cxdesk.views.installing import InstalledView, StatusView, offer

if TYPE_CHECKING:
    from cxdesk.cli.session import Session


def is_there(session: Session, there: str) -> InstalledView:
    """Nothing is changed; a line that starts something else is pointed out."""
    line, _ = crontab.line(session, read_config(places.config_path()).mail.out)
    if line != there:
        raise RefusedError(
            f"Another line is installed already: {there}",
            "To have it anew: cxdesk remind remove, then cxdesk remind install",
        )
    return InstalledView(there, to=None, was_there=True)


def install(session: Session, text: str, *, ask: bool) -> InstalledView:
    """Complete the configuration, send a test mail, show the line, ask, put it in place.

    `text` is the crontab as it is; `ask` False: everything must be there, and nobody is asked.
    """
    os.environ.pop(ENVIRONMENT, None)  # cron does not have it: try what cron will have
    path = places.config_path()
    config = read_config(path)
    if ask:
        config = reminder_setup.complete(config, path)
    reminder_setup.refuse_missing(config, path)
    line, carried = crontab.line(session, config.mail.out)
    config = configuration(path)
    sent = send_test_mail(session, config, None)
    if ask:
        for said in offer(sent.recipient, line, carried):
            prompts.say(said)
        if not prompts.yes("Install it?", default=True):
            raise RefusedError("Nothing was installed.", "cxdesk remind install   asks again.")
    _put(text, line)
    return InstalledView(line, to=sent.recipient, was_there=False)


def _put(text: str, line: str) -> None:
    new = with_line(text, line)
    if crontab.read() != text:
        raise RefusedError("Your crontab was changed meanwhile.", "cxdesk remind install")
    crontab.write(new)
    if crontab.read() != new:
        raise RefusedError("Your crontab is not what was written.", "Look at it: crontab -l")


# Status ------------------------------------------------------------------------------------------


def status_of(session: Session) -> StatusView:
    link = session.read()
    known, desk = runs.record(link, session.now), load_desk(link)
    line, wrong = _line()
    config, unusable = _config()
    wrong += unusable
    if line is None and not wrong and _is_needed(known, session):
        wrong.append(Trouble("It is not in your crontab.", "cxdesk remind install"))
    backs_up = config is not None and config.backup.folder is not None
    wrong += runs.troubles(known, session.now, backs_up=backs_up)
    to = config.remind.to if config else None
    return StatusView(known, line, to, wrong, desk.hours, session.now)


def _is_needed(known: runs.Record, session: Session) -> bool:
    """Something else than our line may run it."""
    return known.last_run_at is None or runs.has_stopped(known, session.now)


def _line() -> tuple[str | None, list[Trouble]]:
    try:
        line = crontab.installed(crontab.read())
    except CxdeskError as error:
        return None, [Trouble(error.sentence, error.remedy)]
    gone = crontab.missing_program(line) if line else None
    if gone is None:
        return line, []
    anew = "cxdesk remind remove, then cxdesk remind install"
    return line, [Trouble(f"The line in your crontab starts {gone}, which is not there.", anew)]


def _config() -> tuple[Config | None, list[Trouble]]:
    try:
        return configuration(places.config_path()), []
    except CxdeskError as error:
        return None, [Trouble(error.sentence, error.remedy)]
