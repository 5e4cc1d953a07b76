"""Incoming mail as it is kept: every read about it, and how its rows are written."""

from __future__ import annotations

from cxdesk.domain.received import (
    Attachment,
    Hanging,
    Mailbox,
    NoMail,
    Received,
    ReceivedRaw,
    Written,
)
from cxdesk.store import deeds
from cxdesk.store.database import Link, Sql
from cxdesk.store.deeds import Table

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

# What came in is not undone: `undo` takes back what the owner did.
deeds.know(
    Table(Received, "received", "id", journal=False),
    Table(ReceivedRaw, "received_raw", "received_id", journal=False),
    Table(Attachment, "attachment", "received_id", "position", journal=False),
    Table(Mailbox, "mailbox", "account", "folder", journal=False),
    Table(NoMail, "no_mail", "address", journal=False),
)

_RECEIVED = ", ".join(f"r.{field}" for field in Received._fields)

_BY_ID = Sql(f"SELECT {_RECEIVED} FROM received r WHERE r.id = :id", Received)
_BY_HASH = Sql(f"SELECT {_RECEIVED} FROM received r WHERE r.sha256 = :sha256", Received)
_BY_MESSAGE_ID = Sql(
    f"SELECT {_RECEIVED} FROM received r WHERE r.message_id = :message_id"
    " AND r.state = 'read' ORDER BY r.id LIMIT 50",
    Received,
)
_RAW = Sql("SELECT received_id, raw, text FROM received_raw WHERE received_id = :id", ReceivedRaw)
_IN_STATE = Sql(
    f"SELECT {_RECEIVED} FROM received r WHERE r.state = :state AND r.state <> 'read'"
    " ORDER BY r.id",
    Received,
)
# Along received_of_inquiry: few mails belong to no inquiry.
_UNMATCHED = Sql(
    f"SELECT {_RECEIVED} FROM received r WHERE r.inquiry_number IS NULL AND r.bounce"
    " AND r.state = 'read' AND r.detail IS NULL AND r.received_at >= :since ORDER BY r.id",
    Received,
)
_OF_INQUIRY = Sql(
    f"SELECT {_RECEIVED} FROM received r WHERE r.inquiry_number = :number"
    " ORDER BY r.received_at, r.id",
    Received,
)
_FROM_SENDER = Sql(
    f"SELECT {_RECEIVED} FROM received r WHERE r.email = :email AND r.received_at >= :since"
    " AND r.inquiry_number IS NOT NULL ORDER BY r.received_at DESC, r.id DESC LIMIT 50",
    Received,
)
_TEXTS_OF = Sql(
    "SELECT r.said_id, w.text FROM received r JOIN received_raw w ON w.received_id = r.id"
    " WHERE r.inquiry_number = :number AND r.said_id IS NOT NULL AND w.text IS NOT NULL"
)
_TEXTS_OF_CUSTOMER = Sql(
    "SELECT r.said_id, w.text FROM inquiry i JOIN received r ON r.inquiry_number = i.number"
    " JOIN received_raw w ON w.received_id = r.id"
    " WHERE i.customer_id = :customer AND r.said_id IS NOT NULL AND w.text IS NOT NULL"
)
_ATTACHMENTS = Sql(
    "SELECT received_id, position, name, type, size FROM attachment"
    " WHERE received_id = :id ORDER BY position",
    Attachment,
)
_HANGING = (
    "SELECT r.said_id, r.inquiry_number, a.name, a.type, a.size, a.received_id, a.position"
    " FROM {} JOIN attachment a ON a.received_id = r.id WHERE {}"
    " ORDER BY r.received_at, r.id, a.position"
)
_HANGING_ON_INQUIRY = Sql(_HANGING.format("received r", "r.inquiry_number = :number"))
_HANGING_ON_CUSTOMER = Sql(
    _HANGING.format(
        "inquiry i JOIN received r ON r.inquiry_number = i.number", "i.customer_id = :customer"
    )
)
_WRITTEN = (
    "SELECT r.said_id, r.name, r.email, r.doubts, w.text IS NOT NULL"
    " FROM {} LEFT JOIN received_raw w ON w.received_id = r.id"
    " WHERE {} AND r.said_id IS NOT NULL ORDER BY r.received_at, r.id"
)
_WRITTEN_ON_INQUIRY = Sql(_WRITTEN.format("received r", "r.inquiry_number = :number"))
_WRITTEN_ON_CUSTOMER = Sql(
    _WRITTEN.format(
        "inquiry i JOIN received r ON r.inquiry_number = i.number", "i.customer_id = :customer"
    )
)
_MAILBOX = Sql(
    "SELECT account, folder, uidvalidity, last_uid, fetched_at FROM mailbox"
    " WHERE account = :account AND folder = :folder",
    Mailbox,
)
_MAILBOXES = Sql(
    "SELECT account, folder, uidvalidity, last_uid, fetched_at FROM mailbox"
    " ORDER BY account, folder",
    Mailbox,
)
_FIRST_OF_FOLDER = Sql(
    f"SELECT {_RECEIVED} FROM received r WHERE r.account = :account AND r.folder = :folder"
    " ORDER BY r.id LIMIT 1",
    Received,
)
_NO_MAIL = Sql(
    "SELECT address, why, noted_at, detail FROM no_mail WHERE address = :address", NoMail
)
_NO_MAIL_TO_CUSTOMER = Sql(
    "SELECT n.address, n.why, n.noted_at, n.detail FROM contact_point t"
    " JOIN no_mail n ON n.address = t.reach WHERE t.customer_id = :customer AND t.kind = 'email'"
    " ORDER BY t.id",
    NoMail,
)
_NO_MAILS = Sql("SELECT address, why, noted_at, detail FROM no_mail ORDER BY address", NoMail)
# Along follow_up_open.
_STRANDED = Sql(
    "SELECT f.number, c.name, n.address FROM follow_up f JOIN customer c ON c.id = f.customer_id"
    " JOIN contact_point t ON t.customer_id = f.customer_id AND t.kind = 'email'"
    " JOIN no_mail n ON n.address = t.reach AND n.why = 'undeliverable'"
    " WHERE f.state = 'open' AND NOT f.quiet AND f.by_mail ORDER BY f.due_at, f.number"
)
_BYTES = Sql("SELECT COALESCE(SUM(size), 0) FROM received")
# The id of a message that was undone is given again, to one that is said after that mail was made.
_LEFT = (
    "SELECT s.id, m.id, m.state FROM {} JOIN message s ON s.inquiry_number = m.number"
    " AND (m.dedupe = :key || s.id OR m.dedupe LIKE :key || s.id || :more)"
    " WHERE {} AND m.kind = 'reply' AND s.direction = 'out' AND s.said_at <= m.made_at"
    " ORDER BY m.id"
)
_REPLY_KEY = {"key": "reply:", "more": ":%"}  # see desk/mailing.reply_key
_LEFT_ON_INQUIRY = Sql(_LEFT.format("mail m", "m.number = :number"))
_LEFT_TO_CUSTOMER = Sql(
    _LEFT.format("inquiry i JOIN mail m ON m.number = i.number", "i.customer_id = :customer")
)
_SENT_AS = Sql("SELECT id, kind, number FROM mail WHERE message_id = :message_id")


