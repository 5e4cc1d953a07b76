"""Handing one mail at a time to a mail server, and saying truthfully what became of it.

Rules 3 and 4 of mail.md, "Sending". Everything up to the word DATA can be tried again without
harm. Once the last line of a mail has been sent, only the server's own answer counts: without
one the outcome is "uncertain", never a guess.

No secret is fetched, let alone sent, before the server's certificate has been checked.
"""

from __future__ import annotations

import base64
import contextlib
import ipaddress
import re
import smtplib
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from cxdesk.errors import MailError
from cxdesk.mail.advice import at_login
from cxdesk.mail.secrets import resolve_password, resolve_token
from cxdesk.mail.wire import DETAIL_LENGTH, ascii_address, flatten

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cxdesk.config import MailOut

PATIENCE = 20.0  # seconds for each answer of the server
FAREWELL = 2.0  # seconds for its answer to QUIT, which changes nothing
# The name we greet with: the real one would tell every server what the owner's machine is called.
OUR_NAME = "[127.0.0.1]"
TRY_IT = "When it is mended, try it with: cxdesk mail test"

State = Literal["sent", "later", "failed", "uncertain"]


class ServerUnreachable(MailError):
    """No usable connection for now: nothing was sent, the mail stays pending."""


class LoginRefused(MailError):
    """The server does not take the login: stop the run, burn no attempts."""


class TlsRefused(MailError):
    """No verified TLS: stop the run, burn no attempts. No secret was sent."""


@dataclass(frozen=True)
class Outcome:
    """What became of one mail.

    sent       the server has it
    later      the server has nothing of it, and may take it another time
    failed     the server will never take it as it is
    uncertain  the whole mail left us, and no answer that can be understood came back
    """

    state: State
    detail: str = ""  # the server's words, or ours; one safe line
    code: int | None = None  # the server's reply code


def connect(out: MailOut, *, timeout: float = PATIENCE) -> Session:
    """A connection to the server of [mail.out], logged in.

    Raises ServerUnreachable, TlsRefused, LoginRefused, or MailError when no secret can be had.
    `timeout`: seconds for each answer.
    """
    return Session(out, _open(out, timeout), timeout)


class Session:
    """One connection for any number of mails, opened anew when it was lost in between."""

    def __init__(self, out: MailOut, link: smtplib.SMTP, timeout: float) -> None:
        self._out = out
        self._timeout = timeout
        self._link: smtplib.SMTP | None = link
        self._fresh = True

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def deliver(
        self, raw: bytes, sender: str, recipient: str, before_data: Callable[[], None]
    ) -> Outcome:
        """Hand over `raw` for one recipient; `before_data` is called just before DATA is sent.

        Raises as `connect` does, when the connection has to be opened again or the server wants
        a login for every mail; nothing was sent then, and `before_data` was not called.
        """
        try:
            addresses = ascii_address(sender), ascii_address(recipient)
        except ValueError as error:
            return Outcome("failed", flatten(f"{recipient}: {error}", DETAIL_LENGTH))
        body = _as_sent(raw)
        link = self._ready()
        refused = self._envelope(link, body, *addresses)
        if refused:
            return refused
        before_data()
        return self._announce(link) or self._content(link, body)

    def close(self) -> None:
        """Take leave; whatever the server makes of that."""
        link, self._link = self._link, None
        if link is None:
            return
        try:
            if link.sock is not None:
                link.sock.settimeout(min(FAREWELL, self._timeout))
            link.quit()
        except (smtplib.SMTPException, OSError):
            pass
        finally:
            link.close()

    def _ready(self) -> smtplib.SMTP:
        """A connection in which no mail has been begun."""
        if self._link is not None and not self._fresh and not _is_reset(self._link):
            self._hang_up()
        if self._link is None:
            self._link = _open(self._out, self._timeout)
        self._fresh = False
        return self._link

    def _hang_up(self) -> None:
        """Drop a connection whose state is unknown, so that no later mail can be mixed up."""
        if self._link is not None:
            self._link.close()
        self._link = None

    def _envelope(
        self, link: smtplib.SMTP, body: bytes, sender: str, recipient: str
    ) -> Outcome | None:
        """MAIL and RCPT: None when the server took both, else why not."""
        try:
            code, words = link.mail(sender, _mail_options(link, body))
            if 200 <= code < 300:
                code, words = link.rcpt(recipient)
        except (smtplib.SMTPException, OSError) as error:
            return self._lost(error)
        if 200 <= code < 300:
            return None
        if code == 530:
            self._hang_up()
            raise _login_refused(self._out, code)
        return self._judged(code, words)

    def _announce(self, link: smtplib.SMTP) -> Outcome | None:
        """The word DATA: None when the server waits for the mail.

        Without its 354 not a byte of the mail has left us, so even a lost connection is "later".
        """
        try:
            code, words = link.docmd("DATA")
        except (smtplib.SMTPException, OSError) as error:
            return self._lost(error)
        return None if code == 354 else self._judged(code, words)

    def _content(self, link: smtplib.SMTP, body: bytes) -> Outcome:
        try:
            link.send(body)
            code, words = link.getreply()
        except (smtplib.SMTPException, OSError) as error:
            self._hang_up()
            return Outcome("uncertain", f"no answer after the mail was sent ({_reason(error)})")
        if 200 <= code < 300:
            return Outcome("sent", _words(code, words), code)
        if 400 <= code < 600:
            return self._judged(code, words)
        self._hang_up()
        return Outcome("uncertain", "an answer that cannot be understood after the mail was sent")

    def _judged(self, code: int, words: bytes) -> Outcome:
        """A refusal in plain words: 4xx for now, 5xx for good, anything else is noise."""
        if 500 <= code < 600:
            return Outcome("failed", _words(code, words), code)
        if code == 421 or not 400 <= code < 500:
            self._hang_up()
        if 400 <= code < 500:
            return Outcome("later", _words(code, words), code)
        return Outcome("later", "the server gave an answer that cannot be understood")

    def _lost(self, error: Exception) -> Outcome:
        self._hang_up()
        return Outcome("later", f"the connection was lost before the mail left ({_reason(error)})")


