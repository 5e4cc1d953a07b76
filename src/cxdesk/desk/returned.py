"""What comes back of our own mails: bounces, complaints, and the wish for no more of them."""

from __future__ import annotations

from datetime import timedelta

from cxdesk.desk import contacts
from cxdesk.domain import automatic
from cxdesk.domain.customers import email_reach
from cxdesk.domain.followups import new_follow_up
from cxdesk.domain.letters import candidates
from cxdesk.domain.received import NoMail
from cxdesk.domain.records import Mail, NamedTuple, Owed
from cxdesk.store import inquiries, outbox, things
from cxdesk.store import received as store
from cxdesk.store.deeds import DeedInProgress, begin
from cxdesk.store.settings import load_desk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cxdesk.domain.letters import Letter, Report
    from cxdesk.domain.received import Received
    from cxdesk.domain.records import Desk
    from cxdesk.store.database import Link

MATCH_WITHIN = timedelta(days=7)
TO_CUSTOMERS = ("reply", "acknowledgement", "follow_up")


class About(NamedTuple):
    """The mail that a report is about: to whom, on which inquiry, else for which customer."""

    recipient: str
    inquiry: int | None
    customer: int | None = None


def note_report(
    d: DeedInProgress, desk: Desk, report: Report, instance: str, at: datetime
) -> About | None:
    """Write down what a report says of a mail of ours; None where it is not known to be.

    An address that does not exist gets no automatic mail any more, and the owner is told once.
    `instance`: the name of this desk in its mails; `at`: when the report was received.
    """
    about = _about(d.link, report, instance)
    if about is None:
        return None
    inquiry = inquiries.by_number(d.link, about.inquiry) if about.inquiry is not None else None
    is_news = report.kind in ("delayed", "delivered") or _stop(d, about, report)
    if inquiry is not None and is_news:
        contacts.note(d, inquiry, _said(about, report), at)
    if is_news and report.kind in ("bounce", "complaint"):
        _tell(d, desk, about, f"reach them another way: {_said(about, report)}")
    return about


def match_again(link: Link, read: Callable[[bytes], Letter], instance: str, now: datetime) -> None:
    """What reports say of mails that the owner sent elsewhere, now that those are known too: the
    inbox is read before what was sent."""
    desk = load_desk(link)
    for one in store.unmatched_reports(link, now - MATCH_WITHIN):
        report = read(store.raw(link, one.id).raw).report
        if report is None:
            continue
        with begin(link, "mail", now, actor="desk") as d:
            about = note_report(d, desk, report, instance, one.received_at)
            if about is not None:
                detail = f"about a mail to {about.recipient}"
                d.change(one, inquiry_number=about.inquiry, detail=detail)


def _tell(d: DeedInProgress, desk: Desk, about: About, what: str) -> None:
    """Among what is due, for the owner has to find another way."""
    if about.inquiry is None and about.customer is None:
        return
    when = Owed("spoken", d.now)
    d.add(
        new_follow_up(when, what, d.now, desk.hours, inquiry=about.inquiry, customer=about.customer)
    )


def _stop(d: DeedInProgress, about: About, report: Report) -> bool:
    """Mark the address where the report says it is of no use; whether the owner is to be told."""
    if report.recipient and email_reach(report.recipient) != email_reach(about.recipient):
        return True  # of another address, that theirs may lead to
    if report.kind == "complaint":
        return stop_mail(d, about.recipient, "complaint", report.said)
    if automatic.is_permanent(report):
        return stop_mail(d, about.recipient, "undeliverable", report.said)
    return True


def answers_reminder(link: Link, letter: Letter) -> bool:
    """Does it answer a mail of ours to the owner? An absence note of his own would else be one more
    thing to be reminded of, each day."""
    sent = (store.sent_as(link, one) for one in candidates(letter))
    return any(one is not None and one[1] not in TO_CUSTOMERS for one in sent)


def stop_mail(d: DeedInProgress, address: str, why: str, detail: str = "") -> bool:
    """No automatic mail goes to an address any more; False where that was so already."""
    address = address.strip().casefold()
    if not address or store.no_mail(d.link, address) is not None:
        return False
    d.add(NoMail(address, why, d.now, detail or None))
    return True


def arrives_again(d: DeedInProgress, received: Received) -> None:
    """Who writes from an address has it: what was undeliverable may well arrive again."""
    stopped = store.no_mail(d.link, received.email) if received.email else None
    if stopped is not None and stopped.why == "undeliverable" and not received.automatic:
        d.remove(stopped)


def inquiry_of(link: Link, kind: str, number: int | None) -> int | None:
    """The inquiry that an outgoing mail was about; `number` is a follow-up's for those."""
    if number is None or kind not in TO_CUSTOMERS:
        return None
    if kind != "follow_up":
        return number
    follow_up = things.follow_up(link, number)
    return follow_up.inquiry_number if follow_up else None


def _about(link: Link, report: Report, instance: str) -> About | None:
    """By the Message-ID, which only those know who had the mail; else by our reference, if the mail
    in the report names this desk. What went to the owner himself is nobody's."""
    for message_id in report.message_ids:
        found = store.sent_as(link, message_id)
        if found is not None:
            return _of_outbox(link, outbox.by_id(link, found[0]))
    if report.reference and instance and report.instance == instance:
        return _of_outbox(link, outbox.by_dedupe(link, report.reference))
    return _of_sent(link, report)


def _of_outbox(link: Link, mail: Mail | None) -> About | None:
    if mail is None or mail.kind not in TO_CUSTOMERS:
        return None
    number = inquiry_of(link, mail.kind, mail.number)
    if number is not None:
        return About(mail.recipient, number, things.customer_of(link, number))
    follow_up = things.follow_up(link, mail.number or 0)
    return About(mail.recipient, None, follow_up.customer_id if follow_up else None)


def _of_sent(link: Link, report: Report) -> About | None:
    """A mail that the owner sent from another program, to an address of that customer."""
    for message_id in report.message_ids:
        for one in store.by_message_id(link, message_id):
            if one.is_sent and one.inquiry_number is not None:
                customer = things.customer_of(link, one.inquiry_number)
                return About(report.recipient, one.inquiry_number, customer)
    return None


def _said(about: About, report: Report) -> str:
    what = {
        "complaint": "was reported as unwanted",
        "delayed": "is still on its way",
        "delivered": "has arrived",
    }.get(report.kind, "did not arrive")
    why = f" ({report.said})" if report.said and report.kind == "bounce" else ""
    return f"the mail to {about.recipient or 'them'} {what}{why}"
