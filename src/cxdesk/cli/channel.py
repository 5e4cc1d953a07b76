"""channel list, set."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.desk import channels
from cxdesk.store.settings import load_desk

app = typer.Typer(help="The ways in, and how soon each is answered.")


@app.command("list")
def list_(ctx: typer.Context) -> Any:
    """Every channel with its policy."""
    from cxdesk.views.lists import ChannelsView

    return ChannelsView(load_desk(ctx.obj.read()).channels)


@app.command("set")
def set_(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="CHANNEL")],
    policy: Annotated[
        str, typer.Option(help="How soon: 4bh (business hours), 2bd (business days).")
    ],
) -> Any:
    """How soon you answer on a channel; what is promised already stays as it is."""
    from cxdesk.views.lists import ChannelsView

    session = ctx.obj
    link = session.write(make=True)
    with session.deed(link, "channel set") as d:
        channels.set_policy(d, channels.make_named(d, load_desk(link), name), name, policy)
    desk = load_desk(link)
    session.begun(desk)
    return ChannelsView(desk.channels, "channel set")
