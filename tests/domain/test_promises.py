from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.domain.hours import HoursError, OpeningHours
from cxdesk.domain.promises import (
    EVERYDAY,
    Advice,
    Allowance,
    Verdict,
    advise,
    due_at,
    explain,
    guaranteed_minutes,
    read_allowance,
    time_left,
    verdict,
    working,
)
from tests.domain.test_hours import OFFICE, PROFILE, at, calendars, minutes, moments, same
from tests.domain.walker import MINUTE, Walker

HOURS = OpeningHours(zone="Europe/London", week=OFFICE)
LUNCH = [("09:00", "12:30"), ("13:30", "17:00")]
SHOP = OpeningHours(zone="Europe/London", week={"tue": LUNCH, "fri": LUNCH, "sat": LUNCH[:1]})
FOUR = Allowance(business=timedelta(hours=4))
TWO_DAYS = Allowance(business_days=2)


def may(day: int, wall: str) -> datetime:
    """A time in London in the week of Monday 4 May 2026 (or the next)."""
    return at(f"2026-05-{day:02}T{wall}+01:00")


class TestAllowance:
    @pytest.mark.parametrize(
        "text, code, words",
        [
            ("4bh", "4bh", "4 business hours"),
            ("1bh", "1bh", "1 business hour"),
            ("1 Business Hour", "1bh", "1 business hour"),
            ("2 working hours", "2bh", "2 business hours"),
            ("90 bmin", "90bmin", "90 business minutes"),
            ("30 business minutes", "30bmin", "30 business minutes"),
            ("1bmin", "1bmin", "1 business minute"),
            ("120bmin", "2bh", "2 business hours"),
            ("2bd", "2bd", "2 business days"),
            (" 2  business   days ", "2bd", "2 business days"),
            ("1 workday", "1bd", "1 business day"),
            ("3 working days", "3bd", "3 business days"),
            ("1w", "5bd", "5 business days"),
            ("2 weeks", "10bd", "10 business days"),
            ("10000bh", "10000bh", "10000 business hours"),
            ("365bd", "365bd", "365 business days"),
        ],
    )
    def test_what_is_read_is_said(self, text: str, code: str, words: str) -> None:
        allowance = read_allowance(text)

        assert (allowance.code, allowance.words) == (code, words)
        assert read_allowance(code) == read_allowance(words) == allowance

    @given(st.integers(1, 600_000) | st.integers(1, 10_000).map(lambda hours: hours * 60))
    def test_code_and_words_say_the_whole_allowance(self, count: int) -> None:
        allowance = Allowance(business=count * MINUTE)

        assert read_allowance(allowance.code) == read_allowance(allowance.words) == allowance

    @pytest.mark.parametrize(
        "text",
        ["", "4", "bh", "4h", "2d", "-1bh", "1.5bh", "4bh 2bd", "bh4", "soon", "four bh", "٤bh"],
    )
    def test_what_is_not_understood_is_told_how_to_write_it(self, text: str) -> None:
        with pytest.raises(ValueError, match="write 4bh"):
            read_allowance(text)

    @pytest.mark.parametrize("text", ["0bh", "0 business days", "00bmin", "0w"])
    def test_no_time_at_all_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="no time at all"):
            read_allowance(text)

    @pytest.mark.parametrize("text", ["366bd", "10001bh", "600001bmin", "74w", "9" * 5000 + "bh"])
    def test_the_absurd_is_refused(self, text: str) -> None:
        with pytest.raises(ValueError, match="too long"):
            read_allowance(text)

    @pytest.mark.parametrize(
        "fields",
        [
            {},
            {"business": timedelta(hours=1), "business_days": 1},
            {"business": timedelta()},
            {"business": -MINUTE},
            {"business_days": 0},
            {"business_days": -1},
        ],
    )
    def test_exactly_one_and_more_than_nothing(self, fields: Any) -> None:
        with pytest.raises(ValueError, match=r"one of them|more than nothing"):
            Allowance(**fields)

    def test_it_cannot_be_changed(self) -> None:
        with pytest.raises(AttributeError):
            FOUR.business = MINUTE  # type: ignore[misc]
        assert Allowance(timedelta(hours=4)) == FOUR


