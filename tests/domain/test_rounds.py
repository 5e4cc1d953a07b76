"""Rounds: the next look in wall time, never more than one, never on a closed date."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.domain import rounds
from cxdesk.domain.hours import HoursError, OpeningHours
from cxdesk.domain.phrases import PhraseError
from cxdesk.domain.records import Owed, Round

WEEK = {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
# Monday 23 November 2026; Christmas is closed, the day after not.
HOURS = OpeningHours("Europe/London", WEEK, closed=["2026-12-25", "2026-12-28"])
TWICE = "weekdays 9:00, 16:00"


def at(wall: str) -> datetime:
    """`23 09:05`, in November; `12-25 09:00` of another month."""
    day, clock = wall.split()
    month, _, number = day.rpartition("-")
    text = f"2026-{month or '11'}-{int(number):02}T{clock}:00"
    return datetime.fromisoformat(text).replace(tzinfo=HOURS.tz).astimezone(UTC)


def told(instant: datetime) -> str:
    return f"{HOURS.local(instant):%a %d %b %H:%M}"


def new(rule: str, wall: str, kind: str = "look") -> Round:
    return rounds.new_round("instagram", kind, rule, at(wall), HOURS)


class TestFirst:
    @pytest.mark.parametrize("rule, now, first", [
        (TWICE, "23 08:00", "Mon 23 Nov 09:00"),
        (TWICE, "23 09:00", "Mon 23 Nov 16:00"),
        (TWICE, "23 16:00", "Tue 24 Nov 09:00"),
        (TWICE, "27 18:00", "Mon 30 Nov 09:00"),
        ("weekdays 16:00, 9:00", "23 08:00", "Mon 23 Nov 09:00"),
        ("weekdays at 9:00 and 16:00", "23 09:05", "Mon 23 Nov 16:00"),
        ("every mon and thu 9am", "23 09:05", "Thu 26 Nov 09:00"),
        ("mon, thu 9am", "23 09:05", "Thu 26 Nov 09:00"),
        ("daily 9:00", "27 09:05", "Mon 30 Nov 09:00"),
        ("9:00, 16:00", "27 09:05", "Fri 27 Nov 16:00"),
        ("weekdays 9:00", "12-24 10:00", "Tue 29 Dec 09:00"),
        ("every weekday", "23 09:05", "Mon 23 Nov 17:00"),
        ("every weekday", "21 09:05", "Mon 23 Nov 17:00"),
        ("every month", "23 09:05", "Mon 23 Nov 17:00"),
        ("every 2 weeks 9:00", "23 09:05", "Mon 07 Dec 09:00"),
    ])  # fmt: skip
    def test_is_the_next_time_that_the_rule_names(self, rule: str, now: str, first: str) -> None:
        assert told(new(rule, now).next_at) == first

    def test_a_test_waits_for_the_next_open_date(self) -> None:
        assert told(new("every month", "21 09:05", "test").next_at) == "Mon 23 Nov 17:00"

    @pytest.mark.parametrize("rule", [
        "", "soon", "weekdays 9", "every 2 hours", "weekdays 25:00", "every", "9:00 weekdays",
    ])  # fmt: skip
    def test_what_is_no_rule_is_refused(self, rule: str) -> None:
        with pytest.raises(PhraseError):
            new(rule, "23 09:05")

    def test_never_open_on_those_dates_is_said(self) -> None:
        with pytest.raises(HoursError, match="no open date"):
            new("every sun 9:00", "23 09:05")


class TestDone:
    @pytest.mark.parametrize("rule, done, following", [
        (TWICE, "23 16:10", "Tue 24 Nov 09:00"),
        (TWICE, "24 08:30", "Tue 24 Nov 16:00"),
        (TWICE, "26 11:00", "Thu 26 Nov 16:00"),
        (TWICE, "29 11:00", "Mon 30 Nov 09:00"),
        ("every weekday", "23 10:00", "Tue 24 Nov 17:00"),
        ("every weekday", "26 10:00", "Fri 27 Nov 17:00"),
        ("every month", "23 10:00", "Wed 23 Dec 17:00"),
    ])  # fmt: skip
    def test_brings_one_next_however_many_were_missed(
        self, rule: str, done: str, following: str
    ) -> None:
        looked = rounds.done(new(rule, "23 09:05"), at(done), HOURS)

        assert told(looked.next_at) == following
        assert looked.looked_at == at(done)

    def test_shortly_before_its_time_is_that_time(self) -> None:
        before = new(TWICE, "23 09:05")

        assert told(rounds.done(before, at("23 15:30"), HOURS).next_at) == "Tue 24 Nov 09:00"
        assert told(rounds.done(before, at("23 14:30"), HOURS).next_at) == "Mon 23 Nov 16:00"

    def test_nine_stays_nine_across_summer_time(self) -> None:
        begun = rounds.new_round("email", "look", "daily 9:00", at("10-23 08:00"), HOURS)
        looked = rounds.done(begun, at("10-23 09:00"), HOURS)

        assert looked.next_at - begun.next_at == timedelta(days=3, hours=1)

    def test_a_pace_of_weeks_is_kept(self) -> None:
        looked = rounds.done(new("every 2 weeks 9:00", "23 08:00"), at("30 09:00"), HOURS)

        assert told(looked.next_at) == "Mon 07 Dec 09:00"

    @given(st.integers(0, 60 * 24 * 90), st.integers(0, 60 * 24 * 90))
    def test_is_always_later_open_and_at_a_time_of_the_rule(self, begun: int, more: int) -> None:
        start = at("23 00:00") + timedelta(minutes=begun)
        first = rounds.new_round("email", "look", TWICE, start, HOURS)
        then = start + timedelta(minutes=more)
        local = HOURS.local(rounds.done(first, then, HOURS).next_at)

        assert local > then
        assert f"{local:%H:%M}" in ("09:00", "16:00")
        assert HOURS.is_open_date(local.date())


class TestSkippedAndMoved:
    def test_what_is_left_of_today_is_skipped(self) -> None:
        skipped = rounds.skipped(new(TWICE, "23 08:00"), at("23 08:30"), HOURS)

        assert told(skipped.next_at) == "Tue 24 Nov 09:00"
        assert skipped.looked_at is None

    def test_of_a_whole_date_too(self) -> None:
        skipped = rounds.skipped(new("every weekday", "23 08:00"), at("23 08:30"), HOURS)

        assert told(skipped.next_at) == "Tue 24 Nov 17:00"

    def test_moved_it_is_hidden_until_the_date_begins(self) -> None:
        moved = rounds.moved(new(TWICE, "23 09:05"), Owed("spoken", at("26 17:00")))

        assert rounds.is_hidden(moved, at("25 23:59"), HOURS)
        assert not rounds.is_hidden(moved, at("26 00:00"), HOURS)
        assert told(rounds.done(moved, at("26 10:00"), HOURS).next_at) == "Thu 26 Nov 16:00"


class TestShown:
    @pytest.mark.parametrize("now, said", [
        ("23 18:00", "look in (last looked 16:10)"),
        ("24 09:05", "look in (last looked Mon 16:10)"),
        ("30 09:05", "look in (last looked Mon 23 Nov 16:10)"),
    ])  # fmt: skip
    def test_when_it_was_last_looked_at(self, now: str, said: str) -> None:
        looked = rounds.done(new(TWICE, "23 09:05"), at("23 16:10"), HOURS)

        assert rounds.what(looked, at(now), HOURS) == said

    def test_a_look_never_made_says_nothing_of_it(self) -> None:
        item = rounds.item(new(TWICE, "23 09:05"), at("24 09:05"), HOURS)

        assert (item.ref, item.number, item.what, item.state) == (
            "instagram", None, "look in", "late",
        )  # fmt: skip
        assert (item.late_minutes, item.late_business_minutes) == (17 * 60 + 5, 65)

    def test_a_test_has_a_name_of_its_own(self) -> None:
        item = rounds.item(new("monthly", "23 09:05", "test"), at("23 09:05"), HOURS)

        assert (item.ref, item.state) == ("instagram-test", "today")
        assert item.what == "test it yourself: send one as a customer would"
