"""Follow-ups that go out by mail, because the owner said so: from `follow --send` to `due`."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.post import Post, body
from tests.running import on_terminal

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.servers.smtp import SmtpServer

    Maker = Callable[..., SmtpServer]

SIGNED = "\n\n-- \nOak & Co, 020 7946 0123\n"
FOLLOW = ("follow", "ann", "tue 10:00", "Did the shelf arrive well?", "--send")


@pytest.fixture
def post(tmp_path: Path, smtp_server: Maker) -> Post:
    """Ann has a card with an address; it is Monday morning."""
    home = Post(tmp_path / "home", smtp_server(user=None))
    home.done("customer", "add", "Ann Lee", "--email", "Ann@example.com")
    return home


def run_job(post: Post, **later: float) -> dict[str, Any]:
    """The reminder job, after a while."""
    post.later(**later)
    told: dict[str, Any] = json.loads(post.run("remind", "--json").out)
    return told


def to_ann(post: Post) -> list[Any]:
    return [mail for mail in post.mails() if "nn@example.com" in mail["To"]]


def due(post: Post) -> list[str]:
    return [item["what"] for item in post.json("due")["items"]]


class TestMarking:
    def test_it_says_that_it_goes_by_mail(self, post: Post) -> None:
        ran = on_terminal(post.folder, *FOLLOW, COLUMNS="80")

        assert ran.code == 0
        assert "Goes by mail Tue 24 Nov 10:00: Did the shelf arrive well?" in ran.out
        assert post.json("show", "ann")["follow_ups"][0]["by_mail"] is True
        shown = on_terminal(post.folder, "show", "ann", COLUMNS="90").out
        assert "Did the shelf arrive well? (open, goes by mail)" in shown

    def test_without_send_it_is_the_owners(self, post: Post) -> None:
        told = post.json(*FOLLOW[:-1])

        assert told["follow_ups"][0]["by_mail"] is False

    @pytest.mark.parametrize(
        "who, code, told",
        [
            ("Bob Ray", 3, "No e-mail address of Bob Ray is known."),
            ("1", 3, "Nobody is known to write to."),
        ],
    )
    def test_it_needs_an_address(self, post: Post, who: str, code: int, told: str) -> None:
        post.done("log", "someone", "Asked for the way", "--solved")
        ran = post.run("follow", who, "tue", "Hello?", "--send")

        assert (ran.code, ran.err.splitlines()[0]) == (code, told)
        assert post.run("show", "Bob Ray").code == 3

    def test_it_needs_their_consent_where_that_was_refused(self, post: Post) -> None:
        post.done("customer", "edit", "ann", "--no-consent")
        ran = post.run(*FOLLOW)

        assert ran.code == 1
        assert ran.err == (
            "Ann Lee does not want to be written to.\n"
            "Leave out --send and it is yours to do; or, if they want to after all:"
            " cxdesk customer edit ann-lee --consent\n"
        )

    def test_it_needs_words(self, post: Post) -> None:
        ran = post.run("follow", "ann", "tue", "--send")

        assert (ran.code, ran.err.splitlines()[0]) == (2, "What is the mail to say?")

    def test_edit_keeps_the_mark(self, post: Post) -> None:
        post.done(*FOLLOW)

        assert post.json("edit", "1", "--what", "All well?")["follow_ups"][0]["by_mail"] is True


class TestGoing:
    def test_it_leaves_when_it_is_due_and_says_just_this(self, post: Post) -> None:
        post.done(*FOLLOW)
        assert run_job(post, hours=24)["sent"] == []  # 09:05
        assert run_job(post, minutes=55)["sent"] == [1]

        (mail,) = to_ann(post)
        (row,) = post.outbox()
        assert mail.as_bytes().replace(b"\r\n", b"\n").decode() == (
            "From: Oak & Co <hello@example.com>\n"
            "To: Ann Lee <ann@example.com>\n"
            "Subject: Did the shelf arrive well?\n"
            "Date: Tue, 24 Nov 2026 10:00:00 +0000\n"
            f"Message-ID: {row.message_id}\n"
            "Auto-Submitted: auto-generated\n"
            f"X-Cxdesk-Instance: {mail['X-Cxdesk-Instance']}\n"
            "X-Cxdesk-Reference: followup:1\n"
            "List-Unsubscribe: <mailto:hello@example.com?subject=unsubscribe>\n"
            'Content-Type: text/plain; charset="utf-8"\n'
            "Content-Transfer-Encoding: 7bit\n"
            "MIME-Version: 1.0\n"
            "\n"
            "Did the shelf arrive well?\n\n-- \nOak & Co, 020 7946 0123\n"
        )
        assert (row.kind, row.number) == ("follow_up", 1)

    def test_once_it_is_sent_it_is_done_and_said(self, post: Post) -> None:
        post.done("log", "ann", "Where is it?", "--via", "email", "--answered")
        post.done("follow", "1", "tue 10:00", "All well?", "--send")
        run_job(post, hours=25)

        assert post.follow_up(3).state == "done"
        said = {
            "at": "2026-11-24T10:05:00+00:00",
            "direction": "out",
            "channel": "email",
            "text": "All well?",
            "reached": True,
            "automatic": True,
        }
        assert said.items() <= post.json("show", "1")["messages"][-1].items()
        assert post.json("show", "ann")["last_contact_at"] == "2026-11-24T10:05:00+00:00"
        assert run_job(post, hours=1)["sent"] == []
        assert len(to_ann(post)) == 1

    def test_it_is_threaded_to_its_inquiry(self, post: Post) -> None:
        post.done("log", "ann", "Where is it?", "--via", "email")
        post.receive(1, "<one@theirs>", subject="Where?")
        post.later(minutes=1)
        post.done("reply", "1", "On its way.", "--send")
        post.done("follow", "1", "tue 10:00", "All well?", "--send")
        run_job(post, hours=25)

        reply, mail = to_ann(post)
        assert mail["Subject"] == "Re: Where? [OAK-1]"
        assert mail["In-Reply-To"] == "<one@theirs>"
        assert mail["References"].split() == ["<one@theirs>", reply["Message-ID"]]
        post.later(minutes=1)
        post.done("reply", "1", "One more thing.", "--send")
        assert to_ann(post)[-1]["References"].split()[-1] == mail["Message-ID"]

    def test_a_series_goes_on(self, post: Post) -> None:
        post.done(*FOLLOW, "--every", "1 week")
        run_job(post, hours=25)
        run_job(post, days=7)

        assert [body(mail) for mail in to_ann(post)] == ["Did the shelf arrive well?" + SIGNED] * 2
        assert (post.follow_up(1).state, post.follow_up(2).state) == ("done", "done")
        assert (post.follow_up(3).state, post.follow_up(3).by_mail) == ("open", True)

    def test_six_runs_send_one(self, post: Post) -> None:
        post.done(*FOLLOW)
        post.later(hours=25)
        for _ in range(6):
            post.run("remind")

        assert len(to_ann(post)) == 1

    def test_when_the_owner_says_that_it_arrived_it_is_done(self, post: Post) -> None:
        post.done("customer", "add", "Lost", "--email", "lost250@example.com")
        post.done("follow", "lost", "tue 10:00", "All well?", "--send")
        assert run_job(post, hours=25)["uncertain"] == [1]
        assert post.follow_up(1).state == "open"
        post.done("mail", "resolve", "1", "--sent")

        assert post.follow_up(1).state == "done"


class TestInDue:
    def test_what_goes_by_itself_is_nobodys_task(self, post: Post) -> None:
        post.done(*FOLLOW)
        post.done("follow", "ann", "tue", "ring her")

        assert due(post) == ["ring her"]
        post.later(hours=25)
        assert due(post) == ["ring her"]
        assert post.done("due", "--count") == "1\n"

    def test_due_all_names_it(self, post: Post) -> None:
        post.done(*FOLLOW)

        assert len(post.json("due", "--all")["items"]) == 1
        assert "goes by mail: Did the shelf" in on_terminal(post.folder, "due", "--all").out

    def test_late_by_a_day_it_comes_up(self, post: Post) -> None:
        post.done(*FOLLOW)
        post.later(hours=48, minutes=55)
        assert due(post) == ["Did the shelf arrive well?"]
        assert post.done("due", "--count") == "1\n"

    def test_just_before_it_does_not(self, post: Post) -> None:
        post.done(*FOLLOW)
        post.later(hours=48, minutes=54)

        assert due(post) == []

    def test_the_digest_does_not_tell_of_it(self, post: Post) -> None:
        post.done(*FOLLOW)

        assert run_job(post)["digest"] == "nothing"

    @pytest.mark.parametrize("address", ["rcpt5@example.com", "perm@example.com"])
    def test_what_could_not_be_sent_for_good_is_the_owners(self, post: Post, address: str) -> None:
        post.done("customer", "add", "Eve", "--email", address)
        post.done("follow", "eve", "tue 10:00", "All well?", "--send")
        told = run_job(post, hours=25)

        assert told["failed"] == [1]
        assert due(post) == ["All well?"]
        assert (post.follow_up(1).state, post.follow_up(1).by_mail) == ("open", False)
        assert run_job(post, minutes=30)["failed"] == []

    @pytest.mark.parametrize("why", ["undeliverable", "unsubscribed", "complaint"])
    def test_what_goes_to_an_address_that_gets_none_too(self, post: Post, why: str) -> None:
        post.done(*FOLLOW)
        post.stop("ann@example.com", why)
        run_job(post, hours=25)

        assert due(post) == ["Did the shelf arrive well?"]
        assert to_ann(post) == []

    def test_what_they_do_not_want_any_more_too(self, post: Post) -> None:
        post.done(*FOLLOW)
        post.done("customer", "edit", "ann", "--no-consent")
        run_job(post, hours=25)

        assert due(post) == ["Did the shelf arrive well?"]
        assert to_ann(post) == []


class TestHoldingBack:
    def test_while_they_wait_for_an_answer_it_waits(self, post: Post) -> None:
        post.done("log", "ann", "It is broken", "--via", "email")
        post.done("follow", "1", "tue 10:00", "All well?", "--send")
        run_job(post, hours=25)
        assert to_ann(post) == []
        post.done("reply", "1", "So sorry.")
        run_job(post, minutes=1)

        assert len(to_ann(post)) == 1

    @pytest.mark.parametrize(
        "limit, second", [("address_a_day = 1", False), ("a_day = 1", False), ("inquiry = 1", True)]
    )
    def test_over_the_limits_it_waits(self, post: Post, limit: str, second: bool) -> None:
        assert post.server is not None
        post.configure(post.server.port, f"[mail.limits]\n{limit}")
        post.done(*FOLLOW)
        post.done("follow", "ann", "tue 10:00", "And the lamp?", "--send")
        run_job(post, hours=25)

        assert len(to_ann(post)) == 1 + second
        run_job(post, hours=24)
        assert len(to_ann(post)) == 2

    def test_over_the_limit_of_its_inquiry_it_never_goes(self, post: Post) -> None:
        assert post.server is not None
        post.configure(post.server.port, "[mail.limits]\ninquiry = 1")
        post.done("log", "ann", "Where is it?", "--via", "email", "--answered")
        for word in ("One?", "Two?"):
            post.done("follow", "1", "tue 10:00", word, "--send")
        run_job(post, hours=25)
        run_job(post, hours=24)

        assert len(to_ann(post)) == 1
        assert "Two?" in due(post)

    @pytest.mark.parametrize(
        "deed, why",
        [
            (("done", "1"), "it is done, or given up"),
            (("drop", "1"), "it is done, or given up"),
            (("move", "1", "fri"), "it was moved"),
            (("customer", "edit", "ann", "--no-consent"), "they do not want to be written to"),
        ],
    )
    def test_what_lost_its_reason_while_it_waited_is_cancelled(
        self, post: Post, deed: tuple[str, ...], why: str
    ) -> None:
        assert post.server is not None
        post.done(*FOLLOW)
        post.configure(1)  # nobody listens there
        assert run_job(post, hours=25)["pending"] == [1]
        post.configure(post.server.port)
        post.done(*deed)
        run_job(post, minutes=10)

        assert (post.outbox()[0].state, post.outbox()[0].detail) == ("cancelled", why)
        assert to_ann(post) == []

    def test_they_wrote_while_it_waited(self, post: Post) -> None:
        assert post.server is not None
        post.done("log", "ann", "Where is it?", "--via", "email", "--answered")
        post.done("follow", "1", "tue 10:00", "All well?", "--send")
        post.configure(1)
        run_job(post, hours=25)
        post.configure(post.server.port)
        post.done("log", "ann", "No!", "--on", "1")
        run_job(post, minutes=10)

        assert post.outbox()[0].detail == "they have written and wait for an answer"
        assert "All well?" in due(post)
