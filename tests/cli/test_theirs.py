"""`show --theirs`, and the one line of a quiet day."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.played import Home
from tests.running import on_terminal

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


def at(home: Home, when: str) -> Home:
    """`11-23 09:00`, in winter."""
    day, clock = when.split()
    home.now = f"2026-{day}T{clock}:00+00:00"
    return home


def told(home: Home, *words: str) -> str:
    return home.done("show", *words, "--theirs").splitlines()[0].split("\t")[-1]


class TestTheirs:
    @pytest.fixture
    def asked(self, home: Home) -> Home:
        at(home, "11-23 09:00").done("log", "Ann Lee", "VAT twice", "--by", "tue")
        return home

    def test_what_they_lived_through_in_one_sentence(self, asked: Home) -> None:
        at(asked, "11-25 10:00").done("log", "ann", "And now?", "--on", "1")
        at(asked, "11-25 16:40").done("reply", "ann", "Mended")

        assert told(asked, "1") == "asked Mon 09:00, told Tue, heard Wed 16:40, wrote twice"

    def test_while_they_wait(self, asked: Home) -> None:
        assert told(at(asked, "11-24 10:00"), "1") == (
            "asked Mon 09:00, told Tue, waiting since Mon"
        )

    def test_a_call_that_did_not_reach_them_is_nothing_to_them(self, asked: Home) -> None:
        at(asked, "11-24 10:00").done("reply", "ann", "No answer", "--missed")

        assert "heard" not in told(asked, "1")

    def test_what_nobody_told_them_is_nothing_to_them_either(self, home: Home) -> None:
        at(home, "11-23 09:00").done("log", "Ann Lee", "VAT twice")

        assert told(home, "1") == "asked Mon 09:00, waiting since 09:00"

    def test_on_the_spot_and_content(self, home: Home) -> None:
        at(home, "11-23 09:00").done("log", "Ann Lee", "VAT twice", "--solved")

        assert told(at(home, "11-24 09:00"), "1") == (
            "asked Mon 09:00, heard at once, content Mon 09:00"
        )

    def test_moved_they_were_told_the_first_time_first(self, asked: Home) -> None:
        asked.done("move", "ann", "thu", "--told")

        assert told(at(asked, "11-24 10:00"), "1").startswith("asked Mon 09:00, told Tue,")

    def test_of_a_customer_every_inquiry_and_the_whole_for_programs(self, asked: Home) -> None:
        asked.done("log", "ann", "A shelf", "--apart", "--via", "email")
        answer: Any = asked.json("show", "ann", "--theirs")

        assert answer["handle"] == "ann-lee"
        assert [(one["number"], one["wrote"]) for one in answer["theirs"]] == [(3, 1), (1, 1)]
        assert answer["theirs"][1]["told_at"] == "2026-11-24T17:00:00+00:00"

    def test_a_terminal_shows_whose_and_about_what(self, asked: Home) -> None:
        shown = on_terminal(asked.folder, "show", "ann", "--theirs", CXDESK_NOW=asked.now).out

        assert "  1  Ann Lee: VAT twice\r\n     asked Mon 09:00, told Tue" in shown


class TestTheQuietLine:
    LINE = "With the time: Kim & Sons have not heard from you since 14 April."

    @pytest.fixture
    def quiet(self, home: Home) -> Home:
        at(home, "04-14 10:00").done("log", "Kim & Sons", "Oak or ash?", "--solved")
        return at(home, "11-23 09:05")

    def shown(self, home: Home) -> str:
        return on_terminal(home.folder, "due", CXDESK_NOW=home.now, COLUMNS="80").out

    def test_names_one_who_has_not_heard_for_half_a_year(self, quiet: Home) -> None:
        assert f"Nobody is waiting for you.\r\n{self.LINE}" in self.shown(quiet)

    def test_a_pipe_and_a_program_are_not_told(self, quiet: Home) -> None:
        assert quiet.done("due") == ""
        assert "silent" not in quiet.json("due")

    def test_it_is_one_at_most_the_latest(self, quiet: Home) -> None:
        at(quiet, "03-02 10:00").done("log", "Bob Ray", "A key", "--solved")
        shown = self.shown(at(quiet, "11-23 09:05"))

        assert self.LINE in shown
        assert shown.count("With the time") == 1

    def test_one_person_has(self, home: Home) -> None:
        at(home, "03-02 10:00").done("log", "Bob Ray", "A key", "--solved")

        assert "Bob Ray has not heard from you since 2 March." in self.shown(
            at(home, "11-23 09:05")
        )

    @pytest.mark.parametrize(
        "deed",
        [
            ("customer", "edit", "kim", "--stage", "past"),
            ("customer", "edit", "kim", "--no-consent"),
            ("follow", "kim", "3w", "ask how it settled"),
            ("log", "kim", "Hello again", "--out"),
            ("log", "Ann Lee", "Somebody waits"),
        ],
        ids=lambda deed: " ".join(deed),
    )
    def test_nobody_is_named(self, quiet: Home, deed: tuple[str, ...]) -> None:
        quiet.done(*deed)

        assert "With the time" not in self.shown(quiet)

    def test_not_before_half_a_year(self, quiet: Home) -> None:
        assert "With the time" not in self.shown(at(quiet, "10-09 09:05"))

    def test_somebody_who_only_stands_on_a_card_is_not(self, home: Home) -> None:
        at(home, "03-02 10:00").done("customer", "add", "Zoe")

        assert "With the time" not in self.shown(at(home, "11-23 09:05"))
