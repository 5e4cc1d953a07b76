"""The reminder job on a real desk: what is told, once, and what the record says."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cxdesk.desk import outbox as desk_outbox
from cxdesk.desk import reminders
from cxdesk.domain.records import (
    ContactPoint,
    Customer,
    FollowUp,
    Inquiry,
    Message,
    Promise,
    Run,
)
from cxdesk.domain.reminders import Alert, Plan
from cxdesk.store import agenda, database, inquiries, outbox
from cxdesk.store.database import Sql
from cxdesk.store.deeds import begin
from cxdesk.store.settings import fill, load_desk
from cxdesk.views import digest as words

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cxdesk.desk.outbox import Draft
    from cxdesk.desk.reminders import Report, Told
    from cxdesk.domain.records import Desk

MONDAY = "2026-11-23T08:05"
PLAN = Plan(time(8))
_RUNS = Sql("SELECT id, started_at, ended_at, digest, detail FROM run ORDER BY id", Run)


def at(text: str) -> datetime:
    """London keeps UTC in November."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Took:
    """What a server said that takes everything."""

    state, detail = "sent", "250 ok"


class Rig:
    """A desk, and a server that takes everything and remembers it; the clock moved by hand."""

    def __init__(self, path: Path) -> None:
        database.create(str(path), lambda link: fill(link, "Europe/London", "test"))
        self.link = database.open_to_write(str(path))
        self.taken: list[bytes] = []
        self.numbers = 0

    @property
    def desk(self) -> Desk:
        return load_desk(self.link)

    def run(self, now: str, plan: Plan = PLAN, *, force: bool = False, send: Any = None) -> Report:
        tools = desk_outbox.Tools(lambda: at(now), send or self._send, lambda _: None)
        return reminders.run(self.link, plan, tools, self._freeze, force=force)

    def _send(self, raw: bytes, _sender: str, _to: str, before: Any) -> Took:
        before()
        self.taken.append(raw)
        return Took()

    def _freeze(self, key: str, about: Told, desk: Desk) -> Draft:
        is_alert = isinstance(about, Alert)
        number = about.number if isinstance(about, Alert) else None
        kind = "alert" if is_alert else "digest"
        me = "me@example.com"
        return desk_outbox.Draft(key, kind, key, me, me, f"<{key}@x>", key.encode(), number)

    def text(self, now: str, plan: Plan = PLAN) -> words.Text:
        found = reminders.digest(self.link, self.desk, at(now), plan)
        assert found is not None
        return words.digest(found, self.desk.hours, names=plan.names)

    def runs(self) -> list[Run]:
        return self.link.all(_RUNS)

    # Filling it ------------------------------------------------------------------------------

    def customer(self, name: str, reach: str, prefers: str | None = None) -> Customer:
        with begin(self.link, "test", at(MONDAY)) as d:
            made: Customer = d.add(
                Customer(
                    id=0,
                    handle=name.lower().replace(" ", "-"),
                    name=name,
                    since_at=at(MONDAY),
                    prefers=prefers,
                )
            )
            kind = "email" if "@" in reach else "phone"
            d.add(ContactPoint(0, made.id, kind, reach, reach))
        return made

    def inquiry(self, owner: Customer, subject: str, channel: str, **changes: Any) -> Inquiry:
        blank = Inquiry(0, owner.id, channel, subject, "open", at("2026-11-20T10:00"))
        with begin(self.link, "test", at(MONDAY)) as d:
            made: Inquiry = d.add(blank._replace(**changes))
        return made

    def promise(self, owner: Customer, due: str, **changes: Any) -> Promise:
        blank = Promise(
            number=0,
            inquiry_number=None,
            customer_id=owner.id,
            channel="phone",
            kind="spoken",
            owes="deed",
            told=True,
            what="send the drawing",
            said=None,
            allowance=None,
            zone="Europe/London",
            made_at=at("2026-11-20T10:00"),
            due_at=at(due),
            judged_at=at(due),
            first_due_at=at(due),
        )
        with begin(self.link, "test", at(MONDAY)) as d:
            made: Promise = d.add(blank._replace(**changes))
        return made

    def follow_up(self, owner: Customer, due: str, what: str, **changes: Any) -> FollowUp:
        blank = FollowUp(0, None, owner.id, "follow_up", what, at(due), at("2026-11-20T10:00"))
        with begin(self.link, "test", at(MONDAY)) as d:
            made: FollowUp = d.add(blank._replace(**changes))
        return made

    def change(self, record: Any, **fields: Any) -> None:
        with begin(self.link, "test", at(MONDAY)) as d:
            d.change(record, **fields)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path / "desk.db")
    yield made
    made.link.close()


