"""A town of correspondents, on the real servers: see tests/mail/correspondents.py."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.mail.correspondents import Customer, Desk, Town

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.servers.postfix import Postfix


@pytest.fixture
def town(postfix: Postfix) -> Iterator[Town]:
    with Town(postfix) as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path, town: Town) -> Desk:
    """A desk that acknowledges what comes in."""
    return Desk(tmp_path / "desk", town, acknowledge=True)


@pytest.fixture
def ann(town: Town) -> Customer:
    return Customer(town, "Ann Lee")
