"""What mail servers say of a mail that was sent, in their several tongues."""

from __future__ import annotations

from pathlib import Path

import pytest

from cxdesk.domain.letters import Report
from cxdesk.mail.reader import read

DATA = Path(__file__).parent.parent / "data" / "mail"
OURS = "<cxdesk.0123@example.test>"
COPY = (
    f"From: desk@example.test\nMessage-ID: {OURS}\nX-Cxdesk-Reference: reply:42\n"
    "X-Cxdesk-Instance: this-desk\n\nHello\n"
)
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
            "this-desk",
        )

    def test_without_the_address_that_was_written_to_it_names_the_last_one(self) -> None:
        _, _, fields = self.FAILED.partition("Ann@example.com\n")

        assert said(report_mail("delivery-status", fields)).recipient == "ann@inside.example"

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

        assert report == Report(
            "complaint", "ann@example.com", "", "abuse", (OURS,), "reply:42", "this-desk"
        )

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
        assert (report.reference, report.instance) == ("reply:42", "this-desk")

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

    @pytest.mark.parametrize(
        "opening",
        [
            "This is the Postfix program at host mx.example.",
            "This is the mail system at host mx.example.",
            "I'm sorry to have to inform you that the message returned\nbelow",
            "This message was created automatically by mail delivery software.",
            "Delivery has failed to these recipients or groups:",
            "Your message did not reach some or all of the intended recipients.",
            "Your message\n\n  To: Ann\n  Subject: Shelf\n\ndid not reach the following:",
            "   ----- The following addresses had permanent fatal errors -----",
            "Delivery to the following recipient failed permanently:",
            "Ihre Nachricht konnte nicht zugestellt werden.",
        ],
    )
    def test_what_mail_servers_begin_with_is_known(self, opening: str) -> None:
        raw = f"{DAEMON}Subject: Mail\n\n{opening}\n\n<ann@example.com>: 550 5.1.1 unknown\n"

        assert said(raw.encode())[:3] == ("bounce", "ann@example.com", "5.1.1")

    def test_whom_to_ask_is_not_who_was_not_reached(self) -> None:
        raw = (
            f"{DAEMON}Subject: Mail\n\nThis is the mail system at host mx.example.\n"
            "For help, write to <postmaster@mx.example>.\n\n<ann@example.com>: unknown user\n"
        )

        assert said(raw.encode()).recipient == "ann@example.com"


FAILURE = "Your message could not be delivered.\n\n<ann@example.com>: 550 5.1.1 no such user\n"
THREAD = f"In-Reply-To: {OURS}\n"
POSTMASTER = "From: postmaster@bakery.example\n"
RETURNED = f"--- Below this line is a copy of the message.\n\n{COPY}"


class TestAPersonOrAMachine:
    """In words alone nobody is believed who may be a person: what is doubtful is a mail."""

    @pytest.mark.parametrize(
        "header",
        [
            "From: MAILER-DAEMON@mx.example\n",
            f"{POSTMASTER}Return-Path: <>\n",
            f"{POSTMASTER}Auto-Submitted: auto-replied\n",
            f"{POSTMASTER}Auto-Submitted: Auto-Generated (failure)\n",
        ],
    )
    @pytest.mark.parametrize(
        "body",
        [FAILURE, f"Your message could not be delivered.\n\n{RETURNED}"],
        ids=["address", "copy"],
    )
    def test_a_machine_that_says_so_and_proves_it(self, header: str, body: str) -> None:
        assert said(f"{header}Subject: Mail\n\n{body}".encode()).kind == "bounce"

    @pytest.mark.parametrize(
        "header",
        [
            POSTMASTER,
            "From: Ann <ann@example.com>\n",
            f"{POSTMASTER}X-Failed-Recipients: ann@example.com\n",
            f"{POSTMASTER}Return-Path: <postmaster@bakery.example>\nAuto-Submitted: no\n",
            "From: mdaemons@example.com\n",
        ],
    )
    def test_whoever_may_be_a_person_is_one(self, header: str) -> None:
        raw = f"{header}{THREAD}Subject: Undeliverable: The shelf\n\n{FAILURE}\n{RETURNED}"

        assert read(raw.encode()).report is None

    @pytest.mark.parametrize(
        "words",
        [
            "Is our order still delayed?\nWrite to ann@example.com please.\n",
            "Hello, where is my oven? Please tell bob@example.com as well.\n",
            "Hello,\nI had this from you: Your message could not be delivered. ann@example.com\n",
            f"> {FAILURE}",
            "Delivery to the following address:\nAnn Lee, ann@example.com, 2 shelves\n",
            "This message was created automatically by mail forms.\nann@example.com: Hello\n",
            "The following message cannot wait:\nann@example.com asks for her oven.\n",
            "Name: Ann\nE-mail: ann@example.com\nSubject: Oven\nMessage:\n" + FAILURE,
        ],
    )
    def test_a_machine_that_passes_on_a_persons_words(self, words: str) -> None:
        raw = f"{POSTMASTER}Return-Path: <>\nAuto-Submitted: auto-generated\n{THREAD}"
        raw += "X-Failed-Recipients: ann@example.com\nSubject: Re: our delayed order\n\n"

        assert read((raw + words).encode()).report is None

    def test_a_thread_alone_is_no_proof(self) -> None:
        raw = f"{DAEMON}{THREAD}Subject: Returned mail\n\nYour message could not be delivered.\n"

        assert read(raw.encode()).report is None

    def test_a_copy_is_one_also_in_its_own_thread(self) -> None:
        raw = f"{DAEMON}{THREAD}Subject: Mail\n\nYour message could not be delivered.\n\n{RETURNED}"

        assert said(raw.encode()).message_ids == (OURS,)

    def test_a_mail_that_is_attached_is_one(self) -> None:
        raw = (
            f"{DAEMON}Subject: Mail\nContent-Type: multipart/mixed; boundary=b\n\n"
            "--b\n\nYour message could not be delivered.\n"
            f"--b\nContent-Type: message/rfc822\n\n{COPY}\n--b--\n"
        )

        assert said(raw.encode()).message_ids == (OURS,)

    def test_a_postmaster_who_attaches_a_report_is_a_person(self) -> None:
        raw = report_mail("delivery-status", TestDelivery.FAILED).decode()
        raw = raw.replace(DAEMON, POSTMASTER).replace("multipart/report", "multipart/mixed")

        assert read(raw.encode()).report is None
        assert said(raw.replace("multipart/mixed", "multipart/report").encode()).kind == "bounce"

    def test_an_order_that_is_delayed_is_no_mail_that_is(self) -> None:
        raw = f"{DAEMON}Subject: Re: our delayed order\n\n"
        raw += "Your message was not delivered to <ann@example.com>: unknown user.\n"

        assert said(raw.encode()).kind == "bounce"
