"""The words for people."""

from __future__ import annotations

import io
from datetime import datetime

import pytest

from cxdesk.domain.hours import OpeningHours
from cxdesk.domain.phrases import When, read_when
from cxdesk.domain.records import ChannelAdvice, ChannelReport, PromiseReport, SpecialDay
from cxdesk.views import output, words
from cxdesk.views.hours import HoursView
from cxdesk.views.reports import (
    AdviceView,
    ImportView,
    PromiseReportView,
    UndoView,
    WhenView,
)
from tests.views.examples import HOURS, NOW, SATURDAY, at, drawn, piped


class TestInstants:
    @pytest.mark.parametrize(
        "when, told",
        [
            (at(23, "13:00"), "Mon 23 Nov 13:00"),
            (at(4, "09:00", month=1, year=2027), "Mon 4 Jan 2027 09:00"),
        ],
    )
    def test_a_moment_has_its_weekday_and_date(self, when: datetime, told: str) -> None:
        assert words.moment(when, HOURS, NOW) == told

    @pytest.mark.parametrize(
        "when, told",
        [
            (at(23, "08:30"), "since 08:30"),
            (at(21, "12:00"), "since Sat"),
            (at(17, "12:00"), "since Tue"),
            (at(16, "12:00"), "since 16 Nov"),
            (at(16, "12:00", year=2025), "since 16 Nov 2025"),
        ],
    )
    def test_since(self, when: datetime, told: str) -> None:
        assert words.since(when, HOURS, NOW) == told

    @pytest.mark.parametrize(
        "when, told",
        [
            (at(23, "16:00"), "by 16:00"),
            (at(29, "16:00"), "by Sun 16:00"),
            (at(30, "16:00"), "by Mon 30 Nov 16:00"),
        ],
    )
    def test_by(self, when: datetime, told: str) -> None:
        assert words.by(when, HOURS, NOW) == told

    def test_what_a_pipe_gets_reads_back(self) -> None:
        written = words.written(at(24, "12:00"), HOURS)

        assert written == "Tue 24 Nov 2026 12:00"
        assert read_when(written, now=NOW, hours=HOURS).at == at(24, "12:00")


class TestLengths:
    @pytest.mark.parametrize(
        "minutes, told",
        [
            (0, "0 min"),
            (35, "35 min"),
            (60, "1 h"),
            (125, "2 h 5 min"),
            (1440, "1 day"),
            (2988, "2 days"),
        ],
    )
    def test_a_span(self, minutes: int, told: str) -> None:
        assert words.span(minutes) == told

    def test_early_and_late(self) -> None:
        assert words.early(2988) == "2 days early"
        assert words.early(0) == "in time"
        assert words.late(35, 35) == "35 min late"
        assert words.late(1320, 360) == "22 h late (6 h of it in opening hours)"


class TestHours:
    def test_where_a_desk_was_made_and_what_it_assumed(self) -> None:
        assert words.desk_made("~/desk.db", HOURS) == (
            "    Kept in ~/desk.db; Europe/London, Mon-Fri 09:00-17:00 (cxdesk hours)"
        )

    def test_a_week_is_what_it_is_without_its_special_dates(self) -> None:
        odd = OpeningHours(
            "Europe/London", {"mon": [("09:00", "24:00")]}, special={"2026-11-23": []}
        )
        view = HoursView(odd, [SpecialDay("2026-11-23", "", "ill")], NOW)

        assert view.week["mon"] == [["09:00", "24:00"]]
        assert drawn(view)[1:4] == [
            "  Mon      09:00-24:00",
            "  Tue-Sun  closed",
            "  Mon 23 Nov 2026  closed, ill",
        ]
        assert piped(view)[0] == "mon\t09:00-24:00"


class TestReports:
    def test_too_little_history(self) -> None:
        advice = ChannelAdvice("email", "2bd", 4, None, None, None, None)

        assert drawn(AdviceView([advice]))[0] == (
            "  email: not enough history (4 of 9); the policy is 2bd"
        )

    def test_enough_history(self) -> None:
        advice = ChannelAdvice("phone", "4bh", 40, 0.95, "2bh", "4bh", 130)
        text = " ".join(" ".join(drawn(AdviceView([advice]))).split())

        assert "2bh would be kept 9 times of 10" in text
        assert "usually beaten by 2 h 10 min" in text

    def test_promises(self) -> None:
        row = ChannelReport("phone", 8, 1, 1, 0, 0, 3, 0.8, 95)
        lines = drawn(PromiseReportView(PromiseReport(NOW, (row,), row, row), HOURS, NOW))

        assert lines[0] == "Promises since Mon 23 Nov"
        assert lines[2].startswith("  phone  8 of 10 kept (80%), 1 late, 1 overdue, 3 open,")

    def test_a_phrase_with_its_warning(self) -> None:
        when = When(at(24, "12:00"), True, "tue noon", at(24, "10:00"), "closed", ("so",))
        err = io.StringIO()
        output.show(WhenView(when, HOURS, NOW), out=io.StringIO(), err=err)

        assert err.getvalue() == "closed\n"
        assert drawn(WhenView(when, HOURS, NOW)) == ["Tue 24 Nov 10:00-12:00", "  so"]

    def test_the_rest(self) -> None:
        from cxdesk.domain.records import Deed

        undone = UndoView(Deed(1, "log", "owner", SATURDAY), HOURS, NOW)
        assert drawn(undone)[0] == " Taken back: log of Sat 21 Nov 10:12."
        assert drawn(ImportView(2, 1, 0))[0] == " 2 created, 1 updated, 0 unchanged."
