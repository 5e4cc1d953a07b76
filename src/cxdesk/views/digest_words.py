"""The sentences of the digest, as its text and its HTML both say them.

What customers and the owner wrote is put on one line and shortened; control characters never come
through. Nobody is accused, nothing is shouted.
"""

from __future__ import annotations

from datetime import timedelta

from cxdesk.domain.records import NamedTuple
from cxdesk.views.safe import flat
from cxdesk.views.words import NOBODY, counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import date, datetime

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.reminders import Digest, Entry, Kept, Praise

LONGEST = 90  # characters of somebody's words
LONGEST_NAME = 40
ENOUGH_MAILS = 3
_A_WEEK = 7
_EVENING = 18
_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


# Good news ---------------------------------------------------------------------------------------


def good_news(told: Digest, hours: OpeningHours) -> list[str]:
    """What is good and true, a sentence each; none where there is nothing."""
    lines = []
    if told.praise:
        lines.append(praised(told.praise, told.day_on, hours))
    if told.kept:
        same = told.praise and hours.local(told.praise.said_at).date() == told.kept.day_on
        when = "that day" if same else on(told.kept.day_on, told.day_on)
        lines.append(was_kept(told.kept, when))
    return lines


def undelivered(told: Digest) -> list[str]:
    """The answers that did not leave, a sentence each: to whom, on what, and why."""
    return [
        f"Your answer to {short(mail.recipient)} ({mail.number}): {ended(short(mail.detail or ''))}"
        for mail in told.lost
    ]


def praised(praise: Praise, today: date, hours: OpeningHours) -> str:
    when = on(hours.local(praise.said_at).date(), today)
    who = short(praise.name, LONGEST_NAME)
    if praise.words and praise.words.strip():
        return f'{who} said {when}: "{ended(short(praise.words))}"'
    return f"{who} gave you {counted(praise.rating or 0, 'star')} {when}."


def was_kept(kept: Kept, when: str) -> str:
    """ "You kept 4 of 4 promises on Friday, two of them early."; `when` may be empty."""
    line = f"You kept {kept.kept} of {counted(kept.judged, 'promise')} {when}".rstrip()
    if kept.early == kept.kept > 1:
        return f"{line}, all of them early."
    if kept.early and kept.kept > 1:
        return f"{line}, {number(kept.early)} of them early."
    return f"{line}, early." if kept.early else f"{line}."


def number(count: int) -> str:
    return _NUMBERS[count] if count < len(_NUMBERS) else str(count)


# One thing ---------------------------------------------------------------------------------------


def opening(entry: Entry, now: datetime, hours: OpeningHours) -> str:
    """Who, and since when or by when: no accusation."""
    item, who = entry.item, name(entry)
    if item.state != "late":
        return f"{who}, {by(due(entry), hours)}."
    if item.kind != "promise":
        return f"{who}: planned for {since(due(entry), now, hours)}."
    begun = due(entry) if item.promised else entry.waiting_at or due(entry)
    again = ""
    if item.chased_at is not None:
        again = f", and asked again {ago(item.chased_at, now, hours)}"
    return f"{who} has waited since {since(begun, now, hours)}{again}."


def matter(entry: Entry) -> list[str]:
    """What it is about; where it was promised, in the owner's own words."""
    item = entry.item
    what = ended(short(item.what))
    if item.promised and entry.said:
        said = short(entry.said)
        words = said if said.lower().startswith(("by ", "in ", "before ")) else f"by {said}"
        return [f'You said: "{words}" - {what}']
    reply = " a reply" if item.owes == "reply" else ""
    return [f"You promised{reply}: {what}" if item.promised else f"About: {what}"]


def asked_again(entry: Entry, now: datetime, hours: OpeningHours) -> str:
    if entry.item.chased_at is None:
        return ""
    return f"asked again {ago(entry.item.chased_at, now, hours)}: "


class Way(NamedTuple):
    """How to reach them: what is said before the place that can be tapped, and after it. `kind`
    is tel or mailto, empty for a place that is neither."""

    kind: str
    before: str
    place: str
    after: str = ""


