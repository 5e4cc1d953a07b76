"""bench/make_desk.py makes what it says: desks as the desk itself would have made them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from bench.make_desk import make
from bench.plot import drawn

from cxdesk.desk import agenda, answers
from cxdesk.domain.promises import due_at, read_allowance
from cxdesk.domain.records import Customer, FollowUp, Inquiry, Promise
from cxdesk.store import customers, database, history, inquiries, search
from cxdesk.store.database import Sql
from cxdesk.store.settings import load_desk
from tests.store.desks import is_whole

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from cxdesk.store.database import Link

NOW = datetime(2026, 11, 23, 9, 5, tzinfo=UTC)
_INQUIRIES = Sql(f"SELECT {inquiries.INQUIRY} FROM inquiry i ORDER BY i.number", Inquiry)
_PROMISES = Sql(f"SELECT {inquiries.PROMISE} FROM promise p ORDER BY p.number", Promise)
_FOLLOW_UPS = Sql(f"SELECT {inquiries.FOLLOW_UP} FROM follow_up f ORDER BY f.number", FollowUp)
_LAST = Sql("SELECT last FROM number")
_DOCS = Sql("SELECT kind, ref, body FROM search_doc ORDER BY kind, ref")
_WORDS = Sql("SELECT word, customer_id FROM name_word ORDER BY word, customer_id")
SIZE = 200


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("made") / "desk.db"
    make(str(made), SIZE, NOW)
    return made


@pytest.fixture
def link(path: Path) -> Iterator[Link]:
    with database.open_to_read(str(path)) as opened:
        yield opened


class TestDesk:
    def test_it_is_whole_and_the_owner_s_alone(self, path: Path) -> None:
        assert is_whole(path)
        assert path.stat().st_mode & 0o777 == 0o600

    def test_it_holds_so_many(self, link: Link) -> None:
        assert len(link.all(_INQUIRIES)) == SIZE

    def test_sixty_promises_are_open_and_thirty_of_them_late(self, link: Link) -> None:
        desk = load_desk(link)
        owed = [item for item in agenda.due(link, desk, NOW).items if item.kind == "promise"]
        late = [item.due_at for item in owed if item.state == "late"]

        assert len(owed) == 60
        assert len(late) == 30
        assert all(at and desk.hours.close_of_day(at, 5) >= NOW for at in late)

    def test_numbers_are_of_one_sequence(self, link: Link) -> None:
        rows = [*link.all(_INQUIRIES), *link.all(_PROMISES), *link.all(_FOLLOW_UPS)]

        assert sorted(row.number for row in rows) == list(range(1, link.value(_LAST) + 1))

    def test_nobody_is_undated(self, link: Link) -> None:
        assert agenda.due(link, load_desk(link), NOW).undated == 0

    def test_nothing_lies_ahead_of_now_but_what_is_due(self, link: Link) -> None:
        said = [inquiry.last_in_at or inquiry.last_out_at for inquiry in link.all(_INQUIRIES)]

        assert all(at is not None and at <= NOW for at in said)
        assert all(promise.made_at <= NOW for promise in link.all(_PROMISES))

    def test_policy_promises_are_due_as_reckoned(self, link: Link) -> None:
        desk = load_desk(link)
        for promise in link.all(_PROMISES):
            if promise.allowance is not None:
                allowance = read_allowance(promise.allowance)
                reckoned = due_at(promise.made_at, allowance, desk.hours)
                assert promise.first_due_at == reckoned

    def test_the_desk_reads_every_inquiry_and_customer(self, link: Link) -> None:
        for inquiry in link.all(_INQUIRIES):
            assert answers.of_inquiry(link, inquiry.number, NOW).messages
        everybody: list[Customer] = customers.everyone(link)
        for customer in everybody:
            assert answers.of_customer(link, customer.id, NOW).inquiries

    def test_texts_and_names_are_many(self, link: Link) -> None:
        subjects = {inquiry.subject for inquiry in link.all(_INQUIRIES)}
        names = {customer.name for customer in customers.everyone(link)}

        assert len(subjects) > 0.95 * SIZE
        assert len(names) > SIZE / 4


class TestWriting:
    @pytest.fixture
    def copy(self, path: Path, tmp_path: Path) -> Iterator[Link]:
        own = tmp_path / "desk.db"
        own.write_bytes(path.read_bytes())
        with database.open_to_write(str(own)) as link:
            yield link

    def test_what_is_derived_is_as_the_desk_derives_it(self, copy: Link) -> None:
        before = copy.rows(_DOCS, {}), copy.rows(_WORDS, {})
        numbers = [inquiry.number for inquiry in copy.all(_INQUIRIES)]
        search.refresh(copy, numbers, [one.id for one in customers.everyone(copy)])

        assert (copy.rows(_DOCS, {}), copy.rows(_WORDS, {})) == before

    def test_the_last_deed_can_be_undone(self, copy: Link) -> None:
        last = history.last_done(copy)
        assert last is not None
        with history.Replay(copy) as replay:
            replay.take_back(last)

        assert len(copy.all(_INQUIRIES)) == SIZE - 1


class TestSeed:
    def test_the_same_twice(self, path: Path, tmp_path: Path) -> None:
        again = tmp_path / "again.db"
        make(str(again), SIZE, NOW)

        assert again.read_bytes() == path.read_bytes()

    def test_dates_follow_now(self, tmp_path: Path) -> None:
        made, later = tmp_path / "desk.db", NOW + timedelta(days=100)
        make(str(made), 100, later)
        with database.open_to_read(str(made)) as link:
            owed = agenda.due(link, load_desk(link), later).items

        assert sum(item.kind == "promise" for item in owed) == 60


class TestPicture:
    def test_it_shows_every_line(self) -> None:
        drawing = drawn({"task": {100: 0.01, 10_000: 1.0}, "cxdesk": {100: 0.02, 1_000_000: 0.02}})

        assert drawing.count("<polyline") == 2
        assert ">cxdesk<" in drawing
