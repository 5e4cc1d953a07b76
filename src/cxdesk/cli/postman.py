"""Joining incoming mail to the desk: what placing needs to know of the world, the loop over what
arrives, and an account of every mail that was read. Loaded by the mail commands alone.
"""

from __future__ import annotations

import gc
import os
import sys
from contextlib import contextmanager, suppress
from functools import partial
from hashlib import sha256
from typing import TYPE_CHECKING

from cxdesk.cli import places
from cxdesk.cli.courier import office_of, own_addresses
from cxdesk.cli.failures import in_words
from cxdesk.cli.prompts import heed_sigterm
from cxdesk.config import read_config
from cxdesk.desk import letters, mailing
from cxdesk.desk.letters import Arrived
from cxdesk.desk.placing import Tools
from cxdesk.domain.threads import reply_owed
from cxdesk.errors import CxdeskError, MailError, UsageError
from cxdesk.formats import mailboxes
from cxdesk.mail.compose import public_name
from cxdesk.mail.reader import read
from cxdesk.store import customers, database, inquiries, outbox, received
from cxdesk.store.database import MadeMeanwhileError
from cxdesk.store.scratch import copy_of
from cxdesk.store.settings import load_desk, settings
from cxdesk.views import words
from cxdesk.views.received import MOST_SHOWN, Counts, TakenView, Told, progress

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from typing import Any, TextIO

    from cxdesk.cli.session import Session
    from cxdesk.config import Config
    from cxdesk.desk.letters import Outcome
    from cxdesk.domain.records import Desk
    from cxdesk.formats.mailboxes import Raw, Source
    from cxdesk.store.database import Link

NOT_DONE = 5
LARGE = 5_000_000  # bytes of files from which on one wants to see how far it has come
MANY = 200
STDIN = "standard input"
STAYS = "What was kept by then stays.", ""
LATER = "The mail is kept; it is read by the next: cxdesk mail import, or mail fetch"


class TryAgainError(CxdeskError):
    """A mail from a mail server was not kept: the server keeps it and comes again (EX_TEMPFAIL)."""

    exit_code = 75
    code = "try_again"


class MiscountError(MailError):
    """A mail was read and nobody knows what became of it: a mistake of ours, said aloud."""

    code = "miscount"


# Surroundings ------------------------------------------------------------------------------------


def tools_of(config: Config, link: Link, now: datetime) -> Tools:
    """What taking in is done with."""
    office = office_of(config, link, now)
    acknowledges = config.mail.acknowledge and config.mail.out.host and config.mail.out.from_address
    return Tools(
        read=read,
        instance=public_name(settings(link).get("instance", "")),
        own=own_addresses(config),
        forms=frozenset(config.mail.forms),
        prefix=config.mail.prefix,
        acknowledge=partial(mailing.acknowledge, office=office) if acknowledges else None,
    )


@contextmanager
def desk_for(session: Session, *, dry_run: bool) -> Iterator[Link]:
    """The desk to take mail into, made where there is none; for a dry run a copy without a name."""
    if not dry_run:
        yield kept_desk(session)
        return
    link = session.read()
    with copy_of(link) as copy:
        yield copy


def kept_desk(session: Session) -> Link:
    """The desk to write many deeds to. One that is made here is kept before the first of them,
    since a desk that is nowhere kept is kept by its first deed and has no others."""
    if not database.exists(session.path):
        session.write(make=True)
        with suppress(MadeMeanwhileError):  # if somebody was first, theirs is the desk
            session.keep()
    link = session.write()
    session.begun(load_desk(link))
    return link


# Accounts of what was read -----------------------------------------------------------------------


