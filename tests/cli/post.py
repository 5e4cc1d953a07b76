"""A desk that sends mail: a home, a configuration, a server; and what came in, as rows."""

from __future__ import annotations

import email
import json
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from cxdesk.desk import returned
from cxdesk.domain.received import Received
from cxdesk.store import database, inquiries, outbox, things
from cxdesk.store import received as store
from cxdesk.store.deeds import begin
from tests.cli.played import Home
from tests.running import NOW

if TYPE_CHECKING:
    from email.message import Message
    from pathlib import Path

    from cxdesk.domain.records import FollowUp, MailLine, Promise
    from tests.servers.smtp import SmtpServer

OUR = "hello@example.com"
START = datetime.fromisoformat(NOW)


class Post(Home):
    """A home whose mail goes to `server`; without one it has no configuration."""

    def __init__(self, folder: Path, server: SmtpServer | None = None, extra: str = "") -> None:
        folder.mkdir(mode=0o700, exist_ok=True)
        super().__init__(folder)
        self.server = server
        if server is not None:
            self.configure(server.port, extra)

    def configure(self, port: int, extra: str = "") -> None:
        """`extra`: more keys of [mail], and whole sections behind them."""
        path = self.folder / "config.toml"
        path.touch(0o600)
        path.write_text(
            f'[mail]\nprefix = "OAK"\nsignature = "Oak & Co, 020 7946 0123"\n{extra}\n'
            f'[mail.out]\nhost = "127.0.0.1"\nport = {port}\ntls = "none"\n'
            f'from = "Oak & Co <{OUR}>"\n[remind]\nto = "me@example.com"\n'
        )

    def json_of(self, *words: str) -> Any:
        """The answer of a command, however it ended."""
        return json.loads(self.run(*words, "--json").out)

    def later(self, **span: float) -> None:
        at = datetime.fromisoformat(self.now) + timedelta(**span)
        self.now = at.isoformat()

    # What came in --------------------------------------------------------------------------------

    def receive(self, inquiry: int, message_id: str = "<one@theirs>", **fields: Any) -> Received:
        """A mail on an inquiry that was read, as the row that it leaves."""
        values = {
            "account": "support",
            "folder": "INBOX",
            "place": "support",
            "received_at": datetime.fromisoformat(self.now),
            "size": 1,
            "state": "read",
            "message_id": message_id,
            "name": "Ann Lee",
            "email": "ann@example.com",
            "answer_to": "ann@example.com",
            "subject": "VAT twice",
            "via": "new",
            "inquiry_number": inquiry,
            **fields,
        }
        digest = sha256(repr(values).encode()).hexdigest()
        with database.open_to_write(str(self.store)) as link:
            with begin(link, "mail", START, actor="desk") as d:
                made: Received = d.add(Received(0, digest, **values))
            return made

    def stop(self, address: str, why: str) -> None:
        """No automatic mail goes there any more."""
        with database.open_to_write(str(self.store)) as link:
            at = datetime.fromisoformat(self.now).astimezone(UTC)
            with begin(link, "mail", at, actor="desk") as d:
                returned.stop_mail(d, address, why, "550 no such user")

    # What the desk holds -------------------------------------------------------------------------

    def outbox(self) -> list[MailLine]:
        with database.open_to_read(str(self.store)) as link:
            return outbox.every(link)

    def follow_up(self, number: int) -> FollowUp:
        with database.open_to_read(str(self.store)) as link:
            found = things.follow_up(link, number)
        assert found is not None
        return found

    def promises(self, inquiry: int) -> list[Promise]:
        with database.open_to_read(str(self.store)) as link:
            return inquiries.promises_of(link, inquiry)

    def received(self, inquiry: int) -> list[Received]:
        with database.open_to_read(str(self.store)) as link:
            return store.of_inquiry(link, inquiry)

    def mails(self) -> list[Message]:
        """What the server took, in order."""
        assert self.server is not None
        return [email.message_from_bytes(raw) for raw in self.server.mails()]


def body(mail: Message) -> str:
    """The text of a mail, or of its first part that is one."""
    part = next(part for part in mail.walk() if part.get_content_type() == "text/plain")
    payload = part.get_payload(decode=True)
    assert isinstance(payload, bytes)
    return payload.decode().replace("\r\n", "\n")
