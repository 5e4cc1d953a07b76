"""go: one thing at a time, each with what is known and one key."""

from __future__ import annotations

from typing import Any

import typer

from cxdesk.cli import arguments, prompts
from cxdesk.desk import answers, contacts, rounds, tasks
from cxdesk.desk.agenda import due
from cxdesk.desk.contacts import Contact
from cxdesk.domain.records import FollowUp, Item, Promise, Rounds
from cxdesk.domain.threads import reply_owed
from cxdesk.errors import CxdeskError, RefusedError, UsageError
from cxdesk.store import customers, inquiries, things
from cxdesk.store.settings import load_desk

app = typer.Typer()

HELP = "[r]eply [c]alled, no answer [s]olved [d]one [m]ove [w]ait [x] drop [n]ext [q]uit [?]"
MEANING = """\
  r  you answered: what was owed is kept
  c  you called and nobody answered; it stays owed
  s  the customer says it is settled: closed
  d  you did it, or made the follow-up
  m  later, or sooner
  w  you wait for them now; with your answer where one is owed
  x  no longer owed
  n  the next one (Enter and the space bar too); nothing is changed
  q  leave off"""


@app.command("go")
def go(ctx: typer.Context) -> Any:
    """One thing at a time: the card, the last message, one key."""
    session = ctx.obj
    if not session.may_ask:
        raise UsageError("go needs a terminal to ask on.", "cxdesk due")
    session.on_interrupt = "Nothing was noted."
    seen: set[tuple[str, str]] = set()
    while (item := _next(session, seen)) is not None:
        seen.add(_key(item))
        if not _one(session, item):
            return None
    prompts.say("That was everything." if seen else "Nobody is waiting for you.")
    return None


def _next(session: Any, seen: set[tuple[str, str]]) -> Item | None:
    """The first thing due that was not shown yet, as the desk is now."""
    link = session.read()
    agenda = due(link, load_desk(link), session.now)
    return next((item for item in agenda.items if _key(item) not in seen), None)


def _key(item: Item) -> tuple[str, str]:
    """What makes an item the one it is: a promise its number, a round its channel."""
    return item.kind, str(item.number or item.ref)


def _one(session: Any, item: Item) -> bool:
    """Show one and do what its key says; False to leave off."""
    _show(session, item)
    while True:
        pressed = prompts.press(HELP)
        if pressed == "q":
            return False
        if pressed in ("n", "\n", "\r", " "):
            return True
        if pressed not in DEEDS:
            prompts.say(MEANING)
        elif _tried(session, item, pressed):
            return True


def _show(session: Any, item: Item) -> None:
    from cxdesk.views.go import ItemView

    link = session.read()
    desk = load_desk(link)
    owner = None if item.handle is None else customers.by_handle(link, item.handle)
    card = None if owner is None else answers.card(link, owner.id, session.now)
    session.show(ItemView(item, card, answers.last_said(link, item), desk, session.now))


def _tried(session: Any, item: Item, pressed: str) -> bool:
    """Do it; a refusal is said, and the same thing asked again."""
    try:
        view = DEEDS[pressed](session, item)
    except (CxdeskError, ValueError) as error:
        prompts.say_wrong(error)
        return False
    session.close()
    session.on_interrupt = "Stopped; what you did so far is kept."
    session.show(view)
    return True


def _reply(session: Any, item: Item, end: str | None = None) -> Any:
    _inquiry(item)
    said = prompts.labelled("You said?", "(Enter: no words)")
    return _contact(session, item, "reply", text=said, end=end)


def _no_answer(session: Any, item: Item) -> Any:
    return _contact(session, item, "reply", end="missed", via="phone")


def _contact(session: Any, item: Item, did: str, **said: Any) -> Any:
    number = _inquiry(item)
    link = session.write()
    desk = load_desk(link)
    with session.deed(link, did) as d:
        contacts.reply(d, desk, number, Contact(session.now, out=True, **said))
        return session.changed(answers.change(d), desk, d)


def _solved(session: Any, item: Item) -> Any:
    number = _inquiry(item)
    words = prompts.labelled("Their words?", "(Enter: none)")
    link = session.write()
    desk = load_desk(link)
    with session.deed(link, "solved") as d:
        contacts.solved(d, desk, number, words=words)
        return session.changed(answers.change(d), desk, d)


def _wait(session: Any, item: Item) -> Any:
    """Where a reply is owed it cannot wait: what was said keeps it, and then it does."""
    number = _inquiry(item)
    thread = inquiries.thread(session.read(), number)
    if thread is not None and reply_owed(thread) is not None:
        return _reply(session, item, end="wait")
    link = session.write()
    desk = load_desk(link)
    with session.deed(link, "wait") as d:
        contacts.wait(d, desk, number, None)
        return session.changed(answers.change(d), desk, d)


def _done(session: Any, item: Item) -> Any:
    link = session.write()
    desk = load_desk(link)
    with session.deed(link, "done") as d:
        tasks.done(d, desk, [_task(link, item)], Contact(session.now))
        return session.changed(answers.change(d), desk, d)


def _move(session: Any, item: Item) -> Any:
    phrase = _when(session)
    told = prompts.yes("Told them?", default=True) if item.kind == "promise" else None
    link = session.write()
    desk = load_desk(link)
    to = arguments.spoken(arguments.when(phrase, desk, session.now))
    with session.deed(link, "move") as d:
        tasks.move(d, _task(link, item), to, told=told)
        return session.changed(answers.change(d), desk, d)


def _when(session: Any) -> str:
    while True:
        phrase = prompts.labelled("To when?", "[tomorrow]", "tomorrow")
        try:
            arguments.when(phrase, load_desk(session.read()), session.now)
        except ValueError as error:
            prompts.say_wrong(error)
            continue
        return phrase


def _drop(session: Any, item: Item) -> Any:
    link = session.write()
    desk = load_desk(link)
    with session.deed(link, "drop") as d:
        tasks.drop(d, desk, [_task(link, item)])
        return session.changed(answers.change(d), desk, d)


def _task(link: Any, item: Item) -> Promise | FollowUp | Rounds:
    looked_at = rounds.meant(link, item.ref) if item.kind == "round" else None
    if looked_at is not None:
        return looked_at
    if item.number is None:
        raise RefusedError("This has no number.", f"cxdesk done {item.ref}")
    found = things.promise(link, item.number) or things.follow_up(link, item.number)
    assert found is not None
    return found


def _inquiry(item: Item) -> int:
    if item.inquiry is None:
        raise RefusedError("This belongs to no inquiry.", "d when it is done, m to move it.")
    return item.inquiry


DEEDS = {
    "r": _reply,
    "c": _no_answer,
    "s": _solved,
    "d": _done,
    "m": _move,
    "w": _wait,
    "x": _drop,
}
