"""What comes back of our own mails: bounces, complaints, and the wish for no more of them."""

from __future__ import annotations

from cxdesk.desk import contacts
from cxdesk.domain import automatic
from cxdesk.domain.followups import new_follow_up
from cxdesk.domain.received import NoMail
from cxdesk.domain.records import Inquiry, Mail, Owed
from cxdesk.store import inquiries, outbox, things
from cxdesk.store import received as store
from cxdesk.store.deeds import DeedInProgress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cxdesk.domain.letters import Report
    from cxdesk.domain.records import Desk
    from cxdesk.store.database import Link

TO_CUSTOMERS = ("reply", "acknowledgement", "follow_up")


def note_report(d: DeedInProgress, desk: Desk, report: Report) -> int | None:
    """Write down what a report says of a mail of ours: its inquiry, None where it is not ours.

    An address that does not exist gets no automatic mail any more, and the owner is told once.
    """
    mail = _reported(d.link, report)
    if mail is None:
        return _inquiry_of_ids(d.link, report)
    number = inquiry_of(d.link, mail.kind, mail.number)
    inquiry = inquiries.by_number(d.link, number) if number is not None else None
    is_news = report.kind in ("delayed", "delivered") or _stop(d, mail, report)
    if inquiry is not None and is_news:
        contacts.note(d, inquiry, _said(mail, report), d.now)
    if is_news and report.kind in ("bounce", "complaint"):
        _tell(d, desk, mail, inquiry, f"reach them another way: {_said(mail, report)}")
    return number


def _tell(d: DeedInProgress, desk: Desk, mail: Mail, inquiry: Inquiry | None, what: str) -> None:
    """Among what is due, for the owner has to find another way."""
    owner = inquiry.customer_id if inquiry else None
    if inquiry is None and mail.kind == "follow_up":
        follow_up = things.follow_up(d.link, mail.number or 0)
        owner = follow_up.customer_id if follow_up else None
    if inquiry is None and owner is None:
        return
    number = inquiry.number if inquiry else None
    when = Owed("spoken", d.now)
    d.add(new_follow_up(when, what, d.now, desk.hours, inquiry=number, customer=owner))


def _stop(d: DeedInProgress, mail: Mail, report: Report) -> bool:
    """Mark the address where the report says it is of no use; whether the owner is to be told."""
    if mail.kind not in TO_CUSTOMERS:
        return False
    if report.kind == "complaint":
        return stop_mail(d, mail.recipient, "complaint", report.said)
    if automatic.is_permanent(report):
        return stop_mail(d, mail.recipient, "undeliverable", report.said)
    return True


def stop_mail(d: DeedInProgress, address: str, why: str, detail: str = "") -> bool:
    """No automatic mail goes to an address any more; False where that was so already."""
    address = address.strip().casefold()
    if not address or store.no_mail(d.link, address) is not None:
        return False
    d.add(NoMail(address, why, d.now, detail or None))
    return True


def inquiry_of(link: Link, kind: str, number: int | None) -> int | None:
    """The inquiry that an outgoing mail was about; `number` is a follow-up's for those."""
    if number is None or kind not in TO_CUSTOMERS:
        return None
    if kind != "follow_up":
        return number
    follow_up = things.follow_up(link, number)
    return follow_up.inquiry_number if follow_up else None


def _reported(link: Link, report: Report) -> Mail | None:
    """The mail in the outbox that a report is about."""
    for message_id in report.message_ids:
        found = store.sent_as(link, message_id)
        if found is not None:
            return outbox.by_id(link, found[0])
    return outbox.by_dedupe(link, report.reference) if report.reference else None


def _inquiry_of_ids(link: Link, report: Report) -> int | None:
    """A mail that the owner sent from another program."""
    for message_id in report.message_ids:
        for one in store.by_message_id(link, message_id):
            if one.inquiry_number is not None:
                return one.inquiry_number
    return None


def _said(mail: Mail, report: Report) -> str:
    what = {
        "complaint": "was reported as unwanted",
        "delayed": "is still on its way",
        "delivered": "has arrived",
    }.get(report.kind, "did not arrive")
    why = f" ({report.said})" if report.said and report.kind == "bounce" else ""
    return f"the mail to {mail.recipient} {what}{why}"
