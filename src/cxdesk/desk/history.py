"""Undo and redo: the history played backwards and forwards.

A mail is no row of a deed: one that has left stays where it is, and that is said; one that waits
is held back with its reply, and let go again with it.
"""

from __future__ import annotations

from cxdesk.domain.records import Deed
from cxdesk.errors import RefusedError
from cxdesk.store import history, outbox
from cxdesk.store.database import Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxdesk.domain.records import MailLine

UNDONE = "the reply was undone"
_LEFT = {
    "sent": "has left already and cannot be called back",
    "sending": "is being sent just now and cannot be called back",
    "uncertain": "may have arrived already",
}


def undo(link: Link, warnings: list[str] | None = None) -> Deed:
    """Take back the owner's last deed, whole. Quiet closings that built on it go with it.

    What cannot be taken back is added to `warnings`, in words.
    """
    with history.Replay(link) as replay:
        deed = history.last_done(link)
        if deed is None:
            raise RefusedError("There is nothing to undo.", "cxdesk undo --list   shows the deeds.")
        mails = list(_mails_of(link, deed))
        _refuse_what_mail_hangs_on(link, deed)
        for later in history.later_on_same_rows(link, deed):
            if later.name != "quiet":
                what = (
                    "a mail that came in since" if later.name == "mail" else f"a later {later.name}"
                )
                raise RefusedError(
                    f"{deed.name} cannot be undone: {what} built on it.",
                    "Change it by hand: cxdesk show",
                )
            replay.take_back(later)
        replay.take_back(deed)
        said = [_hold_back(replay, mail) for mail in mails]
    if warnings is not None:
        warnings += filter(None, said)
    return deed


def _refuse_what_mail_hangs_on(link: Link, deed: Deed) -> None:
    """What came in is never undone, nor is what it came in on."""
    mail = history.mail_on_what_it_made(link, deed)
    if mail is not None:
        about = ": ".join(filter(None, (mail.email, mail.subject))) or "from nobody known"
        raise RefusedError(
            f"{deed.name} cannot be undone: a mail came in on {mail.inquiry} since ({about}).",
            f"Change it by hand: cxdesk show {mail.inquiry}",
        )


def redo(link: Link, warnings: list[str] | None = None) -> Deed:
    """Do again what was undone last; a mail that was held back with it goes after all."""
    with history.Replay(link) as replay:
        deed = history.last_undone(link)
        if deed is None:
            raise RefusedError(
                "There is nothing to redo.", "A new deed makes what was undone final."
            )
        replay.do_again(deed)
        said = [_let_go(replay, mail) for mail in _mails_of(link, deed)]
    if warnings is not None:
        warnings += filter(None, said)
    return deed


def _mails_of(link: Link, deed: Deed) -> Iterator[MailLine]:
    """The mails as which the replies of a deed left, or are to leave."""
    if deed.name != "reply":
        return  # an import may have written ten thousand messages
    for message in history.messages_made(link, deed):
        if message.direction != "out" or message.inquiry_number is None:
            continue
        mail = outbox.of_message(link, message.inquiry_number, message.id)
        # An id is given again after an undo: the mail of the message before is none of this one.
        if mail is not None and mail.made_at == deed.done_at:
            yield mail


def _hold_back(replay: history.Replay, mail: MailLine) -> str:
    if mail.state in ("pending", "failed"):
        replay.settle_mail(mail.id, state="cancelled", detail=UNDONE)
        return f"The mail to {mail.recipient} had not left; now it does not."
    how = _LEFT.get(mail.state)
    return f"The mail to {mail.recipient} {how}." if how else ""


def _let_go(replay: history.Replay, mail: MailLine) -> str:
    if mail.state != "cancelled" or mail.detail != UNDONE:
        return ""
    replay.settle_mail(mail.id, state="pending", detail="the reply was done again")
    return f"The mail to {mail.recipient} goes with the next cxdesk remind or cxdesk mail fetch."
