"""Copies are whole, and so is what is put back."""

from __future__ import annotations

import os
import shutil
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from cxdesk import files
from cxdesk.desk import keeping
from cxdesk.domain.records import Mail
from cxdesk.errors import CxdeskError, RefusedError, UnusableError
from cxdesk.store import backup, database, outbox
from cxdesk.store.deeds import begin
from tests.desks import assert_whole, said, todays_desk

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2026, 11, 24, 9, 5, tzinfo=UTC)
EVERYTHING_OPEN = 0o000


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    return todays_desk(tmp_path / "home")


@pytest.fixture
def copy(desk: Path, tmp_path: Path) -> Path:
    backup.back_up(str(desk), str(tmp_path / "copy.db"))
    return tmp_path / "copy.db"


def change(desk: Path, statement: str = "UPDATE customer SET name = 'Somebody Else'") -> None:
    link = sqlite3.connect(desk)
    link.execute(statement)
    link.commit()
    link.close()


def restore(copy: Path, desk: Path) -> keeping.Restored:
    return keeping.restore(str(copy), str(desk), NOW)


def rows(path: Path) -> dict[str, object]:
    """What a desk says but for the note of the restore."""
    told = said(path)
    own = {"deed", "deed_row", "setting", "mail", "number"}
    return {name: value for name, value in told.items() if name not in own}


class TestBackUp:
    def test_the_copy_says_what_the_desk_says(self, desk: Path, copy: Path) -> None:
        assert said(copy) == said(desk)
        assert_whole(copy)

    def test_it_is_the_owners_alone_under_any_umask(self, desk: Path, tmp_path: Path) -> None:
        before = os.umask(EVERYTHING_OPEN)
        try:
            backup.back_up(str(desk), str(tmp_path / "open.db"))
        finally:
            os.umask(before)

        assert (tmp_path / "open.db").stat().st_mode & 0o777 == 0o600

    def test_the_desk_stays_as_it_was_byte_for_byte(self, desk: Path, tmp_path: Path) -> None:
        before = desk.read_bytes()
        backup.back_up(str(desk), str(tmp_path / "copy.db"))

        assert desk.read_bytes() == before

    def test_it_is_made_beside_a_writer(self, desk: Path, tmp_path: Path) -> None:
        writer = sqlite3.connect(desk, isolation_level=None)
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE customer SET name = 'Not yet'")
        backup.back_up(str(desk), str(tmp_path / "copy.db"))
        writer.execute("ROLLBACK")
        writer.close()

        assert said(tmp_path / "copy.db") == said(desk)

    def test_an_older_copy_is_replaced_and_a_link_stays_one(
        self, desk: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "far").write_text("an older copy")
        (tmp_path / "near").symlink_to(tmp_path / "far")
        backup.back_up(str(desk), str(tmp_path / "near"))

        assert (tmp_path / "near").is_symlink()
        assert said(tmp_path / "far") == said(desk)

    @pytest.mark.parametrize("name", [".", "home/desk.db", "nowhere/copy.db", "pipe"])
    def test_where_no_copy_can_be_is_refused(self, desk: Path, tmp_path: Path, name: str) -> None:
        os.mkfifo(tmp_path / "pipe")
        before = desk.read_bytes()
        with pytest.raises(CxdeskError):
            backup.back_up(str(desk), str(tmp_path / name))

        assert desk.read_bytes() == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["home", "pipe"]

    def test_a_damaged_desk_leaves_the_older_copy(self, desk: Path, tmp_path: Path) -> None:
        (tmp_path / "copy.db").write_text("an older copy")
        damage(desk)
        with pytest.raises(UnusableError):
            backup.back_up(str(desk), str(tmp_path / "copy.db"))

        assert (tmp_path / "copy.db").read_text() == "an older copy"
        assert len(list(tmp_path.iterdir())) == 2


def damage(path: Path) -> None:
    """Overwrite the middle of every page but the first."""
    data = bytearray(path.read_bytes())
    for page in range(4096, len(data), 4096):
        data[page : page + 200] = b"\xff" * 200
    path.write_bytes(data)


