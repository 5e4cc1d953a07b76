"""The sessions in docs/sessions are what cxdesk prints now."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

FOLDER = Path(__file__).parent.parent / "docs" / "sessions"


def test_every_session_is_as_it_would_be_written() -> None:
    words = [sys.executable, str(FOLDER / "record.py"), "--check"]
    ran = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)

    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "")


def test_the_figures_stand_beside_what_they_rest_on() -> None:
    page = (FOLDER / "conversations.md").read_text(encoding="utf-8")

    for told in (
        " brand    ",
        " channel  ",
        " zone     ",
        " hours    ",
        "Customer Support on Twitter",
    ):
        assert told in page
