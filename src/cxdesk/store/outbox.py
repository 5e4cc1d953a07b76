"""Outgoing mail and the runs of the reminder job, as kept; and the lock of that job."""

from __future__ import annotations

import os
from contextlib import contextmanager

from cxdesk.domain.records import FollowUp, Inquiry, Mail, MailLine, Promise, Run
from cxdesk.errors import UnusableError
from cxdesk.store.database import Link, Sql
from cxdesk.store.inquiries import FOLLOW_UP, INQUIRY, PROMISE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

_MAIL = ", ".join(f"m.{field}" for field in Mail._fields)
_LINE = ", ".join(f"m.{field}" for field in MailLine._fields)
_RUN = ", ".join(f"r.{field}" for field in Run._fields)


_BY_ID = Sql(f"SELECT {_MAIL} FROM mail m WHERE m.id = :id", Mail)
_LINE_BY_ID = Sql(f"SELECT {_LINE} FROM mail m WHERE m.id = :id", MailLine)
_LINE_BY_DEDUPE = Sql(f"SELECT {_LINE} FROM mail m WHERE m.dedupe = :dedupe", MailLine)
_BY_DEDUPE = Sql(f"SELECT {_MAIL} FROM mail m WHERE m.dedupe = :dedupe", Mail)
_EVERY = Sql(f"SELECT {_LINE} FROM mail m ORDER BY m.id", MailLine)
_UNFINISHED = Sql(
    f"SELECT {_LINE} FROM mail m WHERE m.state IN ('pending', 'sending', 'uncertain')"
    " ORDER BY m.next_try_at, m.id",
    MailLine,
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
# Of the e-mails of ours since an answer was last confirmed; a machine's are no words of ours.
_MAILS_OUT = Sql(
    "SELECT count(*) FROM inquiry i JOIN message m ON m.inquiry_number = i.number"
    " JOIN channel h ON h.name = m.channel"
    " WHERE i.number = :number AND h.kind = 'email' AND m.direction = 'out' AND m.reached"
    " AND NOT m.automatic AND (i.settled_at IS NULL OR m.said_at > i.settled_at)"
)
_SENT_ON = Sql(
    f"SELECT {_LINE} FROM mail m WHERE m.number = :number"
    " AND m.kind IN ('reply', 'acknowledgement') AND m.state NOT IN ('cancelled', 'failed')"
    " ORDER BY m.id",
    MailLine,
)
_FOLLOWED_ON = Sql(
    f"SELECT {_LINE} FROM follow_up f JOIN mail m ON m.number = f.number AND m.kind = 'follow_up'"
    " WHERE f.inquiry_number = :number AND m.state NOT IN ('cancelled', 'failed')"
    " ORDER BY m.id",
    MailLine,
)
_REPLIES_TO = Sql(
    f"SELECT {_LINE} FROM mail m WHERE m.number = :number AND m.kind = 'reply' ORDER BY m.id DESC",
    MailLine,
)
# The kinds are written out as in the indexes mail_automatic and mail_automatic_by_day, or SQLite
# does not see that these hold what is asked for.
# ann@ and all her ann+word@: machines write under another such address each time.
_TO = (
    "m.kind IN ('acknowledgement', 'follow_up') AND m.made_at > :since AND m.state <> 'cancelled'"
    " AND m.recipient >= :tagged AND m.recipient <= :address"
    " AND (m.recipient = :address OR m.recipient < :beyond AND m.recipient LIKE :domain)"
)
_ACKNOWLEDGED = Sql(f"SELECT count(*) FROM mail m WHERE {_TO} AND m.kind = 'acknowledgement'")
_ACKNOWLEDGED_ONLY = Sql(
    f"SELECT count(*) FROM mail m WHERE {_TO} AND m.kind = 'acknowledgement' AND NOT EXISTS"
    " (SELECT 1 FROM inquiry i WHERE i.number = m.number AND i.first_reply_at IS NOT NULL)"
)
_AUTOMATIC_TO = Sql(f"SELECT count(*) FROM mail m WHERE {_TO}")
_AUTOMATIC_SINCE = Sql(
    "SELECT count(*) FROM mail WHERE kind IN ('acknowledgement', 'follow_up')"
    " AND made_at > :since AND state <> 'cancelled'"
)
_ACKNOWLEDGED_ON = Sql(
    "SELECT count(*) FROM mail WHERE number = :number AND kind = 'acknowledgement'"
    " AND state <> 'cancelled'"
)
_FOLLOWED_COUNT = Sql(
    "SELECT count(*) FROM follow_up f JOIN mail m ON m.number = f.number AND m.kind = 'follow_up'"
    " WHERE f.inquiry_number = :number AND m.state <> 'cancelled'"
)
_FOLLOW_UPS_BY_MAIL = Sql(
    f"SELECT {FOLLOW_UP} FROM follow_up f WHERE f.state = 'open' AND NOT f.quiet"
    " AND f.due_at <= :now AND f.by_mail ORDER BY f.due_at, f.number",
    FollowUp,
)
_LOST = Sql(
    f"SELECT {_LINE} FROM mail m WHERE m.number IS NOT NULL AND m.kind = 'reply'"
    " AND m.state = 'failed' AND m.next_try_at > :since ORDER BY m.id",
    MailLine,
)
_FAILED = Sql(
    f"SELECT {_LINE} FROM mail m WHERE m.state = 'failed' AND m.kind NOT IN ('reply', 'test')"
    " AND m.next_try_at > :since ORDER BY m.id",
    MailLine,
)


def by_id(link: Link, number: int) -> Mail | None:
    found: Mail | None = link.one(_BY_ID, id=number)
    return found


def by_dedupe(link: Link, key: str) -> Mail | None:
    found: Mail | None = link.one(_BY_DEDUPE, dedupe=key)
    return found


def line(link: Link, number: int) -> MailLine | None:
    """What is told of a mail."""
    found: MailLine | None = link.one(_LINE_BY_ID, id=number)
    return found


def line_of(link: Link, key: str) -> MailLine | None:
    """What is told of the mail with that key."""
    found: MailLine | None = link.one(_LINE_BY_DEDUPE, dedupe=key)
    return found


def every(link: Link) -> list[MailLine]:
    """All mails, the oldest first."""
    return link.all(_EVERY)


def unfinished(link: Link) -> list[MailLine]:
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


# Mail to customers -------------------------------------------------------------------------------


def mails_out(link: Link, inquiry: int) -> int:
    """How many e-mails the owner wrote on an inquiry since an answer was last confirmed."""
    return int(link.value(_MAILS_OUT, number=inquiry))


def sent_on(link: Link, inquiry: int) -> list[MailLine]:
    """What went out on an inquiry, or still will, the oldest first."""
    mails = link.all(_SENT_ON, number=inquiry) + link.all(_FOLLOWED_ON, number=inquiry)
    return sorted(mails, key=lambda mail: mail.id)


def of_message(link: Link, inquiry: int, message: int) -> MailLine | None:
    """The mail that a reply left as: the newest, as an id is given again after an undo."""
    keys = (f"reply:{message}", f"reply:{message}:")
    replies: list[MailLine] = link.all(_REPLIES_TO, number=inquiry)
    found = (m for m in replies if m.dedupe == keys[0] or m.dedupe.startswith(keys[1]))
    return next(found, None)


def acknowledged(link: Link, address: str, since: datetime) -> int:
    """How many acknowledgements went to an address since, or will; `address` in lower case. What
    stands behind a `+` in it makes no difference, here and below."""
    return int(link.value(_ACKNOWLEDGED, **_written_to(address), since=since))


def acknowledged_only(link: Link, address: str, since: datetime) -> int:
    """Those of them on whose inquiry nobody has answered yet, open or closed."""
    return int(link.value(_ACKNOWLEDGED_ONLY, **_written_to(address), since=since))


def automatic_to(link: Link, address: str, since: datetime) -> int:
    return int(link.value(_AUTOMATIC_TO, **_written_to(address), since=since))


def _written_to(address: str) -> dict[str, str]:
    """The parameters of `_TO`: `+` stands before `@` in the index, and `,` next to it."""
    local, _, domain = address.rpartition("@")
    person = local.partition("+")[0]
    return {
        "address": f"{person}@{domain}",
        "tagged": f"{person}+",
        "beyond": f"{person},",
        "domain": f"%@{domain}",
    }


def automatic_on(link: Link, inquiry: int) -> int:
    """How many automatic mails there ever were about an inquiry."""
    acknowledged_on = link.value(_ACKNOWLEDGED_ON, number=inquiry)
    return int(acknowledged_on) + int(link.value(_FOLLOWED_COUNT, number=inquiry))


def automatic_since(link: Link, since: datetime) -> int:
    return int(link.value(_AUTOMATIC_SINCE, since=since))


def follow_ups_by_mail(link: Link, now: datetime) -> list[FollowUp]:
    """The follow-ups that go out by themselves and are due."""
    return link.all(_FOLLOW_UPS_BY_MAIL, now=now)


def lost(link: Link, since: datetime) -> list[MailLine]:
    """The owner's own answers that could not be delivered, of those that failed since."""
    return link.all(_LOST, since=since)


def failed(link: Link, since: datetime) -> list[MailLine]:
    """What cxdesk was to send by itself and could not, of what failed since."""
    return link.all(_FAILED, since=since)


# One at a time -----------------------------------------------------------------------------------


@contextmanager
def alone(path: str, job: str = "remind") -> Iterator[bool]:
    """Whether this process is the only one that does a job for the desk at `path` (remind: sends;
    fetch: asks the mailboxes; read: reads what was left unread), while inside.

    The lock dies with the process, however it ends. It is on a file of its own, that stays: to
    open and close the desk's file here would drop SQLite's locks, and to remove this one would
    let two processes each hold a lock on a different file of that name.
    """
    from fcntl import LOCK_EX, LOCK_NB, flock

    place = f"{os.path.realpath(path)}.{job}.lock"
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
