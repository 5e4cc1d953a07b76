"""A stranger's mail becomes a letter, whatever state it is in."""

from __future__ import annotations

import base64
import hashlib
import json
import time
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cxdesk.domain.letters import Address, Letter, Part
from cxdesk.errors import MailError
from cxdesk.mail import reader
from cxdesk.mail.reader import Unreadable, part_bytes, read

DATA = Path(__file__).parent.parent / "data" / "mail"
KILLERS: list[dict[str, Any]] = json.loads((DATA / "killers.json").read_text())
HEAD = b"From: Ann <ann@example.com>\nSubject: Hello\nMessage-ID: <1@example.com>\n"


def mail(body: bytes, kind: bytes = b"text/plain; charset=utf-8", *more: bytes) -> bytes:
    lines = b"".join(line + b"\n" for line in (b"Content-Type: " + kind, *more))
    return HEAD + lines + b"\n" + body


def mixed(*parts: bytes, kind: bytes = b"mixed") -> bytes:
    body = b"".join(b"--b\n" + part + b"\n" for part in parts)
    return mail(body + b"--b--\n", b"multipart/" + kind + b"; boundary=b")


def part(kind: bytes, body: bytes, *more: bytes) -> bytes:
    lines = b"".join(line + b"\n" for line in (b"Content-Type: " + kind, *more))
    return lines + b"\n" + body


def names(letter: Letter) -> list[str]:
    return [one.name for one in letter.parts]


class TestKillers:
    @pytest.mark.parametrize("case", KILLERS, ids=lambda case: case["file"])
    def test_each_says_what_it_should_at_once(self, case: dict[str, Any]) -> None:
        raw = (DATA / "killers" / case["file"]).read_bytes()
        begun = time.perf_counter()
        if case.get("quarantined"):
            with pytest.raises(Unreadable):
                read(raw)
            return
        letter = read(raw)

        assert time.perf_counter() - begun < 2
        assert case.get("text_has", "") in letter.text
        assert case.get("subject", letter.subject) == letter.subject
        assert case.get("name", letter.sender.name) == letter.sender.name
        assert case.get("attachments", names(letter)) == names(letter)
        if "from" in case and "configured" not in case.get("note", ""):
            assert (case["from"] or "") == letter.sender.email
        if case.get("message_id", "").startswith("<"):
            assert case["message_id"] == letter.message_id
        json.dumps(letter.text + letter.subject)

    @staticmethod
    def _killer(number: str) -> Letter:
        return read(next((DATA / "killers").glob(f"{number}-*")).read_bytes())

    def test_a_name_with_a_line_end_is_one_line(self) -> None:
        assert self._killer("07").sender == Address("Evil Bcc: x@y.z", "a@b.c")

    def test_a_name_without_an_address_is_kept(self) -> None:
        assert self._killer("28").sender == Address("Name Only", "")

    def test_control_characters_are_gone(self) -> None:
        letter = self._killer("23")

        assert (letter.sender.name, letter.text[:6]) == ("[2J]0;pwn", "]52;c;")

    def test_a_turned_name_shows_its_real_ending(self) -> None:
        assert names(self._killer("21")) == ["invoicefdp.exe"]

    @pytest.mark.parametrize(
        "number, doubt",
        [
            ("08", 'the charset "iso-gb2312" is unknown'),
            ("16", "a line of the header is broken"),
            ("29", "it has more than one From; the first is taken"),
            ("31", "its parts are nested more than 40 deep"),
        ],
    )
    def test_what_is_doubtful_is_said(self, number: str, doubt: str) -> None:
        assert self._killer(number).doubts == (doubt,)


