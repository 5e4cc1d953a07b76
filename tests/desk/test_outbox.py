"""The outbox against real servers: every fault ends as mail.md says, nothing twice, none lost."""

from __future__ import annotations

import dataclasses
import os
import signal
import subprocess
import sys
import tracemalloc
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cxdesk.cli.courier import Courier
from cxdesk.config import Config, MailIn
from cxdesk.config import Mail as MailConfig
from cxdesk.desk import outbox as desk_outbox
from cxdesk.domain.records import Mail
from cxdesk.errors import NotFoundError, RefusedError
from cxdesk.mail import compose
from cxdesk.store import database, outbox
from cxdesk.store.deeds import begin
from cxdesk.store.settings import fill

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cxdesk.config import MailOut
    from cxdesk.desk.outbox import Delivery, Draft, Reason, Tools
    from cxdesk.domain.records import MailLine
    from cxdesk.store.database import Link
    from tests.servers.dovecot import Mailbox
    from tests.servers.smtp import SmtpServer

    Maker = Callable[..., SmtpServer]
    Out = Callable[..., MailOut]

ROOT = Path(__file__).parents[2]
NOW = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
SENDER = "hello@example.com"


class Clock:
    """The time, moved by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        self.now += timedelta(**span)


class Post:
    """One desk, one server, one clock."""

    def __init__(self, path: Path, out: MailOut) -> None:
        self.path = path
        self.clock = Clock()
        self.config = Config(mail=MailConfig(out=out))
        database.create(str(path), lambda link: fill(link, "Europe/London", "test"))
        self.link = database.open_to_write(str(path))

    def add(self, recipient: str, kind: str = "digest") -> Mail:
        with begin(self.link, "remind", self.clock(), actor="desk") as d:
            mail = desk_outbox.post(d, draft(recipient, kind))
        assert mail is not None
        return mail

    def round(self, reason: Reason = lambda *_: None, **changes: Any) -> Delivery:
        with Courier(self.config, self.clock()) as courier:
            tools = courier.tools()._replace(clock=self.clock, **changes)
            return desk_outbox.deliver(self.link, tools, reason)

    def mail(self, number: int = 1) -> Mail:
        found = outbox.by_id(self.link, number)
        assert found is not None
        return found


def draft(recipient: str, kind: str = "digest") -> Draft:
    dedupe = f"{kind}:{recipient}"
    identity = compose.message_id(dedupe, "test", "example.com")
    letter = compose.Letter(
        from_address=SENDER,
        to_address=recipient,
        subject="Monday: Bob first",
        text="FIRST\n",
        date=NOW,
        message_id=identity,
        instance="test",
    )
    raw = compose.compose(letter)
    return desk_outbox.Draft(dedupe, kind, letter.subject, SENDER, recipient, identity, raw)


@pytest.fixture
def server(smtp_server: Maker) -> SmtpServer:
    return smtp_server()


@pytest.fixture
def post(tmp_path: Path, server: SmtpServer, mail_out: Out) -> Iterator[Post]:
    made = Post(tmp_path / "desk.db", mail_out(server))
    yield made
    made.link.close()


class TestDeciding:
    def test_the_same_key_is_one_mail(self, post: Post) -> None:
        post.add("ann@example.com")
        with begin(post.link, "remind", NOW, actor="desk") as d:
            again = desk_outbox.post(d, draft("ann@example.com"))

        assert again is None
        assert len(outbox.every(post.link)) == 1

    def test_to_list_them_does_not_take_their_bytes(self, post: Post) -> None:
        size, count = 2_000_000, 6
        for number in range(count):
            large = draft(f"ann{number}@example.com", "reply")._replace(raw=b"x" * size, number=1)
            with begin(post.link, "reply", NOW) as d:
                desk_outbox.post(d, large)
        listing: tuple[Callable[[Link], list[MailLine]], ...] = (
            outbox.every,
            outbox.unfinished,
            lambda link: outbox.sent_on(link, 1),
        )

        for list_them in listing:
            tracemalloc.start()
            assert len(list_them(post.link)) == count
            assert tracemalloc.get_traced_memory()[1] < size
            tracemalloc.stop()

    def test_the_bytes_are_frozen(self, post: Post, server: SmtpServer) -> None:
        mail = post.add("ann@example.com")
        post.round()

        assert server.mails() == [mail.raw]


class TestEachFault:
    @pytest.mark.parametrize(
        "fault, state, attempts, begun, taken",
        [
            ("ann", "sent", 1, True, 1),
            ("rcpt4", "pending", 1, False, 0),
            ("rcpt5", "failed", 1, False, 0),
            ("421", "pending", 1, False, 0),
            ("drop", "pending", 1, False, 0),
            ("data4", "pending", 1, False, 0),
            ("data5", "failed", 1, True, 0),
            ("dropdata", "pending", 1, False, 0),
            ("tmp", "pending", 1, False, 0),
            ("perm", "failed", 1, True, 0),
            ("lost250", "uncertain", 1, True, 1),
            ("garbage", "uncertain", 1, True, 1),
        ],
    )
    def test_has_its_state_and_a_second_run_at_once_does_nothing(
        self,
        post: Post,
        server: SmtpServer,
        fault: str,
        state: str,
        attempts: int,
        begun: bool,
        taken: int,
    ) -> None:
        post.add(f"{fault}@example.com")

        for _ in range(2):
            post.round()
            mail = post.mail()
            assert (mail.state, mail.attempts, mail.data_begun) == (state, attempts, begun)
            assert mail.lease_until_at is None
            assert len(server.mails()) == taken

    def test_a_refusal_that_passes_ends_in_one_mail(self, post: Post, server: SmtpServer) -> None:
        post.add("tmp2@example.com")
        for minutes in (0, 1, 5):
            post.clock.pass_by(minutes=minutes)
            post.round()

        assert (post.mail().state, post.mail().attempts) == ("sent", 3)
        assert len(server.mails()) == 1

    def test_a_mail_is_given_up_after_five_days_and_said(self, post: Post) -> None:
        post.add("tmp@example.com")
        post.clock.pass_by(days=5)
        delivery = post.round()

        assert delivery.failed == (1,)
        assert (post.mail().detail or "").startswith("given up: 451")

    def test_one_bad_mail_does_not_stop_the_next(self, post: Post, server: SmtpServer) -> None:
        for recipient in ("421@example.com", "garbage@example.com", "ann@example.com"):
            post.add(recipient)
        delivery = post.round()

        assert delivery == desk_outbox.Delivery(sent=(3,), uncertain=(2,), waiting=(1,))


class TestAServerThatCannotBeUsed:
    def test_unreachable_burns_one_attempt_of_one_mail(
        self, post: Post, server: SmtpServer
    ) -> None:
        post.add("ann@example.com")
        post.add("bob@example.com")
        server.stop()
        delivery = post.round()

        assert "cannot be used just now" in (delivery.trouble or "")
        assert [post.mail(n).attempts for n in (1, 2)] == [1, 0]
        assert post.mail(1).next_try_at > NOW

    @pytest.mark.parametrize("plan", [{"auth_reply": "535 no"}, {"user": "somebody@else.example"}])
    def test_a_refused_login_stops_the_round_and_burns_none(
        self, tmp_path: Path, smtp_server: Maker, mail_out: Out, plan: dict[str, str]
    ) -> None:
        server = smtp_server(**plan)
        post = Post(tmp_path / "other.db", mail_out(server, user="hello@example.com"))
        post.add("ann@example.com")
        post.add("bob@example.com")
        delivery = post.round()

        assert "did not accept the login" in (delivery.trouble or "")
        assert [(post.mail(n).state, post.mail(n).attempts) for n in (1, 2)] == [("pending", 0)] * 2
        assert len(server.logins()) == 1

    def test_a_bad_certificate_stops_the_round_without_a_word_of_the_password(
        self, tmp_path: Path, smtp_server: Maker, mail_out: Out, authority: Any
    ) -> None:
        server = smtp_server(tls="starttls", certificate=authority.self_signed())
        post = Post(tmp_path / "other.db", mail_out(server))
        post.add("ann@example.com")
        delivery = post.round()

        assert "is not safe" in (delivery.trouble or "")
        assert (post.mail().state, post.mail().attempts) == ("pending", 0)
        assert b"AUTH" not in server.received()


class TestBeforeItLeaves:
    def test_the_reason_is_checked_again(self, post: Post, server: SmtpServer) -> None:
        post.add("ann@example.com")
        post.round(lambda *_: "the promise is kept")

        assert (post.mail().state, post.mail().detail) == ("cancelled", "the promise is kept")
        assert server.mails() == []

    def test_bytes_that_changed_are_refused(self, post: Post, server: SmtpServer) -> None:
        mail = post.add("ann@example.com")
        evil = mail.raw.replace(b"Subject:", b"Bcc: evil@example.com\r\nSubject:", 1)
        with begin(post.link, "test", NOW, actor="desk") as d:
            d.change(mail, raw=evil)
        post.round()

        assert post.mail().state == "failed"
        assert server.mails() == []

    def test_data_begun_is_committed_before_data(self, post: Post, server: SmtpServer) -> None:
        post.add("ann@example.com")
        seen: list[tuple[str, bool, int]] = []

        def watching(tools: Tools) -> Any:
            def send(raw: bytes, sender: str, to: str, before: Callable[[], None]) -> Any:
                def marked() -> None:
                    before()
                    with database.open_to_read(str(post.path)) as other:
                        mail = outbox.by_id(other, 1)
                        assert mail
                        seen.append((mail.state, mail.data_begun, len(server.mails())))

                return tools.send(raw, sender, to, marked)

            return send

        with Courier(post.config, NOW) as courier:
            post.round(send=watching(courier.tools()))

        assert seen == [("sending", True, 0)]

    def test_a_claim_that_another_took_over_sends_nothing(
        self, post: Post, server: SmtpServer
    ) -> None:
        post.add("ann@example.com")
        with Courier(post.config, NOW) as courier:
            tools = courier.tools()

            def slow(raw: bytes, sender: str, to: str, before: Callable[[], None]) -> Any:
                post.clock.pass_by(minutes=16)
                post.round()  # another run, after the lease
                return tools.send(raw, sender, to, before)

            post.clock.pass_by(seconds=1)
            post.round(send=slow)

        assert post.mail().state == "sent"
        assert len(server.mails()) == 1


class TestUncertain:
    def test_without_a_mailbox_the_owners_is_sent_once_more_and_no_more(
        self, post: Post, server: SmtpServer
    ) -> None:
        post.add("lost250@example.com")
        for _ in range(6):
            post.round()
            post.clock.pass_by(hours=2)

        taken = {raw.split(b"Message-ID: ")[1].split(b"\r\n")[0] for raw in server.mails()}
        assert (len(server.mails()), len(taken)) == (2, 1)
        assert (post.mail().state, post.mail().resent) == ("uncertain", True)

    def test_a_customers_waits_for_the_owners_word(self, post: Post, server: SmtpServer) -> None:
        post.add("lost250@example.com", kind="reply")
        for _ in range(3):
            delivery = post.round()
            post.clock.pass_by(hours=2)

        assert delivery.uncertain == (1,)
        assert len(server.mails()) == 1

    def test_found_in_the_mailbox_it_was_sent(
        self, post: Post, server: SmtpServer, mailbox: Mailbox
    ) -> None:
        post.config = looking_in(post.config, mailbox)
        mail = post.add("lost250@example.com")
        post.round()
        mailbox.put(mail.raw)
        post.clock.pass_by(minutes=5)
        delivery = post.round()

        assert (delivery.sent, post.mail().state) == ((1,), "sent")
        assert len(server.mails()) == 1

    def test_found_among_the_sent_mail_it_was_sent(
        self, post: Post, server: SmtpServer, mailbox: Mailbox
    ) -> None:
        post.config = looking_in(post.config, mailbox)
        mail = post.add("lost250@example.com")
        post.round()
        mailbox.append(mail.raw, "Sent")
        post.clock.pass_by(minutes=5)
        post.round()

        assert (post.mail().state, len(server.mails())) == ("sent", 1)

    def test_an_account_without_sent_mail_is_asked_for_its_inbox(
        self, post: Post, server: SmtpServer, mailbox: Mailbox
    ) -> None:
        post.config = looking_in(post.config, mailbox, sent="No such folder")
        post.add("garbage@example.com")
        post.round()
        post.clock.pass_by(minutes=5)
        post.round()

        assert len(server.mails()) == 2

    def test_not_in_the_mailbox_it_is_sent_once_more(
        self, post: Post, server: SmtpServer, mailbox: Mailbox
    ) -> None:
        post.config = looking_in(post.config, mailbox)
        post.add("garbage@example.com")
        post.round()
        post.clock.pass_by(minutes=5)
        post.round()

        assert len(server.mails()) == 2

    def test_a_mailbox_that_cannot_be_asked_decides_nothing(
        self, post: Post, server: SmtpServer, mailbox: Mailbox
    ) -> None:
        post.config = looking_in(post.config, mailbox, host="127.0.0.1", port=1)
        post.add("lost250@example.com")
        post.round()
        post.clock.pass_by(minutes=5)
        delivery = post.round()

        assert delivery.uncertain == (1,)
        assert len(server.mails()) == 1

    def test_the_owners_word_settles_it(self, post: Post, server: SmtpServer) -> None:
        post.add("lost250@example.com", kind="reply")
        post.round()

        assert desk_outbox.resolve(post.link, 1, NOW, sent=True).state == "sent"
        with pytest.raises(RefusedError, match="Mail 1 is sent"):
            desk_outbox.resolve(post.link, 1, NOW, sent=False)
        with pytest.raises(NotFoundError):
            desk_outbox.resolve(post.link, 7, NOW, sent=True)

    def test_by_the_owners_word_it_goes_out_again(self, post: Post, server: SmtpServer) -> None:
        post.add("garbage@example.com", kind="reply")
        post.round()
        desk_outbox.resolve(post.link, 1, NOW, sent=False)
        post.round()

        assert len(server.mails()) == 2


def looking_in(config: Config, mailbox: Mailbox, **changes: Any) -> Config:
    secret = mailbox.dovecot.ca_file.with_name(f"{mailbox.address}.password")
    secret.touch(0o600)
    secret.write_text(mailbox.password)
    values = {
        "name": "me",
        "host": mailbox.dovecot.host,
        "port": mailbox.dovecot.imaps_port,
        "ca_file": str(mailbox.dovecot.ca_file),
        "user": mailbox.address,
        "password_file": str(secret),
        **changes,
    }
    mail = dataclasses.replace(config.mail, inboxes=(MailIn(**values),))
    return dataclasses.replace(config, mail=mail)


# Sends for a desk, and dies where it is told: claimed, marked, halfway through DATA, after 250.
VICTIM = """
import os, signal, sys
from datetime import datetime
from cxdesk.cli.courier import Courier
from cxdesk.config import Config, Mail, MailOut
from cxdesk.desk import outbox
from cxdesk.mail.smtp import Session
from cxdesk.store import database

