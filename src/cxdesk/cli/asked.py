"""What `log` was told so far: by the command line, and by the conversation."""

from __future__ import annotations

from cxdesk.domain.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cxdesk.desk.people import Found


class Asked(NamedTuple):
    """What `log` was given, as typed; the conversation fills in the rest.

    `end`: missed, answered, solved, wait or None; `found`: who it is, once that is settled.
    """

    who: str | None
    words: tuple[str, ...]
    on: str | None = None
    apart: bool = False
    via: str | None = None
    at: str | None = None
    by: str | None = None
    what: str | None = None
    follow: str | None = None
    need: str | None = None
    news: str | None = None
    tags: tuple[str, ...] = ()
    mood: str | None = None
    stars: int | None = None
    heard: str | None = None
    email: str | None = None
    phone: str | None = None
    key: str | None = None
    out: bool = False
    end: str | None = None
    chase: str | None = None
    new: bool = False
    edit: bool = False
    found: Found | None = None
