"""Where a mail belongs: its inquiry, its customer, and what it changes there
(docs/explanation/mail.md, "Whose is it?"; the first that fits wins, nothing is merged silently).

Every datetime is an aware instant; what time it was is the time of receipt, never the Date header.
"""

from __future__ import annotations

from cxdesk.desk import contacts, customers, returned, threads, whose
from cxdesk.desk.contacts import Contact
from cxdesk.domain import automatic, forms, forwards, quotes
from cxdesk.domain import letters as rules
from cxdesk.domain.customers import email_reach
from cxdesk.domain.forwards import Forwarded
from cxdesk.domain.letters import Address, Known, Letter
from cxdesk.domain.received import Received, ReceivedRaw
from cxdesk.domain.records import Customer, Inquiry, Message, NamedTuple, Thread
from cxdesk.store import inquiries
from cxdesk.store import received as store
from cxdesk.store.customers import by_id
from cxdesk.store.deeds import DeedInProgress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from cxdesk.desk.returned import About
    from cxdesk.domain.records import Desk, Mail
    from cxdesk.store.database import Link

    # Answers a new inquiry with "I have your message", where the owner wants it and it may be.
    Acknowledge = Callable[[DeedInProgress, Desk, Thread, Received, Letter], Mail | None]


class Tools(NamedTuple):
    """What placing needs to know of the world. read: bytes to a letter, CxdeskError for what is no
    mail; own: our addresses, forms: those of contact forms, lower case; prefix: of the subject
    token; instance: which desk this is; acknowledge: None where the owner wants none."""

    read: Callable[[bytes], Letter]
    instance: str
    own: frozenset[str] = frozenset()
    forms: frozenset[str] = frozenset()
    prefix: str = "CX"
    acknowledge: Acknowledge | None = None


class Placed(NamedTuple):
    """A mail in its place; `is_new`: it began an inquiry."""

    received: Received
    is_new: bool = False


def place(
    d: DeedInProgress, desk: Desk, received: Received, letter: Letter, tools: Tools
) -> Placed:
    """Put a kept mail where it belongs, and write what that changes."""
    received = _described(received, letter, tools)
    twins = store.by_message_id(d.link, letter.message_id)
    twin = next((one for one in twins if one.content == letter.content), None)
    if twin is not None and received.is_sent and not twin.is_sent:
        return _placed(d, desk, received, letter, tools)  # before, it only said that it was ours
    if twin is not None:
        same = received._replace(detail=f"the same as {twin.id}", state="duplicate")
        return _save(d, same._replace(inquiry_number=twin.inquiry_number))
    if twins:
        received = _doubting(received, f"its Message-ID is that of mail {twins[0].id}")
    return _placed(d, desk, received, letter, tools)


def _placed(
    d: DeedInProgress, desk: Desk, received: Received, letter: Letter, tools: Tools
) -> Placed:
    if rules.is_copy(letter, tools.instance, tools.own):
        return _write(d, received, "own", inquiry=whose.sent_as(d.link, letter.message_id))
    if letter.report is not None:
        about = returned.note_report(d, desk, letter.report, tools.instance, received.received_at)
        return _write_report(d, received, about)
    if automatic.is_away(letter) and returned.answers_reminder(d.link, letter):
        return _write(d, received, "own")
    if automatic.is_unsubscribe(letter):
        returned.stop_mail(d, received.email or "", "unsubscribed")
        if not quotes.reply_of(letter.text, letter.subject).strip():
            return _write(d, received, "subject")
    if _is_outgoing(received, letter, tools):
        return _ours(d, desk, received, letter, tools)
    passed_on = forwards.forwarded(letter) if rules.is_own(letter, tools.own) else None
    if passed_on is None and rules.is_own(letter, tools.own):
        return _in_our_name(d, desk, received, letter, tools)
    return _theirs(d, desk, received, letter, tools, passed_on)


# The row -----------------------------------------------------------------------------------------


def _described(received: Received, letter: Letter, tools: Tools) -> Received:
    ancestors = dict.fromkeys((*letter.references, *letter.in_reply_to))
    return received._replace(
        message_id=letter.message_id,
        content=letter.content,
        name=letter.sender.name or None,
        email=email_reach(letter.sender.email) or None,
        answer_to=rules.answer_address(letter, tools.own) or None,
        subject=letter.subject,
        ancestors=" ".join(ancestors) or None,
        automatic=automatic.is_automatic(letter, tools.own),
        bounce=letter.report is not None,
        doubts="; ".join(letter.doubts) or None,
    )


def _save(d: DeedInProgress, received: Received, *, is_new: bool = False) -> Placed:
    kept = store.by_id(d.link, received.id)
    return Placed(d.save(kept, received), is_new)


