"""backup, restore, doctor and config, as they are typed."""

from __future__ import annotations

import json
import os
import sqlite3
import sys
from typing import TYPE_CHECKING, Any

import pexpect
import pytest

from cxdesk.cli.config import EXAMPLE
from cxdesk.config import read_config
from cxdesk.store import surroundings
from tests.desks import said, todays_desk
from tests.running import MAIN, cxdesk, on_terminal
from tests.running import surroundings as environment

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "hunter2-4711"
EXAMPLE_EDIT = 'sed -i "s/^# keep = 14/keep = 3/" "$1"'


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return todays_desk(tmp_path / "home").parent


def run(home: Path, *line: str, code: int = 0, **more: str) -> dict[str, Any]:
    """The answer, or the error, of a command with --json."""
    ran = cxdesk(home, *line, "--json", **more)
    assert ran.code == code, ran
    told = json.loads(ran.err if code > 1 or not ran.out else ran.out)
    assert isinstance(told, dict)
    return told


def ask(
    home: Path, line: list[str], question: str, answer: str, **more: str
) -> tuple[int | None, str]:
    """Run on a terminal, answer one question."""
    child = pexpect.spawn(
        sys.executable,
        ["-c", MAIN, *line],
        env=environment(home, TERM="dumb", **more),
        encoding="utf-8",
        timeout=30,
    )
    child.expect(question)
    child.sendline(answer)
    told = child.read()
    child.close()
    return child.exitstatus, told


class TestBackup:
    def test_it_says_where_and_the_desk_knows(self, home: Path, tmp_path: Path) -> None:
        told = run(home, "backup", str(tmp_path / "copy.db"))

        assert told["did"] == "backup"
        assert told["path"] == str(tmp_path / "copy.db")
        assert said(tmp_path / "copy.db")["inquiry"] == said(home / "desk.db")["inquiry"]
        assert check(home, "backup")["ok"]

    def test_undo_goes_past_it(self, home: Path, tmp_path: Path) -> None:
        assert cxdesk(home, "log", "Ann Lee", "And this", "--apart").code == 0
        run(home, "backup", str(tmp_path / "copy.db"))

        assert run(home, "undo")["undid"] == "log"

    def test_without_a_desk_there_is_nothing_to_back_up(self, tmp_path: Path) -> None:
        ran = cxdesk(tmp_path, "backup", str(tmp_path / "copy.db"))

        assert ran.code == 1
        assert not list(tmp_path.iterdir())


class TestRestore:
    @pytest.fixture
    def copy(self, home: Path, tmp_path: Path) -> Path:
        run(home, "backup", str(tmp_path / "copy.db"))
        assert cxdesk(home, "log", "Late Comer", "After the backup").code == 0
        return tmp_path / "copy.db"

    def test_it_puts_the_backup_back_and_says_where_the_desk_is(
        self, home: Path, copy: Path
    ) -> None:
        before = said(home / "desk.db")
        told = run(home, "restore", str(copy), "--yes")

        assert told["did"] == "restore"
        assert told["inquiries"] == len(said(home / "desk.db")["inquiry"])
        assert said(home / "desk.db")["inquiry"] == said(copy)["inquiry"]
        assert said(home / told["aside"])["inquiry"] == before["inquiry"]
        assert json.loads(cxdesk(home, "search", "late", "--json").out)["hits"] == []

    def test_without_a_yes_it_is_refused(self, home: Path, copy: Path) -> None:
        before = (home / "desk.db").read_bytes()

        assert cxdesk(home, "restore", str(copy)).code == 2
        assert (home / "desk.db").read_bytes() == before

    @pytest.mark.parametrize("answer, code", [("n", 1), ("", 1), ("y", 0)])
    def test_on_a_terminal_it_asks(self, home: Path, copy: Path, answer: str, code: int) -> None:
        ended, told = ask(home, ["restore", str(copy)], r"\[y/N\] ", answer)

        assert ended == code, told
        assert (said(home / "desk.db")["inquiry"] == said(copy)["inquiry"]) == (code == 0)

    def test_a_dry_run_changes_nothing(self, home: Path, copy: Path) -> None:
        before, around = (home / "desk.db").read_bytes(), sorted(os.listdir(home))
        told = run(home, "restore", str(copy), "-n")

        assert told["did"] is None
        assert (home / "desk.db").read_bytes() == before
        assert sorted(os.listdir(home)) == around

    def test_another_programs_database_in_the_desks_place_stays(
        self, copy: Path, tmp_path: Path
    ) -> None:
        (tmp_path / "other").mkdir()
        theirs = tmp_path / "other" / "desk.db"
        link = sqlite3.connect(theirs)
        link.execute("CREATE TABLE theirs (a)")
        link.close()
        before = theirs.read_bytes()

        assert cxdesk(tmp_path / "other", "restore", str(copy), "--yes").code == 4
        assert theirs.read_bytes() == before

    @pytest.mark.parametrize("name", ["nowhere.db", "."])
    def test_what_is_no_file_is_refused_in_one_line(self, home: Path, name: str) -> None:
        ran = cxdesk(home, "restore", str(home / name), "--yes")

        assert ran.code == 4
        assert len(ran.err.splitlines()) == 2


