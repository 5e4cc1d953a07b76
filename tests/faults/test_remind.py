"""`remind` when the disk fails it, or it dies, at any point: one mail in the end. A second one, the
same by its Message-ID, only where nobody could know whether the first had left."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.cli.test_remind import MONDAY, Home, home, pattern, ready
from tests.desks import assert_whole
from tests.faults import rig

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.servers.smtp import SmtpServer
    from tests.servers.tls import Authority

__all__ = ["home", "pattern", "ready"]  # fixtures

MOST_POINTS = 400
# A minute later, after the lease (15 minutes), and after what was uncertain went once more.
AFTERWARDS = ["2026-11-23T08:06:00+00:00", "2026-11-23T08:21:00+00:00", "2026-11-23T08:40:00+00:00"]
ARMED = """
import ctypes, os, sys
from cxdesk.__main__ import main
built, at, how, error, folder, told = sys.argv[1:]
shim = ctypes.CDLL(built)
shim.fault_arm(int(at), int(how), int(error), folder.encode())
code = main(["remind"])
with open(told, "w") as file:
    file.write(str(shim.fault_hits()))
os._exit(code)
"""


class Failed(NamedTuple):
    """How a run ended, and how many points it met (all that were asked for when it was killed)."""

    code: int
    err: str
    hits: int


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rig.shim(tmp_path_factory.mktemp("shim"))


def failing(home: Home, shim: Path, at: int, how: int) -> Failed:
    told = home.folder.parent / "told"
    told.unlink(missing_ok=True)
    words = [shim, at, how, errno.ENOSPC, f"{home.folder}/", told]
    environment = {"PATH": "/usr/bin:/bin", "CXDESK_HOME": str(home.folder), "TZ": "UTC"}
    done = subprocess.run(
        [sys.executable, "-c", ARMED, *map(str, words)],
        env={**environment, "CXDESK_NOW": MONDAY, "LD_PRELOAD": str(shim)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    hits = int(told.read_text()) if told.exists() else at
    return Failed(done.returncode, done.stderr, hits)


def copy_of(home: Home, folder: Path, server: SmtpServer, authority: Authority) -> Home:
    shutil.copytree(home.folder, folder)
    made = Home(folder)
    made.configure(server, authority, "me@example.com")
    return made


def assert_one_in_the_end(home: Home, server: SmtpServer, before: int) -> None:
    """Whatever happened: the desk is whole, and after the lease the digest has arrived."""
    began = state_of(home) in ("sending", "uncertain")
    for now in AFTERWARDS:
        home.run("remind", now=now)
    sent = server.mails()[before:]
    ids = {raw.split(b"Message-ID:")[1].split(b"\r\n")[0] for raw in sent}

    assert_whole(home.folder / "desk.db")
    assert state_of(home) == "sent"
    assert len(ids) == 1
    assert len(sent) <= (2 if began else 1)


def state_of(home: Home) -> str:
    mails = home.json("mail", "outbox")[1]["mails"]
    assert len(mails) <= 1
    return str(mails[0]["state"]) if mails else "none"


@pytest.mark.parametrize("how", [rig.ON, rig.TORN], ids=["full-from-there-on", "killed-in-a-write"])
def test_at_every_point(
    shim: Path,
    home: Home,
    tmp_path: Path,
    smtp_server: Callable[..., SmtpServer],
    authority: Authority,
    how: int,
) -> None:
    server = smtp_server()
    for at in range(1, MOST_POINTS):
        mine = copy_of(home, tmp_path / str(at), server, authority)
        before = len(server.mails())
        ran = failing(mine, shim, at, how)
        if ran.hits < at:
            break
        assert "Traceback" not in ran.err
        assert ran.code in (-signal.SIGKILL, 0, 4, 5), ran
        assert_one_in_the_end(mine, server, before)
        shutil.rmtree(mine.folder)

    assert at > 10, "the sweep has gone empty"


def test_killed_at_random(
    home: Home, tmp_path: Path, smtp_server: Callable[..., SmtpServer], authority: Authority
) -> None:
    server = smtp_server()
    chance = random.Random(11)
    begun = time.monotonic()
    assert copy_of(home, tmp_path / "measured", server, authority).run("remind")[0] == 0
    length = time.monotonic() - begun
    for number in range(rig.KILLS):
        mine = copy_of(home, tmp_path / str(number), server, authority)
        before = len(server.mails())
        with mine.start("remind") as process:
            time.sleep(chance.uniform(0, length))
            os.kill(process.pid, signal.SIGKILL)
            process.communicate()
        assert_one_in_the_end(mine, server, before)
        shutil.rmtree(mine.folder)
