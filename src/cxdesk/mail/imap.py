"""Fetching from one mailbox (mail.md, "Taking in").

    with Mailbox(inbox) as box:
        folder = box.open("INBOX")             # is its UIDVALIDITY the one we know?
        for mail in box.new("INBOX", last):    # ascending; nothing is marked as read
            ...commit mail.raw...
            box.done("INBOX", mail.uid, inbox.after)

A mail is known by folder, UIDVALIDITY and UID, never by its number or by whether it was read.
Folders are opened read-only until something is to be changed in one. Nothing is ever expunged
but one mail by its UID, after it was copied: no EXPUNGE, no CLOSE.
"""

from __future__ import annotations

import imaplib
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from cxdesk.domain.records import NamedTuple
from cxdesk.errors import MailError
from cxdesk.mail import imap_link, imap_text
from cxdesk.mail.imap_link import FOR_NOW, PATIENCE, unreachable
from cxdesk.mail.wire import DETAIL_LENGTH, flatten

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from contextlib import AbstractContextManager

    from cxdesk.config import MailIn
    from cxdesk.mail.imap_link import Link
    from cxdesk.mail.imap_text import Item, Listed

LARGEST = 64 * 1024 * 1024  # bytes of one mail
BATCH = 200  # mails whose size and date are asked for at once
# A line of an answer may be a million bytes long, and holds eleven for each number.
WINDOW = 50_000
NAMED = 12  # folders that are named to an owner who named one that is not there
# What servers call their folder of sent mail that do not mark it \Sent.
SENT_NAMES = ("sent", "sent items", "sent messages", "sent mail", "sent-mail")


class Folder(NamedTuple):
    """`uidvalidity`: another one than before, and every UID means another mail. `uidnext`: every
    later mail will have this UID or a higher one; 0 where the server does not say. `exists`: how
    many mails there are."""

    uidvalidity: int
    uidnext: int
    exists: int


class Fetched(NamedTuple):
    """One mail. `raw` is None when it could not be had, and `trouble` says why in words that follow
    "this mail". `size`: bytes, as the server counts them. `received_at`: when the server got it,
    aware UTC; None where it does not say."""

    uid: int
    raw: bytes | None
    received_at: datetime | None
    size: int
    trouble: str | None = None


