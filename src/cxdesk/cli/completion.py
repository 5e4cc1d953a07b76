"""What the shell offers when Tab is pressed: commands, options, channels, and who.

The scripts of `completion_scripts.py` run `_CXDESK_COMPLETE=SHELL cxdesk WORD...` with the words of
the line as typed, the last of them unfinished. Nothing is ever written, and nothing ever said but
candidates, a line each with a tab before its hint; `:files` leaves it to the shell's own.
"""

from __future__ import annotations

import os

from cxdesk.cli.table import COMMANDS, GROUPS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from cxdesk.cli.session import Session

MOST = 50
FILES = ":files"
_WHO = {"WHO", "THING", "THING..."}
_FILES = {"FILE", "DIR", "FILE.json", "TARGET", "PATH..."}
_COMMON = ("--help", "--json", "--desk", "--no-input", "--quiet")


def complete(words: list[str]) -> str:
    """The candidates for the last of `words`. Whatever is wrong with the desk: none."""
    try:
        found = _candidates([_unquoted(word) for word in words] or [""])
        return "".join(f"{value}\t{hint}\n" if hint else f"{value}\n" for value, hint in found)
    except Exception:  # a shell in the middle of a line is no place for a sentence
        return ""


def _unquoted(word: str) -> str:
    """A word as the shell will hand it on; a quote may still be open."""
    said, quote, escaped = "", "", False
    for sign in word:
        if escaped:
            said, escaped = said + sign, False
        elif sign == "\\" and quote != "'":
            escaped = True
        elif sign == quote:
            quote = ""
        elif sign in "'\"" and not quote:
            quote = sign
        else:
            said += sign
    return said


def _candidates(words: list[str]) -> Iterable[tuple[str, str]]:
    *before, typed = words
    path, rest = _command(before)
    if not path:
        options = [*_COMMON, "--version", "--install-completion"]
        return _beginning(typed, options if typed.startswith("-") else [*COMMANDS, *GROUPS])
    command = _built(path)
    if command is None:
        return ()
    inner = getattr(command, "commands", None)
    if inner and not rest and not typed.startswith("-"):
        return _beginning(typed, {name: one.help or "" for name, one in inner.items()})
    return _of_command(command, rest, typed, _desk(before))


def _command(before: list[str]) -> tuple[list[str], list[str]]:
    """The command named so far, `hours set` for a noun, and the words behind it."""
    words = list(before)
    path: list[str] = []
    while words and (not path or (len(path) == 1 and path[0] in GROUPS)):
        word = words.pop(0)
        if word == "--desk" and words:
            words.pop(0)
        elif not word.startswith("-"):
            path.append(word)
    return path, words


def _built(path: list[str]) -> Any:
    from cxdesk.cli.app import main_group

    command: Any = main_group().get_command(None, path[0])
    inner = getattr(command, "commands", {})
    return inner.get(path[1]) if len(path) > 1 and inner else command


def _desk(before: list[str]) -> str | None:
    places = [at for at, word in enumerate(before[:-1]) if word == "--desk"]
    return before[places[-1] + 1] if places else None


# One command ------------------------------------------------------------------------------------


def _of_command(
    command: Any, rest: list[str], typed: str, desk: str | None
) -> Iterable[tuple[str, str]]:
    options = {name: p for p in command.params for name in (*p.opts, *p.secondary_opts)}
    taking = {name for name, p in options.items() if name[0] == "-" and not p.is_flag}
    rest = [word for word in rest if word != "="]  # bash parts --via=email
    if rest and rest[-1] in taking:
        return _values(options[rest[-1]].metavar, typed, desk)
    if typed.startswith("-"):
        known = {name: p.help or "" for name, p in options.items() if name.startswith("--")}
        return _beginning(typed, {**known, "--help": "What it does, with examples."})
    arguments = [p for p in command.params if p.param_type_name == "argument"]
    place = _place(rest, taking)
    if place < len(arguments):
        return _values(arguments[place].metavar, typed, desk)
    last = arguments[-1] if arguments else None
    return _values(last.metavar, typed, desk) if last is not None and last.nargs == -1 else ()


def _place(rest: list[str], taking: set[str]) -> int:
    """How many arguments stand before the one that is being typed."""
    before = ["", *rest]
    return sum(
        not word.startswith("-") and previous not in taking
        for previous, word in zip(before, rest, strict=False)
    )


def _values(metavar: str | None, typed: str, desk: str | None) -> Iterable[tuple[str, str]]:
    """What an option or argument takes, as its name in `--help` says."""
    kinds = (metavar or "").strip("[]").split("|")
    if _WHO & set(kinds):
        return _people(typed, desk)
    if "CHANNEL" in kinds:
        return _channels(typed, desk)
    if _FILES & set(kinds):
        return [(FILES, "")]
    choices = [kind for kind in kinds if kind.islower()]
    return _beginning(typed, choices) if len(choices) > 1 else ()


def _beginning(typed: str, known: dict[str, str] | Iterable[str]) -> Iterable[tuple[str, str]]:
    hints = known if isinstance(known, dict) else {}
    return [(one, _line(hints.get(one) or "")) for one in known if one.startswith(typed)]


# What only the desk knows -----------------------------------------------------------------------


def _people(typed: str, desk: str | None) -> Iterable[tuple[str, str]]:
    """Handles with the name as hint; those whose names hold every word, the last by its beginning.

    fish keeps to what was typed: it is offered the name itself where that is how it was begun.
    """
    from cxdesk.domain.words import words
    from cxdesk.store import customers

    wanted = words(typed)
    start = typed.lower() if "-" in typed or not wanted else wanted[-1]
    link = _opened(desk)
    try:
        found = customers.beginning(link, start, MOST)
    finally:
        link.close()
    if len(wanted) > 1 and "-" not in typed:
        found = [(handle, name) for handle, name in found if set(wanted[:-1]) <= set(words(name))]
    for handle, name in found:
        if os.environ.get("_CXDESK_COMPLETE") == "fish" and not _goes_on(handle, typed):
            yield _line(name), handle
        else:
            yield handle, _line(name)


def _goes_on(handle: str, typed: str) -> bool:
    return typed.lower() in handle


def _channels(typed: str, desk: str | None) -> Iterable[tuple[str, str]]:
    from cxdesk.store.settings import ALL_CHANNELS

    link = _opened(desk)
    try:
        channels = link.all(ALL_CHANNELS)
    finally:
        link.close()
    return _beginning(typed, {channel.name: channel.policy for channel in channels})


def _opened(desk: str | None) -> Any:
    """The desk to read; before there is one, what a new one would hold."""
    from cxdesk.cli.session import Session
    from cxdesk.store import database

    session: Session = Session()
    session.desk_name = desk
    if database.exists(session.path):
        return database.open_to_read(session.path)  # an older one is not brought up by a Tab
    return session.read()


def _line(text: str) -> str:
    """A hint on one line, with nothing in it that a terminal would obey."""
    from cxdesk.views.safe import flat

    return flat(text)
