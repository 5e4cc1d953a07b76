"""`go`: one thing at a time, one key each; the terminal is as before, however it ends."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.running import cxdesk
from tests.terminal.person import CTRL_C, Person, kept

if TYPE_CHECKING:
    from pathlib import Path

KEYS = "[?]"
# In the order shown: Ann Lee's reply, Bob Ray's deed, Ann Lowe's reply, Eve's follow-up.


def inquiry(home: Path, number: int) -> Any:
    return json.loads(cxdesk(home, "show", str(number), "--json").out)


def due(home: Path) -> list[str]:
    return [item["ref"] for item in json.loads(cxdesk(home, "due", "--json").out)["items"]]


def quits(person: Person) -> None:
    person.sees(KEYS).presses("q")
    assert person.ends() == 0
    assert person.echoed


def test_it_shows_the_card_and_the_last_message(home: Path) -> None:
    with Person(home, "go") as person:
        quits(person)

        for told in (
            "by 13:05     Ann Lee",
            "call 020 7946 0999",
            "known since Mon 23 Nov - 1 inquiry open",
            "they, Mon 23 Nov 09:05: Invoice shows VAT twice",
        ):
            assert told in person.shown


def test_next_changes_nothing_and_ends_after_the_last(home: Path) -> None:
    before = kept(home)
    with Person(home, "go") as person:
        for key in ("n", "\r", " ", "N"):
            person.sees(KEYS).presses(key)

        assert person.ends() == 0
        assert person.shown.endswith("That was everything.")
    assert kept(home) == before


def test_a_question_mark_explains_as_an_unknown_key_does(home: Path) -> None:
    with Person(home, "go") as person:
        person.sees(KEYS).presses("?").sees("q  leave off")
        person.sees(KEYS).presses("z").sees("q  leave off")
        person.sees(KEYS).presses("\x1b[A").sees("q  leave off")
        quits(person)


class TestKeys:
    def test_r_replies(self, home: Path) -> None:
        with Person(home, "go") as person:
            person.sees(KEYS).presses("r").answers("You said?", "One line too many, sorry.")
            person.sees("Ann Lee: kept")
            quits(person)

        assert inquiry(home, 1)["status"] == "answered"
        assert inquiry(home, 1)["messages"][-1]["text"] == "One line too many, sorry."

    def test_c_is_an_attempt_and_it_stays_owed(self, home: Path) -> None:
        with Person(home, "go") as person:
            person.sees(KEYS).presses("c").sees("not reached, attempt 1")
            quits(person)

        assert inquiry(home, 1)["attempts"] == 1
        assert "1" in due(home)

    def test_s_settles_with_their_words(self, home: Path) -> None:
        with Person(home, "go") as person:
            person.sees(KEYS).presses("s").answers("Their words?", "All well").sees("Closed.")
            quits(person)

        assert inquiry(home, 1)["confirmed"] is True

    def test_d_does(self, home: Path) -> None:
        with Person(home, "go") as person:
            person.sees(KEYS).presses("n").sees(KEYS).presses("d").sees("Bob Ray: kept")
            quits(person)

        assert "5" not in due(home)

    def test_m_moves_and_asks_again_what_it_cannot_read(self, home: Path) -> None:
        with Person(home, "go") as person:
            person.sees(KEYS).presses("m").answers("To when?", "someday").sees("is not a time")
            person.answers("To when?", "wed noon").answers("Told them? [Y/n]", "n")
            person.sees("moved to Wed 25 Nov 12:00")
            quits(person)

    def test_m_of_a_plan_of_our_own_asks_nothing_more(self, home: Path) -> None:
        with Person(home, "go") as person:
            for _ in range(3):
                person.sees(KEYS).presses("n")
            person.sees("Eve Stone").sees(KEYS).presses("m").answers("To when?")

            assert person.ends() == 0  # it was the last
            assert "moved to Tue 24 Nov" in person.shown

    def test_w_where_a_reply_is_owed_replies_and_waits(self, home: Path) -> None:
        with Person(home, "go") as person:
            person.sees(KEYS).presses("w").answers("You said?", "Which invoice?")
            person.sees("Waiting on them.")
            quits(person)

        assert inquiry(home, 1)["status"] == "waiting"

    def test_w_where_none_is_owed_waits(self, home: Path) -> None:
        with Person(home, "go") as person:
            person.sees(KEYS).presses("n").sees(KEYS).presses("w").sees("Bob Ray: waiting on them")
            quits(person)

        assert inquiry(home, 5)["status"] == "waiting"

    def test_x_drops(self, home: Path) -> None:
        with Person(home, "go") as person:
            person.sees(KEYS).presses("x").sees("no reply is owed any more")
            quits(person)

        assert "1" not in due(home)

    @pytest.mark.parametrize("key", "rcsw")
    def test_what_belongs_to_no_inquiry_refuses(self, home: Path, key: str) -> None:
        with Person(home, "go") as person:
            for _ in range(3):
                person.sees(KEYS).presses("n")
            person.sees("Eve Stone").sees(KEYS).presses(key).sees("belongs to no inquiry")
            quits(person)


def test_what_was_done_is_kept_when_interrupted(home: Path) -> None:
    with Person(home, "go") as person:
        person.sees(KEYS).presses("x").sees(KEYS).presses("r").sees("You said?").presses(CTRL_C)

        assert person.ends() == 130
        assert person.shown.endswith("Stopped; what you did so far is kept.")
        assert person.echoed
    assert "1" not in due(home)


def test_while_it_waits_for_a_key_nothing_is_echoed(home: Path) -> None:
    with Person(home, "go") as person:
        person.sees(KEYS)

        assert not person.echoes
        quits(person.presses("?"))


def test_an_empty_desk_is_said(tmp_path: Path) -> None:
    with Person(tmp_path, "go") as person:
        assert person.ends() == 0
        assert "Nobody is waiting for you." in person.shown


@pytest.mark.parametrize("more", [(), ("--no-input",), ("--json",)])
def test_without_a_terminal_it_is_wrong_usage(home: Path, more: tuple[str, ...]) -> None:
    ran = cxdesk(home, "go", *more)

    assert ran.code == 2
    assert "go needs a terminal to ask on." in ran.err
