"""Every statement of the store, held against a desk made from the schema."""

from __future__ import annotations

import ast
import importlib
import pkgutil
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from sqlmodel import SQLModel

import cxdesk.store
from cxdesk.domain.records import DeedRow
from cxdesk.store import database, ddl, deeds
from cxdesk.store.settings import fill

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cxdesk.store.database import Link

SOURCE = Path(cxdesk.store.__file__).parents[1]
# Where words that one database alone knows may stand.
DIALECT_ROOMS = {
    "database": "opens the file",
    "search": "full text",
    "upgrade": "brings the file up to the schema of today",
    "inspection": "says whether the file is sound",
}

# Reads that look at a whole table, each with the reason why it may.
SCANS = {
    "settings.SETTINGS": "a dozen rows, read whole",
    "settings.SPECIAL_DAYS": "a few years of closed dates, read whole",
    "settings.ALL_CHANNELS": "a dozen rows, read whole",
    "agenda._ROUNDS_ALL": "due --all: two a channel at most",
    "rounds._ALL": "channel list: two a channel at most",
    "agenda._LAST_RUN": "the far end of run_by_start",
    "outbox._LAST_RUN": "the far end of run_by_start",
    "week._CLOSED": "the week in five lines, once a week",
    "history._LAST_DONE": "from the newest deed backwards, up to the first that fits",
    "history._RECENT": "from the newest deed backwards, up to the limit",
    "customers._ALL": "customer list: all of them are shown",
    "inquiries._LISTED": "inquiries: the list, newest first, filters or none",
    "inquiries._LISTED_OWNERS": "inquiries: whose they are, read once",
    "inquiries._LISTED_TAGS": "inquiries: their tags, read once",
    "outbox._EVERY": "mail outbox: all of them are shown",
    "outbox._FAILED": "doctor alone: what could not be sent",
    "outbox._LOST": "doctor, remind status, the digest: the answers that failed",
    "outbox._CLOSED_BETWEEN": "the week in five lines, once a week",
    "deeds.channel.delete": "only the undo of a new channel looks for what refers to it",
    "received._NO_MAILS": "restore only: who asked for no more mail",
    "received._MAILBOXES": "a row a folder that is read",
    "received._BYTES": "doctor alone: how much of the desk is mail",
    "received._FIRST_OF_FOLDER": "mail fetch, where a server gave every mail a new UID",
    "inspection._SCHEMA": "doctor alone: the schema, read whole",
    "inspection._CUSTOMERS": "doctor alone counts them all",
    "inspection._INQUIRIES": "doctor alone counts them all",
    "inspection._LAST_DEED_AT": "the newest deed",
}

FORBIDDEN = {
    "INSERT OR": r"\bINSERT\s+OR\b",
    "REPLACE INTO": r"\bREPLACE\s+INTO\b",
    "a date function of SQLite's": r"\b(strftime|julianday|datetime|date|time|unixepoch)\s*\(",
    "max or min of two": r"\b(max|min)\s*\([^()]*,",
    "a function of SQLite's": r"\b(ifnull|printf|group_concat|total|instr|iif|json_\w+)\s*\(",
    "an operator of SQLite's": r"\b(GLOB|REGEXP|MATCH|COLLATE|INDEXED BY)\b",
    "rowid": r"\browid\b",
    "PRAGMA": r"\bPRAGMA\b",
    "== for =": r"==",
    "quotes of the wrong kind": r"[`\[\]\"]",
    "a parameter without a name": r"\?",
    "a boolean as a number": r"\b(told|quiet|undone|reached|automatic|confirmed|late|consent"
    r"|after_done|data_begun|reopening|resent|by_mail|is_sent|bounce)\s*(=|<>|IS)\s*[01]\b",
    "an untyped NULL": r"(?<!CAST\()(:\w+)\s+IS\s+(NOT\s+)?NULL",
}

SOME = {"limit": 1, "query": '"vat"'}


