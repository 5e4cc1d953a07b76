"""The keys of docs/reference JSON, written out: a promise, in the order of the contract."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from cxdesk.domain.phrases import When
from cxdesk.domain.records import (
    ChannelAdvice,
    ChannelReport,
    Deed,
    Hit,
    PromiseReport,
    SpecialDay,
)
from cxdesk.views import output, shapes
from cxdesk.views.changes import ChangeView
from cxdesk.views.channels import ChannelsView
from cxdesk.views.due import DueView
from cxdesk.views.hours import HoursView
from cxdesk.views.lists import (
    CustomersView,
    DeedsView,
    InquiriesView,
    SearchView,
)
from cxdesk.views.reports import (
    AdviceView,
    ImportView,
    PromiseReportView,
    TextView,
    UndoView,
    WhenView,
)
from cxdesk.views.show import CustomerView, InquiryView
from tests.views.examples import (
    ANN,
    BOB,
    CARD,
    CHANNELS,
    DESK,
    FOLLOW_UP,
    HOURS,
    MESSAGE,
    MORNING,
    NAMES,
    NOW,
    PROMISE,
    QUIET_DAY,
    ROUND,
    SATURDAY,
    SEEN,
    at,
    change,
    history,
)

if TYPE_CHECKING:
    from cxdesk.views.view import View

CUSTOMER_KEYS = (
    "handle name stage since emails phones likes facts prefers tags consent open last_contact_at"
    " company from"
)
INQUIRY_KEYS = (
    "number customer channel subject status opened_at first_reply_at answered_at closed_at"
    " confirmed rating mood tags chased attempts reopened problem need_at"
)
PROMISE_KEYS = (
    "number inquiry customer kind owes told what said made_at due_at state kept_at"
    " early_minutes late_minutes late_business_minutes moved"
)
FOLLOW_UP_KEYS = "number inquiry customer kind what due_at state done_at every quiet by_mail"
ITEM_KEYS = (
    "ref number kind state due_at late_minutes late_business_minutes promised customer inquiry"
    " channel what reach nudge need_at"
)
REPORT_KEYS = "channel kept late overdue moved released open kept_rate median_reply_minutes"
DANA = {"handle": "dana-reyes", "name": "Dana Reyes"}
REPORT = ChannelReport("phone", 8, 1, 1, 2, 0, 3, 0.8, 95)


def told(view: View) -> dict[str, Any]:
    """What a program reads."""
    out = io.StringIO()
    output.show(view, as_json=True, out=out)
    found: dict[str, Any] = json.loads(out.getvalue())
    assert found.pop("schema") == 1
    return found


def keys(found: dict[str, Any]) -> str:
    return " ".join(found)


class TestShapes:
    def test_a_customer(self) -> None:
        found = shapes.customer_json(CARD, HOURS)

        assert keys(found) == CUSTOMER_KEYS
        assert found["since"] == "2026-11-21T10:12:00+00:00"
        assert found["phones"] == ["020 7946 0311"]
        assert found["facts"] == {"floor": "12 m2"}
        assert found["consent"] is None

    def test_an_inquiry(self) -> None:
        found = shapes.inquiry_json(SEEN, HOURS)

        assert keys(found) == INQUIRY_KEYS
        assert found["customer"] == DANA
        assert found["tags"] == ["oak"]
        assert found["problem"] is None

    def test_an_inquiry_of_someone_unknown(self) -> None:
        assert shapes.inquiry_json(SEEN._replace(handle=None, name=None), HOURS)["customer"] is None

    def test_a_message(self) -> None:
        assert keys(shapes.message_json(MESSAGE, HOURS)) == (
            "at direction channel text reached automatic attachments shortened full_text"
            " from doubts mail"
        )

    def test_a_promise(self) -> None:
        found = shapes.promise_json(PROMISE, NAMES, HOURS, NOW)

        assert keys(found) == PROMISE_KEYS
        assert found["customer"] == DANA
        assert found["late_minutes"] is None

    def test_an_open_promise_is_late_as_of_now(self) -> None:
        found = shapes.promise_json(PROMISE, NAMES, HOURS, at(24, "10:00"))

        assert found["late_minutes"] == 22 * 60
        assert found["late_business_minutes"] == 6 * 60

    def test_a_kept_promise_keeps_its_verdict(self) -> None:
        kept = PROMISE._replace(state="kept", kept_at=SATURDAY, early_minutes=2988)
        found = shapes.promise_json(kept, NAMES, HOURS, at(24, "10:00"))

        assert (found["early_minutes"], found["late_minutes"]) == (2988, None)

    def test_a_follow_up(self) -> None:
        assert keys(shapes.follow_up_json(FOLLOW_UP, NAMES, HOURS)) == FOLLOW_UP_KEYS
        nobodys = FOLLOW_UP._replace(customer_id=None)
        assert shapes.follow_up_json(nobodys, NAMES, HOURS)["customer"] is None

    def test_instants_carry_the_offset_of_the_desk(self) -> None:
        summer = SEEN._replace(inquiry=SEEN.inquiry._replace(opened_at=at(1, "08:00", month=7)))

        assert shapes.inquiry_json(summer, HOURS)["opened_at"] == "2026-07-01T09:00:00+01:00"


class TestDue:
    def test_the_whole(self) -> None:
        found = told(DueView(MORNING, DESK))

        assert keys(found) == "now items waiting quiet undated later last_remind_at"
        assert [entry["ref"] for entry in found["items"]] == ["31", "27", "39", "instagram", "53"]
        assert all(keys(entry) == ITEM_KEYS for entry in found["items"])

    def test_a_round_is_nobodys(self) -> None:
        found = shapes.item_json(ROUND, HOURS)

        assert (found["customer"], found["number"], found["kind"]) == (None, None, "round")

    def test_an_empty_desk(self) -> None:
        found = told(DueView(QUIET_DAY, DESK, exists=False))

        assert found["items"] == []
        assert found["last_remind_at"] is None

    def test_every_row_however_many(self) -> None:
        many = MORNING._replace(items=(BOB._replace(due_at=at(1, "12:00")), ANN) * 100)

        assert len(told(DueView(many, DESK))["items"]) == 200


class TestChange:
    def test_one_thing(self) -> None:
        found = told(ChangeView(change(follow_ups=(FOLLOW_UP,), warnings=("39 is open",)), DESK))

        assert keys(found) == "did customer inquiry promises follow_ups rounds warnings"
        assert found["did"] == "log"
        assert keys(found["customer"]) == CUSTOMER_KEYS
        assert keys(found["inquiry"]) == INQUIRY_KEYS
        assert [keys(entry) for entry in found["promises"]] == [PROMISE_KEYS]
        assert [keys(entry) for entry in found["follow_ups"]] == [FOLLOW_UP_KEYS]
        assert (found["rounds"], found["warnings"]) == ([], ["39 is open"])

    def test_several_things(self) -> None:
        other = SEEN._replace(inquiry=SEEN.inquiry._replace(number=9))
        found = told(ChangeView(change("done", inquiries=(SEEN, other)), DESK))

        assert (found["customer"], found["inquiry"]) == (None, None)
        assert [entry["number"] for entry in found["inquiries"]] == [1, 9]
        assert [entry["handle"] for entry in found["customers"]] == ["dana-reyes"]

    def test_nobody_known(self) -> None:
        found = told(ChangeView(change(cards=(), inquiries=()), DESK))

        assert (found["customer"], found["inquiry"]) == (None, None)


class TestShow:
    def test_an_inquiry(self) -> None:
        found = told(InquiryView(history(), HOURS))

        assert keys(found) == f"{INQUIRY_KEYS} messages promises follow_ups"

    def test_a_customer(self) -> None:
        found = told(CustomerView(history(), HOURS))

        assert keys(found) == f"{CUSTOMER_KEYS} inquiries promises follow_ups no_mail"

    def test_explained(self) -> None:
        workings = {2: ["1 h Fri 16:00-17:00"]}
        found = told(InquiryView(history(), HOURS, explain=True, workings=workings))

        assert keys(found["promises"][0]) == f"{PROMISE_KEYS} working"


class TestLists:
    def test_inquiries(self) -> None:
        assert keys(told(InquiriesView([SEEN], HOURS, NOW))["inquiries"][0]) == INQUIRY_KEYS
        assert told(InquiriesView([], HOURS, NOW)) == {"inquiries": []}

    def test_customers(self) -> None:
        assert keys(told(CustomersView([CARD], HOURS, NOW))["customers"][0]) == CUSTOMER_KEYS

    def test_finds(self) -> None:
        hit = Hit("customer", None, "dana-reyes", "Dana Reyes", "oak", SATURDAY)
        found = told(SearchView([hit], HOURS, NOW))["hits"][0]

        assert keys(found) == "kind number handle customer snippet at"

    def test_channels(self) -> None:
        found = told(ChannelsView(CHANNELS, None, (), HOURS, NOW))

        assert keys(found) == "channels rounds"
        assert keys(found["channels"][0]) == "name kind policy"

    def test_deeds(self) -> None:
        deed = Deed(4, "log", "owner", SATURDAY)

        assert keys(told(DeedsView([deed], HOURS, NOW))["deeds"][0]) == "name actor at undone"

    def test_hours(self) -> None:
        special = [SpecialDay("2026-12-24", "09:00-12:00", "Christmas Eve")]
        found = told(HoursView(HOURS, special, NOW))

        assert keys(found).startswith("zone week special")
        assert found["week"]["thu"] == [["09:00", "17:00"]]
        assert found["special"][0]["hours"] == [["09:00", "12:00"]]


class TestReports:
    def test_promises(self) -> None:
        total = REPORT._replace(channel="total")
        found = told(PromiseReportView(PromiseReport(NOW, (REPORT,), total, total), HOURS, NOW))

        assert keys(found) == "since channels told total"
        assert keys(found["channels"][0]) == keys(found["told"]) == REPORT_KEYS

    def test_advice(self) -> None:
        advice = ChannelAdvice("email", "2bd", 4, None, None, None, None)
        found = told(AdviceView([advice]))["channels"][0]

        assert keys(found) == "channel policy n kept_rate at_90 at_95 usual_margin_minutes"

    def test_a_phrase(self) -> None:
        found = told(WhenView(When(at(24, "12:00"), True, "tue noon"), HOURS, NOW))

        assert keys(found) == "said at start has_time working"

    def test_an_import(self) -> None:
        found = told(ImportView(2, 1, 0))

        assert keys(found).startswith("created updated unchanged problems")
        assert (found["created"], found["problems"]) == (2, [])

    @pytest.mark.parametrize("redo, key", [(False, "undid"), (True, "redid")])
    def test_undo_and_redo(self, redo: bool, key: str) -> None:
        deed = Deed(4, "log", "owner", SATURDAY)

        assert told(UndoView(deed, HOURS, NOW, redo=redo)) == {
            key: "log",
            "at": "2026-11-21T10:12:00+00:00",
            "warnings": [],
        }

    def test_what_is_told_as_it_is(self) -> None:
        assert told(TextView(["7"], {"count": 7})) == {"count": 7}
