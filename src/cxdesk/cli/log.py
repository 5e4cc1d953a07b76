"""log: from the command line, or in a conversation."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.cli import arguments
from cxdesk.cli.asked import Asked
from cxdesk.cli.contacts import (
    At,
    By,
    Chase,
    Edit,
    Mood,
    Solved,
    Via,
    Wait,
    What,
    Words,
    mood_named,
)
from cxdesk.desk import answers, channels, contacts
from cxdesk.desk.contacts import Contact
from cxdesk.desk.people import find
from cxdesk.desk.things import inquiry_meant
from cxdesk.domain.markers import read_markers
from cxdesk.domain.news import read_span
from cxdesk.errors import UsageError
from cxdesk.store.settings import load_desk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from cxdesk.desk.people import Found
    from cxdesk.domain.markers import Marked
    from cxdesk.domain.phrases import When
    from cxdesk.domain.records import Desk, Owed
    from cxdesk.store.database import Link

app = typer.Typer()


@app.command("log")
def log(
    ctx: typer.Context,
    who: Annotated[
        str | None, typer.Argument(metavar="WHO", help="A name, a number, an address.")
    ] = None,
    words: Words = None,
    on: Annotated[
        str | None, typer.Option(help="A message on that inquiry.", metavar="THING")
    ] = None,
    apart: Annotated[bool, typer.Option("--apart", help="A new inquiry, unasked.")] = False,
    via: Via = None,
    at: At = None,
    by: By = None,
    what: What = None,
    follow: Annotated[
        str | None, typer.Option(help="A follow-up of our own.", metavar="WHEN")
    ] = None,
    need: Annotated[
        str | None, typer.Option(help="The customer's own date.", metavar="WHEN")
    ] = None,
    news: Annotated[
        str | None, typer.Option(help="News to them this often, until closed.", metavar="SPAN")
    ] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag; may be repeated.")] = None,
    mood: Mood = None,
    stars: Annotated[
        int | None, typer.Option(min=1, max=5, help="Of a review.", metavar="1-5")
    ] = None,
    heard: Annotated[
        str | None, typer.Option(help="How they heard of you.", metavar="TEXT")
    ] = None,
    email: Annotated[str | None, typer.Option(help="Their address.")] = None,
    phone: Annotated[str | None, typer.Option(help="Their number.")] = None,
    key: Annotated[str | None, typer.Option(help="Again with the same key: nothing new.")] = None,
    out: Annotated[bool, typer.Option("--out", help="We went to them.")] = False,
    missed: Annotated[bool, typer.Option("--missed", help="It did not reach.")] = False,
    answered: Annotated[bool, typer.Option("--answered", help="Answered on the spot.")] = False,
    solved: Solved = False,
    wait: Wait = False,
    chase: Chase = None,
    new: Annotated[bool, typer.Option("--new", help="Make a new customer.")] = False,
    edit: Edit = False,
) -> Any:
    """Somebody said something: note it, and what you promised."""
    end = arguments.one_of(
        missed=missed, answered=answered, solved=solved, wait=wait or chase is not None
    )
    asked = Asked(
        who=who, words=tuple(words or ()), on=on, apart=apart, via=via, at=at, by=by, what=what,
        follow=follow, need=need, news=news, tags=tuple(tag or ()), mood=mood_named(mood),
        stars=stars, heard=heard, email=email, phone=phone, key=key, out=out, end=end,
        chase=chase, new=new, edit=edit,
    )  # fmt: skip
    _check_kind(asked, by)
    session = ctx.obj
    if session.may_ask:
        return _converse(session, asked)
    if who is None:
        raise UsageError("Who was it?", 'cxdesk log "Dana Reyes" "what was said"')
    return _noted(session, asked)


def _converse(session: Any, given: Asked) -> Any:
    """Ask for what is missing, note it, and go on with the next for a bare `log`."""
    from cxdesk.cli import conversation, prompts

    session.on_interrupt = "Nothing was noted."
    view = _asked(session, conversation.complete(session, given))
    while given.who is None:
        session.close()
        session.show(view)
        session.on_interrupt = "Nothing more was noted."
        session.notes, view = [], None
        who = prompts.labelled("Anyone else?", "(Enter: no)")
        if not who:
            break
        view = _asked(session, conversation.complete(session, given._replace(who=who)))
    return view


def _asked(session: Any, asked: Asked) -> Any:
    """Note what the conversation gathered; who is new was said in it."""
    view = _noted(session, asked)
    session.on_interrupt = "Stopped; it was noted."
    view.says_new = False
    return view


def _noted(session: Any, asked: Asked) -> Any:
    """Write it down, in one deed."""
    link = session.write(make=True)
    desk = load_desk(link)
    asked = _with_text(link, asked)
    with session.deed(link, "log", asked.key) as d:
        found = asked.found or _found(link, asked)
        said = found.rest if asked.found is None else asked.words
        marked = read_markers(arguments.text(said), session.now, desk.hours)
        _check_kind(asked, asked.by or (marked.by and marked.by.said))
        desk = channels.make_named(d, desk, asked.via or marked.via)
        on = _on(link, asked, found.number, session.now)
        contact = _contact(asked, marked, on, desk, session.now)
        contacts.warn_of_open(d, found, contact, apart=asked.apart)
        contacts.log(d, desk, found, contact)
        view = session.changed(answers.change(d), desk, d)
    session.begun(desk)
    return view


def _contact(asked: Asked, marked: Marked, on: int | None, desk: Desk, now: datetime) -> Contact:
    """What was asked as the desk takes it; a marker in the text goes before an option."""
    return Contact(
        at=marked.at.at if marked.at else arguments.happened(asked.at, desk, now),
        text=marked.text,
        out=asked.out,
        end=asked.end,
        via=asked.via or marked.via,
        on=on,
        owed=arguments.spoken(marked.by, asked.what)
        if marked.by
        else arguments.owed(asked.by, asked.what, desk, now),
        chase=arguments.chase(asked.chase, desk, now),
        follow=_spoken(asked.follow, marked.follow, desk, now),
        news=None if asked.news is None else read_span(asked.news),
        need_at=marked.need.at if marked.need else _instant(asked.need, desk, now),
        tags=(*asked.tags, *marked.tags),
        mood=asked.mood,
        stars=asked.stars,
        heard=asked.heard,
        email=asked.email,
        phone=asked.phone,
    )


def _found(link: Link, asked: Asked) -> Found:
    return find(link, asked.who or "", asked.words, may_make=True, new=asked.new)


def _with_text(link: Link, asked: Asked) -> Asked:
    """The text from the editor or stdin: the desk is never held open over either."""
    if not asked.edit and asked.words[-1:] != ("-",):
        return asked
    said = _found(link, asked).rest if asked.found is None else asked.words
    text = arguments.edited(said) if asked.edit else arguments.piped(said) or ""
    return asked._replace(words=(*asked.words[: len(asked.words) - len(said)], text))


def _check_kind(asked: Asked, by: str | None) -> None:
    if asked.out and asked.end in ("answered", "solved"):
        raise UsageError(f"--out does not go with --{asked.end}.", "Keep one of them.")
    if by is not None and asked.end in ("wait", "solved"):
        raise UsageError(f"--by does not go with --{asked.end}.", "Keep one of them.")


def _on(link: Link, asked: Asked, number: int | None, now: datetime) -> int | None:
    """The inquiry that the message belongs to: --on, or a desk number given as WHO."""
    if asked.on is not None:
        return inquiry_meant(link, asked.on, (), now, verb="log")[0].number
    if number is not None and not asked.apart:
        return inquiry_meant(link, str(number), (), now, verb="log")[0].number
    return None


def _spoken(phrase: str | None, marked: When | None, desk: Desk, now: datetime) -> Owed | None:
    if marked is not None:
        return arguments.spoken(marked)
    return None if phrase is None else arguments.spoken(arguments.when(phrase, desk, now))


def _instant(phrase: str | None, desk: Desk, now: datetime) -> datetime | None:
    return None if phrase is None else arguments.when(phrase, desk, now).at
