"""Which thing is meant: a number, or a name when exactly one open thing of theirs fits the verb."""

from __future__ import annotations

from cxdesk.desk import rounds
from cxdesk.desk.people import find
from cxdesk.domain.records import FollowUp, Inquiry, Promise, Rounds
from cxdesk.errors import NotFoundError, RefusedError
from cxdesk.store import inquiries, things
from cxdesk.store.database import Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from typing import TypeAlias, TypeVar

    Thing: TypeAlias = Inquiry | Promise | FollowUp
    AThing = TypeVar("AThing", bound=Inquiry | Promise | FollowUp | Rounds)


class SeveralThingsError(NotFoundError):
    """Several open things fit `typed`: `candidates` are (number, what it is)."""

    def __init__(self, sentence: str, candidates: Sequence[tuple[int, str]], *, typed: str) -> None:
        listed = "; ".join(f"{number} {what}" for number, what in candidates[:12])
        super().__init__(f"{sentence}: {listed}.", "Name one by its number.")
        self.candidates = tuple(candidates)
        self.typed = typed


def inquiry_meant(
    link: Link, typed: str, rest: Sequence[str], now: datetime, *, verb: str
) -> tuple[Inquiry, tuple[str, ...]]:
    """For reply, solved, wait, edit: the inquiry, and the words that are left.

    A name means the one inquiry of theirs that fits the verb best: `reply` prefers the one that
    owes, `wait` those that do not wait yet; otherwise every one that is not closed.
    """
    number = _number(link, typed)
    if number is not None:
        found = things.thing(link, number)
        if found is not None:
            return _inquiry_of(link, found), tuple(rest)
    who = find(link, typed, rest, may_make=False, whole=verb in ("reply", "log"))
    if who.customer is None:
        raise NotFoundError("Someone unknown has no inquiry by name.", "Name it by its number.")
    alive = inquiries.alive_of(link, who.customer.id, now)
    fitting = _fitting(alive, verb)
    if len(fitting) == 1:
        return fitting[0], who.rest
    if fitting:
        raise SeveralThingsError(
            f"{who.customer.name} has several open",
            [(i.number, i.subject) for i in fitting],
            typed=typed,
        )
    raise RefusedError(
        f"{who.customer.name} has nothing open.", f"cxdesk show {who.customer.handle}"
    )


def _fitting(alive: list[Inquiry], verb: str) -> list[Inquiry]:
    if verb == "wait":
        return [i for i in alive if i.status != "waiting"] or alive
    if verb == "reply":
        for status in ("open", "waiting", "answered"):
            found = [i for i in alive if i.status == status]
            if found:
                return found
    return alive


def _number(link: Link, typed: str) -> int | None:
    """A number as typed, or as picked when several things were meant by what was typed."""
    if typed.isdigit() and typed.isascii():
        return link.picked.get(f"thing {typed}", int(typed[:12]))
    return link.picked.get(f"thing {typed}")


def _inquiry_of(link: Link, found: Thing) -> Inquiry:
    if isinstance(found, Inquiry):
        return found
    if found.inquiry_number is None:
        raise RefusedError(
            f"{found.number} belongs to no inquiry.",
            f"cxdesk done {found.number}   or   cxdesk show {found.number}",
        )
    inquiry = inquiries.by_number(link, found.inquiry_number)
    assert inquiry is not None  # a foreign key holds this
    return inquiry


def doable(
    link: Link, typed: str, rest: Sequence[str], now: datetime
) -> tuple[Promise | FollowUp | Rounds, tuple[str, ...]]:
    """For done and move: a channel that is looked at, whose name wins, else `task_meant`."""
    looked_at = rounds.meant(link, typed)
    if looked_at is not None:
        return looked_at, tuple(rest)
    try:
        return task_meant(link, typed, rest, now)
    except NotFoundError as error:
        raise rounds.instead(link, typed, error) from error


def task_meant(
    link: Link, typed: str, rest: Sequence[str], now: datetime, *, worded: bool = False
) -> tuple[Promise | FollowUp, tuple[str, ...]]:
    """For done and move: a promise or follow-up by its number, its inquiry's, or its owner's.
    `worded`: only one that says something; an owed reply has no words of its own."""
    number = _number(link, typed)
    if number is not None:
        found = things.thing(link, number)
        if isinstance(found, Inquiry):
            tasks = [t for t in _tasks_on(link, found.number) if not worded or says(t)]
            return _only(tasks, f"Inquiry {found.number}", found.number, typed), tuple(rest)
        if found is not None:
            return _open(found), tuple(rest)
    who = find(link, typed, rest, may_make=False)
    if who.customer is None:
        raise NotFoundError("Someone unknown has nothing by name.", "Name it by its number.")
    tasks = [t for t in _tasks_of(link, who.customer.id) if not worded or says(t)]
    return _only(tasks, who.customer.name, who.customer.handle, typed), who.rest


