"""A real Dovecot 2.3 on 127.0.0.1: IMAP (with STARTTLS), IMAPS and LMTP, in a folder of its own.

    with Dovecot(authority.good(), authority.ca_file) as dovecot:
        box = dovecot.mailbox()          # an address that nobody else uses
        box.put(raw)                     # by LMTP, as a mail server would
        box.mails()                      # read back by IMAPS

Any address is a mailbox, made when it is first used, but ghost*@: those LMTP refuses (550 5.1.1).
Every password is `PASSWORD`; `sasl_port` answers a mail server that wants to know one. Started by
root, it runs as `nobody`. It stays in the foreground, so that the process we started is the one
we stop and wait for; its folder goes with it. Folders made at once: INBOX, Sent, Processed.
"""

from __future__ import annotations

import contextlib
import grp
import imaplib
import os
import pwd
import shutil
import smtplib
import socket
import ssl
import subprocess
import tempfile
import time
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.servers.tls import Certificate

PROGRAM = "dovecot"
PASSWORD = "mailbox-secret"  # no space: it stands in a line of settings
HOST = "127.0.0.1"
START_SECONDS = 20.0

CONFIGURATION = """
base_dir = {folder}/run
state_dir = {folder}/state
log_path = {folder}/log
hostname = mailbox.example.test
protocols = imap lmtp
listen = 127.0.0.1
default_internal_user = {user}
default_internal_group = {group}
default_login_user = {user}
first_valid_uid = 1
ssl = yes
ssl_cert = <{folder}/server.pem
ssl_key = <{folder}/server.key
disable_plaintext_auth = yes
login_trusted_networks =
auth_mechanisms = plain login
# A wrong password is answered at once, and does not make the next login from this machine wait.
auth_failure_delay = 0
mail_location = maildir:{folder}/mail/%u
mail_uid = {user}
mail_gid = {group}
recipient_delimiter = +
namespace inbox {{
  inbox = yes
  mailbox Sent {{
    auto = create
    special_use = \\Sent
  }}
  mailbox Processed {{
    auto = create
  }}
}}
passdb {{
  driver = static
  username_filter = !ghost*
  args = password={password}
}}
# Refuses whoever was skipped above; with no database left it would be "try again later".
passdb {{
  driver = passwd-file
  args = /dev/null
}}
userdb {{
  driver = static
  args = uid={user} gid={group} home={folder}/home/%u
}}
service auth {{
  chroot =
  inet_listener sasl {{
    address = 127.0.0.1
    port = {sasl_port}
  }}
}}
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
service stats {{
  chroot =
}}
service imap-urlauth-login {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {imap_port}
  }}
  inet_listener imaps {{
    port = {imaps_port}
    ssl = yes
  }}
}}
service lmtp {{
  chroot =
  inet_listener lmtp {{
    address = 127.0.0.1
    port = {lmtp_port}
  }}
}}
"""


def available() -> str:
    """Why Dovecot cannot be used here; empty when it can."""
    if shutil.which(PROGRAM, path=_path()) is None:
        return "dovecot is not installed (apt-get install dovecot-imapd dovecot-lmtpd)"
    version = subprocess.run([_program(), "--version"], capture_output=True, text=True, check=False)
    if not version.stdout.startswith("2.3."):
        return f"dovecot 2.3 is needed, this is {version.stdout.strip() or 'unknown'}"
    return ""


