"""Ctrl-C, Ctrl-D or being sent away at any prompt: nothing is written, and it is said."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.terminal.person import CTRL_C, CTRL_D, Person, kept

if TYPE_CHECKING:
    from pathlib import Path

INTERRUPTED = 130


class Prompt(NamedTuple):
    """A question: the command line, what is answered on the way there, and what it shows."""

    words: tuple[str, ...]
    answered: tuple[tuple[str, str], ...]
    shows: str


def _prompt(line: str, *answered: tuple[str, str], shows: str) -> Prompt:
    return Prompt(tuple(line.split()), answered, shows)


BOB = ("Who?", "bob")
PROMPTS = {
    "who": _prompt("log", shows="Who?"),
    "reach": _prompt("log", ("Who?", "Zoe Smith"), shows="Phone or e-mail"),
    "name": _prompt("log", ("Who?", "zoe@example.com"), shows="Their name"),
    "several": _prompt("log", ("Who?", "ann"), shows="Which? [1]"),
    "near": _prompt("log", ("Who?", "bop ray"), shows="Which? [1]"),
    "about": _prompt("log", BOB, shows="[Y/n]"),
    "what": _prompt("log", BOB, ("[Y/n]", "n"), shows="What was it?"),
    "how": _prompt("log", BOB, ("[Y/n]", "n"), ("What", "x"), shows="How?"),
    "when": _prompt("log", BOB, ("[Y/n]", "n"), ("What", "x"), ("How", ""), shows="Told them"),
    "reply, several": _prompt("reply ann yes", shows="Which? [1]"),
    "done, near": _prompt("done bop", shows="Which? [1]"),
    "show, several": _prompt("show ann", shows="Which? [1]"),
    "move, told": _prompt("move 1 fri", shows="Told them? [Y/n]"),
    "drop": _prompt("drop ann-lee", shows="[y/N]"),
    "go": _prompt("go", shows="[?]"),
}
WAYS = ("Ctrl-C", "Ctrl-D", "SIGTERM")


def leave(person: Person, way: str) -> None:
    if way == "SIGTERM":
        person.is_sent_away()
    else:
        person.presses(CTRL_C if way == "Ctrl-C" else CTRL_D)


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("at", PROMPTS)
def test_nothing_is_noted(at: str, way: str, home: Path) -> None:
    prompt, before = PROMPTS[at], kept(home)
    with Person(home, *prompt.words) as person:
        for question, answer in prompt.answered:
            person.answers(question, answer)
        person.sees(prompt.shows)
        leave(person, way)

        assert person.ends() == INTERRUPTED
        assert person.shown.endswith("\nNothing was noted.")
        assert person.echoed
    assert kept(home) == before


@pytest.mark.parametrize("way", WAYS)
def test_no_desk_is_made_before_the_first_deed(way: str, tmp_path: Path) -> None:
    with Person(tmp_path, "log") as person:
        person.answers("Who?", "Dana Reyes").answers("skip):").answers("What was it?", "Hello")
        person.answers("How?").sees("Told them when?")
        leave(person, way)

        assert person.ends() == INTERRUPTED
        assert person.shown.endswith("\nNothing was noted.")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("way", WAYS)
def test_what_was_noted_stays_noted(way: str, home: Path) -> None:
    with Person(home, "log") as person:
        person.answers("Who?", "bob").answers("[Y/n]").answers("What was it?", "Me again")
        person.answers("Told them when?").sees("Anyone else?")
        before = kept(home)
        leave(person, way)

        assert person.ends() == INTERRUPTED
        assert person.shown.endswith("\nNothing more was noted.")
    assert kept(home) == before
