"""cxdesk as a process of its own: piped, or under a pseudo-terminal.

Nothing of this machine's desk, configuration or terminal gets in: `surroundings` is all there is.
"""

from __future__ import annotations

import os
import pty
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

NOW = "2026-11-23T09:05:00+00:00"  # a Monday
PATIENCE = 40
MAIN = "import sys; from cxdesk.__main__ import main; sys.exit(main(sys.argv[1:]))"


class Ran(NamedTuple):
    """How a process ended and what it said."""

    code: int
    out: str
    err: str


def surroundings(home: Path, **more: str) -> dict[str, str]:
    """The environment of a process whose desk is in `home`."""
    return {
        "PATH": os.defpath,
        "HOME": str(home),
        "CXDESK_HOME": str(home),
        "CXDESK_NOW": NOW,
        "TZ": "Europe/London",
        "PYTHONDONTWRITEBYTECODE": "1",
        **more,
    }


def cxdesk(home: Path, *arguments: str, text: str = "", program: str = MAIN, **more: str) -> Ran:
    """Run one command line, piped; `text` is what it reads."""
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        env=surroundings(home, **more),
        input=text,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


def on_terminal(
    home: Path, *arguments: str, text: str = "", program: str = MAIN, **more: str
) -> Ran:
    """Run one command line on a terminal of its own, where `text` is typed; both streams come
    back as `out`."""
    ours, theirs = pty.openpty()
    said: list[bytes] = []
    listener = threading.Thread(target=_listen, args=(ours, said))
    process = subprocess.Popen(
        [sys.executable, "-c", program, *arguments],
        env=surroundings(home, TERM="xterm-256color", **more),
        stdin=theirs,
        stdout=theirs,
        stderr=theirs,
        start_new_session=True,
    )
    os.close(theirs)
    os.write(ours, text.encode())
    listener.start()
    try:
        code = process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()
        listener.join()
        os.close(ours)
    return Ran(code, b"".join(said).decode(), "")


def _listen(terminal: int, said: list[bytes]) -> None:
    while True:
        try:
            heard = os.read(terminal, 65536)
        except OSError:  # how Linux says that the other end is closed
            return
        if not heard:
            return
        said.append(heard)


def play(home: Path, lines: Sequence[Sequence[str]]) -> None:
    """Run command lines one after another, in one process."""
    program = (
        "import sys, ast; from cxdesk.__main__ import main\n"
        "for line in ast.literal_eval(sys.argv[1]):\n"
        "    assert main(list(line)) == 0, line"
    )
    done = cxdesk(home, repr([list(line) for line in lines]), program=program)
    assert done.code == 0, done.err
