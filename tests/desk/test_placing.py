"""Whose mail is it: every rule of mail.md, "Whose is it?" and "Taking in", on a real desk.

The letters are handed in as they read: what bytes become is tests/mail/test_reader.py's.
"""

from __future__ import annotations

import itertools
from typing import Any

import pytest

from cxdesk.desk import letters, returned
from cxdesk.desk.finding import search
from cxdesk.desk.letters import Arrived, Outcome
from cxdesk.desk.placing import Tools
from cxdesk.domain.letters import Address, Letter, Part, Report
from cxdesk.domain.received import Received
from cxdesk.domain.records import Mail, Thread
from cxdesk.errors import RefusedError
from cxdesk.store import received as store
from cxdesk.store.deeds import begin
from tests.states.helpers import Desk

ME = "hello@oak.example"
ANN = Address("Ann Lee", "ann@example.com")
BOB = Address("Bob Ray", "bob@example.com")


class Postbag:
    """Letters brought to a desk, one by one."""

    def __init__(self, wall: str = "Mon 04 10:00", **tools: Any) -> None:
        self.desk = Desk(wall)
        self.letters: dict[bytes, Letter | Exception] = {}
        self.numbers = itertools.count(1)
        self.acknowledged: list[int] = []
        self.tools = Tools(
            read=self._read,
            instance="test",
            own=frozenset({ME}),
            forms=frozenset({"form@oak.example"}),
            prefix="OAK",
            acknowledge=self._acknowledge,
        )._replace(**tools)

    def _read(self, raw: bytes) -> Letter:
        found = self.letters[raw]
        if isinstance(found, Exception):
            raise found
        return found

    def _acknowledge(self, d: Any, desk: Any, thread: Thread, *_: object) -> Mail | None:
        self.acknowledged.append(thread.inquiry.number)
        return None

    def raw(self, letter: Letter | Exception) -> bytes:
        raw = f"mail {next(self.numbers)}".encode()
        self.letters[raw] = letter
        return raw

    def bring(self, *mails: bytes, is_sent: bool = False, batch: int = 1) -> list[Outcome]:
        arrived = [Arrived(raw, "test", self.desk.now, is_sent) for raw in mails]
        found = letters.take_in(self.desk.link, arrived, self.tools, self.desk.now, batch=batch)
        return [one for outcomes in found for one in outcomes]

    def post(
        self,
        text: str = "Does it come in oak?",
        sender: Address = ANN,
        subject: str = "The shelf",
        *,
        is_sent: bool = False,
        **fields: Any,
    ) -> Outcome:
        number = len(self.letters) + 1
        known = {
            "message_id": f"<{number}@example.com>",
            "content": f"content {number}",
            "recipients": (ME,),
        }
        letter = Letter(sender=sender, subject=subject, text=text, **{**known, **fields})
        return self.bring(self.raw(letter), is_sent=is_sent)[0]

    def sent(self, kind: str, number: int, message_id: str, to: str = ANN.email) -> None:
        """A mail that went out."""
        with begin(self.desk.link, "mail", self.desk.now, actor="desk") as d:
            now = d.now
            key = f"{kind}:{number}"
            raw = b"raw"
            d.add(
                Mail(0, key, kind, to, ME, "s", message_id, raw, now, now, "sent", sent_at=now,
                     number=number)
            )  # fmt: skip


@pytest.fixture
def bag() -> Postbag:
    return Postbag()


def placed(outcome: Outcome) -> tuple[str, int | None, bool]:
    number = outcome.received.inquiry_number if outcome.received else None
    return outcome.via, number, outcome.is_new


