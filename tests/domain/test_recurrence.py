"""What comes again (clock.md, "Recurrence"): the words, the rule, and its expansion."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.domain.hours import OpeningHours
from cxdesk.domain.phrases import PhraseError, read_every
from cxdesk.domain.recurrence import Recurrence, due_of

CASES = json.loads((Path(__file__).parent.parent / "data" / "phrases.json").read_text())
LONDON = "Europe/London"
WEDNESDAY = "2026-05-06T09:00"


def local(text: str, zone: str = LONDON) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def every(text: str, start: str = WEDNESDAY) -> Recurrence:
    return read_every(text, start=local(start), zone=LONDON)


def walls(series: Recurrence, count: int = 3) -> list[str]:
    return [f"{at:%Y-%m-%dT%H:%M}" for at in series.first(count)]


@pytest.mark.parametrize(
    "case", [c for c in CASES if c["mode"] == "recurrence"], ids=lambda c: c["id"]
)
def test_every_case_of_the_file_holds(case: dict[str, Any]) -> None:
    start = datetime.fromisoformat(case["now"])
    if case["use"] == "must_refuse":
        with pytest.raises(PhraseError):
            read_every(case["phrase"], start=start, zone=case["tz"])
        return
    series = read_every(case["phrase"], start=start, zone=case["tz"])

    assert {"rrule": series.rule, "first": walls(series)} == case["answer"]


@pytest.mark.parametrize(
    "text, rule",
    [
        ("daily", "FREQ=DAILY"),
        ("every day", "FREQ=DAILY"),
        ("day", "FREQ=DAILY"),
        ("Every  Day", "FREQ=DAILY"),
        ("every other day", "FREQ=DAILY;INTERVAL=2"),
        ("every 3 days", "FREQ=DAILY;INTERVAL=3"),
        ("3 days", "FREQ=DAILY;INTERVAL=3"),
        ("3d", "FREQ=DAILY;INTERVAL=3"),
        ("every three days", "FREQ=DAILY;INTERVAL=3"),
        ("weekly", "FREQ=WEEKLY"),
        ("every week", "FREQ=WEEKLY"),
        ("every 1 week", "FREQ=WEEKLY"),
        ("4w", "FREQ=WEEKLY;INTERVAL=4"),
        ("every 4w", "FREQ=WEEKLY;INTERVAL=4"),
        ("every other week", "FREQ=WEEKLY;INTERVAL=2"),
        ("fortnightly", "FREQ=WEEKLY;INTERVAL=2"),
        ("every fortnight", "FREQ=WEEKLY;INTERVAL=2"),
        ("every two fortnights", "FREQ=WEEKLY;INTERVAL=4"),
        ("every mon", "FREQ=WEEKLY;BYDAY=MO"),
        ("mon", "FREQ=WEEKLY;BYDAY=MO"),
        ("mondays", "FREQ=WEEKLY;BYDAY=MO"),
        ("every mon and thu", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("thu and mon", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("every mon, wed and fri", "FREQ=WEEKLY;BYDAY=MO,WE,FR"),
        ("mon,thu", "FREQ=WEEKLY;BYDAY=MO,TH"),
        ("weekly on mon", "FREQ=WEEKLY;BYDAY=MO"),
        ("every 2 weeks on mon and fri", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,FR"),
        ("every other mon", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO"),
        ("every weekday", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("weekdays", "FREQ=WEEKLY;BYDAY=MO,TU,WE,TH,FR"),
        ("monthly", "FREQ=MONTHLY;BYMONTHDAY=6"),
        ("every month", "FREQ=MONTHLY;BYMONTHDAY=6"),
        ("every 2 months", "FREQ=MONTHLY;INTERVAL=2;BYMONTHDAY=6"),
        ("6mo", "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=6"),
        ("quarterly", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=6"),
        ("every quarter", "FREQ=MONTHLY;INTERVAL=3;BYMONTHDAY=6"),
        ("every 2 quarters", "FREQ=MONTHLY;INTERVAL=6;BYMONTHDAY=6"),
        ("every month on the 28th", "FREQ=MONTHLY;BYMONTHDAY=28"),
        ("every month on the 29th", "FREQ=MONTHLY;BYMONTHDAY=28,29;BYSETPOS=-1"),
        ("every month on the 30th", "FREQ=MONTHLY;BYMONTHDAY=28,29,30;BYSETPOS=-1"),
        ("every month on the 31st", "FREQ=MONTHLY;BYMONTHDAY=28,29,30,31;BYSETPOS=-1"),
        ("monthly on the 15th", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("every 15th", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("the 15th of every month", "FREQ=MONTHLY;BYMONTHDAY=15"),
        ("last day of the month", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("every month on the last day", "FREQ=MONTHLY;BYMONTHDAY=-1"),
        ("first day of the month", "FREQ=MONTHLY;BYMONTHDAY=1"),
        ("first monday of the month", "FREQ=MONTHLY;BYDAY=1MO"),
        ("the first monday of every month", "FREQ=MONTHLY;BYDAY=1MO"),
        ("every first monday of the month", "FREQ=MONTHLY;BYDAY=1MO"),
        ("every month on the first mon", "FREQ=MONTHLY;BYDAY=1MO"),
        ("second tuesday of the month", "FREQ=MONTHLY;BYDAY=2TU"),
        ("3rd wed of the month", "FREQ=MONTHLY;BYDAY=3WE"),
        ("last friday of the month", "FREQ=MONTHLY;BYDAY=-1FR"),
        ("last weekday of the month", "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1"),
        ("yearly", "FREQ=YEARLY"),
        ("every year", "FREQ=YEARLY"),
        ("every 2 years", "FREQ=YEARLY;INTERVAL=2"),
        ("every year on 12 dec", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=12"),
        ("every 12 dec", "FREQ=YEARLY;BYMONTH=12;BYMONTHDAY=12"),
        ("every 29 feb", "FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=28,29;BYSETPOS=-1"),
    ],
)
def test_the_words_and_their_rule(text: str, rule: str) -> None:
    series = every(text)

    assert series.rule == rule
    assert series.first(1)[0] >= local(WEDNESDAY)
    assert Recurrence(series.rule, series.start, series.zone).first(5) == series.first(5)


@pytest.mark.parametrize(
    "text, instead",
    [
        ("", "monthly"),
        ("every", "monthly"),
        ("hourly", "daily"),
        ("every hour", "daily"),
        ("every 4 hours", "daily"),
        ("every 30 min", "daily"),
        ("2bh", "daily"),
        ("1h30m", "daily"),
        ("every 5m", "5mo"),
        ("every 0 weeks", "from 1"),
        ("0d", "from 1"),
        ("every -2 weeks", "2d ahead"),
        ("every 1.5 weeks", "36h"),
        ("every few days", "how many"),
        ("every 2bd", "every weekday"),
        ("every business day", "read"),
        ("weekend", "every sat"),
        ("every weekend", "every sat"),
        ("every 31st of february", "Feb"),
        ("every 30 february", "Feb"),
        ("31 april", "Apr"),
        ("every 32nd", "no month"),
        ("fifth monday of the month", "last monday"),
        ("first monday of the year", "of the month"),
        ("every 12 dec 2026", "year out"),
        ("twice a week", "read"),
        ("every blue moon", "read"),
        ("every mon sometimes", "read"),
        ("every week on", "read"),
        ("daily on mon", "read"),
        ("every mon at 9", "9am"),
        ("every 200 years", "hundred"),
        ("every 99999 days", "hundred"),
        ("tomorrow", "read"),
    ],
)
def test_refused_with_what_to_write_instead(text: str, instead: str) -> None:
    with pytest.raises(PhraseError, match=instead):
        every(text)


class TestExpansion:
    def test_start_itself_is_the_first_when_it_matches(self) -> None:
        assert walls(every("every wed"), 2) == ["2026-05-06T09:00", "2026-05-13T09:00"]
        assert walls(every("every thu"), 2) == ["2026-05-07T09:00", "2026-05-14T09:00"]

    def test_every_other_monday_begins_with_the_coming_one(self) -> None:
        assert walls(every("every other mon")) == [
            "2026-05-11T09:00",
            "2026-05-25T09:00",
            "2026-06-08T09:00",
        ]

    @pytest.mark.parametrize(
        "text, start, dates",
        [
            ("monthly", "2028-01-31T09:00", "2028-01-31 2028-02-29 2028-03-31 2028-04-30"),
            ("monthly", "2026-01-30T09:00", "2026-01-30 2026-02-28 2026-03-30 2026-04-30"),
            ("monthly", "2026-01-29T09:00", "2026-01-29 2026-02-28 2026-03-29 2026-04-29"),
            ("quarterly", "2026-08-31T09:00", "2026-08-31 2026-11-30 2027-02-28 2027-05-31"),
            ("yearly", "2028-02-29T09:00", "2028-02-29 2029-02-28 2030-02-28 2031-02-28"),
            ("yearly", "2026-12-31T09:00", "2026-12-31 2027-12-31 2028-12-31 2029-12-31"),
            ("29 feb", "2026-05-06T09:00", "2027-02-28 2028-02-29 2029-02-28"),
            ("every 31st", "2026-04-10T09:00", "2026-04-30 2026-05-31 2026-06-30"),
            ("first mon of the month", "2026-05-06T09:00", "2026-06-01 2026-07-06 2026-08-03"),
            ("last fri of the month", "2026-05-06T09:00", "2026-05-29 2026-06-26 2026-07-31"),
            ("last weekday of the month", "2026-05-06T09:00", "2026-05-29 2026-06-30 2026-07-31"),
            ("every weekday", "2026-05-08T09:00", "2026-05-08 2026-05-11 2026-05-12"),
        ],
    )
    def test_month_ends_and_places(self, text: str, start: str, dates: str) -> None:
        wanted = dates.split()

        assert [at[:10] for at in walls(every(text, start), len(wanted))] == wanted

    @pytest.mark.parametrize(
        "text, first",
        [
            ("every mon 9:30", "2026-05-11T09:30"),
            ("every wed at 3pm", "2026-05-06T15:00"),
            ("every wed at 8am", "2026-05-13T08:00"),
            ("daily at 8:00", "2026-05-07T08:00"),
            ("every 3 days at 8:00", "2026-05-09T08:00"),
            ("weekly at noon", "2026-05-06T12:00"),
            ("weekly at 8:00", "2026-05-13T08:00"),
            ("monthly at 8:00", "2026-06-06T08:00"),
            ("yearly at 8:00", "2027-05-06T08:00"),
        ],
    )
    def test_a_time_in_the_words_takes_the_place_of_starts(self, text: str, first: str) -> None:
        assert walls(every(text), 1) == [first]

    def test_nine_stays_nine_when_clocks_change(self) -> None:
        series = every("daily", "2026-10-24T09:00")

        assert walls(series) == ["2026-10-24T09:00", "2026-10-25T09:00", "2026-10-26T09:00"]
        assert [at.astimezone(UTC).hour for at in series.first(3)] == [8, 9, 9]

    def test_a_skipped_wall_time_is_the_jump_and_only_that_day(self) -> None:
        assert walls(every("daily", "2026-03-28T01:30")) == [
            "2026-03-28T01:30",
            "2026-03-29T02:00",
            "2026-03-30T01:30",
        ]

    def test_a_wall_time_that_comes_twice_is_the_first(self) -> None:
        twice = every("daily", "2026-10-24T01:30").first(2)[1]

        assert twice.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    def test_after_is_strict_and_missed_ones_do_not_pile_up(self) -> None:
        series = every("every mon")

        assert series.after(local("2026-05-11T08:59")) == local("2026-05-11T09:00")
        assert series.after(local("2026-05-11T09:00")) == local("2026-05-18T09:00")
        assert series.after(local("2026-07-01T00:00")) == local("2026-07-06T09:00")
        assert series.after(local("2020-01-01T00:00")) == local("2026-05-11T09:00")

    def test_it_keeps_its_zone_when_start_is_in_another(self) -> None:
        series = read_every("daily", start=datetime(2026, 5, 6, 23, 30, tzinfo=UTC), zone=LONDON)

        assert walls(series, 1) == ["2026-05-07T00:30"]

    def test_made_again_from_a_start_in_utc(self) -> None:
        series = every("monthly", "2026-01-31T09:00")

        stored = Recurrence(series.rule, series.start.astimezone(UTC), series.zone)

        assert walls(stored, 4) == walls(series, 4)

    @given(
        st.sampled_from(["daily", "every 3 days", "mon and thu", "monthly", "quarterly", "yearly"]),
        st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
        st.integers(0, 300),
    )
    def test_after_walks_the_same_series_as_first(
        self, text: str, start: datetime, days: int
    ) -> None:
        series = read_every(text, start=start, zone=LONDON)
        instant = start + timedelta(days=days)

        wanted = next(
            at for at in series.first(310) if at.astimezone(UTC) > instant.astimezone(UTC)
        )

        assert series.after(instant).astimezone(UTC) == wanted.astimezone(UTC)


class TestClosedDates:
    HOURS = OpeningHours(
        LONDON,
        {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")},
        closed={"2026-05-25"},
    )

    def test_due_at_the_closing_of_the_next_open_date(self) -> None:
        assert due_of(local("2026-05-25T09:00"), self.HOURS) == local("2026-05-26T17:00")
        assert due_of(local("2026-05-09T09:00"), self.HOURS) == local("2026-05-11T17:00")

    def test_an_open_date_is_due_at_its_own_time(self) -> None:
        assert due_of(local("2026-05-26T19:00"), self.HOURS) == local("2026-05-26T19:00")

    def test_the_series_keeps_its_nominal_dates(self) -> None:
        series = every("every mon")

        assert series.after(local("2026-05-25T09:00")) == local("2026-06-01T09:00")
