"""A letter becomes bytes that say exactly what was meant, whatever a stranger typed."""

from __future__ import annotations

import email
import email.policy
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cxdesk.domain.outgoing import Attached
from cxdesk.errors import MailError
from cxdesk.mail.compose import (
    LONGEST_SUBJECT,
    Letter,
    check,
    compose,
    message_id,
    public_name,
)
from cxdesk.mail.wire import ascii_address, flatten

OUR_ID = message_id("followup:412", "desk-1", "example.com")
BODY_HEADERS = {"MIME-Version", "Content-Type", "Content-Transfer-Encoding"}


def letter(**changes: Any) -> Letter:
    values: dict[str, Any] = {
        "from_address": "hello@example.com",
        "to_address": "ann@example.com",
        "subject": "Your shelf",
        "text": "Hello Ann\n",
        "date": datetime(2026, 11, 23, 9, 5, tzinfo=timezone(timedelta(hours=1))),
        "message_id": OUR_ID,
        "instance": "desk-1",
    }
    return Letter(**{**values, **changes})


def names(raw: bytes) -> list[str]:
    return [name for name in email.message_from_bytes(raw) if name not in BODY_HEADERS]


def modern(raw: bytes) -> email.message.EmailMessage:
    """As a reader on the library's newer parser sees it: the one that decodes too much."""
    read = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(read, email.message.EmailMessage)
    return read


class TestHeaders:
    def test_a_plain_letter_has_these_and_no_others(self) -> None:
        assert compose(letter()).decode() == (
            "From: hello@example.com\r\n"
            "To: ann@example.com\r\n"
            "Subject: Your shelf\r\n"
            "Date: Mon, 23 Nov 2026 09:05:00 +0100\r\n"
            f"Message-ID: {OUR_ID}\r\n"
            "X-Cxdesk-Instance: desk-1\r\n"
            'Content-Type: text/plain; charset="utf-8"\r\n'
            "Content-Transfer-Encoding: 7bit\r\n"
            "MIME-Version: 1.0\r\n"
            "\r\n"
            "Hello Ann\r\n"
        )

    def test_an_automatic_reply_says_all_it_should(self) -> None:
        raw = compose(
            letter(
                from_name="Oak & Co",
                to_name="Lee, Ann",
                auto_submitted="auto-replied",
                reference="ack:42",
                in_reply_to="<b@example.net>",
                references=("<a@example.net>", "<b@example.net>"),
                unsubscribe="mailto:hello@example.com?subject=unsubscribe",
            )
        )
        read = email.message_from_bytes(raw)

        assert read["From"] == "Oak & Co <hello@example.com>"
        assert read["To"] == '"Lee, Ann" <ann@example.com>'
        assert read["Auto-Submitted"] == "auto-replied"
        assert read["X-Cxdesk-Reference"] == "ack:42"
        assert read["In-Reply-To"] == "<b@example.net>"
        assert read["References"] == "<a@example.net> <b@example.net>"
        assert read["List-Unsubscribe"] == "<mailto:hello@example.com?subject=unsubscribe>"

    def test_the_same_letter_gives_the_same_bytes(self) -> None:
        one = letter(html="<p>größe</p>", text="größe")

        assert compose(one) == compose(one)

    @pytest.mark.parametrize("length", [60, 78, 100, 300, 498])
    def test_long_ids_are_never_broken(self, length: int) -> None:
        parent = f"<{'x' * (length - 4)}@y>"
        chain = tuple(f"<{number}.{parent[1:]}" for number in range(3))[: 3 if length < 400 else 0]
        raw = compose(letter(in_reply_to=parent, references=(*chain, parent)))

        assert parent.encode() + b"\r\n" in raw
        assert modern(raw)["References"].split() == [*chain, parent]

    def test_ids_that_cannot_be_written_are_left_out(self) -> None:
        hostile = ("<a b@c>", "no-brackets", "<=?utf-8?q?x?=@y>", "<é@x>", "<x\r\nBcc: a@b>")
        huge = f"<{'x' * 2000}@y>"
        raw = compose(letter(in_reply_to=huge, references=(*hostile, huge, "<fine@x>")))

        assert email.message_from_bytes(raw)["References"] == "<fine@x>"
        assert "In-Reply-To" not in names(raw)

    def test_a_long_thread_keeps_its_first_and_its_newest(self) -> None:
        ids = tuple(f"<{number}@x>" for number in range(500))

        kept = modern(compose(letter(references=ids)))["References"].split()

        assert (kept[0], kept[1], kept[-1], len(kept)) == (ids[0], ids[401], ids[499], 100)


