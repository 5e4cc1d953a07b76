"""The outbox: a mail is decided, claimed, handed over and settled, each in a commit of its own
(docs/explanation/mail.md, "Sending: the outbox").

Killed between any two commits, the next run knows what to do: what had not begun DATA is sent, what
had is uncertain, and is looked for before it is sent once more. No transaction is open while a
server is talked to. The world comes in as `Tools`; every datetime is an aware instant.
"""

from __future__ import annotations

from cxdesk.desk import mailed
from cxdesk.domain.records import Mail, MailLine, NamedTuple
from cxdesk.domain.reminders import (
    LEASE,
    LOOK_AFTER,
    LOOK_AGAIN,
    OWN,
    is_given_up,
    wait_after,
)
from cxdesk.errors import CxdeskError, MailError, NotFoundError, RefusedError
from cxdesk.store import inquiries, outbox
from cxdesk.store.database import Link
from cxdesk.store.deeds import DeedInProgress, begin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from typing import Any, Protocol

    class Outcome(Protocol):
        """What became of one mail: `state` is sent, later, failed or uncertain."""

        @property
        def state(self) -> str: ...
        @property
        def detail(self) -> str: ...

    # Whether a mail still has its reason; else why not, in words.
    Reason = Callable[[Link, Mail, datetime], str | None]


class NoServer(MailError):
    """No usable connection for now: this mail waits longer, the others as they were."""


class Draft(NamedTuple):
    """A mail as it was frozen."""

    dedupe: str
    kind: str
    subject: str
    sender: str
    recipient: str
    message_id: str
    raw: bytes
    number: int | None = None


class Tools(NamedTuple):
    """What touches the world.

    send: hand over (raw, sender, recipient, before_data); raises NoServer, or MailError when
    nothing at all can be sent (login, TLS, no secret). check: raises MailError when a mail's bytes
    do not say what its row says. find: whether a Message-ID is in one of the owner's mailboxes,
    None when that cannot be known now; `find` itself is None without a mailbox to look in.
    """

    clock: Callable[[], datetime]
    send: Callable[[bytes, str, str, Callable[[], None]], Outcome]
    check: Callable[[Mail], None]
    find: Callable[[str], bool | None] | None = None


class Delivery(NamedTuple):
    """What one round did, by the numbers of the mails; `trouble` ended it early."""

    sent: tuple[int, ...] = ()
    failed: tuple[int, ...] = ()
    uncertain: tuple[int, ...] = ()
    waiting: tuple[int, ...] = ()
    trouble: str | None = None
    remedy: str = ""


class LostClaim(Exception):
    """Somebody else has taken the mail over: nothing of it may leave here."""


def post(d: DeedInProgress, draft: Draft) -> Mail | None:
    """Put a mail into the outbox; None where one with that key is, or was."""
    if outbox.by_dedupe(d.link, draft.dedupe) is not None:
        return None
    mail: Mail = d.add(
        Mail(
            id=0,
            dedupe=draft.dedupe,
            kind=draft.kind,
            recipient=draft.recipient,
            sender=draft.sender,
            subject=draft.subject,
            message_id=draft.message_id,
            raw=draft.raw,
            made_at=d.now,
            next_try_at=d.now,
            number=draft.number,
        )
    )
    return mail


def deliver(link: Link, tools: Tools, reason: Reason) -> Delivery:
    """Send everything whose time has come; one trouble with the server ends the round."""
    before = {mail.id for mail in outbox.unfinished(link)}
    recover(link, tools.clock())
    for mail in outbox.unfinished(link):
        if mail.state == "uncertain" and mail.next_try_at <= tools.clock():
            _resolve(link, mail, tools, reason)
    trouble = None
    for mail in outbox.unfinished(link):
        try:
            if mail.state == "pending":
                _send_one(link, mail.id, tools, reason)
        except MailError as error:
            trouble = error
            break
    return _sum_up(link, before, trouble)


def deliver_now(link: Link, number: int, tools: Tools) -> tuple[Mail, MailError | None]:
    """Try one mail at once; what cannot go yet, the next run sends. Returns it as it is then."""
    trouble = None
    try:
        _send_one(link, number, tools, lambda *_: None)
    except MailError as error:
        trouble = error
    mail = outbox.by_id(link, number)
    assert mail is not None
    return mail, trouble


def deliver_one(link: Link, number: int, tools: Tools) -> Mail:
    """Send one mail now, and never again by itself. Raises MailError when it was not taken."""
    try:
        _send_one(link, number, tools, lambda *_: None)
    finally:
        mail = _put_away(link, number, tools.clock())
    if mail.state != "sent":
        said = _UNSENT.get(mail.state, "was not sent")
        raise MailError(
            f"The mail to {mail.recipient} {said}: {mail.detail}.",
            "When it is mended, try it with: cxdesk mail test",
        )
    return mail


