"""What is kept of a mail before it is understood: when it came, and how many in one commit."""

from __future__ import annotations

from datetime import timedelta

import pytest

from cxdesk.desk import letters
from cxdesk.desk.letters import Arrived
from cxdesk.domain.letters import Address, Letter
from tests.desk.test_placing import ANN, ME, Postbag

FORM = Address("Our form", "form@oak.example")
LARGE = letters.BATCH_BYTES
WORDS = "Name: Ann Lee\nE-mail: ann@example.com\nMessage: Does it come in oak?"


@pytest.fixture
def bag() -> Postbag:
    return Postbag()


class TestWhenItCame:
    @pytest.mark.parametrize("ahead, kept", [(5, 0), (0, 0), (-5, -5)])
    def test_it_is_never_in_the_future(self, bag: Postbag, ahead: int, kept: int) -> None:
        now = bag.desk.now
        raw = bag.raw(Letter("<1@x>", ANN, "The shelf", "Oak?", recipients=(ME,), content="c"))
        one = Arrived(raw, "a test", now + timedelta(hours=ahead))
        ((outcome,),) = letters.take_in(bag.desk.link, [one], bag.tools, now)

        assert outcome.received is not None
        assert outcome.received.received_at == now + timedelta(hours=kept)
        assert [m.said_at for m in bag.desk.messages(1)] == [outcome.received.received_at]


class TestForms:
    def test_no_machine_answers_what_was_written_into_one(self, bag: Postbag) -> None:
        """Anybody can write anybody's address there."""
        assert bag.post(WORDS, sender=FORM).is_new
        assert bag.acknowledged == []
        assert bag.post(WORDS).is_new
        assert bag.acknowledged == [3]


class TestCommits:
    @pytest.mark.parametrize(
        "sizes, together",
        [
            ([], []),
            ([1], [1]),
            ([1] * 7, [3, 3, 1]),
            ([LARGE], [1]),
            ([LARGE, 1], [1, 1]),
            ([LARGE - 1, 1, 1], [2, 1]),
            ([LARGE - 2, 1, 1, 1], [3, 1]),
            ([LARGE // 2] * 5, [2, 2, 1]),
            ([None, LARGE, None], [2, 1]),
        ],
    )
    def test_one_ends_at_so_many_mails_or_so_many_bytes(
        self, sizes: list[int | None], together: list[int]
    ) -> None:
        now = Postbag().desk.now
        room = bytes(LARGE)
        arrived = [Arrived(None if size is None else room[:size], "a test", now) for size in sizes]

        assert [len(mails) for mails in letters._batches(arrived, 3)] == together
