"""backup, restore, doctor."""

from __future__ import annotations

from contextlib import suppress
from typing import Annotated, Any

import typer

from cxdesk.cli import config, places, prompts
from cxdesk.desk import doctor as checks
from cxdesk.desk import keeping
from cxdesk.errors import RefusedError, UnusableError, UsageError
from cxdesk.store import database
from cxdesk.store.backup import examine

app = typer.Typer()

TO_DO = 1


@app.command("backup")
def backup(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="Where the copy is put.")],
) -> Any:
    """A whole, checked copy of the desk, in one file."""
    from cxdesk.views.reports import TextView

    session = ctx.obj
    if not database.exists(session.path):
        raise RefusedError("There is no desk yet to back up.", "cxdesk log   makes one.")
    prompts.heed_sigterm()
    session.read()  # an older one is upgraded first
    session.close()
    made = keeping.back_up(session.path, file, session.now)
    if not made.is_noted:
        session.notes.append("The desk cannot be written, so it does not know of this backup.")
    told = {"did": "backup", "path": made.path, "size": made.size}
    line = f"Backed up to {places.shown(made.path)}, and checked."
    return TextView([line], told, is_deed=True)


@app.command("restore")
def restore(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="FILE", help="A backup.")],
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", "-n", help="Look the backup over, and change nothing.")
    ] = False,
) -> Any:
    """Put a backup in the desk's place; the desk as it is is kept aside."""
    from cxdesk.views.keeping import RestoreView, contents

    session = ctx.obj
    found = examine(file)
    if dry_run:
        return RestoreView(file, *found.holds, aside=None, dry_run=True)
    if not yes and database.exists(session.path):
        _ask(session, file, contents(file, *found.holds))
    prompts.heed_sigterm()
    done = keeping.restore(file, session.path, session.now)
    return RestoreView(done.copy, *done.holds, aside=done.aside)


def _ask(session: Any, file: str, told: str) -> None:
    if not session.may_ask:
        raise UsageError(
            f"To restore {file} puts it in the desk's place.", f"cxdesk restore {file} --yes"
        )
    if not prompts.yes(f"{told}.\nPut it in the desk's place?", default=False):
        raise RefusedError("Nothing was changed.")


@app.command("doctor")
def doctor(ctx: typer.Context) -> Any:
    """Is all well? What is not, with what to type."""
    from cxdesk.views.keeping import DoctorView

    session = ctx.obj
    with suppress(UnusableError):  # that is among what is told
        session.read()  # an older one is upgraded first
    session.close()
    session.notes.clear()
    found = checks.examine(session.path, session.now, config.accounts()) + config.checks()
    session.exit_code = 0 if all(check.ok for check in found) else TO_DO
    return DoctorView(found)