def check(home: Path, name: str, code: int | None = None, **more: str) -> dict[str, Any]:
    """One of the doctor's checks."""
    ran = cxdesk(home, "doctor", "--json", **more)
    checks = json.loads(ran.out)["checks"]
    assert ran.code == (0 if all(one["ok"] for one in checks) else 1), ran
    assert all(set(one) == {"name", "ok", "message", "remedy"} for one in checks)
    assert all(one["ok"] or one["remedy"] for one in checks)
    return next(one for one in checks if one["name"] == name)


class TestDoctor:
    def test_all_is_well(self, home: Path, tmp_path: Path) -> None:
        change(
            home, "UPDATE received SET state = 'duplicate' WHERE state IN ('kept', 'quarantined')"
        )
        run(home, "backup", str(tmp_path / "copy.db"))
        ran = cxdesk(home, "doctor")
        shown = on_terminal(home, "doctor")

        assert (ran.code, ran.err) == (0, "")
        assert shown.code == 0
        assert "All is well" in shown.out

    def test_it_leaves_what_the_desk_says(self, home: Path) -> None:
        before = said(home / "desk.db")
        cxdesk(home, "doctor")

        assert said(home / "desk.db") == before

    def test_no_desk_is_nothing_to_do(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o700)

        assert cxdesk(tmp_path, "doctor").code == 0
        assert not list(tmp_path.iterdir())

    def test_a_backup_that_was_never_made_is_old_or_gone(self, home: Path, tmp_path: Path) -> None:
        assert not check(home, "backup")["ok"]
        run(home, "backup", str(tmp_path / "copy.db"))
        assert check(home, "backup")["ok"]
        assert not check(home, "backup", CXDESK_NOW="2026-12-23T09:05:00+00:00")["ok"]
        (tmp_path / "copy.db").unlink()
        assert not check(home, "backup")["ok"]

    def test_damage_is_told_with_what_to_do(self, home: Path) -> None:
        data = bytearray((home / "desk.db").read_bytes())
        data[-4096 * 20 : -4096 * 10] = b"\xff" * 4096 * 10
        (home / "desk.db").write_bytes(data)
        ran = cxdesk(home, "doctor")

        assert ran.code == 1
        assert "damaged" in ran.out
        assert "cxdesk restore" in ran.out

    def test_a_row_that_refers_to_nothing(self, home: Path) -> None:
        change(home, "UPDATE message SET customer_id = 4711")

        assert not check(home, "integrity")["ok"]

    def test_a_search_index_that_says_something_else(self, home: Path, tmp_path: Path) -> None:
        change(home, "UPDATE search_doc SET body = 'something else'")
        assert not check(home, "search")["ok"]
        for line in (["backup", "now.db"], ["restore", "now.db", "--yes"]):
            line = [str(tmp_path / part) if part == "now.db" else part for part in line]
            run(home, *line)

        assert check(home, "search")["ok"]

    def test_a_table_that_another_program_changed(self, home: Path) -> None:
        change(home, "CREATE INDEX mine ON customer (name)")

        assert "mine" in check(home, "shape")["message"]

    @pytest.mark.parametrize("name, mode", [("desk.db", 0o644), (".", 0o755)])
    def test_what_others_may_read(self, home: Path, name: str, mode: int) -> None:
        assert check(home, "permissions")["ok"]
        (home / name).chmod(mode)

        assert not check(home, "permissions")["ok"]

    def test_a_reminder_job_that_stopped(self, home: Path) -> None:
        assert not check(home, "reminders", CXDESK_NOW="2026-11-25T09:05:00+00:00")["ok"]
        assert check(home, "reminders", CXDESK_NOW="2026-11-22T09:05:00+00:00")["ok"]

    def test_what_a_killed_command_left(self, home: Path) -> None:
        (home / ".desk.db.0123abcd.new").touch()

        assert not check(home, "leftovers")["ok"]

    @pytest.mark.parametrize("text", ["[mail", "[remind]\nto = 7\n", "[nothing]\n"])
    def test_a_configuration_that_is_not_understood(self, home: Path, text: str) -> None:
        (home / "config.toml").write_text(text)
        (home / "config.toml").chmod(0o600)

        assert not check(home, "config")["ok"]

    def test_a_configuration_that_others_may_read(self, home: Path) -> None:
        (home / "config.toml").write_text("")
        (home / "config.toml").chmod(0o644)

        assert "chmod 600" in check(home, "config")["remedy"]


