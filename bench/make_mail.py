"""Mail in the manner of real mail, endlessly and with a fixed seed; as files, and as an mbox.

Customers of a desk write, and strangers; they answer by reference, or by nothing but the token in
the subject; the owner answers from another program; machines write too. What they say is grown
from conversations that took place.
"""

from __future__ import annotations

import base64
import binascii
import html
import os
import re
import sqlite3
from collections import deque
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from random import Random
from typing import TYPE_CHECKING, NamedTuple

from bench.tongue import Tongue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

SEED = 20261121
BEGUN = datetime(2026, 9, 1, 8, tzinfo=UTC)
DESK = "desk@example.com"
PREFIX = "CX"
REMEMBERED = 300  # conversations that somebody may still answer
CUSTOMERS = 2_000  # of the desk, so many write
LATELY = 200  # and so many who were in touch last: their inquiries may still go on
TYPES = ("text/calendar", "application/pdf", "image/jpeg", "image/png", "application/zip")

# Bytes of what is attached, one chosen at random for each mail; 0: nothing.
EVERYDAY = (0,) * 15 + (3_000,) * 2 + (40_000,) * 2 + (200_000,)
LARGEST = 17_500_000  # a mail can be a little larger and is still taken apart
LARGE = (0, 20_000, 100_000, 300_000) * 50 + (LARGEST,)

_ASCII = re.compile(r"[ -~]*")
_FROM = re.compile(rb"^From ", re.MULTILINE)


class Writer(NamedTuple):
    """Who writes, and the number of an inquiry of theirs; None for a stranger."""

    name: str
    email: str
    inquiry: int | None = None


class Talk(NamedTuple):
    """A conversation so far: who it is with, under which subject, its ids, and the last words."""

    writer: Writer
    subject: str
    ids: tuple[str, ...]
    said: str


