"""What came in by mail: what became of each, and what waits in the quarantine."""

from __future__ import annotations

import sys
from contextlib import contextmanager

from cxdesk.domain.received import is_elsewhere
from cxdesk.domain.records import NamedTuple
from cxdesk.views import words
from cxdesk.views.screen import paragraphs
from cxdesk.views.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.received import Received
    from cxdesk.views.screen import Screen

MOST_SHOWN = 8  # mails on a terminal; a pipe and JSON name every one
MOST_NUMBERS = 12
MOST_LINES = 20


class Told(NamedTuple):
    """What became of one mail, small enough to keep for each of a hundred thousand. `via`: own,
    bounce, references, subject, new, duplicate or quarantined; `attachments` are (name, type,
    size); `due_at`: until when an answer is owed, asked for only where it is shown; `is_sent`: the
    owner wrote it, and on a terminal `name` is whom to."""

    via: str | None
    place: str
    message_id: str | None = None
    name: str | None = None
    email: str | None = None
    subject: str | None = None
    received_at: datetime | None = None
    inquiry: int | None = None
    is_new: bool = False
    automatic: bool = False
    bounce: bool = False
    attachments: tuple[tuple[str, str, int], ...] = ()
    doubts: str | None = None
    why: str | None = None
    due_at: datetime | None = None
    is_sent: bool = False

    @property
    def who(self) -> str:
        return self.name or self.email or words.NOBODY

    @property
    def matters(self) -> bool:
        """Whether the owner wants to see it at once: not a copy, not what was known."""
        return self.via not in ("duplicate", "own") or self.is_new


class Counts(NamedTuple):
    """How many mails were read, and what became of them."""

    fetched: int = 0
    stored: int = 0
    duplicates: int = 0
    quarantined: int = 0


class Trouble(NamedTuple):
    """An account that could not be read to its end, and why."""

    account: str
    sentence: str
    remedy: str


class TakenView(View):
    """`mail import`, `mail fetch`. `told` is every mail, or on a terminal the first that matter;
    `new` the numbers of the inquiries that were begun."""

    is_deed = True

    def __init__(
        self,
        counts: Counts,
        told: Sequence[Told],
        new: Sequence[int],
        hours: OpeningHours,
        now: datetime,
        *,
        dry_run: bool = False,
        more: dict[str, Any] | None = None,
        said: Sequence[str] = (),
    ) -> None:
        self.counts = counts
        self.told = told
        self.new = new
        self.hours = hours
        self.now = now
        self.dry_run = dry_run
        self.more = more or {}
        self.acknowledged: Sequence[int] = self.more.get("acknowledged", ())
        self.said = said

    def to_json(self) -> dict[str, Any]:
        messages = [self._json(one) for one in self.told]
        counts = self.counts._asdict()
        return {**counts, "messages": messages, "dry_run": self.dry_run, **self.more}

    def _json(self, one: Told) -> dict[str, Any]:
        return {
            "message_id": one.message_id,
            "from": {"name": one.name, "email": one.email},
            "subject": one.subject,
            "at": words.iso_or_none(one.received_at, self.hours),
            "inquiry": one.inquiry,
            "is_new": one.is_new,
            "via": one.via,
            "automatic": one.automatic,
            "bounce": one.bounce,
            "attachments": [
                {"name": name, "type": kind, "size": size} for name, kind, size in one.attachments
            ],
            "place": one.place,
            "doubts": one.doubts.split("; ") if one.doubts else [],
            "why": one.why,
        }

    def lines(self) -> Iterable[str]:
        for one in self.told:
            at = words.written(one.received_at, self.hours)
            who = one.email or one.name
            yield words.row(one.inquiry, one.via, at, who, one.subject, one.place, one.why)

    def draw(self, screen: Screen) -> None:
        for one in [one for one in self.told if one.matters][:MOST_SHOWN]:
            number = f"{one.inquiry or '-':>3} "
            screen.flow([number, *screen.plain(self._line(one)).split()], 5, begin=0)
        screen.text(self._summary())

    def _line(self, one: Told) -> str:
        if one.via == "quarantined":
            return f"{one.place}: {'put aside' if one.received_at else 'not taken'}, {one.why}"
        what = one.subject or "(no subject)"
        if one.bounce:
            return f"came back: {what}"
        if one.is_sent:
            return f"you to {one.who}: {what}"
        if not one.is_new:
            return f"{one.who}, on it: {what}"
        due = f" - answer by {words.moment(one.due_at, self.hours, self.now)}" if one.due_at else ""
        return f"{one.who}: {what}{due}"

    def _summary(self) -> str:
        counts = self.counts
        if not counts.fetched:
            return f"No new mail{self._acknowledged('; ')}" if self.acknowledged else "No new mail."
        told = [f"{counts.stored} {'would be ' if self.dry_run else ''}taken in{self._new()}"]
        if counts.duplicates:
            told.append(f"{counts.duplicates} known already")
        if counts.quarantined:
            told.append(f"{counts.quarantined} quarantined (cxdesk mail quarantine)")
        summary = f"{words.counted(counts.fetched, 'mail')}: {', '.join(told)}"
        return summary + self._acknowledged(", ")

    def _new(self) -> str:
        if not self.new:
            return ""
        listed = _numbers(self.new)
        return f" ({words.counted(len(self.new), 'new inquiry', 'new inquiries')}: {listed})"

    def _acknowledged(self, before: str) -> str:
        """What was sent in the owner's name, and on which inquiries."""
        if not self.acknowledged:
            return ""
        return f"{before}{len(self.acknowledged)} acknowledged: {_numbers(self.acknowledged)}"

    def asides(self) -> Sequence[str]:
        return self.said


