"""What typed phrases mean (clock.md, "Phrases"): the table of cases, our own, and properties."""

import json
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cxdesk.domain.hours import OpeningHours
from cxdesk.domain.phrases import PhraseError, When, longest_when, read_when, write_when
from tests.domain.phrase_tables import DEADLINES, PAST, PAST_REFUSALS, REFUSALS

CASES = json.loads((Path(__file__).parent.parent / "data" / "phrases.json").read_text())
OFFICE = {day: [("09:00", "17:00")] for day in ("mon", "tue", "wed", "thu", "fri")}
CLOSED = ("2026-05-25", "2026-12-25", "2026-12-28")
WEDNESDAY = "2026-05-06T10:20"  # the now of most tests, in London


@cache
def desk(zone: str = "Europe/London") -> OpeningHours:
    return OpeningHours(zone=zone, week=OFFICE, closed=CLOSED)


def local(text: str, zone: str = "Europe/London") -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def read(
    phrase: str, now: str = WEDNESDAY, *, past: bool = False, zone: str = "Europe/London"
) -> When:
    return read_when(phrase, now=local(now, zone), hours=desk(zone), past=past)


def means(
    phrase: str,
    answer: str,
    now: str = WEDNESDAY,
    *,
    past: bool = False,
    zone: str = "Europe/London",
) -> None:
    at = read(phrase, now, past=past, zone=zone).at
    assert f"{at:%Y-%m-%d %H:%M}" == answer


def refused(phrase: str, instead: str, now: str = WEDNESDAY, *, past: bool = False) -> None:
    with pytest.raises(PhraseError) as caught:
        read(phrase, now, past=past)
    assert instead in str(caught.value)
    assert caught.value.message in str(caught.value)
    assert caught.value.hint
    assert "\n" not in str(caught.value)


class TestCases:
    @pytest.mark.parametrize(
        "case", [c for c in CASES if c["mode"] != "recurrence"], ids=lambda c: c["id"]
    )
    def test_every_case_of_the_file_holds(self, case: dict[str, Any]) -> None:
        now = datetime.fromisoformat(case["now"])
        try:
            at = read_when(
                case["phrase"], now=now, hours=desk(case["tz"]), past=case["mode"] == "past"
            ).at
        except PhraseError:
            assert case["use"] in ("must_refuse", "optional")
            return
        assert case["use"] in ("exact", "optional")
        answer = datetime.fromisoformat(case["or" if case["use"] == "optional" else "answer"])
        if case["precision"] == "date":
            assert at.date() == answer.date()
        if case["use"] == "exact" or case["precision"] == "time":
            assert at.astimezone(UTC) == answer.astimezone(UTC)


class TestDeadlines:
    @pytest.mark.parametrize("phrase, answer", DEADLINES)
    def test_on_wednesday_morning(self, phrase: str, answer: str) -> None:
        means(phrase, answer)

    @pytest.mark.parametrize("phrase, instead", REFUSALS)
    def test_refused_with_what_to_write_instead(self, phrase: str, instead: str) -> None:
        with pytest.raises(PhraseError) as caught:
            read(phrase)

        assert any(piece in str(caught.value) for piece in instead.split("|"))
        assert caught.value.hint

    @pytest.mark.parametrize("phrase", ["", " ", ",", "\t\n"])
    def test_the_empty_phrase_is_refused(self, phrase: str) -> None:
        refused(phrase, "empty")


class TestPast:
    @pytest.mark.parametrize("phrase, answer", PAST)
    def test_on_wednesday_morning(self, phrase: str, answer: str) -> None:
        means(phrase, answer, past=True)

    @pytest.mark.parametrize("phrase, instead", PAST_REFUSALS)
    def test_refused_with_what_to_write_instead(self, phrase: str, instead: str) -> None:
        refused(phrase, instead, past=True)


