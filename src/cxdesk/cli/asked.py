"""What `log` was told so far: by the command line, and by the conversation."""

from __future__ import annotations

from cxdesk.domain.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cxdesk.desk.people import Found


class Asked(NamedTuple):
    """What `log` was given; the conversation fills in the rest."""

    who: str | None
    words: tuple[str, ...]
    on: str | None = None
    apart: bool = False
    via: str | None = None
    by: str | None = None
    email: str | None = None
    phone: str | None = None
    new: bool = False
    found: Found | None = None
