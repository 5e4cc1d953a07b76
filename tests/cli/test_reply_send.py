"""`reply --send`: the answer and its mail, on a real server, command by command."""

from __future__ import annotations

import email
import email.policy
import os
import socket
import sys
from typing import TYPE_CHECKING

import pytest

from tests.cli.post import Post, body
from tests.running import MAIN, on_terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.servers.dovecot import Mailbox
    from tests.servers.smtp import SmtpServer

    Maker = Callable[..., SmtpServer]

SIGNED = "\n\n-- \nOak & Co, 020 7946 0123\n"


@pytest.fixture
def post(tmp_path: Path, smtp_server: Maker) -> Post:
    """Ann has written; the server takes mail without a login."""
    home = Post(tmp_path / "home", smtp_server(user=None))
    home.done("log", "Ann Lee", "Invoice shows VAT twice", "--via", "email",
              "--email", "ann@example.com")  # fmt: skip
    return home


def a_closed_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


class TestTheMail:
    def test_it_says_just_this(self, post: Post) -> None:
        post.done("reply", "ann", "The new one is on its way.", "--send")

        (sent,) = post.mails()
        (row,) = post.outbox()
        instance = sent["X-Cxdesk-Instance"]
        assert sent.as_bytes().replace(b"\r\n", b"\n").decode() == (
            "From: Oak & Co <hello@example.com>\n"
            "To: Ann Lee <ann@example.com>\n"
            "Subject: Re: Invoice shows VAT twice [OAK-1]\n"
            "Date: Mon, 23 Nov 2026 09:05:00 +0000\n"
            f"Message-ID: {row.message_id}\n"
            f"X-Cxdesk-Instance: {instance}\n"
            "X-Cxdesk-Reference: reply:2\n"
            'Content-Type: text/plain; charset="utf-8"\n'
            "Content-Transfer-Encoding: 7bit\n"
            "MIME-Version: 1.0\n"
            "\n"
            "The new one is on its way.\n\n-- \nOak & Co, 020 7946 0123\n"
        )

    def test_the_answer_says_what_became_of_both(self, post: Post) -> None:
        assert post.run("reply", "ann", "It is mended.", "--send").out == (
            "1\tinquiry\tanswered\tMon 23 Nov 2026 09:05\tAnn Lee\tInvoice shows VAT twice\n"
            "2\tpromise\tkept\tWed 25 Nov 2026 17:00\tAnn Lee\t\n"
            "3\tcheck\topen\tMon 30 Nov 2026 17:00\tAnn Lee\tdid it work?\n"
            "1\tmail\tsent\tMon 23 Nov 2026 09:05\tann@example.com"
            "\tRe: Invoice shows VAT twice [OAK-1]\n"
        )

    def test_a_program_gets_the_mail_beside_the_change(self, post: Post) -> None:
        told = post.json("reply", "ann", "It is mended.", "--send")

        (row,) = post.outbox()
        assert told["did"] == "reply"
        assert told["promises"][0]["state"] == "kept"
        assert told["mail"] == post.json("mail", "outbox")["mails"][0]
        assert told["mail"] == {
            "number": 1,
            "kind": "reply",
            "to": "ann@example.com",
            "subject": "Re: Invoice shows VAT twice [OAK-1]",
            "state": "sent",
            "attempts": 1,
            "message_id": row.message_id,
            "about": 1,
            "detail": "250 2.0.0 taken",
            "made_at": "2026-11-23T09:05:00+00:00",
            "sent_at": "2026-11-23T09:05:00+00:00",
        }

    def test_the_outbox_says_when(self, post: Post) -> None:
        post.done("reply", "ann", "It is mended.", "--send")

        piped = post.run("mail", "outbox").out.rstrip("\n").split("\t")
        assert piped[-2:] == ["Mon 23 Nov 2026 09:05"] * 2
        shown = on_terminal(post.folder, "mail", "outbox", COLUMNS="120").out
        assert "sent      Mon 23 Nov 09:05, ann@example.com Re: Invoice" in shown

    def test_without_send_nothing_leaves(self, post: Post) -> None:
        assert post.json("reply", "ann", "I told her.")["mail"] is None
        assert post.outbox() == []

    def test_who_has_mail_here_is_told_that_noting_is_not_mailing(self, post: Post) -> None:
        assert post.run("reply", "ann", "On Friday.", "--open").err == ""
        post.receive(1)
        told = "Noted, not mailed. To mail an answer: cxdesk reply 1 ... --send\n"
        assert post.run("reply", "ann", "On Friday.", "--open").err == told
        assert post.run("reply", "ann", "Said so.", "--open", "--via", "phone").err == ""
        assert post.run("reply", "ann", "Said so.", "--open", "--at", "9:00").err == ""
        assert post.run("reply", "ann", "Said so.", "--open", "-q").err == ""
        assert post.json("reply", "ann", "On Friday.", "--open")["warnings"] == []

    def test_a_pipe_is_what_is_sent_and_the_hint_says_how(self, post: Post) -> None:
        refused = post.run("reply", "ann", "--send", text="From a pipe.")
        assert (refused.code, refused.err) == (
            2,
            (
                'There is nothing to send.\ncxdesk reply ann "your words" --send'
                "   Or from a pipe: echo text | cxdesk reply ann - --send\n"
            ),
        )
        post.done("reply", "ann", "-", "--send", text="From a pipe.")
        assert body(post.mails()[0]) == "From a pipe." + SIGNED
        assert "- reads it from standard input" in " ".join(post.run("reply", "--help").out.split())

    @pytest.mark.parametrize("where", ["rcpt5@example.com", "lost250@example.com"])
    def test_an_answer_that_was_taken_back_is_not_sent_again(self, post: Post, where: str) -> None:
        post.receive(1, answer_to=where)
        post.run("reply", "ann", "It is mended.", "--send")
        assert post.outbox()[0].state in ("failed", "uncertain")
        post.done("undo")

        refused = post.run("mail", "resolve", "1", "--resend")
        assert (refused.code, refused.err) == (
            1,
            (
                "Mail 1 is not sent again: its answer was taken back.\n"
                "cxdesk redo   brings the answer back.\n"
            ),
        )
        post.done("redo")
        assert post.run("mail", "resolve", "1", "--resend").err.count("taken back") == 0

    def test_undo_says_whose_reply_it_took_back(self, post: Post) -> None:
        post.done("reply", "ann", "On Friday.")

        undone = on_terminal(post.folder, "undo").out
        assert " Taken back: your reply to Ann Lee (1) of Mon 23 Nov 09:05." in undone
        redone = on_terminal(post.folder, "redo").out
        assert " Done again: your reply to Ann Lee (1) of Mon 23 Nov 09:05." in redone

    def test_a_person_reads_to_whom_it_went(self, post: Post) -> None:
        ran = on_terminal(post.folder, "reply", "ann", "It is mended.", "--send", COLUMNS="80")

        assert "    Mailed to ann@example.com: Re: Invoice shows VAT twice [OAK-1]" in ran.out
        assert len(post.mails()) == 1

    def test_the_contact_is_a_mail_on_whatever_channel_they_came(self, post: Post) -> None:
        post.done("log", "Bob Ray", "Lost a key", "--email", "bob@example.com")
        post.done("reply", "bob", "Found it.", "--send")

        assert [m["channel"] for m in post.json("show", "4")["messages"]] == ["phone", "email"]

    def test_what_was_agreed_on_the_phone_is_a_call_with_a_note(self, post: Post) -> None:
        post.done("reply", "ann", "A credit of 20.", "--send", "--via", "phone")
        post.done("reply", "ann", "One.\nTwo.", "--send", "--via", "visit")
        post.done("reply", "ann", "Three.", "--send", "--via", "whatsapp")

        texts = [body(mail) for mail in post.mails()]
        assert texts[0] == "As agreed on the phone: A credit of 20." + SIGNED
        assert texts[1] == "As agreed when we met:\n\nOne.\nTwo." + SIGNED
        assert texts[2] == "As agreed: Three." + SIGNED
        said = [(m["channel"], m["text"]) for m in post.json("show", "1")["messages"][1:]]
        assert said[0] == ("phone", "A credit of 20.")
        assert [channel for channel, _ in said] == ["phone", "visit", "whatsapp"]

    def test_it_quotes_only_when_asked(self, post: Post) -> None:
        post.done("reply", "ann", "Mended.", "--send", "--quote")

        assert body(post.mails()[0]) == (
            "Mended.\n\nOn Mon 23 Nov 2026 09:05, Ann Lee wrote:\n> Invoice shows VAT twice"
            + SIGNED
        )

    def test_what_was_noted_of_a_call_is_not_quoted_as_theirs(self, post: Post) -> None:
        post.done("log", "Bob Ray", "Angry about a key", "--email", "bob@example.com")
        refused = post.run("reply", "bob", "Found.", "--send", "--quote")

        assert (refused.code, refused.err) == (
            2,
            "They wrote nothing that can be quoted.\nLeave out --quote.\n",
        )
        assert post.mails() == []