class TestNew:
    def test_a_mail_becomes_an_inquiry_with_a_promise_by_the_channels_policy(
        self, bag: Postbag
    ) -> None:
        assert placed(bag.post()) == ("new", 1, True)

        assert bag.desk.inquiry(1).subject == "The shelf"
        assert bag.desk.inquiry(1).channel == "email"
        assert bag.desk.promises_cell(1) == "2 policy Wed 06 17:00 open"
        assert [m.text for m in bag.desk.messages(1)] == ["Does it come in oak?"]

    def test_its_customer_is_made_from_the_sender(self, bag: Postbag) -> None:
        bag.post()

        with begin(bag.desk.link, "x", bag.desk.now) as d:
            name, email = d.link.execute(
                "SELECT c.name, p.value FROM customer c JOIN contact_point p"
                " ON p.customer_id = c.id"
            ).fetchone()
        assert (name, email) == ("Ann Lee", "ann@example.com")

    def test_the_same_address_is_the_same_customer_however_it_is_written(
        self, bag: Postbag
    ) -> None:
        bag.post()
        bag.post(subject="Another", sender=Address("A. Lee", "Ann@Example.COM"))

        assert bag.desk.inquiry(1).customer_id == bag.desk.inquiry(3).customer_id

    @pytest.mark.parametrize("name", ["", "Name Only"])
    def test_an_unknown_sender_is_an_inquiry_of_nobody(self, bag: Postbag, name: str) -> None:
        assert placed(bag.post(sender=Address(name, ""))) == ("new", 1, True)

        assert bag.desk.inquiry(1).customer_id is None
        said = [m.text for m in bag.desk.messages(1)]
        assert ("From Name Only, without an address." in said) == bool(name)

    def test_without_words_it_is_an_inquiry_all_the_same(self, bag: Postbag) -> None:
        assert placed(bag.post("", subject="")) == ("new", 1, True)
        assert bag.desk.inquiry(1).subject == "by email"

    def test_automatic_mail_is_never_hidden(self, bag: Postbag) -> None:
        outcome = bag.post(headers={"auto-submitted": "auto-generated"})

        assert placed(outcome) == ("new", 1, True)
        assert outcome.received is not None
        assert outcome.received.automatic
        assert bag.desk.messages(1)[0].automatic

    def test_the_same_sender_and_subject_of_late_is_flagged_and_not_merged(
        self, bag: Postbag
    ) -> None:
        bag.post()
        bag.desk.at("Tue 12 10:00")
        assert placed(bag.post(subject="Re: the SHELF")) == ("new", 3, True)

        notes = [m.text for m in bag.desk.messages(3) if m.direction == "note"]
        assert notes == ["Possible duplicate of 1: the same sender and subject."]

    def test_after_two_weeks_it_is_not_flagged(self, bag: Postbag) -> None:
        bag.post()
        bag.desk.at("Tue 19 10:00")
        bag.post()

        assert not [m for m in bag.desk.messages(3) if m.direction == "note"]

    def test_what_is_new_may_be_acknowledged_and_what_goes_on_not(self, bag: Postbag) -> None:
        bag.post(message_id="<a@x>")
        bag.post(in_reply_to=("<a@x>",))

        assert bag.acknowledged == [1]


