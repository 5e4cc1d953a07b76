"""The declared truth of the store: every table, its checks, keys and indexes.

Imported to make `schema.sql`, to migrate and to test, never by an everyday command: SQLModel's
import alone costs thirty times the start of Python. What must hold stands in the tables
themselves, because classes with `table=True` do not validate.
"""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, text
from sqlmodel import Field, SQLModel


def _one_of(column: str, *words: str) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return CheckConstraint(f"{column} IN ({listed})", name=f"{column}_known")


def _yes_or_no(column: str) -> CheckConstraint:
    return CheckConstraint(f"{column} IN (FALSE, TRUE)", name=f"{column}_yes_or_no")


def _not_blank(column: str) -> CheckConstraint:
    return CheckConstraint(f"length({column}) > 0", name=f"{column}_not_blank")


def _refers(column: str, target: str) -> ForeignKeyConstraint:
    """Deferred, so that undo may put rows back in the order in which they were taken away."""
    return ForeignKeyConstraint([column], [target], deferrable=True, initially="DEFERRED")


# The number comes from the one sequence, not from the table.
_GIVEN = {"autoincrement": False}


class Number(SQLModel, table=True):
    """The one sequence behind inquiries, promises and follow-ups: the last number given."""

    name: str = Field(primary_key=True)
    last: int = 0


class Setting(SQLModel, table=True):
    name: str = Field(primary_key=True)
    value: str


class SpecialDay(SQLModel, table=True):
    __tablename__ = "special_day"
    day_on: str = Field(primary_key=True)
    hours: str
    reason: str | None = None


class Channel(SQLModel, table=True):
    __table_args__ = (
        _one_of("kind", "phone", "email", "web", "chat", "social", "visit", "post", "review"),
        _not_blank("name"),
        _not_blank("policy"),
    )
    name: str = Field(primary_key=True)
    kind: str
    policy: str
    position: int


class Round(SQLModel, table=True):
    __table_args__ = (
        _one_of("kind", "look", "test"),
        _not_blank("rule"),
        _refers("channel", "channel.name"),
        Index("round_by_next", "next_at"),
    )
    channel: str = Field(primary_key=True)
    kind: str = Field(primary_key=True)
    rule: str
    begun_at: datetime
    next_at: datetime
    looked_at: datetime | None = None
    moved_from_at: datetime | None = None


class Customer(SQLModel, table=True):
    __table_args__ = (
        _not_blank("handle"),
        _not_blank("name"),
        _yes_or_no("consent"),
        _refers("company_id", "customer.id"),
        _refers("referrer_id", "customer.id"),
        Index("customer_by_contact", "last_contact_at"),
        Index("customer_of_company", "company_id"),
        Index("customer_by_referrer", "referrer_id"),
    )
    id: int | None = Field(default=None, primary_key=True)
    handle: str = Field(unique=True)
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


class ContactPoint(SQLModel, table=True):
    __tablename__ = "contact_point"
    __table_args__ = (
        _one_of("kind", "email", "phone", "handle"),
        Index("contact_point_by_reach", "kind", "reach"),
        Index("contact_point_of_customer", "customer_id"),
        _refers("customer_id", "customer.id"),
        _not_blank("value"),
    )
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int
    kind: str
    value: str
    reach: str


class Trait(SQLModel, table=True):
    __table_args__ = (
        _one_of("kind", "alias", "like", "need", "tag", "fact"),
        CheckConstraint("(kind = 'fact') = (key IS NOT NULL)", name="only_facts_have_keys"),
        Index("trait_of_customer", "customer_id"),
        _refers("customer_id", "customer.id"),
        Index("trait_by_value", "kind", "value"),
        _not_blank("value"),
    )
    id: int | None = Field(default=None, primary_key=True)
    customer_id: int
    kind: str
    value: str
    key: str | None = None


class NameWord(SQLModel, table=True):
    __tablename__ = "name_word"
    __table_args__ = (
        _not_blank("word"),
        Index("name_word_of_customer", "customer_id"),
        _refers("customer_id", "customer.id"),
    )
    word: str = Field(primary_key=True)
    customer_id: int = Field(primary_key=True)


