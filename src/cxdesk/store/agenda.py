"""What is open and due: two statements, however many inquiries the desk holds."""

from __future__ import annotations

from cxdesk.domain.records import Round, Silent, Task
from cxdesk.store.database import Link, Sql, to_instant

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

_SIBLINGS = (
    "((SELECT count(*) FROM promise s WHERE s.inquiry_number = {0}.inquiry_number"
    " AND s.state = 'open')"
    " + (SELECT count(*) FROM follow_up s WHERE s.inquiry_number = {0}.inquiry_number"
    " AND s.state = 'open' AND NOT s.quiet)) AS siblings"
)
# The e-mails of an inquiry, both ways, since an answer was last confirmed. What a machine wrote
# goes round in no circle.
_MAILS = (
    "FROM message m JOIN channel h ON h.name = m.channel"
    " WHERE m.inquiry_number = i.number AND h.kind = 'email' AND m.direction <> 'note'"
    " AND NOT m.automatic AND (i.settled_at IS NULL OR m.said_at > i.settled_at)"
)
_AROUND = (
    "c.handle, c.name, c.stage, c.prefers, i.subject, i.status, i.chased, i.unanswered_at,"
    " i.last_in_at, i.need_at, {siblings},"
    f" (SELECT count(*) {_MAILS}) AS emails,"
    f" (SELECT m.direction {_MAILS} ORDER BY m.said_at DESC, m.id DESC LIMIT 1) AS last_direction,"
    " (SELECT t.value FROM contact_point t WHERE t.customer_id = c.id AND t.kind = 'phone'"
    " ORDER BY t.id LIMIT 1) AS phone,"
    " (SELECT t.value FROM contact_point t WHERE t.customer_id = c.id AND t.kind = 'email'"
    " ORDER BY t.id LIMIT 1) AS email,"
    " (SELECT t.value FROM contact_point t WHERE t.customer_id = c.id AND t.kind = 'handle'"
    " ORDER BY t.id LIMIT 1) AS elsewhere, {by_mail}"
)
_NEVER_BY_MAIL = "FALSE AS by_mail"
_PROMISE_COLUMNS = (
    "SELECT p.number, p.inquiry_number, 'promise' AS kind, p.owes, p.told, p.what, p.due_at,"
    " p.start_at, NULL AS moved_from_at, FALSE AS quiet, NULL AS via, p.channel, "
    + _AROUND.format(siblings=_SIBLINGS.format("p"), by_mail=_NEVER_BY_MAIL)
    + " FROM promise p LEFT JOIN inquiry i ON i.number = p.inquiry_number"
    " LEFT JOIN customer c ON c.id = p.customer_id"
)
_FOLLOW_UP_COLUMNS = (
    "SELECT f.number, f.inquiry_number, f.kind, NULL AS owes, FALSE AS told, f.what, f.due_at,"
    " f.start_at, f.moved_from_at, f.quiet, f.via, i.channel, "
    + _AROUND.format(siblings=_SIBLINGS.format("f"), by_mail="f.by_mail")
    + " FROM follow_up f LEFT JOIN inquiry i ON i.number = f.inquiry_number"
    " LEFT JOIN customer c ON c.id = f.customer_id"
)
PROMISES_DUE = Sql(
    f"{_PROMISE_COLUMNS} WHERE p.state = 'open' AND p.due_at < :until ORDER BY p.due_at, p.number",
    Task,
)
# What goes by mail by itself is nobody's task, unless it should have gone long ago.
_TO_DO = "NOT ({0}by_mail AND {0}due_at > :mailed)"
FOLLOW_UPS_DUE = Sql(
    f"{_FOLLOW_UP_COLUMNS} WHERE f.state = 'open' AND NOT f.quiet AND f.due_at < :until"
    f" AND {_TO_DO.format('f.')}"
    " ORDER BY f.due_at, f.number",
    Task,
)
ROUND = ", ".join(Round._fields)
ROUNDS_DUE = Sql(
    f"SELECT {ROUND} FROM round WHERE next_at < :until ORDER BY next_at, channel, kind", Round
)
_ROUNDS_ALL = Sql(f"SELECT {ROUND} FROM round ORDER BY next_at, channel, kind", Round)
_PROMISES_ALL = Sql(f"{_PROMISE_COLUMNS} WHERE p.state = 'open' ORDER BY p.due_at", Task)
_FOLLOW_UPS_ALL = Sql(
    f"{_FOLLOW_UP_COLUMNS} WHERE f.state = 'open' AND NOT f.quiet ORDER BY f.due_at", Task
)
_QUIET_CHECKS = Sql(
    f"{_FOLLOW_UP_COLUMNS} WHERE f.state = 'open' AND f.quiet AND f.due_at > :now"
    " ORDER BY f.due_at, f.number",
    Task,
)
_UNDATED_WHERE = (
    " FROM inquiry i LEFT JOIN customer c ON c.id = i.customer_id WHERE i.status <> 'closed'"
    " AND NOT EXISTS (SELECT 1 FROM promise p"
    " WHERE p.inquiry_number = i.number AND p.state = 'open')"
    " AND NOT EXISTS (SELECT 1 FROM follow_up f"
    " WHERE f.inquiry_number = i.number AND f.state = 'open')"
)
_UNDATED = Sql(
    "SELECT NULL AS number, i.number AS inquiry_number, 'inquiry' AS kind, NULL AS owes,"
    " FALSE AS told, NULL AS what, NULL AS due_at, NULL AS start_at, NULL AS moved_from_at,"
    " FALSE AS quiet, NULL AS via, i.channel, "
    + _AROUND.format(siblings="0 AS siblings", by_mail=_NEVER_BY_MAIL)
    + _UNDATED_WHERE
    + " ORDER BY i.status, i.number",  # along inquiry_alive: by number alone reads every row
    Task,
)
PROMISES_COUNT = Sql("SELECT count(*) FROM promise WHERE state = 'open' AND due_at < :until")
FOLLOW_UPS_COUNT = Sql(
    "SELECT (SELECT count(*) FROM follow_up"
    f" WHERE state = 'open' AND NOT quiet AND due_at < :until AND {_TO_DO.format('')})"
    " + (SELECT count(*) FROM round WHERE next_at < :until)"
)
PROMISES_LATE = Sql("SELECT count(*) FROM promise WHERE state = 'open' AND due_at < :now")
_PROMISES_LATER = Sql("SELECT count(*) FROM promise WHERE state = 'open' AND due_at >= :until")
_FOLLOW_UPS_LATER = Sql(
    "SELECT (SELECT count(*) FROM follow_up"
    " WHERE state = 'open' AND NOT quiet AND due_at >= :until)"
    " + (SELECT count(*) FROM round WHERE next_at >= :until)"
)
# The second condition leads SQLite to inquiry_alive.
_WAITING = Sql("SELECT count(*) FROM inquiry WHERE status = 'waiting' AND status <> 'closed'")
_QUIET = Sql("SELECT count(*) FROM follow_up WHERE state = 'open' AND quiet AND due_at > :now")
_UNDATED_COUNT = Sql("SELECT count(*)" + _UNDATED_WHERE)
# A job that was taken out is not missed.
_LAST_RUN = Sql(
    "SELECT CASE WHEN digest = 'removed' THEN NULL ELSE started_at END FROM run"
    " ORDER BY started_at DESC, id DESC LIMIT 1"
)
# Along customer_by_contact, from the youngest silence backwards to the first that fits. Whoever
# something is planned for is not forgotten.
_SILENT = Sql(
    "SELECT c.name, c.last_contact_at FROM customer c WHERE c.last_contact_at < :before"
    " AND (c.stage = 'customer' OR (COALESCE(c.stage, '') <> 'past' AND EXISTS"
    " (SELECT 1 FROM inquiry i WHERE i.customer_id = c.id)))"
    " AND (c.consent IS NULL OR c.consent)"
    " AND NOT EXISTS (SELECT 1 FROM promise p WHERE p.customer_id = c.id AND p.state = 'open')"
    " AND NOT EXISTS (SELECT 1 FROM follow_up f WHERE f.customer_id = c.id AND f.state = 'open')"
    " ORDER BY c.last_contact_at DESC LIMIT 1",
    Silent,
)
_KEPT_SINCE = Sql(
    "SELECT count(*) FROM promise WHERE kept_at >= :since AND told AND state = :state"
)
_OVERDUE_TOLD = Sql("SELECT count(*) FROM promise WHERE state = 'open' AND due_at < :now AND told")


