"""A customer's mail that the owner passes on."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.domain.forwards import Forwarded, forwarded
from cxdesk.domain.letters import Address, Letter

BOB = Address("Bob Ray", "bob@example.com")
DATE = "Tue, 3 Nov 2026 13:35"


def letter(text: str, subject: str = "Fwd: Lost key", **fields: Any) -> Letter:
    return Letter("<a@b.c>", Address("", "hello@shop.example"), subject, text, **fields)


GIVEN = """\
---------- Forwarded message ---------
From: Bob Ray <bob@example.com>
Date: Tue, 3 Nov 2026 13:35
Subject: Lost key
To: <hello@shop.example>
====
---------- Forwarded message ----------
From: *Bob Ray* <bob@example.com>
Date: Tue, 3 Nov 2026 13:35
Subject: Lost
key
To: a@b.example
Cc: c@d.example
====
---------- Weitergeleitete Nachricht ---------
Von: Bob Ray <bob@example.com>
Date: Tue, 3 Nov 2026 13:35
Subject: Lost key
To: <hello@shop.example>
====
Begin forwarded message:

From: Bob Ray <bob@example.com>
Subject: Lost key
Date: Tue, 3 Nov 2026 13:35
To: hello@shop.example
Reply-To: x@y.example
====
Begin forwarded message:

> From: Bob Ray <bob@example.com>
> Subject: Lost key
> Date: Tue, 3 Nov 2026 13:35
> To: hello@shop.example
====
Anfang der weitergeleiteten Nachricht:

Von: Bob Ray <bob@example.com>
Betreff: Lost key
Datum: Tue, 3 Nov 2026 13:35
An: hello@shop.example
====
-------- Forwarded Message --------
Subject: \tLost key
Date: \tTue, 3 Nov 2026 13:35
From: \tBob Ray <bob@example.com>
To: \thello@shop.example
====
-------- Weitergeleitete Nachricht --------
Betreff: \tLost key
Datum: \tTue, 3 Nov 2026 13:35
Von: \tBob Ray <bob@example.com>
An: \thello@shop.example
====
---------- Message transféré ---------
De : Bob Ray <bob@example.com>
Date : Tue, 3 Nov 2026 13:35
Objet : Lost key
À : hello@shop.example
====
Début du message transféré :

De: Bob Ray <bob@example.com>
Objet: Lost key
Date: Tue, 3 Nov 2026 13:35
À: hello@shop.example
====
----- Forwarded message from Bob Ray <bob@example.com> -----

