"""Mail from the customer's mailbox to the desk and back, through a real Postfix and Dovecot.

What the desk did is read where the customer reads it: in her mailbox.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

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
    quoted,
)
from tests.running import cxdesk
from tests.servers.smtp import TOKEN, USER

if TYPE_CHECKING:
    from collections.abc import Callable
    from email.message import EmailMessage
    from pathlib import Path

    from tests.servers.imap import ImapServer
    from tests.servers.smtp import SmtpServer
    from tests.servers.tls import Authority


class TestTheStory:
    """Each command is a process of its own. Each part goes on from the one before."""

    @pytest.fixture
    def desk(self, tmp_path: Path, town: Town) -> Desk:
        return Desk(tmp_path / "desk", town, acknowledge=True, apart=True)

    @pytest.fixture
    def asked(self, desk: Desk, ann: Customer) -> str:
        message_id = ann.write(desk.address, "VAT twice", QUESTION)
        desk.fetch()
        return message_id

    @pytest.fixture
    def answer(self, town: Town, desk: Desk, ann: Customer, asked: str) -> EmailMessage:
        ann.new()
        town.later(hours=2)
        desk.send(1, "It is a mistake of ours, and mended.")
        (mail,) = ann.new()
        return mail

    @pytest.fixture
    def thanked(self, town: Town, desk: Desk, ann: Customer, answer: EmailMessage) -> str:
        town.later(hours=1)
        message_id = ann.answer(answer, "Thanks! But it is on June's too.")
        (told,) = desk.fetch()
        assert (told["via"], told["inquiry"], told["is_new"]) == ("references", 1, False)
        return message_id

    def test_a_mail_to_the_support_address_becomes_an_inquiry_with_a_promise(
        self, desk: Desk, ann: Customer, asked: str
    ) -> None:
        inquiry = desk.inquiry(1)

        assert (inquiry["customer"]["name"], inquiry["subject"]) == ("Ann Lee", "VAT twice")
        assert [(m["direction"], m["text"]) for m in inquiry["messages"]] == [("in", QUESTION)]
        (promise,) = inquiry["promises"]
        assert (promise["kind"], promise["owes"], promise["told"]) == ("policy", "reply", True)
        assert promise["due_at"] == "2025-11-26T17:00:00+00:00"  # 2 business days
        (item,) = desk.due()
        assert (item["kind"], item["promised"], item["due_at"], item["reach"]) == (
            "promise", True, promise["due_at"], ann.address,
        )  # fmt: skip

    def test_the_acknowledgement_names_the_date(
        self, desk: Desk, ann: Customer, asked: str
    ) -> None:
        (mail,) = ann.new()

        due_at = datetime.fromisoformat(desk.inquiry(1)["promises"][0]["due_at"])
        said = f"I have your message; you will hear from me by {due_at:%a %d %b %H:%M}."
        assert body(mail) == f"{said}{SIGNED}"
        assert (mail["From"], mail["To"]) == (desk.address, f"Ann Lee <{ann.address}>")
        assert mail["Subject"] == "Re: VAT twice [OAK-1]"
        assert (mail["In-Reply-To"], chain(mail)) == (asked, [asked])
        assert mail["Auto-Submitted"] == "auto-replied"
        assert mail["List-Unsubscribe"] == f"<mailto:{desk.address}?subject=unsubscribe>"

    def test_reply_send_arrives_threaded_in_her_mailbox_and_keeps_the_promise(
        self, town: Town, desk: Desk, ann: Customer, asked: str, answer: EmailMessage
    ) -> None:
        acknowledgement = str(ann.had[0]["Message-ID"])

        assert body(answer) == f"It is a mistake of ours, and mended.{SIGNED}"
        assert answer["Subject"] == "Re: VAT twice [OAK-1]"
        assert (answer["In-Reply-To"], chain(answer)) == (asked, [asked, acknowledgement])
        assert answer["Auto-Submitted"] is None
        assert answer["List-Unsubscribe"] is None
        (promise,) = desk.inquiry(1)["promises"]
        assert (promise["state"], promise["kept_at"]) == ("kept", town.now.isoformat())
        assert desk.due() == []
        desk.remind()
        desk.fetch()
        assert ann.new() == []

    def test_her_answer_comes_back_to_the_same_inquiry(
        self, town: Town, desk: Desk, ann: Customer, thanked: str
    ) -> None:
        inquiry = desk.inquiry(1)

        assert desk.numbers() == [1]
        assert [m["direction"] for m in inquiry["messages"]] == ["in", "out", "in"]
        assert inquiry["messages"][2]["text"] == "Thanks! But it is on June's too."
        full = desk.json("show", "1", "--full")["messages"][2]["full_text"]
        assert full == f"Thanks! But it is on June's too.\n\n{quoted(ann.had[1])}"
        assert inquiry["status"] == "open"
        assert [p["state"] for p in inquiry["promises"]] == ["kept", "open"]
        assert [one["inquiry"] for one in desk.due()] == [1]
        assert ann.new() == []

    def test_what_the_owner_writes_in_another_program_is_found_in_sent_and_keeps_the_promise(
        self, town: Town, desk: Desk, ann: Customer, asked: str, thanked: str
    ) -> None:
        left = town.now + timedelta(minutes=17)
        phone = Customer(town, "Oak & Co", desk.box)
        mail = phone.answered(phone.new()[-1], "June's too, sorry.")
        phone.post(mail, ann.address)
        keep_in_sent(phone, mail, left)
        town.later(hours=3)

        (told,) = desk.fetch()
        assert (told["via"], told["inquiry"]) == ("references", 1)
        inquiry = desk.inquiry(1)
        assert inquiry["messages"][3]["text"] == "June's too, sorry."
        assert [p["state"] for p in inquiry["promises"]] == ["kept", "kept"]
        assert inquiry["promises"][1]["kept_at"] == left.isoformat()
        assert [one["kind"] for one in desk.due()] == ["check"]  # she had to write twice

        (heard,) = ann.new()
        last = ann.answer(heard, "All well now.")
        assert [one["inquiry"] for one in desk.fetch()] == [1]
        desk.send(1, "Good!")
        ids = [str(one["Message-ID"]) for one in ann.had]
        (good,) = ann.new()
        assert good["In-Reply-To"] == last
        assert chain(good) == [asked, *ids[:2], thanked, str(mail["Message-ID"]), last]


class TestAnswers:
    """What her mail program leaves of the thread."""

    @pytest.fixture
    def answer(self, desk: Desk, ann: Customer) -> EmailMessage:
        ann.write(desk.address, "VAT twice", QUESTION)
        desk.fetch()
        desk.send(1, "Which invoice?")
        return ann.new()[-1]

    @pytest.mark.parametrize("subject", ["Re: VAT twice [OAK-1]", "AW: [oak-1] June"])
    def test_without_references_the_token_brings_it_back(
        self, desk: Desk, ann: Customer, answer: EmailMessage, subject: str
    ) -> None:
        ann.write(desk.address, subject, "Number 17.")

        assert [(one["via"], one["inquiry"]) for one in desk.fetch()] == [("subject", 1)]
        assert ann.new() == []

    def test_an_answer_to_the_acknowledgement_with_nothing_but_its_id(
        self, desk: Desk, ann: Customer, answer: EmailMessage
    ) -> None:
        ids = {"In_Reply_To": str(ann.had[0]["Message-ID"])}
        ann.write(desk.address, "Another subject", "Number 17.", **ids)

        assert [(one["via"], one["inquiry"]) for one in desk.fetch()] == [("references", 1)]

    def test_a_strangers_token_opens_no_door(
        self, town: Town, desk: Desk, answer: EmailMessage
    ) -> None:
        Customer(town, "Eve").write(desk.address, str(answer["Subject"]), "Send it to me.")
        (told,) = desk.fetch()

        assert (told["via"], told["is_new"]) == ("new", True)
        assert len(desk.inquiry(1)["messages"]) == 2
        assert desk.inquiry(told["inquiry"])["customer"]["name"] == "Eve"

    def test_a_colleague_who_answers_comes_to_the_same_inquiry_and_she_hears(
        self, town: Town, desk: Desk, ann: Customer, answer: EmailMessage
    ) -> None:
        bob = Customer(town, "Bob Ray")
        bob.answer(answer, "She is away; it is number 17.")

        assert [(one["via"], one["inquiry"]) for one in desk.fetch()] == [("references", 1)]
        desk.send(1, "Thank you.")
        assert [body(mail) for mail in ann.new()] == [f"Thank you.{SIGNED}"]
        assert bob.new() == []


class TestFollowUpsThatComeBack:
    @pytest.fixture
    def follow(self, desk: Desk, town: Town) -> Callable[..., str]:
        """Two follow-ups by mail, Tuesday and Wednesday at ten, to an address of that kind."""

        def to(kind: str) -> str:
            address = town.mailbox(kind).address
            desk.done("customer", "add", "Ann Lee", "--email", address)
            desk.done("follow", "ann", "tue 10:00", "Did it arrive?", "--send")
            desk.done("follow", "ann", "wed 10:00", "And does it fit?", "--send")
            return address

        return to

    def rounds(self, desk: Desk, count: int) -> None:
        """The job and the mailbox, each morning; the bounce is fetched in the round it comes."""
        for _ in range(count):
            desk.town.later(days=1)
            desk.remind()
            desk.fetch()

    def test_a_bounce_stops_the_next_and_the_owner_has_it_told_once(
        self, town: Town, desk: Desk, follow: Callable[..., str]
    ) -> None:
        address = follow("ghost")
        town.later(hours=1)
        self.rounds(desk, 1)
        assert [one["to"] for one in desk.sent()] == [address]
        (told,) = desk.due()[:1]
        assert (told["customer"]["name"], told["state"]) == ("Ann Lee", "today")
        assert told["what"].startswith(
            f"reach them another way: the mail to {address} did not arrive (550 5.1.1"
        )

        self.rounds(desk, 3)
        assert len(desk.sent()) == 1
        assert sorted(one["what"].partition(":")[0] for one in desk.due()) == [
            "And does it fit?", "reach them another way",
        ]  # fmt: skip
        assert desk.numbers() == []

    def test_a_full_mailbox_is_told_and_the_next_goes_all_the_same(
        self, town: Town, desk: Desk, follow: Callable[..., str]
    ) -> None:
        follow("full")
        town.later(hours=1)
        self.rounds(desk, 1)
        assert [one["what"].partition(":")[0] for one in desk.due()[:1]] == [
            "reach them another way"
        ]

        self.rounds(desk, 1)
        assert len(desk.sent()) == 2

    def test_two_that_left_before_the_first_came_back_are_told_of_once(
        self, town: Town, desk: Desk, follow: Callable[..., str]
    ) -> None:
        follow("ghost")
        town.later(days=2, hours=1)
        desk.remind()
        assert [one["bounce"] for one in desk.fetch()] == [True, True]

        assert len([one for one in desk.due() if "another way" in one["what"]]) == 1

    def test_an_answer_that_comes_back_is_told_on_its_inquiry(
        self, town: Town, desk: Desk, ann: Customer
    ) -> None:
        ghost = town.mailbox("ghost").address
        ann.write(desk.address, "VAT twice", QUESTION, Reply_To=ghost)
        desk.fetch()
        (told,) = desk.fetch()  # of the acknowledgement

        assert (told["via"], told["inquiry"]) == ("bounce", 1)
        refused = desk.json("reply", "1", "Mended.", "--send", code=1)
        assert ghost in refused["error"]["message"]
        assert any("another way" in one["what"] for one in desk.due())


class TestTheSameMailTwice:
    def test_fetched_and_piped_it_is_one_inquiry_and_one_acknowledgement(
        self, desk: Desk, ann: Customer
    ) -> None:
        ann.write(desk.address, "VAT twice", QUESTION)
        desk.fetch()
        (raw,) = desk.box.mails()
        piped = raw.decode()
        told = json.loads(desk.done("mail", "import", "-", "--json", text=piped))

        assert [one["via"] for one in told["messages"]] == ["duplicate"]
        assert (len(ann.new()), desk.numbers()) == (1, [1])


class TestTokens:
    """XOAUTH2, on servers that know no other login."""

    @pytest.fixture
    def servers(
        self, imap_server: Callable[..., ImapServer], smtp_server: Callable[..., SmtpServer]
    ) -> tuple[ImapServer, SmtpServer]:
        mail = (
            f"From: Ann Lee <ann@example.com>\r\nTo: {USER}\r\nSubject: VAT twice\r\n"
            "Message-ID: <1@example.com>\r\n\r\nWhy?\r\n"
        )
        only = ("XOAUTH2",)
        there = imap_server(
            tls="implicit",
            mechanisms=only,
            mails=(mail.encode(),),
            folders=('() "/" INBOX', '() "/" Sent'),
        )
        return there, smtp_server(tls="starttls", mechanisms=only)

    def configured(
        self,
        folder: Path,
        authority: Authority,
        servers: tuple[ImapServer, SmtpServer],
        token: str,
    ) -> Path:
        def section(name: str, server: Any, **more: Any) -> str:
            values = {
                "host": server.host, "port": server.port, "tls": server.plan.tls, "user": USER,
                "ca_file": str(authority.ca_file), "auth": "xoauth2",
                "token_command": ["/bin/echo", token], **more,
            }  # fmt: skip
            lines = [f"{key} = {json.dumps(value)}" for key, value in values.items()]
            return "\n".join([f"[{name}]", *lines, ""])

        imap, smtp = servers
        path = folder / "config.toml"
        path.touch(0o600)
        path.write_text(
            "[mail]\nacknowledge = true\n"
            + section("mail.in.support", imap)
            + section("mail.out", smtp, **{"from": USER})
        )
        return folder

    def test_mail_comes_in_and_goes_out_by_a_token(
        self, tmp_path: Path, authority: Authority, servers: tuple[ImapServer, SmtpServer]
    ) -> None:
        home = self.configured(tmp_path, authority, servers, TOKEN)
        ran = cxdesk(home, "mail", "fetch", "--json", CXDESK_NOW="2026-11-05T09:30:00+00:00")

        assert ran.code == 0, ran.out
        told = json.loads(ran.out)
        assert [one["via"] for one in told["messages"]] == ["new"]
        assert len(told["sent"]) == 1
        imap, smtp = servers
        assert imap.logins == [("XOAUTH2", True)]
        assert [(one["mechanism"], one["success"]) for one in smtp.logins()] == [("XOAUTH2", True)]
        assert smtp.envelopes()[0]["recipients"] == ["ann@example.com"]

    def test_a_token_that_is_over_is_said_without_it_and_is_5(
        self, tmp_path: Path, authority: Authority, servers: tuple[ImapServer, SmtpServer]
    ) -> None:
        home = self.configured(tmp_path, authority, servers, "yesterdays-token")
        ran = cxdesk(home, "mail", "fetch", "--json")

        assert ran.code == 5
        assert "yesterdays-token" not in ran.out + ran.err
        assert json.loads(ran.out)["troubles"][0]["account"] == "support"
        assert servers[1].logins() == []
