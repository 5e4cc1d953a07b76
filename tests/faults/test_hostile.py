"""A full disk, a held lock, no permission, no network, no environment: one line, and what to do."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.desks import assert_whole, said, todays_desk
from tests.faults.rig import needed
from tests.running import MAIN, cxdesk, surroundings

if TYPE_CHECKING:
    from pathlib import Path

LOG = ["log", "Somebody New", "Does it come in 90 cm?"]
IMPATIENT = "from cxdesk.store import database; database.BUSY_SECONDS = 0.5\n" + MAIN
root = pytest.mark.skipif(os.geteuid() != 0, reason="only root may do this to a machine")


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return todays_desk(tmp_path / "home").parent


def started(home: Path, before: list[str], line: list[str], **more: str) -> tuple[int, str, str]:
    """Run a line by way of another program."""
    done = subprocess.run(
        [*before, sys.executable, "-c", MAIN, *line],
        env=surroundings(home, **more),
        capture_output=True,
        text=True,
        errors="replace",
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def assert_one_line(code: int, err: str) -> None:
    """What is wrong and what to type; exit 4."""
    assert code == 4, err
    assert 1 <= len(err.splitlines()) <= 2, err
    assert "Traceback" not in err


FILLING = """
import json, os, subprocess, sys
home, ballast = sys.argv[1], sys.argv[1] + "/ballast"
subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4m,mode=700", "tmpfs", home], check=True)

def cxdesk(*line, text=""):
    done = subprocess.run([sys.executable, "-c", {main!r}, *line], input=text,
                          capture_output=True, text=True)
    return [done.returncode, done.stdout, done.stderr]

def found():
    return json.loads(cxdesk("inquiries", "--json")[1])["inquiries"]

cxdesk("log", "Ann Lee", "the first")
with open(ballast, "wb") as file:
    file.write(b"x" * 1_000_000)
runs = []
while len(runs) < 60:
    runs.append(cxdesk("log", "Ann Lee", "-", "--apart", text="word " * 20_000))
    if runs[-1][0]:
        break
