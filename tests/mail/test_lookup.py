"""Looking for a mail that we may have sent."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxdesk.config import MailIn
from cxdesk.mail import lookup
from tests.mail.fetching import mail

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.dovecot import Mailbox as Box
    from tests.servers.imap import ImapServer

    Maker = Callable[..., ImapServer]
    MakeIn = Callable[..., MailIn]


class TestLookup:
    def test_a_mail_in_the_inbox_is_found(self, mailbox: Box, mail_in: MakeIn) -> None:
        mailbox.put(mail(1))

        assert lookup.is_there([mail_in(mailbox)], "<1@example.com>") is True
        assert lookup.is_there([mail_in(mailbox)], "<2@example.com>") is False

    def test_a_mail_among_the_sent_is_found_whatever_that_folder_is_called(
        self, mailbox: Box, mail_in: MakeIn
    ) -> None:
        mailbox.append(mail(1), "Sent")

        assert lookup.is_there([mail_in(mailbox, sent="Sent Items")], "<1@example.com>") is True
        assert lookup.is_there([mail_in(mailbox, sent="")], "<1@example.com>") is False

    def test_an_account_that_cannot_be_asked_leaves_it_open(
        self, mailbox: Box, mail_in: MakeIn, imap_server: Maker
    ) -> None:
        mailbox.put(mail(1))
        wrong = mail_in(imap_server(login_reply="NO"))
        right = mail_in(mailbox)

        assert lookup.is_there([wrong, right], "<1@example.com>") is True
        assert lookup.is_there([wrong, right], "<2@example.com>") is None
        assert lookup.is_there([right], "<1@example.com>\r\n") is None