class TestWeekdays:
    @pytest.mark.parametrize("today", range(4, 11))
    @pytest.mark.parametrize("wanted", range(7))
    def test_each_seen_from_each(self, today: int, wanted: int) -> None:
        """4 May 2026 is a Monday; the seven days from it are one ISO week."""
        name = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[wanted]
        now = f"2026-05-{today:02}T08:00"
        this_week = 4 + wanted
        if this_week == today:
            refused(name, f"today or next {name}", now)
            means(
                name,
                f"2026-{'04' if today < 8 else '05'}-{(today - 8) % 30 + 1:02} 08:00",
                now,
                past=True,
            )
        else:
            means(name, f"2026-05-{this_week + (7 if this_week < today else 0):02} 17:00", now)
        if this_week >= today:
            means(f"this {name}", f"2026-05-{this_week:02} 17:00", now)
        else:
            refused(f"this {name}", "already past", now)
            means(f"last {name}", f"2026-05-{this_week:02} 08:00", now, past=True)
        means(f"next {name}", f"2026-05-{this_week + 7:02} 17:00", now)
        means(f"{name} next week", f"2026-05-{this_week + 7:02} 17:00", now)


class TestCalendar:
    @pytest.mark.parametrize(
        "phrase, now, answer",
        [
            ("1mo", "2026-01-31T10:00", "2026-02-28 17:00"),
            ("1mo", "2028-01-31T10:00", "2028-02-29 17:00"),
            ("1y", "2028-02-29T10:00", "2029-02-28 17:00"),
            ("4y", "2028-02-29T10:00", "2032-02-29 17:00"),
            ("13mo", "2026-01-31T10:00", "2027-02-28 17:00"),
            ("11mo", "2026-01-31T10:00", "2026-12-31 17:00"),
            ("1mo", "2026-12-31T10:00", "2027-01-31 17:00"),
            ("the 1st", "2026-12-31T10:00", "2027-01-01 17:00"),
            ("1d", "2026-12-31T10:00", "2027-01-01 17:00"),
            ("29 feb", "2028-01-05T10:00", "2028-02-29 17:00"),
            ("29 feb", "2027-03-01T10:00", "2028-02-29 17:00"),
            ("the 31st", "2026-05-31T10:00", "2026-05-31 17:00"),
            ("end of next month", "2026-12-05T10:00", "2027-01-29 17:00"),
            ("end of next quarter", "2026-11-05T10:00", "2027-03-31 17:00"),
            ("eom", "2026-01-05T10:00", "2026-01-30 17:00"),
            ("eow", "2026-12-23T10:00", "2026-12-24 17:00"),
            ("2bd", "2026-05-22T10:00", "2026-05-27 17:00"),
            ("1bd", "2026-05-22T23:59", "2026-05-26 17:00"),
            ("1bd", "2026-05-24T00:01", "2026-05-26 17:00"),
        ],
    )
    def test_clips_and_skips(self, phrase: str, now: str, answer: str) -> None:
        means(phrase, answer, now)

    @pytest.mark.parametrize(
        "phrase, now",
        [
            ("the 29th", "2026-01-30T10:00"),
            ("the 31st", "2026-04-10T10:00"),
            ("the 30th", "2026-02-10T10:00"),
            ("29 feb", "2026-01-30T10:00"),
            ("29 feb", "2028-03-01T10:00"),
        ],
    )
    def test_the_coming_month_or_year_is_never_skipped(self, phrase: str, now: str) -> None:
        refused(phrase, "no 29" if "2" in phrase else "no 3", now)

    def test_back_too(self) -> None:
        refused("the 31st", "Feb", "2026-03-01T10:00", past=True)
        means("the 31st", "2026-01-31 10:00", "2026-02-01T10:00", past=True)
        means("1mo ago", "2026-02-28 10:00", "2026-03-31T10:00", past=True)


