"""channel list, add, set, say."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.desk import channels
from cxdesk.errors import UsageError
from cxdesk.store import rounds
from cxdesk.store.settings import load_desk

app = typer.Typer(help="The ways in, and how soon each is answered.")


@app.command("list")
def list_(ctx: typer.Context) -> Any:
    """Every channel with its policy, and when it is looked at."""
    return _shown(ctx.obj, ctx.obj.read())


@app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="One word: telegram")],
    kind: Annotated[
        str | None,
        typer.Option(
            help="phone, email, web, chat, social, visit, post or review.", metavar="KIND"
        ),
    ] = None,
    policy: Annotated[
        str | None, typer.Option(help="How soon: 4bh, 2bd (the kind's).", metavar="POLICY")
    ] = None,
) -> Any:
    """A new way in."""
    session = ctx.obj
    link = session.write(make=True)
    with session.deed(link, "channel add") as d:
        channels.add(d, load_desk(link), name, kind, policy)
    return _shown(session, link, "channel add")


@app.command("set")
def set_(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CHANNEL")],
    policy: Annotated[
        str | None,
        typer.Option(help="How soon: 4bh (business hours), 2bd (business days).", metavar="POLICY"),
    ] = None,
    look: Annotated[
        str | None,
        typer.Option(help="When you look in: 'weekdays 9:00, 16:00', none.", metavar="RULE"),
    ] = None,
    test: Annotated[
        str | None,
        typer.Option(help="When you test it: 'every month', none.", metavar="RULE"),
    ] = None,
) -> Any:
    """How soon you answer on a channel, and when you look in; what is promised already stays."""
    if policy is look is test is None:
        raise UsageError("Nothing is to be set.", f"cxdesk channel set {name} --policy 2bd")
    session = ctx.obj
    link = session.write(make=True)
    with session.deed(link, "channel set") as d:
        desk = channels.make_named(d, load_desk(link), name)
        channels.set_up(d, desk, name, policy=policy, look=look, test=test)
    return _shown(session, link, "channel set")


@app.command("say")
def say(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(metavar="[CHANNEL]")] = None,
) -> Any:
    """The sentence for voicemail, signature and site."""
    from cxdesk.views.channels import SayView

    return SayView(channels.named(load_desk(ctx.obj.read()), name))


def _shown(session: Any, link: Any, did: str | None = None) -> Any:
    from cxdesk.views.channels import ChannelsView

    desk = load_desk(link)
    session.begun(desk)
    return ChannelsView(desk.channels, did, rounds.every(link), desk.hours, session.now)
