"""1,438 real messages go in by the command line; what comes out is what the oracle says.

The oracle (tests/oracle.py) imports nothing of cxdesk. Both keep what was said after the clock's
now: a message is a fact.
"""

from __future__ import annotations

import csv
import functools
import sqlite3
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest

from cxdesk.cli.app import built
from tests import oracle
from tests.cli.played import Home
from tests.data import break_twcs

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2017, 11, 30, 12, tzinfo=UTC)
MAPS = [f"--map={field}={column}" for field, column in oracle.COLUMNS.items()]
WORDS = oracle.WORDS
ALL_TIME = datetime(2011, 1, 1, tzinfo=UTC)
OVERDUE = {"open": "overdue"}
BROKEN_IDS = {one.id for one in break_twcs.BREAKS}

Figures = dict[str, Any]


def imported(home: Home, file: Path | str, *options: str) -> Any:
    return home.json("import", "conversations", str(file), *MAPS, *options)


def said(file: Path) -> list[oracle.Said]:
    return oracle.read(str(file), oracle.COLUMNS)


def expected(messages: list[oracle.Said]) -> Figures:
    """The oracle's figures; messages are told by their texts, as `show` tells them."""
    texts = {one.id: one.text for one in messages}
    desk = oracle.desk(messages, now=NOW)
    figures: Figures = oracle.figures(desk)
    for one in figures["each"]:
        one["messages"] = [texts[number] for number in one["messages"]]
    figures["report_of_all_time"] = oracle.report_promises(desk, ALL_TIME)
    return figures


# The same figures from what cxdesk says ----------------------------------------------------------


def told(home: Home, created: int) -> Figures:
    """What `inquiries`, `show`, `due`, `search`, `advise` and `report promises` say."""
    numbers = sorted(one["number"] for one in home.json("inquiries")["inquiries"])
    with mock.patch("cxdesk.cli.app.built", functools.cache(built)):
        shown = [home.json("show", str(number)) for number in numbers]
    every = [_one(one) for one in shown]
    checks = [one["check"] for one in every if one["check"]]
    promises = [promise for one in every for promise in one["promises"]]
    items = loud(home.json("due", "--all")["items"], shown)
    return {
        "customers": len(home.json("customer", "list")["customers"]),
        "inquiries": len(shown),
        "without_customer": sum(one["customer"] is None for one in shown),
        "messages": created,
        "message_rows": sum(len(one["messages"]) for one in shown),
        "by_status": _counted(every, "status", ("open", "waiting", "answered", "closed")),
        "promises": len(promises),
        "by_state": _counted(promises, "state", ("kept", "kept_late", "open", "overdue")),
        "chased": sum(one["chased"] for one in shown),
        "reopened": sum(one["reopened"] for one in shown),
        "loud_checks": sum(check["loud"] for check in checks),
        "quiet_checks": sum(not check["loud"] for check in checks),
        "due": _counted(items, "state", ("late", "today", "next", "later")),
        "count": home.json("due", "--count")["count"],
        "search": {word: _found(home, word) for word in WORDS},
        "advise": home.json("advise", "social")["channels"][0],
        "report_promises": home.json("report", "promises")["channels"][0],
        "report_of_all_time": home.json("report", "promises", "--since", "2011-01-01")["channels"][
            0
        ],
        "items": [_item(item, numbers) for item in items],
        "each": every,
    }


def loud(items: list[Figures], shown: list[Figures]) -> list[Figures]:
    """Without the quiet checks, which only `--all` brings up."""
    quiet = {plan["number"] for one in shown for plan in one["follow_ups"] if plan["quiet"]}
    return [item for item in items if item["kind"] != "check" or item["number"] not in quiet]


def _counted(things: list[Figures], key: str, values: tuple[str, ...]) -> dict[str, int]:
    found = [thing[key] for thing in things]
    return {value: found.count(value) for value in values}


def _found(home: Home, words: str) -> int:
    return len(home.json("search", words, "--in", "inquiry", "--limit", "10000")["hits"])


def _one(shown: Figures) -> Figures:
    """An inquiry as the oracle tells it."""
    checks = [f for f in shown["follow_ups"] if f["kind"] == "check" and f["state"] == "open"]
    closed = shown["status"] == "closed"
    return {
        "customer": shown["customer"]["name"] if shown["customer"] else None,
        "messages": [one["text"] for one in shown["messages"]],
        "status": shown["status"],
        "opened_at": _utc(shown["opened_at"]),
        "first_reply_at": _utc(shown["first_reply_at"]),
        "closed_at": _utc(shown["closed_at"]),
        "chased": shown["chased"],
        "reopened": shown["reopened"],
        "check": None if closed or not checks else _check(*checks),
        "promises": [_promise(one) for one in shown["promises"]],
    }


