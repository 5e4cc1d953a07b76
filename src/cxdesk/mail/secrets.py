"""Passwords and tokens, fetched at the last moment (mail.md, "Sending", rule 8).

Called only when a connection is about to log in. What comes back is never kept, logged, put into
an argument list or repeated in a sentence; nor is anything that a command printed.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
import stat
import subprocess
import time
from typing import TYPE_CHECKING

from cxdesk.errors import MailError

if TYPE_CHECKING:
    from collections.abc import Callable

    from cxdesk.config import Server

COMMAND_SECONDS = 10.0
LONGEST_OUTPUT = 65_536  # bytes; a secret is one line
ENVIRONMENT = "CXDESK_MAIL_PASSWORD"


def resolve_password(server: Server, *, patience: float = COMMAND_SECONDS) -> str:
    """The password of `server.user`: the first way that is set up decides.

    password_command, else the keyring, else CXDESK_MAIL_PASSWORD, else password_file. A way that
    is set up and fails raises MailError; the next one is not tried, so that a mistake shows.
    """
    if server.password_command:
        return run_for_secret("password_command", server.password_command, patience=patience)
    found = _from_keyring(server) or os.environ.get(ENVIRONMENT)
    if found:
        return found
    if server.password_file:
        return _from_file(server.password_file)
    raise MailError(
        f"No password is set up for {server.user} at {server.host}.",
        "Name a password_command for it in config.toml: cxdesk config edit",
    )


def is_set_up(server: Server) -> bool:
    """Whether a job that has nothing of the owner's shell comes by a secret: for this, a password
    in the environment is none."""
    if not server.user:
        return True
    if server.auth == "xoauth2":
        return bool(server.token_command)
    return bool(server.password_command or server.password_file or _from_keyring(server))


def resolve_token(server: Server, *, patience: float = COMMAND_SECONDS) -> str:
    """The access token for `auth = "xoauth2"`, from token_command; MailError without one."""
    if not server.token_command:
        raise MailError(
            f"No token_command is set up for {server.user} at {server.host}.",
            "Name one in config.toml: cxdesk config edit",
        )
    return run_for_secret("token_command", server.token_command, patience=patience)


def run_for_secret(key: str, argv: tuple[str, ...], *, patience: float) -> str:
    """The first line that `argv` prints, run without a shell for at most `patience` seconds.

    Raises MailError naming `key` and the program; never its arguments or what it printed.
    """
    try:
        # A session of its own: on a timeout its children end with it, and nothing can stop to
        # ask at the terminal while cron or the owner waits.
        process = subprocess.Popen(
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it is not a command"
        raise _command_failed(key, argv, f"could not be started: {reason}") from None
    with process:
        return _harvest(process, key, argv, time.monotonic() + patience)


def _harvest(
    process: subprocess.Popen[bytes], key: str, argv: tuple[str, ...], deadline: float
) -> str:
    """What a started command has to say; it is gone when this returns, well or not."""
    try:
        printed = _read_all(process, deadline)
        code = process.wait(timeout=max(0.0, deadline - time.monotonic()))
    except (TimeoutError, subprocess.TimeoutExpired):
        raise _command_failed(key, argv, "did not answer in time") from None
    except OverflowError:
        raise _command_failed(key, argv, "printed more than a secret") from None
    finally:
        if process.returncode is None:
            # It may have ended by itself this very moment, which macOS calls not permitted.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)
    if code != 0:
        raise _command_failed(key, argv, f"failed with exit code {code}")
    return _first_line(printed, lambda why: _command_failed(key, argv, why))


def _read_all(process: subprocess.Popen[bytes], deadline: float) -> bytes:
    """All of stdout. Raises TimeoutError at `deadline`, OverflowError beyond LONGEST_OUTPUT."""
    assert process.stdout is not None
    pipe = process.stdout.fileno()
    printed = b""
    while len(printed) <= LONGEST_OUTPUT:
        if not select.select([pipe], [], [], max(0.0, deadline - time.monotonic()))[0]:
            raise TimeoutError
        piece = os.read(pipe, 65_536)
        if not piece:
            return printed
        printed += piece
    raise OverflowError


def _first_line(printed: bytes, failure: Callable[[str], MailError]) -> str:
    """The first line without its end; `failure(why)` makes the error for an unusable one."""
    try:
        line = printed.split(b"\n", 1)[0].removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        raise failure("did not give text") from None
    if not line or "\0" in line:
        raise failure("gave an empty answer" if not line else "did not give text")
    return line


def _command_failed(key: str, argv: tuple[str, ...], why: str) -> MailError:
    return MailError(
        f"The {key} ({os.path.basename(argv[0])}) {why}.", "Try it by hand, then: cxdesk mail test"
    )


def _from_keyring(server: Server) -> str | None:
    """What the keyring keeps under `cxdesk:HOST` for the user; None where there is no keyring."""
    try:
        import keyring
        import keyring.errors
    except ImportError:
        return None
    try:
        return keyring.get_password(f"cxdesk:{server.host}", server.user)
    except keyring.errors.KeyringError:
        # No service to ask, as under cron, or it stays locked: the other ways remain.
        return None


def _from_file(path: str) -> str:
    """The first line of a file that only its owner can read."""
    try:
        with open(path, "rb", opener=_without_waiting) as file:
            mode = os.fstat(file.fileno()).st_mode
            if not stat.S_ISREG(mode):
                raise _file_refused(path, "is not a file")
            if mode & 0o077:
                raise _file_refused(path, "can be read by others", f"Type: chmod 600 {path}")
            printed = file.read(LONGEST_OUTPUT)
    except OSError as error:
        raise _file_refused(path, f"cannot be read: {error.strerror}") from None
    return _first_line(printed, lambda why: _file_refused(path, why))


def _without_waiting(path: str, flags: int) -> int:
    """A FIFO in the file's place would otherwise hang the cron job for good."""
    return os.open(path, flags | os.O_NONBLOCK)


def _file_refused(path: str, why: str, remedy: str = "") -> MailError:
    return MailError(f"The password_file {path} {why}.", remedy or "Then: cxdesk mail test")
