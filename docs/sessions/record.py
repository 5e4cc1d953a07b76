"""Play the sessions of this folder and write down what they print, so that they cannot drift.

    python docs/sessions/record.py            writes them anew
    python docs/sessions/record.py --check    exits 1 when one is not as it would be written

Like docs/record.py, with the files of tests/data in the home of whoever types.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))

from docs.record import Typist  # noqa: E402

FILES = ("twcs_sample.csv", "twcs_broken.csv")
NOW = re.compile(r"<!-- now: (\S+) -->")
BLOCK = re.compile(r"```console\n(.*?)```", re.DOTALL)


def recorded(text: str) -> str:
    """The session with what its commands print now."""
    typist = Typist()
    found = NOW.search(text)
    if found:
        typist.now = found[1]
    for name in FILES:
        shutil.copy(ROOT / "tests" / "data" / name, typist.home)
    return BLOCK.sub(lambda block: f"```console\n{_typed(typist, block[1])}```", text)


def _typed(typist: Typist, block: str) -> str:
    """Each command with what it prints; a command may go on over lines that end in a backslash."""
    written = ""
    commands = re.findall(r"^\$ (?:.*\\\n)*.*\n", block, re.MULTILINE)
    for command in commands:
        printed = typist.type(command.removeprefix("$ ").rstrip("\n"))
        written += command + "".join(f"{line.rstrip()}\n" for line in printed.splitlines())
    return written


def main(arguments: list[str]) -> int:
    stale = []
    for page in sorted(HERE.glob("*.md")):
        before = page.read_text(encoding="utf-8")
        after = recorded(before)
        if after != before:
            stale.append(page.name)
            if "--check" not in arguments:
                page.write_text(after, encoding="utf-8")
    sys.stdout.write("".join(f"{name} was stale\n" for name in stale))
    return int(bool(stale) and "--check" in arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
