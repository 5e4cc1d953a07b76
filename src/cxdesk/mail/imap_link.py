"""A connection to one mailbox, verified and logged in: for fetching (imap.py) and for looking up
what was sent (lookup.py).

No secret is fetched, let alone sent, before the server's certificate has been checked; plain only
to this machine itself. What fails is said in words that the owner of a shop can act on, and never
with what a server answered to a login: it might repeat the password.
"""

from __future__ import annotations

import contextlib
import imaplib
import ipaddress
import re
import ssl
from typing import TYPE_CHECKING, Any

from cxdesk.errors import MailError
from cxdesk.mail import advice, imap_text
from cxdesk.mail.secrets import resolve_password, resolve_token
from cxdesk.mail.wire import DETAIL_LENGTH, flatten

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxdesk.config import MailIn

PATIENCE = 20.0  # seconds for each answer of the server
FAREWELL = 2.0  # seconds for its answer to LOGOUT, which changes nothing
LARGEST_LITERAL = 1_000_000  # bytes; a mailbox that reads mails raises it
TRY_IT = "When it is mended: cxdesk mail fetch"

# Refusals of the moment (RFC 5530): the same words may be taken in an hour.
FOR_NOW = frozenset({"UNAVAILABLE", "INUSE", "LIMIT", "SERVERBUG"})

# What else may be repeated of an answer to a login: a code that is none of these may be a secret.
REFUSALS = FOR_NOW | {
    "AUTHENTICATIONFAILED",
    "AUTHORIZATIONFAILED",
    "EXPIRED",
    "PRIVACYREQUIRED",
    "CONTACTADMIN",
}


class MailboxUnreachable(MailError):
    """No usable connection for now: what was fetched stays, the rest comes next time."""


class LoginRefused(MailError):
    """The server does not take the login."""


class TlsRefused(MailError):
    """No verified TLS. No secret was sent."""


class _Sparing:
    """A literal longer than `largest` is read and thrown away: whatever a server says of a mail's
    size, it cannot take more memory than that."""

    largest = LARGEST_LITERAL

    def read(self, size: int) -> bytes:
        if size <= self.largest:
            return bytes(super().read(size))  # type: ignore[misc]
        while size > 0:
            piece = super().read(min(size, LARGEST_LITERAL))  # type: ignore[misc]
            if not piece:
                break
            size -= len(piece)
        return b""


class PlainLink(_Sparing, imaplib.IMAP4):
    pass


class TlsLink(_Sparing, imaplib.IMAP4_SSL):
    pass


Link = PlainLink | TlsLink


def connect(inbox: MailIn, *, timeout: float = PATIENCE) -> Link:
    """A connection to the mailbox, logged in; hand it to `leave` when done.

    Raises MailboxUnreachable, TlsRefused, LoginRefused, or MailError when no secret can be had.
    `timeout`: seconds for each answer.
    """
    if not inbox.host:
        raise _not_set_up(inbox, "host")
    with in_plain_words(inbox):
        link = _dial(inbox, timeout)
        try:
            _secure(link, inbox)
            if link.state != "AUTH":  # a server on this machine may know us already
                _log_in(link, inbox)
        except BaseException:
            drop(link)
            raise
        return link


def leave(link: Link) -> None:
    """LOGOUT, whatever the server makes of it. Never CLOSE: that would expunge."""
    try:
        link.sock.settimeout(FAREWELL)
        link.logout()
    except (imaplib.IMAP4.error, OSError, ValueError):
        drop(link)


def drop(link: Link) -> None:
    """End the connection without another word."""
    with contextlib.suppress(OSError):
        link.shutdown()


def capabilities(link: Link) -> frozenset[str]:
    """What the server offers now; more after the login than before it."""
    answer = link.capability()[1]
    said = b" ".join(line for line in answer if isinstance(line, bytes))
    return frozenset(said.decode("ascii", "replace").upper().split())


@contextlib.contextmanager
def in_plain_words(inbox: MailIn) -> Iterator[None]:
    """Turn what the library raises into our errors; the order of the clauses matters."""
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise _tls_refused(inbox, flatten(error.verify_message, DETAIL_LENGTH)) from None
    except (ssl.SSLEOFError, ssl.SSLZeroReturnError):
        raise unreachable(inbox, "the server hung up") from None
    except ssl.SSLError as error:
        raise _tls_refused(inbox, _reason(error)) from None
    except (imaplib.IMAP4.error, OSError, ValueError) as error:
        raise unreachable(inbox, _reason(error)) from None


def unreachable(inbox: MailIn, why: str) -> MailboxUnreachable:
    return MailboxUnreachable(
        f"The mail server {inbox.host}:{inbox.port} cannot be used just now: {why}.",
        "Nothing is lost: what is not fetched comes next time. To try: cxdesk mail fetch",
    )


# Connecting ---------------------------------------------------------------------------------------


def _dial(inbox: MailIn, timeout: float) -> Link:
    if inbox.tls == "implicit":
        return TlsLink(inbox.host, inbox.port, ssl_context=_context(inbox), timeout=timeout)
    return PlainLink(inbox.host, inbox.port, timeout=timeout)


def _context(inbox: MailIn) -> ssl.SSLContext:
    """Certificate and host name are checked, against `ca_file` where one is named."""
    try:
        return ssl.create_default_context(cafile=inbox.ca_file)
    except OSError as error:
        raise TlsRefused(
            f"The ca_file {inbox.ca_file} cannot be used: {_reason(error)}.", TRY_IT
        ) from None