class Dovecot:
    """The server; a context manager. Ports: `imap_port`, `imaps_port`, `lmtp_port`, `sasl_port`."""

    host = HOST

    def __init__(self, certificate: Certificate, ca_file: Path) -> None:
        self.ca_file = ca_file
        self._certificate = certificate

    def __enter__(self) -> Dovecot:
        # Somebody else may take a free port between our choosing it and Dovecot's.
        for _ in range(3):
            self._prepare()
            if self._started():
                return self
            why = self.log()
            self.stop()
        raise RuntimeError(f"dovecot did not start:\n{why}")

    def __exit__(self, *_: object) -> None:
        self.stop()

    def stop(self) -> None:
        """End the process we started, wait for it, and take its folder away."""
        self._process.terminate()
        try:
            self._process.wait(20)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        shutil.rmtree(self.folder)

    def mailbox(self, name: str = "") -> Mailbox:
        """A mailbox, by default one that nobody has used."""
        return Mailbox(self, name or f"box-{uuid.uuid4().hex[:12]}@example.test")

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def client_context(self) -> ssl.SSLContext:
        return ssl.create_default_context(cafile=self.ca_file)

    def _prepare(self) -> None:
        # Not below pytest's folders: those are root's alone, and socket paths must stay short.
        self.folder = Path(tempfile.mkdtemp(prefix="cxdesk-dovecot-", dir="/tmp"))
        self.imap_port, self.imaps_port, self.lmtp_port, self.sasl_port = free_ports(4)
        shutil.copyfile(self._certificate.chain, self.folder / "server.pem")
        shutil.copyfile(self._certificate.key, self.folder / "server.key")
        user, group = _identity()
        text = CONFIGURATION.format(user=user, group=group, password=PASSWORD, **vars(self))
        (self.folder / "dovecot.conf").write_text(text)
        for path in (*self.folder.iterdir(), self.folder):
            shutil.chown(path, user, group)

    def _started(self) -> bool:
        user, group = _identity()
        whose = {"user": user, "group": group, "extra_groups": []} if os.geteuid() == 0 else {}
        self._process = subprocess.Popen(
            [_program(), "-F", "-c", str(self.folder / "dovecot.conf")],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            **whose,  # type: ignore[call-overload]
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if all(answers(port) for port in (self.imap_port, self.lmtp_port)):
                return True
            time.sleep(0.05)
        return False


@dataclass(frozen=True)
class Mailbox:
    """One address on one Dovecot."""

    dovecot: Dovecot
    address: str
    password: str = PASSWORD

    def put(self, raw: bytes, sender: str = "ann@example.com") -> None:
        """Deliver `raw` as a mail server would, by LMTP."""
        with smtplib.LMTP(HOST, self.dovecot.lmtp_port, "localhost", timeout=20) as link:
            link.sendmail(sender, [self.address], raw)

    def append(self, raw: bytes, folder: str = "Sent") -> None:
        """Put `raw` into a folder as the owner's mail program does."""
        with self.imap() as link:
            _ok(link.append(folder, "(\\Seen)", None, raw))

    def mails(self, folder: str = "INBOX") -> list[bytes]:
        """The raw mails of a folder in order of arrival; nothing is marked as read."""
        with self.imap() as link:
            _ok(link.select(folder, readonly=True))
            numbers = _ok(link.uid("SEARCH", "ALL"))[0].split()
            fetched = [_ok(link.uid("FETCH", uid.decode(), "(BODY.PEEK[])")) for uid in numbers]
        return [answer[0][1] for answer in fetched]

    @contextlib.contextmanager
    def imap(self) -> Iterator[imaplib.IMAP4_SSL]:
        """A connection that is logged in, and leaves."""
        context = self.dovecot.client_context()
        with imaplib.IMAP4_SSL(
            HOST, self.dovecot.imaps_port, ssl_context=context, timeout=20
        ) as link:
            link.login(self.address, self.password)
            yield link


def _ok(answer: tuple[str, list[Any]]) -> list[Any]:
    assert answer[0] == "OK", answer
    return answer[1]


def _path() -> str:
    return f"{os.environ.get('PATH', os.defpath)}:/usr/sbin:/usr/local/sbin"


def _program() -> str:
    return shutil.which(PROGRAM, path=_path()) or PROGRAM


def _identity() -> tuple[str, str]:
    """The user and group that Dovecot runs as: ours, or nobody's when we are root."""
    entry = pwd.getpwnam("nobody") if os.geteuid() == 0 else pwd.getpwuid(os.geteuid())
    return entry.pw_name, grp.getgrgid(entry.pw_gid).gr_name


def free_ports(count: int) -> list[int]:
    """Ports that nobody listens on, held together while they are chosen, so that all differ."""
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(socket.socket()) for _ in range(count)]
        for one in held:
            one.bind((HOST, 0))
        return [one.getsockname()[1] for one in held]


def answers(port: int) -> bool:
    """Whether a mail server greets us there; only then is it up."""
    try:
        with socket.create_connection((HOST, port), timeout=5) as link:
            return link.recv(1) in (b"*", b"2")
    except OSError:
        return False
