"""What every command hands back: one answer, that can be told in three ways."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

    from cxdesk.views.screen import Screen


class View:
    """An answer. `is_deed`: it tells what was done, which `-q` leaves unsaid; what was asked for
    is answered all the same."""

    is_deed = False

    def to_json(self) -> dict[str, Any]:
        """The contract of cli.md; whoever prints adds the number of the schema."""
        raise NotImplementedError

    def lines(self) -> Iterable[str]:
        """For a pipe: a line for each thing, parted by tabs, its number first."""
        raise NotImplementedError

    def draw(self, screen: Screen) -> None:
        """For people at a terminal."""
        raise NotImplementedError

    def preface(self) -> Sequence[str]:
        """What is said before the answer, on stderr."""
        return ()

    def asides(self) -> Sequence[str]:
        """What is said beside the answer, on stderr; in JSON it stands among the warnings."""
        return ()
