"""Eight at once, also when they race to make the desk: nothing lost, no number twice."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from tests.running import surroundings
from tests.store.desks import is_whole

if TYPE_CHECKING:
    from pathlib import Path

PROCESSES = 8
EACH = 100
# Waits at the start for the others, then logs as fast as it can.
LOGGER = """
import sys
from cxdesk.__main__ import main
me, each = sys.argv[1], int(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
codes = [main(["log", f"P{me} {n}", "hello", "-q", "--new"]) for n in range(each)]
print(codes.count(0), flush=True)
"""


def numbers(home: Path) -> list[int]:
    link = sqlite3.connect(home / "desk.db")
    try:
        asked = (
            "SELECT number FROM inquiry UNION ALL SELECT number FROM promise"
            " UNION ALL SELECT number FROM follow_up"
        )
        return [number for (number,) in link.execute(asked)]
    finally:
        link.close()


def test_eight_processes_with_a_hundred_logs_each(tmp_path: Path) -> None:
    home = tmp_path / "new"
    loggers = [
        subprocess.Popen(
            [sys.executable, "-c", LOGGER, str(me), str(EACH)],
            env=surroundings(home),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for me in range(PROCESSES)
    ]
    try:
        for logger in loggers:
            assert logger.stdout is not None
            assert logger.stdout.readline() == "ready\n"
        with ThreadPoolExecutor(PROCESSES) as pool:
            said = list(pool.map(lambda logger: logger.communicate("go\n"), loggers))
    finally:
        for logger in loggers:
            logger.kill()
            logger.wait()

    assert [out for out, _ in said] == [f"{EACH}\n"] * PROCESSES, said
    given = numbers(home)
    assert len(given) == len(set(given)) == 2 * PROCESSES * EACH  # each with its promise
    assert is_whole(home / "desk.db")
    assert not [file for file in home.iterdir() if file.suffix == ".new"]


def test_real_commands_that_race_to_make_the_desk(tmp_path: Path) -> None:
    home = tmp_path / "new"

    def log(number: int) -> int:
        return subprocess.run(
            [sys.executable, "-m", "cxdesk", "log", f"C {number}", "hello", "--new"],
            env=surroundings(home),
            capture_output=True,
            check=False,
        ).returncode

    with ThreadPoolExecutor(PROCESSES) as pool:
        codes = list(pool.map(log, range(2 * PROCESSES)))

    assert codes == [0] * 2 * PROCESSES
    given = numbers(home)
    assert len(given) == len(set(given)) == 4 * PROCESSES
