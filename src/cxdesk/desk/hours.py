"""The calendar: opening hours, closed dates, the zone. Changing it re-dates nothing by itself."""

from __future__ import annotations

from datetime import date, timedelta

from cxdesk.domain.agenda import day_end
from cxdesk.domain.hours import HoursError, OpeningHours
from cxdesk.domain.promises import due_at, read_allowance
from cxdesk.domain.records import Desk, Promise, Setting, SpecialDay
from cxdesk.errors import UsageError
from cxdesk.store import settings, things
from cxdesk.store.database import Link
from cxdesk.store.deeds import DeedInProgress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

MOST_DAYS = 3660


def set_week(d: DeedInProgress, days: str, hours: Sequence[str]) -> None:
    """The hours of some weekdays: `mon-fri`, `sat`, `mon,wed`; without hours (`closed`): closed."""
    text = "" if [h.lower() for h in hours] in ([], ["closed"]) else " ".join(hours)
    for part in text.split():
        if part.count("-") != 1:
            raise UsageError(f"{part} is no opening hours.", "Write them as 09:00-12:30.")
    for day in weekdays(days):
        put(d, f"hours.{day}", text)


def weekdays(text: str) -> list[str]:
    """The weekdays that `mon-fri`, `sat` or `mon,wed` name."""
    found: list[str] = []
    for part in text.lower().replace(" ", "").split(","):
        first, _, last = part.partition("-")
        ends = [_weekday(name, text) for name in (first, last or first)]
        span = (ends[1] - ends[0]) % 7
        found += [settings.DAYS[(ends[0] + step) % 7] for step in range(span + 1)]
    return list(dict.fromkeys(found))


def _weekday(name: str, text: str) -> int:
    for index, day in enumerate(settings.DAYS):
        if len(name) >= 3 and name.startswith(day):
            return index
    raise UsageError(f"{text} names no weekdays.", "Write mon-fri, sat, or mon,wed.")


def close(d: DeedInProgress, first: date, last: date, reason: str) -> None:
    """Close every date from the first to the last."""
    if last < first or (last - first).days > MOST_DAYS:
        raise UsageError(f"{first} to {last} is no span of dates.", "Write the earlier date first.")
    known = {day.day_on: day for day in d.link.all(settings.SPECIAL_DAYS)}
    for step in range((last - first).days + 1):
        day = (first + timedelta(days=step)).isoformat()
        fresh = SpecialDay(day, "", reason or None)
        d.save(known.get(day), fresh)


def open_on(d: DeedInProgress, day: date, hours: Sequence[str]) -> None:
    """The hours of one date, whatever its weekday has, and though it was closed."""
    if not hours:
        raise UsageError(f"Open on {day} from when to when?", "Add the hours, as in 09:00-12:00.")
    known = {one.day_on: one for one in d.link.all(settings.SPECIAL_DAYS)}
    on = day.isoformat()
    d.save(known.get(on), SpecialDay(on, " ".join(hours)))


def broken_by(link: Link, desk: Desk, first: date, last: date) -> list[Promise]:
    """What is owed on dates that one wants to be away."""
    since = day_end(first - timedelta(days=1), desk)
    return things.open_promises_due(link, since, day_end(last, desk))


def close_each(d: DeedInProgress, days: Iterable[tuple[date, str]]) -> int:
    """Close the dates from today on that have no hours of their own yet; how many they were."""
    desk = settings.load_desk(d.link)
    today = desk.hours.local(d.now).date()
    known = {day.day_on for day in d.link.all(settings.SPECIAL_DAYS)}
    fresh = [
        SpecialDay(day.isoformat(), "", name)
        for day, name in days
        if day >= today and day.isoformat() not in known
    ]
    for day in fresh:
        d.add(day)
    return len(fresh)


def set_zone(d: DeedInProgress, zone: str) -> None:
    try:
        OpeningHours(zone, {"mon": settings.intervals(settings.WORKDAY)})
    except HoursError as error:
        raise UsageError(str(error), "cxdesk hours zone Europe/London") from error
    put(d, "zone", zone)


def put(d: DeedInProgress, name: str, value: str) -> None:
    """Write one setting."""
    known = {setting.name: setting for setting in d.link.all(settings.SETTINGS)}
    d.save(known.get(name), Setting(name, value))


def redatable(link: Link, desk: Desk) -> list[tuple[Promise, datetime]]:
    """The open policy promises that the calendar as it is now would date otherwise."""
    found = []
    for promise in things.open_policy_promises(link):
        if promise.allowance is None or promise.moved or promise.told:
            continue
        due = due_at(promise.made_at, read_allowance(promise.allowance), desk.hours)
        if due is not None and due != promise.due_at:
            found.append((promise, due))
    return found


def redate(d: DeedInProgress, changes: Sequence[tuple[Promise, datetime]]) -> None:
    """Date them so: only when the owner says it, since a customer may count on the old date."""
    for promise, due in changes:
        d.change(promise, due_at=due, judged_at=due)
