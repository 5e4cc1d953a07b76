"""Those who write to each other in the tests of the mail as a whole: a desk and its owner, a
customer with a mail program, machines that answer everything. Real servers stand between them.

    with Town(postfix) as town:                # one clock for all
        desk = Desk(folder, town, acknowledge=True)
        ann = Customer(town, "Ann Lee")
        ann.write(desk.address, "VAT twice", "Why is it there twice?")
        desk.fetch()
        (answer,) = ann.new()                  # what came since she last looked
        ann.answer(answer, "Tuesday is fine.")

The clock stands in the past: what a mail server notes as the time of receipt is then always later,
and the desk goes by its own. `Town.later` moves it on.
"""

from __future__ import annotations

import contextlib
import email.policy
import json
import uuid
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr, parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from tests.cli.played import Home
from tests.running import Ran, cxdesk

if TYPE_CHECKING:
    from imaplib import IMAP4_SSL
    from pathlib import Path

    from tests.servers.dovecot import Mailbox
    from tests.servers.postfix import Postfix

SIGNATURE = "Oak & Co, 020 7946 0123"
SIGNED = f"\n\n-- \n{SIGNATURE}\n"  # how every mail of a desk ends
QUESTION = "My invoice shows VAT twice.\n\nWhy is that?\nAnn"
START = datetime(2025, 11, 24, 9, 5, tzinfo=UTC)  # a Monday
POLICY = email.policy.SMTP.clone(max_line_length=998)
ABSENCE = "I am away until Monday and read no mail. Ann Lee"


class Town(contextlib.ExitStack):
    """One clock, and one mail server for everybody; a context manager."""

    def __init__(self, postfix: Postfix, now: datetime = START) -> None:
        super().__init__()
        self.postfix = postfix
        self.now = now

    def later(self, **span: float) -> None:
        self.now += timedelta(**span)

    def mailbox(self, name: str = "") -> Mailbox:
        """A mailbox of nobody else's; `name` stands before its address's number."""
        number = uuid.uuid4().hex[:12]
        return self.postfix.dovecot.mailbox(f"{name or 'box'}-{number}@example.test")

    def settle(self) -> None:
        """Until every mail is where it belongs."""
        self.postfix.wait_until_empty()


