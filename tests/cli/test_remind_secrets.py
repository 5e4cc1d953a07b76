"""A secret, wherever it comes from, is in no output, log, store, file or process list."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_remind import Home, home, pattern
from tests.servers.smtp import USER

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable

    from tests.servers.smtp import SmtpServer
    from tests.servers.tls import Authority

__all__ = ["home", "pattern"]  # fixtures

SECRET = "korrekt-horse-größe-42"  # in no file but the one that is its source
RING = f"""
import keyring.backend
class Ring(keyring.backend.KeyringBackend):
    priority = 1
    def get_password(self, service, user):
        return "{SECRET}"
    def set_password(self, service, user, password):
        raise NotImplementedError
    def delete_password(self, service, user):
        raise NotImplementedError
"""
PLAIN, TOKEN = {"password": SECRET}, {"token": SECRET}
SOURCES = ["password_command", "keyring", "environment", "password_file", "token_command"]


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def prepare(home: Home, outside: Path, source: str) -> tuple[dict[str, str], dict[str, str]]:
    """The keys of config.toml and the variables with which `source` gives the secret."""
    kept = outside / "kept"
    kept.touch(0o600)
    kept.write_text(f"{SECRET}\n")
    if source == "password_file":
        return {"password_file": str(kept)}, {}
    if source == "environment":
        return {}, {"CXDESK_MAIL_PASSWORD": SECRET}
    if source == "keyring":
        (outside / "ring.py").write_text(RING)
        ring = {"PYTHON_KEYRING_BACKEND": "ring.Ring", "PYTHONPATH": str(outside)}
        return {}, ring
    auth = {"auth": "xoauth2"} if source == "token_command" else {}
    return {source: f'["cat", "{kept}"]', **auth}, {}


def configure(home: Home, server: SmtpServer, authority: Authority, keys: dict[str, str]) -> None:
    lines = [
        f'[mail.out]\nhost = "{server.host}"\nport = {server.port}\ntls = "{server.plan.tls}"',
        f'ca_file = "{authority.ca_file}"\nuser = "{USER}"',
        *(f"{k} = {v if v.startswith('[') else json.dumps(v)}" for k, v in keys.items()),
        '[remind]\nto = "hang250@example.com"\n',
    ]
    path = home.folder / "config.toml"
    path.touch(0o600)
    path.write_text("\n".join(lines))


def process_list(process: subprocess.Popen[str]) -> bytes:
    """The command lines of all processes, for as long as this one runs."""
    seen = b""
    while process.poll() is None:
        for path in Path("/proc").glob("[0-9]*/cmdline"):
            try:
                seen += path.read_bytes()
            except OSError:
                continue  # it has just ended
        time.sleep(0.01)
    return seen


class TestSecrets:
    def test_it_is_nowhere_but_in_its_source(
        self,
        home: Home,
        tmp_path: Path,
        smtp_server: Callable[..., SmtpServer],
        authority: Authority,
        source: str,
    ) -> None:
        server = smtp_server(tls="starttls", password=SECRET, token=SECRET, hang=0.5)
        outside = tmp_path / "outside"
        outside.mkdir()
        keys, more = prepare(home, outside, source)
        configure(home, server, authority, keys)

        with home.start("remind", **more) as process:
            commands = process_list(process)
            out, err = process.communicate(timeout=60)
        said = [out, err, *home.run("config", "show", **more)[1:], *home.run("doctor", **more)[1:]]
        said += [*home.run("mail", "outbox", "--json", **more)[1:]]
        said += [*home.run("remind", "status", "--json", **more)[1:]]

        assert (process.returncode, len(server.mails())) == (0, 1)
        assert all(login["success"] for login in server.logins())
        assert SECRET not in "".join(said)
        assert b"remind" in commands
        files = [path for path in home.folder.rglob("*") if path.is_file()]
        everywhere = commands + b"".join(path.read_bytes() for path in files)
        everywhere += b"".join(server.mails())
        assert SECRET.encode() not in everywhere

    def test_not_when_it_is_refused_either(
        self,
        home: Home,
        tmp_path: Path,
        smtp_server: Callable[..., SmtpServer],
        authority: Authority,
        source: str,
    ) -> None:
        server = smtp_server(tls="starttls", password="other", token="other")
        outside = tmp_path / "outside"
        outside.mkdir()
        keys, more = prepare(home, outside, source)
        configure(home, server, authority, keys)

        code, out, err = home.run("remind", "--debug", **more)
        if code == 2:  # --debug belongs before the command
            code, out, err = home.run("--debug", "remind", **more)

        assert code == 5
        assert SECRET not in out + err
        assert SECRET.encode() not in b"".join(
            path.read_bytes() for path in home.folder.rglob("*") if path.is_file()
        )
