"""Fetching by IMAP: from a real Dovecot, and from servers that misbehave in every way we know."""

from __future__ import annotations

import datetime
import time
from typing import TYPE_CHECKING

import pytest

from cxdesk.config import MailIn
from cxdesk.errors import MailError
from cxdesk.mail import imap, imap_link, imap_text
from cxdesk.mail.imap import Mailbox
from tests.mail.fetching import THREE, fetched, mail

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.dovecot import Dovecot
    from tests.servers.dovecot import Mailbox as Box
    from tests.servers.imap import ImapServer

    Maker = Callable[..., ImapServer]
    MakeIn = Callable[..., MailIn]


class TestDovecot:
    def test_new_mails_come_ascending_whole_and_unread(self, mailbox: Box, mail_in: MakeIn) -> None:
        for raw in THREE:
            mailbox.put(raw)

        mails = fetched(mail_in(mailbox))

        assert [one.uid for one in mails] == [1, 2, 3]
        assert [one.raw for one in mails] == mailbox.mails()
        assert all(one.size == len(one.raw or b"") for one in mails)
        with mailbox.imap() as link:
            link.select("INBOX", readonly=True)
            assert link.uid("SEARCH", "UNSEEN")[1] == [b"1 2 3"]

    def test_the_last_mail_is_not_taken_for_a_new_one(self, mailbox: Box, mail_in: MakeIn) -> None:
        mailbox.put(mail(1))

        assert fetched(mail_in(mailbox), after_uid=1) == []

    def test_an_empty_folder_has_nothing_new(self, mailbox: Box, mail_in: MakeIn) -> None:
        assert fetched(mail_in(mailbox)) == []

    def test_received_at_is_the_servers_instant(self, mailbox: Box, mail_in: MakeIn) -> None:
        with mailbox.imap() as link:
            link.append("INBOX", "", '"05-Nov-2026 10:00:00 +0100"', mail(1))

        received_at = fetched(mail_in(mailbox))[0].received_at

        assert received_at == datetime.datetime(2026, 11, 5, 9, tzinfo=datetime.UTC)
        assert received_at.tzinfo is datetime.UTC

    def test_since_is_kept_to_the_minute(self, mailbox: Box, mail_in: MakeIn) -> None:
        with mailbox.imap() as link:
            for hour in (9, 11, 13):
                date = f'"05-Nov-2026 {hour:02}:00:00 +0000"'
                link.append("INBOX", "", date, mail(hour))
        since = datetime.datetime(2026, 11, 5, 11, tzinfo=datetime.UTC)

        with Mailbox(mail_in(mailbox)) as box:
            assert [one.uid for one in box.new("INBOX", 0, since=since)] == [2, 3]
            assert box.count("INBOX", since) == 2
            assert box.count("INBOX") == 3

    def test_a_folder_made_anew_has_another_uidvalidity(
        self, mailbox: Box, mail_in: MakeIn
    ) -> None:
        mailbox.append(mail(1), "Processed")
        with Mailbox(mail_in(mailbox)) as box:
            before = box.open("Processed")
        with mailbox.imap() as link:
            link.delete("Processed")
            time.sleep(1.1)  # UIDVALIDITY is made of seconds
            link.create("Processed")
        with Mailbox(mail_in(mailbox)) as box:
            after = box.open("Processed")

        assert (before.exists, before.uidnext) == (1, 2)
        assert (after.exists, after.uidnext) == (0, 1)
        assert before.uidvalidity != after.uidvalidity

    def test_seen_marks_that_mail_alone(self, mailbox: Box, mail_in: MakeIn) -> None:
        for raw in THREE:
            mailbox.put(raw)
        with Mailbox(mail_in(mailbox)) as box:
            for one in box.new("INBOX", 0):
                if one.uid == 2:
                    assert box.done("INBOX", one.uid, "seen") == ""
        with mailbox.imap() as link:
            link.select("INBOX", readonly=True)
            assert link.uid("SEARCH", "SEEN")[1] == [b"2"]

    def test_mails_move_while_the_others_are_fetched(self, mailbox: Box, mail_in: MakeIn) -> None:
        for raw in THREE:
            mailbox.put(raw)
        with Mailbox(mail_in(mailbox)) as box:
            said = [box.done("INBOX", one.uid, "move:Processed") for one in box.new("INBOX", 0)]

        assert said == ["", "", ""]
        assert mailbox.mails() == []
        assert [raw[-9:] for raw in mailbox.mails("Processed")] == [b"\r\nHello\r\n"] * 3

    def test_a_folder_to_move_to_that_is_not_there_is_named(
        self, mailbox: Box, mail_in: MakeIn
    ) -> None:
        mailbox.put(mail(1))
        with (
            Mailbox(mail_in(mailbox)) as box,
            pytest.raises(MailError, match="no folder Archiv ") as caught,
        ):
            box.done("INBOX", 1, "move:Archiv")

        assert "INBOX" in caught.value.remedy
        assert "Processed" in caught.value.remedy
        assert len(mailbox.mails()) == 1

    def test_a_folder_that_is_not_there_is_told_with_those_that_are(
        self, mailbox: Box, mail_in: MakeIn
    ) -> None:
        with (
            Mailbox(mail_in(mailbox)) as box,
            pytest.raises(MailError, match="no folder Support ") as caught,
        ):
            box.open("Support")

        assert caught.value.exit_code == 5
        assert "There are: " in caught.value.remedy
        assert "Sent" in caught.value.remedy

    @pytest.mark.parametrize("name", ["Entwürfe", "R&D", 'say "hi"', "日本 & Co", "a\\b", "😀"])
    def test_any_folder_name_is_found(self, mailbox: Box, mail_in: MakeIn, name: str) -> None:
        with mailbox.imap() as link:
            assert link.create(imap_text.folder_name(name))[0] == "OK"
            link.append(imap_text.folder_name(name), "", None, mail(1))

        with Mailbox(mail_in(mailbox)) as box:
            assert name in box.folders()
            assert [one.uid for one in box.new(name, 0)] == [1]

    def test_the_folder_of_sent_mail_is_found_under_another_name(
        self, mailbox: Box, mail_in: MakeIn
    ) -> None:
        with Mailbox(mail_in(mailbox)) as box:
            assert box.special("\\Sent") == "Sent"
            assert box.special("\\Junk") is None
            assert box.sent_folder() == "Sent"
        with Mailbox(mail_in(mailbox, sent="Sent Items")) as box:
            assert box.sent_folder() == "Sent"
        with Mailbox(mail_in(mailbox, sent="Processed")) as box:
            assert box.sent_folder() == "Processed"
        with Mailbox(mail_in(mailbox, sent="")) as box:
            assert box.sent_folder() == ""

    def test_a_mail_of_twelve_megabytes_comes_whole(self, mailbox: Box, mail_in: MakeIn) -> None:
        big = mail(1, "\r\n".join(["x" * 76] * 160_000))
        mailbox.append(big, "INBOX")

        assert fetched(mail_in(mailbox))[0].raw == big

    def test_a_mail_that_is_too_large_stops_no_other(self, mailbox: Box, mail_in: MakeIn) -> None:
        for raw in (mail(1), mail(2, "x" * 70_000), mail(3)):
            mailbox.append(raw, "INBOX")
        with Mailbox(mail_in(mailbox), largest=60_000) as box:
            mails = list(box.new("INBOX", 0))

        assert [one.raw is None for one in mails] == [False, True, False]
        assert mails[1].size > 70_000
        assert mails[1].trouble == "is larger than 0 MiB"

    def test_a_password_beyond_ascii_is_said_rightly(
        self, dovecot: Dovecot, mailbox: Box, mail_in: MakeIn
    ) -> None:
        inbox = mail_in(mailbox, password_file=None, password_command=("printf", "größe 42"))

        with pytest.raises(imap_link.LoginRefused, match=r"AUTHENTICATIONFAILED") as caught:
            fetched(inbox)

        assert "größe" not in caught.value.sentence + caught.value.remedy

    def test_starttls_reads_the_same_mails(self, mailbox: Box, mail_in: MakeIn) -> None:
        mailbox.put(mail(1))
        inbox = mail_in(mailbox, tls="starttls", port=mailbox.dovecot.imap_port)

        assert len(fetched(inbox)) == 1

    def test_a_mail_taken_away_meanwhile_is_left_out(self, mailbox: Box, mail_in: MakeIn) -> None:
        for raw in THREE:
            mailbox.put(raw)
        uids = []
        with Mailbox(mail_in(mailbox)) as box:
            for one in box.new("INBOX", 0):
                uids.append(one.uid)
                if one.uid == 1:
                    with mailbox.imap() as link:
                        link.select()
                        link.uid("STORE", "2", "+FLAGS", "(\\Deleted)")
                        link.uid("EXPUNGE", "2")

        assert uids == [1, 3]

    def test_a_very_full_folder_is_searched_in_windows(
        self, mailbox: Box, mail_in: MakeIn, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        for number in range(1, 9):
            mailbox.append(mail(number), "INBOX")
        monkeypatch.setattr(imap, "WINDOW", 3)
        monkeypatch.setattr(imap, "BATCH", 2)

        assert [one.uid for one in fetched(mail_in(mailbox))] == list(range(1, 9))
        assert [one.uid for one in fetched(mail_in(mailbox), after_uid=5)] == [6, 7, 8]

    def test_two_folders_can_be_read_in_turns(self, mailbox: Box, mail_in: MakeIn) -> None:
        for number in (1, 2):
            mailbox.append(mail(number), "INBOX")
            mailbox.append(mail(number + 10), "Sent")
        with Mailbox(mail_in(mailbox)) as box:
            pairs = list(zip(box.new("INBOX", 0), box.new("Sent", 0), strict=True))

        assert [(one.raw, other.raw) for one, other in pairs] == [
            (mail(1), mail(11)),
            (mail(2), mail(12)),
        ]


class TestMisbehaving:
    @pytest.mark.parametrize("fault", ["bye-fetch", "cut-fetch", "wrong-uid", "busy-fetch"])
    def test_what_came_before_is_kept_and_the_rest_is_left_for_next_time(
        self, imap_server: Maker, mail_in: MakeIn, fault: str
    ) -> None:
        server = imap_server(fault=fault, mails=THREE)
        got: list[imap.Fetched] = []

        with pytest.raises(imap_link.MailboxUnreachable), Mailbox(mail_in(server)) as box:
            got.extend(box.new("INBOX", 0))

        assert [one.raw for one in got] == ([] if fault == "wrong-uid" else [mail(1)])

    @pytest.mark.parametrize("fault", ["noise", "uid-last", "no-date"])
    def test_odd_answers_are_understood(
        self, imap_server: Maker, mail_in: MakeIn, fault: str
    ) -> None:
        server = imap_server(fault=fault, mails=THREE)
        mails = fetched(mail_in(server))

        assert [one.raw for one in mails] == list(THREE)
        assert all((one.received_at is None) == (fault == "no-date") for one in mails)

    def test_a_short_mail_may_come_in_quotes(self, imap_server: Maker, mail_in: MakeIn) -> None:
        server = imap_server(fault="quoted-body", mails=(b'Subject: "a\\b"', b""))

        assert [one.raw for one in fetched(mail_in(server))] == [b'Subject: "a\\b"', b""]

    def test_an_empty_mail_is_a_mail(self, imap_server: Maker, mail_in: MakeIn) -> None:
        assert [one.raw for one in fetched(mail_in(imap_server(mails=(b"",))))] == [b""]

    @pytest.mark.parametrize("fault", ["refused-fetch", "empty-fetch"])
    def test_a_mail_that_is_not_handed_over_is_told_and_stops_no_other(
        self, imap_server: Maker, mail_in: MakeIn, fault: str
    ) -> None:
        mails = fetched(mail_in(imap_server(fault=fault, mails=THREE)))

        assert [one.raw for one in mails] == [mail(1), None, mail(3)]
        assert "is not handed over" in (mails[1].trouble or "")
        assert ("cannot read it" in (mails[1].trouble or "")) == (fault == "refused-fetch")

    def test_a_mail_that_is_gone_is_left_out(self, imap_server: Maker, mail_in: MakeIn) -> None:
        mails = fetched(mail_in(imap_server(fault="gone-fetch", mails=THREE)))

        assert [one.raw for one in mails] == [mail(1), mail(3)]

    def test_a_mail_known_to_be_too_large_is_not_even_asked_for(
        self, imap_server: Maker, mail_in: MakeIn
    ) -> None:
        server = imap_server(mails=(mail(1, "x" * 70_000), mail(2)))
        with Mailbox(mail_in(server), largest=60_000) as box:
            mails = list(box.new("INBOX", 0))

        assert [one.raw for one in mails] == [None, mail(2)]
        assert sum("BODY.PEEK" in command for command in server.commands()) == 1

    def test_a_server_that_lies_about_sizes_cannot_fill_the_memory(
        self, imap_server: Maker, mail_in: MakeIn
    ) -> None:
        server = imap_server(fault="wrong-size", mails=(mail(1, "x" * 70_000), mail(2)))
        with Mailbox(mail_in(server), largest=60_000) as box:
            mails = list(box.new("INBOX", 0))

        assert [one.raw for one in mails] == [None, mail(2)]
        assert mails[0].trouble == "is larger than 0 MiB"

    def test_a_literal_without_end_is_no_crash(self, imap_server: Maker, mail_in: MakeIn) -> None:
        with pytest.raises(imap_link.MailboxUnreachable):
            fetched(mail_in(imap_server(fault="endless-literal", mails=THREE)))

    def test_without_uidvalidity_nothing_is_fetched(
        self, imap_server: Maker, mail_in: MakeIn
    ) -> None:
        with pytest.raises(MailError):
            fetched(mail_in(imap_server(fault="no-uidvalidity", mails=THREE)))

    def test_a_folder_replaced_in_between_is_not_read_on(
        self, imap_server: Maker, mail_in: MakeIn
    ) -> None:
        server = imap_server(fault="replaced", mails=THREE)
        with Mailbox(mail_in(server)) as box:
            mails = box.new("INBOX", 0)
            next(mails)
            box.open("Processed")

            with pytest.raises(MailError, match="replaced"):
                next(mails)

    def test_opening_a_folder_again_tells_that_it_was_replaced(
        self, imap_server: Maker, mail_in: MakeIn
    ) -> None:
        server = imap_server(fault="replaced", mails=THREE)
        with Mailbox(mail_in(server)) as box:
            assert box.open("INBOX").uidvalidity == 1
            assert box.open("INBOX").uidvalidity == 2
            assert [one.uid for one in box.new("INBOX", 0)] == [1, 2, 3]

    def test_only_what_leaves_no_mark_is_asked_for(
        self, imap_server: Maker, mail_in: MakeIn
    ) -> None:
        server = imap_server(mails=THREE)
        fetched(mail_in(server))

        said = " / ".join(server.commands())
        assert "BODY.PEEK[]" in said
        assert not any(word in said for word in ("BODY[]", "SELECT", "STORE", "EXPUNGE", "CLOSE"))

    @pytest.mark.parametrize(
        "offered, said",
        [
            (("MOVE", "UIDPLUS"), ["UID MOVE"]),
            (("UIDPLUS",), ["UID COPY", "UID STORE", "UID EXPUNGE"]),
        ],
    )
    def test_a_move_is_of_one_mail_alone(
        self, imap_server: Maker, mail_in: MakeIn, offered: tuple[str, ...], said: list[str]
    ) -> None:
        server = imap_server(mails=THREE, capabilities=offered)
        with Mailbox(mail_in(server)) as box:
            assert box.done("INBOX", 2, "move:Processed") == ""

        changes = [word for word in map(_two_words, server.commands()) if word in _CHANGES]
        assert changes == said
        assert sorted(server.mails) == [1, 3]

    def test_where_a_move_is_not_safe_the_mail_stays_and_we_say_so(
        self, imap_server: Maker, mail_in: MakeIn
    ) -> None:
        server = imap_server(mails=THREE, capabilities=())
        with Mailbox(mail_in(server)) as box:
            said = box.done("INBOX", 2, "move:Processed")

        assert "stays in INBOX" in said
        assert not any(_two_words(command) in _CHANGES for command in server.commands())

    def test_nothing_means_nothing(self, imap_server: Maker, mail_in: MakeIn) -> None:
        server = imap_server(mails=THREE)
        with Mailbox(mail_in(server)) as box:
            assert box.done("INBOX", 2, "nothing") == ""

        assert not any("SELECT" in command for command in server.commands())

    def test_a_mail_is_not_moved_to_where_it_is(self, imap_server: Maker, mail_in: MakeIn) -> None:
        server = imap_server(mails=THREE)
        with Mailbox(mail_in(server)) as box:
            assert box.done("INBOX", 2, "move:INBOX") == ""

        assert sorted(server.mails) == [1, 2, 3]

    def test_of_very_many_folders_the_first_are_named(
        self, imap_server: Maker, mail_in: MakeIn
    ) -> None:
        server = imap_server(folders=tuple(f'() "/" "f\x1b{number}"' for number in range(300)))
        with Mailbox(mail_in(server)) as box, pytest.raises(MailError) as caught:
            box.open("Support")

        assert "f 0, f 1, " in caught.value.remedy
        assert "and 288 more" in caught.value.remedy

    @pytest.mark.parametrize(
        "fault, after", [("read-only", "seen"), ("refused-store", "seen"),
                         ("refused-expunge", "move:Processed")],
    )  # fmt: skip
    def test_a_change_that_is_refused_is_told(
        self, imap_server: Maker, mail_in: MakeIn, fault: str, after: str
    ) -> None:
        server = imap_server(mails=THREE, fault=fault, capabilities=("UIDPLUS",))

        with Mailbox(mail_in(server)) as box, pytest.raises(MailError, match="INBOX") as caught:
            box.done("INBOX", 2, after)

        assert "safe" in caught.value.remedy

    @pytest.mark.parametrize(
        "folders, name",
        [
            (('() "/" INBOX', '(\\All \\Sent) "/" "[Gmail]/Gesendet"'), "[Gmail]/Gesendet"),
            (('() "." INBOX', '() "." "INBOX.Sent Items"'), "INBOX.Sent Items"),
            (('() NIL INBOX',), ""),
        ],
    )  # fmt: skip
    def test_the_folder_of_sent_mail_is_known_by_mark_or_name(
        self, imap_server: Maker, mail_in: MakeIn, folders: tuple[str, ...], name: str
    ) -> None:
        with Mailbox(mail_in(imap_server(folders=folders))) as box:
            assert box.sent_folder() == name


_CHANGES = {"UID MOVE", "UID COPY", "UID STORE", "UID EXPUNGE", "EXPUNGE", "CLOSE"}


def _two_words(command: str) -> str:
    words = command.split()
    return " ".join(words[:2]) if words[:1] == ["UID"] else " ".join(words[:1])
