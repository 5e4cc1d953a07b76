"""The servers that the mail tests stand on: what they take, refuse, report, and leave behind."""

from __future__ import annotations

import contextlib
import email
import smtplib
import ssl
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cxdesk.config import read_config
from cxdesk.mail import compose, smtp
from tests.servers.dovecot import HOST, Dovecot
from tests.servers.postfix import Postfix, alive

if TYPE_CHECKING:
    from email.message import Message

    from tests.servers.dovecot import Mailbox
    from tests.servers.tls import Authority

REPORT = Path(__file__).parents[1] / "data" / "mail" / "reports" / "postfix-ghost.eml"


def letter(sender: str, recipient: str) -> compose.Letter:
    return compose.Letter(
        from_address=sender,
        to_address=recipient,
        subject="Re: The oak shelf [CX-42]",
        text="Hello Dana,\n\nit is sanded and oiled. Größe: 90 cm.\n",
        date=datetime(2026, 11, 23, 9, tzinfo=UTC),
        message_id=compose.message_id("reply:42", "d3sk", "example.test"),
        instance="d3sk",
        reference="reply:42",
        from_name="Miller's Workshop",
        in_reply_to="<shelf@mail.example.test>",
        references=("<shelf@mail.example.test>",),
    )


def parts(raw: bytes) -> dict[str, Message]:
    """The parts of a mail and of the mails inside it, the last of each type."""
    return {part.get_content_type(): part for part in email.message_from_bytes(raw).walk()}


def fields(report: Message) -> dict[str, str]:
    """The fields of a message/delivery-status, all in one."""
    return {name: value for block in inside(report) for name, value in block.items()}


def inside(part: Message) -> list[Message]:
    payload: Any = part.get_payload()
    return list(payload)


def outline(raw: bytes) -> list[tuple[str, list[str]]]:
    """What a report is made of: the kind of every part, and the names of its headers."""
    mail = email.message_from_bytes(raw)
    return [(part.get_content_type(), part.keys()) for part in mail.walk()]


class TestDelivery:
    def test_a_mail_goes_in_by_smtp_and_lies_in_the_mailbox_unchanged(
        self, postfix: Postfix, mailbox: Mailbox
    ) -> None:
        # No Message-ID and no Date: other people's servers would have to make them up.
        raw = b"From: Zo\xc3\xab\r\nSubject: x\r\n\r\nHello\r\n.\r\n\xff\r\n"
        postfix.send(raw, "zoe@example.com", mailbox.address)
        postfix.wait_until_empty()

        (received,) = mailbox.mails()
        assert received.startswith(b"Return-Path: <zoe@example.com>\r\n")
        assert received.endswith(raw)

    def test_words_after_a_plus_reach_the_same_mailbox(
        self, postfix: Postfix, mailbox: Mailbox
    ) -> None:
        postfix.send(b"Subject: x\r\n\r\n", "", mailbox.address.replace("@", "+CX-42@"))
        postfix.wait_until_empty()

        (received,) = mailbox.mails()
        assert email.message_from_bytes(received)["Return-Path"] == "<>"

    def test_what_cannot_be_delivered_stays_in_the_queue_and_is_not_waited_for_long(
        self, authority: Authority, postfix: Postfix
    ) -> None:
        with Dovecot(authority.good(), authority.ca_file) as gone:
            pass
        with Postfix(gone, authority.good()) as own:
            own.send(b"Subject: x\r\n\r\n", "zoe@example.test", "desk@example.test")

            with pytest.raises(TimeoutError, match=r"(?s)in the queue: .*Connection refused"):
                own.wait_until_empty(timeout=0.5)

    def test_no_mail_leaves_for_another_domain(self, postfix: Postfix, mailbox: Mailbox) -> None:
        with pytest.raises(smtplib.SMTPRecipientsRefused) as refused:
            postfix.send(b"Subject: x\r\n\r\n", mailbox.address, "ann@example.com")

        assert refused.value.recipients["ann@example.com"][0] == 554

    def test_nor_does_a_report_to_a_sender_elsewhere(self, postfix: Postfix) -> None:
        postfix.send(b"Subject: x\r\n\r\n", "far.away@example.com", "ghost@example.test")
        postfix.wait_until_empty()

        assert "to=<far.away@example.com>, relay=none" in postfix.log()


