"""go: one thing at a time, each with what is known and one key."""

from __future__ import annotations

from typing import Any

import typer

from cxdesk.cli import arguments, keys, prompts
from cxdesk.desk import answers, contacts, tasks
from cxdesk.desk.agenda import due
from cxdesk.desk.contacts import Contact
from cxdesk.domain.records import FollowUp, Item, Promise
from cxdesk.errors import CxdeskError, RefusedError, UsageError
from cxdesk.store import things
from cxdesk.store.settings import load_desk

app = typer.Typer()

HELP = "[r]eply [c]alled, no answer [s]olved [d]one [m]ove [w]ait [x] drop [n]ext [q]uit"


@app.command("go")
def go(ctx: typer.Context) -> Any:
    """One thing at a time: the card, the last message, one key."""
    session = ctx.obj
    if not session.may_ask:
        raise UsageError("go needs a terminal to ask on.", "cxdesk due")
    session.on_interrupt = "Stopped; what you did so far is kept."
    seen: set[int | None] = set()
    while (item := _next(session, seen)) is not None:
        seen.add(item.number)
        if not _one(session, item):
            return None
    prompts.say("Nobody is waiting for you." if not seen else "That was everything.")
    return None


def _next(session: Any, seen: set[int | None]) -> Item | None:
    """The first thing due that was not shown yet, as the desk is now."""
    link = session.read()
    agenda = due(link, load_desk(link), session.now)
    return next((item for item in agenda.items if item.number not in seen), None)


def _one(session: Any, item: Item) -> bool:
    """Show one and do what its key says; False to leave off."""
    from cxdesk.views.go import ItemView

    link = session.read()
    desk = load_desk(link)
    last = answers.last_said(link, item)
    session.show(ItemView(item, last, desk, session.now))
    while True:
        prompts.hint(HELP)
        pressed = keys.key()
        prompts.say(pressed)
        if pressed == "q":
            return False
        if pressed in ("n", "\n", " "):
            return True
        if pressed in DEEDS and _tried(session, item, pressed):
            return True


def _tried(session: Any, item: Item, pressed: str) -> bool:
    """Do it; a refusal is said, and the same thing asked again."""
    try:
        view = DEEDS[pressed](session, item)
    except (CxdeskError, ValueError) as error:
        prompts.say(str(error))
        remedy = getattr(error, "remedy", "")
        if remedy:
            prompts.say(remedy)
        return False
    session.close()
    session.show(view)
    return True


def _reply(session: Any, item: Item) -> Any:
    said = prompts.labelled("You said?")
    return _contact(session, item, "reply", text=said)


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
    number = _inquiry(item)
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
    phrase = prompts.labelled("To when?")
    told = prompts.yes("Told them?", default=True) if item.kind == "promise" else None
    link = session.write()
    desk = load_desk(link)
    to = arguments.spoken(arguments.when(phrase, desk, session.now))
    with session.deed(link, "move") as d:
        tasks.move(d, _task(link, item), to, told=told)
        return session.changed(answers.change(d), desk, d)


def _drop(session: Any, item: Item) -> Any:
    link = session.write()
    desk = load_desk(link)
    with session.deed(link, "drop") as d:
        tasks.drop(d, desk, [_task(link, item)])
        return session.changed(answers.change(d), desk, d)


def _task(link: Any, item: Item) -> Promise | FollowUp:
    assert item.number is not None  # what is due has a number
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
