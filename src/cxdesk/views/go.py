"""`go`: one thing to do, with the last that was said about it."""

from __future__ import annotations

from cxdesk.views import due_rows, words
from cxdesk.views.picks import card_lines
from cxdesk.views.shapes import item_json
from cxdesk.views.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from cxdesk.domain.records import Card, Desk, Item, Message
    from cxdesk.views.screen import Screen


class ItemView(View):
    """One row of `due` on two lines, below it the card and the last message."""

    def __init__(
        self, item: Item, card: Card | None, last: Message | None, desk: Desk, now: datetime
    ) -> None:
        self.item = item
        self.card = card
        self.last = last
        self.desk = desk
        self.now = now

    def to_json(self) -> dict[str, Any]:
        return item_json(self.item, self.desk.hours)

    def lines(self) -> Iterable[str]:
        yield words.row(self.item.ref, due_rows.name_of(self.item), due_rows.what_of(self.item))

    def draw(self, screen: Screen) -> None:
        screen.line("")
        due_rows.draw(screen, [self.item], self.desk, self.now, lines=2)
        if self.card is not None:
            for line in card_lines(self.card, self.desk.hours, self.now):
                screen.text(line.strip(), 6)
        if self.last is not None and self.last.text:
            who = "you" if self.last.direction == "out" else "they"
            at = words.moment(self.last.said_at, self.desk.hours, self.now)
            screen.text(f"{who}, {at}: {self.last.text}", 6)
