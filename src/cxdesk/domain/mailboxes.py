"""From where on a folder of a mailbox is read, so that nothing is left out unsaid, nothing comes in
twice for long, and ten years of mail are not ten years of broken promises.

Every datetime is an aware instant.
"""

from __future__ import annotations

from datetime import timedelta

from cxdesk.domain.received import Mailbox
from cxdesk.domain.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Protocol

    class There(Protocol):
        """A folder as the server has it; `uidnext` is 0 where it does not say."""

        @property
        def uidvalidity(self) -> int: ...
        @property
        def uidnext(self) -> int: ...
        @property
        def exists(self) -> int: ...


ALL_OF_THEM = 200  # as many as this are taken in whole, the first time
AT_FIRST = timedelta(days=30)  # of more, and of what was sent
LEEWAY = timedelta(days=1)


class Asked(NamedTuple):
    """From when on, as the owner said: everything, since an instant, or not said (both unset)."""

    at: datetime | None = None
    everything: bool = False


class Start(NamedTuple):
    """What is read: mails above the UID `after_uid`, received at `since` or later. `place` is how
    far the folder has been read by now; `is_cut`: older mail is left out, and nobody said so."""

    place: Mailbox
    after_uid: int
    since: datetime | None = None
    is_cut: bool = False


def where_to_begin(
    known: Mailbox,
    there: There,
    asked: Asked,
    *,
    is_new: bool,
    is_sent: bool,
    first_at: datetime | None,
    now: datetime,
) -> Start:
    """Where to begin with a folder. `known` is how far it was read, its names alone where it never
    was (`is_new`); `first_at`: when the first mail that was taken from it had been received.
    """
    is_same = not is_new and _is_same(known, there)
    last = known.last_uid if is_same else 0
    after_uid, since, is_cut = last, None, False
    if asked.everything or asked.at is not None:
        after_uid, since = 0, asked.at
    elif is_new:
        is_cut = there.exists > ALL_OF_THEM and not is_sent
        since = now - AT_FIRST if is_cut or is_sent else None
    elif is_under_way(known):
        since = known.fetched_at
    elif not is_same:
        # What we have is known by its bytes; what is older than that was left out on purpose.
        since = min(first_at or known.fetched_at, known.fetched_at) - LEEWAY
    validity, at = there.uidvalidity, now
    if since is not None and (not is_same or is_under_way(known)):
        validity, at = -validity, since
    place = Mailbox(known.account, known.folder, validity, last, at)
    return Start(place, after_uid, since, is_cut)


def _is_same(known: Mailbox, there: There) -> bool:
    """Whether a UID means the mail that it meant before. Many servers have one UIDVALIDITY for all
    folders there ever were, but none gives a UID again: after a move to another they begin anew."""
    if abs(known.uidvalidity) != there.uidvalidity:
        return False
    return not 0 < there.uidnext <= known.last_uid


def is_under_way(place: Mailbox) -> bool:
    """Whether a first reading from some day on has not come to its end."""
    return place.uidvalidity < 0


def at_the_end(place: Mailbox, start: Start, there: There, now: datetime) -> Mailbox:
    """How far a folder was read once all of it was: what is older than asked for is never to be
    read, wherever in the folder it lies."""
    beyond = there.uidnext - 1 if start.since is not None else 0
    return place._replace(
        uidvalidity=there.uidvalidity, last_uid=max(place.last_uid, beyond), fetched_at=now
    )
