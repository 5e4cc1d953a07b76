"""The servers as fixtures: `pytest_plugins = ["tests.servers.fixtures"]` makes them known.

authority    one for the session: `.good()`, `.wrong_host()`, `.self_signed()`, `.ca_file`
smtp_server  a maker: `smtp_server(tls="starttls", ...)`, the words of `tests.servers.smtp.Plan`;
             a certificate that is not named is a good one. Stopped after the test.
mail_out     a maker: `mail_out(server, ...)` is the [mail.out] that reaches it, password and all;
             no keyring and no CXDESK_MAIL_PASSWORD of the machine gets in its way
dovecot      one for the session (for each worker under xdist)
mailbox      an empty mailbox on it, of this test alone

Without Dovecot the last two skip, but under CI=true they fail: there it has to be installed.
"""

from __future__ import annotations

import contextlib
import itertools
import os
from typing import TYPE_CHECKING, Any

import pytest

from cxdesk.config import MailOut
from tests.servers import dovecot as dovecot_server
from tests.servers.smtp import PASSWORD, USER, SmtpServer
from tests.servers.tls import Authority

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.servers.dovecot import Dovecot, Mailbox


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
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv("CXDESK_MAIL_PASSWORD", raising=False)
    secret = tmp_path / "password"
    secret.touch(0o600)
    secret.write_text(f"{PASSWORD}\n")

    def make(server: SmtpServer, **changes: Any) -> MailOut:
        values: dict[str, Any] = {
            "host": server.host,
            "port": server.port,
            "tls": server.plan.tls,
            "ca_file": str(authority.ca_file),
            "user": server.plan.user or "",
            "password_file": str(secret),
            "from_address": USER,
        }
        return MailOut(**{**values, **changes})

    return make


@pytest.fixture(scope="session")
def dovecot(authority: Authority) -> Iterator[Dovecot]:
    why_not = dovecot_server.available()
    if why_not and os.environ.get("CI") == "true":
        pytest.fail(why_not)
    if why_not:
        pytest.skip(why_not)
    with dovecot_server.Dovecot(authority.good(), authority.ca_file) as server:
        yield server


@pytest.fixture
def mailbox(dovecot: Dovecot) -> Mailbox:
    return dovecot.mailbox()
