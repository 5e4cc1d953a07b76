"""What commands cost, beside the bare start of Python: measured in turn, medians of the pairs."""

from __future__ import annotations

import os
import subprocess
import sys
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

STOPWATCH = os.path.join(os.path.dirname(os.path.abspath(__file__)), "stopwatch.py")
BASE = [sys.executable, "-c", "pass"]


class Run(NamedTuple):
    """One run: exit code, seconds of CPU and on the wall, MiB at the peak."""

    code: int
    cpu: float
    wall: float
    memory: float


class Cost(NamedTuple):
    """Medians over the runs of one command. `times`: its CPU as a multiple of bare Python's."""

    times: float
    cpu: float
    wall: float
    memory: float
    code: int = 0


class Clock:
    """Runs commands in an environment of its own, through a stopwatch that stays small."""

    def __init__(self, environment: dict[str, str], folder: str) -> None:
        self.folder = folder
        self._stopwatch = subprocess.Popen(
            [sys.executable, "-I", "-S", STOPWATCH],
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def __enter__(self) -> Clock:
        return self

    def __exit__(self, *_: object) -> None:
        self._stopwatch.communicate()

    def run(self, arguments: Sequence[str], *, terminal: bool = False) -> Run:
        watch = self._stopwatch
        assert watch.stdin is not None
        assert watch.stdout is not None
        how = "terminal" if terminal else "pipe"
        line = "\0".join([how, self.folder, *arguments])
        watch.stdin.write(line.replace("\n", "\x1f") + "\n")
        watch.stdin.flush()
        code, cpu, wall, memory = watch.stdout.readline().split()
        return Run(int(code), float(cpu), float(wall), int(memory) / 1024)

    def cost(
        self, command: Callable[[int], Sequence[str]], pairs: int, *, terminal: bool = False
    ) -> Cost:
        """The command (given the number of the round) and bare Python, in turn."""
        self.run(command(0), terminal=terminal)  # what is not in memory yet is nobody's cost
        ran = [
            (self.run(command(1 + turn), terminal=terminal), self.run(BASE))
            for turn in range(pairs)
        ]
        return Cost(
            times=median(mine.cpu / base.cpu for mine, base in ran),
            cpu=median(mine.cpu for mine, _ in ran),
            wall=median(mine.wall for mine, _ in ran),
            memory=median(mine.memory for mine, _ in ran),
            code=max(abs(mine.code) for mine, _ in ran),
        )