def by_id(link: Link, number: int) -> Received | None:
    found: Received | None = link.one(_BY_ID, id=number)
    return found


def by_hash(link: Link, sha256: str) -> Received | None:
    """The mail with exactly these bytes."""
    found: Received | None = link.one(_BY_HASH, sha256=sha256)
    return found


def by_message_id(link: Link, message_id: str) -> list[Received]:
    """What was read under this Message-ID: nobody keeps others from using one twice."""
    return link.all(_BY_MESSAGE_ID, message_id=message_id)


def raw(link: Link, number: int) -> ReceivedRaw:
    """The bytes of a received mail, and its words."""
    found: ReceivedRaw = link.one(_RAW, id=number)
    return found


def unread(link: Link) -> list[Received]:
    """What was kept and not read yet: an earlier run ended in between."""
    return link.all(_IN_STATE, state="kept")


def unmatched_reports(link: Link, since: datetime) -> list[Received]:
    """Reports received since then, of mails that were not known when they were read."""
    return link.all(_UNMATCHED, since=since)


def quarantined(link: Link) -> list[Received]:
    return link.all(_IN_STATE, state="quarantined")


def of_inquiry(link: Link, number: int) -> list[Received]:
    """The mails of an inquiry, the oldest first."""
    return link.all(_OF_INQUIRY, number=number)


def from_sender(link: Link, email: str, since: datetime) -> list[Received]:
    """What an address sent since, the newest first, 50 at most."""
    return link.all(_FROM_SENDER, email=email, since=since)


def texts_of(link: Link, number: int) -> dict[int, str]:
    """The whole words of the mails of an inquiry, by the message that each became."""
    return dict(link.pairs(_TEXTS_OF, number=number))


