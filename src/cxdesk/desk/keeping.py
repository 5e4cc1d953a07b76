"""Keeping the desk: backups, putting one back, and bringing an older desk up to date."""

from __future__ import annotations

import os
from datetime import timedelta

from cxdesk.domain.records import Mail, MailLine, NamedTuple, Setting
from cxdesk.domain.reminders import LOOK_AFTER
from cxdesk.errors import UnusableError
from cxdesk.files import free_name
from cxdesk.store import backup, database, identity, outbox, received
from cxdesk.store.deeds import begin
from cxdesk.store.inspection import Holds, faults
from cxdesk.store.settings import settings

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from cxdesk.domain.received import NoMail
    from cxdesk.store.database import Link
    from cxdesk.store.deeds import DeedInProgress

_AT = "backup.at"
_FILE = "backup.file"
DAY = timedelta(days=1)


class Backup(NamedTuple):
    """A backup that was made. `is_noted`: the desk knows of it."""

    path: str
    size: int
    is_noted: bool


class Restored(NamedTuple):
    """What was put in the desk's place, and where the old desk is now."""

    copy: str
    holds: Holds
    aside: str | None


# Upgrading ---------------------------------------------------------------------------------------


def bring_up(path: str, now: datetime, say: Callable[[int, str], None]) -> None:
    """Upgrade the desk at `path`. `say` is told its version and where it is kept as it was, before
    anything is changed."""
    from cxdesk.store.upgrade import upgrade

    kept = _beside(path, "before-version-" + str(database.SCHEMA_VERSION), now)
    upgrade(path, kept, lambda version: say(version, kept))


def _beside(path: str, why: str, now: datetime) -> str:
    stem, ending = os.path.splitext(os.path.realpath(path))
    return free_name(f"{stem}-{why}-{now:%Y%m%d-%H%M%S}{ending or '.db'}")


# Backing up --------------------------------------------------------------------------------------


def back_up(path: str, target: str, now: datetime) -> Backup:
    """Make a whole, checked copy of the desk at `target`, and note it in the desk."""
    target = os.path.abspath(target)
    size = backup.back_up(path, target)
    try:
        with database.open_to_write(path) as link, begin(link, "backup", now, actor="desk") as d:
            _note(d, target)
    except UnusableError:
        # The copy is there all the same: a desk that cannot be written is worth a backup most.
        return Backup(target, size, is_noted=False)
    return Backup(target, size, is_noted=True)


def _note(d: DeedInProgress, target: str) -> None:
    known = settings(d.link)
    for name, value in ((_AT, d.now.isoformat()), (_FILE, target)):
        if name in known:
            d.change(Setting(name, known[name]), value=value)
        else:
            d.add(Setting(name, value))


def last_backup(link: Link) -> tuple[datetime, str] | None:
    """When the last backup was made, and where."""
    known = settings(link)
    if _AT not in known:
        return None
    from datetime import datetime as instant

    return instant.fromisoformat(known[_AT]), known.get(_FILE, "")


def daily_backup(path: str, folder: str, keep: int, now: datetime) -> Backup | None:
    """Today's copy in `folder`, unless it is there; of the daily ones the newest `keep` stay."""
    name = os.path.splitext(os.path.basename(os.path.realpath(path)))[0]
    target = os.path.join(folder, f"{name}-{now:%Y-%m-%d}.db")
    if os.path.exists(target):
        return None
    _refuse_damaged(path)
    try:
        os.makedirs(folder, mode=0o700, exist_ok=True)
    except OSError as error:
        raise UnusableError(
            f"The folder {folder} for backups cannot be made: {error.strerror}.",
            "Name another: [backup] folder, with cxdesk config edit",
        ) from error
    made = back_up(path, target, now)
    _forget_oldest(folder, name, keep)
    return made


def _refuse_damaged(path: str) -> None:
    """A copy is written anew, and would hide what is wrong with an index here."""
    with database.open_to_read(path) as link:
        found = faults(link)
    if found:
        raise UnusableError(f"The desk is damaged: {found[0]}.", "cxdesk doctor")


