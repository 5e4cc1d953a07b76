"""Run the examples of the docs and write down what they print, so that no page can drift.

A page's ```console blocks are typed line by line (`$ ...`) into a shell, on a terminal of 80
columns without colour, in a home of the page's own. A comment `<!-- now: INSTANT -->` sets the
clock; one `<!-- fresh -->` begins a new home. `record.py PAGE...` rewrites; with --check it
compares.
"""

from __future__ import annotations

import difflib
import os
import pty
import re
import subprocess
import sys
import tempfile
import threading
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"<!-- (now|fresh)(?:: ([^ ]+))? -->|```console\n(.*?)```", re.DOTALL)
WIDTH = "80"
PATIENCE = 60


class Typist:
    """A person at a terminal, in a home of their own."""

    folder: tempfile.TemporaryDirectory[str] | None = None

    def __init__(self, shell: str = "bash") -> None:
        self.shell = shell
        self.now = "2026-11-23T09:05:00+00:00"
        self.fresh()

    def fresh(self) -> None:
        self.close()
        self.folder = tempfile.TemporaryDirectory(prefix="cxdesk-docs-")
        self.home = Path(self.folder.name)

    def close(self) -> None:
        if self.folder is not None:
            self.folder.cleanup()

    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
            "HOME": str(self.home),
            "CXDESK_NOW": self.now,
            "TZ": "Europe/London",
            "LANG": "C.UTF-8",
            "TERM": "dumb",
            "NO_COLOR": "1",
            "COLUMNS": WIDTH,
        }

    def type(self, line: str) -> str:
        """What the terminal shows for one line."""
        ours, theirs = pty.openpty()
        shown: list[bytes] = []
        reader = threading.Thread(target=_read_all, args=(ours, shown))
        process = subprocess.Popen(
            [self.shell, "-c", f"stty cols {WIDTH} rows 50; {line}"],
            stdin=subprocess.DEVNULL,
            stdout=theirs,
            stderr=theirs,
            env=self.environment(),
            cwd=self.home,
        )
        os.close(theirs)
        reader.start()
        process.wait(PATIENCE)
        reader.join(PATIENCE)
        os.close(ours)
        text = b"".join(shown).decode().replace("\r\n", "\n")
        return text.replace("stty: 'standard input': Inappropriate ioctl for device\n", "")


def _read_all(terminal: int, shown: list[bytes]) -> None:
    while True:
        try:
            data = os.read(terminal, 65536)
        except OSError:  # the other end is closed
            return
        if not data:
            return
        shown.append(data)


def recorded(text: str, shell: str = "bash") -> str:
    """The page with what its examples print now."""
    typist = Typist(shell)

    def run(found: re.Match[str]) -> str:
        if found[1] == "now":
            typist.now = found[2]
        elif found[1] == "fresh":
            typist.fresh()
        if found[1]:
            return found[0]
        return "```console\n" + _block(typist, found[3]) + "```"

    try:
        return BLOCK.sub(run, text)
    finally:
        typist.close()


def _block(typist: Typist, block: str) -> str:
    written = []
    for line in block.splitlines():
        if line.startswith("$ "):
            written.append(line)
            shown = typist.type(line[2:]).rstrip("\n")
            written += [one.rstrip() for one in shown.split("\n")] if shown else []
            written.append("")
    return "\n".join(written[:-1] if written else []) + "\n"


def pages() -> list[Path]:
    """Every page with examples; those in sessions/ have a script of their own beside them."""
    found = sorted((ROOT / "docs").rglob("*.md"))
    return [ROOT / "README.md", *(page for page in found if page.parent.name != "sessions")]


def stale(page: Path, *, write: bool, shell: str = "bash") -> list[str]:
    """The differences between a page and what its examples print; rewritten when asked."""
    before = page.read_text("utf-8")
    if "```console" not in before:
        return []
    after = recorded(before, shell)
    if after == before:
        return []
    if write:
        page.write_text(after, "utf-8")
    name = str(page.relative_to(ROOT))
    return list(difflib.unified_diff(before.splitlines(), after.splitlines(), name, name, n=1))


def main(arguments: list[str]) -> int:
    check = "--check" in arguments
    named = [Path(one).resolve() for one in arguments if not one.startswith("-")] or pages()
    differences = [line for page in named for line in stale(page, write=not check)]
    sys.stdout.write("".join(f"{line}\n" for line in differences))
    return 1 if check and differences else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
