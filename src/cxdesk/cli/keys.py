"""One key, without Enter."""

from __future__ import annotations

import os
import sys

INTERRUPT, END = "\x03", "\x04"


def key() -> str:
    """The next key pressed, in lower case; Ctrl-C and Ctrl-D interrupt. The terminal is put back
    as it was, whatever happens."""
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal)
        pressed = os.read(terminal, 16).decode(errors="ignore")
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
    if not pressed or pressed[0] in (INTERRUPT, END):
        raise KeyboardInterrupt
    return pressed[0].lower()