class Statement(NamedTuple):
    """A statement and where it stands: `agenda.PROMISES_DUE`."""

    place: str
    text: str
    returns: Any = None

    @property
    def values(self) -> dict[str, Any]:
        """Something for every parameter; two of them will not do with nothing."""
        return {name: SOME.get(name) for name in re.findall(r":(\w+)", self.text)}


def constants() -> Iterator[Statement]:
    """The statements that stand in the modules of the store."""
    for module in pkgutil.iter_modules(cxdesk.store.__path__):
        for name, value in vars(importlib.import_module(f"cxdesk.store.{module.name}")).items():
            if isinstance(value, database.Sql):
                yield Statement(f"{module.name}.{name}", value, value.returns)


def made() -> Iterator[Statement]:
    """The statements that deeds make of the records."""
    for table in deeds.TABLES.values():
        place = f"deeds.{table.name}"
        yield Statement(f"{place}.insert", table.insert)
        yield Statement(f"{place}.restore", table.restore)
        yield Statement(f"{place}.select", table.select, table.record)
        yield Statement(f"{place}.delete", table.delete)
        fields = [field for field in table.record._fields if field not in table.key]
        sets = ", ".join(f"{field} = :{field}" for field in fields or table.key)
        yield Statement(f"{place}.update", table.update.format(sets))


ALL = sorted({*constants(), *made()}, key=lambda statement: statement.place)
LOOKING = [statement for statement in ALL if not statement.text.startswith("INSERT")]
each = pytest.mark.parametrize("statement", ALL, ids=lambda statement: statement.place)
each_that_looks = pytest.mark.parametrize("statement", LOOKING, ids=lambda one: one.place)


@pytest.fixture(scope="module")
def desk() -> Iterator[Link]:
    with database.open_nowhere(lambda link: fill(link, "Europe/London", "")) as link:
        yield link


def plan(desk: Link, statement: Statement) -> list[str]:
    rows = desk.connection.execute(f"EXPLAIN QUERY PLAN {statement.text}", statement.values)
    return [detail for _, _, _, detail in rows]


def is_scan(step: str, partial: set[str]) -> bool:
    """Whether a step of a plan looks at every row, or makes an index to look at them once.

    A partial index holds what is open or unfinished: to walk along one is no scan.
    """
    if "AUTOMATIC" in step:
        return True
    if not step.startswith("SCAN") or "VIRTUAL TABLE" in step or step == "SCAN CONSTANT ROW":
        return False
    return step.rpartition(" INDEX ")[2] not in partial


def partial_indexes(desk: Link) -> set[str]:
    asked = "SELECT name FROM sqlite_master WHERE type = 'index' AND sql LIKE '% WHERE %'"
    return {name for (name,) in desk.connection.execute(asked)}


class TestStatements:
    def test_all_of_them_are_found(self) -> None:
        text = "".join(path.read_text() for path in (SOURCE / "store").glob("*.py"))

        assert len({*constants()}) == len(re.findall(r"^\w+ = Sql\(", text, re.MULTILINE))

    def test_no_permission_to_scan_is_stale(self) -> None:
        assert set(SCANS) <= {statement.place for statement in LOOKING}

    @each
    def test_it_fits_the_desk(self, desk: Link, statement: Statement) -> None:
        desk.connection.execute(f"EXPLAIN {statement.text}", statement.values)

    @pytest.mark.parametrize(
        "statement", [one for one in ALL if one.returns], ids=lambda statement: statement.place
    )
    def test_its_columns_are_the_fields_of_its_record(
        self, desk: Link, statement: Statement
    ) -> None:
        cursor = desk.connection.execute(statement.text, statement.values)

        assert tuple(column[0] for column in cursor.description) == statement.returns._fields

    @each_that_looks
    def test_it_looks_up_what_it_needs(self, desk: Link, statement: Statement) -> None:
        partial = partial_indexes(desk)
        scans = [step for step in plan(desk, statement) if is_scan(step, partial)]

        assert bool(scans) == (statement.place in SCANS), scans

    @each
    def test_it_names_every_column_that_must_be_given(
        self, desk: Link, statement: Statement
    ) -> None:
        found = re.match(r"INSERT INTO (\w+) \(([^)]*)\)", statement.text)
        if found is None:
            assert not statement.text.startswith("INSERT")
            return
        columns = desk.connection.execute(f"PRAGMA table_info({found[1]})").fetchall()
        needed = {
            name
            for _, name, kind, must, _, key in columns
            if must and (not key or kind != "INTEGER")
        }

        assert needed <= set(found[2].split(", "))

    @each
    def test_both_databases_know_its_words(self, statement: Statement) -> None:
        if statement.place.partition(".")[0] in DIALECT_ROOMS:
            return
        found = [why for why, word in FORBIDDEN.items() if re.search(word, statement.text, re.I)]

        assert not found
        assert ":" not in "".join(re.findall(r"'([^']*)'", statement.text))

    def test_there_is_none_outside_the_store(self) -> None:
        sql = re.compile(r"\s*(SELECT|INSERT INTO|UPDATE|DELETE FROM|CREATE|PRAGMA|BEGIN)\s")
        found = [
            f"{path.name}:{node.lineno}"
            for path in SOURCE.rglob("*.py")
            if path.parent.name != "store"
            for node in ast.walk(ast.parse(path.read_text()))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and sql.match(node.value)
        ]

        assert not found


