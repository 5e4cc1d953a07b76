"""Reports and short answers: promises kept, advice, a phrase read, an import, undo."""

from __future__ import annotations

from cxdesk.views import words
from cxdesk.views.screen import size
from cxdesk.views.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any, Protocol

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.phrases import When
    from cxdesk.domain.records import ChannelAdvice, ChannelReport, Deed, PromiseReport
    from cxdesk.views.screen import Screen

    class Problem(Protocol):
        """What is wrong with one row of a file; the formats have their own."""

        @property
        def line(self) -> int: ...
        @property
        def column(self) -> str | None: ...
        @property
        def message(self) -> str: ...


# As many reply times as it takes to say "9 times of 10".
ENOUGH = 9
_COUNTS = ("kept", "late", "overdue", "moved", "released", "open")


class PromiseReportView(View):
    """`report promises`: by channel, those that customers were told of, and all of them."""

    def __init__(self, report: PromiseReport, hours: OpeningHours, now: datetime) -> None:
        self.report = report
        self.hours = hours
        self.now = now

    def to_json(self) -> dict[str, Any]:
        return {
            "since": words.iso(self.report.since_at, self.hours),
            "channels": [dict(row._asdict()) for row in self.report.channels],
            "told": self.report.told._asdict() | {"channel": None},
            "total": self.report.total._asdict() | {"channel": None},
        }

    def _named(self) -> list[tuple[str, ChannelReport]]:
        found = [(row.channel, row) for row in self.report.channels]
        return [*found, ("told", self.report.told), ("in all", self.report.total)]

    def lines(self) -> Iterable[str]:
        for name, row in self._named():
            yield words.row(name, *row[1:])

    def draw(self, screen: Screen) -> None:
        since = words.day(self.report.since_at, self.hours, self.now)
        screen.text(f"Promises since {since}")
        screen.blank()
        wide = max(size(screen.plain(name)) for name, _ in self._named())
        for name, row in self._named():
            screen.flow([screen.fill(name, wide), *_report_words(row)], 4, begin=2)
        screen.hint("told: the customer knew. What may I promise? cxdesk report advise")


def _report_words(row: ChannelReport) -> list[str]:
    """The rate first, as that is what one asks; what is zero is left out."""
    judged = row.kept + row.late + row.overdue
    told = [f"{row.kept} of {judged} kept"] if judged else ["nothing judged yet"]
    if row.kept_rate is not None:
        told[0] += f" ({row.kept_rate:.0%})"
    told += [f"{getattr(row, name)} {name}" for name in _COUNTS[1:] if getattr(row, name)]
    if row.median_reply_minutes is not None:
        told.append(f"half answered within {words.business_time(row.median_reply_minutes)}")
    return [part + "," for part in told[:-1]] + told[-1:]


class AdviceView(View):
    """`advise`: what may safely be promised, from the owner's own history."""

    def __init__(self, advice: Sequence[ChannelAdvice]) -> None:
        self.advice = advice

    def to_json(self) -> dict[str, Any]:
        return {"channels": [dict(row._asdict()) for row in self.advice]}

    def lines(self) -> Iterable[str]:
        return (words.row(*row) for row in self.advice)

    def draw(self, screen: Screen) -> None:
        for row in self.advice:
            screen.text(f"{screen.plain(row.channel)}: {advice_words(row)}", 4, begin=2)
        screen.hint("To change a policy: cxdesk channel set email --policy 2bd")


def advice_words(row: ChannelAdvice) -> str:
    if row.n < ENOUGH:
        return f"not enough history ({row.n} of {ENOUGH}); the policy is {row.policy}"
    told = [f"the policy is {row.policy}"]
    if row.kept_rate is not None:
        told[0] += f", kept {row.kept_rate:.0%} of the time"
    safe = ((row.at_90, "9 times of 10"), (row.at_95, "19 times of 20"))
    told += [f"{code} would be kept {often}" for code, often in safe if code]
    if not row.at_90:
        told.append("no everyday promise would be kept 9 times of 10")
    if row.usual_margin_minutes is not None and row.usual_margin_minutes > 0:
        told.append(f"usually beaten by {words.business_time(row.usual_margin_minutes)}")
    return "; ".join(told)


class WhenView(View):
    """`when PHRASE`: how it is read, with the working."""

    def __init__(self, when: When, hours: OpeningHours, now: datetime) -> None:
        self.when = when
        self.hours = hours
        self.now = now

    def asides(self) -> Sequence[str]:
        return [self.when.warning] if self.when.warning else []

    def to_json(self) -> dict[str, Any]:
        return {
            "said": self.when.said,
            "at": words.iso(self.when.at, self.hours),
            "start": words.iso_or_none(self.when.start, self.hours),
            "has_time": self.when.has_time,
            "working": list(self.when.working),
        }

    def lines(self) -> Iterable[str]:
        """The instant, and where it is a window its beginning; then the working."""
        at = words.written(self.when.at, self.hours)
        yield words.row(at, words.written(self.when.start, self.hours))
        yield from (words.row(text) for text in self.when.working)

    def draw(self, screen: Screen) -> None:
        if self.when.start is not None:
            end = self.hours.local(self.when.at)
            start = words.moment(self.when.start, self.hours, self.now)
            screen.text(f"{start}-{end:%H:%M}")
        else:
            screen.text(words.moment(self.when.at, self.hours, self.now))
        for text in self.when.working:
            screen.text(text, 4, begin=2)