HOSTILE = [
    "Hello\r\nBcc: victim@example.com",
    "Hello\nBcc: victim@example.com\n\nbody",
    "=?utf-8?q?=0A?=Bcc: victim@example.com",
    "=?utf-8?q?=0D=0ABcc:_victim@example.com?=",
    "=?utf-8?b?DQpCY2M6IHZpY3RpbUBleGFtcGxlLmNvbQ==?=",
    "=?utf-8?q?unfinished",
    "\u202eevil\u202c \u2066x\u2069 \u200e",
    "a\x00b\x1b[31mc\x9b",
    "a\u2028Bcc: victim@example.com\x85Bcc: y@example.com",
    "x" * 10_000,
    "größe 😀 " * 1_000,
    "\ud800 lone",
    "  ",
    '"quoted" \\ back, <victim@example.com>; (comment)',
    "victim@example.com,",
    "👩\u200d👩\u200d👧 família, हिन्दी",
]


class TestStrangersWords:
    @pytest.mark.parametrize("words", HOSTILE)
    @pytest.mark.parametrize("field", ["subject", "to_name", "from_name"])
    def test_a_hostile_value_stays_one_header(self, field: str, words: str) -> None:
        raw = compose(letter(**{field: words}))

        assert names(raw) == names(compose(letter()))
        assert modern(raw)["Bcc"] is None
        assert [one.addr_spec for one in modern(raw)["To"].addresses] == ["ann@example.com"]
        assert max(len(line) for line in raw.split(b"\r\n")) < 200

    @pytest.mark.parametrize("words", HOSTILE)
    def test_a_subject_reads_as_it_was_typed(self, words: str) -> None:
        read = str(modern(compose(letter(subject=words)))["Subject"])

        assert read.replace("�", "?") == flatten(words, LONGEST_SUBJECT).replace("�", "?")

    @pytest.mark.parametrize(
        "address",
        [
            "",
            "ann",
            "ann@",
            "ann@example.com, bob@example.com",
            "Ann <ann@example.com>",
            "ann@example.com\r\nBcc: bob@example.com",
            "=?utf-8?q?=0A?=x@example.com",
            '"ann lee"@example.com',
            "ünal@example.com",
            "ann@example.com\u202e",
            "a" * 250 + "@example.com",
        ],
    )
    def test_anything_but_one_plain_address_is_refused(self, address: str) -> None:
        with pytest.raises(MailError, match="No mail can go to or from"):
            compose(letter(to_address=address))

    def test_tokens_of_our_own_are_flattened_too(self) -> None:
        raw = compose(letter(reference="x\r\nBcc: a@b é =?utf-8?q?y?=", instance="a b"))

        read = email.message_from_bytes(raw)
        assert read["X-Cxdesk-Instance"] == "a_b"
        assert read["X-Cxdesk-Reference"] == "x__Bcc:_a@b____?utf-8?q?y?="

    @given(st.text(max_size=300), st.text(max_size=150), st.text(max_size=300))
    @example("=?utf-8?q?=0A?=Bcc: x", "a,b", "\r\n.\r\n")
    def test_any_words_come_out_as_meant_or_are_refused(
        self, subject: str, name: str, text: str
    ) -> None:
        raw = compose(letter(subject=subject, to_name=name, text=text, html=text))

        assert names(raw) == names(compose(letter()))
        assert raw.isascii()
        assert b"\n" not in raw.replace(b"\r\n", b"")
        assert max(len(line) for line in raw.split(b"\r\n")) <= 998