class TestDue:
    def test_hours_and_days_as_the_clock_says(self) -> None:
        assert due_at(may(8, "16:00"), FOUR, HOURS) == may(11, "12:00")
        assert due_at(may(8, "22:00"), TWO_DAYS, HOURS) == may(12, "17:00")

    @pytest.mark.parametrize(
        "pauses, due",
        [
            ([], "12:00"),
            ([("10:00", "11:00")], "13:00"),
            ([("10:00", "11:00"), ("10:30", "11:30")], "13:30"),
            ([("10:30", "11:30"), ("10:00", "11:00")], "13:30"),
            ([("10:00", "11:00"), ("11:00", "11:30")], "13:30"),
            ([("10:00", "12:00"), ("10:30", "11:00")], "14:00"),
            ([("10:00", "10:00")], "12:00"),
            ([("06:00", "07:00")], "12:00"),
            ([("06:00", "09:00")], "12:00"),
            ([("06:00", "10:00")], "13:00"),
            ([("12:00", "13:00")], "12:00"),
            ([("11:59", "13:00")], "13:01"),
            # The second begins within the life the first has made longer.
            ([("11:00", "12:00"), ("12:30", "13:00")], "13:30"),
            ([("11:00", "12:00"), ("13:00", "14:00")], "13:00"),
            ([("12:00", None)], "12:00"),
            ([("11:00", "12:00"), ("13:00", None)], "13:00"),
            ([("11:59", None)], None),
            ([("06:00", None)], None),
            ([("10:00", "11:00"), ("12:59", None)], None),
            ([("10:00", None), ("09:00", "16:00")], None),
        ],
    )
    def test_an_hours_promise_loses_the_open_time_of_its_pauses(
        self, pauses: list[tuple[str, str | None]], due: str | None
    ) -> None:
        taken = [(may(5, a), may(5, b) if b else None) for a, b in pauses]

        assert due_at(may(5, "08:00"), Allowance(timedelta(hours=3)), HOURS, taken) == (
            due and may(5, due)
        )

    @pytest.mark.parametrize(
        "pauses, due",
        [
            ([], (6, "17:00")),
            ([((5, "09:00"), (5, "17:00"))], (7, "17:00")),
            ([((5, "09:01"), (5, "17:00"))], (6, "17:00")),
            ([((5, "09:00"), (5, "16:59"))], (6, "17:00")),
            ([((5, "08:00"), (5, "12:00")), ((5, "12:00"), (6, "08:00"))], (7, "17:00")),
            ([((5, "08:00"), (5, "12:00")), ((5, "12:01"), (6, "08:00"))], (6, "17:00")),
            ([((4, "09:00"), (7, "17:00"))], (11, "17:00")),
            ([((6, "16:59"), None)], None),
            ([((6, "17:00"), None)], (6, "17:00")),
            ([((6, "17:00"), (8, "17:00"))], (6, "17:00")),
            ([((4, "10:00"), None)], None),
            # Late stays late, though the wait before reached over the due instant.
            ([((6, "16:00"), (6, "18:00")), ((6, "18:00"), None)], (6, "17:00")),
        ],
    )
    def test_a_days_promise_skips_dates_wholly_inside_its_pauses(
        self,
        pauses: list[tuple[tuple[int, str], tuple[int, str] | None]],
        due: tuple[int, str] | None,
    ) -> None:
        taken = [(may(*a), b and may(*b)) for a, b in pauses]

        assert due_at(may(4, "10:00"), TWO_DAYS, HOURS, taken) == (due and may(*due))

    def test_only_open_time_must_lie_inside_a_pause(self) -> None:
        pauses = [(may(5, "09:00"), may(5, "12:30")), (may(5, "13:30"), may(5, "17:00"))]

        assert due_at(may(4, "10:00"), Allowance(business_days=1), SHOP, pauses) == may(8, "17:00")

    def test_what_cannot_be_is_refused(self) -> None:
        naive = datetime(2026, 5, 5, 9)  # noqa: DTZ001

        with pytest.raises(ValueError, match="before it starts"):
            due_at(may(4, "10:00"), FOUR, HOURS, [(may(5, "10:00"), may(5, "09:00"))])
        with pytest.raises(ValueError, match="time zone"):
            due_at(naive, FOUR, HOURS)
        with pytest.raises(ValueError, match="time zone"):
            due_at(may(4, "10:00"), FOUR, HOURS, [(naive, None)])
        with pytest.raises(HoursError, match="ten years"):
            due_at(may(4, "10:00"), Allowance(business_days=10**9), HOURS)

    @given(st.data())
    @PROFILE
    def test_pauses_agree_with_the_walker_and_never_make_it_earlier(
        self, data: st.DataObject
    ) -> None:
        calendar, change = data.draw(calendars())
        hours = OpeningHours(**calendar)
        walker = Walker(**calendar, first=change - timedelta(days=8), days=17)
        start, count = data.draw(moments(change)), data.draw(minutes)
        pairs = data.draw(st.lists(st.tuples(moments(change), moments(change)), max_size=3))
        pauses: list[tuple[datetime, datetime | None]] = [(min(p), max(p)) for p in pairs]
        allowance = Allowance(business=count * MINUTE)
        due = due_at(start, allowance, hours, pauses)
        for a, b in pauses:
            assert b is not None
            walker.open[walker.minute(a) : walker.minute(b)] = [False] * int((b - a) / MINUTE)
        there = walker.add(start, count)

        assert due is not None
        assert there is None or same(due, there)
        assert due.astimezone(UTC) >= hours.add(start, count * MINUTE).astimezone(UTC)

    @given(st.data())
    @PROFILE
    def test_a_lasting_pause_counts_only_if_begun_before_the_due_instant(
        self, data: st.DataObject
    ) -> None:
        calendar, change = data.draw(calendars())
        hours = OpeningHours(**calendar)
        start, begun = data.draw(moments(change)), data.draw(moments(change))
        allowance = data.draw(
            minutes.map(lambda n: Allowance(business=n * MINUTE))
            | st.integers(1, 5).map(lambda n: Allowance(business_days=n))
        )
        free = due_at(start, allowance, hours)
        assert free is not None
        lasting = due_at(start, allowance, hours, [(begun, None)])
        ended = due_at(start, allowance, hours, [(begun, begun + timedelta(days=2))])

        assert (lasting is None) == (begun < free.astimezone(UTC))
        assert ended is not None
        assert ended.astimezone(UTC) >= free.astimezone(UTC)


