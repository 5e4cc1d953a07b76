"""`hours` in whole command lines: single dates, absences, public holidays, and what they touch."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from cxdesk.errors import UsageError
from cxdesk.formats.public_holidays import public_holidays
from tests.cli.played import Home
from tests.running import on_terminal


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """Monday 09:05; Ann is owed a reply by policy, by Wednesday 17:00; Bob was told Tuesday."""
    home = Home(tmp_path)
    home.done("log", "Ann Lee", "Invoice shows VAT twice", "--via", "email")
    home.done("log", "Bob Ray", "Lost a key", "--by", "tue noon", "--what", "send the key")
    return home


def special(told: Any) -> list[tuple[str, list[list[str]], str | None]]:
    return [(day["date"], day["hours"], day["reason"]) for day in told["special"]]


def due(home: Home, who: str) -> str:
    return str(home.json("show", who)["promises"][0]["due_at"])[:16]


class TestOpen:
    @pytest.mark.parametrize("words", [
        ("sat", "10:00-14:00"), ("sat 10:00-14:00",), ("28 nov", "10:00-14:00"),
        ("2026-11-28", "10:00-14:00"), ("10:00-14:00", "28 nov"),
    ])  # fmt: skip
    def test_one_date_has_hours_of_its_own(self, home: Home, words: tuple[str, ...]) -> None:
        told = home.json("hours", "open", *words)

        assert special(told) == [("2026-11-28", [["10:00", "14:00"]], None)]
        assert told["week"]["sat"] == []

    def test_several_intervals_and_today(self, home: Home) -> None:
        told = home.json("hours", "open", "today", "09:00-10:00", "15:00-16:00")

        assert special(told) == [("2026-11-23", [["09:00", "10:00"], ["15:00", "16:00"]], None)]

    def test_a_closed_date_opens_again(self, home: Home) -> None:
        home.done("hours", "close", "24 dec", "Christmas")
        told = home.json("hours", "open", "24 dec", "09:00-12:00")

        assert special(told) == [("2026-12-24", [["09:00", "12:00"]], None)]

    @pytest.mark.parametrize("words", [
        ("sat",), ("sat", "14:00-10:00"), ("sat", "25:00-26:00"), ("10:00-14:00",),
        ("sat", "10:00-14:00", "perhaps"), ("sat", "09:00-12:00", "11:00-14:00"),
    ])  # fmt: skip
    def test_what_cannot_be_is_wrong_usage(self, home: Home, words: tuple[str, ...]) -> None:
        home.json("hours", "open", *words, code=2)

        assert special(home.json("hours", "show")) == []

    def test_undo_takes_it_back(self, home: Home) -> None:
        home.done("hours", "open", "sat", "10:00-14:00")
        home.done("undo")

        assert special(home.json("hours", "show")) == []


class TestRedate:
    """Policy promises whose date would change are listed, and changed only when one says so."""

    COMMANDS = (
        ("open", "wed", "09:00-12:00"),
        ("away", "wed", "to", "thu", "the fair", "--yes"),
    )

    @pytest.mark.parametrize("words", COMMANDS)
    def test_they_are_listed_and_stay(self, home: Home, words: tuple[str, ...]) -> None:
        told = home.json("hours", *words)

        assert [(p["inquiry"], p["due_at"][:16]) for p in told["promises"]] == [
            (1, "2026-11-25T17:00")
        ]
        assert not told["redated"]
        assert due(home, "ann") == "2026-11-25T17:00"

    @pytest.mark.parametrize("words, at", [
        (COMMANDS[0], "2026-11-25T12:00"), (COMMANDS[1], "2026-11-27T17:00"),
    ])  # fmt: skip
    def test_with_redate_they_change(self, home: Home, words: tuple[str, ...], at: str) -> None:
        told = home.json("hours", *words, "--redate")

        assert told["redated"]
        assert due(home, "ann") == at
        assert due(home, "bob") == "2026-11-24T12:00"


class TestAway:
    WORDS = ("hours", "away", "tue", "to", "fri", "the fair")

    def test_without_a_terminal_what_would_break_is_named(self, home: Home) -> None:
        told = home.json(*self.WORDS, code=2)["error"]

        assert "promised: send the key by Tue 24 Nov 12:00" in told["message"]
        assert "1 Ann Lee: reply: by Wed" not in told["message"]
        assert "1 Ann Lee: reply by Wed 25 Nov 17:00" in told["message"]
        assert "--yes" in told["hint"]
        assert special(home.json("hours", "show")) == []

    def test_with_yes_the_dates_close(self, home: Home) -> None:
        told = home.json(*self.WORDS, "--yes")

        assert [day for day, _, _ in special(told)] == [f"2026-11-{n}" for n in range(24, 28)]
        assert {reason for _, _, reason in special(told)} == {"the fair"}
        assert [one["inquiry"] for one in told["broken"]] == [3, 1]

    def test_on_a_terminal_it_asks(self, home: Home) -> None:
        no = on_terminal(home.folder, *self.WORDS, text="n\n")
        assert no.code == 1
        assert "Bob Ray: promised: send the key by Tue 24 Nov 12:00" in no.out
        assert special(home.json("hours", "show")) == []

        yes = on_terminal(home.folder, *self.WORDS, text="y\n")
        assert yes.code == 0
        assert len(special(home.json("hours", "show"))) == 4

    def test_what_breaks_nothing_needs_no_question(self, home: Home) -> None:
        told = home.json("hours", "away", "7 dec", "to", "11 dec")

        assert len(special(told)) == 5
        assert special(told)[0][2] == "away"

    def test_the_wrong_way_round_is_wrong_usage(self, home: Home) -> None:
        home.json("hours", "away", "11 dec", "to", "7 dec", "--yes", code=2)


class TestHolidays:
    def test_they_close_their_dates(self, home: Home) -> None:
        pytest.importorskip("holidays")
        told = home.json("hours", "holidays", "GB-ENG", "2026-2027")
        days = {day: reason for day, _, reason in special(told)}

        assert days["2026-12-25"] == "Christmas Day"
        assert days["2027-03-26"] == "Good Friday"
        assert min(days) > "2026-11-23"

    def test_twice_changes_nothing_and_own_hours_stay(self, home: Home) -> None:
        pytest.importorskip("holidays")
        home.done("hours", "open", "25 dec", "10:00-11:00")
        home.done("hours", "holidays", "gb-eng", "2026")
        once = home.json("hours", "show")
        home.done("hours", "holidays", "gb-eng", "2026")

        assert home.json("hours", "show") == once
        assert ("2026-12-25", [["10:00", "11:00"]], None) in special(once)

    @pytest.mark.parametrize("words", [
        ("QQ", "2026"), ("GB-XX", "2026"), ("GB-ENG", "soon"), ("GB-ENG", "2028-2026"),
        ("GB-ENG", "1900-2100"),
    ])  # fmt: skip
    def test_what_is_not_known_is_wrong_usage(self, home: Home, words: tuple[str, str]) -> None:
        pytest.importorskip("holidays")
        home.json("hours", "holidays", *words, code=2)

    def test_without_the_package_it_says_what_to_type(
        self, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "holidays", None)
        told = home.json("hours", "holidays", "GB-ENG", "2026", code=4)["error"]

        assert told["message"] == "The package holidays is not installed."
        assert told["hint"] == "pip install 'cxdesk[holidays]'"

    def test_a_region_is_read_in_any_case(self) -> None:
        pytest.importorskip("holidays")
        assert public_holidays("de-by", [2026]) != public_holidays("DE", [2026])
        with pytest.raises(UsageError, match="de-zz"):
            public_holidays("de-zz", [2026])


def test_the_calendar_as_kept_is_the_one_that_is_reckoned_with(home: Home) -> None:
    home.done("hours", "open", "sat", "10:00-14:00")
    read = home.json("when", "1bd", "--from", "fri 17:00")

    assert read["at"] == "2026-11-28T14:00:00+00:00"
