"""The fault sweep: a command line, run once for each point at which the disk can fail it."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import pytest

from tests.desks import assert_whole, said
from tests.running import Ran, surroundings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

HERE = Path(__file__).parent
NEVER, ONCE, ON, KILLED, TORN = range(5)
KILLS = int(os.environ.get("CXDESK_TEST_KILLS", "100"))
PATIENCE = 600


def needed(program: str, package: str) -> str:
    """Where a program of the system is. A test that did not run must not look as if it had: where
    it counts, in CI, that is a failure."""
    found = shutil.which(program)
    if found is None and os.environ.get("CI"):
        pytest.fail(f"{program} is missing: {package}")
    return found or pytest.skip(f"{program} is missing: {package}")


class Run(NamedTuple):
    """One run of the line, the disk failing at point `at`. `again`: how `due` ended after it;
    `then`: how the lines ended that came next."""

    at: int
    code: int
    out: str
    err: str
    home: Path
    again: int
    then: tuple[Ran, ...] = ()

    @property
    def name(self) -> str:
        """What NAME in its configuration was."""
        return self.home.name

    @property
    def desk(self) -> Path:
        return self.home / "desk.db"

    @property
    def found(self) -> Path:
        """The home as the line left it, before `due` came by."""
        return self.home.with_name(f"{self.home.name}.found")


def shim(folder: Path) -> Path:
    """The shim, compiled; without a compiler there is no sweep, which CI must not take for one."""
    compiler = needed("cc", "gcc, libc6-dev")
    built = folder / "shim.so"
    command = [compiler, "-shared", "-fPIC", "-O1", "-o", str(built), str(HERE / "shim.c"), "-ldl"]
    subprocess.run(command, check=True)
    return built


def work(
    folder: Path,
    built: Path,
    home: Path,
    line: list[str],
    *,
    how: int = ONCE,
    error: int = errno.ENOSPC,
    every: int = 1,
    kills: int = 0,
    then: Sequence[tuple[str, list[str]]] = (),
) -> list[Run]:
    """Every run of a line on a copy of `home`; HOME in the line is the copy's place, NAME in its
    config.toml the copy's name, its file `stdin` what the line reads. `every`: of how many points
    one is swept; `then`: what is run after each, as (CXDESK_NOW, line)."""
    folder.mkdir(mode=0o700, exist_ok=True)
    job: dict[str, Any] = {
        "shim": str(built),
        "home": str(home),
        "folder": str(folder),
        "line": line,
        "how": how,
        "errno": error,
        "every": every,
        "kills": kills,
        "seed": kills,
        "then": list(then),
    }
    done = subprocess.run(
        [sys.executable, str(HERE / "worker.py")],
        env=surroundings(home, LD_PRELOAD=str(built)),
        input=json.dumps(job),
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return [as_run(told) for told in json.loads(done.stdout)]


def whole(folder: Path, built: Path, home: Path, line: list[str], **more: Any) -> Run:
    """One run of a line on a copy of `home` with nothing in its way; more as for `work`."""
    [run] = work(folder, built, home, line, how=NEVER, **more)
    return run


def as_run(told: dict[str, Any]) -> Run:
    told.pop("hits", None)
    then = tuple(Ran(*ran) for ran in told["then"])
    return Run(**{**told, "home": Path(told["home"]), "then": then})


def rows(path: Path) -> dict[str, Any] | None:
    """What a desk says; None where there is none. The desk's own name is another each time."""
    if not path.exists():
        return None
    told = said(path)
    told["setting"] = [pair for pair in told["setting"] if pair[0] != "instance"]
    return told


def assert_old_or_new(run: Run, before: Any, after: Any, name: str = "desk.db") -> None:
    """Old or new, whole; acknowledged means present; and it works again."""
    place = run.home / name
    found = rows(place)
    assert found in (before, after), run
    if found is not None:
        assert_whole(place)
    if run.code == 0:
        assert found == after, run
    if "nothing was changed" in run.err:
        assert found == before, run
    assert run.again == 0, run


def assert_told(run: Run) -> None:
    """One line that says what is wrong, one that says what to type; nothing left over."""
    lines = run.err.splitlines()
    assert run.code == 4, run
    assert 1 <= len(lines) <= 2, run
    assert "Traceback" not in run.err, run
    left = [path.name for path in run.home.iterdir() if path.name.endswith(".new")]
    assert not left, run
