"""`log` on a terminal: asks line by line for what is missing. Every question has a default.

Nothing is written and nothing is held open while it asks; what it gathers goes the way that the
options go.
"""

from __future__ import annotations

from cxdesk.cli import arguments, picking, prompts
from cxdesk.cli.asked import Asked
from cxdesk.desk import answers, channels
from cxdesk.desk.people import Found, SeveralError, find
from cxdesk.domain.customers import is_phone, read_who
from cxdesk.domain.inquiries import reply_owed
from cxdesk.domain.promises import due_at, read_allowance
from cxdesk.errors import CxdeskError, NotFoundError
from cxdesk.store import inquiries
from cxdesk.store.settings import load_desk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cxdesk.cli.session import Session
    from cxdesk.domain.records import Desk, Inquiry


def complete(session: Session, asked: Asked, *, is_open: bool, edits: bool) -> Asked:
    """Ask for what is missing. `is_open`: nothing was said of how it ended, so that a reply will
    be owed; `edits`: the text comes from the editor. KeyboardInterrupt: nothing is to be noted."""
    desk = load_desk(session.read())
    asked = _who(session, desk, asked)
    asked = _about(session, desk, asked)
    if not asked.words and not edits:
        asked = asked._replace(words=(_text(),))
    if asked.via is None and asked.on is None:
        asked = asked._replace(via=_how(desk, asked))
    if is_open and asked.by is None and not _says_when(asked):
        asked = asked._replace(by=_told_when(session, desk, asked))
    return asked


# Who --------------------------------------------------------------------------------------------


def _who(session: Session, desk: Desk, asked: Asked) -> Asked:
    typed, given = asked.who, asked.who is not None
    while True:
        typed = typed if typed is not None else _name()
        try:
            found = _found(session, typed, asked)
        except NotFoundError as error:
            if given:
                raise
            prompts.say(f"{error.sentence} {error.remedy}")
            typed = None
            continue
        asked = asked._replace(who=typed, found=found, words=found.rest or asked.words)
        return _reach(asked) if found.is_new else _card(session, desk, asked)


def _name() -> str:
    while True:
        name = prompts.labelled("Who?")
        if name:
            return name
        prompts.say("A name, a number or an address; Ctrl-C to leave it.")


def _found(session: Session, typed: str, asked: Asked) -> Found:
    while True:
        link = session.read()
        try:
            return find(link, typed, asked.words, may_make=True, new=asked.new)
        except SeveralError as several:
            picking.pick(session, several)


def _reach(asked: Asked) -> Asked:
    """Somebody new: a phone number or an address, unless that is how they were named."""
    assert asked.found is not None
    if asked.phone or asked.email or asked.found.who.kind in ("phone", "email"):
        return asked
    while True:
        given = prompts.labelled("", "New here. Phone or e-mail (Enter to skip):")
        if not given:
            return asked
        if is_phone(given):
            return asked._replace(phone=given)
        if read_who(given).kind == "email":
            return asked._replace(email=given)
        prompts.say("A number begins with 0 or +; an address has an @.")


def _card(session: Session, desk: Desk, asked: Asked) -> Asked:
    """What is known of them, before anything is asked."""
    from cxdesk.views.picks import card_lines

    assert asked.found is not None
    if asked.found.customer is not None:
        card = answers.card(session.read(), asked.found.customer.id, session.now)
        for line in card_lines(card, desk.hours, session.now):
            prompts.say(line)
    return asked


# About what, how --------------------------------------------------------------------------------


def _about(session: Session, desk: Desk, asked: Asked) -> Asked:
    """Is it about what is open of theirs?"""
    found = asked.found
    if asked.on or asked.apart or found is None or found.customer is None or found.number:
        return asked
    alive = inquiries.alive_of(session.read(), found.customer.id, session.now)
    if not alive:
        return asked
    if len(alive) == 1:
        is_about = prompts.yes(f"About {_told(session, desk, alive[0])}?", default=True)
        return asked._replace(on=str(alive[0].number)) if is_about else asked._replace(apart=True)
    newest_first = alive[::-1]
    lines = [_told(session, desk, inquiry) for inquiry in newest_first]
    prompts.say("About which?")
    chosen = picking.choose([*lines, "something new"])
    if chosen == len(lines):
        return asked._replace(apart=True)
    return asked._replace(on=str(newest_first[chosen].number))


def _told(session: Session, desk: Desk, inquiry: Inquiry) -> str:
    from cxdesk.views.picks import inquiry_pick

    thread = inquiries.thread(session.read(), inquiry.number)
    owed = reply_owed(thread) if thread else None
    return inquiry_pick(inquiry, owed, desk.hours, session.now)


def _text() -> str:
    while True:
        text = prompts.labelled("What was it?")
        if text:
            return text
        prompts.say("A few words are enough; Ctrl-C to leave it.")


def _how(desk: Desk, asked: Asked) -> str:
    customer = asked.found.customer if asked.found else None
    usual = (customer and customer.prefers) or ("email" if asked.email else "phone")
    while True:
        name = prompts.labelled("How?", f"[{usual}]", usual)
        try:
            channels.including(desk, name)
        except CxdeskError as error:
            prompts.say(error.remedy)
            continue
        return name


# By when ----------------------------------------------------------------------------------------


def _says_when(asked: Asked) -> bool:
    return any(word.startswith("by:") for text in asked.words for word in text.split())


def _told_when(session: Session, desk: Desk, asked: Asked) -> str | None:
    """What they were told, if anything; Enter leaves it to the policy."""
    if asked.on is not None and _reply_stands(session, asked.on):
        return None
    hint = f"[{_policy(session, desk, asked)}]"
    while True:
        said = prompts.labelled("Told them when?", hint)
        if not said:
            return None
        if said.lower() in ("none", "no", "-"):
            return "none"
        try:
            arguments.when(said, desk, session.now)
        except ValueError as error:
            prompts.say(str(error))
            continue
        return said


def _reply_stands(session: Session, number: str) -> bool:
    thread = inquiries.thread(session.read(), int(number)) if number.isdigit() else None
    return thread is not None and reply_owed(thread) is not None


def _policy(session: Session, desk: Desk, asked: Asked) -> str:
    from cxdesk.views import words

    grown = channels.including(desk, asked.via)
    name = channels.channel_named(grown, asked.via or "phone")
    allowance = read_allowance(next(c.policy for c in grown.channels if c.name == name))
    due = due_at(session.now, allowance, desk.hours)
    assert due is not None  # nothing pauses it
    told = f"{words.moment(due, desk.hours, session.now)}, your {allowance.words}"
    return told + _advice(session, desk, name)


def _advice(session: Session, desk: Desk, channel: str) -> str:
    """What the owner's own history says could be promised 19 times of 20."""
    from cxdesk.desk import reports

    known = reports.advice(session.read(), desk, session.now, channel)
    safe = known[0].at_95 if known else None
    if safe is None or known[0].policy == safe:
        return ""
    return f"; {safe} is kept 19 times of 20"
