"""What became of a thing, in words: "kept, 2 days early, and settled. Closed." """

from __future__ import annotations

from cxdesk.views import words

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import NamedTuple

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.records import FollowUp, Promise, Round, Seen
else:
    from cxdesk.domain.records import NamedTuple

_PLAIN = {"reply": "answered", "wait": "waiting on them", "drop": "dropped", "edit": "changed"}
# What comes and goes with the state of an inquiry.
_BY_ITSELF = ("check", "chase")


class Touched(NamedTuple):
    """An inquiry with what of it a deed touched; or a promise or follow-up that has none."""

    number: int
    name: str
    handle: str | None
    seen: Seen | None
    promises: tuple[Promise, ...]
    follow_ups: tuple[FollowUp, ...]
    attempt: bool = False


def sentence(parts: Sequence[str]) -> str:
    """The parts as one sentence, as it goes on behind a name and a colon."""
    return ", ".join(parts) + "."


def outcome(group: Touched, did: str, hours: OpeningHours, now: datetime) -> list[str]:
    """What is over, or was put off: the parts of one sentence."""
    parts = [text for promise in group.promises if (text := _ended(promise))]
    parts += [text for follow_up in group.follow_ups if (text := _done(follow_up, did))]
    if did == "move":
        parts += _moved(group, hours, now)
    if _is_attempt(group, did):
        assert group.seen is not None
        parts.append(f"not reached, attempt {group.seen.inquiry.attempts}")
    if is_settled(group) and did != "edit":
        parts.append("and settled" if parts else "settled")
    if not parts and did not in ("log", "promise", "follow"):
        parts.append(_PLAIN.get(did, "done"))
    return parts


def _ended(promise: Promise) -> str:
    if promise.state in ("kept", "kept_late"):
        return words.verdict(promise)
    if promise.state == "released":
        return f"no longer owed: {promise.what}" if promise.what else "no reply is owed any more"
    return ""


def _done(follow_up: FollowUp, did: str) -> str:
    """A check or chase that went by itself, as a contact took its place, is not news."""
    if follow_up.state == "done" and did == "done":
        return f"done: {follow_up.what}"
    if follow_up.state == "dropped" and did == "drop" and follow_up.kind not in _BY_ITSELF:
        return f"dropped: {follow_up.what}"
    return ""


def _moved(group: Touched, hours: OpeningHours, now: datetime) -> list[str]:
    things: list[Promise | FollowUp] = [*group.promises, *group.follow_ups]
    return [
        f"moved to {words.moment(thing.due_at, hours, now)}"
        for thing in things
        if thing.state == "open"
    ]


def _is_attempt(group: Touched, did: str) -> bool:
    """A contact that reached nobody moves nothing but its count."""
    if did not in ("reply", "log") or group.seen is None:
        return False
    if group.attempt:
        return True
    inquiry = group.seen.inquiry
    if not inquiry.attempts or group.promises or group.follow_ups:
        return False
    return inquiry.status in ("waiting", "answered") or inquiry.unanswered_at is not None


def is_settled(group: Touched) -> bool:
    if group.seen is None:
        return False
    return group.seen.inquiry.status == "closed" and bool(group.seen.inquiry.confirmed)


def standing(group: Touched, did: str, hours: OpeningHours, now: datetime) -> list[str]:
    """What is owed or planned from now on, a sentence each; of an inquiry how it stands."""
    told = [_status(group, did)]
    if did != "move":
        told += [_promised(p, hours, now) for p in group.promises if p.state == "open"]
        told += [_planned(f, hours, now) for f in group.follow_ups if f.state == "open"]
    return [text for text in told if text]


def _status(group: Touched, did: str) -> str:
    if group.seen is None or did in ("edit", "move"):
        return ""
    status = group.seen.inquiry.status
    if status == "closed":
        return "Closed."
    if status == "waiting" and did != "wait":
        return "Waiting on them."
    said_so = did == "reply" and not any(_ended(promise) for promise in group.promises)
    return "Answered." if status == "answered" and not said_so else ""


def _promised(promise: Promise, hours: OpeningHours, now: datetime) -> str:
    """It says promised only where the customer was told."""
    at = words.moment(promise.due_at, hours, now)
    if promise.start_at is not None:
        at = f"{words.moment(promise.start_at, hours, now)}-{hours.local(promise.due_at):%H:%M}"
    if promise.owes == "deed":
        return f"{'You promised' if promise.told else 'Due'} by {at}: {promise.what}"
    if not promise.told:
        return f"{'Reply' if promise.owes == 'reply' else 'Solution due'} by {at}."
    return f"You promised {'an answer' if promise.owes == 'reply' else 'a solution'} by {at}."


def _planned(follow_up: FollowUp, hours: OpeningHours, now: datetime) -> str:
    at = words.moment(follow_up.due_at, hours, now)
    if follow_up.quiet:
        return f"Closes by itself {at} unless they write."
    if follow_up.kind == "check":
        return f"Ask whether it worked by {at}."
    if follow_up.kind == "chase":
        return f"Ask them again {at}."
    if follow_up.kind == "news":
        return f"News to them by {at}."
    again = f" ({words.again(follow_up.every)})" if follow_up.every else ""
    if follow_up.by_mail:
        return f"Goes by mail {at}{again}: {follow_up.what}"
    return f"Follow up {at}{again}: {follow_up.what}"


def round_outcome(of: Round, did: str, hours: OpeningHours, now: datetime) -> str:
    """What became of a round: "looked at; next Tue 09:00." """
    at = words.soon(of.next_at, hours, now)
    if did == "move":
        return f"moved to {words.day(of.next_at, hours, now)}."
    done = "skipped" if did == "drop" else "looked at" if of.kind == "look" else "tested"
    return f"{done}; next {at}."


def next_thing(did: str, groups: Sequence[Touched], handles: Sequence[str]) -> str:
    """The one thing to type next."""
    if did in ("log", "promise", "follow", "move", "drop", "edit"):
        return "Wrong? cxdesk undo"
    if len(groups) == 1 and groups[0].seen is not None:
        return _after_contact(groups[0])
    if not groups and len(handles) == 1:
        return f"Next: cxdesk show {handles[0]}"
    return "Next: cxdesk due"


def _after_contact(group: Touched) -> str:
    assert group.seen is not None
    status, number = group.seen.inquiry.status, group.number
    if status == "answered":
        return f"They say it works? cxdesk solved {number}"
    if status == "waiting":
        return f"They came back? cxdesk log {group.handle or 'someone'} --on {number}"
    return "Next: cxdesk due"
