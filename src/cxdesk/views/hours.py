"""Opening hours: the week, the dates unlike it, and the promises that a change would touch."""

from __future__ import annotations

from cxdesk.views import words
from cxdesk.views.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Any

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.records import Promise, SpecialDay
    from cxdesk.views.screen import Screen


class HoursView(View):
    """`hours show`: the whole week, and the dates that are not like it from `now` on.

    `moved`: after a change, the open policy promises that would be due at another instant now
    (promise, instant, whose); they are changed only when the owner says so (`redated`).
    `broken`: what is owed on dates that the owner is away, and to whom.
    """

    def __init__(
        self,
        hours: OpeningHours,
        special: Sequence[SpecialDay],
        now: datetime,
        *,
        moved: Sequence[tuple[Promise, datetime, str]] = (),
        redated: bool = False,
        did: str | None = None,
        broken: Sequence[tuple[Promise, str]] = (),
    ) -> None:
        self.hours = hours
        self.broken = broken
        self.did = did
        self.moved = moved
        self.redated = redated
        self.now = now
        today = hours.local(now).date()
        self.week = words.week_hours(hours, today, {day.day_on for day in special})
        self.special = [day for day in special if day.day_on >= today.isoformat()]

    def to_json(self) -> dict[str, Any]:
        special = [
            {
                "date": day.day_on,
                "hours": [part.split("-", 1) for part in day.hours.split()],
                "reason": day.reason,
            }
            for day in self.special
        ]
        moved = [
            {
                "number": promise.number,
                "inquiry": promise.inquiry_number,
                "due_at": words.iso(promise.due_at, self.hours),
                "would_be_due_at": words.iso(due, self.hours),
            }
            for promise, due, _ in self.moved
        ]
        broken = [
            {
                "number": promise.number,
                "inquiry": promise.inquiry_number,
                "due_at": words.iso(promise.due_at, self.hours),
            }
            for promise, _ in self.broken
        ]
        return {
            **({"did": self.did} if self.did else {}),
            "zone": self.hours.zone,
            "week": self.week,
            "special": special,
            "promises": moved,
            "redated": self.redated,
            "broken": broken,
        }

    def lines(self) -> Iterable[str]:
        for name, pairs in self.week.items():
            yield words.row(name, " ".join("-".join(pair) for pair in pairs) or "closed")
        for day in self.special:
            yield words.row(day.day_on, day.hours or "closed", day.reason)
        for promise, due, name in self.moved:
            old, new = (words.written(at, self.hours) for at in (promise.due_at, due))
            yield words.row(promise.inquiry_number or promise.number, name, old, new)

    def draw(self, screen: Screen) -> None:
        screen.text(f"{self.hours.zone}, {words.opening(self.hours, self.now)}")
        for days, told in words.week_lines(self.week):
            screen.text(f"{days:<7}  {told}", 11, begin=2)
        for day in self.special:
            screen.text(f"{_day_words(day.day_on)}  {self._told(day)}", 11, begin=2)
        self._draw_broken(screen)
        self._draw_moved(screen)
        screen.hint("cxdesk hours set mon-fri 09:00-17:00, cxdesk hours close 25 dec Christmas")

    def _draw_broken(self, screen: Screen) -> None:
        if self.broken:
            screen.text("Owed while you are away; tell them (cxdesk move THING WHEN --told):")
        for promise, name in self.broken:
            screen.text(broken_line(promise, name, self.hours, self.now), 6, begin=2)

    def _draw_moved(self, screen: Screen) -> None:
        if not self.moved:
            return
        did = "Changed with it:" if self.redated else "Promised as before; --redate changes these:"
        screen.text(did)
        for promise, due, name in self.moved:
            old, new = (words.moment(at, self.hours, self.now) for at in (promise.due_at, due))
            number = promise.inquiry_number or promise.number
            screen.text(f"{number:>4}  {name}: {old}, now {new}", 6)

    def _told(self, day: SpecialDay) -> str:
        told = day.hours or "closed"
        return f"{told}, {day.reason}" if day.reason else told


def broken_line(promise: Promise, name: str, hours: OpeningHours, now: datetime) -> str:
    """What is owed, as one is asked about it: "39 Ann Lee: reply by Tue 8 Dec 16:00"."""
    number = promise.inquiry_number or promise.number
    what = words.owed(promise.owes, promise.told, promise.what or "")
    return f"{number} {name}: {what} by {words.moment(promise.due_at, hours, now)}"


def _day_words(iso: str) -> str:
    from datetime import date

    on = date.fromisoformat(iso)
    return f"{on:%a} {on.day} {on:%b} {on.year}"