class TestTheThread:
    def test_it_answers_their_newest_mail_and_breaks_no_thread(self, post: Post) -> None:
        post.receive(1, "<one@theirs>", ancestors="<zero@theirs>")
        post.later(minutes=1)
        post.done("reply", "ann", "First.", "--send", "--open")
        post.later(minutes=1)
        post.done("reply", "ann", "Second.", "--send", "--open")
        post.later(minutes=1)
        ours = [mail["Message-ID"] for mail in post.mails()]
        post.receive(1, "<two@theirs>", ancestors=f"<zero@theirs> <one@theirs> {ours[0]}")
        post.later(minutes=1)
        post.done("reply", "ann", "Third.", "--send", "--open")

        mails = post.mails()
        assert [mail["In-Reply-To"] for mail in mails] == [
            "<one@theirs>",
            "<one@theirs>",
            "<two@theirs>",
        ]
        assert [mail["References"].split() for mail in mails] == [
            ["<zero@theirs>", "<one@theirs>"],
            ["<zero@theirs>", "<one@theirs>", ours[0]],
            ["<zero@theirs>", "<one@theirs>", ours[0], "<two@theirs>"],
        ]
        assert {mail["Subject"] for mail in mails} == {"Re: VAT twice [OAK-1]"}

    def test_what_the_owner_sent_from_elsewhere_is_in_the_thread(self, post: Post) -> None:
        post.receive(1, "<one@theirs>")
        post.later(minutes=1)
        post.receive(1, "<phone@ours>", is_sent=True, email="hello@example.com", via="references",
                     answer_to="hello@example.com")  # fmt: skip
        post.later(minutes=1)
        post.done("reply", "ann", "And this.", "--send")

        (mail,) = post.mails()
        assert mail["To"] == "Ann Lee <ann@example.com>"
        assert mail["In-Reply-To"] == "<one@theirs>"
        assert mail["References"].split() == ["<one@theirs>", "<phone@ours>"]

    def test_without_a_mail_of_theirs_it_goes_on_from_ours(self, post: Post) -> None:
        post.done("reply", "ann", "First.", "--send", "--open")
        post.done("reply", "ann", "Second.", "--send")

        first, second = post.mails()
        assert first["In-Reply-To"] is None
        assert second["In-Reply-To"] == second["References"] == first["Message-ID"]

    def test_an_id_that_was_made_up_here_is_not_told_them(self, post: Post) -> None:
        post.receive(1, "<abc@missing.cxdesk.invalid>")
        post.done("reply", "ann", "Fine.", "--send")

        assert post.mails()[0]["In-Reply-To"] is None
        assert post.mails()[0]["References"] is None

    def test_it_goes_where_they_want_answers(self, post: Post) -> None:
        post.receive(1, answer_to="accounts@lee.example", name="Lee Accounts")
        post.done("reply", "ann", "Fine.", "--send")

        assert post.mails()[0]["To"] == "Lee Accounts <accounts@lee.example>"

    def test_an_absence_note_is_not_what_is_answered(self, post: Post) -> None:
        post.receive(1, "<one@theirs>")
        post.later(minutes=1)
        post.receive(1, "<away@theirs>", automatic=True, answer_to="robot@theirs.example")
        post.done("reply", "ann", "Fine.", "--send")

        assert post.mails()[0]["In-Reply-To"] == "<one@theirs>"
        assert post.server is not None
        assert post.server.envelopes()[0]["recipients"] == ["ann@example.com"]

    @pytest.mark.parametrize(
        "extra, address",
        [
            ("", "hello@example.com"),
            ("", "me@example.com"),
            ('own = ["Partner@Oak.example"]', "partner@oak.example"),
            ('forms = ["form@shop.example"]', "form@shop.example"),
        ],
    )
    def test_never_to_ourselves_nor_to_a_contact_form(
        self, post: Post, extra: str, address: str
    ) -> None:
        assert post.server is not None
        post.configure(post.server.port, extra)
        post.receive(1, email=address, answer_to=address)
        post.done("reply", "ann", "Fine.", "--send")

        assert post.server.envelopes()[0]["recipients"] == ["ann@example.com"]