class TestLetter:
    RAW = (
        b"Return-Path: <>\r\n"
        b"Delivered-To: Desk@example.test\r\n"
        b"From: =?utf-8?q?Zo=C3=AB?= <zoe@example.com>\r\n"
        b"Reply-To: Answers <Answers@example.com>\r\n"
        b"To: Desk <desk@example.test>, bob@example.com\r\n"
        b"Cc: Carol <carol@example.com>\r\n"
        b"Subject: =?utf-8?q?The_=C3=B6ven?=\r\n"
        b"Date: Mon, 23 Nov 2026 10:05:00 +0100\r\n"
        b"Message-ID: <2@example.com>\r\n"
        b"In-Reply-To: <1@example.test>\r\n"
        b"References: <0@example.test>\r\n <1@example.test>\r\n"
        b"Auto-Submitted: no\r\nX-Note: first\r\nX-Note: second\r\n"
        b"\r\n"
        b"It is cold.\r\nZo\xc3\xab\r\n"
    )

    def test_everything_is_in_its_place(self) -> None:
        letter = read(self.RAW)

        assert letter.sender == Address("Zoë", "zoe@example.com")
        assert letter.reply_to == "answers@example.com"
        assert letter.recipients == ("desk@example.test", "bob@example.com", "carol@example.com")
        assert letter.subject == "The öven"
        assert letter.text == "It is cold.\nZoë"
        assert letter.date_at == datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
        assert letter.message_id == "<2@example.com>"
        assert letter.in_reply_to == ("<1@example.test>",)
        assert letter.references == ("<0@example.test>", "<1@example.test>")
        assert letter.headers["return-path"] == "<>"
        assert letter.headers["auto-submitted"] == "no"
        assert letter.headers["x-note"] == "first"
        assert (letter.parts, letter.report, letter.forwarded, letter.doubts) == (
            (),
            None,
            None,
            (),
        )

    @pytest.mark.parametrize(
        "before", [b"\xef\xbb\xbf", b"\r\n\r\n", b"From zoe@example.com Mon Nov 23 2026\r\n"]
    )
    def test_what_stands_before_the_header_does_not_matter(self, before: bytes) -> None:
        assert read(before + self.RAW) == read(self.RAW)

    def test_the_bytes_may_be_utf_16(self) -> None:
        assert read(self.RAW.decode().encode("utf-16")).text == "It is cold.\nZoë"

    def test_a_missing_id_is_made_from_the_bytes(self) -> None:
        raw = b"From: a@b.c\n\nx"
        made = hashlib.sha256(raw).hexdigest()

        assert read(raw).message_id == f"<{made}@missing.cxdesk.invalid>"

    def test_the_content_is_the_same_however_it_travelled(self) -> None:
        again = b"Received: by another way\r\n" + self.RAW.replace(b"is cold", b"is  cold")

        assert read(again).content == read(self.RAW).content
        assert read(self.RAW.replace(b"cold", b"hot")).content != read(self.RAW).content

    @pytest.mark.parametrize(
        "lines, sender",
        [
            (b"Sender: s@x.example\nReply-To: r@x.example", Address("", "s@x.example")),
            (b"From: Ann\nReturn-Path: <ann@x.example>", Address("Ann", "ann@x.example")),
            (b"From: <>\nReturn-Path: <>", Address("", "")),
        ],
    )
    def test_without_from_the_next_best_is_the_sender(self, lines: bytes, sender: Address) -> None:
        assert read(lines + b"\n\nx").sender == sender

    @pytest.mark.parametrize(
        "raw", [b"", b" \r\n\t\n", b"Hello,\n\nno header here", b"\0\1\2" * 99]
    )
    def test_what_is_no_mail_is_refused_in_a_sentence(self, raw: bytes) -> None:
        with pytest.raises(Unreadable, match=r"^This .* (?:empty|no header)\.$"):
            read(raw)


class TestText:
    def test_the_plain_one_of_two_is_taken(self) -> None:
        raw = mixed(
            part(b"text/plain", b"plain"), part(b"text/html", b"<p>rich"), kind=b"alternative"
        )

        assert (read(raw).text, read(raw).parts) == ("plain", ())

    def test_html_is_taken_where_the_plain_one_is_blank(self) -> None:
        raw = mixed(
            part(b"text/plain", b" \n"), part(b"text/html", b"<p>rich"), kind=b"alternative"
        )

        assert read(raw).text == "rich"

    def test_an_attachment_in_an_alternative_is_not_lost(self) -> None:
        inner = (
            b'Content-Type: multipart/mixed; boundary="c"\n\n--c\nContent-Type: text/html\n\n<p>x\n'
        )
        inner += b"--c\nContent-Type: application/pdf; name=a.pdf\n\nPDF\n--c--"
        letter = read(mixed(part(b"text/plain", b"plain"), inner, kind=b"alternative"))

        assert (letter.text, names(letter)) == ("plain", ["a.pdf"])

    def test_several_texts_are_one(self) -> None:
        raw = mixed(part(b"text/plain", b"one\n"), part(b"text/html", b"<p>two</p>"))

        assert read(raw).text == "one\n\ntwo"

    def test_a_named_text_is_an_attachment_unless_it_is_the_letter(self) -> None:
        first = part(b"text/plain; name=body.txt", b"the letter")
        letter = read(mixed(first, part(b"text/plain; name=notes.txt", b"notes")))

        assert (letter.text, names(letter)) == ("the letter", ["notes.txt"])

    def test_flowed_lines_are_joined(self) -> None:
        body = b"> One \n> two\n> three\nfour \nfive\n six\n-- \nAnn\n"
        raw = mail(body, b"text/plain; format=flowed")

        assert read(raw).text == "> One two\n> three\nfour five\nsix\n-- \nAnn"

    def test_the_space_at_which_they_were_broken_may_go(self) -> None:
        raw = mail("日本 \n語".encode(), b"text/plain; charset=utf-8; format=flowed; delsp=yes")

        assert read(raw).text == "日本語"

    @pytest.mark.parametrize(
        "body, encoding",
        [
            (b"Gr=C3=BC=C3=9F=\ne", b"quoted-printable"),
            (b"R3LDvMOfZQ==", b"base64"),
            (b"R3LD\r\nvMOfZQ", b"BASE64 "),
            ("Grüße".encode(), b"8bit"),
            ("Grüße".encode(), b"x-unknown"),
            (b"begin 644 x\n'1W+#O,.?90\n`\nend", b"x-uuencode"),
        ],
    )
    def test_each_encoding_says_the_same(self, body: bytes, encoding: bytes) -> None:
        raw = mail(body, b"text/plain; charset=utf-8", b"Content-Transfer-Encoding: " + encoding)

        assert read(raw).text == "Grüße"

    def test_plain_words_that_call_themselves_base64_are_shown(self) -> None:
        words = b"Dear all, this is plain, and nothing but plain. Bob"
        letter = read(mail(words, b"text/plain", b"Content-Transfer-Encoding: base64"))

        assert letter.text == words.decode()
        assert letter.doubts == ("it says base64 and is not",)

    def test_html_says_its_charset_in_its_own_head(self) -> None:
        raw = mail(b"<meta charset='koi8-r'><p>\xf0\xf2\xe9", b"text/html")

        assert read(raw).text == "ПРИ"


