from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from cxdesk.domain import hours as hours_module
from cxdesk.domain.hours import HoursError, OpeningHours, day_names, length, wall_time
from cxdesk.domain.promises import Allowance, due_at
from tests.domain.walker import MINUTE, Walker

if TYPE_CHECKING:
    from collections.abc import Callable

HERE = os.path.dirname(__file__)
with open(os.path.join(HERE, "..", "data", "business.json"), encoding="utf-8") as file:
    CASES: list[dict[str, Any]] = json.load(file)

OFFICE = {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
ALWAYS = {day: [("00:00", "24:00")] for day in hours_module.WEEKDAYS}
LONDON = OpeningHours(zone="Europe/London", week=OFFICE)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def same(a: datetime | None, b: datetime | None) -> bool:
    """One instant: across zones Python calls the two sides of a fold unequal."""
    return (a and a.astimezone(UTC)) == (b and b.astimezone(UTC))


def answer(case: dict[str, Any]) -> Any:
    hours = OpeningHours(
        zone=case["tz"], week=case["hours"], closed=case["holidays"], special=case["overrides"]
    )
    start, amount = at(case["start"]), case.get("amount", 0)
    match case["op"]:
        case "add_business_minutes":
            return hours.add(start, timedelta(minutes=amount))
        case "promise_business_days":
            return hours.close_of_day(start, amount)
        case "business_minutes_between":
            return hours.between(start, at(case["end"])) / MINUTE
        case "is_open":
            return hours.is_open(start)
        case "next_open":
            return hours.next_opening(start)
        case "next_close":
            return hours.next_closing(start)
        case "due_with_pauses":
            pauses = [(at(a), b and at(b)) for a, b in case["pauses"]]
            return due_at(start, Allowance(business=timedelta(minutes=amount)), hours, pauses)
    raise AssertionError(case["op"])


class TestTheCases:
    @pytest.mark.parametrize("case", CASES, ids=[case["id"] for case in CASES])
    def test_every_case_has_its_answer(self, case: dict[str, Any]) -> None:
        got, wanted = answer(case), case["answer"]

        if isinstance(wanted, str):
            assert got.isoformat() == wanted
        else:
            assert got == wanted

    def test_they_are_all_there(self) -> None:
        assert len(CASES) == 180
        assert all(case["source"] for case in CASES)


class TestEdges:
    def test_an_exact_fit_ends_at_closing_and_one_minute_more_after_the_weekend(self) -> None:
        friday = at("2026-05-08T16:00+01:00")

        assert LONDON.add(friday, timedelta(hours=1)) == at("2026-05-08T17:00+01:00")
        assert LONDON.add(friday, timedelta(minutes=61)) == at("2026-05-11T09:01+01:00")

    def test_walking_back_an_exact_fit_ends_at_opening(self) -> None:
        closing = at("2026-05-08T17:00+01:00")

        assert LONDON.add(closing, timedelta(hours=-8)) == at("2026-05-08T09:00+01:00")
        assert LONDON.add(closing, timedelta(hours=-9)) == at("2026-05-07T16:00+01:00")

    def test_the_closing_instant_is_closed_and_its_next_closing_is_tomorrow(self) -> None:
        closing = at("2026-05-07T17:00+01:00")

        assert not LONDON.is_open(closing)
        assert LONDON.is_open(closing - timedelta(microseconds=1))
        assert LONDON.next_closing(closing) == at("2026-05-08T17:00+01:00")
        assert LONDON.next_opening(closing) == at("2026-05-08T09:00+01:00")

    def test_nothing_added_is_now_or_the_next_opening(self) -> None:
        assert LONDON.add(at("2026-05-08T10:00+01:00"), timedelta()) == at("2026-05-08T10:00+01:00")
        assert LONDON.add(at("2026-05-08T17:00+01:00"), timedelta()) == at("2026-05-11T09:00+01:00")

    def test_answers_are_in_the_zone_of_the_hours_and_keep_microseconds(self) -> None:
        start = at("2026-05-08T09:00:00.000007+00:00")
        due = LONDON.add(start, timedelta(hours=1))

        assert due.isoformat() == "2026-05-08T11:00:00.000007+01:00"
        assert due.tzinfo is LONDON.tz
        assert LONDON.zone == "Europe/London"

    def test_midnight_between_two_whole_days_is_open_and_no_closing(self) -> None:
        hours = OpeningHours(
            zone="UTC",
            week={"mon": [("08:00", "24:00")], "tue": [("00:00", "02:00"), ("02:00", "03:00")]},
        )
        midnight = at("2026-05-12T00:00+00:00")

        assert hours.is_open(midnight)
        assert hours.next_closing(at("2026-05-11T09:00+00:00")) == at("2026-05-12T03:00+00:00")
        assert hours.closing_of(date(2026, 5, 11)) == midnight
        assert hours.add(at("2026-05-11T23:00+00:00"), timedelta(hours=1)) == midnight
        assert hours.close_of_day(at("2026-05-10T12:00+00:00"), 1) == midnight

    def test_a_desk_that_never_closes_has_no_next_closing_but_days_that_end(self) -> None:
        hours = OpeningHours(zone="Europe/London", week=ALWAYS)

        with pytest.raises(HoursError, match="ten years"):
            hours.next_closing(at("2026-05-12T00:00+00:00"))
        assert hours.close_of_day(at("2026-05-12T12:00+01:00"), 2) == at("2026-05-15T00:00+01:00")

    def test_special_dates_beat_closed_ones_and_the_week(self) -> None:
        special: dict[str | date, list[tuple[str, str]]] = {
            "2026-12-24": [("09:00", "12:00")],
            date(2026, 12, 23): [],
        }
        hours = OpeningHours(
            zone="UTC",
            week=OFFICE,
            closed={"2026-12-24", date(2026, 12, 25)},
            special=special,
        )

        assert hours.closing_of(date(2026, 12, 24)) == at("2026-12-24T12:00+00:00")
        assert not hours.is_open_date(date(2026, 12, 23))
        assert hours.closing_of(date(2026, 12, 25)) is None
        assert hours.close_of_day(at("2026-12-24T10:00+00:00"), 1) == at("2026-12-28T17:00+00:00")
        assert hours.intervals(date(2026, 12, 25)) == []
        assert next(hours.open_dates(date(2026, 12, 24))) == date(2026, 12, 28)

    def test_the_usual_closing_is_the_latest_of_the_week(self) -> None:
        late = OpeningHours(zone="UTC", week={**OFFICE, "thu": [("12:00", "20:30")]})
        once = OpeningHours(zone="UTC", week={}, special={"2026-05-12": [("09:00", "11:00")]})

        assert f"{late.usual_closing():%H:%M}" == "20:30"
        assert f"{OpeningHours(zone='UTC', week=ALWAYS).usual_closing():%H:%M}" == "23:59"
        assert f"{once.usual_closing():%H:%M}" == "11:00"

    def test_opening_minutes_are_those_of_the_ordinary_weekday(self) -> None:
        lunch = OpeningHours(zone="UTC", week={"mon": [("13:30", "17:00"), ("09:00", "12:30")]})

        assert [lunch.opening_minutes(day) for day in (0, 1)] == [420, 0]

    def test_a_naive_datetime_is_refused_everywhere(self) -> None:
        naive = datetime(2026, 5, 12, 9)  # noqa: DTZ001

        for ask in (LONDON.is_open, LONDON.next_opening, LONDON.next_closing, LONDON.local):
            with pytest.raises(ValueError, match="time zone"):
                ask(naive)
        with pytest.raises(ValueError, match="time zone"):
            LONDON.between(naive, at("2026-05-12T09:00+00:00"))
        with pytest.raises(ValueError, match="time zone"):
            LONDON.close_of_day(naive, 1)

    def test_less_than_one_business_day_is_refused(self) -> None:
        with pytest.raises(ValueError, match="at least 1"):
            LONDON.close_of_day(at("2026-05-12T09:00+00:00"), 0)


class TestClocksThatChange:
    def hours(self, zone: str, *pairs: tuple[str, str]) -> OpeningHours:
        return OpeningHours(zone=zone, week={"sun": list(pairs), "mon": [("09:00", "17:00")]})

    def test_both_edges_in_the_gap_give_no_interval_that_day(self) -> None:
        hours = self.hours("Europe/London", ("01:10", "01:50"))

        assert hours.intervals(date(2026, 3, 29)) == []
        assert not hours.is_open_date(date(2026, 3, 29))
        assert hours.close_of_day(at("2026-03-28T12:00+00:00"), 1) == at("2026-03-30T17:00+01:00")

    def test_an_edge_in_the_gap_is_the_instant_of_the_jump(self) -> None:
        hours = self.hours("Europe/London", ("00:30", "01:30"), ("01:45", "03:00"))
        jump = at("2026-03-29T01:00+00:00")

        assert [i[0] for i in hours.intervals(date(2026, 3, 29))][1] == jump
        assert same(hours.intervals(date(2026, 3, 29))[0][1], jump)
        assert hours.next_closing(at("2026-03-29T00:40+00:00")) == at("2026-03-29T03:00+01:00")

    def test_a_gap_that_ends_at_the_closing_leaves_nothing(self) -> None:
        assert self.hours("Europe/London", ("01:30", "02:00")).intervals(date(2026, 3, 29)) == []

    def test_an_edge_in_the_fold_is_the_first_and_the_fold_is_open(self) -> None:
        closes = self.hours("Europe/London", ("00:30", "01:30"))
        opens = self.hours("Europe/London", ("01:30", "02:30"))
        day = date(2026, 10, 25)

        assert same(closes.closing_of(day), at("2026-10-25T00:30+00:00"))
        assert not closes.is_open(at("2026-10-25T01:15+00:00"))
        assert same(opens.intervals(day)[0][0], at("2026-10-25T00:30+00:00"))
        assert opens.between(at("2026-10-25T00:00Z"), at("2026-10-26T00:00Z")) == 2 * 60 * MINUTE

    def test_clocks_that_jump_at_midnight(self) -> None:
        hours = OpeningHours(zone="America/Santiago", week=ALWAYS)
        jump = at("2026-09-06T04:00+00:00")

        assert same(hours.closing_of(date(2026, 9, 5)), jump)
        assert same(hours.intervals(date(2026, 9, 6))[0][0], jump)
        assert hours.between(jump, jump + timedelta(days=1)) == timedelta(days=1)

    def test_a_date_that_was_skipped_has_no_hours(self) -> None:
        hours = OpeningHours(zone="Pacific/Apia", week=ALWAYS)

        assert hours.intervals(date(2011, 12, 30)) == []
        assert same(hours.closing_of(date(2011, 12, 29)), at("2011-12-30T10:00+00:00"))

    def test_a_fold_that_reaches_back_over_midnight_is_walked_both_ways(self) -> None:
        """St. John's went from 00:01 back to 23:01 of the day before."""
        hours = OpeningHours(zone="America/St_Johns", week=ALWAYS)
        start = at("2010-11-06T12:00-02:30")

        for minutes in range(12 * 60 - 90, 12 * 60 + 90, 7):
            there = hours.add(start, minutes * MINUTE)
            assert hours.is_open(there)
            assert same(there, start + minutes * MINUTE)
            assert same(hours.add(there, -minutes * MINUTE), start)


class TestRefusedCalendars:
    @pytest.mark.parametrize(
        "zone",
        ["", "Europe", "../../etc/passwd", "/etc/passwd", "Europe/Lundon", "a\0b", "x" * 5000],
    )
    def test_an_unknown_zone_says_how_to_write_one(self, zone: str) -> None:
        with pytest.raises(HoursError, match="write it like Europe/London"):
            OpeningHours(zone=zone, week=OFFICE)

    @pytest.mark.parametrize(
        "week, says",
        [
            ({}, "never open"),
            ({"mon": []}, "never open"),
            ({"mon": [("17:00", "09:00")]}, "close after it opens"),
            ({"mon": [("09:00", "09:00")]}, "close after it opens"),
            ({"mon": [("22:00", "02:00")]}, "close after it opens"),
            ({"mon": [("09:00", "13:00"), ("12:59", "17:00")]}, "overlap"),
            ({"mon": [("09:00", "17:00"), ("10:00", "11:00")]}, "overlap"),
            ({"mon": [("12:00", "17:00"), ("09:00", "12:01")]}, "overlap"),
            ({"mon": [("9:00", "17:00")]}, "no time of day"),
            ({"mon": [("09:00", "24:01")]}, "no time of day"),
            ({"mon": [("09:60", "17:00")]}, "no time of day"),
            ({"mon": [("09:00", "1700")]}, "no time of day"),
            ({"mon": [("09:00", "１7:00")]}, "no time of day"),
            ({"mon": [("09:00",)]}, "an opening and a closing"),
            ({"mon": [9]}, "an opening and a closing"),
            ({"mon": [(9, 17)]}, "no time of day"),
            ({"monday": [("09:00", "17:00")]}, "no weekday"),
        ],
    )
    def test_a_week_that_cannot_be(self, week: Any, says: str) -> None:
        with pytest.raises(HoursError, match=says):
            OpeningHours(zone="UTC", week=week)

    def test_special_dates_are_looked_at_as_well(self) -> None:
        with pytest.raises(HoursError, match="2026-12-24: two intervals overlap"):
            OpeningHours(
                zone="UTC",
                week=OFFICE,
                special={"2026-12-24": [("09:00", "12:00"), ("11:00", "13:00")]},
            )
        with pytest.raises(HoursError, match="close after"):
            OpeningHours(zone="UTC", week=OFFICE, special={"2026-12-24": [("12:00", "09:00")]})
        with pytest.raises(HoursError, match="never open"):
            OpeningHours(zone="UTC", week={}, special={"2026-12-24": [("11:00", "11:00")]})

    @pytest.mark.parametrize("day", ["2026-02-30", "christmas", ""])
    def test_a_date_that_is_none(self, day: str) -> None:
        with pytest.raises(HoursError, match="is no date"):
            OpeningHours(zone="UTC", week=OFFICE, closed=[day])

    def test_the_errors_are_value_errors(self) -> None:
        assert issubclass(HoursError, ValueError)


class TestNothingLoopsForEver:
    once = OpeningHours(zone="UTC", week={}, special={"2026-05-12": [("09:00", "17:00")]})
    later, earlier = datetime(2026, 6, 1, tzinfo=UTC), datetime(2026, 4, 1, tzinfo=UTC)

    def test_no_answer_within_ten_years_says_so(self) -> None:
        asks: tuple[Callable[[], datetime], ...] = (
            lambda: self.once.next_opening(self.later),
            lambda: self.once.next_closing(self.later),
            lambda: self.once.add(self.later, MINUTE),
            lambda: self.once.add(self.later, timedelta(hours=-9)),
            lambda: self.once.add(self.earlier, timedelta(hours=9)),
            lambda: self.once.close_of_day(self.later, 1),
            lambda: LONDON.close_of_day(self.later, 10**12),
        )
        for ask in asks:
            with pytest.raises(HoursError, match="within ten years"):
                ask()
        assert not self.once.is_open(self.later)
        assert self.once.between(self.earlier, self.later) == timedelta(hours=8)

    @pytest.mark.parametrize(
        "extreme", [datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)]
    )
    def test_the_ends_of_time_are_a_plain_error(self, extreme: datetime) -> None:
        for zone in ("UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago"):
            hours = OpeningHours(zone=zone, week=OFFICE)
            for step in (MINUTE, -MINUTE):
                with pytest.raises(HoursError, match="years 2 to 9998"):
                    hours.add(extreme, step)
            with pytest.raises(HoursError, match="years 2 to 9998"):
                hours.is_open(extreme)

    def test_ten_thousand_hours_take_a_moment(self) -> None:
        spent = []
        for _ in range(3):
            fresh = OpeningHours(zone="Europe/London", week=OFFICE)
            began = time.process_time()
            fresh.add(at("2026-01-05T09:00+00:00"), timedelta(hours=10_000))
            spent.append(time.process_time() - began)

        assert min(spent) < 0.05