class TestBody:
    @pytest.mark.parametrize(
        "text, encoding",
        [
            ("Plain words.\n", "7bit"),
            ("Die Größe stimmt.\nEin Punkt:\n.\nFrom me\n", "quoted-printable"),
            ("हिन्दी पाठ\n" * 5, "base64"),
            ("x" * 3000, "quoted-printable"),
        ],
    )
    def test_text_arrives_whole_and_readable_where_it_can_be(
        self, text: str, encoding: str
    ) -> None:
        read = modern(compose(letter(text=text)))

        assert read["Content-Transfer-Encoding"] == encoding
        assert read.get_content().splitlines() == text.splitlines()

    def test_html_is_the_alternative_and_comes_last(self) -> None:
        read = modern(compose(letter(html="<p>Grüße</p>")))

        kinds = [part.get_content_type() for part in read.walk()]
        assert kinds == ["multipart/alternative", "text/plain", "text/html"]

    def test_control_characters_do_not_travel(self) -> None:
        read = modern(compose(letter(text="a\x00b\x1b[2Jc\td\re")))

        assert read.get_content() == "a\ufffdb\ufffd[2Jc\td\r\ne\r\n"


class TestCheck:
    @pytest.mark.parametrize(
        "old, new",
        [
            (b"To: ", b"Bcc: victim@example.com\r\nTo: "),
            (b"To: ann@example.com", b"To: ann@example.com, bob@example.com"),
            (b"To: ann@example.com", b"To: bob@example.com"),
            (b"To: ann@example.com", b"To: ann@example.com\r\nTo: ann@example.com"),
            (b"Your shelf", b"Your\r\n shelf!"),
            (b"Your shelf", b"=?utf-8?q?Your=0AShelf?="),
            (b"Hello Ann", b"Hello Bob"),
            (b"Message-ID: <cxdesk.", b"Message-ID: <other."),
            (b"X-Cxdesk-Instance", b"X-Other"),
            (b"\r\n\r\nHello", b"\r\nHello"),
        ],
    )
    def test_bytes_that_say_something_else_are_refused(self, old: bytes, new: bytes) -> None:
        one = letter()
        raw = compose(one)
        assert old in raw

        with pytest.raises(MailError, match="would not say what was meant"):
            check(raw.replace(old, new), one)

    def test_the_bytes_themselves_pass(self) -> None:
        one = letter(subject="Größe\n", to_name="Lee, Ann", html="<b>x</b>")

        check(compose(one), one)


class TestMessageId:
    def test_it_is_the_same_each_time_and_another_for_another(self) -> None:
        assert message_id("a", "b", "example.com") == message_id("a", "b", "example.com")
        several = {
            message_id(*parts) for parts in (("a", "b", "x"), ("ab", "", "x"), ("b", "a", "x"))
        }
        assert len(several) == 3

    @pytest.mark.parametrize(
        "domain, ending",
        [
            ("Example.COM", "@example.com>"),
            ("bücher.example", "@xn--bcher-kva.example>"),
            ("", "@cxdesk.invalid>"),
            ("a b\r\n", "@cxdesk.invalid>"),
        ],
    )
    def test_its_domain_is_always_a_plain_one(self, domain: str, ending: str) -> None:
        one = message_id("digest:2026-11-22:owner", "desk-1", domain)

        assert one.startswith("<cxdesk.")
        assert one.endswith(ending)
        compose(letter(message_id=one))

    def test_a_mistake_of_ours_is_loud(self) -> None:
        with pytest.raises(ValueError, match="Message-ID"):
            compose(letter(message_id="no brackets"))
        with pytest.raises(ValueError, match="aware date"):
            compose(letter(date=datetime(2026, 11, 23, tzinfo=UTC).replace(tzinfo=None)))
        with pytest.raises(ValueError, match="mailto"):
            compose(letter(unsubscribe="https://example.com"))


class TestThePublicName:
    def test_is_always_the_same_and_another_for_another(self) -> None:
        assert public_name("oak") == "16f9b6adb1867f1848ade6eac1bb0fd0"
        assert public_name("elm") != public_name("oak")

    def test_of_no_desk_is_none(self) -> None:
        assert public_name("") == ""

    def test_makes_no_message_id_of_the_desk(self) -> None:
        guessed = message_id("reply:2", public_name("oak"), "example.com")

        assert guessed != message_id("reply:2", "oak", "example.com")


class TestWire:
    def test_long_lines_are_cut_with_a_sign(self) -> None:
        assert flatten("abc def", 5) == "abc…"

    @given(st.text())
    def test_a_flat_line_is_printable_and_settled(self, text: str) -> None:
        line = flatten(text, 100)

        assert flatten(line, 100) == line
        assert len(line) <= 100
        assert not {"\n", "\r", "\x1b", "\u202e"} & set(line)

    @given(st.text())
    def test_an_address_is_plain_or_refused(self, text: str) -> None:
        try:
            address = ascii_address(f"{text}@example.com")
        except ValueError:
            return
        assert address.isascii()
        assert address.isprintable()
        assert " " not in address


