"""The oracle itself, held against figures worked out by hand.

Hours are Mon-Fri 09:00-17:00 in UTC, the policy is one business day. Instants are written as
`2 10:00`, day and time in March 2026; the 2nd is a Monday.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests import oracle
from tests.data import break_twcs
from tests.oracle import Calendar, Desk, Inquiry, Said

CALENDAR = Calendar(ZoneInfo("UTC"))


def march(words: str) -> datetime:
    day, clock = words.split()
    hour, minute = clock.split(":")
    return datetime(2026, 3, int(day), int(hour), int(minute), tzinfo=UTC)


def desk(now: str, *talks: str, policy: str = "1bd") -> Desk:
    """Each talk: `in 2 10:00, out 2 12:00`, each message answering the one before."""
    said: list[Said] = []
    for customer, talk in enumerate(talks):
        parent = ""
        for spoken in talk.split(", "):
            way, at = spoken.split(" ", 1)
            author = f"Kim{customer}" if way == "in" else "us"
            number = str(len(said) + 1)
            text = f"Où est {way}?"
            said.append(Said(len(said), number, author, way == "in", march(at), text, parent))
            parent = number
    return oracle.desk(said, now=march(now), zone="UTC", policy=policy)


def only(made: Desk) -> Inquiry:
    (inquiry,) = made.inquiries
    return inquiry


class TestCalendar:
    @pytest.mark.parametrize(
        "asked, days, due",
        [
            ("2 00:01", 1, "3 17:00"),
            ("2 22:00", 1, "3 17:00"),
            ("6 22:00", 1, "9 17:00"),
            ("7 11:00", 1, "9 17:00"),
            ("8 23:59", 1, "9 17:00"),
            ("2 10:00", 5, "9 17:00"),
        ],
    )
    def test_business_days(self, asked: str, days: int, due: str) -> None:
        assert CALENDAR.end_of_day(march(asked), days) == march(due)

    @pytest.mark.parametrize(
        "asked, due", [("6 16:00", "9 12:00"), ("7 03:00", "9 13:00"), ("2 13:00", "2 17:00")]
    )
    def test_four_business_hours(self, asked: str, due: str) -> None:
        assert CALENDAR.due(march(asked), "4bh") == march(due)
        assert CALENDAR.between(march(asked), march(due)) == timedelta(hours=4)

    def test_the_day_is_the_local_one(self) -> None:
        new_york = Calendar(ZoneInfo("America/New_York"))

        assert new_york.end_of_day(march("3 02:00"), 1) == march("3 22:00")
        assert new_york.end_of_day(march("6 23:00"), 1) == march("9 21:00")  # clocks changed

    def test_a_closed_date_does_not_count(self) -> None:
        closed = Calendar(
            ZoneInfo("UTC"), {1: (time(10), time(12))}, frozenset([march("3 9:00").date()])
        )

        assert closed.end_of_day(march("2 10:00"), 1) == march("10 12:00")


class TestStates:
    @pytest.mark.parametrize(
        "talk, now, status, chased, reopened, check",
        [
            ("in 2 10:00", "2 11:00", "open", 0, 0, None),
            ("in 2 10:00, in 2 11:00, in 2 12:00", "2 13:00", "open", 2, 0, None),
            ("in 2 10:00, out 2 12:00", "9 16:59", "answered", 0, 0, (False, "9 17:00")),
            ("in 2 10:00, out 2 12:00", "9 17:00", "closed", 0, 0, None),
            (
                "in 2 10:00, out 2 12:00, out 3 9:00",
                "10 9:00",
                "answered",
                0,
                0,
                (False, "10 17:00"),
            ),
            ("in 2 10:00, in 2 11:00, out 2 12:00", "9 9:00", "answered", 1, 0, (True, "5 17:00")),
            ("in 2 10:00, out 4 9:30", "31 9:00", "answered", 0, 0, (True, "9 17:00")),
            ("in 2 10:00, out 2 12:00, in 3 9:00", "4 9:00", "open", 0, 0, None),
            (
                "in 2 10:00, out 2 12:00, in 3 9:00, out 3 10:00",
                "31 9:00",
                "answered",
                0,
                1,
                (True, "6 17:00"),
            ),
            ("in 2 10:00, out 2 12:00, in 10 9:00", "11 9:00", "open", 0, 0, None),
            ("in 2 10:00, out 2 12:00, out 10 9:00", "31 9:00", "closed", 0, 0, None),
            ("out 2 10:00", "31 9:00", "closed", 0, 0, None),
            ("out 2 10:00, in 2 11:00", "2 12:00", "open", 0, 0, None),
            (
                "out 2 10:00, in 2 11:00, out 2 12:00",
                "3 9:00",
                "answered",
                0,
                1,
                (True, "5 17:00"),
            ),
            (
                "out 2 10:00, out 2 10:30, in 2 11:00, out 2 12:00, in 3 9:00, out 3 9:30",
                "4 9:00",
                "answered",
                0,
                2,
                (True, "6 17:00"),
            ),
        ],
    )
    def test_of_an_inquiry(
        self,
        talk: str,
        now: str,
        status: str,
        chased: int,
        reopened: int,
        check: tuple[bool, str] | None,
    ) -> None:
        inquiry = only(desk(now, talk))
        found = inquiry.check

        assert (inquiry.status, inquiry.chased, inquiry.reopened) == (status, chased, reopened)
        assert (found and (found.loud, found.due_at)) == (check and (check[0], march(check[1])))

    @pytest.mark.parametrize(
        "talk, closed",
        [("in 2 10:00, out 2 12:00", "9 17:00"), ("out 2 10:00, out 3 10:00", "2 10:00")],
    )
    def test_closing_has_its_own_instant(self, talk: str, closed: str) -> None:
        assert only(desk("31 9:00", talk)).closed_at == march(closed)

    def test_of_promises(self) -> None:
        made = desk(
            "4 9:00",
            "in 2 10:00, out 3 17:00",
            "in 2 10:00, out 3 17:01",
            "in 2 10:00",
            "in 3 10:00",
        )

        assert oracle.counts(made)["by_state"] == {
            "kept": 1,
            "kept_late": 1,
            "open": 1,
            "overdue": 1,
        }

    def test_minutes_are_never_flattering(self) -> None:
        made = desk("4 9:00", "in 2 10:00, out 3 16:30", "in 2 10:00, out 4 9:30")
        early, late = (each["promises"][0] for each in oracle.one_by_one(made))

        assert (early["early_minutes"], early["late_minutes"]) == (30, None)
        assert (late["late_minutes"], late["late_business_minutes"]) == (990, 30)


class TestDue:
    def test_order(self) -> None:
        made = desk(
            "10 10:00",
            "in 9 11:00",  # due today
            "in 10 9:00",  # due tomorrow
            "in 2 10:00",  # overdue since the 3rd
            "in 6 9:00, in 6 10:00",  # overdue since the 9th, but chased
            "in 2 9:00, in 2 9:30, out 5 9:00",  # loud check of the 10th, chased
            "in 2 9:00, out 2 10:00",  # closed by itself
        )
        items = [(i["state"], i["kind"], i["customer"]) for i in oracle.due(made)]

        assert items == [
            ("late", "promise", "Kim3"),
            ("late", "promise", "Kim2"),
            ("today", "check", "Kim4"),
            ("today", "promise", "Kim0"),
            ("next", "promise", "Kim1"),
        ]
        assert oracle.figures(made)["count"] == 4


class TestReports:
    def test_promises(self) -> None:
        made = desk(
            "10 10:00",
            "in 2 10:00, out 2 10:30",
            "in 2 10:00, out 2 11:15",
            "in 2 10:00, out 4 10:00",
            "in 2 10:00",
            "in 10 9:00",
        )
        report = oracle.report_promises(made)

        assert (report["kept"], report["late"], report["overdue"], report["open"]) == (2, 1, 1, 1)
        assert report["kept_rate"] == 0.5
        assert report["median_reply_minutes"] == 75
        assert oracle.report_promises(made, march("4 0:00"))["kept_rate"] is None

    def test_the_median_of_two_is_between_them_and_half_goes_up(self) -> None:
        made = desk("3 9:00", "in 2 10:00, out 2 10:30", "in 2 10:00, out 2 11:15")

        assert oracle.report_promises(made)["median_reply_minutes"] == 53

    def test_advice_needs_nine(self) -> None:
        eight = ["in 2 10:00, out 2 10:30"] * 8
        nine = oracle.advise(desk("2 17:00", *eight, "in 2 10:00, out 2 11:30"))

        assert oracle.advise(desk("2 17:00", *eight))["at_90"] is None
        assert (nine["n"], nine["at_90"], nine["at_95"], nine["kept_rate"]) == (9, "2bh", None, 1.0)
        assert nine["usual_margin_minutes"] == 30 * 60 + 30

    def test_open_ones_have_lasted_as_long_as_they_are_old(self) -> None:
        made = desk("3 13:00", *["in 2 9:00, out 2 9:30"] * 18, "in 2 9:00")
        advice = oracle.advise(made)

        assert (advice["n"], advice["at_90"], advice["at_95"]) == (19, "1bh", "2bd")
        assert advice["kept_rate"] == 1.0

    def test_search(self) -> None:
        made = desk("3 9:00", "in 2 10:00, out 2 11:00", "in 2 10:00")

        assert [oracle.search(made, q) for q in ("OU est", "kim", "kim1", "ki", "es", "out")] == [
            2,
            2,
            1,
            0,
            0,
            1,
        ]


class TestSample:
    def test_the_facts_that_are_known_of_it(self) -> None:
        """374 threads, 9 of them begun by us and 31 with several customers: cases/README.md."""
        said = oracle.read(str(break_twcs.SAMPLE), oracle.COLUMNS)
        groups = oracle._groups(said, {one.id: one for one in said})

        assert (len(said), len(groups)) == (1438, 374)
        assert sum(len({one.author for one in g if one.inbound}) > 1 for g in groups) == 31

    def test_the_command_prints_the_figures(self) -> None:
        words = [sys.executable, oracle.__file__, str(break_twcs.SAMPLE), "--words", "refund"]
        words += ["--now", "2017-12-03T09:00:00Z", "--zone", "America/New_York"]
        told = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)

        assert (told["inquiries"], told["customers"], told["messages"]) == (413, 405, 1438)
        assert sum(told["by_status"].values()) == 413
        assert sum(told["by_state"].values()) == told["promises"]
        assert told["search"].keys() == {"refund"}
