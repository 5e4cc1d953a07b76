"""What `doctor` knows of mail: what did not leave, what was not read, whom it does not reach."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest

from cxdesk.desk import doctor
from cxdesk.domain.received import Received
from cxdesk.store import database
from cxdesk.store.deeds import begin
from tests.cli.post import Post
from tests.running import on_terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.servers.dovecot import Mailbox
    from tests.servers.smtp import SmtpServer
    from tests.servers.tls import Authority

    Maker = Callable[..., SmtpServer]


class Desk(Post):
    """A desk whose doctor is asked."""

    def check(self, name: str) -> dict[str, Any]:
        """One of the checks; the exit code says whether one of them all is not well."""
        ran = self.run("doctor", "--json")
        told = self.json_of("doctor")["checks"]
        assert ran.code == (0 if all(one["ok"] for one in told) else 1)
        assert all(set(one) == {"name", "ok", "message", "remedy"} for one in told)
        assert all(one["ok"] or one["remedy"] for one in told)
        return next(one for one in told if one["name"] == name)

    def is_well(self, name: str) -> bool:
        return bool(self.check(name)["ok"])

    def keep(self, **fields: Any) -> None:
        """A row of a mail that came in."""
        values: dict[str, Any] = {
            "sha256": repr(fields),
            "account": "support",
            "folder": "INBOX",
            "place": "support, INBOX, mail 7",
            "received_at": datetime.fromisoformat(self.now),
            "size": 1,
            **fields,
        }
        at = datetime.fromisoformat(self.now)
        with (
            database.open_to_write(str(self.store)) as link,
            begin(link, "mail", at, actor="desk") as d,
        ):
            d.add(Received(0, **values))


@pytest.fixture
def desk(tmp_path: Path, smtp_server: Maker) -> Desk:
    """Ann has written; the server takes mail without a login."""
    home = Desk(tmp_path / "home", smtp_server(user=None))
    home.done("log", "Ann Lee", "VAT twice", "--via", "email", "--email", "ann@example.com", "-q")
    return home


def write_to(desk: Desk, address: str) -> None:
    """The owner answers somebody, whose address decides what the server does."""
    desk.done("log", "Bob Ray", "A key", "--via", "email", "--email", address, "-q")
    desk.run("reply", "bob", "It is on its way.", "--send")


MAIL = ("mail", "outbox", "incoming", "mailboxes", "addresses", "size")


class TestWhatLeaves:
    def test_nothing_is_wrong_where_nothing_is(self, desk: Desk) -> None:
        desk.done("reply", "ann", "It is mended.", "--send")

        assert all(desk.is_well(name) for name in MAIL)

    def test_an_uncertain_mail_names_what_to_type_until_it_is_resolved(self, desk: Desk) -> None:
        write_to(desk, "garbage@example.com")

        told = desk.check("mail")
        assert told["message"] == "Mail 1 to garbage@example.com may or may not have arrived."
        assert told["remedy"] == "cxdesk mail resolve 1 --sent   or   --resend"
        desk.done("mail", "resolve", "1", "--sent")
        assert desk.is_well("mail")

    def test_a_digest_that_was_refused_is_told_for_a_week(self, desk: Desk) -> None:
        path = desk.folder / "config.toml"
        path.write_text(path.read_text().replace("me@example.com", "perm@example.com"))
        desk.run("remind", "--force")

        told = desk.check("outbox")
        assert "(your digest) failed: 554" in told["message"]
        assert "cxdesk mail resolve 1 --resend" in told["remedy"]
        desk.later(days=8)
        assert desk.is_well("outbox")

    def test_a_refused_test_mail_is_forgotten(self, desk: Desk) -> None:
        assert desk.run("mail", "test", "--to", "perm@example.com").code == 5

        assert desk.is_well("outbox")

    def test_a_mail_that_waits_is_told_after_an_hour_with_why(self, desk: Desk) -> None:
        write_to(desk, "tmp@example.com")

        assert desk.is_well("outbox")
        desk.later(hours=2)
        told = desk.check("outbox")
        assert told["message"].startswith("1 mail could not leave for more than an hour: 451")
        assert "cxdesk mail test" in told["remedy"]


class TestWhatComesIn:
    def test_what_could_not_be_read_is_counted(self, desk: Desk) -> None:
        for number in (1, 2):
            desk.keep(state="quarantined", detail="nested too deeply", message_id=f"<{number}@x>")

        told = desk.check("incoming")
        assert told["message"] == "2 mails could not be read, and are kept aside."
        assert told["remedy"] == "cxdesk mail quarantine"

    def test_what_was_kept_and_not_read_is_counted(self, desk: Desk) -> None:
        desk.keep(state="kept")

        told = desk.check("incoming")
        assert told["message"] == "1 mail is kept and not read yet."
        assert "cxdesk mail fetch" in told["remedy"]

    def test_a_large_desk_hints_at_how_much_of_it_is_mail(
        self, desk: Desk, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        desk.keep(state="read", via="new", size=800_000_000, message_id="<a@x>", inquiry_number=1)
        assert desk.check("size")["remedy"] is None
        monkeypatch.setattr(doctor, "LARGE_DESK", 100_000)

        told = desk.check("size")
        assert (told["ok"], "800.0 MB of it mail" in told["message"]) == (True, True)
        assert "[backup] keep" in told["remedy"]


class TestWhereItIsReadFrom:
    @pytest.fixture
    def reader(self, desk: Desk, authority: Authority, mailbox: Mailbox) -> Desk:
        """A desk with two mailboxes, on a real Dovecot."""
        (desk.folder / "password").touch(0o600)
        (desk.folder / "password").write_text(mailbox.password + "\n")
        lines = "".join(
            f'[mail.in.{name}]\nhost = "127.0.0.1"\nport = {mailbox.dovecot.imaps_port}\n'
            f'ca_file = "{authority.ca_file}"\nuser = "{mailbox.address}"\n'
            'password_file = "password"\n'
            for name in ("support", "shop")
        )
        with open(desk.folder / "config.toml", "a", encoding="utf-8") as file:
            file.write(lines)
        return desk

    def test_mailboxes_that_were_never_read_are_not_missed_before_the_first_is(
        self, reader: Desk
    ) -> None:
        assert reader.is_well("mailboxes")
        reader.done("mail", "fetch", "support")

        told = reader.check("mailboxes")
        assert told["message"] == "The mailbox shop was never read."
        assert told["remedy"] == "cxdesk mail fetch shop"

    def test_they_are_missed_where_the_reminder_job_runs(self, reader: Desk) -> None:
        reader.done("remind")

        assert reader.check("mailboxes")["message"] == "The mailbox support was never read."

    def test_one_that_was_not_read_for_a_day_is_missed_until_it_is(self, reader: Desk) -> None:
        reader.done("mail", "fetch")
        reader.later(hours=25)
        assert reader.is_well("mailboxes")
        reader.later(hours=2)

        told = reader.check("mailboxes")
        assert told["message"] == "support was not read for 1 day."
        assert "cxdesk mail test support" in told["remedy"]
        reader.done("mail", "fetch")
        assert reader.is_well("mailboxes")

    def test_one_that_is_not_named_any_more_is_not_missed(self, reader: Desk) -> None:
        reader.done("mail", "fetch")
        reader.later(days=9)
        path = reader.folder / "config.toml"
        path.write_text(path.read_text().partition("[mail.in.")[0])

        assert reader.is_well("mailboxes")


class TestWhomItDoesNotReach:
    @pytest.fixture
    def planned(self, desk: Desk) -> Desk:
        """Ann gets a mail by itself in two weeks."""
        desk.done("follow", "1", "2 weeks", "How is the shelf?", "--send", "-q")
        return desk

    def test_a_follow_up_to_an_address_that_takes_no_mail(self, planned: Desk) -> None:
        assert planned.is_well("addresses")
        planned.stop("ann@example.com", "undeliverable")

        told = planned.check("addresses")
        assert "ann@example.com takes no mail" in told["message"]
        assert "to go to Ann Lee by mail" in told["message"]

    def test_whoever_wants_none_is_no_trouble(self, planned: Desk) -> None:
        planned.stop("ann@example.com", "unsubscribed")

        assert planned.is_well("addresses")

    def test_what_the_owner_does_is_none_either(self, desk: Desk) -> None:
        desk.done("follow", "1", "2 weeks", "How is the shelf?", "-q")
        desk.stop("ann@example.com", "undeliverable")

        assert desk.is_well("addresses")


def test_a_person_reads_what_is_not_well_with_what_to_type(desk: Desk) -> None:
    desk.keep(state="quarantined", detail="nested too deeply")
    shown = on_terminal(desk.folder, "doctor")

    assert shown.code == 1
    assert "1 mail could not be read, and is kept aside." in shown.out
    assert "     cxdesk mail quarantine" in shown.out


def test_a_configuration_that_is_not_understood_keeps_no_check_from_being_made(
    desk: Desk,
) -> None:
    (desk.folder / "config.toml").write_text("[mail.in")

    assert desk.check("mailboxes")["message"] == "No mailbox is named to be read."
    assert not desk.is_well("config")