class TestThreads:
    def test_by_in_reply_to(self, bag: Postbag) -> None:
        bag.post(message_id="<a@x>")

        assert placed(bag.post("And in ash?", in_reply_to=("<a@x>",))) == ("references", 1, False)
        assert [m.text for m in bag.desk.messages(1)] == ["Does it come in oak?", "And in ash?"]

    def test_by_references_the_rightmost_that_is_known(self, bag: Postbag) -> None:
        bag.post(message_id="<a@x>")
        bag.post(message_id="<b@x>", subject="Another")
        outcome = bag.post(references=("<a@x>", "<b@x>", "<unknown@x>"))

        assert placed(outcome) == ("references", 3, False)

    def test_in_reply_to_goes_before_references(self, bag: Postbag) -> None:
        bag.post(message_id="<a@x>")
        bag.post(message_id="<b@x>", subject="Another")
        outcome = bag.post(in_reply_to=("<a@x>",), references=("<b@x>",))

        assert placed(outcome) == ("references", 1, False)

    @pytest.mark.parametrize("kind", ["reply", "acknowledgement"])
    def test_an_answer_to_a_mail_of_ours(self, bag: Postbag, kind: str) -> None:
        bag.desk.log(who="Ann Lee")
        bag.sent(kind, 1, "<ours@oak>")

        assert placed(bag.post(in_reply_to=("<ours@oak>",))) == ("references", 1, False)

    def test_an_answer_to_the_owners_digest_is_no_answer_to_an_inquiry(self, bag: Postbag) -> None:
        bag.desk.log()
        bag.sent("alert", 1, "<alert@oak>")

        assert bag.post(in_reply_to=("<alert@oak>",)).via == "new"

    def test_the_owners_absence_note_to_a_digest_is_nobodys_inquiry(self, bag: Postbag) -> None:
        bag.sent("digest", 1, "<digest@oak>", to=ME)
        outcome = bag.post(
            "I am away",
            Address("", ME),
            in_reply_to=("<digest@oak>",),
            headers={"auto-submitted": "auto-replied"},
        )

        assert placed(outcome) == ("own", None, False)

    def test_an_id_that_is_nearly_the_same_is_another(self, bag: Postbag) -> None:
        bag.post(message_id="<a@x>")

        assert bag.post(in_reply_to=("<A@x>",)).via == "new"

    def test_by_the_token_if_the_sender_takes_part(self, bag: Postbag) -> None:
        bag.post()

        outcome = bag.post("Well?", subject="Re: shelf [oak-1]")
        assert placed(outcome) == ("subject", 1, False)

    def test_a_stranger_with_a_token_begins_a_new_one_that_mentions_it(self, bag: Postbag) -> None:
        bag.post()

        outcome = bag.post("Me too", sender=BOB, subject="Re: shelf [OAK-1]")
        assert placed(outcome) == ("new", 3, True)
        assert bag.desk.messages(3)[-1].text == "See also 1, which this mail refers to."
        assert len(bag.desk.messages(1)) == 1

    @pytest.mark.parametrize("subject", ["[OAK-99]", "[CX-1]", "OAK-1", "[OAK-1x]", "[OAK-]"])
    def test_what_is_no_token_of_ours_is_a_new_inquiry(self, bag: Postbag, subject: str) -> None:
        bag.post()

        assert bag.post(subject=subject).via == "new"

    def test_an_answer_ends_waiting(self, bag: Postbag) -> None:
        bag.post(message_id="<a@x>")
        bag.desk.reply(1, end="wait")
        bag.post(in_reply_to=("<a@x>",))

        assert bag.desk.inquiry_cell(1) == "open"

    def test_a_closed_inquiry_is_opened_again_within_thirty_days(self, bag: Postbag) -> None:
        bag.post(message_id="<a@x>")
        bag.desk.reply(1, end="solved")
        bag.desk.at("06 Wed 03 10:00")

        assert placed(bag.post(in_reply_to=("<a@x>",))) == ("references", 1, False)
        assert bag.desk.inquiry_cell(1) == "open"

    def test_later_a_new_one_is_opened_that_is_linked(self, bag: Postbag) -> None:
        bag.post(message_id="<a@x>")
        bag.desk.reply(1, end="solved")
        bag.desk.at("06 Thu 04 10:00")

        assert placed(bag.post(in_reply_to=("<a@x>",))) == ("new", 3, True)
        assert bag.desk.inquiry(1).status == "closed"
        assert bag.desk.messages(3)[-1].text == "See also 1, which this mail refers to."

    def test_an_absence_note_is_an_event_that_reopens_and_answers_nothing(
        self, bag: Postbag
    ) -> None:
        bag.post(message_id="<a@x>")
        bag.desk.reply(1, end="wait")
        before = bag.desk.inquiry(1), bag.desk.follow_ups(1)
        outcome = bag.post(
            "I am away", in_reply_to=("<a@x>",), headers={"auto-submitted": "auto-replied"}
        )

        assert placed(outcome) == ("references", 1, False)
        assert (bag.desk.inquiry(1), bag.desk.follow_ups(1)) == before
        assert bag.desk.messages(1)[-1].automatic


