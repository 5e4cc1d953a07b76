"""`show`: a card with all that is known of someone, or one inquiry from beginning to end."""

from __future__ import annotations

from cxdesk.domain.customers import email_reach
from cxdesk.domain.received import NO_MAILS
from cxdesk.views import words
from cxdesk.views.screen import paragraphs, size
from cxdesk.views.shapes import (
    customer_json,
    follow_up_json,
    inquiry_json,
    lateness,
    message_json,
    no_mail_json,
    points,
    promise_json,
    traits,
)
from cxdesk.views.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime
    from typing import Any

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.received import Mails, NoMail
    from cxdesk.domain.records import Card, FollowUp, History, Message, Promise, Seen
    from cxdesk.views.screen import Screen

# A message is shown so far, unless all of it is asked for; what they wrote last on an inquiry,
# which is what it is looked up for, is shown further.
MOST_LINES = 4
MOST_LINES_ASKED = 40
_SAID_BY = {"in": "they", "out": "you", "note": "note"}
_LEFT = {
    "pending": ", NOT SENT YET",
    "sending": ", BEING SENT",
    "uncertain": ", PERHAPS ARRIVED: cxdesk mail resolve {}",
    "failed": ", NOT DELIVERED: cxdesk mail resolve {} --resend",
}


class HistoryView(View):
    """What the two have in common. `workings`: by a promise's number, how its instant came."""

    def __init__(
        self,
        history: History,
        hours: OpeningHours,
        *,
        full: bool = False,
        explain: bool = False,
        workings: Mapping[int, Sequence[str]] | None = None,
        mails: Mails = NO_MAILS,
    ) -> None:
        self.history = history
        self.hours = hours
        self.now = history.now_at
        self.full = full
        self.explain = explain
        self.workings = workings or {}
        self.mails = mails
        hanging = mails.hanging.values()
        self._several = {one.inquiry for some in hanging for one in some if one.number > 1}

    def _owed_json(self) -> dict[str, Any]:
        names = self.history.names
        return {
            "promises": [self._promise_json(promise) for promise in self.history.promises],
            "follow_ups": [follow_up_json(f, names, self.hours) for f in self.history.follow_ups],
        }

    def _promise_json(self, promise: Promise) -> dict[str, Any]:
        told = promise_json(promise, self.history.names, self.hours, self.now)
        if self.explain:
            told["working"] = list(self.workings.get(promise.number, ()))
        return told

    def _owed_lines(self) -> Iterable[str]:
        for promise in self.history.promises:
            at, what = words.written(promise.due_at, self.hours), _what_of(promise)
            yield words.row(promise.number, "promise", promise.state, at, what)
            if self.explain:
                for text in self.workings.get(promise.number, ()):
                    yield words.row(promise.number, "working", "", "", text)
        for plan in self.history.follow_ups:
            at = words.written(plan.due_at, self.hours)
            yield words.row(plan.number, plan.kind, plan.state, at, plan.what)

    def _message_lines(self) -> Iterable[str]:
        for message in self.history.messages:
            at = words.written(message.said_at, self.hours)
            number, text = message.inquiry_number, self._text(message)
            yield words.row(number, message.direction, message.channel, at, text)
            if self._elsewhere(message):
                yield words.row(number, "from", "", at, self._elsewhere(message))
            for doubt in self._doubts(message):
                yield words.row(number, "doubt", "", at, doubt)
            for one in self.mails.hanging.get(message.id, ()):
                yield words.row(number, "attachment", one.number, at, one.name, one.size)

    def _text(self, message: Message) -> str:
        """All of the mail where that is asked for, else what the message shows of it."""
        return self.mails.whole.get(message.id, message.text)

    def _elsewhere(self, message: Message) -> str | None:
        """The address that a mail of theirs came from, where it is none that is known of them."""
        written = self.mails.written.get(message.id)
        email = written.email if written and message.direction == "in" else None
        known = points(self.history.card, "email") if self.history.card else []
        return None if email_reach(email or "") in {"", *map(email_reach, known)} else email

    def _doubts(self, message: Message) -> tuple[str, ...]:
        written = self.mails.written.get(message.id)
        return written.doubts if written else ()

    def _draw_owed(self, screen: Screen) -> None:
        screen.blank()
        for promise in self.history.promises:
            screen.flow([f"{promise.number:>3} ", *self._promise_text(promise).split()], 5, begin=0)
            if self.explain:
                for text in self.workings.get(promise.number, ()):
                    screen.text(text, 9, begin=7)
        for plan in self.history.follow_ups:
            screen.flow([f"{plan.number:>3} ", *self._plan_text(plan).split()], 5, begin=0)

    def _promise_text(self, promise: Promise) -> str:
        at = words.moment(promise.due_at, self.hours, self.now)
        late, business = lateness(promise, self.hours, self.now)
        how = words.verdict(promise)
        if promise.state == "open" and late is not None:
            how = f"open, {words.late(late, business)}"
        moved = f", moved {words.counted(promise.moved, 'time')}" if promise.moved else ""
        return f"{_what_of(promise)}, by {at}: {how}{moved}"

    def _plan_text(self, plan: FollowUp) -> str:
        at = words.moment(plan.due_at, self.hours, self.now)
        again = f", {words.again(plan.every)}" if plan.every else ""
        kind = "follow-up" if plan.kind == "follow_up" else plan.kind
        state = "quiet" if plan.quiet else plan.state
        state += ", goes by mail" if plan.by_mail and plan.state == "open" else ""
        return f"{kind} {at}{again}: {plan.what} ({state})"

    def _draw_messages(self, screen: Screen, *, numbered: bool) -> None:
        if self.history.messages:
            screen.blank()
        for message in self.history.messages:
            self._draw_message(screen, message, numbered)

    def _draw_message(self, screen: Screen, message: Message, numbered: bool) -> None:
        """A message and what hangs on it."""
        screen.text(self._heading(message, numbered), 5, begin=0)
        self._draw_words(screen, message)
        if self.mails.is_shortened(message.id) and not self.full:
            screen.text("...  (quoted text: --full)", 5)
        if self._doubts(message):
            screen.text(f"({'; '.join(self._doubts(message))})", 5)
        for one in self.mails.hanging.get(message.id, ()):
            which = f" {one.number}" if one.inquiry in self._several else ""
            save = f"cxdesk mail save {one.inquiry}{which}"
            screen.flow(["+", one.name, words.size(one.size), f"  {save}"], 7, begin=5)

    def _heading(self, message: Message, numbered: bool) -> str:
        """When, who, how."""
        at = words.moment(message.said_at, self.hours, self.now)
        who = _SAID_BY.get(message.direction, message.direction)
        how = "" if message.direction == "note" else f", {message.channel}"
        more = "" if message.reached else ", not reached"
        more += ", automatic" if message.automatic else ""
        more += self._unsent(message)
        elsewhere = self._elsewhere(message)
        more += f", from {elsewhere}" if elsewhere else ""
        more += " - new here" if elsewhere and self.history.card else ""
        number = f"{message.inquiry_number or '':>3}  " if numbered else "  "
        return f"{number}{at}  {who}{how}{more}"

    def _unsent(self, message: Message) -> str:
        """Where the mail that a message goes out as has not arrived, so far as is known."""
        if message.id not in self.mails.left:
            return ""
        mail, state = self.mails.left[message.id]
        return _LEFT.get(state, "").format(mail)

    def _draw_words(self, screen: Screen, message: Message) -> None:
        """What was said; where it is cut, how much more there is."""
        texts = paragraphs(self._text(message)) if self._text(message) else []
        most = self._most(message)
        before = len(screen.rows)
        for text in texts if self.full else texts[: most + 1]:
            screen.text(text, 5)
        # Paragraphs that are not laid out count as a line each: a mail may be a megabyte.
        more = len(screen.rows) - before - most + max(len(texts) - most - 1, 0)
        if self.full or more < 2:  # to say that one line is missing takes a line
            return
        del screen.rows[before + most :]
        screen.text(f"... {more:,} more lines (--full)", 5)

    def _most(self, message: Message) -> int:
        """How many lines of a message are shown."""
        return MOST_LINES


