"""`cxdesk remind`, installed by itself and started by a real cron daemon, six at once, minute by
minute: one digest and one alert a promise arrive in a real mailbox, and nothing is said.

It takes two to three minutes of waiting; other tests run meanwhile.
"""

from __future__ import annotations

import email
import json
import os
import shlex
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.running import cxdesk
from tests.servers import cron as cron_server
from tests.servers.cron import Cron
from tests.servers.smtp import PASSWORD, USER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.dovecot import Mailbox
    from tests.servers.smtp import SmtpServer
    from tests.servers.tls import Authority

PROGRAM = str(Path(sys.executable).with_name("cxdesk"))
AT_ONCE = 6
MINUTES = 2
PATIENCE = 150
OWN_LINE = "# der Müll: mine, and to be left as it is 100%\n"

# The installed line, six times and every minute.
BEFORE = """
cd /
CXDESK_HOME={home} {program} remind install --yes --json > {folder}/installed
crontab -l > {folder}/crontab-installed
CXDESK_HOME={home} {program} remind install --yes --json > {folder}/again
CXDESK_HOME={home} {program} remind status --json > {folder}/status
line=$(grep '/cxdesk remind' {folder}/crontab-installed | sed 's,^[*]/15 ,* ,')
{{ head -1 {folder}/crontab; for i in {times}; do printf '%s\\n' "$line"; done; }} | crontab -
"""
REMOVE = """
CXDESK_HOME={home} {program} remind install --yes > {folder}/installed
CXDESK_HOME={home} {program} remind remove --json > {folder}/removed
crontab -l > {folder}/crontab-left
CXDESK_HOME={home} {program} remind remove --json > {folder}/again
"""


@pytest.fixture
def apart() -> None:
    """Skips where no cron daemon of our own can be had."""
    why_not = cron_server.available()
    if why_not and os.environ.get("CI") == "true" and os.geteuid() == 0:
        pytest.fail(why_not)
    if why_not or not cron_server.may_be_apart():
        pytest.skip(why_not or "no mount namespace to be had here")


def noon_zone() -> str:
    """A zone in which it is about noon: no date changes while we look."""
    ahead = 12 - datetime.now(UTC).hour
    return f"Etc/GMT{'-' if ahead >= 0 else '+'}{abs(ahead)}"  # the signs are the wrong way round


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A desk that is always open, with two promises soon due and one for tomorrow."""
    folder = tmp_path / "home"
    folder.mkdir(0o700)
    play_now(
        folder,
        ["init", "--zone", noon_zone()],
        ["hours", "set", "mon-sun", "00:00-24:00"],
        ["log", "Bob Ray", "the spare key", "--phone", "020 7946 0123", "--by", "in 20 minutes"],
        ["log", "Ann Lee", "VAT twice", "--phone", "020 7946 0999", "--by", "in 25 minutes"],
        ["log", "Dana Reyes", "the oak shelf", "--by", "tomorrow noon"],
    )
    return folder


def play_now(folder: Path, *lines: list[str]) -> None:
    for line in lines:
        ran = cxdesk(folder, *line, CXDESK_NOW=datetime.now(UTC).isoformat())
        assert ran.code == 0, ran


def configure(home: Path, server: SmtpServer, authority: Authority, to: str) -> None:
    (home / "password").touch(0o600)
    (home / "password").write_text(f"{PASSWORD}\n")
    (home / "config.toml").touch(0o600)
    (home / "config.toml").write_text(
        f'[mail.out]\nhost = "{server.host}"\nport = {server.port}\nuser = "{USER}"\n'
        f'ca_file = "{authority.ca_file}"\npassword_file = "password"\n'
        f'[remind]\nto = "{to}"\nat = "00:00"\n'
    )


def filled(script: str, home: Path, folder: Path) -> str:
    places = {"home": home, "program": PROGRAM, "folder": folder}
    times = " ".join(map(str, range(AT_ONCE)))
    quoted = {name: shlex.quote(str(place)) for name, place in places.items()}
    return script.format(**quoted, times=times)


@pytest.mark.usefixtures("apart")
class TestCron:
    def test_each_mail_arrives_once_and_nothing_is_said(
        self,
        home: Path,
        tmp_path: Path,
        smtp_server: Callable[..., SmtpServer],
        authority: Authority,
        mailbox: Mailbox,
    ) -> None:
        server = smtp_server(tls="starttls", lmtp_port=mailbox.dovecot.lmtp_port)
        configure(home, server, authority, mailbox.address)
        folder = tmp_path / "cron"

        with Cron(folder, OWN_LINE, filled(BEFORE, home, folder)) as cron:
            wait_for_runs(cron, AT_ONCE * MINUTES)

        assert json.loads(cron.text("installed"))["was_there"] is False
        assert json.loads(cron.text("again"))["was_there"] is True
        assert json.loads(cron.text("status"))["installed"] is True
        installed = cron.text("crontab-installed")
        assert installed.startswith((folder / "crontab").read_text())
        assert f"*/15 * * * * CXDESK_HOME={home} {PROGRAM} remind\n" in installed
        assert cron.environment().keys() <= {"HOME", "LOGNAME", "PATH", "PWD", "SHELL", "LANG", "_"}
        assert (cron.said(), set(cron.codes())) == ("", {0})
        subjects = sorted(str(email.message_from_bytes(raw)["Subject"]) for raw in mailbox.mails())
        assert len(subjects) == 4
        assert [one.partition(":")[0] for one in subjects if "test mail" in one] == ["cxdesk"]
        assert sum("Bob first, then 2" in one for one in subjects) == 1
        assert sum("Bob Ray, the spare key - call 020 7946 0123" in one for one in subjects) == 1
        assert sum("Ann Lee, VAT twice - call 020 7946 0999" in one for one in subjects) == 1

    def test_taken_out_again_every_other_line_is_as_it_was(
        self,
        home: Path,
        tmp_path: Path,
        smtp_server: Callable[..., SmtpServer],
        authority: Authority,
    ) -> None:
        configure(home, smtp_server(tls="starttls"), authority, "me@example.com")
        folder = tmp_path / "cron"

        with Cron(folder, OWN_LINE, filled(REMOVE, home, folder)) as cron:
            wait_for(cron, lambda: cron.text("again").endswith("}\n"))

        assert json.loads(cron.text("removed"))["removed"] is True
        assert json.loads(cron.text("again"))["removed"] is False
        assert cron.text("crontab-left") == (folder / "crontab").read_text()


def wait_for_runs(cron: Cron, count: int) -> None:
    wait_for(cron, lambda: len(cron.codes()) >= count)


def wait_for(cron: Cron, true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert cron.is_running(), cron.text("log")
        assert time.monotonic() < deadline, (cron.text("log"), cron.said(), cron.codes())
        time.sleep(0.2)