def texts_of_customer(link: Link, customer: int) -> dict[int, str]:
    """As `texts_of`, of all of a customer's."""
    return dict(link.pairs(_TEXTS_OF_CUSTOMER, customer=customer))


def attachments(link: Link, received: int) -> list[Attachment]:
    return link.all(_ATTACHMENTS, id=received)


def hanging_on_inquiry(link: Link, number: int) -> list[Hanging]:
    """What hangs on the messages of an inquiry, numbered."""
    return _numbered(link.pairs(_HANGING_ON_INQUIRY, number=number))


def hanging_on_customer(link: Link, customer: int) -> list[Hanging]:
    """What hangs on a customer's messages, numbered in each inquiry."""
    return _numbered(link.pairs(_HANGING_ON_CUSTOMER, customer=customer))


def _numbered(rows: Iterable[tuple[int | None, int, str, str, int, int, int]]) -> list[Hanging]:
    last: dict[int, int] = {}
    found = []
    for said, inquiry, name, kind, size, mail, position in rows:
        last[inquiry] = last.get(inquiry, 0) + 1
        found.append(Hanging(said, inquiry, last[inquiry], name, kind, size, mail, position))
    return found


def written_on_inquiry(link: Link, number: int) -> list[Written]:
    """Who wrote the messages of an inquiry that were mails, the oldest first."""
    return _written(link.pairs(_WRITTEN_ON_INQUIRY, number=number))


def written_on_customer(link: Link, customer: int) -> list[Written]:
    """As `written_on_inquiry`, of all of a customer's."""
    return _written(link.pairs(_WRITTEN_ON_CUSTOMER, customer=customer))


def _written(rows: Iterable[tuple[int, str | None, str | None, str | None, int]]) -> list[Written]:
    return [
        Written(said, name, email, tuple(doubts.split("; ")) if doubts else (), bool(shortened))
        for said, name, email, doubts, shortened in rows
    ]


def mailbox(link: Link, account: str, folder: str) -> Mailbox | None:
    found: Mailbox | None = link.one(_MAILBOX, account=account, folder=folder)
    return found


def mailboxes(link: Link) -> list[Mailbox]:
    return link.all(_MAILBOXES)


def first_of(link: Link, account: str, folder: str) -> Received | None:
    """The first mail that was ever taken from a folder."""
    found: Received | None = link.one(_FIRST_OF_FOLDER, account=account, folder=folder)
    return found


def no_mail(link: Link, address: str) -> NoMail | None:
    """Why no automatic mail goes to an address; it is compared in lower case."""
    found: NoMail | None = link.one(_NO_MAIL, address=address)
    return found


def no_mail_to(link: Link, customer: int) -> list[NoMail]:
    """The addresses of a customer that no automatic mail goes to."""
    return link.all(_NO_MAIL_TO_CUSTOMER, customer=customer)


def no_mails(link: Link) -> list[NoMail]:
    """Every address that no automatic mail goes to."""
    return link.all(_NO_MAILS)


def sent_as(link: Link, message_id: str) -> tuple[int, str, int | None] | None:
    """The outgoing mail with this Message-ID: its id, its kind and what it is about."""
    found: tuple[int, str, int | None] | None = next(
        link.pairs(_SENT_AS, message_id=message_id), None
    )
    return found


def left_on_inquiry(link: Link, number: int) -> dict[int, tuple[int, str]]:
    """The mails that the messages of an inquiry go out as, by message: the number of each, and its
    state as in the outbox."""
    return _left(link.pairs(_LEFT_ON_INQUIRY, number=number, **_REPLY_KEY))


def left_to_customer(link: Link, customer: int) -> dict[int, tuple[int, str]]:
    """As `left_on_inquiry`, of all of a customer's."""
    return _left(link.pairs(_LEFT_TO_CUSTOMER, customer=customer, **_REPLY_KEY))


def _left(rows: Iterable[tuple[int, int, str]]) -> dict[int, tuple[int, str]]:
    """The newest, where a message has several: it was taken back and brought again."""
    return {message: (mail, state) for message, mail, state in rows}


def stranded(link: Link) -> list[tuple[int, str, str]]:
    """The follow-ups that are to go by mail to somebody an address of whom takes none: number,
    name and address, the first due first."""
    return list(link.pairs(_STRANDED))


def size(link: Link) -> int:
    """The bytes of all mail that came in."""
    return int(link.value(_BYTES))