def _doubting(received: Received, doubt: str) -> Received:
    return received._replace(doubts=f"{received.doubts}; {doubt}" if received.doubts else doubt)


def _write(
    d: DeedInProgress,
    received: Received,
    via: str,
    *,
    inquiry: int | None = None,
    said: Message | None = None,
    is_new: bool = False,
) -> Placed:
    row = received._replace(
        state="read",
        detail=None,
        via=via,
        inquiry_number=inquiry,
        said_id=said.id if said else None,
    )
    return _save(d, row, is_new=is_new)


def _write_report(d: DeedInProgress, received: Received, about: About | None) -> Placed:
    """`detail` says that it was understood, also where there is no inquiry to it."""
    if about is None:
        return _write(d, received, "bounce")
    number, detail = about.inquiry, f"about a mail to {about.recipient}"
    row = received._replace(state="read", via="bounce", inquiry_number=number, detail=detail)
    return _save(d, row)


def _keep_words(d: DeedInProgress, received: Received, whole: str, shown: str) -> None:
    """All the words, where the message shows fewer."""
    if whole != shown:
        d.amend(ReceivedRaw, received.id, text=whole)


# Ours --------------------------------------------------------------------------------------------


def _is_outgoing(received: Received, letter: Letter, tools: Tools) -> bool:
    """The owner wrote it to somebody else: it is among what was sent. That From says so proves
    nothing, since anybody can write it; and what goes to our own address alone comes in."""
    if not received.is_sent:
        return False
    return not letter.recipients or any(one not in tools.own for one in letter.recipients)


def _ours(
    d: DeedInProgress, desk: Desk, received: Received, letter: Letter, tools: Tools
) -> Placed:
    """What the owner wrote elsewhere: on a known thread the reply, to a known customer a contact
    that we began, to anybody else no business of the desk."""
    shown = quotes.reply_of(letter.text, letter.subject)
    contact = Contact(
        received.received_at, shown, out=True, via="email", subject=letter.subject or None
    )
    number = whose.by_reference(d.link, letter)
    if number is None:
        number = whose.by_token(d.link, letter, tools.prefix)
    if number is not None:
        thread = contacts.reply(d, desk, number, contact)
        via = "references"
    else:
        customer = whose.known_recipient(d.link, letter, tools.own)
        if customer is None:
            return _write(d, received, "own")
        thread = contacts.start(d, desk, customer, contact)
        customers.met(d, customer, contact.at)
        via = "own"
    _keep_words(d, received, letter.text, shown)
    said = _last_said(d)
    is_new = number is None
    return _write(d, received, via, inquiry=thread.inquiry.number, said=said, is_new=is_new)


def _in_our_name(
    d: DeedInProgress, desk: Desk, received: Received, letter: Letter, tools: Tools
) -> Placed:
    """From our own address, and not among what was sent: on a known thread a note that changes
    nothing, else a new inquiry of nobody."""
    number, via = whose.by_reference(d.link, letter), "references"
    if number is None:
        number, via = whose.by_token(d.link, letter, tools.prefix), "subject"
    if number is None:
        return _theirs(d, desk, received, letter, tools, None)
    shown = quotes.reply_of(letter.text, letter.subject)
    text = f"In our name ({letter.sender.email}), not among what was sent:\n{shown}"
    inquiry = threads.load(d.link, number).inquiry
    contacts.note(d, inquiry, text, received.received_at)
    _keep_words(d, received, letter.text, shown)
    return _write(d, received, via, inquiry=number, said=_last_said(d))


# Theirs ------------------------------------------------------------------------------------------


class _Words(NamedTuple):
    """What a mail says once it is known who says it; `notes` are of ours. `by_machine`: not what
    we pass on or write to ourselves, though that is not answered either."""

    author: Address
    subject: str
    shown: str
    whole: str
    notes: tuple[str, ...] = ()
    by_machine: bool = False


def _theirs(
    d: DeedInProgress,
    desk: Desk,
    received: Received,
    letter: Letter,
    tools: Tools,
    passed_on: Forwarded | None,
) -> Placed:
    words = _words(letter, tools, passed_on)
    returned.arrives_again(d, received)
    if words.author != letter.sender:
        received = _of_author(received, words.author)
    if passed_on is not None and letter.forwarded is not None:
        received = _known_to_author(received, letter.forwarded)
    verdict = rules.decide(_known(d.link, received, letter, tools))
    if verdict.inquiry is not None:
        return _go_on(d, desk, received, letter, verdict.inquiry, words, verdict.via)
    notes = _notes_of_new(d.link, received, letter, verdict.mentions)
    return _begin(d, desk, received, letter, words, notes, tools)