Date: Tue, 3 Nov 2026 13:35
From: Bob Ray <bob@example.com>
To: hello@shop.example
Subject: Lost key
"""
BLOCKS = """\
From: Bob Ray <bob@example.com>
Sent: Tue, 3 Nov 2026 13:35
To: hello@shop.example
Subject: Lost key
====
________________________________
From: Bob Ray [mailto:bob@example.com]
Sent: Tue, 3 Nov 2026 13:35
To: hello@shop.example
Subject: Lost key
====
-----Original Message-----
From: Bob Ray [mailto:bob@example.com]
Sent: Tue, 3 Nov 2026 13:35
To: hello@shop.example
Subject: Lost key
====
Von: Bob Ray <bob@example.com>
Gesendet: Tue, 3 Nov 2026 13:35
An: hello@shop.example
Betreff: Lost key
====
De : Bob Ray <bob@example.com>
Envoyé : Tue, 3 Nov 2026 13:35
À : hello@shop.example
Objet : Lost key
====
*From:* Bob Ray <bob@example.com>
*Sent:* Tue, 3 Nov 2026 13:35
*To:* a@b.example
*Subject:* Lost key
"""
MARKED, OUTLOOK = GIVEN.split("====\n"), BLOCKS.split("====\n")


def blank(head: str) -> str:
    """What stands between the headers and the text, quoted where they are."""
    return ">\n> " if "> From" in head else "\n"


class TestInTheText:
    @pytest.mark.parametrize("words", ["", "Can you do this?\n- soon", "FYI\n-- \nAnn"])
    @pytest.mark.parametrize("head", MARKED + OUTLOOK)
    def test_the_headers_of_the_usual_mail_programs_are_read(self, head: str, words: str) -> None:
        found = forwarded(letter(f"{words}\n\n{head}{blank(head)}I lost my key."))

        assert found == Forwarded(BOB, "Lost key", DATE, "I lost my key.", words)

    @pytest.mark.parametrize("head", MARKED)
    def test_a_mark_is_enough_whatever_the_subject(self, head: str) -> None:
        found = forwarded(letter(f"FYI\n\n{head}{blank(head)}I lost my key.", subject="a key"))

        assert found is not None
        assert found.sender == BOB

    @pytest.mark.parametrize("head", OUTLOOK)
    def test_below_an_answer_outlooks_block_is_a_quote(self, head: str) -> None:
        assert (
            forwarded(letter(f"On its way.\n\n{head}\nI lost my key.", subject="Re: Lost key"))
            is None
        )

    @pytest.mark.parametrize(
        "text",
        [
            "I lost my key.",
            "Please send forwarded messages to\nFrom: Paris\nTo: Rome",
            "Forwarded message\nFrom: Bob <bob@example.com>",
            "---------- Forwarded message ---------\n\nnothing more",
            "> ---------- Forwarded message ---------\n> From: Bob <bob@example.com>\n> To: a",
            "From: Paris\nTo: Rome\n\nHow much?",
            "",
        ],
    )
    def test_other_texts_pass_nothing_on(self, text: str) -> None:
        assert forwarded(letter(text, subject="Lost key")) is None

    def test_the_text_keeps_what_it_quotes(self) -> None:
        found = forwarded(
            letter(MARKED[0] + "\nYes!\n\nOn 3 May 2026, Ann wrote:\n> Red?\n> Blue?")
        )

        assert found is not None
        assert found.text == "Yes!\n\nOn 3 May 2026, Ann wrote:\n> Red?\n> Blue?"

    def test_a_text_may_begin_without_a_blank_line(self) -> None:
        head = MARKED[0].replace("To: <hello@shop.example>\n", "")
        found = forwarded(letter(f"{head}Hi,\n\nI lost it."))

        assert found is not None
        assert (found.subject, found.text) == ("Lost key", "Hi,\n\nI lost it.")

    @pytest.mark.parametrize("mark", ["Begin forwarded message: *", "--- Forwarded message ---"])
    def test_below_a_mark_a_sender_is_enough(self, mark: str) -> None:
        found = forwarded(
            letter(f"FYI\n{mark}\n \nFrom: Bob Ray <bob@example.com>\nFolder: A\n\nHi")
        )

        assert found is not None
        assert found.sender == BOB

    def test_a_forward_of_a_forward_is_the_outer_one(self) -> None:
        found = forwarded(
            letter(f"{MARKED[0]}\nsee below\n\n{MARKED[1].replace('Bob', 'Eve')}\nold")
        )

        assert found is not None
        assert found.sender == BOB

    @given(st.lists(st.sampled_from([*"\n\n".join(MARKED).split("\n"), "", "> x", "Hi"])))
    def test_any_lines_can_be_asked(self, lines: list[str]) -> None:
        found = forwarded(letter("\n".join(lines)))

        text = [] if found is None else found.text.split("\n")
        bare = {line.removeprefix(">").strip() for line in lines} | {""}
        assert {line.removeprefix(">").strip() for line in text} <= bare


class TestAsAnAttachment:
    def test_the_mail_inside_is_taken(self) -> None:
        inner = Letter(
            "<b@b.example>", BOB, "Lost key", "I lost my key.\n\n> x", headers={"date": DATE}
        )
        found = forwarded(letter("Can you?\n", subject="a key", forwarded=inner))

        assert found == Forwarded(BOB, "Lost key", DATE, "I lost my key.\n\n> x", "Can you?")