class TestOurs:
    def test_a_copy_of_what_this_desk_sent_is_noted_and_no_inquiry(self, bag: Postbag) -> None:
        bag.post()
        bag.sent("reply", 1, "<ours@oak>")
        outcome = bag.post(
            sender=Address("Oak", ME),
            message_id="<ours@oak>",
            recipients=(ANN.email,),
            headers={"x-cxdesk-instance": "test"},
            is_sent=True,
        )

        assert placed(outcome) == ("own", 1, False)
        assert len(bag.desk.messages(1)) == 1

    def test_a_reply_written_elsewhere_keeps_the_promise_at_the_minute_it_left(
        self, bag: Postbag
    ) -> None:
        bag.post(message_id="<a@x>")
        bag.desk.at("Tue 05 11:30")
        outcome = bag.post(
            "Yes, it does.",
            sender=Address("", ME),
            recipients=(ANN.email,),
            in_reply_to=("<a@x>",),
            is_sent=True,
        )

        assert placed(outcome) == ("references", 1, False)
        assert bag.desk.promises_cell(1) == "2 policy Wed 06 17:00 kept"
        assert bag.desk.promises(1)[0].kept_at == bag.desk.instant("Tue 05 11:30")
        assert bag.desk.inquiry_cell(1) == "answered"
        assert bag.desk.messages(1)[-1].direction == "out"

    def test_so_does_one_written_from_the_digest_with_the_token_alone(self, bag: Postbag) -> None:
        bag.post()
        outcome = bag.post(
            subject="Re: The shelf [OAK-1]",
            sender=Address("", ME),
            recipients=(ANN.email,),
            is_sent=True,
        )

        assert placed(outcome) == ("references", 1, False)
        assert bag.desk.inquiry_cell(1) == "answered"

    def test_the_customers_answer_to_it_comes_back_to_the_same_inquiry(self, bag: Postbag) -> None:
        bag.post(message_id="<a@x>")
        bag.post(
            sender=Address("", ME),
            message_id="<phone@x>",
            recipients=(ANN.email,),
            in_reply_to=("<a@x>",),
            is_sent=True,
        )

        assert placed(bag.post("Thanks", in_reply_to=("<phone@x>",))) == ("references", 1, False)

    def test_to_a_known_customer_it_is_a_contact_that_we_began(self, bag: Postbag) -> None:
        bag.post()
        outcome = bag.post(
            "Your shelf is ready",
            subject="Ready",
            sender=Address("", ME),
            recipients=(ANN.email,),
            is_sent=True,
        )

        assert placed(outcome) == ("own", 3, True)
        assert bag.desk.inquiry_cell(3).startswith("closed")
        assert bag.desk.promises_cell(3) == "none"
        assert bag.desk.inquiry(3).customer_id == bag.desk.inquiry(1).customer_id

    def test_to_anybody_else_it_is_no_business_of_the_desk(self, bag: Postbag) -> None:
        outcome = bag.post(sender=Address("", ME), recipients=("mum@example.net",), is_sent=True)

        assert placed(outcome) == ("own", None, False)
        assert bag.desk.last_number() == 0

    def test_a_note_to_ourselves_is_an_inquiry_that_is_never_acknowledged_as_anothers(
        self, bag: Postbag
    ) -> None:
        outcome = bag.post("Order glue", sender=Address("", ME))

        assert placed(outcome) == ("new", 1, True)
        assert outcome.received is not None
        assert outcome.received.automatic
        assert bag.desk.inquiry(1).customer_id is None

    def test_that_from_is_ours_proves_nothing(self, bag: Postbag) -> None:
        bag.post(message_id="<a@x>")
        before = bag.desk.inquiry(1), bag.desk.promises(1)
        by_reference = bag.post("Paid.", sender=Address("", ME), in_reply_to=("<a@x>",))
        by_token = bag.post("Paid.", sender=Address("", ME), subject="[OAK-1]")
        to_another = bag.post(
            sender=Address("", ME), in_reply_to=("<a@x>",), recipients=(ANN.email,)
        )

        assert [one.via for one in (by_reference, by_token, to_another)] == [
            "references",
            "subject",
            "references",
        ]
        assert (bag.desk.inquiry(1), bag.desk.promises(1)) == before
        notes = [m.text for m in bag.desk.messages(1) if m.direction == "note"]
        assert notes[0] == f"In our name ({ME}), not among what was sent:\nPaid."

    def test_the_same_mail_among_what_was_sent_is_the_reply(self, bag: Postbag) -> None:
        bag.post(message_id="<a@x>")
        letter = Letter(
            "<r@x>", Address("", ME), "Re: shelf", "Yes.", recipients=(ANN.email, ME),
            in_reply_to=("<a@x>",), content="c",
        )  # fmt: skip
        outcomes = bag.bring(bag.raw(letter)) + bag.bring(bag.raw(letter), is_sent=True)

        assert [one.via for one in outcomes] == ["references", "references"]
        assert bag.desk.inquiry_cell(1) == "answered"

    def test_a_strangers_mail_with_the_name_of_this_desk_is_not_hidden(self, bag: Postbag) -> None:
        assert bag.post(headers={"x-cxdesk-instance": "test"}).via == "new"


