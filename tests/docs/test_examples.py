"""Every example of `--help` runs in each shell on the demo's desk; pages print what they say."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cxdesk.cli.app import main_group
from cxdesk.cli.examples import EXAMPLES
from cxdesk.cli.table import COMMANDS
from docs import record

SHELLS = ("bash", "zsh", "fish")
NOW = "2026-11-23T09:05:00+00:00"
# What makes no sense to try on a made-up desk, or is shown in a how-to of its own.
WITHOUT = {"go", "init", "demo", "backup", "restore", "doctor"}


def environment(home: Path) -> dict[str, str]:
    return {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
        "HOME": str(home),
        "CXDESK_HOME": str(home / "desk"),
        "CXDESK_NOW": NOW,
        "TZ": "Europe/London",
        "LANG": "C.UTF-8",
    }


@pytest.fixture(scope="session")
def demo_desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("demo")
    done = subprocess.run(
        ["cxdesk", "demo", "--keep", str(home / "desk")],
        env=environment(home),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return home


def needed(shell: str) -> str:
    """The shell; where it is not installed the test is skipped, in CI it fails."""
    if shutil.which(shell) is None:
        assert not os.environ.get("CI"), f"{shell} is not installed"
        pytest.skip(f"{shell} is not installed")
    return shell


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("command", EXAMPLES)
def test_each_works(command: str, shell: str, demo_desk: Path, tmp_path: Path) -> None:
    needed(shell)
    for number, line in enumerate(EXAMPLES[command]):
        home = tmp_path / str(number)
        shutil.copytree(demo_desk, home)
        done = subprocess.run(
            [shell, "-c", line], env=environment(home), capture_output=True, text=True, check=False
        )

        assert done.returncode == 0, f"{line}\n{done.stderr}"


def commands() -> dict[str, str]:
    """What ends the help of each command, by what is typed for it: "due", "customer edit"."""
    group = main_group()
    found: dict[str, str] = {}
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        found[name] = command.epilog or ""
        under = getattr(command, "commands", {})
        found |= {f"{name} {sub}": one.epilog or "" for sub, one in under.items()}
    return found


def test_each_command_shows_its_own_and_no_others() -> None:
    known = commands()

    assert set(EXAMPLES) <= set(known)
    for path, epilog in known.items():
        assert epilog.splitlines()[2:] == [f"  {line}" for line in EXAMPLES.get(path, ())], path


def test_every_command_has_some() -> None:
    assert {name for name in COMMANDS if name not in WITHOUT} <= set(EXAMPLES)


PAGES = [page for page in record.pages() if "```console" in page.read_text("utf-8")]


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_each_page_prints_what_it_says(page: Path, shell: str) -> None:
    assert record.stale(page, write=False, shell=needed(shell)) == []
