"""What a desk must say after `import conversations`, worked out a second time and apart.

Nothing of cxdesk is imported here and nothing of it was copied: it is written from
docs/states.md and the promise clock alone, for clearness, not for speed.

    python tests/oracle.py FILE --now 2017-11-30T09:00:00Z --zone Europe/London

prints the figures as JSON. Columns are named as in `--map`; the defaults are those of the sample.
"""

from __future__ import annotations

import argparse
import csv
import json
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

COLUMNS = {
    "id": "tweet_id",
    "author": "author_id",
    "direction": "inbound",
    "at": "created_at",
    "text": "text",
    "reply_to": "in_response_to_tweet_id",
}
WORDS = ("private message", "refund", "deliv", "app", "dm", "zzzz")
NINE_TO_FIVE = {day: (time(9), time(17)) for day in range(5)}
MINUTE = timedelta(minutes=1)


# Business time: day after day, interval by interval ----------------------------------------------


@dataclass(frozen=True)
class Calendar:
    """One interval a day at most; that is all the sample needs."""

    zone: ZoneInfo
    week: dict[int, tuple[time, time]] = field(default_factory=lambda: NINE_TO_FIVE)
    closed: frozenset[date] = frozenset()

    def local(self, at: datetime) -> datetime:
        return at.astimezone(self.zone)

    def hours(self, day: date) -> tuple[datetime, datetime] | None:
        if day in self.closed or day.weekday() not in self.week:
            return None
        opens, closes = self.week[day.weekday()]
        first = datetime.combine(day, opens, self.zone).astimezone(UTC)
        return first, datetime.combine(day, closes, self.zone).astimezone(UTC)

    def end_of_day(self, at: datetime, days: int) -> datetime:
        """Closing time of the N-th open date after the local date of `at`."""
        day = self.local(at).date()
        while days:
            day += timedelta(days=1)
            days -= self.hours(day) is not None
        hours = self.hours(day)
        assert hours is not None
        return hours[1]

    def after(self, at: datetime, span: timedelta) -> datetime:
        """When so much open time has gone by."""
        day = self.local(at).date()
        while True:
            hours = self.hours(day)
            if hours and hours[1] > at:
                start = max(at, hours[0])
                if start + span <= hours[1]:
                    return start + span
                span -= hours[1] - start
            day += timedelta(days=1)

    def between(self, start: datetime, end: datetime) -> timedelta:
        day = self.local(start).date()
        total = timedelta(0)
        while day <= self.local(end).date():
            hours = self.hours(day)
            if hours:
                total += max(timedelta(0), min(end, hours[1]) - max(start, hours[0]))
            day += timedelta(days=1)
        return total

    def due(self, at: datetime, policy: str) -> datetime:
        number, unit = int(policy[:-2]), policy[-2:]
        if unit == "bd":
            return self.end_of_day(at, number)
        return self.after(at, timedelta(hours=number))


# Reading ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Said:
    place: int
    id: str
    author: str
    inbound: bool
    at: datetime
    text: str
    answers: str


def read(path: str, columns: dict[str, str]) -> list[Said]:
    with Path(path).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    return [
        _said(place, {key: row[columns[key]] for key in columns}) for place, row in enumerate(rows)
    ]


def _said(place: int, row: dict[str, str]) -> Said:
    at = datetime.strptime(row["at"], "%a %b %d %H:%M:%S %z %Y").astimezone(UTC)
    inbound = row["direction"].lower() in ("true", "in", "inbound")
    answers = row["reply_to"].split(".")[0]
    return Said(place, row["id"], row["author"], inbound, at, row["text"], answers)


# Threads: from each message up, and sets that grow together --------------------------------------


@dataclass
class Talk:
    """What one customer and we said in one thread."""

    customer: str | None
    said: list[Said]


def talks(messages: list[Said]) -> list[Talk]:
    by_id = {one.id: one for one in messages}
    found: list[Talk] = []
    for group in _groups(messages, by_id):
        people: set[str | None] = {one.author for one in group if one.inbound}
        for person in people or {None}:
            mine = [one for one in group if person is None or person in _owners(one, group, by_id)]
            mine.sort(key=lambda one: (one.at, one.place))
            found.append(Talk(person, mine))
    return sorted(found, key=_order)


def _order(talk: Talk) -> tuple[Any, ...]:
    """By the first message; where several customers share it, by their own first."""
    own = next((one for one in talk.said if one.inbound), talk.said[0])
    return (talk.said[0].at, talk.said[0].place, own.at, own.place)


