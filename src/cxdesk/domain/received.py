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

    `sha256` is of its bytes; of one that could not be had it is of what names it where it is.
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


# The sha256 of no bytes at all.
_OF_NOTHING = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def is_elsewhere(mail: Received) -> bool:
    """Whether the desk has no bytes of a mail, but only a note of where it is; an empty mail is
    here all the same."""
    return mail.size == 0 and mail.sha256 != _OF_NOTHING


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
    """An attachment as it is named to people: `number` counts those of its inquiry from 1;
    `said_id` is the message that its mail became, None where it became none. `received_id` and
    `position` are as in `Attachment`."""

    said_id: int | None
    inquiry: int
    number: int
    name: str
    type: str
    size: int
    received_id: int
    position: int


class Mailbox(NamedTuple):
    """How far a folder of an account has been read: up to and with `last_uid`. While a first
    reading from some day on is under way, `uidvalidity` is negative and `fetched_at` is that day.
    """

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


class Written(NamedTuple):
    """Of a message that was a mail: who wrote it, as the mail says; what is odd about it, in words;
    and whether it shows only some of the mail's words."""

    said_id: int
    name: str | None = None
    email: str | None = None
    doubts: tuple[str, ...] = ()
    is_shortened: bool = False


class Mails(NamedTuple):
    """What `show` adds to messages that were mails, by their ids: what hangs on them, who wrote
    them, and all the words where those are asked for. `no_mail`: the addresses of the customer that
    no mail goes to by itself; `left`: the mail that a message of ours goes out as, and its state as
    in the outbox."""

    hanging: dict[int, tuple[Hanging, ...]] = {}  # noqa: RUF012  (never changed)
    written: dict[int, Written] = {}  # noqa: RUF012  (never changed)
    whole: dict[int, str] = {}  # noqa: RUF012  (never changed)
    no_mail: tuple[NoMail, ...] = ()
    left: dict[int, tuple[int, str]] = {}  # noqa: RUF012  (never changed)

    def is_shortened(self, message: int) -> bool:
        """Does a message show only some of its mail's words?"""
        written = self.written.get(message)
        return written is not None and written.is_shortened


NO_MAILS = Mails()
