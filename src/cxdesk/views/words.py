"""The words for people, in one place: instants, lengths, states, what to type next.

Calm words: "since Fri" and no accusation, the weekday with every date, no year but another year's.
"""

from __future__ import annotations

from datetime import date, timedelta

from cxdesk.domain.hours import WEEKDAYS, HoursError, wall_time
from cxdesk.views.safe import flat

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.records import Inquiry, Promise

NO_DESK = (
    "No desk yet, and none needed: the first thing you log makes it.",
    "  cxdesk log     note a contact (try it with the last call you had)",
    "  cxdesk demo    a made-up morning to play with; touches nothing of yours",
)
NOBODY = "someone"
_A_WEEK = 7
_SIZES = ((1_000_000, "MB"), (1_000, "kB"))
_ANY_MONDAY = date(2026, 1, 5)  # a new desk has no special dates

# Instants ---------------------------------------------------------------------------------------


def iso(at: datetime, hours: OpeningHours) -> str:
    """For programs: ISO 8601 to the second, with the offset of the desk's zone."""
    return hours.local(at).isoformat(timespec="seconds")


def iso_or_none(at: datetime | None, hours: OpeningHours) -> str | None:
    return None if at is None else iso(at, hours)


def written(at: datetime | None, hours: OpeningHours) -> str:
    """For pipes: "Mon 23 Nov 2026 12:00", which reads back as a phrase; "" for none."""
    if at is None:
        return ""
    local = hours.local(at)
    return f"{local:%a {local.day} %b %Y %H:%M}"


def day(at: datetime, hours: OpeningHours, now: datetime) -> str:
    """ "Mon 23 Nov", with the year where it is another one."""
    local = hours.local(at)
    year = "" if local.year == hours.local(now).year else f" {local.year}"
    return f"{local:%a} {local.day} {local:%b}{year}"


def long_day(at: datetime, hours: OpeningHours, now: datetime) -> str:
    """ "14 April", for a sentence; with the year where it is another one."""
    local = hours.local(at)
    year = "" if local.year == hours.local(now).year else f" {local.year}"
    return f"{local.day} {local:%B}{year}"


def moment(at: datetime, hours: OpeningHours, now: datetime) -> str:
    """ "Mon 23 Nov 13:00"."""
    return f"{day(at, hours, now)} {hours.local(at):%H:%M}"


def soon(at: datetime, hours: OpeningHours, now: datetime) -> str:
    """As short as is still clear: "16:00" today, "Tue 12:00" within a week, else the moment."""
    local = hours.local(at)
    away = days_to(at, hours, now)
    if away == 0:
        return f"{local:%H:%M}"
    return f"{local:%a %H:%M}" if abs(away) < _A_WEEK else moment(at, hours, now)


def soon_day(at: datetime, hours: OpeningHours, now: datetime) -> str:
    """The date of `soon`: "today", "Tue", "Tue 8 Dec"."""
    away = days_to(at, hours, now)
    if away == 0:
        return "today"
    return f"{hours.local(at):%a}" if abs(away) < _A_WEEK else day(at, hours, now)


def since(at: datetime, hours: OpeningHours, now: datetime) -> str:
    """ "since 08:30" today, "since Sat" in the last week, "since 14 Nov" before."""
    local, ago = hours.local(at), -days_to(at, hours, now)
    if ago == 0:
        return f"since {local:%H:%M}"
    if 0 < ago < _A_WEEK:
        return f"since {local:%a}"
    return f"since {day(at, hours, now).split(' ', 1)[1]}"


def by(at: datetime, hours: OpeningHours, now: datetime) -> str:
    """ "by 16:00" today, "by Tue 12:00"."""
    return f"by {soon(at, hours, now)}"


def window(start: datetime, end: datetime, hours: OpeningHours, now: datetime) -> str:
    """ "08:00-12:00" today, "Thu 08:00-12:00"."""
    return f"{soon(start, hours, now)}-{hours.local(end):%H:%M}"


def days_to(at: datetime, hours: OpeningHours, now: datetime) -> int:
    return (hours.local(at).date() - hours.local(now).date()).days


def opening(hours: OpeningHours, now: datetime) -> str:
    """ "open until 17:00", "closed until Mon 09:00"; a desk that never closes is open."""
    is_open = hours.is_open(now)
    try:
        turn = hours.next_closing(now) if is_open else hours.next_opening(now)
    except HoursError:
        return "open" if is_open else "closed"
    return f"{'open' if is_open else 'closed'} until {soon(turn, hours, now)}"


# Opening hours ----------------------------------------------------------------------------------


