"""No machine is answered by a machine: fifty rounds of whatever may answer a desk, on real servers.

A round is what a crontab does: the mailbox is read, the reminders go out. In between the others
answer whatever reached them. Counted is what lies in their mailboxes.
"""

from __future__ import annotations

from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

import pytest

from tests.mail.correspondents import Customer, Desk, Polite, Rude, Town
from tests.mail.test_servers import REPORT

if TYPE_CHECKING:
    from collections.abc import Sequence
    from email.message import EmailMessage
    from pathlib import Path

    from tests.mail.correspondents import Machine

ROUNDS = 50
QUIET = 20  # of these, at the end
HOUR, DAY = {"hours": 1.0}, {"days": 1.0}
NAMES = ["hourly", "daily"]


def kinds(mails: Sequence[EmailMessage]) -> list[str]:
    """What these mails of a desk are, in order: acknowledgement, followup, reply, digest."""
    return [str(mail["X-Cxdesk-Reference"]).partition(":")[0] for mail in mails]


def most_a_day(mails: Sequence[EmailMessage]) -> int:
    """How many of them at most left within 24 hours."""
    times = [parsedate_to_datetime(str(mail["Date"])) for mail in mails]
    return max(sum(0 <= (other - one).total_seconds() < 86400 for other in times) for one in times)


def play(
    town: Town,
    desks: Sequence[Desk],
    step: dict[str, float],
    machines: Sequence[Machine] = (),
    rounds: int = ROUNDS,
) -> list[int]:
    """Play the rounds; how many mails had been written after each of the last, reminders apart."""
    counts = []
    for number in range(rounds):
        for machine in machines:
            machine.answer_all()
        for desk in desks:
            desk.fetch()
            desk.remind()
        if number >= rounds - QUIET:
            counts.append(sum(len(d.sent()) for d in desks) + sum(m.written for m in machines))
        town.later(**step)
    return counts


def is_quiet(counts: list[int]) -> bool:
    return len(set(counts)) == 1


class TestMachines:
    @pytest.mark.parametrize("step", [HOUR, DAY], ids=NAMES)
    def test_whatever_answers_every_mail_is_left_in_peace(
        self, town: Town, desk: Desk, step: dict[str, float]
    ) -> None:
        polite = Polite(town, "Pia Polite")
        away = Rude(town, "Olaf Office", "Out of office")
        rude = [
            Rude(town, "Rita Re", "Re: {0}"),
            Rude(town, "Thea Thread", "Re: {0}", threaded=True),
            # Nothing says what these are: neither a header, nor a reference, nor the subject.
            Rude(town, "Tim Ticket", "We have got your message"),
            Rude(town, "Carl Count", "Your ticket {1}"),
            Rude(town, "Paula Plus", "Your ticket {1}", plus=True),
        ]
        machines: list[Machine] = [polite, away, *rude]
        for machine in machines:
            machine.write(desk.address, "The oak shelf", "Does it come in 90 cm?")
        desk.fetch()
        for machine in machines:
            desk.done("follow", machine.name, "tue 10:00", "Did it help?", "--send")
        counts = play(town, [desk], step, machines)

        assert is_quiet(counts), counts
        for machine in (polite, away):
            assert kinds(machine.had) == ["acknowledgement", "followup"]
        for machine in rude:
            got = kinds(machine.had)
            assert got[:2] == ["acknowledgement", "followup"]
            assert set(got[2:]) == {"acknowledgement"}, got
            assert len(got) <= 4, got
            assert most_a_day(machine.had) <= 3
        # None of it is hidden from the owner.
        heard = [m for number in desk.numbers() for m in desk.inquiry(number)["messages"]]
        assert sum(one["direction"] == "in" for one in heard) == sum(m.written for m in machines)

    def test_a_series_of_mails_to_who_answers_each_is_over_at_ten(
        self, town: Town, desk: Desk
    ) -> None:
        polite = Polite(town, "Pia Polite")
        polite.write(desk.address, "The oak shelf", "Does it come in 90 cm?")
        desk.fetch()
        desk.send(1, "Yes.")
        desk.done("follow", "1", "tue 10:00", "Do you want one?", "--every", "1d", "--send")
        counts = play(town, [desk], DAY, [polite], rounds=36)

        assert is_quiet(counts), counts
        assert kinds(polite.had) == ["acknowledgement", "reply", *["followup"] * 9]
        assert [one["what"] for one in desk.due()] == ["Do you want one?"]
        assert desk.numbers() == [1]

    def test_the_owners_own_absence_is_no_reason_to_be_reminded(
        self, town: Town, desk: Desk
    ) -> None:
        owner = Polite(town, "The Owner", desk.boss)
        Customer(town, "Ann Lee").write(desk.address, "The oak shelf", "Does it come in 90 cm?")
        play(town, [desk], DAY, [owner], rounds=10)

        assert owner.written == 9
        assert desk.subjects() == ["The oak shelf"]
        assert [one["what"] for one in desk.due()] == ["The oak shelf"]