RECORDS = {**{table.name: table.record for table in deeds.TABLES.values()}, "deed_row": DeedRow}
# A channel is never taken away.
NEVER_TAKEN_AWAY = {"inquiry": {"channel"}}
# Written by the store alone, beside the rows; no record travels.
UNSEEN = {"number", "name_word", "search_doc"}


def the_row_itself(desk: Link, name: str) -> set[str]:
    """A primary key that is one integer: rows are kept by it, and need no index."""
    columns = desk.connection.execute(f"PRAGMA table_info({name})").fetchall()
    key = [(column, kind) for _, column, kind, _, _, place in columns if place]
    return {column for column, kind in key if kind == "INTEGER" and len(key) == 1}


class TestShapes:
    @pytest.mark.parametrize("name", sorted(SQLModel.metadata.tables))
    def test_who_refers_is_found_by_an_index(self, desk: Link, name: str) -> None:
        """To take a row away, SQLite looks for what refers to it."""
        referring = {row[3] for row in desk.connection.execute(f"PRAGMA foreign_key_list({name})")}
        indexes = [row[1] for row in desk.connection.execute(f"PRAGMA index_list({name})")]
        first = {
            desk.connection.execute(f"PRAGMA index_info({index})").fetchone()[2]
            for index in indexes
        } | the_row_itself(desk, name)

        assert referring - first <= NEVER_TAKEN_AWAY.get(name, set())

    def test_every_table_has_a_record(self) -> None:
        assert set(SQLModel.metadata.tables) == set(RECORDS) | UNSEEN

    @pytest.mark.parametrize("name", RECORDS)
    def test_record_model_and_desk_agree(self, desk: Link, name: str) -> None:
        model = [column.name for column in SQLModel.metadata.tables[name].columns]
        kept = [row[1] for row in desk.connection.execute(f"PRAGMA table_info({name})")]

        assert list(RECORDS[name]._fields) == model == kept

    @pytest.mark.parametrize("name", RECORDS)
    def test_what_may_be_absent_agrees(self, name: str) -> None:
        columns = SQLModel.metadata.tables[name].columns
        optional = {column.name for column in columns if column.nullable}
        said = RECORDS[name].__annotations__

        assert {field for field, kind in said.items() if "None" in str(kind)} == optional

    @pytest.mark.parametrize("name", RECORDS)
    def test_instants_and_booleans_agree(self, name: str) -> None:
        for column in SQLModel.metadata.tables[name].columns:
            said = str(RECORDS[name].__annotations__[column.name])

            assert column.name.endswith("_at") == (str(column.type) == "DATETIME"), column
            assert said.startswith("bool") == (str(column.type) == "BOOLEAN"), column

    def test_the_schema_is_fresh(self) -> None:
        kept = (SOURCE / "store" / "schema.sql").read_text()

        assert kept == ddl.schema_text(), "make docs"
