"""An SMTP server on 127.0.0.1 that does as it is told, and remembers everything.

In the tests' own process:

    with SmtpServer(folder, tls="starttls", certificate=authority.good()) as server:
        ...server.port...

or as a process of its own, which prints its port on the first line and ends on SIGTERM:

    python -m tests.servers.smtp FOLDER --tls starttls --certificate PEM --key PEM

What it keeps in FOLDER: `n.eml` (the mail as it came) and `n.json` (its envelope) for each mail
it took, n from 1; `logins.jsonl`, a line for each login tried; `received.bin`, every byte a
client sent that could be read by us, so that a test can say that no password was among them.

A fault is chosen by the recipient's local part:

    rcpt4 rcpt5      450, 550 at RCPT
    421 drop         421 at RCPT, then the end; the end without a word
    data4 data5      451, 554 in place of 354
    dropdata         the end in place of 354
    tmp perm         451, 554 after the mail
    tmp2             451 twice, then taken
    lost250          taken, and the end before the 250
    hang250          taken, and 250 only after `hang` seconds
    garbage          taken, and an answer that is none
    (anything else)  taken

and for the whole server by `starttls_stripped` (never offered, yet a login would be heard),
`greeting_521` (no mail at all) and `auth_reply` ("454 ...", "535 ..."). `lmtp_port`: pass taken
mail on to a Dovecot there.
"""

from __future__ import annotations

import argparse
import asyncio
import base64
import json
import signal
import smtplib
import sys
import threading
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, AnyStr, Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from aiosmtpd.smtp import Session as Peer

from tests.servers.tls import Certificate

if TYPE_CHECKING:
    import ssl

USER = "hello@example.com"
PASSWORD = "correct horse, größe 42"
TOKEN = "ya29.token-of-the-day"
AT_RCPT = {"rcpt4": "450 4.2.0 try later", "rcpt5": "550 5.1.1 no such user"}
AT_DATA = {"data4": "451 4.3.0 not now", "data5": "554 5.5.1 no valid recipients"}
AFTER_DATA = {"tmp": "451 4.3.0 try later", "perm": "554 5.6.0 we do not want this"}


@dataclass(frozen=True)
class Plan:
    """How one server behaves; the words are those of the module's docstring."""

    tls: Literal["none", "starttls", "implicit"] = "none"
    certificate: Certificate | None = None
    user: str | None = USER  # None: no login is wanted
    password: str = PASSWORD
    token: str = TOKEN
    mechanisms: tuple[str, ...] = ("PLAIN", "LOGIN", "XOAUTH2")
    starttls_stripped: bool = False
    auth_reply: str | None = None
    greeting_521: bool = False  # refuses every client with its first words
    hang: float = 30.0
    lmtp_port: int | None = None


