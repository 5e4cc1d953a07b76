"""Lists: inquiries, customers, finds, deeds."""

from __future__ import annotations

from cxdesk.views import words
from cxdesk.views.shapes import customer_json, inquiry_json, points, who_json
from cxdesk.views.show import customer_line, draw_inquiry, inquiry_line
from cxdesk.views.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Any

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.records import Card, Deed, Hit, Seen
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
