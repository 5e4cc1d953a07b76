"""A desk of an earlier version is brought up in one transaction, whoever meets it first."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from cxdesk.desk import keeping
from cxdesk.desk.history import redo, undo
from cxdesk.domain.received import Received, ReceivedRaw
from cxdesk.errors import UnusableError
from cxdesk.store import database, history, inspection, received, upgrade
from cxdesk.store.deeds import BY_NAME, begin, row_from_text, row_text
from tests.desks import LATEST, assert_whole, desk_of, said, statements_of
from tests.running import MAIN, cxdesk, surroundings

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
OLD = range(1, LATEST)
# What the next version might bring: a NOT NULL column with a CHECK on a table with rows, a table,
# a partial index.
STEP = f"""
revision = "{LATEST + 1:04}"
down_revision = "{LATEST:04}"

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
COMMITTING = STEP + "\n    op.get_bind().connection.commit()\n"
BROKEN = STEP + "\n    op.execute('INSERT INTO shelf (name) VALUES (NULL)')\n"
# A step that leaves a row without what it refers to.
DANGLING = STEP + "\n    op.execute(\"INSERT INTO shelf VALUES ('one', 4711)\")\n"

# The cxdesk of before, as far as desks are concerned.
FORMER = f"from cxdesk.store import database; database.SCHEMA_VERSION = {LATEST - 1}\n" + MAIN


