"""The desks that people at terminals sit at."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from tests.running import play

if TYPE_CHECKING:
    from pathlib import Path

# 1 to 8: Ann Lee owes nothing, is owed a reply; Ann Lowe; Bob Ray, a deed; Eve, to be asked.
PAST = [
    ["log", "Ann Lee", "Invoice shows VAT twice", "--phone", "020 7946 0999"],  # 1 and 2
    ["log", "Ann Lowe", "Oak or ash?", "--via", "email", "--email", "lowe@example.com"],  # 3, 4
    ["log", "Bob Ray", "Lost a key", "--by", "tue noon", "--what", "send the spare key"],  # 5, 6
    ["follow", "Eve Stone", "wed", "how is the chair?"],  # 7
]


@pytest.fixture(scope="session")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("past")
    play(home, PAST)
    return home


@pytest.fixture
def home(past: Path, tmp_path: Path) -> Path:
    """A desk of one's own, with what was noted in the past."""
    return shutil.copytree(past, tmp_path / "home")
