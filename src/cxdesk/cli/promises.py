"""promise, follow."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.cli import arguments
from cxdesk.desk import answers, channels, followups, promises
from cxdesk.desk.people import find, quoted
from cxdesk.errors import UsageError
from cxdesk.store import things
from cxdesk.store.settings import load_desk

app = typer.Typer()

Who = Annotated[str, typer.Argument(metavar="WHO|NUMBER", help="A name, or an inquiry.")]
When = Annotated[list[str], typer.Argument(metavar="WHEN [WHAT]", help="fri noon, 2bd, 12 dec")]
New = Annotated[bool, typer.Option("--new", help="Make a new customer.")]


@app.command("promise")
def promise(ctx: typer.Context, who: Who, when: When, new: New = False) -> Any:
    """A promise as you spoke it."""
    session = ctx.obj
    piped = arguments.piped(when)
    link = session.write(make=True)
    desk = load_desk(link)
    with session.deed(link, "promise") as d:
        found = find(link, who, when, may_make=True, new=new, loose=True)
        at, rest = arguments.when_and_text(found.rest, desk, session.now)
        quoted(found, rest)
        what = arguments.text(rest, piped) or None
        number = _inquiry_number(link, found.number)
        if number is None:
            what = what or "what we agreed"
        promises.promise(d, desk, found, number, arguments.spoken(at, what))
        view = session.changed(answers.change(d), desk, d)
    session.begun(desk)
    return view


@app.command("follow")
def follow(
    ctx: typer.Context,
    who: Who,
    when: When,
    every: Annotated[
        str | None, typer.Option(help="Again: 2 weeks, mon and thu, 4w.", metavar="RULE")
    ] = None,
    after_done: Annotated[
        str | None, typer.Option(help="Again, counted from the doing.", metavar="RULE")
    ] = None,
    via: Annotated[str | None, typer.Option(help="The channel.", metavar="CHANNEL")] = None,
    send: Annotated[
        bool, typer.Option("--send", help="Your words go by mail, by themselves.")
    ] = False,
    new: New = False,
) -> Any:
    """Our own initiative: get in touch before they have to."""
    session = ctx.obj
    if every is not None and after_done is not None:
        raise UsageError("--every and --after-done exclude each other.", "Keep one of them.")
    piped = arguments.piped(when)
    link = session.write(make=True)
    desk = load_desk(link)
    with session.deed(link, "follow") as d:
        found = find(link, who, when, may_make=True, new=new, loose=True)
        at, rest = arguments.when_and_text(found.rest, desk, session.now)
        quoted(found, rest)
        what = arguments.text(rest, piped)
        if send and not what:
            raise UsageError("What is the mail to say?", 'Write it: "Did the shelf arrive well?"')
        desk = channels.make_named(d, desk, via)
        followups.follow(
            d,
            desk,
            found,
            _inquiry_number(link, found.number),
            arguments.spoken(at),
            what=what,
            every=every or after_done,
            after_done=after_done is not None,
            via=None if via is None else channels.channel_named(desk, via),
            by_mail=send,
        )
        view = session.changed(answers.change(d), desk, d)
    session.begun(desk)
    return view


def _inquiry_number(link: Any, number: int | None) -> int | None:
    """The inquiry a desk number leads to; None for a task of a customer alone."""
    if number is None:
        return None
    found = things.thing(link, number)
    return getattr(found, "inquiry_number", number)