class TestTimeLeft:
    def test_of_an_hours_promise_it_is_open_time(self) -> None:
        paused = [(may(5, "10:00"), None)]

        assert time_left(may(5, "08:00"), FOUR, HOURS, paused, may(7, "11:00")) == timedelta(
            hours=3
        )
        assert time_left(may(5, "08:00"), FOUR, HOURS, [], may(7, "11:00")) == timedelta()

    def test_of_a_days_promise_it_is_a_number_of_dates(self) -> None:
        paused = [(may(6, "08:00"), None)]

        assert time_left(may(4, "10:00"), TWO_DAYS, HOURS, paused, may(8, "18:00")) == 1
        assert time_left(may(4, "10:00"), TWO_DAYS, HOURS, [], may(4, "18:00")) == 2
        assert time_left(may(4, "10:00"), TWO_DAYS, HOURS, [], may(8, "18:00")) == 0


class TestVerdict:
    @pytest.mark.parametrize(
        "kept, wanted",
        [
            (may(8, "17:00"), ("kept", 0, None, None)),
            (may(8, "16:59"), ("kept", 1, None, None)),
            (may(8, "16:00") + timedelta(seconds=1), ("kept", 59, None, None)),
            (may(7, "17:00"), ("kept", 1440, None, None)),
            (may(8, "17:00") + timedelta(seconds=20), ("kept_late", None, 1, 0)),
            (may(8, "18:00"), ("kept_late", None, 60, 0)),
            (may(11, "09:00") + timedelta(seconds=1), ("kept_late", None, 3841, 1)),
            (may(11, "10:00"), ("kept_late", None, 3900, 60)),
        ],
    )
    def test_kept_early_or_late(self, kept: datetime, wanted: tuple[Any, ...]) -> None:
        due = may(8, "17:00")

        assert verdict(due, kept, HOURS) == wanted
        assert verdict(due, kept, HOURS, now=may(20, "12:00")) == wanted

    def test_open_it_is_late_once_the_due_instant_has_passed(self) -> None:
        due, nothing = may(8, "16:00"), ("open", None, None, None)

        assert verdict(due, None, HOURS) == nothing
        assert verdict(due, None, HOURS, now=may(8, "15:00")) == nothing
        assert verdict(due, None, HOURS, now=due) == nothing
        assert verdict(due, None, HOURS, now=may(11, "10:00")) == ("open", None, 3960, 120)

    def test_released_and_paused_have_no_minutes(self) -> None:
        released = verdict(may(8, "16:00"), None, HOURS, now=may(9, "12:00"), released=True)

        assert released == Verdict("released", None, None, None)
        assert verdict(None, None, HOURS, now=may(9, "12:00")).state == "open"
        assert verdict(None, may(9, "12:00"), HOURS) == ("kept", None, None, None)

    def test_minutes_are_real_where_the_clocks_change(self) -> None:
        due = datetime(2026, 10, 25, 0, 30, tzinfo=HOURS.tz)
        kept = datetime(2026, 10, 25, 3, 30, tzinfo=HOURS.tz)
        spring = datetime(2026, 3, 29, 3, 30, tzinfo=HOURS.tz)

        assert verdict(due, kept, HOURS).late_minutes == 240
        assert verdict(spring, spring.replace(hour=0), HOURS).early_minutes == 120
        assert verdict(due.replace(hour=1), due.replace(hour=1, fold=1), HOURS).late_minutes == 60


