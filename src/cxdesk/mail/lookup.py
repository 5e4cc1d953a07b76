"""Looking for a Message-ID in the owner's mailboxes (mail.md, "Sending", rule 5).

Nothing is marked as read, moved or changed. Verified TLS, as for sending; plain only to this
machine itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxdesk.errors import MailError
from cxdesk.mail.imap import Mailbox
from cxdesk.mail.imap_link import PATIENCE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxdesk.config import MailIn


def is_there(
    inboxes: Iterable[MailIn], message_id: str, *, timeout: float = PATIENCE
) -> bool | None:
    """Whether the mail is in the inbox, or among the sent mail, of one of the accounts; None when
    one could not be asked and no other has it."""
    known: bool | None = False
    for inbox in inboxes:
        try:
            if _holds(inbox, message_id, timeout):
                return True
        except MailError:
            known = None
    return known


def _holds(inbox: MailIn, message_id: str, timeout: float) -> bool:
    with Mailbox(inbox, timeout=timeout) as box:
        if box.holds(inbox.folder, message_id):
            return True
        # Not every account keeps what it sent, and by another name some do.
        sent = box.sent_folder()
        return bool(sent) and box.holds(sent, message_id)
