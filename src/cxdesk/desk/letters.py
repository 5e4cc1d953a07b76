"""Mail that comes in: kept first, then read, then put where it belongs (docs/explanation/mail.md).

Keeping is a commit of its own: from then on a mail is in the desk, whatever becomes of its reading.
One that cannot be read is quarantined and stops no other. What an earlier run kept and did not
come to read is read by the next. The world comes in as `Tools`; every datetime is an aware instant.
"""

from __future__ import annotations

from contextlib import nullcontext
from hashlib import sha256

from cxdesk.desk import placing
from cxdesk.domain.letters import Letter
from cxdesk.domain.received import Attachment, Mailbox, Received, ReceivedRaw, is_elsewhere
from cxdesk.domain.records import NamedTuple
from cxdesk.errors import CxdeskError, NotFoundError, RefusedError, UnusableError
from cxdesk.store import received as store
from cxdesk.store.deeds import DeedInProgress, begin
from cxdesk.store.outbox import alone
from cxdesk.store.settings import load_desk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from cxdesk.desk.placing import Tools
    from cxdesk.domain.records import Desk
    from cxdesk.store.database import Link

BATCH = 100  # mails that are committed together, from files
MOST_TRIES = 3
IN_MEMORY = ":memory:"
BATCH_BYTES = 2_000_000  # or fewer, when they are large


class Arrived(NamedTuple):
    """One mail as it arrived: its bytes, where from in words, and when. Without bytes `trouble`
    says why and `stays` where it is still to be had, in words; `mailbox` is how far its folder has
    been read once this one is kept. `identity` tells it from all other mails by where it is; what
    has none and no bytes is noted nowhere."""

    raw: bytes | None
    place: str
    received_at: datetime
    is_sent: bool = False
    trouble: str | None = None
    mailbox: Mailbox | None = None
    stays: str = ""
    identity: str = ""


class Outcome(NamedTuple):
    """What became of one mail. `via` is as in the row, or duplicate, or quarantined; `is_new`: it
    began an inquiry; `received` is None where there was nothing to keep."""

    via: str
    place: str
    received: Received | None = None
    is_new: bool = False
    attachments: tuple[Attachment, ...] = ()
    trouble: str | None = None


def take_in(
    link: Link,
    arrived: Iterable[Arrived],
    tools: Tools,
    now: datetime,
    *,
    batch: int = BATCH,
    left: list[Outcome] | None = None,
) -> Iterator[list[Outcome]]:
    """Take in what arrives, `batch` mails a commit; gives what became of each batch.

    What an earlier run left unread is read first and is in none of the outcomes; what of it was
    put aside is added to `left`.
    """
    of_before = read_left(link, tools, now)
    if left is not None:
        left += [one for one in of_before if one.via == "quarantined"]
    desk = load_desk(link)
    for mails in _batches(arrived, batch):
        yield _read(link, desk, _keep(link, mails, now), tools, now)


def read_left(link: Link, tools: Tools, now: datetime) -> list[Outcome]:
    """Read what an earlier run kept and did not come to read; what became of each.

    One run at a time: each try is counted, and a mail that ended `MOST_TRIES` runs is put aside,
    so that a reader that hangs or dies of it does not stop all that come after.
    """
    if not store.unread(link):
        return []
    outcomes: list[Outcome] = []
    with _alone(link) as is_alone:
        left = store.unread(link) if is_alone else []
        desk = load_desk(link)
        for one in left:
            outcomes += _read_one_left(link, desk, one, tools, now)
    return outcomes


def _alone(link: Link) -> AbstractContextManager[bool]:
    """Nobody else is at a desk in memory."""
    return nullcontext(True) if link.path == IN_MEMORY else alone(link.path, "read")


def _read_one_left(
    link: Link, desk: Desk, one: Received, tools: Tools, now: datetime
) -> list[Outcome]:
    tries = int(one.detail or 0)
    with begin(link, "mail", now, actor="desk") as d:
        if store.by_id(link, one.id) != one:
            return []  # read meanwhile by the run that kept it
        if tries >= MOST_TRIES:
            why = f"the program ended {tries} times while this was read"
            return [_quarantine(d, _Kept(one.place, one), why)]
        tried = d.change(one, detail=str(tries + 1))
    raw = store.raw(link, one.id).raw
    return _read(link, desk, [_Kept(one.place, tried, raw)], tools, now)


