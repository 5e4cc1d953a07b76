"""The screens as people see them: a real terminal emulator reads what is sent to it."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from cxdesk.domain.hours import WEEKDAYS, OpeningHours
from cxdesk.domain.records import Agenda, Deed, Desk, Hit
from cxdesk.views.changes import ChangeView
from cxdesk.views.due import DueView
from cxdesk.views.lists import CustomersView, DeedsView, InquiriesView, SearchView
from cxdesk.views.screen import Screen
from cxdesk.views.show import CustomerView, InquiryView
from tests.views.examples import (
    ANN,
    BOB,
    CARD,
    CUSTOMER,
    DANA,
    DESK,
    FOLLOW_UP,
    HOURS,
    INQUIRY,
    KIM,
    MESSAGE,
    MORNING,
    NOW,
    PROMISE,
    QUIET_DAY,
    SATURDAY,
    SEEN,
    at,
    change,
    drawn,
    history,
    painted,
)

WIDTHS = [20, 21, 39, 60, 80, 120, 400]
MORNING_SCREEN = """\
Mon 23 Nov 09:05, open until 17:00     last 30 days: 14 of 15 promises kept

  31  since Sat    Bob Ray        promised: send the spare key
                   call 020 7946 0123 - ASKED AGAIN Sun
  27  since Fri    Kim & Sons     reply: is the quote for oak or ash?
                   mail kim@example.com - not yet a customer
  39  by 16:00     Ann Lee        reply: Invoice shows VAT twice
                   CALL 020 7946 0999, do not write: 3 mails so far
   -  today        instagram      look in (last looked Fri 16:10)

 Then
  53  Tue 12:00    Dana Reyes     promised reply: Does the oak shelf come in 90…
      2 wait on the customer; 6 answered, not contradicted

 One at a time: cxdesk go        Or: cxdesk reply kim, done bob, move ann thu"""
ODD = [
    "Ann [/x] Lee",
    "[link=http://x]Ann[/link]",
    "Ann :smile: Lee",
    "\x1b]52;c;eA==\x07Ann\x1b[2J",
    "田中 花子 株式会社山田製作所",
    "משה כהן",
    "Ann\u202eeeL",
    "Bartholomew Featherstonehaugh-Cholmondeley & Daughters of Kirkby Lonsdale",
    "x" * 90,
]


def shown(agenda: Agenda, width: int = 80, desk: Desk = DESK, **options: Any) -> list[str]:
    return drawn(DueView(agenda, desk, **options), width)


def morning(*items: Any, **changed: Any) -> Agenda:
    return MORNING._replace(items=items, **changed)


def squeezed(lines: list[str]) -> str:
    return "".join("".join(lines).split())


class TestDue:
    def test_the_morning(self) -> None:
        assert "\n".join(shown(MORNING)) == MORNING_SCREEN

    @pytest.mark.parametrize("width", WIDTHS)
    def test_time_name_and_number_are_never_lost(self, width: int) -> None:
        lines = shown(MORNING, width)

        for kept in ("since Sat", "since Fri", "by 16:00", "Tue 12:00", "Bob Ray", "Kim & Sons"):
            assert any(kept in line for line in lines), kept
        for number in ("020 7946 0123", "020 7946 0999", "kim@example.com"):
            assert any(number in line for line in lines), number

    @pytest.mark.parametrize("width", WIDTHS)
    @pytest.mark.parametrize("name", ODD)
    def test_any_name_on_any_width(self, name: str, width: int) -> None:
        view = DueView(morning(BOB._replace(name=name), KIM, ANN._replace(name=name)), DESK)
        sent, lines = painted(view, width), drawn(view, width)

        told = Screen(width).plain(name)
        assert squeezed([told]) in squeezed(lines)
        assert "020 7946 0123" in "\n".join(lines)
        assert "\x1b]" not in sent
        assert "\u202e" not in sent

    @pytest.mark.parametrize("width", WIDTHS)
    def test_nothing_is_wider_than_the_screen(
        self, width: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TERM", "dumb")
        items = [BOB._replace(name=name, what=name * 3, reach=name) for name in ODD]

        for line in painted(DueView(morning(*items), DESK), width).splitlines():
            assert cell_len(line) <= width

    def test_wide_signs_do_not_move_what_comes_after_them(self) -> None:
        one, other = shown(morning(BOB._replace(name="田中 花子", reach=None), ANN), 100)[2:5:2]

        assert cell_len(one[: one.index("promised")]) == other.index("reply")

    def test_a_quiet_day(self) -> None:
        lines = shown(QUIET_DAY)

        assert "Nobody is waiting for you." in lines
        assert not any("promises kept" in line for line in lines)

    @pytest.mark.parametrize(
        "reach, told", [("ann@example.com", "mail ann@example.com"), ("@ann_lee", "email @ann_lee")]
    )
    def test_whoever_has_no_number_is_not_to_be_called(self, reach: str, told: str) -> None:
        lines = shown(morning(ANN._replace(reach=reach)))

        assert told in [line.strip() for line in lines]
        assert "do not write" not in "\n".join(lines)

    def test_whoever_cannot_be_reached_is_not_to_be_called(self) -> None:
        lines = shown(morning(ANN._replace(reach=None)))

        assert "by email, no address known" in [line.strip() for line in lines]

    def test_nothing_today_is_not_nobody(self) -> None:
        lines = shown(morning(DANA))

        assert "Nothing is due today." in lines
        assert "Nobody is waiting for you." not in lines

    def test_no_desk_yet(self) -> None:
        lines = shown(QUIET_DAY, exists=False)

        assert lines[0] == "No desk yet, and none needed: the first thing you log makes it."
        assert lines[1] == "  cxdesk log     note a contact (try it with the last call you had)"

    def test_what_is_late_for_long_is_one_line(self) -> None:
        old = BOB._replace(due_at=at(6, "12:00"), name="Old Debt")
        lines = shown(morning(old, old, KIM))

        assert not any("Old Debt" in line for line in lines)
        assert any("There are 2 late for more than 10 business days" in line for line in lines)
        assert any("Old Debt" in line for line in shown(morning(old, KIM), fold=False))

    def test_ten_business_days_are_not_more_than_ten(self) -> None:
        edge = BOB._replace(due_at=at(9, "12:00"), name="Just So")

        assert any("Just So" in line for line in shown(morning(edge)))

    def test_a_desk_that_never_closes(self) -> None:
        always = OpeningHours("Europe/London", {day: [("00:00", "24:00")] for day in WEEKDAYS})
        desk = DESK._replace(hours=always)

        assert shown(QUIET_DAY, desk=desk)[0] == "Mon 23 Nov 09:05, open"

    def test_closed(self) -> None:
        assert shown(QUIET_DAY._replace(now_at=SATURDAY))[0] == (
            "Sat 21 Nov 10:12, closed until Mon 09:00"
        )

    def test_many_rows_are_capped(self) -> None:
        many = [BOB._replace(ref=str(number)) for number in range(100, 160)]
        lines = shown(morning(*many, DANA))

        assert sum("Bob Ray" in line for line in lines) == 40
        assert "      and 20 more" in lines
        assert any(line.startswith("      and 1 more this week") for line in lines)

    def test_a_reminder_job_that_stopped_is_the_first_line(self) -> None:
        stopped = MORNING._replace(last_remind_at=at(20, "08:00"))

        assert (
            shown(stopped)[0] == "The reminder job last ran Fri 20 Nov 08:00: cxdesk remind status"
        )

    def test_a_window_is_shown_whole(self) -> None:
        window = ANN._replace(start_at=at(23, "14:00"))

        assert any("14:00-16:00" in line for line in shown(morning(window)))

    def test_two_of_one_customer_are_told_apart_by_number(self) -> None:
        text = "\n".join(shown(morning(ANN, ANN._replace(ref="40"))))

        assert "cxdesk reply 39" in text

    def test_a_shared_first_name_needs_the_handle(self) -> None:
        other = BOB._replace(ref="77", handle="ann-ray", name="Ann Ray")

        assert "reply ann-lee, done ann-ray" in "\n".join(shown(morning(ANN, other)))


def kept(**changed: Any) -> Any:
    plain = PROMISE._replace(state="kept", kept_at=SATURDAY, early_minutes=2988)
    return plain._replace(**changed)


def seen(**changed: Any) -> Any:
    return SEEN._replace(inquiry=INQUIRY._replace(**changed))


class TestChange:
    def test_log(self) -> None:
        assert drawn(ChangeView(change(), DESK)) == [
            " 1  Dana Reyes, phone: Does the oak shelf come in 90 cm? She can't measure twi…",
            "    You promised an answer by Mon 23 Nov 12:00.          Wrong? cxdesk undo",
        ]

    def test_reply_and_settled(self) -> None:
        closed = seen(status="closed", confirmed=True, closed_at=SATURDAY)
        told = change("reply", promises=(kept(),), inquiries=(closed,))

        assert drawn(ChangeView(told, DESK)) == [
            " 1  Dana Reyes: kept, 2 days early, and settled. Closed.    Next: cxdesk due"
        ]

    def test_reply_late(self) -> None:
        late = kept(state="kept_late", early_minutes=None, late_minutes=35)
        told = change("reply", promises=(late,), inquiries=(seen(status="answered"),))

        assert " 1  Dana Reyes: kept, 35 min late. Answered." in drawn(ChangeView(told, DESK))[0]

    def test_not_reached(self) -> None:
        told = change("reply", promises=(), inquiries=(seen(attempts=2),))

        assert "Dana Reyes: not reached, attempt 2." in drawn(ChangeView(told, DESK))[0]

    def test_wait(self) -> None:
        chase = FOLLOW_UP._replace(kind="chase", inquiry_number=1, due_at=at(26, "17:00"))
        told = change("wait", promises=(), follow_ups=(chase,), inquiries=(seen(status="waiting"),))

        assert drawn(ChangeView(told, DESK))[0] == (
            " 1  Dana Reyes: waiting on them. Ask them again Thu 26 Nov 17:00."
        )

    def test_move(self) -> None:
        assert "moved to Mon 23 Nov 12:00." in drawn(ChangeView(change("move"), DESK))[0]

    def test_drop(self) -> None:
        told = change("drop", promises=(), inquiries=(seen(status="closed"),))

        assert drawn(ChangeView(told, DESK))[0].startswith(" 1  Dana Reyes: dropped. Closed.")

    def test_follow(self) -> None:
        told = change("follow", promises=(), inquiries=(), follow_ups=(FOLLOW_UP,))

        assert " ".join(drawn(ChangeView(told, DESK))).startswith(
            " 3  Dana Reyes: Follow up Fri 4 Dec 17:00 (every 2 weeks): ask how the shelf"
        )

    def test_a_customer_alone(self) -> None:
        told = change("customer add", promises=(), inquiries=())
        text = " ".join(drawn(ChangeView(told, DESK)))

        assert "Dana Reyes (dana-reyes): kept." in text
        assert "cxdesk show dana-reyes" in text

    @pytest.mark.parametrize("did", ["log", "reply", "done", "move", "drop", "promise", "edit"])
    @pytest.mark.parametrize("width", [20, 30, 80, 400])
    def test_every_result_ends_with_what_to_type(self, did: str, width: int) -> None:
        text = " ".join(drawn(ChangeView(change(did), DESK), width))

        assert "cxdesk" in text
        assert squeezed(["Dana Reyes"]) in squeezed([text])


class TestShow:
    @pytest.mark.parametrize("width", WIDTHS)
    @pytest.mark.parametrize("name", ODD)
    def test_any_name_on_any_width(
        self, name: str, width: int, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TERM", "dumb")
        card = CARD._replace(customer=CUSTOMER._replace(name=name))
        one = SEEN._replace(name=name, inquiry=INQUIRY._replace(subject=name * 3))
        said = MESSAGE._replace(text=name * 9)
        told = history(card=card, inquiries=(one,), messages=(said,))
        hit = Hit("inquiry", 1, "dana-reyes", name, name * 5, SATURDAY)
        views = [
            CustomerView(told, HOURS),
            InquiryView(told, HOURS, full=True),
            InquiriesView([one], HOURS, NOW),
            CustomersView([card], HOURS, NOW),
            SearchView([hit], HOURS, NOW),
            ChangeView(change(cards=(card,), inquiries=(one,)), DESK),
        ]
        for view in views:
            lines = painted(view, width).splitlines()

            assert squeezed([Screen(width).plain(name)]) in squeezed(lines), type(view)
            assert max(map(cell_len, lines)) <= width, type(view)

    def test_a_long_mail_is_cut_unless_asked_for(self) -> None:
        long = history(messages=(MESSAGE._replace(text="\n".join(map(str, range(100, 150)))),))

        assert not any("149" in line for line in drawn(InquiryView(long, HOURS)))
        assert any("--full" in line for line in drawn(InquiryView(long, HOURS)))
        assert any("149" in line for line in drawn(InquiryView(long, HOURS, full=True)))

    def test_what_they_wrote_last_is_whole_and_older_words_say_where_they_are_cut(self) -> None:
        form = "\n".join(f"line {number}" for number in range(10))
        older = MESSAGE._replace(id=1, direction="in", text=form)
        newest = MESSAGE._replace(id=2, direction="in", text=form.replace("line", "row"))
        ours = MESSAGE._replace(id=3, direction="out", text=form.replace("line", "word"))
        lines = drawn(InquiryView(history(messages=(older, newest, ours)), HOURS))
        told = [line.strip() for line in lines]

        assert "row 9" in told
        cut = told.index("line 3")
        assert told[cut + 1] == "... 6 more lines (--full)"
        assert told[told.index("word 3") + 1] == "... 6 more lines (--full)"
        of_them = [line.strip() for line in drawn(CustomerView(history(messages=(newest,)), HOURS))]
        assert "row 9" not in of_them
        assert "... 6 more lines (--full)" in of_them

    def test_a_text_of_one_line_more_than_is_shown_is_shown_whole(self) -> None:
        said = MESSAGE._replace(direction="out", text="a\nb\nc\nd\nlast")

        text = drawn(InquiryView(history(messages=(said,)), HOURS))

        assert any(line.strip() == "last" for line in text)
        assert not any("--full" in line for line in text)

    def test_how_an_instant_was_reached(self) -> None:
        view = InquiryView(history(), HOURS, explain=True, workings={2: ["closed Sat-Sun"]})

        assert any("closed Sat-Sun" in line for line in drawn(view))

    def test_late_is_said(self) -> None:
        late = history(promises=(PROMISE._replace(due_at=at(20, "16:30")),))
        text = " ".join(" ".join(drawn(InquiryView(late, HOURS))).split())

        assert "open, 2 days late (35 min of it in opening hours)" in text


def test_the_history_of_deeds() -> None:
    deeds = [Deed(2, "quiet", "desk", SATURDAY), Deed(1, "log", "owner", SATURDAY, undone=True)]

    assert drawn(DeedsView(deeds, HOURS, NOW)) == [
        "  Sat 21 Nov 10:12  quiet, by desk itself",
        "  Sat 21 Nov 10:12  log, undone",
    ]
