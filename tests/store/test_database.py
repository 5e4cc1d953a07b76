"""Opening a desk and making one: the recipe, the refusals, crashes, and what a read leaves."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cxdesk.errors import UnusableError
from cxdesk.store import database
from tests.running import MAIN, cxdesk, surroundings
from tests.store.desks import count, first_rows, is_whole, log, made

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

UNUSABLE = 4
PRAGMAS = {
    "foreign_keys": 1,
    "journal_mode": "wal",
    "synchronous": 2,  # FULL
    "secure_delete": 1,
    "trusted_schema": 0,
}


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A folder that holds a desk with one inquiry."""
    with database.open_to_write(made(tmp_path / "desk.db")) as link:
        log(link, "Ann Lee", "Invoice shows VAT twice")
    return tmp_path


@pytest.fixture
def desk(home: Path) -> Path:
    return home / "desk.db"


class TestRecipe:
    @pytest.mark.parametrize("pragma, value", PRAGMAS.items())
    def test_to_write(self, desk: Path, pragma: str, value: Any) -> None:
        with database.open_to_write(str(desk)) as link:
            assert link.execute(f"PRAGMA {pragma}").fetchone() == (value,)

    def test_to_read_nothing_can_be_written(self, desk: Path) -> None:
        with database.open_to_read(str(desk)) as link:
            assert link.execute("PRAGMA trusted_schema").fetchone() == (0,)
            with pytest.raises(UnusableError, match="cannot be written"):
                link.execute("DELETE FROM message")

    def test_a_reader_sees_one_moment(self, desk: Path) -> None:
        with database.open_to_read(str(desk)) as reader:
            before = reader.execute("SELECT count(*) FROM inquiry").fetchone()
            with database.open_to_write(str(desk)) as writer:
                log(writer, "Bob Ray", "Lost a key")

            assert reader.execute("SELECT count(*) FROM inquiry").fetchone() == before

    def test_it_waits_for_others(self) -> None:
        assert database.BUSY_SECONDS == 30

    def test_a_desk_is_marked_as_ours(self, desk: Path) -> None:
        header = desk.read_bytes()[:100]

        assert header[68:72] == b"CXDS"
        assert int.from_bytes(header[60:64], "big") == database.SCHEMA_VERSION

    @pytest.mark.parametrize(
        "name", ["a b?c#d%20e.db", "Ünterlagen – δ 🗄.db", "100%.db", "a'b\".db"]
    )
    def test_any_name_will_do(self, tmp_path: Path, name: str) -> None:
        path = made(tmp_path / name / name)

        with database.open_to_write(path) as link:
            log(link, "Ann", "hello")

        assert os.listdir(tmp_path / name) == [name]
        assert count(path, "inquiry") == 1

    def test_a_name_that_is_no_text_will_do(self, tmp_path: Path) -> None:
        home = os.fsdecode(os.fsencode(tmp_path) + b"/a\xffb")

        ran = cxdesk(Path(home), "log", "Ann Lee", "hello")

        assert ran.code == 0, ran.err
        assert os.listdir(home) == ["desk.db"]


# Other things in a desk's place -------------------------------------------------------------------


def empty(path: Path) -> None:
    path.write_bytes(b"")


def text(path: Path) -> None:
    path.write_text("Dear diary\n" * 50)


def strangers(path: Path) -> None:
    path.unlink()
    link = sqlite3.connect(path)
    link.execute("CREATE TABLE bookmark (url)")
    link.close()


def damaged_header(path: Path) -> None:
    path.write_bytes(b"\0" * 16 + path.read_bytes()[16:])


def damaged_schema(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[:100] + b"\xff" * 4000 + content[4100:])


