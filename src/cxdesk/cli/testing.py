"""`mail test`: each server step by step, and a mail that is sent and looked for. `remind install`
sends that mail too.

What fails keeps nothing else from being tried: a broken server to send by says nothing of the
mailbox. No secret is ever said, nor what a server answered to a login.
"""

from __future__ import annotations

import time
from contextlib import ExitStack
from dataclasses import replace
from typing import TYPE_CHECKING

from cxdesk.cli import places, prompts
from cxdesk.cli.courier import Courier, Scribe
from cxdesk.config import ConfigError, is_loopback, read_config
from cxdesk.desk import outbox as deeds
from cxdesk.domain.records import NamedTuple
from cxdesk.errors import MailError, NotFoundError
from cxdesk.mail import advice, imap_link, smtp
from cxdesk.mail.imap import Mailbox
from cxdesk.mail.secrets import is_set_up
from cxdesk.store import outbox
from cxdesk.store.deeds import begin
from cxdesk.store.settings import load_desk
from cxdesk.views.testing import TrialView

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from cxdesk.cli.session import Session
    from cxdesk.config import Config, MailIn, Server
    from cxdesk.desk.outbox import Draft
    from cxdesk.domain.records import Mail
    from cxdesk.store.database import Link

NOT_DONE = 5
STAGES = ("connection", "encryption", "login")  # of coming in, in this order
AGAIN = "Try again in some minutes: cxdesk mail test"


class Patience(NamedTuple):
    """Seconds: for each answer of a server, for the mail to arrive, between two looks at it."""

    answer: float = 20.0
    arrival: float = 30.0
    pause: float = 1.0


class Step(NamedTuple):
    """One thing tried. `what`: the section of config.toml and the step, such as "mail.out login";
    `remedy` is what to do where it is not well."""

    what: str
    ok: bool
    said: str
    remedy: str | None = None


def send_test_mail(session: Session, config: Config, to: str | None) -> Mail:
    """Send one now, and never again by itself. Raises MailError when it was not taken."""
    link = session.write()
    draft = _draft(session, config, link, to or config.remind.to or "")
    mail = _posted(session, link, draft)
    with Courier(config, session.now) as courier:
        sent = deeds.deliver_one(link, mail.id, courier.tools())
    session.notes.clear()  # that there is no desk yet does not matter here
    return sent


def try_out(
    session: Session,
    path: str,
    account: str | None = None,
    to: str | None = None,
    patience: Patience | None = None,
) -> TrialView:
    """Try what config.toml at `path` names, or of the mailboxes `account` alone.

    Raises ConfigError where there is nothing to try, NotFoundError for an account that is not in
    it. What else goes wrong is among the steps, and makes the exit code 5.
    """
    patience = patience or Patience()
    config = read_config(path)
    inboxes = _chosen(config, account)
    to = to or _owner(config, inboxes if account else ())
    can_try = to is not None if config.mail.out.host else bool(inboxes)
    if not can_try:
        raise _too_little(config, path, to)
    steps = [Step("configuration", True, f"{places.shown(path)} is understood.")]
    mail = None
    if config.mail.out.host and to:
        sending = _Sending(session, config, to)
        steps += sending.tried(patience)
        mail = sending.mail
    else:
        steps.append(Step("mail.out", True, "No server is named to send by: nothing was sent."))
    sent = mail if mail and mail.state == "sent" else None
    for inbox in inboxes:
        sought = sent if sent and _leads_to(config, inbox, sent.recipient) else None
        if sought and session.on_terminal and not session.quiet:
            prompts.say(f"Sent to {sought.recipient}; it may take {patience.arrival:.0f} s ...")
        steps += _reading(inbox, sought, patience)
    session.notes.clear()
    session.exit_code = 0 if all(step.ok for step in steps) else NOT_DONE
    return TrialView(mail, steps)


def _chosen(config: Config, account: str | None) -> tuple[MailIn, ...]:
    inboxes = config.mail.inboxes
    if account is None:
        return inboxes
    chosen = tuple(inbox for inbox in inboxes if inbox.name == account)
    if not chosen:
        known = ", ".join(inbox.name for inbox in inboxes) or "none"
        raise NotFoundError(f"There is no account {account}.", f"There are: {known}.")
    return chosen


# What is missing ----------------------------------------------------------------------------------