def _is_reset(link: smtplib.SMTP) -> bool:
    try:
        return 200 <= link.rset()[0] < 300
    except (smtplib.SMTPException, OSError):
        return False


def _as_sent(raw: bytes) -> bytes:
    """`raw` as DATA carries it: CRLF alone ends a line, dots are doubled, a lone dot is last.

    A bare line feed would let a mail smuggle in another one at some servers.
    """
    lines = re.sub(rb"\r\n|\r|\n", b"\r\n", raw).removesuffix(b"\r\n")
    return re.sub(rb"(?m)^\.", b"..", lines) + b"\r\n.\r\n"


def _mail_options(link: smtplib.SMTP, body: bytes) -> list[str]:
    options = []
    if link.has_extn("size"):
        options.append(f"SIZE={len(body)}")
    if not body.isascii() and link.has_extn("8bitmime"):
        options.append("BODY=8BITMIME")
    return options


def _open(out: MailOut, timeout: float) -> smtplib.SMTP:
    """Connect, verify, log in; behind an error nothing stays open."""
    with _in_plain_words(out):
        context = None if out.tls == "none" else _context(out)
        link = _dial(out, context, timeout)
        try:
            _greet(link, out, context)
            if out.user:
                _log_in(link, out)
        except BaseException:
            link.close()
            raise
        return link


