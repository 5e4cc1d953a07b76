"""What a person wrote in a reply, without what their mail program put below it.

Cautious (docs/explanation/mail.md, R12): the whole text is always kept, and shown on demand.
What may be an answer between quoted lines, a mail passed on or a form's field stays whole; and
where nothing would be left, nothing is cut. One pass over the lines, whatever they hold.
"""

from __future__ import annotations

from cxdesk.domain.forwards import header_block, is_drawn, is_mark, is_original
from cxdesk.domain.letters import is_forward

DELIMITER = "-- Please write above this line --"

# How the line above a quote begins, and the verb that ends it (or stands in it: "schrieb Ann:").
_OPENING = """
    on am le el il op den på em dnia w dne dňa в a la pe vào quoting citando zitat von selon
    no mon tue wed thu fri sat sun
"""
_SAYING = """
    wrote writes said sent schrieb schreibt écrit ecrit escribió escribio escribe scritto scrive
    schreef geschreven skrev skrifaði escreveu kirjoitti napisał napisała napisal napsal napsala
    írta yazdı написал написала пишет писал scris 写道
"""
_OPENERS = frozenset(_OPENING.split())
_VERBS = tuple(_SAYING.split())  # what a line may end with, too
# "My answers are in red": then the quote is where they are.
_INSIDE = (
    "see below",
    "answers below",
    "answered below",
    "answer below",
    "comments below",
    "replies below",
    "responses below",
    "reply below",
    "inline",
    "in red",
    "in blue",
    "siehe unten",
    "antworten unten",
    "in rot",
    "in blau",
    "im text unten",
    "voir ci dessous",
    "réponses ci dessous",
    "en rouge",
    "en bleu",
    "más abajo",
    "en rojo",
    "en azul",
    "qui sotto",
    "in rosso",
    "zie hieronder",
    "in rood",
    "em vermelho",
    "respostas abaixo",
)
LONGEST_TEXT = 1_000_000  # characters; no reply is longer, and a log that is shall not hold us up
LONGEST_ATTRIBUTION = 500
ATTRIBUTION_LINES = 4
SIGNATURE_LINES = 10
LONG_LINE = 60  # characters: long enough to have been broken
SHORT_LINE = 40
_ROUNDS = 8


def reply_of(text: str, subject: str = "") -> str:
    """What they wrote, trimmed; never empty when the text is not. A `subject` that says that the
    mail is passed on keeps it whole."""
    return split(text, subject)[0]


def split(text: str, subject: str = "") -> tuple[str, str]:
    """What they wrote, and what was quoted below it (empty: nothing was cut)."""
    whole = _trimmed(text)
    if is_forward(subject) or len(whole) > LONGEST_TEXT:
        return whole, ""
    lines = whole.split("\n")
    end, first = len(lines), _first_words(lines)
    for _ in range(_ROUNDS):
        cut = _cut(lines, end)
        if cut == end or cut <= first:
            break
        end = cut
    return _trimmed("\n".join(lines[:end])), _trimmed("\n".join(lines[end:]))


def _trimmed(text: str) -> str:
    lines = text.replace("\r\n", "\n").split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip()), len(lines))
    return "\n".join(lines[first:]).rstrip()


def _first_words(lines: list[str]) -> int:
    """The first line that says something; how many there are, if none does."""
    said = (at for at, line in enumerate(lines) if line.strip(" \t\u00a0-_*=>"))
    return next(said, len(lines))


def _cut(lines: list[str], end: int) -> int:
    """The line from which on it is not theirs, up to `end`; `end`: all of it is."""
    for at in range(end):
        line = lines[at]
        if not line:
            continue
        if is_mark(line):
            return end
        if DELIMITER in line and not _is_quoted(line):
            return _above(lines, at)
        if is_original(line) or _is_block(lines, at) or _is_exchange(line):
            inside = _answered_inside(lines[at:end]) or _announced(lines[:at])
            return end if inside else _above(lines, at)
    return _without_quotes(lines, end)


def _above(lines: list[str], at: int) -> int:
    """Take along the line drawn above, and who wrote when."""
    while at and is_drawn(lines[at - 1]):
        at -= 1
    start, whole = _attribution(lines, at)
    return start if whole else at


def _is_block(lines: list[str], at: int) -> bool:
    """An Outlook header block: alone below a blank or drawn line."""
    return (at == 0 or is_drawn(lines[at - 1])) and header_block(lines, at) is not None


def _is_exchange(line: str) -> bool:
    """`On 3 April, Bob <bob@b.c<mailto:bob@b.c>> wrote:`: a mail server made it of HTML, and lost
    the marks of the quote below it."""
    return "<mailto:" in line and _attribution([line], 1)[1]


def _announced(lines: list[str]) -> bool:
    """Do they say that they answer further down?"""
    for line in lines:
        words = "".join(letter if letter.isalnum() else " " for letter in line.lower())
        if any(f" {hint} " in f" {' '.join(words.split())} " for hint in _INSIDE):
            return True
    return False


def _is_quoted(line: str) -> bool:
    return line.lstrip(" \t\u00a0")[:1] == ">"


