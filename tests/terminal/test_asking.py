"""What else asks: pick lists of things, `move` whether they were told, `drop` whether to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.running import cxdesk
from tests.terminal.person import Person, kept

if TYPE_CHECKING:
    from pathlib import Path


def promises(home: Path, who: str) -> Any:
    return json.loads(cxdesk(home, "show", who, "--json").out)["promises"]


class TestMove:
    def test_enter_says_they_were_told(self, home: Path) -> None:
        with Person(home, "move", "1", "fri") as person:
            person.answers("Told them? [Y/n]")

            assert person.ends() == 0
            assert "moved to Fri 27 Nov 17:00" in person.shown
        assert promises(home, "1")[0]["told"] is True

    def test_or_not(self, home: Path) -> None:
        with Person(home, "move", "1", "fri") as person:
            person.answers("Told them? [Y/n]", "n")

            assert person.ends() == 0
        assert promises(home, "1")[0]["told"] is False

    def test_a_time_that_cannot_be_read_is_said_first(self, home: Path) -> None:
        with Person(home, "move", "1", "someday") as person:
            assert person.ends() == 2
            assert "Told them?" not in person.shown

    def test_a_plan_of_our_own_asks_nothing(self, home: Path) -> None:
        with Person(home, "move", "eve", "fri") as person:
            assert person.ends() == 0


class TestDrop:
    def test_enter_drops_nothing_that_is_owed(self, home: Path) -> None:
        before = kept(home)
        with Person(home, "drop", "bob") as person:
            person.answers("5 still owes: send the spare key. Drop it all the same? [y/N]")

            assert person.ends() == 1
            assert "Nothing was dropped." in person.shown
        assert kept(home) == before

    def test_yes_drops_it(self, home: Path) -> None:
        with Person(home, "drop", "bob") as person:
            person.answers("[y/N]", "y")

            assert person.ends() == 0
            assert "no longer owed: send the spare key" in person.shown


class TestPickLists:
    def test_of_several_things_one_is_done(self, home: Path) -> None:
        cxdesk(home, "promise", "bob", "fri", "paint the box")
        with Person(home, "done", "bob") as person:
            person.sees("Bob Ray has several open:").sees("send the spare key")
            person.sees("paint the box").answers("Which? [1]", "2")

            assert person.ends() == 0
            assert "Bob Ray: kept" in person.shown
        assert [p["what"] for p in promises(home, "bob")] == ["send the spare key"]

    def test_of_several_people_one_is_shown(self, home: Path) -> None:
        with Person(home, "show", "ann") as person:
            person.sees(" 1) Ann Lee (ann-lee), …999, last contact Mon 23 Nov")
            person.sees(" 2) Ann Lowe (ann-lowe), lowe@example.com, last contact Mon 23 Nov")
            person.answers("Which? [1]", "2")

            assert person.ends() == 0
            assert "Ann Lowe (ann-lowe), known since" in person.shown

    def test_with_no_input_they_are_listed_and_refused(self, home: Path) -> None:
        with Person(home, "show", "ann", "--no-input") as person:
            assert person.ends() == 3
            assert "ann-lee, ann-lowe" in person.shown