def _secure(link: Link, inbox: MailIn) -> None:
    """STARTTLS or nothing: going on without it would hand the password to whoever stripped it."""
    if inbox.tls == "none":
        _demand_loopback(link, inbox)
    if inbox.tls != "starttls":
        return
    # PREAUTH leaves no moment for STARTTLS: whoever sends it wants us to go on in the clear.
    if link.state != "NONAUTH" or "STARTTLS" not in link.capabilities:
        raise _tls_refused(inbox, "the server does not offer STARTTLS")
    context = _context(inbox)
    try:
        link.starttls(context)
    except imaplib.IMAP4.abort:
        raise
    except imaplib.IMAP4.error:
        raise _tls_refused(inbox, "the server refused STARTTLS") from None
    # What was slipped in before the encryption began is nobody's word.
    link.untagged_responses.clear()


def _demand_loopback(link: Link, inbox: MailIn) -> None:
    """Plain only to this machine itself, by the address that was really reached."""
    peer = str(link.sock.getpeername()[0])
    if not ipaddress.ip_address(peer.partition("%")[0]).is_loopback:
        raise _tls_refused(inbox, 'tls is "none", and that is another machine')


# Logging in ---------------------------------------------------------------------------------------


def _log_in(link: Link, inbox: MailIn) -> None:
    """Once: a second try with the same secret would only count against us."""
    if not inbox.user:
        raise _not_set_up(inbox, "user")
    way = _way(link, inbox)
    try:
        answer = _WAYS[way](link, inbox)
    except imaplib.IMAP4.abort:
        raise unreachable(inbox, "the server hung up at the login") from None
    except imaplib.IMAP4.error as error:
        answer = ("NO", [str(error).encode()])
    if answer[0] != "OK":
        raise _login_refused(inbox, imap_text.code(answer[1]))


def _way(link: Link, inbox: MailIn) -> str:
    """LOGIN takes no letters beyond ASCII at some servers, and is the last resort."""
    offered = link.capabilities
    if inbox.auth == "xoauth2":
        if "AUTH=XOAUTH2" in offered:
            return "XOAUTH2"
    elif "AUTH=PLAIN" in offered:
        return "PLAIN"
    elif "LOGINDISABLED" not in offered:
        return "LOGIN"
    wanted = "XOAUTH2" if inbox.auth == "xoauth2" else "password"
    raise LoginRefused(
        f"The mail server {inbox.host} offers no login by {wanted}.",
        f"Check host, port, tls and auth in config.toml. {TRY_IT}",
    )


def _by_plain(link: Link, inbox: MailIn) -> tuple[str, Any]:
    words = f"\0{inbox.user}\0{resolve_password(inbox)}"
    return link.authenticate("PLAIN", lambda _: words.encode())


def _by_token(link: Link, inbox: MailIn) -> tuple[str, Any]:
    # A refusal comes as a second challenge with the reasons; the empty line asks for the answer.
    said = iter([f"user={inbox.user}\x01auth=Bearer {resolve_token(inbox)}\x01\x01".encode()])
    return link.authenticate("XOAUTH2", lambda _: next(said, b""))


def _by_login(link: Link, inbox: MailIn) -> tuple[str, Any]:
    # xatom, not login: that one takes a password beyond ASCII for a mistake in the program.
    secret = resolve_password(inbox)
    words: list[Any] = [imap_text.quoted(word).encode() for word in (inbox.user, secret)]
    answer = link.xatom("LOGIN", *words)
    if answer[0] == "OK":
        link.state = "AUTH"
    return answer


_WAYS = {"PLAIN": _by_plain, "LOGIN": _by_login, "XOAUTH2": _by_token}


# In plain words -----------------------------------------------------------------------------------


def _login_refused(inbox: MailIn, code: str) -> MailError:
    if code in FOR_NOW:
        return unreachable(inbox, f"no login for now ({code})")
    said = f" ({code})" if code in REFUSALS else ""
    return LoginRefused(
        f"The mail server {inbox.host} did not accept the login for {inbox.user}{said}.",
        f"{advice.at_login(inbox)} {TRY_IT}",
    )


def _tls_refused(inbox: MailIn, why: str) -> TlsRefused:
    return TlsRefused(
        f"The connection to the mail server {inbox.host} is not safe: {why}.",
        f"Check host, port, tls and ca_file in config.toml. {TRY_IT}",
    )


def _not_set_up(inbox: MailIn, key: str) -> MailError:
    return MailError(
        f"No {key} is set up for [mail.in.{inbox.name}].",
        "Name it in config.toml: cxdesk config edit",
    )


_HUNG_UP = re.compile(r"EOF|unterminated|reset by peer|[Bb]roken pipe")
_GARBLED = re.compile(r"unexpected |got more than|no CAPABILITY|not IMAP4 compliant")


def _reason(error: Exception) -> str:
    """One safe line that says what happened, without the library's vocabulary where we can."""
    if isinstance(error, TimeoutError):
        return "it did not answer in time"
    if isinstance(error, ssl.SSLError) and error.reason:
        return flatten(error.reason.replace("_", " ").lower(), DETAIL_LENGTH)
    if isinstance(error, OSError) and error.strerror:
        return flatten(error.strerror, DETAIL_LENGTH)
    # A greeting that is a refusal is raised as the bytes that came.
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    if _HUNG_UP.search(text):
        return "the server hung up"
    if isinstance(error, ValueError) or _GARBLED.search(text):
        return "it gave an answer that cannot be understood"
    return flatten(text.removeprefix("* BYE").removeprefix("* NO"), DETAIL_LENGTH)