def _too_little(config: Config, path: str, to: str | None) -> ConfigError:
    """Everything that is missing at once: whoever begins does not want it key by key."""
    out = config.mail.out
    gone = [_gone("mail.out", {**_account(out), "from": bool(out.from_address)})]
    if not out.host:  # then nothing is named to be read either
        gone.append("[mail.in.support] host, user, password_command")
    gone.append(_gone("remind", {"to": to is not None}))
    return ConfigError(
        f"{places.shown(path)} does not say enough to try: {'; '.join(filter(None, gone))}.",
        "Write it there with: cxdesk config edit",
    )


def _account(server: Server) -> dict[str, bool]:
    """The keys that a login needs, and whether they are there; on this machine it may need none."""
    needs_login = bool(server.user) or not is_loopback(server.host)
    secret = "token_command" if server.auth == "xoauth2" else "password_command"
    return {
        "host": bool(server.host),
        "user": bool(server.user) or not needs_login,
        secret: not needs_login or is_set_up(replace(server, user=server.user or "me")),
    }


def _gone(section: str, given: dict[str, bool]) -> str:
    keys = ", ".join(key for key, is_given in given.items() if not is_given)
    return f"[{section}] {keys}" if keys else ""


# Addresses ----------------------------------------------------------------------------------------


def _owner(config: Config, asked: tuple[MailIn, ...]) -> str | None:
    """Whom to write to: the account that is asked for, else the owner."""
    mail = config.mail
    of_accounts = [_address(config, inbox) for inbox in (*asked, *mail.inboxes)]
    first = of_accounts[: len(asked)]
    named = (*first, config.remind.to, *mail.own, mail.out.from_address, *of_accounts)
    return next((address for address in named if address), None)


def _address(config: Config, inbox: MailIn) -> str:
    """Where mail to an account goes; empty where that cannot be told."""
    if "@" in inbox.user:
        return inbox.user
    out = config.mail.out
    return out.from_address if inbox.user and inbox.user == out.user else ""


def _leads_to(config: Config, inbox: MailIn, address: str) -> bool:
    return _bare(address) == _bare(_address(config, inbox))


def _bare(address: str) -> str:
    """As providers compare: without case, and without what follows a +."""
    local, at, domain = address.strip().lower().rpartition("@")
    return local.partition("+")[0] + at + domain


# Coming in ----------------------------------------------------------------------------------------


def _entered(section: str, server: Server) -> list[Step]:
    """What it means that a server let us in."""
    where = f"{server.host}:{server.port}"
    safe = "Its certificate is right." if server.tls != "none" else "Plain, on this machine alone."
    login = f"It takes the login for {server.user}." if server.user else "It wants no login."
    said = (f"{where} answers.", safe, login)
    return [
        Step(f"{section} {stage}", True, text) for stage, text in zip(STAGES, said, strict=True)
    ]


def _not_entered(section: str, server: Server, error: MailError) -> list[Step]:
    """The steps up to the one that failed."""
    number = STAGES.index(_stage(server, error))
    # A ca_file that cannot be read ends it before anybody was asked.
    done = 0 if error.sentence.startswith("The ca_file") else number
    failed = Step(f"{section} {STAGES[number]}", False, error.sentence, _remedy(server, error))
    return [*_entered(section, server)[:done], failed]


def _stage(server: Server, error: MailError) -> str:
    if not server.host or isinstance(error, smtp.ServerUnreachable | imap_link.MailboxUnreachable):
        return "connection"
    if isinstance(error, smtp.TlsRefused | imap_link.TlsRefused):
        return "encryption"
    return "login"


def _remedy(server: Server, error: MailError) -> str:
    stage = _stage(server, error)
    if stage == "connection" and server.host:
        return advice.unreachable(server, error)
    if stage == "encryption":
        return advice.unsafe(server, error)
    if isinstance(error, smtp.LoginRefused | imap_link.LoginRefused) and server.user:
        return advice.at_login(server)
    return error.remedy


def _step(what: str, tried: Callable[[], str]) -> Step:
    """What `tried` says; a MailError is a step that failed."""
    try:
        return Step(what, True, tried())
    except MailError as error:
        return Step(what, False, error.sentence, error.remedy)


# Sending ------------------------------------------------------------------------------------------


