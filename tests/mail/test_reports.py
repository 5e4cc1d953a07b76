"""What mail servers say of a mail that was sent, in their several tongues."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxdesk.domain.letters import Report
from cxdesk.mail.reader import read

DATA = Path(__file__).parent.parent / "data" / "mail"
OURS = "<cxdesk.0123@example.test>"
COPY = f"From: desk@example.test\nMessage-ID: {OURS}\nX-Cxdesk-Reference: reply:42\n\nHello\n"
DAEMON = "From: Mail Delivery System <MAILER-DAEMON@mx.example>\nReturn-Path: <>\n"


def report_mail(kind: str, status: str, copy: str = COPY, copied: str = "message/rfc822") -> bytes:
    return (
        f"{DAEMON}Subject: Undelivered Mail Returned to Sender\n"
        f"Content-Type: multipart/report; report-type={kind}; boundary=b\n\n"
        "--b\nContent-Type: text/plain\n\nI'm sorry to have to inform you.\n"
        f"--b\nContent-Type: message/{kind}\n\n{status}\n"
        f"--b\nContent-Type: {copied}\n\n{copy}\n--b--\n"
    ).encode()


def said(raw: bytes) -> Report:
    report = read(raw).report
    assert report is not None
    return report


class TestDelivery:
    FAILED = (
        "Reporting-MTA: dns; mx.example\n\n"
        "Original-Recipient: rfc822; Ann@example.com\nFinal-Recipient: rfc822; ann@inside.example\n"
        "Action: failed\nStatus: 5.1.1\n"
        "Diagnostic-Code: smtp; 550 5.1.1 no such user;\n see below\n"
    )

    def test_a_failure_names_the_one_who_was_written_to(self) -> None:
        assert said(report_mail("delivery-status", self.FAILED)) == Report(
            "bounce",
            "ann@example.com",
            "5.1.1",
            "550 5.1.1 no such user; see below",
            (OURS,),
            "reply:42",
        )

    @pytest.mark.parametrize(
        "action, status, kind",
        [
            ("delayed", "4.4.1", "delayed"),
            ("delivered", "2.0.0", "delivered"),
            ("relayed", "2.0.0", "delivered"),
            ("Failed (bad luck)", "5.0.0", "bounce"),
        ],
    )
    def test_its_kind_is_what_was_done(self, action: str, status: str, kind: str) -> None:
        fields = f"Final-Recipient: rfc822; ann@example.com\nAction: {action}\nStatus: {status}\n"

        assert said(report_mail("delivery-status", fields)).kind == kind

    def test_without_an_action_the_status_decides(self) -> None:
        fields = "Final-Recipient: rfc822; ann@example.com\nStatus: 4.2.2\n"

        assert said(report_mail("delivery-status", fields)).kind == "delayed"

    def test_a_vague_status_gives_way_to_the_servers_words(self) -> None:
        fields = self.FAILED.replace("Status: 5.1.1", "Status: 5.0.0")

        assert said(report_mail("delivery-status", fields)).status == "5.1.1"

    def test_of_several_recipients_the_failed_one_is_told(self) -> None:
        late = "Final-Recipient: rfc822; bob@example.com\nAction: delayed\nStatus: 4.4.1\n\n"

        assert said(report_mail("delivery-status", late + self.FAILED)).kind == "bounce"

    def test_the_header_alone_may_come_back(self) -> None:
        raw = report_mail("delivery-status", self.FAILED, copied="text/rfc822-headers")

        assert said(raw).message_ids == (OURS,)

    def test_a_mail_that_comes_back_is_not_passed_on(self) -> None:
        letter = read(report_mail("delivery-status", self.FAILED))

        assert letter.forwarded is None
        assert [one.name for one in letter.parts] == ["attachment-1.txt", "attachment-2.eml"]

    def test_postfix_is_understood(self) -> None:
        report = said((DATA / "reports" / "postfix-ghost.eml").read_bytes())

        assert (report.kind, report.recipient) == ("bounce", "ghost@example.test")
        assert (report.status, report.reference) == ("5.1.1", "reply:42")
        assert report.message_ids == (
            "<cxdesk.5916a646107d27a621792a4f9c4ecbbea4a8080d@example.test>",
        )

    def test_a_report_from_nobody_is_understood(self) -> None:
        report = said((DATA / "chatwoot" / "bounced_with_no_from.eml").read_bytes())

        assert (report.kind, report.status) == ("bounce", "5.7.1")
        assert report.recipient == "noreply@example-service.com"


class TestComplaintsAndReceipts:
    def test_a_complaint_names_the_mail(self) -> None:
        fields = "Feedback-Type: abuse\nVersion: 1\nOriginal-Rcpt-To: <ann@example.com>\n"
        report = said(report_mail("feedback-report", fields))

        assert report == Report("complaint", "ann@example.com", "", "abuse", (OURS,), "reply:42")

    def test_a_receipt_says_that_it_came(self) -> None:
        fields = (
            f"Final-Recipient: rfc822; ann@example.com\nOriginal-Message-ID: {OURS}\n"
            "Disposition: manual-action/MDN-sent-manually; displayed\n"
        )
        report = said(report_mail("disposition-notification", fields, copy="x\n"))

        assert (report.kind, report.message_ids) == ("delivered", (OURS,))


class TestWords:
    QMAIL = (
        f"{DAEMON}Subject: failure notice\n\n"
        "Hi. This is the qmail-send program at mx.example.\n"
        "I'm afraid I wasn't able to deliver your message to the following addresses.\n"
        "This is a permanent error; I've given up. Sorry it didn't work out.\n\n"
        "<ann@example.com>:\n192.0.2.1 does not like recipient.\n"
        "Remote host said: 550 5.1.1 unknown user\n\n"
        "--- Below this line is a copy of the message.\n\n"
        f"Return-Path: <desk@example.test>\n{COPY}"
    )

    def test_qmail_is_understood(self) -> None:
        report = said(self.QMAIL.encode())

        assert (report.kind, report.recipient) == ("bounce", "ann@example.com")
        assert (report.status, report.message_ids) == ("5.1.1", (OURS,))
        assert report.reference == "reply:42"

    def test_exim_is_understood(self) -> None:
        raw = (
            f"{DAEMON}X-Failed-Recipients: ann@example.com\n"
            "Subject: Mail delivery failed: returning message to sender\n\n"
            "A message that you sent could not be delivered.\n\n  ann@example.com\n"
            "    host mx.example [192.0.2.1]: 550 No such user here\n\n"
            f"------ This is a copy of the message, including all the headers. ------\n\n{COPY}"
        )
        report = said(raw.encode())

        assert (report.kind, report.recipient, report.message_ids) == (
            "bounce",
            "ann@example.com",
            (OURS,),
        )

    def test_a_warning_is_no_failure(self) -> None:
        raw = (
            f"{DAEMON}Subject: Warning: message 1abc-0001 delayed 24 hours\n\n"
            "A message that you sent has not yet been delivered to <ann@example.com>.\n"
        )

        assert said(raw.encode()).kind == "delayed"

    def test_a_person_who_complains_of_a_bounce_is_a_customer(self) -> None:
        raw = self.QMAIL.replace(DAEMON, "From: Ann <ann@example.com>\n")

        assert read(raw.encode()).report is None

    def test_a_report_that_a_person_attached_is_an_attachment(self) -> None:
        raw = report_mail("delivery-status", TestDelivery.FAILED).decode()
        raw = raw.replace(DAEMON, "From: Ann <ann@example.com>\n")
        raw = raw.replace("multipart/report", "multipart/mixed")

        assert read(raw.encode()).report is None

    def test_a_postmaster_may_write_a_letter(self) -> None:
        raw = (
            b"From: postmaster@example.com\nSubject: Delivery problem\n\n"
            b"Hello, where is my oven? Please tell bob@example.com as well.\n"
        )

        assert read(raw).report is None
        assert read(b"Return-Path: <>\n" + raw).report is not None
