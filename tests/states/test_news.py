"""docs/states.md, "News": a follow-up each span while the inquiry is not closed."""

from __future__ import annotations

from typing import Any

import pytest

from cxdesk.domain.news import read_span
from cxdesk.domain.phrases import PhraseError
from cxdesk.errors import UsageError
from tests.states.helpers import Desk


@pytest.fixture
def desk() -> Desk:
    return Desk()


def news(desk: Desk, number: int = 1) -> list[str]:
    """Each news of an inquiry: its number, when it is due, how it stands."""
    return [
        f"{f.number} {desk.told(f.due_at)} {f.state}"
        for f in desk.follow_ups(number)
        if f.kind == "news"
    ]


class TestNews:
    def test_is_due_a_span_after_the_contact(self, desk: Desk) -> None:
        desk.log(news="1w")

        assert news(desk) == ["3 Mon 11 17:00 open"]
        assert [(i.kind, i.what) for i in desk.items()] == [
            ("promise", "It wobbles"), ("news", "It wobbles"),
        ]  # fmt: skip

    def test_of_a_contact_noted_late_it_is_counted_from_that(self, desk: Desk) -> None:
        desk.at("Thu 07 10:00").log(news="2bd", at="Tue 05 12:00")

        assert news(desk) == ["3 Thu 07 17:00 open"]

    @pytest.mark.parametrize("then", [{}, {"end": "open"}, {"end": "wait"}, {"by": "fri"}], ids=str)
    def test_whatever_of_ours_reaches_them_restarts_it(
        self, desk: Desk, then: dict[str, Any]
    ) -> None:
        desk.log(news="1w")
        desk.at("Wed 06 10:00").reply(**then)

        assert news(desk) == ["3 Wed 13 17:00 open"]

    def test_a_call_of_ours_on_it_does_so_too(self, desk: Desk) -> None:
        desk.log(news="1w")
        desk.at("Wed 06 10:00").log("Told her", on=1, out=True)

        assert news(desk) == ["3 Wed 13 17:00 open"]

    def test_and_a_reply_promise_that_is_done(self, desk: Desk) -> None:
        desk.log(news="1w")
        desk.at("Wed 06 10:00").done(2)

        assert news(desk) == ["3 Wed 13 17:00 open"]

    def test_an_attempt_and_a_contact_of_theirs_do_not(self, desk: Desk) -> None:
        desk.log(news="1w")
        desk.at("Wed 06 10:00").reply(end="missed")
        desk.log("And now?", on=1)

        assert news(desk) == ["3 Mon 11 17:00 open"]

    def test_what_was_said_before_the_last_contact_does_not_bring_it_forward(
        self, desk: Desk
    ) -> None:
        desk.log(news="1w")
        desk.at("Wed 06 10:00").reply()
        desk.at("Thu 07 10:00").reply(at="Tue 05 10:00")

        assert news(desk) == ["3 Wed 13 17:00 open"]

    def test_done_brings_the_next(self, desk: Desk) -> None:
        desk.log(news="1w")
        desk.at("Tue 12 10:00").done(3)

        assert news(desk) == ["3 Mon 11 17:00 done", "4 Tue 19 17:00 open"]
        assert desk.inquiry_cell() == "open"

    def test_dropped_it_is_skipped_and_with_the_series_over(self, desk: Desk) -> None:
        desk.log(news="1w")
        desk.at("Tue 12 10:00").drop(3)
        desk.at("Wed 13 10:00").drop(4, series=True)

        assert news(desk) == ["3 Mon 11 17:00 dropped", "4 Tue 19 17:00 dropped"]

    def test_moved_it_is_out_of_due_until_then_and_a_contact_restarts_it(self, desk: Desk) -> None:
        desk.log(news="2bd")
        desk.at("Wed 06 10:00").move(3, "fri")
        assert [item.kind for item in desk.items()] == ["promise"]
        desk.reply()

        assert news(desk) == ["3 Fri 08 17:00 open"]
        assert "news" in [item.kind for item in desk.items()]

    @pytest.mark.parametrize("close", ["solved", "drop"])
    def test_closing_drops_it(self, desk: Desk, close: str) -> None:
        desk.log(news="1w")
        getattr(desk, close)(1)

        assert news(desk) == ["3 Mon 11 17:00 dropped"]

    def test_so_does_the_end_of_a_quiet_check(self, desk: Desk) -> None:
        desk.log(news="1w", end="answered")
        desk.at("Tue 12 10:00").settle()

        assert desk.inquiry_cell().startswith("closed")
        assert [row.split()[-1] for row in news(desk)] == ["dropped"]

    def test_on_an_inquiry_that_is_there_it_begins_or_gets_another_pace(self, desk: Desk) -> None:
        desk.log()
        desk.log("And now?", on=1, news="1w")
        assert news(desk) == ["3 Mon 11 17:00 open"]
        desk.log("And now?", on=1, news="2bd")

        assert news(desk) == ["3 Wed 06 17:00 open"]

    @pytest.mark.parametrize("said", [{"end": "solved"}, {"out": True}], ids=str)
    def test_of_what_is_closed_at_once_it_is_refused(
        self, desk: Desk, said: dict[str, Any]
    ) -> None:
        with pytest.raises(UsageError, match="nobody waits for news"):
            desk.log(news="1w", **said)

    def test_undo_takes_it_back_with_what_brought_it(self, desk: Desk) -> None:
        desk.log(news="1w")
        before = desk.rows()
        desk.at("Wed 06 10:00").reply()
        desk.undo()
        assert desk.rows() == before

        desk.undo()
        assert news(desk) == []


class TestSpan:
    @pytest.mark.parametrize(
        "text, read", [("1w", "1w"), ("every 2 weeks", "2 weeks"), ("2bd", "2bd"), ("3 d", "3 d")]
    )
    def test_is_a_length(self, text: str, read: str) -> None:
        assert read_span(text) == read

    @pytest.mark.parametrize("text", ["", "fri", "1w noon", "soon", "every", "0d"])
    def test_anything_else_is_not(self, text: str) -> None:
        with pytest.raises(PhraseError):
            read_span(text)