def _groups(messages: list[Said], by_id: dict[str, Said]) -> list[list[Said]]:
    group_of = {one.id: [one] for one in messages}
    for one in messages:
        if one.answers in by_id and group_of[one.id] is not group_of[one.answers]:
            mine, theirs = group_of[one.id], group_of[one.answers]
            theirs.extend(mine)
            for moved in mine:
                group_of[moved.id] = theirs
    return list({id(group): group for group in group_of.values()}.values())


def _above(one: Said, by_id: dict[str, Said]) -> list[Said]:
    """The message and what it goes back to, as far as all of it is ours or the first is not."""
    chain = [one]
    while not chain[-1].inbound and chain[-1].answers in by_id:
        chain.append(by_id[chain[-1].answers])
    return chain


def _owners(one: Said, group: list[Said], by_id: dict[str, Said]) -> set[str]:
    source = _above(one, by_id)[-1]
    if source.inbound:
        return {source.author}
    answers = (other for other in group if other.inbound and other.answers in by_id)
    return {a.author for a in answers if _above(by_id[a.answers], by_id)[-1] is source}


# States -------------------------------------------------------------------------------------------


@dataclass
class Owed:
    """A reply that the policy promises."""

    made_at: datetime
    due_at: datetime
    kept_at: datetime | None = None

    def state(self, now: datetime) -> str:
        if self.kept_at is None:
            return "overdue" if now > self.due_at else "open"
        return "kept" if self.kept_at <= self.due_at else "kept_late"


@dataclass
class Check:
    loud: bool
    due_at: datetime


@dataclass
class Inquiry:
    """states.md for the two things that an import can say: they wrote, we wrote."""

    calendar: Calendar
    policy: str
    talk: Talk
    status: str = "new"
    owed: list[Owed] = field(default_factory=list)
    check: Check | None = None
    first_in_at: datetime | None = None
    first_reply_at: datetime | None = None
    closed_at: datetime | None = None
    marked: bool = False
    chased: int = 0
    reopened: int = 0

    def play(self, now: datetime) -> None:
        for one in self.talk.said:
            self.settle(one.at)
            if one.inbound:
                self.they_wrote(one.at)
            else:
                self.we_wrote(one.at)
        self.settle(now)

    def settle(self, now: datetime) -> None:
        """A quiet check that nobody contradicted closes the inquiry."""
        if self.check and not self.check.loud and self.check.due_at <= now:
            self.status, self.closed_at = "closed", self.check.due_at
            self.check = None

    def they_wrote(self, at: datetime) -> None:
        if self.status == "open":
            self.chased += 1
            return
        self.marked = self.status in ("answered", "closed")
        self.first_in_at = self.first_in_at or at
        self.status, self.closed_at, self.check = "open", None, None
        self.owed.append(Owed(at, self.calendar.due(at, self.policy)))

    def we_wrote(self, at: datetime) -> None:
        if self.status == "new":
            self.status, self.closed_at = "closed", at
        if self.status == "closed":
            return
        if self.status == "open":
            self.answer(at)
        self.status = "answered"
        late = any(owed.state(at) == "kept_late" for owed in self.owed)
        loud = late or self.reopened > 0 or self.chased > 0
        self.check = Check(loud, self.calendar.end_of_day(at, 3 if loud else 5))

    def answer(self, at: datetime) -> None:
        self.owed[-1].kept_at = at
        self.first_reply_at = self.first_reply_at or at
        self.reopened += self.marked
        self.marked = False


# Figures ------------------------------------------------------------------------------------------


@dataclass
class Desk:
    calendar: Calendar
    channel: str
    policy: str
    now: datetime
    inquiries: list[Inquiry]

    def promises(self) -> list[Owed]:
        return [owed for inquiry in self.inquiries for owed in inquiry.owed]


def desk(
    messages: list[Said],
    *,
    now: datetime,
    zone: str = "Europe/London",
    channel: str = "social",
    policy: str = "1bd",
) -> Desk:
    calendar = Calendar(ZoneInfo(zone))
    inquiries = [Inquiry(calendar, policy, talk) for talk in talks(messages)]
    for inquiry in inquiries:
        inquiry.play(now)
    return Desk(calendar, channel, policy, now, inquiries)


def counts(desk: Desk) -> dict[str, Any]:
    checks = [inquiry.check for inquiry in desk.inquiries if inquiry.check]
    said = [one for inquiry in desk.inquiries for one in inquiry.talk.said]
    status = [inquiry.status for inquiry in desk.inquiries]
    states = [owed.state(desk.now) for owed in desk.promises()]
    return {
        "customers": len({one.author for one in said if one.inbound}),
        "inquiries": len(desk.inquiries),
        "without_customer": sum(inquiry.talk.customer is None for inquiry in desk.inquiries),
        "messages": len({one.id for one in said}),
        "message_rows": len(said),
        "by_status": {s: status.count(s) for s in ("open", "waiting", "answered", "closed")},
        "promises": len(states),
        "by_state": {s: states.count(s) for s in ("kept", "kept_late", "open", "overdue")},
        "chased": sum(inquiry.chased for inquiry in desk.inquiries),
        "reopened": sum(inquiry.reopened for inquiry in desk.inquiries),
        "loud_checks": sum(check.loud for check in checks),
        "quiet_checks": sum(not check.loud for check in checks),
    }