def _what_of(promise: Promise) -> str:
    return words.owed(promise.owes, promise.told, promise.what or "")


class InquiryView(HistoryView):
    """`show NUMBER`."""

    @property
    def seen(self) -> Seen:
        return self.history.inquiries[0]

    def _most(self, message: Message) -> int:
        theirs = [one for one in self.history.messages if one.direction == "in"]
        return MOST_LINES_ASKED if theirs and message is theirs[-1] else MOST_LINES

    def to_json(self) -> dict[str, Any]:
        said = self.history.messages
        messages = [message_json(message, self.hours, self.mails) for message in said]
        return {**inquiry_json(self.seen, self.hours), "messages": messages, **self._owed_json()}

    def lines(self) -> Iterable[str]:
        yield inquiry_line(self.seen, self.hours)
        yield from self._message_lines()
        yield from self._owed_lines()

    def draw(self, screen: Screen) -> None:
        seen, inquiry = self.seen, self.seen.inquiry
        screen.flow([f"{inquiry.number:>3} ", *screen.plain(inquiry.subject).split()], 5, begin=0)
        screen.flow([screen.plain(seen.name or words.NOBODY) + ",", *self._state().split()], 5)
        if self.history.card is not None:
            draw_reach(screen, self.history.card, 5)
        self._draw_messages(screen, numbered=False)
        self._draw_owed(screen)
        if not screen.quiet:
            screen.blank()
            screen.hint(self._next())

    def _state(self) -> str:
        inquiry = self.seen.inquiry
        opened = words.moment(inquiry.opened_at, self.hours, self.now)
        told = [f"{inquiry.channel}, {words.status(inquiry)}, since {opened}"]
        counts = (
            (inquiry.chased, "asked again"),
            (inquiry.attempts, "not reached"),
            (inquiry.reopened, "reopened"),
        )
        told += [f"{what} {words.counted(count, 'time')}" for count, what in counts if count]
        if inquiry.need_at is not None:
            told.append(f"needs it by {words.moment(inquiry.need_at, self.hours, self.now)}")
        if inquiry.mood or inquiry.rating:
            told.append(inquiry.mood or f"{inquiry.rating} of 5")
        return ", ".join([*told, *(f"+{tag}" for tag in self.seen.tags)])

    def _next(self) -> str:
        inquiry = self.seen.inquiry
        if inquiry.status == "answered":
            return f"They say it works? cxdesk solved {inquiry.number}"
        if inquiry.status == "open":
            return f'Next: cxdesk reply {inquiry.number} "what you told them"'
        return f"They said something? cxdesk log {self.seen.handle or 'someone'}"


