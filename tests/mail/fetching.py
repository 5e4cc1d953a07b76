"""What the tests about fetching share: three mails, and all that an account has to give."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxdesk.mail.imap import Fetched, Mailbox

if TYPE_CHECKING:
    from cxdesk.config import MailIn


def mail(number: int, body: str = "Hello") -> bytes:
    return (
        f"From: Ann <ann@example.com>\r\nSubject: {number}\r\n"
        f"Message-ID: <{number}@example.com>\r\n\r\n{body}\r\n"
    ).encode()


THREE = (mail(1), mail(2), mail(3))


def fetched(inbox: MailIn, after_uid: int = 0) -> list[Fetched]:
    with Mailbox(inbox, timeout=5) as box:
        return list(box.new(inbox.folder, after_uid))