PDF = Attached("offer.pdf", "application/pdf", b"%PDF\x00\xff\r\n")


def attached(raw: bytes) -> list[tuple[str | None, str, bytes]]:
    """Name, type and bytes of each attachment, as a reader on the newer parser sees them."""
    found = []
    for part in modern(raw).iter_attachments():
        data = part.get_payload(decode=True)
        assert isinstance(data, bytes)
        found.append((part.get_filename(), part.get_content_type(), data))
    return found


class TestAttachments:
    def test_they_stand_behind_the_text(self) -> None:
        raw = compose(letter(html="<p>Hello</p>", attachments=(PDF, PDF._replace(name="b.pdf"))))

        assert [part.get_content_type() for part in modern(raw).walk()] == [
            "multipart/mixed",
            "multipart/alternative",
            "text/plain",
            "text/html",
            "application/pdf",
            "application/pdf",
        ]
        assert attached(raw) == [tuple(PDF), ("b.pdf", PDF.type, PDF.data)]

    def test_the_same_letter_gives_the_same_bytes(self) -> None:
        one = letter(html="<p>x</p>", attachments=(PDF,))

        assert compose(one) == compose(one)

    def test_a_name_beyond_ascii_is_written_as_rfc_2231_has_it(self) -> None:
        raw = compose(letter(attachments=(PDF._replace(name="Größe – 90 cm.pdf"),)))

        assert b"filename*=utf-8''Gr%C3%B6%C3%9Fe%20%E2%80%93%2090%20cm.pdf" in raw
        assert attached(raw)[0][0] == "Größe – 90 cm.pdf"
        assert raw.isascii()

    @pytest.mark.parametrize(
        "name, shown",
        [
            ("a\r\nBcc: x@example.com.pdf", "a Bcc: x@example.com.pdf"),
            ("invoice\u202efdp.exe", "invoice fdp.exe"),
            ('say "hi"; name=x.pdf', 'say "hi"; name=x.pdf'),
            ("\n", "attachment"),
        ],
    )
    def test_a_name_is_one_line_and_no_more(self, name: str, shown: str) -> None:
        raw = compose(letter(attachments=(PDF._replace(name=name),)))

        assert attached(raw)[0][0] == shown
        assert names(raw) == names(compose(letter()))

    @pytest.mark.parametrize(
        "kind",
        ["message/rfc822", "multipart/mixed", "text", "text/plain; charset=x", "a/b\nX: y"],
    )
    def test_what_would_be_opened_as_a_mail_or_is_no_type_is_bytes(self, kind: str) -> None:
        raw = compose(letter(attachments=(Attached("a.eml", kind, b"Subject: x\n\nBcc: y\n"),)))

        assert attached(raw) == [("a.eml", "application/octet-stream", b"Subject: x\n\nBcc: y\n")]

    def test_a_text_is_an_attachment_all_the_same(self) -> None:
        latin = Attached("n.txt", "text/plain", "größe\n".encode("latin-1"))

        assert attached(compose(letter(attachments=(latin,)))) == [tuple(latin)]

    @pytest.mark.parametrize(
        "changes",
        [{"name": "other.pdf"}, {"type": "application/zip"}, {"data": b"%PDF"}],
        ids=lambda changes: next(iter(changes)),
    )
    def test_bytes_that_hold_another_file_are_refused(self, changes: dict[str, Any]) -> None:
        raw = compose(letter(attachments=(PDF,)))

        with pytest.raises(MailError, match="attachments"):
            check(raw, letter(attachments=(PDF._replace(**changes),)))
        with pytest.raises(MailError, match="attachments"):
            check(raw, letter())
        with pytest.raises(MailError):
            check(compose(letter()), letter(attachments=(PDF,)))

    @given(st.text(max_size=150), st.binary(max_size=200))
    def test_whatever_a_file_is_called_and_holds(self, name: str, data: bytes) -> None:
        raw = compose(letter(attachments=(Attached(name, "application/x-y", data),)))

        assert [held for _, _, held in attached(raw)] == [data]
        assert names(raw) == names(compose(letter()))