class Desk:
    """aiosmtpd's handler: decides by recipient, and writes down what it took."""

    def __init__(self, folder: Path, plan: Plan) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.plan = plan
        self.taken = 0
        self.seen: Counter[str] = Counter()

    async def handle_RCPT(
        self, server: Line, _peer: Peer, envelope: Envelope, address: str, _options: list[str]
    ) -> str:
        fault = address.partition("@")[0]
        if fault == "421":
            await server.push("421 4.3.2 closing down")
            server.hang_up()
        if fault == "drop":
            server.hang_up()
        if fault in AT_RCPT:
            return AT_RCPT[fault]
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 ok"

    async def handle_DATA(self, server: Line, _peer: Peer, envelope: Envelope) -> str:
        fault = envelope.rcpt_tos[0].partition("@")[0]
        self.seen[fault] += 1
        if fault in AFTER_DATA:
            return AFTER_DATA[fault]
        if fault == "tmp2" and self.seen[fault] <= 2:
            return AFTER_DATA["tmp"]
        await self._take(envelope)
        if fault == "lost250":
            server.hang_up()
        if fault == "hang250":
            await asyncio.sleep(self.plan.hang)
        return "\x07???" if fault == "garbage" else "250 2.0.0 taken"

    async def auth_XOAUTH2(self, server: Line, args: list[str]) -> AuthResult:
        """As the large providers do it: a refusal is a challenge first, then 535."""
        said = await server.challenge_auth("") if len(args) == 1 else _decoded(args[1])
        wanted = f"user={self.plan.user}\x01auth=Bearer {self.plan.token}\x01\x01".encode()
        known = said == wanted
        self.note_login("XOAUTH2", "", known)
        if not known:
            await server.challenge_auth('{"status":"400"}')
        return AuthResult(success=known, handled=False, message=None if known else _REFUSED)

    def authenticate(
        self, _server: SMTP, _peer: Peer, _envelope: Envelope, mechanism: str, data: LoginPassword
    ) -> AuthResult:
        known = data.login == _bytes(self.plan.user) and data.password == _bytes(self.plan.password)
        known = known and self.plan.auth_reply is None
        self.note_login(mechanism, data.login.decode(), known)
        reply = None if known else self.plan.auth_reply or _REFUSED
        return AuthResult(success=known, handled=False, message=reply)

    def note_login(self, mechanism: str, user: str, success: bool) -> None:
        line = json.dumps({"mechanism": mechanism, "user": user, "success": success})
        with open(self.folder / "logins.jsonl", "a", encoding="utf-8") as file:
            file.write(f"{line}\n")

    async def _take(self, envelope: Envelope) -> None:
        self.taken += 1
        raw = envelope.original_content or b""
        (self.folder / f"{self.taken}.eml").write_bytes(raw)
        about = {"sender": envelope.mail_from, "recipients": envelope.rcpt_tos}
        (self.folder / f"{self.taken}.json").write_text(json.dumps(about))
        if self.plan.lmtp_port:
            await asyncio.to_thread(_pass_on, self.plan.lmtp_port, raw, envelope)


_REFUSED = "535 5.7.8 wrong user or password"


class Line(SMTP):
    """One client's connection; everything it says in the clear is written down."""

    def __init__(self, desk: Desk, loop: asyncio.AbstractEventLoop) -> None:
        plan = desk.plan
        self.desk = desk
        context = _context(plan) if plan.tls == "starttls" else None
        guarded = context is not None and not plan.starttls_stripped
        super().__init__(
            desk,
            hostname="mail.example.test",
            ident="test",
            tls_context=context if guarded else None,
            require_starttls=guarded,
            # aiosmtpd warns of a login without STARTTLS; the check in smtp_MAIL stands for it.
            auth_required=guarded and plan.user is not None,
            auth_require_tls=guarded,
            auth_exclude_mechanism={"PLAIN", "LOGIN", "XOAUTH2"} - set(plan.mechanisms),
            authenticator=desk.authenticate,
            loop=loop,
        )

    def data_received(self, data: bytes) -> None:
        with open(self.desk.folder / "received.bin", "ab") as file:
            file.write(data)
        super().data_received(data)

    async def push(self, status: AnyStr) -> None:
        if self.desk.plan.greeting_521 and str(status).startswith("220 mail"):
            await super().push("521 we take no mail")
        else:
            await super().push(status)

    async def smtp_MAIL(self, arg: str) -> None:
        if self.desk.plan.user is not None and not (self.session and self.session.authenticated):
            await self.push("530 5.7.0 log in first")
        else:
            await super().smtp_MAIL(arg)

    async def smtp_DATA(self, arg: str) -> None:
        recipients = self.envelope.rcpt_tos if self.envelope else []
        fault = recipients[0].partition("@")[0] if recipients else ""
        if fault == "dropdata":
            self.hang_up()
        elif fault in AT_DATA:
            await self.push(AT_DATA[fault])
        else:
            await super().smtp_DATA(arg)

    def hang_up(self) -> None:
        """End the connection now, without another word."""
        self._writer.transport.abort()
        raise asyncio.CancelledError

    def leave(self) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()