def one_by_one(desk: Desk) -> list[dict[str, Any]]:
    """Each inquiry, in the order in which the import makes them."""
    return [
        {
            "customer": inquiry.talk.customer,
            "messages": [one.id for one in inquiry.talk.said],
            "status": inquiry.status,
            "opened_at": _iso(inquiry.talk.said[0].at),
            "first_reply_at": _iso(inquiry.first_reply_at),
            "closed_at": _iso(inquiry.closed_at),
            "chased": inquiry.chased,
            "reopened": inquiry.reopened,
            "check": _check(inquiry.check),
            "promises": [_promise(desk, owed) for owed in inquiry.owed],
        }
        for inquiry in desk.inquiries
    ]


def _check(check: Check | None) -> dict[str, Any] | None:
    return {"loud": check.loud, "due_at": _iso(check.due_at)} if check else None


def _promise(desk: Desk, owed: Owed) -> dict[str, Any]:
    end = owed.kept_at or desk.now
    is_late = end > owed.due_at
    is_early = owed.kept_at is not None and not is_late
    business = desk.calendar.between(owed.due_at, end) if is_late else timedelta(0)
    return {
        "made_at": _iso(owed.made_at),
        "due_at": _iso(owed.due_at),
        "kept_at": _iso(owed.kept_at),
        "state": owed.state(desk.now),
        "early_minutes": (owed.due_at - end) // MINUTE if is_early else None,
        "late_minutes": _rounded_up(end - owed.due_at) if is_late else None,
        "late_business_minutes": _rounded_up(business) if is_late else None,
    }


def due(desk: Desk) -> list[dict[str, Any]]:
    """Every item, `later` included; numbers are those of the inquiries, counted from 1."""
    found = []
    for number, inquiry in enumerate(desk.inquiries, 1):
        for owed in inquiry.owed:
            if owed.kept_at is None:
                state = "late" if desk.now > owed.due_at else _day(desk, owed.due_at)
                found.append((state, inquiry, owed.due_at, number, "promise"))
        if inquiry.check and inquiry.check.loud:
            at = inquiry.check.due_at
            found.append((_day(desk, at), inquiry, at, number, "check"))
    states = ("late", "today", "next", "later")
    found.sort(key=lambda item: (states.index(item[0]), not _is_chasing(item[1]), *item[2:4]))
    return [_item(desk, *item) for item in found]


def _is_chasing(inquiry: Inquiry) -> bool:
    return inquiry.chased > 0 and inquiry.status == "open"


def _day(desk: Desk, at: datetime) -> str:
    days = (desk.calendar.local(at).date() - desk.calendar.local(desk.now).date()).days
    if days < 0:
        return "late"
    if days == 0:
        return "today"
    return "next" if days <= 7 else "later"


def _item(
    desk: Desk, state: str, inquiry: Inquiry, at: datetime, number: int, kind: str
) -> dict[str, Any]:
    return {
        "kind": kind,
        "state": state,
        "due_at": _iso(at),
        "customer": inquiry.talk.customer,
        "first_message": inquiry.talk.said[0].id,
        "nth_inquiry": number,
        "chased": inquiry.chased,
        "late_minutes": _rounded_up(desk.now - at) if desk.now > at else None,
    }


# Reports ------------------------------------------------------------------------------------------


def report_promises(desk: Desk, since: datetime | None = None) -> dict[str, Any]:
    """Promises belong to the period in which they were due; what is not due yet, to every one."""
    if since is None:
        day = desk.calendar.local(desk.now).date().replace(day=1)
        since = datetime.combine(day, time(0), desk.calendar.zone)
    since = since.astimezone(UTC)
    states = [owed.state(desk.now) for owed in desk.promises() if owed.due_at >= since]
    kept, late, overdue = (states.count(s) for s in ("kept", "kept_late", "overdue"))
    waits = [
        inquiry.first_reply_at - inquiry.first_in_at
        for inquiry in desk.inquiries
        if inquiry.first_in_at and inquiry.first_reply_at and inquiry.first_reply_at >= since
    ]
    return {
        "channel": desk.channel,
        "kept": kept,
        "late": late,
        "overdue": overdue,
        "moved": 0,
        "released": 0,
        "open": states.count("open"),
        "kept_rate": _rate(kept, kept + late + overdue),
        "median_reply_minutes": _median_minutes(waits),
    }