class ImportView(View):
    """What an import made, changed and left alone, and what is wrong with which line.

    `under`: whose messages, on which channel, in which zone and hours: what the figures rest on.
    """

    is_deed = True

    def __init__(
        self,
        created: int,
        updated: int,
        unchanged: int,
        problems: Sequence[Problem] = (),
        *,
        under: Sequence[tuple[str, str]] = (),
        dry_run: bool = False,
    ) -> None:
        self.counts = {"created": created, "updated": updated, "unchanged": unchanged}
        self.problems = problems
        self.under = under
        self.dry_run = dry_run

    def asides(self) -> Sequence[str]:
        return [_problem_words(problem) for problem in self.problems]

    def to_json(self) -> dict[str, Any]:
        problems = [
            {"line": problem.line, "column": problem.column, "message": problem.message}
            for problem in self.problems
        ]
        return {**self.counts, "problems": problems, "under": dict(self.under)}

    def lines(self) -> Iterable[str]:
        yield from (words.row(count, what) for what, count in self.counts.items())
        yield from (words.row("under", *pair) for pair in self.under)

    def draw(self, screen: Screen) -> None:
        told = [f"{count} {what}" for what, count in self.counts.items()]
        screen.text(", ".join(told) + "." + self.dry_run * " Nothing was written.", 1)
        for name, value in self.under:
            screen.text(f"{name:<8} {value}", 10, begin=1)
        if self.dry_run:
            return
        if self.counts["created"] or self.counts["updated"]:
            screen.hint("Wrong? cxdesk undo")


def _problem_words(problem: Problem) -> str:
    where = f"line {problem.line}" + (f", {problem.column}" if problem.column else "")
    return f"{where}: {problem.message}"


class UndoView(View):
    """`undo` and `redo`; `mailed`: what became of the mail of a reply; `whose`: on which inquiry
    that was, and the customer's name."""

    is_deed = True

    def asides(self) -> Sequence[str]:
        return self.mailed

    def __init__(
        self,
        deed: Deed,
        hours: OpeningHours,
        now: datetime,
        *,
        redo: bool = False,
        mailed: Sequence[str] = (),
        whose: tuple[int, str | None] | None = None,
    ) -> None:
        self.deed = deed
        self.whose = whose
        self.mailed = mailed
        self.hours = hours
        self.now = now
        self.redo = redo

    def to_json(self) -> dict[str, Any]:
        key = "redid" if self.redo else "undid"
        at = words.iso(self.deed.done_at, self.hours)
        return {key: self.deed.name, "at": at, "warnings": list(self.mailed)}

    def lines(self) -> Iterable[str]:
        verb = "redid" if self.redo else "undid"
        yield words.row(verb, self.deed.name, words.written(self.deed.done_at, self.hours))

    def draw(self, screen: Screen) -> None:
        at = words.moment(self.deed.done_at, self.hours, self.now)
        verb, back = ("Done again", "undo") if self.redo else ("Taken back", "redo")
        what = screen.plain(self.deed.name)
        if self.whose is not None:
            number, name = self.whose
            what = f"your reply to {screen.plain(name or words.NOBODY)} ({number})"
        screen.text(f"{verb}: {what} of {at}.", 1)
        screen.hint(f"Wrong? cxdesk {back}")


class TextView(View):
    """Lines that are the same for a person and a pipe, and what a program gets for them."""

    def __init__(
        self, text: Sequence[str], told: Mapping[str, Any], *, is_deed: bool = False
    ) -> None:
        self.text = text
        self.told = dict(told)
        self.is_deed = is_deed

    def to_json(self) -> dict[str, Any]:
        return self.told

    def lines(self) -> Iterable[str]:
        return iter(self.text)

    def draw(self, screen: Screen) -> None:
        for text in self.text:
            screen.text(text.lstrip(" "), len(text) - len(text.lstrip(" ")))


class AgainView(View):
    """The answer to a deed with a key that was used before: the same as then, nothing new."""

    is_deed = True

    def __init__(self, told: Mapping[str, Any], text: Sequence[str]) -> None:
        self.told = dict(told)
        self.text = text

    def to_json(self) -> dict[str, Any]:
        return self.told

    def lines(self) -> Iterable[str]:
        return iter(self.text)

    def draw(self, screen: Screen) -> None:
        for text in self.text:
            screen.text(text.replace("\t", "  "), 1)
        screen.text("Noted before with this key; nothing new.", 1)


def again(answer: str) -> AgainView:
    """From what was kept with the deed."""
    from json import loads

    kept = loads(answer)
    return AgainView(kept["json"], kept["lines"])
