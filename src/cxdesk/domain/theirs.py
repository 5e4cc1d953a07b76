"""What the customer lived through on one inquiry: what they said, were told and heard."""

from __future__ import annotations

from cxdesk.domain.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from cxdesk.domain.records import Inquiry, Message, Promise


class Lived(NamedTuple):
    """`asked_at`: when they first came; `told_at`: by when they were told to hear; `heard_at`:
    when they first heard; `wrote`: how often they came in all; `waiting_since_at`: their oldest
    message that nothing has reached them since. Only what they could notice counts: a call that
    did not reach them is none, a date that nobody told them neither."""

    asked_at: datetime | None
    told_at: datetime | None
    heard_at: datetime | None
    wrote: int
    settled_at: datetime | None
    waiting_since_at: datetime | None


def lived(inquiry: Inquiry, messages: Sequence[Message], promises: Iterable[Promise]) -> Lived:
    """Told from the messages, oldest first, and the promises of one inquiry."""
    theirs = [m for m in messages if m.direction == "in" and not m.automatic]
    asked_at = theirs[0].said_at if theirs else None
    told = [promise.first_due_at for promise in promises if promise.told]
    on_the_spot = inquiry.first_reply_at if inquiry.first_reply_at == asked_at else None
    heard = on_the_spot or next((m.said_at for m in messages if _reached(m, asked_at)), None)
    return Lived(
        asked_at=asked_at,
        told_at=told[0] if told else None,
        heard_at=heard,
        wrote=len(theirs),
        settled_at=inquiry.closed_at if inquiry.confirmed else None,
        waiting_since_at=inquiry.unanswered_at,
    )


def _reached(message: Message, since: datetime | None) -> bool:
    is_ours = message.direction == "out" and message.reached and not message.automatic
    return is_ours and (since is None or message.said_at >= since)