class CustomerView(HistoryView):
    """`show WHO`."""

    @property
    def card(self) -> Card:
        assert self.history.card is not None
        return self.history.card

    def to_json(self) -> dict[str, Any]:
        inquiries = [inquiry_json(seen, self.hours) for seen in self.history.inquiries]
        told = {**customer_json(self.card, self.hours), "inquiries": inquiries, **self._owed_json()}
        told["no_mail"] = [no_mail_json(one, self.hours) for one in self.mails.no_mail]
        return told

    def lines(self) -> Iterable[str]:
        """The card with its handle for a number, then a line a thing."""
        yield customer_line(self.card, self.hours)
        for one in self.mails.no_mail:
            at, handle = words.written(one.noted_at, self.hours), self.card.customer.handle
            yield words.row(handle, "no mail", one.why, at, one.address, one.detail)
        for seen in self.history.inquiries:
            yield inquiry_line(seen, self.hours)
        yield from self._owed_lines()
        yield from self._message_lines()

    def draw(self, screen: Screen) -> None:
        draw_card(screen, self.card, self.history.now_at, self.hours, self.mails.no_mail)
        if self.history.inquiries:
            screen.blank()
        for seen in self.history.inquiries:
            draw_inquiry(screen, seen, self.hours, self.now)
        self._draw_owed(screen)
        self._draw_messages(screen, numbered=True)
        if not screen.quiet:
            screen.blank()
            screen.hint(f"They said something? cxdesk log {self.card.customer.handle}")


