"""`channel` in whole command lines: ways in, the sentence for customers, rounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cli.played import Home


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

    def test_an_unknown_one_is_not_found(self, home: Home) -> None:
        told = home.json("channel", "say", "pigeon", code=3)

        assert "cxdesk channel add pigeon" in told["error"]["remedy"]