class TestAdvice:
    @pytest.mark.parametrize(
        "hours, wanted",
        [
            (HOURS, [60, 120, 240, 480, 960, 1440, 2400]),
            # Open Tue 7 h, Fri 7 h, Sat 3.5 h: asked on a Friday, one day is the Saturday.
            (SHOP, [60, 120, 240, 210, 630, 1050, 1050]),
        ],
    )
    def test_what_an_allowance_surely_gives(self, hours: OpeningHours, wanted: list[int]) -> None:
        assert [guaranteed_minutes(code, hours) for code in EVERYDAY] == wanted
        assert guaranteed_minutes(Allowance(business_days=7), HOURS) == 7 * 480
        assert guaranteed_minutes(Allowance(business_days=4), SHOP) == 1050 + 210

    def test_no_ordinary_week_gives_nothing_for_sure(self) -> None:
        once = OpeningHours(zone="UTC", week={}, special={"2026-05-12": [("09:00", "11:00")]})

        assert [guaranteed_minutes(code, once) for code in ("1bh", "2bd", "1w")] == [60, 0, 0]

    @given(st.data())
    @PROFILE
    def test_a_days_promise_gives_what_is_guaranteed(self, data: st.DataObject) -> None:
        asked = datetime(2026, 5, 4, tzinfo=UTC) + data.draw(st.integers(0, 20_000)) * MINUTE
        for hours in (HOURS, SHOP):
            for days in (1, 2, 3, 8):
                allowance = Allowance(business_days=days)
                due = due_at(asked, allowance, hours)
                assert due is not None
                assert hours.between(asked, due) >= guaranteed_minutes(allowance, hours) * MINUTE

    @pytest.mark.parametrize(
        "samples, wanted",
        [
            ([], (0, None, None)),
            ([10] * 8, (8, None, None)),
            ([10] * 9, (9, "1bh", None)),
            ([10] * 18, (18, "1bh", None)),
            ([10] * 19, (19, "1bh", "1bh")),
            # k is 9 of 9; 18 and 19 of 19; 27 and 28 of 28; 181 and 191 of 200.
            ([10] * 8 + [240], (9, "4bh", None)),
            ([10] * 8 + [241], (9, "1bd", None)),
            ([10] * 17 + [120, 121], (19, "2bh", "4bh")),
            ([10] * 26 + [480, 481], (28, "1bd", "2bd")),
            ([10] * 180 + [60] * 10 + [2400] * 10, (200, "1bh", "1w")),
            ([10] * 181 + [60] * 9 + [2400] * 10, (200, "1bh", "1w")),
            ([2401] * 19, (19, None, None)),
            ([0] * 19, (19, "1bh", "1bh")),
        ],
    )
    def test_the_smallest_allowance_at_or_above_the_order_statistic(
        self, samples: list[int], wanted: tuple[Any, ...]
    ) -> None:
        assert advise(samples, HOURS) == wanted
        assert advise(samples[::-1], HOURS) == Advice(*wanted)


