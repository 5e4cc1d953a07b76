"""Connecting: verified TLS and an accepted login, or the right error and no secret on the wire."""

from __future__ import annotations

import base64
import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from cxdesk.config import MailOut
from cxdesk.errors import MailError
from cxdesk.mail import smtp
from tests.servers.smtp import PASSWORD, TOKEN, USER

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.servers.smtp import SmtpServer
    from tests.servers.tls import Authority

    Maker = Callable[..., SmtpServer]

SENDER = "hello@example.com"
RAW = b"Subject: Your shelf\r\n\r\nHello Ann\r\n"


def send(session: smtp.Session) -> smtp.Outcome:
    return session.deliver(RAW, SENDER, "ann@example.com", lambda: None)


def no_secret_in(heard: bytes) -> bool:
    """Whether neither password nor token was said, in the clear or in any base64 of a login."""
    secrets = [PASSWORD.encode(), TOKEN.encode()]
    coded = [base64.b64encode(b"x" * shift + one)[4:-4] for one in secrets for shift in range(3)]
    return not any(one in heard for one in secrets + coded) and b"AUTH" not in heard.upper()


class TestTls:
    @pytest.mark.parametrize("tls", ["starttls", "implicit"])
    def test_a_verified_server_gets_the_mail(
        self, smtp_server: Maker, mail_out: Callable[..., MailOut], tls: str
    ) -> None:
        server = smtp_server(tls=tls)
        with smtp.connect(mail_out(server)) as session:
            outcome = send(session)

        assert outcome.state == "sent"
        assert server.logins() == [{"mechanism": "PLAIN", "user": USER, "success": True}]

    @pytest.mark.parametrize("tls", ["starttls", "implicit"])
    @pytest.mark.parametrize("flaw, says", [("self_signed", "self"), ("wrong_host", "mismatch")])
    def test_a_bad_certificate_stops_before_any_secret(
        self,
        smtp_server: Maker,
        mail_out: Callable[..., MailOut],
        authority: Authority,
        tls: str,
        flaw: str,
        says: str,
    ) -> None:
        server = smtp_server(tls=tls, certificate=getattr(authority, flaw)())

        with pytest.raises(smtp.TlsRefused, match=says) as caught:
            smtp.connect(mail_out(server))

        assert caught.value.exit_code == 5
        assert "is not safe" in caught.value.sentence
        assert server.logins() == []
        assert no_secret_in(server.received())

    def test_an_authority_we_do_not_know_stops_before_any_secret(
        self, smtp_server: Maker, mail_out: Callable[..., MailOut]
    ) -> None:
        server = smtp_server(tls="implicit")

        with pytest.raises(smtp.TlsRefused):
            smtp.connect(mail_out(server, ca_file=None))
        assert no_secret_in(server.received())

    def test_a_stripped_starttls_stops_before_any_secret(
        self, smtp_server: Maker, mail_out: Callable[..., MailOut]
    ) -> None:
        server = smtp_server(tls="starttls", starttls_stripped=True)

        with pytest.raises(smtp.TlsRefused, match="does not offer STARTTLS"):
            smtp.connect(mail_out(server))

        assert b"ehlo" in server.received()
        assert server.logins() == []
        assert no_secret_in(server.received())

    def test_tls_where_none_is_spoken_stops(
        self, smtp_server: Maker, mail_out: Callable[..., MailOut]
    ) -> None:
        server = smtp_server()

        with pytest.raises(smtp.TlsRefused, match="wrong version number"):
            smtp.connect(mail_out(server, tls="implicit"))

    def test_the_secret_is_not_even_fetched_before_tls(
        self,
        smtp_server: Maker,
        mail_out: Callable[..., MailOut],
        authority: Authority,
        tmp_path: Path,
    ) -> None:
        trace = tmp_path / "fetched"
        server = smtp_server(tls="starttls", certificate=authority.wrong_host())

        with pytest.raises(smtp.TlsRefused):
            smtp.connect(mail_out(server, password_command=("touch", str(trace))))
        assert not trace.exists()

    def test_a_missing_ca_file_is_named(
        self, smtp_server: Maker, mail_out: Callable[..., MailOut], tmp_path: Path
    ) -> None:
        server = smtp_server(tls="implicit")

        with pytest.raises(smtp.TlsRefused, match=r"gone\.pem cannot be used: No such file"):
            smtp.connect(mail_out(server, ca_file=str(tmp_path / "gone.pem")))

    def test_plain_goes_to_this_machine_only(self) -> None:
        """The address that was reached counts, whatever the configuration let through."""
        address = _own_address()
        if address is None:
            pytest.skip("this machine has no address but loopback")
        with socket.create_server((address, 0)) as listener:
            thread = threading.Thread(target=_greet_once, args=(listener,))
            thread.start()
            out = MailOut(host=address, port=listener.getsockname()[1], tls="none")
            with pytest.raises(smtp.TlsRefused, match="another machine"):
                smtp.connect(out, timeout=5)
            thread.join()