class TestWords:
    def test_lengths(self) -> None:
        said = [length(timedelta(seconds=s)) for s in (0, 30, 60, 5400, 36000, 3601)]

        assert said == ["0 min", "30 s", "1 min", "1 h 30 min", "10 h", "1 h 1 s"]

    def test_days_in_a_row(self) -> None:
        days = [date(2026, 12, 5), date(2026, 12, 6)]

        assert day_names(days) == "Sat-Sun"
        assert day_names(days[:1]) == "Sat"
        assert day_names(days, dated=True) == "Sat 5 Dec-Sun 6 Dec"

    def test_midnight_at_the_end_of_a_day_is_24(self) -> None:
        midnight = at("2026-05-12T00:00+01:00")

        assert wall_time(midnight, date(2026, 5, 11), LONDON) == "24:00"
        assert wall_time(midnight, date(2026, 5, 12), LONDON) == "00:00"


class TestTheImportLaw:
    def test_nothing_slow_is_loaded(self) -> None:
        source = os.path.join(HERE, "..", "..", "src")
        code = (
            f"import sys; sys.path.insert(0, {source!r})\n"
            "import cxdesk.domain.promises\n"
            "from cxdesk.domain.hours import OpeningHours\n"
            "OpeningHours(zone='Europe/London', week={'mon': [('09:00', '17:00')]})\n"
            "slow = 're json enum typing pathlib dataclasses tomllib logging'.split()\n"
            "print([name for name in slow if name in sys.modules])"
        )
        ran = subprocess.run(
            [sys.executable, "-I", "-S", "-c", code], capture_output=True, text=True, check=True
        )

        assert ran.stdout.strip() == "[]"