class SmtpServer:
    """The server in a thread of its own; a context manager. Ports are chosen by the system."""

    host = "127.0.0.1"

    def __init__(self, folder: Path, plan: Plan | None = None, **changes: Any) -> None:
        self.plan = plan or Plan(**changes)
        self.folder = folder
        self.port = 0
        self._desk = Desk(folder, self.plan)
        self._lines: list[Line] = []
        self._ready = threading.Event()
        self._problem: BaseException | None = None
        self._thread = threading.Thread(target=self._run, name="smtp", daemon=True)

    def __enter__(self) -> SmtpServer:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def start(self) -> None:
        self._thread.start()
        if not self._ready.wait(20) or self._problem:
            raise RuntimeError("the SMTP server did not start") from self._problem

    def stop(self) -> None:
        """End it and wait; a second time does nothing."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._over.set)
            self._thread.join(20)
        assert not self._thread.is_alive()

    def mails(self) -> list[bytes]:
        """What was taken, in order."""
        return [path.read_bytes() for path in self._numbered("eml")]

    def envelopes(self) -> list[dict[str, Any]]:
        return [json.loads(path.read_text()) for path in self._numbered("json")]

    def logins(self) -> list[dict[str, Any]]:
        path = self.folder / "logins.jsonl"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def received(self) -> bytes:
        """Everything that clients said and that could be read."""
        path = self.folder / "received.bin"
        return path.read_bytes() if path.exists() else b""

    def _numbered(self, ending: str) -> list[Path]:
        return sorted(self.folder.glob(f"*.{ending}"), key=lambda path: int(path.stem))

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as problem:
            self._problem = problem
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(lambda *_: None)  # broken connections are the point here
        self._over = asyncio.Event()
        context = _context(self.plan) if self.plan.tls == "implicit" else None
        server = await self._loop.create_server(self._line, self.host, 0, ssl=context)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._over.wait()
        server.close()
        for line in self._lines:
            line.leave()
        await asyncio.sleep(0)  # lets the connections notice
        await server.wait_closed()

    def _line(self) -> Line:
        line = Line(self._desk, asyncio.get_running_loop())
        self._lines.append(line)
        return line


def _context(plan: Plan) -> ssl.SSLContext:
    assert plan.certificate is not None, "TLS needs a certificate"
    return plan.certificate.server_context()


def _bytes(text: str | None) -> bytes:
    return (text or "").encode()


def _decoded(text: str) -> bytes:
    return base64.b64decode(text)


def _pass_on(port: int, raw: bytes, envelope: Envelope) -> None:
    with smtplib.LMTP("127.0.0.1", port, "localhost", timeout=20) as link:
        link.sendmail(envelope.mail_from or "", envelope.rcpt_tos, raw)


def main(argv: list[str]) -> None:
    """The server as a process: prints its port, serves until SIGTERM or Ctrl-C."""
    parser = argparse.ArgumentParser(prog="tests.servers.smtp")
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tls", choices=("none", "starttls", "implicit"), default="none")
    parser.add_argument("--certificate", type=Path)
    parser.add_argument("--key", type=Path)
    parser.add_argument("--user", default=USER)
    parser.add_argument("--password", default=PASSWORD)
    parser.add_argument("--no-login", action="store_true")
    parser.add_argument("--starttls-stripped", action="store_true")
    parser.add_argument("--auth-reply")
    parser.add_argument("--hang", type=float, default=30.0)
    parser.add_argument("--lmtp-port", type=int)
    said = parser.parse_args(argv)
    certificate = Certificate(said.key, said.certificate) if said.certificate else None
    plan = Plan(
        tls=said.tls,
        certificate=certificate,
        user=None if said.no_login else said.user,
        password=said.password,
        starttls_stripped=said.starttls_stripped,
        auth_reply=said.auth_reply,
        hang=said.hang,
        lmtp_port=said.lmtp_port,
    )
    # Blocked before the thread starts, which inherits it: only sigwait hears them.
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGTERM, signal.SIGINT})
    with SmtpServer(said.folder, plan) as server:
        print(server.port, flush=True)
        signal.sigwait({signal.SIGTERM, signal.SIGINT})


if __name__ == "__main__":
    main(sys.argv[1:])
