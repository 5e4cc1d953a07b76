"""show, search, inquiries."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.cli import arguments
from cxdesk.desk import answers, finding
from cxdesk.desk.channels import channel_named
from cxdesk.desk.people import find
from cxdesk.desk.things import inquiry_of_number
from cxdesk.errors import NotFoundError, UsageError
from cxdesk.store.settings import load_desk

app = typer.Typer()

STATUSES = ("open", "waiting", "answered", "closed")


@app.command("show")
def show(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(metavar="WHO|NUMBER", help="A name, or a number.")],
    explain: Annotated[
        bool, typer.Option("--explain", help="How each due instant was reached.")
    ] = False,
    full: Annotated[bool, typer.Option("--full", help="Whole texts, whole mails.")] = False,
    theirs: Annotated[
        bool, typer.Option("--theirs", help="What the customer lived through.")
    ] = False,
) -> Any:
    """All about someone, or one thing."""
    from cxdesk.views.show import CustomerView, InquiryView

    session = ctx.obj
    link = session.read()
    desk = load_desk(link)
    number = inquiry_of_number(link, who)
    if number is not None:
        history = answers.of_inquiry(link, number, session.now)
        workings = answers.workings(history.promises, desk) if explain else {}
        mails = answers.mails_of_inquiry(link, number, whole=full)
        view: Any = InquiryView(
            history, desk.hours, full=full, explain=explain, workings=workings, mails=mails
        )
        return _theirs(link, view, desk) if theirs else view
    found = find(link, who, may_make=False)
    if found.customer is None:
        raise NotFoundError("Someone unknown has no card.", "cxdesk inquiries")
    history = answers.of_customer(link, found.customer.id, session.now, alone=found.number)
    workings = answers.workings(history.promises, desk) if explain else {}
    mails = answers.mails_of_customer(link, found.customer.id, whole=full)
    view = CustomerView(
        history, desk.hours, full=full, explain=explain, workings=workings, mails=mails
    )
    return _theirs(link, view, desk) if theirs else view


def _theirs(link: Any, view: Any, desk: Any) -> Any:
    from cxdesk.views.theirs import TheirsView

    lived = answers.theirs(link, view.history.inquiries)
    return TheirsView(view, lived, desk.hours, view.now)


@app.command("search")
def search(
    ctx: typer.Context,
    words: Annotated[list[str], typer.Argument(metavar="WORDS", help="All of them must occur.")],
    kind: Annotated[
        str | None, typer.Option("--in", help="Only there.", metavar="inquiry|customer")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, max=10_000, help="How many.")] = 20,
) -> Any:
    """Find what was said, and who."""
    from cxdesk.views.lists import SearchView

    if kind is not None and kind not in finding.KINDS:
        raise UsageError(f"--in {kind}: no such kind.", f"Write {' or '.join(finding.KINDS)}.")
    session = ctx.obj
    link = session.read()
    hits = finding.search(link, " ".join(words), kind=kind, limit=limit)
    return SearchView(hits, load_desk(link).hours, session.now)


@app.command("inquiries")
def inquiries(
    ctx: typer.Context,
    status: Annotated[
        str | None, typer.Option(help="open, waiting, answered, closed", metavar="STATUS")
    ] = None,
    tag: Annotated[str | None, typer.Option(help="With this tag.")] = None,
    channel: Annotated[str | None, typer.Option(help="On this channel.")] = None,
    since: Annotated[str | None, typer.Option(help="Opened since.", metavar="WHEN")] = None,
    who: Annotated[str | None, typer.Option(help="Of this customer.", metavar="WHO")] = None,
) -> Any:
    """The list of inquiries, newest first."""
    from cxdesk.views.lists import InquiriesView

    if status is not None and status not in STATUSES:
        raise UsageError(f"{status} is no status.", f"Write one of: {', '.join(STATUSES)}.")
    session = ctx.obj
    link = session.read()
    desk = load_desk(link)
    customer = None if who is None else find(link, who, may_make=False).customer
    listed = finding.inquiries(
        link,
        session.now,
        status=status,
        tag=tag,
        channel=None if channel is None else channel_named(desk, channel),
        since=None if since is None else arguments.since(since, desk, session.now),
        customer=None if customer is None else customer.id,
        of_nobody=who is not None and customer is None,
    )
    return InquiriesView(listed, desk.hours, session.now)
