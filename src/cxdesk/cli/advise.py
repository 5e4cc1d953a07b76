"""advise."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.desk import reports
from cxdesk.desk.channels import channel_named
from cxdesk.store.settings import load_desk

app = typer.Typer()


@app.command("advise")
def advise(
    ctx: typer.Context,
    channel: Annotated[str | None, typer.Argument(metavar="[CHANNEL]")] = None,
) -> Any:
    """What may safely be promised, from your own history."""
    from cxdesk.views.reports import AdviceView

    session = ctx.obj
    link = session.read()
    desk = load_desk(link)
    name = None if channel is None else channel_named(desk, channel)
    return AdviceView(reports.advice(link, desk, session.now, name))
