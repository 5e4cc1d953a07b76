"""The schema as text: made from the models, kept in `schema.sql`, compared by `make check`.

A desk is made from the text, so that the first `log` need not load SQLModel either.
"""

from sqlalchemy.dialects import sqlite
from sqlalchemy.schema import CreateIndex, CreateTable
from sqlmodel import SQLModel

from cxdesk.store import models as models  # declares the tables
from cxdesk.store.search import FULL_TEXT_INDEX

_HEADER = "-- Generated from store/models.py by `make docs`. Do not edit.\n"


def schema_text() -> str:
    """Every CREATE statement of a new desk, in an order that needs no table before its time."""
    dialect = sqlite.dialect()
    statements = []
    for table in SQLModel.metadata.sorted_tables:
        statements.append(str(CreateTable(table).compile(dialect=dialect)).strip())
        statements += [
            str(CreateIndex(index).compile(dialect=dialect)).strip()
            for index in sorted(table.indexes, key=lambda index: index.name or "")
        ]
    statements.append(FULL_TEXT_INDEX)
    clean = ("\n".join(line.rstrip() for line in text.splitlines()) for text in statements)
    return _HEADER + "".join(f"\n{text};\n" for text in clean)