class Desk(Home):
    """A desk with a mailbox; `boss` is the owner's own mailbox, to which the reminders go.

    `apart`: each command is a process of its own. `more`: keys of [mail], as TOML.
    """

    def __init__(
        self,
        folder: Path,
        town: Town,
        *,
        prefix: str = "OAK",
        acknowledge: bool = False,
        more: str = "",
        inbox: str = "",
        apart: bool = False,
    ) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        super().__init__(folder)
        self.town = town
        self.apart = apart
        self.box = town.mailbox("desk")
        self.boss = town.mailbox("boss")
        self.address = self.box.address
        mail = f'prefix = "{prefix}"\nacknowledge = {json.dumps(acknowledge)}\n'
        mail += f'signature = "{SIGNATURE}"\n{more}'
        self._configure(mail, inbox)

    def _configure(self, mail: str, inbox: str) -> None:
        path = self.folder / "config.toml"
        path.touch(0o600)
        path.write_text(
            f"[mail]\n{mail}\n{self.town.postfix.mail_out(self.box)}\n"
            f"[mail.in.support]\n{self._reach(inbox)}\n"
            f'[remind]\nto = "{self.boss.address}"\n'
        )

    def _reach(self, more: str) -> str:
        server = self.box.dovecot
        values = {
            "host": server.host,
            "port": server.imaps_port,
            "ca_file": str(server.ca_file),
            "user": self.address,
            "password_command": ["/bin/cat", str(self.town.postfix.folder / "password")],
        }
        return "\n".join([*(f"{key} = {json.dumps(one)}" for key, one in values.items()), more])

    def run(self, *words: str, text: str = "", **more: str) -> Ran:
        self.now = self.town.now.isoformat()
        if not self.apart:
            return super().run(*words, text=text, **more)
        return cxdesk(self.folder, *words, text=text, CXDESK_NOW=self.now, **more)

    def fetch(self, *, code: int = 0) -> list[dict[str, Any]]:
        """Read the mailbox once all is delivered; what came in, in the order it was read."""
        self.town.settle()
        told = self._answer("mail", "fetch", code=code)
        assert told["fetched"] == sum(told[n] for n in ("stored", "duplicates", "quarantined"))
        return list(told["messages"])

    def remind(self, *, code: int = 0) -> dict[str, Any]:
        return self._answer("remind", code=code)

    def send(self, number: int, text: str) -> None:
        """Answer by mail."""
        self.json("reply", str(number), text, "--send")

    def _answer(self, *words: str, code: int) -> dict[str, Any]:
        ran = self.run(*words, "--json")
        assert ran.code == code, (words, ran)
        return dict(json.loads(ran.out))

    # What it holds -------------------------------------------------------------------------------

    def mails(self) -> list[EmailMessage]:
        """What is in its mailbox."""
        self.town.settle()
        return [parsed(raw) for raw in self.box.mails()]

    def inquiry(self, number: int) -> dict[str, Any]:
        return dict(self.json("show", str(number)))

    def numbers(self) -> list[int]:
        return sorted(one["number"] for one in self.json("inquiries")["inquiries"])

    def subjects(self) -> list[str]:
        return sorted(one["subject"] for one in self.json("inquiries")["inquiries"])

    def due(self, *words: str) -> list[dict[str, Any]]:
        return list(self.json("due", *words)["items"])

    def sent(self, kind: str = "") -> list[dict[str, Any]]:
        """What left, of a kind or of every kind but what goes to the owner."""
        kinds = (kind,) if kind else ("reply", "acknowledgement", "follow_up")
        mails = self.json("mail", "outbox")["mails"]
        return [one for one in mails if one["kind"] in kinds and one["state"] == "sent"]


class Customer:
    """Somebody with a mailbox and a mail program that does as mail programs do."""

    def __init__(self, town: Town, name: str, box: Mailbox | None = None) -> None:
        self.town = town
        self.name = name
        self.box = box or town.mailbox(name.split()[0].lower())
        self.address = self.box.address
        self.had: list[EmailMessage] = []  # all that `new` gave
        self._link: IMAP4_SSL | None = None
        self.written = 0

    def write(self, to: str, subject: str, text: str, **headers: str) -> str:
        """Write a mail; returns its Message-ID. `headers`: more, or other ones."""
        mail = self.composed(to, subject, text, **headers)
        self.post(mail, to)
        return str(mail["Message-ID"])

    def composed(self, to: str, subject: str, text: str, **headers: str) -> EmailMessage:
        """A mail as it would be sent."""
        self.written += 1
        local, _, domain = self.address.partition("@")
        values = {
            "From": f"{self.name} <{self.address}>",
            "To": to,
            "Subject": subject,
            "Date": format_datetime(self.town.now),
            "Message-ID": f"<{self.written}.{local}@{domain}>",
            **{name.replace("_", "-"): value for name, value in headers.items()},
        }
        mail = EmailMessage(policy=POLICY)
        for name, value in values.items():
            mail[name] = value
        mail.set_content(text)
        return mail

    def post(self, mail: EmailMessage, to: str, sender: str | None = None) -> None:
        """Hand it over; no `sender`: under one's own address, empty: as a report does."""
        envelope = self.address if sender is None else sender
        self.town.postfix.send(mail.as_bytes(), envelope, parseaddr(to)[1])

    def new(self) -> list[EmailMessage]:
        """What has arrived since the last look, in order."""
        self.town.settle()
        if self._link is None:  # kept: some look in a hundred times
            self._link = self.town.enter_context(self.box.imap())
        exists = int(self._link.select("INBOX", readonly=True)[1][0] or 0)
        found = [parsed(self._raw(number)) for number in range(len(self.had) + 1, exists + 1)]
        self.had += found
        return found

    def _raw(self, number: int) -> bytes:
        assert self._link is not None
        answer = self._link.fetch(str(number), "(BODY.PEEK[])")[1][0]
        assert isinstance(answer, tuple)
        return bytes(answer[1])

    # Answering -----------------------------------------------------------------------------------

    def answer(self, mail: EmailMessage, text: str, **headers: str) -> str:
        """Press "reply", write above the quote, and send it."""
        answer = self.answered(mail, text, **headers)
        self.post(answer, str(answer["To"]))
        return str(answer["Message-ID"])

    def answered(self, mail: EmailMessage, text: str, **headers: str) -> EmailMessage:
        subject = str(mail["Subject"])
        subject = subject if subject.lower().startswith("re:") else f"Re: {subject}"
        chain = f"{mail['References'] or ''} {mail['Message-ID']}".strip()
        threaded = {"In_Reply_To": str(mail["Message-ID"]), "References": chain}
        to = str(mail["Reply-To"] or mail["From"])
        return self.composed(to, subject, f"{text}\n\n{quoted(mail)}", **threaded, **headers)


