"""`channel` in whole command lines: ways in, the sentence for customers, rounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.played import Home
from tests.running import on_terminal


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path)


class TestAdd:
    def test_a_channel_is_added_with_the_policy_of_its_kind(self, home: Home) -> None:
        told = home.json("channel", "add", "Telegram", "--kind", "chat")

        assert told["did"] == "channel add"
        assert told["channels"][-1] == {"name": "telegram", "kind": "chat", "policy": "2bh"}

    def test_or_with_a_policy_of_its_own(self, home: Home) -> None:
        home.done("channel", "add", "telegram", "--kind", "chat", "--policy", "1 business day")

        assert "telegram\tchat\t1bd\n" in home.done("channel", "list")

    def test_a_known_word_brings_its_kind(self, home: Home) -> None:
        told = home.json("channel", "add", "instagram")

        assert told["channels"][-1]["kind"] == "social"

    def test_what_comes_in_there_gets_its_policy(self, home: Home) -> None:
        home.done("channel", "add", "telegram", "--kind", "chat", "--policy", "1bh")
        told = home.json("log", "Ann Lee", "Hello?", "--via", "telegram")

        assert told["inquiry"]["channel"] == "telegram"
        assert told["promises"][0]["due_at"] == "2026-11-23T10:05:00+00:00"

    def test_one_that_is_there_is_refused(self, home: Home) -> None:
        told = home.json("channel", "add", "Email", "--kind", "email", code=1)

        assert told["error"]["message"] == "There is a channel email already."

    @pytest.mark.parametrize("words", [
        ("telegram",), ("telegram", "--kind", "pigeon"), ("4711", "--kind", "chat"),
        ("two words", "--kind", "chat"), ("ann@example.com", "--kind", "email"),
        (" ", "--kind", "chat"), ("telegram", "--kind", "chat", "--policy", "soon"),
    ])  # fmt: skip
    def test_what_cannot_be_one_is_wrong_usage(self, home: Home, words: tuple[str, ...]) -> None:
        home.json("channel", "add", *words, code=2)

        assert not home.store.exists()

    def test_undo_takes_it_away(self, home: Home) -> None:
        home.done("channel", "add", "telegram", "--kind", "chat")
        home.done("undo")

        assert "telegram" not in home.done("channel", "list")


class TestSay:
    def test_the_sentence_is_ready_to_be_copied(self, home: Home) -> None:
        assert home.done("channel", "say", "email") == "I answer mail within 2 business days.\n"

    def test_without_a_name_every_channel_says_its_own(self, home: Home) -> None:
        home.done("channel", "add", "instagram", "--policy", "1bd")
        told = home.json("channel", "say")["sentences"]

        assert told[0] == {
            "channel": "phone",
            "sentence": "I call back within 4 business hours.",
        }
        assert told[-1]["sentence"] == "I answer messages on Instagram within 1 business day."

    def test_a_known_word_says_its_own_before_it_is_a_channel(self, home: Home) -> None:
        said = home.done("channel", "say", "whatsapp")

        assert said == "I answer messages on WhatsApp within 2 business hours.\n"
        assert not home.store.exists()

    def test_an_unknown_one_is_not_found(self, home: Home) -> None:
        told = home.json("channel", "say", "pigeon", code=3)

        assert "cxdesk channel add pigeon" in told["error"]["hint"]


LOOK = ("channel", "set", "instagram", "--look", "weekdays 9:00, 16:00")


@pytest.fixture
def looking(home: Home) -> Home:
    """Instagram is looked at twice a day; last on Friday at 16:10."""
    home.now = "2026-11-20T08:00:00+00:00"
    home.done(*LOOK)
    home.now = "2026-11-20T16:10:00+00:00"
    home.done("done", "instagram")
    home.now = "2026-11-23T09:05:00+00:00"
    return home


def rows(home: Home) -> list[tuple[str, str, str]]:
    return [(i["ref"], i["state"], i["what"]) for i in home.json("due")["items"]]


class TestRounds:
    def test_a_round_is_a_row_without_number_or_customer(self, looking: Home) -> None:
        item = looking.json("due")["items"][0]

        assert item["what"] == "look in (last looked Fri 16:10)"
        assert {key: item[key] for key in ("ref", "number", "kind", "customer", "channel")} == {
            "ref": "instagram", "number": None, "kind": "round", "customer": None,
            "channel": "instagram",
        }  # fmt: skip
        assert (item["state"], item["due_at"]) == ("today", "2026-11-23T09:00:00+00:00")

    def test_on_the_screen_it_has_a_dash_for_a_number(self, looking: Home) -> None:
        shown = on_terminal(looking.folder, "due", COLUMNS="80", NO_COLOR="1").out

        assert "  -  today        instagram      look in (last looked Fri 16:10)" in shown
        assert "Or: cxdesk done instagram" in shown

    def test_done_looks_at_it(self, looking: Home) -> None:
        told = looking.json("done", "instagram")

        assert told["did"] == "done"
        assert told["customer"] is told["inquiry"] is None
        assert told["rounds"] == [
            {
                "channel": "instagram",
                "kind": "look",
                "rule": "weekdays 9:00, 16:00",
                "looked_at": "2026-11-23T09:05:00+00:00",
                "next_at": "2026-11-23T16:00:00+00:00",
            }
        ]
        assert rows(looking) == [("instagram", "today", "look in (last looked 09:05)")]

    def test_done_and_move_and_drop_say_what_became_of_it(self, looking: Home) -> None:
        def said(*words: str) -> str:
            shown = on_terminal(looking.folder, *words, COLUMNS="80", NO_COLOR="1").out
            return " ".join(shown.split())

        assert said("done", "instagram").startswith("- instagram: looked at; next 16:00.")
        assert said("move", "instagram", "thu").startswith("- instagram: moved to Thu 26 Nov.")
        looking.done("undo")
        assert said("drop", "instagram").startswith("- instagram: skipped; next Tue 09:00.")

    def test_done_when_it_was(self, looking: Home) -> None:
        told = looking.json("done", "instagram", "--at", "today 8:40")

        assert told["rounds"][0]["looked_at"] == "2026-11-23T08:40:00+00:00"

    def test_missed_ones_do_not_pile_up(self, looking: Home) -> None:
        looking.now = "2026-11-30T10:00:00+00:00"

        assert rows(looking) == [("instagram", "late", "look in (last looked Fri 20 Nov 16:10)")]
        assert looking.done("due", "--count") == "1\n"

    def test_move_keeps_it_out_until_that_date_begins(self, looking: Home) -> None:
        looking.done("move", "instagram", "thu")
        assert rows(looking) == []
        assert looking.json("due", "--all")["items"] == []

        looking.now = "2026-11-25T23:59:00+00:00"
        assert rows(looking) == []
        looking.now = "2026-11-26T00:00:00+00:00"
        assert [row[1] for row in rows(looking)] == ["today"]

    def test_drop_skips_today(self, looking: Home) -> None:
        told = looking.json("drop", "instagram")

        assert told["rounds"][0]["next_at"] == "2026-11-24T09:00:00+00:00"
        assert told["rounds"][0]["looked_at"] == "2026-11-20T16:10:00+00:00"
        assert looking.json("drop", "instagram", code=1)["error"]["code"] == "refused"

    @pytest.mark.parametrize("words", [
        ("done", "instagram"), ("move", "instagram", "thu"), ("drop", "instagram"),
        ("channel", "set", "instagram", "--look", "none"),
        ("channel", "set", "instagram", "--look", "daily noon"),
    ])  # fmt: skip
    def test_undo_and_redo_restore_it(self, looking: Home, words: tuple[str, ...]) -> None:
        before = looking.json("channel", "list")
        looking.done(*words)
        after = looking.json("channel", "list")
        looking.done("undo")

        assert looking.json("channel", "list") == before != after
        looking.done("redo")
        assert looking.json("channel", "list") == after

    def test_the_name_of_a_channel_wins_over_a_customers(self, looking: Home) -> None:
        looking.done("log", "Instagram Smith", "Hello?")

        assert looking.json("done", "instagram")["rounds"] != []
        assert looking.json("done", "smith")["promises"][0]["state"] == "kept"

    def test_without_rounds_a_customer_is_meant(self, home: Home) -> None:
        home.done("log", "Emily Post", "Hello?")

        assert home.json("done", "post")["customer"]["handle"] == "emily-post"

    def test_a_channel_without_rounds_says_how_to_set_one(self, home: Home) -> None:
        home.done("log", "Ann Lee", "Hello?")
        told = home.json("done", "post", code=3)["error"]

        assert told["message"] == "The channel post has no rounds."
        assert told["hint"].startswith("cxdesk channel set post --look")

    def test_none_ends_it(self, looking: Home) -> None:
        looking.done("channel", "set", "instagram", "--look", "none")

        assert rows(looking) == []

    def test_a_rule_that_cannot_be_read_changes_nothing(self, looking: Home) -> None:
        before = looking.json("channel", "list")
        looking.json("channel", "set", "instagram", "--look", "now and then", code=2)
        looking.json("channel", "set", "instagram", "--look", "every sun 9:00", code=2)
        looking.json("channel", "set", "instagram", code=2)

        assert looking.json("channel", "list") == before

    def test_the_list_shows_them(self, looking: Home) -> None:
        assert "instagram\tsocial\t1bd\tlook: weekdays 9:00, 16:00\n" in looking.done(
            "channel", "list"
        )
        shown = on_terminal(looking.folder, "channel", "list", COLUMNS="80").out
        assert "look in weekdays 9:00, 16:00: due since 09:00, last Fri 16:10" in shown

    def test_a_note_on_a_round_is_not_lost_in_silence(self, looking: Home) -> None:
        told = looking.json("done", "instagram", "--note", "all quiet")

        assert "not kept" in told["warnings"][0]


class TestTests:
    def test_a_test_is_a_row_that_says_what_to_do(self, home: Home) -> None:
        home.done("channel", "set", "email", "--test", "every month")

        assert rows(home) == [
            ("email-test", "today", "test it yourself: send one as a customer would")
        ]

    def test_its_name_or_the_channels_does_it(self, home: Home) -> None:
        home.done("channel", "set", "email", "--test", "every month")
        told = home.json("done", "email")["rounds"][0]

        assert (told["kind"], told["next_at"]) == ("test", "2026-12-23T17:00:00+00:00")
        home.done("undo")
        assert home.json("done", "email-test")["rounds"][0] == told

    def test_to_look_is_no_test(self, home: Home) -> None:
        home.done("channel", "set", "email", "--test", "monthly", "--look", "weekdays 16:00")
        assert [one["kind"] for one in home.json("done", "email")["rounds"]] == ["look"]

        home.now = "2026-11-23T16:05:00+00:00"
        home.done("done", "email")
        assert [row[0] for row in rows(home)] == ["email-test", "email"]

    def test_move_and_drop_take_all_rounds_of_the_day(self, home: Home) -> None:
        home.done("channel", "set", "email", "--test", "monthly", "--look", "weekdays 16:00")
        assert len(home.json("move", "email", "thu")["rounds"]) == 2
        assert rows(home) == []

        home.done("undo")
        assert len(home.json("drop", "email")["rounds"]) == 2