@pytest.fixture(params=OLD)
def desk(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A desk of each version before this one."""
    return desk_of(request.param, tmp_path / "home")


def steps(folder: Path, text: str) -> Path:
    """A directory of migrations with one step more."""
    shutil.copytree(upgrade.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "versions" / f"v{LATEST + 1:04}_next.py").write_text(text)
    return folder


@pytest.fixture
def with_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program of the next version."""
    monkeypatch.setattr(database, "SCHEMA_VERSION", LATEST + 1)
    folder = steps(tmp_path / "migrations", STEP)
    monkeypatch.setattr(upgrade, "MIGRATIONS", str(folder))


def bring_up(desk: Path, kept: Path | None = None, told: list[int] | None = None) -> None:
    said_to: list[int] = [] if told is None else told
    upgrade.upgrade(str(desk), str(kept) if kept else None, said_to.append)


def shape_of(path: Path) -> dict[str, tuple[str, ...]]:
    with database.open_of_any_version(str(path)) as link:
        return inspection.shape(link)


def next_shape() -> dict[str, tuple[str, ...]]:
    """What the next version would make anew: the statements of this one with what the step says."""
    text = statements_of(LATEST).split("\nINSERT INTO")[0]
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


def in_history(desk: Path, table: str) -> list[dict[str, Any]]:
    """The rows of a table that undo and redo would put back."""
    link = sqlite3.connect(desk)
    asked = "SELECT before, after FROM deed_row WHERE row_table = ?"
    rows = [json.loads(text) for pair in link.execute(asked, [table]) for text in pair if text]
    link.close()
    return rows


def content(desk: Path) -> dict[str, Any]:
    """Every row but those that undo itself writes."""
    own = {"deed", "deed_row", "search_doc"}
    return {name: rows for name, rows in said(desk).items() if name not in own}


def assert_all_kept(before: dict[str, Any], after: dict[str, Any]) -> None:
    """Every row is there with what it said; what it has gained stands behind that. Of the history
    as well, where a row is text that may have gained a key."""
    for name in before.keys() - {"version", "deed_row"}:
        width = len(before[name][0])
        assert sorted((row[:width] for row in after[name]), key=repr) == before[name], name
    assert [row[:-2] for row in after["deed_row"]] == [row[:-2] for row in before["deed_row"]]
    for old, new in zip(before["deed_row"], after["deed_row"], strict=True):
        for was, now in zip(old[-2:], new[-2:], strict=True):
            assert (was is None) == (now is None)
            assert was is None or json.loads(was).items() <= json.loads(now).items()


class TestKept:
    """The desks that are kept to prove it with."""

    @pytest.mark.parametrize("version", [*OLD, LATEST])
    def test_each_is_whole_and_has_rows_in_every_table(self, version: int, tmp_path: Path) -> None:
        desk = desk_of(version, tmp_path / "home")

        assert_whole(desk)
        assert said(desk)["version"] == version
        assert not [name for name, rows in said(desk).items() if rows == []]

    def test_todays_has_the_shape_of_a_new_one(self, tmp_path: Path) -> None:
        desk = desk_of(LATEST, tmp_path / "home")
        differences = inspection.differences(shape_of(desk), inspection.new_shape())

        assert not differences, "a schema that is out needs a step; else tests/data/make_desk.py"

    def test_there_is_a_step_for_every_version(self) -> None:
        found = sorted((Path(upgrade.MIGRATIONS) / "versions").glob("v*.py"))

        assert [path.name[:5] for path in found] == [
            f"v{number:04}" for number in range(1, LATEST + 1)
        ]

    def test_a_desk_of_this_version_stays_as_it_is(self, tmp_path: Path) -> None:
        desk = desk_of(LATEST, tmp_path / "home")
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


class TestUpgrade:
    """By the steps that there are."""

    def test_it_has_the_shape_of_a_new_one(self, desk: Path) -> None:
        bring_up(desk)

        assert not inspection.differences(shape_of(desk), inspection.new_shape())
        assert said(desk)["version"] == LATEST
        assert_whole(desk)

    def test_no_row_is_lost(self, desk: Path) -> None:
        before = said(desk)
        bring_up(desk)

        assert_all_kept(before, said(desk))

    def test_what_is_new_begins_empty(self, desk: Path) -> None:
        before = said(desk)
        bring_up(desk)
        after = said(desk)

        assert after.keys() > before.keys()
        assert not [name for name in after.keys() - before.keys() if after[name]]

    def test_what_was_done_before_is_undone_and_done_again(self, desk: Path) -> None:
        """All of it, to the first deed and back; each row must be found as the history says."""
        bring_up(desk)
        with database.open_to_write(str(desk)) as link:
            while history.last_undone(link):
                redo(link)
            done = content(desk)
            while history.last_done(link):
                undo(link)
            assert content(desk)["inquiry"] == content(desk)["follow_up"] == []
            while history.last_undone(link):
                redo(link)

        assert content(desk) == done
        assert_whole(desk)

    def test_the_history_holds_rows_as_they_are_written_today(self, desk: Path) -> None:
        bring_up(desk)
        link = sqlite3.connect(desk)
        asked = "SELECT row_table, before, after FROM deed_row"
        rows = [(name, text) for name, *both in link.execute(asked) for text in both if text]
        link.close()

        assert rows
        for name, text in rows:
            table = BY_NAME[name]
            assert list(json.loads(text)) == list(table.record._fields)
            assert row_text(row_from_text(table, text)) == text


class TestMail:
    """Version 2: mail that comes in, and follow-ups that go out by themselves."""

    @pytest.fixture
    def desk(self, tmp_path: Path) -> Path:
        desk = desk_of(1, tmp_path / "home")
        bring_up(desk)
        return desk

    def test_no_follow_up_goes_out_by_itself_from_then_on(self, desk: Path) -> None:
        with database.open_to_read(str(desk)) as link:
            found = list(link.pairs(database.Sql("SELECT by_mail FROM follow_up")))

        assert found == [(0,)] * 3
        assert [row["by_mail"] for row in in_history(desk, "follow_up")] == [False] * 5

    def test_the_next_follow_up_must_say_it(self, desk: Path) -> None:
        link = sqlite3.connect(desk)
        with pytest.raises(sqlite3.IntegrityError, match=r"follow_up\.by_mail"):
            link.execute(
                "INSERT INTO follow_up (number, customer_id, kind, what, due_at, made_at, state,"
                " after_done, quiet) VALUES (99, 1, 'follow_up', 'x', '', '', 'open', 0, 0)"
            )
        with pytest.raises(sqlite3.IntegrityError, match="by_mail_yes_or_no"):
            link.execute("UPDATE follow_up SET by_mail = 2")
        link.close()

    def test_mail_is_taken_in(self, desk: Path) -> None:
        raw = b"Subject: hello\r\n\r\n\x00\xff"
        with database.open_to_write(str(desk)) as link:
            with begin(link, "mail", NOW, actor="desk") as d:
                kept = d.add(Received(0, "00", "", "", "a file", NOW, len(raw)))
                d.add(ReceivedRaw(kept.id, raw))

            assert received.raw(link, kept.id) == ReceivedRaw(kept.id, raw)
            assert received.unread(link) == [kept]


@pytest.mark.usefixtures("with_next")
class TestMachinery:
    """By a step that is not there yet, from this version and, in one go, from each before it."""

    @pytest.fixture(params=[*OLD, LATEST])
    def desk(self, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
        return desk_of(request.param, tmp_path / "home")

    def test_a_migrated_desk_has_the_shape_of_a_new_one(self, desk: Path) -> None:
        bring_up(desk)

        assert not inspection.differences(shape_of(desk), next_shape())
        assert_whole(desk)

    def test_no_row_is_lost(self, desk: Path) -> None:
        before = said(desk)
        bring_up(desk)
        after = said(desk)

        assert after["version"] == LATEST + 1
        assert after["shelf"] == []
        assert {row[-1] for row in after["inquiry"]} == {1}
        assert_all_kept(before, after)

    def test_the_desk_as_it_was_is_kept_and_said_before_anything_changes(
        self, desk: Path, tmp_path: Path
    ) -> None:
        before, kept = said(desk), tmp_path / "kept.db"
        seen: list[Any] = []
        upgrade.upgrade(
            str(desk), str(kept), lambda version: seen.append((version, said(kept), said(desk)))
        )

        assert seen == [(before["version"], before, before)]
        assert kept.stat().st_mode & 0o777 == 0o600
        assert_whole(kept)

    def test_what_undo_would_put_back_has_gained_the_column(self, desk: Path) -> None:
        bring_up(desk)
        rows = in_history(desk, "inquiry")

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
        assert said(desk)["version"] == LATEST + 1

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


TOLD = f"version {LATEST - 1} to {LATEST}"


class TestWhoever:
    """Each as a process of its own, as it is met."""

    @pytest.fixture
    def desk(self, tmp_path: Path) -> Path:
        return desk_of(LATEST - 1, tmp_path / "home")

    @pytest.mark.parametrize(
        "line",
        [
            [],
            ["due", "--count"],
            ["show", "ann"],
            ["search", "vat"],
            ["remind", "--dry-run"],
            ["undo"],
            ["backup", "here.db"],
            ["doctor"],
        ],
        ids=lambda line: " ".join(line) or "bare",
    )
    def test_it_is_brought_up_and_kept_as_it_was(self, desk: Path, line: list[str]) -> None:
        before = said(desk)
        line = [str(desk.parent / part) if part.endswith(".db") else part for part in line]
        ran = cxdesk(desk.parent, *line)

        assert ran.code in (0, 1)
        told = next(text for text in ran.err.splitlines() if TOLD in text)
        kept = Path(told.split(" kept in ")[1].replace("~", str(desk.parent)))
        assert said(kept) == before
        assert said(desk)["version"] == LATEST
        assert_whole(desk)

    def test_it_is_said_once(self, desk: Path) -> None:
        first = cxdesk(desk.parent, "due")
        again = cxdesk(desk.parent, "due")

        assert "version" in first.err
        assert (again.code, again.err) == (0, "")
        assert again.out == first.out

    def test_with_json_it_is_said_beside_the_answer(self, desk: Path) -> None:
        ran = cxdesk(desk.parent, "due", "--json")

        assert ran.out.startswith("{")
        assert TOLD in ran.err

    def test_six_at_once_bring_it_up_once(self, desk: Path) -> None:
        command = [sys.executable, "-c", MAIN, "due", "--count"]
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
        assert sum(TOLD in err for (_, err), _ in ended) == 1
        assert len(list(desk.parent.glob("desk-before-*"))) == 1
        assert_whole(desk)

    def test_killed_at_any_time_it_is_old_or_new_and_again_succeeds(
        self, desk: Path, tmp_path: Path
    ) -> None:
        """The points of the fault sweep are finer; here Alembic's own time is cut too."""
        command = [sys.executable, "-c", MAIN, "due", "--count"]
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

            assert said(home / "desk.db")["version"] in (LATEST - 1, LATEST)
            assert_whole(home / "desk.db")
            assert cxdesk(home, "due", "--count").code == 0
            assert not inspection.differences(shape_of(home / "desk.db"), inspection.new_shape())


class TestRestore:
    """Put back by a program that has not met the desk in its place yet."""

    def test_what_no_restore_undoes_is_taken_from_an_older_desk_too(
        self, desk: Path, tmp_path: Path
    ) -> None:
        copy = desk_of(said(desk)["version"], tmp_path / "copy")
        link = sqlite3.connect(desk)
        link.execute("UPDATE number SET last = 4711")
        link.execute("UPDATE mail SET dedupe = 'alert:5', message_id = '<5@example.com>'")
        link.commit()
        link.close()
        keeping.restore(str(copy), str(desk), NOW)

        assert said(desk)["version"] == LATEST
        assert said(desk)["number"] == [("desk", 4711)]
        assert "alert:5" in [row[1] for row in said(desk)["mail"]]

    def test_who_asked_for_no_more_mail_since_the_backup_gets_none(self, tmp_path: Path) -> None:
        copy = desk_of(LATEST, tmp_path / "copy")
        path = desk_of(LATEST, tmp_path / "now")
        link = sqlite3.connect(path)
        link.execute(
            "INSERT INTO no_mail (address, why, noted_at)"
            " VALUES ('eve@example.com', 'unsubscribed', '2026-11-22 10:00:00.000000')"
        )
        link.commit()
        link.close()
        keeping.restore(str(copy), str(path), NOW)

        assert "eve@example.com" in [row[0] for row in said(path)["no_mail"]]


class TestNewer:
    @pytest.mark.parametrize("line", [["due"], ["log", "Ann Lee", "Hello"], ["undo"], ["doctor"]])
    @pytest.mark.parametrize("version", [LATEST, LATEST + 5])
    def test_a_desk_newer_than_the_program_is_refused_and_stays(
        self, tmp_path: Path, version: int, line: list[str]
    ) -> None:
        desk = desk_of(LATEST, tmp_path / "home")
        link = sqlite3.connect(desk, isolation_level=None)
        link.execute(f"PRAGMA user_version={version}")
        link.close()
        before = desk.read_bytes()
        knows = LATEST if version > LATEST else LATEST - 1
        ran = cxdesk(desk.parent, *line, program=MAIN if knows == LATEST else FORMER)

        assert ran.code == (1 if line == ["doctor"] else 4)
        told = ran.out if line == ["doctor"] else ran.err
        assert f"is of version {version}; this cxdesk knows {knows}." in told
        assert desk.read_bytes() == before