class TestTwoDesks:
    @pytest.mark.parametrize("step", [HOUR, DAY], ids=NAMES)
    def test_they_hear_from_each_other_what_their_owners_say_and_no_more(
        self, town: Town, tmp_path: Path, desk: Desk, step: dict[str, float]
    ) -> None:
        other = Desk(tmp_path / "other", town, acknowledge=True, prefix="BEE")
        for one, its_other in ((desk, other), (other, desk)):
            one.done("log", "Them", "Their offer", "--email", its_other.address, "--by", "fri")
            one.send(1, "Here it is.")
            one.done("follow", "them", "tue 10:00", "Have you thought about it?", "--send")
            one.done("follow", "1", "tue 10:00", "And about that?", "--send")
        counts = play(town, [desk, other], step)

        assert is_quiet(counts), counts
        for one in (desk, other):
            got = kinds(one.mails())
            assert sorted(got) == ["acknowledgement", "followup", "followup", "reply"]

    def test_one_that_answers_the_acknowledgement_of_another_in_words_ends_it(
        self, town: Town, tmp_path: Path, desk: Desk
    ) -> None:
        """Both owners wrote first, and each mail began an inquiry of its own."""
        other = Desk(tmp_path / "other", town, acknowledge=True, prefix="BEE")
        desk.done("log", "Them", "Wood", "--email", other.address)
        desk.send(1, "Do you have oak?")
        other.fetch()
        desk.fetch()
        other.send(1, "Yes.")
        desk.fetch()

        play(town, [desk, other], HOUR, rounds=5)
        assert kinds(desk.mails()) == ["acknowledgement", "reply"]
        assert kinds(other.mails()) == ["reply"]
        assert [m["direction"] for m in desk.inquiry(1)["messages"]] == ["in", "out", "in", "in"]


class TestWhatIsOurOwn:
    def test_what_we_write_to_our_own_address_is_not_answered(self, town: Town, desk: Desk) -> None:
        us = Customer(town, "Oak", desk.box)
        us.write(desk.address, "Order oil", "Two litres.")

        assert [one["via"] for one in desk.fetch()] == ["new"]
        play(town, [desk], DAY, rounds=3)
        assert (desk.sent(), desk.subjects()) == ([], ["Order oil"])

    @pytest.mark.parametrize("without", ["", "X-Cxdesk-Instance"])
    def test_our_mail_that_is_passed_back_to_us_as_it_was_is_only_noted(
        self, town: Town, desk: Desk, without: str
    ) -> None:
        ann = Customer(town, "Ann Lee")
        ann.write(desk.address, "The oak shelf", "Does it come in 90 cm?")
        desk.fetch()
        (mail,) = ann.new()
        del mail[without or "Return-Path"]
        ann.post(mail, desk.address)

        (told,) = desk.fetch()
        assert (told["via"], told["inquiry"], told["is_new"]) == ("own", 1, False)
        assert len(desk.inquiry(1)["messages"]) == 1
        assert len(desk.sent()) == 1

    def test_our_digest_in_the_mailbox_that_we_read_is_only_noted(
        self, town: Town, desk: Desk
    ) -> None:
        path = desk.folder / "config.toml"
        path.write_text(path.read_text().replace(desk.boss.address, desk.address))
        Customer(town, "Ann Lee").write(desk.address, "The oak shelf", "90 cm?")
        desk.fetch()
        assert desk.remind()["digest"] == "sent"

        assert [one["via"] for one in desk.fetch()] == ["own"]
        assert desk.numbers() == [1]

    def test_a_mail_that_bears_another_desks_mark_is_a_customers(
        self, town: Town, desk: Desk
    ) -> None:
        ann = Customer(town, "Ann Lee")
        ann.write(desk.address, "The oak shelf", "90 cm?", X_Cxdesk_Instance="0" * 32)

        assert [one["via"] for one in desk.fetch()] == ["new"]