# -- properties --------------------------------------------------------------------------------

# A zone and a date on which its clocks change.
CHANGES = [
    ("Europe/London", date(2026, 3, 29)),
    ("Europe/London", date(2026, 10, 25)),
    ("America/New_York", date(2026, 3, 8)),
    ("America/New_York", date(2026, 11, 1)),
    ("Australia/Sydney", date(2026, 4, 5)),
    ("Australia/Sydney", date(2026, 10, 4)),
    ("America/Santiago", date(2026, 4, 5)),
    ("America/Santiago", date(2026, 9, 6)),
    ("Africa/Cairo", date(2026, 4, 24)),
    ("Africa/Cairo", date(2026, 10, 30)),
    ("Australia/Lord_Howe", date(2026, 4, 5)),
    ("Australia/Lord_Howe", date(2026, 10, 4)),
    ("Pacific/Apia", date(2011, 12, 30)),
    ("America/Havana", date(2026, 11, 1)),
    ("Asia/Tokyo", date(2026, 5, 12)),
]
WALLS = [f"{h:02}:{m:02}" for h in range(24) for m in (0, 10, 15, 30, 45, 59)] + ["24:00"]
# Many edges lie where clocks change.
NIGHT = [wall for wall in WALLS if wall < "04:00" or wall > "22:00"]
PROFILE = settings(max_examples=200, deadline=None)


