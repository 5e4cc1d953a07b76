"""An IMAP server on 127.0.0.1 that does as it is told, and remembers everything.

    with ImapServer(mails=(b"Subject: a\\r\\n\\r\\nb\\r\\n",), fault="bye-fetch") as server:
        ...server.port...

It knows what fetching needs and no more: the real Dovecot stands beside it. Its INBOX holds
`mails` with the UIDs 1, 2, ...; the other folders are empty. It keeps every byte that a client
said in the clear (`received()`) and every command, TLS or not (`commands()`).

A fault is chosen by name:

    stall-greeting stall-login stall-fetch       no answer at all
    garbage-greeting garbage-login garbage-fetch garbage-search   an answer that is none
    bye-greeting bye-login bye-fetch             BYE, and the end
    drop-greeting                                the end without a word
    preauth                                      "you are logged in already"
    starttls-stripped starttls-refused           not offered (yet a login would be heard); NO
    starttls-injected                            words slipped in before the encryption begins
    cut-fetch                                    half of a literal, and the end
    wrong-uid                                    a body under another UID than the one asked for
    wrong-size                                   every mail is said to have 10 bytes
    endless-literal                              a literal of 10 GB is announced, and begun
    refused-fetch busy-fetch                     NO in place of the second mail; for now, [LIMIT]
    gone-fetch empty-fetch                       OK and nothing for the second mail: it is gone, or
                                                 still there
    noise                                        answers that nobody asked for, between and before
    uid-last                                     UID after the body, in lower case
    quoted-body                                  short mails as quoted strings
    no-date                                      an INTERNALDATE that no calendar has
    no-uidvalidity replaced read-only            at SELECT; another UIDVALIDITY each time
    refused-store refused-expunge                NO
    found-in-junk                                a Message-ID is found in the folder Spam alone

`login_reply`: what is said to a login in place of OK ("NO [AUTHENTICATIONFAILED] ...").
"""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from tests.servers.smtp import PASSWORD, TOKEN, USER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.tls import Certificate

RECEIVED = "05-Nov-2026 10:00:00 +0100"


@dataclass(frozen=True)
class Plan:
    """How one server behaves; the words are those of the module's docstring."""

    tls: Literal["none", "starttls", "implicit"] = "none"
    certificate: Certificate | None = None
    user: str = USER
    password: str = PASSWORD
    token: str = TOKEN
    mechanisms: tuple[str, ...] = ("PLAIN", "XOAUTH2")
    capabilities: tuple[str, ...] = ("UIDPLUS", "MOVE", "SPECIAL-USE", "LIST-EXTENDED")
    mails: tuple[bytes, ...] = ()
    folders: tuple[str, ...] = ('() "/" INBOX', '(\\Sent) "/" "Sent Items"', '() "/" Processed')
    login_reply: str = ""
    fault: str = ""


class _Over(Exception):
    """The connection ends here."""


