"""reply --send: the answer is noted and put into the outbox in one deed, and leaves at once.

Loaded by that alone: it knows mail, which everyday commands do not.
"""

from __future__ import annotations

import os
import stat
from mimetypes import guess_type
from typing import TYPE_CHECKING

from cxdesk.cli import arguments, drafts, places, prompts
from cxdesk.cli.courier import Courier, office_of, sending
from cxdesk.desk import addressing, answers, channels, contacts, mailing, outbox
from cxdesk.desk.things import inquiry_meant
from cxdesk.domain.outgoing import Attached, speaks_of_attachment
from cxdesk.domain.records import Message, NamedTuple
from cxdesk.errors import RefusedError, UsageError
from cxdesk.mail.wire import ascii_address
from cxdesk.store.settings import load_desk
from cxdesk.views import letters as words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from cxdesk.cli.session import Session
    from cxdesk.config import Config
    from cxdesk.desk.contacts import Contact
    from cxdesk.desk.mailing import Office
    from cxdesk.domain.outgoing import Heading, Quote
    from cxdesk.domain.records import Change, Desk, Inquiry, Mail
    from cxdesk.errors import MailError
    from cxdesk.store.database import Link

    # The contact as the options describe it, from its text and its channel.
    Described = Callable[[Desk, str, str], Contact]

NOT_DONE = 5
LARGEST = 20_000_000  # bytes of all attachments; encoded they are a third more
OUTBOX = "What becomes of its mail: cxdesk mail outbox"
FORGOTTEN = "You write of an attachment and none is there."


class Wish(NamedTuple):
    """How it is to be sent, as typed."""

    via: str | None = None
    quote: bool = False
    attach: tuple[str, ...] = ()
    edit: bool = False
    to: str | None = None


class _Letter(NamedTuple):
    """What is going to be sent: read and asked for before anything is written."""

    inquiry: Inquiry
    head: Heading
    text: str
    via: str
    agreed: str | None
    signature: str | None
    quote: Quote | None
    attachments: tuple[Attached, ...]
    doubt: str | None  # that he might rather call, where he could not be asked


def reply(
    session: Session, thing: str, typed: Sequence[str], wish: Wish, described: Described
) -> Any:
    """Note the answer, post it, send it; what cannot leave now goes with the next run."""
    config = sending(places.config_path())
    letter = _letter(session, config, thing, typed, wish, described)
    if letter is None:
        return None

    def noted() -> tuple[Link, Change, Desk, Mail]:
        doubts = _doubts(session, letter)
        link = session.write()
        office = office_of(config, link, session.now)
        return link, *_noted(session, link, office, letter, described, doubts)

    if wish.edit:
        number, said = letter.inquiry.number, letter.text + words.signed(letter.signature or "")
        again = f"cxdesk reply {number} --edit --send"
        link, change, desk, mail = drafts.noting(session, number, said, again, noted)
    else:
        link, change, desk, mail = noted()
    session.stays = "The answer is noted; do not send it again.", OUTBOX
    session.on_interrupt = f"Stopped. {' '.join(session.stays)}"
    with Courier(config, session.now) as courier:
        mail, trouble = outbox.deliver_now(link, mail.id, courier.tools())
    if mail.state != "sent":
        session.exit_code = NOT_DONE
        change = change._replace(warnings=(*change.warnings, _untold(mail, trouble)))
    return words.MailedView(change, desk, mail)


# What is sent ------------------------------------------------------------------------------------


def _letter(
    session: Session,
    config: Config,
    thing: str,
    typed: Sequence[str],
    wish: Wish,
    described: Described,
) -> _Letter | None:
    """All that can be refused is refused before the editor opens. None: he rather calls."""
    to = None if wish.to is None else _plain(wish.to)
    attachments = attached(wish.attach)
    piped = arguments.piped(typed)
    link = session.read()
    desk = load_desk(link)
    inquiry, rest = inquiry_meant(link, thing, typed, session.now, verb="reply")
    office = office_of(config, link, session.now)
    head = addressing.heading(link, inquiry, office, to)
    last = mailing.last_said(link, desk, inquiry)
    quote = mailing.last_said(link, desk, inquiry, to_quote=head) if wish.quote else None
    if wish.quote and quote is None:
        raise UsageError("They wrote nothing that can be quoted.", "Leave out --quote.")
    via, agreed = _channel(desk, wish.via)
    described(desk, "", via)
    text, signature = arguments.text(rest, piped), None
    if not text and not wish.edit:
        raise UsageError(
            "There is nothing to send.",
            f'cxdesk reply {thing} "your words" --send'
            f"   Or from a pipe: echo text | cxdesk reply {thing} - --send",
        )
    phone = None if agreed else mailing.phone_instead(link, inquiry)
    if phone and session.may_ask and _rather_calls(inquiry, head, phone):
        return None
    doubt = None if session.may_ask else _can_be_called(head, phone)
    if wish.edit:
        session.close()
        text, signature = _edited(session, inquiry, text, head, config.mail.signature, last)
    return _Letter(inquiry, head, text, via, agreed, signature, quote, attachments, doubt)


def _plain(address: str) -> str:
    """An address as it was typed; UsageError for what is not one address alone."""
    try:
        ascii_address(address.strip())
    except ValueError:
        named = address.strip() or '""'
        raise UsageError(
            f"{named} is no e-mail address.", "Write it like ann@example.com."
        ) from None
    return address.strip()


