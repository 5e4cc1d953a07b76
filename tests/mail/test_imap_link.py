"""Connecting to a mailbox: verified TLS and an accepted login, or the right error and no secret on
the wire."""

from __future__ import annotations

import base64
import socket
import time
from typing import TYPE_CHECKING

import pytest

from cxdesk.config import MailIn
from cxdesk.errors import MailError
from cxdesk.mail import imap_link
from cxdesk.mail.imap import Mailbox
from tests.mail.fetching import THREE, fetched
from tests.servers.imap import ImapServer
from tests.servers.smtp import PASSWORD, TOKEN

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.tls import Authority

    Maker = Callable[..., ImapServer]
    MakeIn = Callable[..., MailIn]

SHORT = 0.3  # seconds that a server which does not answer is waited for


def no_secret_in(heard: bytes) -> bool:
    """Whether neither password nor token was said, plainly or in any base64 of a login."""
    secrets = [PASSWORD.encode(), TOKEN.encode()]
    coded = [base64.b64encode(b"x" * shift + one)[4:-4] for one in secrets for shift in range(3)]
    return not any(one in heard for one in secrets + coded) and b"AUTH" not in heard.upper()


def _own_address() -> str:
    """An address of this machine that is not loopback; no packet is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
            address = str(probe.getsockname()[0])
        except OSError:
            address = "127.0.0.1"
    if address.startswith("127."):
        pytest.skip("this machine has no address but loopback")
    return address


class TestConnecting:
    @pytest.mark.parametrize("tls", ["implicit", "starttls", "none"])
    def test_a_verified_server_gives_its_mails(
        self, imap_server: Maker, mail_in: MakeIn, tls: str
    ) -> None:
        server = imap_server(tls=tls, mails=THREE)

        assert [one.raw for one in fetched(mail_in(server))] == list(THREE)
        assert server.logins == [("PLAIN", True)]

    @pytest.mark.parametrize("tls", ["implicit", "starttls"])
    @pytest.mark.parametrize("flaw, says", [("self_signed", "self"), ("wrong_host", "mismatch")])
    def test_a_bad_certificate_stops_before_any_secret(
        self, imap_server: Maker, mail_in: MakeIn, authority: Authority,
        tls: str, flaw: str, says: str,
    ) -> None:  # fmt: skip
        server = imap_server(tls=tls, certificate=getattr(authority, flaw)())

        with pytest.raises(imap_link.TlsRefused, match=says) as caught:
            fetched(mail_in(server))

        assert caught.value.exit_code == 5
        assert server.logins == []
        assert no_secret_in(server.received())

    @pytest.mark.parametrize("fault", ["starttls-stripped", "starttls-refused", "preauth"])
    def test_without_starttls_no_secret_is_said(
        self, imap_server: Maker, mail_in: MakeIn, fault: str
    ) -> None:
        server = imap_server(tls="starttls", fault=fault)

        with pytest.raises(imap_link.TlsRefused, match="STARTTLS"):
            fetched(mail_in(server))

        assert server.logins == []
        assert no_secret_in(server.received())

    def test_words_from_before_the_encryption_count_for_nothing(
        self, imap_server: Maker, mail_in: MakeIn
    ) -> None:
        server = imap_server(tls="starttls", fault="starttls-injected")
        with Mailbox(mail_in(server), timeout=5) as box:
            assert box.folders() == ["INBOX", "Sent Items", "Processed"]

        assert [line.split()[1] for line in server.received().splitlines()] == [
            b"CAPABILITY",
            b"STARTTLS",
        ]

    def test_plain_goes_to_this_machine_only(self, mail_in: MakeIn) -> None:
        """The address that was reached counts, whatever the configuration let through."""
        server = ImapServer()
        server.host = _own_address()
        with server, pytest.raises(imap_link.TlsRefused, match="another machine"):
            fetched(mail_in(server))

        assert server.logins == []
        assert no_secret_in(server.received())

    def test_tls_spoken_to_a_plain_port_is_no_crash(
        self, imap_server: Maker, mail_in: MakeIn
    ) -> None:
        with pytest.raises(imap_link.TlsRefused, match="wrong version"):
            fetched(mail_in(imap_server(), tls="implicit"))

    def test_nobody_there(self, mail_in: MakeIn, imap_server: Maker) -> None:
        with socket.socket() as held:
            held.bind(("127.0.0.1", 0))
            inbox = mail_in(imap_server(), port=held.getsockname()[1])

            with pytest.raises(imap_link.MailboxUnreachable, match="refused") as caught:
                fetched(inbox)

        assert "127.0.0.1" in caught.value.sentence

    def test_no_such_host(self, mail_in: MakeIn, imap_server: Maker) -> None:
        with pytest.raises(imap_link.MailboxUnreachable, match=r"mail\.invalid"):
            fetched(mail_in(imap_server(), host="mail.invalid"))

    @pytest.mark.parametrize("key", ["host", "user"])
    def test_what_is_not_set_up_is_named(
        self, mail_in: MakeIn, imap_server: Maker, key: str
    ) -> None:
        with pytest.raises(MailError, match=rf"No {key} .*\[mail\.in\.support\]"):
            fetched(mail_in(imap_server(), **{key: ""}))

    def test_a_ca_file_that_is_not_there_is_named(
        self, mail_in: MakeIn, imap_server: Maker
    ) -> None:
        with pytest.raises(imap_link.TlsRefused, match=r"/nowhere\.pem"):
            fetched(mail_in(imap_server(tls="implicit"), ca_file="/nowhere.pem"))

    @pytest.mark.parametrize("tls", ["none", "implicit"])
    @pytest.mark.parametrize("moment", ["greeting", "login", "search", "fetch"])
    def test_a_server_that_says_nothing_is_left(
        self, imap_server: Maker, mail_in: MakeIn, moment: str, tls: str
    ) -> None:
        server = imap_server(fault=f"stall-{moment}", mails=THREE, tls=tls)
        begun = time.monotonic()

        with (
            pytest.raises(imap_link.MailboxUnreachable, match="in time"),
            Mailbox(mail_in(server), timeout=SHORT) as box,
        ):
            list(box.new("INBOX", 0))

        assert time.monotonic() - begun < 5

    @pytest.mark.parametrize("moment", ["greeting", "search", "fetch"])
    def test_garbage_is_said_to_be_garbage(
        self, imap_server: Maker, mail_in: MakeIn, moment: str
    ) -> None:
        server = imap_server(fault=f"garbage-{moment}", mails=THREE)

        with pytest.raises(imap_link.MailboxUnreachable, match="cannot be understood"):
            fetched(mail_in(server))

    def test_a_full_server_is_quoted(self, imap_server: Maker, mail_in: MakeIn) -> None:
        with pytest.raises(imap_link.MailboxUnreachable, match="too many connections"):
            fetched(mail_in(imap_server(fault="bye-greeting")))

    def test_a_server_that_hangs_up_is_said_to(self, imap_server: Maker, mail_in: MakeIn) -> None:
        with pytest.raises(imap_link.MailboxUnreachable, match="hung up"):
            fetched(mail_in(imap_server(fault="drop-greeting")))


class TestLogin:
    def test_a_wrong_password_is_tried_once(self, imap_server: Maker, mail_in: MakeIn) -> None:
        server = imap_server()
        inbox = mail_in(server, password_file=None, password_command=("printf", "wrong"))

        with pytest.raises(imap_link.LoginRefused, match="AUTHENTICATIONFAILED") as caught:
            fetched(inbox)

        assert "password" in caught.value.remedy
        assert server.logins == [("PLAIN", False)]

    def test_a_server_that_repeats_the_password_is_not_quoted(
        self, imap_server: Maker, mail_in: MakeIn
    ) -> None:
        for reply in (f"NO {PASSWORD} is wrong", f"BAD {PASSWORD}", f"NO [{PASSWORD}]"):
            server = imap_server(login_reply=reply)

            with pytest.raises(MailError) as caught:
                fetched(mail_in(server))

            said = caught.value.sentence + caught.value.remedy
            assert PASSWORD.split(",")[0].split()[0] not in said.lower()
            assert caught.value.__context__ is None

    @pytest.mark.parametrize("fault", ["bye-login", "garbage-login"])
    def test_a_login_cut_short_is_not_a_wrong_password(
        self, imap_server: Maker, mail_in: MakeIn, fault: str
    ) -> None:
        with pytest.raises(imap_link.MailboxUnreachable):
            fetched(mail_in(imap_server(fault=fault)))

    def test_a_busy_server_is_not_a_wrong_password(
        self, imap_server: Maker, mail_in: MakeIn
    ) -> None:
        server = imap_server(login_reply="NO [UNAVAILABLE] try later")

        with pytest.raises(imap_link.MailboxUnreachable, match="UNAVAILABLE"):
            fetched(mail_in(server))

    def test_login_stands_in_where_plain_is_not_offered(
        self, imap_server: Maker, mail_in: MakeIn
    ) -> None:
        server = imap_server(mechanisms=("LOGIN",), password='grö"ße \\42', mails=THREE)

        assert len(fetched(mail_in(server))) == 3
        assert server.logins == [("LOGIN", True)]

    def test_a_password_that_would_begin_a_new_command_is_not_said(
        self, imap_server: Maker, mail_in: MakeIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        server = imap_server(mechanisms=("LOGIN",))
        inbox = mail_in(server, password_file=None)
        monkeypatch.setenv("CXDESK_MAIL_PASSWORD", "a\r\nx DELETE INBOX")

        with pytest.raises(MailError) as caught:
            fetched(inbox)

        assert "DELETE" not in caught.value.sentence
        assert not any("DELETE" in command for command in server.commands())

    @pytest.mark.parametrize("auth", ["password", "xoauth2"])
    def test_a_server_without_our_way_gets_no_secret(
        self, imap_server: Maker, mail_in: MakeIn, auth: str
    ) -> None:
        server = imap_server(mechanisms=("CRAM-MD5",))
        inbox = mail_in(server, auth=auth, token_command=("printf", TOKEN))

        with pytest.raises(imap_link.LoginRefused, match="offers no login"):
            fetched(inbox)

        assert no_secret_in(server.received())

    def test_a_token_logs_in(self, imap_server: Maker, mail_in: MakeIn) -> None:
        server = imap_server(mails=THREE)
        inbox = mail_in(server, auth="xoauth2", token_command=("printf", TOKEN))

        assert len(fetched(inbox)) == 3
        assert server.logins == [("XOAUTH2", True)]

    def test_a_stale_token_is_said_to_be_the_trouble(
        self, imap_server: Maker, mail_in: MakeIn
    ) -> None:
        server = imap_server()
        inbox = mail_in(server, auth="xoauth2", token_command=("printf", "stale"))

        with pytest.raises(imap_link.LoginRefused) as caught:
            fetched(inbox)

        assert "token_command" in caught.value.remedy
        assert server.logins == [("XOAUTH2", False)]

    @pytest.mark.parametrize(
        "host, says",
        [
            ("imap.gmail.com", "apppasswords"),
            ("IMAP.Mail.Yahoo.com", "Yahoo wants an app password"),
            ("imap.mail.me.com", "iCloud wants an app password"),
            ("outlook.office365.com", "xoauth2"),
            ("imap.example.com", "Check user and password"),
            ("gmail.com.example.net", "Check user and password"),
        ],
    )
    def test_the_remedy_is_the_providers_own(self, host: str, says: str) -> None:
        inbox = MailIn(name="support", host=host, user="ann@example.com")

        assert says in imap_link._login_refused(inbox, "AUTHENTICATIONFAILED").remedy
