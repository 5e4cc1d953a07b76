"""Messages out of a table: what is read, what is refused, and what to type instead."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.domain.records import Problem
from cxdesk.errors import UsageError
from cxdesk.formats.conversations import FIELDS, Said, read_conversations
from cxdesk.formats.tables import Row, Table, read_table
from tests.data import break_twcs
from tests.oracle import COLUMNS

NOW = datetime(2017, 12, 3, 9, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001 - Hypothesis wants bounds without a zone
GOOD = ("1", "ann", "in", "2017-10-31 22:10", "hello", "")


def read(
    *rows: tuple[str, ...], zone: str = "Europe/London", now: datetime | None = NOW
) -> tuple[list[Said], list[Problem]]:
    table = Table(FIELDS, [Row(line, cells) for line, cells in enumerate(rows, 2)], [])
    return read_conversations(table, {}, zone, now)


def row(**fields: str) -> tuple[str, ...]:
    return tuple({**dict(zip(FIELDS, GOOD, strict=True)), **fields}.values())


class TestColumns:
    def columns(self, *header: str, **mapping: str) -> list[Problem]:
        return read_conversations(Table(header, [], []), mapping, "UTC", NOW)[1]

    def test_a_column_with_the_name_of_the_field_needs_no_map(self) -> None:
        assert self.columns("ID", "Author ", "DIRECTION", "at", "Text", "Reply_To") == []

    def test_the_map_goes_before_the_name(self) -> None:
        header = (*FIELDS[:-1], "reply_to", "body")
        table = Table(header, [Row(2, (*GOOD, "mapped"))], [])

        assert read_conversations(table, {"text": "Body"}, "UTC", NOW)[0][0].text == "mapped"

    def test_a_file_without_replies(self) -> None:
        assert self.columns("id", "author", "direction", "at", "text") == []

    @pytest.mark.parametrize(
        "header, mapping, sentence, remedy",
        [
            (FIELDS, {"who": "id"}, "who is no field", "id, author, direction, at, text, reply_to"),
            (FIELDS, {"id": "nr"}, "no column nr", "id, author, direction, at, text, reply_to"),
            (
                ("id", "when", "", "direction"),
                {},
                "no column for author, at, text among id, when, column 3, direction",
                "--map author=COLUMN --map at=COLUMN --map text=COLUMN",
            ),
            ((*FIELDS, "ID"), {"id": "Id"}, "2 columns are named Id", "rename"),
            (
                (*FIELDS[:-1], "response_id", "in_response_to"),
                {},
                "response_id or in_response_to may be it",
                '--map reply_to="in_response_to", or --map reply_to= ',
            ),
        ],
    )
    def test_refusals_name_what_there_is_and_what_to_type(
        self, header: tuple[str, ...], mapping: dict[str, str], sentence: str, remedy: str
    ) -> None:
        with pytest.raises(UsageError) as refusal:
            self.columns(*header, **mapping)

        assert sentence in refusal.value.sentence
        assert remedy in refusal.value.remedy

    def test_an_empty_map_says_that_nothing_is_answered(self) -> None:
        assert self.columns("id", "author", "direction", "at", "text", "parent", reply_to="") == []


class TestInstants:
    @pytest.mark.parametrize(
        "words",
        [
            "Tue Oct 31 22:10:47 +0000 2017",
            "2017-10-31T22:10:47Z",
            "2017-10-31T22:10:47.999+00:00",
            "2017-10-31 22:10:47",
            "2017-10-31 23:10:47 +0100",
            "2017-10-31 22:10:47 UTC",
            "20171031T221047Z",
            "Tue, 31 Oct 2017 22:10:47 +0000",
            "Tue, 31 Oct 2017 15:10:47 -0700 (PDT)",
            "31 Oct 2017 18:10:47 EDT",
            "31 oct 2017 22:10:47",
        ],
    )
    def test_are_read_in_every_common_form(self, words: str) -> None:
        assert read(row(at=words))[0][0].at == datetime(2017, 10, 31, 22, 10, 47, tzinfo=UTC)

    def test_without_an_offset_are_of_the_desks_zone(self) -> None:
        (said,), _ = read(row(at="2017-10-31 22:10"), zone="America/New_York")

        assert said.at == datetime(2017, 11, 1, 2, 10, tzinfo=UTC)
        assert said.at.tzinfo is UTC

    def test_told_twice_by_the_clock_are_the_first(self) -> None:
        (said,), _ = read(row(at="2017-10-29 01:30"))

        assert said.at == datetime(2017, 10, 29, 0, 30, tzinfo=UTC)

    @pytest.mark.parametrize(
        "words, why",
        [
            ("03/04/2017", "no instant"),
            ("03/04/2017 10:00", "no instant"),
            ("yesterday", "no instant"),
            ("", "an empty cell is no instant"),
            ("1509487847", "no time of day"),
            ("2017-10-31", "no time of day"),
            ("2017-02-30 10:00", "no instant"),
            ("2017-10-31 25:00", "no instant"),
            ("0001-01-01T00:00:00+14:00", "no instant"),
            ("Mon Oct 31 22:10:47 +0000 2017", "that date is no Mon"),
            ("Tue, 31 Okt 2017 22:10:47 +0000", "no instant"),
            ("31 Oct 2017 22:10 IST", "unclear meaning, IST"),
            ("31 Oct 2017 22:10 +9900", "no instant"),
            ("2017-03-26 01:30", "clocks went forward"),
            ("2017-12-03 09:01", "lies in the future"),
        ],
    )
    def test_that_cannot_be_trusted_are_told(self, words: str, why: str) -> None:
        said, (problem,) = read(row(at=words))

        assert not said
        assert problem[:2] == (2, "at")
        assert why in problem.message

    def test_the_future_is_taken_where_there_is_no_now(self) -> None:
        assert len(read(row(at="2090-01-01 10:00"), now=None)[0]) == 1

    @given(
        st.datetimes(max_value=NOW.replace(day=1, tzinfo=None), min_value=EPOCH),
        st.integers(-14 * 60, 14 * 60),
    )
    def test_every_iso_instant_is_read(self, at: datetime, offset: int) -> None:
        aware = at.replace(tzinfo=timezone(timedelta(minutes=offset)))
        (said,), problems = read(row(at=aware.isoformat()))

        assert said.at == aware.replace(microsecond=0)
        assert not problems


class TestRows:
    @pytest.mark.parametrize(
        "word, inbound",
        [
            ("in", True),
            ("Inbound", True),
            ("TRUE", True),
            ("out", False),
            ("OutBound", False),
            ("False", False),
        ],
    )
    def test_directions(self, word: str, inbound: bool) -> None:
        assert read(row(direction=word))[0][0].inbound is inbound

    @pytest.mark.parametrize(
        "fields, column, message",
        [
            ({"id": " "}, "id", "the id is empty"),
            ({"author": ""}, "author", "nobody is named"),
            ({"direction": "1"}, "direction", "1 is no direction: write in or out"),
            ({"direction": ""}, "direction", "an empty cell is no direction: write in or out"),
            ({"text": " \n"}, "text", "nothing was said"),
            ({"reply_to": "1.0"}, "reply_to", "1 answers itself"),
        ],
    )
    def test_faults(self, fields: dict[str, str], column: str, message: str) -> None:
        assert read(row(**fields)) == ([], [Problem(2, column, message)])

    def test_an_id_may_be_written_as_a_float(self) -> None:
        said, problems = read(row(id="3.0"), row(id="4", reply_to="3"), row(id="v1.0"))

        assert [(one.id, one.reply_to) for one in said] == [("3", None), ("4", "3"), ("v1.0", None)]
        assert not problems

    def test_the_second_of_two_with_one_id_is_at_fault(self) -> None:
        said, problems = read(row(), row(id="1.0"))

        assert [one.line for one in said] == [2]
        assert problems == [Problem(3, "id", "1 is the id of line 2 already")]

    def test_a_parent_may_be_missing_or_come_later(self) -> None:
        assert read(row(reply_to="2"), row(id="2", reply_to="gone"))[1] == []

    def test_problems_of_the_table_come_along_in_order(self) -> None:
        table = Table(
            FIELDS, [Row(3, row(text=""))], [Problem(2, None, "a"), Problem(4, None, "b")]
        )

        assert [p.line for p in read_conversations(table, {}, "UTC", NOW)[1]] == [2, 3, 4]


class TestCircles:
    def test_who_answers_the_future_closes_the_circle(self) -> None:
        said, problems = read(
            row(id="1", at="2017-10-31 10:00", reply_to="3"),
            row(id="2", at="2017-10-31 11:00", reply_to="1"),
            row(id="3", at="2017-10-31 12:00", reply_to="2"),
            row(id="4", at="2017-10-31 13:00", reply_to="3"),
        )

        assert [one.id for one in said] == ["2", "3", "4"]
        assert problems == [Problem(2, "reply_to", "1 answers itself by way of 3")]

    def test_at_one_instant_the_first_in_the_file_does(self) -> None:
        said, problems = read(row(id="1", reply_to="2"), row(id="2", reply_to="1"))

        assert [one.id for one in said] == ["2"]
        assert problems[0].line == 2

    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(10, 13)), max_size=10))
    def test_none_is_left(self, replies: list[tuple[int, int]]) -> None:
        said, _ = read(
            *(
                row(id=str(number), reply_to=str(parent), at=f"2017-10-31 {hour}:00")
                for number, (parent, hour) in enumerate(replies)
            )
        )
        parents = {one.id: one.reply_to for one in said}

        for one in said:
            step: str | None = one.id
            for _ in parents:
                step = parents.get(step or "")
            assert step not in parents


class TestRealFile:
    def test_the_sample_is_read_whole(self) -> None:
        said, problems = read_conversations(
            read_table(str(break_twcs.SAMPLE)), COLUMNS, "Europe/London", NOW
        )

        assert (len(said), problems) == (1438, [])

    def test_ten_broken_rows_are_ten_problems(self) -> None:
        table = read_table(str(break_twcs.BROKEN))
        said, problems = read_conversations(table, COLUMNS, "Europe/London", NOW)
        wanted = sorted(break_twcs.BREAKS, key=lambda one: int(one.id))

        assert [problem.column for problem in problems] == [one.column for one in wanted]
        assert all(one.says in p.message for one, p in zip(wanted, problems, strict=True))
        assert [p.line for p in problems] == [4, 6, 8, 9, 16, 18, 21, 25, 28, 29]
        assert len(said) == 1428

    def test_the_broken_file_is_what_the_script_makes(self) -> None:
        assert Path(break_twcs.BROKEN).read_bytes() == break_twcs.broken()
