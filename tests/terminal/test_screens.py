"""The screens as they are seen, each kept as text in screens/: widths, moods and poor terminals.

CXDESK_WRITE_GOLDEN=1 writes them anew; the diff is then read by whoever commits it.
"""

from __future__ import annotations

import shlex
import sqlite3
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.cli.goldens import IS_WRITING
from tests.running import cxdesk
from tests.terminal.person import Person

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parent / "screens"
WIDTHS = (20, 60, 80, 120, 400)
MONDAY = "2026-11-23T09:05:00+00:00"
BUSY = """
11-02T10:00 log "Old Friend" "Where is the stool?" --phone "020 7946 0555"
11-16T10:00 customer add "Kim & Sons" --email kim@example.com --stage prospect
11-16T10:10 log "Ivo Šimić" "Can you mend a drawer?" --answered
11-18T11:30 log "Ann Lee" "Where is my invoice?" --via email --phone "020 7946 0999"
11-18T15:10 reply "Ann Lee" "Attached, sorry for the wait." --solved --mood bad
11-19T09:40 log "Kim & Sons" "Is the quote for oak or ash?" --via email
11-19T09:50 log "Zoë Wood-Smith" "Which oil for the table?" --via email --email zoe@example.com
11-19T10:10 reply zoe "Which finish has it now?" --wait
11-20T09:20 log "Bob Ray" "Lost a key" --phone "020 7946 0123" --by "sat noon" --what "send it"
11-20T14:00 log "Ann Lee" "Invoice shows VAT twice" --apart --mood bad --tag vat
11-22T18:30 log bob "Has the key left yet?" --on bob
11-23T08:50 log "Dana Reyes" "Does the oak shelf come in 90 cm? She can't measure twice" \
--phone "020 7946 0311" --by "tue noon"
11-23T08:55 customer edit dana --likes "short calls" --prefers phone
11-23T09:00 follow kim 3d "ask about the oak"
"""
PLAYED = """
import ast, os, sys
from cxdesk.__main__ import main
for at, line in ast.literal_eval(sys.argv[1]):
    os.environ["CXDESK_NOW"] = f"2026-{at}:00+00:00"
    assert main([*line, "-q"]) == 0, line
"""
SCREENS = {
    "due": ["due"],
    "show": ["show", "dana"],
    "inquiry": ["show", "ann-lee", "--full"],
    "explain": ["show", "kim", "--explain"],
    "search": ["search", "oak"],
    "inquiries": ["inquiries"],
    "report": ["report", "promises"],
}


def played(home: Path, lines: Iterable[str]) -> Path:
    told = [(at, shlex.split(rest)) for at, rest in (line.split(" ", 1) for line in lines)]
    done = cxdesk(home, repr(told), program=PLAYED)
    assert done.code == 0, done.err
    return home


@pytest.fixture(scope="session")
def busy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return played(tmp_path_factory.mktemp("busy"), BUSY.strip().splitlines())


def seen(home: Path, *words: str, width: int = 80) -> str:
    with Person(home, *words, width=width, now=MONDAY) as person:
        assert person.ends() == 0
        return person.shown + "\n"


def check(name: str, text: str) -> None:
    path = FOLDER / f"{name}.txt"
    if IS_WRITING:
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8"), f"{name} is another screen now"


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("screen", SCREENS)
def test_at_every_width(screen: str, width: int, busy: Path) -> None:
    shown = seen(busy, *SCREENS[screen], width=width)

    check(f"{screen}-{width}", shown)
    assert max(len(line) for line in shown.splitlines()) <= width


@pytest.mark.parametrize("width", WIDTHS)
def test_time_name_and_number_are_never_lost(width: int, busy: Path) -> None:
    shown = " ".join(seen(busy, "due", width=width).split())

    for told in ("since Sat", "Bob Ray", "020 7946 0123", "by 10:00", "Ann Lee", "020 7946 0999"):
        assert told in shown


@pytest.mark.parametrize("term, no_color", [("xterm-256color", "1"), ("dumb", ""), ("dumb", "1")])
@pytest.mark.parametrize("screen", ["due", "show"])
def test_without_colours_it_says_the_same(
    screen: str, term: str, no_color: str, busy: Path
) -> None:
    with Person(busy, *SCREENS[screen], now=MONDAY, TERM=term, NO_COLOR=no_color) as person:
        assert person.ends() == 0
        assert "\x1b[3" not in person.heard
        check(f"{screen}-80", person.shown + "\n")


class TestDue:
    def test_an_empty_desk(self, tmp_path: Path) -> None:
        assert cxdesk(tmp_path, "init").code == 0

        check("due-empty", seen(tmp_path, "due"))

    def test_a_quiet_day(self, tmp_path: Path) -> None:
        lines = [
            '04-14T10:00 log "Kim & Sons" "A quote, please" --answered',
            '11-19T10:00 log "Ivo Šimić" "Can you mend a drawer?" --answered',
        ]

        check("due-quiet", seen(played(tmp_path, lines), "due"))

    def test_a_reminder_job_that_stopped_is_the_first_line(
        self, busy: Path, tmp_path: Path
    ) -> None:
        home = played(tmp_path, ['11-20T09:20 log "Bob Ray" "Lost a key" --phone "020 7946 0123"'])
        with sqlite3.connect(home / "desk.db") as link:
            link.execute("INSERT INTO run (started_at) VALUES ('2026-11-20T08:00:00+00:00')")
        link.close()

        shown = seen(home, "due")

        check("due-stopped", shown)
        assert shown.startswith("The reminder job last ran Fri 20 Nov 08:00")

    def test_what_is_late_for_weeks_folds(self, busy: Path) -> None:
        assert "There is 1 late for more than 10 business days" in seen(busy, "due")
        check("due-overdue", seen(busy, "due", "--overdue"))
