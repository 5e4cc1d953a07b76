"""A mail to a customer as it was decided, before it is bytes; and what its words give away.

Plain values: nothing is encoded, and nothing need be clean. Every datetime is an aware instant.
"""

from __future__ import annotations

from unicodedata import normalize

from cxdesk.domain.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

# To these nobody is asked again (limits.py): they go out without a hand of the owner's.
AUTOMATIC = ("acknowledgement", "follow_up")
MAILS_TO_TALK = 2
STALE_DAYS = 3  # a mail under way for longer gets no "I have your message"

# Words that promise a file, in the languages that small shops write in; each by its beginning, and
# a hyphen is a space. A German Anlage is a plant too: the words around it tell.
_PROMISING = (
    *("attach", "enclos", "see the pdf", "see the file", "see the scan", "in the pdf"),
    *("anbei", "anhang", "angehängt", "angehangt", "angehaengt", "siehe pdf", "im pdf"),
    *("beigefügt", "beigefugt", "beigefuegt", "beiliegend"),
    *("siehe anlage", "s anlage", "in der anlage", "in den anlagen", "als anlage", "pdf anlage"),
    *("ci joint", "pièce jointe", "pièces jointes", "piece jointe", "pieces jointes"),
    *("adjunto", "adjunta", "adjuntamos", "allegat", "bijlage", "bijgevoegd"),
)
_TO_THE_MAIL = ("attached to the mail", "attached to the email", "attached to the e mail")
# What hangs on a wall goes with no mail.
_TO_A_THING = ("attached to the ", "attached to a ", "attached to an ", "attached to your ")


class Attached(NamedTuple):
    """A file that goes with a mail: its name, its type (`application/pdf`) and its bytes."""

    name: str
    type: str
    data: bytes


class Quote(NamedTuple):
    """What is quoted: who said it, when, and the words."""

    name: str
    said_at: datetime
    text: str


class Heading(NamedTuple):
    """To whom an answer goes and under what: one address, a subject with its token, and the ids
    of the mails before it, the oldest first. `passed_over`: of whoever wrote last and is new here,
    so that it does not go to him, the address that he wrote from and the one he wants answers at.
    """

    to: str
    subject: str
    to_name: str = ""
    in_reply_to: str | None = None
    references: tuple[str, ...] = ()
    passed_over: tuple[str, str] | None = None


class Outgoing(NamedTuple):
    """One mail: `kind` is reply, acknowledgement or follow_up, `key` what stands guard against a
    second one, `number` what it is about. `text` is the owner's; an acknowledgement has none, but
    the instant that was promised. `agreed`: a note of what was said there (phone, visit).
    `signature`: another one than the usual.
    """

    kind: str
    key: str
    number: int
    heading: Heading
    text: str = ""
    due_at: datetime | None = None
    agreed: str | None = None
    signature: str | None = None
    quote: Quote | None = None
    attachments: tuple[Attached, ...] = ()


def speaks_of_attachment(text: str) -> bool:
    """Do the words promise a file? Quoted lines are somebody else's."""
    own = [line for line in text.splitlines() if not line.lstrip().startswith(">")]
    letters = normalize("NFC", "\n".join(own)).casefold()
    words = " ".join("".join(c if c.isalnum() else " " for c in letters).split())
    for phrase in _TO_THE_MAIL:
        words = words.replace(phrase, "attached")
    for phrase in _TO_A_THING:
        words = words.replace(phrase, "")
    return any(f" {phrase}" in f" {words}" for phrase in _PROMISING)


def is_stale(dated_at: datetime | None, received_at: datetime) -> bool:
    """Was it under way for so long that nobody waits for a word of receipt any more?"""
    return dated_at is not None and (received_at - dated_at).total_seconds() > STALE_DAYS * 86400


def unbroken(*chains: tuple[str, ...]) -> tuple[str, ...]:
    """The ids of a thread in order, each once; those that were made up here are nobody else's."""
    ids = dict.fromkeys(one for chain in chains for one in chain)
    return tuple(one for one in ids if one and not one.endswith("@missing.cxdesk.invalid>"))
