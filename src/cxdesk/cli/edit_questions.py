"""`edit` on a terminal: line by line, the present value as default; Enter leaves it."""

from __future__ import annotations

from cxdesk.cli import arguments, picking, prompts
from cxdesk.desk import answers, channels, edits, things
from cxdesk.desk.people import SeveralError, find
from cxdesk.domain.records import FollowUp, Promise
from cxdesk.errors import CxdeskError, RefusedError
from cxdesk.store.settings import load_desk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cxdesk.cli.session import Session
    from cxdesk.domain.records import Desk, Message, Seen

NONE = "-"


def answers_for(session: Session, thing: str) -> dict[str, Any]:
    """What is to be otherwise, by the names of the options. The desk is not held open meanwhile."""
    link = session.read()
    desk = load_desk(link)
    found = things.thing_of_number(link, thing)
    if isinstance(found, (Promise, FollowUp)) and things.says(found):
        session.close()
        return _changed("what", "What?", found.what or "")
    inquiry, _ = things.inquiry_meant(link, thing, (), session.now, verb="edit")
    seen = answers.seen_inquiry(link, inquiry.number, session.now)
    last = edits.last_message(link, inquiry.number)
    session.close()
    return _of_inquiry(session, desk, seen, last)


def _of_inquiry(session: Session, desk: Desk, seen: Seen, last: Message) -> dict[str, Any]:
    from cxdesk.views import words

    at = words.written(last.said_at, desk.hours)
    return {
        **_changed("subject", "Subject?", seen.inquiry.subject),
        **_changed("who", "Who?", seen.name or words.NOBODY, lambda who: _known(session, who)),
        **_changed("via", "How?", seen.inquiry.channel, lambda name: _channel(desk, name)),
        **_changed("at", "When?", at, lambda said: _time(said, desk, session)),
        **_changed("text", "What was it?", last.text),
        **_tags(seen.tags),
    }


def _changed(
    option: str, label: str, present: str, check: Callable[[str], object] = len
) -> dict[str, Any]:
    """The answer, when it is another one; what `check` refuses is asked again."""
    shown = " ".join(present.split())
    while True:
        answer = prompts.labelled(label, f"[{shown}]")
        if answer in ("", present, shown):
            return {}
        try:
            check(answer)
        except (CxdeskError, ValueError) as error:
            prompts.say_wrong(error)
            continue
        return {option: answer}


def _tags(present: tuple[str, ...]) -> dict[str, Any]:
    """All of them anew, parted by commas; `-` for none."""
    hint = ", ".join(present) or NONE
    answer = prompts.labelled("Tags?", f"[{hint}]")
    if not answer:
        return {}
    wanted = [] if answer == NONE else [tag.strip().lstrip("+") for tag in answer.split(",")]
    return {
        "tags": tuple(tag for tag in wanted if tag and tag not in present),
        "untags": tuple(tag for tag in present if tag not in wanted),
    }


def _known(session: Session, who: str) -> None:
    """Raises for nobody; of several, one is picked, and stays picked for these words."""
    try:
        find(session.read(), who, may_make=False)
    except SeveralError as several:
        picking.pick(session, several)
    finally:
        session.close()


def _channel(desk: Desk, name: str) -> None:
    channels.including(desk, name)


def _time(said: str, desk: Desk, session: Session) -> None:
    if arguments.happened(said, desk, session.now) > session.now:
        raise RefusedError("That is still ahead.", "Write when it was: yesterday 4pm")
