"""`remind install`, `status` and `remove`, with a crontab of the test's own."""

from __future__ import annotations

import os
import stat
import tomllib
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pexpect
import pytest

from cxdesk.formats.crontab import BEGIN, END
from tests.cli.test_remind import FRIDAY, MONDAY, PROGRAM, Home
from tests.servers.smtp import PASSWORD, USER

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.servers.smtp import SmtpServer
    from tests.servers.tls import Authority

    Maker = Callable[..., SmtpServer]

OWN = b"MAILTO=''\n# M\xfcll (Latin-1), 100%\n0 3 * * * /usr/bin/true\n\n"
# A crontab program that keeps its crontab in a file, and is as curt as the real one.
STAND_IN = """#!/bin/sh
case "$1" in
-l) [ -e {kept} ] && cat {kept} || {{ echo "no crontab for me" >&2; exit 1; }} ;;
-r) rm {kept} ;;
-) cat > {kept} ;;
esac
"""


class Machine(Home):
    """A home, a crontab and a server."""

    def __init__(self, folder: Path, server: SmtpServer, authority: Authority) -> None:
        super().__init__(folder)
        self.server = server
        self.authority = authority
        self.bin = folder.parent / "bin"
        self.bin.mkdir()
        self.kept = folder.parent / "crontab"
        program = self.bin / "crontab"
        program.write_text(STAND_IN.format(kept=self.kept))
        program.chmod(0o755)
        self.around = {"PATH": f"{self.bin}:/usr/bin:/bin", "HOME": os.path.expanduser("~")}
        assert self.run("log", "Bob Ray", "the spare key", "--by", "mon 16:00", now=FRIDAY)[0] == 0

    def start(self, *words: str, now: str = MONDAY, **more: str) -> object:  # type: ignore[override]
        return super().start(*words, now=now, **{**self.around, **more})

    def set_up(self, **out: str) -> None:
        self.configure(self.server, self.authority, "me@example.com", **out)

    @property
    def crontab(self) -> bytes | None:
        return self.kept.read_bytes() if self.kept.exists() else None

    @property
    def config(self) -> Path:
        return self.folder / "config.toml"

    @property
    def line(self) -> str:
        return f"*/15 * * * * CXDESK_HOME={self.folder} {PROGRAM} remind"

    def on_terminal(self, *words: str) -> pexpect.spawn[str]:
        environment = {**self.around, "CXDESK_HOME": str(self.folder), "CXDESK_NOW": MONDAY}
        return pexpect.spawn(
            PROGRAM,
            list(words),
            env={**environment, "TERM": "dumb", "TZ": "UTC"},
            cwd="/",
            encoding="utf-8",
            timeout=30,
            dimensions=(50, 200),
        )


@pytest.fixture
def machine(tmp_path: Path, smtp_server: Maker, authority: Authority) -> Machine:
    folder = tmp_path / "home"
    folder.mkdir(0o700)
    return Machine(folder, smtp_server(tls="starttls"), authority)


class TestOnATerminal:
    def test_it_asks_what_is_missing_tests_shows_asks_and_installs(self, machine: Machine) -> None:
        machine.kept.write_bytes(OWN)
        mine = f'# mine\n[mail.out]  # the shop\'s\nca_file = "{machine.authority.ca_file}"\n'
        machine.config.write_text(mine)
        machine.config.chmod(0o644)

        screen = machine.on_terminal("remind", "install")
        for question, answer in [
            ("Your address", "nobody"),
            ("Your address", "me@example.com"),
            (r"Mail server.*\[smtp.example.com\]", f"127.0.0.1:{machine.server.port}"),
            (r"User.*\[me@example.com\]", USER),
            ("Command", f"cat '{machine.folder}/secret file'"),
        ]:
            screen.expect(question)
            (machine.folder / "secret file").write_text(PASSWORD)
            screen.sendline(answer)
        screen.expect("A test mail went to me@example.com")
        screen.expect_exact(machine.line)
        screen.expect("brings CXDESK_HOME itself")
        assert machine.crontab == OWN
        screen.expect("Install it.*")
        screen.sendline("")
        screen.expect("Installed")
        screen.expect(pexpect.EOF)

        block = f"{BEGIN}\n{machine.line}\n{END}\n".encode()
        assert machine.crontab == OWN + block
        text = machine.config.read_text()
        assert all(line in text.splitlines() for line in mine.splitlines())
        assert stat.S_IMODE(machine.config.stat().st_mode) == 0o600
        read = tomllib.loads(text)
        assert read["remind"] == {"to": "me@example.com"}
        assert read["mail"]["out"]["password_command"][0] == "cat"
        assert [one["recipients"] for one in machine.server.envelopes()] == [["me@example.com"]]
        assert not [name for name in os.listdir(machine.folder) if name.endswith(".new")]

    def test_a_password_typed_once_is_in_a_file_of_the_owners_alone(self, machine: Machine) -> None:
        machine.config.write_text(
            f'[mail.out]\nhost = "127.0.0.1"\nport = {machine.server.port}\nuser = "{USER}"\n'
            f'ca_file = "{machine.authority.ca_file}"\n[remind]\nto = "me@example.com"\n'
        )
        screen = machine.on_terminal("remind", "install")
        screen.expect("Command")
        screen.sendline("")
        screen.expect("Password")
        screen.waitnoecho(10)
        screen.sendline(PASSWORD)
        screen.expect("Install it.*")
        shown = str(screen.before)
        screen.sendline("n")
        screen.expect("Nothing was installed")
        screen.expect(pexpect.EOF)
        screen.close()

        secret = machine.folder / "password"
        assert secret.read_text() == f"{PASSWORD}\n"
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert PASSWORD not in shown
        assert (screen.exitstatus, machine.crontab) == (1, None)
        assert 'password_file = "password"' in machine.config.read_text()