class TestPutBack:
    def test_the_desk_is_the_copy_and_the_old_one_is_kept(self, desk: Path, copy: Path) -> None:
        change(desk)
        before, wanted = said(desk), rows(copy)
        done = restore(copy, desk)

        assert rows(desk) == wanted
        assert_whole(desk)
        assert done.aside is not None
        assert said(desk.parent / done.aside) == before
        assert desk.stat().st_mode & 0o777 == 0o600

    def test_the_copy_stays_as_it_was(self, desk: Path, copy: Path) -> None:
        before = copy.read_bytes()
        restore(copy, desk)

        assert copy.read_bytes() == before

    def test_it_reads_beside_a_writer_again(self, desk: Path, copy: Path) -> None:
        restore(copy, desk)
        link = sqlite3.connect(desk)

        assert link.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        link.close()

    def test_where_there_was_no_desk_it_makes_one(self, copy: Path, tmp_path: Path) -> None:
        done = restore(copy, tmp_path / "other" / "desk.db")

        assert done.aside is None
        assert rows(tmp_path / "other" / "desk.db") == rows(copy)
        assert (tmp_path / "other").stat().st_mode & 0o777 == 0o700

    def test_a_damaged_desk_is_kept_as_it_is_with_its_log(self, desk: Path, copy: Path) -> None:
        desk.write_bytes(b"no database at all" * 1000)
        (desk.parent / "desk.db-wal").write_bytes(b"nor is this a log")
        done = restore(copy, desk)

        assert rows(desk) == rows(copy)
        assert_whole(desk)
        assert done.aside is not None
        aside = desk.parent / done.aside
        assert aside.read_bytes() == b"no database at all" * 1000
        assert (desk.parent / f"{aside.name}-wal").read_bytes() == b"nor is this a log"

    def test_what_the_log_alone_holds_is_kept_too(self, desk: Path, copy: Path) -> None:
        """As after a crash: the last deeds are in the log, and nobody has the desk open."""
        writer = sqlite3.connect(desk)
        writer.execute("UPDATE customer SET name = 'In the log'")
        writer.commit()
        crashed = shutil.copytree(desk.parent, desk.parent.parent / "crashed")
        writer.close()
        done = restore(copy, crashed / "desk.db")

        assert done.aside is not None
        kept = said(crashed / done.aside)
        assert {row[2] for row in kept["customer"]} == {"In the log"}
        assert rows(crashed / "desk.db") == rows(copy)

    def test_a_desk_in_use_is_left_alone(
        self, desk: Path, copy: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """In use is more than locked: whoever has it open may be at a question."""
        monkeypatch.setattr(database, "BUSY_SECONDS", 0.3)
        change(desk)
        before = said(desk)
        code = "import sqlite3,sys; l=sqlite3.connect(sys.argv[1]);"
        code += "l.execute('SELECT * FROM deed').fetchall(); print(flush=True); input()"
        import subprocess
        import sys

        with subprocess.Popen(
            [sys.executable, "-c", code, str(desk)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as user:
            assert user.stdout is not None
            user.stdout.readline()
            with pytest.raises(UnusableError, match="in use"):
                restore(copy, desk)
            user.communicate(b"\n")

        assert said(desk) == before
        assert len(list(desk.parent.glob("desk-replaced*"))) == 0
        restore(copy, desk)
        assert rows(desk) == rows(copy)

    @pytest.mark.parametrize(
        "what", ["damaged", "cut", "foreign", "newer", "text", "empty", "pipe"]
    )
    def test_what_is_no_whole_desk_of_ours_is_refused_and_nothing_changes(
        self, desk: Path, copy: Path, what: str
    ) -> None:
        spoil(copy, what)
        before, around = desk.read_bytes(), sorted(os.listdir(desk.parent))
        with pytest.raises(UnusableError):
            restore(copy, desk)

        assert desk.read_bytes() == before
        assert sorted(os.listdir(desk.parent)) == around

    def test_the_desk_itself_is_refused(self, desk: Path) -> None:
        with pytest.raises(RefusedError):
            restore(desk, desk)

    def test_numbers_that_customers_have_heard_are_not_given_again(
        self, desk: Path, copy: Path
    ) -> None:
        change(desk, "UPDATE number SET last = 4711")
        restore(copy, desk)

        assert said(desk)["number"] == [("desk", 4711)]


def spoil(path: Path, what: str) -> None:
    data = path.read_bytes()
    if what == "damaged":
        damage(path)
    elif what == "cut":
        path.write_bytes(data[: len(data) // 2])
    elif what == "foreign":
        path.unlink()
        change(path, "CREATE TABLE theirs (a)")
    elif what == "newer":
        change(path, "PRAGMA user_version = 7")
    elif what == "pipe":
        path.unlink()
        os.mkfifo(path)
    else:
        path.write_text("Dear desk," if what == "text" else "")


MAIL = Mail(
    0, "reply:1", "reply", "ann@example.com", "me@example.com", "Re", "<2@x>", b"raw", NOW, NOW
)


class TestMailsAfterARestore:
    """A restore does not take mail back: nothing is sent twice because of one."""

    def post(self, desk: Path, **fields: object) -> None:
        with (
            database.open_to_write(str(desk)) as link,
            begin(link, "mail", NOW, actor="desk") as d,
        ):
            d.add(MAIL._replace(**fields))  # type: ignore[arg-type]

    def state(self, desk: Path) -> str | None:
        with database.open_to_read(str(desk)) as link:
            mail = outbox.by_dedupe(link, MAIL.dedupe)
        return mail.state if mail else None

    def set_state(self, desk: Path, text: str) -> None:
        change(desk, f"UPDATE mail SET state = '{text}', sent_at = made_at WHERE kind = 'reply'")

    def test_what_has_left_since_is_known_to_have_left(self, desk: Path, tmp_path: Path) -> None:
        self.post(desk)
        backup.back_up(str(desk), str(tmp_path / "copy.db"))
        self.set_state(desk, "sent")
        restore(tmp_path / "copy.db", desk)

        assert self.state(desk) == "sent"

    def test_what_was_written_and_sent_since_too(self, desk: Path, copy: Path) -> None:
        self.post(desk, state="sent", sent_at=NOW)
        restore(copy, desk)

        assert self.state(desk) == "sent"

    def test_what_waits_now_as_then_goes_on_waiting(self, desk: Path, tmp_path: Path) -> None:
        self.post(desk)
        backup.back_up(str(desk), str(tmp_path / "copy.db"))
        restore(tmp_path / "copy.db", desk)

        assert self.state(desk) == "pending"

    def test_where_nobody_knows_it_is_uncertain(self, desk: Path, tmp_path: Path) -> None:
        self.post(desk)
        backup.back_up(str(desk), str(tmp_path / "copy.db"))
        desk.unlink()
        desk.write_text("no desk any more")
        restore(tmp_path / "copy.db", desk)

        assert self.state(desk) == "uncertain"


class TestDaily:
    def test_one_a_day_and_the_newest_stay(self, desk: Path, tmp_path: Path) -> None:
        folder = tmp_path / "daily"
        (tmp_path / "daily").mkdir()
        (folder / "desk-2026-10-01-mine.db").write_text("not a daily one")
        for day in range(1, 6):
            now = NOW.replace(day=day)
            assert keeping.daily_backup(str(desk), str(folder), 3, now)
            assert not keeping.daily_backup(str(desk), str(folder), 3, now)

        assert sorted(path.name for path in folder.iterdir()) == [
            "desk-2026-10-01-mine.db",
            *(f"desk-2026-11-0{day}.db" for day in (3, 4, 5)),
        ]

    def test_a_damaged_desk_takes_no_good_copy_away(self, desk: Path, tmp_path: Path) -> None:
        folder = tmp_path / "daily"
        assert keeping.daily_backup(str(desk), str(folder), 1, NOW)
        damage(desk)
        with pytest.raises(UnusableError):
            keeping.daily_backup(str(desk), str(folder), 1, NOW.replace(day=25))

        assert [path.name for path in folder.iterdir()] == ["desk-2026-11-24.db"]


class TestFiles:
    def test_a_failure_leaves_the_old_file_and_nothing_else(self, tmp_path: Path) -> None:
        place = tmp_path / "page.html"
        place.write_text("old")
        with pytest.raises(TypeError):
            files.write(str(place), "text is no bytes")  # type: ignore[arg-type]

        assert [path.read_text() for path in tmp_path.iterdir()] == ["old"]

    def test_what_is_written_is_there_with_its_mode(self, tmp_path: Path) -> None:
        files.write(str(tmp_path / "page.html"), b"new", 0o644)

        assert (tmp_path / "page.html").read_bytes() == b"new"
        assert (tmp_path / "page.html").stat().st_mode & 0o777 == 0o644

    def test_a_name_that_is_taken_gets_a_number(self, tmp_path: Path) -> None:
        (tmp_path / "a.db").touch()
        (tmp_path / "a-2.db").symlink_to("nowhere")

        assert files.free_name(str(tmp_path / "a.db")) == str(tmp_path / "a-3.db")
