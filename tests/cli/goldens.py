"""Outputs that are kept in tests/cli/golden. CXDESK_WRITE_GOLDEN=1 writes them anew; the diff is
then read by whoever commits it."""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"
IS_WRITING = os.environ.get("CXDESK_WRITE_GOLDEN") == "1"


def check(name: str, text: str) -> None:
    """The output is as it was kept."""
    path = FOLDER / name
    if IS_WRITING:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{name}: see tests/cli/goldens.py"