class TestHours:
    def test_a_date_on_a_closed_date_has_the_usual_closing_and_a_warning(self) -> None:
        when = read("25 may")

        assert f"{when.at:%d %H:%M}" == "25 17:00"
        assert "closed" in (when.warning or "")
        assert read("26 may").warning is None

    def test_eod_follows_the_hours_of_the_date(self) -> None:
        hours = OpeningHours("UTC", OFFICE, special={"2026-05-08": [("10:00", "13:30")]})
        now = datetime(2026, 5, 6, 10, tzinfo=UTC)

        for phrase in ("fri", "fri eod", "2bd", "eow"):
            assert read_when(phrase, now=now, hours=hours).at.hour == 13

    @pytest.mark.parametrize("phrase", ["eod", "today", "eow", "cob", "today eod"])
    def test_after_closing_they_are_past(self, phrase: str) -> None:
        refused(phrase, "already past", "2026-05-08T17:00")

    @pytest.mark.parametrize("phrase", ["eod", "today eod", "close of business"])
    def test_no_eod_on_a_closed_day(self, phrase: str) -> None:
        refused(phrase, "closed today", "2026-05-09T11:00")

    def test_a_desk_that_closes_at_midnight(self) -> None:
        hours = OpeningHours("UTC", {"mon": [("09:00", "24:00")], "thu": [("09:00", "24:00")]})
        now = datetime(2026, 5, 6, 10, tzinfo=UTC)

        assert read_when("1bd", now=now, hours=hours).at == datetime(2026, 5, 8, tzinfo=UTC)
        assert read_when("2bd 10am", now=now, hours=hours).at.day == 11
        assert read_when("fri", now=now, hours=hours).at.day == 8

    def test_no_open_date_within_ten_years_is_a_refusal(self) -> None:
        hours = OpeningHours("UTC", {}, special={"2026-05-01": [("09:00", "10:00")]})
        now = datetime(2026, 5, 6, tzinfo=UTC)

        for phrase in ("1bd", "1bh", "eow", "999bh"):
            with pytest.raises(PhraseError):
                read_when(phrase, now=now, hours=hours)


class TestWhen:
    @pytest.mark.parametrize(
        "phrase",
        ["fri noon", "2h", "20min", "1bh", "eod", "fri 9-11", "noon", "2bd 10am", "tonight"],
    )
    def test_has_a_time(self, phrase: str) -> None:
        assert read(phrase).has_time

    @pytest.mark.parametrize("phrase", ["fri", "2bd", "3d", "1mo", "eow", "12 dec", "2026-12-12"])
    def test_has_no_time(self, phrase: str) -> None:
        assert not read(phrase).has_time

    def test_keeps_the_words_as_typed(self) -> None:
        assert read("  Fri  NOON ").said == "Fri  NOON"

    def test_a_window_has_its_start(self) -> None:
        when = read("thu 8-12")

        assert when.start == local("2026-05-07T08:00")
        assert when.at == local("2026-05-07T12:00")
        assert read("thu noon").start is None

    def test_tells_its_working(self) -> None:
        now = "2026-11-21T12:00"  # a Saturday

        assert read("2 business days", now).working == [
            "2 business days after Sat 21 Nov: Mon 23 Nov, Tue 24 Nov",
            "closing 17:00",
        ]
        assert read("fri noon", now).working == ["fri: Fri 27 Nov 2026", "noon: 12:00"]
        assert "closed Sat-Sun" in read("4bh", "2026-05-08T16:00").working

    def test_a_naive_now_is_refused(self) -> None:
        with pytest.raises(ValueError):
            read_when("fri", now=datetime(2026, 5, 6), hours=desk())  # noqa: DTZ001

    def test_now_may_be_in_any_zone(self) -> None:
        now = datetime(2026, 5, 6, 23, 30, tzinfo=UTC)

        at = read_when("tomorrow", now=now, hours=desk()).at

        assert at == local("2026-05-08T17:00")