class Ledger:
    """What became of each mail of one run. What is read is counted apart from what was done."""

    def __init__(self, link: Link, *, every: bool) -> None:
        self._link = link
        self._every = every
        self.read = 0
        self.counts = Counts()
        self.told: list[Told] = []
        self.new: list[int] = []
        self.left: list[Outcome] = []  # of an earlier run, and put aside by this one

    def counted(self, arrived: Iterator[Arrived]) -> Iterator[Arrived]:
        for one in arrived:
            self.read += 1
            yield one

    def note(self, outcomes: Sequence[Outcome]) -> None:
        vias = [one.via for one in outcomes]
        duplicates, quarantined = vias.count("duplicate"), vias.count("quarantined")
        added = (len(vias), len(vias) - duplicates - quarantined, duplicates, quarantined)
        self.counts = Counts(*map(sum, zip(self.counts, added, strict=True)))
        for outcome in outcomes:
            told = _told(outcome)
            if told.is_new and told.inquiry is not None:
                self.new.append(told.inquiry)
            if self._every:
                self.told.append(told)
            elif told.matters and len(self.told) < MOST_SHOWN:
                self.told.append(self._addressed(self._with_promise(told)))

    def _with_promise(self, told: Told) -> Told:
        thread = (
            inquiries.thread(self._link, told.inquiry) if told.is_new and told.inquiry else None
        )
        promise = reply_owed(thread) if thread and not told.is_sent else None
        return told._replace(due_at=promise.due_at) if promise else told

    def _addressed(self, told: Told) -> Told:
        """Of the owner's own mail: whom to, since he knows who he is."""
        inquiry = told.inquiry if told.is_sent else None
        thread = inquiries.thread(self._link, inquiry) if inquiry is not None else None
        if thread is None or thread.inquiry.customer_id is None:
            return told
        return told._replace(name=customers.by_id(self._link, thread.inquiry.customer_id).name)

    @property
    def is_trouble(self) -> bool:
        """Whether a mail was put aside, of this run or of one before it."""
        return bool(self.counts.quarantined or self.left)

    def check(self) -> None:
        """Every mail that was read is stored, known or quarantined; else MiscountError."""
        fetched, *parts = self.counts
        if self.read == fetched == sum(parts):
            return
        raise MiscountError(
            f"{self.read} mails were read, and of {sum(parts)} it is known what became of them.",
            "Run it again: what is kept already is known by its bytes and comes in no second time.",
        )

    def so_far(self) -> str:
        """What is said when it is stopped in the middle."""
        return (
            f"Stopped. {self.counts.fetched} mails were read and are kept;"
            " the same command goes on from there."
        )


def _told(outcome: Outcome) -> Told:
    mail = outcome.received
    if mail is None:
        return Told(outcome.via, outcome.place, why=outcome.trouble)
    return Told(
        via=outcome.via,
        place=outcome.place,
        message_id=mail.message_id,
        name=mail.name,
        email=mail.email,
        subject=mail.subject,
        received_at=mail.received_at,
        inquiry=mail.inquiry_number,
        is_new=outcome.is_new,
        automatic=mail.automatic,
        bounce=mail.bounce,
        attachments=tuple((one.name, one.type, one.size) for one in outcome.attachments),
        doubts=mail.doubts,
        why=outcome.trouble,
        is_sent=mail.is_sent,
    )


# Files -------------------------------------------------------------------------------------------


def import_files(session: Session, paths: Sequence[str], *, dry_run: bool) -> TakenView:
    """Every mail under the paths; exit code 5 when one of them was quarantined."""
    sources = list(mailboxes.found(paths))
    config = read_config(places.config_path())
    if not sources:  # empty folders: no reason to make a desk
        return TakenView(Counts(), (), (), load_desk(session.read()).hours, session.now)
    begin_long(session)
    with desk_for(session, dry_run=dry_run) as link:
        desk = load_desk(link)
        ledger = Ledger(link, every=not session.on_terminal)
        reader = _Files(sources, session.now)
        tools = tools_of(config, link, session.now)
        shown = shows_progress(session) and reader.is_long
        with progress(reader.total, shown=shown) as bar:
            for outcomes in letters.take_in(
                link, ledger.counted(reader.arrived()), tools, session.now, left=ledger.left
            ):
                ledger.note(outcomes)
                session.on_interrupt = ledger.so_far()
                bar(reader.done, f"{ledger.read:,} mails")
        waiting = _waiting(link, dry_run=dry_run)
    ledger.check()
    if ledger.is_trouble:
        session.exit_code = NOT_DONE
    return taken_view(session, ledger, desk, dry_run=dry_run, said=waiting)


def _waiting(link: Link, *, dry_run: bool) -> list[str]:
    """What goes out in the owner's name before long, because of what came in."""
    kinds = [mail.kind for mail in outbox.unfinished(link) if mail.state == "pending"]
    count = kinds.count("acknowledgement")
    if not count:
        return []
    wait = "would wait" if dry_run else "waits" if count == 1 else "wait"
    told = words.counted(count, "acknowledgement")
    return [f"{told} {wait} for the next cxdesk mail fetch or remind"]


class _Files:
    """Mails in files as they arrive at the desk, and how far the reading has come."""

    def __init__(self, sources: Sequence[Source], now: datetime) -> None:
        self._sources = sources
        self._now = now
        self.total = sum(source.size for source in sources)
        self.is_long = self.total > LARGE or len(sources) > MANY
        self.done = 0

    def arrived(self) -> Iterator[Arrived]:
        for source in self._sources:
            for mail in mailboxes.raw_mails(source):
                self.done += len(mail.raw or b"")
                yield Arrived(
                    mail.raw,
                    mail.place,
                    self._now,
                    trouble=mail.trouble,
                    stays="it is still in its file; once that can be read, import it again",
                    identity=_identity(source, mail),
                )


