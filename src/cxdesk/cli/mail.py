"""mail outbox, mail resolve, mail test."""

from __future__ import annotations

from typing import Annotated, Any, Optional

import typer

from cxdesk.cli import places
from cxdesk.desk import outbox as deeds
from cxdesk.errors import UsageError
from cxdesk.store import outbox
from cxdesk.views.outbox import MailView, OutboxView

app = typer.Typer(help="Mail that goes out.")


@app.command("outbox")
def show_outbox(ctx: typer.Context) -> Any:
    """What was sent, what waits, what is uncertain."""
    return OutboxView(outbox.every(ctx.obj.read()))


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
    mail = deeds.resolve(session.write(), number, session.now, sent=sent)
    said = "taken as sent." if sent else "goes out with the next run: cxdesk remind"
    return MailView("resolve", mail, f"Mail {number}: {said}")


@app.command("test")
def send_test(
    ctx: typer.Context,
    to: Annotated[
        Optional[str], typer.Option(help="To whom, if not [remind] to.", metavar="ADDRESS")
    ] = None,
) -> Any:
    """Send yourself a mail, to see that it arrives."""
    from cxdesk.cli.courier import configuration  # loads ssl
    from cxdesk.cli.testing import send_test_mail

    sent = send_test_mail(ctx.obj, configuration(places.config_path(), to), to)
    return MailView("test", sent, f"Sent to {sent.recipient}. Has it arrived?")
