"""How many automatic mails may go out."""

from __future__ import annotations

import pytest

from cxdesk.domain.limits import Limits, Sent, why_not


class TestOneMoreAutomaticMail:
    @pytest.mark.parametrize(
        "sent, reason",
        [
            (Sent(), None),
            (Sent(acknowledged=1, unanswered=3), None),  # it is no acknowledgement
            (Sent(address_today=2, inquiry=9, today=199), None),
            (Sent(address_today=3), "3 automatic mails went to that address today"),
            (Sent(address_today=5), "5 automatic mails went to that address today"),
            (Sent(inquiry=10), "10 automatic mails went out about that inquiry"),
            (Sent(today=200), "200 automatic mails went out today"),
            (
                Sent(address_today=3, inquiry=10, today=200),
                "3 automatic mails went to that address today",
            ),
        ],
    )
    def test_goes_while_no_limit_is_reached(self, sent: Sent, reason: str | None) -> None:
        assert why_not(sent, Limits()) == reason

    @pytest.mark.parametrize(
        "sent, reason",
        [
            (Sent(), None),
            (Sent(address_today=2), None),
            (Sent(acknowledged=1), "an acknowledgement went to that address in the last 24 hours"),
            (Sent(address_today=3), "3 automatic mails went to that address today"),
            (Sent(unanswered=2), None),
            (Sent(unanswered=3), "3 acknowledgements to that address still wait for an answer"),
        ],
    )
    def test_an_acknowledgement_goes_once_a_day(self, sent: Sent, reason: str | None) -> None:
        assert why_not(sent, Limits(), acknowledgement=True) == reason

    @pytest.mark.parametrize(
        "limits, sent, reason",
        [
            (Limits(address_a_day=1), Sent(address_today=1), "1 automatic mail went to that"),
            (Limits(address_a_day=0), Sent(), "no automatic mail may go to"),
            (Limits(inquiry=0), Sent(), "no automatic mail may go out about"),
            (Limits(a_day=0), Sent(), "no automatic mail may go out at all"),
            (Limits(a_day=1), Sent(today=1), "1 automatic mail went out today"),
        ],
    )
    def test_limits_are_as_configured(self, limits: Limits, sent: Sent, reason: str) -> None:
        assert (why_not(sent, limits) or "").startswith(reason)
