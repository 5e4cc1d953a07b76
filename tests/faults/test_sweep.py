"""Whatever fails, the desk is old or new, whole, and what was acknowledged is there."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import pytest

from tests.desks import LATEST, assert_whole, desk_of, said, todays_desk
from tests.faults import rig
from tests.running import cxdesk

if TYPE_CHECKING:
    from collections.abc import Iterator

FAULTS = [
    pytest.param(rig.ONCE, errno.ENOSPC, id="full-once"),
    pytest.param(rig.ON, errno.ENOSPC, id="full-from-there-on"),
    pytest.param(rig.ONCE, errno.EIO, id="io-error"),
    pytest.param(rig.KILLED, 0, id="killed"),
    pytest.param(rig.TORN, 0, id="killed-in-a-write"),
]
MESSAGES = "\n".join(
    [
        "id,author,direction,at,text,reply_to",
        "1,ann77,in,2026-11-01T10:00:00+00:00,Where is it?,",
        "2,shop,out,2026-11-01T11:00:00+00:00,On its way.,1",
        "3,bob88,in,2026-11-02T10:00:00+00:00,Thank you,",
    ]
)
MAPPING = ["id=id", "author=author", "direction=direction", "at=at", "text=text"]
IMPORT = ["import", "conversations", "HOME/said.csv"]
IMPORT += [part for pair in [*MAPPING, "reply_to=reply_to"] for part in ("--map", pair)]


class Case(NamedTuple):
    """A command line, how many points it has at least, and what it is begun on."""

    line: list[str]
    points: int
    desk: bool = True


# `remind` has a sweep of its own, with a server to send by: test_remind.py.
CASES = {
    "first-log": Case(["log", "Ann Lee", "Invoice shows VAT twice"], 10, desk=False),
    "log": Case(["log", "Somebody New", "Does it come in 90 cm?", "--tag", "shelf"], 10),
    "reply": Case(["reply", "ann", "On its way.", "--solved"], 10),
    "import": Case(IMPORT, 10),
}
# An upgrade has two hundred points, and each run of it costs a sixth of a second.
EVERY = int(os.environ.get("CXDESK_TEST_EVERY", "4"))
# The two that differ most, for what takes the longest.
FEWER = [FAULTS[1], FAULTS[4]]
each = pytest.mark.parametrize("name", CASES)


@pytest.fixture(scope="session")
def shim(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return rig.shim(tmp_path_factory.mktemp("shim"))


@pytest.fixture
def tmp_path() -> Iterator[Path]:
    """In memory where there is such a place, for the hundreds of desks of a sweep; gone after."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(prefix="cxdesk-faults-", dir=memory) as folder:
        yield Path(folder)


@pytest.fixture
def begun(tmp_path: Path) -> Path:
    """A home with a populated desk."""
    home = todays_desk(tmp_path / "begun").parent
    (home / "said.csv").write_text(MESSAGES)
    return home


def home_of(case: Case, begun: Path) -> Path:
    if not case.desk:
        (begun / "desk.db").unlink()
    return begun


def after(begun: Path, tmp_path: Path, line: list[str], program: str | None = None) -> Path:
    """The home after the line, with nothing in its way."""
    home = shutil.copytree(begun, tmp_path / "after")
    more = {} if program is None else {"program": program}
    ran = cxdesk(home, *[part.replace("HOME", str(home)) for part in line], **more)
    assert ran.code == 0, ran
    return home


class TestDeeds:
    @pytest.mark.parametrize(
        "name, how, error",
        [
            pytest.param(name, *fault.values, id=f"{name}-{fault.id}")
            for name in CASES
            for fault in (FAULTS if name.endswith("log") else FEWER)
        ],
    )
    def test_old_or_new_at_every_point(
        self, shim: Path, begun: Path, tmp_path: Path, name: str, how: int, error: int
    ) -> None:
        case = CASES[name]
        home = home_of(case, begun)
        wanted = rig.rows(after(home, tmp_path, case.line) / "desk.db")
        before = rig.rows(home / "desk.db")
        runs = rig.work(tmp_path / "work", shim, home, case.line, how=how, error=error)

        assert len(runs) >= case.points
        for run in runs:
            rig.assert_old_or_new(run, before, wanted)
            if how in (rig.ONCE, rig.ON) and run.code:
                rig.assert_told(run)

    @each
    def test_killed_at_random_nothing_acknowledged_is_lost(
        self, shim: Path, begun: Path, tmp_path: Path, name: str
    ) -> None:
        case = CASES[name]
        home = home_of(case, begun)
        wanted = rig.rows(after(home, tmp_path, case.line) / "desk.db")
        before = rig.rows(home / "desk.db")
        for run in rig.work(tmp_path / "work", shim, home, case.line, kills=rig.KILLS):
            rig.assert_old_or_new(run, before, wanted)
            assert rig.rows(run.desk) == wanted or not run.out


