"""The history of deeds, and putting rows back as they were."""

from __future__ import annotations

from json import loads

from cxdesk.domain.records import Deed, DeedRow, Message, NamedTuple
from cxdesk.errors import RefusedError
from cxdesk.store.database import Link, Sql
from cxdesk.store.deeds import BY_NAME, Stale, Table, changes, row_from_text, row_text, update_row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEED = ", ".join(f"d.{field}" for field in Deed._fields)
_ROWS = Sql(
    "SELECT id, deed_id, position, row_table, row_key, before, after FROM deed_row"
    " WHERE deed_id = :deed ORDER BY position",
    DeedRow,
)
_LAST_DONE = Sql(
    f"SELECT {DEED} FROM deed d WHERE d.actor = 'owner' AND NOT d.undone"
    " ORDER BY d.id DESC LIMIT 1",
    Deed,
)
_LAST_UNDONE = Sql(
    f"SELECT {DEED} FROM deed d WHERE d.actor = 'owner' AND d.undone ORDER BY d.id LIMIT 1", Deed
)
_RECENT = Sql(f"SELECT {DEED} FROM deed d ORDER BY d.id DESC LIMIT :limit", Deed)
_LATER_ON_SAME_ROWS = Sql(
    f"SELECT DISTINCT {DEED} FROM deed_row mine"
    " JOIN deed_row r ON r.row_table = mine.row_table AND r.row_key = mine.row_key"
    " AND r.deed_id > mine.deed_id"
    " JOIN deed d ON d.id = r.deed_id AND NOT d.undone"
    " WHERE mine.deed_id = :deed ORDER BY d.id DESC",
    Deed,
)
_ROWS_MADE = Sql(
    "SELECT row_table, row_key FROM deed_row WHERE deed_id = :deed AND before IS NULL"
    " AND row_table IN ('inquiry', 'customer') ORDER BY position"
)
_MAIL_ON_INQUIRY = Sql(
    "SELECT r.inquiry_number, r.email, r.subject FROM received r"
    " WHERE r.inquiry_number = :key ORDER BY r.id LIMIT 1"
)
_MAIL_OF_CUSTOMER = Sql(
    "SELECT r.inquiry_number, r.email, r.subject FROM inquiry i"
    " JOIN received r ON r.inquiry_number = i.number"
    " WHERE i.customer_id = :key ORDER BY r.id LIMIT 1"
)
_INQUIRY_OF = Sql(
    "SELECT row_key FROM deed_row WHERE deed_id = :deed AND row_table = 'inquiry'"
    " ORDER BY position LIMIT 1"
)
_WHOSE = Sql(
    "SELECT i.number, c.name FROM inquiry i LEFT JOIN customer c ON c.id = i.customer_id"
    " WHERE i.number = :number"
)
_MESSAGES_MADE = Sql(
    "SELECT row_key FROM deed_row WHERE deed_id = :deed AND row_table = 'message'"
    " AND before IS NULL ORDER BY position"
)
_KEEP_AFTER = Sql("UPDATE deed_row SET after = :after WHERE id = :id")
_MARK = Sql("UPDATE deed SET undone = :undone WHERE id = :id")