class TestClockChanges:
    """London: forward Sun 29 Mar 2026 at 01:00, back Sun 25 Oct 2026 at 02:00 to 01:00."""

    @pytest.mark.parametrize(
        "phrase",
        ["sun 1:30am", "29 mar 01:00", "2026-03-29 01:59", "2026-03-29T01:30", "sun 1:30-3:00"],
    )
    def test_a_skipped_time_is_refused_with_the_reason(self, phrase: str) -> None:
        refused(phrase, "clocks go forward", "2026-03-27T10:00")

    def test_the_edges_are_times(self) -> None:
        means("sun 0:59", "2026-03-29 00:59", "2026-03-27T10:00")
        means("sun 2:00", "2026-03-29 02:00", "2026-03-27T10:00")

    def test_a_time_alone_passes_over_a_gap_that_is_over(self) -> None:
        refused("1:30", "clocks go forward", "2026-03-28T10:00")
        means("1:30", "2026-03-30 01:30", "2026-03-29T10:00")

    def test_an_offset_names_the_instant(self) -> None:
        means("2026-03-29T01:30Z", "2026-03-29 02:30", "2026-03-27T10:00")

    def test_a_time_that_comes_twice_is_the_first(self) -> None:
        at = read("sun 1:30am", "2026-10-23T10:00").at

        assert at.astimezone(UTC) == datetime(2026, 10, 25, 0, 30, tzinfo=UTC)

    def test_after_the_first_of_two_it_is_tomorrow(self) -> None:
        now = datetime(2026, 10, 25, 0, 45, tzinfo=UTC)

        at = read_when("1:30", now=now, hours=desk()).at

        assert at == local("2026-10-26T01:30")

    def test_lengths_in_hours_are_exact_and_days_are_dates(self) -> None:
        means("24h", "2026-03-29 13:00", "2026-03-28T12:00")
        means("1d noon", "2026-03-29 12:00", "2026-03-28T12:00")
        means("1d ago", "2026-03-29 02:00", "2026-03-30T01:30", past=True)

    def test_a_day_that_a_country_skipped(self) -> None:
        with pytest.raises(PhraseError, match="does not exist"):
            read("30 dec 00:00", "2011-12-28T10:00", zone="Pacific/Apia")