class Line:
    """One client's connection: `do_X` answers the command X with the rest of its tagged line, or
    with None when it has said it."""

    def __init__(self, server: ImapServer, link: socket.socket) -> None:
        self.server = server
        self.plan = server.plan
        self.link = link
        self.file = link.makefile("rb")
        self.safe = False  # TLS
        self.folder = ""

    def serve(self) -> None:
        if self.plan.tls == "implicit":
            self.encrypt()
        self.fail("greeting")
        self.say("* PREAUTH hello" if self.plan.fault == "preauth" else "* OK ready")
        while True:
            tag, _, rest = self.hear().partition(" ")
            self.noise()
            word, _, rest = rest.partition(" ")
            if word.upper() == "UID":
                word, _, rest = rest.partition(" ")
            command = getattr(self, f"do_{word.upper()}", None)
            answer = command(tag, rest) if command else "BAD what?"
            if answer is not None:
                self.say(f"{tag} {answer}")

    def say(self, *lines: str | bytes) -> None:
        said = [line.encode() if isinstance(line, str) else line for line in lines]
        self.link.sendall(b"".join(line + b"\r\n" for line in said))

    def hear(self) -> str:
        line = self.file.readline()
        if not line.endswith(b"\n"):
            raise _Over
        self.server.note(line, clear=not self.safe)
        return line.decode().rstrip("\r\n")

    def fail(self, moment: str) -> None:
        """Whatever is to go wrong at this moment."""
        if self.plan.fault == f"stall-{moment}":
            self.server.over.wait()
            raise _Over
        if self.plan.fault == f"garbage-{moment}":
            self.say(b"\x00\xff{}{ what is this")
        if self.plan.fault == f"bye-{moment}":
            self.say("* BYE too many connections")
            raise _Over
        if self.plan.fault == f"drop-{moment}":
            raise _Over

    def noise(self) -> None:
        if self.plan.fault == "noise":
            self.say("* OK still here", "* 7 FETCH (UID 7 FLAGS (\\Recent))", "* 9 EXISTS")

    def encrypt(self) -> None:
        assert self.plan.certificate is not None, "TLS needs a certificate"
        self.file.close()
        context = self.plan.certificate.server_context()
        self.link = self.server.keep(context.wrap_socket(self.link, server_side=True))
        self.file = self.link.makefile("rb")
        self.safe = True

    # Before the login

    def offered(self) -> str:
        early = self.plan.tls == "starttls" and not self.safe
        if early and self.plan.fault != "starttls-stripped":
            return "IMAP4rev1 STARTTLS LOGINDISABLED"
        ways = [f"AUTH={mechanism}" for mechanism in self.plan.mechanisms if mechanism != "LOGIN"]
        closed = () if "LOGIN" in self.plan.mechanisms else ("LOGINDISABLED",)
        return " ".join(("IMAP4rev1", *ways, *closed, *self.plan.capabilities))

    def do_CAPABILITY(self, _tag: str, _rest: str) -> str:
        self.say(f"* CAPABILITY {self.offered()}")
        return "OK done"

    def do_LOGOUT(self, tag: str, _rest: str) -> None:
        self.say("* BYE bye", f"{tag} OK done")
        raise _Over

    def do_STARTTLS(self, tag: str, _rest: str) -> str | None:
        if self.plan.fault == "starttls-refused":
            return "NO not today"
        injected = ['* LIST (\\Sent) "/" Trap'] if self.plan.fault == "starttls-injected" else []
        self.say(*injected, f"{tag} OK go ahead", *injected)
        self.encrypt()
        return None

    def do_AUTHENTICATE(self, _tag: str, rest: str) -> str:
        mechanism = rest.partition(" ")[0].upper()
        if mechanism not in self.plan.mechanisms:
            return "NO unknown mechanism"
        self.fail("login")
        self.say("+ ")
        said = base64.b64decode(self.hear())
        if mechanism == "XOAUTH2":
            known = said == f"user={self.plan.user}\1auth=Bearer {self.plan.token}\1\1".encode()
            if not known:
                self.say(f"+ {base64.b64encode(b'{}').decode()}")
                self.hear()
        else:
            known = said == f"\0{self.plan.user}\0{self.plan.password}".encode()
        return self.logged_in(mechanism, known)

    def do_LOGIN(self, _tag: str, rest: str) -> str:
        self.fail("login")
        words = [re.sub(r"\\(.)", r"\1", word) for word in re.findall(r'"((?:[^"\\]|\\.)*)"', rest)]
        return self.logged_in("LOGIN", words == [self.plan.user, self.plan.password])

    def logged_in(self, mechanism: str, known: bool) -> str:
        self.server.logins.append((mechanism, known))
        if self.plan.login_reply:
            return self.plan.login_reply
        return "OK welcome" if known else "NO [AUTHENTICATIONFAILED] wrong user or password"

    # Folders

    def do_LIST(self, _tag: str, _rest: str) -> str:
        self.say(*(f"* LIST {folder}" for folder in self.plan.folders))
        return "OK done"

    def do_SELECT(self, _tag: str, rest: str) -> str:
        name = rest.strip('"')
        if not any(folder.rpartition(" ")[2].strip('"') == name for folder in self.plan.folders):
            return "NO no such folder"
        self.folder = name
        self.server.selections += 1
        self.say(f"* {len(self.mails())} EXISTS", "* 0 RECENT", "* OK [UIDNEXT 100] next")
        if self.plan.fault != "no-uidvalidity":
            number = self.server.selections if self.plan.fault == "replaced" else 7
            self.say(f"* OK [UIDVALIDITY {number}] valid")
        return "OK [READ-ONLY] done" if self.plan.fault == "read-only" else "OK done"

    def do_EXAMINE(self, tag: str, rest: str) -> str:
        return self.do_SELECT(tag, rest).replace("OK done", "OK [READ-ONLY] done")

    def mails(self) -> dict[int, bytes]:
        return self.server.mails if self.folder == "INBOX" else {}

    def wanted(self, uids: str) -> list[int]:
        """The UIDs of a set. As the standard has it, 5:* is the last mail even below 5."""
        last = max(self.mails(), default=0)
        chosen: set[int] = set()
        for part in uids.split(","):
            low, _, high = part.partition(":")
            ends = sorted(last if end == "*" else int(end) for end in (low, high or low))
            chosen.update(range(ends[0], ends[1] + 1))
        return sorted(chosen & self.mails().keys())

    def do_SEARCH(self, _tag: str, rest: str) -> str:
        self.fail("search")
        found = re.search(r"UID (\S+)", rest)
        uids = self.wanted(found[1]) if found else []
        if self.plan.fault == "gone-fetch" and found and found[1] == "2":
            uids = []
        if self.plan.fault == "found-in-junk" and "HEADER" in rest and self.folder == "Spam":
            uids = [1]
        self.say(f"* SEARCH {' '.join(map(str, uids))}")
        return "OK done"

    # Mails

    def do_FETCH(self, _tag: str, rest: str) -> str:
        uids, _, what = rest.partition(" ")
        if "BODY.PEEK[]" not in what:
            for uid in self.wanted(uids):
                self.say(f"* {uid} FETCH ({self.about(uid)})")
            return "OK done"
        self.noise()
        uid = int(uids)
        if self.plan.fault in ("refused-fetch", "busy-fetch") and uid == 2:
            return "NO [LIMIT] slow down" if "busy" in self.plan.fault else "NO cannot read it"
        if self.plan.fault not in ("gone-fetch", "empty-fetch") or uid != 2:
            self.body(uid, self.mails()[uid])
        return "OK done"

    def about(self, uid: int) -> str:
        size = 10 if self.plan.fault == "wrong-size" else len(self.mails()[uid])
        date = "99-Foo-2026 10:00:00 +0100" if self.plan.fault == "no-date" else RECEIVED
        return f'UID {uid} INTERNALDATE "{date}" RFC822.SIZE {size}'

    def body(self, uid: int, raw: bytes) -> None:
        fault = self.plan.fault
        if uid == 2:
            self.fail("fetch")
        if fault == "cut-fetch" and uid == 2:
            self.link.sendall(b"* 2 FETCH (UID 2 BODY[] {%d}\r\n" % len(raw) + raw[: len(raw) // 2])
            raise _Over
        if fault == "endless-literal" and uid == 2:
            self.link.sendall(b"* 2 FETCH (UID 2 BODY[] {10000000000}\r\n" + raw)
            raise _Over
        shown = uid + 1 if fault == "wrong-uid" else uid
        if fault == "quoted-body":
            text = raw.replace(b"\\", b"\\\\").replace(b'"', b'\\"').replace(b"\r\n", b"")
            self.say(b'* %d FETCH (UID %d BODY[] "%s")' % (uid, uid, text))
        elif fault == "uid-last":
            self.say(b"* %d FETCH (body[] {%d}\r\n%s uid %d)" % (uid, len(raw), raw, shown))
        else:
            head = f"* {uid} FETCH ({self.about(uid)}".replace(f"UID {uid}", f"UID {shown}")
            self.say(head.encode() + b" BODY[] {%d}\r\n%s)" % (len(raw), raw))

    def do_STORE(self, _tag: str, _rest: str) -> str:
        return "NO it is locked" if self.plan.fault == "refused-store" else "OK done"

    def do_EXPUNGE(self, _tag: str, rest: str) -> str:
        if self.plan.fault == "refused-expunge":
            return "NO it is locked"
        return self.taken_away(rest)

    def do_COPY(self, _tag: str, rest: str) -> str:
        name = rest.partition(" ")[2].strip('"')
        known = any(folder.endswith((f" {name}", f' "{name}"')) for folder in self.plan.folders)
        return "OK done" if known else "NO [TRYCREATE] no such folder"

    def do_MOVE(self, tag: str, rest: str) -> str:
        answer = self.do_COPY(tag, rest)
        return self.taken_away(rest.partition(" ")[0]) if answer == "OK done" else answer

    def taken_away(self, uids: str) -> str:
        for uid in self.wanted(uids):
            del self.mails()[uid]
        return "OK done"


class ImapServer:
    """The server in a thread for itself and one for each client; a context manager. The port is
    chosen by the system."""

    host = "127.0.0.1"

    def __init__(self, plan: Plan | None = None, **changes: Any) -> None:
        self.plan = plan or Plan(**changes)
        self.mails = dict(enumerate(self.plan.mails, 1))
        self.over = threading.Event()
        self.selections = 0
        self.logins: list[tuple[str, bool]] = []
        self._said: list[tuple[bytes, bool]] = []
        self._links: list[socket.socket] = []
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> ImapServer:
        self._door = socket.create_server((self.host, 0))
        self.port: int = self._door.getsockname()[1]
        self._start(self._welcome)
        return self

    def __exit__(self, *_: object) -> None:
        self.over.set()
        # accept() notices a shutdown, not a close.
        self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        for link in self._links:
            with contextlib.suppress(OSError):
                link.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(20)
            assert not thread.is_alive()
        for link in self._links:
            link.close()

    def commands(self) -> list[str]:
        """Every line a client said, without its tag."""
        return [line.decode().rstrip().partition(" ")[2] for line, _ in self._said]

    def received(self) -> bytes:
        """Everything that clients said in the clear."""
        return b"".join(line for line, clear in self._said if clear)

    def note(self, line: bytes, *, clear: bool) -> None:
        self._said.append((line, clear))

    def keep(self, link: socket.socket) -> socket.socket:
        self._links.append(link)
        return link

    def _start(self, work: Callable[[], None]) -> None:
        thread = threading.Thread(target=work, name="imap", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _welcome(self) -> None:
        while not self.over.is_set():
            try:
                link = self.keep(self._door.accept()[0])
            except OSError:
                return
            link.settimeout(20)
            # Each of our short answers would wait a twentieth of a second for the one before.
            link.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._start(lambda link=link: self._serve(link))  # type: ignore[misc]

    def _serve(self, link: socket.socket) -> None:
        line = None
        try:
            line = Line(self, link)
            line.serve()
        except (OSError, _Over, ValueError):
            pass  # broken connections are the point here
        finally:
            if line:
                line.file.close()
                line.link.close()
            link.close()