path, port, point = sys.argv[1], int(sys.argv[2]), sys.argv[3]
now = datetime.fromisoformat("2026-11-23T08:05:00+00:00")
die = lambda: os.kill(os.getpid(), signal.SIGKILL)
out = MailOut(host="127.0.0.1", port=port, tls="none", from_address="hello@example.com")
def half(self, link, body):
    link.send(body[:len(body) // 2])
    die()
if point == "halfway":
    Session._content = half
with Courier(Config(mail=Mail(out=out)), now) as courier:
    tools = courier.tools()
    def send(raw, sender, to, before):
        def mark():
            if point == "claimed":
                die()
            before()
            if point == "marked":
                die()
        outcome = tools.send(raw, sender, to, mark)
        if point == "answered":
            die()
        return outcome
    outbox.deliver(database.open_to_write(path), tools._replace(send=send), lambda *_: None)
"""


class TestKilled:
    @pytest.mark.parametrize(
        "point, taken", [("claimed", 1), ("marked", 1), ("halfway", 1), ("answered", 2)]
    )
    def test_at_any_point_it_arrives_and_twice_only_around_the_answer(
        self,
        tmp_path: Path,
        smtp_server: Maker,
        mail_out: Out,
        point: str,
        taken: int,
    ) -> None:
        server = smtp_server(user=None)
        post = Post(tmp_path / "desk.db", mail_out(server))
        post.add("ann@example.com")
        argv = [sys.executable, "-c", VICTIM, str(post.path), str(server.port), point]
        victim = subprocess.run(argv, cwd=ROOT, check=False, timeout=30, env=bare())
        assert victim.returncode == -signal.SIGKILL
        assert post.mail().state == "sending"

        post.round()
        assert post.mail().state == "sending", "its lease has not run out"
        post.clock.pass_by(minutes=16)
        post.round()

        assert post.mail().state == "sent"
        assert len(server.mails()) == taken
        assert len({raw.split(b"Message-ID: ")[1][:60] for raw in server.mails()}) == 1


def bare() -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT / "src")}


class TestAlone:
    def test_the_lock_dies_with_the_process(self, tmp_path: Path) -> None:
        path = str(tmp_path / "desk.db")
        code = (
            "import os, sys; from cxdesk.store.outbox import alone\n"
            "with alone(sys.argv[1]) as mine: print(mine, flush=True); sys.stdin.read()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", code, path],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=bare(),
        ) as other:
            assert other.stdout
            assert other.stdout.readline() == "True\n"
            with outbox.alone(path) as mine:
                assert not mine
            other.kill()
            other.wait()

            with outbox.alone(path) as mine:
                assert mine
        assert os.stat(path + ".remind.lock").st_mode & 0o777 == 0o600
