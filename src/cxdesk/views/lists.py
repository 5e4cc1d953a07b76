"""Lists: inquiries, customers, finds, channels, deeds, opening hours."""

from __future__ import annotations

from cxdesk.views import words
from cxdesk.views.screen import size
from cxdesk.views.shapes import customer_json, inquiry_json, points, who_json
from cxdesk.views.show import customer_line, draw_inquiry, inquiry_line
from cxdesk.views.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Any

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.records import Card, Channel, Deed, Hit, Promise, Seen, SpecialDay
    from cxdesk.views.screen import Part, Screen

MOST_ROWS = 200


class ListView(View):
    """Rows under each other; of very many a terminal shows the first."""

    empty = "Nothing here."

    def rows(self) -> Sequence[Any]:
        raise NotImplementedError

    def draw_row(self, screen: Screen, row: Any) -> None:
        raise NotImplementedError

    def draw(self, screen: Screen) -> None:
        rows = self.rows()
        if not rows:
            screen.text(self.empty)
        for row in rows[:MOST_ROWS]:
            self.draw_row(screen, row)
        if len(rows) > MOST_ROWS:
            screen.text(f"and {len(rows) - MOST_ROWS} more", 6)


class InquiriesView(ListView):
    """`inquiries`."""

    empty = "No inquiries."

    def __init__(self, inquiries: Sequence[Seen], hours: OpeningHours, now: datetime) -> None:
        self.inquiries = inquiries
        self.hours = hours
        self.now = now

    def to_json(self) -> dict[str, Any]:
        return {"inquiries": [inquiry_json(seen, self.hours) for seen in self.inquiries]}

    def lines(self) -> Iterable[str]:
        return (inquiry_line(seen, self.hours) for seen in self.inquiries)

    def rows(self) -> Sequence[Seen]:
        return self.inquiries

    def draw_row(self, screen: Screen, row: Seen) -> None:
        draw_inquiry(screen, row, self.hours, self.now, row.name or words.NOBODY)


class CustomersView(ListView):
    """`customer list`."""

    empty = "No customers."

    def __init__(self, cards: Sequence[Card], hours: OpeningHours, now: datetime) -> None:
        self.cards = cards
        self.hours = hours
        self.now = now

    def to_json(self) -> dict[str, Any]:
        return {"customers": [customer_json(card, self.hours) for card in self.cards]}

    def lines(self) -> Iterable[str]:
        return (customer_line(card, self.hours) for card in self.cards)

    def rows(self) -> Sequence[Card]:
        return self.cards

    def draw_row(self, screen: Screen, row: Card) -> None:
        customer = row.customer
        chunks: list[str | Part] = [customer.name, f"({customer.handle})"]
        chunks += [value for kind in ("phone", "email") for value in points(row, kind)[:1]]
        if customer.last_contact_at is not None:
            chunks += ["last", words.day(customer.last_contact_at, self.hours, self.now)]
        if row.open:
            chunks.append(f"{row.open} open")
        screen.flow(chunks, 4, begin=2)


class SearchView(ListView):
    """`search WORDS`."""

    empty = "Nothing found."

    def __init__(self, hits: Sequence[Hit], hours: OpeningHours, now: datetime) -> None:
        self.hits = hits
        self.hours = hours
        self.now = now

    def to_json(self) -> dict[str, Any]:
        return {"hits": [self._hit_json(hit) for hit in self.hits]}

    def _hit_json(self, hit: Hit) -> dict[str, Any]:
        return {
            "kind": hit.kind,
            "number": hit.number,
            "handle": hit.handle,
            "customer": who_json(hit.handle, hit.name),
            "snippet": hit.snippet,
            "at": words.iso(hit.at, self.hours),
        }

    def lines(self) -> Iterable[str]:
        for hit in self.hits:
            at = words.written(hit.at, self.hours)
            yield words.row(hit.number or hit.handle, hit.kind, at, hit.name, hit.snippet)

    def rows(self) -> Sequence[Hit]:
        return self.hits

    def draw_row(self, screen: Screen, row: Hit) -> None:
        label = f"{row.number:>4} " if row.number else "   - "
        at = words.day(row.at, self.hours, self.now)
        screen.flow([label, row.name or words.NOBODY, f"{row.kind}, {at}"], 6, begin=0)
        screen.line("      ", screen.cut(row.snippet, screen.width - 6))


class ChannelsView(ListView):
    """`channel list`."""

    empty = "No channels."

    def __init__(self, channels: Sequence[Channel], did: str | None = None) -> None:
        self.channels = channels
        self.did = did

    def to_json(self) -> dict[str, Any]:
        return {
            **({"did": self.did} if self.did else {}),
            "channels": [
                {"name": c.name, "kind": c.kind, "policy": c.policy} for c in self.channels
            ],
        }

    def lines(self) -> Iterable[str]:
        return (words.row(c.name, c.kind, c.policy) for c in self.channels)

    def rows(self) -> Sequence[Channel]:
        return self.channels

    def draw_row(self, screen: Screen, row: Channel) -> None:
        wide = max(size(screen.plain(channel.name)) for channel in self.channels)
        kind = "" if row.kind == row.name else f" ({row.kind})"
        if wide + 24 > screen.width:
            screen.flow([row.name, f"reply within {row.policy}{kind}"], 4, begin=2)
            return
        screen.line("  ", screen.fill(row.name, wide), f"  reply within {row.policy}{kind}")


class DeedsView(ListView):
    """`undo --list`: the history, newest first."""

    empty = "Nothing has been done yet."

    def __init__(self, deeds: Sequence[Deed], hours: OpeningHours, now: datetime) -> None:
        self.deeds = deeds
        self.hours = hours
        self.now = now

    def to_json(self) -> dict[str, Any]:
        return {"deeds": [self._deed_json(deed) for deed in self.deeds]}

    def _deed_json(self, deed: Deed) -> dict[str, Any]:
        at = words.iso(deed.done_at, self.hours)
        return {"name": deed.name, "actor": deed.actor, "at": at, "undone": deed.undone}

    def lines(self) -> Iterable[str]:
        for deed in self.deeds:
            at = words.written(deed.done_at, self.hours)
            yield words.row(deed.id, deed.name, deed.actor, at, "undone" if deed.undone else "")

    def rows(self) -> Sequence[Deed]:
        return self.deeds

    def draw_row(self, screen: Screen, row: Deed) -> None:
        at = words.moment(row.done_at, self.hours, self.now)
        more = ", undone" if row.undone else ""
        more += "" if row.actor == "owner" else f", by {row.actor} itself"
        screen.text(f"{at}  {screen.plain(row.name)}{more}", 4, begin=2)


class HoursView(View):
    """`hours show`: the whole week, and the dates that are not like it from `now` on.

    `moved`: after a change, the open policy promises that would be due at another instant now
    (promise, instant, whose); they are changed only when the owner says so (`redated`).
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
    ) -> None:
        self.hours = hours
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
        return {
            **({"did": self.did} if self.did else {}),
            "zone": self.hours.zone,
            "week": self.week,
            "special": special,
            "promises": moved,
            "redated": self.redated,
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
        self._draw_moved(screen)
        screen.hint("cxdesk hours set mon-fri 09:00-17:00, cxdesk hours close 25 dec Christmas")

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


def _day_words(iso: str) -> str:
    from datetime import date

    on = date.fromisoformat(iso)
    return f"{on:%a} {on.day} {on:%b} {on.year}"