class TestAttachments:
    def test_each_comes_out_as_it_went_in(self) -> None:
        data = bytes(range(256)) * 4

        encoded = base64.encodebytes(data)
        raw = mixed(
            part(b"text/plain", b"see"),
            part(b"image/png", encoded, b"Content-Transfer-Encoding: base64"),
            part(b"text/csv; name=a.csv", b"a,b\r\n1,2\r\n"),
        )

        assert read(raw).parts == (
            Part(1, "attachment-1.png", "image/png", 1024),
            Part(2, "a.csv", "text/csv", 10),
        )
        assert part_bytes(raw, 1) == data
        assert part_bytes(raw, 2) == b"a,b\r\n1,2\r\n"

    @pytest.mark.parametrize("position", [0, -1, 2])
    def test_what_is_not_there_cannot_be_had(self, position: int) -> None:
        raw = mixed(part(b"text/plain", b"see"), part(b"image/png", b"x"))
        with pytest.raises(MailError, match="has no attachment"):
            part_bytes(raw, position)

    @pytest.mark.parametrize(
        "placing, name",
        [
            (b'filename="report.pdf"', "report.pdf"),
            (b"filename=my report.pdf", "my report.pdf"),
            (b"filename*=utf-8''r%C3%A9sum%C3%A9.pdf; filename=resume.pdf", "résumé.pdf"),
            (b"filename*0*=utf-8''r%C3%A9; filename*1=sum; filename*2*=%C3%A9.pdf", "résumé.pdf"),
            (b'filename="=?utf-8?q?r=C3=A9sum=C3=A9=2Epdf?="', "résumé.pdf"),
            (b'filename="r\xc3\xa9sum\xc3\xa9.pdf"', "résumé.pdf"),
            (b'filename="r\xe9sum\xe9.pdf"', "résumé.pdf"),
            (b'filename="C:\\\\Users\\\\ann\\\\x.pdf"', "x.pdf"),
            (b'filename="/etc/passwd"', "passwd"),
            (b"filename*=utf-8''..%2F..%2Fx.pdf", "x.pdf"),
            (b'filename=".bashrc"', "bashrc"),
            (b'filename="-rf"', "rf"),
            (b'filename=".."', "attachment-1.pdf"),
            (b'filename="a\x1b[2J\tb.pdf"', "a[2J b.pdf"),
            (b'filename="' + b"x" * 300 + b'.pdf"', "x" * 116 + ".pdf"),
            ('filename="{}.pdf"'.format("é" * 99).encode(), "é" * 58 + ".pdf"),
            (b'filename="a;b=c.pdf"; size=3', "a;b=c.pdf"),
            (b'filename="never closed.pdf', "never closed.pdf"),
            (b"filename", "attachment-1.pdf"),
        ],
    )
    def test_a_name_is_one_that_is_safe_to_save_by(self, placing: bytes, name: str) -> None:
        raw = mail(b"x", b"application/pdf", b"Content-Disposition: attachment; " + placing)

        assert names(read(raw)) == [name]

    def test_what_is_too_much_stays_in_the_raw_mail(self) -> None:
        letter = read(mixed(*[part(b"image/png", b"x")] * 700))

        assert len(letter.parts) == 499
        assert "more than 500 parts" in letter.doubts[0]

    def test_a_mail_over_the_limit_is_not_taken_apart(self) -> None:
        huge = part(b"image/png", b"x" * (reader.LARGEST + 1))
        raw = mixed(part(b"text/plain", b"see the picture"), huge)
        letter = read(raw)

        assert (letter.text, letter.parts) == ("see the picture", ())
        assert "larger than 25 MB" in letter.doubts[0]

    def test_what_cannot_be_taken_apart_is_text_and_one_attachment(self) -> None:
        raw = mixed(part(b"text/plain", b"hello"), part(b"image/png", b"x"))
        letter, attached = reader._plain(raw)

        assert letter.sender == Address("Ann", "ann@example.com")
        assert "hello" in letter.text
        assert letter.parts == (Part(1, "message.eml", "message/rfc822", len(raw)),)
        assert attached == [raw]


