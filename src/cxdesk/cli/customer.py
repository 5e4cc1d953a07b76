"""customer add, edit, list, show."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.desk import answers, channels, customers
from cxdesk.desk.customers import Card
from cxdesk.desk.people import find
from cxdesk.domain.customers import STAGES
from cxdesk.errors import NotFoundError, UsageError
from cxdesk.store.settings import load_desk

app = typer.Typer(help="Customers: who they are, and what is known of them.")

Many = list[str] | None
Who = Annotated[str, typer.Argument(metavar="WHO", help="A name, a number, an address.")]
Email = Annotated[Many, typer.Option(help="An address; may be repeated.")]
Phone = Annotated[Many, typer.Option(help="A number; may be repeated.")]
Alias = Annotated[Many, typer.Option(help="Another name for them.")]
Likes = Annotated[Many, typer.Option(help="What they like.")]
Needs = Annotated[Many, typer.Option(help="What they need.")]
Tags = Annotated[Many, typer.Option("--tag", "--interest", help="An interest, as a tag.")]
Facts = Annotated[Many, typer.Option(help="Anything else.", metavar="KEY=VALUE")]
Stage = Annotated[str | None, typer.Option(help=", ".join(STAGES))]
Text = Annotated[str | None, typer.Option()]
Consent = Annotated[bool | None, typer.Option("--consent/--no-consent", help="May be written to.")]


def _card(
    *,
    stage: str | None,
    prefers: str | None,
    address: str | None,
    heard: str | None,
    consent: bool | None,
    email: list[str] | None,
    phone: list[str] | None,
    alias: list[str] | None,
    likes: list[str] | None,
    needs: list[str] | None,
    tag: list[str] | None,
    fact: list[str] | None,
    name: str | None = None,
) -> Card:
    if stage is not None:
        _check_stage(stage)
    return Card(
        name=name,
        stage=stage,
        prefers=prefers,
        address=address,
        heard=heard,
        consent=consent,
        emails=tuple(email or ()),
        phones=tuple(phone or ()),
        aliases=tuple(alias or ()),
        likes=tuple(likes or ()),
        needs=tuple(needs or ()),
        tags=tuple(tag or ()),
        facts=tuple(_fact(one) for one in fact or ()),
    )


def _check_stage(stage: str) -> None:
    if stage not in STAGES:
        raise UsageError(f"{stage} is no stage.", f"Write one of: {', '.join(STAGES)}.")


def _fact(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not (equals and key.strip() and value.strip()):
        raise UsageError(f"{text} is no fact.", "Write it as KEY=VALUE: --fact size=XL")
    return key.strip(), value


@app.command("add")
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME")],
    stage: Stage = None,
    prefers: Text = None,
    address: Text = None,
    heard: Text = None,
    consent: Consent = None,
    email: Email = None,
    phone: Phone = None,
    alias: Alias = None,
    likes: Likes = None,
    needs: Needs = None,
    tag: Tags = None,
    fact: Facts = None,
) -> Any:
    """A new customer, known before they have said anything."""
    session = ctx.obj
    card = _card(
        stage=stage, prefers=prefers, address=address, heard=heard, consent=consent,
        email=email, phone=phone, alias=alias, likes=likes, needs=needs, tag=tag, fact=fact,
    )  # fmt: skip
    link = session.write(make=True)
    desk = load_desk(link)
    with session.deed(link, "customer add") as d:
        found = find(link, name, may_make=True, new=True)
        made = customers.make(d, found, session.now)
        desk = channels.make_named(d, desk, card.prefers)
        customers.write(d, made, customers.checked(card, desk))
        view = session.changed(answers.change(d), desk, d)
    session.begun(desk)
    return view


@app.command("edit")
def edit(
    ctx: typer.Context,
    who: Who,
    name: Text = None,
    stage: Stage = None,
    prefers: Text = None,
    address: Text = None,
    heard: Text = None,
    consent: Consent = None,
    email: Email = None,
    phone: Phone = None,
    alias: Alias = None,
    likes: Likes = None,
    needs: Needs = None,
    tag: Tags = None,
    fact: Facts = None,
) -> Any:
    """Change a card, or add to it."""
    session = ctx.obj
    card = _card(
        name=name, stage=stage, prefers=prefers, address=address, heard=heard, consent=consent,
        email=email, phone=phone, alias=alias, likes=likes, needs=needs, tag=tag, fact=fact,
    )  # fmt: skip
    link = session.write()
    desk = load_desk(link)
    with session.deed(link, "customer edit") as d:
        found = find(link, who, may_make=False)
        if found.customer is None:
            raise NotFoundError("Someone unknown has no card.", "cxdesk customer list")
        desk = channels.make_named(d, desk, card.prefers)
        customers.write(d, found.customer, customers.checked(card, desk))
        return session.changed(answers.change(d), desk, d)


@app.command("list")
def list_(
    ctx: typer.Context,
    stage: Stage = None,
    tag: Annotated[Many, typer.Option("--tag", "--interest", help="With this tag.")] = None,
    consent: Annotated[bool, typer.Option("--consent", help="Who may be written to.")] = False,
) -> Any:
    """Everybody, by handle."""
    from cxdesk.views.lists import CustomersView

    session = ctx.obj
    link = session.read()
    if stage is not None:
        _check_stage(stage)
    cards = answers.cards(link, session.now, stage=stage, tags=tag or (), consent=consent)
    return CustomersView(cards, load_desk(link).hours, session.now)


@app.command("show")
def show(ctx: typer.Context, who: Who) -> Any:
    """A card with its history, as `cxdesk show` gives it."""
    from cxdesk.cli.show import show as show_

    return show_(ctx, who)
