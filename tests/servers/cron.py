"""The real cron daemon with one crontab, apart from the machine's own.

It lives in a mount namespace and a process namespace of its own: the folders that it reads are
ours, the machine's crontabs are neither seen nor run, and all that it started ends with it. Needs
root, util-linux and Debian's cron.

    with Cron(folder, "* * * * * date") as cron:
        ...

Every job is run by a shell that writes down what it said (`said`), how it ended (`codes`) and
what surrounded it (`environment`): that shell is named in the crontab's first line, SHELL=.
"""

from __future__ import annotations

import os
import shlex
import shutil
import stat
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CRON = "/usr/sbin/cron"
# Read by cron for every job; the job's own words follow `-c`.
SHELL = """#!/bin/sh
env > {folder}/environment
/bin/sh "$@" >> {folder}/said 2>&1
echo $? >> {folder}/codes
"""
INSIDE = """
mount --make-rprivate /
mount --bind {folder}/spool /var/spool/cron
mount --bind {folder}/none.d /etc/cron.d
mount --bind {folder}/none /etc/crontab
mount -t tmpfs tmpfs /run
crontab {folder}/crontab
{before}
exec {cron} -f
"""


def available() -> str:
    """Why it cannot be used here; empty when it can."""
    if os.geteuid() != 0:
        return "a cron daemon of our own needs root"
    wanted = ("unshare", "mount", "crontab", CRON)
    gone = [name for name in wanted if shutil.which(name) is None]
    return f"not installed: {', '.join(gone)} (apt-get install cron)" if gone else ""


def may_be_apart() -> bool:
    """Whether this machine lets root have a mount namespace (some containers do not)."""
    command = ["unshare", "--mount", "--pid", "--fork", "mount", "--make-rprivate", "/"]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


class Cron:
    """The daemon; a context manager. `before`: shell lines, run inside before it starts."""

    def __init__(self, folder: Path, crontab: str = "", before: str = "") -> None:
        self.folder = folder
        self.crontab = crontab
        self.before = before

    def __enter__(self) -> Cron:
        self._prepare()
        script = INSIDE.format(folder=shlex.quote(str(self.folder)), before=self.before, cron=CRON)
        self._log = open(self.folder / "log", "wb")
        self._process = subprocess.Popen(
            # With its first process everything inside ends.
            ["unshare", "--mount", "--pid", "--fork", "--kill-child", "sh", "-ec", script],
            env={"PATH": "/usr/sbin:/usr/bin:/sbin:/bin"},
            stdin=subprocess.DEVNULL,
            stdout=self._log,
            stderr=subprocess.STDOUT,
        )
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        self._log.close()

    def codes(self) -> list[int]:
        """How the jobs ended, in that order."""
        return [int(word) for word in self.text("codes").split()]

    def said(self) -> str:
        return self.text("said")

    def environment(self) -> dict[str, str]:
        lines = self.text("environment").splitlines()
        return dict(line.split("=", 1) for line in lines)

    def text(self, name: str) -> str:
        path = self.folder / name
        return path.read_text() if path.exists() else ""

    def is_running(self) -> bool:
        return self._process.poll() is None

    def _prepare(self) -> None:
        for name in ("spool/crontabs", "none.d"):
            (self.folder / name).mkdir(parents=True)
        (self.folder / "none").touch(0o600)
        spool = self.folder / "spool" / "crontabs"
        shutil.chown(spool, group="crontab")
        spool.chmod(0o1730)
        shell = self.folder / "shell"
        shell.write_text(SHELL.format(folder=shlex.quote(str(self.folder))))
        shell.chmod(stat.S_IRWXU)
        (self.folder / "crontab").write_text(f"SHELL={shell}\n{self.crontab}")
