"""docs/states.md, "Nobody vanishes": whatever is done, in whatever order, nobody is forgotten.

A made-up history is played on a real desk; after each step what must always hold is looked up
again by brute force, and the step is undone and redone.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from cxdesk.domain.records import FollowUp, Inquiry, Promise
from cxdesk.errors import RefusedError, UsageError
from cxdesk.store import history, inquiries, search
from cxdesk.store.database import Sql
from tests.states.helpers import Desk

# Before clocks change, before Christmas, before a year's end of short days.
BEGINNINGS = ["2026-03-26T16:20", "2026-10-23T09:05", "2026-12-22T11:00", "2026-05-04T00:00"]
ZONES = ["Europe/London", "America/New_York", "Asia/Kolkata", "Pacific/Auckland"]
SPECIAL = {"2026-04-03": "", "2026-12-25": "", "2026-12-24": "09:00-12:00", "2026-05-05": ""}
HOURS, DAYS = (7, 61, 95, 600), (1440, 1453, 2 * 1440 + 1, 4 * 1440 - 5, 9 * 1440)

people = st.sampled_from(["Ann Lee", "Bob Ray", "Kim Sons", "Zoë Ivović"])
spans = st.sampled_from(["30min", "2h", "3bh", "1bd", "2bd", "4d", "9d", "2w"])
maybe_span = st.none() | spans
owing = st.none() | spans | st.just("none")
series = st.sampled_from([None, "every day", "every 2 weeks", "every mon and thu", "every month"])
picks = st.integers(0, 9)
ago = st.sampled_from([0, 0, 0, 1, 40, 300, 1500, 6000])
vias = st.sampled_from([None, None, "email", "phone", "chat", "post"])
endings = st.sampled_from([None, None, "missed", "answered", "solved", "wait"])

_INQUIRIES = Sql(f"SELECT {inquiries.INQUIRY} FROM inquiry i", Inquiry)
_PROMISES = Sql(f"SELECT {inquiries.PROMISE} FROM promise p", Promise)
_FOLLOW_UPS = Sql(f"SELECT {inquiries.FOLLOW_UP} FROM follow_up f", FollowUp)
_TEXTS = Sql(
    "SELECT inquiry_number, text FROM message WHERE text <> '' AND inquiry_number IS NOT NULL"
)
_CHECK_INDEX = Sql("INSERT INTO search_index (search_index) VALUES ('integrity-check')")


class Histories(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.desk = Desk()
        self.given: set[int] = set()
        self.said = 0

    @initialize(
        begin=st.sampled_from(BEGINNINGS),
        zone=st.sampled_from(ZONES),
        checks=st.sampled_from(["loud", "loud", "all", "none"]),
    )
    def begin(self, begin: str, zone: str, checks: str) -> None:
        self.desk = Desk(zone=zone)
        local = datetime.fromisoformat(begin).replace(tzinfo=ZoneInfo(zone))
        self.desk.now = local.astimezone(UTC)
        self.desk.set_checks(checks)
        for day, hours in SPECIAL.items():
            self.desk.link.execute(
                "INSERT INTO special_day (day_on, hours) VALUES (:day, :hours)",
                {"day": day, "hours": hours},
            )

    # Playing ---------------------------------------------------------------------------------

    def play(self, verb: Callable[[], Any]) -> None:
        """Do it; refused, nothing is changed; done, it can be undone and redone to the letter."""
        self.desk.settle()
        before, last = self.desk.rows(), self.desk.last_number()
        try:
            verb()
        except (RefusedError, UsageError):
            assert self.desk.rows() == before
            return
        after = self.desk.rows()
        if after == before:
            return
        fresh = self.numbers() - self.given
        assert all(number > last for number in fresh)
        self.given |= fresh
        self.desk.undo()
        assert self.desk.rows() == before
        self.desk.redo()
        assert self.desk.rows() == after

    def text(self) -> str:
        """Words that no other message has."""
        self.said += 1
        return f"word{self.said} It's a wobbly shelf"

    def back(self, minutes: int) -> datetime:
        return self.desk.now - timedelta(minutes=minutes)

    def inquiry(self, pick: int) -> int:
        """Some inquiry, the newest rather than the oldest."""
        numbers = [inquiry.number for inquiry in self.inquiries()]
        return self.chosen([pick], numbers)[0]

    def inquiries(self) -> list[Inquiry]:
        return self.desk.link.all(_INQUIRIES)

    def open_tasks(self) -> list[int]:
        return [one.number for one in self.open_rows()]

    def open_rows(self) -> list[Promise | FollowUp]:
        rows = self.desk.link.all(_PROMISES) + self.desk.link.all(_FOLLOW_UPS)
        return [row for row in rows if row.state == "open"]

    def numbers(self) -> set[int]:
        link = self.desk.link
        rows = [*self.inquiries(), *link.all(_PROMISES), *link.all(_FOLLOW_UPS)]
        numbers = [row.number for row in rows]
        assert len(numbers) == len(set(numbers))
        return set(numbers)

    def has_inquiries(self) -> bool:
        return bool(self.inquiries())

    def has_tasks(self) -> bool:
        return bool(self.open_rows())

    # Deeds -----------------------------------------------------------------------------------

    @rule(minutes=st.sampled_from(HOURS + DAYS))
    def time_passes(self, minutes: int) -> None:
        self.desk.now += timedelta(minutes=minutes)

    @precondition(has_tasks)
    @rule(pick=picks, minutes=st.sampled_from([-90, -1, 0, 1]))
    def time_passes_until_about_when_something_is_due(self, pick: int, minutes: int) -> None:
        due = sorted(row.due_at for row in self.open_rows())
        self.desk.now = max(self.desk.now, due[pick % len(due)] + timedelta(minutes=minutes))

    @rule(
        who=people,
        out=st.booleans(),
        end=endings,
        by=owing,
        what=st.none() | st.just("the key"),
        via=vias,
        minutes=ago,
        mood=st.sampled_from([None, "good", "bad"]),
        follow=maybe_span,
    )
    def log(self, who: str, out: bool, end: str | None, minutes: int, **said: Any) -> None:
        if (out and end in ("answered", "solved")) or end in ("wait", "solved"):
            said["by"] = None
        if out and end in ("answered", "solved"):
            end = None
        if said["by"] in (None, "none"):
            said["what"] = None
        at = self.back(minutes)
        self.play(lambda: self.desk.log(self.text(), who, out=out, end=end, at=at, **said))

    @precondition(has_inquiries)
    @rule(pick=picks, out=st.booleans(), end=endings, by=owing, via=vias, minutes=ago)
    def log_on(self, pick: int, out: bool, end: str | None, minutes: int, **said: Any) -> None:
        if out and end in ("answered", "solved"):
            end = None
        if end in ("wait", "solved"):
            said["by"] = None
        number, at = self.inquiry(pick), self.back(minutes)
        self.play(lambda: self.desk.log(self.text(), on=number, out=out, end=end, at=at, **said))

    @precondition(has_inquiries)
    @rule(
        pick=picks,
        end=st.sampled_from([None, None, "open", "wait", "solved", "missed"]),
        by=owing,
        what=st.none() | st.just("the key"),
        minutes=ago,
        note=st.sampled_from(["", "", "was glad"]),
    )
    def reply(self, pick: int, end: str | None, minutes: int, **said: Any) -> None:
        if end in ("wait", "solved", "missed"):
            said["by"] = None
        if said["by"] in (None, "none"):
            said["what"] = None
        number, at = self.inquiry(pick), self.back(minutes)
        self.play(lambda: self.desk.reply(number, self.text(), end=end, at=at, **said))

    @precondition(has_inquiries)
    @rule(pick=picks, rating=st.none() | st.integers(1, 5), words=st.sampled_from(["", "thanks"]))
    def solved(self, pick: int, rating: int | None, words: str) -> None:
        self.play(lambda: self.desk.solved(self.inquiry(pick), rating, words))

    @precondition(has_inquiries)
    @rule(pick=picks, chase=owing)
    def wait(self, pick: int, chase: str | None) -> None:
        self.play(lambda: self.desk.wait(self.inquiry(pick), chase))

    @precondition(has_inquiries)
    @rule(pick=picks, by=spans, what=st.none() | st.just("the key"))
    def promise(self, pick: int, by: str, what: str | None) -> None:
        self.play(lambda: self.desk.promise(self.inquiry(pick), by, what))

    @rule(who=people, by=spans)
    def promise_to_a_customer(self, who: str, by: str) -> None:
        self.play(lambda: self.desk.promise(who, by, "what we agreed"))

    @precondition(has_inquiries)
    @rule(pick=picks, when=spans, every=series, after_done=st.booleans())
    def follow(self, pick: int, when: str, every: str | None, after_done: bool) -> None:
        number = self.inquiry(pick)
        self.play(
            lambda: self.desk.follow(
                number, when, "look in", every=every, after_done=after_done and every is not None
            )
        )

    @rule(who=people, when=spans)
    def follow_a_customer(self, who: str, when: str) -> None:
        self.play(lambda: self.desk.follow(who, when))

    @precondition(has_tasks)
    @rule(chosen=st.lists(picks, min_size=1, max_size=3), minutes=ago)
    def done(self, chosen: list[int], minutes: int) -> None:
        numbers = self.chosen(chosen, self.open_tasks())
        self.play(lambda: self.desk.done(*numbers, note="so it was", at=self.back(minutes)))

    @precondition(has_tasks)
    @rule(pick=picks, to=spans, told=st.booleans())
    def move(self, pick: int, to: str, told: bool) -> None:
        (number,) = self.chosen([pick], self.open_tasks())
        self.play(lambda: self.desk.move(number, to, told, why="the van broke down"))

    @precondition(has_inquiries)
    @rule(chosen=st.lists(picks, min_size=1, max_size=2), series=st.booleans())
    def drop(self, chosen: list[int], series: bool) -> None:
        alive = [i.number for i in self.inquiries() if i.status != "closed"]
        numbers = self.chosen(chosen, self.open_tasks() * 2 + alive)
        self.play(lambda: self.desk.drop(*numbers, series=series, why="no longer"))

    @rule(times=st.integers(1, 4))
    def undo_and_redo_several(self, times: int) -> None:
        self.desk.settle()
        before, undone = self.desk.rows(), 0
        try:
            for _ in range(times):
                self.desk.undo()
                undone += 1
        except RefusedError:
            pass
        for _ in range(undone):
            self.desk.redo()
        self.desk.settle()
        assert self.desk.rows() == before

    @rule()
    def undo(self) -> None:
        """Nothing but quiet closings ever built on the owner's last deed."""
        self.desk.settle()
        if history.last_done(self.desk.link) is not None:
            self.desk.undo()

    def chosen(self, picked: list[int], numbers: list[int]) -> list[int]:
        return list(dict.fromkeys(numbers[-1 - pick % len(numbers)] for pick in picked if numbers))

    # What must always hold -------------------------------------------------------------------

    @invariant()
    def whoever_is_not_closed_is_on_the_agenda_or_counted_as_undated(self) -> None:
        open_on = {row.inquiry_number for row in self.open_rows()}
        alive = [i for i in self.inquiries() if i.status != "closed"]
        undated = {i.number for i in alive} - open_on
        everything = self.desk.due(everything=True)

        listed = {i.inquiry for i in everything.items if i.kind == "inquiry"}
        assert listed == undated
        assert everything.undated == self.desk.due().undated == len(undated)

    @invariant()
    def what_is_open_fits_the_status(self) -> None:
        for inquiry in self.inquiries():
            rows = [row for row in self.open_rows() if row.inquiry_number == inquiry.number]
            kinds = Counter(row.owes if isinstance(row, Promise) else row.kind for row in rows)
            owed = kinds["reply"] + kinds["deed"]
            assert kinds["reply"] <= 1
            assert kinds["check"] == (inquiry.status == "answered")
            assert kinds["chase"] <= (inquiry.status == "waiting")
            assert not (inquiry.status in ("answered", "closed") and owed)
            assert not (inquiry.status == "waiting" and kinds["reply"])
            assert (inquiry.status == "answered") <= (inquiry.answered_at is not None)
            assert inquiry.first_reply_at is None or inquiry.first_reply_at <= self.desk.now

    @invariant()
    def the_agenda_counts_what_there_is(self) -> None:
        desk, agenda = self.desk, self.desk.due()
        rows = [row for row in self.open_rows() if not getattr(row, "quiet", False)]
        states = Counter(self.state(row) for row in rows if not self.hidden(row))

        assert Counter(item.state for item in agenda.items) == states - Counter(
            later=states["later"]
        )
        assert desk.count() == states["late"] + states["today"]
        assert agenda.later == sum(self.state(row) == "later" for row in rows)
        statuses = Counter(i.status for i in self.inquiries())
        assert agenda.waiting == statuses["waiting"]
        ended = [f for f in self.open_rows() if getattr(f, "quiet", False) and f.due_at > desk.now]
        assert agenda.quiet == len(ended)

    def state(self, row: Promise | FollowUp) -> str:
        local = self.desk.settings.hours.local
        days = (local(row.due_at).date() - local(self.desk.now).date()).days
        passed = row.due_at < self.desk.now if isinstance(row, Promise) else days < 0
        return "late" if passed else "today" if days == 0 else "next" if days <= 7 else "later"

    def hidden(self, row: Promise | FollowUp) -> bool:
        moved = getattr(row, "moved_from_at", None) is not None
        return moved and self.state(row) in ("next", "later")

    @invariant()
    def every_read_shows_what_the_next_deed_will_record(self) -> None:
        link, now = self.desk.link, self.desk.now
        numbers = [i.number for i in self.inquiries()]
        seen = [self.shown(self.desk.seen(number)) for number in numbers]
        counts = (self.desk.items(), self.desk.due().quiet, self.desk.due().undated)
        self.desk.settle()

        assert inquiries.quietly_ended(link, now) == []
        assert [self.shown(self.desk.inquiry(number)) for number in numbers] == seen
        assert (self.desk.items(), self.desk.due().quiet, self.desk.due().undated) == counts

    def shown(self, inquiry: Inquiry) -> Inquiry:
        """Without what nobody is shown."""
        return inquiry._replace(unanswered_at=None, reopening=False)

    @invariant()
    def every_message_is_found(self) -> None:
        link = self.desk.link
        link.execute(_CHECK_INDEX)
        for number, text in link.pairs(_TEXTS):
            found = search.matches(link, search.query(text.split()[0]), "inquiry")
            assert number in {match.ref for match in found}


Histories.TestCase.settings = settings(
    max_examples=50,
    stateful_step_count=30,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
TestHistories = Histories.TestCase