told = dict(logged=len(runs), last=runs[-1], codes=[run[0] for run in runs])
told["there"] = len(found())
told["backup"] = cxdesk("backup", home + "/copy.db")
told["due"] = cxdesk("due", "--count")
told["left"] = sorted(name for name in os.listdir(home) if name.endswith((".new", "-journal")))
os.unlink(ballast)
told["room"] = cxdesk("log", "Ann Lee", "there is room", "--apart")
told["then"] = len(found())
link = __import__("sqlite3").connect(home + "/desk.db")
told["check"] = link.execute("PRAGMA integrity_check").fetchone()[0]
print(json.dumps(told))
"""


class TestFullDisk:
    @root
    def test_four_megabytes(self, tmp_path: Path) -> None:
        unshare = needed("unshare", "util-linux")
        (tmp_path / "small").mkdir()
        program = FILLING.replace("{main!r}", repr(MAIN))
        done = subprocess.run(
            [unshare, "-m", sys.executable, "-c", program, str(tmp_path / "small")],
            env=surroundings(tmp_path / "small", PATH=os.environ["PATH"]),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        told = json.loads(done.stdout)

        assert told["codes"] == [0] * (told["logged"] - 1) + [4]
        assert_one_line(told["last"][0], told["last"][2])
        assert "full" in told["last"][2]
        assert told["there"] == told["logged"], "the first, and each that was acknowledged"
        assert told["due"][0] == 0
        assert_one_line(told["backup"][0], told["backup"][2])
        assert told["left"] == []
        assert told["room"][0] == 0
        assert told["then"] == told["there"] + 1
        assert told["check"] == "ok"

    @pytest.mark.parametrize("line", [["due"], ["due", "--json"], ["show", "ann"], LOG, ["--help"]])
    def test_an_answer_that_cannot_be_written(self, home: Path, line: list[str]) -> None:
        code, _, err = started(home, ["sh", "-c", 'exec "$@" >/dev/full', "sh"], line)

        assert code == 4, err
        assert "Traceback" not in err
        assert_whole(home / "desk.db")

    def test_nowhere_to_answer_to(self, home: Path) -> None:
        code, _, err = started(home, ["sh", "-c", 'exec "$@" >&- 2>&-', "sh"], LOG)

        assert (code, err) == (0, "")
        assert len(said(home / "desk.db")["inquiry"]) == 6

    @pytest.mark.parametrize("blocks", [1, 100, 300])
    def test_files_may_not_grow(self, home: Path, tmp_path: Path, blocks: int) -> None:
        limit = ["sh", "-c", f'ulimit -f {blocks}; exec "$@"', "sh"]
        before = said(home / "desk.db")
        code, _, err = started(home, limit, ["backup", str(home / "copy.db")])
        assert_one_line(code, err)
        code, _, err = started(tmp_path / "new", limit, LOG)
        assert_one_line(code, err)

        assert said(home / "desk.db") == before
        assert not (home / "copy.db").exists()
        assert os.listdir(tmp_path / "new") == []


class TestLocked:
    @pytest.fixture
    def held(self, home: Path) -> sqlite3.Connection:
        """Another program in the middle of writing."""
        link = sqlite3.connect(home / "desk.db", isolation_level=None)
        link.execute("BEGIN IMMEDIATE")
        link.execute("UPDATE customer SET name = 'Not yet'")
        return link

    @pytest.mark.parametrize("line", [["due"], ["due", "--json"], ["show", "ann"], ["inquiries"]])
    def test_reading_does_not_mind(
        self, home: Path, held: sqlite3.Connection, line: list[str]
    ) -> None:
        ran = cxdesk(home, *line, program=IMPATIENT)
        held.close()

        assert ran.code == 0
        assert "Not yet" not in ran.out

    @pytest.mark.parametrize("line", [LOG, ["undo"], ["restore", "HOME/copy.db", "--yes"]])
    def test_writing_waits_and_then_says_so(
        self, home: Path, held: sqlite3.Connection, line: list[str]
    ) -> None:
        cxdesk(home, "backup", str(home / "copy.db"), program=IMPATIENT)
        line = [part.replace("HOME", str(home)) for part in line]
        ran = cxdesk(home, *line, program=IMPATIENT)
        held.execute("ROLLBACK")
        held.close()

        assert_one_line(ran.code, ran.err)
        assert "in use" in ran.err

    def test_a_backup_is_made_all_the_same(self, home: Path, held: sqlite3.Connection) -> None:
        ran = cxdesk(home, "backup", str(home / "copy.db"), program=IMPATIENT)
        held.execute("ROLLBACK")
        held.close()

        assert ran.code == 0
        assert said(home / "copy.db") == said(home / "desk.db")


class TestPermissions:
    @pytest.fixture
    def plain(self) -> list[str]:
        """A program that runs another as somebody whom permissions stop."""
        if os.geteuid() != 0:
            return []
        dropped = "-dac_override,-dac_read_search"
        return [needed("setpriv", "util-linux"), "--bounding-set", dropped, "--inh-caps", dropped]

    def test_a_folder_that_may_not_be_written(self, home: Path, plain: list[str]) -> None:
        before = said(home / "desk.db")
        home.chmod(0o500)
        try:
            told = [started(home, plain, line) for line in (LOG, ["backup", str(home / "c.db")])]
        finally:
            home.chmod(0o700)

        for code, _, err in told:
            assert_one_line(code, err)
        assert said(home / "desk.db") == before

    def test_no_desk_can_be_made_there(self, tmp_path: Path, plain: list[str]) -> None:
        tmp_path.chmod(0o500)
        try:
            code, _, err = started(tmp_path, plain, LOG)
        finally:
            tmp_path.chmod(0o700)

        assert_one_line(code, err)
        assert not list(tmp_path.iterdir())

    @pytest.mark.parametrize("line", [["due"], LOG])
    def test_a_desk_that_may_not_be_read(
        self, home: Path, plain: list[str], line: list[str]
    ) -> None:
        (home / "desk.db").chmod(0o000)
        code, _, err = started(home, plain, line)

        assert_one_line(code, err)

    def test_the_desk_is_private_under_any_umask(self, tmp_path: Path) -> None:
        home = tmp_path / "new"
        code, _, _ = started(home, ["sh", "-c", 'umask 000; exec "$@"', "sh"], LOG)

        assert code == 0
        assert home.stat().st_mode & 0o777 == 0o700
        assert {path.stat().st_mode & 0o077 for path in home.iterdir()} == {0}


class TestSurroundings:
    def test_no_environment(self, home: Path) -> None:
        """As cron starts it: with a path, and hardly anything else."""
        bare = ["env", "-i", "PATH=/usr/bin:/bin", f"CXDESK_HOME={home}"]
        for line in (["due"], LOG, ["remind", "--dry-run"], ["doctor"]):
            code, _, err = started(home, bare, line)

            assert code in (0, 1), err
            assert "Traceback" not in err

    def test_no_home_either(self, tmp_path: Path) -> None:
        bare = ["env", "-i", "PATH=/usr/bin:/bin", f"XDG_DATA_HOME={tmp_path}"]

        assert started(tmp_path, bare, LOG)[0] == 0
        assert (tmp_path / "cxdesk" / "desk.db").exists()

    @pytest.mark.parametrize("encoding", ["ascii", "latin-1", "utf-8"])
    @pytest.mark.parametrize(
        "line", [["due"], ["show", "zoë"], ["show", "zoë", "--json"], ["search", "müller"]]
    )
    def test_an_encoding_that_cannot_say_it(
        self, home: Path, encoding: str, line: list[str]
    ) -> None:
        code, _, err = started(home, [], line, PYTHONIOENCODING=encoding)

        assert code == 0, err
        assert "Traceback" not in err

    @root
    def test_no_network(self, home: Path) -> None:
        unshare = needed("unshare", "util-linux")
        lines = [["due"], LOG, ["reply", "ann", "Yes."], ["backup", str(home / "copy.db")]]
        for line in [*lines, ["restore", str(home / "copy.db"), "--yes"], ["doctor"]]:
            code, _, err = started(home, [unshare, "-n"], line)

            assert code in (0, 1), err
            assert "Traceback" not in err
        assert_whole(home / "desk.db")
