"""Sending against real servers: each fault has one truthful outcome, and no secret goes astray."""

from __future__ import annotations

import email
import socket
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cxdesk.mail import compose, smtp
from tests.servers.smtp import SmtpServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cxdesk.config import MailOut
    from tests.servers.dovecot import Mailbox
    from tests.servers.tls import Authority

    Maker = Callable[..., SmtpServer]

SENDER = "hello@example.com"
ROOT = Path(__file__).parents[2]


@pytest.fixture
def plain(
    smtp_server: Maker, mail_out: Callable[..., MailOut]
) -> Iterator[tuple[SmtpServer, smtp.Session]]:
    """A server on this machine itself, without TLS, and a session with it."""
    server = smtp_server()
    with smtp.connect(mail_out(server), timeout=5) as session:
        yield server, session


def letter(recipient: str = "ann@example.com", **changes: Any) -> compose.Letter:
    values: dict[str, Any] = {
        "from_address": SENDER,
        "to_address": recipient,
        "subject": "Your shelf",
        "text": "Hello Ann,\n.\n..two dots\nFrom here on: größe.\n",
        "date": datetime(2026, 11, 23, 9, tzinfo=UTC),
        "message_id": compose.message_id(recipient, "test", "example.com"),
        "instance": "test",
    }
    return compose.Letter(**{**values, **changes})


class Marker:
    """Stands for the commit of `data_begun`; remembers what the server had taken by then."""

    def __init__(self, server: SmtpServer | None = None) -> None:
        self.calls = 0
        self.server = server
        self.taken_by_then = -1

    def __call__(self) -> None:
        self.calls += 1
        if self.server:
            self.taken_by_then = len(self.server.mails())


def deliver(session: smtp.Session, recipient: str, marker: Marker) -> smtp.Outcome:
    return session.deliver(compose.compose(letter(recipient)), SENDER, recipient, marker)


class TestOutcomes:
    @pytest.mark.parametrize(
        "fault, state, code, begun, taken",
        [
            ("ann", "sent", 250, 1, 1),
            ("rcpt4", "later", 450, 0, 0),
            ("rcpt5", "failed", 550, 0, 0),
            ("421", "later", 421, 0, 0),
            ("drop", "later", None, 0, 0),
            ("data4", "later", 451, 1, 0),
            ("data5", "failed", 554, 1, 0),
            ("dropdata", "later", None, 1, 0),
            ("tmp", "later", 451, 1, 0),
            ("perm", "failed", 554, 1, 0),
            ("lost250", "uncertain", None, 1, 1),
            ("garbage", "uncertain", None, 1, 1),
        ],
    )
    def test_each_fault_has_its_outcome(
        self,
        plain: tuple[SmtpServer, smtp.Session],
        fault: str,
        state: str,
        code: int | None,
        begun: int,
        taken: int,
    ) -> None:
        server, session = plain
        marker = Marker()

        outcome = deliver(session, f"{fault}@example.com", marker)

        assert (outcome.state, outcome.code) == (state, code)
        assert (marker.calls, len(server.mails())) == (begun, taken)
        assert outcome.detail.isprintable()

    def test_silence_after_the_mail_is_uncertain(
        self, smtp_server: Maker, mail_out: Callable[..., MailOut]
    ) -> None:
        server = smtp_server()
        with smtp.connect(mail_out(server), timeout=0.5) as session:
            outcome = deliver(session, "hang250@example.com", Marker())

        assert outcome.state == "uncertain"
        assert len(server.mails()) == 1

    def test_a_temporary_refusal_passes(self, plain: tuple[SmtpServer, smtp.Session]) -> None:
        states = [deliver(plain[1], "tmp2@example.com", Marker()).state for _ in range(3)]

        assert states == ["later", "later", "sent"]

    def test_data_is_marked_before_a_byte_of_the_mail_leaves(
        self, plain: tuple[SmtpServer, smtp.Session]
    ) -> None:
        marker = Marker(plain[0])

        assert deliver(plain[1], "ann@example.com", marker).state == "sent"
        assert marker.taken_by_then == 0

    def test_a_failing_mark_sends_nothing(self, plain: tuple[SmtpServer, smtp.Session]) -> None:
        def full_disk() -> None:
            raise OSError("disk full")

        with pytest.raises(OSError, match="disk full"):
            plain[1].deliver(b"Subject: x\r\n\r\nx\r\n", SENDER, "ann@example.com", full_disk)

        assert plain[0].mails() == []
        assert deliver(plain[1], "ann@example.com", Marker()).state == "sent"

    @pytest.mark.parametrize(
        "address",
        ["", "a@b, c@d", "a@b\r\nRCPT TO:<c@d>", "a b@c", "ünal@example.com", "a@b> SIZE=1"],
    )
    def test_a_hostile_address_fails_and_is_never_sent(
        self, plain: tuple[SmtpServer, smtp.Session], address: str
    ) -> None:
        outcome = plain[1].deliver(b"Subject: x\r\n\r\nx\r\n", SENDER, address, Marker())

        assert outcome.state == "failed"
        assert b"RCPT" not in plain[0].received()

    def test_an_international_domain_travels_in_ascii(
        self, plain: tuple[SmtpServer, smtp.Session]
    ) -> None:
        assert deliver(plain[1], "ann@bücher.example", Marker()).state == "sent"
        assert plain[0].envelopes()[0]["recipients"] == ["ann@xn--bcher-kva.example"]