class _Sending:
    """The server of [mail.out], and a mail by it. `mail`: as it is then; None if none was made."""

    def __init__(self, session: Session, config: Config, to: str) -> None:
        self._session = session
        self._config = config
        self._to = to
        self.mail: Mail | None = None

    def tried(self, patience: Patience) -> list[Step]:
        out = self._config.mail.out
        try:
            server = smtp.connect(out, timeout=patience.answer)
        except MailError as error:
            return _not_entered("mail.out", out, error)
        with server:
            sent = _step("mail.out mail", lambda: self._sent(server))
        return [*_entered("mail.out", out), sent]

    def _sent(self, server: smtp.Session) -> str:
        session, config = self._session, self._config
        link = session.write()
        draft = _draft(session, config, link, self._to)
        self.mail = _posted(session, link, draft)
        tools = Courier(config, session.now).tools()._replace(send=server.deliver, find=None)
        try:
            self.mail = deeds.deliver_one(link, self.mail.id, tools)
        except MailError as error:
            self.mail = outbox.by_dedupe(link, draft.dedupe)
            refused = self.mail is not None and self.mail.state == "failed"
            whose = "Check the addresses it goes to and comes from: [remind] to, [mail.out] from."
            raise MailError(error.sentence, whose if refused else AGAIN) from None
        finally:
            session.close()
        return f"Sent to {self._to}."


def _draft(session: Session, config: Config, link: Link, to: str) -> Draft:
    return Scribe(config, link, session.now).test(to, load_desk(link).hours)


def _posted(session: Session, link: Link, draft: Draft) -> Mail:
    with begin(link, "mail", session.now, actor="desk") as d:
        mail = deeds.post(d, draft) or outbox.by_dedupe(link, draft.dedupe)
    assert mail is not None
    return mail


# Reading ------------------------------------------------------------------------------------------


def _reading(inbox: MailIn, sought: Mail | None, patience: Patience) -> Iterator[Step]:
    """The steps of one account; `sought` is to be found there."""
    section = f"mail.in.{inbox.name}"
    with ExitStack() as stack:
        try:
            box = stack.enter_context(Mailbox(inbox, timeout=patience.answer))
        except MailError as error:
            yield from _not_entered(section, inbox, error)
            return
        yield from _entered(section, inbox)
        yield _step(f"{section} folder", lambda: _folder(inbox, box))
        if inbox.sent:
            yield _step(f"{section} sent", lambda: _sent_folder(inbox, box))
        if inbox.after.startswith("move:"):
            yield _step(f"{section} after", lambda: _target(inbox, box))
        if sought:
            yield _step(f"{section} mail", lambda: _arrived(inbox, box, sought, patience))


def _folder(inbox: MailIn, box: Mailbox) -> str:
    count = box.open(inbox.folder).exists
    return f"{inbox.folder} of {inbox.user} holds {count:,} mail{'s' * (count != 1)}."


def _sent_folder(inbox: MailIn, box: Mailbox) -> str:
    found = box.sent_folder()
    if found == inbox.sent:
        return f"{found} is there: what you answer from a phone counts."
    if found:
        return f"There is no folder {inbox.sent}; {found} is the one of sent mail, and is read."
    raise MailError(
        f"There is no folder {inbox.sent} in the mailbox of {inbox.user}.",
        f"There are: {', '.join(box.folders())}. Name the one of sent mail, or none:"
        f' sent = "" in [mail.in.{inbox.name}].',
    )


def _target(inbox: MailIn, box: Mailbox) -> str:
    target = inbox.after.removeprefix("move:")
    box.open(target)
    return f"{target} is there: what was read is moved into it."


def _arrived(inbox: MailIn, box: Mailbox, mail: Mail, patience: Patience) -> str:
    begun = time.monotonic()
    while not _holds(box, inbox.folder, mail):
        if time.monotonic() - begun >= patience.arrival:
            raise _not_arrived(inbox, box, mail, patience)
        time.sleep(patience.pause)
    seconds = round(time.monotonic() - begun)
    return f"Found in {inbox.folder} {f'after {seconds} s' if seconds else 'at once'}."


def _holds(box: Mailbox, folder: str, mail: Mail) -> bool:
    box.open(folder)  # anew: what came since is not seen by every server's search
    return box.holds(folder, mail.message_id)


def _not_arrived(inbox: MailIn, box: Mailbox, mail: Mail, patience: Patience) -> MailError:
    junk = box.special(r"\Junk")
    if junk and junk != inbox.folder and _holds(box, junk, mail):
        return MailError(
            f"It arrived in {junk}, not in {inbox.folder}.",
            "Move it to the inbox, so that your provider learns that it is none.",
        )
    return MailError(
        f"It did not arrive in {inbox.folder} of {inbox.user} within {patience.arrival:.0f} s.",
        f"It may still come: look there, and among spam. Does {mail.recipient} lead there?",
    )