def week_hours(
    hours: OpeningHours, from_day: date, special: Collection[str] = ()
) -> dict[str, list[list[str]]]:
    """The intervals of each weekday, as of its next date that has no hours of its own."""
    week: dict[str, list[list[str]]] = {}
    for name in WEEKDAYS:
        on = from_day + timedelta(days=(WEEKDAYS.index(name) - from_day.weekday()) % 7)
        while on.isoformat() in special:
            on += timedelta(days=7)
        week[name] = [
            [wall_time(opens, on, hours), wall_time(closes, on, hours)]
            for opens, closes in hours.intervals(on)
        ]
    return week


def week_lines(week: dict[str, list[list[str]]]) -> list[tuple[str, str]]:
    """Days in a row with the same hours together: [("Mon-Fri", "09:00-17:00"), ...]."""
    found: list[tuple[list[str], str]] = []
    for name in WEEKDAYS:
        told = " ".join("-".join(pair) for pair in week.get(name, [])) or "closed"
        if found and found[-1][1] == told:
            found[-1][0].append(name.capitalize())
        else:
            found.append(([name.capitalize()], told))
    return [(d[0] if len(d) == 1 else f"{d[0]}-{d[-1]}", told) for d, told in found]


def calendar(hours: OpeningHours, now: datetime) -> list[tuple[str, str]]:
    """Zone and week, as figures name what they rest on."""
    week = week_lines(week_hours(hours, hours.local(now).date()))
    return [("zone", hours.zone), ("hours", ", ".join(f"{days} {told}" for days, told in week))]


def desk_made(path: str, hours: OpeningHours) -> str:
    """Where the first `log` made the desk, and what it assumed."""
    week = week_lines(week_hours(hours, _ANY_MONDAY))
    told = ", ".join(f"{days} {open_}" for days, open_ in week if open_ != "closed")
    return f"    Kept in {path}; {hours.zone}, {told} (cxdesk hours)"


# Lengths ----------------------------------------------------------------------------------------


def span(minutes: int) -> str:
    """ "35 min", "2 h 5 min", "2 days": as exact as it is still of use."""
    if minutes >= 24 * 60:
        return counted(minutes // (24 * 60), "day")
    whole, rest = divmod(minutes, 60)
    parts = [f"{whole} h"] if whole else []
    return " ".join(parts + ([f"{rest} min"] if rest or not whole else []))


def early(minutes: int | None) -> str:
    """ "2 days early"; beaten by less than a minute it was in time."""
    return f"{span(minutes)} early" if minutes else "in time"


def late(minutes: int, business: int | None = None) -> str:
    """ "35 min late"; the opening time of it too, where that is another figure."""
    if business is None or business == minutes:
        return f"{span(minutes)} late"
    return f"{span(minutes)} late ({business_time(business)} of it in opening hours)"


def business_time(minutes: int) -> str:
    """Opening time is told in hours: how long a day is differs from desk to desk."""
    whole, rest = divmod(minutes, 60)
    return " ".join([f"{whole} h"] * bool(whole) + [f"{rest} min"] * bool(rest or not whole))


def again(rule: str) -> str:
    """ "every year", as it is said, whether or not it was typed so."""
    return rule if rule.split()[0] in ("every", "each", "weekdays") else f"every {rule}"


def counted(count: int, noun: str, plural: str = "") -> str:
    return f"{count} {noun if count == 1 else plural or noun + 's'}"


def size(length: int) -> str:
    """A size for people: 83 kB, 1.2 MB, 312 bytes."""
    for unit, name in _SIZES:
        if length >= unit:
            exact = length / unit
            return (
                f"{exact:.1f} {name}" if exact < 10 and unit > 1_000 else f"{round(exact)} {name}"
            )
    return counted(length, "byte")


# States -----------------------------------------------------------------------------------------


def status(inquiry: Inquiry) -> str:
    if inquiry.status == "waiting":
        return "waiting on them"
    if inquiry.status == "closed" and inquiry.confirmed:
        return "closed, settled"
    return inquiry.status


def verdict(promise: Promise) -> str:
    """How a promise went: "kept, 2 days early", "kept, 35 min late", "released", "open"."""
    if promise.state == "kept":
        return f"kept, {early(promise.early_minutes)}"
    if promise.state == "kept_late":
        return f"kept, {late(promise.late_minutes or 0)}"
    return promise.state


def owed(owes: str | None, told: bool, what: str) -> str:
    """What a row says is owed. It says promised only where the customer was told."""
    label = {"reply": "reply", "solution": "solution"}.get(owes or "", "")
    if told:
        label = f"promised {label}".rstrip()
    return f"{label}: {what}" if label and what else label or what


def row(*fields: object) -> str:
    """A line for a pipe: nothing in a field can end it or the line."""
    return "\t".join("" if field is None else flat(str(field)) for field in fields)
