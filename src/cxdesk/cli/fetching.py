"""mail fetch: every account's inbox, then what was sent from each, so that an answer finds the
mail that it answers. Loaded by that command alone.

How far a folder was read is committed with each mail. A failing account stops no other; what it
had given by then is kept.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import timedelta
from typing import TYPE_CHECKING

from cxdesk.cli import arguments, places, postman
from cxdesk.cli.courier import Courier, plan_of
from cxdesk.cli.postman import Ledger
from cxdesk.config import ConfigError, read_config
from cxdesk.desk import letters, mailed, reminders, returned
from cxdesk.desk.letters import Arrived
from cxdesk.desk.outbox import Delivery, deliver
from cxdesk.domain.mailboxes import Asked, at_the_end, where_to_begin
from cxdesk.domain.received import Mailbox
from cxdesk.errors import MailError, NotFoundError
from cxdesk.mail import imap
from cxdesk.store import outbox
from cxdesk.store import received as store
from cxdesk.store.deeds import begin
from cxdesk.store.settings import load_desk
from cxdesk.views import words
from cxdesk.views.received import BusyView, Trouble, progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from typing import Any

    from cxdesk.cli.session import Session
    from cxdesk.config import Config, MailIn
    from cxdesk.desk.letters import Outcome
    from cxdesk.desk.placing import Tools
    from cxdesk.domain.mailboxes import Start
    from cxdesk.domain.records import Desk, Mail
    from cxdesk.mail.imap import Folder
    from cxdesk.store.database import Link
    from cxdesk.views.view import View

EVERYTHING = "all"
NO_ACCOUNT = """Name your mailbox in {path}:
[mail.in.support]
host = "imap.example.com"
user = "hello@example.com"
password_command = ["pass", "show", "imap"]"""


def fetch(session: Session, names: Sequence[str], since: str | None, *, dry_run: bool) -> View:
    """Read the mailboxes; 5 when one of them, or a mail, or an answer that is due makes trouble."""
    config = read_config(places.config_path())
    inboxes = _chosen(config, names)
    postman.begin_long(session)
    with postman.desk_for(session, dry_run=dry_run) as link, ExitStack() as held:
        desk = load_desk(link)
        asked = _since(since, desk, session.now)
        if not dry_run and not held.enter_context(outbox.alone(session.path, "fetch")):
            return BusyView()
        ledger = Ledger(link, every=not session.on_terminal)
        round_ = _Round(session, link, config, ledger, asked, desk, dry_run=dry_run)
        round_.read(inboxes)
        ledger.check()
        delivery = Delivery() if dry_run else _deliver(session, link, desk, config)
        sent = [mail for mail in (outbox.line(link, one) for one in delivery.sent) if mail]
    acknowledged = [mail.number for mail in sent if mail.kind == "acknowledgement"]
    return _answer(session, round_, desk, delivery, acknowledged, dry_run=dry_run)


def _chosen(config: Config, names: Sequence[str]) -> list[MailIn]:
    """The accounts that are named, or all. Raises ConfigError, NotFoundError."""
    inboxes = {inbox.name: inbox for inbox in config.mail.inboxes}
    if not inboxes:
        remedy = NO_ACCOUNT.format(path=places.shown(places.config_path()))
        raise ConfigError("No mailbox is named to fetch from: [mail.in.NAME].", remedy)
    for name in names:
        if name not in inboxes:
            known = ", ".join(inboxes)
            raise NotFoundError(f"There is no account {name}.", f"There are: {known}.")
    return [inboxes[name] for name in dict.fromkeys(names or inboxes)]


def _since(said: str | None, desk: Desk, now: datetime) -> Asked:
    if said is None:
        return Asked()
    if said.strip().lower() == EVERYTHING:
        return Asked(everything=True)
    return Asked(arguments.since(said, desk, now))


class _Round:
    """One run over the accounts: first every inbox, then what was sent from each of them."""

    def __init__(
        self,
        session: Session,
        link: Link,
        config: Config,
        ledger: Ledger,
        since: Asked,
        desk: Desk,
        *,
        dry_run: bool,
    ) -> None:
        self._session = session
        self._link = link
        self._tools: Tools = postman.tools_of(config, link, session.now)
        self.ledger = ledger
        self._since = since
        self._desk = desk
        self._dry_run = dry_run
        self.troubles: list[Trouble] = []
        self.notes: dict[str, None] = {}

    def read(self, inboxes: Sequence[MailIn]) -> None:
        with ExitStack() as connections:
            boxes: list[tuple[MailIn, imap.Mailbox]] = []
            for inbox in inboxes:
                # Not the sent mail of an account whose inbox is unread: an answer that does not
                # find its question is none, and is not looked at again.
                box = self._try(inbox, lambda: connections.enter_context(imap.Mailbox(inbox)))  # noqa: B023
                if box and self._try(inbox, lambda: self._inbox(inbox, box)):  # noqa: B023
                    boxes.append((inbox, box))
            for inbox, box in boxes:
                self._try(inbox, lambda: self._sent(inbox, box))  # noqa: B023
        returned.match_again(self._link, self._tools.read, self._tools.instance, self._session.now)

    def _try(self, inbox: MailIn, do: Callable[[], Any]) -> Any:
        """What an account gives; None where it makes trouble, which is noted."""
        try:
            return do()
        except MailError as error:
            self.troubles.append(Trouble(inbox.name, error.sentence, error.remedy))
        return None

    def _inbox(self, inbox: MailIn, box: imap.Mailbox) -> bool:
        self._folder(inbox, box, inbox.folder, is_sent=False)
        return True

    def _sent(self, inbox: MailIn, box: imap.Mailbox) -> None:
        folder = box.sent_folder()
        if folder and folder != inbox.folder:
            self._folder(inbox, box, folder, is_sent=True)

    # One folder -----------------------------------------------------------------------------------

    def _folder(self, inbox: MailIn, box: imap.Mailbox, folder: str, *, is_sent: bool) -> None:
        there = box.open(folder)
        start = self._start(inbox, folder, there, is_sent=is_sent)
        self._say_cut(inbox, start, there)
        reading = _Reading(box, start, self._session.now, is_sent=is_sent)
        mails = self.ledger.counted(reading.arrived())
        after = "nothing" if is_sent or self._dry_run else inbox.after
        with progress(None, shown=postman.shows_progress(self._session)) as bar:
            for outcomes in letters.take_in(
                self._link,
                mails,
                self._tools,
                self._session.now,
                batch=1,
                left=self.ledger.left,
            ):
                self.ledger.note(outcomes)
                self._session.on_interrupt = self.ledger.so_far()
                after = self._put_away(inbox, reading, outcomes[0], after)
                bar(0, f"{inbox.name}, {folder}: {reading.count:,} mails")
        self._note_end(at_the_end(reading.place, start, there, self._session.now))

    def _put_away(self, inbox: MailIn, reading: _Reading, outcome: Outcome, after: str) -> str:
        """What the owner wants to become of a mail that is kept and was understood; what could not
        be read stays where he can see it. Returns what is to become of the next."""
        if outcome.received is None or outcome.via == "quarantined":
            return after
        try:
            left = reading.box.done(reading.place.folder, reading.uid, after)
        except MailError as error:
            self.troubles.append(Trouble(inbox.name, error.sentence, error.remedy))
            return "nothing"
        if left:
            self.notes[left] = None
        return after

    def _note_end(self, place: Mailbox) -> None:
        """How far it was read, and when, also where nothing new was there."""
        with begin(self._link, "mail", self._session.now, actor="desk") as d:
            known = store.mailbox(d.link, place.account, place.folder)
            d.save(known, place)

    def _start(self, inbox: MailIn, folder: str, there: Folder, *, is_sent: bool) -> Start:
        now = self._session.now
        known = store.mailbox(self._link, inbox.name, folder)
        first = store.first_of(self._link, inbox.name, folder)
        return where_to_begin(
            known or Mailbox(inbox.name, folder, 0, 0, now),
            there,
            self._since,
            is_new=known is None,
            is_sent=is_sent,
            first_at=first.received_at if first else None,
            now=now,
        )

    def _say_cut(self, inbox: MailIn, start: Start, there: Folder) -> None:
        if not start.is_cut or start.since is None:
            return
        day = words.day(start.since, self._desk.hours, self._session.now)
        self.notes[
            f"{start.place.folder} of {inbox.name} holds {there.exists:,} mails; taken were those"
            f" since {day}. All of them: cxdesk mail fetch {inbox.name} --since {EVERYTHING}"
        ] = None


class _Reading:
    """The mails of one folder as they arrive; `place` is how far it came."""

    def __init__(
        self,
        box: imap.Mailbox,
        start: Start,
        now: datetime,
        *,
        is_sent: bool,
    ) -> None:
        self.box = box
        self.place = start.place
        self.uid = 0
        self.count = 0
        self._start = start
        self._now = now
        self._is_sent = is_sent

    def arrived(self) -> Iterator[Arrived]:
        place = self.place
        start = self._start
        for mail in self.box.new(place.folder, start.after_uid, since=start.since):
            self.uid = mail.uid
            self.count += 1
            self.place = place._replace(last_uid=max(self.place.last_uid, mail.uid))
            where = f"{place.account}, {place.folder}, mail {mail.uid}"
            at = mail.received_at or self._now
            arrived = Arrived(mail.raw, where, at, self._is_sent, mail.trouble or None, self.place)
            validity = abs(place.uidvalidity)
            yield arrived._replace(
                identity="\n".join((place.account, place.folder, f"{validity}/{mail.uid}")),
                stays=f"it is still on the server, in {place.folder}; {_again(place.account, at)}",
            )


def _again(account: str, at: datetime) -> str:
    day = at - timedelta(days=1)  # in whichever zone
    return f"ask for it once more with: cxdesk mail fetch {account} --since {day:%Y-%m-%d}"


# What goes out after it --------------------------------------------------------------------------


def _deliver(session: Session, link: Link, desk: Desk, config: Config) -> Delivery:
    """Send what waits, such as the acknowledgements of what just came in."""
    if not config.mail.out.host or not outbox.unfinished(link):
        return Delivery()
    plan = plan_of(config)

    def reason(link: Link, mail: Mail, now: datetime) -> str | None:
        return mailed.why_not(link, mail, now) or reminders.why_not(link, mail, now, desk, plan)

    with outbox.alone(session.path) as is_alone:
        if not is_alone:  # a `remind` is sending
            return Delivery()
        with Courier(config, session.now) as courier:
            return deliver(link, courier.tools(), reason)


def _answer(
    session: Session,
    round_: _Round,
    desk: Desk,
    delivery: Delivery,
    acknowledged: Sequence[int | None],
    *,
    dry_run: bool,
) -> View:
    unsent = delivery.trouble or delivery.failed or delivery.uncertain
    if round_.troubles or unsent or round_.ledger.is_trouble:
        session.exit_code = postman.NOT_DONE
    more = {
        "busy": False,
        "troubles": [
            {"account": one.account, "message": one.sentence, "hint": one.remedy or None}
            for one in round_.troubles
        ],
        "sent": list(delivery.sent),
        "acknowledged": list(acknowledged),
        "failed": list(delivery.failed),
        "uncertain": list(delivery.uncertain),
        "pending": list(delivery.waiting),
        "trouble": delivery.trouble,
    }
    said = [f"{one.account}: {one.sentence} {one.remedy}".rstrip() for one in round_.troubles]
    said += round_.notes
    if unsent:
        said.append(f"Not all mail could be sent: {delivery.trouble or 'cxdesk mail outbox'}")
    return postman.taken_view(session, round_.ledger, desk, dry_run=dry_run, more=more, said=said)