class Inquiry(SQLModel, table=True):
    __table_args__ = (
        _one_of("status", "open", "waiting", "answered", "closed"),
        _one_of("mood", "good", "neutral", "bad"),
        CheckConstraint("rating BETWEEN 1 AND 5", name="rating_in_stars"),
        CheckConstraint("(status = 'closed') = (closed_at IS NOT NULL)", name="closed_has_instant"),
        CheckConstraint("status = 'closed' OR confirmed IS NULL", name="only_closed_confirmed"),
        CheckConstraint("chased >= 0 AND attempts >= 0 AND reopened >= 0", name="counts"),
        _yes_or_no("confirmed"),
        _yes_or_no("reopening"),
        _yes_or_no("late"),
        _refers("customer_id", "customer.id"),
        _refers("channel", "channel.name"),
        Index("inquiry_of_customer", "customer_id", "number"),
        Index("inquiry_alive", "status", "number", sqlite_where=text("status <> 'closed'")),
        Index("inquiry_by_opening", "opened_at"),
        Index("inquiry_by_first_reply", "first_reply_at"),
    )
    number: int = Field(primary_key=True, sa_column_kwargs=_GIVEN)
    customer_id: int | None = None
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
    reopening: bool
    late: bool
    rating: int | None = None
    mood: str | None = None
    feedback: str | None = None
    chased: int
    attempts: int
    reopened: int
    settled_at: datetime | None = None


class InquiryTag(SQLModel, table=True):
    __tablename__ = "inquiry_tag"
    __table_args__ = (
        _refers("inquiry_number", "inquiry.number"),
        Index("inquiry_tag_by_tag", "tag"),
        _not_blank("tag"),
    )
    inquiry_number: int = Field(primary_key=True, sa_column_kwargs=_GIVEN)
    tag: str = Field(primary_key=True)


class Message(SQLModel, table=True):
    __table_args__ = (
        _one_of("direction", "in", "out", "note"),
        _yes_or_no("reached"),
        _yes_or_no("automatic"),
        _refers("inquiry_number", "inquiry.number"),
        _refers("customer_id", "customer.id"),
        Index("message_of_inquiry", "inquiry_number", "said_at"),
        Index("message_of_customer", "customer_id", "said_at"),
        Index("message_by_source", "source", sqlite_where=text("source IS NOT NULL")),
    )
    id: int | None = Field(default=None, primary_key=True)
    inquiry_number: int | None = None
    customer_id: int | None = None
    said_at: datetime
    direction: str
    channel: str
    text: str
    reached: bool
    automatic: bool
    source: str | None = None


class Promise(SQLModel, table=True):
    __table_args__ = (
        _one_of("kind", "policy", "spoken"),
        _one_of("owes", "reply", "deed", "solution"),
        _one_of("state", "open", "kept", "kept_late", "released"),
        CheckConstraint(
            "inquiry_number IS NOT NULL OR customer_id IS NOT NULL", name="owed_to_someone"
        ),
        CheckConstraint(
            "(state IN ('kept', 'kept_late')) = (kept_at IS NOT NULL)", name="kept_has_instant"
        ),
        _yes_or_no("told"),
        _refers("inquiry_number", "inquiry.number"),
        _refers("customer_id", "customer.id"),
        Index("promise_of_inquiry", "inquiry_number"),
        Index("promise_of_customer", "customer_id"),
        Index("promise_open", "due_at", sqlite_where=text("state = 'open'")),
        Index("promise_replies", "channel", "made_at", sqlite_where=text("owes = 'reply'")),
        Index("promise_judged", "judged_at", "channel", "state", "told"),
        Index("promise_kept", "kept_at", "told", "state"),
        Index(
            "promise_one_reply_open",
            "inquiry_number",
            unique=True,
            sqlite_where=text("state = 'open' AND owes = 'reply' AND inquiry_number IS NOT NULL"),
        ),
    )
    number: int = Field(primary_key=True, sa_column_kwargs=_GIVEN)
    inquiry_number: int | None = None
    customer_id: int | None = None
    channel: str
    kind: str
    owes: str
    told: bool
    what: str | None = None
    said: str | None = None
    allowance: str | None = None
    zone: str
    made_at: datetime
    due_at: datetime
    judged_at: datetime
    first_due_at: datetime
    start_at: datetime | None = None
    state: str
    kept_at: datetime | None = None
    early_minutes: int | None = None
    late_minutes: int | None = None
    late_business_minutes: int | None = None
    moved: int


