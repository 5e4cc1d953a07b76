"""Joining the outbox to the world: the connection, the mailbox, the words of a mail.

Loaded by the mail commands alone. The connection is made when the first mail leaves, and the
secret fetched then; nothing to send, nothing asked, and nothing loaded that knows mail.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING

from cxdesk.config import Config, ConfigError, read_config
from cxdesk.desk.outbox import Draft, NoServer, Tools
from cxdesk.domain.reminders import Alert, Plan
from cxdesk.domain.week import Week
from cxdesk.store.settings import settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cxdesk.desk.reminders import Told
    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.records import Desk, Mail
    from cxdesk.mail import smtp
    from cxdesk.store.database import Link
    from cxdesk.views.digest import Text


def configuration(path: str, to: str | None = None) -> Config:
    """config.toml with somebody to write to and a server to send by; else ConfigError (4)."""
    config = read_config(path)
    remedy = f"Write it into {path}; cxdesk remind --dry-run shows the mail without it."
    if to is None and config.remind.to is None:
        raise ConfigError("Nobody is named to be reminded: [remind] to.", remedy)
    if not config.mail.out.host:
        raise ConfigError("No server is named to send by: [mail.out] host.", remedy)
    return config


def plan_of(config: Config) -> Plan:
    remind = config.remind
    spans = remind.at, remind.within, remind.alert_before
    return Plan(*spans, remind.names, remind.week, config.mail.prefix)


def clock(now: datetime) -> Callable[[], datetime]:
    """The time as it goes on from `now`, whichever that is: leases and waits follow it."""
    begun = time.monotonic()
    return lambda: now + timedelta(seconds=int(time.monotonic() - begun))


class Courier:
    """One connection for one run, made when it is needed; a context manager."""

    def __init__(self, config: Config, now: datetime) -> None:
        self.config = config
        self._clock = clock(now)
        self._session: smtp.Session | None = None

    def __enter__(self) -> Courier:
        return self

    def __exit__(self, *_: object) -> None:
        if self._session is not None:
            self._session.close()

    def tools(self) -> Tools:
        find = self._find if self.config.mail.inboxes else None
        return Tools(self._clock, self._send, _check, find)

    def _find(self, sought: str) -> bool | None:
        from cxdesk.mail.lookup import is_there

        return is_there(self.config.mail.inboxes, sought)

    def _send(
        self, raw: bytes, sender: str, recipient: str, before_data: Callable[[], None]
    ) -> smtp.Outcome:
        from cxdesk.mail import smtp

        try:
            if self._session is None:
                self._session = smtp.connect(self.config.mail.out)
            return self._session.deliver(raw, sender, recipient, before_data)
        except smtp.ServerUnreachable as error:
            raise NoServer(error.sentence, error.remedy) from None


def _check(mail: Mail) -> None:
    from cxdesk.mail.frozen import check_frozen

    check_frozen(mail.raw, recipient=mail.recipient, message_id=mail.message_id)


class Scribe:
    """Writes the owner's mails: a digest, an alert or a week into frozen bytes."""

    def __init__(self, config: Config, link: Link, now: datetime) -> None:
        self._config = config
        self._instance = settings(link).get("instance", "")
        self._now = now

    def freeze(self, key: str, about: Told, desk: Desk) -> Draft:
        """The mail with this dedupe key. Raises MailError when it cannot be written."""
        said = text_of(about, desk.hours, plan_of(self._config))
        to, now = self._config.remind.to or "", desk.hours.local(self._now)
        if isinstance(about, Alert):
            return self._frozen("alert", key, to, said, now)._replace(number=about.number)
        return self._frozen("digest", key, to, said, now)

    def test(self, to: str, hours: OpeningHours) -> Draft:
        """A mail that says that mail arrives; another one each second."""
        from cxdesk.views import digest as words

        now = hours.local(self._now)
        said = words.test(now)
        return self._frozen("test", f"test:{self._now.isoformat()}", to, said, now)

    def _frozen(self, kind: str, key: str, to: str, said: Text, date: datetime) -> Draft:
        from cxdesk.mail.compose import Letter, compose, message_id

        out = self._config.mail.out
        sender = out.from_address or to
        letter = Letter(
            from_address=sender,
            from_name=out.from_name,
            to_address=to,
            subject=said.subject,
            text=said.body,
            html=said.html,
            date=date,
            message_id=message_id(key, self._instance, sender.rpartition("@")[2]),
            instance=self._instance,
            reference=key,
            auto_submitted="auto-generated",
        )
        identity, raw = letter.message_id, compose(letter)
        return Draft(key, kind, said.subject, sender, to, identity, raw)


def text_of(about: Told, hours: OpeningHours, plan: Plan) -> Text:
    """The words of a digest, an alert or a week."""
    from cxdesk.views import digest as words
    from cxdesk.views import week

    if isinstance(about, Alert):
        return words.alert(about.due_at, about.entry, hours, names=plan.names)
    if isinstance(about, Week):
        return week.week(about, hours)
    return words.digest(about, hours, names=plan.names, prefix=plan.prefix)
