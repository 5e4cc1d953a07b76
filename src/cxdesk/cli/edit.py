"""edit."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from cxdesk.cli import arguments
from cxdesk.desk import answers, channels, edits, things
from cxdesk.desk.edits import Wanted
from cxdesk.desk.people import find
from cxdesk.domain.records import Inquiry, NamedTuple
from cxdesk.errors import RefusedError, UsageError
from cxdesk.store.settings import load_desk

app = typer.Typer()


class Given(NamedTuple):
    """The options as typed, or as answered on a terminal."""

    subject: str | None = None
    tags: tuple[str, ...] = ()
    untags: tuple[str, ...] = ()
    at: str | None = None
    text: str | None = None
    who: str | None = None
    via: str | None = None
    what: str | None = None


NOTHING = Given()


@app.command("edit")
def edit(
    ctx: typer.Context,
    thing: Annotated[str, typer.Argument(metavar="THING", help="A number, or a name.")],
    subject: Annotated[str | None, typer.Option(help="What it is about.", metavar="TEXT")] = None,
    tag: Annotated[list[str] | None, typer.Option(help="A tag more; may be repeated.")] = None,
    untag: Annotated[list[str] | None, typer.Option(help="A tag less; may be repeated.")] = None,
    at: Annotated[
        str | None, typer.Option(help="When the last message was.", metavar="WHEN")
    ] = None,
    text: Annotated[
        str | None, typer.Option(help="What the last message said; - for stdin.", metavar="TEXT")
    ] = None,
    who: Annotated[str | None, typer.Option(help="Whose it is.", metavar="WHO")] = None,
    via: Annotated[
        str | None, typer.Option(help="The channel, of what came by it too.", metavar="CHANNEL")
    ] = None,
    what: Annotated[
        str | None, typer.Option(help="What a follow-up or promise says.", metavar="TEXT")
    ] = None,
    editor: Annotated[
        bool, typer.Option("--edit", help="The last message's text in your editor.")
    ] = False,
) -> Any:
    """Put right what was noted wrongly; nothing is dated anew. Without options it asks."""
    session = ctx.obj
    given = Given(
        subject, tuple(tag or ()), tuple(untag or ()), at, _text(text), who, via, what
    )  # fmt: skip
    if editor:
        given = given._replace(text=_in_editor(session, thing))
    if given == NOTHING:
        given = _asked(session, thing)
    link = session.write()
    desk = load_desk(link)
    with session.deed(link, "edit") as d:
        desk = channels.make_named(d, desk, given.via)
        _put_right(d, desk, thing, given, session)
        return session.changed(answers.change(d), desk, d)


def _put_right(d: Any, desk: Any, thing: str, given: Given, session: Any) -> None:
    """What a follow-up says goes to that, everything else to the inquiry; to a follow-up or
    promise that has none, as far as it has such a thing."""
    link, now = d.link, session.now
    alone = _alone(link, thing, given)
    wanted = _wanted(link, desk, given, session)
    if given.what is not None or alone:
        task, _ = things.task_meant(link, thing, (), now, worded=True)
        if not things.says(task):
            raise RefusedError(
                f"{task.number} owes a reply, which has no words of its own.",
                f'cxdesk edit {task.inquiry_number} --subject "what it is about"',
            )
        edits.task(d, desk, task, wanted if alone else Wanted(what=wanted.what))
    if not alone and given._replace(what=None) != NOTHING:
        inquiry, _ = things.inquiry_meant(link, thing, (), now, verb="edit")
        edits.inquiry(d, desk, inquiry.number, wanted)


def _alone(link: Any, thing: str, given: Given) -> bool:
    """Is it the number of something that belongs to no inquiry, and does the rest fit that?"""
    found = things.thing_of_number(link, thing)
    if found is None or isinstance(found, Inquiry) or found.inquiry_number is not None:
        return False
    return given == Given(who=given.who, via=given.via, what=given.what)


def _wanted(link: Any, desk: Any, given: Given, session: Any) -> Wanted:
    return Wanted(
        subject=_line(given.subject),
        tags=tuple(map(_tag, given.tags)),
        untags=given.untags,
        at=None if given.at is None else arguments.happened(given.at, desk, session.now),
        text=given.text,
        who=None if given.who is None else find(link, given.who, may_make=False),
        via=given.via,
        what=_line(given.what),
    )


def _text(text: str | None) -> str | None:
    return None if text is None else arguments.text([text], arguments.piped([text]))


def _line(text: str | None) -> str | None:
    return None if text is None else " ".join(arguments.text([text]).split())


def _tag(text: str) -> str:
    if not text.strip():
        raise UsageError("The tag is empty.", "Write a word: --tag invoice")
    return text.strip()


def _in_editor(session: Any, thing: str) -> str:
    """The desk is not held open while the editor is."""
    link = session.read()
    inquiry, _ = things.inquiry_meant(link, thing, (), session.now, verb="edit")
    present = edits.last_message(link, inquiry.number).text
    session.close()
    return arguments.edited([present])


def _asked(session: Any, thing: str) -> Given:
    if not session.may_ask:
        raise UsageError("What is to be changed?", f'cxdesk edit {thing} --subject "..."')
    from cxdesk.cli import edit_questions

    session.on_interrupt = "Nothing was changed."
    return Given(**edit_questions.answers_for(session, thing))
