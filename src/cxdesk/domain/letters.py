"""A mail that came in, as plain values, and the decisions that are made on them: is it ours, is it
automatic, which inquiry does it belong to (docs/explanation/mail.md, "Whose is it?").

The bytes are read by mail/reader.py; nothing here knows what a MIME part is. Every datetime is an
aware instant.
"""

from __future__ import annotations

from cxdesk.domain.records import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime


class Address(NamedTuple):
    """Who a mail is from: a name as it may be shown, and one bare address; each may be empty."""

    name: str
    email: str


class Part(NamedTuple):
    """An attachment: a name that is safe to show and to save by, its type (`application/pdf`) and
    its size in bytes once decoded. `position` counts the attachments of a mail from 1."""

    position: int
    name: str
    type: str
    size: int


class Report(NamedTuple):
    """What a delivery report or a complaint says of a mail that was sent.

    `kind`: bounce, delayed, delivered or complaint. `status`: as `5.1.1`, empty when it is not
    said. `message_ids`, `reference` and `instance` are those of the mail it is about.
    """

    kind: str
    recipient: str
    status: str
    said: str
    message_ids: tuple[str, ...] = ()
    reference: str = ""
    instance: str = ""


class Letter(NamedTuple):
    """One incoming mail. `references` stand as they were written, the oldest first; `headers` has
    the first value of each header by its lower-case name, decoded; `text` is the whole text, with
    quotes; `forwarded`: the mail inside, where this one passes it on as an attachment;
    `content`: a hash of From, Date, Subject, body and attachments; `doubts`: what could not be
    read for sure, in words."""

    message_id: str
    sender: Address
    subject: str
    text: str
    reply_to: str = ""
    recipients: tuple[str, ...] = ()
    date_at: datetime | None = None
    in_reply_to: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    headers: dict[str, str] = {}  # noqa: RUF012  (never changed)
    parts: tuple[Part, ...] = ()
    report: Report | None = None
    forwarded: Letter | None = None
    content: str = ""
    doubts: tuple[str, ...] = ()


# Whose is it? ------------------------------------------------------------------------------------

REOPEN_DAYS = 30
DUPLICATE_DAYS = 14
INSTANCE = "x-cxdesk-instance"
_SEPARATORS = {ord(mark): " " for mark in "<>()[],;\"'|"}
LONGEST_NUMBER = 9  # digits of a token's number

# What mail programs write before a subject, before a `:` or `：`.
_REPLIED = "re aw antw antwort sv r res rv odp ynt vs bls ats ответ 回复 答复 返信 답장"
_PASSED_ON = "fwd fw wg wtr doorst vb tr i enc pd ilt vl fs trs переслано 转发 転送 전달"
_FORWARDS = frozenset(_PASSED_ON.split())
_MARKS = _FORWARDS | frozenset(_REPLIED.split())


class Known(NamedTuple):
    """What was looked up for a letter that is no copy and no report. `by_reference`: the inquiry of
    the first of `candidates` that is known; `token`: the inquiry its subject names, where there is
    one; `takes_part`: the sender already takes part in that; `goes_on`: what was found is open, or
    closed for a short time."""

    by_reference: int | None = None
    token: int | None = None
    takes_part: bool = False
    goes_on: bool = True


class Verdict(NamedTuple):
    """Where a letter belongs. `via`: references, subject or new; `inquiry`: what it
    is added to; `mentions`: what a new inquiry is linked to."""

    via: str
    inquiry: int | None = None
    mentions: int | None = None


def decide(known: Known) -> Verdict:
    """The first that holds: by reference, by the subject's token, else new."""
    if known.by_reference is not None:
        return _added("references", known.by_reference, known)
    if known.token is not None and known.takes_part:
        return _added("subject", known.token, known)
    return Verdict("new", mentions=known.token)


def _added(via: str, inquiry: int, known: Known) -> Verdict:
    return Verdict(via, inquiry) if known.goes_on else Verdict("new", mentions=inquiry)


def candidates(letter: Letter) -> tuple[str, ...]:
    """The message ids it may answer, the likeliest first: In-Reply-To, then References from right
    to left; each once, and never its own."""
    ids = dict.fromkeys((*letter.in_reply_to, *reversed(letter.references)))
    return tuple(one for one in ids if one and one != letter.message_id)


def goes_on(closed_at: datetime | None, now: datetime) -> bool:
    """Does a letter reopen what was closed then? Later than that it opens a linked inquiry."""
    return closed_at is None or (now - closed_at).total_seconds() <= REOPEN_DAYS * 86400


def is_own(letter: Letter, own: frozenset[str]) -> bool:
    """Is it from one of our addresses? `own` is in lower case."""
    return letter.sender.email.lower() in own


def is_copy(letter: Letter, instance: str, own: frozenset[str]) -> bool:
    """Is it a mail that this desk sent, come back to us? `instance`: its name in its mails, which
    whoever had one of them can write; so From must be ours too."""
    names_us = bool(instance) and letter.headers.get(INSTANCE, "").strip() == instance
    return (names_us or _is_our_id(letter.message_id)) and is_own(letter, own)


