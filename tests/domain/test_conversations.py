"""Who belongs to which conversation; a message is written `time id author > parent`, and we are
`us`."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.domain.conversations import threads
from tests import oracle

START = datetime(2026, 3, 2, 9, tzinfo=UTC)


class Message(NamedTuple):
    id: str
    author: str
    inbound: bool
    at: datetime
    text: str
    reply_to: str | None


def message(words: str) -> Message:
    time, number, author, *parent = words.split()
    at = START + timedelta(minutes=int(time))
    return Message(number, author, author != "us", at, "text", parent[1] if parent else None)


def sorted_out(*messages: str) -> list[tuple[str | None, str]]:
    found = threads(message(words) for words in messages)
    return [(one.author, " ".join(said.id for said in one.messages)) for one in found]


CASES = {
    "nothing": ([], []),
    "a question": (["1 a ann"], [("ann", "a")]),
    "a question and an answer": (["1 a ann", "2 b us > a"], [("ann", "a b")]),
    "the answer stands first in the file": (["2 b us > a", "1 a ann"], [("ann", "a b")]),
    "a missing parent begins a thread": (["1 a ann > gone"], [("ann", "a")]),
    "a missing parent joins nobody": (
        ["1 a ann > gone", "2 b bob > gone"],
        [("ann", "a"), ("bob", "b")],
    ),
    "two threads of one customer": (["1 a ann", "2 b ann"], [("ann", "a"), ("ann", "b")]),
    "a customer's two branches are one conversation": (
        ["1 a ann", "2 b us > a", "3 c ann > a", "4 d us > c"],
        [("ann", "a b c d")],
    ),
    "a second customer in a thread has his own": (
        ["1 a ann", "2 b us > a", "3 c bob > b", "4 d us > c", "5 e us > d", "6 f ann > e"],
        [("ann", "a b f"), ("bob", "c d e")],
    ),
    "ours to ours goes where that one belongs": (
        ["1 a ann", "2 b bob > a", "3 c us > a", "4 d us > c"],
        [("ann", "a c d"), ("bob", "b")],
    ),
    "we began and one answered": (["1 a us", "2 b ann > a"], [("ann", "a b")]),
    "we began and several answered": (
        ["1 a us", "2 b bob > a", "3 c ann > a", "4 d us > c"],
        [("bob", "a b"), ("ann", "a c d")],
    ),
    "we began, added, and each answered another": (
        ["1 a us", "2 b us > a", "3 c ann > a", "4 d bob > b"],
        [("ann", "a b c"), ("bob", "a b d")],
    ),
    "who answers the answerer did not answer us": (
        ["1 a us", "2 b ann > a", "3 c bob > b"],
        [("ann", "a b"), ("bob", "c")],
    ),
    "we began by answering what is missing": (["1 a us > gone", "2 b ann > a"], [("ann", "a b")]),
    "only we spoke": (["1 a us", "2 b us > a"], [(None, "a b")]),
    "one instant: as in the file": (["1 b ann", "1 a ann > b"], [("ann", "b a")]),
    "the earliest conversation first": (["5 a ann", "1 b bob"], [("bob", "b"), ("ann", "a")]),
    "a reply that is older than its parent": (["5 a ann", "1 b us > a"], [("ann", "b a")]),
}


class TestThreads:
    @pytest.mark.parametrize("name", CASES)
    def test_case(self, name: str) -> None:
        messages, wanted = CASES[name]

        assert sorted_out(*messages) == wanted

    def test_a_chain_of_our_own_words_takes_no_square_of_time(self) -> None:
        chain = [f"{n} {n} us > {n - 1}" for n in range(20_000)]

        assert [author for author, _ in sorted_out(*reversed(chain))] == [None]

    @given(
        st.lists(
            st.tuples(st.integers(0, 20), st.sampled_from(["us", "ann", "bob", "cy"])), max_size=12
        ),
    )
    def test_agrees_with_the_oracle(self, spoken: list[tuple[int, str]]) -> None:
        """Parents always stand before by number, so that there is no circle; times are free."""
        messages = [
            message(f"{time} {n} {author} > {time % (n + 2) if time % (n + 2) < n else 'gone'}")
            for n, (time, author) in enumerate(spoken)
        ]
        told = [
            oracle.Said(n, m.id, m.author, m.inbound, m.at, m.text, m.reply_to or "")
            for n, m in enumerate(messages)
        ]

        assert [(one.author, [m.id for m in one.messages]) for one in threads(messages)] == [
            (talk.customer, [m.id for m in talk.said]) for talk in oracle.talks(told)
        ]