EVERYDAY = ("1bh", "2bh", "4bh", "1bd", "2bd", "3bd", "1w")
SURE_HOURS = {"1bh": 1, "2bh": 2, "4bh": 4, "1bd": 8, "2bd": 16, "3bd": 24, "1w": 40}


def advise(desk: Desk) -> dict[str, Any]:
    """Twenties, so that no rounding error moves a rank: 90 % are 18, 95 % are 19."""
    newest = sorted(desk.promises(), key=lambda owed: owed.made_at)[-200:]
    lasted = sorted(
        desk.calendar.between(owed.made_at, owed.kept_at or desk.now) for owed in newest
    )
    states = [owed.state(desk.now) for owed in newest]
    kept = states.count("kept")
    margins = [
        owed.due_at - owed.kept_at
        for owed in newest
        if owed.kept_at is not None and owed.kept_at <= owed.due_at
    ]
    return {
        "channel": desk.channel,
        "policy": desk.policy,
        "n": len(newest),
        "kept_rate": _rate(kept, len(states) - states.count("open")),
        "at_90": _safe(lasted, 18, 9),
        "at_95": _safe(lasted, 19, 19),
        "usual_margin_minutes": _median_minutes(margins),
    }


def _safe(lasted: list[timedelta], twentieths: int, enough: int) -> str | None:
    if len(lasted) < enough:
        return None
    rank = -(-twentieths * (len(lasted) + 1) // 20)
    needed = lasted[rank - 1]
    fitting = (a for a in EVERYDAY if timedelta(hours=SURE_HOURS[a]) >= needed)
    return next(fitting, None)


def search(desk: Desk, query: str) -> int:
    """The number of inquiries in which every word of the query is found."""
    asked = _words(query)
    return sum(all(_is_in(word, inquiry) for word in asked) for inquiry in desk.inquiries)


def _is_in(word: str, inquiry: Inquiry) -> bool:
    texts = [one.text for one in inquiry.talk.said] + [inquiry.talk.customer or ""]
    there = [known for text in texts for known in _words(text)]
    if len(word) < 3:
        return word in there
    return any(known.startswith(word) for known in there)


def _words(text: str) -> list[str]:
    apart = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(c for c in apart if not unicodedata.combining(c))
    return "".join(c if c.isalnum() else " " for c in bare).split()


# Rounding -----------------------------------------------------------------------------------------


def _rounded_up(span: timedelta) -> int:
    return -(-span // MINUTE)


def _rate(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _median_minutes(spans: list[timedelta]) -> int | None:
    if not spans:
        return None
    in_order = sorted(spans)
    low, high = in_order[(len(spans) - 1) // 2], in_order[len(spans) // 2]
    exact = Fraction((low + high) // timedelta(seconds=1), 2 * 60)
    return int(exact + Fraction(1, 2))


def _iso(at: datetime | None) -> str | None:
    return at.astimezone(UTC).isoformat() if at else None


# At the command line ------------------------------------------------------------------------------


def figures(desk: Desk, words: tuple[str, ...] = WORDS, since: datetime | None = None) -> Any:
    items = due(desk)
    states = [item["state"] for item in items]
    return {
        **counts(desk),
        "due": {state: states.count(state) for state in ("late", "today", "next", "later")},
        "count": states.count("late") + states.count("today"),
        "search": {word: search(desk, word) for word in words},
        "advise": advise(desk),
        "report_promises": report_promises(desk, since),
        "items": items,
        "each": one_by_one(desk),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file")
    parser.add_argument("--now", type=datetime.fromisoformat, required=True)
    parser.add_argument("--since", type=datetime.fromisoformat)
    parser.add_argument("--zone", default="Europe/London")
    parser.add_argument("--channel", default="social")
    parser.add_argument("--policy", default="1bd", help="Nbd or Nbh")
    parser.add_argument("--words", action="append", help="may be given several times")
    parser.add_argument("--map", action="append", default=[], metavar="FIELD=COLUMN")
    parser.add_argument("--future", action="store_true", help="keep what was said after now")
    asked = parser.parse_args()
    zone = ZoneInfo(asked.zone)
    now, since = (
        at if not at or at.tzinfo else at.replace(tzinfo=zone) for at in (asked.now, asked.since)
    )
    messages = read(asked.file, COLUMNS | dict(pair.split("=", 1) for pair in asked.map))
    messages = [one for one in messages if asked.future or one.at <= now]
    made = desk(messages, now=now, zone=asked.zone, channel=asked.channel, policy=asked.policy)
    print(
        json.dumps(figures(made, tuple(asked.words or WORDS), since), indent=1, ensure_ascii=False)
    )


if __name__ == "__main__":
    main()
