"""Mail that comes in and goes out, when the disk fails it or the process dies at any point: nothing
is lost, nothing is there twice, and what was said was true."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

import pytest

from tests.cli.played import Home
from tests.desks import assert_whole
from tests.faults import rig
from tests.faults.accounts import Accounts
from tests.running import NOW

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.servers.smtp import SmtpServer

    Maker = Callable[..., SmtpServer]

ME = "hello@oak.example"
# Of how many points one is swept: there are hundreds, and each costs two runs or more.
EVERY = int(os.environ.get("CXDESK_TEST_EVERY", "25"))
TEMPFAIL = 75
KILLS = min(rig.KILLS, 25)
# What a run leaves that is not about when, or in how many steps, it was done.
TABLES = {
    **dict.fromkeys(("customer", "contact_point", "inquiry", "promise", "follow_up"), "*"),
    "message": "*",
    "received": "id, sha256, state, via, email, subject, received_at, is_sent, inquiry_number",
}
FAULTS = [(rig.ON, errno.ENOSPC), (rig.ONCE, errno.EIO), (rig.KILLED, 0), (rig.TORN, 0)]
NAMES = ["full-from-there-on", "io-error", "killed", "killed-in-a-write"]
BROKEN = b"\3\1 no mail\r\n"
# After the lease (15 minutes), and when what is uncertain has been looked for.
LATER = ["2026-11-23T09:21:00+00:00", "2026-11-23T09:40:00+00:00"]
RECEIVED = "23-Nov-2026 09:01:00 +0000"


def mail(number: int, **headers: str) -> bytes:
    lines = {
        "From": f"Ann {number} <ann{number}@example.com>",
        "To": ME,
        "Subject": f"Question {number}",
        "Message-ID": f"<q{number}@example.com>",
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"{head}\r\nDoes the oak shelf come in {number}0 cm?\r\n".encode()


def answer(number: int, to: int) -> bytes:
    return mail(
        number,
        From=f"Oak <{ME}>",
        To=f"ann{to}@example.com",
        Subject=f"Re: Question {to}",
        In_Reply_To=f"<q{to}@example.com>",
    )


INBOX = (mail(1), BROKEN, mail(2), mail(3))
SENT = (answer(91, 1), answer(92, 3))


def mbox() -> bytes:
    """Five mails, the first of which nobody can read; a later one would begin with a header."""
    mails = (BROKEN, mail(1), answer(91, 1), mail(2), mail(3))
    mark = b"From someone@example.com Mon Nov 23 09:00:00 2026\n"
    return b"".join(mark + raw.replace(b"\r\n", b"\n") + b"\n" for raw in mails)


class Rows(NamedTuple):
    """What a desk holds, as far as it is about customers; and each mail by its bytes."""

    tables: dict[str, list[Any]]
    raws: Counter[str]


def rows(path: Path) -> Rows:
    if not path.exists():
        return Rows({}, Counter())
    with closing(sqlite3.connect(path)) as link:
        tables = {
            name: sorted(link.execute(f"SELECT {what} FROM {name}"), key=repr)
            for name, what in TABLES.items()
        }
        raws = link.execute("SELECT w.raw FROM received_raw w").fetchall()
    return Rows(tables, Counter(sha256(raw).hexdigest() for (raw,) in raws))


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
def home(tmp_path: Path) -> Home:
    """A desk on which nothing but its opening hours is written."""
    folder = tmp_path / "begun"
    folder.mkdir(0o700)
    made = Home(folder)
    made.done("log", "Bob Ray", "the spare key")
    configure(made, f'[mail]\nown = ["{ME}"]\n')
    return made


def configure(home: Home, *sections: str) -> None:
    path = home.folder / "config.toml"
    path.touch(0o600)
    path.write_text("".join(sections))


class Tried(NamedTuple):
    """Every run of a line with a fault at another point, and what is there when nothing fails."""

    runs: list[rig.Run]
    before: Rows
    wanted: Rows


def sweep(
    home: Home,
    shim: Path,
    tmp_path: Path,
    line: list[str],
    fault: tuple[int, int],
    *later: tuple[str, list[str]],
    every: int = EVERY,
) -> Tried:
    """The line at each so many-th point, then what is typed `later`: by itself the line again."""
    how, error = fault
    then = later or [(NOW, line)]
    whole = rig.whole(tmp_path / "whole", shim, home.folder, line, then=then)
    runs = rig.work(
        tmp_path / "work", shim, home.folder, line, how=how, error=error, every=every, then=then
    )
    assert len(runs) >= 10 // min(every, 2), "the sweep has gone empty"
    return Tried(runs, rows(home.store), rows(whole.desk))


def assert_in_once(tried: Tried, done: int) -> None:
    """After the second time everything is there, and nothing twice; `done`: how the line ends."""
    for run in tried.runs:
        if (run.found / "desk.db").exists():
            assert_whole(run.found / "desk.db")
        assert_whole(run.desk)
        found, ended = rows(run.found / "desk.db"), rows(run.desk)
        assert found.raws <= tried.wanted.raws, run
        if run.code == done:
            assert found.raws == tried.wanted.raws, run
        if "nothing was changed" in run.err:
            assert found == tried.before, run
        assert run.then[0].code in (done, 0), run
        assert ended == tried.wanted, run
        assert run.again == 0, run


@pytest.fixture(params=FAULTS, ids=NAMES)
def fault(request: pytest.FixtureRequest) -> tuple[int, int]:
    how, error = request.param
    return how, error


class TestImport:
    LINE: ClassVar = ["mail", "import", "HOME/box"]

    def test_a_box_comes_in_once(
        self, shim: Path, home: Home, tmp_path: Path, fault: tuple[int, int]
    ) -> None:
        (home.folder / "box").write_bytes(mbox())
        tried = sweep(home, shim, tmp_path, self.LINE, fault)

        assert_in_once(tried, done=5)  # one of them is in the quarantine
        assert tried.wanted.raws.total() == 5
        assert_fails_as_4(tried.runs, done=5)

    @pytest.mark.parametrize("fault", [FAULTS[0], FAULTS[2]], indirect=True)
    def test_the_first_box_makes_the_desk(
        self, shim: Path, home: Home, tmp_path: Path, fault: tuple[int, int]
    ) -> None:
        (home.folder / "box").write_bytes(mbox())
        home.store.unlink()

        assert_in_once(sweep(home, shim, tmp_path, self.LINE, fault), done=5)

    def test_a_mail_from_a_pipe_is_kept_or_comes_again(
        self, shim: Path, home: Home, tmp_path: Path, fault: tuple[int, int]
    ) -> None:
        (home.folder / "stdin").write_bytes(mail(1))
        tried = sweep(home, shim, tmp_path, ["mail", "import", "-"], fault)

        assert_in_once(tried, done=0)
        for run in tried.runs:
            assert run.code in (0, TEMPFAIL, -signal.SIGKILL), run
            assert run.code != TEMPFAIL or len(run.err.splitlines()) == 1, run


def assert_fails_as_4(runs: list[rig.Run], done: int) -> None:
    """A fault of the disk is told in two lines, and nothing is claimed that is not so."""
    for run in runs:
        if run.code not in (done, -signal.SIGKILL):
            rig.assert_told(run)


class TestFetch:
    LINE: ClassVar = ["mail", "fetch"]

    @pytest.fixture
    def accounts(self, tmp_path: Path) -> Iterator[Accounts]:
        begun = {"INBOX": INBOX, "Sent": SENT}

        def is_kept(name: str, raw: bytes) -> bool:
            found = (rows(folder / name / "desk.db") for folder in tmp_path.iterdir())
            return any(sha256(raw).hexdigest() in one.raws for one in found)

        server = Accounts(begun, RECEIVED, is_kept)
        with server:
            yield server

    @staticmethod
    def configure(home: Home, accounts: Accounts, after: str, *more: str) -> None:
        (home.folder / "password").touch(0o600)
        (home.folder / "password").write_text("secret\n")
        box = [f'[mail.in.shop]\nhost = "127.0.0.1"\nport = {accounts.port}\ntls = "none"\n']
        box += [f'user = "NAME"\npassword_file = "password"\nafter = "{after}"\n']
        configure(home, f'[mail]\nown = ["{ME}"]\n', *more, *box)

    @pytest.mark.parametrize(
        "fault, after",
        [
            (FAULTS[0], "seen"),
            (FAULTS[1], "move:Processed"),
            (FAULTS[2], "move:Processed"),
            (FAULTS[3], "seen"),
        ],
        indirect=["fault"],
        ids=["full-seen", "io-error-move", "killed-move", "torn-seen"],
    )
    def test_an_inbox_comes_in_once(
        self,
        shim: Path,
        home: Home,
        tmp_path: Path,
        accounts: Accounts,
        fault: tuple[int, int],
        after: str,
    ) -> None:
        self.configure(home, accounts, after)
        tried = sweep(home, shim, tmp_path, self.LINE, fault)

        assert_in_once(tried, done=5)
        assert tried.wanted.raws.total() == 6
        assert_fails_as_4(tried.runs, done=5)
        self.assert_only_kept_mail_was_touched(accounts, after)

    @pytest.mark.parametrize("fault", FAULTS[1:3], indirect=True)
    def test_who_wrote_hears_of_it_once(
        self,
        shim: Path,
        home: Home,
        tmp_path: Path,
        accounts: Accounts,
        smtp_server: Maker,
        fault: tuple[int, int],
    ) -> None:
        server = smtp_server(user=None)
        out = f'[mail.out]\nhost = "127.0.0.1"\nport = {server.port}\ntls = "none"\n'
        more = f'acknowledge = true\nsignature = "NAME."\n{out}from = "{ME}"\n'
        self.configure(home, accounts, "move:Processed", more)
        then = [(now, self.LINE) for now in (NOW, *LATER)]
        tried = sweep(home, shim, tmp_path, self.LINE, fault, *then, every=EVERY * 3 // 2)

        for run in tried.runs:
            assert rows(run.desk).raws == tried.wanted.raws, run
            outbox = mails(run.desk)
            assert Counter(mail.dedupe for mail in outbox).most_common(1)[0][1] == 1
            for mail in outbox:
                # The owner's own answer to the first and the third is in the folder of sent mail.
                answered = mail.state == "cancelled" and mail.recipient != "ann2@example.com"
                assert mail.state in ("sent", "uncertain") or answered, (run, mail)
                arrived = count_of(server, run, mail.recipient)
                assert arrived == 1 or (mail.state != "sent" and not arrived), (run, mail)

    def test_killed_at_random_it_goes_on(
        self, shim: Path, home: Home, tmp_path: Path, accounts: Accounts
    ) -> None:
        self.configure(home, accounts, "seen")
        then = [(NOW, self.LINE)]
        whole = rig.whole(tmp_path / "whole", shim, home.folder, self.LINE, then=then)
        work = tmp_path / "work"
        runs = rig.work(work, shim, home.folder, self.LINE, kills=KILLS, then=then)

        assert any(run.code == -signal.SIGKILL for run in runs), "none was killed in time"
        assert_in_once(Tried(runs, rows(home.store), rows(whole.desk)), done=5)
        self.assert_only_kept_mail_was_touched(accounts, "seen")

    @staticmethod
    def assert_only_kept_mail_was_touched(accounts: Accounts, after: str) -> None:
        assert (accounts.premature, accounts.expunged) == ([], [])
        for kept in accounts.kept.values():
            inbox, processed = kept.folders["INBOX"], kept.folders["Processed"]
            assert Counter([*inbox.values(), *processed.values()]) == Counter(INBOX)
            assert BROKEN in inbox.values()
            assert bool(processed) == after.startswith("move")
        assert any(kept.seen for kept in accounts.kept.values()) == (after == "seen")


class Row(NamedTuple):
    """A mail of the outbox."""

    dedupe: str
    kind: str
    state: str
    recipient: str


def mails(path: Path) -> list[Row]:
    with closing(sqlite3.connect(path)) as link:
        return [
            Row(*row) for row in link.execute("SELECT dedupe, kind, state, recipient FROM mail")
        ]


def count_of(server: SmtpServer, run: rig.Run, recipient: str) -> int:
    """How many mails of a run have arrived, by the run's name under each."""
    signed = f"-- \r\n{run.name}.\r\n".encode()
    envelopes = zip(server.mails(), server.envelopes(), strict=True)
    return sum(signed in raw and to["recipients"] == [recipient] for raw, to in envelopes)