class TestWorking:
    def test_hours_are_told_piece_by_piece(self) -> None:
        assert explain(may(8, "16:00"), FOUR, HOURS) == [
            "1 h Fri 16:00-17:00",
            "closed Sat-Sun",
            "3 h Mon 09:00-12:00",
        ]
        assert working(may(5, "12:00"), may(5, "14:00"), SHOP) == [
            "30 min Tue 12:00-12:30",
            "30 min Tue 13:30-14:00",
        ]

    def test_days_are_counted(self) -> None:
        assert explain(may(8, "16:00"), TWO_DAYS, HOURS) == [
            "asked Fri",
            "closed Sat-Sun",
            "days 1-2 Mon-Tue, closing 17:00",
        ]
        assert explain(may(6, "16:00"), TWO_DAYS, SHOP) == [
            "asked Wed",
            "closed Thu",
            "days 1-2 Fri-Sat, closing 12:30",
        ]

    def test_pauses_are_named(self) -> None:
        pauses: list[tuple[datetime, datetime | None]] = [
            (may(5, "10:00"), may(5, "11:00")),
            (may(7, "10:00"), None),
        ]

        assert explain(may(5, "09:00"), FOUR, HOURS, pauses) == [
            "1 h Tue 09:00-10:00",
            "paused Tue 5 May 10:00-Tue 5 May 11:00",
            "3 h Tue 11:00-14:00",
        ]
        assert explain(may(7, "09:00"), FOUR, HOURS, pauses) == [
            "1 h Thu 09:00-10:00",
            "paused since Thu 7 May 10:00",
        ]
        assert explain(may(6, "09:00"), TWO_DAYS, HOURS, pauses) == [
            "asked Wed",
            "paused since Thu 7 May 10:00",
        ]
        slept: list[tuple[datetime, datetime | None]] = [(may(5, "08:00"), may(5, "18:00"))]
        assert explain(may(4, "09:00"), TWO_DAYS, HOURS, slept) == [
            "asked Mon",
            "paused Tue",
            "days 1-2 Wed-Thu, closing 17:00",
        ]

    def test_long_spans_carry_dates_and_are_summed_up_in_the_middle(self) -> None:
        pieces = explain(may(4, "09:00"), Allowance(timedelta(hours=400)), HOURS)

        assert pieces[0] == "8 h Mon 4 May 09:00-17:00"
        assert len(pieces) == 11
        assert pieces[5] == "320 h in 40 more openings"
        assert pieces[-1] == "8 h Fri 10 Jul 09:00-17:00"

    def test_a_day_ends_at_24_and_the_date_after_is_not_told(self) -> None:
        night = OpeningHours(zone="Europe/London", week={"fri": [("18:00", "24:00")]})

        assert working(may(8, "09:00"), may(9, "00:00"), night) == ["6 h Fri 18:00-24:00"]
        assert explain(may(7, "09:00"), Allowance(business_days=1), night)[-1] == (
            "day 1 Fri, closing 24:00"
        )
        assert working(may(8, "09:00"), may(8, "09:00"), night) == []

    def test_seconds_are_told_when_there_are_some(self) -> None:
        start = may(8, "16:59") + timedelta(seconds=18)

        assert working(start, may(8, "17:00"), HOURS) == ["42 s Fri 16:59:18-17:00"]

    @given(st.data())
    @PROFILE
    def test_every_answer_can_be_explained(self, data: st.DataObject) -> None:
        calendar, change = data.draw(calendars())
        hours, start = OpeningHours(**calendar), data.draw(moments(change))
        pairs = data.draw(st.lists(st.tuples(moments(change), moments(change)), max_size=2))
        lasts = data.draw(st.booleans())
        pauses = [(min(p), None if lasts and i == 0 else max(p)) for i, p in enumerate(pairs)]
        allowances = (
            Allowance(data.draw(minutes) * MINUTE),
            Allowance(business_days=data.draw(st.integers(1, 9))),
        )
        for allowance in allowances:
            told = explain(start, allowance, hours, pauses)
            paused = due_at(start, allowance, hours, pauses) is None
            assert told
            assert told[-1].startswith("paused since") == paused
