"""A real Postfix on 127.0.0.1 that takes mail for example.test alone and hands it to a Dovecot.

    with Postfix(dovecot, authority.good()) as postfix:
        postfix.send(raw, "zoe@example.test", "desk@example.test")  # a customer writes
        postfix.wait_until_empty()                                  # by now it is delivered

Two ports: `smtp_port` is what the world sees, without login; `submission_port` is the owner's way
out, by STARTTLS and with the mailbox's own password. Any address at example.test is a mailbox, but

    ghost*  taken at the door, then refused by Dovecot: a report (5.1.1) goes to the sender
    full*   the same, by Postfix itself (5.2.2)

No mail can leave this machine: another domain is refused at the door, and there is no program
behind this Postfix that could send to one (a report to a sender elsewhere is given up).

Postfix drops rights that only root has, so root has to start it. It stays in the foreground, in
a session of its own: all that it started ends with it, and its folder goes with them.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import smtplib
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from tests.servers.dovecot import HOST, PASSWORD, answers, free_ports

if TYPE_CHECKING:
    from tests.servers.dovecot import Dovecot, Mailbox
    from tests.servers.tls import Certificate

START_SECONDS = 20.0
STOP_SECONDS = 20.0
# Below queue_directory: the mails, what is written about them, and the sockets.
QUEUED = ("active", "corrupt", "deferred", "hold", "incoming", "maildrop", "saved")
NOTED = ("bounce", "defer", "flush", "trace")
SOCKETS = ("private", "public")
# Where a mail is under way, in this order.
QUEUES = ("incoming", "active", "deferred")

MAIN = """
compatibility_level = 2
queue_directory = {folder}/queue
data_directory = {folder}/data
maillog_file = {folder}/log
maillog_file_prefixes = {folder}
myhostname = mx.example.test
mydomain = example.test
myorigin = example.test
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.1/32
mydestination =
alias_maps =
alias_database =
local_recipient_maps =
virtual_mailbox_domains = example.test
virtual_transport = lmtp:inet:127.0.0.1:{dovecot.lmtp_port}
transport_maps = regexp:{folder}/transport
default_transport = error:5.4.4 no mail leaves this machine
relay_transport = error:5.4.4 no mail leaves this machine
relay_domains =
smtpd_relay_restrictions = reject_unauth_destination
# full@ is to be taken, and refused only then.
smtpd_reject_unlisted_recipient = no
# Mail is passed on as it came: nothing that it lacks is made up.
local_header_rewrite_clients =
recipient_delimiter = +
smtpd_tls_chain_files = {folder}/server.key, {folder}/server.pem
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:{dovecot.sasl_port}
# No question is put to a name server, and nobody is made to wait.
smtpd_peername_lookup = no
lmtp_host_lookup = native
lmtp_dns_support_level = disabled
smtpd_error_sleep_time = 0
in_flow_delay = 0
queue_run_delay = 1s
minimal_backoff_time = 1s
maximal_backoff_time = 2s
maximal_queue_lifetime = 60s
bounce_queue_lifetime = 60s
fast_flush_domains =
notify_classes =
default_process_limit = 20
"""
TRANSPORT = "/^full/ error:5.2.2 the mailbox is full\n"
MASTER = """
127.0.0.1:{smtp_port} inet n - n - - smtpd
127.0.0.1:{submission_port} inet n - n - - smtpd
  -o syslog_name=postfix/submission
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_client_restrictions=permit_sasl_authenticated,reject
cleanup unix n - n - 0 cleanup
qmgr unix n - n 1 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
lmtp unix - - n - - lmtp
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
"""


def available() -> str:
    """Why Postfix cannot be used here; empty when it can."""
    if os.geteuid() != 0:
        return "a postfix of our own needs root"
    if not _program():
        return "postfix is not installed (apt-get install postfix)"
    return ""


class Postfix:
    """The server; a context manager. Ports: `smtp_port`, `submission_port`."""

    host = HOST

    def __init__(self, dovecot: Dovecot, certificate: Certificate) -> None:
        self.dovecot = dovecot
        self._certificate = certificate

    def __enter__(self) -> Postfix:
        # Somebody else may take a free port between our choosing it and Postfix's.
        for _ in range(3):
            self._prepare()
            if self._started():
                return self
            why = self.log()
            self.stop()
        raise RuntimeError(f"postfix did not start:\n{why}")

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def process_group(self) -> int:
        """All of its processes are in it, and no others."""
        return self._process.pid

    def stop(self) -> None:
        """End the process we started and all of its own, and take the folder away."""
        self._process.terminate()
        try:
            self._process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        _end_group(self.process_group)
        shutil.rmtree(self.folder)

    def send(self, raw: bytes, sender: str, *recipients: str) -> None:
        """Hand over `raw` as another mail server would; no sender: as a report ("<>")."""
        with smtplib.SMTP(HOST, self.smtp_port, "localhost", timeout=20) as link:
            link.sendmail(sender, recipients, raw)

    def mail_out(self, box: Mailbox) -> str:
        """The [mail.out] of a config.toml that sends as `box`, password and all.

        By a command, which goes before any keyring or CXDESK_MAIL_PASSWORD of the machine.
        """
        values = {
            "host": HOST,
            "port": self.submission_port,
            "tls": "starttls",
            "ca_file": str(self.dovecot.ca_file),
            "user": box.address,
            "password_command": ["/bin/cat", str(self.folder / "password")],
            "from": box.address,
        }
        lines = (f"{key} = {json.dumps(value)}" for key, value in values.items())
        return "\n".join(["[mail.out]", *lines, ""])

    def wait_until_empty(self, timeout: float = 10.0) -> None:
        """Until every mail is delivered or given up, reports too; TimeoutError with the log."""
        deadline = time.monotonic() + timeout
        # A report is queued before the mail it speaks of is gone; one look could miss both.
        while self.queued() or self.queued():
            if time.monotonic() > deadline:
                raise TimeoutError(f"in the queue: {self.queued()}\n{self.log()}")
            time.sleep(0.02)

    def queued(self) -> list[str]:
        """The mails that are still on their way, as `queue/id`."""
        looked = ((queue, os.walk(self.folder / "queue" / queue)) for queue in QUEUES)
        return [f"{queue}/{name}" for queue, walk in looked for *_, names in walk for name in names]

    def log(self) -> str:
        path = self.folder / "log"
        return path.read_text("utf-8", "replace") if path.exists() else ""

    def _prepare(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="cxdesk-postfix-", dir="/tmp"))
        self.folder.chmod(0o755)  # most of Postfix runs as its own user
        self.smtp_port, self.submission_port = free_ports(2)
        shutil.copyfile(self._certificate.chain, self.folder / "server.pem")
        self._keep_secret("server.key", self._certificate.key.read_text())
        self._keep_secret("password", PASSWORD)
        (self.folder / "main.cf").write_text(MAIN.format(**vars(self)))
        (self.folder / "master.cf").write_text(MASTER.format(**vars(self)))
        (self.folder / "transport").write_text(TRANSPORT)
        for name in ("main.cf", "transport"):
            # Of a file this young Postfix thinks it is still being written, and waits.
            os.utime(self.folder / name, (0, 0))
        self._make_queue()

    def _keep_secret(self, name: str, secret: str) -> None:
        (self.folder / name).touch(0o600)
        (self.folder / name).write_text(secret)

    def _make_queue(self) -> None:
        queue = self.folder / "queue"
        (queue / "pid").mkdir(parents=True)  # root's, as `queue` is
        for path in (self.folder / "data", *(queue / name for name in (*QUEUED, *NOTED, *SOCKETS))):
            path.mkdir(0o700)
            shutil.chown(path, "postfix")

    def _started(self) -> bool:
        self._process = subprocess.Popen(
            [_program(), "-c", str(self.folder)],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=self.folder,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline and self._process.poll() is None:
            if all(answers(port) for port in (self.smtp_port, self.submission_port)):
                return True
            time.sleep(0.05)
        return False


def _program() -> str:
    """Postfix's master; empty when there is none."""
    postconf = shutil.which("postconf", path=f"{os.environ.get('PATH', os.defpath)}:/usr/sbin")
    if postconf is None:
        return ""
    asked = [postconf, "-d", "-h", "daemon_directory"]
    folder = subprocess.run(asked, capture_output=True, text=True, check=False).stdout.strip()
    return shutil.which("master", path=folder) or ""


def _end_group(group: int) -> None:
    """Wait for the last process of the group; whoever does not go in time is made to."""
    deadline = time.monotonic() + STOP_SECONDS
    while alive(group):
        if time.monotonic() > deadline:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(group, signal.SIGKILL)
        time.sleep(0.02)


def alive(group: int) -> list[int]:
    """The processes of the group that still run.

    The dead stay listed until the machine's first process takes note, which in a container may
    be never: so the kernel is asked how each one is, not only whether it is there.
    """
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            state, _, its_group = path.read_text().rpartition(")")[2].split()[:3]
            if int(its_group) == group and state not in "ZX":
                found.append(int(path.parent.name))
    return found
