"""What `remind install`, `status` and `remove` answer."""

from __future__ import annotations

from cxdesk.views import words
from cxdesk.views.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date, datetime
    from typing import Any, Protocol

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.records import MailLine
    from cxdesk.views.screen import Screen

    class Trouble(Protocol):
        """What is wrong, and what to type."""

        @property
        def sentence(self) -> str: ...
        @property
        def remedy(self) -> str: ...

    class Record(Protocol):
        """What the desk knows of the job."""

        @property
        def last_run_at(self) -> datetime | None: ...
        @property
        def last_run(self) -> str | None: ...
        @property
        def digest_on(self) -> date | None: ...
        @property
        def digest(self) -> MailLine | None: ...
        @property
        def pending(self) -> int: ...
        @property
        def uncertain(self) -> int: ...
        @property
        def backup_at(self) -> datetime | None: ...
        @property
        def backup_path(self) -> str | None: ...


def offer(to: str, line: str, carried: Mapping[str, str]) -> list[str]:
    """What the owner is to know before saying yes."""
    told = [f"A test mail went to {to}. This line would go into your crontab:", f"  {line}"]
    if carried:
        names = ", ".join(carried)
        told.append(f"cron has nothing of your shell, so the line brings {names} itself.")
    return told


class InstalledView(View):
    """The line is in the crontab, now or before. `to`: who got the test mail."""

    is_deed = True

    def __init__(self, line: str, *, to: str | None, was_there: bool) -> None:
        self.line = line
        self.to = to
        self.was_there = was_there

    def to_json(self) -> dict[str, Any]:
        return {
            "did": "remind install",
            "installed": True,
            "was_there": self.was_there,
            "line": self.line,
            "tested": self.to,
        }

    def lines(self) -> Iterable[str]:
        yield words.row("already" if self.was_there else "installed", self.line)

    def draw(self, screen: Screen) -> None:
        if self.was_there:
            screen.text("It is installed already; nothing was changed.")
        else:
            screen.text("Installed. You hear from it when there is something to tell.")
        screen.hint("How it does: cxdesk remind status    Out again: cxdesk remind remove")


class RemovedView(View):
    """The line that was taken out; None where there was none."""

    is_deed = True

    def __init__(self, line: str | None) -> None:
        self.line = line

    def to_json(self) -> dict[str, Any]:
        return {"did": "remind remove", "removed": self.line is not None, "line": self.line}

    def lines(self) -> Iterable[str]:
        yield words.row("removed" if self.line else "nothing", self.line or "")

    def draw(self, screen: Screen) -> None:
        if self.line is None:
            screen.text("It is not in your crontab; nothing was changed.")
        else:
            screen.text("Taken out of your crontab. No mail will come by itself any more.")
            screen.hint("In again: cxdesk remind install")


class StatusView(View):
    """How the reminder job does."""

    def __init__(
        self,
        known: Record,
        line: str | None,
        to: str | None,
        wrong: Sequence[Trouble],
        hours: OpeningHours,
        now: datetime,
    ) -> None:
        self.known = known
        self.line = line
        self.to = to
        self.wrong = wrong
        self.hours = hours
        self.now = now

    def to_json(self) -> dict[str, Any]:
        known, digest = self.known, self.known.digest
        return {
            "installed": self.line is not None,
            "line": self.line,
            "to": self.to,
            "last_run_at": words.iso_or_none(known.last_run_at, self.hours),
            "last_run": known.last_run,
            "last_digest_on": known.digest_on.isoformat() if known.digest_on else None,
            "last_digest": digest.state if digest else None,
            "last_digest_at": words.iso_or_none(digest.sent_at if digest else None, self.hours),
            "pending": known.pending,
            "uncertain": known.uncertain,
            "last_backup_at": words.iso_or_none(known.backup_at, self.hours),
            "last_backup": known.backup_path,
            "wrong": [{"message": one.sentence, "hint": one.remedy} for one in self.wrong],
        }

    def lines(self) -> Iterable[str]:
        yield words.row("crontab", self.line or "")
        yield words.row("to", self.to or "")
        yield words.row("run", words.written(self.known.last_run_at, self.hours))
        digest = self.known.digest
        yield words.row("digest", self.known.digest_on or "", digest.state if digest else "")
        yield words.row("backup", words.written(self.known.backup_at, self.hours))
        for one in self.wrong:
            yield words.row("wrong", one.sentence, one.remedy)

    def draw(self, screen: Screen) -> None:
        for one in self.wrong:
            screen.text(one.sentence)
            screen.text(one.remedy, 2)
        if self.wrong:
            screen.blank()
        for label, said in self._facts():
            screen.flow([f"{label:<12}", said], 13, begin=0)
        if not self.wrong:
            screen.blank()
            screen.text("All is well.")

    def _facts(self) -> Iterable[tuple[str, str]]:
        known = self.known
        yield "Mails go to", self.to or "nobody yet"
        yield "Crontab", self.line or "not there"
        yield "Last run", self._moment(known.last_run_at, "never")
        if known.digest is not None and known.digest_on is not None:
            day = known.digest_on
            yield "Last digest", f"of {day:%a} {day.day} {day:%b}, {known.digest.state}"
        if known.backup_at is not None:
            yield "Last backup", self._moment(known.backup_at, "never")

    def _moment(self, at: datetime | None, never: str) -> str:
        return words.moment(at, self.hours, self.now) if at else never
