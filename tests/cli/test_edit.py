"""`edit`: what was noted wrongly is put right, whole, and can be undone."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.played import Home
from tests.running import on_terminal, play

if TYPE_CHECKING:
    from pathlib import Path

PAST = [
    ["log", "Ann Lee", "Invoice shows VAT twise", "--tag", "invoice"],  # 1, its promise 2
    ["log", "Bob Ray", "Lost a key", "--by", "tue noon", "--what", "send one"],  # 3 and 4
    ["follow", "Kim & Sons", "thu", "ring them"],  # 5
    ["log", "Kim & Sons", "Oak or ash?", "--via", "email", "--follow", "fri"],  # 6, 7, 8
]


@pytest.fixture(scope="module")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("yesterday")
    play(folder, PAST)
    return folder


@pytest.fixture
def home(yesterday: Path, tmp_path: Path) -> Home:
    return Home(shutil.copytree(yesterday, tmp_path / "home"), "2026-11-23T11:00:00+00:00")


def shown(home: Home, number: int = 1) -> dict[str, Any]:
    told: dict[str, Any] = home.json("show", str(number))
    return told


class TestAnInquiry:
    def test_gets_another_subject_and_tags(self, home: Home) -> None:
        told = home.json(
            "edit", "ann", "--subject", "VAT  twice", "--tag", "vat", "--untag", "invoice"
        )

        assert told["did"] == "edit"
        assert (told["inquiry"]["subject"], told["inquiry"]["tags"]) == ("VAT twice", ["vat"])

    def test_of_a_tag_alone_the_inquiry_is_told_too(self, home: Home) -> None:
        assert home.json("edit", "1", "--untag", "invoice")["inquiry"]["tags"] == []

    def test_the_text_brings_the_subject_that_was_made_of_it(self, home: Home) -> None:
        home.done("edit", "ann", "--text", "Invoice shows VAT twice")

        told = shown(home)
        assert told["messages"][0]["text"] == told["subject"] == "Invoice shows VAT twice"

    def test_a_subject_of_its_own_stays_when_the_text_changes(self, home: Home) -> None:
        home.done("edit", "ann", "--subject", "VAT")
        home.done("edit", "ann", "--text", "-", text="Twice the VAT")

        told = shown(home)
        assert (told["messages"][0]["text"], told["subject"]) == ("Twice the VAT", "VAT")

    def test_a_follow_up_named_after_the_subject_goes_along(self, home: Home) -> None:
        home.done("edit", "6", "--subject", "Which wood?")

        assert [f["what"] for f in shown(home, 6)["follow_ups"]] == ["Which wood?"]

    def test_the_time_moves_what_it_was_taken_for_and_no_due_date(self, home: Home) -> None:
        before = shown(home)
        home.done("edit", "ann", "--at", "fri 16:00")

        after = shown(home)
        assert after["messages"][0]["at"] == after["opened_at"] == "2026-11-20T16:00:00+00:00"
        assert after["promises"] == before["promises"]
        assert home.json("show", "ann")["last_contact_at"] == "2026-11-20T16:00:00+00:00"

    def test_the_channel_is_that_of_what_came_by_it(self, home: Home) -> None:
        home.done("edit", "ann", "--via", "email")

        told = shown(home)
        assert (told["channel"], told["messages"][0]["channel"]) == ("email", "email")
        channels = home.json("report", "promises")["channels"]
        assert {row["channel"]: row["open"] for row in channels} == {"email": 2, "phone": 1}

    def test_a_known_word_is_made_a_channel(self, home: Home) -> None:
        told = home.json("edit", "ann", "--via", "whatsapp")

        assert told["inquiry"]["channel"] == "whatsapp"
        assert "whatsapp is a channel now" in told["warnings"][0]

    def test_it_is_given_to_somebody_else_with_all_that_is_on_it(self, home: Home) -> None:
        home.done("edit", "6", "--who", "ann")

        told = shown(home, 6)
        owners = {x["customer"]["handle"] for x in (*told["promises"], *told["follow_ups"])}
        assert {told["customer"]["handle"]} | owners == {"ann-lee"}
        kim = home.json("show", "kim")
        assert (kim["inquiries"], kim["last_contact_at"]) == ([], None)
        assert [hit["handle"] for hit in home.json("search", "ash")["hits"]] == ["ann-lee"]

    def test_it_is_given_to_someone_unknown(self, home: Home) -> None:
        home.done("edit", "ann", "--who", "someone")

        assert shown(home)["customer"] is None

    def test_the_index_knows_the_new_words_and_forgets_the_old(self, home: Home) -> None:
        home.done("edit", "ann", "--text", "A parcel came")

        assert home.json("search", "twise")["hits"] == []
        assert home.json("search", "parcel")["hits"][0]["number"] == 1

    def test_the_number_of_its_promise_means_it(self, home: Home) -> None:
        assert home.json("edit", "2", "--tag", "vat")["inquiry"]["number"] == 1

    def test_a_closed_one_is_edited_by_its_number(self, home: Home) -> None:
        home.done("solved", "ann")

        assert home.json("edit", "1", "--subject", "VAT")["inquiry"]["status"] == "closed"


class TestWhatIsSaid:
    @pytest.mark.parametrize("thing", ["4", "3", "bob"])
    def test_of_a_promise(self, home: Home, thing: str) -> None:
        told = home.json("edit", thing, "--what", "send two")

        assert [(p["number"], p["what"]) for p in told["promises"]] == [(4, "send two")]

    def test_of_a_follow_up_beside_an_owed_reply(self, home: Home) -> None:
        told = home.json("edit", "6", "--what", "ask again", "--tag", "wood")

        assert [(f["number"], f["what"]) for f in told["follow_ups"]] == [(8, "ask again")]
        assert told["inquiry"]["tags"] == ["wood"]

    def test_of_one_that_belongs_to_no_inquiry_whose_it_is_too(self, home: Home) -> None:
        told = home.json("edit", "5", "--what", "call", "--who", "ann", "--via", "email")

        plan = told["follow_ups"][0]
        assert (plan["what"], plan["customer"]["handle"]) == ("call", "ann-lee")

    def test_several_are_named(self, home: Home) -> None:
        error = home.json("edit", "kim", "--what", "call", code=3)["error"]

        assert "5 follow-up: ring them; 8 follow-up" in error["message"]

    def test_an_owed_reply_says_nothing_of_its_own(self, home: Home) -> None:
        error = home.json("edit", "2", "--what", "call", code=1)["error"]

        assert "edit 1 --subject" in error["hint"]


@pytest.mark.parametrize(
    "words, code",
    [
        (("edit", "ann"), 2),
        (("edit", "ann", "--subject", " "), 2),
        (("edit", "ann", "--text", ""), 2),
        (("edit", "ann", "--tag", ""), 2),
        (("edit", "ann", "--at", "tomorrow"), 2),
        (("edit", "ann", "--untag", "oak"), 3),
        (("edit", "ann", "--via", "pigeon"), 3),
        (("edit", "ann", "--who", "nobody"), 3),
        (("edit", "nobody", "--tag", "x"), 3),
        (("edit", "5", "--subject", "x"), 1),
        (("edit", "5", "--who", "someone"), 1),
    ],
)
def test_what_cannot_be_changes_nothing(home: Home, words: tuple[str, ...], code: int) -> None:
    before = home.json("undo", "--list")["deeds"]
    ran = home.run(*words)

    assert (ran.code, ran.out) == (code, "")
    assert home.json("undo", "--list")["deeds"] == before


EVERYTHING = ["--subject", "Wood", "--tag", "a", "--untag", "invoice", "--at", "fri 16:00",
              "--text", "New words", "--who", "bob", "--via", "whatsapp"]  # fmt: skip


def test_undo_takes_all_of_it_back_and_redo_does_it_again(home: Home) -> None:
    def everything() -> list[Any]:
        return [home.json("show", who) for who in ("1", "ann", "bob")] + [
            home.json("search", word)["hits"] for word in ("twise", "words")
        ]

    before = everything()
    home.done("edit", "ann", *EVERYTHING)
    after = everything()
    home.done("undo")

    assert everything() == before != after
    home.done("redo")
    assert everything() == after


class TestAsking:
    def type(self, home: Home, *words: str, text: str) -> str:
        ran = on_terminal(home.folder, *words, text=text, CXDESK_NOW=home.now)
        assert ran.code in (0, 130), ran.out
        return ran.out

    def test_each_value_is_the_default_and_enter_leaves_it(self, home: Home) -> None:
        before = shown(home)
        said = self.type(home, "edit", "ann", text="\n" * 6)

        for line in ("Subject?        [Invoice shows VAT twise]", "Who?            [Ann Lee]",
                     "How?            [phone]", "When?           [Mon 23 Nov 2026 09:05]",
                     "Tags?           [invoice]"):  # fmt: skip
            assert line in said
        assert shown(home) == before

    def test_what_is_answered_is_changed_and_what_cannot_be_is_asked_again(
        self, home: Home
    ) -> None:
        said = self.type(
            home, "edit", "ann", text="VAT twice\nnobody\nbob\nemail\n\n\nvat, invoice\n"
        )

        told = shown(home)
        assert "Nobody is known as nobody." in said
        assert (told["subject"], told["customer"]["name"]) == ("VAT twice", "Bob Ray")
        assert (told["channel"], told["tags"]) == ("email", ["invoice", "vat"])

    def test_of_a_follow_up_what_it_says(self, home: Home) -> None:
        self.type(home, "edit", "5", text="ring them twice\n")

        assert home.json("show", "5")["follow_ups"][0]["what"] == "ring them twice"

    def test_breaking_off_changes_nothing_and_says_so(self, home: Home) -> None:
        before = shown(home)

        assert "Nothing was changed." in self.type(home, "edit", "ann", text="Other\n\x04")
        assert shown(home) == before

    def test_the_text_in_an_editor(self, home: Home) -> None:
        home.done("edit", "ann", "--edit", EDITOR="sed -i s/twise/twice/")

        assert shown(home)["subject"] == "Invoice shows VAT twice"