class TestReports:
    def test_an_acknowledgement_that_comes_back_is_told_once(self, town: Town, desk: Desk) -> None:
        ghost = Customer(town, "Gus", town.mailbox("ghost"))
        ghost.write(desk.address, "Buy now", "Cheap.")
        play(town, [desk], DAY, rounds=5)

        assert (len(desk.sent()), desk.subjects()) == (1, ["Buy now"])
        told = [one for one in desk.due("--all") if "another way" in one["what"]]
        assert [one["customer"]["name"] for one in told] == ["Gus"]

    def test_who_writes_each_day_and_cannot_be_reached_is_tried_three_times_in_a_month(
        self, town: Town, desk: Desk
    ) -> None:
        """Who writes is taken to have an address; of some that is never true."""
        ghost = Customer(town, "Gus", town.mailbox("ghost"))
        for turn in range(10):
            ghost.write(desk.address, f"Buy now {turn}", "Cheap.")
            play(town, [desk], DAY, rounds=1)

        assert len(desk.numbers()) == 10
        assert 1 <= len(desk.sent()) <= 3

    def test_a_report_of_a_report_is_nobodys_mail(self, town: Town, desk: Desk) -> None:
        ghost = Customer(town, "Gus", town.mailbox("ghost"))
        ghost.write(desk.address, "Buy now", "Cheap.")
        desk.fetch()
        desk.fetch()
        before = desk.due("--all"), desk.inquiry(1)
        (report,) = (raw for raw in desk.box.mails() if b"multipart/report" in raw)
        town.postfix.send(of_report(report), "", desk.address)
        (told,) = desk.fetch()
        play(town, [desk], HOUR, rounds=3)

        assert (told["via"], told["is_new"]) == ("bounce", False)
        assert (desk.due("--all"), desk.inquiry(1)) == before
        assert (len(desk.sent()), desk.numbers()) == (1, [1])

    def test_a_report_of_a_mail_that_is_not_ours_begins_nothing(
        self, town: Town, desk: Desk
    ) -> None:
        town.postfix.send(REPORT.read_bytes(), "", desk.address)

        assert [(one["via"], one["inquiry"]) for one in desk.fetch()] == [("bounce", None)]
        play(town, [desk], HOUR, rounds=2)
        assert (desk.sent(), desk.due("--all")) == ([], [])


def of_report(report: bytes) -> bytes:
    """What a mail server would write that could not deliver the report itself."""
    return (
        b"From: Mail Delivery System <MAILER-DAEMON@mx.example.test>\r\n"
        b"Subject: Undelivered Mail Returned to Sender\r\nMessage-ID: <second@mx.example.test>\r\n"
        b'Content-Type: multipart/report; report-type=delivery-status; boundary="=_r"\r\n'
        b"\r\n--=_r\r\n\r\nIt could not be delivered.\r\n"
        b"--=_r\r\nContent-Type: message/delivery-status\r\n\r\n"
        b"Reporting-MTA: dns; mx.example.test\r\n\r\n"
        b"Final-Recipient: rfc822; mailer-daemon@mx.example.test\r\n"
        b"Action: failed\r\nStatus: 5.1.1\r\n"
        b"\r\n--=_r\r\nContent-Type: message/rfc822\r\n\r\n" + report + b"\r\n--=_r--\r\n"
    )
