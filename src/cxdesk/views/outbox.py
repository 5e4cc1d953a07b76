"""What the reminder job and the outbox answer: for programs, for cron, for people."""

from __future__ import annotations

from cxdesk.views.view import View
from cxdesk.views.words import counted, iso, moment, row, written

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Any

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.records import Mail, MailLine
    from cxdesk.views.digest import Text
    from cxdesk.views.screen import Screen

_SAID = {
    "sent": "Today's digest is sent.",
    "already": "Today's digest was sent before.",
    "nothing": "Nothing to tell: no digest.",
    "pending": "The digest waits to be sent.",
    "failed": "The digest could not be sent.",
    "uncertain": "The digest may or may not have arrived.",
    "busy": "Another cxdesk remind is at work; it sees to this.",
}


class RemindView(View):
    """One run of `cxdesk remind`: silent in a pipe when all went well, one line when not."""

    def __init__(
        self,
        digest: str,
        *,
        alerts: int = 0,
        sent: Sequence[int] = (),
        failed: Sequence[int] = (),
        uncertain: Sequence[int] = (),
        waiting: Sequence[int] = (),
        trouble: str | None = None,
        lost: Sequence[MailLine] = (),
        backup: str | None = None,
        no_backup: str | None = None,
    ) -> None:
        self.digest = digest
        self.alerts = alerts
        self.sent = list(sent)
        self.failed = list(failed)
        self.uncertain = list(uncertain)
        self.waiting = list(waiting)
        self.trouble = trouble
        self.lost = lost
        self.backup = backup
        self.no_backup = no_backup

    def to_json(self) -> dict[str, Any]:
        return {
            "digest": self.digest,
            "alerts": self.alerts,
            "sent": self.sent,
            "failed": self.failed,
            "uncertain": self.uncertain,
            "pending": self.waiting,
            "trouble": self.trouble,
            "backup": self.backup,
            "backup_trouble": self.no_backup,
        }

    def lines(self) -> Iterable[str]:
        return ()

    def draw(self, screen: Screen) -> None:
        screen.text(_SAID[self.digest])
        if self.alerts:
            screen.text(f"{counted(self.alerts, 'alert')} went out.")

    def asides(self) -> Sequence[str]:
        lines = [self._about_mail()] if self._about_mail() else []
        lines += [f"cxdesk remind: {unanswered(mail)}" for mail in self.lost]
        return [*lines, *([f"cxdesk remind: {self.no_backup}"] if self.no_backup else [])]

    def _about_mail(self) -> str:
        left = [
            f"{counted(len(numbers), 'mail')} {word}"
            for numbers, word in (
                (self.failed, "failed"),
                (self.uncertain, "may or may not have arrived (cxdesk mail outbox)"),
                (self.waiting, "will be tried again"),
            )
            if numbers
        ]
        if not left and self.digest not in ("pending", "failed", "uncertain"):
            return ""
        said = ", ".join(left) or _SAID[self.digest].rstrip(".").lower()
        return f"cxdesk remind: {said}" + (f": {self.trouble}" if self.trouble else ".")


class DryRunView(View):
    """The mails as they would be sent now."""

    def __init__(self, mails: Sequence[Text], to: str | None) -> None:
        self.mails = mails
        self.to = to

    def to_json(self) -> dict[str, Any]:
        return {
            "digest": "dry-run",
            "alerts": 0,
            "sent": [],
            "failed": [],
            "uncertain": [],
            "to": self.to,
            "mails": [
                {"subject": mail.subject, "text": mail.body, "html": mail.html}
                for mail in self.mails
            ],
        }

    def lines(self) -> Iterable[str]:
        if not self.mails:
            yield "Nothing is late, due today or soon: no mail would be sent."
        for index, mail in enumerate(self.mails):
            if index:
                yield ""
            if self.to:
                yield f"To: {self.to}"
            yield f"Subject: {mail.subject}"
            yield ""
            yield from mail.body.rstrip("\n").split("\n")

    def draw(self, screen: Screen) -> None:
        for line in self.lines():
            screen.text(line) if line.strip() else screen.blank()


class OutboxView(View):
    """`mail outbox`: every mail that left or is to leave, the newest first for people."""

    def __init__(self, mails: Sequence[MailLine], hours: OpeningHours, now: datetime) -> None:
        self.mails = mails
        self.hours = hours
        self.now = now

    def to_json(self) -> dict[str, Any]:
        return {"mails": [mail_json(mail, self.hours) for mail in self.mails]}

    def lines(self) -> Iterable[str]:
        for mail in self.mails:
            yield row(
                mail.id, mail.state, mail.kind, mail.recipient, mail.subject, mail.attempts,
                mail.message_id, written(mail.made_at, self.hours),
                written(mail.sent_at, self.hours),
            )  # fmt: skip

    def draw(self, screen: Screen) -> None:
        if not self.mails:
            screen.text("The outbox is empty: nothing was ever sent, and nothing waits.")
        for mail in reversed(self.mails):
            at = moment(mail.sent_at or mail.made_at, self.hours, self.now)
            parts = [f"{mail.id:>4}", f"{mail.state:<9}", f"{at},", mail.recipient, mail.subject]
            screen.flow(parts, 6)
            if mail.detail and mail.state != "sent":
                screen.text(mail.detail, 6)
        if any(mail.state == "uncertain" for mail in self.mails):
            screen.blank()
            screen.hint("Look in your mailbox, then: cxdesk mail resolve NUMBER --sent or --resend")
        if any(mail.state == "failed" and mail.kind == "reply" for mail in self.mails):
            screen.blank()
            screen.hint(
                "An answer that failed goes again with: cxdesk mail resolve NUMBER --resend"
            )


class MailView(View):
    """One mail, and what was done with it."""

    is_deed = True

    def __init__(self, did: str, mail: Mail, said: str, hours: OpeningHours) -> None:
        self.did = did
        self.hours = hours
        self.mail = mail
        self.said = said

    def to_json(self) -> dict[str, Any]:
        return {"did": self.did, "mail": mail_json(self.mail, self.hours)}

    def lines(self) -> Iterable[str]:
        yield row(self.mail.id, self.mail.state, self.mail.kind, self.mail.recipient)

    def draw(self, screen: Screen) -> None:
        screen.text(self.said)


def unanswered(mail: MailLine) -> str:
    """An answer that did not leave, and what to type."""
    why = (mail.detail or "refused").rstrip(".")
    again = f"cxdesk mail resolve {mail.id} --resend"
    return f"your answer to {mail.recipient} ({mail.number}) did not leave: {why}. Again: {again}"


def mail_json(mail: Mail | MailLine, hours: OpeningHours | None = None) -> dict[str, Any]:
    """MAIL of cli.md; `about` is the number of the thing that it is about. Instants are in the
    desk's zone, and in UTC where no desk is at hand."""

    def told(at: datetime | None) -> str | None:
        if at is None:
            return None
        return at.isoformat(timespec="seconds") if hours is None else iso(at, hours)

    return {
        "number": mail.id,
        "kind": mail.kind,
        "to": mail.recipient,
        "subject": mail.subject,
        "state": mail.state,
        "attempts": mail.attempts,
        "message_id": mail.message_id,
        "about": mail.number,
        "detail": mail.detail,
        "made_at": told(mail.made_at),
        "sent_at": told(mail.sent_at),
    }
