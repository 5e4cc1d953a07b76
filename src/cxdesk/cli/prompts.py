"""Questions on a terminal. They go to stderr; stdout stays the answer's."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cxdesk.errors import CxdeskError

LABEL = 15  # "Told them when?"


def heed_sigterm() -> None:
    """From a first question on, and while a draft lies beside a file, to be sent away is what
    Ctrl-C is: said, with nothing half done and nothing left over."""
    import signal

    signal.signal(signal.SIGTERM, _interrupted)


def _interrupted(*_: object) -> None:
    raise KeyboardInterrupt


def say(text: str) -> None:
    """What stands beside the questions."""
    from cxdesk.views import output

    output.aside(text)


def say_wrong(error: CxdeskError | ValueError) -> None:
    """What cannot be taken, and what to write instead; then it is asked again."""
    from cxdesk.cli.failures import as_sentence

    sentence, remedy = getattr(error, "sentence", ""), getattr(error, "remedy", "")
    if not sentence:  # a phrase that cannot be read
        sentence = as_sentence(getattr(error, "message", str(error)))
        remedy = as_sentence(getattr(error, "hint", ""))
    say(f"{sentence}\n{remedy}" if remedy else sentence)


def labelled_line(label: str, text: str) -> None:
    """A line between labelled questions, where their answers stand."""
    say(f"{label:<{LABEL}} {text}")


def ask(question: str, default: str = "") -> str:
    """One line from the terminal; the default for an empty one. Ctrl-D and Ctrl-C interrupt."""
    from cxdesk.views.output import prompt

    heed_sigterm()
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
        say("Write y or n; Ctrl-C to leave it.")


def press(text: str) -> str:
    """One key, without Enter; `text` says which there are, the cursor is left behind it."""
    from cxdesk.cli import keys
    from cxdesk.views.output import prompt

    heed_sigterm()
    pressed = keys.key(lambda: prompt(text))
    say(pressed if pressed.isprintable() else "")
    return pressed
