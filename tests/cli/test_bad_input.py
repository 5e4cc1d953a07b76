"""Bad input by the command line: one line and what to type, the right exit code, nothing lost and
nothing half done. safety.md says what; every test here is one of its sentences."""

from __future__ import annotations

import json
import os
import shlex
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from cxdesk.desk import contacts
from tests.cli.played import Home
from tests.running import Ran, cxdesk, on_terminal, surroundings

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = str(Path(sys.executable).with_name("cxdesk"))
OSC = "\x1b]52;c;aGk=\x07"
HOSTILE = f"{OSC}Bob [/x] [link=http://x]y[/link] :smile: \x1b[31m\x9b2J\u202eyaR\u200b"
READ_ONLY = (("due",), ("show", "1"), ("search", "key"), ("inquiries",), ("customer", "list"))


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A desk: Ann Lee (1) and Ann Marsh (3) wait for replies, Bob (5) has two things open."""
    home = Home(tmp_path_factory.mktemp("pattern"))
    home.done("log", "Ann Lee", "Invoice shows VAT twice")
    home.done("log", "Ann Marsh", "Do you mend chairs?")
    home.done("log", "Bob Ray", "Lost a key", "--phone", "020 7946 0123")
    home.done("promise", "bob", "fri", "paint the box")
    return home.store.read_bytes()


@pytest.fixture
def home(tmp_path: Path, pattern: bytes) -> Home:
    made = Home(tmp_path)
    made.store.write_bytes(pattern)
    return made


def dump(home: Home) -> list[str]:
    link = sqlite3.connect(home.store)
    try:
        return list(link.iterdump())
    finally:
        link.close()


def is_told(ran: Ran) -> None:
    """One line that says what is wrong, one that says what to type; nothing on stdout."""
    assert ran.out == ""
    lines = ran.err.splitlines()
    assert len(lines) == 2, ran.err
    assert all(line.strip() for line in lines)
    assert "Traceback" not in ran.err


class TestStrangersText:
    def test_a_name_is_shown_and_never_obeyed(self, home: Home) -> None:
        home.done("log", HOSTILE, HOSTILE, "--new")

        for words in (("due",), ("show", "8"), ("customer", "list"), ("search", "smile")):
            ran = home.run(*words)
            assert not set("\x1b\x9b\x07\u202e\u200b") & set(ran.out + ran.err)
            assert "\\x1b]52;c;aGk=\\x07Bob [/x] [link=http://x]y[/link] :smile:" in ran.out

    @pytest.mark.parametrize("words", [("due",), ("show", "8"), ("search", "smile")])
    def test_nor_on_a_terminal(self, home: Home, words: tuple[str, ...]) -> None:
        home.done("log", HOSTILE, HOSTILE, "--new")
        ran = on_terminal(home.folder, *words, COLUMNS="200")

        assert ran.code == 0
        assert not set("\x9b\x07\u202e\u200b") & set(ran.out)
        assert "\x1b]" not in ran.out
        assert "\x1b[31m" not in ran.out
        assert "[/x] [link=http://x]y[/link] :smile:" in ran.out

    def test_json_is_exact_and_still_safe_to_print(self, home: Home) -> None:
        home.done("log", "Eve", HOSTILE)
        ran = home.run("show", "8", "--json")

        assert json.loads(ran.out)["messages"][0]["text"] == HOSTILE
        assert not set("\x1b\x9b\x07\u202e\u200b") & set(ran.out)

    @pytest.mark.parametrize(
        "words",
        [
            ("show", HOSTILE),
            ("due", "--within", HOSTILE),
            ("log", "ann-lee", "x", "--via", HOSTILE),
            ("--desk", HOSTILE, "show", "1"),
            (HOSTILE,),
            ("due", f"--{HOSTILE}"),
            ("hours", "zone", HOSTILE),
        ],
    )
    def test_errors_show_what_was_typed_and_obey_nothing(
        self, home: Home, words: tuple[str, ...]
    ) -> None:
        ran = home.run(*words)

        assert ran.code in (2, 3)
        assert not set("\x1b\x9b\x07\u202e") & set(ran.err)
        assert "Traceback" not in ran.err

    @pytest.mark.parametrize("words", ["it's", "C++", '"', "AND", "foo-bar", "a@b.c", "100%", "*"])
    def test_every_search_just_searches(self, home: Home, words: str) -> None:
        ran = home.run("search", words)

        assert ran.code in (0, 2)
        assert "went wrong" not in ran.err

    def test_text_with_nul_is_refused(self, home: Home) -> None:
        ran = home.run("log", "ann-lee", "-", text="a\0b")

        assert ran.code == 2
        is_told(ran)


class TestRefusals:
    @pytest.mark.parametrize(
        "code, line",
        [
            (2, "log ann-lee x --by someday"),
            (2, "log ann-lee 'x by:someday'"),
            (2, "log ann-lee x --at tomorrow"),
            (2, "log ann-lee x --follow yesterday"),
            (2, "log ann-lee x --by mon --solved"),
            (2, "log ann-lee x --out --answered"),
            (2, "log ann-lee x --answered --missed"),
            (2, "log ann-lee x --what something"),
            (2, "log ann-lee x --mood furious"),
            (2, "log ann-lee x --stars 6"),
            (2, "log ann-lee ''"),
            (2, "log ann-lee x --email nowhere"),
            (2, "log '' x"),
            (2, "log Zoe Zimmer has a question"),
            (2, "promise bob"),
            (2, "promise bob fri at the door"),
            (2, "promise Zoe fri mend the chair"),
            (2, "promise someone fri x"),
            (2, "follow ann-lee 2w x --every fortnightish"),
            (2, "follow ann-lee 2w x --every 2w --after-done 2w"),
            (2, "reply 1 x --wait --solved"),
            (2, "reply 1 x --missed --by fri"),
            (2, "reply 1 ''"),
            (2, "move 1 fri"),
            (2, "move 1 fri foo --told"),
            (2, "move 1 yesterday --told"),
            (2, "drop 1"),
            (2, "solved 1 --rating 0"),
            (2, "due --within soon"),
            (2, "when 25:99"),
            (2, "hours set mon-fri 25:00-26:00"),
            (2, "hours set someday 09:00-17:00"),
            (2, "hours zone Mars/Olympus"),
            (2, "hours close 28 dec to 25 dec"),
            (2, "channel set email --policy soon"),
            (2, "channel set email"),
            (2, "customer edit ann-lee --fact size"),
            (2, "customer edit ann-lee --stage friend"),
            (2, "customer edit ann-lee --phone 12"),
            (2, "inquiries --status new"),
            (2, "search '!!'"),
            (2, "search key --in cupboard"),
            (2, "import conversations nowhere.csv"),
            (2, "reply 1 x --yesterday"),
            (2, "frobnicate"),
            (3, "show nobody"),
            (3, "show 99"),
            (3, "log ann x"),
            (3, "log bobb x"),
            (3, "log bo x"),
            (3, "reply bo x"),
            (3, "reply ann x"),
            (3, "done bob"),
            (3, "done 1 99"),
            (3, "move bob fri --told"),
            (3, "log ann-lee x --via pigeon"),
            (3, "log ann-lee 'x via:pigeon'"),
            (3, "follow ann-lee 2w x --via pigeon"),
            (3, "channel set pigeon --policy 2bd"),
            (3, "inquiries --channel pigeon"),
            (3, "customer edit ann-lee --prefers pigeon"),
            (3, "customer edit someone --name x"),
            (3, "advise pigeon"),
            (1, "wait 1"),
            (3, "solved bob-ray-the-second"),
            (1, "redo"),
            (1, "init"),
        ],
    )
    def test_one_line_and_what_to_type_and_nothing_is_changed(
        self, home: Home, code: int, line: str
    ) -> None:
        before = dump(home)
        ran = home.run(*shlex.split(line))
        told = home.run(*shlex.split(line), "--json")

        assert (ran.code, told.code) == (code, code)
        is_told(ran)
        assert told.out == ""
        error = json.loads(told.err)["error"]
        assert error.keys() >= {"code", "message", "hint"}
        assert ran.err == f"{error['message']}\n{error['hint']}\n"
        assert dump(home) == before

    def test_several_are_listed_by_what_one_types(self, home: Home) -> None:
        assert "ann-lee, ann-marsh" in home.run("show", "ann").err
        assert "6 reply" in home.run("done", "bob").err

    def test_whoever_is_named_whole_is_taken(self, home: Home) -> None:
        assert home.json("log", "ann", "lee", "hello", "--apart")["customer"]["name"] == "Ann Lee"
        assert home.json("log", "Lee", "hello", "--apart")["customer"]["name"] == "Ann Lee"
        assert home.json("show", "l")["name"] == "Ann Lee"

    def test_two_of_one_name_are_told_apart_by_their_handles(self, home: Home) -> None:
        home.done("log", "Ann Lee", "another Ann Lee", "--new")

        assert home.run("show", "Ann Lee").code == 3
        assert home.json("show", "ann-lee")["handle"] == "ann-lee"
        assert home.json("show", "ann-lee-2")["handle"] == "ann-lee-2"

    def test_without_a_desk_a_refusal_makes_none(self, tmp_path: Path) -> None:
        home = Home(tmp_path)

        for words in (("show", "ann"), ("reply", "ann", "x"), ("done", "1"), ("undo",)):
            ran = home.run(*words)
            assert ran.code in (1, 3)
            is_told(ran)
        assert list(tmp_path.iterdir()) == []


def foreign(path: Path, pattern: bytes) -> None:
    link = sqlite3.connect(path)
    link.execute("CREATE TABLE theirs (a)")
    link.commit()
    link.close()


def of_a_later_version(path: Path, pattern: bytes) -> None:
    path.write_bytes(pattern[:60] + (999).to_bytes(4, "big") + pattern[64:])


def damaged(path: Path, pattern: bytes) -> None:
    path.write_bytes(pattern[:4096] + os.urandom(len(pattern) - 4096))


def cut(path: Path, pattern: bytes) -> None:
    path.write_bytes(pattern[: len(pattern) // 3 // 4096 * 4096])


STORES: dict[str, tuple[Callable[[Path, bytes], Any], str]] = {
    "empty": (lambda path, _: path.touch(), "is not a cxdesk desk"),
    "text": (lambda path, _: path.write_text("Dear diary,\n" * 50), "is not a cxdesk desk"),
    "foreign": (foreign, "is a database of another program"),
    "newer": (of_a_later_version, "is of version 999"),
    "damaged": (damaged, "is damaged"),
    "cut": (cut, "is damaged"),
    "folder": (lambda path, _: path.mkdir(), "is not a cxdesk desk"),
}


class TestStores:
    @pytest.mark.parametrize("kind", STORES)
    @pytest.mark.parametrize("words", [*READ_ONLY, ("log", "Ann", "hello"), ("reply", "1", "x")])
    def test_one_that_is_not_ours_is_refused_and_stays_as_it_was(
        self, tmp_path: Path, pattern: bytes, kind: str, words: tuple[str, ...]
    ) -> None:
        make, says = STORES[kind]
        home = Home(tmp_path)
        make(home.store, pattern)
        before = home.store.read_bytes() if home.store.is_file() else b""
        ran = home.run(*words)

        assert ran.code == 4, ran
        is_told(ran)
        assert says in ran.err
        assert (home.store.read_bytes() if home.store.is_file() else b"") == before

    def test_a_place_where_none_can_be_made(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        ran = Home(tmp_path).run("log", "Ann", "hello", CXDESK_HOME=str(tmp_path / "file"))

        assert ran.code == 4
        is_told(ran)

    @pytest.mark.parametrize("words", READ_ONLY)
    def test_reading_leaves_every_byte(self, home: Home, words: tuple[str, ...]) -> None:
        before = home.store.read_bytes()
        home.done(*words)

        assert home.store.read_bytes() == before

    def test_a_mistake_of_ours_is_reported_without_a_word_of_theirs(
        self, home: Home, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def breaks(*_: object, **__: object) -> None:
            raise ZeroDivisionError("Ann Lee owes a pomegranate")

        before = dump(home)
        monkeypatch.setattr(contacts, "log", breaks)
        ran = home.run("log", "ann-lee", "I owe you a pomegranate")
        report = home.folder / "error-report.txt"

        assert ran.code == 1
        is_told(ran)
        assert "ZeroDivisionError" in ran.err
        assert str(report) in ran.err
        assert stat.S_IMODE(report.stat().st_mode) == 0o600
        assert not any(
            word in ran.err + report.read_text() for word in ("Ann", "Lee", "pomegranate")
        )
        assert dump(home) == before


def typed(home: Home, line: str, **more: str) -> Ran:
    """A line of bash; `$C` is cxdesk."""
    done = subprocess.run(
        ["bash", "-c", line],
        env=surroundings(home.folder, C=PROGRAM, **more),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return Ran(done.returncode, done.stdout, done.stderr)


class TestSurroundings:
    def test_a_reader_that_goes_away_is_nobodys_error(self, home: Home) -> None:
        home.done("log", "Eve", "long " * 40_000)
        ran = typed(home, '"$C" show eve --full --json | head -n1; echo "${PIPESTATUS[0]}"')

        assert ran.out == "{\n0\n"
        assert ran.err == ""

    @pytest.mark.parametrize("how", [">&-", ">&- 2>&-", "<&-"])
    @pytest.mark.parametrize("words", ["due", "log ann-lee hello --apart", "show nobody"])
    def test_closed_streams_are_no_reason_to_fail(self, home: Home, how: str, words: str) -> None:
        ran = typed(home, f'"$C" {words} {how}')

        assert ran.code == (3 if words == "show nobody" else 0)
        assert "Traceback" not in ran.err
        assert len(home.json("inquiries")["inquiries"]) == (4 if words.startswith("log") else 3)

    def test_a_full_disk_behind_the_answer_is_told(self, home: Home) -> None:
        ran = typed(home, '"$C" due > /dev/full')

        assert ran.code == 4
        assert ran.err == "The answer cannot be written: No space left on device.\n"

    def test_even_when_nothing_can_be_told(self, home: Home) -> None:
        assert typed(home, '"$C" due > /dev/full 2>&1').code == 4

    @pytest.mark.parametrize("how", ["PYTHONIOENCODING=ascii", "LC_ALL=C PYTHONCOERCECLOCALE=0"])
    def test_a_terminal_that_knows_ascii_only(self, home: Home, how: str) -> None:
        home.done("log", "Zoë Müller", "Größe — ½ 😀", "--new")
        for words in ("due", "show zoe", "due --json", 'show "Zoë M"'):
            ran = typed(home, f'{how} "$C" {words}')
            assert ran.code == 0, ran.err
            assert "Traceback" not in ran.err
        told = typed(home, 'PYTHONIOENCODING=ascii "$C" show zoe --json')
        assert json.loads(told.out)["name"] == "Zoë Müller"

    def test_with_no_environment_at_all(self, home: Home) -> None:
        ran = typed(home, f'env -i PATH=/usr/bin:/bin CXDESK_HOME="{home.folder}" "$C" inquiries')

        assert ran.code == 0
        assert len(ran.out.splitlines()) == 3

    @pytest.mark.skipif(
        subprocess.run(["unshare", "-n", "true"], capture_output=True, check=False).returncode != 0,
        reason="only root may take the network away",
    )
    def test_without_a_network(self, home: Home) -> None:
        assert typed(home, 'unshare -n "$C" log ann-lee "hello" --apart').code == 0
        assert typed(home, 'unshare -n "$C" due').code == 0

    @pytest.mark.parametrize(
        "line", ["drop 1", "move 1 fri", "move 6 fri", "log ann hello", "log bobb hello"]
    )
    def test_without_a_terminal_nothing_is_asked(self, home: Home, line: str) -> None:
        before = dump(home)
        ran = typed(home, f'"$C" {line} < /dev/null')

        assert ran.code in (2, 3)
        is_told(ran)
        assert dump(home) == before

    @pytest.mark.parametrize("now", ["tomorrow", "2026-11-23", "2026-11-23T09:05:00", "0"])
    def test_a_clock_that_cannot_be_read(self, home: Home, now: str) -> None:
        ran = home.run("due", CXDESK_NOW=now)

        assert ran.code == 2
        is_told(ran)


MESSAGES = "id,author,direction,at,text,reply_to\n"
GOOD = "a1,Zoë,in,2026-11-02 10:00,Größe?,\n"
FILES: dict[str, tuple[bytes, int, str]] = {
    "nothing": (b"", 4, "no header row"),
    "a header alone": (MESSAGES.encode(), 0, "0\tcreated"),
    "UTF-16": ((MESSAGES + GOOD).encode("utf-16"), 0, "1\tcreated"),
    "a byte order mark": ((MESSAGES + GOOD).encode("utf-8-sig"), 0, "1\tcreated"),
    "Windows": ((MESSAGES + GOOD).encode("cp1252"), 0, "1\tcreated"),
    "semicolons": ((MESSAGES + GOOD).replace(",", ";").encode(), 0, "1\tcreated"),
    "CRLF": ((MESSAGES + GOOD).replace("\n", "\r\n").encode(), 0, "1\tcreated"),
    "NUL": ((MESSAGES + GOOD + GOOD.replace("a1", "a\0")).encode(), 1, "line 3, id"),
    "a ragged row": ((MESSAGES + GOOD + "a2,Zoe\n").encode(), 1, "line 3: 2 cells"),
    "an open quote": ((MESSAGES + GOOD + 'a2,Zoe,in,"2026').encode(), 1, "line 3, at"),
    "no such day": ((MESSAGES + GOOD.replace("11-02", "11-31")).encode(), 1, "line 2, at"),
    "the future": ((MESSAGES + GOOD.replace("2026", "2126")).encode(), 1, "line 2, at"),
    "the same id": ((MESSAGES + GOOD + GOOD).encode(), 1, "line 3, id"),
    "a circle": ((MESSAGES + GOOD.replace(",\n", ",a1\n")).encode(), 1, "line 2, reply_to"),
    "a spreadsheet": (b"PK\x03\x04" + bytes(60), 4, "spreadsheet"),
    "binary": (bytes(range(256)) * 4, 4, "not text"),
    "other columns": (b"name,age\nAnn,3\n", 2, "no column for id"),
}


class TestFiles:
    @pytest.mark.parametrize("kind", FILES)
    def test_right_or_one_line_and_never_half(self, home: Home, kind: str) -> None:
        data, code, says = FILES[kind]
        file = home.folder / "messages.csv"
        file.write_bytes(data)
        before = dump(home)
        ran = home.run("import", "conversations", str(file))

        assert ran.code == code, ran
        assert says in ran.out + ran.err
        assert "Traceback" not in ran.err
        if "1\tcreated" in ran.out:
            assert home.json("show", "zoe")["inquiries"][0]["subject"] == "Größe?"
        else:
            assert dump(home) == before

    @pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "fifo"])
    def test_what_is_no_file_is_refused_at_once(
        self, home: Home, make: Callable[[Path], None]
    ) -> None:
        place = home.folder / "messages.csv"
        make(place)
        for path in (str(place), "/dev/zero"):
            ran = home.run("import", "conversations", path)
            assert ran.code == 2
            is_told(ran)

    def test_formulas_of_strangers_come_in_as_text(self, home: Home) -> None:
        file = home.folder / "messages.csv"
        text = "a1,=cmd|'/c calc'!A1,in,2026-11-02 10:00,\"'=1+1\",\n"
        file.write_text(MESSAGES + text, encoding="utf-8")
        home.done("import", "conversations", str(file))

        (found,) = home.json("search", "calc", "--in", "inquiry")["hits"]
        shown = home.json("show", str(found["number"]))
        assert shown["customer"]["name"] == "=cmd|'/c calc'!A1"
        assert shown["messages"][0]["text"] == "=1+1"

    def test_ctrl_c_leaves_the_desk_as_it_was(self, home: Home) -> None:
        file = home.folder / "messages.csv"
        rows = (f"m{n},Kim {n},in,2026-11-02 10:00,Question {n},\n" for n in range(40_000))
        file.write_text(MESSAGES + "".join(rows), encoding="utf-8")
        before = dump(home)
        with subprocess.Popen(
            [PROGRAM, "import", "conversations", str(file)],
            env=surroundings(home.folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        ) as process:
            self._wait_until_it_writes(home, process)
            process.send_signal(signal.SIGINT)
            out, err = process.communicate(timeout=60)

        assert (process.returncode, out, err) == (130, "", "Stopped.\n")
        assert dump(home) == before
        assert home.run("due", "--count").out == "3\n"

    @staticmethod
    def _wait_until_it_writes(home: Home, process: subprocess.Popen[str]) -> None:
        """Until the lock is taken: another writer is turned away."""
        link = sqlite3.connect(home.store, timeout=0, isolation_level=None)
        try:
            while process.poll() is None:
                link.execute("BEGIN IMMEDIATE")
                link.execute("ROLLBACK")
                time.sleep(0.02)
        except sqlite3.OperationalError:
            return
        finally:
            link.close()
        pytest.fail("it ended before anybody could press Ctrl-C")

    def test_ctrl_c_before_anything_is_begun(self, home: Home) -> None:
        program = (
            "import cxdesk.__main__ as it\n"
            "def stopped(_): raise KeyboardInterrupt\n"
            "it.main = stopped\n"
            "it.run()"
        )

        assert cxdesk(home.folder, program=program) == Ran(130, "", "Stopped.\n")
