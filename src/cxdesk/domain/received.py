"""The frozen shapes of incoming mail as it is kept: the columns of the tables of the same names.

Apart from records.py, so that a command that has nothing to do with mail does not load them.
"""

from __future__ import annotations

from cxdesk.domain.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime


class Received(NamedTuple):
    """A mail that came in. `state`: kept (its bytes alone), read, duplicate (of another that was
    read) or quarantined (`detail`: why).

    `account` and `folder` are empty where it came from a file, `place` says where from in words;
    `is_sent`: found among what the owner sent. `answer_to` is where an answer goes, `ancestors`
    the ids of the mails before it, the oldest first. `inquiry_number` and `said_id` are the
    inquiry and the message that it became; `doubts`: what is odd about it, in words.
    """

    id: int
    sha256: str
    account: str
    folder: str
    place: str
    received_at: datetime
    size: int
    is_sent: bool = False
    state: str = "kept"
    detail: str | None = None
    message_id: str | None = None
    content: str | None = None
    name: str | None = None
    email: str | None = None
    answer_to: str | None = None
    subject: str | None = None
    ancestors: str | None = None
    via: str | None = None
    automatic: bool = False
    bounce: bool = False
    inquiry_number: int | None = None
    said_id: int | None = None
    doubts: str | None = None


class ReceivedRaw(NamedTuple):
    """The bytes of a received mail as they came; all its words, where its message shows less."""

    received_id: int
    raw: bytes
    text: str | None = None


class Attachment(NamedTuple):
    """What hangs on a received mail, counted from 1; a name that is safe to show and to save by."""

    received_id: int
    position: int
    name: str
    type: str
    size: int


class Hanging(NamedTuple):
    """An attachment as `show` names it: `number` counts those of its inquiry from 1; `said_id` is
    the message that its mail became, None where it became none."""

    said_id: int | None
    inquiry: int
    number: int
    name: str
    type: str
    size: int


class Mails(NamedTuple):
    """What `show` adds to messages that were mails, by their ids: what hangs on them, of which
    only some words are shown, and all the words where those are asked for."""

    hanging: dict[int, tuple[Hanging, ...]] = {}  # noqa: RUF012  (never changed)
    shortened: frozenset[int] = frozenset()
    whole: dict[int, str] = {}  # noqa: RUF012  (never changed)


NO_MAILS = Mails()


class Mailbox(NamedTuple):
    """How far a folder of an account has been read: up to and with `last_uid`."""

    account: str
    folder: str
    uidvalidity: int
    last_uid: int
    fetched_at: datetime


class NoMail(NamedTuple):
    """An address (as compared: lower case) that no automatic mail goes to any more. `why`:
    undeliverable, unsubscribed or complaint."""

    address: str
    why: str
    noted_at: datetime
    detail: str | None = None
