"""report promises."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.cli import arguments
from cxdesk.desk import reports
from cxdesk.store.settings import load_desk

app = typer.Typer(help="Figures, not feelings.")

Since = Annotated[str | None, typer.Option(help="Since when (this month).", metavar="WHEN")]


@app.command("report")
def bare(ctx: typer.Context, since: Since = None) -> Any:
    """Every report there is."""
    return promises(ctx, since)


@app.command("promises")
def promises(ctx: typer.Context, since: Since = None) -> Any:
    """How promises went: kept, late, overdue, by channel."""
    from cxdesk.views.reports import PromiseReportView

    session = ctx.obj
    link = session.read()
    desk = load_desk(link)
    start = arguments.month_begin(desk, session.now)
    if since is not None:
        start = arguments.since(since, desk, session.now)
    return PromiseReportView(reports.promises(link, start, session.now), desk.hours, session.now)