def _check(check: Figures) -> Figures:
    return {"loud": not check["quiet"], "due_at": _utc(check["due_at"])}


def _promise(promise: Figures) -> Figures:
    late = promise["late_minutes"] is not None
    state = promise["state"]
    instants = {key: _utc(promise[key]) for key in ("made_at", "due_at", "kept_at")}
    minutes = ("early_minutes", "late_minutes", "late_business_minutes")
    return {
        **instants,
        "state": OVERDUE.get(state, state) if late else state,
        **{key: promise[key] for key in minutes},
    }


def _item(item: Figures, numbers: list[int]) -> Figures:
    return {
        "kind": item["kind"],
        "state": item["state"],
        "due_at": _utc(item["due_at"]),
        "customer": item["customer"]["name"],
        "nth_inquiry": numbers.index(item["inquiry"]) + 1,
        "late_minutes": item["late_minutes"],
    }


def _utc(instant: str | None) -> str | None:
    return datetime.fromisoformat(instant).astimezone(UTC).isoformat() if instant else None


def comparable(figures: Figures) -> Figures:
    """Without what only one of the two can say."""
    left_out = ("first_message", "chased")
    items = [{k: v for k, v in item.items() if k not in left_out} for item in figures["items"]]
    return figures | {"items": items}


# The comparison ----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    made = Home(tmp_path_factory.mktemp("twcs"), NOW.isoformat())
    assert imported(made, break_twcs.SAMPLE)["created"] == 1438
    return made


@pytest.fixture(scope="module")
def both(home: Home) -> tuple[Figures, Figures]:
    return told(home, 1438), comparable(expected(said(break_twcs.SAMPLE)))


class TestTheSample:
    def test_every_figure_is_the_oracle_s(self, both: tuple[Figures, Figures]) -> None:
        ours, theirs = both

        assert ours.keys() == theirs.keys()
        assert {key for key in ours if ours[key] != theirs[key]} == set()

    def test_the_figures_are_not_empty(self, both: tuple[Figures, Figures]) -> None:
        """So that two who say nothing do not agree."""
        _, theirs = both

        assert (theirs["inquiries"], theirs["customers"], theirs["messages"]) == (413, 405, 1438)
        assert theirs["by_state"] == {"kept": 586, "kept_late": 22, "open": 1, "overdue": 83}
        assert (theirs["chased"], theirs["reopened"], theirs["loud_checks"]) == (87, 237, 138)
        assert theirs["search"]["dm"] == 129

    def test_promise_by_promise(self, both: tuple[Figures, Figures]) -> None:
        ours, theirs = both

        for mine, other in zip(ours["each"], theirs["each"], strict=True):
            assert mine == other

    def test_what_is_due_stands_in_the_oracle_s_order(self, both: tuple[Figures, Figures]) -> None:
        ours, theirs = both

        for mine, other in zip(ours["items"], theirs["items"], strict=True):
            assert mine == other

    def test_a_customer_is_found_by_the_handle_they_write_under(self, home: Home) -> None:
        assert home.json("show", "115712") == home.json("show", "c-115712")
        assert home.json("show", "@115712")["name"] == "115712"

    def test_without_options_due_is_what_is_due_within_the_week(self, home: Home) -> None:
        items, everything = (home.json("due", *more)["items"] for more in ((), ("--all",)))
        quiet = [item for item in everything if item not in items]
        shown = [home.json("show", str(item["inquiry"])) for item in quiet]

        assert {item["state"] for item in items} == {"late", "next"}
        assert items == loud(everything, shown)

    def test_lists_can_be_narrowed(self, home: Home, both: tuple[Figures, Figures]) -> None:
        _, theirs = both
        for status, count in theirs["by_status"].items():
            assert len(home.json("inquiries", "--status", status)["inquiries"]) == count
        since = [one for one in theirs["each"] if one["opened_at"] >= "2017-11-01"]
        listed = home.json("inquiries", "--since", "2017-11-01")["inquiries"]

        assert len(listed) == len(since)
        assert len(home.json("inquiries", "--who", "someone")["inquiries"]) == 2


