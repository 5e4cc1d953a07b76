"""The digest and the alert as mails: a subject and plain text, words for people.

A mail one looks forward to: what is good and true first, then what to do, in order, each with whom
to call or write to; then when it will be quiet. What customers and the owner wrote is put on one
line and shortened; control characters never come through.
"""

from __future__ import annotations

from textwrap import fill

from cxdesk.domain.records import NamedTuple
from cxdesk.views import digest_words as words
from cxdesk.views.digest_html import html
from cxdesk.views.words import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.reminders import Digest, Entry

WIDTH = 72


class Text(NamedTuple):
    """A mail in plain words; `html` says the same."""

    subject: str
    body: str
    html: str | None = None


# The digest --------------------------------------------------------------------------------------


def digest(told: Digest, hours: OpeningHours, *, names: bool = True, prefix: str = "CX") -> Text:
    """The morning's mail. `names` False: no customer's name in the subject."""
    parts = ["\n".join(wrapped(line) for line in words.good_news(told, hours))]
    if told.lost:
        lost = (wrapped(line, "  ") for line in words.undelivered(told))
        parts.append("NOT DELIVERED\n" + "\n".join(lost))
    if told.first:
        blocks = [_first(entry, told.now_at, hours) for entry in told.first]
        parts.append("FIRST\n" + "\n\n".join(blocks))
    if told.today:
        parts.append("TODAY\n" + _table(told.today, told.now_at, hours))
    parts.append("THEN\n" + "\n".join(wrapped(ln, "  ") for ln in words.ahead(told, hours)))
    if told.more:
        parts.append(f"And {counted(told.more, 'more', 'more')}: cxdesk due")
    title = subject(told, hours, names=names)
    body = "\n\n".join(part for part in parts if part) + "\n"
    return Text(title, body, html(told, hours, title, prefix))


def subject(told: Digest, hours: OpeningHours, *, names: bool = True) -> str:
    """`Monday: Bob first, then 4`; without names `Monday: 5 things, 1 of them late`."""
    day = f"{told.day_on:%A}"
    shown = [*told.first, *told.today, *told.then]
    rest = len(shown) + told.more - 1
    if not names:
        late = sum(entry.item.state == "late" for entry in shown)
        return f"{day}: {counted(rest + 1, 'thing')}" + (f", {late} of them late" if late else "")
    who = _first_name(shown[0])
    if not told.first:
        when = f"{hours.local(words.due(shown[0])):%A}"
        return f"{day}: nothing today, {who} on {when}" + (f", then {rest}" if rest else "")
    return f"{day}: {who} first" + (f", then {rest}" if rest else "")


def _first_name(entry: Entry) -> str:
    return words.name(entry).split(" ", 1)[0]


# One thing ---------------------------------------------------------------------------------------


def _first(entry: Entry, now: datetime, hours: OpeningHours) -> str:
    lines = [words.opening(entry, now, hours), *words.matter(entry), words.reach(entry, alone=True)]
    return "\n".join(wrapped(line, "  ") for line in lines if line)


def _table(entries: tuple[Entry, ...], now: datetime, hours: OpeningHours) -> str:
    """A line each for when, who and what, and a line below for how."""
    whens = [words.by(words.due(entry), hours) for entry in entries]
    names = [words.short(words.name(entry), 24) for entry in entries]
    to_name = 2 + max(map(len, whens)) + 2
    to_what = to_name + max(map(len, names)) + 2
    lines = []
    for entry, when, name in zip(entries, whens, names, strict=True):
        head = f"  {when}".ljust(to_name) + name.ljust(to_what - to_name)
        what = words.asked_again(entry, now, hours) + words.short(entry.item.what)
        lines.append(_hung(head, what) if what else head.rstrip())
        reach = words.reach(entry, alone=False)
        if reach:
            lines.append(wrapped(reach, " " * to_name))
    return "\n".join(lines)


def _hung(head: str, what: str) -> str:
    return fill(what, WIDTH, initial_indent=head, subsequent_indent=" " * len(head))


# The alert ---------------------------------------------------------------------------------------


def alert(due_at: datetime, entry: Entry, hours: OpeningHours, *, names: bool = True) -> Text:
    """One line: `16:00 Ann Lee, VAT twice - call 020 7946 0999`. Without names it is in the body
    alone."""
    local = hours.local(due_at)
    what = words.short(entry.item.what, 60).rstrip(".")
    line = f"{words.stamp(local, entry, hours)} {words.name(entry)}" + (f", {what}" if what else "")
    reach = words.reach(entry, alone=True).partition(". ")[0]
    if reach:
        line += f" - {reach[:1].lower()}{reach[1:]}"
    title = line if names else f"{local:%H:%M}: a promise is due"
    return Text(title, line + "\n")


def test(now: datetime) -> Text:
    """What `mail test` sends; `now` in the zone of the desk."""
    at = f"{now:%A} {now.day} {now:%B} {now:%H:%M}"
    body = f"Mail from cxdesk arrives. Sent on {at}, because you asked for it.\n"
    return Text("cxdesk: a test mail", body)


def wrapped(text: str, indent: str = "") -> str:
    return fill(
        text,
        WIDTH,
        initial_indent=indent,
        subsequent_indent=indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