class TestWithoutATerminal:
    def test_it_needs_the_word_yes(self, machine: Machine) -> None:
        machine.set_up()

        assert machine.run("remind", "install")[0] == 2
        assert (machine.crontab, machine.server.mails()) == (None, [])

    def test_with_it_everything_must_be_there(self, machine: Machine) -> None:
        code, _, err = machine.run("remind", "install", "--yes")

        assert (code, machine.crontab) == (4, None)
        assert "[remind] to, [mail.out] host" in err

    def test_a_password_that_only_this_shell_has_is_none_for_cron(self, machine: Machine) -> None:
        machine.set_up(password_file="")
        code, _, err = machine.run("remind", "install", "--yes", CXDESK_MAIL_PASSWORD=PASSWORD)

        assert (code, machine.crontab) == (4, None)
        assert "[mail.out] password_command" in err
        assert PASSWORD not in err

    def test_a_second_time_it_says_so_and_changes_nothing(self, machine: Machine) -> None:
        machine.set_up()
        first = machine.json("remind", "install", "--yes")
        crontab, mails = machine.crontab, len(machine.server.mails())
        again = machine.json("remind", "install")

        assert [first[1]["was_there"], again[1]["was_there"]] == [False, True]
        assert (first[1]["line"], first[1]["tested"]) == (machine.line, "me@example.com")
        assert (again[0], machine.crontab, len(machine.server.mails())) == (0, crontab, mails)

    def test_another_line_of_ours_is_shown_and_left(self, machine: Machine) -> None:
        machine.set_up()
        there = f"{BEGIN}\n*/15 * * * * /elsewhere/cxdesk remind\n{END}\n".encode()
        machine.kept.write_bytes(there)
        code, _, err = machine.run("remind", "install", "--yes")

        assert (code, machine.crontab) == (1, there)
        assert "/elsewhere/cxdesk" in err

    def test_when_the_test_mail_fails_nothing_is_installed(self, machine: Machine) -> None:
        machine.set_up()
        (machine.folder / "password").write_text("wrong\n")

        assert machine.run("remind", "install", "--yes")[0] == 5
        assert machine.crontab is None

    def test_what_crons_environment_lacks_is_in_the_line_and_no_secret(
        self, machine: Machine, tmp_path: Path
    ) -> None:
        tools = tmp_path / "100% mine"
        tools.mkdir()
        (tools / "say-it").write_text(f"#!/bin/sh\nhead -1 {machine.folder}/password\n")
        (tools / "say-it").chmod(0o755)
        machine.set_up()
        text = machine.config.read_text().replace('password_file = "password"', "")
        machine.config.write_text(text.replace("host", 'password_command = ["say-it"]\nhost', 1))
        there = {"XDG_DATA_HOME": str(tmp_path / "x"), "GNUPGHOME": "/g"}
        around = {**there, "PATH": f"{machine.around['PATH']}:{tools}"}
        code, out, err = machine.run(
            "remind", "install", "--yes", CXDESK_DESK="shop", CXDESK_MAIL_PASSWORD="x", **around
        )

        assert (code, err) == (0, "")
        for word in ("CXDESK_DESK=shop", "GNUPGHOME=/g", "100\\% mine:/usr/bin:/bin'"):
            assert word in out
        for word in ("XDG_DATA_HOME", "CXDESK_NOW", "CXDESK_MAIL_PASSWORD", PASSWORD):
            assert word not in out

    def test_without_the_program_crontab_there_is_another_way(self, machine: Machine) -> None:
        machine.set_up()
        code, _, err = machine.run("remind", "install", "--yes", PATH="/nowhere")

        assert (code, err.count("\n")) == (1, 2)
        assert "systemd" in err


