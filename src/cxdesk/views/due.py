"""`due`: whom did I promise what, by when; one screen, in the order to do it."""

from __future__ import annotations

from datetime import timedelta

from cxdesk.domain.agenda import REMINDER_SILENCE
from cxdesk.domain.hours import HoursError
from cxdesk.views import due_rows, words
from cxdesk.views.shapes import item_json
from cxdesk.views.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from cxdesk.domain.records import Agenda, Desk, Item, Silent
    from cxdesk.views.screen import Screen

MOST_ROWS = 40
LONG_LATE_DAYS = 10


class DueView(View):
    """The agenda. `exists` is False before any desk does; `fold` False shows the long late too."""

    def __init__(
        self, agenda: Agenda, desk: Desk, *, exists: bool = True, fold: bool = True
    ) -> None:
        self.agenda = agenda
        self.desk = desk
        self.hours = desk.hours
        self.now = agenda.now_at
        self.exists = exists
        self.fold = fold
        self.silent: Silent | None = None

    # For programs and pipes --------------------------------------------------------------------

    def to_json(self) -> dict[str, Any]:
        agenda = self.agenda
        return {
            "now": words.iso(self.now, self.hours),
            "items": [item_json(item, self.hours) for item in agenda.items],
            "waiting": agenda.waiting,
            "quiet": agenda.quiet,
            "undated": agenda.undated,
            "later": agenda.later,
            "last_remind_at": words.iso_or_none(agenda.last_remind_at, self.hours),
        }

    def lines(self) -> Iterable[str]:
        """Number, state, due, name, what is owed, how to reach them."""
        for item in self.agenda.items:
            yield words.row(
                item.ref,
                item.state,
                words.written(item.due_at, self.hours),
                due_rows.name_of(item),
                due_rows.what_of(item),
                due_rows.reach_text(item, self.desk, self.now),
            )

    # For people ----------------------------------------------------------------------------------

    def draw(self, screen: Screen) -> None:
        if not self.exists:
            for line in words.NO_DESK:
                screen.text(line, 2, begin=0)
            return
        self._draw_reminder(screen)
        self._draw_header(screen)
        screen.blank()
        doing, coming, folded = self._parted()
        first, then = doing[:MOST_ROWS], coming[: max(MOST_ROWS - len(doing), 0)]
        self._draw_now(screen, first, len(doing) - len(first), folded)
        self._draw_then(screen, then, len(coming) - len(then))
        self._draw_footer(screen, [*first, *then])

    def _parted(self) -> tuple[list[Item], list[Item], int]:
        """What is to be done now, what comes, and how many are late for so long that they fold."""
        now = [item for item in self.agenda.items if item.state in ("late", "today")]
        coming = [item for item in self.agenda.items if item.state not in ("late", "today")]
        shown = [item for item in now if not (self.fold and self._is_long_late(item))]
        return shown, coming, len(now) - len(shown)

    def _is_long_late(self, item: Item) -> bool:
        # Ten business days are two weeks on the wall at least, but for a desk open every day.
        if item.due_at is None or self.now - item.due_at < timedelta(days=LONG_LATE_DAYS):
            return False
        try:
            return self.hours.close_of_day(item.due_at, LONG_LATE_DAYS) < self.now
        except HoursError:
            return False

    def _draw_reminder(self, screen: Screen) -> None:
        last = self.agenda.last_remind_at
        if last is not None and self.now - last > REMINDER_SILENCE:
            at = words.moment(last, self.hours, self.now)
            screen.text(f"The reminder job last ran {at}: cxdesk remind status")

    def _draw_header(self, screen: Screen) -> None:
        if screen.quiet:
            return
        at = words.moment(self.now, self.hours, self.now)
        parts = [f"{at}, {words.opening(self.hours, self.now)}"]
        if self.agenda.judged:
            told = f"{self.agenda.kept} of {self.agenda.judged} promises kept"
            parts.append(f"last 30 days: {told}")
        beside(screen, parts, "     ")

    def _draw_now(self, screen: Screen, items: Sequence[Item], hidden: int, folded: int) -> None:
        if not self.agenda.items:
            screen.text("Nobody is waiting for you.")
            self._draw_silent(screen)
        elif not items and not folded:
            screen.text("Nothing is due today.")
        due_rows.draw(screen, items, self.desk, self.now, lines=2)
        if hidden:
            screen.text(f"and {hidden} more", _tail_indent(screen))
        if folded:
            some = "is 1" if folded == 1 else f"are {folded}"
            text = f"There {some} late for more than {LONG_LATE_DAYS} business days"
            screen.text(f"{text}: cxdesk due --overdue", _tail_indent(screen))

    def _draw_silent(self, screen: Screen) -> None:
        if self.silent is not None:
            name, at = screen.plain(self.silent.name), self.silent.last_contact_at
            have = "have" if "&" in name or " and " in name else "has"
            since = words.long_day(at, self.hours, self.now)
            screen.text(f"With the time: {name} {have} not heard from you since {since}.")

    def _draw_then(self, screen: Screen, items: Sequence[Item], hidden: int) -> None:
        screen.blank()
        if items:
            screen.line(" Then")
            due_rows.draw(screen, items, self.desk, self.now, lines=1)
        tail = "; ".join(self._tail(hidden))
        if tail:
            screen.text(tail, _tail_indent(screen))

    def _tail(self, hidden: int) -> list[str]:
        """The counts of what is not shown; with everything shown only the waiting are left."""
        agenda = self.agenda
        shown = {item.state for item in agenda.items} | {item.kind for item in agenda.items}
        has_all = "later" in shown or "inquiry" in shown
        waits = f"{agenda.waiting} {'waits' if agenda.waiting == 1 else 'wait'} on the customer"
        told = [
            (hidden, f"and {hidden} more{'' if has_all else ' this week'}"),
            (agenda.waiting, waits),
            (agenda.quiet, f"{agenda.quiet} answered, not contradicted"),
            (0 if has_all else agenda.undated, f"{agenda.undated} without a date"),
            (0 if has_all else agenda.later, f"{agenda.later} later"),
        ]
        return [text for count, text in told if count]

    def _draw_footer(self, screen: Screen, items: Sequence[Item]) -> None:
        if screen.quiet:
            return
        screen.blank()
        if not items:
            screen.text("When somebody calls or writes: cxdesk log", 1)
            return
        typed = due_rows.examples(items, self.agenda, self.hours)
        or_so = f"Or: cxdesk {', '.join(typed)}"
        beside(screen, [" One at a time: cxdesk go", or_so], " " * 8)


def _tail_indent(screen: Screen) -> int:
    return 6 if screen.width >= due_rows.NARROW else 2


def beside(screen: Screen, parts: Sequence[str], gap: str) -> None:
    """On one line where they fit, else one below the other."""
    joined = gap.join(parts)
    if len(joined) <= screen.width:
        screen.line(joined)
        return
    for part in parts:
        screen.text(part.strip(), 1 if parts[0].startswith(" ") else 0)