def retry(link: Link, number: int, tools: Tools, now: datetime) -> Outcome:
    """Read a quarantined mail again; of one that has no bytes here it is said where it is.

    Raises NotFoundError, or RefusedError for one that is not quarantined.
    """
    one = store.by_id(link, number)
    if one is None:
        raise NotFoundError(f"There is no mail {number}.", "cxdesk mail quarantine   lists them.")
    if one.state != "quarantined":
        raise RefusedError(
            f"Mail {number} is not quarantined.", "cxdesk mail quarantine   lists what is."
        )
    if is_elsewhere(one):
        return Outcome("quarantined", one.place, one, trouble=one.detail)
    kept = _Kept(one.place, one, store.raw(link, number).raw)
    return _read(link, load_desk(link), [kept], tools, now)[0]


def drop(link: Link, numbers: Iterable[int], now: datetime) -> list[Received]:
    """Forget quarantined mails with their bytes, all in one deed; one that comes again is new.

    What of them is not quarantined any more, stays. Returns those that are gone.
    """
    gone = []
    with begin(link, "mail", now, actor="desk") as d:
        for number in numbers:
            one = store.by_id(d.link, number)
            if one is None or one.state != "quarantined":
                continue
            for attachment in store.attachments(d.link, number):
                d.remove(attachment)
            d.remove(store.raw(d.link, number))
            d.remove(one)
            gone.append(one)
    return gone


# Keeping -----------------------------------------------------------------------------------------


class _Kept(NamedTuple):
    """A mail on its way: kept now (`raw` is to be read), or with its outcome already."""

    place: str
    received: Received | None = None
    raw: bytes | None = None
    outcome: Outcome | None = None


def _batches(arrived: Iterable[Arrived], most: int) -> Iterator[list[Arrived]]:
    mails: list[Arrived] = []
    size = 0
    for one in arrived:
        mails.append(one)
        size += len(one.raw or b"")
        if len(mails) >= most or size >= BATCH_BYTES:
            yield mails
            # Who was given them is done with them; they must not lie beside the next in memory.
            mails.clear()
            size = 0
    if mails:
        yield mails


def _keep(link: Link, mails: Sequence[Arrived], now: datetime) -> list[_Kept]:
    """Commit the bytes, and how far a folder has been read, before anything is understood."""
    with begin(link, "mail", now, actor="desk") as d:
        return [_keep_one(d, one) for one in mails]


def _keep_one(d: DeedInProgress, one: Arrived) -> _Kept:
    if one.mailbox is not None:
        known = store.mailbox(d.link, one.mailbox.account, one.mailbox.folder)
        d.save(known, one.mailbox)
    noted = store.by_hash(d.link, _digest_of(one)) if one.identity else None
    if one.raw is None:
        return _Kept(one.place, outcome=_note_elsewhere(d, one, noted))
    digest = sha256(one.raw).hexdigest()
    known_mail = store.by_hash(d.link, digest)
    if known_mail is not None:
        if noted is not None:
            d.change(noted, state="duplicate", detail=None)
        return _Kept(one.place, outcome=_again(known_mail, one.place))
    received = _row(d, one, digest)
    if noted is not None:  # now it could be had
        received = d.change(noted, **received._replace(id=noted.id)._asdict())
        d.amend(ReceivedRaw, received.id, raw=one.raw)
    else:
        received = d.add(received)
        d.add(ReceivedRaw(received.id, one.raw))
    return _Kept(one.place, received, one.raw)


def _row(d: DeedInProgress, one: Arrived, digest: str) -> Received:
    place = one.mailbox
    return Received(
        id=0,
        sha256=digest,
        account=place.account if place else "",
        folder=place.folder if place else "",
        place=one.place,
        # A server's clock may be ahead of ours, or CXDESK_NOW look back.
        received_at=min(one.received_at, d.now),
        size=len(one.raw or b""),
        is_sent=one.is_sent,
    )


def _digest_of(one: Arrived) -> str:
    return sha256(f"where: {one.identity}".encode("utf-8", "surrogateescape")).hexdigest()