class TestForwards:
    FORWARD = (
        "Please see to it.\n\n---------- Forwarded message ---------\n"
        "From: Ann Lee <ann@example.com>\nDate: Mon, 4 May 2026 at 08:00\n"
        "Subject: The hinge\nTo: <me@private.example>\n\nThe hinge is loose.\n"
    )

    def test_a_mail_that_the_owner_forwards_is_its_customers(self, bag: Postbag) -> None:
        outcome = bag.post(self.FORWARD, sender=Address("", ME), subject="Fwd: The hinge")

        assert placed(outcome) == ("new", 1, True)
        said = bag.desk.messages(1)
        assert said[0].text == "The hinge is loose."
        assert (said[0].direction, bag.desk.inquiry(1).subject) == ("in", "The hinge")
        assert [m.text for m in said[1:]] == [f"Forwarded by {ME}.", "Please see to it."]
        assert outcome.received is not None
        assert outcome.received.answer_to == "ann@example.com"

    def test_as_an_attachment_too(self, bag: Postbag) -> None:
        inner = Letter("<in@x>", ANN, "The hinge", "The hinge is loose.")
        outcome = bag.post("", sender=Address("", ME), subject="Fwd: The hinge", forwarded=inner)

        assert placed(outcome) == ("new", 1, True)
        assert bag.desk.messages(1)[0].text == "The hinge is loose."

    def test_the_copy_in_sent_is_the_same_mail(self, bag: Postbag) -> None:
        letter = Letter(
            "<f@x>", Address("", ME), "Fwd: The hinge", self.FORWARD, recipients=(ME,), content="c"
        )
        first = bag.bring(bag.raw(letter), is_sent=True)[0]
        second = bag.bring(bag.raw(letter))[0]

        assert [one.via for one in (first, second)] == ["new", "duplicate"]
        assert bag.desk.messages(1)[0].text == "The hinge is loose."

    def test_what_a_stranger_forwards_stays_whole_and_the_strangers(self, bag: Postbag) -> None:
        bag.post(self.FORWARD, sender=BOB, subject="Fwd: The hinge")

        assert "Forwarded message" in bag.desk.messages(1)[0].text

    def test_a_contact_form_is_its_customers(self, bag: Postbag) -> None:
        outcome = bag.post(
            "Name: Ann Lee\nE-mail: ann@example.com\nMessage: Hello",
            sender=Address("Form", "form@oak.example"),
            headers={"auto-submitted": "auto-generated"},
        )

        assert placed(outcome) == ("new", 1, True)
        assert bag.desk.inquiry(1).customer_id is not None
        assert bag.post().received is not None
        assert bag.desk.inquiry(3).customer_id == bag.desk.inquiry(1).customer_id


