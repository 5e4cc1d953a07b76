"""Outgoing mail and the runs of the reminder job, as kept; and the lock of that job."""

from __future__ import annotations

import os
from contextlib import contextmanager

from cxdesk.domain.records import Inquiry, Mail, Promise, Run
from cxdesk.errors import UnusableError
from cxdesk.store.database import Link, Sql
from cxdesk.store.inquiries import INQUIRY, PROMISE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_MAIL = ", ".join(f"m.{field}" for field in Mail._fields)
_RUN = ", ".join(f"r.{field}" for field in Run._fields)


_BY_ID = Sql(f"SELECT {_MAIL} FROM mail m WHERE m.id = :id", Mail)
_BY_DEDUPE = Sql(f"SELECT {_MAIL} FROM mail m WHERE m.dedupe = :dedupe", Mail)
_EVERY = Sql(f"SELECT {_MAIL} FROM mail m ORDER BY m.id", Mail)
_UNFINISHED = Sql(
    f"SELECT {_MAIL} FROM mail m WHERE m.state IN ('pending', 'sending', 'uncertain')"
    " ORDER BY m.next_try_at, m.id",
    Mail,
)
_NEWEST_KEY = Sql("SELECT max(dedupe) FROM mail WHERE dedupe >= :first AND dedupe < :end")
_KEYS_FROM = Sql("SELECT count(*) FROM mail WHERE dedupe >= :first AND dedupe < :end")
_OLD_RUNS = Sql(
    f"SELECT {_RUN} FROM run r WHERE r.started_at < :before ORDER BY r.started_at LIMIT 100", Run
)
_LAST_RUN = Sql(f"SELECT {_RUN} FROM run r ORDER BY r.started_at DESC, r.id DESC LIMIT 1", Run)
_CLOSED_BETWEEN = Sql(
    f"SELECT {INQUIRY} FROM inquiry i WHERE i.closed_at >= :since AND i.closed_at < :until"
    " AND (i.feedback IS NOT NULL OR i.rating IS NOT NULL)"
    " ORDER BY i.rating DESC, i.closed_at DESC, i.number",
    Inquiry,
)
_KEPT_BETWEEN = Sql(
    f"SELECT {PROMISE} FROM promise p WHERE p.kept_at >= :since AND p.kept_at < :until"
    " AND p.told AND p.state IN ('kept', 'kept_late')",
    Promise,
)
_OVERDUE_FROM = Sql(
    f"SELECT {PROMISE} FROM promise p WHERE p.state = 'open' AND p.told"
    " AND p.due_at >= :since AND p.due_at < :until",
    Promise,
)
_OPEN_DUE_BETWEEN = Sql(
    f"SELECT {PROMISE} FROM promise p WHERE p.state = 'open'"
    " AND p.due_at > :now AND p.due_at <= :until ORDER BY p.due_at, p.number",
    Promise,
)
_MAILS_OF = Sql(
    "SELECT count(*) FROM message m JOIN channel h ON h.name = m.channel"
    " WHERE m.inquiry_number = :number AND h.kind = 'email' AND m.direction <> 'note'"
)


def by_id(link: Link, number: int) -> Mail | None:
    found: Mail | None = link.one(_BY_ID, id=number)
    return found


def by_dedupe(link: Link, key: str) -> Mail | None:
    found: Mail | None = link.one(_BY_DEDUPE, dedupe=key)
    return found


def every(link: Link) -> list[Mail]:
    """All mails, the oldest first."""
    return link.all(_EVERY)


def unfinished(link: Link) -> list[Mail]:
    """What is pending, being sent or uncertain, in the order to try it."""
    return link.all(_UNFINISHED)


def newest_key(link: Link, beginning: str) -> str | None:
    """The last of the keys that begin so."""
    found: str | None = link.value(_NEWEST_KEY, first=beginning, end=beginning + "\U0010ffff")
    return found


def count_keys(link: Link, beginning: str) -> int:
    return int(link.value(_KEYS_FROM, first=beginning, end=beginning + "\U0010ffff"))


def old_runs(link: Link, before: datetime) -> list[Run]:
    """A hundred runs of before that instant, the oldest first."""
    return link.all(_OLD_RUNS, before=before)


def last_run(link: Link) -> Run | None:
    """The newest run; how it ended is empty while it is at work, or if it was killed."""
    found: Run | None = link.one(_LAST_RUN)
    return found


def closed_between(link: Link, since: datetime, until: datetime) -> list[Inquiry]:
    """Inquiries closed in [since, until) of which the customer said something; best stars first."""
    return link.all(_CLOSED_BETWEEN, since=since, until=until)


def judged_between(link: Link, since: datetime, until: datetime) -> list[Promise]:
    """Promises told to customers: kept in [since, until), late ones too, or due then and open."""
    return link.all(_KEPT_BETWEEN, since=since, until=until) + link.all(
        _OVERDUE_FROM, since=since, until=until
    )


def open_due(link: Link, now: datetime, until: datetime) -> list[Promise]:
    """Open promises due after `now`, up to and with `until`."""
    return link.all(_OPEN_DUE_BETWEEN, now=now, until=until)


def mails_of(link: Link, inquiry: int) -> int:
    """How many mails went to and fro on an inquiry."""
    return int(link.value(_MAILS_OF, number=inquiry))


# One at a time -----------------------------------------------------------------------------------


@contextmanager
def alone(path: str) -> Iterator[bool]:
    """Whether this process is the only one that sends for the desk at `path`, while inside.

    The lock dies with the process, however it ends. It is on a file of its own, that stays: to
    open and close the desk's file here would drop SQLite's locks, and to remove this one would
    let two processes each hold a lock on a different file of that name.
    """
    from fcntl import LOCK_EX, LOCK_NB, flock

    place = os.path.realpath(path) + ".remind.lock"
    try:
        handle = os.open(place, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise UnusableError(
            f"The lock {place} cannot be made: {error.strerror}.",
            "See to the permissions and room of its folder.",
        ) from error
    try:
        try:
            flock(handle, LOCK_EX | LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(handle)