@st.composite
def plans(draw: st.DrawFn, fewest: int = 0) -> list[tuple[str, str]]:
    count = draw(st.integers(fewest, 3))
    walls = st.sampled_from(WALLS) | st.sampled_from(NIGHT)
    edges = draw(st.lists(walls, min_size=2 * count, max_size=2 * count, unique=True))
    edges.sort()
    pairs = list(zip(edges[::2], edges[1::2], strict=True))
    if len(pairs) > 1 and draw(st.booleans()):
        pairs[1] = (pairs[0][1], pairs[1][1])  # touching
    return pairs


@st.composite
def calendars(draw: st.DrawFn) -> tuple[dict[str, Any], date]:
    zone, change = draw(st.sampled_from(CHANGES))
    week = {day: draw(plans()) for day in hours_module.WEEKDAYS}
    week[draw(st.sampled_from(hours_module.WEEKDAYS))] = draw(plans(fewest=1))
    near = st.integers(-3, 3).map(lambda n: (change + timedelta(days=n)).isoformat())
    closed = draw(st.sets(near, max_size=2))
    special = draw(st.dictionaries(near, plans(), max_size=2))
    return {"zone": zone, "week": week, "closed": closed, "special": special}, change


def moments(change: date) -> st.SearchStrategy[datetime]:
    noon = datetime(change.year, change.month, change.day, 12, tzinfo=UTC)
    near = st.integers(-24 * 60, 24 * 60) | st.integers(-4 * 1440, 4 * 1440)
    return near.map(lambda minutes: noon + minutes * MINUTE)


