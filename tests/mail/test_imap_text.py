"""What IMAP says, taken apart: whatever a server sends."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.mail import imap_text

if TYPE_CHECKING:
    from cxdesk.mail.imap_text import Answer


class TestText:
    @given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\r\n\0")))
    def test_a_folder_name_comes_back(self, name: str) -> None:
        said = imap_text.folder_name(name)
        listed = list(imap_text.folders([f'(\\Sent) "/" {said}'.encode("ascii")]))

        assert [(one.name, one.separator, one.marks) for one in listed] == [
            (name, "/", frozenset({"\\sent"}))
        ]

    def test_modified_utf_7_is_that_of_the_standard(self) -> None:
        assert imap_text.folder_name("~peter/mail/台北/日本語") == (
            '"~peter/mail/&U,BTFw-/&ZeVnLIqe-"'
        )

    @pytest.mark.parametrize("raw", [b"&", b"&!-", b"&A-", b"a&b", b"\xff"])
    def test_what_is_no_utf_7_stays_readable(self, raw: bytes) -> None:
        assert imap_text.read_folder_name(raw)

    def test_a_folder_name_may_come_as_a_literal(self) -> None:
        answer: Answer = [(b'(\\HasNoChildren) "/" {9}', b'a "b" (c)'), b""]

        assert [one.name for one in imap_text.folders(answer)] == ['a "b" (c)']

    @pytest.mark.parametrize(
        "raw, hour",
        [
            (b"05-Nov-2026 10:00:00 +0100", 9),
            (b" 5-nov-2026 10:00:00 -0230", 12),
            (b"05-Nov-2026 10:00:60 +0000", 10),
            (b"31-Feb-2026 10:00:00 +0000", None),
            (b"01-Jan-0001 00:00:00 +2300", None),
            (b"05-Nov-2026 10:00:00 +9900", None),
            (b"yesterday", None),
        ],
    )
    def test_dates_are_utc_or_none(self, raw: bytes, hour: int | None) -> None:
        item = next(imap_text.items([b'1 (UID 1 INTERNALDATE "%s")' % raw]))

        assert (item.received_at and item.received_at.hour) == hour

    @given(st.lists(st.none() | st.binary() | st.tuples(st.binary(), st.binary())))
    def test_no_answer_makes_it_stumble(self, answer: Answer) -> None:
        list(imap_text.items(answer))
        list(imap_text.folders(answer))
        imap_text.code(answer)

    def test_a_body_that_looks_like_an_answer_is_a_body(self) -> None:
        body = b"2 (UID 9 BODY[] {3}\r\n"
        answer: Answer = [(b"1 (BODY[] {%d}" % len(body), body), b" UID 5)", b"7 (FLAGS ())"]

        items = list(imap_text.items(answer))
        assert [(item.uid, item.body) for item in items] == [(5, body), (None, None)]