class Mailbox:
    """One account, logged in while the block lasts. Every method raises MailError, in words.

    `timeout`: seconds for each answer. `largest`: bytes; a longer mail is not fetched.
    """

    def __init__(self, inbox: MailIn, *, timeout: float = PATIENCE, largest: int = LARGEST) -> None:
        self._inbox = inbox
        self._timeout = timeout
        self._largest = largest
        self._folder: str | None = None  # the one that is open
        self._writable = False
        self._known: dict[str, int] = {}  # UIDVALIDITY by folder
        self._server: tuple[frozenset[str], tuple[Listed, ...]] | None = None

    def __enter__(self) -> Mailbox:
        self._link: Link = imap_link.connect(self._inbox, timeout=self._timeout)
        self._link.largest = self._largest
        return self

    def __exit__(self, *_: object) -> None:
        imap_link.leave(self._link)

    def open(self, folder: str) -> Folder:
        """The folder as it is now, read-only. One that is not there: MailError names those that
        are."""
        self._known.pop(folder, None)
        return self._select(folder, writable=False)

    def new(
        self, folder: str, after_uid: int, *, since: datetime | None = None
    ) -> Iterator[Fetched]:
        """The mails with a UID above `after_uid`, received at `since` or later, ascending.

        They are fetched one by one, as they are asked for. A mail that is taken away meanwhile is
        left out.
        """
        for uid, about in self._candidates(folder, after_uid, since):
            fetched = self._fetch(folder, uid, about)
            if fetched:
                yield fetched

    def count(self, folder: str, since: datetime | None = None, *, after_uid: int = 0) -> int:
        """How many mails `new` would fetch; only sizes and dates are asked for."""
        if since is None:
            return len(self._search(folder, after_uid, None))
        return sum(1 for _ in self._candidates(folder, after_uid, since))

    def done(self, folder: str, uid: int, after: str) -> str:
        """What the owner wants to become of a mail that is safely stored: "nothing", "seen" or
        "move:FOLDER". The answer is empty, or a sentence that says why it stays where it was."""
        if after == "seen":
            self._change(folder, "STORE", str(uid), "+FLAGS.SILENT", r"(\Seen)")
        target = after.removeprefix("move:")
        if target not in (after, folder):
            return self._move(folder, uid, target)
        return ""

    def holds(self, folder: str, message_id: str) -> bool:
        """Whether a mail with this Message-ID is in the folder."""
        self._at(folder)
        with self._asking():
            wanted = imap_text.quoted(message_id)
            status, answer = self._link.uid("SEARCH", "HEADER", "Message-ID", wanted)
            return bool(imap_text.numbers(self._ok(status, answer)))

    def folders(self) -> list[str]:
        """The names of the folders that can be opened."""
        return [one.name for one in self._listed() if r"\noselect" not in one.marks]

    def special(self, use: str) -> str | None:
        r"""The folder that the server marks with `use`, such as `\Sent` (RFC 6154)."""
        return next((one.name for one in self._listed() if use.lower() in one.marks), None)

    def sent_folder(self) -> str:
        """The folder that `sent` names, else the one marked as such or called so; empty where
        there is none, or where the owner wants none read."""
        wanted = self._inbox.sent
        if not wanted or wanted in self.folders():
            return wanted
        return self.special(r"\Sent") or next(
            (one.name for one in self._listed() if _last_part(one) in SENT_NAMES), ""
        )

    # One mail -------------------------------------------------------------------------------------

    def _candidates(
        self, folder: str, after_uid: int, since: datetime | None
    ) -> Iterator[tuple[int, Item]]:
        uids = self._search(folder, after_uid, since)
        for start in range(0, len(uids), BATCH):
            batch = uids[start : start + BATCH]
            about = self._about(folder, batch)
            for uid in batch:
                item = about.get(uid, imap_text.Item(uid))
                if not (since and item.received_at and item.received_at < since):
                    yield uid, item

    def _search(self, folder: str, after_uid: int, since: datetime | None) -> list[int]:
        """UIDs, ascending. `*` is the last mail even when that is an old one, so what is not above
        `after_uid` is dropped."""
        exists = self._at(folder)
        # The server compares dates, in a zone of its own.
        words = ["SINCE", imap_text.day(since - timedelta(days=1))] if since else []
        found: set[int] = set()
        with self._asking():
            for window in _windows(exists):
                status, answer = self._link.uid(
                    "SEARCH", *window, "UID", f"{after_uid + 1}:*", *words
                )
                found.update(imap_text.numbers(self._ok(status, answer)))
        return sorted(uid for uid in found if uid > after_uid)

    def _about(self, folder: str, uids: Sequence[int]) -> dict[int, Item]:
        """Size and date by UID; a server may leave some out."""
        wanted = ",".join(map(str, uids))
        items = self._ask(folder, wanted, "(UID INTERNALDATE RFC822.SIZE)")[0]
        return {item.uid: item for item in items if item.uid and item.size is not None}

    def _fetch(self, folder: str, uid: int, about: Item) -> Fetched | None:
        size = about.size or 0
        if size > self._largest:
            return Fetched(uid, None, about.received_at, size, self._too_large())
        items, refused = self._ask(folder, str(uid), "(UID INTERNALDATE BODY.PEEK[])")
        item = _the_one(items, uid)
        if item is None and any(other.body is not None for other in items):
            raise unreachable(self._inbox, "it handed over another mail than the one asked for")
        received = (item and item.received_at) or about.received_at
        if item and item.body is not None:
            return Fetched(uid, item.body, received, size or len(item.body))
        if item and item.cut:
            return Fetched(uid, None, received, size, self._too_large())
        if not self._is_still_there(folder, uid):
            return None
        said = f": {refused}" if refused else ""
        return Fetched(uid, None, received, size, f"is not handed over by the server{said}")

    def _ask(self, folder: str, uids: str, what: str) -> tuple[list[Item], str]:
        """The answers to one FETCH, and what the server said if it refused some or all of it."""
        self._at(folder)
        with self._asking():
            status, answer = self._link.uid("FETCH", uids, what)
            if status == "OK":
                return list(imap_text.items(answer)), ""
            if imap_text.code(answer) in FOR_NOW:
                raise unreachable(self._inbox, _said(answer))
            return list(imap_text.items(self._link.response("FETCH")[1])), _said(answer)

    def _is_still_there(self, folder: str, uid: int) -> bool:
        self._at(folder)
        with self._asking():
            status, answer = self._link.uid("SEARCH", "UID", str(uid))
            return uid in imap_text.numbers(self._ok(status, answer))

    # Changing -------------------------------------------------------------------------------------

    def _move(self, folder: str, uid: int, target: str) -> str:
        """MOVE, or where that is not known what it is made of; never more than this one mail."""
        offered = self._about_server()[0]
        name = imap_text.folder_name(target)
        if "MOVE" in offered:
            self._change(folder, "MOVE", str(uid), name, target=target)
            return ""
        if "UIDPLUS" not in offered:
            return (
                f"The mail server {self._inbox.host} cannot move a mail safely; "
                f"what is fetched stays in {folder}."
            )
        self._change(folder, "COPY", str(uid), name, target=target)
        self._change(folder, "STORE", str(uid), "+FLAGS.SILENT", r"(\Deleted)")
        self._change(folder, "EXPUNGE", str(uid))
        return ""

    def _change(self, folder: str, command: str, *words: str, target: str = "") -> None:
        self._at(folder, writable=True)
        with self._asking():
            status, answer = self._link.uid(command, *words)
        if status == "OK":
            return
        if target and target not in self.folders():
            raise self._no_folder(target)
        raise self._not_changed(folder, _said(answer))

    # Folders --------------------------------------------------------------------------------------

    def _at(self, folder: str, *, writable: bool = False) -> int:
        """Have `folder` open; how many mails it held when it was opened."""
        if self._folder != folder or (writable and not self._writable):
            self._exists = self._select(folder, writable=writable).exists
        return self._exists

    def _select(self, folder: str, *, writable: bool) -> Folder:
        self._folder = None
        with self._asking():
            name = imap_text.folder_name(folder)
            try:
                status, answer = self._link.select(name, readonly=not writable)
            except imaplib.IMAP4.readonly:
                raise self._not_changed(folder, "it can only be read") from None
            found = self._found(answer) if status == "OK" else None
        if found is None:
            raise self._not_opened(folder, answer)
        if self._known.setdefault(folder, found.uidvalidity) != found.uidvalidity:
            raise unreachable(self._inbox, f"the folder {folder} was replaced while it was read")
        self._folder, self._writable, self._exists = folder, writable, found.exists
        return found

    def _found(self, answer: Sequence[Any]) -> Folder:
        validity, following = (
            _number(self._link.response(code)[1]) for code in ("UIDVALIDITY", "UIDNEXT")
        )
        if not validity:
            raise ValueError("no UIDVALIDITY: what is fetched could not be told apart")
        return Folder(validity, following, _number(answer))

    def _not_opened(self, folder: str, answer: Sequence[Any]) -> MailError:
        if folder not in self.folders() and folder.upper() != "INBOX":
            return self._no_folder(folder)
        return unreachable(self._inbox, f"the folder {folder} cannot be opened ({_said(answer)})")

    def _not_changed(self, folder: str, why: str) -> MailError:
        return MailError(
            f"The mail server {self._inbox.host} does not let us change {folder}: {why}.",
            'What is fetched is safe. Set after = "nothing" to leave the mails as they are.',
        )

    def _no_folder(self, folder: str) -> MailError:
        return MailError(
            f"There is no folder {folder} in the mailbox of {self._inbox.user}.",
            f"There are: {_some(self.folders())}. Name one of them: cxdesk config edit",
        )

    def _listed(self) -> tuple[Listed, ...]:
        return self._about_server()[1]

    def _about_server(self) -> tuple[frozenset[str], tuple[Listed, ...]]:
        """What it offers and the folders it has, asked for once."""
        if self._server is None:
            with self._asking():
                offered = imap_link.capabilities(self._link)
                marked = {"SPECIAL-USE", "LIST-EXTENDED"} <= offered
                pattern = '"*" RETURN (SPECIAL-USE)' if marked else '"*"'
                status, answer = self._link.list('""', pattern)
                self._server = (offered, tuple(imap_text.folders(self._ok(status, answer))))
        return self._server

    # Words ----------------------------------------------------------------------------------------

    def _asking(self) -> AbstractContextManager[None]:
        return imap_link.in_plain_words(self._inbox)

    def _too_large(self) -> str:
        return f"is larger than {self._largest // 2**20} MiB"

    def _ok(self, status: str, answer: Any) -> Any:
        if status != "OK":
            raise unreachable(self._inbox, _said(answer))
        return answer


