"""What comes back of our own mails, and whom it marks."""

from __future__ import annotations

import pytest

from cxdesk.desk.letters import Outcome
from cxdesk.domain.letters import Address, Report
from cxdesk.store import received as store
from tests.desk.test_placing import ANN, BOB, ME, Postbag, placed

DAEMON = Address("MAILER-DAEMON", "")
SENT = "<ours@oak>"


@pytest.fixture
def bag() -> Postbag:
    return Postbag()


def report(bag: Postbag, kind: str, recipient: str, status: str = "", words: str = "") -> Outcome:
    said = Report(kind, recipient, status, words, (SENT,))
    return bag.post("It came back.", sender=DAEMON, report=said)


def why_stopped(bag: Postbag, address: str) -> str | None:
    found = store.no_mail(bag.desk.link, address)
    return found.why if found else None


class TestComplaints:
    @pytest.fixture
    def answered(self, bag: Postbag) -> Postbag:
        bag.post()
        bag.desk.reply(1)
        bag.sent("reply", 1, SENT)
        return bag

    def test_one_marks_the_address_and_is_told(self, answered: Postbag) -> None:
        outcome = report(answered, "complaint", ANN.email, words="abuse")

        assert placed(outcome) == ("bounce", 1, False)
        assert why_stopped(answered, ANN.email) == "complaint"
        assert [item.what for item in answered.desk.items()] == [
            "reach them another way: the mail to ann@example.com was reported as unwanted"
        ]

    def test_a_second_one_is_no_news(self, answered: Postbag) -> None:
        report(answered, "complaint", ANN.email)
        report(answered, "complaint", ANN.email)

        assert len(answered.desk.items()) == 1

    def test_one_of_another_address_marks_nobody_and_is_told(self, answered: Postbag) -> None:
        report(answered, "complaint", BOB.email)

        assert (why_stopped(answered, ANN.email), why_stopped(answered, BOB.email)) == (None, None)
        assert len(answered.desk.items()) == 1


class TestOurOwnReminders:
    @pytest.mark.parametrize("kind", ["digest", "alert", "test"])
    @pytest.mark.parametrize("said", [("bounce", "5.1.1"), ("complaint", "")])
    def test_one_that_comes_back_marks_nobody(
        self, bag: Postbag, kind: str, said: tuple[str, str]
    ) -> None:
        bag.desk.log("Their shelf")
        bag.sent(kind, 1, SENT, to=ME)
        before = bag.desk.items()
        outcome = report(bag, said[0], ME, said[1], "no such user")

        assert placed(outcome) == ("bounce", None, False)
        assert why_stopped(bag, ME) is None
        assert bag.desk.items() == before
