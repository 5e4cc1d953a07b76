"""Rounds of channels: set, looked at, moved, skipped."""

from __future__ import annotations

from cxdesk.domain import rounds as rules
from cxdesk.domain.hours import HoursError
from cxdesk.domain.records import Desk, Owed, Round, Rounds
from cxdesk.errors import NotFoundError, RefusedError, UsageError
from cxdesk.store import rounds
from cxdesk.store.database import Link
from cxdesk.store.deeds import DeedInProgress
from cxdesk.store.settings import load_desk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

NO_RULE = "none"
_TEST = "-test"


def set_rule(d: DeedInProgress, desk: Desk, channel: str, kind: str, rule: str) -> None:
    """When a channel is looked at, or tested; `none` ends it. What was last done stays known."""
    known = {one.kind: one for one in rounds.of_channel(d.link, channel)}.get(kind)
    if rule.strip().casefold() == NO_RULE:
        if known is not None:
            d.remove(known)
        return
    try:
        fresh = rules.new_round(channel, kind, rule, d.now, desk.hours)
    except HoursError as error:
        raise UsageError(str(error), "Open some of those dates: cxdesk hours set") from error
    if known is not None:
        fresh = fresh._replace(looked_at=known.looked_at)
    d.save(known, fresh)


def meant(link: Link, typed: str) -> Rounds | None:
    """The rounds that a channel's name means; None when it has none, or it is no channel's."""
    name = typed.strip().casefold()
    found = tuple(rounds.of_channel(link, name))
    if not found and name.endswith(_TEST):
        tested = rounds.of_channel(link, name.removesuffix(_TEST))
        found = tuple(one for one in tested if one.kind == "test")
    return Rounds(name, found) if found else None


def instead(link: Link, typed: str, error: NotFoundError) -> NotFoundError:
    """What is said where a name is nobody's: of a channel, how it is given rounds."""
    name = typed.strip().casefold()
    if type(error) is not NotFoundError or name not in {c.name for c in load_desk(link).channels}:
        return error
    remedy = f'cxdesk channel set {name} --look "weekdays 9:00, 16:00"'
    return NotFoundError(f"The channel {name} has no rounds.", remedy)


def done(d: DeedInProgress, desk: Desk, these: Rounds, at: datetime) -> None:
    """Looked at. By the channel's name its test only where that alone is due: to look is no
    test."""
    looks = [one for one in these.rounds if one.kind == "look"]
    tests = [one for one in these.rounds if one.kind == "test"]
    is_test = not any(rules.is_due(one, d.now, desk.hours) for one in looks) and any(
        rules.is_due(one, d.now, desk.hours) for one in tests
    )
    for one in tests if is_test or not looks else looks:
        d.save(one, rules.done(one, at, desk.hours))


def move(d: DeedInProgress, these: Rounds, to: Owed) -> None:
    """All rounds until the end of that date; where there is none, the next one comes sooner."""
    assert to.due_at is not None
    desk = load_desk(d.link)
    before = [one for one in these.rounds if rules.is_due(one, to.due_at, desk.hours)]
    for one in before or [min(these.rounds, key=_next_at)]:
        d.save(one, rules.moved(one, to))


def drop(d: DeedInProgress, desk: Desk, these: Rounds) -> None:
    """Skipped today."""
    due = [one for one in these.rounds if rules.is_due(one, d.now, desk.hours)]
    if not due:
        at = desk.hours.local(min(these.rounds, key=_next_at).next_at)
        raise RefusedError(
            f"Nothing is to be looked at on {these.named} today; next {at:%a} {at.day} {at:%b}.",
            f"cxdesk channel set {these.rounds[0].channel} --look none   ends its rounds.",
        )
    for one in due:
        d.save(one, rules.skipped(one, d.now, desk.hours))


def _next_at(one: Round) -> datetime:
    return one.next_at
