"""Records made by hand: the morning of cli.md, Monday 23 November 2026 at 09:05 in London."""

from __future__ import annotations

import io
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pyte

from cxdesk.domain.hours import OpeningHours
from cxdesk.domain.records import (
    Agenda,
    Card,
    Change,
    Channel,
    ContactPoint,
    Customer,
    Desk,
    FollowUp,
    History,
    Inquiry,
    Item,
    Message,
    Promise,
    Seen,
    Trait,
)
from cxdesk.views import output

if TYPE_CHECKING:
    from cxdesk.views.view import View

OFFICE = {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
HOURS = OpeningHours(zone="Europe/London", week=OFFICE)
CHANNELS = (
    Channel("phone", "phone", "4bh", 1),
    Channel("email", "email", "2bd", 2),
    Channel("whatsapp", "chat", "2bh", 3),
    Channel("instagram", "social", "1bd", 4),
)
DESK = Desk(HOURS, CHANNELS)


def at(day: int, wall: str, month: int = 11, year: int = 2026) -> datetime:
    """A time in London, in UTC; November has no summer time."""
    hour, minute = map(int, wall.split(":"))
    return datetime(year, month, day, hour, minute, tzinfo=UTC)


NOW = at(23, "09:05")
SATURDAY = at(21, "10:12")


# Rows of `due` ----------------------------------------------------------------------------------


def item(ref: str, name: str, handle: str, **changed: Any) -> Item:
    plain = Item(
        ref=ref,
        number=int(ref) + 100,
        kind="promise",
        state="today",
        due_at=at(23, "16:00"),
        start_at=None,
        late_minutes=None,
        late_business_minutes=None,
        promised=False,
        owes="reply",
        handle=handle,
        name=name,
        stage="customer",
        inquiry=int(ref),
        channel="phone",
        what="a question",
        reach=None,
        nudge=None,
        need_at=None,
    )
    return plain._replace(**changed)


BOB = item(
    "31",
    "Bob Ray",
    "bob-ray",
    state="late",
    due_at=at(21, "12:00"),
    late_minutes=2705,
    late_business_minutes=5,
    promised=True,
    owes="deed",
    what="send the spare key",
    reach="020 7946 0123",
    nudge="chased",
    chased_at=at(22, "18:00"),
)
KIM = item(
    "27",
    "Kim & Sons",
    "kim-sons",
    state="late",
    due_at=at(20, "17:00"),
    late_minutes=3845,
    late_business_minutes=5,
    channel="email",
    what="is the quote for oak or ash?",
    reach="kim@example.com",
    stage="prospect",
)
ANN = item(
    "39",
    "Ann Lee",
    "ann-lee",
    channel="email",
    what="Invoice shows VAT twice",
    reach="020 7946 0999",
    nudge="call",
)
ROUND = BOB._replace(
    ref="instagram",
    number=None,
    kind="round",
    state="today",
    due_at=at(23, "17:00"),
    late_minutes=None,
    late_business_minutes=None,
    promised=False,
    owes=None,
    handle=None,
    name=None,
    stage=None,
    inquiry=None,
    channel="instagram",
    what="look in (last looked Fri 16:10)",
    reach=None,
    nudge=None,
    chased_at=None,
)
DANA = item(
    "53",
    "Dana Reyes",
    "dana-reyes",
    state="next",
    due_at=at(24, "12:00"),
    promised=True,
    what="Does the oak shelf come in 90 cm? She can't measure twice!",
    reach="020 7946 0311",
)
MORNING = Agenda(
    now_at=NOW,
    items=(BOB, KIM, ANN, ROUND, DANA),
    waiting=2,
    quiet=6,
    undated=0,
    later=0,
    last_remind_at=at(23, "08:00"),
    kept=14,
    judged=15,
)
QUIET_DAY = Agenda(NOW, (), 0, 0, 0, 0, None)


# What is kept -----------------------------------------------------------------------------------

CUSTOMER = Customer(
    id=1,
    handle="dana-reyes",
    name="Dana Reyes",
    stage="prospect",
    since_at=SATURDAY,
    prefers="phone",
    last_contact_at=SATURDAY,
)
CARD = Card(
    CUSTOMER,
    (
        ContactPoint(1, 1, "phone", "020 7946 0311", "207946031"),
        ContactPoint(2, 1, "email", "dana@example.com", "dana@example.com"),
    ),
    (
        Trait(1, 1, "like", "oak"),
        Trait(2, 1, "tag", "trade"),
        Trait(3, 1, "fact", "12 m2", "floor"),
        Trait(4, 1, "alias", "D. Reyes"),
    ),
    1,
)
INQUIRY = Inquiry(
    number=1,
    customer_id=1,
    channel="phone",
    subject="Does the oak shelf come in 90 cm? She can't measure twice!",
    status="open",
    opened_at=SATURDAY,
    unanswered_at=SATURDAY,
)
SEEN = Seen(INQUIRY, "dana-reyes", "Dana Reyes", ("oak",))
PROMISE = Promise(
    number=2,
    inquiry_number=1,
    customer_id=1,
    channel="phone",
    kind="spoken",
    owes="reply",
    told=True,
    what=None,
    said="mon noon",
    allowance=None,
    zone="Europe/London",
    made_at=SATURDAY,
    due_at=at(23, "12:00"),
    judged_at=at(23, "12:00"),
    first_due_at=at(23, "12:00"),
)
FOLLOW_UP = FollowUp(
    number=3,
    inquiry_number=None,
    customer_id=1,
    kind="follow_up",
    what="ask how the shelf stands",
    due_at=at(4, "17:00", month=12),
    made_at=SATURDAY,
    every="every 2 weeks",
)
MESSAGE = Message(
    id=1,
    inquiry_number=1,
    customer_id=1,
    said_at=SATURDAY,
    direction="in",
    channel="phone",
    text="Does the oak shelf come in 90 cm?\nShe can't measure twice!",
)
NAMES = {1: ("dana-reyes", "Dana Reyes")}


def change(did: str = "log", **changed: Any) -> Change:
    plain = Change(did, SATURDAY, (CARD,), (SEEN,), (PROMISE,), (), (), NAMES)
    return plain._replace(**changed)


def history(**changed: Any) -> History:
    plain = History(NOW, CARD, (SEEN,), (MESSAGE,), (PROMISE,), (FOLLOW_UP,), NAMES)
    return plain._replace(**changed)


# Printing ---------------------------------------------------------------------------------------


class Terminal(io.StringIO):
    """A stream that is a terminal, as far as it says itself."""

    def isatty(self) -> bool:
        return True


def painted(view: View, width: int = 80, **options: Any) -> str:
    """What is sent to a terminal, escapes and all."""
    out = Terminal()
    output.show(view, out=out, err=io.StringIO(), width=width, **options)
    return out.getvalue()


def drawn(view: View, width: int = 80, rows: int = 120, **options: Any) -> list[str]:
    """The lines as they stand on a screen of that width, without spaces at their ends."""
    screen = pyte.Screen(width, rows)
    pyte.Stream(screen).feed(painted(view, width, **options).replace("\n", "\r\n"))
    lines = [line.rstrip() for line in screen.display]
    while lines and not lines[-1]:
        lines.pop()
    return lines


def piped(view: View, **options: Any) -> list[str]:
    out = io.StringIO()
    output.show(view, out=out, err=io.StringIO(), **options)
    return out.getvalue().splitlines()