class TestAttachments:
    def test_a_file_goes_with_it(self, post: Post, tmp_path: Path) -> None:
        file = tmp_path / "Angebot größe.pdf"
        file.write_bytes(b"%PDF\0")
        packed = tmp_path / "all.csv.gz"
        packed.write_bytes(b"\x1f\x8b")
        post.done("reply", "ann", "Attached.", "--send", "--attach", str(file),
                  "--attach", str(packed))  # fmt: skip

        (mail,) = post.mails()
        text, *files = [part for part in mail.walk() if not part.is_multipart()]
        assert body(mail) == "Attached." + SIGNED
        assert text.get_content_type() == "text/plain"
        assert [
            (f.get_filename(), f.get_content_type(), f.get_payload(decode=True)) for f in files
        ] == [
            ("Angebot größe.pdf", "application/pdf", b"%PDF\0"),
            ("all.csv.gz", "application/octet-stream", b"\x1f\x8b"),
        ]

    @pytest.mark.parametrize(
        "kind, told",
        [
            ("missing", "cannot be attached: No such file or directory."),
            ("folder", "is no file to attach."),
            ("fifo", "is no file to attach."),
            ("link", "is a link."),
            ("large", "the attachments are larger than 20 MB."),
        ],
    )
    def test_what_is_no_file_is_refused_and_nothing_written(
        self, post: Post, tmp_path: Path, kind: str, told: str
    ) -> None:
        path = tmp_path / kind
        if kind == "folder":
            path.mkdir()
        elif kind == "fifo":
            os.mkfifo(path)
        elif kind == "link":
            path.symlink_to(post.store)
        elif kind == "large":
            with path.open("wb") as file:
                file.truncate(20_000_001)
        ran = post.run("reply", "ann", "Attached.", "--send", "--attach", str(path))

        assert ran.code == 2
        assert ran.err.splitlines()[0].endswith(told)
        assert post.outbox() == []
        assert len(post.json("show", "1")["messages"]) == 1

    def test_the_cap_is_for_all_of_them(self, post: Post, tmp_path: Path) -> None:
        for name in ("a", "b"):
            with (tmp_path / name).open("wb") as file:
                file.truncate(12_000_000)
        ran = post.run("reply", "ann", "Attached.", "--send", "--attach", str(tmp_path / "a"),
                       "--attach", str(tmp_path / "b"))  # fmt: skip

        assert ran.code == 2
        assert ran.err.startswith(f"With {tmp_path / 'b'} the attachments are larger than 20 MB.")

    def test_a_forgotten_one_is_pointed_out(self, post: Post) -> None:
        ran = post.run("reply", "ann", "See the attached invoice.", "--send")

        assert ran.code == 0
        assert ran.err == (
            "You write of an attachment and none is there."
            " If it is missing: cxdesk reply with --attach FILE.\n"
        )

    def test_on_a_terminal_one_is_asked(self, post: Post) -> None:
        line = ("reply", "ann", "Anbei die Rechnung.", "--send")
        ran = on_terminal(post.folder, *line, text="\n")

        assert ran.code == 1
        assert "You write of an attachment and none is there. Send all the same? [y/N]" in ran.out
        assert "Nothing was sent." in ran.out
        assert post.outbox() == []
        assert on_terminal(post.folder, *line, text="y\n").code == 0
        assert len(post.mails()) == 1


