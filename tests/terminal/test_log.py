"""`log` asks line by line for what is missing; each question has a default, none is in vain."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.running import cxdesk
from tests.terminal.person import Person

if TYPE_CHECKING:
    from pathlib import Path

WHO, TEXT, HOW, WHEN, MORE = (
    "Who?",
    "What was it?",
    "How?",
    "Told them when?",
    "Anyone else?",
)


def shown(home: Path, who: str) -> Any:
    return json.loads(cxdesk(home, "show", who, "--json").out)


def told(home: Path, *words: str) -> Person:
    return Person(home, "log", *words)


class TestWho:
    def test_the_card_comes_before_any_other_question(self, home: Path) -> None:
        with told(home) as person:
            person.answers(WHO, "ann lee").sees("About 1")

            card = "Ann Lee, known since Mon 23 Nov - 1 inquiry open - last contact today"
            assert card in person.shown
            assert "call 020 7946 0999" in person.shown

    def test_quietly_it_asks_and_says_nothing_else(self, home: Path) -> None:
        with told(home, "ann", "lee", "And another thing", "-q") as person:
            person.answers("About 1", "n").answers(HOW).answers(WHEN)

            assert person.ends() == 0
            assert "known since" not in person.shown
            assert "And another thing" not in person.shown

    def test_quietly_somebody_new_is_not_announced(self, home: Path) -> None:
        given = ("--phone", "020 7946 0777", "--via", "phone", "--by", "none")
        with told(home, "Zoe", "Hello", *given, "-q") as person:
            assert person.ends() == 0
            assert person.shown.strip() == ""

    def test_an_empty_name_is_asked_again(self, home: Path) -> None:
        with told(home) as person:
            person.answers(WHO).sees("A name, a number or an address").answers(WHO, "--")
            person.sees("is no name").sees(WHO)

    @pytest.mark.parametrize("choice, name", [("", "Ann Lee"), ("1", "Ann Lee"), ("2", "Ann Lowe")])
    def test_of_several_one_is_picked(self, home: Path, choice: str, name: str) -> None:
        with told(home, "ann", "And another thing", "--apart") as person:
            person.answers("Which? [1]", choice).answers(HOW).answers(WHEN)

            assert person.ends() == 0
            assert f"{name}, phone: And another thing" in person.shown

    def test_no_number_of_the_list_is_asked_again(self, home: Path) -> None:
        with told(home, "ann", "And another thing") as person:
            person.answers("Which? [1]", "7").sees("from 1 to 2").answers("Which? [1]", "2")
            person.sees("About 3")

    def test_a_near_name_may_be_the_one(self, home: Path) -> None:
        with told(home, "Bop Ray", "Me again") as person:
            person.sees("Nobody is called Bop Ray. One of these?").answers("Which? [1]")
            person.answers("About 5").answers(WHEN)

            assert person.ends() == 0
            assert len(shown(home, "bob")["inquiries"]) == 1

    def test_or_somebody_new(self, home: Path) -> None:
        with told(home, "Bop Ray", "Hello") as person:
            person.sees("2) somebody new").answers("Which? [1]", "2").answers("skip):")
            person.answers(HOW).answers(WHEN)

            assert person.ends() == 0
            assert shown(home, "bop-ray")["name"] == "Bop Ray"

    def test_an_address_of_somebody_new_is_read(self, home: Path) -> None:
        with told(home, "Zoe", "Hello") as person:
            person.answers("skip):", "at the corner").answers("skip):", "zoe@example.com")
            person.sees("[email]").types().answers(WHEN)

            assert person.ends() == 0
            assert shown(home, "zoe")["emails"] == ["zoe@example.com"]

    def test_a_new_number_may_be_somebody_known(self, home: Path) -> None:
        with told(home, "020 7946 0111", "Ring me") as person:
            person.answers("Their name (Enter to skip):", "Bob Ray").answers("About 5")
            person.answers(WHEN)

            assert person.ends() == 0
            assert shown(home, "bob")["phones"] == ["020 7946 0111"]


class TestAboutWhich:
    def test_enter_goes_on_with_what_is_open(self, home: Path) -> None:
        with told(home, "ann lee", "Still wrong") as person:
            person.sees("About 1, Invoice shows VAT twice (reply by 13:05)? [Y/n]").types()

            assert person.ends() == 0
            assert [i["number"] for i in shown(home, "ann-lee")["inquiries"]] == [1]

    def test_no_makes_another(self, home: Path) -> None:
        with told(home, "ann lee", "A chair too") as person:
            person.answers("[Y/n]", "perhaps").sees("Write y or n").answers("[Y/n]", "n")
            person.answers(HOW).answers(WHEN)

            assert person.ends() == 0
            assert len(shown(home, "ann-lee")["inquiries"]) == 2

    def test_of_several_the_newest_is_first_and_something_new_last(self, home: Path) -> None:
        cxdesk(home, "log", "bob", "A chair", "--apart")
        with told(home, "bob", "And red") as person:
            person.sees("About which?").sees(" 1) 8, A chair (reply by 13:05)")
            person.sees(" 2) 5, Lost a key").sees(" 3) something new").answers("Which? [1]", "3")
            person.answers(HOW).answers(WHEN)

            assert person.ends() == 0
            assert len(shown(home, "bob")["inquiries"]) == 3

    def test_of_a_number_it_is_not_asked(self, home: Path) -> None:
        with told(home, "1", "Still wrong") as person:
            assert person.ends() == 0
            assert "Which" not in person.shown
            assert "How?" not in person.shown


class TestWhat:
    def test_markers_answer_the_questions_that_follow(self, home: Path) -> None:
        with told(home, "bob") as person:
            person.answers("[Y/n]", "n")
            person.answers(TEXT, "A red one by:fri via:email follow:wed +paint")

            assert person.ends() == 0
            assert "8  Bob Ray, email: A red one" in person.shown
            assert "You promised an answer by Fri 27 Nov 17:00." in person.shown
            assert "Follow up Wed 25 Nov 17:00" in person.shown

    @pytest.mark.parametrize("text", ["", "by:someday red", "via:fax red", "by:fri"])
    def test_what_cannot_be_taken_is_asked_again(self, home: Path, text: str) -> None:
        with told(home, "bob", "--apart") as person:
            person.answers(TEXT, text).answers(TEXT, "A red one").answers(HOW).answers(WHEN)

            assert person.ends() == 0

    def test_a_marker_that_cannot_be_read_is_said_before_anything_is_asked(
        self, home: Path
    ) -> None:
        with told(home, "bob", "red by:someday") as person:
            assert person.ends() == 2
            assert person.shown.startswith("'someday' is not a time.")


class TestHow:
    def test_what_they_prefer_is_the_default(self, home: Path) -> None:
        cxdesk(home, "customer", "edit", "bob", "--prefers", "email")
        with told(home, "bob", "A chair", "--apart") as person:
            person.sees("prefers email").answers("[email]").sees("your 2 business days]").types()

            assert person.ends() == 0
            assert "Bob Ray, email: A chair" in person.shown

    def test_another_is_typed_and_an_unknown_one_asked_again(self, home: Path) -> None:
        with told(home, "bob", "A chair", "--apart") as person:
            person.answers(HOW, "fax").sees("There is no channel fax.").answers(HOW, "whatsapp")
            person.answers(WHEN)

            assert person.ends() == 0
            assert "Bob Ray, whatsapp: A chair" in person.shown


class TestToldThemWhen:
    def ends_with(self, home: Path, *phrases: str) -> str:
        with told(home, "bob", "A chair", "--apart", "--via", "phone") as person:
            for phrase in phrases:
                person.answers(WHEN, phrase)
            assert person.ends() == 0
            return person.shown.splitlines()[-1]

    def test_enter_leaves_it_to_the_policy(self, home: Path) -> None:
        assert "Reply by Mon 23 Nov 13:05." in self.ends_with(home, "")

    def test_a_time_is_a_promise(self, home: Path) -> None:
        assert "You promised an answer by Fri 27 Nov 12:00." in self.ends_with(home, "fri noon")

    def test_what_cannot_be_read_is_asked_again(self, home: Path) -> None:
        assert "by Wed 25 Nov 17:00." in self.ends_with(home, "soonish", "wed")

    def test_none_owes_nothing(self, home: Path) -> None:
        assert "by " not in self.ends_with(home, "none")


def test_it_goes_on_with_the_next_until_enter(home: Path) -> None:
    with told(home) as person:
        person.answers(WHO, "bob").answers("[Y/n]").answers(TEXT, "Me again").answers(WHEN)
        person.answers(MORE, "ann lowe").answers("[Y/n]").answers(TEXT, "Me too").answers(MORE)

        assert person.ends() == 0
        assert "5  Bob Ray" in person.shown
        assert "3  Ann Lowe" in person.shown
