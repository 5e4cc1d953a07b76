"""docs/states.md, below the table: each sentence about what there is so far."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from cxdesk.desk import channels, tasks, things
from cxdesk.desk.contacts import Contact
from cxdesk.domain.records import Inquiry, Rounds
from cxdesk.errors import RefusedError, UsageError
from cxdesk.store import customers, history, inquiries
from tests.states.helpers import ANN, Desk


def shown(desk: Desk, **options: Any) -> list[tuple[str, str]]:
    """The rows of `due`: what it is, and how urgent."""
    return [(item.ref, item.state) for item in desk.items(**options)]


def deeds(desk: Desk) -> list[tuple[str, str]]:
    """The history, newest first."""
    return [(deed.name, deed.actor) for deed in history.recent(desk.link, 20)]


@pytest.fixture
def desk() -> Desk:
    return Desk()


def answered(desk: Desk, **said: Any) -> Desk:
    """Inquiry 1, answered on Mon 04 10:30; its check is 3."""
    desk.log(**said)
    desk.at("Mon 04 10:30").reply()
    return desk


class TestChecks:
    @pytest.mark.parametrize(
        "said",
        [{"mood": "bad"}, {"tags": ("complaint",)}, {"stars": 1}, {"stars": 2}],
        ids=str,
    )
    def test_is_loud_for_complaints_bad_moods_and_low_ratings(
        self, desk: Desk, said: dict[str, Any]
    ) -> None:
        answered(desk, **said)

        assert desk.follow_ups_cell() == "3 check Thu 07 17:00 open"
        assert [item.kind for item in desk.items()] == ["check"]

    @pytest.mark.parametrize(
        "said", [{}, {"mood": "good"}, {"tags": ("oak",)}, {"stars": 3}], ids=str
    )
    def test_is_quiet_for_the_others_and_no_row(self, desk: Desk, said: dict[str, Any]) -> None:
        answered(desk, **said)

        assert desk.follow_ups_cell() == "3 quiet check Mon 11 17:00 open"
        assert desk.items() == ()
        assert (desk.due().quiet, desk.count()) == (1, 0)
        assert [item.kind for item in desk.items(everything=True)] == ["check"]

    def test_a_quiet_one_is_never_counted_not_even_on_its_day(self, desk: Desk) -> None:
        answered(desk).at("Mon 11 16:00")

        assert (desk.items(), desk.count(), desk.due().quiet) == ((), 0, 1)

    def test_a_bad_mood_at_the_reply_is_in_time(self, desk: Desk) -> None:
        desk.log()
        desk.reply(mood="bad")

        assert desk.follow_ups_cell() == "3 check Thu 07 17:00 open"

    @pytest.mark.parametrize("how, mood, quiet", [
        ("all", "good", False), ("none", "bad", True), ("loud", "good", True),
    ])  # fmt: skip
    def test_the_setting_decides_for_all(
        self, desk: Desk, how: str, mood: str, quiet: bool
    ) -> None:
        desk.set_checks(how)
        answered(desk, mood=mood)

        assert desk.follow_ups()[0].quiet is quiet

    def test_a_loud_one_never_closes_by_itself(self, desk: Desk) -> None:
        answered(desk, mood="bad").at("06 Mon 01 10:00")

        assert desk.inquiry_cell() == "answered"
        assert shown(desk) == [("1", "late")]


class TestQuietClosing:
    def test_comes_at_the_instant_the_days_are_over(self, desk: Desk) -> None:
        answered(desk)

        assert desk.at("Mon 11 16:59").inquiry_cell() == "answered"
        assert desk.at("Mon 11 17:00").inquiry_cell() == "closed Mon 11 17:00, confirmed null"

    def test_is_shown_by_every_read_before_it_is_recorded(self, desk: Desk) -> None:
        answered(desk).at("Tue 12 10:00")
        link, now = desk.link, desk.now
        ann = desk.inquiry().customer_id
        assert ann is not None
        filters: dict[str, Any] = dict.fromkeys(("tag", "channel", "since", "customer"))

        assert desk.inquiry().status == "answered"  # as the row stands
        assert inquiries.listed(link, now, status="answered", **filters) == []
        assert [i.number for i in inquiries.listed(link, now, status="closed", **filters)] == [1]
        assert inquiries.alive_of(link, ann, now) == []
        assert customers.open_count(link, ann, now) == 0
        assert [i.status for i in inquiries.of_customer(link, ann, now)] == ["closed"]
        assert (desk.due().quiet, desk.due().undated) == (0, 0)
        assert desk.items(everything=True) == ()

    def test_reads_the_same_before_and_after_it_is_recorded(self, desk: Desk) -> None:
        answered(desk).at("Tue 12 10:00")
        before = desk.seen()
        desk.settle()

        assert desk.inquiry() == before == desk.seen()

    def test_is_recorded_by_the_next_writing_command_in_a_deed_before_its_own(
        self, desk: Desk
    ) -> None:
        answered(desk).at("Tue 12 10:00")
        with desk.deed("promise") as d:
            d.change(desk.inquiry(), subject="changed")
            touched = d.current(Inquiry)

        assert deeds(desk)[:2] == [("promise", "owner"), ("quiet", "desk")]
        assert [one.subject for one in touched] == ["changed"]
        assert desk.inquiry().status == "closed"

    def test_a_command_that_is_refused_records_it_all_the_same(self, desk: Desk) -> None:
        answered(desk).at("Tue 12 10:00")
        with pytest.raises(RefusedError):
            desk.wait()

        assert deeds(desk)[0] == ("quiet", "desk")

    @pytest.mark.parametrize("what", [None, "the spare key"])
    def test_never_comes_while_a_promise_is_open(self, desk: Desk, what: str | None) -> None:
        answered(desk).promise(1, "fri noon", what)
        desk.at("06 Mon 01 10:00").settle()

        assert desk.inquiry_cell() == "open"
        assert desk.due().undated == 0

    def test_follows_a_check_that_was_moved(self, desk: Desk) -> None:
        answered(desk).move(3, "06 may 09:00")

        assert desk.at("Wed 06 08:59").inquiry_cell() == "answered"
        assert desk.at("Wed 06 09:00").inquiry_cell() == "closed Wed 06 09:00, confirmed null"


class TestClosing:
    @pytest.mark.parametrize(
        "close", [Desk.solved, lambda d: d.drop(1), lambda d: d.reply(end="solved")]
    )
    def test_drops_the_chase_and_leaves_the_plans_of_our_own(
        self, desk: Desk, close: Callable[[Desk], None]
    ) -> None:
        desk.log(end="wait")
        desk.follow(1, "wed noon", "send the leaflet")
        close(desk)

        assert desk.follow_ups_cell() == (
            "2 chase Thu 07 17:00 dropped; 3 follow-up Wed 06 12:00 open"
        )
        assert shown(desk) == [("1", "next")]


class TestInbound:
    def test_brings_back_what_was_moved_on_that_inquiry(self, desk: Desk) -> None:
        desk.log()
        desk.follow(1, "wed noon", "send the leaflet")
        desk.move(3, "fri 10-12")
        desk.log(on=1)

        follow_up = desk.follow_ups()[0]
        assert desk.told(follow_up.due_at) == "Wed 06 12:00"
        assert (follow_up.start_at, follow_up.moved_from_at) == (None, None)

    def test_never_brings_a_plan_back_to_later(self, desk: Desk) -> None:
        desk.log()
        desk.follow(1, "fri noon", "send the leaflet")
        desk.move(3, "wed noon")
        desk.log(on=1)

        assert desk.told(desk.follow_ups()[0].due_at) == "Wed 06 12:00"

    def test_leaves_what_was_moved_elsewhere(self, desk: Desk) -> None:
        desk.log()
        other = desk.follow(ANN, "wed noon", "send the leaflet")
        desk.move(other, "fri noon")
        desk.log(on=1)

        assert desk.told(desk.task(other).due_at) == "Fri 08 12:00"

    @pytest.mark.parametrize("options", [{}, {"by": "none"}], ids=str)
    def test_from_before_our_last_contact_owes_nothing(
        self, desk: Desk, options: dict[str, Any]
    ) -> None:
        answered(desk).at("Mon 04 12:00").log(on=1, at="Mon 04 10:15", **options)

        assert desk.inquiry_cell() == "answered"
        assert desk.promises_cell() == "2 policy Mon 04 14:00 kept"
        assert desk.told(desk.inquiry().last_in_at) == "Mon 04 10:15"

    def test_from_before_our_last_contact_still_carries_a_spoken_promise(self, desk: Desk) -> None:
        answered(desk).at("Mon 04 12:00").log(on=1, at="Mon 04 10:15", by="thu noon")

        assert desk.inquiry_cell() == "open"
        assert desk.promises()[-1].kind == "spoken"
        assert desk.inquiry().unanswered_at is None

    def test_after_a_call_that_reached_nobody_owes_a_reply(self, desk: Desk) -> None:
        desk.at("Mon 04 11:00").log(out=True, end="missed")
        desk.log(on=1, at="Mon 04 10:00")

        assert desk.promises_cell() == "2 policy Mon 04 14:00 open"


class TestEnteredLate:
    """A reply with --at before a later message of theirs; the latter came at Mon 04 12:00."""

    @pytest.fixture
    def written_twice(self, desk: Desk) -> Desk:
        desk.log()
        desk.at("Mon 04 12:00").log(on=1)
        return desk.at("Mon 04 13:00")

    @pytest.mark.parametrize("end", [None, "open", "wait", "solved"])
    def test_keeps_what_was_owed_then_and_owes_what_came_after(
        self, written_twice: Desk, end: str | None
    ) -> None:
        written_twice.reply(at="Mon 04 11:00", end=end)

        assert written_twice.inquiry_cell() == "open"
        assert written_twice.promises_cell() == (
            "2 policy Mon 04 14:00 kept; 3 policy Mon 04 16:00 open"
        )
        assert written_twice.follow_ups_cell() == "-"

    def test_the_spoken_one_goes_before_the_policy(self, written_twice: Desk) -> None:
        written_twice.reply(at="Mon 04 11:00", by="thu noon")

        assert written_twice.promises_cell() == (
            "2 policy Mon 04 14:00 kept; 3 spoken Thu 07 12:00 open"
        )

    @pytest.mark.parametrize("end", [None, "open", "wait", "solved"])
    def test_from_before_they_wrote_at_all_it_answers_nothing(
        self, desk: Desk, end: str | None
    ) -> None:
        desk.log()
        desk.at("Mon 04 11:00").reply(at="Mon 04 09:00", end=end)

        assert desk.inquiry_cell() == "open"
        assert desk.promises_cell() == "2 policy Mon 04 14:00 open"
        assert desk.counts_cell() == "-"

    @pytest.mark.parametrize("end", ["wait", "solved"])
    def test_from_before_a_spoken_promise_leaves_that_owed(self, desk: Desk, end: str) -> None:
        desk.log(end="answered")
        desk.at("Mon 04 12:00").promise(1, "thu noon")
        desk.at("Mon 04 13:00").reply(at="Mon 04 11:00", end=end)

        assert desk.inquiry_cell() == "open"
        assert desk.promises_cell() == "3 spoken Thu 07 12:00 open"

    def test_from_before_a_later_reply_leaves_the_check_where_it_is(self, desk: Desk) -> None:
        answered(desk)
        desk.at("Tue 12 10:00").log(on=1)
        desk.reply()
        desk.at("Wed 13 10:00").reply(at="Mon 04 10:45")

        assert desk.follow_ups_cell().endswith("5 check Fri 15 17:00 open")
        assert desk.told(desk.inquiry().answered_at) == "Tue 12 10:00"


class TestUnanswered:
    def test_lasts_until_a_contact_reaches_them(self, desk: Desk) -> None:
        desk.log()
        desk.at("Mon 04 11:00").reply(end="missed")
        assert desk.told(desk.inquiry().unanswered_at) == "Mon 04 10:00"

        desk.reply(end="open")
        assert desk.inquiry().unanswered_at is None

    def test_begins_with_the_oldest_message_whatever_the_order_of_entry(self, desk: Desk) -> None:
        desk.at("Mon 04 11:00").log()
        desk.log(on=1, at="Mon 04 10:00")

        assert desk.told(desk.inquiry().unanswered_at) == "Mon 04 10:00"


class TestDue:
    def test_lists_late_today_next_and_in_each_the_chased_first(self, desk: Desk) -> None:
        desk.log(who="Bob Ray")  # 1, due 14:00
        desk.log(who="Kim Sons")  # 3, due 14:00
        desk.log(on=3)
        desk.log(who="Ivo Nagy", by="tue 9am")  # 5
        desk.log(who="Dana Reyes", by="today noon")  # 7
        desk.at("Mon 04 13:00")

        assert shown(desk) == [("7", "late"), ("3", "today"), ("1", "today"), ("5", "next")]

    def test_of_one_instant_the_lower_number_comes_first(self, desk: Desk) -> None:
        for who in ("Bob Ray", "Kim Sons", "Ivo Nagy"):
            desk.log(who=who)

        assert [item.ref for item in desk.items()] == ["1", "3", "5"]

    def test_a_promise_is_late_when_its_instant_has_passed(self, desk: Desk) -> None:
        desk.log()

        assert shown(desk.at("Mon 04 14:00")) == [("1", "today")]
        desk.now += timedelta(seconds=1)
        assert shown(desk) == [("1", "late")]
        assert shown(desk, overdue=True) == [("1", "late")]

    def test_a_plan_of_our_own_is_late_when_its_local_date_has_passed(self, desk: Desk) -> None:
        number = str(desk.follow(ANN, "today 11:00"))

        assert shown(desk.at("Mon 04 23:59")) == [(number, "today")]
        assert shown(desk.at("Tue 05 00:00")) == [(number, "late")]

    def test_today_ends_at_midnight_of_the_desks_zone(self, desk: Desk) -> None:
        """00:30 in London is the day before in UTC."""
        desk.follow(ANN, "tomorrow 00:30")
        desk.at("Mon 04 23:59")
        assert (shown(desk)[0][1], desk.count()) == ("next", 0)

        desk.at("Tue 05 00:00")
        assert (shown(desk)[0][1], desk.count()) == ("today", 1)

    def test_next_ends_seven_days_from_today(self, desk: Desk) -> None:
        desk.follow(ANN, "11 may 23:59")
        desk.follow("Bob Ray", "12 may 00:01")

        assert [state for _, state in shown(desk)] == ["next"]
        assert desk.due().later == 1
        assert [state for _, state in shown(desk, everything=True)] == ["next", "later"]

    def test_an_hour_of_summer_time_does_not_move_midnight(self) -> None:
        desk = Desk("03 Sat 28 10:00")
        desk.follow(ANN, "30 march 00:30")
        desk.at("03 Sun 29 23:59")

        assert (shown(desk)[0][1], desk.count()) == ("next", 0)

    def test_what_has_no_date_is_counted_and_listed_by_all(self, desk: Desk) -> None:
        desk.log(by="none")

        assert (desk.items(), desk.due().undated) == ((), 1)
        assert [(i.kind, i.ref) for i in desk.items(everything=True)] == [("inquiry", "1")]

    def test_those_waiting_are_counted(self, desk: Desk) -> None:
        desk.log(end="wait")

        assert (shown(desk), desk.due().waiting) == ([("1", "next")], 1)


class TestMove:
    def test_hides_a_plan_until_its_local_date_begins(self, desk: Desk) -> None:
        number = desk.follow(ANN, "today noon")
        desk.move(number, "thu noon")

        assert desk.at("Wed 06 23:59").items(everything=True) == ()
        assert shown(desk.at("Thu 07 00:00")) == [(str(number), "today")]

    def test_never_hides_a_promise(self, desk: Desk) -> None:
        desk.log()
        desk.move(2, "thu noon", told=True)

        assert shown(desk) == [("1", "next")]

    def test_asks_of_a_promise_whether_they_were_told(self, desk: Desk) -> None:
        desk.log()
        with pytest.raises(UsageError, match="told"):
            desk.move(2, "thu noon")

    def test_told_makes_a_policy_a_promise_and_untold_does_not(self, desk: Desk) -> None:
        desk.log()
        desk.move(2, "thu noon", told=False)
        assert not desk.items()[0].promised

        desk.move(2, "fri noon", told=True)
        assert desk.items()[0].promised
        assert desk.promises_cell() == ("2 policy Fri 08 12:00 open, moved 1, first Mon 04 14:00")

    def test_untold_lateness_follows_the_list_and_the_verdict_the_first_instant(
        self, desk: Desk
    ) -> None:
        desk.log()
        desk.move(2, "thu noon", told=False)
        desk.at("Tue 05 10:00")
        assert shown(desk) == [("1", "next")]

        desk.reply()
        assert desk.promises()[0].state == "kept_late"
        assert desk.inquiry().late

    def test_keeps_the_why_as_a_note(self, desk: Desk) -> None:
        desk.log()
        desk.move(2, "thu noon", told=True, why="ill")

        assert [(m.direction, m.text) for m in desk.messages()][-1] == ("note", "ill")


class TestRounds:
    """docs/states.md: "Rounds live on their channel"; the rule itself is in tests/domain."""

    @pytest.fixture
    def desk(self) -> Desk:
        """Monday 10:00; Instagram is looked at on weekdays at 9 and 16."""
        desk = Desk()
        self.set(desk, "instagram", look="weekdays 9:00, 16:00")
        return desk

    @staticmethod
    def set(desk: Desk, name: str, **rules: str) -> None:
        with desk.deed("channel set") as d:
            settings = channels.make_named(d, desk.settings, name)
            channels.set_up(d, settings, name, **rules)

    @staticmethod
    def meant(desk: Desk, name: str) -> Rounds:
        found = things.droppable(desk.link, name, desk.now)
        assert isinstance(found, Rounds)
        return found

    def done(self, desk: Desk, name: str = "instagram") -> None:
        with desk.deed("done") as d:
            tasks.done(d, desk.settings, [self.meant(desk, name)], Contact(desk.now))

    def move(self, desk: Desk, when: str, name: str = "instagram") -> None:
        to = desk.spoken(when)
        assert to is not None
        with desk.deed("move") as d:
            tasks.move(d, self.meant(desk, name), to, told=None)

    def drop(self, desk: Desk, name: str = "instagram") -> None:
        with desk.deed("drop") as d:
            tasks.drop(d, desk.settings, [self.meant(desk, name)])

    def test_is_a_row_of_due_and_counted_like_any_other(self, desk: Desk) -> None:
        assert (shown(desk), desk.count()) == ([("instagram", "today")], 1)
        assert [item.kind for item in desk.items()] == ["round"]

    def test_stands_among_the_others_by_its_instant(self, desk: Desk) -> None:
        desk.follow(ANN, "today 15:00")
        desk.follow("Bob Ray", "today 16:30")

        assert shown(desk) == [("1", "today"), ("instagram", "today"), ("2", "today")]

    def test_is_late_when_its_local_date_has_passed(self, desk: Desk) -> None:
        assert shown(desk.at("Mon 04 23:59")) == [("instagram", "today")]
        assert shown(desk.at("Tue 05 00:00")) == [("instagram", "late")]
        assert shown(desk, overdue=True) == [("instagram", "late")]

    def test_done_looks_at_it(self, desk: Desk) -> None:
        self.done(desk.at("Mon 04 16:10"))
        item = desk.at("Tue 05 09:05").items()[0]

        assert (item.state, item.what) == ("today", "look in (last looked Mon 16:10)")

    def test_move_keeps_it_out_until_that_date_begins(self, desk: Desk) -> None:
        self.move(desk, "thu")

        assert desk.at("Wed 06 23:59").items(everything=True) == ()
        assert shown(desk.at("Thu 07 00:00")) == [("instagram", "today")]

    def test_move_takes_all_rounds_of_that_day(self, desk: Desk) -> None:
        self.set(desk, "instagram", test="every month")
        assert len(desk.items()) == 2

        self.move(desk, "thu")
        assert desk.items() == ()

    def test_drop_skips_today(self, desk: Desk) -> None:
        self.drop(desk)

        assert [(item.state, desk.told(item.due_at)) for item in desk.items()] == [
            ("next", "Tue 05 09:00")
        ]

    def test_a_channels_name_wins_over_a_customers(self, desk: Desk) -> None:
        desk.log(who="Instagram Smith")

        assert self.meant(desk, "Instagram").named == "instagram"

    def test_undo_restores_each(self, desk: Desk) -> None:
        for change in (self.done, lambda d: self.move(d, "thu"), self.drop):
            before = desk.rows()
            change(desk)
            after = desk.rows()
            desk.undo()

            assert desk.rows() == before != after

    def test_beyond_the_week_it_is_counted_as_later(self, desk: Desk) -> None:
        self.set(desk, "email", test="the 20th")

        assert (len(desk.items()), desk.due().later) == (1, 1)
        assert len(desk.items(everything=True)) == 2


class TestNotes:
    """What the owner says beside a deed is kept, also where there is no inquiry."""

    def test_of_a_promise_to_a_customer_alone(self, desk: Desk) -> None:
        desk.promise("Kim Sons", "fri noon", "the drawing")
        desk.move(1, "fri 4pm", told=True, why="the printer")
        desk.done(1, note="by post")
        kim = desk.task(1).customer_id
        assert kim is not None

        said = [m.text for m in inquiries.last_messages_of(desk.link, kim)]
        assert sorted(said) == ["by post", "the printer"]

    def test_an_attempt_is_no_contact_with_the_customer(self, desk: Desk) -> None:
        desk.log()
        desk.at("Mon 04 12:00").log(out=True, end="missed", on=1)
        desk.log(out=True, end="missed")

        ann = customers.by_handle(desk.link, "ann-lee")
        assert ann is not None
        assert desk.told(ann.last_contact_at) == "Mon 04 10:00"


class TestSeveralThings:
    def test_a_check_that_ends_with_its_inquiry_is_refused_by_name(self, desk: Desk) -> None:
        answered(desk)
        before = desk.rows()
        with pytest.raises(RefusedError, match="3 ends with inquiry 1"):
            desk.drop(1, 3)

        assert desk.rows() == before

    def test_several_are_done_in_one_deed(self, desk: Desk) -> None:
        desk.log()
        desk.promise(1, "thu noon", "the spare key")
        desk.done(2, 3)
        assert desk.inquiry_cell() == "answered"

        desk.undo()
        assert [p.state for p in desk.promises()] == ["open", "open"]


class TestNudges:
    @staticmethod
    def mails(desk: Desk) -> Desk:
        """Two of theirs and one of ours, theirs the last."""
        desk.log(via="email", email="ann@example.com", phone="020 7946 0999")
        desk.reply(via="email", end="open")
        desk.log(on=1, via="email")
        return desk

    def test_says_call_after_three_mails_of_which_the_last_is_theirs(self, desk: Desk) -> None:
        item = self.mails(desk).items()[0]

        assert (item.nudge, item.reach) == ("call", "020 7946 0999")

    def test_does_not_say_so_after_two_or_when_the_last_is_ours(self, desk: Desk) -> None:
        desk.log(via="email", email="ann@example.com", phone="020 7946 0999")
        desk.reply(via="email", end="open")
        item = desk.items()[0]
        assert (item.nudge, item.reach) == (None, "ann@example.com")

        desk.reply(via="email", end="open")
        assert desk.items()[0].nudge is None

    def test_says_call_before_chased(self, desk: Desk) -> None:
        self.mails(desk).log(on=1, via="email")

        assert desk.inquiry().chased == 1
        assert desk.items()[0].nudge == "call"

    def test_says_chased_until_they_are_answered(self, desk: Desk) -> None:
        desk.log()
        assert desk.items()[0].nudge is None

        desk.log(on=1)
        assert desk.items()[0].nudge == "chased"

        desk.reply(end="open")
        assert desk.items()[0].nudge is None


class TestPolicyIsNoPromise:
    def test_until_it_was_spoken(self, desk: Desk) -> None:
        desk.log()
        assert not desk.items()[0].promised

        desk.promise(1, "thu noon")
        assert desk.items()[0].promised
        assert (desk.promises()[0].number, desk.promises()[0].moved) == (2, 0)


class TestUndo:
    def test_takes_back_the_last_deed_whole_and_redo_brings_it_again(self, desk: Desk) -> None:
        empty = desk.rows()
        desk.log(tags=("oak",), email="ann@example.com", follow="fri noon")
        full = desk.rows()

        assert (desk.undo().name, desk.rows()) == ("log", empty)
        assert (desk.redo().name, desk.rows()) == ("log", full)

    def test_goes_back_deed_by_deed_and_forward_in_the_same_order(self, desk: Desk) -> None:
        desk.log()
        desk.reply()
        desk.solved()

        assert [desk.undo().name for _ in range(3)] == ["solved", "reply", "log"]
        assert [desk.redo().name for _ in range(3)] == ["log", "reply", "solved"]

    def test_of_nothing_is_refused(self, desk: Desk) -> None:
        with pytest.raises(RefusedError, match="nothing to undo"):
            desk.undo()
        with pytest.raises(RefusedError, match="nothing to redo"):
            desk.redo()

    def test_passes_over_what_changed_nothing(self, desk: Desk) -> None:
        desk.log()
        with desk.deed("edit") as d:
            d.change(desk.inquiry(), subject=desk.inquiry().subject)

        assert deeds(desk) == [("log", "owner")]

    def test_a_refused_command_is_no_deed(self, desk: Desk) -> None:
        desk.log()
        with pytest.raises(RefusedError):
            desk.wait()

        assert deeds(desk) == [("log", "owner")]

    def test_a_new_deed_empties_redo(self, desk: Desk) -> None:
        desk.log()
        desk.undo()
        desk.log(who="Bob Ray")

        with pytest.raises(RefusedError, match="nothing to redo"):
            desk.redo()

    def test_never_gives_a_number_again(self, desk: Desk) -> None:
        desk.log()
        desk.undo()

        assert desk.log() == 3
        assert desk.last_number() == 4

    def test_is_not_for_the_desks_own_deeds(self, desk: Desk) -> None:
        desk.log()
        desk.log(who="Bob Ray")
        desk.by_the_desk("remind")

        assert desk.undo().name == "log"
        assert desk.inquiry().subject == "changed by remind"

    def test_is_refused_when_a_later_deed_of_the_desk_built_on_it(self, desk: Desk) -> None:
        desk.log()
        desk.by_the_desk("fetch")
        before = desk.rows()
        with pytest.raises(RefusedError, match="fetch"):
            desk.undo()

        assert desk.rows() == before

    def test_quiet_closings_go_with_it(self, desk: Desk) -> None:
        desk.log()
        before = desk.rows()
        desk.reply()
        desk.at("Tue 12 10:00").settle()
        closed = desk.rows()

        assert desk.undo().name == "reply"
        assert desk.rows() == before

        desk.redo()
        desk.settle()
        assert desk.rows() == closed

    def test_a_quiet_closing_that_went_with_it_is_made_again_for_the_others(
        self, desk: Desk
    ) -> None:
        desk.log(end="answered")
        desk.log(who="Bob Ray", end="answered")
        desk.at("Tue 12 10:00").settle()
        desk.undo()
        assert desk.inquiry_cell(1) == "closed Mon 11 17:00, confirmed null"

        desk.settle()
        assert desk.inquiry(1).status == "closed"
