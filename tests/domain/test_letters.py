"""Whose is it: references, tokens, subjects, and who gets the answer."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.domain import letters
from cxdesk.domain.letters import Address, Known, Letter, Verdict
from cxdesk.mail.compose import message_id

OWN = frozenset({"hello@shop.example", "owner@home.example"})
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


def letter(sender: str = "ann@example.com", **fields: Any) -> Letter:
    said = {"message_id": "<self@a.example>", "subject": "Shelf", "text": "Hi", **fields}
    return Letter(sender=Address("", sender), **said)


class TestWhatItMayAnswer:
    @pytest.mark.parametrize(
        "in_reply_to, references, expected",
        [
            ((), (), ()),
            (("<a>",), (), ("<a>",)),
            ((), ("<1>", "<2>", "<3>"), ("<3>", "<2>", "<1>")),
            (("<2>",), ("<1>", "<2>", "<3>"), ("<2>", "<3>", "<1>")),
            (("<9>", "<8>"), ("<8>",), ("<9>", "<8>")),
            (("<self@a.example>", ""), ("<self@a.example>", "<1>"), ("<1>",)),
        ],
    )
    def test_in_reply_to_comes_before_references_from_right_to_left(
        self, in_reply_to: tuple[str, ...], references: tuple[str, ...], expected: tuple[str, ...]
    ) -> None:
        assert (
            letters.candidates(letter(in_reply_to=in_reply_to, references=references)) == expected
        )

    @given(st.lists(st.sampled_from("abcd")), st.lists(st.sampled_from("abcd")))
    def test_each_stands_once(self, first: list[str], second: list[str]) -> None:
        found = letters.candidates(letter(in_reply_to=tuple(first), references=tuple(second)))

        assert len(found) == len(set(found))
        assert set(found) == {*first, *second}


class TestWhereItBelongs:
    @pytest.mark.parametrize(
        "known, verdict",
        [
            (Known(), Verdict("new")),
            (Known(by_reference=5, token=6, takes_part=True), Verdict("references", 5)),
            (Known(token=6, takes_part=True), Verdict("subject", 6)),
            (Known(token=6), Verdict("new", mentions=6)),
            (Known(by_reference=5, goes_on=False), Verdict("new", mentions=5)),
            (Known(token=6, takes_part=True, goes_on=False), Verdict("new", mentions=6)),
        ],
    )
    def test_the_first_that_holds_decides(self, known: Known, verdict: Verdict) -> None:
        assert letters.decide(known) == verdict

    @pytest.mark.parametrize(
        "ago, goes_on",
        [
            (None, True),
            (timedelta(0), True),
            (timedelta(days=30), True),
            (timedelta(days=30, seconds=1), False),
            (timedelta(days=-1), True),
        ],
    )
    def test_a_closed_inquiry_goes_on_for_thirty_days(
        self, ago: timedelta | None, goes_on: bool
    ) -> None:
        assert letters.goes_on(None if ago is None else NOW - ago, NOW) is goes_on


class TestOurOwnMail:
    OURS = message_id("followup:412", "desk-1", "shop.example")

    @pytest.mark.parametrize(
        "mail, copy",
        [
            (letter("hello@shop.example", headers={"x-cxdesk-instance": "desk-1"}), True),
            (letter("hello@shop.example", headers={"x-cxdesk-instance": " desk-1 "}), True),
            (letter("evil@example.com", headers={"x-cxdesk-instance": "desk-1"}), False),
            (letter(headers={"x-cxdesk-instance": "desk-2"}), False),
            (letter(headers={"x-cxdesk-instance": ""}), False),
            (letter("Hello@Shop.example", message_id=OURS), True),
            (letter("hello@shop.example", message_id=OURS.upper()), True),
            (letter("ann@example.com", message_id=OURS), False),  # made up by a stranger
            (letter("hello@shop.example"), False),  # the owner's own mail program
            (letter("hello@shop.example", message_id="<cxdesk.12@shop.example>"), False),
            (letter("hello@shop.example", message_id="<cxdesk." + "g" * 40 + "@b.c>"), False),
        ],
    )
    def test_is_known_by_its_instance_or_its_id_with_our_address(
        self, mail: Letter, copy: bool
    ) -> None:
        assert letters.is_copy(mail, "desk-1", OWN) is copy

    def test_a_desk_without_a_name_knows_none(self) -> None:
        assert not letters.is_copy(letter(headers={"x-cxdesk-instance": ""}), "", OWN)

    def test_an_address_is_ours_in_any_case(self) -> None:
        assert letters.is_own(letter("Owner@Home.example"), OWN)
        assert not letters.is_own(letter(""), OWN)


class TestWhereAnAnswerGoes:
    @pytest.mark.parametrize(
        "sender, reply_to, expected",
        [
            ("ann@example.com", "", "ann@example.com"),
            ("ann@example.com", "office@example.com", "office@example.com"),
            ("ann@example.com", " office@example.com ", "office@example.com"),
            ("ann@example.com", "Hello@shop.example", "ann@example.com"),
            ("ann@example.com", "a@b.example, c@d.example", "ann@example.com"),
            ("ann@example.com", "Office <office@example.com>", "ann@example.com"),
            ("ann@example.com", "office@", "ann@example.com"),
            ("ann@example.com", "a@b@c.example", "ann@example.com"),
            ("form@shop.example", "cust@c.example", "cust@c.example"),
            ("hello@shop.example", "ann@example.com", "ann@example.com"),
            ("hello@shop.example", "", "hello@shop.example"),
            ("", "ann@example.com", "ann@example.com"),
            ("", "", ""),
            ("not an address", "", ""),
            ("a@b.example\nBcc: c@d.example", "", ""),
        ],
    )
    def test_reply_to_when_it_is_one_plain_address_of_theirs(
        self, sender: str, reply_to: str, expected: str
    ) -> None:
        assert letters.answer_address(letter(sender, reply_to=reply_to), OWN) == expected


class TestAnAddressInWords:
    @pytest.mark.parametrize(
        "words, name, address",
        [
            ("bob@example.com", "", "bob@example.com"),
            ("Bob Ray <bob@example.com>", "Bob Ray", "bob@example.com"),
            ('"Ray, Bob" <bob@example.com>', "Ray, Bob", "bob@example.com"),
            ("'Bob Ray' <bob@example.com>", "Bob Ray", "bob@example.com"),
            ("bob@example.com [mailto:bob@example.com]", "", "bob@example.com"),
            ("Bob Ray [mailto:bob@example.com]", "Bob Ray", "bob@example.com"),
            ("Bob <bob@example.com<mailto:bob@example.com>>", "Bob", "bob@example.com"),
            ("Bob Ray (bob@example.com)", "Bob Ray", "bob@example.com"),
            ("Bob Ray", "Bob Ray", ""),
            ("", "", ""),
            ("@", "@", ""),
            ("write to bob@example.com.", "write to", "bob@example.com"),
            ("Zoë <zoë@müller.example>", "Zoë", "zoë@müller.example"),
        ],
    )
    def test_the_first_is_found_with_the_name_before_it(
        self, words: str, name: str, address: str
    ) -> None:
        assert letters.read_address(words) == Address(name, address)

    @given(st.text())
    def test_what_is_found_is_plain(self, words: str) -> None:
        found = letters.read_address(words)

        assert found.email == "" or letters.is_plain(found.email)


class TestTheToken:
    @pytest.mark.parametrize(
        "subject, number",
        [
            ("Re: Invoice [OAK-42]", 42),
            ("re: invoice [oak-42]", 42),
            ("[OAK-42] Re: Invoice", 42),
            ("x[Oak-7]y [OAK-8]", 7),
            ("[ASH-1] [OAK-8]", 8),
            ("[OAK-] [OAK-8]", 8),
            ("[OAK-[OAK-8]]", 8),
            ("Invoice OAK-42", None),
            ("[OAK-42", None),
            ("[OAK-4x]", None),
            ("[OAK--4]", None),
            ("[OAK-٤٢]", None),
            ("[OAK-1234567890]", None),
            ("[OAK-" + "9" * 5000 + "]", None),
            ("[OAKS-42]", None),
            ("İ [oak-42]", 42),
            ("", None),
        ],
    )
    def test_is_found_anywhere_in_either_case(self, subject: str, number: int | None) -> None:
        assert letters.token_number(subject, "OAK") == number

    @pytest.mark.parametrize(
        "subject, expected",
        [
            ("Re: Invoice", "Re: Invoice [OAK-42]"),
            ("Re: Invoice [OAK-42]", "Re: Invoice [OAK-42]"),
            ("[oak-42] Re:  Invoice", "Re: Invoice [OAK-42]"),
            ("Re: Invoice [OAK-42] [OAK-42]", "Re: Invoice [OAK-42]"),
            ("Re: Invoice [OAK-7]", "Re: Invoice [OAK-42]"),
            ("Re: Invoice [ASH-7]", "Re: Invoice [ASH-7] [OAK-42]"),
            ("", "[OAK-42]"),
        ],
    )
    def test_stands_at_the_end_once(self, subject: str, expected: str) -> None:
        assert letters.with_token(subject, "OAK", 42) == expected

    @given(st.text(), st.integers(1, 999_999))
    def test_what_was_written_is_read(self, subject: str, number: int) -> None:
        written = letters.with_token(subject, "OAK", number)

        assert letters.token_number(written, "OAK") == number
        assert letters.with_token(written, "OAK", number) == written

    def test_many_are_read_in_a_moment(self) -> None:
        assert letters.with_token("[OAK-1]" * 30_000, "OAK", 2) == "[OAK-2]"


class TestSubjects:
    @pytest.mark.parametrize(
        "subject, base",
        [
            ("Invoice", "Invoice"),
            ("Re: Invoice", "Invoice"),
            ("RE : Invoice", "Invoice"),
            ("Re\xa0: Invoice", "Invoice"),
            ("Re: Re: AW: Invoice", "Invoice"),
            ("Re[2]: Invoice", "Invoice"),
            ("Re(3): Invoice", "Invoice"),
            ("Re²: Invoice", "Invoice"),
            ("Fwd: WG: FW: Invoice", "Invoice"),
            ("Sv: Vs: Antw: R: TR: RES: RV: Invoice", "Invoice"),
            ("回复：Invoice", "Invoice"),
            ("Re:Invoice", "Invoice"),
            ("  Re:\t\n Invoice   two  ", "Invoice two"),
            ("Re: [list] Re: [OAK-42] Invoice", "Invoice"),
            ("Re: Invoice [OAK-42]", "Invoice"),
            ("[list]", "[list]"),
            ("[OAK-42]", "[OAK-42]"),
            ("Re:", ""),
            ("", ""),
            ("Regarding: Invoice", "Regarding: Invoice"),
            ("Really: why?", "Really: why?"),
            ("Order: 12", "Order: 12"),
            ("Invoice re: March", "Invoice re: March"),
            (": Invoice", ": Invoice"),
        ],
    )
    def test_the_base_is_without_marks_tags_and_tokens(self, subject: str, base: str) -> None:
        assert letters.base_subject(subject) == base

    @given(st.text())
    def test_a_base_is_its_own_base(self, subject: str) -> None:
        base = letters.base_subject(subject)

        assert letters.base_subject(base) == base
        assert letters.base_subject(f"Re: {base}") == base

    @pytest.mark.parametrize(
        "subject, reply",
        [
            ("Invoice", "Re: Invoice [OAK-42]"),
            ("AW: Re: Invoice [oak-42]", "Re: Invoice [OAK-42]"),
            ("Fwd: Invoice", "Re: Invoice [OAK-42]"),
            ("Re: Order [REF-1234]", "Re: Order [REF-1234] [OAK-42]"),  # their desk threads by it
            ("[OAK-42] Re: Invoice", "Re: Invoice [OAK-42]"),
            ("", "Re: [OAK-42]"),
        ],
    )
    def test_an_answer_has_one_mark_and_our_token(self, subject: str, reply: str) -> None:
        assert letters.reply_subject(subject, "OAK", 42) == reply

    @pytest.mark.parametrize(
        "subject, passed_on",
        [
            ("Fwd: Invoice", True),
            ("FW: Re: Invoice", True),
            ("WG: Rechnung", True),
            ("TR : Facture", True),
            ("Re: Fwd: Invoice", False),
            ("Invoice", False),
            ("Forward: march", False),
            ("", False),
        ],
    )
    def test_a_forward_says_so_first(self, subject: str, passed_on: bool) -> None:
        assert letters.is_forward(subject) is passed_on