class TestReturned:
    def report(self, kind: str = "bounce", status: str = "5.1.1", **fields: Any) -> Report:
        return Report(kind, ANN.email, status, "no such user", **fields)

    def answered(self, bag: Postbag) -> None:
        bag.post()
        bag.desk.reply(1)
        bag.sent("reply", 1, "<ours@oak>")

    def bounce(self, bag: Postbag, **fields: Any) -> Outcome:
        report = self.report(**{"message_ids": ("<ours@oak>",), **fields})
        return bag.post("failed", sender=Address("MAILER-DAEMON", ""), report=report)

    def test_a_bounce_belongs_to_the_mail_it_is_about_and_is_told_once(self, bag: Postbag) -> None:
        self.answered(bag)
        first, second = self.bounce(bag), self.bounce(bag)

        assert [placed(one) for one in (first, second)] == [("bounce", 1, False)] * 2
        told = [f.what for f in bag.desk.follow_ups(1) if f.kind == "follow_up"]
        assert told == [
            "reach them another way: the mail to ann@example.com did not arrive (no such user)"
        ]
        assert [item.what for item in bag.desk.items()] == told

    def test_an_address_that_does_not_exist_gets_no_automatic_mail(self, bag: Postbag) -> None:
        self.answered(bag)
        self.bounce(bag)

        found = store.no_mail(bag.desk.link, "ann@example.com")
        assert found is not None
        assert found.why == "undeliverable"

    def test_a_full_mailbox_is_told_and_stays_an_address(self, bag: Postbag) -> None:
        self.answered(bag)
        self.bounce(bag, status="5.2.2")

        assert store.no_mail(bag.desk.link, "ann@example.com") is None
        assert [f for f in bag.desk.follow_ups(1) if f.kind == "follow_up"]

    def test_a_delay_is_noted_and_nothing_else(self, bag: Postbag) -> None:
        self.answered(bag)
        self.bounce(bag, kind="delayed", status="4.4.1")

        assert not [f for f in bag.desk.follow_ups(1) if f.kind == "follow_up"]
        assert "still on its way" in bag.desk.messages(1)[-1].text

    def test_by_our_reference_where_the_id_is_gone(self, bag: Postbag) -> None:
        self.answered(bag)
        ours = {"message_ids": (), "reference": "reply:1"}
        outcome = self.bounce(bag, instance="test", **ours)

        assert placed(outcome) == ("bounce", 1, False)

    def test_a_reference_without_the_name_of_this_desk_marks_nobody(self, bag: Postbag) -> None:
        self.answered(bag)
        for instance in ("", "another"):
            forged = {"message_ids": (), "reference": "reply:1", "instance": instance}
            assert placed(self.bounce(bag, **forged)) == ("bounce", None, False)

        assert store.no_mail(bag.desk.link, "ann@example.com") is None

    def test_a_report_of_another_address_is_told_and_marks_nobody(self, bag: Postbag) -> None:
        self.answered(bag)
        report = Report("bounce", "else@example.com", "5.1.1", "gone", ("<ours@oak>",))
        bag.post("failed", sender=Address("", ""), report=report)

        assert store.no_mail(bag.desk.link, "ann@example.com") is None
        assert [f for f in bag.desk.follow_ups(1) if f.kind == "follow_up"]

    def test_an_address_that_writes_again_is_one_again(self, bag: Postbag) -> None:
        self.answered(bag)
        self.bounce(bag)
        bag.post("I am back", subject="Another")

        assert store.no_mail(bag.desk.link, "ann@example.com") is None

    def test_what_a_machine_writes_proves_nothing(self, bag: Postbag) -> None:
        self.answered(bag)
        self.bounce(bag)
        bag.post("Away", subject="Another", headers={"auto-submitted": "auto-replied"})

        assert store.no_mail(bag.desk.link, "ann@example.com") is not None

    def from_the_phone(self, bag: Postbag) -> None:
        bag.post(
            sender=Address("", ME),
            message_id="<phone@x>",
            recipients=(ANN.email,),
            in_reply_to=("<1@example.com>",),
            is_sent=True,
        )

    def test_a_bounce_of_what_was_sent_elsewhere_is_told_too(self, bag: Postbag) -> None:
        bag.post()
        self.from_the_phone(bag)
        outcome = self.bounce(bag, message_ids=("<phone@x>",))

        assert placed(outcome) == ("bounce", 1, False)
        assert [f for f in bag.desk.follow_ups(1) if f.kind == "follow_up"]
        assert store.no_mail(bag.desk.link, "ann@example.com") is not None

    def test_also_where_it_is_read_before_what_was_sent(self, bag: Postbag) -> None:
        bag.post()
        assert placed(self.bounce(bag, message_ids=("<phone@x>",))) == ("bounce", None, False)
        self.from_the_phone(bag)
        for _ in range(2):
            returned.match_again(bag.desk.link, bag.tools.read, "test", bag.desk.now)

        assert len([f for f in bag.desk.follow_ups(1) if f.kind == "follow_up"]) == 1

    def test_one_of_no_mail_of_ours_marks_nobody_and_begins_nothing(self, bag: Postbag) -> None:
        outcome = self.bounce(bag)

        assert placed(outcome) == ("bounce", None, False)
        assert store.no_mail(bag.desk.link, "ann@example.com") is None
        assert bag.desk.last_number() == 0

    def test_an_unsubscribe_is_honoured_and_no_inquiry(self, bag: Postbag) -> None:
        outcome = bag.post("", subject="unsubscribe")

        assert placed(outcome) == ("subject", None, False)
        found = store.no_mail(bag.desk.link, "ann@example.com")
        assert found is not None
        assert found.why == "unsubscribed"

    def test_one_that_asks_something_is_honoured_and_is_an_inquiry(self, bag: Postbag) -> None:
        outcome = bag.post("And where is my shelf?", subject="unsubscribe")

        assert placed(outcome) == ("new", 1, True)
        assert store.no_mail(bag.desk.link, "ann@example.com") is not None