def _identity(source: Source, mail: Raw) -> str:
    """What tells a mail in a file from all others, whether it could be read or not: the name of a
    Maildir's, the path and size of one that has a file to itself. In an mbox the numbers move, so
    it is that of one that could not be read, and a folder is no mail."""
    if source.kind == "maildir":
        return f"{os.path.abspath(source.path)}\n{os.path.basename(mail.place).partition(':')[0]}"
    if source.kind == "mbox":
        return "" if mail.raw is not None else os.path.abspath(mail.place)
    if mail.raw is None and os.path.isdir(source.path):
        return ""
    return f"{os.path.abspath(mail.place)}\n{source.size}"


def begin_long(session: Session) -> None:
    """Before a command that may take minutes: its rubbish is collected, and whoever ends it is
    told how far it came."""
    gc.enable()
    heed_sigterm()
    session.on_interrupt = "Stopped. Nothing was read."
    session.stays = STAYS


def shows_progress(session: Session) -> bool:
    if session.quiet or session.as_json or sys.stderr is None:
        return False
    return sys.stderr.isatty()


def taken_view(
    session: Session,
    ledger: Ledger,
    desk: Desk,
    *,
    dry_run: bool,
    more: dict[str, Any] | None = None,
    said: Sequence[str] = (),
) -> TakenView:
    counts, told, new = ledger.counts, ledger.told, ledger.new
    said = [*said, *(f"{one.place}, kept before: put aside, {one.trouble}" for one in ledger.left)]
    if counts.quarantined and not session.on_terminal:
        put_aside = words.counted(counts.quarantined, "mail")
        said = [*said, f"{put_aside} could not be read: cxdesk mail quarantine"]
    return TakenView(
        counts, told, new, desk.hours, session.now, dry_run=dry_run, more=more, said=said
    )


# Standard input ----------------------------------------------------------------------------------


def import_one(session: Session, *, dry_run: bool) -> TakenView:
    """One mail from a mail server. Once it is kept it is ours, quarantined or not; whatever keeps
    it from being kept raises TryAgainError, and the server comes again."""
    raw: bytes | None = None
    try:
        raw = _from_stdin()
        return _take_one(session, raw, dry_run=dry_run)
    except Exception as error:
        told = in_words(session, error)
        view = None if raw is None or dry_run else _kept_for_later(session, raw, told)
        if view is None:
            raise TryAgainError(told.sentence) from error
        return view


def _from_stdin() -> bytes:
    if sys.stdin is None:
        raise UsageError("There is nothing on standard input.", "cxdesk mail import PATH")
    return mailboxes.from_stream(sys.stdin.buffer)


def _take_one(session: Session, raw: bytes, *, dry_run: bool) -> TakenView:
    config = read_config(places.config_path())
    session.stays = STAYS
    with desk_for(session, dry_run=dry_run) as link:
        desk = load_desk(link)
        ledger = Ledger(link, every=not session.on_terminal)
        mails = ledger.counted(iter([Arrived(raw, STDIN, session.now)]))
        tools = tools_of(config, link, session.now)
        for outcomes in letters.take_in(link, mails, tools, session.now, batch=1):
            ledger.note(outcomes)
    ledger.check()
    return taken_view(session, ledger, desk, dry_run=dry_run)


def _kept_for_later(session: Session, raw: bytes, why: CxdeskError) -> TakenView | None:
    """The answer for a mail that was kept before something went wrong; None if it was not."""
    try:
        link = session.read()
        kept = received.by_hash(link, sha256(raw).hexdigest())
        if kept is None:
            return None
        ledger = Ledger(link, every=True)
        ledger.counts = Counts(fetched=1, stored=1)
        ledger.told.append(Told(None, STDIN, why=why.sentence, received_at=kept.received_at))
        return taken_view(session, ledger, load_desk(link), dry_run=False, said=(LATER,))
    except Exception:
        return None


def show_if_possible(session: Session, view: TakenView) -> None:
    """Say it, unless nobody can hear it: a mail that is kept is kept, and a mail server that is
    told otherwise sends it back to the customer."""
    try:
        session.show(view)
    except OSError:
        _deafen(sys.stdout, sys.stderr)
    session.notes.clear()


def pour(data: bytes) -> None:
    """Bytes to stdout, as they are. A reader that goes away in between is nobody's error."""
    try:
        sys.stdout.buffer.write(data)
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        _deafen(sys.stdout)


def _deafen(*streams: TextIO | None) -> None:
    """What is still buffered would be tried again at exit."""
    for stream in streams:
        if stream is not None:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