class TestLongest:
    NOW = local(WEDNESDAY)

    def run(self, *words: str) -> tuple[str, list[str]]:
        when, rest = longest_when(words, now=self.NOW, hours=desk())
        return f"{when.at:%a %H:%M}", rest

    @pytest.mark.parametrize(
        "words, at, rest",
        [
            ("fri noon send the drawing", "Fri 12:00", "send the drawing"),
            ("2 days call", "Fri 17:00", "call"),
            ("fri", "Fri 17:00", ""),
            ("by fri send it", "Fri 17:00", "send it"),
            ("fri 3 boxes of nails", "Fri 17:00", "3 boxes of nails"),
            ("fri noon 3 boxes", "Fri 12:00", "3 boxes"),
            ("tomorrow monthly report", "Thu 17:00", "monthly report"),
            ("2bd quote", "Fri 17:00", "quote"),
            ("in 2 business days at noon lunch voucher", "Fri 12:00", "lunch voucher"),
            ("thu 8-12 fit the shelf", "Thu 12:00", "fit the shelf"),
            ("fri the drawing", "Fri 17:00", "the drawing"),
            ("fri to be sure", "Fri 17:00", "to be sure"),
        ],
    )
    def test_takes_the_longest_leading_run(self, words: str, at: str, rest: str) -> None:
        assert self.run(*words.split()) == (at, rest.split())

    @pytest.mark.parametrize(
        "words",
        [
            "fri at the shop",
            "fri 5",
            "fri at 5",
            "fri am",
            "fri before the show",
            "2h noon",
            "2h midnight",
            "fri midnight pay",
            "2 days before fri",
            "2 days after",
            "fri sat down",
            "2d may",
            "2d march orders",
            "tomorrow 12am call",
            "fri 25:00 call",
            "fri 2-4 visit",
            "fri or sat",
            "fri and mon call",
            "a week from friday call",
            "2d from tomorrow",
            "fri 13 pm send",
            "2h 10am call",
            "fri 5 pm 6 pm",
        ],
    )
    def test_refuses_what_goes_on_about_time(self, words: str) -> None:
        with pytest.raises(PhraseError):
            self.run(*words.split())

    def test_says_what_is_wrong_with_the_longer_run(self) -> None:
        with pytest.raises(PhraseError, match="5pm"):
            self.run("tomorrow", "at", "5")
        with pytest.raises(PhraseError, match="quote"):
            self.run("fri", "at", "the", "shop")

    @pytest.mark.parametrize(
        "words, instead",
        [("5m call", "5mo"), ("next week call", "next mon"), ("send it", "send"), ("", "no time")],
    )
    def test_the_best_reason_when_nothing_reads(self, words: str, instead: str) -> None:
        with pytest.raises(PhraseError, match=instead):
            self.run(*words.split())

    def test_a_quoted_phrase_is_whole(self) -> None:
        assert self.run("fri noon", "at", "the shop") == ("Fri 12:00", ["at", "the shop"])
        with pytest.raises(PhraseError):
            self.run("fri noon send", "it")

    def test_a_quoted_text_is_text(self) -> None:
        assert self.run("fri", "at the shop") == ("Fri 17:00", ["at the shop"])
        with pytest.raises(PhraseError):
            self.run("fri", "at 5")

    def test_long_texts_are_no_burden(self) -> None:
        _, rest = self.run("fri", *["word"] * 20_000)

        assert len(rest) == 20_000


instants = st.datetimes(
    min_value=datetime(1971, 1, 1),  # noqa: DTZ001
    max_value=datetime(2150, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
zones = st.sampled_from(
    ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu", "UTC"]
)


class TestProperties:
    @given(instants, instants, zones, st.booleans())
    def test_what_is_written_reads_back(
        self, at: datetime, now: datetime, zone: str, whole: bool
    ) -> None:
        at = at.replace(second=0, microsecond=0) if whole else at
        assume(at != now)

        text = write_when(at, desk(zone).tz)

        assert read_when(text, now=now, hours=desk(zone), past=at < now).at.astimezone(UTC) == at

    def test_a_time_that_comes_twice_reads_back_as_each(self) -> None:
        for hour in (0, 1):
            at = datetime(2026, 10, 25, hour, 30, tzinfo=UTC)
            text = write_when(at, desk().tz)
            back = read_when(text, now=at - timedelta(days=1), hours=desk()).at
            assert back.astimezone(UTC) == at

    def test_the_written_form(self) -> None:
        at = datetime(2026, 11, 23, 12, tzinfo=UTC)

        assert write_when(at, desk().tz) == "Mon 23 Nov 2026 12:00"
        assert write_when(at.replace(second=5), desk().tz) == "2026-11-23T12:00:05+00:00"

    @given(
        st.lists(st.sampled_from(" ".join(p for p, _ in DEADLINES + REFUSALS).split()), max_size=6),
        instants,
        zones,
        st.booleans(),
    )
    def test_any_words_are_read_on_the_right_side_of_now_or_refused(
        self, words: list[str], now: datetime, zone: str, past: bool
    ) -> None:
        try:
            when = read_when(" ".join(words), now=now, hours=desk(zone), past=past)
        except PhraseError:
            return
        else:
            at = when.at.astimezone(UTC)
            assert at <= now if past else at > now
            assert when.at.tzinfo is desk(zone).tz
            assert when.working

    @given(st.text(max_size=40), st.booleans())
    def test_any_text_is_read_or_refused(self, text: str, past: bool) -> None:
        try:
            read(text, past=past)
        except PhraseError:
            return