class TestRemoving:
    def test_every_other_line_is_byte_for_byte_what_it_was(self, machine: Machine) -> None:
        machine.set_up()
        machine.kept.write_bytes(OWN)
        machine.run("remind", "install", "--yes")
        machine.kept.write_bytes((machine.crontab or b"") + OWN)

        assert machine.json("remind", "remove")[1]["removed"] is True
        assert machine.crontab == OWN + OWN
        assert machine.json("remind", "remove")[1]["removed"] is False
        assert machine.crontab == OWN + OWN

    def test_a_crontab_that_was_ours_alone_is_gone(self, machine: Machine) -> None:
        machine.set_up()
        machine.run("remind", "install", "--yes")
        machine.run("remind", "remove")

        assert machine.crontab is None

    def test_half_a_block_is_left_to_the_owner(self, machine: Machine) -> None:
        machine.kept.write_bytes(f"{BEGIN}\nx\n".encode())
        code, _, err = machine.run("remind", "remove")

        assert (code, machine.crontab) == (1, f"{BEGIN}\nx\n".encode())
        assert "crontab -e" in err


LATER = "2026-11-24T10:05:01+00:00"  # 26 hours and a second after the last run


class TestStatus:
    def test_it_says_what_ran_what_went_out_and_where_the_line_is(self, machine: Machine) -> None:
        machine.set_up()
        machine.run("remind", "install", "--yes")
        machine.run("remind")
        code, told = machine.json("remind", "status")

        assert code == 0
        assert told["wrong"] == []
        assert (told["installed"], told["line"], told["to"]) == (
            True,
            machine.line,
            "me@example.com",
        )
        assert (told["last_run"], told["last_digest"]) == ("sent", "sent")
        assert told["last_digest_on"] == "2026-11-23"
        assert datetime.fromisoformat(told["last_run_at"]) == datetime.fromisoformat(MONDAY)

    def test_what_is_wrong_comes_with_what_to_type(self, machine: Machine) -> None:
        told = machine.json("remind", "status")[1]
        assert [one["message"] for one in told["wrong"]] == [
            "Nobody is named to be reminded: [remind] to."
        ]
        machine.set_up()
        (wrong,) = machine.json("remind", "status")[1]["wrong"]
        assert wrong == {"message": "It is not in your crontab.", "hint": "cxdesk remind install"}
        gone = f"{BEGIN}\n*/15 * * * * A='x y' /gone/cxdesk remind\n{END}\n"
        machine.kept.write_text(gone)
        (wrong,) = machine.json("remind", "status")[1]["wrong"]
        assert "/gone/cxdesk" in wrong["message"]

    def test_a_server_that_refuses_is_told_until_it_takes(self, machine: Machine) -> None:
        machine.set_up()
        machine.run("remind", "install", "--yes")
        machine.server.stop()
        machine.run("remind")
        told = machine.json("remind", "status")[1]

        assert (told["last_run"], told["last_digest"], told["pending"]) == ("pending", "pending", 1)
        assert [one["hint"] for one in told["wrong"]] == ["cxdesk mail test", "cxdesk mail outbox"]

    def test_a_job_that_stopped_is_said_by_due_status_and_doctor_and_not_once_removed(
        self, machine: Machine
    ) -> None:
        machine.set_up()
        machine.run("remind", "install", "--yes")
        machine.run("remind")
        in_time = "2026-11-24T10:04:00+00:00"

        assert machine.json("remind", "status", now=in_time)[1]["wrong"] == []
        told = machine.json("remind", "status", now=LATER)[1]["wrong"]
        assert told[0]["message"] == "The job has not run for 1 day."
        assert "reminder job" not in due(machine, in_time)
        assert due(machine, LATER).startswith("The reminder job last ran")
        assert is_well(machine, in_time)
        assert not is_well(machine, LATER)
        machine.run("remind", "remove", now=LATER)
        assert "reminder job" not in due(machine, LATER)
        assert is_well(machine, LATER)


def due(machine: Machine, now: str) -> str:
    screen = machine.on_terminal("due")
    screen.close()
    environment = {**machine.around, "CXDESK_HOME": str(machine.folder), "CXDESK_NOW": now}
    shown = pexpect.run(PROGRAM + " due", env={**environment, "TERM": "dumb"}, encoding="utf-8")
    return str(shown).lstrip()


def is_well(machine: Machine, now: str) -> bool:
    checks = machine.json("doctor", now=now)[1]["checks"]
    return next(bool(check["ok"]) for check in checks if check["name"] == "reminders")