def _note_elsewhere(d: DeedInProgress, one: Arrived, noted: Received | None) -> Outcome:
    """A mail of which there are no bytes: its folder is read on from behind it, so it is listed
    with where it is, or nobody would ever know of it."""
    why = "; ".join(filter(None, (one.trouble, one.stays)))
    if not one.identity:
        return Outcome("quarantined", one.place, trouble=why)
    if noted is None:
        row = _row(d, one, _digest_of(one))._replace(state="quarantined", detail=why)
        noted = d.add(row)
        d.add(ReceivedRaw(noted.id, b""))
    return Outcome("quarantined", one.place, noted, trouble=why)


def _again(known: Received, place: str) -> Outcome:
    """The same bytes once more: a duplicate, or as unreadable as they were."""
    if known.state == "quarantined":
        return Outcome("quarantined", place, known, trouble=known.detail)
    return Outcome("duplicate", place, known)


# Reading -----------------------------------------------------------------------------------------


def _read(
    link: Link, desk: Desk, kept: Sequence[_Kept], tools: Tools, now: datetime
) -> list[Outcome]:
    """Read a batch in one commit; if one of it fails, each by itself, so that it stops no other."""
    letters = [None if one.raw is None else _letter(one.raw, tools) for one in kept]
    pairs = list(zip(kept, letters, strict=True))
    try:
        with begin(link, "mail", now, actor="desk") as d:
            return [_outcome(d, desk, one, letter, tools) for one, letter in pairs]
    except UnusableError:  # a full disk is no fault of a mail
        raise
    except Exception:
        return [_read_alone(link, desk, one, letter, tools, now) for one, letter in pairs]


def _letter(raw: bytes, tools: Tools) -> Letter | str:
    """The mail as it reads, or in words why it cannot be read."""
    try:
        return tools.read(raw)
    except CxdeskError as error:
        return error.sentence
    except Exception as error:  # a reader that fails must not lose a mail
        return f"it cannot be read ({type(error).__name__})"


def _read_alone(
    link: Link, desk: Desk, one: _Kept, letter: Letter | str | None, tools: Tools, now: datetime
) -> Outcome:
    try:
        with begin(link, "mail", now, actor="desk") as d:
            return _outcome(d, desk, one, letter, tools)
    except UnusableError:
        raise
    except Exception as error:
        why = f"it cannot be taken in ({type(error).__name__})"
        if isinstance(error, CxdeskError):
            why = error.sentence
        with begin(link, "mail", now, actor="desk") as d:
            return _outcome(d, desk, one, why, tools)


def _outcome(
    d: DeedInProgress, desk: Desk, one: _Kept, letter: Letter | str | None, tools: Tools
) -> Outcome:
    if one.received is None or letter is None:
        assert one.outcome is not None
        return _as_it_is_now(d.link, one.outcome)
    current = store.by_id(d.link, one.received.id)
    if current is not None and current.state != one.received.state:
        return _read_meanwhile(d.link, current, one.place)
    if isinstance(letter, str):
        return _quarantine(d, one, letter)
    placed = placing.place(d, desk, one.received, letter, tools)
    attachments = tuple(
        d.add(Attachment(one.received.id, part.position, part.name, part.type, part.size))
        for part in letter.parts
        if placed.received.state == "read"
    )
    via = placed.received.via or "duplicate"
    return Outcome(via, one.place, placed.received, placed.is_new, attachments)


def _as_it_is_now(link: Link, outcome: Outcome) -> Outcome:
    """The same bytes twice in one batch: when the second was kept, the first was not read yet."""
    if outcome.received is None or outcome.received.state != "kept":
        return outcome
    known = store.by_id(link, outcome.received.id)
    return outcome if known is None else _again(known, outcome.place)


def _read_meanwhile(link: Link, current: Received, place: str) -> Outcome:
    """Another run saw it unread and took it for one that was left."""
    if current.state == "quarantined":
        return Outcome("quarantined", place, current, trouble=current.detail)
    attachments = tuple(store.attachments(link, current.id))
    via = current.via or "duplicate"
    return Outcome(via, place, current, via == "new", attachments)


def _quarantine(d: DeedInProgress, one: _Kept, why: str) -> Outcome:
    received = d.change(one.received, state="quarantined", detail=why)
    return Outcome("quarantined", one.place, received, trouble=why)
