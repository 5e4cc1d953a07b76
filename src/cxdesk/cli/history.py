"""undo, redo."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.desk import history
from cxdesk.store import history as deeds
from cxdesk.store.settings import load_desk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cxdesk.domain.records import Deed
    from cxdesk.store.database import Link

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
    whose = _whose(link, undone)
    return UndoView(undone, load_desk(link).hours, session.now, mailed=warnings, whose=whose)


@app.command("redo")
def redo(ctx: typer.Context) -> Any:
    """Do again what was undone last."""
    from cxdesk.views.reports import UndoView

    link, warnings = ctx.obj.write(), list[str]()
    redone = history.redo(link, warnings)
    hours, whose = load_desk(link).hours, _whose(link, redone)
    return UndoView(redone, hours, ctx.obj.now, redo=True, mailed=warnings, whose=whose)


def _whose(link: Link, deed: Deed) -> tuple[int, str | None] | None:
    """The inquiry that a reply was on, and its customer's name; of other deeds nothing is said."""
    return deeds.inquiry_of(link, deed) if deed.name == "reply" else None
