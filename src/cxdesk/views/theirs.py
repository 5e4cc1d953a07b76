"""`show --theirs`: what the customer lived through, a sentence an inquiry."""

from __future__ import annotations

from cxdesk.views import words
from cxdesk.views.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Any

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.records import Seen
    from cxdesk.domain.theirs import Lived
    from cxdesk.views.screen import Screen

A_WEEK = 7
_TIMES = {1: "once", 2: "twice"}


class TheirsView(View):
    """Each inquiry with what was lived through on it, newest first. `whole`: what `show` answers
    without it, which programs are given all the same."""

    def __init__(
        self,
        whole: View,
        lived: Sequence[tuple[Seen, Lived]],
        hours: OpeningHours,
        now: datetime,
    ) -> None:
        self.whole = whole
        self.lived = lived
        self.hours = hours
        self.now = now

    def to_json(self) -> dict[str, Any]:
        theirs = [self._json(seen, lived) for seen, lived in self.lived]
        return {**self.whole.to_json(), "theirs": theirs}

    def _json(self, seen: Seen, lived: Lived) -> dict[str, Any]:
        instants = {
            field: words.iso_or_none(getattr(lived, field), self.hours)
            for field in ("asked_at", "told_at", "heard_at", "settled_at", "waiting_since_at")
        }
        return {
            "number": seen.inquiry.number,
            **instants,
            "wrote": lived.wrote,
            "told": sentence(lived, self.hours, self.now),
        }

    def lines(self) -> Iterable[str]:
        for seen, lived in self.lived:
            told = sentence(lived, self.hours, self.now)
            yield words.row(seen.inquiry.number, seen.name or words.NOBODY, told)

    def draw(self, screen: Screen) -> None:
        if not self.lived:
            screen.text("Nothing yet.")
        for seen, lived in self.lived:
            number, name = seen.inquiry.number, seen.name or words.NOBODY
            head = f"{number:>3}  {name}: {screen.plain(seen.inquiry.subject)}"
            screen.line(screen.cut(head, screen.width))
            screen.text(sentence(lived, self.hours, self.now), 5)


def sentence(lived: Lived, hours: OpeningHours, now: datetime) -> str:
    """ "asked Mon 09:00, told Tue, heard Wed 16:40, wrote twice"."""
    parts = []
    if lived.asked_at is not None:
        parts.append(f"asked {_at(lived.asked_at, hours, now)}")
    if lived.told_at is not None:
        parts.append(f"told {_by(lived.told_at, hours, now)}")
    if lived.heard_at is not None:
        parts.append(_heard(lived, hours, now))
    if lived.wrote > 1:
        parts.append(f"wrote {_TIMES.get(lived.wrote, f'{lived.wrote} times')}")
    if lived.settled_at is not None:
        parts.append(f"content {_at(lived.settled_at, hours, now)}")
    elif lived.waiting_since_at is not None:
        parts.append(f"waiting {words.since(lived.waiting_since_at, hours, now)}")
    return ", ".join(parts) or "nothing of theirs yet"


def _heard(lived: Lived, hours: OpeningHours, now: datetime) -> str:
    assert lived.heard_at is not None
    if lived.heard_at == lived.asked_at:
        return "heard at once"
    return f"heard {_at(lived.heard_at, hours, now)}"


def _at(at: datetime, hours: OpeningHours, now: datetime) -> str:
    """Always with its day, today's too: it is a story, not a list of what is next."""
    if _is_near(at, hours, now):
        return f"{hours.local(at):%a %H:%M}"
    return words.moment(at, hours, now)


def _by(at: datetime, hours: OpeningHours, now: datetime) -> str:
    """A whole date is told as one."""
    if hours.closing_of(hours.local(at).date()) != at:
        return _at(at, hours, now)
    return f"{hours.local(at):%a}" if _is_near(at, hours, now) else words.day(at, hours, now)


def _is_near(at: datetime, hours: OpeningHours, now: datetime) -> bool:
    return abs(words.days_to(at, hours, now)) < A_WEEK
