"""import conversations."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.desk import channels, intake
from cxdesk.errors import UsageError
from cxdesk.formats.conversations import read_conversations
from cxdesk.formats.tables import read_table
from cxdesk.store.settings import load_desk

app = typer.Typer(help="What you have elsewhere, brought in.")


@app.command("conversations")
def conversations(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A CSV file, one row a message.")],
    mapping: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="FIELD=COLUMN", help="id author direction at text reply_to"),
    ] = None,
    via: Annotated[str, typer.Option(help="The channel.", metavar="CHANNEL")] = "social",
    skip_bad: Annotated[
        bool, typer.Option("--skip-bad", help="Go on without the broken rows.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Say what would happen.")
    ] = False,
) -> Any:
    """Conversations: one row a message, answers linked by reply_to."""
    from cxdesk.views import words
    from cxdesk.views.reports import ImportView

    session = ctx.obj
    pairs = dict(_pair(one) for one in mapping or ())
    table = read_table(file)
    desk = load_desk(session.read())
    said, problems = read_conversations(table, pairs, desk.hours.zone, session.latest)
    shown = channels.including(desk, via)
    if problems and not skip_bad:
        raise intake.BrokenRowsError(len(table.rows) + len(table.problems), problems)
    if dry_run:
        taken = intake.seen_before(session.read(), said)
    else:
        with session.deed(session.write(make=True), "import") as d:
            taken = intake.conversations(d, channels.make_named(d, desk, via), said, via)
        session.begun(desk)
    return ImportView(
        taken.created,
        0,
        taken.unchanged,
        problems,
        under=[*intake.under(shown, said, via), *words.calendar(desk.hours, session.now)],
        dry_run=dry_run,
    )


def _pair(text: str) -> tuple[str, str]:
    field, equals, column = text.partition("=")
    if not equals:
        raise UsageError(f"--map {text} names no column.", "Write --map author=Column")
    return field.strip(), column.strip()