minutes = st.integers(1, 200) | st.integers(1, 6000)


class TestAgainstTheWalker:
    @given(st.data())
    @PROFILE
    def test_each_question_has_the_walkers_answer(self, data: st.DataObject) -> None:
        calendar, change = data.draw(calendars())
        hours = OpeningHours(**calendar)
        walker = Walker(**calendar, first=change - timedelta(days=8), days=17)
        a, b = sorted(data.draw(st.tuples(moments(change), moments(change))))
        count, days = data.draw(minutes), data.draw(st.integers(1, 4))

        assert hours.is_open(a) == walker.is_open(a)
        assert hours.between(a, b) == walker.between(a, b) * MINUTE
        for asked in (count, -count):
            there = walker.add(a, asked)
            assert there is None or same(hours.add(a, asked * MINUTE), there)
        closing = walker.close_of_day(a, days)
        assert closing is None or same(hours.close_of_day(a, days), closing)

    @given(st.data())
    @PROFILE
    def test_openings_and_closings_are_where_the_walker_turns(self, data: st.DataObject) -> None:
        calendar, change = data.draw(calendars())
        hours = OpeningHours(**calendar)
        walker = Walker(**calendar, first=change - timedelta(days=5), days=11)
        a = data.draw(moments(change))
        here = walker.minute(a)
        edge = len(walker.open) - 2 * 1440
        opening = next((m for m in range(here, edge) if walker.open[m]), None)
        closing = next(
            (m for m in range(here + 1, edge) if walker.open[m - 1] and not walker.open[m]), None
        )

        assert opening is None or same(hours.next_opening(a), walker.at(opening))
        assert closing is None or same(hours.next_closing(a), walker.at(closing))


