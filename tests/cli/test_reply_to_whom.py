"""To whom `reply --send` goes: whoever learns an id of the thread writes on it, and is not them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxdesk.mail.compose import public_name
from cxdesk.store import database
from cxdesk.store.settings import settings
from tests.cli.post import Post, body
from tests.running import on_terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.servers.smtp import SmtpServer

    Maker = Callable[..., SmtpServer]

ANN, EVIL = "ann@example.com", "mallory@evil.example"
PASSED_OVER = (
    f"{EVIL} wrote last, who is new here; this goes to {ANN}. To answer there: --to {EVIL}"
)


@pytest.fixture
def post(tmp_path: Path, smtp_server: Maker) -> Post:
    """Ann has written, by mail and from an address that is known to be hers."""
    home = Post(tmp_path / "home", smtp_server(user=None))
    home.done("log", "Ann Lee", "Invoice shows VAT twice", "--via", "email", "--email", ANN)
    home.receive(1, "<one@theirs>", said_id=1)
    home.later(minutes=1)
    return home


def follow(post: Post, message_id: str = "<evil@evil>", **fields: object) -> None:
    """Another mail on the thread; without more said, of somebody who calls himself Ann Lee."""
    values = {"name": "Ann Lee", "email": EVIL, "answer_to": EVIL, "via": "references", **fields}
    post.receive(1, message_id, **values)
    post.later(minutes=1)


class TestSomebodyElseOnTheThread:
    def test_a_stranger_who_calls_himself_ann_gets_no_answer_of_hers(self, post: Post) -> None:
        follow(post, ancestors="<one@theirs>", subject="Re: Another subject")
        ran = post.run("reply", "ann", "The code is 42.", "--send")

        assert (ran.code, ran.err) == (0, f"{PASSED_OVER}\n")
        (mail,) = post.mails()
        assert mail["To"] == f"Ann Lee <{ANN}>"
        assert mail["Subject"] == "Re: VAT twice [OAK-1]"
        assert mail["In-Reply-To"] == mail["References"] == "<one@theirs>"

    def test_nor_does_the_address_that_anns_own_name_asks_for(self, post: Post) -> None:
        follow(post, email=ANN, subject="Re: [OAK-1]")
        told = post.json("reply", "ann", "The code is 42.", "--send")

        assert told["mail"]["to"] == ANN
        (warning,) = told["warnings"]
        assert warning == (
            f"{ANN} wrote last and asks for answers at {EVIL}, which is new here; this goes to"
            f" {ANN}. To answer there: --to {EVIL}"
        )

    def test_on_a_terminal_it_is_said_too(self, post: Post) -> None:
        follow(post)
        ran = on_terminal(post.folder, "reply", "ann", "The code is 42.", "--send", COLUMNS="200")

        assert PASSED_OVER in " ".join(ran.out.split())

    def test_nothing_is_said_where_nobody_was_passed_over(self, post: Post) -> None:
        assert post.run("reply", "ann", "The code is 42.", "--send").err == ""

    def test_what_a_stranger_wrote_is_not_quoted_to_ann(self, post: Post) -> None:
        post.later(minutes=1)
        post.done("log", "ann", "Send me the code", "--on", "1", "--via", "email")
        said = [m.said_id for m in post.received(1)]
        assert said == [1]
        follow(post, said_id=2)
        post.done("reply", "ann", "Soon.", "--send", "--quote")

        text = body(post.mails()[0])
        assert "> Invoice shows VAT twice" in text
        assert "Send me the code" not in text

    def test_a_follow_up_that_goes_by_itself_goes_to_ann(self, post: Post) -> None:
        post.done("reply", "ann", "Mended.", "--send")
        post.done("follow", "1", "tue 10:00", "Does it still work?", "--send")
        follow(post)
        post.now = "2026-11-24T10:05:00+00:00"
        post.done("remind")

        assert [row.recipient for row in post.outbox() if row.kind == "follow_up"] == [ANN]


class TestMailsAsTheyCome:
    """The same with whole mails, from the file to the answer."""

    @pytest.mark.parametrize(
        "head",
        [
            f"From: Ann Lee <{ANN}>\nReply-To: {EVIL}\nSubject: Re: [OAK-1]",
            f"From: Ann Lee <{EVIL}>\nIn-Reply-To: <one@ann>\nSubject: Re: VAT",
        ],
        ids=["a reply-to", "a name"],
    )
    def test_the_answer_goes_to_ann(self, tmp_path: Path, smtp_server: Maker, head: str) -> None:
        post = Post(tmp_path / "home", smtp_server(user=None))
        heads = [f"From: Ann Lee <{ANN}>\nSubject: VAT\nMessage-ID: <one@ann>", head]
        for number, one in enumerate(heads):
            file = tmp_path / f"{number}.eml"
            file.write_text(f"{one}\nDate: Mon, 23 Nov 2026 09:00:00 +0000\n\nThe code, please.\n")
            post.done("mail", "import", str(file))
            post.later(minutes=1)
        told = post.json("reply", "1", "Which code?", "--send", "--quote")

        assert len(post.json("show", "1")["messages"]) == 3
        assert told["mail"]["to"] == ANN
        assert told["warnings"][0].endswith(f"To answer there: --to {EVIL}")
        assert post.mails()[0]["In-Reply-To"] == "<one@ann>"


class TestWhoIsAnswered:
    def test_another_address_of_the_customers_that_wrote_last(self, post: Post) -> None:
        post.done("customer", "edit", "ann", "--email", "ann@home.example")
        follow(post, "<two@home>", email="ann@home.example", answer_to="Ann@Home.example")
        ran = post.run("reply", "ann", "Fine.", "--send")

        assert ran.err == ""
        (mail,) = post.mails()
        assert mail["To"] == "Ann Lee <Ann@Home.example>"
        assert mail["In-Reply-To"] == "<two@home>"

    def test_where_the_mail_that_began_it_asked_for_answers(
        self, tmp_path: Path, smtp_server: Maker
    ) -> None:
        post = Post(tmp_path / "home", smtp_server(user=None))
        post.done("log", "Ann Lee", "VAT", "--via", "email", "--email", ANN)
        post.receive(1, "<one@theirs>", answer_to="accounts@lee.example")
        post.later(minutes=1)
        follow(post)

        assert post.json("reply", "ann", "Fine.", "--send")["mail"]["to"] == "accounts@lee.example"

    def test_a_mail_on_what_began_on_the_phone_began_nothing(
        self, tmp_path: Path, smtp_server: Maker
    ) -> None:
        post = Post(tmp_path / "home", smtp_server(user=None))
        post.done("log", "Ann Lee", "VAT", "--email", ANN)
        follow(post)
        told = post.json("reply", "ann", "Fine.", "--send")

        assert told["mail"]["to"] == ANN
        assert told["warnings"] == [PASSED_OVER]
        assert post.mails()[0]["In-Reply-To"] is None

    def test_of_somebody_unknown_whoever_began_it(self, tmp_path: Path, smtp_server: Maker) -> None:
        post = Post(tmp_path / "home", smtp_server(user=None))
        post.done("log", "someone", "Asked for the way")
        post.receive(1, "<one@theirs>", name=None)
        post.later(minutes=1)
        follow(post)

        assert post.json("reply", "1", "Left.", "--send")["mail"]["to"] == ANN

    def test_of_somebody_unknown_who_began_nothing_nobody(
        self, tmp_path: Path, smtp_server: Maker
    ) -> None:
        post = Post(tmp_path / "home", smtp_server(user=None))
        post.done("log", "someone", "Asked for the way")
        follow(post)
        ran = post.run("reply", "1", "Left.", "--send")

        assert ran.code == 3
        assert ran.err == (
            "Nobody is known to write to on 1.\n"
            f'{EVIL} wrote last: cxdesk reply 1 "your words" --send --to {EVIL}\n'
        )
        assert post.json("reply", "1", "Left.", "--send", "--to", EVIL)["mail"]["to"] == EVIL


class TestTo:
    def test_the_owner_may_answer_the_stranger(self, post: Post) -> None:
        follow(post, ancestors="<one@theirs>", subject="Re: Mine")
        ran = post.run("reply", "ann", "Who are you?", "--send", "--to", EVIL)

        assert (ran.code, ran.err) == (0, "")
        (mail,) = post.mails()
        assert mail["To"] == f"Ann Lee <{EVIL}>"
        assert mail["Subject"] == "Re: Mine [OAK-1]"
        assert mail["In-Reply-To"] == "<evil@evil>"
        assert mail["References"].split() == ["<one@theirs>", "<evil@evil>"]

    def test_anns_words_are_not_quoted_to_a_stranger(self, post: Post) -> None:
        follow(post)
        ran = post.run("reply", "ann", "Who are you?", "--send", "--quote", "--to", EVIL)

        assert (ran.code, ran.err.splitlines()[0]) == (2, "They wrote nothing that can be quoted.")

    def test_an_address_that_never_wrote_bears_no_name_but_her_own(self, post: Post) -> None:
        post.done("customer", "edit", "ann", "--email", "ann@home.example")
        post.done("reply", "ann", "One.", "--send", "--open", "--to", " ann@home.example ")
        post.done("reply", "ann", "Two.", "--send", "--open", "--to", "bob@example.com")

        assert [m["To"] for m in post.mails()] == ["Ann Lee <ann@home.example>", "bob@example.com"]

    def test_one_that_mail_does_not_reach_is_refused(self, post: Post) -> None:
        post.stop("bob@example.com", "undeliverable")

        assert post.run("reply", "ann", "x", "--send", "--to", "Bob@example.com").code == 1

    @pytest.mark.parametrize(
        "more, told",
        [
            (("--to", EVIL), "--to is for a mail."),
            (("--send", "--to", "Ann"), "Ann is no e-mail address."),
            (("--send", "--to", ""), '"" is no e-mail address.'),
            (("--send", "--to", f"Ann <{ANN}>"), f"Ann <{ANN}> is no e-mail address."),
            (("--send", "--to", f"{ANN},{EVIL}"), f"{ANN},{EVIL} is no e-mail address."),
            (("--send", "--to", f"<{ANN}>"), f"<{ANN}> is no e-mail address."),
            (("--send", "--to", "ann@"), "ann@ is no e-mail address."),
        ],
    )
    def test_anything_else_is_wrong_usage(
        self, post: Post, more: tuple[str, ...], told: str
    ) -> None:
        ran = post.run("reply", "ann", "Fine.", *more)

        assert (ran.code, ran.err.splitlines()[0]) == (2, told)
        assert post.outbox() == []


class TestTheNameOfTheDesk:
    def test_what_the_ids_are_made_of_leaves_in_no_mail(self, post: Post) -> None:
        post.done("reply", "ann", "Fine.", "--send")

        with database.open_to_read(str(post.store)) as link:
            instance = settings(link)["instance"]
        (mail,) = post.mails()
        assert instance not in mail.as_string()
        assert mail["X-Cxdesk-Instance"] == public_name(instance)