_UNSENT = {"failed": "was refused", "uncertain": "may or may not have arrived"}


def _put_away(link: Link, number: int, now: datetime) -> Mail:
    """A mail that is not to be tried again; returned as it was."""
    with begin(link, "mail", now, actor="desk") as d:
        mail = outbox.by_id(link, number)
        assert mail is not None
        if mail.state in ("pending", "uncertain"):
            d.change(mail, state="cancelled")
    return mail


def _sum_up(link: Link, before: set[int], trouble: MailError | None) -> Delivery:
    now = [mail for mail in (outbox.line(link, one) for one in sorted(before)) if mail is not None]
    by_state = {
        state: tuple(mail.id for mail in now if mail.state in states)
        for state, states in (
            ("sent", ("sent",)),
            ("failed", ("failed",)),
            ("uncertain", ("uncertain",)),
            ("waiting", ("pending", "sending")),
        )
    }
    said = (trouble.sentence, trouble.remedy) if trouble else (None, "")
    return Delivery(**by_state, trouble=said[0], remedy=said[1])


# Claims ------------------------------------------------------------------------------------------


def recover(link: Link, now: datetime) -> None:
    """What a dead process left: to be sent again if DATA had not begun, else uncertain."""
    expired = [mail for mail in outbox.unfinished(link) if _is_abandoned(mail, now)]
    for mail in expired:
        with begin(link, "mail", now, actor="desk") as d:
            current = outbox.by_id(link, mail.id)
            if current is not None and _is_abandoned(current, now):
                _abandon(d, current, "the run that was sending it ended")


def _is_abandoned(mail: Mail | MailLine, now: datetime) -> bool:
    if mail.state != "sending":
        return False
    return mail.lease_until_at is None or mail.lease_until_at <= now


def _abandon(d: DeedInProgress, mail: Mail, why: str) -> None:
    state = "uncertain" if mail.data_begun else "pending"
    attempts = mail.attempts + mail.data_begun
    d.change(
        mail, state=state, attempts=attempts, detail=why, lease_until_at=None, next_try_at=d.now
    )


def _claim(link: Link, number: int, now: datetime, reason: Reason) -> Mail | None:
    """Take a mail for this process; None when it is not to be sent now, or not any more."""
    with begin(link, "mail", now, actor="desk") as d:
        mail = outbox.by_id(link, number)
        if mail is None or mail.state != "pending" or mail.next_try_at > now:
            return None
        gone = reason(link, mail, now)
        if gone:
            _become(d, mail, {"state": "cancelled", "detail": gone})
            return None
        claimed: Mail = d.change(
            mail, state="sending", lease_until_at=now + LEASE, data_begun=False
        )
        return claimed


def _mark_data(link: Link, claimed: Mail, now: datetime) -> None:
    """Commit that DATA begins; raises LostClaim where the claim is not ours any more."""
    with begin(link, "mail", now, actor="desk") as d:
        mail = outbox.by_id(link, claimed.id)
        if mail is None or (mail.state, mail.lease_until_at) != ("sending", claimed.lease_until_at):
            raise LostClaim
        d.change(mail, data_begun=True)


# Sending -----------------------------------------------------------------------------------------


def _send_one(link: Link, number: int, tools: Tools, reason: Reason) -> None:
    """Claim, hand over, settle. Raises MailError when the round is to end."""
    mail = _claim(link, number, tools.clock(), reason)
    if mail is None:
        return
    try:
        outcome = _hand_over(link, mail, tools)
    except NoServer as error:
        _settle(link, mail, "later", error.sentence, tools.clock())
        raise
    except LostClaim:
        return
    except BaseException as error:
        # Login, TLS, no secret; a full disk at the mark; Ctrl-C. The row says how far it came.
        _let_go(link, mail, error, tools.clock())
        raise
    _settle(link, mail, outcome[0], outcome[1], tools.clock())


def _hand_over(link: Link, mail: Mail, tools: Tools) -> tuple[str, str]:
    try:
        tools.check(mail)
    except MailError as error:
        return "failed", error.sentence
    outcome = tools.send(
        mail.raw, mail.sender, mail.recipient, lambda: _mark_data(link, mail, tools.clock())
    )
    return outcome.state, outcome.detail


