"""Questions on a terminal. They go to stderr; stdout stays the answer's."""

from __future__ import annotations

import sys

LABEL = 15  # "Told them when?"


def say(text: str) -> None:
    """A line beside the questions."""
    from cxdesk.views import output

    output.note(text)


def ask(question: str, default: str = "") -> str:
    """One line from the terminal; the default for an empty one. Ctrl-D and Ctrl-C interrupt."""
    from cxdesk.views.output import prompt

    prompt(question)
    line = sys.stdin.readline()
    if not line:
        raise KeyboardInterrupt
    return line.strip() or default


def labelled(label: str, hint: str = "", default: str = "") -> str:
    """One of several questions asked below one another: the answers line up."""
    return ask(f"{label:<{LABEL}} {hint}".rstrip() if hint else f"{label:<{LABEL}}", default)


def yes(question: str, *, default: bool) -> bool:
    """A question that is answered with yes or no."""
    hint = "[Y/n]" if default else "[y/N]"
    while True:
        answer = ask(f"{question} {hint}").lower()
        if not answer:
            return default
        if answer in ("y", "yes", "n", "no"):
            return answer.startswith("y")


def hint(text: str) -> None:
    """What may be pressed, with the cursor left behind it."""
    from cxdesk.views.output import prompt

    prompt(text)