class TestCallInstead:
    @pytest.fixture
    def talked(self, post: Post) -> Post:
        """Two mails went to Ann, and she has a phone."""
        post.done("customer", "edit", "ann", "--phone", "020 7946 0999")
        post.done("reply", "ann", "First.", "--send", "--open")
        post.done("reply", "ann", "Second.", "--send", "--open")
        return post

    def test_it_is_said_where_nobody_can_be_asked(self, talked: Post) -> None:
        ran = talked.run("reply", "ann", "Third.", "--send")

        assert ran.code == 0
        assert ran.err == "Two mails have gone already; Ann Lee can be called: 020 7946 0999.\n"

    def test_who_rather_calls_sends_and_notes_nothing(self, talked: Post) -> None:
        ran = on_terminal(talked.folder, "reply", "ann", "Third.", "--send", text="y\n")

        assert ran.code == 0
        assert "Ann Lee: 020 7946 0999" in ran.out
        assert "Call instead? [y/N]" in ran.out
        assert 'cxdesk reply 1 "what you agreed" --via phone --send' in " ".join(ran.out.split())
        assert len(talked.outbox()) == 2
        assert len(talked.json("show", "1")["messages"]) == 3

    def test_enter_sends_it(self, talked: Post) -> None:
        assert on_terminal(talked.folder, "reply", "ann", "Third.", "--send", text="\n").code == 0
        assert len(talked.mails()) == 3

    def test_not_with_one_mail_nor_after_a_call_nor_without_a_number(self, post: Post) -> None:
        post.done("reply", "ann", "First.", "--send", "--open")
        assert post.run("reply", "ann", "Second.", "--send", "--open").err == ""
        assert post.run("reply", "ann", "Third.", "--send", "--open").err == ""
        post.done("customer", "edit", "ann", "--phone", "020 7946 0999")

        assert post.run("reply", "ann", "As said.", "--send", "--via", "phone").err == ""

    def test_not_once_an_answer_was_confirmed(self, talked: Post) -> None:
        talked.later(minutes=1)
        talked.done("solved", "ann")
        talked.later(minutes=1)
        talked.done("log", "ann", "Again", "--on", "1", "--via", "email")

        assert talked.run("reply", "1", "Third.", "--send").err == ""


