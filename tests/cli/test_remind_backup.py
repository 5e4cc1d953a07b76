"""The daily backup that `remind` makes, and what it says when there can be none."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from cxdesk.store.backup import examine
from tests.cli.test_remind import MONDAY, Home, home, pattern, ready

if TYPE_CHECKING:
    from tests.servers.smtp import SmtpServer

__all__ = ["home", "pattern", "ready"]  # fixtures


def back_up_into(home: Home, folder: str) -> None:
    path = home.folder / "config.toml"
    path.write_text(path.read_text() + f'[backup]\nfolder = "{folder}"\n')


class TestTheDailyBackup:
    def test_it_is_made_once_a_day_whole_and_private(self, ready: tuple[Home, SmtpServer]) -> None:
        home, _ = ready
        back_up_into(home, "backups")
        first = home.json("remind")[1]["backup"]
        again = home.json("remind", now="2026-11-23T20:00:00+00:00")[1]["backup"]

        made = home.folder / "backups" / "desk-2026-11-23.db"
        assert (first, again) == (str(made), None)
        assert examine(str(made)).holds
        assert made.stat().st_mode & 0o777 == 0o600
        assert made.parent.stat().st_mode & 0o777 == 0o700
        assert home.json("remind", "status")[1]["last_backup"] == str(made)

    def test_fourteen_are_kept_and_nothing_else_is_touched(
        self, ready: tuple[Home, SmtpServer]
    ) -> None:
        home, _ = ready
        back_up_into(home, "backups")
        folder = home.folder / "backups"
        folder.mkdir()
        days = [date(2026, 11, 22) - timedelta(days=back) for back in range(20)]
        mine = ["mine.db", "desk-2025-01-01.db.txt", "other-2025-01-01.db", "desk-2025-1-1.db"]
        for name in [*mine, *(f"desk-{day}.db" for day in days)]:
            (folder / name).touch()
        home.run("remind")

        left = sorted(path.name for path in folder.iterdir())
        assert set(mine) <= set(left)
        assert [name for name in left if name not in mine] == [
            f"desk-{date(2026, 11, 23) - timedelta(days=back)}.db" for back in reversed(range(14))
        ]

    def test_where_none_can_be_made_the_mail_leaves_and_it_is_one_line_and_4(
        self, ready: tuple[Home, SmtpServer]
    ) -> None:
        home, server = ready
        back_up_into(home, "password/backups")
        code, out, err = home.run("remind")

        assert (code, out, err.count("\n")) == (4, "", 1)
        assert "no backup was made" in err
        assert len(server.mails()) == 1
        assert home.json("remind", now=MONDAY)[1]["backup_trouble"]

    def test_a_dry_run_makes_none(self, ready: tuple[Home, SmtpServer]) -> None:
        back_up_into(ready[0], "backups")
        ready[0].run("remind", "--dry-run")

        assert not (ready[0].folder / "backups").exists()

    def test_a_damaged_desk_is_said_and_the_backups_stay(
        self, ready: tuple[Home, SmtpServer]
    ) -> None:
        home, _ = ready
        back_up_into(home, "backups")
        home.run("remind")
        before = sorted((home.folder / "backups").iterdir())
        damage(home)
        code, _, err = home.run("remind", now="2026-11-24T08:05:00+00:00")

        assert code == 4
        assert "damaged" in err
        assert sorted((home.folder / "backups").iterdir()) == before


def damage(home: Home) -> None:
    """An index that has lost a row: what is shown is wrong, and only a check says so."""
    import sqlite3

    with sqlite3.connect(home.folder / "desk.db") as link:
        link.execute("PRAGMA writable_schema=ON")
        link.execute(
            "UPDATE sqlite_schema SET sql = replace(sql, 'due_at', 'made_at')"
            " WHERE name = 'promise_open'"
        )
    link.close()
