"""From where on a folder of a mailbox is read."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import pytest

from cxdesk.domain.mailboxes import Asked, Start, at_the_end, is_under_way, where_to_begin
from cxdesk.domain.received import Mailbox

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ASKED = datetime(2026, 11, 1, tzinfo=UTC)
FETCHED = datetime(2026, 11, 20, tzinfo=UTC)
FIRST = datetime(2026, 10, 2, tzinfo=UTC)
DAY = timedelta(days=1)
MONTH = NOW - 30 * DAY

Known = tuple[int, int, datetime] | None

NEW = None
KNOWN = (7, 500, FETCHED)
BEGUN = (-7, 40, ASKED)
PLAIN, SINCE, ALL = Asked(), Asked(ASKED), Asked(everything=True)


class Folder(NamedTuple):
    uidvalidity: int = 7
    uidnext: int = 501
    exists: int = 500


@pytest.mark.parametrize(
    "known, there, asked, after_uid, since",
    [
        # The first time.
        (NEW, Folder(exists=200), PLAIN, 0, None),
        (NEW, Folder(exists=201), PLAIN, 0, MONTH),
        (NEW, Folder(), SINCE, 0, ASKED),
        (NEW, Folder(), ALL, 0, None),
        # From where it ended.
        (KNOWN, Folder(), PLAIN, 500, None),
        (KNOWN, Folder(uidnext=0), PLAIN, 500, None),
        (KNOWN, Folder(uidnext=900), PLAIN, 500, None),
        (KNOWN, Folder(), SINCE, 0, ASKED),
        (KNOWN, Folder(), ALL, 0, None),
        # Another folder under the same name.
        (KNOWN, Folder(uidvalidity=8), PLAIN, 0, FIRST - DAY),
        (KNOWN, Folder(uidvalidity=8), SINCE, 0, ASKED),
        # And one of another server, that calls all of them the same.
        (KNOWN, Folder(uidnext=500), PLAIN, 0, FIRST - DAY),
        (KNOWN, Folder(uidnext=1, exists=0), PLAIN, 0, FIRST - DAY),
        # One that broke off goes on, with what was asked then.
        (BEGUN, Folder(), PLAIN, 40, ASKED),
        (BEGUN, Folder(uidvalidity=8), PLAIN, 0, ASKED),
        (BEGUN, Folder(uidnext=40), PLAIN, 0, ASKED),
        (BEGUN, Folder(), ALL, 0, None),
    ],
)
def test_where_a_folder_is_read_from(
    known: Known,
    there: Folder,
    asked: Asked,
    after_uid: int,
    since: datetime | None,
) -> None:
    start = begin(known, there, asked)

    assert (start.after_uid, start.since) == (after_uid, since)


def begin(
    known: Known, there: Folder, asked: Asked, *, is_sent: bool = False, now: datetime = NOW
) -> Start:
    place = Mailbox("support", "INBOX", *(known or (0, 0, NOW)))
    return where_to_begin(
        place, there, asked, is_new=known is None, is_sent=is_sent, first_at=FIRST, now=now
    )


@pytest.mark.parametrize(
    "known, exists, asked, is_sent, is_cut",
    [
        (NEW, 201, PLAIN, False, True),
        (NEW, 200, PLAIN, False, False),
        (NEW, 900, SINCE, False, False),
        (NEW, 900, PLAIN, True, False),
        (KNOWN, 900, PLAIN, False, False),
    ],
)
def test_what_is_left_out_unasked_is_said(
    known: Known, exists: int, asked: Asked, is_sent: bool, is_cut: bool
) -> None:
    assert begin(known, Folder(exists=exists), asked, is_sent=is_sent).is_cut == is_cut


def test_of_what_was_sent_it_is_the_last_thirty_days() -> None:
    assert begin(NEW, Folder(exists=3), PLAIN, is_sent=True).since == MONTH


@pytest.mark.parametrize("known", [NEW, KNOWN, BEGUN])
@pytest.mark.parametrize("validity", [7, 8])
def test_what_breaks_off_takes_no_more_the_next_time_than_was_asked_for(
    known: Known, validity: int
) -> None:
    there = Folder(uidvalidity=validity, uidnext=502)
    start = begin(known, there, SINCE)
    broken_off = start.place._replace(last_uid=max(start.place.last_uid, 3))
    again = begin(
        (broken_off.uidvalidity, broken_off.last_uid, broken_off.fetched_at), there, PLAIN
    )

    assert again.since == ASKED or again.after_uid == 500
    assert again.after_uid in (3, 40, 500)
    ended = at_the_end(broken_off, start, there, NOW)
    assert ended[2:] == (validity, 501, NOW)
    assert not is_under_way(ended)


def test_at_its_end_nothing_is_passed_over_where_all_was_asked_for() -> None:
    start = begin(NEW, Folder(exists=3), PLAIN)

    assert at_the_end(start.place._replace(last_uid=3), start, Folder(), NOW).last_uid == 3
