"""A desk of an earlier version is brought up in one transaction, whoever meets it first."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from cxdesk.errors import UnusableError
from cxdesk.store import database, inspection, upgrade
from tests.desks import FIRST, assert_whole, first_desk, said
from tests.running import MAIN, cxdesk, surroundings

# What a second version might bring: a NOT NULL column with a CHECK on a table with rows, a table,
# a partial index.
SECOND = """
revision = "0002"
down_revision = "0001"

import sqlalchemy as sa
from alembic import op
from cxdesk.store.upgrade import history_gains


def upgrade():
    with op.batch_alter_table("inquiry") as batch:
        batch.add_column(sa.Column("weight", sa.Integer(), server_default="1", nullable=False))
        batch.create_check_constraint("weight_known", "weight BETWEEN 1 AND 3")
    with op.batch_alter_table("inquiry") as batch:
        batch.alter_column("weight", server_default=None)
    history_gains(op.get_bind(), "inquiry", "weight", "1")
    op.create_table(
        "shelf",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("inquiry_number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
        sa.ForeignKeyConstraint(
            ["inquiry_number"], ["inquiry.number"], initially="DEFERRED", deferrable=True
        ),
        sa.CheckConstraint("length(name) > 0", name="name_not_blank"),
    )
    op.create_index("shelf_heavy", "inquiry", ["weight"], sqlite_where=sa.text("weight > 1"))
"""
# A step that fails after it has begun.
COMMITTING = SECOND + "\n    op.get_bind().connection.commit()\n"
BROKEN = SECOND + "\n    op.execute('INSERT INTO shelf (name) VALUES (NULL)')\n"
# A step that leaves a row without what it refers to.
DANGLING = SECOND + "\n    op.execute(\"INSERT INTO shelf VALUES ('one', 4711)\")\n"

PROGRAM = (
    """
import sys
from cxdesk.store import database, upgrade
database.SCHEMA_VERSION = 2
upgrade.MIGRATIONS = {migrations!r}
"""
    + MAIN
)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return first_desk(tmp_path / "home")


def steps(folder: Path, text: str) -> Path:
    """A directory of migrations with a second step."""
    shutil.copytree(upgrade.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / "v0002_second.py").write_text(text)
    return folder


@pytest.fixture
def second(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program whose version is 2."""
    monkeypatch.setattr(database, "SCHEMA_VERSION", 2)
    folder = steps(tmp_path / "migrations", SECOND)
    monkeypatch.setattr(upgrade, "MIGRATIONS", str(folder))


def bring_up(desk: Path, kept: Path | None = None, told: list[int] | None = None) -> None:
    said_to: list[int] = [] if told is None else told
    upgrade.upgrade(str(desk), str(kept) if kept else None, said_to.append)


def shape_of(path: Path) -> dict[str, tuple[str, ...]]:
    with database.open_of_any_version(str(path)) as link:
        return inspection.shape(link)


def second_shape() -> dict[str, tuple[str, ...]]:
    """What version 2 would make anew: the statements of the first with what the step says."""
    text = FIRST.read_text().split("\nINSERT INTO")[0]
    before, table, after = text.partition("CREATE TABLE inquiry (")
    column = "\tweight INTEGER NOT NULL,\n"
    check = "\tCONSTRAINT weight_known CHECK (weight BETWEEN 1 AND 3),"
    keyed = "\tPRIMARY KEY (number),"
    text = before + table + after.replace(keyed, f"{column}{keyed}\n{check}", 1)
    shelf = (
        "CREATE TABLE shelf (name VARCHAR NOT NULL, inquiry_number INTEGER NOT NULL,"
        " PRIMARY KEY (name),"
        " FOREIGN KEY(inquiry_number) REFERENCES inquiry (number)"
        " DEFERRABLE INITIALLY DEFERRED,"
        " CONSTRAINT name_not_blank CHECK (length(name) > 0));"
        "CREATE INDEX shelf_heavy ON inquiry (weight) WHERE weight > 1;"
    )
    with database.Link(sqlite3.connect(":memory:"), ":memory:") as link:
        link.connection.executescript(text + shelf)
        return inspection.shape(link)


class TestFirst:
    def test_the_kept_desk_has_the_shape_of_a_new_one(self, desk: Path) -> None:
        differences = inspection.differences(shape_of(desk), inspection.new_shape())

        assert not differences, "a schema that is out needs a step; else make_desk_v1.py"

    def test_the_kept_desk_is_whole_and_has_rows_of_every_kind(self, desk: Path) -> None:
        assert_whole(desk)
        empty = [name for name, rows in said(desk).items() if rows == []]

        assert not empty

    def test_there_is_a_step_for_every_version(self) -> None:
        found = sorted((Path(upgrade.MIGRATIONS) / "versions").glob("v*.py"))

        assert [path.name[:5] for path in found] == [
            f"v{number:04}" for number in range(1, database.SCHEMA_VERSION + 1)
        ]

    def test_a_desk_of_this_version_stays_as_it_is(self, desk: Path, tmp_path: Path) -> None:
        before = desk.read_bytes()
        bring_up(desk, tmp_path / "kept.db")

        assert desk.read_bytes() == before
        assert not (tmp_path / "kept.db").exists()


class TestShape:
    def test_it_sees_what_alembic_does_not(self) -> None:
        plain = "CREATE TABLE t (a INTEGER NOT NULL, b VARCHAR)"
        shapes = [
            self.shape_of(plain),
            self.shape_of("CREATE TABLE t (a INTEGER NOT NULL, b VARCHAR, CHECK (a > 1))"),
            self.shape_of("CREATE TABLE t (a INTEGER NOT NULL, b VARCHAR, CHECK (a > 2))"),
            self.shape_of("CREATE TABLE t (b VARCHAR, a INTEGER NOT NULL)"),
            self.shape_of("CREATE TABLE t (a INTEGER, b VARCHAR)"),
            self.shape_of(plain, "CREATE INDEX i ON t (a)"),
            self.shape_of(plain, "CREATE INDEX i ON t (a) WHERE a > 1"),
            self.shape_of(
                plain, "CREATE TRIGGER r AFTER INSERT ON t BEGIN UPDATE t SET a = 1; END"
            ),
        ]

        assert all(
            bool(inspection.differences(one, other)) == (one is not other)
            for one in shapes
            for other in shapes
        )

    def test_quotes_and_white_space_do_not_count(self) -> None:
        one = self.shape_of("CREATE TABLE t (a INTEGER, b VARCHAR, CHECK (a > 1), UNIQUE (b))")
        other = self.shape_of(
            'CREATE TABLE "t" (\n\t"a" INTEGER,\n\tb VARCHAR,\n\tUNIQUE (b), CHECK (a > 1)\n)'
        )

        assert not inspection.differences(one, other)

    @staticmethod
    def shape_of(*statements: str) -> dict[str, tuple[str, ...]]:
        with database.Link(sqlite3.connect(":memory:"), ":memory:") as link:
            for statement in statements:
                link.execute(statement)
            return inspection.shape(link)


@pytest.mark.usefixtures("second")
class TestUpgrade:
    def test_a_migrated_desk_has_the_shape_of_a_new_one(self, desk: Path) -> None:
        bring_up(desk)

        assert not inspection.differences(shape_of(desk), second_shape())
        assert_whole(desk)

    def test_no_row_is_lost(self, desk: Path) -> None:
        before = said(desk)
        bring_up(desk)
        after = said(desk)

        assert after.pop("version") == 2
        assert after.pop("shelf") == []
        assert [row[:-1] for row in after["inquiry"]] == before["inquiry"]
        assert {row[-1] for row in after["inquiry"]} == {1}
        same = before.keys() - {"version", "inquiry", "deed_row"}
        assert {name: after[name] for name in same} == {name: before[name] for name in same}

    def test_the_desk_as_it_was_is_kept_and_said_before_anything_changes(
        self, desk: Path, tmp_path: Path
    ) -> None:
        before, kept = said(desk), tmp_path / "kept.db"
        seen = []
        upgrade.upgrade(
            str(desk), str(kept), lambda version: seen.append((version, said(kept), said(desk)))
        )

        assert seen == [(1, before, before)]
        assert kept.stat().st_mode & 0o777 == 0o600
        assert_whole(kept)

    def test_what_undo_would_put_back_has_gained_the_column(self, desk: Path) -> None:
        bring_up(desk)
        link = sqlite3.connect(desk)
        asked = "SELECT before, after FROM deed_row WHERE row_table = 'inquiry'"
        rows = [json.loads(text) for pair in link.execute(asked) for text in pair if text]
        link.close()

        assert rows
        assert all(row["weight"] == 1 for row in rows)

    def test_no_trace_of_alembic_stays(self, desk: Path) -> None:
        bring_up(desk)

        assert not [name for name in said(desk) if "alembic" in name]

    @pytest.mark.parametrize(
        "text", [BROKEN, DANGLING, COMMITTING], ids=["broken", "dangling", "committing"]
    )
    def test_a_step_that_fails_leaves_the_desk_as_it_was(
        self, desk: Path, tmp_path: Path, text: str
    ) -> None:
        before = said(desk)
        migrations = str(steps(tmp_path / "bad", text))
        with pytest.raises(Exception):  # noqa: B017  (whatever a step may raise)
            upgrade.upgrade(str(desk), None, lambda _: None, migrations=migrations)

        assert said(desk) == before
        bring_up(desk)
        assert said(desk)["version"] == 2

    def test_no_room_for_the_backup_leaves_the_desk_as_it_was(
        self, desk: Path, tmp_path: Path
    ) -> None:
        before = said(desk)
        with pytest.raises(UnusableError):
            bring_up(desk, tmp_path / "nowhere" / "kept.db")

        assert said(desk) == before

    def test_the_foreign_keys_of_other_tables_still_stand(self, desk: Path) -> None:
        bring_up(desk)
        link = sqlite3.connect(desk)
        link.execute("PRAGMA foreign_keys=ON")
        link.execute("DELETE FROM inquiry")

        with pytest.raises(sqlite3.IntegrityError):
            link.commit()
        link.close()


class TestWhoever:
    """Each as a process of its own, as it is met."""

    @pytest.fixture
    def program(self, tmp_path: Path) -> str:
        return PROGRAM.format(migrations=str(steps(tmp_path / "migrations", SECOND)))

    @pytest.mark.parametrize(
        "line",
        [
            [],
            ["due", "--count"],
            ["show", "ann"],
            ["search", "vat"],
            ["remind", "--dry-run"],
            ["backup", "here.db"],
            ["doctor"],
        ],
        ids=lambda line: " ".join(line) or "bare",
    )
    def test_reading_commands_bring_it_up(self, desk: Path, program: str, line: list[str]) -> None:
        before = said(desk)
        line = [str(desk.parent / part) if part.endswith(".db") else part for part in line]
        ran = cxdesk(desk.parent, *line, program=program)

        assert ran.code in (0, 1)
        told = next(text for text in ran.err.splitlines() if "version 1 to 2" in text)
        kept = Path(told.split(" kept in ")[1].replace("~", str(desk.parent)))
        assert said(kept) == before
        assert said(desk)["version"] == 2
        assert_whole(desk)

    def test_it_is_said_once(self, desk: Path, program: str) -> None:
        first = cxdesk(desk.parent, "due", program=program)
        again = cxdesk(desk.parent, "due", program=program)

        assert "version" in first.err
        assert (again.code, again.err) == (0, "")
        assert again.out == first.out

    def test_with_json_it_is_said_beside_the_answer(self, desk: Path, program: str) -> None:
        ran = cxdesk(desk.parent, "due", "--json", program=program)

        assert ran.out.startswith("{")
        assert "version 1 to 2" in ran.err

    def test_six_at_once_bring_it_up_once(self, desk: Path, program: str) -> None:
        command = [sys.executable, "-c", program, "due", "--count"]
        running = [
            subprocess.Popen(
                command,
                env=surroundings(desk.parent),
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for _ in range(6)
        ]
        ended = [(process.communicate(timeout=60), process.returncode) for process in running]

        assert [code for _, code in ended] == [0] * 6, ended
        assert sum("version 1 to 2" in err for (_, err), _ in ended) == 1
        assert len(list(desk.parent.glob("desk-before-*"))) == 1
        assert_whole(desk)

    def test_killed_at_any_time_it_is_old_or_new_and_again_succeeds(
        self, desk: Path, program: str, tmp_path: Path
    ) -> None:
        """The points of the fault sweep are finer; here Alembic's own time is cut too."""
        command = [sys.executable, "-c", program, "due", "--count"]
        for number in range(int(os.environ.get("CXDESK_TEST_KILLS", "8"))):
            home = shutil.copytree(desk.parent, tmp_path / f"killed-{number}")
            process = subprocess.Popen(
                command,
                env=surroundings(home),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            )
            try:
                process.wait(0.15 + 0.1 * number)
            except subprocess.TimeoutExpired:
                process.send_signal(signal.SIGKILL)
            process.wait()

            assert said(home / "desk.db")["version"] in (1, 2)
            assert_whole(home / "desk.db")
            assert cxdesk(home, "due", "--count", program=program).code == 0
            assert not inspection.differences(shape_of_any(home / "desk.db"), second_shape())


def shape_of_any(path: Path) -> dict[str, tuple[str, ...]]:
    with database.Link(sqlite3.connect(path), str(path)) as link:
        return inspection.shape(link)


class TestNewer:
    @pytest.mark.parametrize("line", [["due"], ["log", "Ann Lee", "Hello"], ["doctor"]])
    def test_a_desk_newer_than_the_program_is_refused_and_stays(
        self, desk: Path, line: list[str]
    ) -> None:
        link = sqlite3.connect(desk, isolation_level=None)
        link.execute("PRAGMA user_version=7")
        link.close()
        before = desk.read_bytes()
        ran = cxdesk(desk.parent, *line)

        assert ran.code == (1 if line == ["doctor"] else 4)
        told = ran.out if line == ["doctor"] else ran.err
        assert "7" in told
        assert "1" in told
        assert desk.read_bytes() == before