class FollowUp(SQLModel, table=True):
    __tablename__ = "follow_up"
    __table_args__ = (
        _one_of("kind", "follow_up", "check", "chase", "news", "care"),
        _one_of("state", "open", "done", "dropped"),
        CheckConstraint("(state = 'done') = (done_at IS NOT NULL)", name="done_has_instant"),
        CheckConstraint("NOT quiet OR kind = 'check'", name="only_checks_are_quiet"),
        CheckConstraint(
            "inquiry_number IS NOT NULL OR customer_id IS NOT NULL", name="for_someone"
        ),
        _yes_or_no("quiet"),
        _yes_or_no("after_done"),
        _yes_or_no("by_mail"),
        _refers("inquiry_number", "inquiry.number"),
        _refers("customer_id", "customer.id"),
        Index("follow_up_of_inquiry", "inquiry_number"),
        Index("follow_up_of_customer", "customer_id"),
        Index("follow_up_open", "due_at", sqlite_where=text("state = 'open' AND NOT quiet")),
        Index("follow_up_quiet", "due_at", sqlite_where=text("state = 'open' AND quiet")),
    )
    number: int = Field(primary_key=True, sa_column_kwargs=_GIVEN)
    inquiry_number: int | None = None
    customer_id: int | None = None
    kind: str
    what: str
    due_at: datetime
    made_at: datetime
    start_at: datetime | None = None
    state: str
    done_at: datetime | None = None
    said: str | None = None
    via: str | None = None
    every: str | None = None
    rule: str | None = None
    series_at: datetime | None = None
    nominal_at: datetime | None = None
    zone: str | None = None
    after_done: bool
    quiet: bool
    moved_from_at: datetime | None = None
    by_mail: bool


class Deed(SQLModel, table=True):
    """One command's change. `answer` is kept for a deed with a key, to be given again."""

    __table_args__ = (
        _one_of("actor", "owner", "desk"),
        _yes_or_no("undone"),
        Index("deed_undone", "id", sqlite_where=text("undone")),
        Index("deed_by_key", "key", unique=True, sqlite_where=text("key IS NOT NULL")),
    )
    id: int | None = Field(default=None, primary_key=True)
    name: str
    actor: str
    done_at: datetime
    key: str | None = None
    answer: str | None = None
    undone: bool


class DeedRow(SQLModel, table=True):
    """One row that a deed touched, as it was and as it became; `NULL`: it was not there."""

    __tablename__ = "deed_row"
    __table_args__ = (
        _refers("deed_id", "deed.id"),
        Index("deed_row_of_deed", "deed_id", "position"),
        Index("deed_row_by_row", "row_table", "row_key"),
    )
    id: int | None = Field(default=None, primary_key=True)
    deed_id: int
    position: int
    row_table: str
    row_key: str
    before: str | None = None
    after: str | None = None


class SearchDoc(SQLModel, table=True):
    """The folded words that full-text search looks through, one row an inquiry or customer."""

    __tablename__ = "search_doc"
    __table_args__ = (
        _one_of("kind", "inquiry", "customer"),
        Index("search_doc_of_what", "kind", "ref", unique=True),
    )
    id: int | None = Field(default=None, primary_key=True)
    kind: str
    ref: int
    customer_id: int | None = None
    body: str


_AUTOMATIC = "kind IN ('acknowledgement', 'follow_up')"