class TestReports:
    def test_a_ghost_brings_a_report_with_the_mail_that_it_speaks_of(
        self, postfix: Postfix, mailbox: Mailbox
    ) -> None:
        sent = letter(mailbox.address, "ghost@example.test")
        postfix.send(compose.compose(sent), mailbox.address, sent.to_address)
        postfix.wait_until_empty()

        (received,) = mailbox.mails()
        found = parts(received)
        said = fields(found["message/delivery-status"])
        assert found["multipart/report"]["Return-Path"] == "<>"
        assert said["Action"] == "failed"
        assert said["Status"] == "5.1.1"
        assert said["Final-Recipient"] == "rfc822; ghost@example.test"
        assert inside(found["message/rfc822"])[0]["Message-ID"] == sent.message_id

    def test_the_one_that_is_kept_as_data_is_of_the_same_make(
        self, postfix: Postfix, mailbox: Mailbox
    ) -> None:
        sent = letter(mailbox.address, "ghost@example.test")
        postfix.send(compose.compose(sent), mailbox.address, sent.to_address)
        postfix.wait_until_empty()

        (received,) = mailbox.mails()
        assert outline(received) == outline(REPORT.read_bytes())

    def test_a_full_mailbox_brings_a_report_of_its_own_kind(
        self, postfix: Postfix, mailbox: Mailbox
    ) -> None:
        sent = letter(mailbox.address, "full@example.test")
        postfix.send(compose.compose(sent), mailbox.address, sent.to_address)
        postfix.wait_until_empty()

        (received,) = mailbox.mails()
        assert fields(parts(received)["message/delivery-status"])["Status"] == "5.2.2"


class TestSubmission:
    def test_the_desk_sends_with_the_configuration_that_is_offered(
        self, postfix: Postfix, mailbox: Mailbox, tmp_path: Path
    ) -> None:
        (tmp_path / "config.toml").write_text(postfix.mail_out(mailbox))
        out = read_config(tmp_path / "config.toml").mail.out
        customer = mailbox.dovecot.mailbox()
        sent = letter(mailbox.address, customer.address)
        with smtp.connect(out, timeout=5) as session:
            raw = compose.compose(sent)
            outcome = session.deliver(raw, mailbox.address, customer.address, lambda: None)
        postfix.wait_until_empty()

        (received,) = customer.mails()
        assert outcome.state == "sent"
        assert received.endswith(raw)

    def test_a_wrong_password_no_login_and_no_tls_are_refused(
        self, postfix: Postfix, mailbox: Mailbox
    ) -> None:
        with smtplib.SMTP(HOST, postfix.submission_port, timeout=5) as link:
            in_the_clear = link.docmd("MAIL", f"FROM:<{mailbox.address}>")
            link.starttls(context=mailbox.dovecot.client_context())
            with pytest.raises(smtplib.SMTPAuthenticationError):
                link.login(mailbox.address, "guessed")
            link.mail(mailbox.address)
            without_login = link.rcpt(mailbox.address)

        assert in_the_clear[0] == 530
        assert without_login[0] == 554

    def test_who_is_logged_in_cannot_write_to_another_domain_either(
        self, postfix: Postfix, mailbox: Mailbox
    ) -> None:
        with smtplib.SMTP(HOST, postfix.submission_port, timeout=5) as link:
            link.starttls(context=mailbox.dovecot.client_context())
            link.login(mailbox.address, mailbox.password)
            link.mail(mailbox.address)
            answer = link.rcpt("ann@example.com")

        assert answer[0] == 554

    def test_the_world_s_port_offers_tls_with_our_certificate(
        self, postfix: Postfix, mailbox: Mailbox
    ) -> None:
        with smtplib.SMTP(HOST, postfix.smtp_port, timeout=5) as link:
            code, _ = link.starttls(context=mailbox.dovecot.client_context())
        strangers = ssl.create_default_context()
        with (
            pytest.raises(ssl.SSLCertVerificationError),
            smtplib.SMTP(HOST, postfix.smtp_port, timeout=5) as link,
        ):
            link.starttls(context=strangers)

        assert code == 220


class TestTwoAtOnce:
    def test_they_know_nothing_of_each_other_and_stopping_leaves_nothing(
        self, dovecot: Dovecot, authority: Authority, postfix: Postfix
    ) -> None:
        box = dovecot.mailbox()
        with contextlib.ExitStack() as running:
            two = [running.enter_context(Postfix(dovecot, authority.good())) for _ in range(2)]
            for one in two:
                one.send(b"Subject: x\r\n\r\n", "zoe@example.test", box.address)
                one.wait_until_empty()
            arrived = len(box.mails())
            groups = [one.process_group for one in two]
            before = [len(alive(group)) for group in groups]

        assert arrived == 2
        assert min(before) > 3
        assert [alive(group) for group in groups] == [[], []]
        assert not any(one.folder.exists() for one in two)
        assert alive(postfix.process_group)
