"""`--json` of every command, exactly, as one story; and every key that cli.md promises."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from tests.cli import goldens
from tests.cli.played import Home
from tests.cli.story import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.running import Ran

# cli.md, "JSON": keys may be added, never removed or renamed.
WHO = "handle name"
ITEM = (
    "ref number kind state due_at late_minutes late_business_minutes promised customer inquiry"
    " channel what reach nudge need_at"
)
CUSTOMER = (
    "handle name stage since emails phones likes facts prefers tags consent open last_contact_at"
)
INQUIRY = (
    "number customer channel subject status opened_at first_reply_at answered_at closed_at"
    " confirmed rating mood tags chased attempts reopened problem need_at"
)
MESSAGE = "at direction channel text reached automatic attachments shortened full_text from doubts"
PROMISE = (
    "number inquiry customer kind owes told what said made_at due_at state kept_at early_minutes"
    " late_minutes late_business_minutes moved"
)
FOLLOW_UP = "number inquiry customer kind what due_at state done_at every quiet by_mail"
DUE = "schema now items waiting quiet undated later last_remind_at"
CHANGE = "schema did customer inquiry promises follow_ups rounds warnings"
HIT = "kind number handle customer snippet at"
ADVICE = "channel policy n kept_rate at_90 at_95 usual_margin_minutes"
REPORT = "channel kept late overdue moved released open kept_rate median_reply_minutes"
OPEN_THINGS = " promises follow_ups"

# Where in which answer the shape stands: `items.0` is the first of a list.
PROMISED = [
    ("due", "", DUE),
    ("due", "items.0", ITEM),
    ("due", "items.0.customer", WHO),
    ("log", "", CHANGE),
    ("log", "customer", CUSTOMER),
    ("log", "inquiry", INQUIRY),
    ("log", "inquiry.customer", WHO),
    ("log", "promises.0", PROMISE),
    ("log_markers", "follow_ups.0", FOLLOW_UP),
    ("several_done", "", CHANGE + " customers inquiries"),
    ("several_done", "customers.0", CUSTOMER),
    ("several_done", "inquiries.1", INQUIRY),
    ("show_explain", "", "schema " + INQUIRY + " messages" + OPEN_THINGS),
    ("show_explain", "messages.0", MESSAGE),
    ("show_explain", "promises.0", PROMISE + " working"),
    ("show_customer", "", "schema " + CUSTOMER + " inquiries" + OPEN_THINGS + " no_mail"),
    ("show_customer", "follow_ups.0", FOLLOW_UP),
    ("customer_list", "customers.0", CUSTOMER),
    ("inquiries", "inquiries.0", INQUIRY),
    ("search", "hits.0", HIT),
    ("search", "hits.0.customer", WHO),
    ("when", "", "schema said at start has_time working"),
    ("undo", "", "schema undid at"),
    ("redo", "", "schema redid at"),
    ("import", "", "schema created updated unchanged problems"),
    ("advise", "channels.0", ADVICE),
    ("report_promises", "", "schema since channels told total"),
    ("report_promises", "channels.0", REPORT),
    ("report_promises", "told", REPORT),
    ("report_promises", "total", REPORT),
    ("nobody", "error", "code message hint"),
]
# What a story of one desk cannot bring in passing: a deed on two things of two people.
SEVERAL = ("done", "18", "25")
DEEDS = {
    "log": "log",
    "follow": "follow",
    "promise": "promise",
    "reply_open": "reply",
    "move": "move",
    "done": "done",
    "wait": "wait",
    "solved": "solved",
    "drop": "drop",
    "customer_add": "customer add",
    "customer_edit": "customer edit",
    "channel_set": "channel set",
    "hours_set": "hours",
    "init": "init",
}


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Ran]:
    """The whole story, each step's answer by its name."""
    home = Home(tmp_path_factory.mktemp("story"))
    found = {}
    for step in STEPS:
        home.now = step.now
        found[step.name] = home.run(*step.words, "--json")
    found["several_done"] = home.run(*SEVERAL, "--json")
    home_path = str(home.folder)
    return {
        name: ran._replace(out=ran.out.replace(home_path, "HOME")) for name, ran in found.items()
    }


def at(answer: Any, path: str) -> Any:
    for part in path.split(".") if path else []:
        answer = answer[int(part)] if part.isdigit() else answer[part]
    return answer


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.name)
def test_the_answer_is_exactly_this(told: dict[str, Ran], step: Any) -> None:
    ran = told[step.name]

    assert ran.code == step.code
    is_error = step.code in (1, 2, 3)
    assert (ran.out if is_error else ran.err) == ""
    goldens.check(f"{step.name}.json", ran.err if is_error else ran.out)


@pytest.mark.parametrize("name, path, keys", PROMISED)
def test_every_promised_key_is_there(told: dict[str, Ran], name: str, path: str, keys: str) -> None:
    found = at(json.loads(told[name].out or told[name].err), path)

    assert set(keys.split()) <= set(found)


@pytest.mark.parametrize("name, did", DEEDS.items())
def test_a_change_says_what_was_done(told: dict[str, Ran], name: str, did: str) -> None:
    assert json.loads(told[name].out)["did"] == did


def test_with_several_things_the_singular_keys_are_null(told: dict[str, Ran]) -> None:
    answer = json.loads(told["several_done"].out)

    assert (answer["customer"], answer["inquiry"]) == (None, None)
    assert len(answer["inquiries"]) == 2


def test_the_same_key_gives_the_same_answer(told: dict[str, Ran]) -> None:
    assert told["log_key"].out == told["log_key_again"].out


def test_no_golden_file_is_left_over() -> None:
    known = {f"{step.name}.json" for step in STEPS}

    assert {path.name for path in goldens.FOLDER.glob("*.json")} == known


def test_instants_have_their_offset_and_no_fractions(told: dict[str, Ran]) -> None:
    for ran in told.values():
        for key, value in leaves(json.loads(ran.out or ran.err)):
            if key.endswith("_at") and value is not None:
                assert len(value) == len("2026-11-16T09:20:00+00:00"), (key, value)


def leaves(value: Any, key: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from leaves(inner, name)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, key)
    else:
        yield key, value


@pytest.mark.parametrize(
    "words, empty",
    [
        (("due",), "items"),
        (("inquiries",), "inquiries"),
        (("customer", "list"), "customers"),
        (("search", "oak"), "hits"),
        (("undo", "--list"), "deeds"),
        (("report", "promises"), "channels"),
    ],
)
def test_before_there_is_a_desk_lists_are_empty_and_nothing_is_made(
    tmp_path: Any, words: tuple[str, ...], empty: str
) -> None:
    assert Home(tmp_path).json(*words)[empty] == []
    assert list(tmp_path.iterdir()) == []