def customers(path: str) -> list[Writer]:
    """Customers with an address from all over the desk in that file; last, who wrote lately."""
    link = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        rows = link.execute(
            "SELECT c.name, p.value, max(i.number) FROM contact_point p"
            " JOIN customer c ON c.id = p.customer_id JOIN inquiry i ON i.customer_id = c.id"
            " WHERE p.kind = 'email' GROUP BY c.id ORDER BY max(i.number)"
        ).fetchall()
    finally:
        link.close()
    before, lately = rows[:-LATELY], rows[-LATELY:]
    step = max(1, len(before) // CUSTOMERS)
    return [Writer(*row) for row in (*before[::step], *lately)]


def mails(
    known: Sequence[Writer], attached: Sequence[int] = EVERYDAY, seed: int = SEED
) -> Iterator[bytes]:
    """One mail after another, without end."""
    post = Post(Random(seed), known, attached)
    while True:
        yield post.next()


class Post:
    """What is on its way: it remembers who wrote what, so that somebody can answer."""

    def __init__(self, random: Random, known: Sequence[Writer], attached: Sequence[int]) -> None:
        self.random = random
        self.known = known
        self.attached = attached
        self.tongue = Tongue(random)
        self.talks: deque[Talk] = deque(maxlen=REMEMBERED)
        self.at = BEGUN
        self.count = 0
        self._contents: dict[int, bytes] = {}

    def next(self) -> bytes:
        self.count += 1
        self.at += timedelta(seconds=self.random.randint(1, 90))
        chance = self.random.random()
        if chance < 0.45 or not self.talks:
            return self._question()
        if chance < 0.75:
            return self._answer()
        if chance < 0.88:
            return self._ours()
        if chance < 0.95 and self.known:
            return self._by_token()
        return self._machine()

    # Kinds -----------------------------------------------------------------------------------

    def _question(self) -> bytes:
        writer = self._somebody()
        subject = self._subject()
        text = self._text(writer.name)
        ids = (self._id(writer.email),)
        self.talks.append(Talk(writer, subject, ids, text))
        return self._mail(writer, subject, text, ids)

    def _answer(self) -> bytes:
        """What is said before stands below it, as most programs put it."""
        at = self.random.randrange(len(self.talks))
        talk = self.talks[at]
        said = self._text(talk.writer.name)
        subject = f"{self.random.choice(('Re', 'RE', 'Aw', 'SV'))}: {talk.subject}"
        ids = (*talk.ids, self._id(talk.writer.email))
        self.talks[at] = talk._replace(ids=ids, said=said)
        return self._mail(talk.writer, subject, self._quoting(said, talk), ids)

    def _ours(self) -> bytes:
        """The owner's own answer, from the telephone."""
        at = self.random.randrange(len(self.talks))
        talk = self.talks[at]
        said = self._text("Rosa Oak", way="out")
        ids = (*talk.ids, self._id(DESK))
        self.talks[at] = talk._replace(ids=ids, said=said)
        owner = Writer("Rosa Oak", DESK)
        text = self._quoting(said, talk)
        return self._mail(owner, f"Re: {talk.subject}", text, ids, to=talk.writer.email)

    def _by_token(self) -> bytes:
        writer = self.random.choice(self.known[-LATELY:])
        subject = f"Re: {self._subject()} [{PREFIX}-{writer.inquiry}]"
        return self._mail(writer, subject, self._text(writer.name), (self._id(writer.email),))

    def _machine(self) -> bytes:
        """A newsletter, or an absence note."""
        if self.random.random() < 0.5:
            shop = Writer("Trade News", "news@shop.example.net")
            more = ["List-Unsubscribe: <mailto:leave@shop.example.net>", "Precedence: bulk"]
            own = (self._id(shop.email),)
            return self._mail(shop, self._subject(), self._text("News"), own, more=more)
        talk = self.random.choice(self.talks)
        ids = (*talk.ids, self._id(talk.writer.email))
        more = ["Auto-Submitted: auto-replied"]
        text = "I am away until Monday and will answer then.\n"
        return self._mail(talk.writer, f"Out of office: {talk.subject}", text, ids, more=more)

    # Words -----------------------------------------------------------------------------------

    def _somebody(self) -> Writer:
        if self.known and self.random.random() < 0.5:
            return self.random.choice(self.known)
        name = self.tongue.name()
        return Writer(name, f"someone.{self.random.randrange(10**6)}@example.org")

    def _subject(self) -> str:
        words = " ".join(self.tongue.said("in").text.split()[: self.random.randint(2, 9)])
        dash = self.random.choice("--\u2013")
        return f"{words} {dash} {self.random.randint(100, 9999)}"

    def _text(self, name: str, *, way: str = "in") -> str:
        said = [self.tongue.said(way).text for _ in range(self.random.randint(1, 6))]
        return "\n\n".join(["Hello,", *said, f"Kind regards\n{name}"]) + "\n"

    def _quoting(self, said: str, talk: Talk) -> str:
        day = f"{self.at:%a, %d %b %Y at %H:%M}"
        quoted = "\n".join(f"> {line}".rstrip() for line in talk.said.splitlines())
        whom = f"{talk.writer.name} <{talk.writer.email}>"
        return f"{said}\nOn {day}, {whom} wrote:\n\n{quoted}\n"

    def _id(self, of: str) -> str:
        host = of.rpartition("@")[2]
        return f"<{self.count}.{self.random.getrandbits(64):016x}@mail.{host}>"

    # Bytes -----------------------------------------------------------------------------------

    def _mail(
        self,
        writer: Writer,
        subject: str,
        text: str,
        ids: tuple[str, ...],
        *,
        to: str = DESK,
        more: Sequence[str] = (),
    ) -> bytes:
        date = format_datetime(self.at)
        name = encoded(writer.name, self.random)
        lines = [
            f"Return-Path: <{writer.email}>",
            *(self._received(hop, date) for hop in ("mx.example.com", "out.example.org")),
            f"DKIM-Signature: v=1; a=rsa-sha256; d=example.org; s=k1;\n b={self._signature()}",
            f"From: {name} <{writer.email}>",
            f"To: Desk <{to}>",
            f"Subject: {encoded(subject, self.random)}",
            f"Date: {date}",
            f"Message-ID: {ids[-1]}",
            *more,
            "MIME-Version: 1.0",
        ]
        if len(ids) > 1:
            lines.append(f"In-Reply-To: {ids[-2]}")
            lines.append("References: " + "\n ".join(ids[-12:-1]))
        return "\n".join(lines).encode() + b"\n" + self._with_attachment(self._body(text))

    def _received(self, host: str, date: str) -> str:
        by = f"{self.random.getrandbits(40):X}"
        return f"Received: from {host} ([192.0.2.7])\n\tby {host} with ESMTPS id {by};\n\t{date}"

    def _signature(self) -> str:
        signed = base64.b64encode(self.random.randbytes(256)).decode()
        return "\n ".join(signed[at : at + 70] for at in range(0, len(signed), 70))

    def _body(self, text: str) -> bytes:
        """As plain text, as plain text and HTML, or as HTML alone; header lines and all."""
        chance = self.random.random()
        if chance < 0.4:
            return plain(text)
        if chance < 0.9:
            return self._joined("alternative", [plain(text), marked_up(text)])
        return marked_up(text)

    def _with_attachment(self, body: bytes) -> bytes:
        size = self.random.choice(self.attached)
        if not size:
            return body
        kind = self.random.choice(TYPES)
        name = encoded(f"Übersicht {self.count}.dat", self.random)
        head = (
            f'Content-Type: {kind}; name="{name}"\nContent-Transfer-Encoding: base64\n'
            f'Content-Disposition: attachment; filename="{name}"\n\n'
        )
        return self._joined("mixed", [body, head.encode() + self._content(size)])

    def _content(self, size: int) -> bytes:
        """Bytes in base64, made once for each size: a gigabyte of them need not all be others."""
        if size not in self._contents:
            self._contents[size] = base64.encodebytes(self.random.randbytes(size))
        return self._contents[size]

    def _joined(self, kind: str, parts: Iterable[bytes]) -> bytes:
        boundary = f"=_{self.random.getrandbits(96):024x}"
        head = f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'.encode()
        mark = f"--{boundary}".encode()
        inside = b"".join(mark + b"\n" + part + b"\n" for part in parts)
        return head + inside + mark + b"--\n"


def plain(text: str) -> bytes:
    return (
        b"Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        + binascii.b2a_qp(text.encode())
    )


def marked_up(text: str) -> bytes:
    """The same in HTML, as a mail program writes it: with styles and a table around it."""
    lines = [
        f'<div style="margin:0">{html.escape(line) or "<br>"}</div>' for line in text.split("\n")
    ]
    page = (
        "<html><head><style>p.MsoNormal, div {font-family: Calibri, sans-serif; color: #1F497D}"
        '</style></head><body lang="EN-GB"><table><tr><td>'
        + "\n".join(lines)
        + "</td></tr></table>"
        '<p class="MsoNormal">See <a href="https://example.org/orders?id=1&amp;v=2">your order</a>'
        '<img src="cid:logo" alt=""></p></body></html>\n'
    )
    return (
        b"Content-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: quoted-printable\n\n"
        + binascii.b2a_qp(page.encode())
    )


def encoded(text: str, random: Random) -> str:
    """A header's text; in encoded words of either kind where it is not ASCII."""
    if _ASCII.fullmatch(text):
        return text
    pieces = [text[at : at + 14].encode() for at in range(0, len(text), 14)]
    if random.random() < 0.5:
        words = [f"=?UTF-8?B?{base64.b64encode(piece).decode()}?=" for piece in pieces]
    else:
        words = [f"=?utf-8?Q?{''.join(f'={byte:02X}' for byte in piece)}?=" for piece in pieces]
    return "\n ".join(words)


# Files -------------------------------------------------------------------------------------------


def as_files(folder: str, written: Iterable[bytes]) -> None:
    """A folder of single mails, in their order."""
    os.makedirs(folder)
    for number, mail in enumerate(written):
        with open(os.path.join(folder, f"{number:06}.eml"), "wb") as file:
            file.write(mail)


def as_mbox(path: str, written: Iterable[bytes], size: int) -> int:
    """An mbox of at least so many bytes; returns how many mails are in it."""
    count = 0
    with open(path, "wb") as file:
        for mail in written:
            count += 1
            file.write(b"From someone@example.org Sat Nov 21 12:00:00 2026\n")
            file.write(_FROM.sub(b">From ", mail) + b"\n")
            if file.tell() >= size:
                break
    return count
