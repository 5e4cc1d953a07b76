"""Header lines as they really arrive: names, addresses, ids and dates out of them."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cxdesk.domain.letters import Address
from cxdesk.mail.addresses import addresses, bare_addresses
from cxdesk.mail.charsets import decode
from cxdesk.mail.headers import date_at, first_id, header_text, message_ids, split_head


def encoded(text: str, charset: str = "utf-8") -> str:
    return f"=?{charset}?b?{base64.b64encode(text.encode(charset)).decode()}?="


class TestText:
    @pytest.mark.parametrize(
        "written, said",
        [
            (b" Plain words", "Plain words"),
            (b" =?utf-8?q?Gr=C3=BC=C3=9Fe_aus?= Ulm", "Grüße aus Ulm"),
            (b" =?utf-8?b?4oI=?= =?utf-8?b?rA==?=", "€"),
            (b" =?utf-8?q?a?= =?iso-8859-1?q?=E4?=", "aä"),
            (b" =?utf-8?q?a?= b =?utf-8?q?c?=", "a b c"),
            (b" =?UTF-8?Q?Not allowed, but sent?=", "Not allowed, but sent"),
            (b" =?utf-8*en?q?with_a_language?=", "with a language"),
            (b"x=?utf-8?q?=C3=A9?=y", "xéy"),
            (b" =?utf-8?b?w6k?=", "é"),
            (b" =?utf-8?b?w6kx?", "=?utf-8?b?w6kx?"),
            (b" =?nonsense?q?=C3=A9?=", "é"),
            (b" =?gb2312?b?xOO6ww==?=", "你好"),
            (b" =?iso-2022-jp?b?GyRCNEE7ehsoQg==?=", "漢字"),
            (b" gr\xfc\xdfe", "grüße"),
            (b" gr\xc3\xbc\xc3\x9fe", "grüße"),
            (b" a\tb\r\x1b[31mc\0d\xe2\x80\xaee", "a b [31mcde"),
            (b" =?utf-8?q?two=0D=0ABcc:_x?=", "two Bcc: x"),
        ],
    )
    def test_what_is_written_is_said_in_one_line(self, written: bytes, said: str) -> None:
        assert header_text(written) == said

    def test_raw_bytes_are_in_the_charset_of_the_body(self) -> None:
        assert header_text("Привет".encode("koi8-r"), "koi8-r") == "Привет"

    @given(st.text(st.characters(exclude_categories=("Cs", "Cc", "Cf")), max_size=60))
    def test_encoded_text_comes_out_as_it_went_in(self, text: str) -> None:
        assert header_text(encoded(text).encode()) == " ".join(text.split())


class TestCharsets:
    @pytest.mark.parametrize("charset", ["hex", "rot13", "idna", "undefined", "../x", "zip", "\0"])
    def test_what_is_no_charset_costs_a_doubt_and_no_letter(self, charset: str) -> None:
        text, doubt = decode("Größe".encode(), charset)

        assert text == "Größe"
        assert "is unknown" in doubt

    @pytest.mark.parametrize(
        "data, charset, text",
        [
            ("Größe".encode("cp1252"), "iso-8859-1", "Größe"),
            ("“so”".encode("cp1252"), "us-ascii", "“so”"),
            ("Größe".encode(), "iso-8859-1", "Größe"),
            ("中文字符集".encode("gb18030"), "gb2312", "中文字符集"),
            ("谩".encode("gb18030"), "gb2312", "谩"),
            ("中文字符集".encode(), "gb2312", "中文字符集"),
            ("①".encode("cp932"), "shift_jis", "①"),
            ("안녕".encode("cp949"), "ks_c_5601-1987", "안녕"),
            ("hello".encode("utf-16"), "utf-16", "hello"),
            (b"plain after all", "utf-16", "plain after all"),
            (b"1 +- 2", "utf-7", "1 + 2"),
            ("Größe über alles ".encode() + b"\xff", "utf-8", "Größe über alles \ufffd"),
            (b"caf\xe9", "utf-8", "café"),
        ],
    )
    def test_text_is_read_as_it_was_meant(self, data: bytes, charset: str, text: str) -> None:
        assert decode(data, charset)[0] == text

    @given(st.binary(max_size=60), st.text(max_size=12))
    def test_any_bytes_in_any_charset_are_some_text(self, data: bytes, charset: str) -> None:
        assert isinstance(decode(data, charset)[0], str)


class TestAddresses:
    @pytest.mark.parametrize(
        "written, name, email",
        [
            (b" ann@example.com", "", "ann@example.com"),
            (b" Ann Lee <ann@example.com>", "Ann Lee", "ann@example.com"),
            (b' "Lee, Ann" <ann@example.com>', "Lee, Ann", "ann@example.com"),
            (b' "Ann \\"A\\" Lee" <ann@example.com>', 'Ann "A" Lee', "ann@example.com"),
            (b" ann@example.com (Ann (A) Lee)", "Ann (A) Lee", "ann@example.com"),
            (b" Ann ann@example.com", "Ann", "ann@example.com"),
            (b' "Ann <ann@example.com>', "Ann", "ann@example.com"),
            (b" Ann <ann@example.com", "Ann", "ann@example.com"),
            (b" <<ann@example.com>>", "", "ann@example.com"),
            (b" 'ann@example.com' <ann@example.com>", "", "ann@example.com"),
            (b" <@a.example,@b.example:ann@example.com>", "", "ann@example.com"),
            (b" mailto:ann@example.com", "", "ann@example.com"),
            (b" friends: ann@example.com;", "", "ann@example.com"),
            (b" =?utf-8?q?Zo=C3=AB?= <zoe@example.com>", "Zoë", "zoe@example.com"),
            (b' "=?utf-8?q?Zo=C3=AB?=" <zoe@example.com>', "Zoë", "zoe@example.com"),
            (b" =?utf-8?q?Lee,_Ann?= <ann@example.com>", "Lee, Ann", "ann@example.com"),
            (b" J\xf6rg <j@example.com>", "Jörg", "j@example.com"),
            ("info@müller.example".encode(), "", "info@müller.example"),
            (b' "Name Only" <>', "Name Only", ""),
            (b" Name Only", "Name Only", ""),
            (b" <a b@example.com>", "", ""),
            (b' "" (Mail Delivery System)', "Mail Delivery System", ""),
        ],
    )
    def test_the_first_one_is_read(self, written: bytes, name: str, email: str) -> None:
        found = addresses(written)

        assert (found or [Address("", "")])[0] == Address(name, email)

    @pytest.mark.parametrize("written", [b"", b' "', b" <>", b" ,;,", b" ()"])
    def test_nothing_is_nobody(self, written: bytes) -> None:
        assert addresses(written) == []

    def test_each_of_several_is_read(self) -> None:
        written = b'A <a@x.example>, "B, B" <B@x.example>; c@x.example (no, C) <d@x.example>'

        assert bare_addresses(written) == ["a@x.example", "b@x.example", "d@x.example"]

    def test_undisclosed_recipients_are_nobody(self) -> None:
        assert bare_addresses(b"unlisted-recipients:; (no To-header on input)") == []
        assert bare_addresses(b"(c):") == []

    @pytest.mark.parametrize(
        "written",
        [
            encoded("evil@x.example"),
            encoded("Ann <evil@x.example>,"),
            "<" + encoded("evil@x.example") + ">",
            "=?utf-8?q?=3Cevil=40x.example=3E?=",
            "=?utf-8?q?evil@x.example?=",
        ],
    )
    def test_an_encoded_word_is_never_an_address(self, written: str) -> None:
        assert bare_addresses(written.encode()) == []

    @given(st.text(max_size=30))
    @example("evil@x.example")
    @example('" <evil@x.example>, "')
    @example("a\r\nBcc: evil@x.example")
    def test_whatever_is_encoded_stays_in_the_name(self, text: str) -> None:
        written = f"{encoded(text.encode('utf-8', 'replace').decode())} <ann@example.com>"
        found = addresses(written.encode())

        assert [one.email for one in found] == ["ann@example.com"]
        assert "\n" not in found[0].name

    @given(st.text(st.sampled_from('ab@.,;:<>()"\\ =?q\0é'), max_size=40))
    def test_no_line_breaks_it_and_an_address_is_one_word(self, line: str) -> None:
        for one in addresses(line.encode()):
            assert one.email.count("@") in (0, 1)
            assert not set(one.email) & set(' ,;:<>()"\\\0')


class TestIdsAndDates:
    def test_odd_ids_are_kept_as_they_are(self) -> None:
        assert first_id(b" <[0123abcd@microsoft.com]> (x)") == "<[0123abcd@microsoft.com]>"
        assert first_id(b" bare@example.com") == "<bare@example.com>"
        assert first_id(b" nothing here") == ""

    def test_a_folded_id_is_one_word_again(self) -> None:
        assert message_ids(b" <a@x>\t<b\t@x> and text") == ("<a@x>", "<b@x>")

    def test_the_newest_200_are_kept(self) -> None:
        found = message_ids(b" ".join(b"<%d@x>" % number for number in range(300)))

        assert (len(found), found[-1]) == (200, "<299@x>")

    @pytest.mark.parametrize(
        "written",
        [b" Mon, 23 Nov 2026 10:05:00 +0100 (CET)", b" 23 Nov 26 09:05 GMT", b"2026-11-23T09:05Z"],
    )
    def test_a_date_is_an_instant(self, written: bytes) -> None:
        assert date_at(written) == datetime(2026, 11, 23, 9, 5, tzinfo=UTC)

    @pytest.mark.parametrize(
        "written",
        [b"", b"Mon, 99 Foo 20255 77:88:99 +9999", b"1 Jan 1970 00:00:00 +0000", b"\xff" * 50],
    )
    def test_what_is_no_date_is_none(self, written: bytes) -> None:
        assert date_at(written) is None


class TestLines:
    def test_the_first_blank_line_ends_the_header(self) -> None:
        raw = b"From: a@b.c\r\nSubject: one\r\n two\r\n\r\nTo: not a header\r\n"
        head = split_head(raw, 0, len(raw))

        assert head.fields == (("from", b" a@b.c"), ("subject", b" one two"))
        assert raw[head.body_at :] == b"To: not a header\r\n"

    def test_a_body_without_a_blank_line_before_it_is_the_body(self) -> None:
        raw = b"From: a@b.c\nSubject: s\nHello there,\nthis is it\n\nBye\n"
        head = split_head(raw, 0, len(raw))

        assert head.first("subject") == b" s"
        assert raw[head.body_at :] == b"Hello there,\nthis is it\n\nBye\n"

    def test_a_line_that_was_not_indented_belongs_to_the_one_before(self) -> None:
        raw = b"Subject: one\ntwo\nFrom: a@b.c\n\nx"
        head = split_head(raw, 0, len(raw))

        assert (head.first("subject"), head.first("from")) == (b" one two", b" a@b.c")
        assert head.doubts == ("a line of the header is broken",)


HALF_MEGABYTE = 500_000


@pytest.mark.parametrize(
    "line",
    [
        b"=?" * (HALF_MEGABYTE // 2),
        b"=?a?q?" * (HALF_MEGABYTE // 6) + b"?=",
        b'\\"' * (HALF_MEGABYTE // 2),
        b"(" * HALF_MEGABYTE,
        b"<" * HALF_MEGABYTE,
        b"a@b " * (HALF_MEGABYTE // 4),
        b"a@b.c," * (HALF_MEGABYTE // 6),
    ],
    ids=lambda line: repr(line[:8]),
)
def test_half_a_megabyte_in_one_line_is_read_in_no_time(line: bytes) -> None:
    begun = time.perf_counter()
    header_text(line)
    addresses(line)
    message_ids(line)

    assert time.perf_counter() - begun < 5  # a quadratic one takes minutes