class TestLaws:
    @given(st.data())
    @PROFILE
    def test_what_is_added_lies_between(self, data: st.DataObject) -> None:
        calendar, change = data.draw(calendars())
        hours, start = OpeningHours(**calendar), data.draw(moments(change))
        span = timedelta(seconds=data.draw(st.integers(1, 300_000)))

        assert hours.between(start, hours.add(start, span)) == span
        assert hours.between(hours.add(start, -span), start) == span

    @given(st.data())
    @PROFILE
    def test_adding_twice_is_adding_the_sum(self, data: st.DataObject) -> None:
        calendar, change = data.draw(calendars())
        hours, start = OpeningHours(**calendar), data.draw(moments(change))
        a, b = data.draw(minutes) * MINUTE, data.draw(minutes) * MINUTE

        assert hours.add(hours.add(start, a), b) == hours.add(start, a + b)
        assert hours.add(hours.add(start, -a), -b) == hours.add(start, -a - b)

    @given(st.data())
    @PROFILE
    def test_walking_back_and_forth_returns(self, data: st.DataObject) -> None:
        calendar, change = data.draw(calendars())
        hours, start = OpeningHours(**calendar), data.draw(moments(change))
        span = data.draw(minutes) * MINUTE
        was_open = hours.is_open(start - timedelta(microseconds=1))
        # At an opening no sum can end: the same open time ends at the closing before it (rule 2).
        assume(was_open)

        assert same(hours.add(hours.add(start, -span), span), start)

    @given(st.data())
    @PROFILE
    def test_later_or_longer_is_never_due_earlier(self, data: st.DataObject) -> None:
        calendar, change = data.draw(calendars())
        hours = OpeningHours(**calendar)
        a, b = sorted(data.draw(st.tuples(moments(change), moments(change))))
        m, n = sorted(data.draw(st.tuples(minutes, minutes)))
        days = data.draw(st.integers(1, 9))

        assert hours.add(a, m * MINUTE).astimezone(UTC) <= hours.add(b, n * MINUTE).astimezone(UTC)
        assert hours.close_of_day(a, days).astimezone(UTC) <= hours.close_of_day(
            b, days
        ).astimezone(UTC)

    @given(st.data())
    @PROFILE
    def test_between_is_signed_and_adds_up(self, data: st.DataObject) -> None:
        calendar, change = data.draw(calendars())
        hours = OpeningHours(**calendar)
        a, b, c = data.draw(st.tuples(moments(change), moments(change), moments(change)))

        assert hours.between(a, b) == -hours.between(b, a)
        assert hours.between(a, b) + hours.between(b, c) == hours.between(a, c)

    @given(st.data())
    @PROFILE
    def test_n_days_are_never_earlier_than_their_hours(self, data: st.DataObject) -> None:
        calendar, change = data.draw(calendars())
        hours, start = OpeningHours(**calendar), data.draw(moments(change))
        due = hours.close_of_day(start, data.draw(st.integers(1, 5)))

        assert due.astimezone(UTC) > start
        assert hours.add(due, -MINUTE).astimezone(UTC) == due.astimezone(UTC) - MINUTE
