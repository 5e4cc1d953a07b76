"""The IMAP server of the tests with an account for each name that logs in: every run of a sweep has
mailboxes of its own, which are as the first one was.
"""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, NamedTuple

from tests.servers import imap

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Mapping

FOLDERS = {"INBOX": "()", "Sent": r"(\Sent)", "Processed": "()"}


class Kept(NamedTuple):
    """One account: its mails by folder and UID, and which of the inbox were marked as seen."""

    folders: dict[str, dict[int, bytes]]
    seen: set[int]


class Accounts(imap.ImapServer):
    """`begun`: the mails of a new account by folder, with the UIDs 1, 2, ...; `received`: when
    they came, as IMAP says it. Whoever logs in is welcome. `is_kept`: whether what is marked or
    moved is in the desk by then; what is not ends in `premature`, what is expunged in `expunged`.
    """

    def __init__(
        self,
        begun: Mapping[str, tuple[bytes, ...]],
        received: str,
        is_kept: Callable[[str, bytes], bool],
    ) -> None:
        super().__init__(folders=tuple(f'{mark} "/" {name}' for name, mark in FOLDERS.items()))
        self.begun = begun
        self.received_at = received
        self.is_kept = is_kept
        self.kept: dict[str, Kept] = {}
        self.premature: list[bytes] = []
        self.expunged: list[str] = []

    def account(self, user: str) -> Kept:
        mails = {name: dict(enumerate(self.begun.get(name, ()), 1)) for name in FOLDERS}
        return self.kept.setdefault(user, Kept(mails, set()))

    def _serve(self, link: socket.socket) -> None:
        line = _Line(self, link)
        try:
            line.serve()
        except (OSError, imap._Over, ValueError):
            pass  # a client was killed
        finally:
            line.file.close()
            link.close()


class _Line(imap.Line):
    server: Accounts
    user = ""

    def do_AUTHENTICATE(self, _tag: str, _rest: str) -> str:
        self.say("+ ")
        self.user = base64.b64decode(self.hear()).split(b"\0")[1].decode()
        return "OK welcome"

    def mails(self) -> dict[int, bytes]:
        return self.server.account(self.user).folders[self.folder]

    def about(self, uid: int) -> str:
        return super().about(uid).replace(imap.RECEIVED, self.server.received_at)

    def do_STORE(self, _tag: str, rest: str) -> str:
        uid = int(rest.split()[0])
        self.check(uid)
        if "Seen" in rest:
            self.server.account(self.user).seen.add(uid)
        return "OK done"

    def do_MOVE(self, _tag: str, rest: str) -> str:
        uid, _, name = rest.partition(" ")
        self.check(int(uid))
        there = self.server.account(self.user).folders[name.strip('"')]
        there[len(there) + 1] = self.mails().pop(int(uid))
        return "OK done"

    def do_EXPUNGE(self, _tag: str, rest: str) -> str:
        self.server.expunged.append(rest)
        return "OK done"

    def check(self, uid: int) -> None:
        raw = self.mails()[uid]
        if not self.server.is_kept(self.user, raw):
            self.server.premature.append(raw)