def _let_go(link: Link, claimed: Mail, error: BaseException, now: datetime) -> None:
    """Give a claim back at once; where even that fails, its lease runs out."""
    why = error.sentence if isinstance(error, CxdeskError) else "interrupted"
    try:
        with begin(link, "mail", now, actor="desk") as d:
            mail = outbox.by_id(link, claimed.id)
            if mail is not None and mail.state == "sending":
                _abandon(d, mail, why)
    except CxdeskError:
        return


def _settle(link: Link, claimed: Mail, state: str, detail: str, now: datetime) -> None:
    """Write down what became of a mail that was claimed."""
    with begin(link, "mail", now, actor="desk") as d:
        mail = outbox.by_id(link, claimed.id)
        if mail is not None:
            _become(d, mail, _settled(mail, state, detail, now))


def _become(d: DeedInProgress, mail: Mail, changes: dict[str, Any]) -> Mail:
    """The new state of a mail, and what that makes true."""
    after: Mail = d.change(mail, **changes)
    if after.state != mail.state:
        mailed.became(d, after)
    return after


def _settled(mail: Mail, state: str, detail: str, now: datetime) -> dict[str, Any]:
    """The fields of a mail after an attempt that ended so."""
    attempts = mail.attempts + 1
    after = {"attempts": attempts, "detail": detail, "lease_until_at": None}
    if state == "sent":
        return {**after, "state": "sent", "sent_at": now}
    if state == "uncertain":
        return {**after, "state": "uncertain", "next_try_at": now + LOOK_AFTER}
    if state == "later" and not is_given_up(mail.kind, mail.made_at, now):
        again = now + wait_after(attempts, mail.message_id)
        return {**after, "state": "pending", "data_begun": False, "next_try_at": again}
    gave_up = f"given up: {detail}" if state == "later" else detail
    return {**after, "state": "failed", "detail": gave_up, "next_try_at": now}


# Uncertain ---------------------------------------------------------------------------------------


def _resolve(link: Link, uncertain: MailLine, tools: Tools, reason: Reason) -> None:
    """Look for an uncertain mail; the owner's own is sent once more when it is not there."""
    found = tools.find(uncertain.message_id) if tools.find else False
    now = tools.clock()
    with begin(link, "mail", now, actor="desk") as d:
        mail = outbox.by_id(link, uncertain.id)
        if mail is None or mail.state != "uncertain":
            return
        _become(d, mail, _looked_for(mail, found, reason(link, mail, now), now))


def _looked_for(mail: Mail, found: bool | None, gone: str | None, now: datetime) -> dict[str, Any]:
    if found:
        return {"state": "sent", "sent_at": now, "detail": "found in the mailbox"}
    if mail.kind in OWN and gone:
        return {"state": "cancelled", "detail": f"it may have arrived; {gone}"}
    if found is None or mail.kind not in OWN or mail.resent:
        return {"next_try_at": now + LOOK_AGAIN}
    return {"state": "pending", "resent": True, "data_begun": False, "next_try_at": now}


def resolve(link: Link, number: int, now: datetime, *, sent: bool) -> Mail:
    """The owner's word on a mail: it has arrived (`sent`), or it is to be sent again.

    Raises NotFoundError for no such mail, RefusedError for one that needs no word, and for one to
    be sent again whose answer was undone.
    """
    with begin(link, "resolve", now, actor="desk") as d:
        mail = outbox.by_id(link, number)
        if mail is None:
            raise NotFoundError(f"There is no mail {number}.", "cxdesk mail outbox   lists them.")
        if not sent and mail.state != "sent" and _is_taken_back(link, mail):
            raise RefusedError(
                f"Mail {number} is not sent again: its answer was taken back.",
                "cxdesk redo   brings the answer back.",
            )
        if mail.state not in (("uncertain",) if sent else ("uncertain", "failed")):
            raise RefusedError(
                f"Mail {number} is {mail.state}: there is nothing to resolve.",
                "cxdesk mail outbox   shows what is uncertain.",
            )
        changes: dict[str, Any] = {"state": "sent", "sent_at": now, "detail": "by your word"}
        if not sent:
            changes = {"state": "pending", "next_try_at": now, "data_begun": False, "resent": True}
        return _become(d, mail, changes)


def _is_taken_back(link: Link, mail: Mail) -> bool:
    """Was the answer of which a mail was made undone? Its message is gone then; where the id was
    given to a later answer that was mailed too, that mail is the newer one."""
    if mail.kind != "reply" or mail.number is None:
        return False
    said = int(mail.dedupe.split(":")[1])
    if all(message.id != said for message in inquiries.messages_of(link, mail.number)):
        return True
    newest = outbox.of_message(link, mail.number, said)
    return newest is not None and newest.id != mail.id
