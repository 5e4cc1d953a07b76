"""The rows of `due`: number, time, name, what; below it how to reach them."""

from __future__ import annotations

from datetime import timedelta

from cxdesk.domain.agenda import EMAILS_TO_TALK
from cxdesk.domain.customers import is_phone
from cxdesk.domain.hours import HoursError
from cxdesk.domain.words import words as words_of
from cxdesk.views import words
from cxdesk.views.screen import size

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from typing import NamedTuple

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.records import Agenda, Desk, Item
    from cxdesk.views.screen import Part, Screen
else:
    from cxdesk.domain.records import NamedTuple

NARROW = 60
LEAST_TEXT = 12
LATE, SOON, URGENT = "yellow", "cyan", "bold"


# What a row says ----------------------------------------------------------------------------------


def name_of(item: Item) -> str:
    """A round has no customer: its channel is what one looks at."""
    return item.channel or "" if item.kind == "round" else item.name or words.NOBODY


def what_of(item: Item) -> str:
    what = item.what
    if item.kind == "promise":
        return words.owed(item.owes, item.promised, what)
    if item.kind == "check":
        return f"ask: {what}"
    if item.kind == "round":
        return what or "look in"
    if item.by_mail:
        return f"goes by mail: {what}"
    labels = {"chase": "chase", "news": "news", "inquiry": "no date"}
    label = labels.get(item.kind, "")
    return f"{label}: {what}" if label and what else label or what


def time_of(item: Item, hours: OpeningHours, now: datetime) -> str:
    """Late is said, not only coloured: "since Fri". A plan of our own for a whole date has none."""
    due = item.due_at
    if due is None:
        return "no date"
    if item.state == "late":
        return words.since(due, hours, now)
    if item.start_at is not None:
        return words.window(item.start_at, due, hours, now)
    is_past_look = item.kind == "round" and due <= now
    if is_past_look or (item.kind != "promise" and _is_whole_date(due, hours)):
        return words.soon_day(due, hours, now)
    return words.by(due, hours, now) if item.state == "today" else words.soon(due, hours, now)


def _is_whole_date(due: datetime, hours: OpeningHours) -> bool:
    return hours.closing_of(hours.local(due).date()) == due


def reach_of(item: Item, desk: Desk, now: datetime) -> list[Part]:
    """How to reach them, in pieces that a line does not break; and what to know before."""
    if item.kind == "round":
        return []
    found: list[Part] = list(_address(item, desk))
    if item.chased_at is not None:
        since = words.since(item.chased_at, desk.hours, now).removeprefix("since ")
        found.append((f"- ASKED AGAIN {since}", URGENT))
    if item.stage == "prospect":
        found += [("- not yet", ""), ("a customer", "")]
    if item.need_at is not None:
        found += [("- needs it", ""), (words.by(item.need_at, desk.hours, now), "")]
    return found


def _address(item: Item, desk: Desk) -> Iterator[Part]:
    if item.nudge == "call" and is_phone(item.reach or ""):
        yield "CALL", URGENT
        yield f"{item.reach},", ""
        yield from (
            (word, "")
            for word in ("do not write:", f"{item.emails or EMAILS_TO_TALK} mails", "so far")
        )
        return
    if item.reach:
        yield _verb(item, desk), ""
        yield item.reach, ""
    elif item.handle is not None:
        yield f"by {item.channel},", ""
        yield "no address known", ""


def _verb(item: Item, desk: Desk) -> str:
    """What one does with an address, which is not the channel's where that one is unknown."""
    reach = item.reach or ""
    kind = next((c.kind for c in desk.channels if c.name == item.channel), "phone")
    if "@" in reach[1:]:
        return "mail"
    if is_phone(reach):
        return item.channel or "call" if kind == "chat" else "call"
    return item.channel or "write"


def reach_text(item: Item, desk: Desk, now: datetime) -> str:
    return " ".join(text for text, _ in reach_of(item, desk, now))


# How rows are laid out ----------------------------------------------------------------------------


class Columns(NamedTuple):
    """How wide each column is; on a narrow screen there are none."""

    ref: int
    time: int
    name: int

    @property
    def head(self) -> int:
        """Where the name begins, and the second line."""
        return 2 + self.ref + 2 + self.time + 2


class Row(NamedTuple):
    ref: str
    time: str
    style: str
    name: str
    what: str
    reach: list[Part]