# What other views show as well --------------------------------------------------------------------


def inquiry_line(seen: Seen, hours: OpeningHours) -> str:
    inquiry = seen.inquiry
    at = words.written(inquiry.opened_at, hours)
    name = seen.name or words.NOBODY
    return words.row(inquiry.number, inquiry.status, inquiry.channel, at, name, inquiry.subject)


def customer_line(card: Card, hours: OpeningHours) -> str:
    customer = card.customer
    return words.row(
        customer.handle,
        customer.name,
        customer.stage,
        " ".join(points(card, "phone")),
        " ".join(points(card, "email")),
        words.written(customer.last_contact_at, hours),
        card.open,
    )


def draw_inquiry(
    screen: Screen, seen: Seen, hours: OpeningHours, now: datetime, name: str = ""
) -> None:
    """Number, since when, how it stands, whose; of the subject what fits behind that."""
    inquiry = seen.inquiry
    at = words.day(inquiry.opened_at, hours, now)
    head = [f"{inquiry.number:>4} ", f"{at},", f"{words.status(inquiry)}:"]
    if name:
        head[1:1] = [screen.plain(name) + ","]
    rest = screen.width - size(" ".join(head)) - 1
    if rest < 12:
        screen.flow(head, 6, begin=0)
        screen.line("      ", screen.cut(inquiry.subject, screen.width - 6))
        return
    screen.line(" ".join(head), " ", screen.cut(inquiry.subject, rest))


def draw_card(
    screen: Screen,
    card: Card,
    now: datetime,
    hours: OpeningHours,
    no_mail: Sequence[NoMail] = (),
) -> None:
    """Who it is: what one wants to know with the phone at the ear."""
    customer = card.customer
    since = words.day(customer.since_at, hours, now)
    known = f"{customer.stage} since" if customer.stage else "known since"
    screen.flow([customer.name, f"({customer.handle}),", known, since], 2)
    draw_reach(screen, card, 2)
    for one in no_mail:
        whose = f"{one.address} " if len(points(card, "email")) > 1 else ""
        screen.text(_no_mail(one, whose, words.day(one.noted_at, hours, now)), 4, begin=2)
    told = [
        (kind, ", ".join(traits(card, name)))
        for kind, name in (("also", "alias"), ("likes", "like"), ("needs", "need"), ("tags", "tag"))
    ]
    told += [(trait.key or "", trait.value) for trait in card.traits if trait.kind == "fact"]
    told += [
        (label, f"{other.name} ({other.handle})")
        for label, other in (("company", card.company), ("referred by", card.referrer))
        if other is not None
    ]
    told += [("prefers", customer.prefers or ""), ("address", customer.address or "")]
    if customer.last_contact_at is not None:
        told.append(("last contact", words.moment(customer.last_contact_at, hours, now)))
    for label, value in told:
        if value:
            screen.text(f"{label}: {screen.plain(value)}", 4, begin=2)


def _no_mail(one: NoMail, whose: str, day: str) -> str:
    """Why none goes by itself. `whose`: the address, where there are several."""
    if one.why == "undeliverable":
        return f"mail to {one.address} does not arrive{f' ({one.detail})' if one.detail else ''}"
    if one.why == "complaint":
        return f"{whose}wants no automatic mail (complained on {day})"
    return f"{whose}wants no automatic mail (asked on {day})"


def draw_reach(screen: Screen, card: Card, indent: int) -> None:
    verbs = {"phone": "call", "email": "mail"}
    for point in card.points:
        screen.flow([verbs.get(point.kind, "at"), point.value], indent)
