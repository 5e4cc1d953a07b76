"""Generated files: what is stale is named, and written anew."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


def generate(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(root / "docs" / "generate.py"), *arguments],
        capture_output=True,
        text=True,
        check=False,
    )


def test_they_are_fresh() -> None:
    done = generate(ROOT, "--check")

    assert done.returncode == 0, done.stderr


def test_what_is_stale_is_named_and_then_written(tmp_path: Path) -> None:
    store = tmp_path / "src" / "cxdesk" / "store"
    store.mkdir(parents=True)
    (tmp_path / "docs").mkdir()
    for name in ("generate.py", "manual.py"):
        shutil.copy(ROOT / "docs" / name, tmp_path / "docs")
    (store / "schema.sql").write_text("-- of yesterday\n")

    stale = generate(tmp_path, "--check")
    generate(tmp_path)

    assert stale.returncode == 1
    assert stale.stderr.splitlines() == [
        "src/cxdesk/store/schema.sql is stale: make docs",
        "docs/reference/commands.md is stale: make docs",
        "docs/cxdesk.1 is stale: make docs",
    ]
    assert generate(tmp_path, "--check").returncode == 0


def test_man_renders_the_manual_without_a_word_of_complaint() -> None:
    if shutil.which("man") is None or shutil.which("groff") is None:
        pytest.skip("there is no man")
    done = subprocess.run(
        ["man", "--warnings", "-l", str(ROOT / "docs" / "cxdesk.1")],
        env={"PATH": os.defpath, "MANWIDTH": "80", "LANG": "C.UTF-8", "MANPAGER": "cat"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    for told in ("reply THING [TEXT]", "--solved", "And they are content.", "EXIT STATUS"):
        assert told in done.stdout
