"""The test mail, as `mail test` and `remind install` send it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxdesk.cli.courier import Courier, Scribe
from cxdesk.desk import outbox as deeds
from cxdesk.store import outbox
from cxdesk.store.deeds import begin
from cxdesk.store.settings import load_desk

if TYPE_CHECKING:
    from cxdesk.cli.session import Session
    from cxdesk.config import Config
    from cxdesk.domain.records import Mail


def send_test_mail(session: Session, config: Config, to: str | None) -> Mail:
    """Send one now, and never again by itself. Raises MailError when it was not taken."""
    link = session.write()
    draft = Scribe(config, link, session.now).test(
        to or config.remind.to or "", load_desk(link).hours
    )
    with begin(link, "mail", session.now, actor="desk") as d:
        mail = deeds.post(d, draft) or outbox.by_dedupe(link, draft.dedupe)
    assert mail is not None
    with Courier(config, session.now) as courier:
        sent = deeds.deliver_one(link, mail.id, courier.tools())
    session.notes.clear()  # that there is no desk yet does not matter here
    return sent