class TestTheSameMail:
    """What makes two mails of one Message-ID one mail."""

    PLAIN = part(b"text/csv", b"a,b\n1,2\n", b'Content-Disposition: attachment; filename="a.csv"')
    CODED = part(
        b"application/pdf",
        b"JVBERi0xCg==",
        b"Content-Transfer-Encoding: base64",
        b'Content-Disposition: attachment; filename="a.pdf"',
    )
    RAW = mixed(part(b"text/plain", b"Here it is.\n"), PLAIN, CODED)

    @pytest.mark.parametrize(
        "old, new",
        [
            (b"a.pdf", b"b.pdf"),
            (b"JVBERi0x", b"JVBERi0y"),
            (b"JVBERi0xCg==", b"JVBERi0x"),  # there a line end is a byte like any other
            (b"a.csv", b"b.csv"),
            (b"1,2", b"1,3"),
        ],
    )
    def test_with_another_attachment_it_is_another(self, old: bytes, new: bytes) -> None:
        assert old in self.RAW
        assert read(self.RAW.replace(old, new)).content != read(self.RAW).content

    def test_with_one_fewer_it_is_another(self) -> None:
        assert read(self.RAW.replace(self.CODED, b"")).content != read(self.RAW).content

    @pytest.mark.parametrize(
        "raw",
        [
            RAW,
            RAW.replace(b"text/csv", b"application/octet-stream"),
            mail(b"a,b\n1,2\n", b"application/x-sheet"),
            mixed(part(b"message/rfc822", b"From: bob@example.com\n\nHello\n")),
        ],
    )
    def test_from_a_file_and_from_a_server_it_is_the_same(self, raw: bytes) -> None:
        travelled = raw.replace(b"\n", b"\r\n")

        assert read(travelled).content == read(raw).content
        assert read(travelled + b"\r\n\r\n").content == read(raw).content


class TestForwarded:
    INNER = b"From: Bob <bob@example.com>\nSubject: The key\n\nWhere is it?\n"

    def test_a_mail_that_is_passed_on_is_read_as_well(self) -> None:
        raw = mixed(part(b"text/plain", b"see below"), part(b"message/rfc822", self.INNER))
        letter = read(raw)

        assert names(letter) == ["attachment-1.eml"]
        assert part_bytes(raw, 1) == self.INNER
        assert letter.forwarded is not None
        assert letter.forwarded.sender == Address("Bob", "bob@example.com")
        assert letter.forwarded.text == "Where is it?"

    def test_one_level_is_read_and_no_more(self) -> None:
        middle = HEAD + b"Content-Type: message/rfc822\n\n" + self.INNER
        letter = read(mixed(part(b"message/rfc822", middle)))

        assert letter.forwarded is not None
        assert letter.forwarded.forwarded is None
        assert names(letter.forwarded) == ["attachment-1.eml"]

    def test_a_digest_passes_nothing_on(self) -> None:
        letter = read(mixed(b"\n" + self.INNER, b"\n" + self.INNER, kind=b"digest"))

        assert (len(letter.parts), letter.forwarded) == (2, None)

    def test_what_is_no_mail_inside_stays_an_attachment(self) -> None:
        letter = read(mixed(part(b"message/rfc822", b"nothing of the kind\n")))

        assert (len(letter.parts), letter.forwarded) == (1, None)


class TestRealMails:
    @pytest.mark.parametrize("path", sorted((DATA / "chatwoot").iterdir()), ids=lambda p: p.name)
    def test_each_has_text_and_no_doubts(self, path: Path) -> None:
        letter = read(path.read_bytes())

        assert letter.text
        assert letter.doubts == ()

    def test_arabic_is_arabic(self) -> None:
        letter = read((DATA / "chatwoot" / "non_utf_encoded_mail.eml").read_bytes())

        assert letter.sender.name == "متجر سوق نت"
        assert letter.text.startswith("أنظروا، أنا أحتاجها فقط")

    def test_html_alone_can_be_read(self) -> None:
        letter = read((DATA / "chatwoot" / "notification.eml").read_bytes())

        assert "Click here <https://chatwoot.herokuapp.com/app/conversations/873>" in letter.text