class TestRefusals:
    def test_without_a_server_nothing_is_written(self, post: Post) -> None:
        (post.folder / "config.toml").unlink()
        ran = post.run("reply", "ann", "Fine.", "--send")

        assert (ran.code, ran.out) == (4, "")
        assert ran.err == (
            "No server is named to send by: [mail.out] host.\n"
            "Write it into config.toml: cxdesk config edit\n"
        )
        assert len(post.json("show", "1")["messages"]) == 1

    def test_without_an_address_of_ours_too(self, post: Post) -> None:
        text = (post.folder / "config.toml").read_text()
        (post.folder / "config.toml").write_text(text.replace("from =", "# from ="))

        assert post.json("reply", "ann", "Fine.", "--send", code=4)["error"]["message"] == (
            "No address is named to send from: [mail.out] from."
        )

    def test_without_an_address_of_theirs(self, post: Post) -> None:
        post.done("log", "Bob Ray", "Lost a key")
        ran = post.run("reply", "bob", "Found.", "--send")

        assert ran.code == 3
        assert ran.err == (
            "No e-mail address of Bob Ray is known.\ncxdesk customer edit bob-ray --email ADDRESS\n"
        )

    def test_to_nobody(self, post: Post) -> None:
        post.done("log", "someone", "Asked for the way")
        ran = post.run("reply", "3", "Left.", "--send")

        assert (ran.code, ran.err.splitlines()[0]) == (3, "Nobody is known to write to on 3.")

    def test_to_an_address_that_mail_does_not_reach(self, post: Post) -> None:
        post.receive(1)
        post.later(minutes=1)
        post.stop("ann@example.com", "undeliverable")
        ran = post.run("reply", "ann", "Fine.", "--send")

        assert ran.code == 1
        assert ran.err == (
            "Mail to ann@example.com does not arrive (550 no such user).\n"
            "Reach them another way: cxdesk show 1; or with a new address:"
            " cxdesk customer edit WHO --email ADDRESS\n"
        )
        post.later(minutes=1)
        post.receive(1, "<again@theirs>")
        post.done("reply", "ann", "You are back.", "--send")

    @pytest.mark.parametrize("why", ["unsubscribed", "complaint"])
    def test_who_wants_no_automatic_mail_is_answered_all_the_same(
        self, post: Post, why: str
    ) -> None:
        post.stop("ann@example.com", why)

        post.done("reply", "ann", "Fine.", "--send")

    @pytest.mark.parametrize(
        "more, told",
        [
            (("x", "--send", "--missed"), "--missed does not go with --send."),
            (("x", "--quote"), "--quote is for a mail."),
            (("x", "--attach", "f"), "--attach is for a mail."),
            (("--send",), "There is nothing to send."),
        ],
    )
    def test_wrong_usage(self, post: Post, more: tuple[str, ...], told: str) -> None:
        ran = post.run("reply", "ann", *more)

        assert (ran.code, ran.err.splitlines()[0]) == (2, told)
        assert len(post.json("show", "1")["messages"]) == 1

    def test_an_address_that_cannot_be_written_takes_the_note_back(self, post: Post) -> None:
        post.receive(1, answer_to="größe@example.com")
        ran = post.run("reply", "ann", "Fine.", "--send")

        assert ran.code == 5
        assert len(post.json("show", "1")["messages"]) == 1