def _forget_oldest(folder: str, name: str, keep: int) -> None:
    """Only what is named as a daily copy is: nobody else's file is touched."""
    daily = [file for file in os.listdir(folder) if _is_daily(file, name)]
    for file in sorted(daily, reverse=True)[keep:]:
        os.unlink(os.path.join(folder, file))


def _is_daily(file: str, name: str) -> bool:
    day = file.removeprefix(f"{name}-").removesuffix(".db")
    digits = day.replace("-", "")
    return file == f"{name}-{day}.db" and len(day) == 10 and digits.isdigit() and len(digits) == 8


# Putting back ------------------------------------------------------------------------------------


def restore(copy: str, path: str, now: datetime) -> Restored:
    """Put a backup in the desk's place. What was there is kept; damaged, foreign and newer copies
    are refused and nothing changes."""
    _refuse_strangers(path)
    found = backup.examine(copy)
    aside = _beside(path, "replaced", now)
    kept = backup.put_back(copy, path, aside, lambda draft: _ready(draft, path, copy, now))
    return Restored(copy, found.holds, kept)


def _refuse_strangers(path: str) -> None:
    """A damaged desk may be replaced, and what is no database; another program's never."""
    if database.exists(path) and identity.is_of_another_program(os.path.realpath(path)):
        raise UnusableError(
            f"{path} is a database of another program.", "Name another place with --desk."
        )


def _ready(draft: str, path: str, copy: str, now: datetime) -> None:
    """Bring the copy up to date, with what no restore can undo: mails that have left, numbers that
    customers have heard, and who asked for no more mail."""
    from cxdesk.store.upgrade import upgrade

    upgrade(draft, None, lambda _: None)
    last, mails, stopped = _old(path)
    with database.open_to_write(draft) as link:
        with begin(link, "restore", now, actor="desk") as d:
            _note(d, os.path.abspath(copy))
            backup.raise_numbers(link, last)
            for one in stopped:
                if received.no_mail(d.link, one.address) is None:
                    d.add(one)
        if mails is None or not _keep_mails(link, path, mails, now):
            _doubt_unfinished(link, now)


def _old(path: str) -> tuple[int, list[MailLine] | None, list[NoMail]]:
    """The last number given, the mails (None where nobody knows) and who gets none by itself, of
    the desk to be replaced."""
    if not database.exists(path):
        return 0, None, []
    try:
        with database.open_of_any_version(path) as link:
            stopped = received.no_mails(link) if database.version_of(link) > 1 else []
            return backup.last_number(link), outbox.every(link), stopped
    except UnusableError:
        return 0, None, []


def _keep_mails(link: Link, path: str, mails: Sequence[MailLine], now: datetime) -> bool:
    """What has left, or may have, since the backup was made: each by itself, as all their bytes
    may be more than fits in memory. False where the old desk cannot be read to its end."""
    wanted = [mail for mail in mails if _is_news(outbox.line_of(link, mail.dedupe), mail)]
    if not wanted:
        return True
    with database.open_of_any_version(path) as old:
        for line in wanted:
            try:
                mail = outbox.by_id(old, line.id)
            except UnusableError:
                return False
            with begin(link, "restore", now, actor="desk") as d:
                _keep_mail(d, mail)
    return True


def _is_news(mine: MailLine | None, mail: MailLine) -> bool:
    if mine is None:
        return mail.state in ("sent", "sending", "uncertain")
    return mine.state != "sent"


def _keep_mail(d: DeedInProgress, mail: Mail | None) -> None:
    if mail is None:
        return
    mine = outbox.by_dedupe(d.link, mail.dedupe)
    if mine is None:
        d.add(mail._replace(id=0))
    else:
        d.change(mine, **mail._replace(id=mine.id)._asdict())


def _doubt_unfinished(link: Link, now: datetime) -> None:
    """What waited to be sent then may have been sent since: the owner says, or the mailbox."""
    with begin(link, "restore", now, actor="desk") as d:
        for mail in outbox.unfinished(link):
            d.amend(
                Mail,
                mail.id,
                state="uncertain",
                lease_until_at=None,
                next_try_at=now + LOOK_AFTER,
                detail="from a backup: it may have been sent since",
            )
