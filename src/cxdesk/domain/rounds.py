"""Rounds: looking in on a channel at set times, and testing it as a customer would.

A rule is days and times in words: "weekdays 9:00, 16:00", "daily noon", "every month". It is kept
in the wall time of the desk, and what was missed does not pile up: there is one next round. A look
on a closed date is skipped, a test waits for the next open date. A rule without times is for the
whole date and due at its closing. Every datetime in is aware, every datetime out is an instant.
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from cxdesk.domain.followups import state_at
from cxdesk.domain.hours import TEN_YEARS, HoursError, OpeningHours
from cxdesk.domain.records import Item, Owed, Round

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from cxdesk.domain.recurrence import Recurrence

TEST = "test it yourself: send one as a customer would"
_DAY = timedelta(days=1)
# A look shortly before its time is that look.
_EARLY = timedelta(minutes=30)
_A_WEEK = 7


# What a rule says ---------------------------------------------------------------------------------


def new_round(channel: str, kind: str, rule: str, now: datetime, hours: OpeningHours) -> Round:
    """A round from now on; of a whole date today is the first. Raises PhraseError, HoursError."""
    said = " ".join(rule.split())
    fresh = Round(channel, kind, said, begun_at=now, next_at=now)
    return fresh._replace(next_at=_next(fresh, now, hours.local(now).date(), hours))


def _parts(text: str) -> tuple[str, tuple[time, ...]]:
    """The days in words and the times of day behind them; times alone are for every date."""
    from cxdesk.domain.phrase_words import split_words

    words = split_words(text.replace(",", " "))
    for at in range(len(words)):
        clocks = _clocks(words, at)
        if clocks:
            return " ".join(words[:at]) or "daily", tuple(sorted(clocks))
    return " ".join(words), ()


def _clocks(words: list[str], at: int) -> set[time]:
    """The times of day that all words from there on are; none where one of them is no time."""
    from cxdesk.domain.phrase_parts import take_clock
    from cxdesk.domain.phrase_words import PhraseError, skip

    found: set[time] = set()
    while at < len(words):
        at = skip(words, at, "and", "at")
        try:
            taken = take_clock(words, at) if at < len(words) else None
        except PhraseError:  # a number may be of the days: "every 2 weeks"
            taken = None
        if taken is None:
            return set()
        parts, at = taken
        found.add(parts[0].value)
    return found


def _dates(days: str, begun_at: datetime, hours: OpeningHours) -> Recurrence:
    """The dates of a rule, as local noons: every date has one."""
    from cxdesk.domain.phrases import read_every

    noon = hours.local(begun_at).replace(hour=12, minute=0, second=0, microsecond=0, fold=0)
    return read_every(days, start=noon, zone=hours.zone)


def _next(of: Round, after: datetime, first: date, hours: OpeningHours) -> datetime:
    """The first round strictly after an instant; without times the first of `first` or later."""
    days, clocks = _parts(of.rule)
    dates = _dates(days, of.begun_at, hours)
    if not clocks:
        return next(_closings(of, dates, first, hours))
    start = hours.local(after).date() - _DAY
    for day in _open(of, dates, start, hours):
        for clock in clocks:
            at = _wall(day, clock, hours)
            if at > after:
                return at
    raise AssertionError("a series has no end")


def _closings(of: Round, dates: Recurrence, first: date, hours: OpeningHours) -> Iterator[datetime]:
    for day in _open(of, dates, first, hours):
        closing = hours.closing_of(day)
        if closing is not None and day >= first:
            yield closing.astimezone(UTC)


def _open(of: Round, dates: Recurrence, first: date, hours: OpeningHours) -> Iterator[date]:
    """The open dates of a rule from one on. HoursError: none within ten years."""
    at = datetime(first.year, first.month, first.day, tzinfo=hours.tz)
    while True:
        at = dates.after(at)
        if (at.date() - first).days > TEN_YEARS:
            raise HoursError(f"'{of.rule}' has no open date within ten years.")
        if hours.is_open_date(at.date()):
            yield at.date()
        elif of.kind == "test":
            yield next(hours.open_dates(at.date()))


def _wall(day: date, clock: time, hours: OpeningHours) -> datetime:
    from cxdesk.domain.phrase_dates import wall

    return wall(day, clock, hours.tz).astimezone(UTC)


# What is done -------------------------------------------------------------------------------------


def done(of: Round, at: datetime, hours: OpeningHours) -> Round:
    """Looked at: the next one comes. One that was about to come, or is for a whole date, is it."""
    following = _next(of, at + _EARLY, _day_after(of, at, hours), hours)
    looked = max(at, of.looked_at or at)
    return of._replace(looked_at=looked, next_at=following, moved_from_at=None)


def _day_after(of: Round, at: datetime, hours: OpeningHours) -> date:
    return max(hours.local(at).date(), hours.local(of.next_at).date()) + _DAY


def skipped(of: Round, now: datetime, hours: OpeningHours) -> Round:
    """`drop`: what is left of today, and what was late, is not looked at any more."""
    today = hours.local(now).date()
    end = datetime(today.year, today.month, today.day, tzinfo=hours.tz) + _DAY
    before = end.astimezone(UTC) - timedelta(microseconds=1)
    following = _next(of, before, today + _DAY, hours)
    return of._replace(next_at=following, moved_from_at=None)


def moved(of: Round, to: Owed) -> Round:
    """`move`: it is out of `due` until that local date begins."""
    assert to.due_at is not None
    return of._replace(
        next_at=to.due_at.astimezone(UTC), moved_from_at=of.moved_from_at or of.next_at
    )


def is_due(of: Round, now: datetime, hours: OpeningHours) -> bool:
    """Late, or today's."""
    return hours.local(of.next_at).date() <= hours.local(now).date()


# How it is shown ----------------------------------------------------------------------------------


def ref(of: Round) -> str:
    """What to type: the channel's name; its test has a name of its own."""
    return of.channel if of.kind == "look" else f"{of.channel}-test"


def what(of: Round, now: datetime, hours: OpeningHours) -> str:
    """ "look in (last looked Fri 16:10)"."""
    if of.kind == "test":
        return TEST
    if of.looked_at is None:
        return "look in"
    local = hours.local(of.looked_at)
    ago = (hours.local(now).date() - local.date()).days
    words = [f"{local:%a}"] if ago else []
    if ago >= _A_WEEK:
        words += [f"{local.day} {local:%b}"]
    return f"look in (last looked {' '.join([*words, f'{local:%H:%M}'])})"


def is_hidden(of: Round, now: datetime, hours: OpeningHours) -> bool:
    """Was it moved to a date that has not begun?"""
    return of.moved_from_at is not None and not is_due(of, now, hours)


def item(of: Round, now: datetime, hours: OpeningHours) -> Item:
    """The row of `due`: a plan of our own, with a channel for a customer."""
    state = state_at(of.next_at, now, hours, promise=False)
    late = state == "late"
    return Item(
        ref=ref(of),
        number=None,
        kind="round",
        state=state,
        due_at=of.next_at,
        start_at=None,
        late_minutes=(now - of.next_at) // timedelta(minutes=1) if late else None,
        late_business_minutes=(
            hours.between(of.next_at, now) // timedelta(minutes=1) if late else None
        ),
        promised=False,
        owes=None,
        handle=None,
        name=None,
        stage=None,
        inquiry=None,
        channel=of.channel,
        what=what(of, now, hours),
        reach=None,
        nudge=None,
        need_at=None,
    )