class TestWhenItDoesNotLeave:
    def test_the_server_is_away(self, post: Post) -> None:
        port = a_closed_port()
        assert post.server is not None
        post.configure(port)
        ran = post.run("reply", "ann", "It is mended.", "--send")

        assert ran.code == 5
        assert ran.err == (
            f"The mail to ann@example.com waits: The mail server 127.0.0.1:{port} cannot be used"
            " just now: Connection refused. It goes with the next cxdesk remind or cxdesk mail"
            " fetch.\n"
        )
        assert post.promises(1)[0].state == "kept"
        assert post.outbox()[0].state == "pending"
        post.configure(post.server.port)
        post.later(minutes=2)
        assert post.run("remind").code == 0
        assert [mail["To"] for mail in post.mails()] == ["Ann Lee <ann@example.com>"]

    def test_in_json_the_trouble_is_a_warning(self, post: Post) -> None:
        post.configure(a_closed_port())
        ran = post.run("reply", "ann", "It is mended.", "--send", "--json")

        assert (ran.code, ran.err) == (5, "")
        assert '"state": "pending"' in ran.out
        assert "The mail to ann@example.com waits: " in ran.out

    def test_it_is_refused_for_good(self, post: Post) -> None:
        post.receive(1, answer_to="rcpt5@example.com")
        ran = post.run("reply", "ann", "It is mended.", "--send")

        assert ran.code == 5
        assert ran.err == (
            "The mail to rcpt5@example.com was refused: 550 5.1.1 no such user."
            " The answer is noted; to take it back: cxdesk undo\n"
        )
        check = next(c for c in post.json_of("doctor")["checks"] if c["name"] == "mail")
        assert check["message"] == (
            "Your answer to rcpt5@example.com (1) did not leave: 550 5.1.1 no such user."
        )
        status = post.json("remind", "status")["wrong"]
        assert any(one["hint"] == "cxdesk mail resolve 1 --resend" for one in status)
        post.later(days=8)
        assert "did not leave" not in post.run("remind", "status").out

    def test_it_fails_later_and_the_job_says_so(self, post: Post) -> None:
        post.receive(1, answer_to="tmp@example.com")
        assert post.run("reply", "ann", "It is mended.", "--send").code == 5
        post.later(hours=47)
        assert post.json_of("remind")["failed"] == []
        post.later(hours=5)
        ran = post.run("remind")

        assert ran.code == 5
        assert ran.err.splitlines()[-1] == (
            "cxdesk remind: your answer to tmp@example.com (1) did not leave: given up: 451 4.3.0"
            " try later. Again: cxdesk mail resolve 1 --resend"
        )
        assert post.outbox()[0].state == "failed"

    def test_it_fails_and_the_digest_says_so_once(self, post: Post) -> None:
        post.receive(1, answer_to="rcpt5@example.com")
        post.run("reply", "ann", "It is mended.", "--send")
        post.done("log", "Bob Ray", "Lost a key", "--by", "wed")
        for hours in (23, 24):
            post.later(hours=hours)
            post.run("remind", "--force")

        first, second = (mail for mail in post.mails() if mail["To"] == "me@example.com")
        assert body(first).startswith(
            "NOT DELIVERED\n  Your answer to rcpt5@example.com (1): 550 5.1.1 no such user.\n\n"
        )
        assert first.as_string().count("Your answer to rcpt5@example.com (1)") == 2
        assert "NOT DELIVERED" not in body(second)
        assert "reach them another way: the mail to rcpt5@example.com" in " ".join(
            body(second).split()
        )

    def test_nobody_knows_whether_it_arrived(self, post: Post) -> None:
        post.receive(1, answer_to="lost250@example.com")
        ran = post.run("reply", "ann", "It is mended.", "--send")

        assert ran.code == 5
        assert ran.err.startswith("The mail to lost250@example.com may or may not have arrived: ")
        post.later(days=2)
        post.run("remind")
        assert len([m for m in post.mails() if "lost250" in m["To"]]) == 1
        post.done("mail", "resolve", "1", "--sent")
        assert post.outbox()[0].state == "sent"

    def test_the_inquiry_says_which_answer_they_do_not_have(self, post: Post) -> None:
        def said() -> tuple[str | None, str]:
            told = post.json("show", "1")["messages"][-1]["mail"]
            shown = on_terminal(post.folder, "show", "1", COLUMNS="80").out
            (heading,) = (line for line in shown.splitlines() if "  you, email" in line)
            return told, heading.partition("you, email")[2]

        assert post.server is not None
        assert post.json("show", "1")["messages"][0]["mail"] is None
        post.receive(1, answer_to="lost250@example.com")
        post.configure(a_closed_port())
        post.run("reply", "ann", "It is mended.", "--send")
        assert said() == ("pending", ", NOT SENT YET")
        post.configure(post.server.port)
        post.later(minutes=2)
        post.run("remind")
        assert said() == ("uncertain", ", PERHAPS ARRIVED: cxdesk mail resolve 1")
        post.done("mail", "resolve", "1", "--sent")
        assert said() == ("sent", "")
        post.done("log", "ann", "Not quite mended.", "--via", "email")
        post.done("undo")
        assert "PERHAPS" not in on_terminal(post.folder, "show", "ann", COLUMNS="80").out

    def test_the_inquiry_says_which_answer_was_refused(self, post: Post) -> None:
        post.receive(1, answer_to="rcpt5@example.com")
        post.run("reply", "ann", "It is mended.", "--send")

        shown = on_terminal(post.folder, "show", "1", COLUMNS="80").out
        assert "you, email, NOT DELIVERED: cxdesk mail resolve 1 --resend" in shown
        of_them = on_terminal(post.folder, "show", "ann", COLUMNS="80").out
        assert "you, email, NOT DELIVERED: cxdesk mail resolve 1 --resend" in of_them
        assert post.json("show", "1")["messages"][-1]["mail"] == "failed"

    def test_what_is_said_instead_of_a_refused_answer_has_no_mail(self, post: Post) -> None:
        post.receive(1, answer_to="rcpt5@example.com")
        post.run("reply", "ann", "It is mended.", "--send")
        post.later(minutes=5)
        post.done("undo")
        post.done("reply", "ann", "It is mended, I told her.", "--via", "phone")

        assert "NOT DELIVERED" not in on_terminal(post.folder, "show", "1").out
        assert [one["mail"] for one in post.json("show", "1")["messages"]] == [None, None]


class TestUndo:
    def test_of_what_has_left_takes_back_all_but_the_mail(self, post: Post) -> None:
        post.done("reply", "ann", "It is mended.", "--send")
        ran = post.run("undo")

        assert ran.code == 0
        assert (
            ran.err == "The mail to ann@example.com has left already and cannot be called back.\n"
        )
        assert post.promises(1)[0].state == "open"
        assert post.outbox()[0].state == "sent"
        assert post.run("redo").err == ""

    def test_says_it_to_programs_too(self, post: Post) -> None:
        post.done("reply", "ann", "It is mended.", "--send")

        assert post.json("undo")["warnings"] == [
            "The mail to ann@example.com has left already and cannot be called back."
        ]

    def test_of_what_waits_holds_it_back_and_redo_lets_it_go(self, post: Post) -> None:
        assert post.server is not None
        post.configure(a_closed_port())
        post.run("reply", "ann", "It is mended.", "--send")
        post.configure(post.server.port)
        post.later(minutes=2)
        undone = post.run("undo")
        assert undone.err == "The mail to ann@example.com had not left; now it does not.\n"
        post.run("remind")
        assert [m["To"] for m in post.mails()] == ["me@example.com"]

        assert post.run("redo").err == (
            "The mail to ann@example.com goes with the next cxdesk remind or cxdesk mail fetch.\n"
        )
        post.run("remind")
        assert post.mails()[-1]["To"] == "Ann Lee <ann@example.com>"

    def test_the_next_answer_is_another_mail(self, post: Post) -> None:
        post.done("reply", "ann", "It is mended.", "--send")
        post.done("undo")
        post.later(minutes=1)
        post.done("reply", "ann", "It is mended indeed.", "--send")

        assert [body(mail) for mail in post.mails()] == [
            "It is mended." + SIGNED,
            "It is mended indeed." + SIGNED,
        ]
        assert [mail.dedupe for mail in post.outbox()] == ["reply:2", "reply:2:2"]
        assert (
            post.run("undo").err
            == "The mail to ann@example.com has left already and cannot be called back.\n"
        )

    def test_of_an_answer_that_was_not_mailed_says_nothing_of_an_older_mail(
        self, post: Post
    ) -> None:
        post.done("reply", "ann", "It is mended.", "--send")
        post.done("undo")
        post.later(minutes=1)
        post.done("reply", "ann", "I told her on the phone.")

        assert post.run("undo").err == ""


