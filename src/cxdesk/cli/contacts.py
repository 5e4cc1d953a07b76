"""reply, solved, wait."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.cli import arguments
from cxdesk.desk import answers, channels, contacts
from cxdesk.desk.contacts import Contact
from cxdesk.desk.things import inquiry_meant
from cxdesk.errors import UsageError
from cxdesk.store.inquiries import has_mail
from cxdesk.store.settings import load_desk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from cxdesk.domain.records import Desk

app = typer.Typer()

Words = Annotated[
    list[str] | None,
    typer.Argument(metavar="[TEXT]", help="What was said; - reads it from standard input."),
]
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
    send: Annotated[
        bool, typer.Option("--send", help='Mail it to them, now: reply 5 "..." --send.')
    ] = False,
    to: Annotated[
        str | None, typer.Option(help="Mail it there instead.", metavar="ADDRESS")
    ] = None,
    quote: Annotated[bool, typer.Option("--quote", help="Below it what they wrote.")] = False,
    attach: Annotated[
        list[str] | None, typer.Option(help="A file to go with it; repeatable.", metavar="FILE")
    ] = None,
) -> Any:
    """You answered: the reply that was owed is kept."""
    session = ctx.obj
    end = arguments.one_of(
        open=still_open, wait=wait or chase is not None, solved=solved, missed=missed
    )
    if by is not None and end in ("wait", "solved", "missed"):
        raise UsageError(f"--by does not go with --{end}.", "Keep one of them.")
    _check_sending(send, end, to=to is not None, quote=quote, attach=bool(attach))

    def described(desk: Desk, text: str, channel: str | None) -> Contact:
        return Contact(
            at=arguments.happened(at, desk, session.now),
            text=text,
            out=True,
            end=end,
            via=channel,
            owed=arguments.owed(by, what, desk, session.now),
            chase=arguments.chase(chase, desk, session.now),
            mood=mood_named(mood),
            note=note,
        )

    if send:
        from cxdesk.cli import sending  # loads mail

        wish = sending.Wish(via, quote, tuple(attach or ()), edit, to)
        return sending.reply(session, thing, words or (), wish, described)
    return _noted(session, thing, words or (), via, described, edit=edit)


def _check_sending(send: bool, end: str | None, **given: bool) -> None:
    if send and end == "missed":
        raise UsageError("--missed does not go with --send.", "Keep one of them.")
    for name, is_given in given.items():
        if is_given and not send:
            raise UsageError(f"--{name} is for a mail.", "Add --send.")


def _noted(
    session: Any,
    thing: str,
    words: Sequence[str],
    via: str | None,
    described: Callable[[Desk, str, str | None], Contact],
    *,
    edit: bool,
) -> Any:
    """The answer, noted and not sent."""
    piped = arguments.piped(words)
    link = session.write()
    desk = load_desk(link)

    def noted(written: str | None = None) -> Any:
        with session.deed(link, "reply") as d:
            inquiry, rest = inquiry_meant(link, thing, words, session.now, verb="reply")
            grown = channels.make_named(d, desk, via)
            text = written or arguments.text(rest, piped)
            contact = described(grown, text, via)
            contacts.reply(d, grown, inquiry.number, contact)
            if _seems_mailed(session, grown, contact, inquiry.channel) and has_mail(link):
                again = f"cxdesk reply {inquiry.number} ... --send"
                session.notes.append(f"Noted, not mailed. To mail an answer: {again}")
            return session.changed(answers.change(d), grown, d)

    if not edit:
        return noted()
    from cxdesk.cli import drafts

    inquiry, rest = inquiry_meant(link, thing, words, session.now, verb="reply")
    described(channels.including(desk, via), "", via)  # refused before anything is written
    number = inquiry.number
    before = drafts.kept(session, number)
    written = arguments.edited([before, *rest] if before else rest)
    again = f"cxdesk reply {number} --edit"
    return drafts.noting(session, number, written, again, lambda: noted(written))


def _seems_mailed(session: Any, desk: Desk, contact: Contact, channel: str) -> bool:
    """An answer of now by e-mail: who has mail here may believe that it left."""
    if contact.end == "missed" or contact.at != session.now:
        return False
    by = channels.channel_named(desk, contact.via or channel)
    return any(one.kind == "email" for one in desk.channels if one.name == by)


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


def mood_named(mood: str | None) -> str | None:
    """A mood as kept; UsageError for any other word."""
    if mood is not None and mood not in ("good", "neutral", "bad"):
        raise UsageError(f"{mood} is no mood.", "Write good, neutral or bad.")
    return mood