def _channel(desk: Desk, via: str | None) -> tuple[str, str | None]:
    """The channel of the contact; and where that was no mail, what kind of talk it was."""
    if via is None:
        mail = next((one.name for one in desk.channels if one.kind == "email"), "email")
        return mail, None
    grown = channels.including(desk, via)
    name = channels.channel_named(grown, via)
    kind = next(one.kind for one in grown.channels if one.name == name)
    return name, None if kind == "email" else kind


def _edited(
    session: Session,
    inquiry: Inquiry,
    text: str,
    head: Heading,
    signature: str,
    last: Quote | None,
) -> tuple[str, str | None]:
    """What the owner made of the template, or of what he wrote before and did not send.
    UsageError where nothing is left of it."""
    opened = words.template(text, head, signature, last)
    if kept := drafts.kept(session, inquiry.number):
        said, signature = words.written(kept, head)
        both = "\n\n".join(filter(None, (said, text)))
        opened = words.template(both, head, signature, last)
        opened = opened.removeprefix(f"{words.greeting(head)}\n\n")
    written, signed = words.written(arguments.edited([opened]), head)
    if not written:
        drafts.drop(session, inquiry.number)
        raise UsageError("Nothing was written, so nothing was sent.", "The answer is not noted.")
    return written, signed


def attached(paths: Sequence[str]) -> tuple[Attached, ...]:
    """The files to attach, read. Raises UsageError for what is no plain file, or too large."""
    files: list[Attached] = []
    for path in paths:
        room = LARGEST - sum(len(file.data) for file in files)
        data = _bytes(path, room)
        kind, packed = guess_type(path, strict=False)
        plain = kind if kind and not packed else "application/octet-stream"
        files.append(Attached(os.path.basename(path), plain, data))
    return tuple(files)


def _bytes(path: str, room: int) -> bytes:
    """A regular file's bytes: a link might lead anywhere, and a pipe would be waited for."""
    try:
        with open(path, "rb", opener=_no_link) as file:
            is_file = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            data = file.read(room + 1) if is_file else b""
    except IsADirectoryError:
        is_file, data = False, b""
    except (OSError, ValueError) as error:
        if os.path.islink(path):
            raise UsageError(f"{path} is a link.", "Name the file that it leads to.") from None
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{path} cannot be attached: {why}.", "Nothing was sent.") from None
    if not is_file:
        raise UsageError(f"{path} is no file to attach.", "Name a plain file.")
    if len(data) > room:
        raise UsageError(
            f"With {path} the attachments are larger than {LARGEST // 1_000_000} MB.",
            "Few servers take so much: put it elsewhere, and send where it is.",
        )
    return data


def _no_link(path: str, flags: int) -> int:
    return os.open(path, flags | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)


# Second thoughts ---------------------------------------------------------------------------------


def _doubts(session: Session, letter: _Letter) -> list[str]:
    """What the owner may have overlooked: asked on a terminal, else told with the answer."""
    doubts = [told] if (told := addressing.passed_over(letter.head)) else []
    if not letter.attachments and speaks_of_attachment(letter.text):
        if not session.may_ask:
            doubts.append(f"{FORGOTTEN} If it is missing: cxdesk reply with --attach FILE.")
        elif not prompts.yes(f"{FORGOTTEN} Send all the same?", default=False):
            raise RefusedError("Nothing was sent.", "Again, with --attach FILE.")
    return [*doubts, letter.doubt] if letter.doubt else doubts


def _can_be_called(head: Heading, phone: str | None) -> str | None:
    who = head.to_name or "the customer"
    return f"Two mails have gone already; {who} can be called: {phone}." if phone else None


def _rather_calls(inquiry: Inquiry, head: Heading, phone: str) -> bool:
    """Asked before the editor opens: what was written would be in vain."""
    prompts.say(f"Two mails have gone already. {head.to_name or 'The customer'}: {phone}")
    if not prompts.yes("Call instead?", default=False):
        return False
    prompts.say(
        "Nothing was sent. When you have talked:"
        f' cxdesk reply {inquiry.number} "what you agreed" --via phone --send'
    )
    return True


# Noting ------------------------------------------------------------------------------------------


def _noted(
    session: Session,
    link: Link,
    office: Office,
    letter: _Letter,
    described: Described,
    doubts: list[str],
) -> tuple[Change, Desk, Mail]:
    """The contact and its mail, in one deed."""
    number = letter.inquiry.number
    desk = load_desk(link)
    with session.deed(link, "reply") as d:
        desk = channels.make_named(d, desk, letter.via)
        d.warnings += doubts
        contacts.reply(d, desk, number, described(desk, letter.text, letter.via))
        said = next(m for m in d.made(Message) if m.direction == "out")
        mail = mailing.reply(
            d,
            office,
            number,
            said.id,
            letter.head,
            text=letter.text,
            agreed=letter.agreed,
            signature=letter.signature,
            quote=letter.quote,
            attachments=letter.attachments,
        )
        return answers.change(d), desk, mail


def _untold(mail: Mail, trouble: MailError | None) -> str:
    """Why the mail is not with them yet, in one line."""
    why = (trouble.sentence if trouble else mail.detail or "another run is sending it").rstrip(".")
    begun = f"The mail to {mail.recipient}"
    if mail.state == "failed":
        return f"{begun} was refused: {why}. The answer is noted; to take it back: cxdesk undo"
    if mail.state == "uncertain":
        return f"{begun} may or may not have arrived: {why}. See: cxdesk mail outbox"
    return f"{begun} waits: {why}. It goes with the next cxdesk remind or cxdesk mail fetch."