class Replay:
    """A write transaction that is no deed: rows are put back, and nothing is added to history."""

    def __init__(self, link: Link) -> None:
        self.link = link
        self._stale = Stale()

    def __enter__(self) -> Replay:
        self.link.execute("BEGIN IMMEDIATE")
        return self

    def __exit__(self, kind: Any, *_: object) -> None:
        if kind is not None:
            self.link.roll_back()
            return
        try:
            self._stale.refresh(self.link)
            self._commit()
        except BaseException:
            self.link.roll_back()
            raise

    def _commit(self) -> None:
        from sqlite3 import IntegrityError

        try:
            self.link.execute("COMMIT")
        except IntegrityError as error:  # what refers to a row is looked at here
            raise RefusedError(
                "That cannot be done: what came in since hangs on it.",
                "Change it by hand: cxdesk show",
            ) from error

    def take_back(self, deed: Deed) -> None:
        """Put every row of a deed back as it was before."""
        for row in reversed(self.link.all(_ROWS, deed=deed.id)):
            self._put(row, row.before, expected=row.after or self._kept(row))
        self.link.execute(_MARK, {"id": deed.id, "undone": True})

    def settle_mail(self, number: int, **fields: str) -> None:
        """Hold back a mail that has not left, or let it go after all: the outbox has no history."""
        update_row(self.link, BY_NAME["mail"], (number,), fields)

    def _kept(self, row: DeedRow) -> str | None:
        """A row that the deed added, written down as it is, so that redo can bring it back."""
        if row.before is not None:
            return None
        table = BY_NAME[row.row_table]
        text = row_text(self.link.one(table.select, **table.where(loads(row.row_key))))
        self.link.execute(_KEEP_AFTER, {"id": row.id, "after": text})
        return text

    def do_again(self, deed: Deed) -> None:
        """Put every row of an undone deed back as the deed left it."""
        for row in self.link.all(_ROWS, deed=deed.id):
            self._put(row, row.after, expected=row.before)
        self.link.execute(_MARK, {"id": deed.id, "undone": False})

    def _put(self, row: DeedRow, text: str | None, *, expected: str | None) -> None:
        table = BY_NAME[row.row_table]
        where = table.where(loads(row.row_key))
        current = self.link.one(table.select, **where)
        wanted = None if text is None else row_from_text(table, text)
        if current != (None if expected is None else row_from_text(table, expected)):
            raise RefusedError(
                f"The {row.row_table.replace('_', ' ')} {row.row_key.strip('[]')} changed since.",
                "Change it by hand: cxdesk show",
            )
        self._write(table, where, current, wanted)
        self._stale.note(current)
        self._stale.note(wanted)

    def _write(self, table: Table, where: dict[str, Any], current: Any, wanted: Any) -> None:
        if current is None:
            self.link.execute(table.restore, wanted._asdict())
        elif wanted is None:
            self.link.execute(table.delete, where)
        else:
            # In place: taking the row away would take what hangs on it too.
            update_row(self.link, table, table.key_of(current), changes(current, wanted))


def last_done(link: Link) -> Deed | None:
    found: Deed | None = link.one(_LAST_DONE)
    return found


def last_undone(link: Link) -> Deed | None:
    found: Deed | None = link.one(_LAST_UNDONE)
    return found


def recent(link: Link, limit: int) -> list[Deed]:
    return link.all(_RECENT, limit=limit)


def messages_made(link: Link, deed: Deed) -> list[Message]:
    """Of the messages that a deed wrote, those that are there."""
    keys = [loads(key) for (key,) in link.pairs(_MESSAGES_MADE, deed=deed.id)]
    table = BY_NAME["message"]
    found = [link.one(table.select, **table.where(key)) for key in keys]
    return [message for message in found if message is not None]


def inquiry_of(link: Link, deed: Deed) -> tuple[int, str | None] | None:
    """The first inquiry that a deed changed, and whose it is; None where it is not there."""
    key = link.value(_INQUIRY_OF, deed=deed.id)
    return None if key is None else next(link.pairs(_WHOSE, number=loads(key)[0]), None)


def later_on_same_rows(link: Link, deed: Deed) -> list[Deed]:
    """Deeds done after this one that changed a row which its undo would restore; newest first."""
    return link.all(_LATER_ON_SAME_ROWS, deed=deed.id)


class CameIn(NamedTuple):
    """A mail that hangs on what a deed made: on which inquiry, from whom, and about what."""

    inquiry: int
    email: str | None
    subject: str | None


def mail_on_what_it_made(link: Link, deed: Deed) -> CameIn | None:
    """The first mail that came in on an inquiry, or of a customer, that a deed brought into being:
    a mail changes no row of theirs, and would be left hanging in the air."""
    for table, key in link.pairs(_ROWS_MADE, deed=deed.id):
        mails = _MAIL_ON_INQUIRY if table == "inquiry" else _MAIL_OF_CUSTOMER
        found = next(link.pairs(mails, key=loads(key)[0]), None)
        if found is not None:
            return CameIn(*found)
    return None
