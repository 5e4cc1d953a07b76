"""config.toml as one frozen value: machine matters only (cli.md, "config.toml").

Every key is optional; a missing file means the defaults. What cannot be understood is never
guessed: it raises `ConfigError` with one sentence that names the file, the section and the key.
The value of a key is repeated in the sentence, except where it could be a secret.

Secrets are not in here, only the way to get them (mail.md, "Sending", rule 8). Relative paths
are relative to the folder of config.toml. Never read by an everyday command.
"""

from __future__ import annotations

import datetime
import difflib
import ipaddress
import os
import re
import stat
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from cxdesk.errors import UnusableError

if TYPE_CHECKING:
    from collections.abc import Mapping

LARGEST_FILE = 1_000_000  # bytes
TLS_KINDS = ("starttls", "implicit", "none")
AUTH_KINDS = ("password", "xoauth2")
_ADDRESS = r'[^\s@<>(),;:\\"\[\]]+@[^\s@<>(),;:\\"\[\]]+'
OUT_PORTS = {"starttls": 587, "implicit": 465, "none": 25}
IN_PORTS = {"starttls": 143, "implicit": 993, "none": 143}


class ConfigError(UnusableError):
    """config.toml cannot be used as it is; nothing else was touched (exit code 4)."""


@dataclass(frozen=True, kw_only=True)
class Server:
    """How to reach one mail server, and how to come by its secret; never the secret itself."""

    host: str = ""  # empty: not set up
    port: int
    tls: str = "starttls"  # one of TLS_KINDS; "none" only for this machine itself
    ca_file: str | None = None  # absolute path; None: the system's authorities
    user: str = ""  # empty: no login
    auth: str = "password"  # one of AUTH_KINDS
    password_command: tuple[str, ...] = ()
    token_command: tuple[str, ...] = ()
    password_file: str | None = None  # absolute path


@dataclass(frozen=True, kw_only=True)
class MailOut(Server):
    """[mail.out]: the server that takes our mail, and the name and address it goes out under."""

    port: int = OUT_PORTS["starttls"]
    from_name: str = ""
    from_address: str = ""


@dataclass(frozen=True, kw_only=True)
class MailIn(Server):
    """[mail.in.NAME]: one mailbox that is read."""

    name: str
    port: int = IN_PORTS["implicit"]
    tls: str = "implicit"
    folder: str = "INBOX"
    sent: str = "Sent"  # empty: not read
    after: str = "nothing"  # "nothing", "seen" or "move:FOLDER"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """[mail.limits]: the most automatic mails to one address a day, about one inquiry, in all."""

    address_a_day: int = 3
    inquiry: int = 10
    a_day: int = 200


@dataclass(frozen=True, kw_only=True)
class Mail:
    """[mail]: what outgoing mail looks like, whose addresses are ours, and the accounts."""

    prefix: str = "CX"  # of the subject token, [CX-42]
    acknowledge: bool = False
    signature: str = ""
    own: tuple[str, ...] = ()  # bare addresses in lower case, beside those of the accounts
    forms: tuple[str, ...] = ()  # of contact forms, in lower case
    limits: Limits = field(default_factory=Limits)
    out: MailOut = field(default_factory=MailOut)
    inboxes: tuple[MailIn, ...] = ()  # in the file's order


@dataclass(frozen=True, kw_only=True)
class Remind:
    """[remind]: the digest and the alerts. The spans stay words; `domain.phrases` reads them."""

    to: str | None = None  # a bare address
    at: datetime.time = datetime.time(8, 0)  # local
    within: str = "2d"
    alert_before: str = "30 business minutes"
    week: bool = False
    names: bool = True


@dataclass(frozen=True, kw_only=True)
class Backup:
    """[backup]: daily copies; no folder, none are made."""

    folder: str | None = None  # absolute path
    keep: int = 14


