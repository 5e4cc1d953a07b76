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

    link, warnings = session.write(), list[str]()
    undone = history.undo(link, warnings)
    return UndoView(undone, load_desk(link).hours, session.now, mailed=warnings)


@app.command("redo")
def redo(ctx: typer.Context) -> Any:
    """Do again what was undone last."""
    from cxdesk.views.reports import UndoView

    link, warnings = ctx.obj.write(), list[str]()
    redone = history.redo(link, warnings)
    return UndoView(redone, load_desk(link).hours, ctx.obj.now, redo=True, mailed=warnings)