@pytest.fixture
def bob(rig: Rig) -> Customer:
    return rig.customer("Bob Ray", "020 7946 0123")


class TestOncePerDate:
    def test_nothing_to_tell_is_no_mail(self, rig: Rig, bob: Customer) -> None:
        rig.promise(bob, "2026-11-27T12:00")  # beyond two days

        assert rig.run(MONDAY).digest == "nothing"
        assert rig.taken == []

    def test_not_before_the_time_then_once_then_again_the_next_day(
        self, rig: Rig, bob: Customer
    ) -> None:
        rig.promise(bob, "2026-11-23T16:00")
        times = ["2026-11-23T07:59", "2026-11-23T08:00", "2026-11-23T08:15", "2026-11-23T12:00"]

        digests = [rig.run(now).digest for now in times]

        assert digests == ["nothing", "sent", "already", "already"]
        assert rig.run("2026-11-24T07:59").digest == "nothing"
        assert rig.run("2026-11-24T08:00").digest == "sent"
        assert rig.taken == [b"digest:2026-11-23:owner", b"digest:2026-11-24:owner"]

    def test_after_a_gap_there_is_one(self, rig: Rig, bob: Customer) -> None:
        rig.promise(bob, "2026-11-18T16:00")
        for now in ("2026-11-18T09:00", "2026-11-22T09:30", "2026-11-22T09:45"):
            rig.run(now)

        assert rig.taken == [b"digest:2026-11-18:owner", b"digest:2026-11-22:owner"]

    def test_a_clock_set_back_sends_nothing(self, rig: Rig, bob: Customer) -> None:
        rig.promise(bob, "2026-11-18T16:00")
        rig.run(MONDAY)

        assert rig.run("2026-11-23T07:00").digest == "already"
        assert rig.run("2026-11-20T09:00").digest == "already"
        assert rig.run("2026-11-23T09:00").digest == "already"
        assert len(rig.taken) == 1

    def test_by_force_it_goes_again(self, rig: Rig, bob: Customer) -> None:
        rig.promise(bob, "2026-11-23T16:00")
        assert rig.run("2026-11-23T07:00", force=True).digest == "sent"
        assert rig.run(MONDAY).digest == "already"
        assert rig.run(MONDAY, force=True).digest == "sent"

        assert rig.taken == [b"digest:2026-11-23:owner", b"digest:2026-11-23:owner:2"]

    def test_by_force_with_nothing_due_it_stays_silent(self, rig: Rig) -> None:
        assert rig.run(MONDAY, force=True).digest == "nothing"

    def test_a_pending_one_is_replaced_by_the_next_days(self, rig: Rig, bob: Customer) -> None:
        rig.promise(bob, "2026-11-20T16:00")

        def refuse(*_: Any) -> Any:
            raise desk_outbox.NoServer("no server")

        assert rig.run(MONDAY, send=refuse).digest == "pending"
        assert not rig.run("2026-11-23T08:05:10", send=refuse).is_done
        report = rig.run("2026-11-24T08:05")

        assert (report.digest, report.is_done) == ("sent", True)
        assert [mail.state for mail in outbox.every(rig.link)] == ["cancelled", "sent"]

    def test_a_pending_one_is_not_sent_when_all_was_done_meanwhile(
        self, rig: Rig, bob: Customer
    ) -> None:
        promise = rig.promise(bob, "2026-11-23T16:00")

        def refuse(*_: Any) -> Any:
            raise desk_outbox.NoServer("no server")

        rig.run(MONDAY, send=refuse)
        rig.change(promise, state="kept", kept_at=at("2026-11-23T09:00"))

        assert rig.run("2026-11-23T09:30").digest == "nothing"
        assert rig.taken == []


