"""Joining the outbox to the world: the connection, the mailbox, the words of a mail.

Loaded by the mail commands alone. The connection is made when the first mail leaves, and the
secret fetched then; nothing to send, nothing asked, and nothing loaded that knows mail.
"""

from __future__ import annotations

import time
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from cxdesk.config import Config, ConfigError, read_config
from cxdesk.desk.mailing import Office
from cxdesk.desk.outbox import Draft, NoServer, Tools
from cxdesk.domain.limits import Limits
from cxdesk.domain.outgoing import AUTOMATIC
from cxdesk.domain.reminders import Alert, Plan
from cxdesk.domain.week import Week
from cxdesk.store.settings import load_desk, settings

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from cxdesk.desk.reminders import Told
    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.outgoing import Outgoing
    from cxdesk.domain.records import Desk, Mail
    from cxdesk.mail import compose, smtp
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


def sending(path: str) -> Config:
    """config.toml with a server to send by and an address to send from; else ConfigError (4)."""
    config = read_config(path)
    out = config.mail.out
    remedy = "Write it into config.toml: cxdesk config edit"
    if not out.host:
        raise ConfigError("No server is named to send by: [mail.out] host.", remedy)
    if not out.from_address:
        raise ConfigError("No address is named to send from: [mail.out] from.", remedy)
    return config


def own_addresses(config: Config) -> frozenset[str]:
    """Every address that is the owner's, in lower case: what comes from one of them is ours."""
    mail = config.mail
    named = [mail.out.from_address, config.remind.to or "", *(box.user for box in mail.inboxes)]
    found = (address.strip().lower() for address in (*mail.own, *named))
    return frozenset(address for address in found if "@" in address)


def office_of(config: Config, link: Link, now: datetime) -> Office:
    """What mail to customers is made with."""
    mail = config.mail
    limits = Limits(mail.limits.address_a_day, mail.limits.inquiry, mail.limits.a_day)
    return Office(
        Scribe(config, link, now).letter,
        own_addresses(config) | frozenset(mail.forms),
        mail.prefix,
        limits,
        mail.acknowledge,
    )


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
    """Writes mails into frozen bytes: the owner's digests, alerts and weeks; letters to customers.

    Each raises MailError when it cannot be written.
    """

    def __init__(self, config: Config, link: Link, now: datetime) -> None:
        self._config = config
        self._link = link
        self._instance = settings(link).get("instance", "")
        self._now = now

    def freeze(self, key: str, about: Told, desk: Desk) -> Draft:
        """The mail with this dedupe key."""
        said = text_of(about, desk.hours, plan_of(self._config))
        to, now = self._config.remind.to or "", desk.hours.local(self._now)
        if isinstance(about, Alert):
            return self._owners("alert", key, to, said, now)._replace(number=about.number)
        return self._owners("digest", key, to, said, now)

    def test(self, to: str, hours: OpeningHours) -> Draft:
        """A mail that says that mail arrives; another one each second."""
        from cxdesk.views import digest as words

        now = hours.local(self._now)
        said = words.test(now)
        return self._owners("test", f"test:{self._now.isoformat()}", to, said, now)

    def letter(self, of: Outgoing) -> Draft:
        """A mail to a customer, signed; an automatic one says so, and how to have no more."""
        from cxdesk.views import letters as words

        hours = load_desk(self._link).hours
        automatic = of.kind in AUTOMATIC
        answers = of.kind == "acknowledgement"
        sender, head = self._config.mail.out.from_address, of.heading
        letter = self._letter(
            of.key,
            head.to,
            hours.local(self._now),
            to_name=head.to_name,
            subject=head.subject,
            text=words.body(of, self._config.mail.signature, hours, self._now),
            in_reply_to=head.in_reply_to,
            references=head.references,
            auto_submitted=_SUBMITTED[answers] if automatic else None,
            unsubscribe=f"mailto:{sender}?subject=unsubscribe" if automatic else None,
            attachments=of.attachments,
        )
        return _frozen(of.kind, of.key, letter)._replace(number=of.number)

    def _owners(self, kind: str, key: str, to: str, said: Text, date: datetime) -> Draft:
        letter = self._letter(
            key,
            to,
            date,
            subject=said.subject,
            text=said.body,
            html=said.html,
            auto_submitted="auto-generated",
        )
        return _frozen(kind, key, letter)

    def _letter(self, key: str, to: str, date: datetime, **said: Any) -> compose.Letter:
        """What all our mails have: from whom, an id that is the same each time, whose it is."""
        from cxdesk.mail.compose import Letter, message_id, public_name

        out = self._config.mail.out
        sender = out.from_address or to
        return Letter(
            from_address=sender,
            from_name=out.from_name,
            to_address=to,
            date=date,
            message_id=message_id(key, self._instance, sender.rpartition("@")[2]),
            instance=public_name(self._instance),
            reference=key,
            **said,
        )


_SUBMITTED = {True: "auto-replied", False: "auto-generated"}


def _frozen(kind: str, key: str, letter: compose.Letter) -> Draft:
    from cxdesk.mail.compose import compose

    sender, to, identity = letter.from_address, letter.to_address, letter.message_id
    return Draft(key, kind, letter.subject, sender, to, identity, compose(letter))


def text_of(about: Told, hours: OpeningHours, plan: Plan) -> Text:
    """The words of a digest, an alert or a week."""
    from cxdesk.views import digest as words
    from cxdesk.views import week

    if isinstance(about, Alert):
        return words.alert(about.due_at, about.entry, hours, names=plan.names)
    if isinstance(about, Week):
        return week.week(about, hours)
    return words.digest(about, hours, names=plan.names, prefix=plan.prefix)
