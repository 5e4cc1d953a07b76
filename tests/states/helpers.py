"""A desk to play deeds on: methods named after the verbs, each as its command does it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from cxdesk.desk import agenda, answers, contacts, followups, history, promises, tasks, threads
from cxdesk.desk.contacts import Contact
from cxdesk.desk.people import find
from cxdesk.domain.phrases import read_when
from cxdesk.domain.records import (
    NOTHING,
    Agenda,
    Deed,
    FollowUp,
    Inquiry,
    Item,
    Message,
    Owed,
    Promise,
)
from cxdesk.domain.records import Desk as Settings
from cxdesk.store import inquiries, things
from cxdesk.store.database import Link, Sql, open_nowhere
from cxdesk.store.deeds import TABLES, DeedInProgress, begin
from cxdesk.store.settings import fill, load_desk

LONDON = "Europe/London"
MONDAY = "Mon 04 10:00"
ANN = "Ann Lee"
# Of what is derived from rows everything but the order in which it was written.
_DERIVED = {
    "name_word": "SELECT word, customer_id FROM name_word",
    "search_doc": "SELECT kind, ref, customer_id, body FROM search_doc",
}
_LAST_NUMBER = Sql("SELECT last FROM number WHERE name = 'desk'")


def memory(zone: str = LONDON) -> Link:
    """An empty desk in memory, as strict as one on disk."""
    link = open_nowhere(lambda made: fill(made, zone, "test"))
    link.execute("PRAGMA foreign_keys=ON")
    return link


class Desk:
    """May 2026 in London, Monday to Friday 9 to 5; instants are told as `Mon 04 10:00`."""

    def __init__(self, wall: str = MONDAY, zone: str = LONDON) -> None:
        self.link = memory(zone)
        self.zone = ZoneInfo(zone)
        self.now = self.instant(wall)
        self.numbers: list[int] = []

    # Time ------------------------------------------------------------------------------------

    def instant(self, wall: str) -> datetime:
        """`Tue 05 09:00`, or with the month in front: `06 Tue 02 09:00`."""
        *month, _, day, clock = wall.split()
        hour, minute = clock.split(":")
        number = int(month[0]) if month else 5
        local = datetime(2026, number, int(day), int(hour), int(minute), tzinfo=self.zone)
        assert f"{local:%a}" in wall, f"{wall} is a {local:%A}"
        return local.astimezone(UTC)

    def at(self, wall: str) -> Desk:
        self.now = self.instant(wall)
        return self

    def told(self, at: datetime | None) -> str:
        """An instant as the tables write it."""
        if at is None:
            return "never"
        local = at.astimezone(self.zone)
        return f"{local:%a %d %H:%M}" if local.month == 5 else f"{local:%m %a %d %H:%M}"

    @property
    def settings(self) -> Settings:
        return load_desk(self.link)

    def spoken(self, phrase: str | None, what: str | None = None) -> Owed | None:
        """A WHEN, `none`, or nothing said."""
        if phrase is None or phrase == "none":
            return None if phrase is None else NOTHING
        read = read_when(phrase, now=self.now, hours=self.settings.hours)
        return Owed("spoken", read.at, read.start, read.said, what)

    def _when(self, phrase: str) -> Owed:
        owed = self.spoken(phrase)
        assert owed is not None
        return owed

    def _contact(self, text: str, **said: Any) -> Contact:
        """The options of `log` and `reply`, phrases read."""
        at = said.pop("at", None)
        chase = said.pop("chase", None)
        what = said.pop("what", None)
        by = said.pop("by", None)
        follow = said.pop("follow", None)
        if chase is not None:
            said["end"] = "wait"
        return Contact(
            at=self.instant(at) if isinstance(at, str) else at or self.now,
            text=text,
            owed=self.spoken(by, what),
            chase=self.spoken(chase),
            follow=self.spoken(follow),
            **said,
        )

    # Verbs -----------------------------------------------------------------------------------

    def settle(self) -> None:
        threads.settle(self.link, self.now)

    @contextmanager
    def deed(self, name: str, actor: str = "owner") -> Iterator[DeedInProgress]:
        """A writing command: what closed by itself is recorded first."""
        self.settle()
        with begin(self.link, name, self.now, actor=actor) as d:
            yield d

    def log(self, text: str = "It wobbles", who: str = ANN, **said: Any) -> int:
        """The number of the inquiry."""
        with self.deed("log") as d:
            found = find(self.link, who, may_make=True)
            return contacts.log(d, self.settings, found, self._contact(text, **said)).inquiry.number

    def reply(self, number: int = 1, text: str = "Tighten it", **said: Any) -> None:
        with self.deed("reply") as d:
            contact = self._contact(text, out=True, **said)
            contacts.reply(d, self.settings, number, contact)

    def solved(self, number: int = 1, rating: int | None = None, words: str = "") -> None:
        with self.deed("solved") as d:
            contacts.solved(d, self.settings, number, rating=rating, words=words)

    def wait(self, number: int = 1, chase: str | None = None) -> None:
        with self.deed("wait") as d:
            contacts.wait(d, self.settings, number, self.spoken(chase))

    def promise(self, whom: int | str, by: str, what: str | None = None) -> None:
        with self.deed("promise") as d:
            owed = self.spoken(by, what)
            number = whom if isinstance(whom, int) else None
            assert owed is not None
            found = find(self.link, str(whom), may_make=True)
            promises.promise(d, self.settings, found, number, owed)

    def follow(self, whom: int | str, when: str, what: str = "", **series: Any) -> int:
        """The number of the follow-up."""
        with self.deed("follow") as d:
            number = whom if isinstance(whom, int) else None
            found = find(self.link, str(whom), may_make=True)
            followups.follow(d, self.settings, found, number, self._when(when), what=what, **series)
            made: int = d.current(FollowUp)[0].number
            return made

    def done(self, *numbers: int, note: str = "", at: str | datetime | None = None) -> None:
        found = [self.task(number) for number in numbers]
        with self.deed("done") as d:
            tasks.done(d, self.settings, found, self._contact("", note=note, at=at))

    def move(self, number: int, to: str, told: bool | None = None, why: str = "") -> None:
        self.settle()
        task = self.task(number)
        with self.deed("move") as d:
            tasks.move(d, task, self._when(to), told=told, why=why)

    def drop(self, *numbers: int, series: bool = False, why: str = "") -> None:
        self.settle()
        found = [things.thing(self.link, number) for number in numbers]
        with self.deed("drop") as d:
            tasks.drop(d, self.settings, [x for x in found if x], series=series, why=why)

    def undo(self) -> Deed:
        self.settle()
        return history.undo(self.link)

    def redo(self) -> Deed:
        self.settle()
        return history.redo(self.link)

    def by_the_desk(self, name: str, number: int = 1) -> None:
        """A deed that is not the owner's changes an inquiry."""
        with self.deed(name, actor="desk") as d:
            d.change(self.inquiry(number), subject=f"changed by {name}")

    def set_checks(self, how: str) -> None:
        values = {"how": how}
        self.link.execute("INSERT INTO setting (name, value) VALUES ('checks', :how)", values)

    # What is there ---------------------------------------------------------------------------

    def inquiry(self, number: int = 1) -> Inquiry:
        """As the row stands."""
        found = inquiries.by_number(self.link, number)
        assert found is not None
        return found

    def seen(self, number: int = 1) -> Inquiry:
        """As people see it now."""
        return answers.seen_inquiry(self.link, number, self.now).inquiry

    def promises(self, number: int = 1) -> list[Promise]:
        return inquiries.promises_of(self.link, number)

    def follow_ups(self, number: int = 1) -> list[FollowUp]:
        return inquiries.follow_ups_of(self.link, number)

    def messages(self, number: int = 1) -> list[Message]:
        return inquiries.messages_of(self.link, number)

    def task(self, number: int) -> Promise | FollowUp:
        found = things.promise(self.link, number) or things.follow_up(self.link, number)
        assert found is not None
        return found

    def open_one(self, kind: str, number: int = 1) -> int:
        """The number of what is open on an inquiry: `reply`, `deed`, `check`, `chase` ..."""
        on: list[Any] = [*self.promises(number), *self.follow_ups(number)]
        return next(
            int(one.number)
            for one in on
            if one.state == "open" and kind in (getattr(one, "owes", None), one.kind)
        )

    def due(self, **options: Any) -> Agenda:
        return agenda.due(self.link, self.settings, self.now, **options)

    def items(self, **options: Any) -> tuple[Item, ...]:
        return self.due(**options).items

    def count(self) -> int:
        return agenda.due_count(self.link, self.settings, self.now)

    def last_number(self) -> int:
        return int(self.link.value(_LAST_NUMBER))

    def rows(self) -> dict[str, list[Any]]:
        """Every row of every journaled table, and what is derived from them."""
        asked = {
            table.name: f"SELECT {', '.join(table.record._fields)} FROM {table.name}"
            for table in TABLES.values()
            if table.journal
        }
        return {
            name: sorted(self.link.execute(statement).fetchall(), key=repr)
            for name, statement in {**asked, **_DERIVED}.items()
        }

    # The cells of the table ------------------------------------------------------------------

    def inquiry_cell(self, number: int = 1) -> str:
        inquiry = self.seen(number)
        if inquiry.status != "closed":
            return inquiry.status
        confirmed = "confirmed" if inquiry.confirmed else "confirmed null"
        return f"closed {self.told(inquiry.closed_at)}, {confirmed}"

    def promises_cell(self, number: int = 1) -> str:
        return "; ".join(self._promise_told(p) for p in self.promises(number)) or "none"

    def _promise_told(self, promise: Promise) -> str:
        owes = "" if promise.owes == "reply" else f"{promise.owes} "
        state = promise.state.replace("_", " ")
        late = f" by {promise.late_minutes} min" if promise.state == "kept_late" else ""
        told = f"{promise.number} {promise.kind} {owes}{self.told(promise.due_at)} {state}{late}"
        if promise.judged_at != promise.due_at:
            told += f", judged by {self.told(promise.judged_at)}"
        if promise.moved:
            told += f", moved {promise.moved}, first {self.told(promise.first_due_at)}"
        return told

    def follow_ups_cell(self, number: int = 1) -> str:
        return "; ".join(self._follow_up_told(f) for f in self.follow_ups(number)) or "-"

    def _follow_up_told(self, follow_up: FollowUp) -> str:
        kind = ("quiet " if follow_up.quiet else "") + follow_up.kind.replace("_", "-")
        return f"{follow_up.number} {kind} {self.told(follow_up.due_at)} {follow_up.state}"

    def counts_cell(self, number: int = 1) -> str:
        inquiry, messages = self.seen(number), self.messages(number)
        counts = [f"{name} {n}" for name in ("chased", "attempts", "reopened") if (n := getattr(
            inquiry, name
        ))]  # fmt: skip
        if inquiry.first_reply_at:
            counts.insert(0, f"first reply {self.told(inquiry.first_reply_at)}")
        if messages and not messages[-1].reached:
            counts.append("not reached")
        return ", ".join(counts) or "-"