def way(entry: Entry) -> Way | None:
    """A number or an address, and why to call rather than write."""
    item = entry.item
    if not item.reach:
        return None
    place = flat(item.reach)
    if "@" in place and not place.startswith("@"):
        return Way("mailto", "Mail ", place, " (prefers mail)" * (entry.prefers == "email"))
    if not any(sign.isdigit() for sign in place):
        return Way("", "", place)
    if item.nudge == "call" and entry.mails >= ENOUGH_MAILS:
        count = number(entry.mails).capitalize()
        return Way("tel", "Call ", place, f". {count} mails so far: talking is quicker.")
    return Way("tel", "Call ", place)


def reach(entry: Entry, *, alone: bool) -> str:
    """The way as text; in a list an address needs no word before it."""
    found = way(entry)
    if found is None:
        return ""
    before = found.before if alone or found.kind != "mailto" else ""
    return f"{before}{found.place}{found.after}"


def coming(entry: Entry, today: date, hours: OpeningHours) -> str:
    """ "Tuesday noon: Dana Reyes, the oak shelf." """
    local = hours.local(due(entry))
    day = day_name(local.date(), today)
    what = short(entry.item.what, 60)
    return f"{day} {time(local)}: {name(entry)}" + (f", {ended(what)}" if what else ".")


def ahead(told: Digest, hours: OpeningHours) -> list[str]:
    """What comes next, and when it is quiet: that is worth knowing too."""
    if not told.then:
        later = day_name(told.until_on + timedelta(days=1), told.day_on)
        return [f"Nothing else is due before {later}."]
    lines = [coming(entry, told.day_on, hours) for entry in sorted(told.then, key=due)]
    if not told.more:
        lines[0] += f" Nothing{' else' * bool(told.first)} is due before that."
    return lines


def stamp(local: datetime, entry: Entry, hours: OpeningHours) -> str:
    return f"{local:%H:%M}" if entry.item.state == "today" else f"{local:%A %H:%M}"


# Words -------------------------------------------------------------------------------------------


def name(entry: Entry) -> str:
    item = entry.item
    return short(item.name or (item.channel if item.kind == "round" else None) or NOBODY, 40)


def due(entry: Entry) -> datetime:
    assert entry.item.due_at is not None  # what has no date is in no digest
    return entry.item.due_at


def short(text: str | None, longest: int = LONGEST) -> str:
    """Somebody's words on one line, cut at a word."""
    line = " ".join(flat(text or "").split())
    if len(line) <= longest:
        return line
    cut = line[: longest - 1]
    return (cut.rpartition(" ")[0] or cut).rstrip(",;:- ") + "…"


def ended(text: str) -> str:
    """A sentence's end, where the words bring none of their own."""
    return text if text.endswith((".", "!", "?", "…")) else f"{text}."


def time(local: datetime) -> str:
    return "noon" if (local.hour, local.minute) == (12, 0) else f"{local:%H:%M}"


def by(at: datetime, hours: OpeningHours) -> str:
    return f"by {time(hours.local(at))}"


def day_name(day: date, today: date) -> str:
    """ "Tuesday" within the week, else "Tuesday 8 December"."""
    if 0 <= (day - today).days < _A_WEEK:
        return f"{day:%A}"
    return f"{day:%A} {day.day} {day:%B}"


def since(at: datetime, now: datetime, hours: OpeningHours) -> str:
    local, today = hours.local(at), hours.local(now).date()
    days = (today - local.date()).days
    if days == 0:
        return time(local)
    return f"{local:%A}" if days < _A_WEEK else f"{local.day} {local:%B}"


def on(day: date, today: date) -> str:
    """ "today", "yesterday", "on Friday", "on 14 November"."""
    days = (today - day).days
    if days <= 1:
        return "yesterday" if days == 1 else "today"
    return f"on {day:%A}" if days < _A_WEEK else f"on {day.day} {day:%B}"


def ago(at: datetime, now: datetime, hours: OpeningHours) -> str:
    """ "at 07:40" today, "last night", else the day."""
    local = hours.local(at)
    days = (hours.local(now).date() - local.date()).days
    if days == 0:
        return f"at {local:%H:%M}"
    if days == 1 and local.hour >= _EVENING:
        return "last night"
    return on(local.date(), hours.local(now).date())
