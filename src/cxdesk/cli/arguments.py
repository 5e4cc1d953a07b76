"""Arguments as typed into values that the desk takes."""

from __future__ import annotations

import os
import sys

from cxdesk.domain.phrases import longest_when, read_when
from cxdesk.domain.records import NOTHING, Owed
from cxdesk.errors import UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date, datetime

    from cxdesk.domain.phrases import When
    from cxdesk.domain.records import Desk

LONGEST_TEXT = 1_000_000


def text(words: Sequence[str], piped: str | None = None) -> str:
    """TEXT: quoted, joined from words, or what `-` stands for. Empty is wrong usage."""
    if piped is not None and list(words) == ["-"]:
        return piped
    return _filled(" ".join(words)) if words else ""


def piped(words: Sequence[str] | None) -> str | None:
    """What a `-` at the end stands for. Read before a deed begins: a pipe may take its time."""
    return _filled(_from_stdin()) if words and words[-1] == "-" else None


def edited(words: Sequence[str]) -> str:
    """TEXT from the editor, begun with `words`. Never inside a deed: others want to write too."""
    return _filled(_edited(" ".join(words)))


def _filled(given: str) -> str:
    if not given.strip():
        raise UsageError("The text is empty.", 'Write it in quotes: "Invoice shows VAT twice".')
    if "\x00" in given:
        raise UsageError("The text holds a NUL character.", "Leave it out.")
    return given.strip("\n")


def _from_stdin() -> str:
    if sys.stdin is None:
        raise UsageError("There is nothing on standard input.", "Write the text in quotes.")
    data = sys.stdin.buffer.read(LONGEST_TEXT + 1)
    if len(data) > LONGEST_TEXT:
        raise UsageError("The text is longer than a million bytes.", "Attach it elsewhere.")
    return data.decode("utf-8", errors="replace")


def _edited(start: str) -> str:
    """What the owner wrote in the editor."""
    import tempfile

    with tempfile.NamedTemporaryFile("w+", suffix=".txt", encoding="utf-8") as file:
        file.write(start)
        file.flush()
        run_editor(file.name)
        with open(file.name, encoding="utf-8", errors="replace") as written:
            return written.read()


def run_editor(path: str) -> None:
    """Have the owner edit a file in $VISUAL or $EDITOR, started as an argument list, no shell."""
    import shlex
    import subprocess

    editor = shlex.split(os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi")
    try:
        ended = subprocess.run([*editor, path], check=False)
    except OSError as error:
        raise UsageError(
            f"The editor {editor[0]} cannot be started: {error.strerror}.",
            "Set EDITOR to one that is installed.",
        ) from error
    if ended.returncode:
        raise UsageError("The editor gave up.", "Nothing was changed.")


def when(phrase: str, desk: Desk, now: datetime, *, past: bool = False) -> When:
    """One WHEN, read whole. Raises PhraseError."""
    return read_when(phrase, now=now, hours=desk.hours, past=past)


def happened(phrase: str | None, desk: Desk, now: datetime) -> datetime:
    """`--at`: when it was; now when nothing is said."""
    return now if phrase is None else when(phrase, desk, now, past=True).at


def ago(span: str, desk: Desk, now: datetime) -> datetime:
    """SPAN, looking back: 6mo is six months ago."""
    return when(f"{span.strip().removesuffix(' ago')} ago", desk, now, past=True).at


def spoken(at: When, what: str | None = None) -> Owed:
    return Owed("spoken", at.at, at.start, at.said, what)


def owed(by: str | None, what: str | None, desk: Desk, now: datetime) -> Owed | None:
    """`--by WHEN|none` and `--what TEXT`; None when neither is given (the policy decides)."""
    if by is None:
        if what is not None:
            raise UsageError(
                "--what says what is promised, but not by when.", "Add --by, as in --by fri."
            )
        return None
    if by.strip().lower() == "none":
        if what is not None:
            raise UsageError("--what does not go with --by none.", "Keep one of them.")
        return NOTHING
    return spoken(when(by, desk, now), what)


def chase(phrase: str | None, desk: Desk, now: datetime) -> Owed | None:
    """`--chase WHEN|none`; None for the usual three business days."""
    if phrase is None:
        return None
    if phrase.strip().lower() == "none":
        return NOTHING
    return spoken(when(phrase, desk, now))


def when_and_text(words: Sequence[str], desk: Desk, now: datetime) -> tuple[When, list[str]]:
    """`WHEN [TEXT]`: the longest run of leading words that reads as a WHEN, and the rest."""
    if not words:
        raise UsageError("By when?", "Write it, as in: fri noon, 2bd, 12 dec.")
    return longest_when(list(words), now=now, hours=desk.hours)


def one_of(**given: bool) -> str | None:
    """The one flag that is set of several that exclude each other; its name, or None."""
    names = [name for name, is_set in given.items() if is_set]
    if len(names) > 1:
        listed = " and ".join(f"--{name}" for name in names)
        raise UsageError(f"{listed} exclude each other.", "Keep one of them.")
    return names[0] if names else None


def either_way(phrase: str, desk: Desk, now: datetime) -> datetime:
    """An instant that may lie ahead or behind, as for `when --from`."""
    from cxdesk.domain.phrases import PhraseError

    try:
        return when(phrase, desk, now).at
    except PhraseError:
        return when(phrase, desk, now, past=True).at


def since(phrase: str, desk: Desk, now: datetime) -> datetime:
    """`--since`: the beginning of a date, or an instant, behind us. A month (2017-11) is its
    first day."""
    parts = phrase.split("-")
    if len(parts) == 2 and all(part.isdigit() for part in parts):
        phrase = f"{phrase}-01"
    read = when(phrase, desk, now, past=True)
    if read.has_time:
        return read.at
    return desk.hours.local(read.at).replace(hour=0, minute=0, second=0, microsecond=0)


def month_begin(desk: Desk, now: datetime) -> datetime:
    """The first instant of the local month."""
    return desk.hours.local(now).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def date_and_text(words: Sequence[str], desk: Desk, now: datetime) -> tuple[date, list[str]]:
    """`DATE [TEXT]`: the leading words that read as a date, today included, and the rest."""
    if words and words[0].lower() == "today":
        return desk.hours.local(now).date(), list(words[1:])
    read, rest = when_and_text(words, desk, now)
    return desk.hours.local(read.at).date(), rest
