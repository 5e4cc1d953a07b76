"""Sentences of cli.md that the story does not tell: WHO, texts, options, channels, the demo."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from tests.cli.played import Home
from tests.running import cxdesk

KINDS = {
    "whatsapp": "chat",
    "sms": "chat",
    "signal": "chat",
    "instagram": "social",
    "facebook": "social",
    "google": "review",
    "trustpilot": "review",
    "etsy": "review",
    "shop": "visit",
    "studio": "visit",
    "letter": "post",
}


@pytest.fixture(scope="module")
def pattern(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    home = Home(tmp_path_factory.mktemp("pattern"))
    home.done("customer", "add", "Dana Reyes", "--phone", "020 7946 0311", "--alias", "4711")
    home.done("customer", "add", "Ann Lee", "--email", "ann@example.com", "--consent")
    home.done("customer", "add", "Jörg Müller", "--stage", "prospect", "--alias", "the organ man")
    return home.store.read_bytes()


@pytest.fixture
def home(tmp_path: Path, pattern: bytes) -> Home:
    made = Home(tmp_path)
    made.store.write_bytes(pattern)
    return made


class TestWho:
    @pytest.mark.parametrize(
        "who, name",
        [
            ("dana-reyes", "Dana Reyes"),
            ("DANA", "Dana Reyes"),
            ("reyes dana", "Dana Reyes"),
            ("020 7946 0311", "Dana Reyes"),
            ("+44 (20) 7946-0311", "Dana Reyes"),
            ("0044.20.7946.0311", "Dana Reyes"),
            ("02079460311", "Dana Reyes"),
            ("4711", "Dana Reyes"),
            ("Ann@Example.com", "Ann Lee"),
            ("muller", "Jörg Müller"),
            ("JORG", "Jörg Müller"),
            ("organ", "Jörg Müller"),
        ],
    )
    def test_leads_to_one_card(self, home: Home, who: str, name: str) -> None:
        assert home.json("log", who, "hello", "--apart")["customer"]["name"] == name

    @pytest.mark.parametrize("who", ["da", "dan", "rey", "mül", "an"])
    def test_reading_a_beginning_will_do(self, home: Home, who: str) -> None:
        assert home.run("show", who).code == 0

    @pytest.mark.parametrize("verb", ["log", "reply", "promise", "follow"])
    def test_for_what_makes_or_tells_it_is_only_near(self, home: Home, verb: str) -> None:
        home.done("log", "dana", "hello")
        ran = home.run(verb, "dan", *(("fri",) if verb in ("promise", "follow") else ("x",)))

        assert ran.code == 3
        assert "near: dana-reyes" in ran.err

    @pytest.mark.parametrize("who", ["dana", "danna", "reyez"])
    def test_new_makes_one_regardless(self, home: Home, who: str) -> None:
        ran = home.run("log", who, "hello", "--new")

        assert ran.code == 0
        assert f"New here: {who}" in ran.err

    def test_a_taken_handle_gets_a_number(self, home: Home) -> None:
        told = home.json("log", "Ann Lee", "hello", "--new")

        assert told["customer"]["handle"] == "ann-lee-2"
        assert told["warnings"] == ["ann-lee is taken; this one is ann-lee-2."]

    def test_a_number_of_the_desk_comes_before_an_alias(self, home: Home) -> None:
        home.done("log", "ann", "hello")
        home.done("customer", "edit", "dana", "--alias", "1")

        assert home.json("show", "1")["customer"]["name"] == "Ann Lee"

    def test_a_handle_is_never_all_digits(self, home: Home) -> None:
        assert home.json("log", "115712", "hi", "--new")["customer"]["handle"] == "c-115712"

    def test_a_new_address_becomes_the_card_s(self, home: Home) -> None:
        told = home.json("log", "eve@example.com", "hello")["customer"]

        assert (told["name"], told["emails"]) == ("eve", ["eve@example.com"])

    def test_someone_has_no_card_and_is_not_counted(self, home: Home) -> None:
        assert home.json("log", "someone", "asked the way")["customer"] is None
        assert len(home.json("customer", "list")["customers"]) == 3
        assert home.run("reply", "someone", "there").code == 3
        assert home.json("inquiries", "--who", "someone")["inquiries"][0]["customer"] is None

    def test_words_that_go_on_a_name_belong_to_it(self, home: Home) -> None:
        told = home.json("log", "dana", "reyes", "wants", "a", "shelf")

        assert told["inquiry"]["subject"] == "wants a shelf"

    def test_a_thing_is_named_by_whose_it_is_when_only_one_fits(self, home: Home) -> None:
        home.done("log", "dana", "hello")
        home.done("promise", "ann", "fri", "call back")

        assert home.json("done", "ann")["promises"][0]["state"] == "kept"
        assert home.json("reply", "dana", "yes")["inquiry"]["status"] == "answered"
        assert home.run("done", "ann").code == 1

    def test_a_promise_to_a_customer_alone_is_shown_by_its_number(self, home: Home) -> None:
        number = home.json("promise", "ann", "fri", "call back")["promises"][0]["number"]
        home.done("done", str(number))
        shown = home.json("show", str(number))

        assert shown["name"] == "Ann Lee"
        assert [(p["number"], p["state"]) for p in shown["promises"]] == [(number, "kept")]
        assert home.json("show", "ann")["promises"] == []


class TestTexts:
    def test_a_dash_reads_what_is_piped(self, home: Home) -> None:
        home.done("log", "dana", "-", text="Line one\nLine two\n")
        home.done("reply", "dana", "-", text="Yes.\n")
        home.done("promise", "ann", "fri", "-", text="call back\n")

        assert [m["text"] for m in home.json("show", "1")["messages"]] == [
            "Line one\nLine two",
            "Yes.",
        ]
        assert home.json("show", "ann")["promises"][0]["what"] == "call back"

    @pytest.mark.parametrize("said", ["", " \n\t\n"])
    def test_an_empty_pipe_is_wrong_usage(self, home: Home, said: str) -> None:
        assert home.run("log", "dana", "-", text=said).code == 2

    def test_the_editor_begins_with_what_was_typed(self, home: Home, tmp_path: Path) -> None:
        editor = tmp_path / "editor"
        editor.write_text("#!/bin/sh\nprintf ' and more\\n' >> \"$1\"\n", encoding="utf-8")
        editor.chmod(0o700)
        home.done("log", "dana", "first words", "--edit", EDITOR=str(editor))
        home.done("reply", "dana", "--edit", VISUAL=str(editor), EDITOR="/nonexistent")

        texts = [m["text"] for m in home.json("show", "1")["messages"]]
        assert texts == ["first words and more", " and more"]

    def test_the_desk_is_free_while_somebody_writes(self, home: Home, tmp_path: Path) -> None:
        editor = tmp_path / "editor"
        words = f"{os.environ['PATH']}:/usr/bin"
        inner = (
            "import sqlite3,sys; link=sqlite3.connect(sys.argv[1],timeout=0);"
            "link.execute('BEGIN IMMEDIATE')"
        )
        editor.write_text(
            f'#!/bin/sh\nPATH="{words}" python3 -c "{inner}" {home.store} && echo free >> "$1"\n',
            encoding="utf-8",
        )
        editor.chmod(0o700)
        home.done("log", "dana", "--edit", EDITOR=str(editor))

        assert home.json("show", "1")["subject"] == "free"

    @pytest.mark.parametrize("editor", ["false", "/nonexistent", "true"])
    def test_an_editor_that_gives_up_changes_nothing(self, home: Home, editor: str) -> None:
        ran = home.run("log", "dana", "--edit", EDITOR=editor)

        assert ran.code == 2
        assert home.json("inquiries")["inquiries"] == []

    def test_markers_are_taken_out_where_they_begin_a_word(self, home: Home) -> None:
        text = "VAT twice by:fri noon via:letter need:30 nov at:8:30 +invoice a+b C+ x:y mail:me"
        told = home.json("log", "ann", text)

        assert told["inquiry"]["subject"] == "VAT twice a+b C+ x:y mail:me"
        assert told["inquiry"]["channel"] == "letter"
        assert told["inquiry"]["tags"] == ["invoice"]
        assert told["inquiry"]["opened_at"] == "2026-11-23T08:30:00+00:00"
        assert told["inquiry"]["need_at"] == "2026-11-30T17:00:00+00:00"
        assert told["promises"][0]["said"] == "fri noon"

    def test_a_marker_counts_as_its_option_does(self, home: Home) -> None:
        assert home.run("log", "ann", "done by:fri", "--solved").code == 2

    @pytest.mark.parametrize(
        "words",
        [
            ("--json", "log", "ann", "hello"),
            ("log", "--json", "ann", "hello"),
            ("log", "ann", "--via", "email", "hello", "--json"),
        ],
    )
    def test_options_stand_anywhere(self, home: Home, words: tuple[str, ...]) -> None:
        assert json.loads(home.done(*words))["inquiry"]["subject"] == "hello"

    def test_text_may_begin_with_a_dash_behind_two(self, home: Home) -> None:
        assert home.run("log", "ann", "-5 degrees").code == 2
        home.done("log", "ann", "--", "-5 degrees")

        assert home.json("inquiries")["inquiries"][0]["subject"] == "-5 degrees"


class TestOptions:
    def test_by_none_promises_nothing(self, home: Home) -> None:
        told = home.json("log", "ann", "just so you know", "--by", "none")

        assert (told["promises"], told["inquiry"]["status"]) == ([], "open")
        assert home.json("due")["undated"] == 1

    def test_chase_none_only_waits(self, home: Home) -> None:
        told = home.json("log", "ann", "sent the form", "--out", "--chase", "none")

        assert (told["inquiry"]["status"], told["follow_ups"]) == ("waiting", [])

    def test_a_desk_of_another_name_is_another_desk(self, home: Home) -> None:
        home.done("log", "ann", "hello")
        home.done("--desk", "other", "log", "Zoe", "hello")

        assert home.json("--desk", "other", "inquiries")["inquiries"][0]["number"] == 1
        by_path = home.json("inquiries", "--desk", str(home.folder / "other.db"))
        assert by_path["inquiries"][0]["customer"]["name"] == "Zoe"
        assert len(home.json("inquiries")["inquiries"]) == 1

    def test_quiet_says_nothing_of_a_deed_and_answers_a_question(self, home: Home) -> None:
        ran = home.run("log", "Zoe", "hello", "-q")

        assert (ran.code, ran.out, ran.err) == (0, "", "")
        assert home.done("due", "--count", "-q") == "1\n"

    @pytest.mark.parametrize("words", [(), ("--json",), ("-q",), ("--no-input",)])
    def test_bare_is_due(self, home: Home, words: tuple[str, ...]) -> None:
        home.done("log", "ann", "hello")

        assert home.done(*words) == home.done("due", *words)

    def test_report_alone_is_every_report(self, home: Home) -> None:
        assert home.json("report") == home.json("report", "promises")

    def test_due_says_by_its_exit_code_when_a_promise_is_late(self, home: Home) -> None:
        home.done("log", "ann", "hello")

        assert home.run("due", "--exit-code").code == 0
        home.now = "2026-11-24T09:00:00+00:00"
        assert home.run("due", "--exit-code").code == 10
        assert home.run("due", "--count", "--exit-code").code == 10

    @pytest.mark.parametrize(
        "options, names",
        [
            ((), ["Ann Lee", "Dana Reyes", "Jörg Müller"]),
            (("--consent",), ["Ann Lee"]),
            (("--stage", "prospect"), ["Jörg Müller"]),
            (("--interest", "oak"), ["Ann Lee", "Dana Reyes"]),
            (("--interest", "oak", "--tag", "ash"), ["Dana Reyes"]),
            (("--tag", "elm"), []),
        ],
    )
    def test_customers_are_listed_by_what_fits(
        self, home: Home, options: tuple[str, ...], names: list[str]
    ) -> None:
        home.done("customer", "edit", "ann", "--tag", "oak")
        home.done("customer", "edit", "dana", "--interest", "oak", "--interest", "ash")
        listed = home.json("customer", "list", *options)["customers"]

        assert [customer["name"] for customer in listed] == names

    def test_changed_hours_list_the_promises_and_change_them_only_when_told(
        self, home: Home
    ) -> None:
        home.done("log", "ann", "hello", "--via", "email")
        listed = home.json("hours", "close", "25", "nov", "Fair")["promises"]
        kept = home.json("show", "1")["promises"][0]["due_at"]
        home.done("hours", "set", "mon-fri", "09:00-16:00", "--redate")

        assert listed[0]["would_be_due_at"] == "2026-11-26T17:00:00+00:00"
        assert kept == listed[0]["due_at"] == "2026-11-25T17:00:00+00:00"
        assert home.json("show", "1")["promises"][0]["due_at"] == "2026-11-26T16:00:00+00:00"


class TestChannels:
    @pytest.mark.parametrize("word, kind", KINDS.items())
    def test_a_known_word_becomes_a_channel_of_its_kind(
        self, home: Home, word: str, kind: str
    ) -> None:
        told = home.json("log", "ann", "hello", "--via", word.upper())
        channels = {c["name"]: c for c in home.json("channel", "list")["channels"]}

        assert told["inquiry"]["channel"] == word
        assert channels[word]["kind"] == kind
        assert channels[word]["policy"] == channels[kind]["policy"]
        assert word in told["warnings"][0]

    @pytest.mark.parametrize(
        "words",
        [
            ("reply", "1", "yes", "--via", "sms"),
            ("follow", "ann", "2w", "--via", "sms"),
            ("done", "1", "--via", "sms"),
            ("log", "dana", "hello via:sms"),
            ("customer", "edit", "ann", "--prefers", "sms"),
            ("channel", "set", "sms", "--policy", "1bh"),
        ],
    )
    def test_wherever_it_is_named_first(self, home: Home, words: tuple[str, ...]) -> None:
        home.done("log", "ann", "hello")
        home.done(*words)
        before = home.json("channel", "list")["channels"]
        home.done("log", "dana", "hello", "--via", "sms", "--apart")

        assert [c["kind"] for c in before if c["name"] == "sms"] == ["chat"]
        assert home.json("channel", "list")["channels"] == before

    def test_what_was_made_with_a_deed_goes_with_its_undo(self, home: Home) -> None:
        before = home.json("channel", "list")
        home.done("log", "ann", "hello", "--via", "whatsapp")
        home.done("undo")

        assert home.json("channel", "list") == before

    def test_an_unknown_one_is_told_what_there_is(self, home: Home) -> None:
        error = home.json("log", "ann", "hello", "--via", "pigeon", code=3)["error"]

        assert error["message"] == "There is no channel pigeon."
        assert error["hint"].startswith("There are phone, email, web, chat,")
        assert "whatsapp" in error["hint"]
        assert "cxdesk channel add pigeon" in error["hint"]

    def test_reading_makes_none(self, home: Home) -> None:
        assert home.run("inquiries", "--channel", "whatsapp").code == 3
        assert home.run("advise", "whatsapp").code == 3


class TestDemo:
    def test_a_morning_is_shown_and_nothing_of_yours_is_touched(self, home: Home) -> None:
        before = home.store.read_bytes()
        ran = cxdesk(home.folder, "demo")

        assert ran.code == 0, ran.err
        assert "$ cxdesk due" in ran.out
        assert ran.out.rstrip().endswith("cxdesk demo --keep DIR")
        assert home.store.read_bytes() == before
        assert [path.name for path in home.folder.iterdir()] == ["desk.db"]

    def test_it_can_be_kept_and_played_with(self, tmp_path: Path) -> None:
        kept = tmp_path / "kept"
        assert cxdesk(tmp_path, "demo", "--keep", str(kept)).code == 0
        home = Home(kept, "2026-11-23T09:05:00+00:00")

        assert [item["customer"]["name"] for item in home.json("due")["items"]][:1] == ["Bob Ray"]
        assert cxdesk(tmp_path, "demo", "--keep", str(kept)).code == 1


@pytest.mark.parametrize("options", [(), ("--zone", "Europe/Berlin")])
def test_init_makes_the_desk_once_and_says_where(tmp_path: Path, options: Any) -> None:
    home = Home(tmp_path)
    ran = home.run("init", *options)

    assert (ran.code, ran.out) == (0, "")
    assert "Kept in ~/desk.db" in ran.err
    assert home.run("init").code == 1


def test_a_zone_that_is_none_makes_no_deed(tmp_path: Path) -> None:
    ran = Home(tmp_path).run("init", "--zone", "Mars/Olympus")

    assert ran.code == 2
    assert ran.err.splitlines()[1] == "cxdesk hours zone Europe/London"
