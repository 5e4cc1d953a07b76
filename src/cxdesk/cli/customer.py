"""customer add, edit, list, show, tag, merge."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.cli import arguments
from cxdesk.desk import answers, channels, customers, followups, merging
from cxdesk.desk.customers import Card
from cxdesk.desk.people import find
from cxdesk.domain.customers import SOMEONE, STAGES
from cxdesk.errors import NotFoundError, RefusedError, UsageError
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
Drop = Annotated[Many, typer.Option(help="One less, as it is written.", metavar="VALUE")]
Stage = Annotated[str | None, typer.Option(help=", ".join(STAGES))]
Text = Annotated[str | None, typer.Option()]
Of = Annotated[
    str | None, typer.Option("--of", help="The company they belong to.", metavar="COMPANY|none")
]
From = Annotated[
    str | None, typer.Option("--from", help="Who sent them to you.", metavar="WHO|none")
]
Yes = Annotated[bool, typer.Option("--yes", help="Do not ask.")]
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


def _with_others(link: Any, card: Card, of: str | None, come_from: str | None) -> Card:
    return card._replace(company=_other(link, of), referrer=_other(link, come_from))


def _other(link: Any, who: str | None) -> Any:
    if who is None:
        return None
    return find(link, SOMEONE if who.lower() == "none" else who, may_make=False)


def _known(link: Any, who: str) -> Any:
    customer = find(link, who, may_make=False).customer
    if customer is None:
        raise NotFoundError("Someone unknown has no card.", "cxdesk customer list")
    return customer


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
    of: Of = None,
    come_from: From = None,
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
        card = _with_others(link, customers.checked(card, desk), of, come_from)
        customers.write(d, made, card)
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
    of: Of = None,
    come_from: From = None,
    drop_email: Drop = None,
    drop_phone: Drop = None,
) -> Any:
    """Change a card, add to it, or take an address off it."""
    session = ctx.obj
    card = _card(
        name=name, stage=stage, prefers=prefers, address=address, heard=heard, consent=consent,
        email=email, phone=phone, alias=alias, likes=likes, needs=needs, tag=tag, fact=fact,
    )  # fmt: skip
    link = session.write()
    desk = load_desk(link)
    with session.deed(link, "customer edit") as d:
        customer = _known(link, who)
        desk = channels.make_named(d, desk, card.prefers)
        card = _with_others(link, customers.checked(card, desk), of, come_from)
        customers.drop_points(d, customer, "email", drop_email or ())
        customers.drop_points(d, customer, "phone", drop_phone or ())
        customers.write(d, customer, card)
        customers.let_mail_go(d, customer, card)
        return session.changed(answers.change(d), desk, d)


@app.command("tag")
def tag_(
    ctx: typer.Context,
    who: Who,
    tags: Annotated[Many, typer.Argument(metavar="[TAG...]", help="Interests, as tags.")] = None,
    remove: Annotated[
        Many, typer.Option("--remove", help="One less; may be repeated.", metavar="TAG")
    ] = None,
) -> Any:
    """What they are interested in: a tag more, or one less."""
    session = ctx.obj
    link = session.write()
    desk = load_desk(link)
    with session.deed(link, "customer tag") as d:
        found = find(link, who, tags or (), may_make=False)
        if found.customer is None:
            raise NotFoundError("Someone unknown has no card.", "cxdesk customer list")
        if not found.rest and not remove:
            raise UsageError("Which tag?", f"cxdesk customer tag {found.customer.handle} oak")
        customers.tag(d, found.customer, found.rest, remove or ())
        return session.changed(answers.change(d), desk, d)


@app.command("merge")
def merge(
    ctx: typer.Context,
    who: Who,
    into: Annotated[str, typer.Argument(metavar="INTO", help="Whose card it all goes on.")],
    dry: Annotated[bool, typer.Option("-n", "--dry-run", help="Only say what would be.")] = False,
    yes: Yes = False,
) -> Any:
    """Two cards of one customer become one; the older handle stays, the other is an alias."""
    from cxdesk.views import merging as views

    session = ctx.obj
    link = session.read()
    plan = merging.planned(link, _known(link, who), _known(link, into))
    if dry:
        return views.MergePlanView(plan)
    session.close()
    _agree(session, views.plan_text(plan), "Merge them?", yes=yes, said="Nothing was merged.")
    link = session.write()
    desk = load_desk(link)
    with session.deed(link, "customer merge") as d:
        done = merging.merge(d, _known(link, who), _known(link, into))
        return views.MergedView(answers.change(d), desk, done)


def _agree(session: Any, told: str, question: str, *, yes: bool, said: str) -> None:
    """Ask before much is changed; without a terminal --yes must have said it."""
    if yes:
        return
    if not session.may_ask:
        raise UsageError(told, "Add --yes to do it.")
    from cxdesk.cli import prompts

    prompts.say(told)
    if not prompts.yes(question, default=False):
        raise RefusedError(said, "cxdesk customer list")


@app.command("list")
def list_(
    ctx: typer.Context,
    stage: Stage = None,
    tag: Annotated[Many, typer.Option("--tag", "--interest", help="With this tag.")] = None,
    consent: Annotated[bool, typer.Option("--consent", help="Who may be written to.")] = False,
    silent: Annotated[
        str | None,
        typer.Option("--quiet", help="Nobody heard of the other for so long.", metavar="SPAN"),
    ] = None,
    follow: Annotated[
        tuple[str, str] | None,
        typer.Option(help="A follow-up for each of them.", metavar="WHEN TEXT"),
    ] = None,
    yes: Yes = False,
) -> Any:
    """Everybody, by handle."""
    from cxdesk.views.lists import CustomersView

    session = ctx.obj
    if stage is not None:
        _check_stage(stage)

    def listed(link: Any) -> list[Any]:
        since = None if silent is None else arguments.ago(silent, load_desk(link), session.now)
        return answers.cards(
            link, session.now, stage=stage, tags=tag or (), consent=consent, quiet_since=since
        )

    link = session.read()
    cards = listed(link)
    if follow is not None and cards:
        return _follow(session, listed, follow, len(cards), yes=yes)
    return CustomersView(cards, load_desk(link).hours, session.now)


def _follow(session: Any, listed: Any, follow: tuple[str, str], count: int, *, yes: bool) -> Any:
    """A follow-up for each who is listed; how many that are is said before it is done."""
    from cxdesk.views.words import counted

    phrase, what = follow
    arguments.when(phrase, load_desk(session.read()), session.now)
    what = arguments.text([what])
    session.close()
    told = f"{counted(count, 'customer')}, a follow-up each ({phrase}): {what}"
    _agree(session, told, "Make them?", yes=yes, said="Nothing was planned.")
    link = session.write()
    desk = load_desk(link)
    with session.deed(link, "follow") as d:
        when = arguments.spoken(arguments.when(phrase, desk, session.now))
        owners = [card.customer for card in listed(link)]
        followups.follow_each(d, desk, owners, when, what)
        return session.changed(answers.change(d), desk, d)


@app.command("show")
def show(ctx: typer.Context, who: Who) -> Any:
    """A card with its history, as `cxdesk show` gives it."""
    from cxdesk.cli.show import show as show_

    return show_(ctx, who)