def cut_within_header(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


def cut(path: Path) -> None:
    content = path.read_bytes()
    path.write_bytes(content[: len(content) * 3 // 5])


def newer(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[60:64] = (99).to_bytes(4, "big")
    path.write_bytes(content)


def folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def pipe(path: Path) -> None:
    path.unlink()
    os.mkfifo(path)


def nowhere(path: Path) -> None:
    path.unlink()
    path.symlink_to("/nowhere/at/all.db")


def device(path: Path) -> None:
    path.unlink()
    path.symlink_to("/dev/zero")


SPOILT: dict[Callable[[Path], None], str] = {
    empty: "is not a cxdesk desk",
    text: "is not a cxdesk desk",
    strangers: "database of another program",
    damaged_header: "is not a cxdesk desk",
    damaged_schema: "is damaged",
    cut_within_header: "is not a cxdesk desk",
    cut: "is damaged",
    newer: f"of version 99; this cxdesk knows {database.SCHEMA_VERSION}",
    folder: "is not a cxdesk desk",
    pipe: "is not a cxdesk desk",
    device: "is not a cxdesk desk",
    nowhere: "No such file or directory",
}
spoilt = pytest.mark.parametrize("spoil", SPOILT, ids=lambda spoil: spoil.__name__)


def content(path: Path) -> bytes | None:
    return path.read_bytes() if path.is_file() else None


class TestRefused:
    @spoilt
    @pytest.mark.parametrize(
        "line", [["due"], ["log", "Ann Lee", "hello"]], ids=lambda line: line[0]
    )
    def test_in_one_sentence_with_a_remedy(
        self, home: Path, spoil: Callable[[Path], None], line: list[str]
    ) -> None:
        desk = home / "desk.db"
        spoil(desk)
        before = content(desk)

        ran = cxdesk(home, *line)

        sentence, remedy = ran.err.splitlines()
        assert (ran.code, ran.out) == (UNUSABLE, "")
        assert SPOILT[spoil] in sentence
        assert remedy
        assert content(desk) == before
        assert leftovers(home) <= {"desk.db-wal", "desk.db-shm"}

    @spoilt
    def test_by_whoever_opens_it(self, desk: Path, spoil: Callable[[Path], None]) -> None:
        spoil(desk)

        for opened in (database.open_to_read, database.open_to_write):
            with pytest.raises(UnusableError, match=SPOILT[spoil]), opened(str(desk)) as link:
                link.execute("SELECT * FROM inquiry")

    def test_damage_within_is_told_as_such(self, home: Path) -> None:
        desk = home / "desk.db"
        page = 4096
        whole = desk.read_bytes()
        for number in range(1, len(whole) // page):
            desk.write_bytes(whole[: number * page] + b"\xff" * page + whole[(number + 1) * page :])
            with pytest.raises(UnusableError, match="damaged"):
                read_everything(desk)

    @pytest.mark.parametrize(
        "line", [["due"], ["log", "Ann Lee", "hello"]], ids=lambda line: line[0]
    )
    def test_what_may_not_be_read(self, home: Path, line: list[str]) -> None:
        (home / "desk.db").chmod(0)

        ran = powerless(home, *line)

        assert (ran.returncode, ran.stdout) == (UNUSABLE, "")
        assert "cannot be read: Permission denied" in ran.stderr.splitlines()[0]

    def test_what_may_not_be_written(self, home: Path) -> None:
        (home / "desk.db").chmod(0o400)

        assert powerless(home, "due").returncode == 0
        ran = powerless(home, "log", "Ann Lee", "hello")

        assert (ran.returncode, ran.stdout) == (UNUSABLE, "")
        assert "cannot be written" in ran.stderr

    def test_a_folder_in_which_nothing_may_be_made(self, tmp_path: Path) -> None:
        tmp_path.chmod(0o500)

        ran = powerless(tmp_path, "log", "Ann Lee", "hello")
        tmp_path.chmod(0o700)

        assert (ran.returncode, ran.stdout) == (UNUSABLE, "")
        assert "No desk can be made" in ran.stderr
        assert os.listdir(tmp_path) == []


def read_everything(desk: Path) -> None:
    with database.open_to_read(str(desk)) as link:
        tables = "SELECT name FROM sqlite_master WHERE type = 'table'"
        for (name,) in list(link.pairs(database.Sql(tables))):
            list(link.pairs(database.Sql(f"SELECT * FROM {name} NOT INDEXED")))
        if link.value(database.Sql("PRAGMA integrity_check")) != "ok":
            raise UnusableError("damaged")


def powerless(home: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command line as somebody whom permissions bind: as root they bind nobody."""
    binding = ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]
    return subprocess.run(
        [*(binding if os.geteuid() == 0 else []), sys.executable, "-c", MAIN, *arguments],
        env=surroundings(home),
        capture_output=True,
        text=True,
        check=False,
    )


# Files --------------------------------------------------------------------------------------------


class TestFiles:
    def test_nobody_else_reads_them(self, tmp_path: Path) -> None:
        home = tmp_path / "new"
        program = "import os; os.umask(0)\n" + MAIN

        assert cxdesk(home, "log", "Ann Lee", "hello", program=program).code == 0
        assert mode(home) == 0o700
        assert mode(home / "desk.db") == 0o600

    def test_nor_what_sqlite_keeps_beside(self, desk: Path) -> None:
        before = os.umask(0)
        try:
            with database.open_to_write(str(desk)) as link:
                log(link, "Bob Ray", "Lost a key")
                beside = [mode(file) for file in desk.parent.iterdir()]
        finally:
            os.umask(before)

        assert beside == [0o600] * 3

    def test_a_symlinked_store_stays_a_symlink(self, desk: Path, tmp_path: Path) -> None:
        link = tmp_path / "elsewhere" / "desk.db"
        link.parent.mkdir()
        link.symlink_to(desk)

        assert cxdesk(link.parent, "log", "Bob Ray", "Lost a key").code == 0
        assert link.is_symlink()
        assert os.listdir(link.parent) == ["desk.db"]
        assert count(desk, "inquiry") == 2


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


class TestReading:
    LINES: tuple[list[str], ...] = (
        ["due"],
        ["due", "--count"],
        ["show", "1"],
        ["search", "vat"],
        ["inquiries"],
        ["--help"],
        ["when", "fri noon"],
    )

    def test_it_leaves_the_bytes_as_they_are(self, desk: Path) -> None:
        before = desk.read_bytes()

        for line in self.LINES:
            assert cxdesk(desk.parent, *line).code == 0

        assert desk.read_bytes() == before

    def test_also_beside_a_writer_who_holds_the_lock(self, desk: Path) -> None:
        before = desk.read_bytes()
        writer = subprocess.Popen(
            [sys.executable, "-c", HOLDER, str(desk)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        with writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            with ThreadPoolExecutor(2) as pool:
                codes = list(pool.map(lambda _: cxdesk(desk.parent, "due").code, range(20)))
            writer.kill()

        assert codes == [0] * 20
        assert desk.read_bytes() == before

    def test_what_was_acknowledged_before_a_crash_is_read(self, desk: Path) -> None:
        program = (
            "import os, sys; from cxdesk.store import database\n"
            "from tests.store.desks import log\n"
            "link = database.open_to_write(sys.argv[1])\n"
            "log(link, 'Bob Ray', 'Lost a key'); os.kill(os.getpid(), 9)"
        )
        subprocess.run([sys.executable, "-c", program, str(desk)], check=False)

        assert "Lost a key" in cxdesk(desk.parent, "inquiries").out

    def test_without_a_desk_nothing_is_made(self, tmp_path: Path) -> None:
        home = tmp_path / "none"

        for line in (["due"], ["due", "--count"], ["search", "vat"], ["inquiries"]):
            assert cxdesk(home, *line).code == 0

        assert not home.exists()


HOLDER = """
import sqlite3, sys
link = sqlite3.connect(sys.argv[1], isolation_level=None)
link.execute("BEGIN IMMEDIATE")
link.execute("UPDATE number SET last = last + 1")
print("held", flush=True)
sys.stdin.readline()
"""


# Making -------------------------------------------------------------------------------------------

# Dies before or after a call of the function with that name: the first whose words begin so.
DYING = """
import os, sys
from cxdesk.store import database
from cxdesk.__main__ import main
owner = database.Link if sys.argv[1] == "execute" else getattr(database, "os")
whole = getattr(owner, sys.argv[1])
def dying(*arguments, **named):
    now = any(str(argument).startswith(sys.argv[2]) for argument in arguments)
    if now and sys.argv[3] == "before":
        os.kill(os.getpid(), 9)
    answer = whole(*arguments, **named)
    if now:
        os.kill(os.getpid(), 9)
    return answer
setattr(owner, sys.argv[1], dying)
sys.exit(main(["log", "Bob Ray", "hi"]))
"""
DEATHS = [
    ("execute", "BEGIN", "after"),
    ("execute", "CREATE TABLE message", "after"),
    ("execute", "INSERT INTO channel", "before"),
    ("execute", "PRAGMA user_version", "after"),
    ("execute", "COMMIT", "before"),
    ("execute", "COMMIT", "after"),
    ("execute", "PRAGMA journal_mode", "after"),
    ("fsync", "", "before"),
    ("link", "", "before"),
    ("link", "", "after"),
    ("unlink", "", "before"),
]


class TestMaking:
    @pytest.mark.parametrize("function, words, moment", DEATHS)
    def test_a_crash_leaves_one_whole_desk_or_none(
        self, tmp_path: Path, function: str, words: str, moment: str
    ) -> None:
        crashed = cxdesk(tmp_path, function, words, moment, program=DYING)
        there = (tmp_path / "desk.db").exists()

        assert crashed.code == -9, crashed.err
        assert not there or is_whole(tmp_path / "desk.db")
        assert cxdesk(tmp_path, "log", "Ann Lee", "hello").code == 0
        assert count(tmp_path / "desk.db", "channel") == 8
        assert all(name.startswith(".desk.db.") for name in leftovers(tmp_path))

    def test_whoever_finds_one_uses_it(self, desk: Path) -> None:
        assert not database.create(str(desk), first_rows)
        assert count(desk, "inquiry") == 1
        assert leftovers(desk.parent) == set()

    def test_a_failure_leaves_nothing(self, tmp_path: Path) -> None:
        def fail(link: database.Link) -> None:
            raise UnusableError("no")

        with pytest.raises(UnusableError):
            database.create(str(tmp_path / "desk.db"), fail)

        assert os.listdir(tmp_path) == []

    @pytest.mark.parametrize("kilobytes", [0, 1, 4, 64, 128, 200, 260])
    def test_no_room_leaves_nothing(self, tmp_path: Path, kilobytes: int) -> None:
        program = (
            "import resource\n"
            f"resource.setrlimit(resource.RLIMIT_FSIZE, ({kilobytes << 10}, {kilobytes << 10}))\n"
        )

        ran = cxdesk(tmp_path, "init", program=program + MAIN)

        assert (ran.code, os.listdir(tmp_path)) in [(UNUSABLE, []), (0, ["desk.db"])], ran.err
        assert ran.code or is_whole(tmp_path / "desk.db")
        assert "Traceback" not in ran.err


def leftovers(folder: Path) -> set[str]:
    return set(os.listdir(folder)) - {"desk.db"}


# A disk that is full -----------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 4 MB, where this machine lets us have one."""
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place)],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        pytest.skip("no tmpfs can be mounted here; RLIMIT_FSIZE stands for it")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


class TestFullDisk:
    def test_what_was_acknowledged_is_there_and_it_works_again(self, small_disk: Path) -> None:
        program = (
            "import sys; from cxdesk.__main__ import main\n"
            "kept = 0\n"
            "while (code := main(['log', 'Ann Lee', 'x' * 20000, '--apart', '-q'])) == 0:\n"
            "    kept += 1\n"
            "print(kept, flush=True); sys.exit(code)"
        )

        ran = cxdesk(small_disk, program=program)
        (small_disk / "room").touch()
        spare = small_disk.parent / "moved"
        shutil.copytree(small_disk, spare)

        assert ran.code == UNUSABLE, ran.err
        assert "disk" in ran.err
        assert count(spare / "desk.db", "inquiry") == int(ran.out.splitlines()[-1])
        assert is_whole(spare / "desk.db")
        assert cxdesk(spare, "log", "Ann Lee", "again", "--apart").code == 0
