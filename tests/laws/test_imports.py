"""Fast means: not imported. What each everyday command loads, in a process of its own."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import pytest

from tests.running import cxdesk, on_terminal, play

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.running import Ran

PROGRAM = """
import os, sys
before = set(sys.modules)
from cxdesk.__main__ import main
code = main(sys.argv[1:])
with open(os.environ["LOADED"], "w") as file:
    print(*sorted(before), file=file)
    print(*sorted(sys.modules.keys() - before), file=file)
sys.exit(code)
"""
NEVER = {
    "alembic",
    "asyncio",
    "dateutil.parser",
    "email",
    "importlib.metadata",
    "jinja2",
    "logging",
    "platformdirs",
    "psycopg",
    "pydantic",
    "sqlalchemy",
    "sqlmodel",
    "ssl",
}
NOT_ON_THE_WAY_TO_DUE = {
    "dataclasses",
    "enum",
    "json",
    "pathlib",
    "re",
    "tomllib",
    "typer",
    "typing",
}
WITHOUT_TYPER: list[list[str]] = [[], ["due"], ["due", "--count"], ["--version"]]
# What Typer 0.28 brings with it.
TYPER = {"typer", "annotated_doc", "shellingham"}

PAST = [
    ["log", "Ann Lee", "Invoice shows VAT twice"],  # 1, its promise 2
    ["log", "Bob Ray", "Lost a key", "--by", "tue noon"],  # 3 and 4
    ["reply", "bob", "On its way.", "--open"],  # a promise of the next reply: 5
    ["log", "Kim & Sons", "Oak or ash?", "--answered"],  # 6, its check 7
    ["follow", "kim", "thu", "ring them"],  # 8
]
EVERYDAY: list[list[str]] = [
    ["due", "--json"],
    ["due", "ann"],
    ["log", "Ann Lee", "And another thing", "--apart"],
    ["show", "ann"],
    ["show", "1"],
    ["reply", "1", "Yes."],
    ["done", "8"],
    ["solved", "6"],
    ["wait", "6"],
    ["move", "8", "fri"],
    ["drop", "6", "--yes"],
    ["promise", "ann", "fri noon", "send the drawing"],
    ["follow", "ann", "fri", "ring"],
    ["search", "vat"],
    ["inquiries"],
    ["when", "fri noon"],
    ["undo", "--list"],
    ["undo"],
    ["redo"],
]
# Whatever is asked on a terminal, the default will do.
ENTER = "\n" * 12
ON = [pytest.param(cxdesk, id="piped"), pytest.param(on_terminal, id="terminal")]


def named(line: list[str]) -> str:
    return " ".join(line) or "bare"


@pytest.fixture(scope="session")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A desk with something of every kind, and something undone."""
    home = tmp_path_factory.mktemp("yesterday")
    play(home, [*PAST, ["log", "Ivo", "Never mind"], ["undo"]])
    return home


@pytest.fixture
def home(yesterday: Path, tmp_path: Path) -> Path:
    return shutil.copytree(yesterday, tmp_path / "home")


def loaded(run: Callable[..., Ran], home: Path, line: list[str]) -> set[str]:
    """The modules that the command line brought in."""
    ran = run(home, *line, text=ENTER, program=PROGRAM, LOADED=str(home / "loaded"))

    assert ran.code == 0, ran
    before, after = [set(said.split()) for said in (home / "loaded").read_text().splitlines()]
    assert not before & (NEVER | NOT_ON_THE_WAY_TO_DUE), "the interpreter's start hides a breach"
    return after


def packages(modules: set[str]) -> set[str]:
    """Those that are neither ours nor of the standard library."""
    outermost = {name.partition(".")[0] for name in modules}
    return outermost - sys.stdlib_module_names - {"cxdesk"}


class TestWithoutTyper:
    @pytest.mark.parametrize("line", WITHOUT_TYPER, ids=named)
    def test_piped_they_load_nothing_that_costs(self, home: Path, line: list[str]) -> None:
        modules = loaded(cxdesk, home, line)

        assert not packages(modules)
        assert not modules & (NEVER | NOT_ON_THE_WAY_TO_DUE)

    @pytest.mark.parametrize("line", WITHOUT_TYPER, ids=named)
    def test_on_a_terminal_they_load_rich_at_most(self, home: Path, line: list[str]) -> None:
        modules = loaded(on_terminal, home, line)

        assert packages(modules) <= {"rich"}
        assert not modules & NEVER

    def test_without_a_desk_neither(self, tmp_path: Path) -> None:
        modules = loaded(cxdesk, tmp_path, ["due"])

        assert not packages(modules)
        assert not modules & (NEVER | NOT_ON_THE_WAY_TO_DUE)


class TestEveryday:
    @pytest.mark.parametrize("line", EVERYDAY, ids=named)
    def test_piped_they_load_typer_alone(self, home: Path, line: list[str]) -> None:
        modules = loaded(cxdesk, home, line)

        assert packages(modules) == TYPER
        assert not modules & NEVER

    @pytest.mark.parametrize("line", EVERYDAY, ids=named)
    def test_on_a_terminal_rich_comes_in_at_most(self, home: Path, line: list[str]) -> None:
        modules = loaded(on_terminal, home, line)

        assert packages(modules) <= TYPER | {"rich"}
        assert not modules & NEVER

    @pytest.mark.parametrize("run", ON)
    def test_the_first_log_makes_the_desk_without_its_models(
        self, tmp_path: Path, run: Callable[..., Ran]
    ) -> None:
        modules = loaded(run, tmp_path, ["log", "Ann Lee", "Invoice shows VAT twice"])

        assert packages(modules) <= TYPER | {"rich"}
        assert not modules & NEVER
        assert (tmp_path / "desk.db").exists()

    @pytest.mark.parametrize("line", [["sh"], ["show", "an"], ["log", "ann", "--via", ""]])
    def test_completion_loads_as_little(self, home: Path, line: list[str]) -> None:
        def run(home: Path, *words: str, **more: str) -> Ran:
            return cxdesk(home, *words, _CXDESK_COMPLETE="zsh", **more)

        modules = loaded(run, home, line)

        assert packages(modules) <= TYPER
        assert not modules & NEVER
        assert ("sqlite3" in modules) == (line != ["sh"])

    def test_only_a_series_loads_dateutil(self, home: Path) -> None:
        line = ["follow", "ann", "fri", "ring", "--every", "2 weeks"]

        modules = loaded(cxdesk, home, line)

        assert packages(modules) == TYPER | {"dateutil", "six"}  # six comes with dateutil 2
        assert not modules & NEVER