def _numbers(numbers: Sequence[int]) -> str:
    listed = " ".join(map(str, numbers[:MOST_NUMBERS]))
    return f"{listed} ... {numbers[-1]}" if len(numbers) > MOST_NUMBERS else listed


class BusyView(View):
    """`mail fetch` while another one is at work."""

    is_deed = True

    def to_json(self) -> dict[str, Any]:
        return {**Counts()._asdict(), "messages": [], "dry_run": False, "busy": True}

    def lines(self) -> Iterable[str]:
        return ()

    def draw(self, screen: Screen) -> None:
        screen.text("Another cxdesk mail fetch is at work; it sees to this.")


# Quarantine --------------------------------------------------------------------------------------


class QuarantineView(View):
    """`mail quarantine`: what could not be read, the oldest first."""

    def __init__(self, mails: Sequence[Received], hours: OpeningHours, now: datetime) -> None:
        self.mails = mails
        self.hours = hours
        self.now = now

    def to_json(self) -> dict[str, Any]:
        return {"quarantine": [quarantined_json(one, self.hours) for one in self.mails]}

    def lines(self) -> Iterable[str]:
        for one in self.mails:
            at = words.written(one.received_at, self.hours)
            yield words.row(one.id, at, one.size, one.place, one.detail)

    def draw(self, screen: Screen) -> None:
        if not self.mails:
            screen.text("Nothing is quarantined: every mail could be read.")
            return
        for one in self.mails:
            at = words.moment(one.received_at, self.hours, self.now)
            screen.flow(_heading(one, at), 6, begin=0)
            screen.text(one.detail or "", 6)
        screen.blank()
        screen.hint("Look at one: cxdesk mail quarantine show NUMBER")
        screen.hint("Read them again: cxdesk mail quarantine retry")
        screen.hint("Not wanted: cxdesk mail quarantine drop NUMBER")


class QuarantinedView(View):
    """`mail quarantine show NUMBER`: the header and the beginning."""

    def __init__(self, mail: Received, beginning: str, hours: OpeningHours, now: datetime) -> None:
        self.mail = mail
        self.beginning = beginning
        self.hours = hours
        self.now = now

    def to_json(self) -> dict[str, Any]:
        told = quarantined_json(self.mail, self.hours)
        return {"quarantine": [{**told, "beginning": self.beginning}]}

    def lines(self) -> Iterable[str]:
        return paragraphs(self.beginning)

    def draw(self, screen: Screen) -> None:
        mail = self.mail
        at = words.moment(mail.received_at, self.hours, self.now)
        screen.flow(_heading(mail, at), 6, begin=0)
        screen.text(mail.detail or "", 6)
        if is_elsewhere(mail):
            return
        screen.blank()
        for line in paragraphs(self.beginning)[:MOST_LINES]:
            screen.text(line)
        screen.blank()
        screen.hint(f"The bytes: cxdesk mail quarantine show {mail.id} --raw > mail.eml")
        screen.hint(f"Read it again: cxdesk mail quarantine retry {mail.id}")


