"""When a digest is made, for which date, what is warned of, and how long a mail waits."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.domain import reminders
from cxdesk.domain.hours import OpeningHours
from cxdesk.domain.records import Desk, Item, Promise
from cxdesk.errors import UnusableError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
LONDON = OpeningHours("Europe/London", {day: [("09:00", "17:00")] for day in WEEKDAYS})
DESK = Desk(LONDON, ())
EIGHT = time(8)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=LONDON.tz).astimezone(UTC)


class TestTheDateOfADigest:
    def test_it_is_today_from_the_configured_time_on(self) -> None:
        assert sent(at("2026-11-23T07:59:59")) is None
        assert sent(at("2026-11-23T08:00")) == date(2026, 11, 23)
        assert sent(at("2026-11-23T23:59")) == date(2026, 11, 23)

    def test_a_date_gets_one_and_so_does_no_date_before_it(self) -> None:
        newest = date(2026, 11, 23)

        assert sent(at("2026-11-23T09:00"), newest=newest) is None
        assert sent(at("2026-11-20T09:00"), newest=newest) is None, "the clock was set back"
        assert sent(at("2026-11-24T09:00"), newest=newest) == date(2026, 11, 24)

    def test_after_a_gap_it_is_the_newest_missed_date(self) -> None:
        last = at("2026-11-19T08:05")

        assert sent(at("2026-11-23T10:00"), newest=last.date(), last=last) == date(2026, 11, 23)

    def test_an_hourly_job_late_in_the_evening_is_caught_up_after_midnight(self) -> None:
        last = at("2026-11-22T23:00")
        now = at("2026-11-23T00:00")

        assert sent(now, last=last, time_of_day=time(23, 30)) == date(2026, 11, 22)
        assert sent(now, last=now, time_of_day=time(23, 30)) is None, "somebody was there"
        assert sent(now, last=None, time_of_day=time(23, 30)) is None, "never ran before"

    def test_a_laptop_that_wakes_before_the_hour_waits_for_it(self) -> None:
        assert sent(at("2026-11-23T07:00"), last=at("2026-11-20T17:00")) is None

    @pytest.mark.parametrize(
        "zone, at_time, night",
        [
            ("Europe/London", time(1, 30), "2026-03-29"),  # 01:30 does not come
            ("Europe/London", time(1, 30), "2026-10-25"),  # 01:30 comes twice
            ("America/Sao_Paulo", time(0, 0), "2018-11-04"),  # midnight does not come
            ("Asia/Beirut", time(0, 15), "2026-03-29"),
        ],
    )
    def test_a_night_when_clocks_change_has_one_digest(
        self, zone: str, at_time: time, night: str
    ) -> None:
        hours = OpeningHours(zone, {"mon": [("09:00", "17:00")]})
        noon = datetime.fromisoformat(f"{night}T12:00").replace(tzinfo=hours.tz)
        now, made = noon.astimezone(UTC) - timedelta(hours=13), []
        newest: date | None = date.fromisoformat(night) - timedelta(days=1)
        last: datetime | None = None
        while now < noon:
            on = reminders.date_to_send(now, hours, at_time, newest=newest, last_run_at=last)
            if on:
                made.append(on)
                newest = on
            last, now = now, now + timedelta(minutes=15)

        assert made == [date.fromisoformat(night)]

    @given(st.lists(st.integers(0, 60 * 24 * 10), min_size=1, max_size=60))
    def test_however_the_clock_runs_dates_only_grow(self, minutes: list[int]) -> None:
        newest, last, made = None, None, []
        for minute in minutes:
            now = at("2026-10-20T00:00") + timedelta(minutes=minute)
            on = reminders.date_to_send(now, LONDON, EIGHT, newest=newest, last_run_at=last)
            newest, last = on or newest, now
            made += [on] if on else []

        assert made == sorted(set(made))


def sent(
    now: datetime,
    *,
    newest: date | None = None,
    last: datetime | None = None,
    time_of_day: time = EIGHT,
) -> date | None:
    return reminders.date_to_send(now, LONDON, time_of_day, newest=newest, last_run_at=last)


class TestHowFarAhead:
    @pytest.mark.parametrize(
        "within, until",
        [
            ("2d", "2026-11-26T00:00"),
            ("1d", "2026-11-25T00:00"),
            ("4 hours", "2026-11-24T00:00"),
            ("30 hours", "2026-11-24T14:00"),
            ("1w", "2026-12-01T00:00"),
        ],
    )
    def test_days_are_whole_and_today_is_always_in(self, within: str, until: str) -> None:
        assert reminders.ahead(at("2026-11-23T08:00"), DESK, within) == at(until)

    def test_words_that_are_no_span_are_named(self) -> None:
        with pytest.raises(UnusableError, match=r"within = \"1d 2h\""):
            reminders.ahead(at("2026-11-23T08:00"), DESK, "1d 2h")


class TestAlerts:
    @pytest.mark.parametrize(
        "now, due, warned",
        [
            ("2026-11-23T15:29", "2026-11-23T16:00", False),
            ("2026-11-23T15:30", "2026-11-23T16:00", True),
            ("2026-11-23T15:59", "2026-11-23T16:00", True),
            ("2026-11-23T16:00", "2026-11-23T16:00", False),  # late from here on
            ("2026-11-20T16:31", "2026-11-23T09:00", True),  # the last half hour is Friday's
            ("2026-11-23T08:45", "2026-11-23T09:00", False),  # closed
            ("2026-11-20T16:45", "2026-11-21T12:00", True),  # due while closed
        ],
    )
    def test_half_an_hour_of_opening_before_it_is_due(
        self, now: str, due: str, warned: bool
    ) -> None:
        until = reminders.alert_until(at(now), LONDON, "30 business minutes")

        assert (until is not None and at(now) < at(due) <= until) == warned


class TestSections:
    def test_what_is_late_is_first_and_seven_are_shown(self) -> None:
        items = [item("late")] * 2 + [item("today")] * 4 + [item("next")] * 3

        first, today, then, more = reminders.sections(items)

        assert (len(first), len(today), len(then), more) == (2, 4, 1, 2)

    def test_without_lateness_today_begins_with_one(self) -> None:
        first, today, then, more = reminders.sections([item("today")] * 2)

        assert (len(first), len(today), len(then), more) == (1, 1, 0, 0)

    def test_nine_late_ones_leave_no_room(self) -> None:
        first, today, then, more = reminders.sections([item("late")] * 9 + [item("today")])

        assert (len(first), len(today), len(then), more) == (7, 0, 0, 3)


def item(state: str) -> Item:
    values = dict.fromkeys(Item._fields)
    return Item(**{**values, "ref": "1", "kind": "promise", "state": state, "what": ""})  # type: ignore[arg-type]


class TestGoodNews:
    @pytest.mark.parametrize(
        "words, rating, mood, good",
        [
            ("quick", None, None, True),
            (None, 5, None, True),
            ("quick", 4, "good", True),
            ("slow", 3, None, False),
            ("slow", None, "bad", False),
            ("  ", None, None, False),
            (None, None, None, False),
        ],
    )
    def test_only_what_is_good_and_true(
        self, words: str | None, rating: int | None, mood: str | None, good: bool
    ) -> None:
        assert reminders.is_praise(words, rating, mood) == good

    def test_kept_promises_are_news_when_more_were_kept_than_not(self) -> None:
        kept, late = promise("kept", early=90), promise("kept_late")
        day = date(2026, 11, 20)

        assert reminders.kept_on(day, [kept, kept, late]) == reminders.Kept(day, 2, 2, 3)
        assert reminders.kept_on(day, [kept, late]) is None
        assert reminders.kept_on(day, []) is None


def promise(state: str, early: int | None = None) -> Promise:
    values = dict.fromkeys(Promise._fields)
    return Promise(**{**values, "state": state, "early_minutes": early})  # type: ignore[arg-type]


class TestTryingAgain:
    def test_waits_grow_and_never_exceed_the_table(self) -> None:
        waits = [reminders.wait_after(n, "<a@b>") / timedelta(minutes=1) for n in range(1, 8)]
        table = (1, 5, 15, 60, 240, 240, 240)

        assert all(0.9 * most <= wait <= most for wait, most in zip(waits, table, strict=True))
        assert reminders.wait_after(2, "<a@b>") != reminders.wait_after(2, "<c@d>")

    def test_the_owners_mail_is_tried_five_days_a_customers_two(self) -> None:
        made = at("2026-11-23T08:00")

        assert not reminders.is_given_up("digest", made, made + timedelta(hours=119))
        assert reminders.is_given_up("digest", made, made + timedelta(days=5))
        assert reminders.is_given_up("reply", made, made + timedelta(hours=48))

    def test_a_key_tells_its_date(self) -> None:
        day = date(2026, 11, 22)

        assert reminders.digest_key(day) == "digest:2026-11-22:owner"
        assert reminders.digest_key(day, 2) == "digest:2026-11-22:owner:2"
        assert reminders.day_of_key(reminders.digest_key(day, 2)) == day
