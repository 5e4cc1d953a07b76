"""when."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.cli import arguments
from cxdesk.store.settings import load_desk

app = typer.Typer()


@app.command("when")
def when(
    ctx: typer.Context,
    phrase: Annotated[list[str], typer.Argument(metavar="PHRASE", help="fri noon, 2bd, 12 dec")],
    start: Annotated[
        str | None, typer.Option("--from", help="Counted from then.", metavar="WHEN")
    ] = None,
    past: Annotated[bool, typer.Option("--past", help="Of what has been.")] = False,
) -> Any:
    """How a phrase is read, with the working."""
    from cxdesk.views.reports import WhenView

    session = ctx.obj
    desk = load_desk(session.read())
    now = session.now
    if start is not None:
        now = arguments.either_way(start, desk, now)
    return WhenView(arguments.when(" ".join(phrase), desk, now, past=past), desk.hours, now)