@contextlib.contextmanager
def _in_plain_words(out: MailOut) -> Iterator[None]:
    """Turn what the library raises into our three errors; the order of the clauses matters."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise _tls_refused(out, flatten(error.verify_message, DETAIL_LENGTH)) from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError) as error:
        raise _unreachable(out, _reason(error)) from None
    except ssl.SSLError as error:
        raise _tls_refused(out, _reason(error)) from None
    except (smtplib.SMTPException, OSError) as error:
        raise _unreachable(out, _reason(error)) from None


def _context(out: MailOut) -> ssl.SSLContext:
    """Certificate and host name are checked, against `ca_file` where one is named."""
    try:
        return ssl.create_default_context(cafile=out.ca_file)
    except OSError as error:
        raise TlsRefused(
            f"The ca_file {out.ca_file} cannot be used: {_reason(error)}.", TRY_IT
        ) from None


def _dial(out: MailOut, context: ssl.SSLContext | None, timeout: float) -> smtplib.SMTP:
    """The connection, over TLS from the first byte where that is asked for."""
    if not out.host:
        raise MailError("No mail server is set up.", "Name it in config.toml: cxdesk config edit")
    if out.tls == "implicit":
        return smtplib.SMTP_SSL(out.host, out.port, OUR_NAME, timeout=timeout, context=context)
    return smtplib.SMTP(out.host, out.port, OUR_NAME, timeout=timeout)


def _greet(link: smtplib.SMTP, out: MailOut, context: ssl.SSLContext | None) -> None:
    """EHLO, and TLS if there is none yet; afterwards the link may carry a secret."""
    if context is None:
        _demand_loopback(link, out)
    link.ehlo_or_helo_if_needed()
    if out.tls == "starttls":
        _demand_tls(link, out, context)
        link.ehlo_or_helo_if_needed()


def _demand_loopback(link: smtplib.SMTP, out: MailOut) -> None:
    """Plain only to this machine itself, by the address that was really reached."""
    assert link.sock is not None
    peer = str(link.sock.getpeername()[0])
    if not ipaddress.ip_address(peer.partition("%")[0]).is_loopback:
        raise _tls_refused(out, 'tls is "none", and that is another machine')


def _demand_tls(link: smtplib.SMTP, out: MailOut, context: ssl.SSLContext | None) -> None:
    """STARTTLS or nothing: going on without it would hand the password to whoever stripped it."""
    if not link.has_extn("starttls"):
        raise _tls_refused(out, "the server does not offer STARTTLS")
    try:
        link.starttls(context=context)
    except smtplib.SMTPResponseException as error:
        if error.smtp_code < 500:
            raise
        raise _tls_refused(out, f"STARTTLS: {_reason(error)}") from None


def _log_in(link: smtplib.SMTP, out: MailOut) -> None:
    """Fetch the secret and log in, once: a second try with it would only count against us."""
    offered = link.esmtp_features.get("auth", "").upper().split()
    wanted = ("XOAUTH2",) if out.auth == "xoauth2" else ("PLAIN", "LOGIN")
    way = next((name for name in wanted if name in offered), None)
    if way is None:
        raise LoginRefused(
            f"The mail server {out.host} offers no login by {' or '.join(wanted)}.",
            f"Check host, port, tls and auth in config.toml. {TRY_IT}",
        )
    code = _WAYS[way](link, out)
    if 500 <= code < 600:
        raise _login_refused(out, code)
    if code != 235:
        raise _unreachable(out, f"no login for now ({code})" if code > 0 else "a garbled answer")


def _plain_login(link: smtplib.SMTP, out: MailOut) -> int:
    secret = resolve_password(out)
    return link.docmd("AUTH", f"PLAIN {_base64(f'{chr(0)}{out.user}{chr(0)}{secret}')}")[0]


def _two_step_login(link: smtplib.SMTP, out: MailOut) -> int:
    secret = resolve_password(out)
    code = link.docmd("AUTH", "LOGIN")[0]
    for answer in (out.user, secret):
        if code != 334:
            break
        code = link.docmd(_base64(answer))[0]
    return code


def _token_login(link: smtplib.SMTP, out: MailOut) -> int:
    token = resolve_token(out)
    words = f"user={out.user}\x01auth=Bearer {token}\x01\x01"
    code = link.docmd("AUTH", f"XOAUTH2 {_base64(words)}")[0]
    # A refusal comes as a challenge with the reasons; the empty line asks for the real answer.
    return link.docmd("")[0] if code == 334 else code


_WAYS = {"PLAIN": _plain_login, "LOGIN": _two_step_login, "XOAUTH2": _token_login}


def _base64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


def _unreachable(out: MailOut, why: str) -> ServerUnreachable:
    return ServerUnreachable(
        f"The mail server {out.host}:{out.port} cannot be used just now: {why}.",
        "It will be tried again by itself; to look into it: cxdesk mail test",
    )


def _tls_refused(out: MailOut, why: str) -> TlsRefused:
    return TlsRefused(
        f"The connection to the mail server {out.host} is not safe: {why}.",
        f"Check host, port, tls and ca_file in config.toml. {TRY_IT}",
    )


def _login_refused(out: MailOut, code: int) -> LoginRefused:
    if not out.user:
        return LoginRefused(
            f"The mail server {out.host} wants a login ({code}).",
            f"Set user and password_command in config.toml. {TRY_IT}",
        )
    return LoginRefused(
        f"The mail server {out.host} did not accept the login for {out.user} ({code}).",
        f"{at_login(out)} {TRY_IT}",
    )


def _reason(error: Exception) -> str:
    """One safe line that says what happened, without the library's vocabulary where we can."""
    if isinstance(error, smtplib.SMTPResponseException):
        return _words(error.smtp_code, error.smtp_error)
    # The library calls it a disconnection when it was the one who had waited long enough.
    if isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, smtplib.SMTPServerDisconnected):
        return "the server hung up"
    if isinstance(error, ssl.SSLError) and error.reason:
        return flatten(error.reason.replace("_", " ").lower(), DETAIL_LENGTH)
    return flatten(getattr(error, "strerror", None) or str(error), DETAIL_LENGTH)


def _words(code: int, words: bytes | str) -> str:
    text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
    return flatten(f"{code} {text}", DETAIL_LENGTH)
