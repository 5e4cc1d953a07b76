"""What people and pipes are shown: the story of story.py whole, and the first five minutes."""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING

import pytest

from tests.cli import goldens
from tests.cli.played import Home
from tests.cli.story import LATE, STEPS, Step
from tests.running import on_terminal

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
# Types each line on the terminal that it is given, in one process.
TYPIST = """
import ast, os, sys
from cxdesk.__main__ import main
for now, typed, words in ast.literal_eval(sys.argv[1]):
    os.environ["CXDESK_NOW"] = now
    print("$", typed, flush=True)
    code = main([*words, "--no-input"])
    if code:
        print(f"[exit {code}]", flush=True)
"""
# cli.md, "The first five minutes", typed without being asked.
SATURDAY = "2026-11-21T10:12:00+00:00"
FIRST_MINUTES = """
cxdesk
cxdesk log "Dana Reyes" "Does the oak shelf come in 90 cm? She can't measure twice!" \
--phone "020 7946 0311" --by "mon noon"
cxdesk reply dana "Yes, 90 too, six weeks." --solved
cxdesk
cxdesk undo
cxdesk show dana
""".strip().splitlines()


def typed(home: Path, steps: Sequence[tuple[str, str, list[str]]], **more: str) -> str:
    """What a terminal of 80 columns shows."""
    ran = on_terminal(home, repr(steps), program=TYPIST, COLUMNS="80", **more)
    assert ran.code == 0, ran.out
    return ran.out.replace("\r\n", "\n")


def lines(steps: Sequence[Step]) -> list[tuple[str, str, list[str]]]:
    return [(step.now, step.typed, list(step.words)) for step in steps]


def test_the_story_in_a_pipe(tmp_path: Path) -> None:
    home = Home(tmp_path)
    told = []
    for step in STEPS:
        home.now = step.now
        ran = home.merged(*step.words)
        told.append(f"$ {step.typed}\n{ran.out}" + (f"[exit {ran.code}]\n" if ran.code else ""))

    goldens.check("story.pipe.txt", "".join(told))


def test_the_story_on_a_terminal(tmp_path: Path) -> None:
    shown = typed(tmp_path, lines(STEPS))

    assert "\x1b[33msince Thu\x1b[0m" in shown
    goldens.check("story.screen.txt", COLOUR.sub("", shown))


def test_without_colours_no_colour_is_left_and_every_word(tmp_path: Path) -> None:
    steps = lines([step for step in STEPS if step.name.startswith(("log", "due"))])
    (tmp_path / "plain").mkdir()
    (tmp_path / "coloured").mkdir()
    plain = typed(tmp_path / "plain", steps, NO_COLOR="1")

    assert "\x1b[3" not in plain
    assert COLOUR.sub("", plain) == COLOUR.sub("", typed(tmp_path / "coloured", steps))


LISTS = ("log", "reply", "due", "promise", "follow", "move", "done", "inquiries", "show")
OF_THINGS = [
    step
    for step in STEPS
    if step.name.startswith(LISTS) and step.code in (0, LATE) and step.name != "due_count"
]


@pytest.mark.parametrize("step", OF_THINGS, ids=lambda step: step.name)
def test_what_goes_through_a_pipe_has_its_number_first(
    step: Step, piped: dict[str, list[str]]
) -> None:
    handles = ("dana-reyes", "ann-lee", "bob-ray")

    assert piped[step.name]
    for line in piped[step.name]:
        first, _, rest = line.partition("\t")
        assert first.isdigit() or first in handles, line
        assert rest, line


@pytest.fixture(scope="module")
def piped(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    home = Home(tmp_path_factory.mktemp("piped"))
    found = {}
    for step in STEPS:
        home.now = step.now
        found[step.name] = home.run(*step.words).out.splitlines()
    return found


class TestTheFirstFiveMinutes:
    @pytest.fixture
    def told(self, tmp_path: Path) -> str:
        steps = [(SATURDAY, line, shlex.split(line)[1:]) for line in FIRST_MINUTES]
        return typed(tmp_path, steps, NO_COLOR="1", CXDESK_HOME="")

    def test_are_these(self, told: str) -> None:
        goldens.check("first_minutes.txt", told)

    @pytest.mark.parametrize(
        "line",
        [
            "No desk yet, and none needed: the first thing you log makes it.",
            "  cxdesk log     note a contact (try it with the last call you had)",
            "  cxdesk demo    a made-up morning to play with; touches nothing of yours",
            " 1  Dana Reyes, phone: Does the oak shelf come in 90 cm? She can't measure twi…",
            "    You promised an answer by Mon 23 Nov 12:00.          Wrong? cxdesk undo",
            "    Kept in ~/.local/share/cxdesk/desk.db; Europe/London, Mon-Fri 09:00-17:00",
            " 1  Dana Reyes: kept, 2 days early, and settled. Closed.",
            "Nobody is waiting for you.",
        ],
    )
    def test_hold_what_the_contract_shows(self, told: str, line: str) -> None:
        assert any(shown.startswith(line) for shown in told.splitlines())

    def test_a_pipe_is_told_how_to_begin_on_stderr(self, tmp_path: Path) -> None:
        ran = Home(tmp_path).run()

        assert (ran.code, ran.out) == (0, "")
        assert ran.err == "No desk yet; the first thing you log makes it: cxdesk log\n"
