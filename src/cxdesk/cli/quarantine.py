"""mail quarantine: what could not be read is listed, shown, read again, and dropped."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from cxdesk.domain.received import is_elsewhere
from cxdesk.errors import NotFoundError, RefusedError, UsageError
from cxdesk.store import received as store
from cxdesk.store.settings import load_desk
from cxdesk.views import words
from cxdesk.views.received import DroppedView, QuarantinedView, QuarantineView

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxdesk.cli.session import Session
    from cxdesk.domain.received import Received
    from cxdesk.store.database import Link
    from cxdesk.views.view import View

BEGINNING = 4_000  # bytes
EVERYTHING = "all"


def listed(session: Session) -> View:
    link = session.read()
    return QuarantineView(store.quarantined(link), load_desk(link).hours, session.now)


def show(session: Session, number: int, *, raw: bool) -> View | None:
    link = session.read()
    mail = _quarantined(link, number)
    if raw and is_elsewhere(mail):
        raise RefusedError(f"Mail {number} is not in the desk: {mail.detail}.", mail.place)
    data = store.raw(link, number).raw
    if not raw:
        beginning = data[:BEGINNING].decode("utf-8", "replace")
        return QuarantinedView(mail, beginning, load_desk(link).hours, session.now)
    if session.as_json or sys.stdout is None or sys.stdout.isatty():
        raise UsageError(
            "The bytes of a mail are for a file, not for a terminal.",
            f"cxdesk mail quarantine show {number} --raw > mail.eml",
        )
    from cxdesk.cli.postman import pour

    pour(data)
    return None


def _quarantined(link: Link, number: int) -> Received:
    mail = store.by_id(link, number)
    if mail is None or mail.state != "quarantined":
        raise NotFoundError(
            f"No quarantined mail has the number {number}.", "cxdesk mail quarantine   lists them."
        )
    return mail


def numbers_in(typed: Sequence[str]) -> list[int]:
    """Raises UsageError for what is no number."""
    for word in typed:
        if not (word.isascii() and word.isdigit()):
            raise UsageError(f"{word} is no number.", "cxdesk mail quarantine   lists them.")
    return [int(word) for word in typed]


def drop(session: Session, typed: Sequence[str], *, yes: bool) -> View:
    """Those of the numbers, or `all`, leave the desk with their bytes, once the owner agrees."""
    from cxdesk.cli import prompts
    from cxdesk.desk import letters

    link = session.read()
    if list(typed) == [EVERYTHING]:
        chosen = [one.id for one in store.quarantined(link)]
    else:
        chosen = [_quarantined(link, one).id for one in dict.fromkeys(numbers_in(typed))]
    session.close()
    if not chosen:
        return DroppedView(())
    if not yes:
        told = f"{words.counted(len(chosen), 'mail')} would leave the desk for good"
        if not session.may_ask:
            raise UsageError(f"{told}.", "Add --yes to do it.")
        if not prompts.yes(f"{told}. Drop?", default=False):
            raise RefusedError("Nothing was dropped.", "cxdesk mail quarantine")
    return DroppedView([one.id for one in letters.drop(session.write(), chosen, session.now)])


def retry(session: Session, numbers: Sequence[int]) -> View:
    """Read them again, all of them without numbers; 5 when one still cannot be read."""
    from cxdesk.cli import places, postman
    from cxdesk.config import read_config
    from cxdesk.desk import letters

    config = read_config(places.config_path())
    postman.begin_long(session)
    link = session.write()
    desk = load_desk(link)
    chosen = [_quarantined(link, one).id for one in dict.fromkeys(numbers)]
    if not numbers:
        chosen = [one.id for one in store.quarantined(link)]
    tools = postman.tools_of(config, link, session.now)
    ledger = postman.Ledger(link, every=not session.on_terminal)
    for number in chosen:
        ledger.read += 1
        ledger.note([letters.retry(link, number, tools, session.now)])
        session.on_interrupt = ledger.so_far()
    ledger.check()
    if ledger.counts.quarantined:
        session.exit_code = postman.NOT_DONE
    return postman.taken_view(session, ledger, desk, dry_run=False)
