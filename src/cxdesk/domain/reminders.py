"""Reminders: which date a digest is for, what goes in it, which promises are alerted, when a mail
is tried again (docs/explanation/mail.md, "Reminders from cron" and "Sending: the outbox").

Every datetime in is aware; dates are local dates of the desk. Nothing is read, written or asked.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from cxdesk.domain.agenda import day_end
from cxdesk.domain.phrases import PhraseError, When, read_when
from cxdesk.domain.records import NamedTuple
from cxdesk.errors import UnusableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, time

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.records import Desk, Item, MailLine, Promise

MOST = 7  # things in one digest
CATCH_UP = timedelta(hours=12)
OWN = ("digest", "alert")  # mail to the owner, who does not mind the same one twice

_MINUTE = timedelta(minutes=1)
WAITS = (_MINUTE, 5 * _MINUTE, 15 * _MINUTE, 60 * _MINUTE, 240 * _MINUTE)
LEASE = 15 * _MINUTE
# A mail needs a moment to reach the inbox where its Message-ID is looked for.
LOOK_AFTER = 5 * _MINUTE
LOOK_AGAIN = 60 * _MINUTE
GIVE_UP = timedelta(days=5)
GIVE_UP_CUSTOMER = timedelta(hours=48)


class Plan(NamedTuple):
    """[remind] as the rules need it; the spans are words (`2d`, `30 business minutes`). `prefix`
    is that of a reply's subject, [OAK-42]."""

    at: time
    within: str = "2d"
    alert_before: str = "30 business minutes"
    names: bool = True
    week: bool = False
    prefix: str = "CX"


class Entry(NamedTuple):
    """One thing of a digest: the row of `due`, and what a mail says beyond it.

    `said`: the owner's words when he promised. `waiting_at`: their oldest message that was not
    answered. `mails`: how many went to and fro on its inquiry, `subject`: what that is called.
    """

    item: Item
    said: str | None = None
    prefers: str | None = None
    waiting_at: datetime | None = None
    mails: int = 0
    subject: str | None = None


class Alert(NamedTuple):
    """A promise that is soon due, as its one line needs it."""

    number: int
    due_at: datetime
    entry: Entry


class Praise(NamedTuple):
    """What a customer said, or how many stars they gave, and when."""

    name: str
    words: str | None
    rating: int | None
    said_at: datetime


class Kept(NamedTuple):
    """Of the promises that customers were told of: what became of those of one date."""

    day_on: date
    kept: int
    early: int
    judged: int


class Digest(NamedTuple):
    """One morning's mail. `more`: what did not fit; `until_on`: the last date it looks ahead to;
    `lost`: the owner's answers that could not be delivered since yesterday."""

    day_on: date
    now_at: datetime
    first: tuple[Entry, ...]
    today: tuple[Entry, ...]
    then: tuple[Entry, ...]
    more: int
    until_on: date
    praise: Praise | None = None
    kept: Kept | None = None
    lost: tuple[MailLine, ...] = ()


# When --------------------------------------------------------------------------------------------


def digest_date(now: datetime, hours: OpeningHours, at: time) -> date:
    """The newest local date whose digest time has come.

    By wall time: where clocks jump over `at` it has come at the jump; where they go back it comes
    once, for the date is the same.
    """
    local = hours.local(now)
    today = local.date()
    return today if local.time() >= at else today - timedelta(days=1)


def date_to_send(
    now: datetime,
    hours: OpeningHours,
    at: time,
    *,
    newest: date | None,
    last_run_at: datetime | None,
) -> date | None:
    """The date for which a digest is to be made now, or None.

    `newest`: the date of the newest digest ever made. An older date never gets one: so a clock
    that was set back sends nothing twice, and a gap is caught up with one. Before today's time it
    is yesterday's that is due, if nobody was there at its time and half a day has not passed: an
    hourly job with `at = "23:30"` runs past midnight, and a laptop may wake late.
    """
    on = digest_date(now, hours, at)
    if newest is not None and on <= newest:
        return None
    if on == hours.local(now).date():
        return on
    came = datetime.combine(on, at, tzinfo=hours.tz)
    missed = last_run_at is not None and last_run_at < came
    return on if missed and now - came < CATCH_UP else None