class Machine(Customer):
    """A mailbox that answers everything, whoever wrote it: RFC 3834 was never read here."""

    def answer_all(self) -> int:
        """Answer what came; how many that was."""
        mails = self.new()
        for mail in mails:
            self.react(mail)
        return len(mails)

    def react(self, mail: EmailMessage) -> None:
        raise NotImplementedError


class Polite(Machine):
    """An absence note that says what it is."""

    def react(self, mail: EmailMessage) -> None:
        note = self.composed(
            str(mail["From"]),
            f"Automatic reply: {mail['Subject']}",
            ABSENCE,
            In_Reply_To=str(mail["Message-ID"]),
            References=str(mail["Message-ID"]),
            Auto_Submitted="auto-replied",
        )
        self.post(note, str(note["To"]), sender="")


class Rude(Machine):
    """An absence note of which only the subject says so, if even that.

    `subject` may name that of the mail, and a count. `threaded`: it says what it answers. `plus`:
    each is written under another address, as ticket systems do.
    """

    def __init__(
        self, town: Town, name: str, subject: str, *, threaded: bool = False, plus: bool = False
    ) -> None:
        super().__init__(town, name)
        self.subject = subject
        self.threaded = threaded
        self.plus = plus

    def react(self, mail: EmailMessage) -> None:
        said = self.subject.format(mail["Subject"], self.written)
        headers = {}
        if self.threaded:
            headers["In_Reply_To"] = headers["References"] = str(mail["Message-ID"])
        if self.plus:
            headers["From"] = self.address.replace("@", f"+{self.written}@")
        self.write(str(mail["From"]), said, ABSENCE, **headers)


# Mails -------------------------------------------------------------------------------------------


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=POLICY)
    assert isinstance(mail, EmailMessage)
    return mail


def body(mail: EmailMessage) -> str:
    """The plain text of a mail."""
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content()).replace("\r\n", "\n")


def quoted(mail: EmailMessage) -> str:
    """The mail as it is quoted under an answer."""
    at = parsedate_to_datetime(str(mail["Date"]))
    lines = body(mail).rstrip("\n").split("\n")
    head = f"On {at:%a, %d %b %Y at %H:%M}, {mail['From']} wrote:"
    return "\n".join([head, *(f"> {line}".rstrip() for line in lines)])


def chain(mail: EmailMessage) -> list[str]:
    """The References, the oldest first."""
    return str(mail["References"] or "").split()


def keep_in_sent(phone: Customer, mail: EmailMessage, at: datetime) -> None:
    """As a mail program does that sent it elsewhere than where the desk knows."""
    with phone.box.imap() as link:
        link.append("Sent", "(\\Seen)", at, mail.as_bytes())
