"""The user's crontab, through the program `crontab`; and what our line in it needs."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from cxdesk.errors import RefusedError
from cxdesk.formats import crontab

if TYPE_CHECKING:
    from cxdesk.cli.session import Session
    from cxdesk.config import MailOut

PATIENCE = 30  # seconds
CRONS_PATH = "/usr/bin:/bin"
BY_HAND = "Have cxdesk remind run every 15 minutes in another way, such as a systemd timer."


def read() -> str:
    """The whole crontab; empty where there is none. Bytes that are no UTF-8 survive."""
    done = _run("-l")
    said = done.stderr.decode("utf-8", "replace").strip()
    if done.returncode == 0:
        return done.stdout.decode("utf-8", "surrogateescape")
    if "no crontab" in said:
        return ""
    raise RefusedError(f"Your crontab cannot be read: {_one_line(said)}.", BY_HAND)


def write(text: str) -> None:
    """Put the whole crontab in place; an empty one is taken away."""
    done = _run("-", text.encode("utf-8", "surrogateescape")) if text else _run("-r")
    if done.returncode:
        said = done.stderr.decode("utf-8", "replace").strip()
        raise RefusedError(f"Your crontab cannot be written: {_one_line(said)}.", BY_HAND)


def _run(option: str, text: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "LC_ALL": "C"}  # for the words that are looked for
    try:
        return subprocess.run(
            ["crontab", option],
            input=text,
            capture_output=True,
            env=environment,
            timeout=PATIENCE,
            check=False,
        )
    except FileNotFoundError:
        raise RefusedError("There is no program crontab here.", BY_HAND) from None
    except (OSError, subprocess.TimeoutExpired):
        raise RefusedError("The program crontab cannot be used here.", BY_HAND) from None


def _one_line(said: str) -> str:
    return " ".join(said.split()).rstrip(".")[:200] or "no reason was given"


def installed(text: str) -> str | None:
    """Our line in a crontab; None without one."""
    try:
        return crontab.installed(text)
    except crontab.DamagedError:
        raise RefusedError(
            "The block of cxdesk in your crontab has lost one of its two marks.",
            "Take out what is left of it by hand: crontab -e",
        ) from None


# Our line ----------------------------------------------------------------------------------------


def line(session: Session, out: MailOut) -> tuple[str, dict[str, str]]:
    """The line, and the variables that it carries because cron does not have them."""
    carried = surroundings(out)
    argv = [*_program(), "remind"]
    if session.desk_name:
        argv += ["--desk", _whole(session.desk_name)]
    try:
        return crontab.line(argv, carried), carried
    except ValueError as error:
        raise RefusedError(f"There can be no line for it: {error}.") from None


def _program() -> list[str]:
    """How this program is started by its absolute path."""
    script = os.path.join(os.path.dirname(sys.executable), "cxdesk")
    return [script] if os.access(script, os.X_OK) else [sys.executable, "-m", "cxdesk"]


def surroundings(out: MailOut) -> dict[str, str]:
    """What the job needs of this shell's variables. Never a secret, never CXDESK_NOW."""
    carried = {name: os.path.abspath(os.environ[name]) for name in _folders()}
    if os.environ.get("CXDESK_DESK"):
        carried["CXDESK_DESK"] = _whole(os.environ["CXDESK_DESK"])
    command = out.password_command or out.token_command
    names = ["GNUPGHOME", "PASSWORD_STORE_DIR"] if command else []
    if out.user and not out.password_file:
        names.append("DBUS_SESSION_BUS_ADDRESS")  # by which a keyring is asked
    carried |= {name: os.environ[name] for name in names if os.environ.get(name)}
    folder = _folder_of(command[0]) if command else None
    return {**carried, "PATH": f"{folder}:{CRONS_PATH}"} if folder else carried


def _folders() -> list[str]:
    names = (
        ["CXDESK_HOME"] if os.environ.get("CXDESK_HOME") else ["XDG_DATA_HOME", "XDG_CONFIG_HOME"]
    )
    if os.environ.get("HOME") not in (None, "", pwd.getpwuid(os.getuid()).pw_dir):
        names.append("HOME")
    return [name for name in names if os.environ.get(name)]


def _folder_of(program: str) -> str | None:
    """Where a program is that cron would not find."""
    if os.sep in program or shutil.which(program, path=CRONS_PATH):
        return None
    found = shutil.which(program)
    return os.path.dirname(os.path.abspath(found)) if found else None


def _whole(desk: str) -> str:
    return os.path.abspath(os.path.expanduser(desk)) if os.sep in desk else desk


def missing_program(text: str) -> str | None:
    """The program that an installed line names, when it is not there (any more)."""
    import shlex

    try:
        words = shlex.split(text.replace("\\%", "%"))[5:]
    except ValueError:
        return None  # somebody's own line
    program = next((word for word in words if "=" not in word), "")
    gone = os.path.isabs(program) and not os.access(program, os.X_OK)
    return program if gone else None
