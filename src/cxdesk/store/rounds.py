"""The rounds of channels."""

from __future__ import annotations

from cxdesk.domain.records import Round
from cxdesk.store.agenda import ROUND
from cxdesk.store.database import Link, Sql

_OF_CHANNEL = Sql(f"SELECT {ROUND} FROM round WHERE channel = :channel ORDER BY kind", Round)
_ALL = Sql(
    "SELECT r.channel, r.kind, r.rule, r.begun_at, r.next_at, r.looked_at, r.moved_from_at"
    " FROM round r JOIN channel c ON c.name = r.channel ORDER BY c.position, r.kind",
    Round,
)


def of_channel(link: Link, channel: str) -> list[Round]:
    return link.all(_OF_CHANNEL, channel=channel)


def every(link: Link) -> list[Round]:
    """All of them, in the order of the channels."""
    return link.all(_ALL)
