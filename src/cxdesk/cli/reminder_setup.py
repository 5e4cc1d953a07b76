"""What `remind install` asks for, and how that gets into config.toml."""

from __future__ import annotations

import os
import re
import shlex
from typing import TYPE_CHECKING

from cxdesk import files
from cxdesk.cli import places, prompts
from cxdesk.config import Config, ConfigError, read_config
from cxdesk.errors import UnusableError
from cxdesk.formats.toml import CannotAddError, with_values
from cxdesk.mail.secrets import is_set_up

if TYPE_CHECKING:
    from cxdesk.formats.toml import Value

    Added = dict[str, dict[str, Value]]

ADDRESS = r"[^\s@<>(),;:]+@[^\s@<>(),;:]+"
HOST = r"[A-Za-z0-9_.-]+(:[1-9]\d{0,4})?"
PASSWORD_FILE = "password"
NO_LOGIN = "-"


def missing(config: Config) -> list[str]:
    """The keys without which no reminder can be sent from cron."""
    out = config.mail.out
    needed = [
        (config.remind.to is None, "[remind] to"),
        (not out.host, "[mail.out] host"),
        (
            not is_set_up(out),
            f"[mail.out] {'token' if out.auth == 'xoauth2' else 'password'}_command",
        ),
    ]
    return [key for is_missing, key in needed if is_missing]


def refuse_missing(config: Config, path: str) -> None:
    """Raises ConfigError where something is missing and nobody may be asked."""
    gone = missing(config)
    if gone:
        raise ConfigError(
            f"{path} does not say enough for a job of cron: {', '.join(gone)}.",
            "cxdesk remind install   on a terminal asks for it; or: cxdesk config edit",
        )


def complete(config: Config, path: str) -> Config:
    """Ask for what is missing, and put it into the file at `path`. What is there stays."""
    added: Added = {"remind": {}, "mail.out": {}}
    to, out = config.remind.to, config.mail.out
    if to is None:
        to = asked("Your address", "", ADDRESS)
        added["remind"]["to"] = to
    server, user = out.host, out.user
    if not server:
        server = asked("Mail server", f"smtp.{to.rpartition('@')[2]}", HOST)
        server, _, port = server.partition(":")
        added["mail.out"] |= {"host": server, **({"port": int(port)} if port else {})}
        if not user:
            user = asked("User", to, r"\S+", f"({NO_LOGIN} for none)")
            added["mail.out"] |= {} if user == NO_LOGIN else {"user": user}
    if user not in ("", NO_LOGIN) and not _has_secret(config, server, user):
        added["mail.out"] |= _secret(os.path.dirname(path))
    if any(added.values()):
        _write(path, added)
    return read_config(path)


def _has_secret(config: Config, server: str, user: str) -> bool:
    from dataclasses import replace

    return is_set_up(replace(config.mail.out, host=server, user=user))


def asked(label: str, default: str, pattern: str, hint: str = "") -> str:
    """Ask until the answer has the right shape."""
    shown = " ".join(part for part in (f"[{default}]" if default else "", hint) if part)
    while True:
        answer = prompts.labelled(label, shown, default)
        if re.fullmatch(pattern, answer):
            return answer


def _secret(folder: str) -> dict[str, Value]:
    """Where the password comes from: a command, or a file that only the owner can read."""
    prompts.say("Which command prints the password (pass show mail)? Enter: type it in once,")
    prompts.say("to be kept in a file that only you can read.")
    while True:
        try:
            words = shlex.split(prompts.labelled("Command"))
        except ValueError:
            continue  # a quote without its other one
        if words:
            return {"password_command": list(words)}
        typed = _typed_password()
        if typed:
            _put(os.path.join(folder, PASSWORD_FILE), f"{typed}\n".encode())
            return {"password_file": PASSWORD_FILE}


def _typed_password() -> str:
    from getpass import getpass

    return getpass(f"{'Password':<{prompts.LABEL}} ")


def _write(path: str, added: Added) -> None:
    """The new text takes the old one's place only when it is understood."""
    before = _text(path)
    try:
        text = with_values(before, added)
    except CannotAddError:
        raise ConfigError(
            f"Nothing can be added to {path} as it is written.",
            "Write it yourself: " + _by_hand(added) + "   with: cxdesk config edit",
        ) from None
    _put(path, text.encode())


def _by_hand(added: Added) -> str:
    keys = [f"[{section}] {key}" for section, values in added.items() for key in values]
    return ", ".join(keys)


def _text(path: str) -> str:
    try:
        with open(path, encoding="utf-8-sig", newline="") as file:
            return file.read()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise UnusableError(f"{path} cannot be read: {error.strerror}.") from error


def _put(path: str, data: bytes) -> None:
    try:
        os.makedirs(os.path.dirname(os.path.realpath(path)), mode=0o700, exist_ok=True)
        with files.replacing(path) as draft:
            with open(draft, "wb") as file:
                file.write(data)
            if path == places.config_path():
                read_config(draft)
    except OSError as error:
        raise UnusableError(
            f"{path} cannot be written: {error.strerror}.", "See to its folder's permissions."
        ) from error
