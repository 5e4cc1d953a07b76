"""The servers as fixtures: `pytest_plugins = ["tests.servers.fixtures"]` makes them known.

authority    one for the session: `.good()`, `.wrong_host()`, `.self_signed()`, `.ca_file`
smtp_server  a maker: `smtp_server(tls="starttls", ...)`, the words of `tests.servers.smtp.Plan`;
             a certificate that is not named is a good one. Stopped after the test.
mail_out     a maker: `mail_out(server, ...)` is the [mail.out] that reaches it, password and all;
             no keyring and no CXDESK_MAIL_PASSWORD of the machine gets in its way
imap_server  a maker: `imap_server(fault="bye-fetch", ...)`, the words of `tests.servers.imap.Plan`
mail_in      a maker: `mail_in(server, ...)` is the [mail.in.support] that reaches it; the server is
             an `ImapServer` or a `Mailbox` on the Dovecot
dovecot      one for the session (for each worker under xdist)
mailbox      an empty mailbox on it, of this test alone
postfix      one for the session, which hands its mail to that Dovecot; needs root

Without Dovecot or Postfix these skip, but under CI=true they fail: there both have to be installed.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from typing import TYPE_CHECKING, Any

import pytest

from cxdesk.config import MailIn, MailOut
from tests.servers import dovecot as dovecot_server
from tests.servers import postfix as postfix_server
from tests.servers.imap import ImapServer
from tests.servers.smtp import PASSWORD, USER, SmtpServer
from tests.servers.tls import Authority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.servers.dovecot import Dovecot, Mailbox
    from tests.servers.postfix import Postfix


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def smtp_server(tmp_path: Path, authority: Authority) -> Iterator[Callable[..., SmtpServer]]:
    numbers = itertools.count(1)
    with contextlib.ExitStack() as running:

        def start(**plan: Any) -> SmtpServer:
            if plan.get("tls", "none") != "none":
                plan.setdefault("certificate", authority.good())
            folder = tmp_path / f"smtp-{next(numbers)}"
            return running.enter_context(SmtpServer(folder, **plan))

        yield start


@pytest.fixture
def mail_out(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., MailOut]:
    secret = _secret_file(tmp_path, PASSWORD, monkeypatch)

    def make(server: SmtpServer, **changes: Any) -> MailOut:
        values: dict[str, Any] = {
            "host": server.host,
            "port": server.port,
            "tls": server.plan.tls,
            "ca_file": str(authority.ca_file),
            "user": server.plan.user or "",
            "password_file": secret,
            "from_address": USER,
        }
        return MailOut(**{**values, **changes})

    return make


def _secret_file(folder: Path, password: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A password_file, and no other way to a secret that this machine may have."""
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv("CXDESK_MAIL_PASSWORD", raising=False)
    secret = folder / f"password-{len(list(folder.iterdir()))}"
    secret.touch(0o600)
    secret.write_text(f"{password}\n")
    return str(secret)


@pytest.fixture
def imap_server(authority: Authority) -> Iterator[Callable[..., ImapServer]]:
    with contextlib.ExitStack() as running:

        def start(**plan: Any) -> ImapServer:
            if plan.get("tls", "none") != "none":
                plan.setdefault("certificate", authority.good())
            return running.enter_context(ImapServer(**plan))

        yield start


@pytest.fixture
def mail_in(
    tmp_path: Path, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., MailIn]:
    def make(server: ImapServer | Mailbox, **changes: Any) -> MailIn:
        if isinstance(server, ImapServer):
            reach = server.host, server.port, server.plan.tls, server.plan.user
            password = server.plan.password
        else:
            there = server.dovecot
            reach = there.host, there.imaps_port, "implicit", server.address
            password = server.password
        values = dict(zip(("host", "port", "tls", "user"), reach, strict=True))
        values["ca_file"] = str(authority.ca_file)
        values["password_file"] = _secret_file(tmp_path, password, monkeypatch)
        return MailIn(**{"name": "support", **values, **changes})

    return make


@pytest.fixture(scope="session")
def dovecot(authority: Authority) -> Iterator[Dovecot]:
    _needed(dovecot_server.available())
    with dovecot_server.Dovecot(authority.good(), authority.ca_file) as server:
        yield server


@pytest.fixture
def mailbox(dovecot: Dovecot) -> Mailbox:
    return dovecot.mailbox()


@pytest.fixture(scope="session")
def postfix(dovecot: Dovecot, authority: Authority) -> Iterator[Postfix]:
    _needed(postfix_server.available())
    with postfix_server.Postfix(dovecot, authority.good()) as server:
        yield server


def _needed(why_not: str) -> None:
    """Go on without a server that is wanted? Not in CI."""
    if why_not and os.environ.get("CI") == "true":
        pytest.fail(why_not)
    if why_not:
        pytest.skip(why_not)
