"""What a deed did: a line or two for each thing it touched, and the one thing to type next."""

from __future__ import annotations

from cxdesk.domain import rounds
from cxdesk.domain.records import FollowUp, Promise
from cxdesk.views import outcomes, words
from cxdesk.views.outcomes import Touched
from cxdesk.views.screen import size
from cxdesk.views.shapes import (
    customer_json,
    follow_up_json,
    inquiry_json,
    promise_json,
    round_json,
)
from cxdesk.views.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from cxdesk.domain.records import Change, Desk, Inquiry
    from cxdesk.views.screen import Screen

INDENT = 4
LEAST_TEXT = 8
HINT_AT = 57  # where what to type next stands, so that it is found without reading
# A deed that brings a thing is told by what was brought, the others by what became of it.
_BROUGHT = ("log", "promise", "follow")


class ChangeView(View):
    """The answer to whatever writes: log, reply, done, solved, wait, move, drop, promise ..."""

    is_deed = True

    def __init__(self, change: Change, desk: Desk) -> None:
        self.change = change
        self.desk = desk
        self.hours = desk.hours
        self.says_new = True

    def preface(self) -> Sequence[str]:
        """Whom a deed made is said first: it may not be whom one meant."""
        if not self.says_new or self.change.did == "customer add":
            return ()
        return [f"New here: {c.name} ({c.handle})" for c in self.change.made]

    def asides(self) -> Sequence[str]:
        return self.change.warnings

    # For programs and pipes --------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        change = self.change
        customers = [customer_json(card, self.hours) for card in change.cards]
        inquiries = [inquiry_json(seen, self.hours) for seen in change.inquiries]
        has_several = len(customers) > 1 or len(inquiries) > 1
        told: dict[str, Any] = {"did": change.did, "customer": None, "inquiry": None}
        if has_several:
            told |= {"customers": customers, "inquiries": inquiries}
        else:
            told["customer"] = customers[0] if customers else None
            told["inquiry"] = inquiries[0] if inquiries else None
        told |= self._owed_json() | {"warnings": list(change.warnings)}
        return told | {"mail": None} if change.did == "reply" else told

    def _owed_json(self) -> dict[str, Any]:
        change, names = self.change, self.change.names
        return {
            "promises": [
                promise_json(promise, names, self.hours, change.now_at)
                for promise in change.promises
            ],
            "follow_ups": [follow_up_json(f, names, self.hours) for f in change.follow_ups],
            "rounds": [round_json(one, self.hours) for one in change.rounds],
        }

    def lines(self) -> Iterable[str]:
        """Number, kind, state, when, name, what; of a customer alone the handle for a number."""
        for seen in self.change.inquiries:
            inquiry = seen.inquiry
            at = words.written(inquiry.opened_at, self.hours)
            name = seen.name or words.NOBODY
            yield words.row(inquiry.number, "inquiry", inquiry.status, at, name, inquiry.subject)
        things: list[Promise | FollowUp] = [*self.change.promises, *self.change.follow_ups]
        for thing in things:
            kind = thing.kind if isinstance(thing, FollowUp) else "promise"
            at = words.written(thing.due_at, self.hours)
            name = self._name(thing.customer_id)
            yield words.row(thing.number, kind, thing.state, at, name, thing.what)
        for one in self.change.rounds:
            at = words.written(one.next_at, self.hours)
            yield words.row(rounds.ref(one), "round", "", at, one.channel, one.rule)
        if not (self.change.inquiries or things or self.change.rounds):
            for card in self.change.cards:
                yield words.row(card.customer.handle, "customer", "", "", card.customer.name, "")

    def _name(self, customer_id: int | None) -> str:
        known = None if customer_id is None else self.change.names.get(customer_id)
        return known[1] if known else words.NOBODY

    # For people ----------------------------------------------------------------------------------

    def draw(self, screen: Screen) -> None:
        groups = list(self._groups())
        for group in groups:
            self._draw_group(screen, group)
        for one in self.change.rounds:
            told = outcomes.round_outcome(one, self.change.did, self.hours, self.change.now_at)
            screen.text(f" -  {rounds.ref(one)}: {told}", INDENT, begin=0)
        if not groups and not self.change.rounds:
            self._draw_cards(screen)
        if not screen.quiet:
            self._draw_next(screen, groups)

    def _groups(self) -> Iterable[Touched]:
        """What belongs together: an inquiry with what is owed on it; else each thing alone."""
        change = self.change
        for seen in change.inquiries:
            number = seen.inquiry.number
            yield Touched(
                number,
                seen.name or words.NOBODY,
                seen.handle,
                seen,
                tuple(p for p in change.promises if p.inquiry_number == number),
                tuple(f for f in change.follow_ups if f.inquiry_number == number),
                change.attempt,
            )
        for promise in change.promises:
            if promise.inquiry_number is None:
                yield self._alone(promise.number, promise.customer_id)._replace(promises=(promise,))
        for follow_up in change.follow_ups:
            if follow_up.inquiry_number is None:
                alone = self._alone(follow_up.number, follow_up.customer_id)
                yield alone._replace(follow_ups=(follow_up,))

    def _alone(self, number: int, customer_id: int | None) -> Touched:
        known = None if customer_id is None else self.change.names.get(customer_id)
        handle, name = known or (None, words.NOBODY)
        return Touched(number, name, handle, None, (), ())

    def _draw_group(self, screen: Screen, group: Touched) -> None:
        change = self.change
        said = outcomes.outcome(group, change.did, self.hours, change.now_at)
        stands = outcomes.standing(group, change.did, self.hours, change.now_at)
        told = outcomes.sentence(said) if said else ""
        if change.did in _BROUGHT and group.seen is not None:
            self._draw_headline(screen, group, group.seen.inquiry)
            for line in (told[:1].upper() + told[1:], *stands):
                if line:
                    screen.text(line, INDENT)
            return
        text = " ".join(part for part in (told, *stands) if part)
        screen.flow(
            [f"{group.number:>2} ", f"{screen.plain(group.name)}:", *screen.plain(text).split()],
            INDENT,
            begin=0,
        )

    def _draw_headline(self, screen: Screen, group: Touched, inquiry: Inquiry) -> None:
        """Who it was and what they said: of that as much as fits, of the name everything."""
        who = f"{screen.plain(group.name)}, {screen.plain(inquiry.channel)}:"
        number = f"{group.number:>2} "
        # One cell is left free: some terminals wrap a line that fills them.
        rest = screen.width - size(f"{number} {who} ") - 1
        if rest >= LEAST_TEXT:
            screen.line(f"{number} {who} ", screen.cut(inquiry.subject, rest))
            return
        screen.flow([number, *who.split()], INDENT, begin=0)
        screen.line(" " * INDENT, screen.cut(inquiry.subject, screen.width - INDENT))

    def _draw_cards(self, screen: Screen) -> None:
        for card in self.change.cards:
            name, handle = screen.plain(card.customer.name), card.customer.handle
            screen.flow([name, f"({handle}):", "kept."], INDENT, begin=1)
        if not self.change.cards:
            screen.text("Done.", 1)

    def _draw_next(self, screen: Screen, groups: Sequence[Touched]) -> None:
        """What to type next, behind the last line where it fits."""
        handles = [card.customer.handle for card in self.change.cards]
        text = outcomes.next_thing(self.change.did, groups, handles)
        last = "".join(part for part, _ in screen.rows[-1])
        place = max(size(last) + 4, HINT_AT)
        if place + size(text) <= screen.width:
            screen.rows[-1].append((" " * (place - size(last)) + text, ""))
        else:
            screen.text(text, INDENT)
