"""What to do when a mail server cannot be used, in words that name the key to change."""

from __future__ import annotations

import re
import socket
import ssl
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cxdesk.config import Server
    from cxdesk.errors import MailError

# What the great providers ask for in place of the password that their owners know.
_APP_PASSWORD = "{0} wants an app password in place of your own: {1}."
_PROVIDERS = (
    (
        r"(.+\.)?(gmail|googlemail)\.com",
        _APP_PASSWORD.format("Gmail", "https://myaccount.google.com/apppasswords"),
    ),
    (r".+\.yahoo(dns)?\.[a-z.]+", _APP_PASSWORD.format("Yahoo", "see Account security there")),
    (r".+\.(me|icloud)\.com", _APP_PASSWORD.format("iCloud", "https://account.apple.com")),
    (
        r"(.+\.)?(office365|outlook)\.com",
        'Microsoft takes no passwords here: set auth = "xoauth2" and a token_command.',
    ),
)

# The ports that speak TLS from their first byte, and those that are asked for it.
_IMPLICIT = {465: 587, 993: 143}
_ASKED = {587: 465, 25: 465, 143: 993}

# OpenSSL's numbers for what is wrong with a certificate.
_ANOTHER_NAME = (62, 64)
_UNKNOWN_SIGNER = (18, 19, 20, 21)
_EXPIRED = 10
_NOT_YET = 9


def at_login(server: Server) -> str:
    """What to do when the server does not take the login."""
    if server.auth == "xoauth2":
        return "Check user, and that the token_command gives a fresh token for this server."
    for pattern, advice in _PROVIDERS:
        if re.fullmatch(pattern, server.host.lower()):
            return advice
    return "Check user and password; many providers want an app password."


def unreachable(server: Server, error: MailError) -> str:
    """What to do about a server that was not reached, or said nothing that helps; by what lies
    below `error`."""
    causes = _causes(error)
    if socket.gaierror in causes:
        return f'Is this machine online? If so, check the name: host = "{server.host}".'
    if ConnectionRefusedError in causes:
        return f"Nothing listens there. Check host and port: {_ports(server)}."
    if server.tls == "starttls" and server.port in _IMPLICIT:
        asked = _IMPLICIT[server.port]
        return f'Port {server.port} begins with TLS: tls = "implicit", or use port {asked}.'
    if TimeoutError in causes:
        return f"Your network may block it. Check host and port: {_ports(server)}."
    return "Try again in some minutes: cxdesk mail test"


def unsafe(server: Server, error: MailError) -> str:
    """What to do about a connection that would not be safe."""
    causes = _causes(error)
    refused = causes.get(ssl.SSLCertVerificationError)
    if isinstance(refused, ssl.SSLCertVerificationError):
        return _certificate(server, refused.verify_code)
    if "STARTTLS" in error.sentence and server.port in _ASKED:
        return f'Try port = {_ASKED[server.port]} with tls = "implicit".'
    if ssl.SSLError in causes and server.tls == "implicit":
        port = f"port {_ASKED[server.port]}" if server.port in _ASKED else "another port"
        return f'Port {server.port} does not begin with TLS: use {port}, or tls = "starttls".'
    return "Check host, port, tls and ca_file: cxdesk config edit"


def _causes(error: BaseException) -> dict[type, BaseException]:
    """What lies below an error, by its type."""
    found: dict[type, BaseException] = {}
    cause = error.__context__
    while cause is not None and type(cause) not in found:
        found[type(cause)] = cause
        cause = cause.__context__
    return found


def _certificate(server: Server, code: int) -> str:
    if code in _ANOTHER_NAME:
        return (
            f"Its certificate is for another name than {server.host}: host must be the name"
            " that your provider gives."
        )
    if code in _UNKNOWN_SIGNER:
        return (
            "Nobody whom this machine trusts has signed its certificate. If the server is yours,"
            " name its authority: ca_file."
        )
    if code == _EXPIRED:
        return "Its certificate has run out: tell your provider. Is this machine's date right?"
    if code == _NOT_YET:
        return "Its certificate is not valid yet. Is this machine's date right?"
    return "Check host, port, tls and ca_file: cxdesk config edit"


def _ports(server: Server) -> str:
    """The usual ones for what this server is for."""
    if server.port in (993, 143) or hasattr(server, "folder"):
        return '993 with tls = "implicit", 143 with "starttls"'
    return '587 with tls = "starttls", 465 with "implicit"'
