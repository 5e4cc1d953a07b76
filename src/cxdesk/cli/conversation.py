"""`log` on a terminal: asks line by line for what is missing. Every question has a default.

Nothing is written and nothing is held open while it asks; what it gathers goes the way that the
options go.
"""

from __future__ import annotations

from cxdesk.cli import arguments, picking, prompts
from cxdesk.cli.asked import Asked
from cxdesk.desk import answers, channels
from cxdesk.desk.people import Found, SeveralError, find
from cxdesk.desk.things import inquiry_meant, inquiry_of_number
from cxdesk.domain.customers import is_phone, read_who
from cxdesk.domain.markers import read_markers
from cxdesk.domain.promises import due_at, read_allowance
from cxdesk.domain.threads import reply_owed
from cxdesk.errors import CxdeskError
from cxdesk.store import inquiries
from cxdesk.store.settings import load_desk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cxdesk.cli.session import Session
    from cxdesk.domain.markers import Marked
    from cxdesk.domain.records import Desk, Inquiry


def complete(session: Session, asked: Asked) -> Asked:
    """Ask for what is missing. KeyboardInterrupt: nothing is to be noted."""
    desk = load_desk(session.read())
    _marked(session, desk, asked)  # what cannot be read is said before anything is asked
    asked = _who(session, desk, _placed(session, asked))
    asked = _about(session, desk, asked)
    if not asked.words and not asked.edit:
        asked = asked._replace(words=(_text(session, desk),))
    marked = _marked(session, desk, asked)
    if asked.via is None and marked.via is None and asked.on is None:
        asked = asked._replace(via=_how(desk, asked))
    is_open = asked.end is None and not asked.out  # then a reply will be owed
    if is_open and asked.by is None and marked.by is None:
        asked = asked._replace(by=_told_when(session, desk, asked, marked))
    return asked


def _marked(session: Session, desk: Desk, asked: Asked) -> Marked:
    return read_markers(" ".join(asked.words), session.now, desk.hours)


def _placed(session: Session, asked: Asked) -> Asked:
    """`--on` by its number: which of several is asked before anything else."""
    if asked.on is None:
        return asked
    inquiry, _ = inquiry_meant(session.read(), asked.on, (), session.now, verb="log")
    return asked._replace(on=str(inquiry.number))


# Who --------------------------------------------------------------------------------------------


def _who(session: Session, desk: Desk, asked: Asked) -> Asked:
    typed, given = asked.who, asked.who is not None
    while True:
        typed = typed if typed is not None else _name()
        try:
            found = _found(session, typed, asked)
        except CxdeskError as error:
            if given:
                raise
            prompts.say_wrong(error)
            typed = None
            continue
        asked = asked._replace(who=typed, found=found, words=found.rest or asked.words)
        if found.is_new:
            return _introduced(session, desk, asked)
        return _card(session, desk, asked)


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


def _introduced(session: Session, desk: Desk, asked: Asked) -> Asked:
    """Somebody new: by a name, how to reach them; by a number or an address, their name."""
    assert asked.found is not None
    kind = asked.found.who.kind
    if kind in ("phone", "email"):
        return _named(session, desk, asked, kind)
    if asked.phone or asked.email:
        if not session.quiet:
            prompts.labelled_line("", "New here.")
        return asked
    question = "New here. Phone or e-mail (Enter to skip):"
    while given := prompts.labelled("", question):
        if is_phone(given):
            return asked._replace(phone=given)
        if read_who(given).kind == "email":
            return asked._replace(email=given)
        question = "A number begins with 0 or +; an address has an @ (Enter to skip):"
    return asked


def _named(session: Session, desk: Desk, asked: Asked, kind: str) -> Asked:
    """A name for a number or an address that nobody had: it may be somebody known after all."""
    question = "New here. Their name (Enter to skip):"
    while name := prompts.labelled("", question):
        try:
            found = _found(session, name, asked)
        except CxdeskError as error:
            prompts.say_wrong(error)
            continue
        if kind == "phone":
            asked = asked._replace(phone=asked.phone or asked.who)
        else:
            asked = asked._replace(email=asked.email or asked.who)
        asked = asked._replace(who=name, found=found)
        return asked if found.is_new else _card(session, desk, asked)
    return asked


def _card(session: Session, desk: Desk, asked: Asked) -> Asked:
    """What is known of them, before anything is asked; with -q that is not said."""
    from cxdesk.views.picks import card_lines

    assert asked.found is not None
    if asked.found.customer is not None and not session.quiet:
        card = answers.card(session.read(), asked.found.customer.id, session.now)
        for line in card_lines(card, desk.hours, session.now):
            prompts.say(line)
    return asked


# About what, how --------------------------------------------------------------------------------


def _about(session: Session, desk: Desk, asked: Asked) -> Asked:
    """Is it about what is open of theirs?"""
    found = asked.found
    if asked.on or asked.apart or found is None:
        return asked
    if found.number is not None:
        number = inquiry_of_number(session.read(), str(found.number))
        return asked if number is None else asked._replace(on=str(number))
    if found.customer is None:
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


def _text(session: Session, desk: Desk) -> str:
    """What was said; with markers that can be read."""
    while True:
        text = prompts.labelled("What was it?")
        try:
            marked = read_markers(text, session.now, desk.hours)
            channels.including(desk, marked.via)
        except (CxdeskError, ValueError) as error:
            prompts.say_wrong(error)
            continue
        if marked.text:
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
            prompts.say_wrong(error)
            continue
        return name


# By when ----------------------------------------------------------------------------------------


def _told_when(session: Session, desk: Desk, asked: Asked, marked: Marked) -> str | None:
    """What they were told, if anything; Enter leaves it to the policy."""
    if asked.on is not None and _reply_stands(session, asked.on):
        return None
    hint = f"[{_policy(session, desk, asked, marked)}]"
    while True:
        said = prompts.labelled("Told them when?", hint)
        if not said:
            return None
        if said.lower() in ("none", "no", "-"):
            return "none"
        try:
            arguments.when(said, desk, session.now)
        except ValueError as error:
            prompts.say_wrong(error)
            continue
        return said


def _reply_stands(session: Session, number: str) -> bool:
    thread = inquiries.thread(session.read(), int(number))
    return thread is not None and reply_owed(thread) is not None


def _policy(session: Session, desk: Desk, asked: Asked, marked: Marked) -> str:
    from cxdesk.views import words

    via = asked.via or marked.via
    grown = channels.including(desk, via)
    name = channels.channel_named(grown, via or _channel_of(session, asked.on) or "phone")
    said_at = marked.at.at if marked.at else arguments.happened(asked.at, desk, session.now)
    allowance = read_allowance(next(c.policy for c in grown.channels if c.name == name))
    due = due_at(said_at, allowance, desk.hours)
    assert due is not None  # nothing pauses it
    told = f"{words.moment(due, desk.hours, session.now)}, your {allowance.words}"
    return told + _advice(session, desk, name)


def _channel_of(session: Session, number: str | None) -> str | None:
    inquiry = None if number is None else inquiries.by_number(session.read(), int(number))
    return None if inquiry is None else inquiry.channel


def _advice(session: Session, desk: Desk, channel: str) -> str:
    """What the owner's own history says could be promised 19 times of 20."""
    from cxdesk.desk import reports

    known = reports.advice(session.read(), desk, session.now, channel)
    safe = known[0].at_95 if known else None
    if safe is None or known[0].policy == safe:
        return ""
    return f"; {safe} is kept 19 times of 20"