class Mail(SQLModel, table=True):
    """The outbox. `dedupe` is what stands guard against sending twice."""

    __table_args__ = (
        _one_of("kind", "digest", "alert", "reply", "follow_up", "acknowledgement", "test"),
        _one_of("state", "pending", "sending", "sent", "failed", "uncertain", "cancelled"),
        CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="sent_has_instant"),
        _yes_or_no("data_begun"),
        _yes_or_no("resent"),
        Index(
            "mail_unfinished",
            "next_try_at",
            sqlite_where=text("state IN ('pending', 'sending', 'uncertain')"),
        ),
        Index("mail_automatic", "recipient", "made_at", sqlite_where=text(_AUTOMATIC)),
        Index("mail_automatic_by_day", "made_at", sqlite_where=text(_AUTOMATIC)),
        Index("mail_about", "number", "kind", sqlite_where=text("number IS NOT NULL")),
    )
    id: int | None = Field(default=None, primary_key=True)
    dedupe: str = Field(unique=True)
    kind: str
    recipient: str
    sender: str
    subject: str
    message_id: str = Field(unique=True)
    raw: bytes
    made_at: datetime
    next_try_at: datetime
    state: str
    attempts: int
    data_begun: bool
    lease_until_at: datetime | None = None
    sent_at: datetime | None = None
    detail: str | None = None
    number: int | None = None
    resent: bool


class Run(SQLModel, table=True):
    """The record of the reminder job."""

    __table_args__ = (Index("run_by_start", "started_at"),)
    id: int | None = Field(default=None, primary_key=True)
    started_at: datetime
    ended_at: datetime | None = None
    digest: str | None = None
    detail: str | None = None


class Received(SQLModel, table=True):
    """A mail that came in, kept before anything of it is understood (`state` is then `kept`)."""

    __table_args__ = (
        _one_of("state", "kept", "read", "duplicate", "quarantined"),
        _one_of("via", "own", "bounce", "references", "subject", "new"),
        CheckConstraint("(state = 'read') = (via IS NOT NULL)", name="read_has_place"),
        CheckConstraint("state <> 'quarantined' OR detail IS NOT NULL", name="quarantined_has_why"),
        _yes_or_no("is_sent"),
        _yes_or_no("automatic"),
        _yes_or_no("bounce"),
        _refers("inquiry_number", "inquiry.number"),
        Index("received_by_message_id", "message_id"),
        Index("received_of_inquiry", "inquiry_number"),
        Index("received_of_message", "said_id", sqlite_where=text("said_id IS NOT NULL")),
        Index("received_by_sender", "email", "received_at"),
        Index("received_unread", "state", "id", sqlite_where=text("state <> 'read'")),
    )
    id: int | None = Field(default=None, primary_key=True)
    sha256: str = Field(unique=True)
    account: str
    folder: str
    place: str
    received_at: datetime
    size: int
    is_sent: bool
    state: str
    detail: str | None = None
    message_id: str | None = None
    content: str | None = None
    name: str | None = None
    email: str | None = None
    answer_to: str | None = None
    subject: str | None = None
    ancestors: str | None = None
    via: str | None = None
    automatic: bool
    bounce: bool
    inquiry_number: int | None = None
    said_id: int | None = None
    doubts: str | None = None


class ReceivedRaw(SQLModel, table=True):
    """The bytes as they came, and the words where the message shows only some of them; apart from
    the row that lists walk over."""

    __tablename__ = "received_raw"
    __table_args__ = (_refers("received_id", "received.id"),)
    received_id: int = Field(primary_key=True, sa_column_kwargs=_GIVEN)
    raw: bytes
    text: str | None = None


class Attachment(SQLModel, table=True):
    """What hangs on a mail; its bytes are taken out of the raw mail when they are asked for."""

    __table_args__ = (_refers("received_id", "received.id"), _not_blank("name"))
    received_id: int = Field(primary_key=True, sa_column_kwargs=_GIVEN)
    position: int = Field(primary_key=True, sa_column_kwargs=_GIVEN)
    name: str
    type: str
    size: int


class Mailbox(SQLModel, table=True):
    """How far a folder of an account has been read."""

    account: str = Field(primary_key=True)
    folder: str = Field(primary_key=True)
    uidvalidity: int
    last_uid: int
    fetched_at: datetime


class NoMail(SQLModel, table=True):
    """An address that no automatic mail goes to any more, and why."""

    __tablename__ = "no_mail"
    __table_args__ = (
        _one_of("why", "undeliverable", "unsubscribed", "complaint"),
        _not_blank("address"),
    )
    address: str = Field(primary_key=True)
    why: str
    noted_at: datetime
    detail: str | None = None