def ahead(now: datetime, desk: Desk, within: str) -> datetime:
    """Up to when a digest looks: through the end of the date that `within` leads to, else its
    instant, and never short of today's midnight. Raises UnusableError for what is no span."""
    when = _span(within, "within", now, desk.hours)
    tonight = day_end(desk.hours.local(now).date(), desk)
    if when.has_time:
        return max(when.at, tonight)
    return max(day_end(desk.hours.local(when.at).date(), desk), tonight)


def alert_until(now: datetime, hours: OpeningHours, before: str) -> datetime | None:
    """What is due after `now` and up to then is to be warned of; None outside opening hours.

    Asked forwards (how far does that span reach from now?), so that opening hours count as they
    do for promises: what is due as the desk opens is warned of before the last closing. Raises
    UnusableError for words that are no span.
    """
    return _span(before, "alert_before", now, hours).at if hours.is_open(now) else None


def _span(words: str, key: str, now: datetime, hours: OpeningHours) -> When:
    try:
        return read_when(words, now=now, hours=hours)
    except PhraseError:
        raise UnusableError(
            f'[remind] {key} = "{words}" is no span.',
            "Write one length, such as 2d or 30 business minutes: cxdesk config edit",
        ) from None


def working_day_before(day: date, hours: OpeningHours) -> date:
    """The last open date before `day`; the date before it where none is near."""
    for back in range(1, 15):
        if hours.is_open_date(day - timedelta(days=back)):
            return day - timedelta(days=back)
    return day - timedelta(days=1)


# What --------------------------------------------------------------------------------------------


def sections(
    items: Sequence[Item],
) -> tuple[list[Item], list[Item], list[Item], int]:
    """FIRST, TODAY and THEN, at most seven things, and how many more there are.

    First is what is late; where nothing is, the one thing that today begins with.
    """
    late = [item for item in items if item.state == "late"]
    today = [item for item in items if item.state == "today"]
    if not late:
        late, today = today[:1], today[1:]
    then = [item for item in items if item.state not in ("late", "today")]
    shown_late = late[:MOST]
    shown_today = today[: MOST - len(shown_late)]
    shown_then = then[: MOST - len(shown_late) - len(shown_today)]
    more = len(items) - len(shown_late) - len(shown_today) - len(shown_then)
    return shown_late, shown_today, shown_then, more


def is_praise(feedback: str | None, rating: int | None, mood: str | None) -> bool:
    """Whether a customer's closing words, or stars, are good news."""
    if mood == "bad" or (rating is not None and rating < 4):
        return False
    return bool(feedback and feedback.strip()) or rating is not None


def kept_on(day: date, promises: Sequence[Promise]) -> Kept | None:
    """What was kept on a date, if that is good news: more kept than not.

    `promises`: those told to customers that were kept on it or fell due on it and still stand.
    """
    kept = [promise for promise in promises if promise.state == "kept"]
    early = sum(map(is_early, kept))
    if len(kept) * 2 <= len(promises):
        return None
    return Kept(day, len(kept), early, len(promises))


def is_early(promise: Promise) -> bool:
    """Kept an hour before it was due, or more."""
    return (promise.early_minutes or 0) >= 60


# Trying again ------------------------------------------------------------------------------------


def wait_after(attempts: int, message_id: str) -> timedelta:
    """How long to wait after so many tries: 1, 5, 15, 60 minutes, then 4 hours, less up to a
    tenth, so that desks which failed together do not come back together. The same each time."""
    from zlib import crc32

    whole = WAITS[min(max(attempts, 1), len(WAITS)) - 1]
    jitter = crc32(f"{message_id}{attempts}".encode()) % 1000 / 10_000
    return whole * (1 - jitter)


def is_given_up(kind: str, made_at: datetime, now: datetime) -> bool:
    """Whether a mail has been tried for long enough: the owner's 5 days, a customer's 48 hours."""
    return now - made_at >= (GIVE_UP if kind in OWN else GIVE_UP_CUSTOMER)


def digest_key(day: date, count: int = 1) -> str:
    """`digest:2026-11-22:owner`; with `--force` again on the same date, `...:owner:2`."""
    return f"digest:{day.isoformat()}:owner" + (f":{count}" if count > 1 else "")


def day_of_key(key: str) -> date:
    """The date in a digest's key."""
    from datetime import date as a_date

    return a_date.fromisoformat(key.split(":")[1])


def alert_key(number: int) -> str:
    return f"alert:{number}"
