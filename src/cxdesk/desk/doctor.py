"""Is all well with the desk? One check for each thing that can go wrong with a file."""

from __future__ import annotations

import os
from datetime import timedelta

from cxdesk.desk.keeping import last_backup
from cxdesk.domain.agenda import REMINDER_SILENCE
from cxdesk.domain.records import NamedTuple
from cxdesk.errors import UnusableError
from cxdesk.store import agenda, database, inspection, outbox, surroundings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from cxdesk.store.database import Link

OLD_BACKUP = timedelta(days=7)
LEAST_ROOM = 50_000_000  # bytes

RESTORE = "cxdesk restore FILE   with your last backup; the desk as it is will be kept aside."
REWRITE = "cxdesk backup now.db, then cxdesk restore now.db   writes it anew."


class Check(NamedTuple):
    """One thing looked at. `remedy` is what to type where it is not well."""

    name: str
    ok: bool
    message: str
    remedy: str | None = None


def examine(path: str, now: datetime) -> list[Check]:
    """Every check of the desk at `path`, the most important first."""
    if not database.exists(path):
        return [Check("desk", True, "There is no desk yet."), _place(path)]
    around = [_permissions(path), _place(path), _room(path), _leftovers(path)]
    try:
        with database.open_to_read(path) as link:
            inside = _inside(link, now)
    except UnusableError as error:
        return [Check("desk", False, error.sentence, error.remedy), *around]
    return [*inside[:3], _search(path), *inside[3:], *around]


def _inside(link: Link, now: datetime) -> list[Check]:
    faults = inspection.faults(link)
    if faults:
        told = f"The desk {link.path} is damaged: {'; '.join(faults[:3])}."
        return [Check("integrity", False, told, RESTORE)]
    return [
        Check("desk", True, f"{link.path}, version {database.SCHEMA_VERSION}."),
        Check("integrity", True, "The file is sound, and all that refers finds its target."),
        _shape(link),
        _backup(link, now),
        _reminders(link, now),
        _mails(link),
    ]


def _shape(link: Link) -> Check:
    strange = inspection.differences(inspection.new_shape(), inspection.shape(link))
    if not strange:
        return Check("shape", True, "Every table is as this cxdesk makes it.")
    told = f"The tables are not as this cxdesk makes them: {strange[0]}"
    return Check("shape", False, told, "Take back what another program changed, or report this.")


def _search(path: str) -> Check:
    try:
        fits = inspection.search_fits(path)
    except UnusableError as error:
        return Check("search", False, f"Not looked at: {error.sentence}", error.remedy)
    if fits:
        return Check("search", True, "The search index says what the desk says.")
    return Check("search", False, "The search index does not say what the desk says.", REWRITE)


def _backup(link: Link, now: datetime) -> Check:
    last = last_backup(link)
    remedy = "cxdesk backup FILE, on another disk; or daily: [backup] folder in cxdesk config edit"
    if last is None:
        return Check("backup", False, "No backup was ever made.", remedy)
    at, file = last
    if now - at > OLD_BACKUP:
        return Check("backup", False, f"The last backup is {(now - at).days} days old.", remedy)
    if not os.path.exists(file):
        return Check("backup", False, f"The last backup, {file}, is not there any more.", remedy)
    return Check("backup", True, f"The last backup is {file}.")


def _reminders(link: Link, now: datetime) -> Check:
    last = agenda.last_remind_at(link)
    if last is None:
        return Check("reminders", True, "The reminder job never ran: cxdesk remind")
    if now - last > REMINDER_SILENCE:
        told = f"The reminder job has stopped: it last ran {(now - last).days} days ago."
        return Check("reminders", False, told, "cxdesk remind status")
    return Check("reminders", True, "The reminder job runs.")


def _mails(link: Link) -> Check:
    doubtful = [mail.id for mail in outbox.unfinished(link) if mail.state == "uncertain"]
    if not doubtful:
        return Check("mail", True, "No mail is uncertain.")
    told = f"Whether mail {doubtful[0]} arrived is uncertain."
    return Check("mail", False, told, "cxdesk mail outbox")


# Around the file ---------------------------------------------------------------------------------


def _permissions(path: str) -> Check:
    found = surroundings.open_to_others(path)
    if not found:
        return Check("permissions", True, "Nobody else on this machine can read the desk.")
    mode = "700" if os.path.isdir(found[0]) else "600"
    told = f"Others on this machine may read {found[0]}."
    return Check("permissions", False, told, f"chmod {mode} '{found[0]}'")


def _place(path: str) -> Check:
    service = surroundings.shared_by(path)
    if service is None:
        return Check("place", True, "The desk is on a disk of its own machine.")
    return Check("place", False, *warning(service))


def warning(service: str) -> tuple[str, str]:
    """What is wrong with a desk that is kept where something else copies it, and what to do."""
    return (
        f"The desk is kept in {service}, which may damage it while it is used.",
        "Keep it elsewhere (CXDESK_HOME), and back up into that folder: cxdesk backup FILE",
    )


def _room(path: str) -> Check:
    try:
        free, size = surroundings.room(path)
    except OSError as error:
        return Check("room", False, f"The room on the disk is not known: {error.strerror}.", "df")
    if free < max(LEAST_ROOM, 2 * size):
        told = f"Only {free // 1_000_000} MB are free where the desk is kept."
        return Check("room", False, told, "Make room: a backup and an upgrade need as much again.")
    return Check("room", True, f"{free // 1_000_000} MB are free.")


def _leftovers(path: str) -> Check:
    found = surroundings.leftovers(path)
    if not found:
        return Check("leftovers", True, "No killed command left a file behind.")
    told = f"A command that was killed left {found[0]} behind."
    return Check("leftovers", False, told, f"rm '{found[0]}'")
