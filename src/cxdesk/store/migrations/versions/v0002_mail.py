"""Incoming mail: what came in, how far a mailbox was read, who gets no automatic mail; and
follow-ups that go out by themselves."""

import sqlalchemy as sa
from alembic import op

from cxdesk.store.upgrade import history_gains

revision = "0002"
down_revision = "0001"

_AUTOMATIC = "kind IN ('acknowledgement', 'follow_up')"


def upgrade() -> None:
    """Add the tables, three indexes of the outbox, and `follow_up.by_mail`, which is off."""
    _mark_follow_ups()
    _index_the_outbox()
    _create_received()
    _create_what_hangs_on_it()
    op.create_table(
        "mailbox",
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("uidvalidity", sa.Integer(), nullable=False),
        sa.Column("last_uid", sa.Integer(), nullable=False),
        sa.Column("fetched_at", sa.DateTime(), nullable=False),
        sa.PrimaryKeyConstraint("account", "folder"),
    )
    op.create_table(
        "no_mail",
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("why", sa.String(), nullable=False),
        sa.Column("noted_at", sa.DateTime(), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("address"),
        sa.CheckConstraint(
            "why IN ('undeliverable', 'unsubscribed', 'complaint')", name="why_known"
        ),
        sa.CheckConstraint("length(address) > 0", name="address_not_blank"),
    )


def _mark_follow_ups() -> None:
    with op.batch_alter_table("follow_up") as batch:
        column: sa.Column[bool] = sa.Column(
            "by_mail", sa.Boolean(), server_default=sa.false(), nullable=False
        )
        batch.add_column(column)
        batch.create_check_constraint("by_mail_yes_or_no", "by_mail IN (FALSE, TRUE)")
    with op.batch_alter_table("follow_up") as batch:
        batch.alter_column("by_mail", server_default=None)
    history_gains(op.get_bind(), "follow_up", "by_mail", "false")


def _index_the_outbox() -> None:
    where = sa.text(_AUTOMATIC)
    op.create_index("mail_automatic", "mail", ["recipient", "made_at"], sqlite_where=where)
    op.create_index("mail_automatic_by_day", "mail", ["made_at"], sqlite_where=where)
    about = sa.text("number IS NOT NULL")
    op.create_index("mail_about", "mail", ["number", "kind"], sqlite_where=about)


def _create_received() -> None:
    op.create_table(
        "received",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sha256", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("folder", sa.String(), nullable=False),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("received_at", sa.DateTime(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("is_sent", sa.Boolean(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("detail", sa.String(), nullable=True),
        sa.Column("message_id", sa.String(), nullable=True),
        sa.Column("content", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("email", sa.String(), nullable=True),
        sa.Column("answer_to", sa.String(), nullable=True),
        sa.Column("subject", sa.String(), nullable=True),
        sa.Column("ancestors", sa.String(), nullable=True),
        sa.Column("via", sa.String(), nullable=True),
        sa.Column("automatic", sa.Boolean(), nullable=False),
        sa.Column("bounce", sa.Boolean(), nullable=False),
        sa.Column("inquiry_number", sa.Integer(), nullable=True),
        sa.Column("said_id", sa.Integer(), nullable=True),
        sa.Column("doubts", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("sha256"),
        _refers("inquiry_number", "inquiry.number"),
        sa.CheckConstraint(
            "state IN ('kept', 'read', 'duplicate', 'quarantined')", name="state_known"
        ),
        sa.CheckConstraint(
            "via IN ('own', 'bounce', 'references', 'subject', 'new')", name="via_known"
        ),
        sa.CheckConstraint("(state = 'read') = (via IS NOT NULL)", name="read_has_place"),
        sa.CheckConstraint(
            "state <> 'quarantined' OR detail IS NOT NULL", name="quarantined_has_why"
        ),
        sa.CheckConstraint("is_sent IN (FALSE, TRUE)", name="is_sent_yes_or_no"),
        sa.CheckConstraint("automatic IN (FALSE, TRUE)", name="automatic_yes_or_no"),
        sa.CheckConstraint("bounce IN (FALSE, TRUE)", name="bounce_yes_or_no"),
    )
    op.create_index("received_by_message_id", "received", ["message_id"])
    op.create_index("received_of_inquiry", "received", ["inquiry_number"])
    op.create_index("received_by_sender", "received", ["email", "received_at"])
    said = sa.text("said_id IS NOT NULL")
    op.create_index("received_of_message", "received", ["said_id"], sqlite_where=said)
    left = sa.text("state <> 'read'")
    op.create_index("received_unread", "received", ["state", "id"], sqlite_where=left)


def _create_what_hangs_on_it() -> None:
    op.create_table(
        "attachment",
        sa.Column("received_id", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("received_id", "position"),
        _refers("received_id", "received.id"),
        sa.CheckConstraint("length(name) > 0", name="name_not_blank"),
    )
    op.create_table(
        "received_raw",
        sa.Column("received_id", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("received_id"),
        _refers("received_id", "received.id"),
    )


def _refers(column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], deferrable=True, initially="DEFERRED")
