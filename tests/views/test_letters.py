"""The template in which the owner writes a mail, and what is taken out of it again."""

from __future__ import annotations

import pytest

from cxdesk.domain.outgoing import Heading, Quote
from cxdesk.views.letters import template, written
from tests.views.examples import NOW

HEAD = Heading("ann@example.com", "Re: Oak [OAK-1]", "Ann Lee")
LAST = Quote("Ann Lee", NOW, "# 1\nWhere is #1042?")
OPENED = template("", HEAD, "Oak & Co", LAST)


def typed(text: str) -> str:
    return OPENED.replace("Hello Ann,\n\n\n", f"Hello Ann,\n\n{text}\n")


class TestTheTemplate:
    @pytest.mark.parametrize(
        "text",
        ["#1042 is your order.", "# Prices\n90 cm: 80 pounds", "To:\n# To: nobody", "#"],
    )
    def test_what_the_owner_writes_with_a_hash_is_sent(self, text: str) -> None:
        assert written(typed(text), HEAD) == (f"Hello Ann,\n\n{text}", "Oak & Co")

    def test_nothing_of_the_comments_is_sent(self) -> None:
        assert written(OPENED, HEAD) == ("", "Oak & Co")

    @pytest.mark.parametrize("cut", [1, 2])
    def test_nor_of_those_that_are_left_of_them(self, cut: int) -> None:
        start = OPENED.index("# To:")
        left = OPENED[start:].split("\n", cut)[cut]
        assert left.startswith("# ")

        assert written(OPENED[:start] + left, HEAD) == ("", "Oak & Co")

    def test_without_the_comments_all_of_it_is_the_owners(self) -> None:
        kept = typed("#1042 is your order.").partition("# To:")[0]

        assert written(kept, HEAD)[0] == "Hello Ann,\n\n#1042 is your order."
