"""What reaches a desk beside the customer's own mail: what the owner writes and passes on in other
mail programs, what machines and forms write; and who hears by themselves that it arrived.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from tests.mail.correspondents import (
    QUESTION,
    SIGNED,
    Customer,
    Desk,
    Town,
    body,
    chain,
    keep_in_sent,
)

if TYPE_CHECKING:
    from email.message import EmailMessage
    from pathlib import Path


class TestTheOwnersOtherPrograms:
    def test_the_folder_is_found_by_its_mark_whatever_it_is_called(
        self, town: Town, tmp_path: Path, ann: Customer
    ) -> None:
        desk = Desk(tmp_path / "desk", town, inbox='sent = "Gesendete Objekte"')
        asked = ann.write(desk.address, "VAT twice", QUESTION)
        phone = Customer(town, "Oak", desk.box)
        (mail,) = phone.new()
        assert mail["Message-ID"] == asked
        keep_in_sent(phone, phone.answered(mail, "Mended."), town.now)

        assert [one["via"] for one in desk.fetch()] == ["new", "references"]
        assert desk.inquiry(1)["status"] == "answered"

    def test_one_that_she_answered_before_it_was_fetched_leaves_her_answer_open(
        self, town: Town, desk: Desk, ann: Customer
    ) -> None:
        ann.write(desk.address, "VAT twice", QUESTION)
        desk.fetch()
        phone = Customer(town, "Oak", desk.box)
        asked_back = phone.answered(phone.new()[0], "Which invoice?")
        town.later(hours=1)
        keep_in_sent(phone, asked_back, town.now)
        town.later(hours=1)
        with desk.box.imap() as link:
            hers = ann.answered(asked_back, "Number 17.")
            link.append("INBOX", "", town.now, hers.as_bytes())
        town.later(hours=1)
        desk.fetch()  # the inbox first

        inquiry = desk.inquiry(1)
        said = [(one["direction"], one["text"]) for one in inquiry["messages"]]
        assert said == [("in", QUESTION), ("out", "Which invoice?"), ("in", "Number 17.")]
        assert inquiry["status"] == "open"
        assert [one["state"] for one in inquiry["promises"]] == ["kept", "open"]

    def test_a_copy_to_the_desk_proves_nothing_and_what_is_in_sent_is_the_answer(
        self, town: Town, desk: Desk, ann: Customer
    ) -> None:
        """Anybody can write our address into From."""
        ann.write(desk.address, "VAT twice", QUESTION)
        desk.fetch()
        phone = Customer(town, "Oak", desk.box)
        mail = phone.answered(phone.new()[0], "Which invoice?", Cc=desk.address)
        phone.post(mail, desk.address)
        assert [(one["inquiry"], one["is_new"]) for one in desk.fetch()] == [(1, False)]
        inquiry = desk.inquiry(1)
        assert [one["direction"] for one in inquiry["messages"]] == ["in", "note"]
        assert (inquiry["status"], inquiry["promises"][0]["state"]) == ("open", "open")

        keep_in_sent(phone, mail, town.now)
        assert [one["inquiry"] for one in desk.fetch()] == [1]
        inquiry = desk.inquiry(1)
        assert [one["direction"] for one in inquiry["messages"]] == ["in", "note", "out"]
        assert (inquiry["status"], inquiry["promises"][0]["state"]) == ("answered", "kept")

    def test_a_mail_written_from_the_digest_on_the_phone_takes_it_off_the_list(
        self, town: Town, desk: Desk, ann: Customer
    ) -> None:
        ann.write(desk.address, "VAT twice", QUESTION)
        desk.fetch()
        ann.new()
        town.later(days=2)
        desk.remind()
        (digest,) = Customer(town, "The Owner", desk.boss).new()
        to, subject = mailto(digest)
        assert (to, subject) == (ann.address, "Re: VAT twice [OAK-1]")
        phone = Customer(town, "Oak", desk.box)
        mail = phone.composed(to, subject, "It is mended.")  # without any reference
        phone.post(mail, to)
        keep_in_sent(phone, mail, town.now)
        assert [one["inquiry"] for one in desk.fetch()] == [1]

        (promise,) = desk.inquiry(1)["promises"]
        assert (promise["state"], promise["kept_at"]) == ("kept", town.now.isoformat())
        assert desk.due() == []
        assert [body(one) for one in ann.new()] == ["It is mended.\n"]

    @pytest.mark.parametrize("how", ["attached", "gmail", "apple", "outlook"])
    def test_a_customers_mail_that_the_owner_passes_on_is_answered_to_the_customer(
        self, town: Town, desk: Desk, ann: Customer, how: str
    ) -> None:
        owner = Customer(town, "The Owner", desk.boss)
        asked = ann.write(owner.address, "VAT twice", QUESTION)
        (mail,) = owner.new()
        owner.post(passed_on(owner, desk.address, mail, how), desk.address)
        (told,) = desk.fetch()
        inquiry = desk.inquiry(told["inquiry"])

        assert (inquiry["customer"]["name"], inquiry["subject"]) == ("Ann Lee", "VAT twice")
        assert inquiry["messages"][0]["text"] == QUESTION
        assert any(owner.address in m["text"] for m in inquiry["messages"][1:])
        assert (ann.new(), owner.new()) == ([], [])  # no acknowledgement
        desk.send(1, "It is mended.")
        (answer,) = ann.new()
        assert answer["Subject"] == "Re: VAT twice [OAK-1]"
        if how == "attached":
            assert asked in chain(answer)
        ann.answer(answer, "Thanks!")
        assert [one["inquiry"] for one in desk.fetch()] == [1]


def mailto(digest: EmailMessage) -> tuple[str, str]:
    """Whom the digest's first link writes to, and under what subject."""
    part = digest.get_body(("html",))
    assert part is not None
    link = urlsplit(re.findall(r'href="(mailto:[^"]+)"', part.get_content())[0])
    return unquote(link.path), parse_qs(link.query.replace("&amp;", "&"))["subject"][0]