class TestAlerts:
    def test_one_a_promise_half_an_hour_before_never_late(self, rig: Rig, bob: Customer) -> None:
        rig.promise(bob, "2026-11-23T16:00")
        minutes = ("15:15", "15:30", "15:45", "16:00", "16:15")

        counts = [rig.run(f"2026-11-23T{minute}").alerts for minute in minutes]

        assert counts == [0, 1, 0, 0, 0]

    def test_it_is_not_sent_for_what_was_done_or_late_meanwhile(
        self, rig: Rig, bob: Customer
    ) -> None:
        kept = rig.promise(bob, "2026-11-23T16:00")
        rig.promise(bob, "2026-11-23T15:50")

        def refuse(*_: Any) -> Any:
            raise desk_outbox.NoServer("no server")

        rig.run("2026-11-23T15:40", send=refuse)
        rig.change(kept, state="kept", kept_at=at("2026-11-23T15:45"))
        rig.run("2026-11-23T15:55")

        alerts = [mail for mail in outbox.every(rig.link) if mail.kind == "alert"]
        assert [mail.state for mail in alerts] == ["cancelled", "cancelled"]

    def test_a_follow_up_of_our_own_is_none(self, rig: Rig, bob: Customer) -> None:
        rig.follow_up(bob, "2026-11-23T16:00", "ask how it went")

        assert rig.run("2026-11-23T15:45").alerts == 0

    def test_it_is_one_line(self, rig: Rig, bob: Customer) -> None:
        rig.promise(bob, "2026-11-23T16:00", what="VAT\ntwice")
        (alert,) = reminders.alerts(rig.link, rig.desk, at("2026-11-23T15:45"), PLAN)
        hours = rig.desk.hours

        text = words.alert(alert.due_at, alert.entry, hours)
        discreet = words.alert(alert.due_at, alert.entry, hours, names=False)

        assert text.subject == "16:00 Bob Ray, VAT twice - call 020 7946 0123"
        assert text.body == text.subject + "\n"
        assert "Bob" not in discreet.subject


class TestTheRecord:
    def test_every_run_is_in_it(self, rig: Rig, bob: Customer) -> None:
        rig.promise(bob, "2026-11-23T16:00")
        rig.run(MONDAY)
        rig.run("2026-11-23T08:20")
        reminders.busy(rig.link, at("2026-11-23T08:20"))

        assert [run.digest for run in rig.runs()] == ["sent", "already", "busy"]
        assert agenda.last_remind_at(rig.link) == at("2026-11-23T08:20")

    def test_it_forgets_what_is_old(self, rig: Rig) -> None:
        for days in (100, 95, 10, 0):
            rig.run((at(MONDAY) - timedelta(days=days)).replace(tzinfo=None).isoformat())

        assert len(rig.runs()) == 2

    def test_the_owners_undo_knows_nothing_of_it(self, rig: Rig, bob: Customer) -> None:
        rig.promise(bob, "2026-11-23T16:00")
        count = Sql("SELECT count(*) FROM deed")
        before = rig.link.value(count)
        rig.run(MONDAY)

        assert rig.link.value(count) == before

    def test_what_was_quietly_answered_is_closed(self, rig: Rig, bob: Customer) -> None:
        answered = at("2026-11-16T10:00")
        inquiry = rig.inquiry(bob, "Key", "phone", status="answered", answered_at=answered)
        rig.follow_up(
            bob,
            "2026-11-20T17:00",
            "did it work?",
            kind="check",
            quiet=True,
            inquiry_number=inquiry.number,
        )
        rig.run(MONDAY)

        closed = inquiries.by_number(rig.link, inquiry.number)
        assert closed is not None
        assert (closed.status, closed.closed_at) == ("closed", at("2026-11-20T17:00"))