def _answered_inside(lines: list[str]) -> bool:
    """Was the quoted text marked line by line, and something else written between?"""
    start = 1 if is_original(lines[0]) or _is_exchange(lines[0]) else 0
    while start < len(lines) and not lines[start].strip():
        start += 1
    block = header_block(lines, start, strict=False) if start < len(lines) else None
    below = lines[block.end if block else start :]
    marks = [_is_quoted(line) or _is_wrapped(below, at) for at, line in enumerate(below)]
    marks = [mark for mark, line in zip(marks, below, strict=True) if line.strip()]
    return bool(marks) and marks[0] and not all(marks)


def _without_quotes(lines: list[str], end: int) -> int:
    """Where the quotes begin that go to the end, each with the line that says who wrote it."""
    quoted = [_is_quoted(line) or _is_wrapped(lines, at) for at, line in enumerate(lines[:end])]
    tail = _without_signature(lines, end)
    first = _first_words(lines)
    while True:
        start = tail
        while start and (quoted[start - 1] or not lines[start - 1].strip()):
            start -= 1
        while start < tail and not quoted[start]:
            start += 1
        cut, whole = _attribution(lines, start)
        if start == tail or cut <= first:
            return end
        if not whole:
            break
        end = tail = cut
    # Without that line, a quote before it means that they answer between quoted lines.
    meant = cut == start and _is_meant(lines, start, tail)
    return end if meant or any(quoted[:start]) else cut


def _is_wrapped(lines: list[str], at: int) -> bool:
    """Is it the end of a long quoted line, that lost its mark when it was broken in two?"""
    if not 0 < at < len(lines) - 1 or not 0 < len(lines[at].strip()) <= SHORT_LINE:
        return False
    above = lines[at - 1].rstrip()
    broken = len(above) >= LONG_LINE and above[-1] not in ".?!"
    return broken and _is_quoted(above) and _is_quoted(lines[at + 1])


def _without_signature(lines: list[str], end: int) -> int:
    """The end without a signature that stands below a quote, as Gmail places it."""
    for at in range(end - 1, max(0, end - 1 - SIGNATURE_LINES), -1):
        if _is_quoted(lines[at]):
            break
        if lines[at].rstrip() == "--":
            above = next((line for line in reversed(lines[:at]) if line.strip()), "")
            return at if _is_quoted(above) else end
    return end


def _is_meant(lines: list[str], start: int, end: int) -> bool:
    """Do they quote on purpose (`I get this error:`), or mean "more than" (`> 50 pieces`)?"""
    above = next((line.rstrip() for line in reversed(lines[:start]) if line.strip()), "")
    number = lines[start].lstrip(" \t>")[:1].isdigit()
    return above.endswith((":", "：")) or (number and end - start == 1)


def _attribution(lines: list[str], end: int) -> tuple[int, bool]:
    """Where the line (or up to four) begins that says who wrote what follows, else `end`; and
    whether it says so beyond doubt."""
    last = end
    while last and end - last < 3 and not lines[last - 1].strip():
        last -= 1
    found = end
    for start in range(last - 1, max(-1, last - 1 - ATTRIBUTION_LINES), -1):
        words = " ".join(line.strip() for line in lines[start:last])
        if not lines[start].strip() or len(words) > LONGEST_ATTRIBUTION:
            break
        tokens = _tokens(words)
        if not tokens:
            continue
        spoken = any(token in _VERBS for token in tokens)
        if (spoken or "@" in words) and _opens(lines[start]):
            return start, True
        if start == last - 1 and _names(tokens, words, spoken):
            found = start
    return found, False


def _tokens(words: str) -> list[str]:
    """The words of what may be an attribution, as it ends with a colon or a verb; else none."""
    bare = words.strip(" \t\u00a0-*_>").casefold()
    if not bare.endswith((":", "：", *_VERBS)):
        return []
    for mark in "()":
        bare = bare.replace(mark, " ")
    return [token.strip(".,:：;<>\"'") for token in bare.split()]


def _opens(line: str) -> bool:
    """Does a line begin as attributions do, with a date? `On Mon, 3 May 2026`, `3.5.2026`."""
    tokens = line.strip(" \t\u00a0-*_>").casefold().split()
    if not tokens or "@" in tokens[0]:
        return False
    first = tokens[0].strip(".,:")
    return (first in _OPENERS or first[:1].isdigit()) and any(map(_is_date, tokens[:7]))


def _is_date(token: str) -> bool:
    """A year, or a date in figures."""
    parts = "".join(sign if sign.isdigit() else " " for sign in token).split()
    return len(parts) >= 3 or any(len(part) == 4 and part[:2] in ("19", "20") for part in parts)


def _names(tokens: list[str], words: str, spoken: bool) -> bool:
    """`Ann Lee <ann@example.com> writes:`, `You wrote:`, `* Ann <ann@example.com> [3 May]:`."""
    if words.rstrip(" *_")[-1:] not in (":", "："):
        return False
    if "@" in words:
        return spoken or ("<" in words and any(sign.isdigit() for sign in words))
    return len(tokens) <= 4 and any(token in _VERBS for token in tokens[-2:])
