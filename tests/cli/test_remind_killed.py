"""`remind` killed at any point, and in surroundings that have nothing: it ends in one mail, or says
that it cannot know."""

from __future__ import annotations

import shutil
import signal
import subprocess
import time
from typing import TYPE_CHECKING

import pytest

from tests.cli.test_remind import MONDAY, PROGRAM, Home, home, pattern, ready

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.servers.smtp import SmtpServer
    from tests.servers.tls import Authority

__all__ = ["home", "pattern", "ready"]  # fixtures

POINTS = 10
# After the lease (15 minutes), and after what is uncertain was sent once more.
AFTERWARDS = ["2026-11-23T08:05:30+00:00", "2026-11-23T08:21:00+00:00", "2026-11-23T08:40:00+00:00"]


class TestKilled:
    def test_at_points_all_along_it_arrives_and_twice_only_where_nobody_could_know(
        self,
        home: Home,
        tmp_path: Path,
        smtp_server: Callable[..., SmtpServer],
        authority: Authority,
    ) -> None:
        whole = seconds_of(copy_of(home, tmp_path / "measured", smtp_server(), authority))
        ends = []
        for point in range(POINTS):
            server = smtp_server()
            mine = copy_of(home, tmp_path / f"home-{point}", server, authority)
            was_killed, was_marked = kill_after(mine, whole * (point + 0.5) / POINTS)
            for now in AFTERWARDS:
                mine.run("remind", now=now)
            ends.append(was_killed)

            (mail,) = mine.json("mail", "outbox")[1]["mails"]
            assert mail["state"] == "sent"
            assert len(server.mails()) <= (2 if was_marked else 1)
            assert server.mails()
            assert (
                len({raw.split(b"Message-ID:")[1].split(b"\r\n")[0] for raw in server.mails()}) == 1
            )
        assert any(ends), "none of them was killed in time"


def copy_of(home: Home, folder: Path, server: SmtpServer, authority: Authority) -> Home:
    shutil.copytree(home.folder, folder)
    made = Home(folder)
    made.configure(server, authority, "me@example.com")
    return made


def seconds_of(home: Home) -> float:
    begun = time.monotonic()
    assert home.run("remind")[0] == 0
    return time.monotonic() - begun


def kill_after(home: Home, seconds: float) -> tuple[bool, bool]:
    """Whether it was killed at work, and whether DATA may have begun by then."""
    with home.start("remind") as process:
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGKILL)
        process.communicate()
    (mail,) = home.json("mail", "outbox")[1]["mails"] or ({"state": "none"},)
    return process.returncode == -signal.SIGKILL, mail["state"] == "sending"


class TestSurroundings:
    @pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
    def test_from_nothing_but_a_path_it_works_silently(
        self, ready: tuple[Home, SmtpServer], encoding: str
    ) -> None:
        home, server = ready
        around = [f"CXDESK_HOME={home.folder}", f"CXDESK_NOW={MONDAY}"]
        around += ["PATH=/usr/bin:/bin", f"PYTHONIOENCODING={encoding}"]
        command = ["env", "-i", *around, PROGRAM, "remind"]
        done = subprocess.run(command, capture_output=True, cwd="/", timeout=60, check=False)

        assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
        assert len(server.mails()) == 1

    def test_a_terminal_hears_what_was_done(self, ready: tuple[Home, SmtpServer]) -> None:
        import pexpect

        environment = {"PATH": "/usr/bin:/bin", "CXDESK_HOME": str(ready[0].folder), "TERM": "dumb"}
        environment["CXDESK_NOW"] = MONDAY
        said = pexpect.run(f"{PROGRAM} remind", env=environment, encoding="utf-8")

        assert "Today's digest is sent." in str(said)

    @pytest.mark.parametrize("closed", ["0", "1", "2"])
    def test_with_a_stream_closed_the_mail_leaves(
        self, ready: tuple[Home, SmtpServer], closed: str
    ) -> None:
        home, server = ready
        around = {"PATH": "/usr/bin:/bin", "CXDESK_HOME": str(home.folder), "CXDESK_NOW": MONDAY}
        subprocess.run(["sh", "-c", f"{PROGRAM} remind {closed}>&-"], env=around, check=True)

        assert len(server.mails()) == 1