def _is_our_id(message_id: str) -> bool:
    """As mail/compose.py makes them: `<cxdesk.` and 40 hexadecimal digits."""
    name = message_id.lower().removeprefix("<cxdesk.").partition("@")[0]
    return len(name) == 40 and not name.strip("0123456789abcdef")


def answer_address(letter: Letter, own: frozenset[str]) -> str:
    """Where an answer goes: Reply-To if it is one plain address and not ours, else the sender.
    Empty when nobody can be answered."""
    for address in (letter.reply_to.strip(), letter.sender.email):
        if is_plain(address) and address.lower() not in own:
            return address
    return letter.sender.email if is_plain(letter.sender.email) else ""


def is_plain(address: str) -> bool:
    """Is it one bare address, `a@b.c`, with nothing around it?"""
    local, at, domain = address.rpartition("@")
    odd = set(' \t\r\n<>(),;:"\\[]@')
    return bool(local and at and domain) and not odd & set(local + domain)


def read_address(words: str) -> Address:
    """The first address in a header's words or a line of text, and the name before it: `Bob Ray
    <bob@example.com>`, `bob@example.com [mailto:bob@example.com]`."""
    spaced = words.replace("mailto:", " ").translate(_SEPARATORS)
    found = next((word for word in spaced.split() if is_plain(word.strip(".:*"))), "")
    email = found.strip(".:*")
    before = words.partition(email)[0] if email else words
    for mark in "<([":
        before = before.partition(mark)[0]
    return Address(" ".join(before.strip(" \t\"'*,;:").split()), email)


# Subjects ----------------------------------------------------------------------------------------


def token_number(subject: str, prefix: str) -> int | None:
    """The number in the first `[OAK-42]` of a subject, in either case; None without one."""
    for start, end in _tokens(subject, prefix):
        return int(subject[start + len(prefix) + 2 : end - 1])
    return None


def with_token(subject: str, prefix: str, number: int) -> str:
    """The subject with `[OAK-42]` at its end, once; another number's token is taken out."""
    return " ".join(f"{_without_token(subject, prefix)} [{prefix}-{number}]".split())


def reply_subject(subject: str, prefix: str, number: int) -> str:
    """`Re: Invoice [OAK-42]`. Other desks' tokens and lists' tags stay: they thread by them."""
    return with_token(f"Re: {_without_marks(_without_token(subject, prefix))}", prefix, number)


def base_subject(subject: str) -> str:
    """What a thread is about: without `Re:` and its like in any language, tokens and list tags;
    white space folded. For comparing, and as the title of an inquiry."""
    rest = " ".join(subject.split())
    while True:
        shorter = _without_marks(rest)
        tag, bracket, after = shorter.partition("]")
        if bracket and tag.startswith("[") and after.strip():
            shorter = after.strip()
        if shorter == rest:
            break
        rest = shorter
    return _without_foreign_tokens(rest)


def is_forward(subject: str) -> bool:
    """Does the subject say that the mail is passed on: `Fwd:`, `WG:`, `TR:`?"""
    mark = _mark(" ".join(subject.split()))
    return mark is not None and mark[0] in _FORWARDS


def _without_marks(subject: str) -> str:
    rest = " ".join(subject.split())
    while (mark := _mark(rest)) is not None:
        rest = rest[mark[1] :].strip()
    return rest


def _mark(subject: str) -> tuple[str, int] | None:
    """A reply's or forward's mark at the beginning, as `re`, and where it ends: `Re:`, `RE :`,
    `Re[2]:`, `AW(3):`."""
    ends = [at for at in (subject.find(":", 0, 20), subject.find("：", 0, 20)) if at > 0]
    if not ends:
        return None
    end = min(ends)
    word = subject[:end].lower().rstrip("0123456789[]()^* \u00b2\u00b3")
    return (word, end + 1) if word in _MARKS else None


def _tokens(subject: str, prefix: str) -> Iterator[tuple[int, int]]:
    """From where to where each token with this prefix stands."""
    opening = f"[{prefix}-".lower()
    start = subject.find("[") if prefix else -1
    while start >= 0:
        digits_at = start + len(opening)
        end = subject.find("]", digits_at, digits_at + LONGEST_NUMBER + 1)
        digits = subject[digits_at:end] if end > 0 else ""
        if subject[start:digits_at].lower() == opening and digits.isascii() and digits.isdigit():
            yield start, end + 1
        start = subject.find("[", start + 1)


def _without_token(subject: str, prefix: str) -> str:
    kept, last = [], 0
    for start, end in _tokens(subject, prefix):
        kept.append(subject[last:start])
        last = end
    return " ".join(" ".join([*kept, subject[last:]]).split())


def _without_foreign_tokens(subject: str) -> str:
    """Without `[OAK-42]` of any prefix, unless nothing else is there."""
    kept = [word for word in subject.split() if not _looks_like_token(word)]
    return " ".join(kept) or subject


def _looks_like_token(word: str) -> bool:
    prefix, dash, digits = word[1:-1].rpartition("-")
    return (
        word[:1] == "["
        and word[-1:] == "]"
        and bool(dash)
        and prefix.isalnum()
        and digits.isdigit()
    )
