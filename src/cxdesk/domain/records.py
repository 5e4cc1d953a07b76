"""The frozen shapes that travel between rooms.

Named tuples, because ten dataclasses cost `due` three times the start of Python and ten named
tuples cost nothing (docs/explanation/house.md). A field that ends in `_at` is an aware UTC
instant, one in `_on` a date; the field names are the columns of the table of the same name.
"""

from __future__ import annotations

from operator import itemgetter

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import NamedTuple as NamedTuple

    from cxdesk.domain.hours import OpeningHours
else:

    class _Shape(type):
        """What `typing.NamedTuple` does, without loading `typing`."""

        def __new__(mcs, name, bases, namespace):
            fields = tuple(namespace.get("__annotations__", ()))
            namespace["_field_defaults"] = {f: namespace[f] for f in fields if f in namespace}
            namespace.update({field: _at(place) for place, field in enumerate(fields)})
            namespace["_fields"] = namespace["__match_args__"] = fields
            namespace["_places"] = {field: place for place, field in enumerate(fields)}
            namespace["__slots__"] = ()
            return super().__new__(mcs, name, bases, namespace)

    class NamedTuple(tuple, metaclass=_Shape):
        """One `__new__` for all shapes: `collections.namedtuple` compiles one for each, and forty
        of those cost more than the whole of SQLite (docs/explanation/speed.md)."""

        def __new__(cls, *given, **named):
            if named or len(given) != len(cls._fields):
                rest = cls._fields[len(given) :]
                known = cls._field_defaults | named
                if not named.keys() <= set(rest) <= known.keys():
                    raise TypeError(f"{cls.__name__} takes {', '.join(cls._fields)}")
                given = (*given, *map(known.__getitem__, rest))
            return cls._make(given)

        def __getnewargs__(self):
            return tuple(self)

        def __repr__(self):
            said = ", ".join(f"{field}={value!r}" for field, value in self._asdict().items())
            return f"{type(self).__name__}({said})"

        @classmethod
        def _make(cls, values):
            made = tuple.__new__(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"{cls.__name__} takes {', '.join(cls._fields)}")
            return made

        def _replace(self, **fields):
            values, places = list(self), self._places
            try:
                for field in fields:
                    values[places[field]] = fields[field]
            except KeyError as unknown:
                raise ValueError(f"{type(self).__name__} has no {unknown}") from None
            return tuple.__new__(type(self), values)

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

    def _at(place):
        return property(itemgetter(place))


# What is kept, one record a row -----------------------------------------------------------------


class Customer(NamedTuple):
    """A person or business, from the first sign of interest on. `company_id`: the customer that
    they belong to, `referrer_id` the one that they came from."""

    id: int
    handle: str
    name: str
    since_at: datetime
    stage: str | None = None
    prefers: str | None = None
    address: str | None = None
    heard: str | None = None
    consent: bool | None = None
    last_contact_at: datetime | None = None
    company_id: int | None = None
    referrer_id: int | None = None


class ContactPoint(NamedTuple):
    """An e-mail address, a phone number or a handle elsewhere; `reach` is what is compared."""

    id: int
    customer_id: int
    kind: str
    value: str
    reach: str


class Trait(NamedTuple):
    """One thing known of a customer: an alias, a like, a need, a tag, or a fact with its key."""

    id: int
    customer_id: int
    kind: str
    value: str
    key: str | None = None


class Channel(NamedTuple):
    """A way in, with its policy: the allowance for a reply, as `4bh` or `2bd`."""

    name: str
    kind: str
    policy: str
    position: int


class Round(NamedTuple):
    """Looking in on a channel at set times, or testing it (`kind`): the rule in the owner's words,
    when the next one is, when it was last done, and from where it was moved."""

    channel: str
    kind: str
    rule: str
    begun_at: datetime
    next_at: datetime
    looked_at: datetime | None = None
    moved_from_at: datetime | None = None


class Setting(NamedTuple):
    """What the owner set for the whole desk: zone, the week's hours, how checks behave."""

    name: str
    value: str


class SpecialDay(NamedTuple):
    """The hours of one date; without hours it is closed."""

    day_on: str
    hours: str
    reason: str | None = None


class Inquiry(NamedTuple):
    """Anything a customer brings. `status` as in states.md; `unanswered_at` is when their oldest
    message came that no contact has reached them since; `reopening` says that the next reply
    counts as one after a reopening; `settled_at` is when an answer was last confirmed."""

    number: int
    customer_id: int | None
    channel: str
    subject: str
    status: str
    opened_at: datetime
    first_reply_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    unanswered_at: datetime | None = None
    last_in_at: datetime | None = None
    last_out_at: datetime | None = None
    need_at: datetime | None = None
    confirmed: bool | None = None
    reopening: bool = False
    late: bool = False
    rating: int | None = None
    mood: str | None = None
    feedback: str | None = None
    chased: int = 0
    attempts: int = 0
    reopened: int = 0
    settled_at: datetime | None = None