class TestAgain:
    def test_the_same_file_brings_nothing_new(self, home: Home) -> None:
        before = dump(home)
        again = imported(home, break_twcs.SAMPLE)

        assert (again["created"], again["unchanged"]) == (0, 1438)
        assert dump(home) == before

    def test_two_halves_give_the_customers_and_messages_of_the_whole(
        self, home: Home, tmp_path: Path
    ) -> None:
        halves = Home(tmp_path, NOW.isoformat())
        counts = [imported(halves, half)["created"] for half in split(tmp_path)]

        assert counts == [719, 719]
        assert people_and_messages(halves) == people_and_messages(home)

    def test_a_half_each_as_it_was_said_gives_the_promises_of_the_whole(
        self, tmp_path: Path, both: tuple[Figures, Figures]
    ) -> None:
        """All but for one customer who answers what we wrote to another: that the two belong to
        one thread is not kept, so a third message of theirs begins an inquiry."""
        older, newer = split(tmp_path)
        halves = Home(tmp_path, max(one.at for one in said(older)).isoformat())
        imported(halves, older)
        halves.now = NOW.isoformat()
        imported(halves, newer)
        ours, theirs = told(halves, 1438)["each"], both[1]["each"]

        assert {one["customer"] for one in ours if one not in theirs} == {"115911"}
        assert {one["customer"] for one in theirs if one not in ours} == {"115911"}
        assert len(ours) == len(theirs) + 1

    def test_a_dry_run_says_so_and_writes_nothing(self, tmp_path: Path) -> None:
        home = Home(tmp_path, NOW.isoformat())

        assert imported(home, break_twcs.SAMPLE, "--dry-run")["created"] == 1438
        assert list(tmp_path.iterdir()) == []

    def test_one_undo_takes_all_of_it_back(self, tmp_path: Path) -> None:
        home = Home(tmp_path, NOW.isoformat())
        imported(home, break_twcs.SAMPLE)
        home.json("undo")

        assert home.json("inquiries")["inquiries"] == []
        assert home.json("customer", "list")["customers"] == []


class TestTheBrokenCopy:
    def test_the_committed_copy_is_as_it_is_made(self) -> None:
        assert break_twcs.BROKEN.read_bytes() == break_twcs.broken()

    def test_is_refused_whole_with_each_of_its_ten_lines(self, tmp_path: Path) -> None:
        home = Home(tmp_path, NOW.isoformat())
        words = ("import", "conversations", str(break_twcs.BROKEN), *MAPS)
        told = home.json(*words, code=1)["error"]

        assert told["message"] == "10 of 1438 rows cannot be read; nothing was imported."
        assert told["hint"] == "Mend them, or go on without them: --skip-bad"
        assert [(one["line"], one["column"]) for one in told["problems"]] == broken_places()
        for problem, broken in zip(told["problems"], break_twcs.BREAKS, strict=True):
            assert broken.says in problem["message"]
        assert list(tmp_path.iterdir()) == []

    def test_a_person_is_told_the_same_lines(self, tmp_path: Path) -> None:
        ran = Home(tmp_path, NOW.isoformat()).run(
            "import", "conversations", str(break_twcs.BROKEN), *MAPS
        )

        first, *listed, last = ran.err.splitlines()
        assert first.startswith("10 of 1438 rows cannot be read")
        assert [int(line.split()[1].rstrip(",:")) for line in listed] == [
            line for line, _ in broken_places()
        ]
        assert last.endswith("--skip-bad")

    def test_the_rest_of_it_is_what_the_oracle_makes_of_the_rest(self, tmp_path: Path) -> None:
        home = Home(tmp_path, NOW.isoformat())
        answer = imported(home, break_twcs.BROKEN, "--skip-bad")
        rest = [one for one in said(break_twcs.SAMPLE) if one.id not in BROKEN_IDS]
        ours, theirs = told(home, answer["created"]), comparable(expected(rest))

        assert len(answer["problems"]) == 10
        assert {key for key in ours if ours[key] != theirs[key]} == set()


def broken_places() -> list[tuple[int, str | None]]:
    """The line and column of each break."""
    lines = break_twcs.SAMPLE.read_text(encoding="utf-8").split("\n")
    found = []
    for one in break_twcs.BREAKS:
        at = next(at for at, line in enumerate(lines) if line.split(",")[1:2] == [one.id])
        found.append((at + 1, one.column))
    return found


def split(folder: Path) -> list[Path]:
    """The sample in two files, the older half and the newer."""
    with break_twcs.SAMPLE.open(encoding="utf-8", newline="") as file:
        header, *rows = csv.reader(file)
    order = {one.id: one.at for one in said(break_twcs.SAMPLE)}
    rows.sort(key=lambda row: order[row[header.index("tweet_id")]])
    halves = []
    for name, half in (("older", rows[:719]), ("newer", rows[719:])):
        halves.append(folder / f"{name}.csv")
        with halves[-1].open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, *half])
    return halves


def rows_of(home: Home, query: str) -> list[tuple[Any, ...]]:
    link = sqlite3.connect(home.store)
    try:
        return link.execute(query).fetchall()
    finally:
        link.close()


def people_and_messages(home: Home) -> list[tuple[Any, ...]]:
    return rows_of(
        home,
        "SELECT c.name, m.source, m.said_at, m.direction, m.text FROM message m"
        " LEFT JOIN customer c ON c.id = m.customer_id ORDER BY m.source, c.name",
    )


def dump(home: Home) -> list[str]:
    link = sqlite3.connect(home.store)
    try:
        return list(link.iterdump())
    finally:
        link.close()
