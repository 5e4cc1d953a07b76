"""Mail servers that refuse, stall, hang up, talk nonsense or are not who they say: what becomes of
the mail, what the owner is told, and that the next run finishes the job (docs/explanation/mail.md).
"""

from __future__ import annotations

import contextlib
import json
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from cxdesk.mail import imap, smtp
from tests.cli import test_remind
from tests.cli.played import Home
from tests.cli.post import Post
from tests.cli.test_mail_import import mail, mbox
from tests.cli.test_remind_secrets import SECRET, SOURCES, prepare, process_list
from tests.running import MAIN, surroundings
from tests.servers.smtp import PASSWORD, USER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.servers.imap import ImapServer
    from tests.servers.smtp import SmtpServer
    from tests.servers.tls import Authority

DROP, STALL, GARBAGE = "drop", "stall", "\x07\xff{ what?"
TO = "ann@example.com"
FOLDERS = ('() "/" INBOX', '(\\Sent) "/" Sent')


class Scripted:
    """An SMTP server that answers as it is told: `says` by moment (greeting, MAIL, RCPT, DATA,
    end); what is not in it goes well. `taken`: the recipients of all mail that reached it whole."""

    def __init__(self) -> None:
        self.says: dict[str, str] = {}
        self.taken: list[str] = []
        self._over = threading.Event()
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._door.getsockname()[1]
        self._threads = [threading.Thread(target=self._welcome)]
        self._threads[0].start()

    def close(self) -> None:
        self._over.set()
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for thread in self._threads:
            thread.join(20)

    def _welcome(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                link = self._door.accept()[0]
                link.settimeout(20)
                self._threads.append(threading.Thread(target=self._serve, args=(link,)))
                self._threads[-1].start()

    def _serve(self, link: socket.socket) -> None:
        with link, link.makefile("rwb") as file, contextlib.suppress(OSError, EOFError):
            self._answer(file, "greeting", "220 hello")
            recipient = ""
            while line := file.readline():
                word = line[:4].decode().upper()
                if word == "RCPT":
                    recipient = line.partition(b"<")[2].partition(b">")[0].decode()
                usual = {"DATA": "354 go on", "QUIT": "221 bye"}.get(word, "250 ok")
                if self._answer(file, word, usual) != "354":
                    continue
                while file.readline() not in (b".\r\n", b""):
                    pass
                self.taken.append(recipient)
                self._answer(file, "end", "250 taken")

    def _answer(self, file: Any, moment: str, usual: str) -> str:
        said = self.says.get(moment, usual)
        if said == STALL:
            self._over.wait()
        if said in (STALL, DROP):
            raise EOFError
        file.write(f"{said}\r\n".encode("latin-1"))
        file.flush()
        return said[:3]


@pytest.fixture
def scripted() -> Iterator[Scripted]:
    server = Scripted()
    yield server
    server.close()


@contextlib.contextmanager
def hurried(hurry: bool) -> Iterator[None]:
    """Nobody waits twenty seconds for a server that stalls; for the others there is time."""
    with pytest.MonkeyPatch.context() as patch:
        for function in (smtp.connect, imap.Mailbox.__init__) if hurry else ():
            patch.setattr(function, "__kwdefaults__", {"timeout": 0.8, "largest": imap.LARGEST})
        yield


@pytest.fixture
def post(tmp_path: Path) -> Post:
    """Ann has written."""
    home = Post(tmp_path / "home")
    home.done("log", "Ann Lee", "VAT twice", "--via", "email", "--email", TO)
    return home


SENDING = [
    ("greeting", "421 busy", "pending"),
    ("greeting", GARBAGE, "pending"),
    ("greeting", DROP, "pending"),
    ("greeting", STALL, "pending"),
    ("MAIL", "421 closing down", "pending"),
    ("MAIL", "452 no room", "pending"),
    ("MAIL", "550 not you", "failed"),
    ("MAIL", GARBAGE, "pending"),
    ("RCPT", "421 closing down", "pending"),
    ("RCPT", "450 not now", "pending"),
    ("RCPT", "451 not now", "pending"),
    ("RCPT", "452 no room", "pending"),
    ("RCPT", "550 no such user", "failed"),
    ("RCPT", "554 we do not want this", "failed"),
    ("RCPT", GARBAGE, "pending"),
    ("RCPT", DROP, "pending"),
    ("RCPT", STALL, "pending"),
    ("DATA", "421 closing down", "pending"),
    ("DATA", "451 not now", "pending"),
    ("DATA", "554 no", "failed"),
    ("DATA", DROP, "pending"),
    ("DATA", GARBAGE, "pending"),
    ("end", "421 closing down", "pending"),
    ("end", "450 not now", "pending"),
    ("end", "451 not now", "pending"),
    ("end", "452 no room", "pending"),
    ("end", "550 no", "failed"),
    ("end", "554 we do not want this", "failed"),
    ("end", GARBAGE, "uncertain"),
    ("end", DROP, "uncertain"),
    ("end", STALL, "uncertain"),
]
NAMES = [f"{moment}-{said[:3] if said[0].isdigit() else said}" for moment, said, _ in SENDING]
TOLD = {
    "pending": ("waits: ", "It goes with the next cxdesk remind or cxdesk mail fetch."),
    "failed": ("was refused: ", "The answer is noted; to take it back: cxdesk undo"),
    "uncertain": ("may or may not have arrived: ", "See: cxdesk mail outbox"),
}


class TestSending:
    @pytest.mark.parametrize(
        "moment, said, state",
        SENDING,
        ids=[name.encode("unicode_escape").decode() for name in NAMES],
    )
    def test_an_answer_ends_as_the_server_does_and_the_job_finishes_it(
        self, post: Post, scripted: Scripted, moment: str, said: str, state: str
    ) -> None:
        post.configure(scripted.port)
        scripted.says[moment] = said
        with hurried(said == STALL):
            ran = post.run("reply", "ann", "It is mended.", "--send")
        (first,) = post.outbox()

        assert ran.code == 5
        assert ran.err.startswith(f"The mail to {TO} {TOLD[state][0]}"), ran.err
        assert ran.err.endswith(f"{TOLD[state][1]}\n")
        assert ran.err.count("\n") == 1
        assert ran.err.isascii()
        assert (first.state, first.attempts) == (state, 1)
        assert post.promises(1)[0].state == "kept"
        before = scripted.taken.count(TO)
        assert before == (moment == "end")

        scripted.says.clear()
        post.run("remind")  # the wait is not over
        assert post.outbox()[0].state == state
        for hours in (1, 20):
            post.later(hours=hours)
            post.run("remind")
        assert scripted.taken.count(TO) - before == (state == "pending")
        assert post.outbox()[0].state == {"pending": "sent"}.get(state, state)

    def test_a_server_that_is_not_there_costs_an_attempt_and_no_mail(
        self, post: Post, scripted: Scripted
    ) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            port = free.getsockname()[1]
        post.configure(port)
        assert post.run("reply", "ann", "It is mended.", "--send").code == 5
        assert (post.outbox()[0].state, post.outbox()[0].attempts) == ("pending", 1)
        post.configure(scripted.port)
        post.later(hours=1)
        post.run("remind")

        assert scripted.taken.count(TO) == 1

    @pytest.mark.parametrize(
        "moment, said, state",
        [
            ("RCPT", "450 not now", "pending"),
            ("RCPT", "550 no such user", "failed"),
            ("end", DROP, "uncertain"),
        ],
        ids=["450", "550", "lost-after-data"],
    )
    def test_an_acknowledgement_promises_only_what_arrived(
        self, post: Post, scripted: Scripted, tmp_path: Path, moment: str, said: str, state: str
    ) -> None:
        post.configure(scripted.port, "acknowledge = true")
        (tmp_path / "one.eml").write_bytes(mail(7))
        post.done("mail", "import", str(tmp_path / "one.eml"))
        scripted.says[moment] = said
        assert post.run("remind").code == 5
        number = post.json("inquiries")["inquiries"][-1]["number"]
        [found] = [one for one in post.outbox() if one.kind == "acknowledgement"]
        assert (found.state, found.attempts) == (state, 1)
        assert not any(promise.told for promise in post.promises(found.number or 0)), number

        scripted.says.clear()
        post.later(minutes=10)
        post.run("remind")
        arrived = scripted.taken.count("ann7@example.com")
        told = [promise.told for promise in post.promises(found.number or 0)]
        assert (arrived, any(told)) == {
            "pending": (1, True),
            "failed": (0, False),
            "uncertain": (1, False),
        }[state]


class TestNotSafe:
    @pytest.mark.parametrize("wrong", ["wrong-host", "self-signed", "stripped", "password"])
    def test_the_run_stops_burns_no_attempt_and_says_no_secret(
        self,
        post: Post,
        smtp_server: Callable[..., SmtpServer],
        authority: Authority,
        wrong: str,
    ) -> None:
        made = {"self-signed": authority.self_signed, "wrong-host": authority.wrong_host}
        bad = smtp_server(
            tls="starttls",
            certificate=made.get(wrong, authority.good)(),
            starttls_stripped=wrong == "stripped",
            password="another" if wrong == "password" else PASSWORD,
        )
        good = smtp_server(tls="starttls")
        self.configure(post, bad, authority)
        ran = post.run("reply", "ann", "It is mended.", "--send")
        again = post.run("remind")
        row = next(one for one in post.outbox() if one.kind == "reply")

        assert (ran.code, ran.err.count("\n"), again.code) == (5, 1, 5)
        assert ran.err.startswith(f"The mail to {TO} waits: The ")
        assert (row.state, row.attempts) == ("pending", 0)
        assert PASSWORD not in ran.err + again.err
        assert (b"AUTH" in bad.received()) == (wrong == "password")
        assert bad.mails() == []

        self.configure(post, good, authority)  # it is mended: no wait is left of it
        assert post.run("remind").code == 0
        assert [to["recipients"] for to in good.envelopes()].count([TO]) == 1

    @staticmethod
    def configure(post: Post, server: SmtpServer, authority: Authority) -> None:
        post.configure(server.port)
        (post.folder / "password").touch(0o600)
        (post.folder / "password").write_text(PASSWORD)
        path = post.folder / "config.toml"
        safe = f'tls = "starttls"\nca_file = "{authority.ca_file}"\nuser = "{USER}"\n'
        safe += 'password_file = "password"'
        path.write_text(path.read_text().replace('tls = "none"', safe))


class Shop(Home):
    """A desk with one mailbox."""

    def configure(self, server: ImapServer, authority: Authority, *more: str) -> None:
        (self.folder / "password").touch(0o600)
        (self.folder / "password").write_text(PASSWORD)
        lines = ["[mail]", *more, "[mail.in.support]", f'host = "127.0.0.1"\nport = {server.port}']
        lines += [f'tls = "{server.plan.tls}"', f'ca_file = "{authority.ca_file}"']
        lines += [f'user = "{USER}"', 'password_file = "password"']
        path = self.folder / "config.toml"
        path.touch(0o600)
        path.write_text("\n".join(lines) + "\n")

    def kept(self) -> Counter[str]:
        """The mails in the desk by subject; what is not read yet, by its bytes."""
        with contextlib.closing(sqlite3.connect(self.store)) as link:
            found = link.execute("SELECT coalesce(subject, sha256) FROM received").fetchall()
        return Counter(subject for (subject,) in found)


@pytest.fixture
def shop(tmp_path: Path) -> Shop:
    folder = tmp_path / "shop"
    folder.mkdir(0o700)
    home = Shop(folder)
    home.done("init")
    return home


THREE = tuple(mail(number).replace(b"\n", b"\r\n") for number in (1, 2, 3))
ALL = Counter({f"Question {number}": 1 for number in (1, 2, 3)})
# The fault, how many mails are kept by then, and words of what is said.
FETCHING = [
    ("stall-greeting", 0, "did not answer in time"),
    ("stall-login", 0, "did not answer in time"),
    ("stall-fetch", 1, "did not answer in time"),
    ("garbage-greeting", 0, "cannot be understood"),
    ("garbage-login", 0, "cannot be used just now"),
    ("garbage-search", 0, "cannot be used just now"),
    ("garbage-fetch", 1, "cannot be used just now"),
    ("bye-greeting", 0, "too many connections"),
    ("bye-login", 0, "hung up"),
    ("bye-fetch", 1, "cannot be used just now"),
    ("drop-greeting", 0, "hung up"),
    ("cut-fetch", 1, "hung up"),
    ("busy-fetch", 1, "slow down"),
    ("wrong-uid", 0, "another mail"),
    ("no-uidvalidity", 0, "cannot be understood"),
    ("starttls-stripped", 0, "does not offer STARTTLS"),
    ("starttls-refused", 0, "refused STARTTLS"),
    ("login-no", 0, "did not accept the login"),
    ("wrong-host", 0, "is not safe"),
    ("self-signed", 0, "is not safe"),
    ("not-there", 0, "Connection refused"),
]


class TestFetching:
    @pytest.mark.parametrize("fault, kept, words", FETCHING, ids=[one[0] for one in FETCHING])
    def test_what_came_is_kept_and_the_rest_comes_with_the_next(
        self,
        shop: Shop,
        imap_server: Callable[..., ImapServer],
        authority: Authority,
        fault: str,
        kept: int,
        words: str,
    ) -> None:
        plan: dict[str, Any] = {"mails": THREE, "folders": FOLDERS, "fault": fault}
        made = {"self-signed": authority.self_signed, "wrong-host": authority.wrong_host}
        if fault.startswith("starttls"):
            plan["tls"] = "starttls"
        if fault in made:
            plan |= {"tls": "implicit", "certificate": made[fault]()}
        if fault == "login-no":
            plan["login_reply"] = "NO [AUTHENTICATIONFAILED] no"
        server = imap_server(**plan)
        shop.configure(server, authority)
        if fault == "not-there":
            path = shop.folder / "config.toml"
            path.write_text(path.read_text().replace(f"port = {server.port}", "port = 9"))
        with hurried(fault.startswith("stall")):
            ran = shop.run("mail", "fetch")

        assert ran.code == 5
        (said,) = ran.err.splitlines()
        assert said.startswith("support: ")
        assert words in said
        assert "cxdesk mail" in said
        assert PASSWORD not in said
        assert shop.kept().total() == kept
        if fault.startswith("starttls") or fault in made:
            assert server.logins == []
            assert b"AUTHENTICATE" not in server.received()

        healthy = imap_server(mails=THREE, folders=FOLDERS)
        shop.configure(healthy, authority)
        assert shop.json("mail", "fetch")["stored"] == 3 - kept
        assert shop.json("mail", "fetch")["fetched"] == 0
        assert shop.kept() == ALL

    def test_every_uid_is_another_one_and_no_mail_comes_twice(
        self, shop: Shop, imap_server: Callable[..., ImapServer], authority: Authority
    ) -> None:
        shop.configure(imap_server(mails=THREE, folders=FOLDERS, fault="replaced"), authority)
        for _ in range(3):
            shop.done("mail", "fetch")

        assert shop.kept() == ALL

    def test_a_folder_replaced_in_mid_run_is_left_and_read_by_the_next(
        self, shop: Shop, imap_server: Callable[..., ImapServer], authority: Authority
    ) -> None:
        server = imap_server(mails=THREE, folders=FOLDERS, fault="replaced")
        shop.configure(server, authority)
        path = shop.folder / "config.toml"
        path.write_text(path.read_text() + 'after = "seen"\n')
        ran = shop.run("mail", "fetch")

        assert ran.code == 5
        assert "was replaced while it was read" in ran.err
        server.plan = replace(server.plan, fault="")
        shop.run("mail", "fetch")
        assert shop.kept() == ALL


class TestAtOnce:
    def test_six_imports_of_one_folder_keep_each_mail_once(
        self, shop: Shop, tmp_path: Path
    ) -> None:
        (tmp_path / "post").mkdir()
        for number in range(30):
            (tmp_path / "post" / f"{number:02}.eml").write_bytes(mail(number))
        line = ["mail", "import", str(tmp_path / "post")]
        running = [started(shop, *line) for _ in range(6)]

        for process in running:
            _, err = process.communicate(timeout=60)
            assert (process.returncode, err) == (0, ""), err
        assert shop.kept() == {f"Question {number}": 1 for number in range(30)}
        assert len(shop.json("inquiries")["inquiries"]) == 30

    def test_fetch_beside_remind_sends_each_mail_once(
        self,
        shop: Shop,
        imap_server: Callable[..., ImapServer],
        smtp_server: Callable[..., SmtpServer],
        authority: Authority,
    ) -> None:
        inbox, out = imap_server(mails=THREE, folders=FOLDERS), smtp_server(user=None)
        shop.done("log", "Bob Ray", "the spare key", "--by", "today 16:00")
        shop.configure(inbox, authority, "acknowledge = true")
        path = shop.folder / "config.toml"
        path.write_text(
            f'{path.read_text()}[mail.out]\nhost = "127.0.0.1"\nport = {out.port}\ntls = "none"\n'
            f'from = "{USER}"\n[remind]\nto = "me@example.com"\n'
        )
        lines = [["mail", "fetch"], ["remind"]] * 3
        for process in [started(shop, *line) for line in lines]:
            _, err = process.communicate(timeout=60)
            assert process.returncode == 0, err
        shop.done("remind")

        assert shop.kept() == ALL
        sent = Counter(to["recipients"][0] for to in out.envelopes())
        assert sent["me@example.com"] == 1
        assert set(sent.values()) == {1}


def started(home: Home, *words: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, *words],
        env=surroundings(home.folder, CXDESK_NOW=home.now),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


class TestSecrets:
    @pytest.mark.parametrize("source", SOURCES)
    @pytest.mark.parametrize("refused", [False, True], ids=["taken", "refused"])
    def test_the_password_is_nowhere_but_in_its_source(
        self,
        tmp_path: Path,
        imap_server: Callable[..., ImapServer],
        authority: Authority,
        source: str,
        refused: bool,
    ) -> None:
        reply = f"NO [AUTHENTICATIONFAILED] {SECRET} is wrong" if refused else ""
        server = imap_server(
            tls="starttls", mails=THREE, folders=FOLDERS, password=SECRET, token=SECRET,
            login_reply=reply,
        )  # fmt: skip
        home, outside = test_remind.Home(tmp_path / "home"), tmp_path / "outside"
        home.folder.mkdir(0o700)
        outside.mkdir()
        keys, more = prepare(home, outside, source)
        values = {"host": server.host, "tls": "starttls", "ca_file": str(authority.ca_file)}
        lines = [f"[mail.in.support]\nport = {server.port}\nuser = {json.dumps(USER)}"]
        lines += [f"{key} = {json.dumps(value)}" for key, value in values.items()]
        lines += [f"{k} = {v if v[0] == '[' else json.dumps(v)}" for k, v in keys.items()]
        (home.folder / "config.toml").touch(0o600)
        (home.folder / "config.toml").write_text("\n".join(lines))

        with home.start("--debug", "mail", "fetch", **more) as process:
            commands = process_list(process)
            out, err = process.communicate(timeout=60)
        said = [out, err, *home.run("config", "show", **more)[1:], *home.run("doctor", **more)[1:]]

        assert process.returncode == (5 if refused else 0), err
        assert server.logins[0][1]
        assert b"fetch" in commands
        files = [path for path in home.folder.rglob("*") if path.is_file()]
        everywhere = commands + b"".join(path.read_bytes() for path in files)
        everywhere += "".join(said).encode() + server.received()
        assert SECRET.encode() not in everywhere


class TestStopped:
    @pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
    def test_an_import_says_how_far_it_came_and_goes_on(
        self, shop: Shop, tmp_path: Path, sent: signal.Signals
    ) -> None:
        (tmp_path / "box").write_bytes(mbox(5000))
        line = ["mail", "import", str(tmp_path / "box")]
        self.stop(shop, line, sent, at=300)
        kept = shop.kept().total()
        self.stop(shop, line, sent, at=kept + 200)

        assert set(shop.kept().values()) == {1}

    @pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
    def test_a_fetch_says_how_far_it_came_and_goes_on(
        self,
        shop: Shop,
        imap_server: Callable[..., ImapServer],
        authority: Authority,
        sent: signal.Signals,
    ) -> None:
        mails = tuple(mail(number).replace(b"\n", b"\r\n") for number in range(40))
        server = imap_server(mails=mails, folders=FOLDERS)
        shop.configure(server, authority)
        self.stop(shop, ["mail", "fetch"], sent, at=5)
        shop.done("mail", "fetch")

        assert shop.kept() == {f"Question {number}": 1 for number in range(40)}

    @staticmethod
    def stop(shop: Shop, line: list[str], sent: signal.Signals, at: int) -> None:
        process = started(shop, *line)
        deadline = time.monotonic() + 30
        while shop.kept().total() < at:
            assert process.poll() is None, process.communicate()
            assert time.monotonic() < deadline
            time.sleep(0.01)
        process.send_signal(sent)
        out, err = process.communicate(timeout=30)
        assert (process.returncode, out) == (130, ""), err
        (said,) = err.splitlines()
        assert "mails were read and are kept; the same command goes on from there." in said