class TestBackup:
    LINE: ClassVar = ["backup", "HOME/copy.db"]

    @pytest.fixture
    def begun(self, begun: Path) -> Path:
        """With an older copy in its place."""
        (begun / "copy.db").write_text("an older copy")
        return begun

    @pytest.mark.parametrize("how, error", FAULTS)
    def test_the_copy_is_the_older_or_a_whole_one(
        self, shim: Path, begun: Path, tmp_path: Path, how: int, error: int
    ) -> None:
        wanted = said(begun / "desk.db")
        runs = rig.work(tmp_path / "work", shim, begun, self.LINE, how=how, error=error)

        assert len(runs) >= 10
        for run in runs:
            self.check(run, wanted)
            if how in (rig.ONCE, rig.ON) and run.code:
                rig.assert_told(run)

    def test_killed_at_random(self, shim: Path, begun: Path, tmp_path: Path) -> None:
        wanted = said(begun / "desk.db")
        for run in rig.work(tmp_path / "work", shim, begun, self.LINE, kills=rig.KILLS):
            self.check(run, wanted)

    @staticmethod
    def check(run: rig.Run, wanted: dict[str, Any]) -> None:
        copy = run.home / "copy.db"
        is_old = copy.read_bytes() == b"an older copy"
        if not is_old:
            assert said(copy) == wanted, run
            assert_whole(copy)
        assert run.code or not is_old, run
        assert_whole(run.desk)
        assert said(run.desk)["inquiry"] == wanted["inquiry"], run
        assert run.again == 0, run


class TestRestore:
    LINE: ClassVar = ["restore", "HOME/copy.db", "--yes"]

    @pytest.fixture
    def begun(self, begun: Path) -> Path:
        """With a copy, and a desk that has gone on since."""
        assert cxdesk(begun, "backup", str(begun / "copy.db")).code == 0
        assert cxdesk(begun, "log", "Late Comer", "After the backup").code == 0
        return begun

    @pytest.mark.parametrize("how, error", [FAULTS[0], *FEWER])
    def test_the_desk_is_the_old_or_the_copy(
        self, shim: Path, begun: Path, tmp_path: Path, how: int, error: int
    ) -> None:
        before, wanted = self.both(begun)
        runs = rig.work(tmp_path / "work", shim, begun, self.LINE, how=how, error=error)

        assert len(runs) >= 15
        for run in runs:
            self.check(run, before, wanted)
            if how in (rig.ONCE, rig.ON) and run.code:
                rig.assert_told(run)

    def test_killed_at_random(self, shim: Path, begun: Path, tmp_path: Path) -> None:
        before, wanted = self.both(begun)
        for run in rig.work(tmp_path / "work", shim, begun, self.LINE, kills=rig.KILLS):
            self.check(run, before, wanted)

    @staticmethod
    def both(begun: Path) -> tuple[Any, Any]:
        return said(begun / "desk.db")["inquiry"], said(begun / "copy.db")["inquiry"]

    @staticmethod
    def check(run: rig.Run, before: Any, wanted: Any) -> None:
        found = said(run.desk)["inquiry"]
        assert found in (before, wanted), run
        assert_whole(run.desk)
        assert run.code or found == wanted, run
        if found == wanted:
            [aside] = run.home.glob("desk-replaced-*.db")
            assert said(aside)["inquiry"] == before
        assert run.again == 0, run


class TestUpgrade:
    """By the last step that there is, on the populated desk of the version before."""

    LINE: ClassVar = ["due", "--count"]

    @pytest.fixture
    def begun(self, tmp_path: Path) -> Path:
        return desk_of(LATEST - 1, tmp_path / "begun").parent

    @pytest.mark.parametrize("how, error", FEWER)
    def test_the_desk_is_old_or_new(
        self, shim: Path, begun: Path, tmp_path: Path, how: int, error: int
    ) -> None:
        before, wanted = self.both(begun, tmp_path)
        runs = rig.work(
            tmp_path / "work", shim, begun, self.LINE, how=how, error=error, every=EVERY
        )

        assert len(runs) >= 160 // EVERY
        assert {said(run.found / "desk.db")["version"] for run in runs} == {LATEST - 1, LATEST}
        for run in runs:
            self.check(run, before, wanted)

    def test_killed_at_random(self, shim: Path, begun: Path, tmp_path: Path) -> None:
        before, wanted = self.both(begun, tmp_path)
        kills = rig.KILLS // EVERY
        for run in rig.work(tmp_path / "work", shim, begun, self.LINE, kills=kills):
            self.check(run, before, wanted)

    def both(self, begun: Path, tmp_path: Path) -> tuple[Any, Any]:
        wanted = said(after(begun, tmp_path, self.LINE) / "desk.db")
        assert wanted["version"] == LATEST
        return said(begun / "desk.db"), wanted

    @staticmethod
    def check(run: rig.Run, before: Any, wanted: Any) -> None:
        left = said(run.found / "desk.db")
        assert left in (before, wanted), run
        assert run.code or left == wanted, run
        assert_whole(run.found / "desk.db")
        kept = [said(copy) for copy in run.found.glob("desk-before-*.db")]
        assert all(copy == before for copy in kept), run
        assert kept or left == before, run
        assert run.again == 0, run
        assert said(run.desk) == wanted, run
        assert_whole(run.desk)


class TestTool:
    def test_a_fault_is_met(self, shim: Path, begun: Path, tmp_path: Path) -> None:
        """So that the sweep cannot go empty: the first point fails the command."""
        line = CASES["log"].line
        first = rig.work(tmp_path / "work", shim, begun, line, how=rig.ON)[0]

        assert first.code == 4
        assert "nothing was changed" in first.err

    def test_half_a_deed_would_be_seen(self, begun: Path) -> None:
        before = rig.rows(begun / "desk.db")
        link = sqlite3.connect(begun / "desk.db")
        link.execute("DELETE FROM deed_row WHERE id = 1")
        link.commit()
        link.close()
        run = rig.Run(1, 4, "", "", begun, 0)

        with pytest.raises(AssertionError):
            rig.assert_old_or_new(run, before, None)