class InquiryTag(NamedTuple):
    inquiry_number: int
    tag: str


class Message(NamedTuple):
    """One contact within an inquiry, or a note of our own; `reached` is False for an attempt."""

    id: int
    inquiry_number: int | None
    customer_id: int | None
    said_at: datetime
    direction: str
    channel: str
    text: str
    reached: bool = True
    automatic: bool = False
    source: str | None = None


class Promise(NamedTuple):
    """What is owed and by when. `due_at` is what the lists follow, `judged_at` what the verdict
    follows (a move that the customer was not told of leaves it), `first_due_at` the record."""

    number: int
    inquiry_number: int | None
    customer_id: int | None
    channel: str
    kind: str
    owes: str
    told: bool
    what: str | None
    said: str | None
    allowance: str | None
    zone: str
    made_at: datetime
    due_at: datetime
    judged_at: datetime
    first_due_at: datetime
    start_at: datetime | None = None
    state: str = "open"
    kept_at: datetime | None = None
    early_minutes: int | None = None
    late_minutes: int | None = None
    late_business_minutes: int | None = None
    moved: int = 0


class FollowUp(NamedTuple):
    """What we do on our own initiative; also the check, the chase and the news. `by_mail`: its
    words go to the customer by themselves when it is due."""

    number: int
    inquiry_number: int | None
    customer_id: int | None
    kind: str
    what: str
    due_at: datetime
    made_at: datetime
    start_at: datetime | None = None
    state: str = "open"
    done_at: datetime | None = None
    said: str | None = None
    via: str | None = None
    every: str | None = None
    rule: str | None = None
    series_at: datetime | None = None
    nominal_at: datetime | None = None
    zone: str | None = None
    after_done: bool = False
    quiet: bool = False
    moved_from_at: datetime | None = None
    by_mail: bool = False


class Deed(NamedTuple):
    """One command's change: one transaction, one entry of the history, one undo."""

    id: int
    name: str
    actor: str
    done_at: datetime
    key: str | None = None
    answer: str | None = None
    undone: bool = False


class DeedRow(NamedTuple):
    """One row that a deed touched, as JSON of its columns before and after; None: not there.

    Of an added row `after` is written when it is undone: until then it stands in its table."""

    id: int
    deed_id: int
    position: int
    row_table: str
    row_key: str
    before: str | None
    after: str | None


class Mail(NamedTuple):
    """One outgoing mail: its frozen bytes, and how far it has come. `number` is what it is about;
    `resent` says that an uncertain one has had its one more try."""

    id: int
    dedupe: str
    kind: str
    recipient: str
    sender: str
    subject: str
    message_id: str
    raw: bytes
    made_at: datetime
    next_try_at: datetime
    state: str = "pending"
    attempts: int = 0
    data_begun: bool = False
    lease_until_at: datetime | None = None
    sent_at: datetime | None = None
    detail: str | None = None
    number: int | None = None
    resent: bool = False


class MailLine(NamedTuple):
    """A `Mail` without its bytes: those of many would not fit beside each other in memory. It is
    listed and told, and never written."""

    id: int
    dedupe: str
    kind: str
    recipient: str
    sender: str
    subject: str
    message_id: str
    made_at: datetime
    next_try_at: datetime
    state: str = "pending"
    attempts: int = 0
    data_begun: bool = False
    lease_until_at: datetime | None = None
    sent_at: datetime | None = None
    detail: str | None = None
    number: int | None = None
    resent: bool = False


class Run(NamedTuple):
    """One run of the reminder job."""

    id: int
    started_at: datetime
    ended_at: datetime | None = None
    digest: str | None = None
    detail: str | None = None


# What is thought with, never kept ---------------------------------------------------------------


class Desk(NamedTuple):
    """One owner's settings, as the rules need them. `checks`: which are asked aloud."""

    hours: OpeningHours
    channels: tuple[Channel, ...]
    checks: str = "loud"


class Owed(NamedTuple):
    """What is promised next: by the channel's policy, in the owner's words, or nothing.

    With `what` it is a deed that is owed; without, a reply. `start_at`: of a window.
    """

    by: str
    due_at: datetime | None = None
    start_at: datetime | None = None
    said: str | None = None
    what: str | None = None


POLICY = Owed("policy")
NOTHING = Owed("nothing")