def _windows(exists: int) -> Iterator[tuple[str, ...]]:
    """What one SEARCH after another is limited to: nothing, or ranges of numbers, the last first:
    when a mail is removed meanwhile the later ones move down, into a range still to come."""
    if exists <= WINDOW:
        yield ()
        return
    starts = range(1, exists + 1, WINDOW)
    yield (f"{starts[-1]}:*",)
    for start in reversed(starts[:-1]):
        yield (f"{start}:{start + WINDOW - 1}",)


def _the_one(items: Sequence[Item], uid: int) -> Item | None:
    return next(
        (one for one in items if one.uid == uid and (one.body is not None or one.cut)), None
    )


def _last_part(folder: Listed) -> str:
    parts = folder.name.split(folder.separator) if folder.separator else [folder.name]
    return parts[-1].lower()


def _some(names: Sequence[str]) -> str:
    """The names as one safe line; of very many the first."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(flatten(name, DETAIL_LENGTH) for name in names[:NAMED]) + more


def _number(answer: Sequence[Any]) -> int:
    """The number that an answer consists of; 0 without one. Raises ValueError for another."""
    last = answer[-1] if answer else None
    if isinstance(last, tuple):
        raise ValueError("not a number")
    return int(last) if last else 0


def _said(answer: Sequence[Any]) -> str:
    return flatten(imap_text.words(answer), DETAIL_LENGTH).rstrip(".") or "no reason given"
