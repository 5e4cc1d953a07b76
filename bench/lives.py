"""What inquiries live through: played by the desk's own rules, so that every state is a true one.

A life is played once, in one week of the calendar, and may then be lived again in any other: the
hours of a week repeat, so that it is moved by whole weeks on the clock of the wall.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from cxdesk.domain import inquiries as rules
from cxdesk.domain.records import POLICY, Inquiry, Owed, Thread
from cxdesk.domain.threads import open_follow_up

if TYPE_CHECKING:
    from random import Random

    from cxdesk.domain.records import Desk

CHANNELS = ("phone",) * 6 + ("email",) * 8 + ("web",) * 3 + ("chat",) * 4 + ("social",) * 3
RARE_CHANNELS = ("visit", "post", "review")
TAGS = ("invoice", "delivery", "returns", "complaint", "quote", "repair", "warranty", "praise")
MOST_STEPS = 7


class Line(NamedTuple):
    """One message of a life: when, which way, by which channel."""

    at: datetime
    way: str
    channel: str


class Life(NamedTuple):
    """One inquiry with everything that ever stood on it, and what was said."""

    thread: Thread
    lines: tuple[Line, ...]
    ended_at: datetime


class Play:
    """One inquiry as it goes on, step by step, by chance."""

    def __init__(self, random: Random, desk: Desk, at: datetime) -> None:
        self.random = random
        self.desk = desk
        self.at = at
        self.lines: list[Line] = []
        channels = RARE_CHANNELS if random.random() < 0.06 else CHANNELS
        self.channel = random.choice(channels)
        self.tags = tuple(sorted(random.sample(TAGS, random.choice((0, 0, 0, 1, 1, 2)))))
        self.thread = Thread(self._draft())

    def _draft(self) -> Inquiry:
        chance = self.random.random()
        return Inquiry(
            number=0,
            customer_id=None,
            channel=self.channel,
            subject="",
            status="open",
            opened_at=self.at,
            mood="bad" if chance < 0.1 else "good" if chance < 0.2 else None,
        )

    def life(self) -> Life:
        return Life(self.thread._replace(tags=self.tags), tuple(self.lines), self.at)

    # Steps -----------------------------------------------------------------------------------

    def pass_time(self, hours: float) -> None:
        """Until some minute in so many hours, about."""
        self.at += timedelta(minutes=1 + int(self.random.expovariate(1 / (60 * hours))))

    def say(self, way: str) -> None:
        self.lines.append(Line(self.at, way, self.channel))

    def open(self, owed: Owed = POLICY) -> None:
        self.thread = rules.opened(self._tagged().inquiry, self.at, self.desk, owed)
        self.thread = self._tagged()
        self.say("in")

    def _tagged(self) -> Thread:
        return self.thread._replace(tags=self.tags)

    def come_again(self) -> None:
        self.thread = rules.received(self.thread, self.at, self.desk)
        self.say("in")

    def speak(self, due_at: datetime) -> None:
        """The owner says by when."""
        said = self.desk.hours.local(due_at).strftime("%a %H:%M").lower()
        owed = Owed("spoken", due_at=due_at, said=said)
        self.thread = rules.promised(self.thread, owed, self.at, self.desk)

    def reply(self, then: str | None = None) -> None:
        self.thread = rules.replied(self.thread, self.at, self.desk, then=then)
        self.say("out")

    def end(self) -> None:
        """Whatever it is: closed, as time or the customer closes it."""
        check = open_follow_up(self.thread, "check")
        if check is not None and self.random.random() < 0.6:
            self.at = max(check.due_at, self.at)
            self.thread = rules.check_done(self.thread, check, self.at, "done")
        elif self.random.random() < 0.8:
            self.thread = rules.solved(self.thread, self.at, self.desk)
        else:
            self.drop()

    def drop(self) -> None:
        """Given up. The rule takes what is open, as the store would hand it over."""
        over = tuple(p for p in self.thread.promises if p.state != "open")
        owed = tuple(p for p in self.thread.promises if p.state == "open")
        dropped = rules.dropped(self.thread._replace(promises=owed), self.at)
        self.thread = dropped._replace(promises=(*over, *dropped.promises))


def closed_life(random: Random, desk: Desk, at: datetime) -> Life:
    """From the first message to the end."""
    play = Play(random, desk, at)
    kind = random.random()
    if kind < 0.05:
        play.thread = rules.settled_on_the_spot(play.thread.inquiry, at)
        play.say("in")
    elif kind < 0.08:
        play.thread = rules.started_by_us(play.thread.inquiry, at, desk)
        play.say("out")
    else:
        play.open()
    for _ in range(random.randint(1, MOST_STEPS)):
        if play.thread.inquiry.status == "closed":
            return play.life()
        _step(play)
    if play.thread.inquiry.status != "closed":
        play.pass_time(8)
        play.end()
    return play.life()


def _step(play: Play) -> None:
    """What may come next, by how it stands."""
    chance = play.random.random()
    status = play.thread.inquiry.status
    play.pass_time({"open": 6, "waiting": 20}.get(status, 24))
    if status == "open" and chance < 0.12:
        play.speak(play.desk.hours.add(play.at, timedelta(hours=play.random.randint(2, 20))))
    elif status == "open" and chance > 0.25:
        play.reply(play.random.choice((None, None, None, "open", "wait", "solved")))
    elif status == "answered" and chance < 0.75:
        play.end()
    elif status == "waiting" and chance < 0.15:
        play.drop()
    else:
        play.come_again()


# What is still going on ------------------------------------------------------------------------


def owing_life(random: Random, desk: Desk, now: datetime, *, late: bool) -> Life:
    """An open inquiry that owes a reply: late by at most five business days, or due in a week."""
    while True:
        play = Play(random, desk, now - timedelta(minutes=random.randint(5, 12 * 24 * 60)))
        play.open()
        if random.random() < 0.4:
            play.pass_time(1)
            play.speak(now + timedelta(minutes=30 * random.randint(-9 * 48, 7 * 48)))
        if random.random() < 0.3:
            play.pass_time(10)
            play.come_again()
        if play.at < now and _is_due(play.thread.promises[0].due_at, now, desk, late=late):
            return play.life()


def _is_due(due_at: datetime, now: datetime, desk: Desk, *, late: bool) -> bool:
    if late:
        return due_at < now <= desk.hours.close_of_day(due_at, 5)
    return now <= due_at < now + timedelta(days=6)


def waiting_life(random: Random, desk: Desk, now: datetime) -> Life:
    """Answered, and now it is the customer's turn; we ask again later."""
    return _replied_life(random, desk, now, "wait")


def answered_life(random: Random, desk: Desk, now: datetime) -> Life:
    """Answered in time, not yet contradicted: a quiet check stands."""
    return _replied_life(random, desk, now, None)


def _replied_life(random: Random, desk: Desk, now: datetime, then: str | None) -> Life:
    while True:
        play = Play(random, desk, now - timedelta(minutes=random.randint(60, 5 * 24 * 60)))
        play.open()
        play.pass_time(1)
        play.reply(then)
        standing = play.thread.follow_ups[-1]
        if play.at < now < standing.due_at and (then == "wait") != standing.quiet:
            return play.life()