def change(home: Path, statement: str) -> None:
    link = sqlite3.connect(home / "desk.db")
    link.execute(statement)
    link.commit()
    link.close()


class TestPlace:
    @pytest.mark.parametrize(
        "folder, service",
        [
            ("Dropbox/desk", "Dropbox"),
            ("Dropbox (Personal)", "Dropbox"),
            ("OneDrive - Oak & Co", "OneDrive"),
            ("Library/Mobile Documents/x", "iCloud"),
            ("Syncthing", "Syncthing"),
            ("my desk", None),
            ("sandbox/cxdesk", None),
        ],
    )
    def test_a_folder_that_is_copied_is_known_by_its_name(
        self, tmp_path: Path, folder: str, service: str | None
    ) -> None:
        (tmp_path / folder).mkdir(parents=True)

        assert surroundings.shared_by(str(tmp_path / folder / "desk.db")) == service

    def test_or_by_what_lies_above_it(self, tmp_path: Path) -> None:
        (tmp_path / "a" / "b").mkdir(parents=True)
        (tmp_path / "a" / ".stfolder").mkdir()

        assert surroundings.shared_by(str(tmp_path / "a" / "b" / "desk.db")) == "Syncthing"

    @pytest.mark.parametrize(
        "folder, service", [("/mnt/work/desk", "NFS"), ("/mnt/other", None), ("/mnt/a b/c", "SMB")]
    )
    def test_a_network_is_known_by_its_file_system(
        self, monkeypatch: pytest.MonkeyPatch, folder: str, service: str | None
    ) -> None:
        mounts = [("/", "ext4"), ("/mnt/work", "nfs4"), ("/mnt/a b", "cifs")]
        monkeypatch.setattr(surroundings, "_mounts", lambda: mounts)

        assert surroundings.shared_by(f"{folder}/desk.db") == service

    def test_the_system_says_what_is_mounted(self) -> None:
        assert "/" in dict(surroundings._mounts())

    def test_the_first_log_warns(self, tmp_path: Path) -> None:
        (tmp_path / "Dropbox").mkdir()
        ran = cxdesk(tmp_path / "Dropbox", "log", "Ann Lee", "Hello")

        assert ran.code == 0
        assert "Dropbox" in ran.err
        assert "cxdesk backup" in ran.err


