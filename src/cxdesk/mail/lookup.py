"""Looking for a Message-ID in the owner's mailboxes (mail.md, "Sending", rule 5).

Nothing is marked as read, moved or changed. Verified TLS, as for sending; plain only to this
machine itself.
"""

from __future__ import annotations

import imaplib
import ipaddress
import ssl
from typing import TYPE_CHECKING

from cxdesk.errors import MailError
from cxdesk.mail.secrets import resolve_password, resolve_token

if TYPE_CHECKING:
    from collections.abc import Iterable

    from cxdesk.config import MailIn

PATIENCE = 20.0  # seconds for each answer of the server


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
        except (imaplib.IMAP4.error, OSError, MailError, ValueError):
            known = None
    return known


def _holds(inbox: MailIn, message_id: str, timeout: float) -> bool:
    with _connected(inbox, timeout) as link:
        _log_in(link, inbox)
        if not _select(link, inbox.folder):
            raise MailError(f"There is no folder {inbox.folder}.")
        if _found(link, message_id):
            return True
        # Not every account keeps what it sent, and by another name some do.
        return bool(inbox.sent) and _select(link, inbox.sent) and _found(link, message_id)


def _select(link: imaplib.IMAP4, folder: str) -> bool:
    return bool(link.select(_quoted(folder), readonly=True)[0] == "OK")


def _found(link: imaplib.IMAP4, message_id: str) -> bool:
    answer, found = link.uid("SEARCH", "HEADER", "Message-ID", _quoted(message_id))
    if answer != "OK":
        raise MailError("The mailbox cannot be searched.")
    return any(part and part.split() for part in found)


def _connected(inbox: MailIn, timeout: float) -> imaplib.IMAP4:
    if inbox.tls == "implicit":
        context = ssl.create_default_context(cafile=inbox.ca_file)
        return imaplib.IMAP4_SSL(inbox.host, inbox.port, ssl_context=context, timeout=timeout)
    link = imaplib.IMAP4(inbox.host, inbox.port, timeout=timeout)
    try:
        if inbox.tls == "starttls":
            link.starttls(ssl.create_default_context(cafile=inbox.ca_file))
        else:
            _demand_loopback(link)
    except BaseException:
        link.shutdown()
        raise
    return link


def _demand_loopback(link: imaplib.IMAP4) -> None:
    peer = str(link.sock.getpeername()[0])
    if not ipaddress.ip_address(peer.partition("%")[0]).is_loopback:
        raise MailError('tls is "none", and that is another machine.')


def _log_in(link: imaplib.IMAP4, inbox: MailIn) -> None:
    """By AUTHENTICATE: imaplib's own login would take a password beyond ASCII for an error."""
    if inbox.auth == "xoauth2":
        token = f"user={inbox.user}\x01auth=Bearer {resolve_token(inbox)}\x01\x01"
        link.authenticate("XOAUTH2", lambda _: token.encode())
    else:
        words = f"\0{inbox.user}\0{resolve_password(inbox)}"
        link.authenticate("PLAIN", lambda _: words.encode())


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
