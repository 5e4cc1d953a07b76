"""log, reply, solved, wait."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.cli import arguments
from cxdesk.cli.asked import Asked
from cxdesk.desk import answers, channels, contacts
from cxdesk.desk.contacts import Contact
from cxdesk.desk.people import find
from cxdesk.desk.things import inquiry_meant
from cxdesk.domain.markers import read_markers
from cxdesk.errors import UsageError
from cxdesk.store.settings import load_desk

app = typer.Typer()

Words = Annotated[list[str] | None, typer.Argument(metavar="[TEXT]", help="What was said.")]
Via = Annotated[str | None, typer.Option(help="The channel.", metavar="CHANNEL")]
At = Annotated[str | None, typer.Option(help="When it was, if not now.", metavar="WHEN")]
By = Annotated[str | None, typer.Option(help="What you promised.", metavar="WHEN|none")]
What = Annotated[str | None, typer.Option(help="What is promised by then.", metavar="TEXT")]
Wait = Annotated[bool, typer.Option("--wait", help="We now wait for them.")]
Chase = Annotated[
    str | None, typer.Option(help="When to ask again (default 3bd).", metavar="WHEN|none")
]
Solved = Annotated[bool, typer.Option("--solved", help="And they are content.")]
Mood = Annotated[str | None, typer.Option(help="How they were.", metavar="good|neutral|bad")]
Edit = Annotated[bool, typer.Option("--edit", help="Write the text in your editor.")]


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
    session = ctx.obj
    end = arguments.one_of(
        missed=missed, answered=answered, solved=solved, wait=wait or chase is not None
    )
    _check_kind(out, end, by)
    given = Asked(who, tuple(words or ()), on, apart, via, by, email, phone, new)

    def note(asked: Asked) -> Any:
        return _log(
            session, asked, end=end, out=out, at=at, what=what, follow=follow, need=need,
            tags=tag, mood=mood, stars=stars, heard=heard, key=key, chase=chase, edit=edit,
        )  # fmt: skip

    if not session.may_ask:
        if who is None:
            raise UsageError("Who was it?", 'cxdesk log "Dana Reyes" "what was said"')
        return note(given)
    return _converse(session, given, note, is_open=end is None and not out, edits=edit)


def _converse(session: Any, given: Asked, note: Any, *, is_open: bool, edits: bool) -> Any:
    """Ask for what is missing, note it, and go on with the next for a bare `log`."""
    from cxdesk.cli import conversation, prompts

    session.on_interrupt = "Nothing was noted."
    view = note(conversation.complete(session, given, is_open=is_open, edits=edits))
    while given.who is None:
        session.close()
        session.show(view)
        session.on_interrupt = "Nothing more was noted."
        session.notes, view = [], None
        who = prompts.labelled("Anyone else?", "(Enter: no)")
        if not who:
            break
        asked = given._replace(who=who)
        view = note(conversation.complete(session, asked, is_open=is_open, edits=edits))
    return view


def _log(
    session: Any,
    asked: Asked,
    *,
    end: str | None,
    out: bool,
    at: str | None,
    what: str | None,
    follow: str | None,
    need: str | None,
    tags: list[str] | None,
    mood: str | None,
    stars: int | None,
    heard: str | None,
    key: str | None,
    chase: str | None,
    edit: bool,
) -> Any:
    link = session.write(make=True)
    desk = load_desk(link)
    now = session.now
    asked = _with_text(link, asked, edit)
    with session.deed(link, "log", key) as d:
        found = asked.found or _found(link, asked)
        said = found.rest if asked.found is None else asked.words
        marked = read_markers(arguments.text(said), now, desk.hours)
        _check_kind(out, end, asked.by or (marked.by and marked.by.said))
        desk = channels.make_named(d, desk, asked.via or marked.via)
        contact = Contact(
            at=marked.at.at if marked.at else arguments.happened(at, desk, now),
            text=marked.text,
            out=out,
            end=end,
            via=asked.via or marked.via,
            on=_on(link, asked.on, found.number, now, asked.apart),
            owed=arguments.spoken(marked.by, what)
            if marked.by
            else arguments.owed(asked.by, what, desk, now),
            chase=arguments.chase(chase, desk, now),
            follow=_spoken(follow, marked.follow, desk, now),
            need_at=marked.need.at if marked.need else _instant(need, desk, now),
            tags=(*(tags or ()), *marked.tags),
            mood=_mood(mood),
            stars=stars,
            heard=heard,
            email=asked.email,
            phone=asked.phone,
        )
        contacts.warn_of_open(d, found, contact, apart=asked.apart)
        contacts.log(d, desk, found, contact)
        view = session.changed(answers.change(d), desk, d)
    session.begun(desk)
    return view


def _found(link: Any, asked: Asked) -> Any:
    return find(link, asked.who or "", asked.words, may_make=True, new=asked.new)


def _with_text(link: Any, asked: Asked, edit: bool) -> Asked:
    """The text from the editor or stdin: the desk is never held open over either."""
    said = _found(link, asked).rest if asked.found is None else asked.words
    if not edit and list(said) != ["-"]:
        return asked
    text = arguments.edited(said) if edit else arguments.piped(said) or ""
    return asked._replace(words=(*asked.words[: len(asked.words) - len(said)], text))


def _check_kind(out: bool, end: str | None, by: str | None) -> None:
    if out and end in ("answered", "solved"):
        raise UsageError(f"--out does not go with --{end}.", "Keep one of them.")
    if by is not None and end in ("wait", "solved"):
        raise UsageError(f"--by does not go with --{end}.", "Keep one of them.")


def _on(link: Any, on: str | None, number: int | None, now: Any, apart: bool) -> int | None:
    """The inquiry that the message belongs to: --on, or a desk number given as WHO."""
    if on is not None:
        return inquiry_meant(link, on, (), now, verb="log")[0].number
    if number is not None and not apart:
        return inquiry_meant(link, str(number), (), now, verb="log")[0].number
    return None


def _spoken(phrase: str | None, marked: Any, desk: Any, now: Any) -> Any:
    if marked is not None:
        return arguments.spoken(marked)
    return None if phrase is None else arguments.spoken(arguments.when(phrase, desk, now))


def _instant(phrase: str | None, desk: Any, now: Any) -> Any:
    return None if phrase is None else arguments.when(phrase, desk, now).at


def _mood(mood: str | None) -> str | None:
    if mood is not None and mood not in ("good", "neutral", "bad"):
        raise UsageError(f"{mood} is no mood.", "Write good, neutral or bad.")
    return mood


@app.command("reply")
def reply(
    ctx: typer.Context,
    thing: Annotated[str, typer.Argument(metavar="THING", help="A number, or a name.")],
    words: Words = None,
    via: Via = None,
    at: At = None,
    by: By = None,
    what: What = None,
    still_open: Annotated[bool, typer.Option("--open", help="Not the whole answer.")] = False,
    wait: Wait = False,
    chase: Chase = None,
    solved: Solved = False,
    missed: Annotated[bool, typer.Option("--missed", help="Tried, not reached.")] = False,
    mood: Mood = None,
    note: Annotated[str, typer.Option(help="A note of our own.", metavar="TEXT")] = "",
    edit: Edit = False,
) -> Any:
    """You answered: the reply that was owed is kept."""
    session = ctx.obj
    end = arguments.one_of(
        open=still_open, wait=wait or chase is not None, solved=solved, missed=missed
    )
    if by is not None and end in ("wait", "solved", "missed"):
        raise UsageError(f"--by does not go with --{end}.", "Keep one of them.")
    piped = arguments.piped(words)
    link = session.write()
    desk = load_desk(link)
    written = None
    if edit:
        _, rest = inquiry_meant(link, thing, words or (), session.now, verb="reply")
        written = arguments.edited(rest)
    with session.deed(link, "reply") as d:
        inquiry, rest = inquiry_meant(link, thing, words or (), session.now, verb="reply")
        desk = channels.make_named(d, desk, via)
        contact = Contact(
            at=arguments.happened(at, desk, session.now),
            text=written or arguments.text(rest, piped),
            out=True,
            end=end,
            via=via,
            owed=arguments.owed(by, what, desk, session.now),
            chase=arguments.chase(chase, desk, session.now),
            mood=_mood(mood),
            note=note,
        )
        contacts.reply(d, desk, inquiry.number, contact)
        return session.changed(answers.change(d), desk, d)


@app.command("solved")
def solved_(
    ctx: typer.Context,
    thing: Annotated[str, typer.Argument(metavar="THING", help="A number, or a name.")],
    rating: Annotated[
        int | None, typer.Option(min=1, max=5, help="In stars.", metavar="1-5")
    ] = None,
    note: Annotated[str, typer.Option(help="Their words.", metavar="TEXT")] = "",
) -> Any:
    """The customer says so: closed and confirmed."""
    session = ctx.obj
    link = session.write()
    desk = load_desk(link)
    with session.deed(link, "solved") as d:
        inquiry, _ = inquiry_meant(link, thing, (), session.now, verb="solved")
        contacts.solved(d, desk, inquiry.number, rating=rating, words=note)
        return session.changed(answers.change(d), desk, d)


@app.command("wait")
def wait_(
    ctx: typer.Context,
    thing: Annotated[str, typer.Argument(metavar="THING", help="A number, or a name.")],
    chase: Chase = None,
) -> Any:
    """Waiting on the customer: it comes up again in three business days."""
    session = ctx.obj
    link = session.write()
    desk = load_desk(link)
    with session.deed(link, "wait") as d:
        inquiry, _ = inquiry_meant(link, thing, (), session.now, verb="wait")
        contacts.wait(d, desk, inquiry.number, arguments.chase(chase, desk, session.now))
        return session.changed(answers.change(d), desk, d)
