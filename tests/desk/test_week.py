"""The week in five lines: once, when it is over, and only when something happened in it."""

from __future__ import annotations

from datetime import date, time
from html import unescape
from typing import TYPE_CHECKING

import pytest

from cxdesk.desk.week import week
from cxdesk.domain.records import SpecialDay
from cxdesk.domain.reminders import Plan
from cxdesk.store import outbox
from cxdesk.store.deeds import begin
from cxdesk.views.week import week as in_words
from tests.desk.test_reminders import Rig, at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cxdesk.domain.records import Customer
    from cxdesk.views.digest import Text

FRIDAY = date(2026, 11, 27)
PLAN = Plan(time(8), week=True)


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[Rig]:
    made = Rig(tmp_path / "desk.db")
    yield made
    made.link.close()


@pytest.fixture
def bob(rig: Rig) -> Customer:
    return rig.customer("Bob Ray", "020 7946 0123")


def told_week(rig: Rig, now: str) -> Text:
    found = week(rig.link, rig.desk, at(now), FRIDAY)
    assert found is not None
    return in_words(found, rig.desk.hours)


def keys(rig: Rig) -> list[str]:
    return [raw.decode() for raw in rig.taken if raw.startswith(b"week")]


class TestWhen:
    def test_at_fridays_closing_and_once(self, rig: Rig, bob: Customer) -> None:
        rig.inquiry(bob, "Key", "phone", opened_at=at("2026-11-24T10:00"))
        for now in ("26T18:00", "27T16:59", "27T17:00", "27T17:15", "28T12:00", "30T09:00"):
            rig.run(f"2026-11-{now}", PLAN)

        assert keys(rig) == ["week:2026-11-27:owner"]
        (mail,) = [mail for mail in outbox.every(rig.link) if mail.dedupe == keys(rig)[0]]
        assert mail.made_at == at("2026-11-27T17:00")

    def test_a_laptop_that_slept_tells_it_until_sunday(self, rig: Rig, bob: Customer) -> None:
        rig.inquiry(bob, "Key", "phone", opened_at=at("2026-11-24T10:00"))
        rig.run("2026-11-29T20:00", PLAN)

        assert keys(rig) == ["week:2026-11-27:owner"]

    def test_on_monday_the_last_one_is_over(self, rig: Rig, bob: Customer) -> None:
        rig.inquiry(bob, "Key", "phone", opened_at=at("2026-11-24T10:00"))
        rig.run("2026-11-30T07:00", PLAN)

        assert keys(rig) == []

    def test_a_friday_off_ends_it_on_thursday(self, rig: Rig, bob: Customer) -> None:
        rig.inquiry(bob, "Key", "phone", opened_at=at("2026-11-24T10:00"))
        with begin(rig.link, "test", at("2026-11-20T10:00")) as d:
            d.add(SpecialDay(FRIDAY.isoformat(), "", "off"))
        rig.run("2026-11-26T17:00", PLAN)

        assert keys(rig) == ["week:2026-11-27:owner"]

    def test_it_is_the_owners_choice(self, rig: Rig, bob: Customer) -> None:
        rig.inquiry(bob, "Key", "phone", opened_at=at("2026-11-24T10:00"))
        rig.run("2026-11-27T17:00")

        assert keys(rig) == []

    def test_a_week_in_which_nothing_happened_is_no_mail(self, rig: Rig, bob: Customer) -> None:
        rig.promise(bob, "2026-12-20T10:00")
        rig.run("2026-11-27T17:00", PLAN)

        assert rig.taken == []

    def test_one_that_could_not_leave_is_dropped_when_the_next_week_begins(
        self, rig: Rig, bob: Customer
    ) -> None:
        def refuse(*_: object) -> None:
            from cxdesk.desk.outbox import NoServer

            raise NoServer("no server")

        rig.inquiry(bob, "Key", "phone", opened_at=at("2026-11-24T10:00"))
        rig.run("2026-11-27T17:00", PLAN, send=refuse)
        rig.run("2026-11-30T07:00", PLAN)

        (mail,) = outbox.every(rig.link)
        assert (mail.state, mail.detail) == ("cancelled", "its week is over")


class TestFiveLines:
    def test_they_read_so(self, rig: Rig, bob: Customer) -> None:
        ann = rig.customer("Ann Lee", "020 7946 0999")
        rig.change(ann, since_at=at("2025-01-07T10:00"))
        for day, owner in ((23, bob), (24, bob), (25, ann)):
            rig.inquiry(owner, "Key", "phone", opened_at=at(f"2026-11-{day}T10:00"))
        closed = {"status": "closed", "closed_at": at("2026-11-25T15:00"), "confirmed": True}
        rig.inquiry(ann, "Old", "phone", feedback="So quick.", rating=5, **closed)
        for early in (90, 0):
            kept = {"state": "kept", "kept_at": at("2026-11-25T14:00"), "early_minutes": early}
            rig.promise(bob, "2026-11-25T16:00", **kept)
        rig.promise(bob, "2026-11-26T16:00", what="the spare key")
        rig.promise(ann, "2026-11-30T12:00", what="the shelf")

        text = told_week(rig, "2026-11-27T17:00")

        assert text.subject == "The week: 2 of 3 promises kept"
        assert text.body.splitlines() == [
            "You kept 2 of 3 promises, one of them early.",
            "3 inquiries came in from 2 customers, one of them new.",
            "1 inquiry was closed, by the customer's word.",
            'Ann Lee said on Wednesday: "So quick."',
            "Still open: Bob Ray, the spare key. Then one more within a week.",
        ]
        assert text.html is not None
        assert all(line in unescape(text.html) for line in text.body.splitlines())

    def test_a_good_week_ends_with_nobody_waiting(self, rig: Rig, bob: Customer) -> None:
        chased = {"opened_at": at("2026-11-24T10:00"), "chased": 1}
        rig.inquiry(bob, "Key", "phone", status="closed", closed_at=at(MIDWEEK), **chased)

        text = told_week(rig, "2026-11-27T17:00")

        assert text.subject == "The week: 1 inquiry, 1 closed"
        assert text.body.splitlines() == [
            "No promise fell due.",
            "1 inquiry came in from 1 customer, new.",
            "1 inquiry was closed.",
            "One had to ask twice.",
            "Nobody is waiting for you.",
        ]


MIDWEEK = "2026-11-25T15:00"