class TestTheEditor:
    @pytest.fixture
    def editor(self, tmp_path: Path) -> Callable[[str], str]:
        def make(line: str) -> str:
            """A program that keeps what it was given in `seen` and then runs `line` on it."""
            script = tmp_path / "editor"
            script.write_text(f'#!/bin/sh\ncp "$1" "{tmp_path}/seen"\n{line}\n')
            script.chmod(0o700)
            return str(script)

        return make

    def test_it_opens_with_a_greeting_the_signature_and_what_is_answered(
        self, post: Post, tmp_path: Path, editor: Callable[[str], str]
    ) -> None:
        tool = editor("""sed -i '2a It is mended.' "$1" """)
        post.done("reply", "ann", "--send", "--edit", EDITOR=tool)

        assert (tmp_path / "seen").read_text() == (
            "Hello Ann,\n\n\n\n-- \nOak & Co, 020 7946 0123\n\n"
            "# To: ann@example.com\n"
            "# Subject: Re: Invoice shows VAT twice [OAK-1]\n"
            "# These lines are not sent. With nothing but the greeting, nothing is.\n"
            "#\n"
            "# Last from Ann Lee:\n"
            "# Invoice shows VAT twice\n"
        )
        assert body(post.mails()[0]) == "Hello Ann,\n\nIt is mended." + SIGNED
        assert post.json("show", "1")["messages"][1]["text"] == "Hello Ann,\n\nIt is mended."

    @pytest.mark.parametrize("line", ["true", ': > "$1"', """sed -i 's/^[^#].*//' "$1" """])
    def test_nothing_written_nothing_sent(
        self, post: Post, editor: Callable[[str], str], line: str
    ) -> None:
        ran = post.run("reply", "ann", "--send", "--edit", EDITOR=editor(line))

        assert ran.code == 2
        assert post.outbox() == []
        assert len(post.json("show", "1")["messages"]) == 1

    def test_a_number_with_a_hash_is_sent_and_noted(
        self, post: Post, editor: Callable[[str], str]
    ) -> None:
        tool = editor("""sed -i '2a #1042 is your order.' "$1" """)
        post.done("reply", "ann", "--send", "--edit", EDITOR=tool)

        assert body(post.mails()[0]) == "Hello Ann,\n\n#1042 is your order." + SIGNED
        assert post.json("show", "1")["messages"][1]["text"].endswith("#1042 is your order.")

    def test_words_given_are_in_it_and_another_signature_holds(
        self, post: Post, editor: Callable[[str], str]
    ) -> None:
        tool = editor("""sed -i 's/^Oak & Co.*/Your Oak/' "$1" """)
        post.done("reply", "ann", "It is mended.", "--send", "--edit", EDITOR=tool)

        assert body(post.mails()[0]) == "Hello Ann,\n\nIt is mended.\n\n-- \nYour Oak\n"

    def test_words_that_were_not_sent_are_kept_and_opened_again(
        self, post: Post, tmp_path: Path, editor: Callable[[str], str]
    ) -> None:
        tool = editor("""sed -i -e 's/^Hello Ann/Dear Ann/' -e '2a See the attached plan.' "$1" """)
        line = ("reply", "ann", "--send", "--edit")
        refused = on_terminal(post.folder, *line, text="n\n", EDITOR=tool)
        kept = post.store.with_name(post.store.name + ".draft-1")

        assert refused.code == 1
        assert "Your words are kept: cxdesk reply 1 --edit --send opens them again." in " ".join(
            refused.out.split()
        )
        assert kept.stat().st_mode & 0o777 == 0o600
        assert post.outbox() == []

        again = on_terminal(post.folder, *line, text="y\n", EDITOR=editor("true"))
        assert again.code == 0, again.out
        assert (
            (tmp_path / "seen")
            .read_text()
            .startswith(
                "Dear Ann,\n\nSee the attached plan.\n\n-- \nOak & Co, 020 7946 0123\n\n# To: ann@"
            )
        )
        assert body(post.mails()[0]).startswith("Dear Ann,\n\nSee the attached plan.")
        assert not kept.exists()

    def test_ctrl_c_keeps_them_too(self, post: Post, editor: Callable[[str], str]) -> None:
        tool = editor("""sed -i '2a See the attached plan.' "$1" """)
        ran = on_terminal(post.folder, "reply", "ann", "--send", "--edit", text="\x04", EDITOR=tool)

        assert ran.code == 130
        assert "Your words are kept" in ran.out
        assert "attached plan" in post.store.with_name(post.store.name + ".draft-1").read_text()

    def test_who_empties_them_has_them_no_more(
        self, post: Post, editor: Callable[[str], str]
    ) -> None:
        kept = post.store.with_name(post.store.name + ".draft-1")
        kept.write_text("Dear Ann,\n\nNo.\n")
        post.run("reply", "ann", "--send", "--edit", EDITOR=editor("""sed -i '1,3d' "$1" """))

        assert not kept.exists()
        assert post.outbox() == []

    @pytest.mark.parametrize("send", [(), ("--send",)])
    @pytest.mark.parametrize(
        "option",
        [
            ("--by", "xyzzy"),
            ("--wait", "--chase", "xyzzy"),
            ("--at", "xyzzy"),
            ("--mood", "xyzzy"),
            ("--via", "xyzzy"),
        ],
    )
    def test_what_cannot_be_read_is_refused_before_it_opens(
        self,
        post: Post,
        tmp_path: Path,
        editor: Callable[[str], str],
        option: tuple[str, ...],
        send: tuple[str, ...],
    ) -> None:
        ran = post.run("reply", "ann", "--edit", *send, *option, EDITOR=editor("echo No >$1"))

        assert ran.code in (2, 3)
        assert "xyzzy" in ran.err
        assert not (tmp_path / "seen").exists()

    def test_a_call_instead_is_asked_before_it_opens(
        self, post: Post, tmp_path: Path, editor: Callable[[str], str]
    ) -> None:
        post.done("customer", "edit", "ann", "--phone", "020 7946 0999")
        post.done("reply", "ann", "First.", "--send", "--open")
        post.done("reply", "ann", "Second.", "--send", "--open")
        ran = on_terminal(
            post.folder, "reply", "ann", "--send", "--edit", text="y\n", EDITOR=editor("true")
        )

        assert ran.code == 0
        assert not (tmp_path / "seen").exists()

    def test_without_send_they_are_kept_too(self, post: Post, editor: Callable[[str], str]) -> None:
        undo = f"{sys.executable} -c '{MAIN}' undo"
        tool = editor(f'echo "It is mended." >"$1"; {undo} >&2')
        ran = post.run("reply", "1", "--edit", EDITOR=tool)

        assert ran.code == 3
        assert "Your words are kept: cxdesk reply 1 --edit opens them again." in ran.err

    def test_without_send_what_was_kept_is_opened_and_then_gone(
        self, post: Post, tmp_path: Path, editor: Callable[[str], str]
    ) -> None:
        kept = post.store.with_name(post.store.name + ".draft-1")
        kept.write_text("It is mended.")
        post.done("reply", "1", "--edit", EDITOR=editor("true"))

        assert (tmp_path / "seen").read_text() == "It is mended."
        assert post.json("show", "1")["messages"][1]["text"] == "It is mended."
        assert not kept.exists()


