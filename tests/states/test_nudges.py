"""docs/states.md, "Nudges": call, when mail goes round in circles."""

from __future__ import annotations

import pytest

from tests.states.helpers import Desk


@pytest.fixture
def desk() -> Desk:
    """Three e-mails on inquiry 1, the last one theirs."""
    desk = Desk()
    desk.log("Oak?", via="email", phone="020 7946 0999")
    desk.at("Mon 04 11:00").reply(text="Which shelf?")
    desk.at("Mon 04 12:00").log("The long one", on=1)
    return desk


def nudge(desk: Desk) -> tuple[str | None, int]:
    item = desk.items()[0]
    return item.nudge, item.emails


class TestCall:
    def test_after_three_mails_the_last_one_theirs(self, desk: Desk) -> None:
        item = desk.items()[0]

        assert (item.nudge, item.emails, item.reach) == ("call", 3, "020 7946 0999")

    def test_not_after_two(self) -> None:
        desk = Desk()
        desk.log("Oak?", via="email")
        desk.reply()
        desk.log("The long one", on=1, via="phone")

        assert nudge(desk) == (None, 2)

    def test_a_missed_call_does_not_hide_it(self, desk: Desk) -> None:
        desk.at("Mon 04 13:00").reply(end="missed", via="phone")
        assert nudge(desk) == ("call", 3)
        desk.at("Mon 04 14:00").log("She was out", on=1, out=True, end="missed", via="phone")

        assert nudge(desk) == ("call", 3)

    def test_nor_does_a_note(self, desk: Desk) -> None:
        number = desk.at("Mon 04 13:00").follow(1, "fri")
        desk.done(number, note="looked it up")

        assert nudge(desk)[0] == "call"

    def test_not_when_the_last_mail_is_ours(self, desk: Desk) -> None:
        desk.at("Mon 04 13:00").reply(end="open")

        assert nudge(desk) == (None, 4)

    def test_not_when_nothing_is_open(self, desk: Desk) -> None:
        desk.at("Mon 04 13:00").reply(end="wait")

        assert nudge(desk)[0] is None

    def test_mails_before_a_confirmed_answer_are_over(self, desk: Desk) -> None:
        desk.at("Mon 04 13:00").reply(end="solved")
        desk.at("Tue 05 10:00").log("Another thing", on=1)
        assert nudge(desk) == (None, 1)
        desk.at("Tue 05 11:00").reply()
        desk.at("Tue 05 12:00").log("And?", on=1)

        assert nudge(desk) == ("call", 3)

    def test_their_thanks_that_confirmed_it_is_over_too(self, desk: Desk) -> None:
        desk.at("Mon 04 13:00").reply()
        desk.at("Tue 05 10:00").log("Thanks, that works", on=1)
        desk.at("Tue 05 10:30").solved()
        desk.at("Wed 06 10:00").log("Another thing", on=1)

        assert nudge(desk) == (None, 1)

    def test_a_close_that_nobody_confirmed_ends_nothing(self, desk: Desk) -> None:
        desk.at("Mon 04 13:00").drop(1)
        desk.at("Tue 05 10:00").log("Another thing", on=1)

        assert nudge(desk) == ("call", 4)