def draw(screen: Screen, items: Sequence[Item], desk: Desk, now: datetime, *, lines: int) -> None:
    """Rows of two lines for what is to be done now, of one for what comes."""
    rows = [_row(screen, item, desk, now) for item in items]
    columns = _columns(rows, screen.width)
    for row in rows:
        if lines == 1:
            row = row._replace(reach=[])
        if screen.width >= NARROW and _fits(row, columns, screen.width):
            _draw_wide(screen, row, columns)
        else:
            _draw_narrow(screen, row)


def _row(screen: Screen, item: Item, desk: Desk, now: datetime) -> Row:
    return Row(
        ref="-" if item.kind == "round" else item.ref,
        time=time_of(item, desk.hours, now),
        style=LATE if item.state == "late" else SOON,
        name=screen.plain(name_of(item)),
        what=screen.plain(what_of(item)),
        reach=reach_of(item, desk, now),
    )


def _columns(rows: Sequence[Row], width: int) -> Columns:
    """As wide as what is in them; names up to a third of the screen, the longer ones overhang."""
    names = [size(row.name) for row in rows]
    most = max(width // 3, 13)
    return Columns(
        ref=max((len(row.ref) for row in rows), default=2) if rows else 2,
        time=max([11, *(len(row.time) for row in rows)]),
        name=max([13, *(name for name in names if name <= most)]),
    )


def _fits(row: Row, columns: Columns, width: int) -> bool:
    return columns.head + max(size(row.name), columns.name) + 2 + LEAST_TEXT <= width


def _draw_wide(screen: Screen, row: Row, columns: Columns) -> None:
    name = screen.fill(row.name, columns.name) + "  "
    rest = screen.width - columns.head - size(name)
    screen.line(
        f"  {row.ref:>{columns.ref}}  ",
        (row.time, row.style),
        " " * (columns.time - len(row.time) + 2),
        name,
        screen.cut(row.what, rest),
    )
    if row.reach:
        screen.flow(row.reach, columns.head)


def _draw_narrow(screen: Screen, row: Row) -> None:
    indent = 2 if screen.width < NARROW // 2 else 5
    screen.flow([f"{row.ref:>2}", (row.time, row.style), row.name], indent, begin=0)
    screen.line(" " * indent, screen.cut(row.what, screen.width - indent))
    if row.reach:
        screen.flow(row.reach, indent)


# What to type next -------------------------------------------------------------------------------


def examples(items: Sequence[Item], agenda: Agenda, hours: OpeningHours) -> list[str]:
    """A deed each for up to three of the rows, in the words that do it: `reply ann`."""
    everything = agenda.items
    told: list[str] = []
    left = list(items)
    replied = next((item for item in left if is_reply(item)), None)
    if replied is not None:
        told.append(f"reply {called(replied, everything)}")
        left.remove(replied)
    done = next((item for item in left if not is_reply(item) and item.kind != "inquiry"), None)
    if done is not None:
        told.append(f"done {called(done, everything, unseen=agenda.later)}")
        left.remove(done)
    moved = next((item for item in left if item.due_at is not None), None)
    if moved is not None:
        whom = called(moved, everything, unseen=agenda.later)
        told.append(f"move {whom} {_soon_after(hours, agenda.now_at)}")
    return told or ["show " + called(items[0], everything)]


def is_reply(item: Item) -> bool:
    return item.kind == "promise" and item.owes == "reply"


def called(item: Item, items: Sequence[Item], unseen: int = 0) -> str:
    """What names a row: the first word of a handle that no other row shares, else its number.
    Of what is `unseen`, because it is due later, something may be theirs too."""
    if item.kind == "round":
        return item.ref
    if unseen or item.handle is None:
        return item.ref
    if item.inquiry is not None and item.ref == str(item.number):
        return item.ref
    if sum(other.handle == item.handle for other in items) > 1:
        return item.ref
    first = item.handle.split("-")[0]
    if first == "c":  # a handle made of a number: the name may be known since
        first = next(iter(words_of(item.name or "")), first)
    shared = any(o.handle != item.handle and first in (o.handle or "").split("-") for o in items)
    return item.handle if shared or len(first) < 2 or first.isdigit() else first


def _soon_after(hours: OpeningHours, now: datetime) -> str:
    """An open date some days ahead, as one would say it."""
    today = hours.local(now).date()
    try:
        on = next(hours.open_dates(today + timedelta(days=2)))
    except HoursError:
        return "tomorrow"
    return f"{on:%a}".lower() if (on - today).days < 7 else "1w"
