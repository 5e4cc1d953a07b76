"""The desk's own settings: zone, hours, channels, checks. Everyday commands need no other file."""

from __future__ import annotations

from cxdesk.domain.hours import OpeningHours
from cxdesk.domain.records import Channel, Desk, Setting, SpecialDay
from cxdesk.store.database import Link, Sql

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
WORKDAY = "09:00-17:00"

CHANNELS = (
    Channel("phone", "phone", "4bh", 1),
    Channel("email", "email", "2bd", 2),
    Channel("web", "web", "1bd", 3),
    Channel("chat", "chat", "2bh", 4),
    Channel("social", "social", "1bd", 5),
    Channel("visit", "visit", "2bd", 6),
    Channel("post", "post", "5bd", 7),
    Channel("review", "review", "2bd", 8),
)

SETTINGS = Sql("SELECT name, value FROM setting", Setting)
SPECIAL_DAYS = Sql("SELECT day_on, hours, reason FROM special_day ORDER BY day_on", SpecialDay)
ALL_CHANNELS = Sql("SELECT name, kind, policy, position FROM channel ORDER BY position", Channel)
_ADD_SETTING = Sql("INSERT INTO setting (name, value) VALUES (:name, :value)")
_ADD_CHANNEL = Sql(
    "INSERT INTO channel (name, kind, policy, position) VALUES (:name, :kind, :policy, :position)"
)
_ADD_SEQUENCE = Sql("INSERT INTO number (name, last) VALUES ('desk', 0)")


def settings(link: Link) -> dict[str, str]:
    return {setting.name: setting.value for setting in link.all(SETTINGS)}


def load_desk(link: Link) -> Desk:
    """What the rules need to know of this desk."""
    known = settings(link)
    return Desk(
        opening_hours(known, link.all(SPECIAL_DAYS)),
        tuple(link.all(ALL_CHANNELS)),
        known.get("checks", "loud"),
    )


def new_desk(zone: str) -> Desk:
    """The desk that the first `log` would make: what reading commands answer from before it."""
    return Desk(opening_hours(first_settings(zone), []), CHANNELS)


def first_settings(zone: str) -> dict[str, str]:
    week = {f"hours.{day}": WORKDAY for day in DAYS[:5]}
    return {"zone": zone, "currency": "EUR", **week}


def fill(link: Link, zone: str, instance: str) -> None:
    """What a new desk begins with. `instance` tells this desk's mail from another's."""
    link.execute(_ADD_SEQUENCE)
    for name, value in {**first_settings(zone), "instance": instance}.items():
        link.execute(_ADD_SETTING, {"name": name, "value": value})
    for channel in CHANNELS:
        link.execute(_ADD_CHANNEL, channel._asdict())


def opening_hours(known: dict[str, str], special: list[SpecialDay]) -> OpeningHours:
    """The calendar as kept: `09:00-12:30 13:30-17:00` a weekday; a special day without hours is
    closed. Raises HoursError for a calendar that cannot be."""
    week = {day: intervals(known.get(f"hours.{day}", "")) for day in DAYS}
    return OpeningHours(
        zone=known["zone"],
        week={day: hours for day, hours in week.items() if hours},
        closed={day.day_on for day in special if not day.hours},
        special={day.day_on: intervals(day.hours) for day in special if day.hours},
    )


def intervals(text: str) -> list[tuple[str, str]]:
    pairs: list[Any] = [part.split("-", 1) for part in text.split()]
    return [(opens, closes) for opens, closes in pairs]