def says(task: Promise | FollowUp) -> bool:
    return isinstance(task, FollowUp) or task.what is not None


def _open(found: Promise | FollowUp) -> Promise | FollowUp:
    if found.state != "open":
        words = {"kept": "kept already", "kept_late": "kept already", "done": "done already"}
        raise RefusedError(
            f"{found.number} is {words.get(found.state, 'no longer owed')}.",
            f"cxdesk show {found.number}",
        )
    return found


def _tasks_on(link: Link, number: int) -> list[Promise | FollowUp]:
    thread = inquiries.thread(link, number)
    return [] if thread is None else [*thread.promises, *thread.follow_ups]


def _tasks_of(link: Link, customer: int) -> list[Promise | FollowUp]:
    promises: list[Promise | FollowUp] = list(things.open_promises_of(link, customer))
    return promises + list(things.open_follow_ups_of(link, customer))


def _only(
    tasks: list[Promise | FollowUp], whose: str, ref: object, typed: str
) -> Promise | FollowUp:
    """The one; a quiet check counts only when nothing else is open, since nobody sees it."""
    loud = [task for task in tasks if not (isinstance(task, FollowUp) and task.quiet)] or tasks
    if len(loud) == 1:
        return loud[0]
    if loud:
        raise SeveralThingsError(
            f"{whose} has several open", [(t.number, told(t)) for t in loud], typed=typed
        )
    raise RefusedError(f"{whose} has nothing open.", f"cxdesk show {ref}")


def told(task: Promise | FollowUp) -> str:
    """A task in a few words, to choose by."""
    if isinstance(task, Promise):
        return task.what or "reply"
    return f"{task.kind.replace('_', '-')}: {task.what}"


def droppable(link: Link, typed: str, now: datetime) -> Inquiry | Promise | FollowUp | Rounds:
    """For drop: a channel that is looked at, whose name wins, else a thing of somebody's."""
    looked_at = rounds.meant(link, typed)
    if looked_at is not None:
        return looked_at
    try:
        return _thing_to_drop(link, typed, now)
    except NotFoundError as error:
        raise rounds.instead(link, typed, error) from error


def _thing_to_drop(link: Link, typed: str, now: datetime) -> Thing:
    """A number is what it is; a name the only inquiry, else the only task of theirs."""
    number = _number(link, typed)
    if number is not None:
        found = things.thing(link, number)
        if isinstance(found, Inquiry):
            return found
        if found is not None:
            return _open(found)
    who = find(link, typed, may_make=False)
    if who.customer is None:
        raise NotFoundError("Someone unknown has nothing by name.", "Name it by its number.")
    return _only_droppable(
        link, who.customer.id, who.customer.name, who.customer.handle, now, typed
    )


def _only_droppable(
    link: Link, customer: int, name: str, handle: str, now: datetime, typed: str
) -> Thing:
    alive = inquiries.alive_of(link, customer, now)
    own = [task for task in _tasks_of(link, customer) if task.inquiry_number is None]
    several = [(i.number, i.subject) for i in alive] + [(t.number, told(t)) for t in own]
    if len(several) > 1:
        raise SeveralThingsError(f"{name} has several open", several, typed=typed)
    if not several:
        raise RefusedError(f"{name} has nothing open.", f"cxdesk show {handle}")
    return alive[0] if alive else own[0]


def each(typed: Sequence[str], find_one: Callable[[str], AThing]) -> list[AThing]:
    """Every THING of a list, each only once, all found before anything is done."""
    found = [find_one(one) for one in typed]
    keys = (one.named if isinstance(one, Rounds) else one.number for one in found)
    return list({(type(one), key): one for one, key in zip(found, keys, strict=True)}.values())


def open_promises(link: Link, inquiry: Inquiry) -> list[Promise]:
    """What is still owed on an inquiry."""
    thread = inquiries.thread(link, inquiry.number)
    return [] if thread is None else list(thread.promises)


def thing_of_number(link: Link, typed: str) -> Thing | None:
    """What bears a typed number, or was picked for it; None for what is no number of anything."""
    number = _number(link, typed)
    return None if number is None else things.thing(link, number)


def inquiry_of_number(link: Link, typed: str) -> int | None:
    """The inquiry that a typed number is, or belongs to; None when it is no number of an inquiry's.

    A number of the desk that belongs to no inquiry leads to its customer by people.find.
    """
    if not (typed.isdigit() and typed.isascii()):
        return None
    found = things.thing(link, int(typed[:12]))
    if isinstance(found, Inquiry):
        return found.number
    return None if found is None else found.inquiry_number
