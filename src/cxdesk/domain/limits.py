"""How many automatic mails may go out: so that two machines never talk each other to death.

A mail that may not go is not lost: the owner reads why, in these words.
"""

from __future__ import annotations

from cxdesk.domain.records import NamedTuple

ACKNOWLEDGEMENTS = 1  # to one address in 24 hours; not to be configured
# Who answers each acknowledgement with a mail that nothing ties to it would else get one a day.
UNANSWERED = 3  # acknowledgements to one address that no answer of ours followed
UNANSWERED_DAYS = 30  # within which they count


class Limits(NamedTuple):
    """The most automatic mails: to one address a day, about one inquiry ever, in all a day."""

    address_a_day: int = 3
    inquiry: int = 10
    a_day: int = 200


class Sent(NamedTuple):
    """How many went out or are waiting to: acknowledgements to that address in the last 24 hours,
    those of the last 30 days that are still all they heard, and automatic mails to it today, about
    the inquiry ever, and in all today."""

    acknowledged: int = 0
    unanswered: int = 0
    address_today: int = 0
    inquiry: int = 0
    today: int = 0


def why_not(sent: Sent, limits: Limits, *, acknowledgement: bool = False) -> str | None:
    """Why one more automatic mail may not go, in words for people; None: it may."""
    if acknowledgement and sent.acknowledged >= ACKNOWLEDGEMENTS:
        return "an acknowledgement went to that address in the last 24 hours"
    if acknowledgement and sent.unanswered >= UNANSWERED:
        return f"{sent.unanswered} acknowledgements to that address still wait for an answer"
    if sent.address_today >= limits.address_a_day:
        return _reached(limits.address_a_day, sent.address_today, "to that address", " today")
    if sent.inquiry >= limits.inquiry:
        return _reached(limits.inquiry, sent.inquiry, "out about that inquiry")
    if sent.today >= limits.a_day:
        return _reached(limits.a_day, sent.today, "out", " today")
    return None


def _reached(limit: int, sent: int, where: str, when: str = "") -> str:
    if limit <= 0:
        return f"no automatic mail may go {where}{' at all' if where == 'out' else ''}"
    return f"{sent} automatic {'mail' if sent == 1 else 'mails'} went {where}{when}"