class TestTheMail:
    def test_it_reads_as_drawn(self, rig: Rig, bob: Customer) -> None:
        ann = rig.customer("Ann Lee", "020 7946 0999")
        zoe = rig.customer("Zoe Müller", "zoe@example.com", prefers="email")
        dana = rig.customer("Dana Reyes", "020 7946 0311")
        asked = {"unanswered_at": at("2026-11-20T10:00"), "last_in_at": at("2026-11-22T21:00")}
        key = rig.inquiry(bob, "the spare key", "phone", chased=1, **asked)
        rig.promise(
            bob,
            "2026-11-21T17:00",
            inquiry_number=key.number,
            said="Saturday",
            what="the spare key",
            owes="reply",
        )
        rig.follow_up(zoe, "2026-11-23T12:00", "day 3: did the boiler settle in?", via="email")
        vat = rig.inquiry(ann, "Invoice shows VAT twice", "email")
        with begin(rig.link, "test", at(MONDAY)) as d:
            for number, way in enumerate(("in", "out", "in")):
                said = at(f"2026-11-20T1{number}:00")
                d.add(Message(0, vat.number, ann.id, said, way, "email", "VAT"))
        rig.promise(
            ann, "2026-11-23T16:00", inquiry_number=vat.number, what=None, owes="reply", told=False
        )
        rig.promise(dana, "2026-11-24T12:00", what="the oak shelf")
        praised = "quickest answer I ever had from anyone."
        closed = {"status": "closed", "closed_at": at("2026-11-20T15:00"), "confirmed": True}
        rig.inquiry(ann, "Old", "phone", feedback=praised, rating=5, **closed)
        for early in (120, 90, 0, 10):
            kept_at = at("2026-11-20T14:00")
            rig.promise(
                dana, "2026-11-20T16:00", state="kept", kept_at=kept_at, early_minutes=early
            )

        text = rig.text(MONDAY)

        assert text.subject == "Monday: Bob first, then 3"
        assert text.body == DRAWN

    def test_a_subject_without_names(self, rig: Rig, bob: Customer) -> None:
        rig.promise(bob, "2026-11-20T16:00")
        rig.promise(bob, "2026-11-23T16:00")

        subject = rig.text(MONDAY, PLAN._replace(names=False)).subject

        assert subject == "Monday: 2 things, 1 of them late"

    def test_a_day_with_nothing_on_it_says_so(self, rig: Rig, bob: Customer) -> None:
        rig.promise(bob, "2026-11-24T16:00")

        text = rig.text(MONDAY)

        assert text.subject == "Monday: nothing today, Bob on Tuesday"
        assert text.body == (
            "THEN\n  Tuesday 16:00: Bob Ray, send the drawing. Nothing is due before that.\n"
        )

    def test_more_than_seven_are_counted(self, rig: Rig, bob: Customer) -> None:
        for minute in range(10):
            rig.promise(bob, f"2026-11-23T16:{minute:02}")

        text = rig.text(MONDAY)

        assert text.subject == "Monday: Bob first, then 9"
        assert text.body.count("send the drawing") == 7
        assert text.body.endswith("And 3 more: cxdesk due\n")

    def test_hostile_words_stay_words_on_one_line(self, rig: Rig) -> None:
        evil = rig.customer("Evil\r\nBcc: x@y.z \x1b]52;c;AAAA\x07", "020 7946 0123")
        rig.promise(evil, "2026-11-20T16:00", what="a\u202eb\nTO: c" + "d" * 500)

        text = rig.text(MONDAY)

        assert "\n" not in text.subject
        assert not any(sign in text.body for sign in "\r\x1b\x07\u202e")
        assert all(len(line) <= 100 for line in text.body.split("\n"))

    def test_it_never_shouts(self, rig: Rig, bob: Customer) -> None:
        rig.promise(bob, "2026-11-10T16:00", told=False)
        rig.promise(bob, "2026-11-23T16:00", said="by noon")
        rig.follow_up(bob, "2026-11-20T16:00", "ask")

        text = rig.text(MONDAY)
        assert "!" not in text.subject + text.body

    def test_the_last_working_day_is_what_is_praised(self, rig: Rig, bob: Customer) -> None:
        rig.promise(bob, "2026-11-23T16:00")
        day = {"status": "closed", "confirmed": True, "rating": 4}
        rig.inquiry(bob, "Old", "phone", closed_at=at("2026-11-19T15:00"), **day)
        assert "stars" not in rig.text(MONDAY).body
        rig.inquiry(bob, "New", "phone", closed_at=at("2026-11-22T15:00"), **day)

        assert rig.text(MONDAY).body.startswith("Bob Ray gave you 4 stars yesterday.\n")

    def test_the_digest_of_a_caught_up_date_names_its_day(self, rig: Rig, bob: Customer) -> None:
        rig.promise(bob, "2026-11-20T16:00")
        found = reminders.digest(
            rig.link, rig.desk, at("2026-11-23T00:10"), PLAN, date(2026, 11, 22)
        )

        assert found is not None
        assert words.subject(found, rig.desk.hours) == "Sunday: Bob first"


DRAWN = """\
Ann Lee said on Friday: "quickest answer I ever had from anyone."
You kept 4 of 4 promises that day, two of them early.

FIRST
  Bob Ray has waited since Saturday, and asked again last night.
  You said: "by Saturday" - the spare key.
  Call 020 7946 0123

TODAY
  by noon   Zoe Müller  day 3: did the boiler settle in?
            zoe@example.com (prefers mail)
  by 16:00  Ann Lee     Invoice shows VAT twice
            Call 020 7946 0999. Three mails so far: talking is quicker.

THEN
  Tuesday noon: Dana Reyes, the oak shelf. Nothing else is due before
  that.
"""
