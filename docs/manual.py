"""The manual page, from the same commands as the reference: `man -l docs/cxdesk.1`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

HEAD = """\
.\\" Made by `make docs` from the commands themselves.
.TH CXDESK 1 "" "cxdesk" "User Commands"
.SH NAME
cxdesk \\- whom did I promise what, by when, and who should hear from me first
.SH SYNOPSIS
.B cxdesk
.RI [ COMMAND ]
.RI [ ARGUMENTS ]
.SH DESCRIPTION
A support desk for people who are their own support department, in one SQLite file.
Five verbs do:
.B log
(somebody said something),
.B due
(what is next; also what a bare
.B cxdesk
does),
.B reply
(you answered),
.B done
(you did it) and
.B show
(all about someone).
.B undo
takes back whatever was the last.
.PP
A WHO is a name or a part of one, a handle, a phone number, an address.
A THING is a number, or a name when exactly one open thing of theirs fits.
A WHEN is said as people do: fri noon, 2bd, tomorrow 3pm, 12 dec.
"""
TAIL = """\
.SH ENVIRONMENT
.TP
.B CXDESK_HOME
The folder that holds desk.db and config.toml.
.TP
.B CXDESK_DESK
Another desk, as --desk says.
.TP
.B CXDESK_NOW
Taken for now, in ISO with its offset: what will I see on Monday?
.TP
.B NO_COLOR
No colours.
.SH FILES
.TP
.I ~/.local/share/cxdesk/desk.db
The desk.
.TP
.I ~/.config/cxdesk/config.toml
Mail and reminders; everyday commands never read it.
.SH EXIT STATUS
0 done; 1 refused or failed; 2 wrong usage; 3 no such thing, or several; 4 the store or the
configuration cannot be used; 5 mail not done; 10 only for
.BR "due --exit-code" ;
130 interrupted.
"""


def manual_page(commands: Iterable[tuple[str, Any]], common: Iterable[Any]) -> str:
    """The whole page, in the language of man."""
    shared = list(common)
    names = {option.name for option in shared}
    lines = [".SH COMMANDS", *(line for one in commands for line in _command(*one, names))]
    lines += [".SH OPTIONS OF EVERY COMMAND", *(line for p in shared for line in _option(p))]
    return HEAD + "\n".join(lines) + "\n" + TAIL


def _command(path: str, command: Any, common: set[str]) -> Iterator[str]:
    own = [p for p in command.params if p.name not in common and not getattr(p, "hidden", False)]
    arguments = [p.metavar or p.name.upper() for p in own if p.param_type_name == "argument"]
    yield f".SS {_plain(' '.join([path, *arguments]))}"
    yield _plain(command.help or "")
    for parameter in own:
        if parameter.param_type_name == "option":
            yield from _option(parameter)
    yield from _examples(path)


def _option(parameter: Any) -> Iterator[str]:
    names = ", ".join([*sorted(parameter.opts, key=len), *parameter.secondary_opts])
    yield ".TP"
    yield f".B {_plain(names)}" + ("" if parameter.is_flag else f" {_plain(_value(parameter))}")
    yield _plain(parameter.help or "")


def _value(parameter: Any) -> str:
    number = "int" in str(parameter.type).lower()
    return parameter.metavar or ("NUMBER" if number else "TEXT")


def _examples(path: str) -> Iterator[str]:
    from cxdesk.cli.examples import EXAMPLES

    if path in EXAMPLES:
        yield from (".PP", ".nf", *(f"  {_plain(line)}" for line in EXAMPLES[path]), ".fi")


def _plain(text: str) -> str:
    """A text in which man sees no command, and a dash is a dash."""
    told = " ".join(text.split()).replace("\\", "\\e").replace("-", "\\-")
    told = told.replace("'", "\\(aq")
    return f"\\&{told}" if told.startswith(".") else told
