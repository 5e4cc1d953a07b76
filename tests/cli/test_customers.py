"""Cards: merged, tagged, of a company, listed by how long nobody has been in touch."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli.played import Home
from tests.running import on_terminal, play

if TYPE_CHECKING:
    from pathlib import Path

PAST = [
    ["log", "Ann Lee", "Invoice shows VAT twice", "--phone", "020 7946 0999"],  # 1, 2
    ["log", "Anne Leigh", "Where is my parcel?", "--email", "ann@example.com"],  # 3, 4
    ["customer", "edit", "anne", "--phone", "+44 20 7946 0999", "--alias", "annie", "--likes",
     "oak", "--fact", "size=XL", "--no-consent", "--heard", "a friend", "--tag", "oak"],
    ["customer", "edit", "ann-lee", "--fact", "size=M", "--tag", "oak"],
    ["promise", "anne", "fri noon", "send the drawing"],  # 5
    ["follow", "anne", "thu", "ring her"],  # 6
    ["customer", "add", "Kim & Sons", "--email", "kim@example.com"],
    ["log", "Joe Marsh", "Oak or ash?", "--answered"],  # 7, 8
    ["customer", "edit", "joe", "--of", "kim", "--from", "ann-lee"],
]  # fmt: skip


@pytest.fixture(scope="module")
def yesterday(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("yesterday")
    play(folder, PAST)
    return folder


@pytest.fixture
def home(yesterday: Path, tmp_path: Path) -> Home:
    return Home(shutil.copytree(yesterday, tmp_path / "home"), "2026-11-23T11:00:00+00:00")


def listed(home: Home, *options: str) -> list[str]:
    return [c["handle"] for c in home.json("customer", "list", *options)["customers"]]


def everything(home: Home) -> list[Any]:
    """What is told of them all, by every way that leads to them."""
    found = [home.json("show", handle) for handle in listed(home)]
    found += [home.json("search", word)["hits"] for word in ("parcel", "annie", "drawing", "kim")]
    return [*found, home.json("due", "--all")["items"]]


class TestMerge:
    def test_everything_is_on_one_card(self, home: Home) -> None:
        told = home.json("customer", "merge", "anne", "ann-lee", "--yes")

        assert told["did"] == "customer merge"
        card = home.json("show", "ann-lee")
        assert [i["number"] for i in card["inquiries"]] == [3, 1]
        assert {p["number"] for p in card["promises"]} == {2, 4, 5}
        assert [f["number"] for f in card["follow_ups"]] == [6]
        assert (card["phones"], card["emails"]) == (["020 7946 0999"], ["ann@example.com"])
        assert (card["likes"], card["tags"], card["consent"]) == (["oak"], ["oak"], False)
        assert listed(home) == ["ann-lee", "joe-marsh", "kim-sons"]

    def test_what_contradicts_stays_as_it_was_and_is_said(self, home: Home) -> None:
        told = home.json("customer", "merge", "anne", "ann-lee", "--yes")

        assert told["warnings"] == ["size stays M; XL is left behind."]
        assert home.json("show", "ann-lee")["facts"] == {"size": "M"}

    @pytest.mark.parametrize(
        "who", ["anne-leigh", "anne leigh", "annie", "ann@example.com", "020 7946 0999", "5"]
    )
    def test_whatever_led_to_either_leads_there(self, home: Home, who: str) -> None:
        home.done("customer", "merge", "anne", "ann-lee", "--yes")

        assert home.json("customer", "show", who)["handle"] == "ann-lee"

    def test_the_older_handle_stays_whichever_way_it_is_said(self, home: Home) -> None:
        home.done("customer", "add", "Annie Lee-Leigh")
        home.done("customer", "merge", "ann-lee", "annie-lee-leigh", "--yes")

        card = home.json("show", "ann-lee")
        assert (card["handle"], card["name"]) == ("ann-lee", "Annie Lee-Leigh")
        assert home.json("show", "annie-lee-leigh")["handle"] == "ann-lee"
        assert home.json("show", "ann lee")["handle"] == "ann-lee"

    def test_whom_they_sent_and_who_belongs_to_them_follows(self, home: Home) -> None:
        home.done("customer", "merge", "ann-lee", "anne", "--yes")

        assert home.json("show", "joe")["from"]["name"] == "Anne Leigh"
        home.done("customer", "merge", "kim", "joe", "--yes")
        assert home.json("show", "kim-sons")["company"] is None

    def test_searching_leads_to_the_one_that_is_left(self, home: Home) -> None:
        home.done("customer", "merge", "anne", "ann-lee", "--yes")

        assert home.json("search", "parcel")["hits"][0]["handle"] == "ann-lee"

    def test_a_namesake_is_found_too(self, home: Home) -> None:
        home.done("log", "Joe Marsh", "A second one", "--new")
        home.done("customer", "merge", "joe-marsh-2", "joe-marsh", "--yes")

        assert home.json("search", "second")["hits"][0]["handle"] == "joe-marsh"
        assert home.json("show", "joe-marsh-2")["handle"] == "joe-marsh"

    @pytest.mark.parametrize("pair", [("anne", "ann-lee"), ("ann-lee", "anne"), ("kim", "joe")])
    def test_undo_restores_everything_and_redo_does_it_again(
        self, home: Home, pair: tuple[str, str]
    ) -> None:
        before = everything(home)
        home.done("customer", "merge", *pair, "--yes")
        after = everything(home)
        home.done("undo")

        assert everything(home) == before != after
        home.done("redo")
        assert everything(home) == after

    def test_a_dry_run_says_what_would_move_and_moves_nothing(self, home: Home) -> None:
        before = everything(home)
        told = home.json("customer", "merge", "anne", "ann-lee", "-n")

        assert told["moves"] == {"inquiries": 1, "promises": 2, "follow_ups": 1, "messages": 1}
        assert (told["handle"], told["alias"]) == ("ann-lee", "anne-leigh")
        assert everything(home) == before

    @pytest.mark.parametrize(
        "words, code",
        [
            (("anne", "ann-lee"), 2),
            (("anne", "anne", "--yes"), 1),
            (("anne", "someone", "--yes"), 3),
            (("anne", "nobody", "--yes"), 3),
        ],
    )
    def test_is_refused(self, home: Home, words: tuple[str, ...], code: int) -> None:
        before = everything(home)

        assert home.run("customer", "merge", *words).code == code
        assert everything(home) == before

    @pytest.mark.parametrize("answer, gone", [("y", True), ("", False)])
    def test_a_terminal_is_asked_and_no_is_the_default(
        self, home: Home, answer: str, gone: bool
    ) -> None:
        ran = on_terminal(home.folder, "customer", "merge", "anne", "ann-lee", text=f"{answer}\n")

        assert "with 1 inquiry, 2 promises, 1 follow-up, 1 message" in ran.out.replace("\r\n", " ")
        assert ("anne-leigh" not in listed(home)) is gone


class TestTag:
    def test_adds_and_takes_off(self, home: Home) -> None:
        assert home.json("customer", "tag", "kim", "ash", "oak")["customer"]["tags"] == [
            "ash", "oak",
        ]  # fmt: skip
        told = home.json("customer", "tag", "kim", "elm", "--remove", "ash", "--remove", "oak")
        assert told["customer"]["tags"] == ["elm"]

    def test_words_of_the_name_are_no_tags(self, home: Home) -> None:
        assert home.json("customer", "tag", "Joe", "Marsh", "ash")["customer"]["tags"] == ["ash"]

    def test_taking_one_off_alone_is_told_and_undone(self, home: Home) -> None:
        told = home.json("customer", "tag", "anne", "--remove", "oak")

        assert told["customer"]["tags"] == []
        home.done("undo")
        assert home.json("show", "anne")["tags"] == ["oak"]

    @pytest.mark.parametrize("words, code", [(("kim",), 2), (("kim", "--remove", "oak"), 3)])
    def test_is_refused(self, home: Home, words: tuple[str, ...], code: int) -> None:
        assert home.run("customer", "tag", *words).code == code


class TestCompany:
    def test_is_on_the_card_and_so_is_who_sent_them(self, home: Home) -> None:
        card = home.json("customer", "show", "joe")

        assert card["company"] == {"handle": "kim-sons", "name": "Kim & Sons"}
        assert card["from"] == {"handle": "ann-lee", "name": "Ann Lee"}
        shown = on_terminal(home.folder, "show", "joe").out
        assert "company: Kim & Sons (kim-sons)" in shown
        assert "referred by: Ann Lee (ann-lee)" in shown

    def test_its_words_find_who_belongs_to_it(self, home: Home) -> None:
        assert home.json("show", "joe kim")["handle"] == "joe-marsh"
        found = {hit["handle"] for hit in home.json("search", "sons")["hits"]}
        assert found == {"kim-sons", "joe-marsh"}

    def test_its_own_name_means_itself(self, home: Home) -> None:
        assert home.json("show", "kim")["handle"] == "kim-sons"
        assert home.json("log", "kim", "A question")["customer"]["handle"] == "kim-sons"

    def test_under_another_name_it_finds_them_by_that(self, home: Home) -> None:
        home.done("customer", "edit", "kim", "--name", "Oak Works")

        assert home.json("show", "joe works")["handle"] == "joe-marsh"
        assert home.run("show", "joe sons").code == 3
        home.done("undo")
        assert home.json("show", "joe sons")["handle"] == "joe-marsh"

    def test_none_takes_it_off(self, home: Home) -> None:
        card = home.json("customer", "edit", "joe", "--of", "none", "--from", "none")["customer"]

        assert (card["company"], card["from"]) == (None, None)

    def test_nobody_belongs_to_themselves(self, home: Home) -> None:
        assert home.run("customer", "edit", "joe", "--of", "joe").code == 1
        assert home.run("customer", "edit", "joe", "--of", "nobody").code == 3


class TestQuiet:
    @pytest.fixture
    def later(self, home: Home) -> Home:
        home.now = "2027-06-01T10:00:00+00:00"
        home.done("log", "joe", "Me again", "--solved")
        return home

    def test_lists_whom_nobody_heard_of_for_so_long(self, later: Home) -> None:
        assert listed(later, "--quiet", "6mo") == ["ann-lee", "anne-leigh", "kim-sons"]
        assert listed(later, "--quiet", "1y") == []

    def test_plans_a_follow_up_for_each(self, later: Home) -> None:
        told = later.json(
            "customer", "list", "--quiet", "6mo", "--tag", "oak", "--follow", "fri", "how are you?",
            "--yes",
        )  # fmt: skip

        assert [(f["customer"]["handle"], f["what"]) for f in told["follow_ups"]] == [
            ("ann-lee", "how are you?"),
            ("anne-leigh", "how are you?"),
        ]
        later.done("undo")
        assert later.json("show", "ann-lee")["follow_ups"] == []

    def test_says_how_many_first_and_needs_a_yes(self, later: Home) -> None:
        ran = later.run("customer", "list", "--quiet", "6mo", "--follow", "fri", "how are you?")

        assert (ran.code, ran.out) == (2, "")
        assert "3 customers, a follow-up each (fri): how are you?" in ran.err

    def test_of_nobody_there_is_nothing_to_plan(self, later: Home) -> None:
        told = later.json("customer", "list", "--quiet", "1y", "--follow", "fri", "hello")

        assert told["customers"] == []

    @pytest.mark.parametrize(
        "options", [("--quiet", "soon"), ("--follow", "someday", "x"), ("--follow", "fri", "")]
    )
    def test_what_cannot_be_read_is_said(self, later: Home, options: tuple[str, ...]) -> None:
        assert later.run("customer", "list", *options, "--yes").code == 2

    def test_the_short_q_still_means_to_say_little(self, later: Home) -> None:
        assert later.done("customer", "list", "-q", "--quiet", "6mo")


class TestWhatIsTakenOff:
    def test_a_wrong_address_goes_and_undo_brings_it_back(self, home: Home) -> None:
        before = home.json("show", "kim")
        told = home.json("customer", "edit", "kim", "--drop-email", "KIM@example.com",
                         "--email", "kim@kim.example")  # fmt: skip
        assert told["customer"]["emails"] == ["kim@kim.example"]
        assert home.run("show", "kim@example.com").code == 3
        home.done("undo")
        assert home.json("show", "kim@example.com") == before

    def test_a_number_goes_however_it_is_written(self, home: Home) -> None:
        told = home.json("customer", "edit", "anne", "--drop-phone", "+442079460999")

        assert told["customer"]["handle"] == "anne-leigh"
        assert told["customer"]["phones"] == []
        assert home.json("show", "ann-lee")["phones"] == ["020 7946 0999"]

    @pytest.mark.parametrize("option", ["--drop-email", "--drop-phone"])
    def test_what_is_not_there_is_3_and_nothing_changes(self, home: Home, option: str) -> None:
        before = everything(home)
        ran = home.run("customer", "edit", "kim", option, "ann@example.com", "--tag", "ash")

        assert ran.code == 3
        assert "ann@example.com is not on the card of Kim & Sons." in ran.err
        assert everything(home) == before
