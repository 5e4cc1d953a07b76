"""docs/states.md, the table: every row is played on a real desk, and every cell compared."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple, TypeAlias

import pytest

from cxdesk.errors import RefusedError
from tests.states.helpers import Desk

STATES = Path(__file__).parents[2] / "docs" / "states.md"
Play: TypeAlias = Callable[[Desk], object]


def rows_of_the_table() -> list[tuple[str, ...]]:
    """The cells of the first table, without its head."""
    lines = STATES.read_text(encoding="utf-8").splitlines()
    rows = [line for line in lines if line.startswith("|")]
    return [tuple(cell.strip() for cell in row.strip("|").split("|")) for row in rows[2:]]


# What was before: inquiry 1, at Mon 04 10:00 and a little later -----------------------------------


def nothing(d: Desk) -> None:
    """An empty desk."""


def owed(d: Desk) -> None:
    d.log()


def unpromised(d: Desk) -> None:
    d.log(by="none")


def deed_owed(d: Desk) -> None:
    d.log(by="thu noon", what="the spare key")


def both_owed(d: Desk) -> None:
    d.log()
    d.promise(1, "thu noon", "the spare key")


def partly_answered(d: Desk) -> None:
    d.log()
    d.at("Mon 04 10:30").reply(end="open")


def waiting(d: Desk) -> None:
    d.log()
    d.at("Mon 04 10:30").reply(end="wait")


def waiting_unchased(d: Desk) -> None:
    d.log(chase="none")


def waiting_with_deed(d: Desk) -> None:
    both_owed(d)
    d.at("Mon 04 10:30").reply(end="wait")


def answered(d: Desk) -> None:
    d.log()
    d.at("Mon 04 10:30").reply()


def answered_aloud(d: Desk) -> None:
    d.log(mood="bad")
    d.at("Mon 04 10:30").reply()


def deed_after_answer(d: Desk) -> None:
    answered(d)
    d.promise(1, "thu noon", "the spare key")


def closed(d: Desk) -> None:
    d.log()
    d.at("Mon 04 10:30").solved()


def closed_by_itself(d: Desk) -> None:
    answered(d)
    d.at("Tue 12 10:00")


def begun_by_us(d: Desk) -> None:
    d.log(out=True)


def come_back(d: Desk) -> None:
    answered(d)
    d.at("Mon 04 10:45").log(on=1)


def come_back_after_closing(d: Desk) -> None:
    closed(d)
    d.at("Mon 04 10:45").log(on=1)


def planned(d: Desk) -> None:
    owed(d)
    d.follow(1, "wed noon", "send the leaflet")


def in_series(d: Desk) -> None:
    owed(d)
    d.follow(1, "wed noon", "look in", every="every week")


# The cases ----------------------------------------------------------------------------------------

KEPT = "2 policy Mon 04 14:00 kept"
OWED = "2 policy Mon 04 14:00 open"
DEED = "spoken deed Thu 07 12:00 open"
FROM_NOW = "policy Mon 04 15:00 open"
REPLIED = "first reply Mon 04 10:30"
REPLIED_NOW = "first reply Mon 04 11:00"
CHECK = "3 quiet check Mon 11 17:00"
CHASE = "chase Thu 07 17:00"
CLOSED_NOW = "closed Mon 04 11:00, confirmed"
CLOSED_THEN = "closed Mon 04 10:30, confirmed"


class Case(NamedTuple):
    """`deed` is done on what `before` left, at `at`; then the four cells are as told.

    Refused: the cells are those of before, untouched.
    """

    row: str
    before: Play
    deed: Play
    inquiry: str
    promises: str = "none"
    follow_ups: str = "-"
    counts: str = "-"
    at: str = "Mon 04 11:00"
    refused: str = ""


NEW = [
    Case("`log` new", nothing, lambda d: d.log(), "open", "2 policy Mon 04 15:00 open"),
    Case("`log` new", nothing, lambda d: d.log(via="email"), "open",
         "2 policy Wed 06 17:00 open"),
    Case("`log` new", nothing, lambda d: d.log(by="thu noon"), "open",
         "2 spoken Thu 07 12:00 open"),
    Case("`log` new", nothing, lambda d: d.log(by="none"), "open"),
    Case("`log --answered` new", nothing, lambda d: d.log(end="answered"), "answered",
         follow_ups="2 quiet check Mon 11 17:00 open", counts=REPLIED_NOW),
    Case("`log --answered` new", nothing, lambda d: d.log(end="answered", by="none"), "answered",
         follow_ups="2 quiet check Mon 11 17:00 open", counts=REPLIED_NOW),
    Case("`log --answered` new", nothing, lambda d: d.log(end="answered", by="thu noon"), "open",
         "2 spoken Thu 07 12:00 open", "3 quiet check Mon 11 17:00 dropped", REPLIED_NOW),
    Case("`log --solved` new", nothing, lambda d: d.log(end="solved"), CLOSED_NOW,
         counts=REPLIED_NOW),
    Case("`log --missed` new (their call, not taken)", nothing, lambda d: d.log(end="missed"),
         "open", "2 policy Mon 04 15:00 open", counts="not reached"),
    Case("`log --out` new", nothing, lambda d: d.log(out=True), f"{CLOSED_NOW} null"),
    Case("`log --out` new", nothing, lambda d: d.log(out=True, by="none"), f"{CLOSED_NOW} null"),
    Case("`log --out` new", nothing, lambda d: d.log(out=True, by="thu noon"), "open",
         "2 spoken Thu 07 12:00 open"),
    Case("`log --out` new", nothing, lambda d: d.log(out=True, end="missed"),
         f"{CLOSED_NOW} null", counts="attempts 1, not reached"),
    Case("`log --out` new", nothing, lambda d: d.log(out=True, end="wait"), "waiting",
         follow_ups=f"2 {CHASE} open"),
    Case("`log --wait` new (they came, we wait)", nothing, lambda d: d.log(end="wait"), "waiting",
         follow_ups=f"2 {CHASE} open"),
    Case("`log --wait` new (they came, we wait)", nothing, lambda d: d.log(chase="fri noon"),
         "waiting", follow_ups="2 chase Fri 08 12:00 open"),
    Case("`log --wait` new (they came, we wait)", nothing, lambda d: d.log(chase="none"),
         "waiting"),
    Case("`log --by WHEN --what TEXT` new", nothing,
         lambda d: d.log(by="thu noon", what="the spare key"), "open", f"2 {DEED}"),
]  # fmt: skip

IN_ON_OPEN = "in, on open"
IN_ON_WAITING = "in, on waiting"
IN_ON_ANSWERED = "in, on answered or closed"
IN = [
    Case(IN_ON_OPEN, owed, lambda d: d.log(on=1), "open", OWED, counts="chased 1"),
    Case(IN_ON_OPEN, owed, lambda d: d.log(on=1, end="missed"), "open", OWED,
         counts="chased 1, not reached"),
    Case(IN_ON_OPEN, owed, lambda d: d.log(on=1, by="thu noon"), "open",
         "2 spoken Thu 07 12:00 open", counts="chased 1"),
    Case(IN_ON_OPEN, unpromised, lambda d: d.log(on=1), "open", f"2 {FROM_NOW}",
         counts="chased 1"),
    Case(IN_ON_OPEN, unpromised, lambda d: d.log(on=1, by="none"), "open", counts="chased 1"),
    Case(IN_ON_OPEN, deed_owed, lambda d: d.log(on=1), "open", f"2 {DEED}; 3 {FROM_NOW}",
         counts="chased 1"),
    Case(IN_ON_OPEN, partly_answered, lambda d: d.log(on=1), "open",
         f"{KEPT}; 3 policy Mon 04 14:30 open", counts=REPLIED),
    Case(IN_ON_OPEN, deed_after_answer, lambda d: d.log(on=1), "open",
         f"{KEPT}; 4 {DEED}; 5 {FROM_NOW}", f"{CHECK} dropped", REPLIED),
    Case(IN_ON_WAITING, waiting, lambda d: d.log(on=1), "open", f"{KEPT}; 4 {FROM_NOW}",
         f"3 {CHASE} dropped", REPLIED),
    Case(IN_ON_WAITING, waiting_unchased, lambda d: d.log(on=1), "open", f"2 {FROM_NOW}"),
    Case(IN_ON_WAITING, waiting_with_deed, lambda d: d.log(on=1), "open",
         f"{KEPT}; 3 {DEED}; 5 {FROM_NOW}", f"4 {CHASE} dropped", REPLIED),
    Case(IN_ON_ANSWERED, answered, lambda d: d.log(on=1), "open", f"{KEPT}; 4 {FROM_NOW}",
         f"{CHECK} dropped", REPLIED),
    Case(IN_ON_ANSWERED, closed, lambda d: d.log(on=1), "open", f"{KEPT}; 3 {FROM_NOW}",
         counts=REPLIED),
    Case(IN_ON_ANSWERED, closed_by_itself, lambda d: d.log(on=1), "open",
         f"{KEPT}; 4 policy Tue 12 15:00 open", f"{CHECK} done", REPLIED, at="Tue 12 11:00"),
    Case(IN_ON_ANSWERED, begun_by_us, lambda d: d.log(on=1), "open", f"2 {FROM_NOW}"),
    Case(IN_ON_ANSWERED, come_back, lambda d: d.reply(), "answered",
         f"{KEPT}; 4 policy Mon 04 14:45 kept", f"{CHECK} dropped; 5 check Thu 07 17:00 open",
         f"{REPLIED}, reopened 1"),
    Case(IN_ON_ANSWERED, come_back, lambda d: d.solved(), "closed Mon 04 10:45, confirmed",
         f"{KEPT}; 4 policy Mon 04 14:45 released", f"{CHECK} dropped", REPLIED),
    Case(IN_ON_ANSWERED, come_back, lambda d: d.log(on=1), "open",
         f"{KEPT}; 4 policy Mon 04 14:45 open", f"{CHECK} dropped", f"{REPLIED}, chased 1"),
]  # fmt: skip

REPLY = "`reply` (or `log --out` reached, on it; or `done` on a reply promise)"
LOG_ON = "`log --on` with `--answered`, `--solved`, `--wait`"
LOUD = "check Thu 07 17:00 open"
REPLIES = [
    *(
        Case(REPLY, owed, deed, "answered", KEPT, f"{CHECK} open", REPLIED_NOW)
        for deed in (
            lambda d: d.reply(),
            lambda d: d.reply(by="none"),
            lambda d: d.log(on=1, out=True),
            lambda d: d.done(2),
        )
    ),
    *(
        Case(REPLY, owed, deed, "answered", "2 policy Mon 04 14:00 kept late by 60 min",
             f"3 {LOUD}", "first reply Mon 04 15:00", at="Mon 04 15:00")
        for deed in (lambda d: d.reply(), lambda d: d.log(on=1, out=True), lambda d: d.done(2))
    ),
    *(
        Case(REPLY, both_owed, deed, "open", f"{KEPT}; 3 {DEED}", counts=REPLIED_NOW)
        for deed in (lambda d: d.reply(), lambda d: d.log(on=1, out=True), lambda d: d.done(2))
    ),
    Case(REPLY, unpromised, lambda d: d.reply(), "answered",
         follow_ups="2 quiet check Mon 11 17:00 open", counts=REPLIED_NOW),
    Case(REPLY, waiting, lambda d: d.reply(), "answered", KEPT,
         f"3 {CHASE} dropped; 4 quiet check Mon 11 17:00 open", REPLIED),
    Case(REPLY, waiting_with_deed, lambda d: d.reply(), "open", f"{KEPT}; 3 {DEED}",
         f"4 {CHASE} dropped", REPLIED),
    Case(REPLY, answered, lambda d: d.reply(), "answered", KEPT,
         "3 quiet check Tue 12 17:00 open", REPLIED, at="Tue 05 11:00"),
    Case(LOG_ON, owed, lambda d: d.log(on=1, end="answered"), "answered", KEPT,
         f"3 {LOUD}", f"{REPLIED_NOW}, chased 1"),
    Case(LOG_ON, both_owed, lambda d: d.log(on=1, end="answered"), "open", f"{KEPT}; 3 {DEED}",
         counts=f"{REPLIED_NOW}, chased 1"),
    Case(LOG_ON, waiting, lambda d: d.log(on=1, end="answered"), "answered",
         f"{KEPT}; 4 {FROM_NOW.replace('open', 'kept')}",
         f"3 {CHASE} dropped; 5 quiet check Mon 11 17:00 open", REPLIED),
    Case(LOG_ON, answered, lambda d: d.log(on=1, end="answered"), "answered",
         f"{KEPT}; 4 {FROM_NOW.replace('open', 'kept')}",
         f"{CHECK} dropped; 5 {LOUD}", f"{REPLIED}, reopened 1"),
    Case(LOG_ON, closed, lambda d: d.log(on=1, end="answered"), "answered",
         f"{KEPT}; 3 {FROM_NOW.replace('open', 'kept')}", f"4 {LOUD}", f"{REPLIED}, reopened 1"),
    Case(LOG_ON, owed, lambda d: d.log(on=1, end="solved"), CLOSED_NOW, KEPT,
         counts=f"{REPLIED_NOW}, chased 1"),
    Case(LOG_ON, answered, lambda d: d.log(on=1, end="solved"), CLOSED_NOW,
         f"{KEPT}; 4 {FROM_NOW.replace('open', 'kept')}", f"{CHECK} dropped",
         f"{REPLIED}, reopened 1"),
    Case(LOG_ON, both_owed, lambda d: d.log(on=1, end="solved"), "open", f"{OWED}; 3 {DEED}",
         refused="the spare key"),
    Case(LOG_ON, owed, lambda d: d.log(on=1, end="wait"), "waiting", KEPT, f"3 {CHASE} open",
         f"{REPLIED_NOW}, chased 1"),
    Case(LOG_ON, waiting, lambda d: d.log(on=1, chase="fri noon"), "waiting",
         f"{KEPT}; 4 {FROM_NOW.replace('open', 'kept')}",
         f"3 {CHASE} dropped; 5 chase Fri 08 12:00 open", REPLIED),
    Case(LOG_ON, owed, lambda d: d.log(on=1, out=True, end="wait"), "waiting", KEPT,
         f"3 {CHASE} open", REPLIED_NOW),
    Case("`reply --open`", owed, lambda d: d.reply(end="open"), "open", f"{KEPT}; 3 {FROM_NOW}",
         counts=REPLIED_NOW),
    Case("`reply --open`", owed, lambda d: d.reply(end="open", by="thu noon"), "open",
         f"{KEPT}; 3 spoken Thu 07 12:00 open", counts=REPLIED_NOW),
    Case("`reply --open`", waiting, lambda d: d.reply(end="open"), "open",
         f"{KEPT}; 4 {FROM_NOW}", f"3 {CHASE} dropped", REPLIED),
    Case("`reply --open`", answered, lambda d: d.reply(end="open"), "open",
         f"{KEPT}; 4 {FROM_NOW}", f"{CHECK} dropped", REPLIED),
    Case("`reply --by`", owed, lambda d: d.reply(by="thu noon"), "open",
         f"{KEPT}; 3 spoken Thu 07 12:00 open", counts=REPLIED_NOW),
    Case("`reply --by`", owed, lambda d: d.reply(by="thu noon", what="the spare key"), "open",
         f"{KEPT}; 3 {DEED}", counts=REPLIED_NOW),
    Case("`reply --by`", answered, lambda d: d.reply(by="thu noon"), "open",
         f"{KEPT}; 4 spoken Thu 07 12:00 open", f"{CHECK} dropped", REPLIED),
    Case("`reply --by`", waiting, lambda d: d.reply(by="thu noon"), "open",
         f"{KEPT}; 4 spoken Thu 07 12:00 open", f"3 {CHASE} dropped", REPLIED),
    Case("`reply --wait`", owed, lambda d: d.reply(end="wait"), "waiting", KEPT,
         f"3 {CHASE} open", REPLIED_NOW),
    Case("`reply --wait`", owed, lambda d: d.reply(chase="fri noon"), "waiting", KEPT,
         "3 chase Fri 08 12:00 open", REPLIED_NOW),
    Case("`reply --wait`", owed, lambda d: d.reply(chase="none"), "waiting", KEPT,
         counts=REPLIED_NOW),
    Case("`reply --wait`", both_owed, lambda d: d.reply(end="wait"), "waiting",
         f"{KEPT}; 3 {DEED}", f"4 {CHASE} open", REPLIED_NOW),
    Case("`reply --wait`", waiting, lambda d: d.reply(end="wait"), "waiting", KEPT,
         f"3 {CHASE} dropped; 4 chase Fri 08 17:00 open", REPLIED, at="Tue 05 11:00"),
    Case("`reply --wait`", answered, lambda d: d.reply(end="wait"), "waiting", KEPT,
         f"{CHECK} dropped; 4 {CHASE} open", REPLIED),
    Case("`reply --solved`", owed, lambda d: d.reply(end="solved"), CLOSED_NOW, KEPT,
         counts=REPLIED_NOW),
    Case("`reply --solved`", waiting, lambda d: d.reply(end="solved"), CLOSED_NOW, KEPT,
         f"3 {CHASE} dropped", REPLIED),
    Case("`reply --solved`", answered, lambda d: d.reply(end="solved"), CLOSED_NOW, KEPT,
         f"{CHECK} dropped", REPLIED),
    Case("`reply --solved`", both_owed, lambda d: d.reply(end="solved"), "open",
         f"{OWED}; 3 {DEED}", refused="the spare key"),
]  # fmt: skip

ATTEMPT = "`reply --missed`, `log --out --missed`"
ON_CLOSED = "`reply` on closed"
ATTEMPTS = [
    Case(ATTEMPT, before, deed, *cells)
    for deed in (lambda d: d.reply(end="missed"), lambda d: d.log(on=1, out=True, end="missed"))
    for before, *cells in (
        (owed, "open", OWED, "-", "attempts 1, not reached"),
        (waiting, "waiting", KEPT, f"3 {CHASE} open", f"{REPLIED}, attempts 1, not reached"),
        (answered, "answered", KEPT, f"{CHECK} open", f"{REPLIED}, attempts 1, not reached"),
        (closed, CLOSED_THEN, KEPT, "-", f"{REPLIED}, attempts 1, not reached"),
    )
] + [
    Case(ON_CLOSED, closed, lambda d: d.reply(), CLOSED_THEN, KEPT, counts=REPLIED),
    Case(ON_CLOSED, begun_by_us, lambda d: d.log(on=1, out=True),
         "closed Mon 04 10:00, confirmed null"),
    Case(ON_CLOSED, begun_by_us, lambda d: d.reply(end="solved"), "closed Mon 04 10:00, confirmed"),
    Case(ON_CLOSED, closed_by_itself, lambda d: d.reply(), "closed Mon 11 17:00, confirmed null",
         KEPT, f"{CHECK} done", REPLIED, at="Tue 12 11:00"),
    *(
        Case(ON_CLOSED, closed, deed, CLOSED_THEN, KEPT, counts=REPLIED, refused="closed")
        for deed in (
            lambda d: d.reply(end="open"),
            lambda d: d.reply(end="wait"),
            lambda d: d.reply(by="thu noon"),
        )
    ),
]  # fmt: skip

PROMISE = "`promise N WHEN`"
PROMISE_DEED = "`promise N WHEN WHAT`"
PROMISES = [
    Case(PROMISE, owed, lambda d: d.promise(1, "thu noon"), "open", "2 spoken Thu 07 12:00 open"),
    Case(PROMISE, unpromised, lambda d: d.promise(1, "thu noon"), "open",
         "2 spoken Thu 07 12:00 open"),
    Case(PROMISE, deed_owed, lambda d: d.promise(1, "fri noon"), "open",
         f"2 {DEED}; 3 spoken Fri 08 12:00 open"),
    Case(PROMISE, waiting, lambda d: d.promise(1, "thu noon"), "open",
         f"{KEPT}; 4 spoken Thu 07 12:00 open", f"3 {CHASE} dropped", REPLIED),
    Case(PROMISE, answered, lambda d: d.promise(1, "thu noon"), "open",
         f"{KEPT}; 4 spoken Thu 07 12:00 open", f"{CHECK} dropped", REPLIED),
    Case(PROMISE, closed, lambda d: d.promise(1, "thu noon"), CLOSED_THEN, KEPT, counts=REPLIED,
         refused="closed"),
    Case(PROMISE, closed_by_itself, lambda d: d.promise(1, "thu noon"),
         "closed Mon 11 17:00, confirmed null", KEPT, f"{CHECK} done", REPLIED,
         at="Tue 12 11:00", refused="closed"),
    Case(PROMISE_DEED, owed, lambda d: d.promise(1, "thu noon", "the spare key"), "open",
         f"{OWED}; 3 {DEED}"),
    Case(PROMISE_DEED, waiting, lambda d: d.promise(1, "thu noon", "the spare key"), "open",
         f"{KEPT}; 4 {DEED}", f"3 {CHASE} dropped", REPLIED),
    Case(PROMISE_DEED, answered, lambda d: d.promise(1, "thu noon", "the spare key"), "open",
         f"{KEPT}; 4 {DEED}", f"{CHECK} dropped", REPLIED),
    Case(PROMISE_DEED, closed, lambda d: d.promise(1, "thu noon", "the spare key"), CLOSED_THEN,
         KEPT, counts=REPLIED, refused="closed"),
]  # fmt: skip

SOLVED, WAIT = "`solved`", "`wait`"
ENDS = [
    Case(SOLVED, owed, lambda d: d.solved(), CLOSED_NOW, KEPT, counts=REPLIED_NOW),
    Case(SOLVED, owed, lambda d: d.solved(), "closed Mon 04 15:00, confirmed",
         "2 policy Mon 04 14:00 kept late by 60 min", counts="first reply Mon 04 15:00",
         at="Mon 04 15:00"),
    Case(SOLVED, waiting, lambda d: d.solved(), CLOSED_NOW, KEPT, f"3 {CHASE} dropped", REPLIED),
    Case(SOLVED, answered, lambda d: d.solved(), CLOSED_NOW, KEPT, f"{CHECK} dropped", REPLIED),
    Case(SOLVED, come_back, lambda d: d.solved(), "closed Mon 04 10:45, confirmed",
         f"{KEPT}; 4 policy Mon 04 14:45 released", f"{CHECK} dropped", REPLIED),
    Case(SOLVED, come_back_after_closing, lambda d: d.solved(), "closed Mon 04 10:45, confirmed",
         f"{KEPT}; 3 policy Mon 04 14:45 released", counts=REPLIED),
    Case(SOLVED, begun_by_us, lambda d: d.solved(), "closed Mon 04 10:00, confirmed"),
    Case(SOLVED, deed_owed, lambda d: d.solved(), "open", f"2 {DEED}", refused="the spare key"),
    Case(SOLVED, waiting_with_deed, lambda d: d.solved(), "waiting", f"{KEPT}; 3 {DEED}",
         f"4 {CHASE} open", REPLIED, refused="the spare key"),
    Case(WAIT, owed, lambda d: d.wait(), "open", OWED, refused="owes a reply"),
    Case(WAIT, unpromised, lambda d: d.wait(), "waiting", follow_ups=f"2 {CHASE} open"),
    Case(WAIT, deed_owed, lambda d: d.wait(), "waiting", f"2 {DEED}", f"3 {CHASE} open"),
    Case(WAIT, answered, lambda d: d.wait(), "waiting", KEPT, f"{CHECK} dropped; 4 {CHASE} open",
         REPLIED),
    Case(WAIT, answered, lambda d: d.wait(chase="fri noon"), "waiting", KEPT,
         f"{CHECK} dropped; 4 chase Fri 08 12:00 open", REPLIED),
    Case(WAIT, answered, lambda d: d.wait(chase="none"), "waiting", KEPT, f"{CHECK} dropped",
         REPLIED),
    Case(WAIT, waiting, lambda d: d.wait(), "waiting", KEPT,
         f"3 {CHASE} dropped; 4 chase Fri 08 17:00 open", REPLIED, at="Tue 05 11:00"),
    Case(WAIT, closed, lambda d: d.wait(), CLOSED_THEN, KEPT, counts=REPLIED, refused="closed"),
]  # fmt: skip

DONE_DEED = "`done` deed promise"
DONE_OURS = "`done` follow-up, news, care"
DONE = [
    Case(DONE_DEED, both_owed, lambda d: d.done(3), "open",
         f"{OWED}; 3 spoken deed Thu 07 12:00 kept"),
    Case(DONE_DEED, deed_owed, lambda d: d.done(2), "answered",
         "2 spoken deed Thu 07 12:00 kept", f"{CHECK} open"),
    Case(DONE_DEED, deed_owed, lambda d: d.done(2), "answered",
         "2 spoken deed Thu 07 12:00 kept late by 60 min", "3 check Tue 12 17:00 open",
         at="Thu 07 13:00"),
    Case(DONE_DEED, waiting_with_deed, lambda d: d.done(3), "waiting",
         f"{KEPT}; 3 spoken deed Thu 07 12:00 kept", f"4 {CHASE} open", REPLIED),
    Case(DONE_OURS, planned, lambda d: d.done(3), "open", OWED,
         "3 follow-up Wed 06 12:00 done"),
    Case(DONE_OURS, in_series, lambda d: d.done(3), "open", OWED,
         "3 follow-up Wed 06 12:00 done; 4 follow-up Wed 13 12:00 open"),
    Case(DONE_OURS, in_series, lambda d: d.done(3), "open", OWED,
         "3 follow-up Wed 06 12:00 done; 4 follow-up Wed 27 12:00 open", at="Thu 21 11:00"),
    Case("`done` chase", waiting, lambda d: d.done(3), "waiting", KEPT,
         f"3 {CHASE} done; 4 chase Fri 08 17:00 open", REPLIED, at="Tue 05 11:00"),
    Case("`done` check", answered, lambda d: d.done(3), f"{CLOSED_NOW} null", KEPT,
         f"{CHECK} done", REPLIED),
    Case("`done` check", answered_aloud, lambda d: d.done(3), f"{CLOSED_NOW} null", KEPT,
         "3 check Thu 07 17:00 done", REPLIED),
]  # fmt: skip

MOVE_TOLD, MOVE_UNTOLD = "`move` promise, told", "`move` promise, not told"
MOVE_OURS = "`move` follow-up, check, chase, care, round"


def moved_then_kept(told: bool) -> Play:
    def play(d: Desk) -> None:
        d.move(2, "today 16:00", told=told)
        d.at("Mon 04 15:00").done(2)

    return play


MOVES = [
    Case(MOVE_TOLD, owed, lambda d: d.move(2, "wed noon", told=True), "open",
         "2 policy Wed 06 12:00 open, moved 1, first Mon 04 14:00"),
    Case(MOVE_TOLD, owed, moved_then_kept(True), "answered",
         "2 policy Mon 04 16:00 kept, moved 1, first Mon 04 14:00", f"{CHECK} open",
         "first reply Mon 04 15:00"),
    Case(MOVE_TOLD, deed_owed, lambda d: d.move(2, "fri noon", told=True), "open",
         "2 spoken deed Fri 08 12:00 open, moved 1, first Thu 07 12:00"),
    Case(MOVE_UNTOLD, owed, lambda d: d.move(2, "wed noon", told=False), "open",
         "2 policy Wed 06 12:00 open, judged by Mon 04 14:00"),
    Case(MOVE_UNTOLD, owed, moved_then_kept(False), "answered",
         "2 policy Mon 04 16:00 kept late by 60 min, judged by Mon 04 14:00", f"3 {LOUD}",
         "first reply Mon 04 15:00"),
    Case(MOVE_OURS, planned, lambda d: d.move(3, "thu 09:00"), "open", OWED,
         "3 follow-up Thu 07 09:00 open"),
    Case(MOVE_OURS, waiting, lambda d: d.move(3, "fri 09:00"), "waiting", KEPT,
         "3 chase Fri 08 09:00 open", REPLIED),
    Case(MOVE_OURS, answered, lambda d: d.move(3, "wed 09:00"), "answered", KEPT,
         "3 quiet check Wed 06 09:00 open", REPLIED),
    Case(MOVE_OURS, answered_aloud, lambda d: d.move(3, "fri 09:00"), "answered", KEPT,
         "3 check Fri 08 09:00 open", REPLIED),
]  # fmt: skip

DROP_INQUIRY = "`drop` inquiry"
DROP_OURS = "`drop` follow-up / `--series` / care step / check / round"
DROPPED_NOW = f"{CLOSED_NOW} null"
DROPS = [
    Case("`drop` promise", owed, lambda d: d.drop(2), "open", "2 policy Mon 04 14:00 released"),
    Case("`drop` promise", both_owed, lambda d: d.drop(3), "open",
         f"{OWED}; 3 spoken deed Thu 07 12:00 released"),
    Case("`drop` promise", waiting_with_deed, lambda d: d.drop(3), "waiting",
         f"{KEPT}; 3 spoken deed Thu 07 12:00 released", f"4 {CHASE} open", REPLIED),
    Case(DROP_INQUIRY, both_owed, lambda d: d.drop(1), DROPPED_NOW,
         "2 policy Mon 04 14:00 released; 3 spoken deed Thu 07 12:00 released"),
    Case(DROP_INQUIRY, waiting, lambda d: d.drop(1), DROPPED_NOW, KEPT, f"3 {CHASE} dropped",
         REPLIED),
    Case(DROP_INQUIRY, answered, lambda d: d.drop(1), DROPPED_NOW, KEPT, f"{CHECK} dropped",
         REPLIED),
    Case(DROP_INQUIRY, planned, lambda d: d.drop(1), DROPPED_NOW,
         "2 policy Mon 04 14:00 released", "3 follow-up Wed 06 12:00 open"),
    Case(DROP_INQUIRY, closed, lambda d: d.drop(1), CLOSED_THEN, KEPT, counts=REPLIED,
         refused="closed already"),
    Case(DROP_OURS, planned, lambda d: d.drop(3), "open", OWED,
         "3 follow-up Wed 06 12:00 dropped"),
    Case(DROP_OURS, in_series, lambda d: d.drop(3), "open", OWED,
         "3 follow-up Wed 06 12:00 dropped; 4 follow-up Wed 13 12:00 open"),
    Case(DROP_OURS, in_series, lambda d: d.drop(3, series=True), "open", OWED,
         "3 follow-up Wed 06 12:00 dropped"),
    Case(DROP_OURS, answered, lambda d: d.drop(3), DROPPED_NOW, KEPT, f"{CHECK} dropped",
         REPLIED),
    Case(DROP_OURS, waiting, lambda d: d.drop(3), "waiting", KEPT, f"3 {CHASE} dropped", REPLIED),
]  # fmt: skip

CASES = [*NEW, *IN, *REPLIES, *ATTEMPTS, *PROMISES, *ENDS, *DONE, *MOVES, *DROPS]


def test_every_row_has_a_case_and_every_case_a_row() -> None:
    rows = [row[0] for row in rows_of_the_table()]

    assert len(rows) == len(set(rows))
    assert {case.row for case in CASES} == set(rows)


def test_every_row_of_the_table_fills_every_column() -> None:
    assert {len(row) for row in rows_of_the_table()} == {5}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.row} / {case.before.__name__}")
def test_after_a_deed_every_cell_is_as_the_table_says(case: Case) -> None:
    desk = Desk()
    case.before(desk)
    desk.at(case.at)

    if case.refused:
        with pytest.raises(RefusedError, match=case.refused):
            case.deed(desk)
    else:
        case.deed(desk)

    assert desk.inquiry_cell() == case.inquiry
    assert desk.promises_cell() == case.promises
    assert desk.follow_ups_cell() == case.follow_ups
    assert desk.counts_cell() == case.counts
