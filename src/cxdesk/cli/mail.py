"""mail import, fetch, quarantine, attachments, save; mail outbox, resolve, test."""

from __future__ import annotations

from typing import Annotated, Any, Optional

import typer

from cxdesk.cli import places
from cxdesk.desk import outbox as deeds
from cxdesk.errors import UsageError
from cxdesk.store import outbox
from cxdesk.store.settings import load_desk
from cxdesk.views.outbox import MailView, OutboxView

app = typer.Typer(help="Mail that comes in, and mail that goes out.")

Inquiry = Annotated[str, typer.Argument(metavar="NUMBER", help="An inquiry, or a name.")]
DryRun = Annotated[bool, typer.Option("-n", "--dry-run", help="Say what would happen.")]


@app.command("import")
def import_mail(
    ctx: typer.Context,
    paths: Annotated[
        list[str], typer.Argument(metavar="PATH...|-", help="Mails, mboxes, Maildirs, folders.")
    ],
    dry_run: DryRun = False,
) -> Any:
    """Take mail in from files, or one mail from a mail server (-)."""
    from cxdesk.cli import postman  # loads the reader

    session = ctx.obj
    if paths == ["-"]:
        view = postman.import_one(session, dry_run=dry_run)
        return postman.show_if_possible(session, view)
    if "-" in paths:
        raise UsageError("- is one mail from a pipe, and goes alone.", "cxdesk mail import -")
    return postman.import_files(session, paths, dry_run=dry_run)


@app.command("fetch")
def fetch_mail(
    ctx: typer.Context,
    accounts: Annotated[
        Optional[list[str]],
        typer.Argument(metavar="[ACCOUNT...]", help="As in [mail.in.ACCOUNT]; all of them."),
    ] = None,
    since: Annotated[
        Optional[str], typer.Option(help="From when on: WHEN, or all.", metavar="WHEN|all")
    ] = None,
    dry_run: DryRun = False,
) -> Any:
    """Read your mailboxes: what came in, what you sent elsewhere."""
    from cxdesk.cli.fetching import fetch  # loads ssl

    return fetch(ctx.obj, accounts or (), since, dry_run=dry_run)


@app.command("quarantine")
def quarantine(
    ctx: typer.Context,
    what: Annotated[str, typer.Argument(metavar="[list|show|retry|drop]")] = "list",
    numbers: Annotated[
        Optional[list[str]],
        typer.Argument(metavar="[NUMBER...|all]", help="As listed; drop: all of them."),
    ] = None,
    raw: Annotated[bool, typer.Option("--raw", help="show: the bytes as they came.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="drop: do not ask.")] = False,
) -> Any:
    """Mail that could not be read: listed, shown, read again, dropped."""
    from cxdesk.cli import quarantine as cases

    chosen = numbers or []
    if what == "retry":
        return cases.retry(ctx.obj, cases.numbers_in(chosen))
    if what == "show" and len(chosen) == 1:
        return cases.show(ctx.obj, *cases.numbers_in(chosen), raw=raw)
    if what == "drop" and chosen:
        return cases.drop(ctx.obj, chosen, yes=yes)
    if what == "list" and not chosen:
        return cases.listed(ctx.obj)
    raise UsageError(
        f"mail quarantine {' '.join([what, *chosen])} is not understood.",
        "cxdesk mail quarantine   or   show NUMBER   or   retry [NUMBER...]   or   drop NUMBER...",
    )


@app.command("attachments")
def attachments(ctx: typer.Context, number: Inquiry) -> Any:
    """What is attached to the mails of an inquiry."""
    from cxdesk.cli import attached
    from cxdesk.views.received import AttachmentsView

    session = ctx.obj
    link = session.read()
    inquiry = attached.inquiry_named(link, number, session.now)
    listed = attached.told(link, inquiry)
    return AttachmentsView(inquiry, listed, load_desk(link).hours, session.now)


@app.command("save")
def save(
    ctx: typer.Context,
    number: Inquiry,
    which: Annotated[
        Optional[str],
        typer.Argument(metavar="[NAME|POSITION]", help="From: cxdesk mail attachments NUMBER"),
    ] = None,
    to: Annotated[
        Optional[str], typer.Option(help="Where to; here if not said.", metavar="FOLDER|FILE|-")
    ] = None,
    every: Annotated[bool, typer.Option("--all", help="All of them, into a folder.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Write over what is there.")] = False,
) -> Any:
    """Save an attachment as a file of yours."""
    from cxdesk.cli import attached
    from cxdesk.store import received
    from cxdesk.views.received import SavedView

    session = ctx.obj
    if every and which is not None:
        raise UsageError("--all takes no name.", f"cxdesk mail save {number} --all")
    link = session.read()
    inquiry = attached.inquiry_named(link, number, session.now)
    hanging = received.hanging_on_inquiry(link, inquiry)
    if every and hanging:
        return SavedView(inquiry, attached.save_all(session, link, hanging, to, yes=yes))
    one = attached.chosen(hanging, inquiry, which)
    if to == attached.STDOUT:
        attached.pour_one(session, link, one)
        return None
    return SavedView(inquiry, [attached.save_one(session, link, one, to, yes=yes)])


@app.command("outbox")
def show_outbox(ctx: typer.Context) -> Any:
    """What was sent, what waits, what is uncertain."""
    link = ctx.obj.read()
    return OutboxView(outbox.every(link), load_desk(link).hours, ctx.obj.now)


@app.command("resolve")
def resolve(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="NUMBER", help="From: cxdesk mail outbox")],
    sent: Annotated[bool, typer.Option("--sent", help="It has arrived.")] = False,
    resend: Annotated[bool, typer.Option("--resend", help="It has not: send it again.")] = False,
) -> Any:
    """Your word on a mail that may or may not have arrived."""
    session = ctx.obj
    if sent == resend:
        raise UsageError(
            "Has it arrived, or is it to be sent again?",
            f"cxdesk mail resolve {number} --sent   or   --resend",
        )
    link = session.write()
    mail = deeds.resolve(link, number, session.now, sent=sent)
    said = "taken as sent." if sent else "goes out with the next run: cxdesk remind"
    return MailView("resolve", mail, f"Mail {number}: {said}", load_desk(link).hours)


@app.command("test")
def try_out(
    ctx: typer.Context,
    account: Annotated[
        Optional[str],
        typer.Argument(metavar="[ACCOUNT]", help="Of the mailboxes this one alone, and to it."),
    ] = None,
    to: Annotated[
        Optional[str], typer.Option(help="To whom, if not [remind] to.", metavar="ADDRESS")
    ] = None,
) -> Any:
    """Try your servers, send yourself a mail, and look whether it arrives."""
    from cxdesk.cli import testing  # loads ssl

    return testing.try_out(ctx.obj, places.config_path(), account, to)