def passed_on(owner: Customer, to: str, mail: EmailMessage, how: str) -> EmailMessage:
    """The mail as a program forwards it; Thunderbird attaches it, the others write it down."""
    who, date, subject, text = (
        str(mail["From"]), str(mail["Date"]), str(mail["Subject"]), body(mail),
    )  # fmt: skip
    if how == "attached":
        made = owner.composed(to, f"Fwd: {subject}", "See below, please.")
        made.add_attachment(mail, filename=f"{subject}.eml")
        return made
    heads = {
        "gmail": f"---------- Forwarded message ---------\nFrom: {who}\nDate: {date}\n"
        f"Subject: {subject}\nTo: <{owner.address}>\n\n\n",
        "apple": f"Begin forwarded message:\n\nFrom: {who}\nSubject: {subject}\nDate: {date}\n"
        f"To: {owner.address}\n\n",
        "outlook": f"________________________________\nFrom: {who}\nSent: {date}\n"
        f"To: {owner.address}\nSubject: {subject}\n\n",
    }
    return owner.composed(to, f"Fwd: {subject}", f"See below, please.\n\n{heads[how]}{text}")


class TestAcknowledgements:
    def test_one_for_an_address_in_a_day(self, town: Town, desk: Desk, ann: Customer) -> None:
        bob = Customer(town, "Bob Ray")
        for subject, minutes in (("One", 0), ("Two", 0), ("Three", 1439), ("Four", 1)):
            town.later(minutes=minutes)
            ann.write(desk.address, subject, QUESTION)
            bob.write(desk.address, subject, QUESTION)
            desk.fetch()

        for one in (ann, bob):
            subjects = [str(mail["Subject"]).partition(" [")[0] for mail in one.new()]
            assert subjects == ["Re: One", "Re: Four"]
        # Who was not told has no promise of ours, but a policy.
        seen = [desk.inquiry(number) for number in desk.numbers()]
        told = {(one["subject"], one["promises"][0]["told"]) for one in seen}
        assert told == {("One", True), ("Two", False), ("Three", False), ("Four", True)}

    @pytest.mark.parametrize(
        "headers",
        [
            {"Precedence": "bulk"},
            {"List_Id": "<news.example.test>"},
            {"X_Auto_Response_Suppress": "All"},
            {"Auto_Submitted": "auto-generated"},
            {"Date": "Thu, 20 Nov 2025 09:00:00 +0000"},
            {"From": "Shop <no-reply@example.test>"},
        ],
        ids=lambda headers: next(iter(headers)),
    )
    def test_none_for_what_nobody_waits_for_and_the_mail_is_an_inquiry_all_the_same(
        self, desk: Desk, ann: Customer, headers: dict[str, str]
    ) -> None:
        ann.write(desk.address, "VAT twice", QUESTION, **headers)
        desk.fetch()

        assert desk.subjects() == ["VAT twice"]
        assert (ann.new(), desk.sent()) == ([], [])

    def test_none_for_a_contact_form_whose_answer_goes_to_who_filled_it_in(
        self, town: Town, tmp_path: Path, ann: Customer
    ) -> None:
        form = Customer(town, "The Site")
        more = f'forms = ["{form.address}"]'
        desk = Desk(tmp_path / "desk", town, acknowledge=True, more=more)
        form.write(desk.address, "Contact form", QUESTION, Reply_To=f"Ann Lee <{ann.address}>")
        desk.fetch()
        assert (ann.new(), form.new()) == ([], [])

        desk.send(1, "It is mended.")
        assert [body(mail) for mail in ann.new()] == [f"It is mended.{SIGNED}"]
        assert form.new() == []

    def test_who_unsubscribes_gets_no_automatic_mail_and_answers_all_the_same(
        self, town: Town, desk: Desk, ann: Customer
    ) -> None:
        ann.write(desk.address, "VAT twice", QUESTION)
        desk.fetch()
        (mail,) = ann.new()
        ann.write(desk.address, str(mail["List-Unsubscribe"])[:-1].partition("subject=")[2], "")
        desk.fetch()
        desk.send(1, "It is mended.")
        desk.done("follow", "ann", "tue 10:00", "Is it well?", "--send")
        town.later(days=2)
        desk.remind()
        ann.write(desk.address, "Another thing", QUESTION)
        desk.fetch()

        assert [body(one) for one in ann.new()] == [f"It is mended.{SIGNED}"]
        assert [one["what"] for one in desk.due() if one["kind"] == "follow_up"] == ["Is it well?"]