def due(link: Link, until: datetime, mailed: datetime) -> list[Task]:
    """The open promises and follow-ups due before `until`; of those that go by mail themselves what
    has not gone since `mailed`."""
    follow_ups = link.all(FOLLOW_UPS_DUE, until=until, mailed=mailed)
    return link.all(PROMISES_DUE, until=until) + follow_ups


def everything(link: Link) -> list[Task]:
    """The open promises and follow-ups, however far ahead."""
    return link.all(_PROMISES_ALL) + link.all(_FOLLOW_UPS_ALL)


def rounds(link: Link, until: datetime | None) -> list[Round]:
    """The rounds due before `until`; with none, however far ahead."""
    return link.all(_ROUNDS_ALL) if until is None else link.all(ROUNDS_DUE, until=until)


def unseen(link: Link, now: datetime) -> list[Task]:
    """What `due` only counts: the quiet checks, and what has no date."""
    return link.all(_QUIET_CHECKS, now=now) + link.all(_UNDATED, now=now)


def count(link: Link, until: datetime, mailed: datetime) -> int:
    """How many rows are due before `until`, as `due` lists them."""
    return int(link.value(PROMISES_COUNT, until=until)) + int(
        link.value(FOLLOW_UPS_COUNT, until=until, mailed=mailed)
    )


def promises_late(link: Link, now: datetime) -> int:
    return int(link.value(PROMISES_LATE, now=now))


def tail(link: Link, now: datetime, until: datetime) -> dict[str, int]:
    """The counts behind the list: waiting, quiet, undated, later."""
    later = link.value(_PROMISES_LATER, until=until) + link.value(_FOLLOW_UPS_LATER, until=until)
    return {
        "waiting": int(link.value(_WAITING)),
        "quiet": int(link.value(_QUIET, now=now)),
        "undated": int(link.value(_UNDATED_COUNT)),
        "later": int(later),
    }


def last_remind_at(link: Link) -> datetime | None:
    return to_instant(link.value(_LAST_RUN))


def silent(link: Link, before: datetime) -> Silent | None:
    """The customer whom nobody has been in touch with since `before`, of several the latest."""
    found: Silent | None = link.one(_SILENT, before=before)
    return found


def told_kept(link: Link, now: datetime, since: datetime) -> tuple[int, int]:
    """Of the promises that customers were told of: kept since, and judged (with what is late)."""
    kept = int(link.value(_KEPT_SINCE, since=since, state="kept"))
    late = int(link.value(_KEPT_SINCE, since=since, state="kept_late"))
    overdue = int(link.value(_OVERDUE_TOLD, now=now))
    return kept, kept + late + overdue