class TestReply:
    LINE: ClassVar = ["reply", "3", "Yes, in 90 cm too.", "--send"]

    def test_an_answer_leaves_once_and_never_without_its_note(
        self,
        shim: Path,
        home: Home,
        tmp_path: Path,
        smtp_server: Maker,
        fault: tuple[int, int],
    ) -> None:
        server = smtp_server(user=None)
        configure(
            home,
            f'[mail]\nown = ["{ME}"]\nsignature = "NAME."\n[remind]\nto = "me@example.com"\n',
            f'[mail.out]\nhost = "127.0.0.1"\nport = {server.port}\ntls = "none"\nfrom = "{ME}"\n',
        )
        home.done("log", "Ann Lee", "the shelf", "--email", "ann@example.com")
        then = [(now, ["remind"]) for now in (NOW, *LATER)]
        tried = sweep(home, shim, tmp_path, self.LINE, fault, *then, every=max(1, EVERY // 3))

        ends = Counter(self.check(run, tried, server) for run in tried.runs)
        assert len(ends) >= 2, ends

    @staticmethod
    def check(run: rig.Run, tried: Tried, server: SmtpServer) -> str:
        """How the mail of a run ended; "none" where the answer was not noted."""
        assert_whole(run.desk)
        arrived = count_of(server, run, "ann@example.com")
        answers = [mail for mail in mails(run.desk) if mail.kind == "reply"]
        found = rows(run.found / "desk.db")
        if found == tried.before:
            assert (answers, arrived) == ([], 0), run
            assert run.code != 0, run
            return "none"
        assert found.tables == tried.wanted.tables, run
        assert "nothing was changed" not in run.err, run
        assert run.code != 4 or "do not send it again" in run.err, run
        (answer,) = answers
        assert answer.state in ("sent", "uncertain"), run
        assert arrived == 1 or (answer.state, arrived) == ("uncertain", 0), run
        assert run.code != 0 or answer.state == "sent", run
        return answer.state
