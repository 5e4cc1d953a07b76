"""undo, redo."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.desk import history
from cxdesk.store import history as deeds
from cxdesk.store.settings import load_desk

app = typer.Typer()

LISTED = 20


@app.command("undo")
def undo(
    ctx: typer.Context,
    listing: Annotated[bool, typer.Option("--list", help="The last deeds.")] = False,
) -> Any:
    """Take back the last deed, whole."""
    session = ctx.obj
    if listing:
        from cxdesk.views.lists import DeedsView

        link = session.read()
        return DeedsView(deeds.recent(link, LISTED), load_desk(link).hours, session.now)
    from cxdesk.views.reports import UndoView

    link = session.write()
    return UndoView(history.undo(link), load_desk(link).hours, session.now)


@app.command("redo")
def redo(ctx: typer.Context) -> Any:
    """Do again what was undone last."""
    from cxdesk.views.reports import UndoView

    link = ctx.obj.write()
    return UndoView(history.redo(link), load_desk(link).hours, ctx.obj.now, redo=True)