@dataclass(frozen=True, kw_only=True)
class Config:
    """The whole file. `warnings`: sentences for the owner that stop nothing."""

    mail: Mail = field(default_factory=Mail)
    remind: Remind = field(default_factory=Remind)
    backup: Backup = field(default_factory=Backup)
    warnings: tuple[str, ...] = ()


def read_config(path: str | os.PathLike[str]) -> Config:
    """What the file at `path` says; the defaults where it says nothing or is not there.

    Raises ConfigError for what cannot be read, is not TOML, or is not understood.
    """
    place = os.path.abspath(path)
    raw, mode = _bytes_of(place)
    if raw is None:
        return Config()
    top = _Section(_toml(raw, place), "", place)
    warnings = (f"{place} can be read by others; type: chmod 600 {place}",) if mode & 0o077 else ()
    config = Config(
        mail=_mail(top.section("mail")),
        remind=_remind(top.section("remind")),
        backup=_backup(top.section("backup")),
        warnings=warnings,
    )
    top.finish()
    return config


def _bytes_of(place: str) -> tuple[bytes | None, int]:
    """The file's bytes and mode; (None, 0) where there is none."""
    try:
        with open(place, "rb", opener=_without_waiting) as file:
            status = os.fstat(file.fileno())
            if not stat.S_ISREG(status.st_mode):
                raise _unreadable(place, "Not a file")
            raw = file.read(LARGEST_FILE + 1)
    except FileNotFoundError:
        return None, 0
    except (OSError, ValueError) as error:
        raise _unreadable(place, getattr(error, "strerror", None) or str(error)) from None
    if len(raw) > LARGEST_FILE:
        raise _unreadable(place, "Larger than 1 MB")
    return raw, status.st_mode


def _without_waiting(place: str, flags: int) -> int:
    """A FIFO in the file's place would otherwise hang the cron job for good."""
    return os.open(place, flags | os.O_NONBLOCK)


def _unreadable(place: str, why: str) -> ConfigError:
    return ConfigError(f"The configuration {place} cannot be read: {why}.", f"Try: ls -l {place}")


def _toml(raw: bytes, place: str) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        why = "it is not UTF-8 text"
    except tomllib.TOMLDecodeError as error:
        why = " ".join(str(error).split())
    except RecursionError:
        why = "it is nested too deeply"
    raise ConfigError(f"{place} is not valid TOML: {why}.", "Mend it with: cxdesk config edit")