def _own_address() -> str | None:
    """An address of this machine that is not loopback; no packet is sent to find it."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith("127.") else address


def _greet_once(listener: socket.socket) -> None:
    with listener.accept()[0] as link:
        link.sendall(b"220 hello\r\n")
        link.recv(100)


class TestLogin:
    @pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
    def test_a_password_logs_in(
        self, smtp_server: Maker, mail_out: Callable[..., MailOut], mechanism: str
    ) -> None:
        server = smtp_server(tls="starttls", mechanisms=(mechanism,))

        smtp.connect(mail_out(server)).close()

        assert server.logins() == [{"mechanism": mechanism, "user": USER, "success": True}]

    @pytest.mark.parametrize("mechanism", ["PLAIN", "LOGIN"])
    def test_a_wrong_password_is_tried_once(
        self,
        smtp_server: Maker,
        mail_out: Callable[..., MailOut],
        mechanism: str,
    ) -> None:
        server = smtp_server(tls="implicit", mechanisms=(mechanism,), password="another")

        with pytest.raises(smtp.LoginRefused) as caught:
            smtp.connect(mail_out(server))

        assert caught.value.sentence == (
            f"The mail server 127.0.0.1 did not accept the login for {USER} (535)."
        )
        assert caught.value.exit_code == 5
        assert PASSWORD not in repr(caught.value)
        assert len(server.logins()) == 1

    def test_a_token_logs_in(self, smtp_server: Maker, mail_out: Callable[..., MailOut]) -> None:
        server = smtp_server(tls="starttls")
        out = mail_out(server, auth="xoauth2", token_command=("echo", TOKEN))

        smtp.connect(out).close()

        assert server.logins() == [{"mechanism": "XOAUTH2", "user": "", "success": True}]

    def test_an_old_token_is_a_refused_login(
        self, smtp_server: Maker, mail_out: Callable[..., MailOut]
    ) -> None:
        server = smtp_server(tls="starttls")
        out = mail_out(server, auth="xoauth2", token_command=("echo", "yesterday"))

        with pytest.raises(smtp.LoginRefused, match=r"\(535\)"):
            smtp.connect(out)

    def test_a_server_that_cannot_check_logins_now_is_tried_later(
        self, smtp_server: Maker, mail_out: Callable[..., MailOut]
    ) -> None:
        server = smtp_server(tls="starttls", auth_reply="454 4.7.0 not now")

        with pytest.raises(smtp.ServerUnreachable, match="no login for now"):
            smtp.connect(mail_out(server))

    def test_no_way_in_common_sends_no_secret(
        self, smtp_server: Maker, mail_out: Callable[..., MailOut]
    ) -> None:
        server = smtp_server(mechanisms=("XOAUTH2",))

        with pytest.raises(smtp.LoginRefused, match="offers no login by PLAIN or LOGIN"):
            smtp.connect(mail_out(server))
        assert no_secret_in(server.received())

    def test_a_server_that_wants_a_login_we_have_not(
        self, smtp_server: Maker, mail_out: Callable[..., MailOut]
    ) -> None:
        server = smtp_server()
        with smtp.connect(mail_out(server, user="")) as session:
            begun: list[bool] = []
            with pytest.raises(smtp.LoginRefused, match="wants a login"):
                session.deliver(RAW, SENDER, "ann@example.com", lambda: begun.append(True))

        assert not begun

    def test_no_login_is_needed_where_none_is_wanted(
        self, smtp_server: Maker, mail_out: Callable[..., MailOut]
    ) -> None:
        server = smtp_server(user=None)
        with smtp.connect(mail_out(server)) as session:
            assert send(session).state == "sent"
        assert server.logins() == []


class TestUnreachable:
    def test_nobody_listens(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            port = listener.getsockname()[1]

        with pytest.raises(
            smtp.ServerUnreachable, match=rf"127\.0\.0\.1:{port}.*refused"
        ) as caught:
            smtp.connect(MailOut(host="127.0.0.1", port=port, tls="none"))
        assert caught.value.exit_code == 5

    def test_no_such_name(self) -> None:
        with pytest.raises(smtp.ServerUnreachable, match=r"smtp\.invalid:587"):
            smtp.connect(MailOut(host="smtp.invalid"), timeout=5)

    @pytest.mark.parametrize("tls", ["none", "starttls", "implicit"])
    def test_a_server_that_says_nothing_is_given_up(self, tls: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as listener:
            out = MailOut(host="127.0.0.1", port=listener.getsockname()[1], tls=tls)
            begun = time.monotonic()
            with pytest.raises(smtp.ServerUnreachable, match="did not answer in time"):
                smtp.connect(out, timeout=0.3)
            assert time.monotonic() - begun < 5

    def test_a_server_that_takes_no_mail(
        self, smtp_server: Maker, mail_out: Callable[..., MailOut]
    ) -> None:
        server = smtp_server(greeting_521=True)

        with pytest.raises(smtp.ServerUnreachable, match="521 we take no mail"):
            smtp.connect(mail_out(server))

    def test_no_server_is_set_up(self) -> None:
        with pytest.raises(MailError, match="No mail server is set up"):
            smtp.connect(MailOut())
