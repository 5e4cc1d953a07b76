"""What came in and what was closed between two instants."""

from __future__ import annotations

from cxdesk.domain.week import Came, Closed
from cxdesk.store.database import Link, Sql

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

_CAME = Sql(
    "SELECT count(*) AS inquiries, count(DISTINCT i.customer_id) AS customers,"
    " count(DISTINCT CASE WHEN c.since_at >= :since THEN c.id END) AS new,"
    " count(CASE WHEN i.chased > 0 THEN 1 END) AS chased"
    " FROM inquiry i LEFT JOIN customer c ON c.id = i.customer_id"
    " WHERE i.opened_at >= :since AND i.opened_at < :until",
    Came,
)
_CLOSED = Sql(
    "SELECT count(*) AS inquiries, count(CASE WHEN confirmed THEN 1 END) AS confirmed"
    " FROM inquiry WHERE closed_at >= :since AND closed_at < :until",
    Closed,
)


def came(link: Link, since: datetime, until: datetime) -> Came:
    """Of the inquiries opened in [since, until)."""
    found: Came = link.one(_CAME, since=since, until=until)
    return found


def closed(link: Link, since: datetime, until: datetime) -> Closed:
    """Of the inquiries closed in [since, until)."""
    found: Closed = link.one(_CLOSED, since=since, until=until)
    return found