class Thread(NamedTuple):
    """An inquiry with what is open on it. A rule takes one and gives the one it becomes."""

    inquiry: Inquiry
    promises: tuple[Promise, ...] = ()
    follow_ups: tuple[FollowUp, ...] = ()
    tags: tuple[str, ...] = ()


class Task(NamedTuple):
    """An open promise or follow-up, with what a row of `due` needs to know around it. `emails` and
    `last_direction` (the last one's) are of the e-mails since the last confirmed answer."""

    number: int | None
    inquiry_number: int | None
    kind: str
    owes: str | None
    told: bool
    what: str | None
    due_at: datetime | None
    start_at: datetime | None
    moved_from_at: datetime | None
    quiet: bool
    via: str | None
    channel: str | None
    handle: str | None
    name: str | None
    stage: str | None
    prefers: str | None
    subject: str | None
    status: str | None
    chased: int | None
    unanswered_at: datetime | None
    last_in_at: datetime | None
    need_at: datetime | None
    siblings: int
    emails: int
    last_direction: str | None
    phone: str | None
    email: str | None
    elsewhere: str | None
    by_mail: bool


class Rounds(NamedTuple):
    """What is meant by a channel's name: its rounds; or by that of its test, that one."""

    named: str
    rounds: tuple[Round, ...]


class Item(NamedTuple):
    """A row of `due`: what is to be done, for whom, by when, and how to reach them."""

    ref: str
    number: int | None
    kind: str
    state: str
    due_at: datetime | None
    start_at: datetime | None
    late_minutes: int | None
    late_business_minutes: int | None
    promised: bool
    owes: str | None
    handle: str | None
    name: str | None
    stage: str | None
    inquiry: int | None
    channel: str | None
    what: str
    reach: str | None
    nudge: str | None
    need_at: datetime | None
    chased_at: datetime | None = None
    emails: int = 0
    by_mail: bool = False


class Agenda(NamedTuple):
    """Everything `due` shows: the items in order, and the counts of what it does not show."""

    now_at: datetime
    items: tuple[Item, ...]
    waiting: int
    quiet: int
    undated: int
    later: int
    last_remind_at: datetime | None
    kept: int = 0
    judged: int = 0


class Silent(NamedTuple):
    """A customer who has not heard from us for long."""

    name: str
    last_contact_at: datetime


class Problem(NamedTuple):
    """What is wrong with one row of a file, and where."""

    line: int
    column: str | None
    message: str


# What is shown -----------------------------------------------------------------------------------


class Card(NamedTuple):
    """A customer with what is known of them; `open` counts their inquiries that are not closed."""

    customer: Customer
    points: tuple[ContactPoint, ...]
    traits: tuple[Trait, ...]
    open: int
    company: Customer | None = None
    referrer: Customer | None = None


class Seen(NamedTuple):
    """An inquiry as people see it at an instant: quietly closed ones are closed."""

    inquiry: Inquiry
    handle: str | None
    name: str | None
    tags: tuple[str, ...]


class Change(NamedTuple):
    """What a deed touched, as it is now. `names`: (handle, name) by a customer's id; `made`: who
    was not known before; `attempt`: we went to them and did not reach them."""

    did: str
    now_at: datetime
    cards: tuple[Card, ...]
    inquiries: tuple[Seen, ...]
    promises: tuple[Promise, ...]
    follow_ups: tuple[FollowUp, ...]
    warnings: tuple[str, ...]
    names: dict[int, tuple[str, str]]
    made: tuple[Customer, ...] = ()
    attempt: bool = False
    rounds: tuple[Round, ...] = ()


class History(NamedTuple):
    """`show`: a customer's card or one inquiry, with everything about it."""

    now_at: datetime
    card: Card | None
    inquiries: tuple[Seen, ...]
    messages: tuple[Message, ...]
    promises: tuple[Promise, ...]
    follow_ups: tuple[FollowUp, ...]
    names: dict[int, tuple[str, str]]


class Hit(NamedTuple):
    """One find of `search`."""

    kind: str
    number: int | None
    handle: str | None
    name: str | None
    snippet: str
    at: datetime


class ChannelAdvice(NamedTuple):
    """What may safely be promised on a channel, from the owner's own history."""

    channel: str
    policy: str
    n: int
    kept_rate: float | None
    at_90: str | None
    at_95: str | None
    usual_margin_minutes: int | None


class ChannelReport(NamedTuple):
    """How the promises of one channel went since an instant."""

    channel: str
    kept: int
    late: int
    overdue: int
    moved: int
    released: int
    open: int
    kept_rate: float | None
    median_reply_minutes: int | None


class PromiseReport(NamedTuple):
    """`report promises`: by channel, of those that customers were told of, and in all."""

    since_at: datetime
    channels: tuple[ChannelReport, ...]
    told: ChannelReport
    total: ChannelReport
