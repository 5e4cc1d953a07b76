"""What `show` says of mail: who wrote it, what is odd about it, and which address gets none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from cxdesk.store import database, received
from tests.cli.post import Post
from tests.running import on_terminal

if TYPE_CHECKING:
    from pathlib import Path

ANN, EVIL = "ann@example.com", "mallory@evil.example"
DOUBTS = "several From; its Message-ID is that of mail 1"


@pytest.fixture
def post(tmp_path: Path) -> Post:
    home = Post(tmp_path / "home")
    home.done("log", "Ann Lee", "Invoice shows VAT twice", "--via", "email", "--email", ANN)
    return home


def shown(post: Post, *words: str) -> str:
    ran = on_terminal(post.folder, "show", *words, COLUMNS="100")
    assert ran.code == 0
    return ran.out.replace("\r\n", "\n")


def stopped(post: Post) -> list[tuple[str, str]]:
    with database.open_to_read(str(post.store)) as link:
        return [(one.address, one.why) for one in received.no_mails(link)]


class TestWhoWrote:
    def test_a_program_is_told_of_each_mail_and_of_nothing_else(self, post: Post) -> None:
        post.receive(1, said_id=1, doubts=DOUBTS, name="Ann", email=EVIL)
        post.later(minutes=1)
        post.done("log", "ann", "And by phone", "--on", "1")
        mail, call = post.json("show", "1")["messages"]

        assert mail["from"] == {"name": "Ann", "email": EVIL}
        assert mail["doubts"] == ["several From", "its Message-ID is that of mail 1"]
        assert (call["from"], call["doubts"]) == (None, [])

    @pytest.mark.parametrize("who", ["1", "ann"])
    def test_an_address_that_is_new_here_stands_beside_it(self, post: Post, who: str) -> None:
        post.receive(1, said_id=1, email=EVIL)

        assert f"they, email, from {EVIL} - new here\n" in shown(post, who)
        assert f"\tfrom\t\tMon 23 Nov 2026 09:05\t{EVIL}\n" in post.done("show", who)

    @pytest.mark.parametrize("who", ["1", "ann"])
    def test_one_that_is_known_does_not(self, post: Post, who: str) -> None:
        post.receive(1, said_id=1, email="Ann@Example.com")

        assert "they, email\n" in shown(post, who)
        assert "\tfrom\t" not in post.done("show", who)

    def test_nor_does_our_own(self, post: Post) -> None:
        post.later(minutes=1)
        post.done("reply", "ann", "Mended.", "--via", "email")
        post.receive(1, said_id=2, email="hello@example.com", is_sent=True)

        assert "you, email\n" in shown(post, "1")

    def test_of_somebody_unknown_it_is_all_one_has(self, post: Post) -> None:
        post.done("log", "someone", "Hello?", "--via", "email")
        post.receive(3, said_id=2, email=EVIL)

        assert f"they, email, from {EVIL}\n" in shown(post, "3")

    def test_a_doubt_is_one_line_below(self, post: Post) -> None:
        post.receive(1, said_id=1, doubts=DOUBTS)

        assert f"\n     Invoice shows VAT twice\n     ({DOUBTS})\n" in shown(post, "1")
        assert post.done("show", "1").count("\tdoubt\t") == 2


class TestWhoGetsNoMail:
    def test_of_an_address_that_does_not_work_the_card_says_so(self, post: Post) -> None:
        post.stop(ANN, "undeliverable")

        assert f"mail to {ANN} does not arrive (550 no such user)\n" in shown(post, "ann")
        assert (
            f"ann-lee\tno mail\tundeliverable\tMon 23 Nov 2026 09:05\t{ANN}\t550 no such user\n"
        ) in post.done("customer", "show", "ann")
        assert post.json("customer", "show", "ann")["no_mail"] == [
            {
                "address": ANN,
                "why": "undeliverable",
                "at": "2026-11-23T09:05:00+00:00",
                "detail": "550 no such user",
            }
        ]

    @pytest.mark.parametrize(
        "why, how", [("unsubscribed", "asked"), ("complaint", "complained")], ids=str
    )
    def test_of_who_wants_none_it_says_since_when(self, post: Post, why: str, how: str) -> None:
        post.stop(ANN, why)
        assert f"  wants no automatic mail ({how} on Mon 23 Nov)\n" in shown(post, "ann")
        post.done("customer", "edit", "ann", "--email", "ann@home.example")

        told = f"  {ANN} wants no automatic mail ({how} on Mon 23 Nov)\n"
        assert told in shown(post, "ann")

    def test_of_others_nothing(self, post: Post) -> None:
        post.stop("bob@example.com", "undeliverable")

        assert post.json("show", "ann")["no_mail"] == []
        assert "does not arrive" not in shown(post, "ann")

    def test_an_address_that_is_typed_again_is_tried_again(self, post: Post) -> None:
        post.done("customer", "edit", "ann", "--email", "ann@home.example")
        post.stop(ANN, "undeliverable")
        post.stop("ann@home.example", "undeliverable")
        post.stop("bob@example.com", "undeliverable")
        told = post.json("customer", "edit", "ann", "--email", "Ann@Example.com")

        assert told["warnings"] == [f"Mail to {ANN} is tried again."]
        assert stopped(post) == [
            ("ann@home.example", "undeliverable"),
            ("bob@example.com", "undeliverable"),
        ]

    @pytest.mark.parametrize("why", ["unsubscribed", "complaint"])
    def test_who_wanted_none_gets_some_with_their_consent_alone(self, post: Post, why: str) -> None:
        post.stop(ANN, why)
        for other in (("--email", ANN), ("--no-consent",), ("--likes", "oak")):
            assert post.json("customer", "edit", "ann", *other)["warnings"] == []
        assert stopped(post) == [(ANN, why)]

        assert post.run("customer", "edit", "ann", "--consent").err == (
            f"Mail to {ANN} may go by itself again.\n"
        )
        assert stopped(post) == []

    def test_consent_makes_no_address_work(self, post: Post) -> None:
        post.stop(ANN, "undeliverable")
        post.done("customer", "edit", "ann", "--consent")

        assert stopped(post) == [(ANN, "undeliverable")]