class TestTwice:
    def test_the_same_bytes_are_a_duplicate(self, bag: Postbag) -> None:
        raw = bag.raw(Letter("<a@x>", ANN, "s", "t", content="c"))

        assert [one.via for one in bag.bring(raw, raw)] == ["new", "duplicate"]
        assert [one.via for one in bag.bring(raw)] == ["duplicate"]

    def test_so_is_the_same_mail_that_came_another_way(self, bag: Postbag) -> None:
        letter = Letter("<a@x>", ANN, "s", "t", content="c")
        outcomes = bag.bring(bag.raw(letter), bag.raw(letter))

        assert [one.via for one in outcomes] == ["new", "duplicate"]
        assert bag.desk.last_number() == 2

    def test_the_same_id_with_other_words_is_another_mail_and_flagged(self, bag: Postbag) -> None:
        bag.post(message_id="<a@x>")
        outcome = bag.post("Something else", message_id="<a@x>", subject="Other")

        assert outcome.via == "new"
        assert outcome.received is not None
        assert outcome.received.doubts == "its Message-ID is that of mail 1"


class TestNothingIsLost:
    def test_one_that_cannot_be_read_is_quarantined_and_stops_no_other(self, bag: Postbag) -> None:
        good = [Letter(f"<{n}@x>", ANN, f"s{n}", "t", content=str(n)) for n in range(3)]
        mails = [bag.raw(one) for one in good]
        mails.insert(1, bag.raw(RefusedError("it is empty")))
        mails.insert(3, bag.raw(ZeroDivisionError()))
        outcomes = bag.bring(*mails, batch=10)

        assert [one.via for one in outcomes] == ["new", "quarantined", "new", "quarantined", "new"]
        whys = [one.detail for one in store.quarantined(bag.desk.link)]
        assert whys == ["it is empty", "it cannot be read (ZeroDivisionError)"]

    def test_one_that_cannot_be_written_stops_no_other_either(self, bag: Postbag) -> None:
        good = Letter("<a@x>", ANN, "s", "t", content="1")
        # A name that no column takes, as a mistake of ours might make one.
        broken = Letter("<b@x>", ANN, "s", "t", parts=(Part(1, "", "a/b", 1),), content="2")
        outcomes = bag.bring(bag.raw(good), bag.raw(broken), batch=10)

        assert [one.via for one in outcomes] == ["new", "quarantined"]
        assert bag.desk.last_number() == 2

    def test_a_quarantined_one_is_read_again_when_it_can_be(self, bag: Postbag) -> None:
        raw = bag.raw(RefusedError("not yet"))
        bag.bring(raw)
        bag.letters[raw] = Letter("<a@x>", ANN, "s", "t", content="1")
        outcome = letters.retry(bag.desk.link, 1, bag.tools, bag.desk.now)

        assert placed(outcome) == ("new", 1, True)
        assert not store.quarantined(bag.desk.link)
        with pytest.raises(RefusedError):
            letters.retry(bag.desk.link, 1, bag.tools, bag.desk.now)

    def test_what_was_kept_and_not_read_is_read_by_the_next_run(self, bag: Postbag) -> None:
        raw = bag.raw(Letter("<a@x>", ANN, "s", "t", content="1"))
        arrived = [Arrived(raw, "test", bag.desk.now)]
        killed = letters.take_in(bag.desk.link, arrived, _dying(bag), bag.desk.now)
        with pytest.raises(KeyboardInterrupt):
            next(killed)
        assert [one.state for one in store.unread(bag.desk.link)] == ["kept"]

        assert [one.via for one in bag.bring(raw)] == ["duplicate"]
        assert bag.desk.inquiry(1).subject == "s"

    def test_one_that_the_rules_refuse_stops_no_other(self, bag: Postbag) -> None:
        def acknowledge(d: Any, desk: Any, thread: Thread, received: Received, _: Letter) -> None:
            if received.subject == "second":
                raise RefusedError("Not this one.")

        bag.tools = bag.tools._replace(acknowledge=acknowledge)
        mails = [
            bag.raw(Letter(f"<{word}@x>", ANN, word, "t", content=word))
            for word in ("first", "second", "third")
        ]
        outcomes = bag.bring(*mails, batch=10)

        assert [one.via for one in outcomes] == ["new", "quarantined", "new"]
        assert outcomes[1].trouble == "Not this one."


def _dying(bag: Postbag) -> Tools:
    def read(raw: bytes) -> Letter:
        raise KeyboardInterrupt

    return bag.tools._replace(read=read)


def test_only_part_of_a_mail_is_shown_and_all_of_it_is_kept(bag: Postbag) -> None:
    whole = "Yes, please.\n\nOn Mon, 4 May 2026 at 09:00, Oak <hello@oak.example> wrote:\n> Ash?\n"
    bag.post(whole)

    said = bag.desk.messages(1)[0]
    assert said.text == "Yes, please."
    assert store.texts_of(bag.desk.link, 1) == {said.id: whole}


def test_the_search_finds_what_a_mail_said(bag: Postbag) -> None:
    bag.post("The dovetail came apart")

    assert [hit.number for hit in search(bag.desk.link, "dovetail", kind=None, limit=5)] == [1]
