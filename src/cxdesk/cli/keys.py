"""One key, without Enter."""

from __future__ import annotations

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

INTERRUPT, END = "\x03", "\x04"


def key(ask: Callable[[], None]) -> str:
    """The key pressed after `ask`, in lower case: what was typed ahead was meant for something
    else. Ctrl-C and Ctrl-D interrupt. The terminal is put back as it was, whatever happens."""
    import termios
    import tty

    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal)
        ask()
        pressed = os.read(terminal, 16).decode(errors="ignore")
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
    if not pressed or pressed[0] in (INTERRUPT, END):
        raise KeyboardInterrupt
    return pressed.lower()