class _Section:
    """One table of the file: each key is taken once, and what is left over is a mistake."""

    def __init__(self, values: Mapping[str, Any], name: str, place: str) -> None:
        self.values = values
        self.name = name
        self.place = place
        self.known: list[str] = []

    def wrong(self, key: str, why: str) -> ConfigError:
        where = f"[{self.name}] {key}" if self.name else key
        return ConfigError(f"{self.place}: {where} {why}.", "Mend it with: cxdesk config edit")

    def take(self, key: str, kind: type, expected: str) -> Any:
        """The value of `key`, or None where it is not given."""
        self.known.append(key)
        value = self.values.get(key)
        # type(), not isinstance(): to Python true is a whole number too.
        if value is not None and type(value) is not kind:
            raise self.wrong(key, f"must be {expected}")
        return value

    def section(self, key: str) -> _Section:
        values = self.take(key, dict, f"a section, [{self.path(key)}]")
        return _Section(values or {}, self.path(key), self.place)

    def path(self, key: str) -> str:
        return f"{self.name}.{key}" if self.name else key

    def text(self, key: str, default: str) -> str:
        value = self.take(key, str, "text in quotes")
        return default if value is None else str(value)

    def line(self, key: str, default: str = "") -> str:
        value = self.text(key, default)
        if any(ord(sign) < 32 for sign in value):
            raise self.wrong(key, "must be one line without control characters")
        return value.strip()

    def match(self, key: str, default: str, pattern: str, expected: str) -> str:
        value = self.line(key, default)
        if not re.fullmatch(pattern, value, re.ASCII):
            raise self.wrong(key, f'is "{value}"; it must be {expected}')
        return value

    def choice(self, key: str, default: str, choices: tuple[str, ...]) -> str:
        return self.match(key, default, "|".join(choices), f"one of: {', '.join(choices)}")

    def number(self, key: str, default: int, low: int, high: int) -> int:
        value = self.take(key, int, f"a whole number from {low} to {high}")
        if value is None:
            return default
        if not low <= value <= high:
            raise self.wrong(key, f"is {value}; it must be a whole number from {low} to {high}")
        return int(value)

    def flag(self, key: str, default: bool) -> bool:
        value = self.take(key, bool, "true or false")
        return default if value is None else bool(value)

    def command(self, key: str) -> tuple[str, ...]:
        """An argv list; never repeated in a sentence, for it may hold a secret by mistake."""
        expected = 'a list of words, such as ["pass", "show", "smtp"]'
        words = self.take(key, list, expected)
        if words is None:
            return ()
        if not words or not all(isinstance(word, str) and "\0" not in word for word in words):
            raise self.wrong(key, f"must be {expected}")
        if not words[0]:
            raise self.wrong(key, "names no program")
        return tuple(words)

    def addresses(self, key: str) -> tuple[str, ...]:
        """A list of bare mail addresses, in lower case."""
        expected = 'a list of mail addresses, such as ["me@example.com"]'
        given = self.take(key, list, expected)
        for one in given or ():
            if not isinstance(one, str) or not re.fullmatch(_ADDRESS, one.strip()):
                raise self.wrong(key, f"must be {expected}")
        return tuple(dict.fromkeys(one.strip().lower() for one in given or ()))

    def file(self, key: str) -> str | None:
        value = self.line(key)
        if not value:
            return None
        return os.path.join(os.path.dirname(self.place), os.path.expanduser(value))

    def finish(self) -> None:
        """Refuse the keys that nobody took, with the nearest that is known."""
        for key in self.values:
            if key in self.known:
                continue
            if key in ("password", "token"):
                raise self.wrong(key, f"is not read: name a {key}_command instead of the {key}")
            near = difflib.get_close_matches(key, self.known, 1)
            hint = f'; did you mean "{near[0]}"?' if near else ""
            raise ConfigError(
                f'{self.place}: there is no "{self.path(_shown(key))}"{hint}',
                "See the known keys with: cxdesk config show",
            )


def _shown(key: str) -> str:
    return "".join(sign if sign.isprintable() else "?" for sign in key[:60])


def _mail(section: _Section) -> Mail:
    mail = Mail(
        prefix=section.match(
            "prefix", Mail.prefix, r"[A-Za-z][A-Za-z0-9]{0,11}", "1 to 12 letters or digits"
        ).upper(),
        acknowledge=section.flag("acknowledge", False),
        signature=section.text("signature", ""),
        own=section.addresses("own"),
        forms=section.addresses("forms"),
        limits=_limits(section.section("limits")),
        out=_mail_out(section.section("out")),
        inboxes=_inboxes(section.section("in")),
    )
    section.finish()
    return mail


def _limits(section: _Section) -> Limits:
    limits = Limits(
        address_a_day=section.number("address_a_day", Limits.address_a_day, 0, 1000),
        inquiry=section.number("inquiry", Limits.inquiry, 0, 1000),
        a_day=section.number("a_day", Limits.a_day, 0, 100_000),
    )
    section.finish()
    return limits


def _mail_out(section: _Section) -> MailOut:
    server = _server(section, _out_tls(section), OUT_PORTS)
    name, address = _mailbox(section, "from")
    section.finish()
    login = server["user"] if "@" in server["user"] else ""
    return MailOut(**server, from_name=name, from_address=address or login)


def _out_tls(section: _Section) -> str:
    """Port 465 speaks TLS from its first byte: STARTTLS would wait there for a greeting."""
    return "implicit" if section.values.get("port") == OUT_PORTS["implicit"] else "starttls"


