"""Mail to customers that goes out by itself: what is decided, what keeps it, what it makes true."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from cxdesk.cli.courier import Courier, office_of, own_addresses
from cxdesk.config import Config, Limits, MailIn, MailOut, Remind
from cxdesk.config import Mail as MailConfig
from cxdesk.desk import contacts, customers, mailed, mailing, promises, returned
from cxdesk.desk import outbox as desk_outbox
from cxdesk.desk.contacts import Contact
from cxdesk.desk.people import find
from cxdesk.domain.letters import Address, Letter
from cxdesk.domain.received import Received
from cxdesk.domain.records import Customer, Mail, Owed
from cxdesk.mail.compose import public_name
from cxdesk.store import database, inquiries, outbox
from cxdesk.store.deeds import begin
from cxdesk.store.settings import fill, load_desk

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from cxdesk.desk.outbox import Delivery
    from cxdesk.domain.records import Promise, Thread
    from tests.servers.smtp import SmtpServer

    Maker = Callable[..., SmtpServer]
    Out = Callable[..., MailOut]

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)  # a Monday
MINUTE = timedelta(minutes=1)
ANN = "ann@example.com"


class Desk:
    """One desk whose owner wants acknowledgements, and one server."""

    def __init__(self, path: Path, out: MailOut, **mail: Any) -> None:
        database.create(str(path), lambda link: fill(link, "Europe/London", "test"))
        self.link = database.open_to_write(str(path))
        self.now = NOW
        self.count = 0
        self.out = out
        self.configure(**mail)

    def configure(self, **mail: Any) -> None:
        values = {"prefix": "OAK", "acknowledge": True, "signature": "Oak & Co", **mail}
        self.config = Config(mail=MailConfig(out=self.out, **values))

    def arrive(
        self,
        address: str = ANN,
        *,
        known: bool = True,
        dated: timedelta = timedelta(0),
        owed: Owed | None = None,
        **fields: Any,
    ) -> Mail | None:
        """A mail begins an inquiry, as desk/placing.py does it; the acknowledgement it got."""
        self.count += 1
        values = {
            "received_at": self.now,
            "size": 1,
            "state": "read",
            "via": "new",
            "message_id": f"<{self.count}@theirs>",
            "ancestors": None,
            "name": "Ann Lee",
            "email": address,
            "answer_to": address,
            "subject": "VAT twice",
            **fields,
        }
        letter = Letter(
            values["message_id"], Address("Ann Lee", address), "VAT twice", "Twice!",
            date_at=self.now - dated,
        )  # fmt: skip
        desk = load_desk(self.link)
        office = office_of(self.config, self.link, self.now)
        with begin(self.link, "mail", self.now, actor="desk") as d:
            customer = self._customer(d, address) if known else None
            contact = Contact(values["received_at"], "Twice!", via="email", owed=owed)
            thread = contacts.start(d, desk, customer, contact)
            mail = Received(0, str(self.count), "", "", "", **values)
            made = mailing.acknowledge(d, desk, thread, mail, letter, office=office)
            d.add(mail._replace(inquiry_number=thread.inquiry.number))
        return made

    def _customer(self, d: Any, address: str) -> Customer:
        found = find(self.link, address, (), may_make=True)
        return found.customer or customers.make(d, found, self.now)

    def round(self) -> Delivery:
        def reason(link: database.Link, mail: Mail, now: datetime) -> str | None:
            return mailed.why_not(link, mail, now)

        with Courier(self.config, self.now) as courier:
            tools = courier.tools()._replace(clock=lambda: self.now)
            return desk_outbox.deliver(self.link, tools, reason)

    def stop(self, address: str, why: str) -> None:
        with begin(self.link, "mail", self.now, actor="desk") as d:
            returned.stop_mail(d, address, why)

    def mail(self, number: int = 1) -> Mail:
        found = outbox.by_id(self.link, number)
        assert found is not None
        return found

    def thread(self, number: int = 1) -> Thread:
        found = inquiries.thread(self.link, number)
        assert found is not None
        return found

    def promise(self) -> Promise:
        (found,) = inquiries.promises_of(self.link, 1)
        return found


@pytest.fixture
def server(smtp_server: Maker) -> SmtpServer:
    return smtp_server(user=None)


@pytest.fixture
def desk(tmp_path: Path, server: SmtpServer, mail_out: Out) -> Iterator[Desk]:
    made = Desk(tmp_path / "desk.db", mail_out(server, user="", from_address="hello@example.com"))
    yield made
    made.link.close()


class TestAnAcknowledgement:
    def test_says_by_when_they_hear_and_that_a_machine_wrote_it(
        self, desk: Desk, server: SmtpServer
    ) -> None:
        made = desk.arrive("Ann@Example.com", ancestors="<zero@theirs>")
        assert made is not None
        desk.round()

        (raw,) = server.mails()
        assert raw.replace(b"\r\n", b"\n").decode() == (
            "From: hello@example.com\n"
            "To: Ann Lee <ann@example.com>\n"
            "Subject: Re: VAT twice [OAK-1]\n"
            "Date: Mon, 23 Nov 2026 09:05:00 +0000\n"
            f"Message-ID: {made.message_id}\n"
            "In-Reply-To: <1@theirs>\n"
            "References: <zero@theirs> <1@theirs>\n"
            "Auto-Submitted: auto-replied\n"
            f"X-Cxdesk-Instance: {public_name('test')}\n"
            "X-Cxdesk-Reference: acknowledgement:1\n"
            "List-Unsubscribe: <mailto:hello@example.com?subject=unsubscribe>\n"
            'Content-Type: text/plain; charset="utf-8"\n'
            "Content-Transfer-Encoding: 7bit\n"
            "MIME-Version: 1.0\n"
            "\n"
            "I have your message; you will hear from me by Wed 25 Nov 17:00.\n\n-- \nOak & Co\n"
        )

    def test_makes_a_promise_of_the_policy_once_it_is_sent_and_not_before(self, desk: Desk) -> None:
        desk.arrive()
        assert (desk.promise().kind, desk.promise().told) == ("policy", False)
        desk.round()

        assert (desk.promise().kind, desk.promise().told) == ("policy", True)
        assert desk.mail().state == "sent"

    def test_of_which_the_owner_says_that_it_arrived_makes_it_too(self, desk: Desk) -> None:
        desk.arrive("lost250@example.com")
        desk.round()
        assert (desk.mail().state, desk.promise().told) == ("uncertain", False)
        desk_outbox.resolve(desk.link, 1, desk.now, sent=True)

        assert desk.promise().told

    def test_that_is_refused_makes_none(self, desk: Desk) -> None:
        desk.arrive("rcpt5@example.com")
        desk.round()

        assert (desk.mail().state, desk.promise().told) == ("failed", False)

    def test_answers_nothing(self, desk: Desk) -> None:
        desk.arrive()
        desk.round()

        inquiry = desk.thread().inquiry
        assert (inquiry.status, inquiry.unanswered_at, inquiry.last_out_at) == ("open", NOW, None)


class TestNoAcknowledgement:
    @pytest.mark.parametrize(
        "fields",
        [
            {"automatic": True},
            {"bounce": True},
            {"is_sent": True},
            {"answer_to": None},
            {"answer_to": "hello@example.com"},
            {"email": "hello@example.com"},
        ],
        ids=str,
    )
    def test_for_what_no_customer_wrote_by_hand(self, desk: Desk, fields: dict[str, Any]) -> None:
        assert desk.arrive(**fields) is None

    def test_for_someone_unknown(self, desk: Desk) -> None:
        assert desk.arrive(known=False) is None

    @pytest.mark.parametrize(
        "mail", [{"own": (ANN,)}, {"forms": (ANN,)}, {"acknowledge": False}], ids=str
    )
    def test_as_the_owner_set_it(self, desk: Desk, mail: dict[str, Any]) -> None:
        desk.configure(**mail)

        assert desk.arrive() is None

    @pytest.mark.parametrize("why", ["undeliverable", "unsubscribed", "complaint"])
    def test_to_an_address_that_gets_no_mail(self, desk: Desk, why: str) -> None:
        desk.stop("Ann@example.com", why)

        assert desk.arrive() is None

    def test_for_a_mail_that_was_long_under_way(self, desk: Desk) -> None:
        assert desk.arrive("bob@example.com", dated=timedelta(days=3)) is not None
        assert desk.arrive(dated=timedelta(days=3, seconds=1)) is None

    def test_when_its_date_is_past(self, desk: Desk) -> None:
        assert desk.arrive(received_at=NOW - timedelta(days=7)) is None

    def test_when_they_were_told_by_when(self, desk: Desk) -> None:
        spoken = Owed("spoken", NOW + timedelta(days=1), said="tomorrow")

        assert desk.arrive(owed=spoken) is None

    def test_to_an_address_that_cannot_be_written(self, desk: Desk) -> None:
        assert desk.arrive("größe@example.com") is None
        assert desk.thread().inquiry.status == "open"


class TestTheLimits:
    def test_one_acknowledgement_an_address_in_24_hours(self, desk: Desk) -> None:
        assert desk.arrive() is not None
        desk.now += timedelta(hours=24) - MINUTE
        assert desk.arrive("ANN@example.com") is None
        assert desk.arrive("bob@example.com") is not None
        desk.now += MINUTE

        assert desk.arrive() is not None

    def test_words_behind_a_plus_make_no_other_address(self, desk: Desk) -> None:
        assert desk.arrive("ann+7@example.com") is not None

        for same in ("ann+8@example.com", ANN, "ann+@example.com"):
            assert desk.arrive(same) is None
        for other in ("ann+7@example.org", "ann-lee@example.com", "an@example.com", "ann7@x.org"):
            assert desk.arrive(other) is not None

    def test_three_that_nobody_answered_are_enough_for_a_month(self, desk: Desk) -> None:
        for _ in range(3):
            assert desk.arrive() is not None
            desk.now += timedelta(days=1)
        assert desk.arrive() is None
        with begin(desk.link, "reply", desk.now) as d:
            contacts.reply(d, load_desk(desk.link), 1, Contact(desk.now, "Mended.", out=True))
        assert desk.arrive() is not None
        desk.now += timedelta(days=1)
        assert desk.arrive() is None
        desk.now += timedelta(days=30)

        assert desk.arrive() is not None

    def test_one_that_was_cancelled_does_not_count(self, desk: Desk) -> None:
        desk.arrive()
        with begin(desk.link, "reply", desk.now) as d:
            contacts.reply(d, load_desk(desk.link), 1, Contact(desk.now, "Mended.", out=True))
        desk.round()
        assert desk.mail().state == "cancelled"

        assert desk.arrive() is not None

    @pytest.mark.parametrize(
        "limits, other",
        [
            (Limits(address_a_day=0), None),
            (Limits(inquiry=0), None),
            (Limits(a_day=1), "bob@example.com"),
        ],
    )
    def test_the_owners_limits_hold(self, desk: Desk, limits: Limits, other: str | None) -> None:
        desk.configure(limits=limits)
        if other:
            assert desk.arrive(other) is not None

        assert desk.arrive() is None

    def test_they_are_counted_by_the_address_the_inquiry_and_the_day(self, desk: Desk) -> None:
        desk.arrive()
        since = desk.now - timedelta(hours=24)

        assert outbox.acknowledged(desk.link, ANN, since) == 1
        assert outbox.automatic_to(desk.link, ANN, since) == 1
        assert outbox.automatic_to(desk.link, "bob@example.com", since) == 0
        assert outbox.automatic_to(desk.link, "ann.lee@example.com", since) == 0
        assert outbox.automatic_on(desk.link, 1) == 1
        assert outbox.automatic_on(desk.link, 2) == 0
        assert outbox.automatic_since(desk.link, since) == 1
        assert outbox.automatic_since(desk.link, desk.now) == 0


class TestBeforeItIsSent:
    """Its reason is asked for again: mail.md, "Sending", rule 6."""

    def cancelled(self, desk: Desk) -> str | None:
        desk.round()
        assert desk.mail().state == "cancelled"
        assert not desk.promise().told or desk.promise().kind == "spoken"
        return desk.mail().detail

    @pytest.fixture
    def waiting(self, desk: Desk) -> Desk:
        desk.arrive()
        return desk

    def test_it_is_answered(self, waiting: Desk) -> None:
        with begin(waiting.link, "reply", NOW) as d:
            contacts.reply(d, load_desk(waiting.link), 1, Contact(NOW, "Mended.", out=True))

        assert self.cancelled(waiting) == "it is answered"

    def test_it_is_closed(self, waiting: Desk) -> None:
        with begin(waiting.link, "solved", NOW) as d:
            contacts.solved(d, load_desk(waiting.link), 1)

        assert self.cancelled(waiting) == "it is closed"

    def test_they_were_promised_something_else(self, waiting: Desk) -> None:
        with begin(waiting.link, "promise", NOW) as d:
            found = find(waiting.link, "1", (), may_make=False)
            promises.promise(d, load_desk(waiting.link), found, 1,
                             Owed("spoken", NOW + timedelta(hours=3), said="noon"))  # fmt: skip

        assert self.cancelled(waiting) == "they were told by when"

    def test_its_date_is_another(self, waiting: Desk) -> None:
        with begin(waiting.link, "move", NOW) as d:
            promise = waiting.promise()
            d.change(promise, due_at=promise.due_at + MINUTE)

        assert self.cancelled(waiting) == "its date has changed"

    def test_its_date_is_past(self, waiting: Desk) -> None:
        waiting.now = waiting.promise().due_at

        assert self.cancelled(waiting) == "its date is past"

    def test_nothing_is_owed_any_more(self, waiting: Desk) -> None:
        with begin(waiting.link, "drop", NOW) as d:
            d.change(waiting.promise(), state="released")

        assert self.cancelled(waiting) == "no reply is owed"

    @pytest.mark.parametrize(
        "why, told",
        [
            ("undeliverable", "mail to that address does not arrive"),
            ("unsubscribed", "they want no more of it"),
            ("complaint", "they complained of a mail"),
        ],
    )
    def test_they_are_not_to_be_written_to(self, waiting: Desk, why: str, told: str) -> None:
        waiting.stop(ANN, why)

        assert self.cancelled(waiting) == told


def test_all_our_addresses_are_known() -> None:
    config = Config(
        mail=MailConfig(
            own=("partner@oak.example",),
            forms=("form@shop.example",),
            out=MailOut(from_address="Hello@Oak.example"),
            inboxes=(MailIn(name="a", user="Support@oak.example"), MailIn(name="b", user="shop")),
        ),
        remind=Remind(to="Me@example.com"),
    )

    assert own_addresses(config) == {
        "partner@oak.example",
        "hello@oak.example",
        "support@oak.example",
        "me@example.com",
    }
