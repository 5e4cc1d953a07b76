"""done, move, drop."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.cli import arguments
from cxdesk.desk import answers, channels, tasks, things
from cxdesk.desk.contacts import Contact
from cxdesk.domain.records import Inquiry, Promise
from cxdesk.errors import RefusedError, UsageError
from cxdesk.store.settings import load_desk

app = typer.Typer()

Things = Annotated[list[str], typer.Argument(metavar="THING...", help="Numbers, or names.")]
Why = Annotated[str, typer.Option(help="Why, as a note.", metavar="TEXT")]


@app.command("done")
def done(
    ctx: typer.Context,
    thing: Things,
    note: Annotated[str, typer.Option(help="A note of our own.", metavar="TEXT")] = "",
    at: Annotated[str | None, typer.Option(help="When it was, if not now.", metavar="WHEN")] = None,
    via: Annotated[str | None, typer.Option(help="The channel.", metavar="CHANNEL")] = None,
) -> Any:
    """You did it: a promise kept, a follow-up made, a channel looked at."""
    session = ctx.obj
    link = session.write()
    desk = load_desk(link)
    with session.deed(link, "done") as d:
        found = things.each(thing, lambda one: things.doable(link, one, (), session.now)[0])
        at_ = arguments.happened(at, desk, session.now)
        desk = channels.make_named(d, desk, via)
        tasks.done(d, desk, found, Contact(at_, note=note, via=via))
        return session.changed(answers.change(d), desk, d)


@app.command("move")
def move(
    ctx: typer.Context,
    thing: Annotated[str, typer.Argument(metavar="THING", help="A number, or a name.")],
    when: Annotated[list[str], typer.Argument(metavar="WHEN", help="The new time.")],
    told: Annotated[
        bool | None,
        typer.Option("--told/--not-told", help="Was the customer told?", show_default=False),
    ] = None,
    why: Why = "",
) -> Any:
    """Later, or sooner."""
    session = ctx.obj
    if told is None and session.may_ask:
        told = _told(session, thing, when)
    link = session.write()
    desk = load_desk(link)
    task, rest = things.doable(link, thing, when, session.now)
    to, over = arguments.when_and_text(rest, desk, session.now)
    if over:
        raise UsageError(f"{' '.join(over)} is no part of a time.", "Quote the whole: 'fri noon'.")
    with session.deed(link, "move") as d:
        tasks.move(d, task, arguments.spoken(to), told=told, why=why)
        return session.changed(answers.change(d), desk, d)


def _told(session: Any, thing: str, when: list[str]) -> bool | None:
    """Of a promise it must be known; asked before the desk is opened to be written."""
    from cxdesk.cli import prompts

    link = session.read()
    task, rest = things.doable(link, thing, when, session.now)
    arguments.when_and_text(rest, load_desk(link), session.now)
    if not isinstance(task, Promise):
        return None
    session.on_interrupt = "Nothing was noted."
    return prompts.yes("Told them?", default=True)


@app.command("drop")
def drop(
    ctx: typer.Context,
    thing: Things,
    series: Annotated[bool, typer.Option("--series", help="The whole series.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    why: Why = "",
) -> Any:
    """No longer owed: an inquiry closed, a promise released, a follow-up given up, a round
    skipped."""
    session = ctx.obj
    if not yes:
        _confirm(session, thing)
    link = session.write()
    desk = load_desk(link)
    found = things.each(thing, lambda one: things.droppable(link, one, session.now))
    with session.deed(link, "drop") as d:
        tasks.drop(d, desk, found, series=series, why=why)
        return session.changed(answers.change(d), desk, d)


def _confirm(session: Any, thing: list[str]) -> None:
    """Ask about what still owes something, before the desk is opened to be written."""
    link = session.read()
    for one in things.each(thing, lambda typed: things.droppable(link, typed, session.now)):
        if isinstance(one, Inquiry) and (owed := things.open_promises(link, one)):
            _ask(session, one.number, owed)


def _ask(session: Any, number: int, owed: list[Promise]) -> None:
    listed = ", ".join(things.told(promise) for promise in owed)
    if not session.may_ask:
        raise UsageError(f"Inquiry {number} still owes: {listed}.", f"cxdesk drop {number} --yes")
    from cxdesk.cli import prompts

    session.on_interrupt = "Nothing was noted."
    if not prompts.yes(f"{number} still owes: {listed}. Drop it all the same?", default=False):
        raise RefusedError("Nothing was dropped.", "cxdesk due")
