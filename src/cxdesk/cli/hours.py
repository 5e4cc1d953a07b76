"""hours show, set, close, open, away, holidays, zone."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Annotated, Any

import typer

from cxdesk.cli import arguments
from cxdesk.desk import answers, hours
from cxdesk.domain.records import Promise
from cxdesk.errors import RefusedError, UsageError
from cxdesk.store import settings
from cxdesk.store.settings import load_desk

app = typer.Typer(help="When you are open, and in which time zone.")

MOST_YEARS = 20
_TO = ("to", "until", "till")

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
    first, last, reason = _dates(words, load_desk(session.write(make=True)), session.now)
    return _changed(session, redate, lambda d: hours.close(d, first, last, reason))


def _dates(words: list[str], desk: Any, now: Any) -> tuple[date, date, str]:
    """`DATE [to DATE] [REASON]`; a "to" that has no date before it is of the reason."""
    parts = " ".join(words).split()
    at = next((place for place, part in enumerate(parts) if part.lower() in _TO), 0)
    if at:
        first, over = arguments.date_and_text(parts[:at], desk, now)
        if not over:
            last, rest = arguments.date_and_text(parts[at + 1 :], desk, now)
            return first, last, " ".join(rest)
    first, rest = arguments.date_and_text(parts, desk, now)
    return first, first, " ".join(rest)


@app.command("open")
def open_(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="DATE INTERVALS", help="sat 10:00-14:00")],
    redate: Redate = False,
) -> Any:
    """The hours of one date, whatever its weekday has."""
    session = ctx.obj
    parts = " ".join(words).split()
    times = [part for part in parts if ":" in part and "-" in part]
    said = [part for part in parts if part not in times]
    day, rest = arguments.date_and_text(said, load_desk(session.write(make=True)), session.now)
    if rest:
        raise UsageError(
            f"{' '.join(rest)} is neither a date nor hours.", "cxdesk hours open sat 10:00-14:00"
        )
    return _changed(session, redate, lambda d: hours.open_on(d, day, times))


@app.command("away")
def away(
    ctx: typer.Context,
    words: Annotated[
        list[str], typer.Argument(metavar="DATE to DATE [REASON]", help="7 dec to 11 dec fair")
    ],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    redate: Redate = False,
) -> Any:
    """Closed from one date to another; lists the promises that would break first, and asks."""
    session = ctx.obj
    link = session.read()
    desk = load_desk(link)
    first, last, reason = _dates(words, desk, session.now)
    if last < first:
        raise UsageError(f"{first} to {last} is no span of dates.", "Write the earlier date first.")
    broken = [
        (promise, answers.owner(link, promise))
        for promise in hours.broken_by(link, desk, first, last)
    ]
    if broken and not yes:
        _ask(session, desk, broken)
    return _changed(
        session, redate, lambda d: hours.close(d, first, last, reason or "away"), broken
    )


def _ask(session: Any, desk: Any, broken: list[tuple[Promise, str]]) -> None:
    """Before the desk is opened to be written: an answer may take its time."""
    from cxdesk.views.hours import broken_line

    listed = [broken_line(*one, desk.hours, session.now) for one in broken]
    if not session.may_ask:
        raise UsageError(
            f"Away then, you would not keep: {'; '.join(listed)}.",
            "Tell them first (cxdesk move THING WHEN --told), or add --yes.",
        )
    from cxdesk.cli import prompts

    session.on_interrupt = "Nothing was closed."
    prompts.say("Away then, you would not keep:")
    for line in listed:
        prompts.say(f"  {line}")
    if not prompts.yes("Close these dates all the same?", default=False):
        raise RefusedError("Nothing was closed.", "Tell them first: cxdesk move THING WHEN --told")


@app.command("holidays")
def holidays(
    ctx: typer.Context,
    region: Annotated[str, typer.Argument(metavar="REGION", help="GB-ENG, DE-BY, FR")],
    years: Annotated[str, typer.Argument(metavar="YEARS", help="2026, or 2026-2028")],
    redate: Redate = False,
) -> Any:
    """Public holidays as closed dates; needs the extra holidays."""
    from cxdesk.formats.public_holidays import public_holidays

    days = public_holidays(region, _years(years))
    return _changed(ctx.obj, redate, lambda d: hours.close_each(d, days))


def _years(text: str) -> range:
    first, _, last = text.partition("-")
    ends = [first, last or first]
    if not all(end.isascii() and end.isdigit() and len(end) == 4 for end in ends):
        raise UsageError(f"{text} names no years.", "Write 2026, or 2026-2028.")
    span = range(int(first), int(last or first) + 1)
    if not 0 < len(span) <= MOST_YEARS:
        raise UsageError(
            f"{text} is no span of years.", f"At most {MOST_YEARS}, the earlier first: 2026-2028."
        )
    return span


@app.command("zone")
def zone(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="ZONE", help="Europe/London")],
    redate: Redate = False,
) -> Any:
    """The time zone you work in."""
    return _changed(ctx.obj, redate, lambda d: hours.set_zone(d, name))


def _changed(
    session: Any, redate: bool, change: Any, broken: Sequence[tuple[Promise, str]] = ()
) -> Any:
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
    return _view(session, link, moved, redate=redate, did="hours", broken=broken)


def _view(
    session: Any,
    link: Any,
    moved: Any,
    *,
    redate: bool = False,
    did: str | None = None,
    broken: Sequence[tuple[Promise, str]] = (),
) -> Any:
    from cxdesk.views.hours import HoursView

    desk = load_desk(link)
    special = link.all(settings.SPECIAL_DAYS)
    named = [(promise, due, answers.owner(link, promise)) for promise, due in moved]
    return HoursView(
        desk.hours, special, session.now, moved=named, redated=redate, did=did, broken=broken
    )