def _of_author(received: Received, author: Address) -> Received:
    """Of who wrote what is passed on, or filled in a form: an answer goes there."""
    reach = email_reach(author.email) or None
    return received._replace(name=author.name or None, email=reach, answer_to=reach)


def _known_to_author(received: Received, inside: Letter) -> Received:
    """Their mail program knows the mail inside, and not the one that it came in."""
    return received._replace(ancestors=" ".join((*inside.references, inside.message_id)))


def _known(link: Link, received: Received, letter: Letter, tools: Tools) -> Known:
    """What decides whose it is."""
    by_reference = whose.by_reference(link, letter)
    token = whose.by_token(link, letter, tools.prefix) if by_reference is None else None
    takes_part = token is not None and whose.takes_part(link, token, letter)
    number = by_reference if by_reference is not None else token
    seen = inquiries.seen(link, number, received.received_at) if number is not None else None
    return Known(
        by_reference=by_reference,
        token=token,
        takes_part=takes_part,
        goes_on=seen is None or rules.goes_on(seen.closed_at, received.received_at),
    )


def _words(letter: Letter, tools: Tools, passed_on: Forwarded | None) -> _Words:
    if passed_on is not None:
        notes = [f"Forwarded by {letter.sender.email}."]
        notes += [passed_on.words] if passed_on.words else []
        subject = passed_on.subject or rules.base_subject(letter.subject)
        return _Words(passed_on.sender, subject, passed_on.text, letter.text, tuple(notes))
    shown = quotes.reply_of(letter.text, letter.subject)
    author = forms.customer_of(letter, tools.forms, tools.own) or letter.sender
    by_machine = automatic.is_automatic(letter, frozenset())
    return _Words(author, letter.subject, shown, letter.text, by_machine=by_machine)


def _begin(
    d: DeedInProgress,
    desk: Desk,
    received: Received,
    letter: Letter,
    words: _Words,
    notes: tuple[str, ...],
    tools: Tools,
) -> Placed:
    """A new inquiry, with a promise by the e-mail channel's policy from the time of receipt."""
    at = received.received_at
    customer = whose.customer_of(d, words.author, at, tools.own)
    if customer is None and words.author.name:
        notes = (f"From {words.author.name}, without an address.", *notes)
    contact = Contact(at, words.shown, via="email", subject=rules.base_subject(words.subject))
    thread = contacts.start(d, desk, customer, contact)
    said = _last_said(d)
    _finish(d, received, thread.inquiry, words, said, (*words.notes, *notes), customer)
    # Anybody's address can be written into a form: no machine answers to it.
    if tools.acknowledge is not None and not rules.is_own(letter, tools.forms):
        tools.acknowledge(d, desk, thread, received, letter)
    return _write(d, received, "new", inquiry=thread.inquiry.number, said=said, is_new=True)


def _go_on(
    d: DeedInProgress,
    desk: Desk,
    received: Received,
    letter: Letter,
    number: int,
    words: _Words,
    via: str,
) -> Placed:
    """On a known thread. An absence note is an event: it reopens nothing and answers nothing."""
    contact = Contact(received.received_at, words.shown, via="email")
    if automatic.is_away(letter):
        inquiry = threads.load(d.link, number).inquiry
        said = contacts.say(d, inquiry, contact, "email")
        customer = None
    else:
        thread = contacts.go_on(d, desk, number, contact)
        inquiry, said = thread.inquiry, _last_said(d)
        customer = by_id(d.link, inquiry.customer_id) if inquiry.customer_id else None
    _finish(d, received, inquiry, words, said, words.notes, customer)
    return _write(d, received, via, inquiry=number, said=said)


def _finish(
    d: DeedInProgress,
    received: Received,
    inquiry: Inquiry,
    words: _Words,
    said: Message,
    notes: tuple[str, ...],
    customer: Customer | None,
) -> None:
    if words.by_machine:
        d.change(said, automatic=True)
    if customer is not None:
        customers.met(d, customer, received.received_at)
    for note in notes:
        contacts.note(d, inquiry, note, received.received_at)
    _keep_words(d, received, words.whole, words.shown)


def _notes_of_new(
    link: Link, received: Received, letter: Letter, mentions: int | None
) -> tuple[str, ...]:
    """What else the owner should look at beside a new inquiry."""
    notes = []
    if mentions is not None:
        notes.append(f"See also {mentions}, which this mail refers to.")
    twin = whose.possible_duplicate(link, received, letter)
    if twin is not None and twin != mentions:
        notes.append(f"Possible duplicate of {twin}: the same sender and subject.")
    return tuple(notes)


def _last_said(d: DeedInProgress) -> Message:
    """The message that was written last."""
    return next(one for one in reversed(d.touched.values()) if isinstance(one, Message))
