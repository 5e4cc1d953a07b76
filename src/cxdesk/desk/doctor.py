"""Is all well with the desk? One check for each thing that can go wrong with a file."""

from __future__ import annotations

import os
from datetime import timedelta
from itertools import filterfalse

from cxdesk.desk.keeping import last_backup
from cxdesk.domain.agenda import REMINDER_SILENCE
from cxdesk.domain.mailboxes import is_under_way
from cxdesk.domain.records import NamedTuple
from cxdesk.errors import UnusableError
from cxdesk.store import agenda, database, inspection, outbox, received, surroundings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxdesk.store.database import Link

OLD_BACKUP = timedelta(days=7)
LOST_FOR = timedelta(days=7)  # later the owner has seen to it, or does not mind
LATE_MAIL = timedelta(hours=1)  # it was tried three times by then
LEAST_ROOM = 50_000_000  # bytes
LARGE_DESK = 500_000_000  # bytes

RESTORE = "cxdesk restore FILE   with your last backup; the desk as it is will be kept aside."
REWRITE = "cxdesk backup now.db, then cxdesk restore now.db   writes it anew."


class Check(NamedTuple):
    """One thing looked at. `remedy` is what to type where it is not well; where it is, a hint."""

    name: str
    ok: bool
    message: str
    remedy: str | None = None


def examine(path: str, now: datetime, accounts: Sequence[str] = ()) -> list[Check]:
    """Every check of the desk at `path`, the most important first. `accounts`: the names of the
    mailboxes that are to be read."""
    if not database.exists(path):
        return [Check("desk", True, "There is no desk yet."), _place(path)]
    around = [_permissions(path), _place(path), _room(path), _leftovers(path)]
    try:
        with database.open_to_read(path) as link:
            inside = _inside(link, now, accounts)
    except UnusableError as error:
        return [Check("desk", False, error.sentence, error.remedy), *around]
    return [*inside[:3], _search(path), *inside[3:], *around]


def _inside(link: Link, now: datetime, accounts: Sequence[str]) -> list[Check]:
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
        _mails(link, now),
        _outbox(link, now),
        _incoming(link),
        _mailboxes(link, now, accounts),
        _addresses(link),
        _size(link),
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


def _mails(link: Link, now: datetime) -> Check:
    lost = outbox.lost(link, now - LOST_FOR)
    if lost:
        told = f"Your answer to {lost[0].recipient} ({lost[0].number}) did not leave: "
        again = f"cxdesk mail resolve {lost[0].id} --resend, or reach them another way."
        return Check("mail", False, told + _ended(lost[0].detail), again)
    doubtful = [mail for mail in outbox.unfinished(link) if mail.state == "uncertain"]
    if not doubtful:
        return Check("mail", True, "No mail is uncertain.")
    mail = min(doubtful, key=lambda one: one.id)
    told = f"Mail {mail.id} to {mail.recipient} may or may not have arrived"
    others = f", and {len(doubtful) - 1} more: cxdesk mail outbox" if doubtful[1:] else "."
    word = f"cxdesk mail resolve {mail.id} --sent   or   --resend"
    return Check("mail", False, told + others, word)


def _ended(detail: str | None) -> str:
    return f"{(detail or 'refused').rstrip('.')}."


# Mail --------------------------------------------------------------------------------------------


def _outbox(link: Link, now: datetime) -> Check:
    failed = outbox.failed(link, now - LOST_FOR)
    if failed:
        mail = failed[-1]
        told = f"Mail {mail.id} to {mail.recipient} ({_KINDS.get(mail.kind, mail.kind)}) failed: "
        again = f"cxdesk mail test, then cxdesk mail resolve {mail.id} --resend"
        return Check("outbox", False, told + _ended(mail.detail), again)
    waiting = [
        mail
        for mail in outbox.unfinished(link)
        if mail.state != "uncertain" and now - mail.made_at > LATE_MAIL
    ]
    if not waiting:
        return Check("outbox", True, "No mail is held up.")
    oldest = min(waiting, key=lambda mail: mail.made_at)
    why = f": {_ended(oldest.detail)}" if oldest.detail else "."
    told = f"{_counted(len(waiting), 'mail')} could not leave for more than an hour"
    return Check("outbox", False, told + why, "cxdesk mail test   says why, cxdesk remind   sends.")


_KINDS = {
    "digest": "your digest",
    "alert": "an alert",
    "follow_up": "a follow-up",
    "acknowledgement": "an acknowledgement",
}


def _incoming(link: Link) -> Check:
    bad, unread = received.quarantined(link), received.unread(link)
    if bad:
        told = f"{_counted(len(bad), 'mail')} could not be read, and {_is(len(bad))} kept aside."
        return Check("incoming", False, told, "cxdesk mail quarantine")
    if unread:
        told = f"{_counted(len(unread), 'mail')} {_is(len(unread))} kept and not read yet."
        return Check("incoming", False, told, "cxdesk mail fetch   reads what is left.")
    return Check("incoming", True, "All mail that came in was read.")


def _mailboxes(link: Link, now: datetime, accounts: Sequence[str]) -> Check:
    """Once one of them was read, or the reminder job runs, all of them are meant to be."""
    read_at: dict[str, datetime] = {}
    for one in filterfalse(is_under_way, received.mailboxes(link)):
        read_at[one.account] = max(one.fetched_at, read_at.get(one.account, one.fetched_at))
    meant = bool(read_at) or agenda.last_remind_at(link) is not None
    for account in accounts if meant else ():
        last, remedy = read_at.get(account), f"cxdesk mail test {account}   says what is wrong."
        if last is None:
            told = f"The mailbox {account} was never read."
            return Check("mailboxes", False, told, f"cxdesk mail fetch {account}")
        if now - last > REMINDER_SILENCE:
            days = _counted(max((now - last).days, 1), "day")
            return Check("mailboxes", False, f"{account} was not read for {days}.", remedy)
    told = "Every mailbox is read." if accounts else "No mailbox is named to be read."
    return Check("mailboxes", True, told)


def _addresses(link: Link) -> Check:
    stranded = received.stranded(link)
    if not stranded:
        return Check("addresses", True, "No follow-up is to go to an address that takes no mail.")
    number, name, address = stranded[0]
    told = f"{address} takes no mail, and follow-up {number} is to go to {name} by mail."
    remedy = f"Ask {name} for another address, or get in touch yourself: cxdesk show {number}"
    return Check("addresses", False, told, remedy)


def _size(link: Link) -> Check:
    """A hint: a large desk does everything that a small one does."""
    try:
        whole = surroundings.room(link.path)[1]
    except OSError:
        whole = 0
    mail = received.size(link)
    told = f"The desk takes {_megabytes(whole)}, {_megabytes(mail)} of it mail that came in."
    is_large = whole > LARGE_DESK and 2 * mail > whole
    hint = "Each backup is as large; [backup] keep says how many there are." if is_large else None
    return Check("size", True, told, hint)


def _counted(count: int, noun: str) -> str:
    return f"{count} {noun}{'s' * (count != 1)}"


def _is(count: int) -> str:
    return "is" if count == 1 else "are"


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"


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
