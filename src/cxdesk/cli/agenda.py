"""due."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.cli import arguments, everyday
from cxdesk.desk.people import find
from cxdesk.domain.agenda import day_end
from cxdesk.errors import NotFoundError
from cxdesk.store import agenda
from cxdesk.store.settings import load_desk

app = typer.Typer()

LATE = 10


@app.command("due")
def due(
    ctx: typer.Context,
    who: Annotated[str | None, typer.Argument(metavar="[WHO]", help="Only theirs.")] = None,
    within: Annotated[
        str | None, typer.Option(help="How far ahead (7 days).", metavar="SPAN")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="No horizon; what waits, is quiet, has no date.")
    ] = False,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is late.")] = False,
    count: Annotated[bool, typer.Option("--count", help="Late and today: one number.")] = False,
    exit_code: Annotated[
        bool, typer.Option("--exit-code", help="Exit 10 when a promise is late.")
    ] = False,
) -> Any:
    """What is owed: late, today, the next seven days."""
    session = ctx.obj
    if count:
        view: Any = everyday.count(session)
    else:
        link = session.read()
        desk = load_desk(link)
        handle = None
        if who is not None:
            found = find(link, who, may_make=False)
            if found.customer is None:
                raise NotFoundError("Someone unknown has no name to list.", "cxdesk due")
            handle = found.customer.handle
        until = None
        if within is not None:
            ahead = arguments.when(within, desk, session.now).at
            until = day_end(desk.hours.local(ahead).date(), desk)
        view = everyday.due(
            session,
            handle=handle,
            until=until,
            everything=everything,
            overdue=overdue,
        )
    if exit_code and agenda.promises_late(session.read(), session.now):
        session.exit_code = LATE
    return view
