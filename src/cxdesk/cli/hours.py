"""hours show, set, close, zone."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.cli import arguments
from cxdesk.desk import answers, hours
from cxdesk.errors import UsageError
from cxdesk.store import settings
from cxdesk.store.settings import load_desk

app = typer.Typer(help="When you are open, and in which time zone.")

Redate = Annotated[
    bool, typer.Option("--redate", help="Change the dates of open policy promises too.")
]


@app.command("hours")
def bare(ctx: typer.Context) -> Any:
    """The whole week, and what is closed."""
    return show(ctx)


@app.command("show")
def show(ctx: typer.Context) -> Any:
    """The whole week, and what is closed."""
    return _view(ctx.obj, ctx.obj.read(), [])


@app.command("set")
def set_(
    ctx: typer.Context,
    days: Annotated[str, typer.Argument(metavar="DAYS", help="mon-fri, sat, mon,wed")],
    times: Annotated[
        list[str], typer.Argument(metavar="HOURS...", help="09:00-12:30 13:30-17:00, or closed")
    ],
    redate: Redate = False,
) -> Any:
    """The opening hours of some weekdays."""
    return _changed(ctx.obj, redate, lambda d: hours.set_week(d, days, times))


@app.command("close")
def close(
    ctx: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="DATE [to DATE] REASON", help="25 dec to 28 dec Xmas")
    ],
    redate: Redate = False,
) -> Any:
    """Closed on a date, or on all from one to another."""
    session = ctx.obj
    desk = load_desk(session.write(make=True))
    first, rest = arguments.date_and_text(words, desk, session.now)
    last = first
    if rest and rest[0].lower() in ("to", "until", "till"):
        last, rest = arguments.date_and_text(rest[1:], desk, session.now)
    return _changed(session, redate, lambda d: hours.close(d, first, last, " ".join(rest)))


@app.command("zone")
def zone(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ZONE", help="Europe/London")],
    redate: Redate = False,
) -> Any:
    """The time zone you work in."""
    return _changed(ctx.obj, redate, lambda d: hours.set_zone(d, name))


def _changed(session: Any, redate: bool, change: Any) -> Any:
    link = session.write(make=True)
    with session.deed(link, "hours") as d:
        change(d)
        try:
            desk = load_desk(link)
        except ValueError as error:
            raise UsageError(str(error), "cxdesk hours set mon-fri 09:00-17:00") from error
        moved = hours.redatable(link, desk)
        if redate:
            hours.redate(d, moved)
    session.begun(desk)
    return _view(session, link, moved, redate=redate, did="hours")


def _view(
    session: Any, link: Any, moved: Any, *, redate: bool = False, did: str | None = None
) -> Any:
    from cxdesk.views.lists import HoursView

    desk = load_desk(link)
    special = link.all(settings.SPECIAL_DAYS)
    named = [(promise, due, answers.owner(link, promise)) for promise, due in moved]
    return HoursView(desk.hours, special, session.now, moved=named, redated=redate, did=did)
