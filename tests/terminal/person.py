"""Somebody at a real terminal: types, reads the screen, presses Ctrl-C, is sent away.

What the terminal shows is kept by pyte, so that a screen is compared as it is seen.
"""

from __future__ import annotations

import signal
import sys
import termios
from typing import TYPE_CHECKING, Any

import pexpect
import pyte

from tests.running import MAIN, NOW, surroundings

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

HEIGHT = 60
PATIENCE = 20
CTRL_C, CTRL_D = "\x03", "\x04"


class Person:
    """One command line on a terminal of its own, until it ends."""

    def __init__(
        self,
        home: Path,
        *words: str,
        now: str = NOW,
        width: int = 80,
        program: str = MAIN,
        **more: str,
    ) -> None:
        self.screen = pyte.Screen(width, HEIGHT)
        self.stream = pyte.Stream(self.screen)
        around = surroundings(home, TERM="xterm-256color", LANG="C.UTF-8", CXDESK_NOW=now) | more
        self.child: Any = pexpect.spawn(
            sys.executable,
            ["-c", program, *words],
            env=around,
            dimensions=(HEIGHT, width),
            encoding="utf-8",
            timeout=PATIENCE,
        )
        self.child.delaybeforesend = None

    def __enter__(self) -> Person:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.child.close(force=True)

    # What they do --------------------------------------------------------------------------------

    def sees(self, text: str) -> Person:
        """Wait until a text was shown, after all that was waited for before."""
        self.child.expect_exact(text)
        self.stream.feed(self.child.before + self.child.after)
        return self

    def types(self, line: str = "") -> Person:
        """A line and Enter."""
        self.child.send(line + "\r")
        return self

    def presses(self, key: str) -> Person:
        self.child.send(key)
        return self

    def answers(self, question: str, line: str = "") -> Person:
        return self.sees(question).types(line)

    def is_sent_away(self) -> Person:
        self.child.kill(signal.SIGTERM)
        return self

    # What they have -------------------------------------------------------------------------------

    @property
    def echoes(self) -> bool:
        """Whether the terminal shows what is typed, and hands it on by lines."""
        flags = termios.tcgetattr(self.child.child_fd)[3]
        return bool(flags & termios.ECHO) and bool(flags & termios.ICANON)

    def ends(self) -> int:
        """Read to the end; how the process ended (a signal as its negative number)."""
        self.child.expect(pexpect.EOF)
        self.heard: str = self.child.before
        self.stream.feed(self.heard)
        self.child.wait()
        self.echoed = self.echoes
        self.child.close()
        if self.child.exitstatus is None:
            return -int(self.child.signalstatus)
        return int(self.child.exitstatus)

    @property
    def shown(self) -> str:
        """The screen, without the blanks at the ends of its lines and below."""
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()


def kept(home: Path) -> dict[str, bytes]:
    """What the files of a desk hold, byte by byte; a journal without a word is none."""
    found = {path.name: path.read_bytes() for path in home.iterdir() if path.suffix != ".db-shm"}
    return {name: data for name, data in found.items() if data}