def _inboxes(section: _Section) -> tuple[MailIn, ...]:
    for key, value in section.values.items():
        if key in MailIn.__dataclass_fields__ and not isinstance(value, dict):
            raise section.wrong(f"{key}:", f"name the account: [{section.path('support')}]")
    inboxes = tuple(_mail_in(section.section(name), name) for name in section.values)
    section.finish()
    return inboxes


def _mail_in(section: _Section, name: str) -> MailIn:
    server = _server(section, "implicit", IN_PORTS)
    inbox = MailIn(
        **server,
        name=name,
        folder=section.line("folder", MailIn.folder),
        sent=section.line("sent", MailIn.sent),
        after=section.match(
            "after", MailIn.after, r"nothing|seen|move:\S.*", "nothing, seen or move:FOLDER"
        ),
    )
    section.finish()
    return inbox


def _server(section: _Section, tls: str, ports: Mapping[str, int]) -> dict[str, Any]:
    """The keys that every account has, ready for MailOut or MailIn."""
    host = section.match("host", "", r"[A-Za-z0-9_.:-]*", "a name such as smtp.example.com")
    tls = section.choice("tls", tls, TLS_KINDS)
    if tls == "none" and host and not is_loopback(host):
        raise section.wrong("tls", f'must not be "none" for {host}: only this machine may be plain')
    return {
        "host": host,
        "port": section.number("port", ports[tls], 1, 65535),
        "tls": tls,
        "ca_file": section.file("ca_file"),
        "user": section.line("user"),
        "auth": _auth(section),
        "password_command": section.command("password_command"),
        "token_command": section.command("token_command"),
        "password_file": section.file("password_file"),
    }


def _auth(section: _Section) -> str:
    auth = section.choice("auth", "password", AUTH_KINDS)
    if auth == "xoauth2" and not section.values.get("token_command"):
        raise section.wrong("auth", 'is "xoauth2"; it needs a token_command')
    return auth


def is_loopback(host: str) -> bool:
    """Whether `host` is this machine itself, whatever the network says."""
    if host.lower() == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _mailbox(section: _Section, key: str) -> tuple[str, str]:
    """Name and address of `Oak & Co <hello@example.com>` or of a bare address."""
    value = section.line(key)
    if not value:
        return "", ""
    found = re.fullmatch(r"(?:(?P<name>[^<>]*?)\s*<(?P<inner>[^<>]*)>|(?P<bare>[^<>]*))", value)
    address = (found["inner"] if found["bare"] is None else found["bare"]).strip() if found else ""
    if not found or not re.fullmatch(_ADDRESS, address):
        raise section.wrong(key, f'is "{value}"; it must hold one address, such as me@example.com')
    return (found["name"] or "").strip().strip('"'), address


def _remind(section: _Section) -> Remind:
    remind = Remind(
        to=_mailbox(section, "to")[1] or None,
        at=datetime.time.fromisoformat(
            section.match("at", "08:00", r"([01]\d|2[0-3]):[0-5]\d", "a time of day, such as 08:00")
        ),
        within=section.match("within", Remind.within, *_SPAN),
        alert_before=section.match("alert_before", Remind.alert_before, *_SPAN),
        week=section.flag("week", Remind.week),
        names=section.flag("names", Remind.names),
    )
    section.finish()
    return remind


_COUNT = r"(?:[1-9]\d{0,4}|an?|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)"
_UNIT = (
    r"(?:min|mins|minutes?|bmin|(?:business|working) minutes?|h|hr|hrs|hours?|bh"
    r"|(?:business|working) hours?|d|days?|bd|(?:business|working) days?|workdays?"
    r"|w|wks?|weeks?|fortnights?|mo|mth|months?|y|yrs?|years?)"
)
_SPAN = rf"(?i:{_COUNT} ?{_UNIT}(?: ?{_COUNT} ?{_UNIT})?)", "a span, such as 2d, 1bd or 30 minutes"


def _backup(section: _Section) -> Backup:
    backup = Backup(
        folder=section.file("folder"), keep=section.number("keep", Backup.keep, 1, 10_000)
    )
    section.finish()
    return backup