class TestWhatArrives:
    def test_the_bytes_arrive_as_they_were(self, plain: tuple[SmtpServer, smtp.Session]) -> None:
        raw = compose.compose(letter())

        plain[1].deliver(raw, SENDER, "ann@example.com", Marker())

        assert plain[0].mails() == [raw]
        assert plain[0].envelopes() == [{"sender": SENDER, "recipients": ["ann@example.com"]}]

    def test_no_second_mail_can_be_smuggled_in(
        self, plain: tuple[SmtpServer, smtp.Session]
    ) -> None:
        raw = b"Subject: x\r\n\r\none\n.\nMAIL FROM:<evil@example.com>\r.\r\n.\r\ntwo"

        plain[1].deliver(raw, SENDER, "ann@example.com", Marker())

        kept = b"Subject: x\r\n\r\none\r\n.\r\nMAIL FROM:<evil@example.com>\r\n.\r\n.\r\ntwo\r\n"
        assert plain[0].mails() == [kept]

    def test_the_machine_is_not_named(self, plain: tuple[SmtpServer, smtp.Session]) -> None:
        deliver(plain[1], "ann@example.com", Marker())

        assert b"ehlo [127.0.0.1]\r\n" in plain[0].received()
        assert socket.gethostname().encode() not in plain[0].received()


class TestOneSessionForManyMails:
    def test_after_every_fault_the_next_mail_goes_out_once(
        self, plain: tuple[SmtpServer, smtp.Session]
    ) -> None:
        server, session = plain
        faults = ("rcpt4", "421", "drop", "data5", "dropdata", "perm", "lost250", "garbage")
        for fault in faults:
            deliver(session, f"{fault}@example.com", Marker())
            assert deliver(session, f"after.{fault}@example.com", Marker()).state == "sent"

        recipients = [one["recipients"] for one in server.envelopes()]
        wanted = [f"after.{fault}@example.com" for fault in faults]
        assert [[one] for one in wanted] == [one for one in recipients if "after" in one[0]]

    def test_a_connection_is_used_again(self, plain: tuple[SmtpServer, smtp.Session]) -> None:
        for number in range(3):
            assert deliver(plain[1], f"ann{number}@example.com", Marker()).state == "sent"

        assert plain[0].received().count(b"ehlo") == 1
        assert len(plain[0].logins()) == 1

    def test_closing_twice_is_fine_and_a_dead_server_does_not_matter(
        self, plain: tuple[SmtpServer, smtp.Session]
    ) -> None:
        plain[0].stop()

        plain[1].close()
        plain[1].close()

    def test_a_server_that_went_away_is_said_before_anything_is_sent(
        self, plain: tuple[SmtpServer, smtp.Session]
    ) -> None:
        deliver(plain[1], "ann@example.com", Marker())
        plain[0].stop()
        marker = Marker()

        with pytest.raises(smtp.ServerUnreachable):
            deliver(plain[1], "bob@example.com", marker)
        assert marker.calls == 0


class TestTheWholeWay:
    def test_a_mail_goes_out_and_comes_back_with_the_same_message_id(
        self, smtp_server: Maker, mail_out: Callable[..., MailOut], mailbox: Mailbox
    ) -> None:
        server = smtp_server(tls="starttls", lmtp_port=mailbox.dovecot.lmtp_port)
        sent = letter(mailbox.address, to_name="Zoë Müller", html="<p>größe</p>")
        raw = compose.compose(sent)
        with smtp.connect(mail_out(server)) as session:
            outcome = session.deliver(raw, SENDER, mailbox.address, Marker())

        (received,) = mailbox.mails()
        read = email.message_from_bytes(received)
        assert outcome.state == "sent"
        assert read["Message-ID"] == sent.message_id
        assert received.endswith(raw)
        compose.check(raw, sent)


class TestTheServerAsAProcess:
    def test_it_prints_its_port_takes_mail_and_ends_when_told(
        self, tmp_path: Path, authority: Authority, mail_out: Callable[..., MailOut]
    ) -> None:
        good = authority.good()
        argv = [sys.executable, "-m", "tests.servers.smtp", str(tmp_path / "taken")]
        argv += ["--tls", "starttls", "--certificate", str(good.chain), "--key", str(good.key)]
        with subprocess.Popen(argv, stdout=subprocess.PIPE, cwd=ROOT, text=True) as process:
            try:
                assert process.stdout
                port = int(process.stdout.readline())
                server = SmtpServer(tmp_path / "taken", tls="starttls")  # never started
                with smtp.connect(mail_out(server, port=port)) as session:
                    outcome = deliver(session, "ann@example.com", Marker())
            finally:
                process.terminate()
        assert outcome.state == "sent"
        assert len(server.mails()) == 1
        assert process.returncode == 0
