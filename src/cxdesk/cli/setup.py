"""init, demo."""

from __future__ import annotations

import os
import sys
from typing import Annotated, Any

import typer

from cxdesk.cli import places
from cxdesk.errors import RefusedError
from cxdesk.store import database
from cxdesk.store.settings import load_desk

app = typer.Typer()

DEMO_ZONE = "Europe/London"
# A weekend with its calls and mails, up to the Monday morning that is shown.
DEMO_PAST = """
2026-11-16T10:00 customer add "Kim & Sons" --email kim@example.com --stage prospect
2026-11-18T11:30 log "Ann Lee" "Where is my invoice?" --via email --phone "020 7946 0999"
2026-11-18T15:10 reply ann "Attached, sorry for the wait." --solved
2026-11-19T09:40 log "Kim & Sons" "Is the quote for oak or ash?" --via email
2026-11-20T09:20 log "Bob Ray" "Lost a key" --phone "020 7946 0123" --by "sat noon" --what "send it"
2026-11-20T14:00 log ann "Invoice shows VAT twice" --apart --mood bad
2026-11-22T18:30 log bob "Has the key left yet?" --on bob
"""
DEMO_MORNING = "2026-11-23T09:05"
DEMO_STEPS = """
log "Dana Reyes" "Does the oak shelf come in 90 cm?" --phone "020 7946 0311" --by "tue noon"
due
reply ann "One VAT line too many; the new invoice is on its way." --solved
remind --dry-run
"""


@app.command("init")
def init(
    ctx: typer.Context,
    zone: Annotated[
        str | None, typer.Option(help="Your time zone (the system's).", metavar="ZONE")
    ] = None,
) -> Any:
    """Make the desk before the first log; nobody has to."""
    from cxdesk.desk import hours
    from cxdesk.views.reports import TextView

    session = ctx.obj
    if database.exists(session.path):
        raise RefusedError(f"There is a desk already: {places.shown(session.path)}.", "cxdesk due")
    link = session.write(make=True)
    if zone is None:
        session.keep()
    else:
        with session.deed(link, "init") as d:
            hours.set_zone(d, zone)
            load_desk(link)
    session.begun(load_desk(link))
    return TextView([], {"did": "init", "path": session.path})


@app.command("demo")
def demo(
    ctx: typer.Context,
    keep: Annotated[
        str | None, typer.Option(help="Keep the demo's desk there.", metavar="DIR")
    ] = None,
) -> Any:
    """A made-up morning in a temporary place; touches nothing of yours."""
    import tempfile

    if keep is not None:
        if os.path.exists(os.path.join(keep, "desk.db")):
            raise RefusedError(f"There is a desk in {keep} already.", "Name an empty folder.")
        return _play(os.path.abspath(keep), kept=True)
    with tempfile.TemporaryDirectory(prefix="cxdesk-demo-") as folder:
        return _play(folder, kept=False)


def _play(folder: str, *, kept: bool) -> int:
    """Run the demo's command lines as anybody would type them."""
    before = dict(os.environ)
    for name in ("CXDESK_DESK", "NO_COLOR"):
        os.environ.pop(name, None)
    os.environ.update({"CXDESK_HOME": folder, "TZ": DEMO_ZONE})
    try:
        for dated in DEMO_PAST.strip().splitlines():
            at, line = dated.split(" ", 1)
            _run(at, line, quiet=True)
        _say("Monday 23 November, five past nine. A cabinet maker's desk, after a weekend.")
        for line in DEMO_STEPS.strip().splitlines():
            _say(f"\n$ cxdesk {line}")
            _run(DEMO_MORNING, line)
        _say(_what_next(folder if kept else None))
    finally:
        os.environ.clear()
        os.environ.update(before)
    return 0


def _run(at: str, line: str, *, quiet: bool = False) -> None:
    import shlex

    from cxdesk.__main__ import main

    os.environ["CXDESK_NOW"] = f"{at}:00+00:00"
    code = main([*shlex.split(line), *(["-q"] if quiet else [])])
    if code:
        raise RefusedError(f"The demo stopped at: cxdesk {line}", "Please report this.")


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _what_next(folder: str | None) -> str:
    if folder is None:
        return (
            "\nThat desk is gone again. Yours begins with the first call you note:\n"
            '  cxdesk log "Dana Reyes" "Does the shelf come in 90 cm?"\n'
            "To play with the made-up one: cxdesk demo --keep DIR"
        )
    return (
        f"\nThe desk is kept in {folder}. Play with it:\n"
        f"  CXDESK_HOME={folder} CXDESK_NOW={DEMO_MORNING}:00+00:00 cxdesk due"
    )