class TestConfig:
    def test_path(self, home: Path) -> None:
        assert cxdesk(home, "config", "path").out == f"{home}/config.toml\n"

    def test_show_tells_every_key_and_no_secret(self, home: Path) -> None:
        config(
            home,
            f'[mail.out]\nhost = "h"\npassword_command = ["echo", "{SECRET}"]\n'
            '[mail.in.shop]\nhost = "i"\n',
        )
        ran = cxdesk(home, "config", "show")
        told = run(home, "config", "show")

        assert SECRET not in ran.out + json.dumps(told)
        assert told["mail"]["out"]["password_command"] == ["echo", "(1 more)"]
        assert told["mail"]["in"]["shop"]["host"] == "i"
        assert "[mail.in.shop]" in ran.out.splitlines()

    def test_show_is_what_the_file_may_say(self, home: Path, tmp_path: Path) -> None:
        (tmp_path / "again.toml").write_text(cxdesk(home, "config", "show").out)

        assert read_config(tmp_path / "again.toml").remind == read_config(EXAMPLE).remind

    def test_show_refuses_what_is_not_understood(self, home: Path) -> None:
        config(home, "[mail")

        assert cxdesk(home, "config", "show").code == 4

    @pytest.mark.parametrize("variable", ["VISUAL", "EDITOR"])
    def test_edit_begins_with_an_example(self, home: Path, tmp_path: Path, variable: str) -> None:
        environ: dict[str, Any] = {variable: script(tmp_path, EXAMPLE_EDIT)}
        told = run(home, "config", "edit", **environ)

        assert told["changed"]
        assert read_config(home / "config.toml").backup.keep == 3
        assert (home / "config.toml").stat().st_mode & 0o777 == 0o600

    def test_edit_replaces_the_file(self, home: Path, tmp_path: Path) -> None:
        config(home, "[backup]\nkeep = 7\n")
        editor = script(tmp_path, 'sed "s/7/3/" "$1" > "$1.tmp"; mv "$1.tmp" "$1"')
        told = run(home, "config", "edit", EDITOR=f"{editor} ")

        assert told["changed"]
        assert read_config(home / "config.toml").backup.keep == 3
        assert (home / "config.toml").stat().st_mode & 0o777 == 0o600

    def test_an_editor_is_an_argument_list_and_no_shell(self, home: Path, tmp_path: Path) -> None:
        ran = cxdesk(home, "config", "edit", EDITOR=f"true; touch {tmp_path}/shell")

        assert ran.code == 2
        assert not (tmp_path / "shell").exists()

    @pytest.mark.parametrize("does", ['echo "[mail" > "$1"', "exit 3", "true"])
    def test_what_is_not_understood_or_not_wanted_changes_nothing(
        self, home: Path, tmp_path: Path, does: str
    ) -> None:
        config(home, "[backup]\nkeep = 7\n")
        around = sorted(os.listdir(home))
        ran = cxdesk(home, "config", "edit", EDITOR=script(tmp_path, does))

        assert ran.code == (0 if does == "true" else 2 if does == "exit 3" else 4), ran
        assert (home / "config.toml").read_text() == "[backup]\nkeep = 7\n"
        assert sorted(os.listdir(home)) == around
        assert str(home / ".config") not in ran.err

    def test_on_a_terminal_it_may_be_edited_again(self, home: Path, tmp_path: Path) -> None:
        config(home, "[backup]\nkeep = 7\n")
        first, then = 'sed -i "s/keep = 7/keepp = 3/" "$1"', 'sed -i s/keepp/keep/ "$1"'
        does = f'if grep -q keepp "$1"; then {then}; else {first}; fi'
        ended, told = ask(home, ["config", "edit"], r"\[Y/n\] ", "", EDITOR=script(tmp_path, does))

        assert ended == 0, told
        assert read_config(home / "config.toml").backup.keep == 3

    def test_the_example_is_understood_with_and_without_its_marks(self, tmp_path: Path) -> None:
        with open(EXAMPLE) as file:
            text = file.read()
        lines = [
            line.removeprefix("# ") if "=" in line or "[" in line else line
            for line in text.splitlines()
        ]
        (tmp_path / "whole.toml").write_text("\n".join(lines))

        assert not read_config(EXAMPLE).mail.inboxes
        assert read_config(tmp_path / "whole.toml").mail.inboxes[0].name == "support"
        assert read_config(tmp_path / "whole.toml").remind.to == "me@example.com"


def config(home: Path, text: str) -> None:
    (home / "config.toml").write_text(text)
    (home / "config.toml").chmod(0o600)


def script(folder: Path, does: str) -> str:
    """An editor that does one thing."""
    path = folder / "editor"
    path.write_text(f"#!/bin/sh\n{does}\n")
    path.chmod(0o700)
    return str(path)