def test_the_limits_and_our_addresses_are_in_the_configuration_that_is_shown(post: Post) -> None:
    assert post.server is not None
    post.configure(post.server.port, 'own = ["Me@oak.example"]\n[mail.limits]\ninquiry = 4')

    told = post.json("config", "show")["mail"]
    assert (told["own"], told["forms"]) == (["me@oak.example"], [])
    assert told["limits"] == {"address_a_day": 3, "inquiry": 4, "a_day": 200}
    lines = post.done("config", "show").splitlines()
    assert lines[lines.index("[mail.limits]") + 1 :][:3] == [
        "address_a_day = 3",
        "inquiry = 4",
        "a_day = 200",
    ]
    assert 'own = ["me@oak.example"]' in lines
    assert "# forms =" in lines


def test_it_arrives_in_a_real_mailbox(tmp_path: Path, smtp_server: Maker, mailbox: Mailbox) -> None:
    post = Post(tmp_path / "home", smtp_server(user=None, lmtp_port=mailbox.dovecot.lmtp_port))
    post.done("log", "Ann Lee", "Größe?", "--via", "email", "--email", mailbox.address)
    file = tmp_path / "größe.pdf"
    file.write_bytes(bytes(range(256)) * 400)
    post.done("reply", "ann", "90 cm, anbei.\n.\nFrom here on", "--send", "--attach", str(file))

    (raw,) = mailbox.mails()
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert read["Subject"] == "Re: Größe? [OAK-1]"
    (held,) = read.iter_attachments()
    assert (held.get_filename(), held.get_content()) == ("größe.pdf", file.read_bytes())
    assert body(read) == "90 cm, anbei.\n.\nFrom here on" + SIGNED