class DroppedView(View):
    """`mail quarantine drop`: the numbers of what is gone."""

    is_deed = True

    def __init__(self, dropped: Sequence[int]) -> None:
        self.dropped = dropped

    def to_json(self) -> dict[str, Any]:
        return {"did": "mail quarantine drop", "dropped": list(self.dropped)}

    def lines(self) -> Iterable[str]:
        return (words.row(number, "dropped") for number in self.dropped)

    def draw(self, screen: Screen) -> None:
        screen.text(f"{words.counted(len(self.dropped), 'mail')} dropped.")


def _heading(mail: Received, at: str) -> list[str]:
    size = "not here," if is_elsewhere(mail) else f"{words.size(mail.size)},"
    return [f"{mail.id:>4} ", f"{at},", size, mail.place]


def quarantined_json(mail: Received, hours: OpeningHours) -> dict[str, Any]:
    return {
        "number": mail.id,
        "at": words.iso(mail.received_at, hours),
        "size": mail.size,
        "place": mail.place,
        "why": mail.detail,
        "message_id": mail.message_id,
    }


# Attachments -------------------------------------------------------------------------------------


class AttachmentsView(View):
    """`mail attachments NUMBER`: (number within the inquiry, name, type, size, when, from whom)."""

    def __init__(
        self,
        inquiry: int,
        listed: Sequence[tuple[int, str, str, int, datetime, str | None]],
        hours: OpeningHours,
        now: datetime,
    ) -> None:
        self.inquiry = inquiry
        self.listed = listed
        self.hours = hours
        self.now = now

    def to_json(self) -> dict[str, Any]:
        return {
            "inquiry": self.inquiry,
            "attachments": [
                {
                    "number": number,
                    "name": name,
                    "type": kind,
                    "size": length,
                    "at": words.iso(at, self.hours),
                    "from": whose,
                }
                for number, name, kind, length, at, whose in self.listed
            ],
        }

    def lines(self) -> Iterable[str]:
        for number, name, kind, length, at, whose in self.listed:
            yield words.row(number, name, kind, length, words.written(at, self.hours), whose)

    def draw(self, screen: Screen) -> None:
        if not self.listed:
            screen.text(f"Nothing is attached to the mails of {self.inquiry}.")
            return
        for number, name, kind, length, at, whose in self.listed:
            when = words.moment(at, self.hours, self.now)
            screen.flow(
                [f"{number:>3} ", name, words.size(length), f"({kind}),", f"{when},"], 5, begin=0
            )
            screen.text(f"from {whose or words.NOBODY}", 5)
        screen.blank()
        which = f" {self.listed[0][0]}" if len(self.listed) > 1 else ""
        screen.hint(f"Save one: cxdesk mail save {self.inquiry}{which}")


class SavedView(View):
    """`mail save`: where the bytes are now."""

    is_deed = True

    def __init__(self, inquiry: int, saved: Sequence[tuple[str, str, int]]) -> None:
        self.inquiry = inquiry
        self.saved = saved

    def to_json(self) -> dict[str, Any]:
        listed = [{"name": name, "path": path, "size": length} for name, path, length in self.saved]
        return {"did": "mail save", "inquiry": self.inquiry, "saved": listed}

    def lines(self) -> Iterable[str]:
        for _, path, length in self.saved:
            yield words.row(self.inquiry, path, length)

    def draw(self, screen: Screen) -> None:
        for _, path, length in self.saved:
            screen.text(f"Saved: {path} ({words.size(length)})")


# While it lasts ----------------------------------------------------------------------------------


@contextmanager
def progress(total: float | None, *, shown: bool) -> Iterator[Callable[[float, str], None]]:
    """How far a long run has come, on a terminal's stderr; gone when it is over. Call it with how
    much of `total` is done, and a few words. `total` is None where that is not known."""
    if not shown:
        yield lambda done, said: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(file=sys.stderr, markup=False, emoji=False, highlight=False)
    columns = (BarColumn(), TextColumn("{task.fields[said]}", markup=False), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True, redirect_stdout=False) as bar:
        task = bar.add_task("", total=total, said="")
        yield lambda done, said: bar.update(task, completed=done, said=said)
