"""Reading frozen bytes once more before they leave (mail.md, "Sending", rule 7)."""

from __future__ import annotations

import email
import email.policy
import email.utils

from cxdesk.errors import MailError
from cxdesk.mail.wire import ascii_address, flatten

_ONCE = ("From", "To", "Subject", "Date", "Message-ID")
_NEVER = ("Cc", "Bcc", "Resent-To", "Resent-Cc", "Resent-Bcc")


def check_frozen(raw: bytes, *, recipient: str, message_id: str) -> None:
    """MailError unless `raw` is one whole mail with this Message-ID to this one address.

    The bytes were compared with what was meant as they were made (`compose.check`); this is for
    what may have become of them since.
    """
    read = email.message_from_bytes(raw, policy=email.policy.compat32)
    if any(len(read.get_all(name, [])) != 1 for name in _ONCE) or any(read[n] for n in _NEVER):
        raise _changed("set of headers")
    if str(read["Message-ID"]).strip() != message_id:
        raise _changed("Message-ID")
    addresses = [address for _, address in email.utils.getaddresses([str(read["To"])])]
    if addresses != [_written(recipient)]:
        raise _changed("recipient")


def _written(recipient: str) -> str:
    try:
        return ascii_address(recipient)
    except ValueError:
        raise MailError(f'No mail can go to "{flatten(recipient, 120)}".') from None


def _changed(what: str) -> MailError:
    return MailError(f"The mail was not sent: another {what} stands in it than it was made with.")
