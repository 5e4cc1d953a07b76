"""A crontab with our block in it, or without: text in, text out.

The block is three lines; every other line stays as it is, byte for byte.
"""

from __future__ import annotations

import re
import shlex

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

BEGIN = "# >>> cxdesk remind (made by: cxdesk remind install) >>>"
END = "# <<< cxdesk remind (taken out by: cxdesk remind remove) <<<"
EVERY = "*/15 * * * *"


class DamagedError(ValueError):
    """A marker without its other one: what lies between cannot be known."""


def line(argv: Sequence[str], environment: Mapping[str, str]) -> str:
    """The one line: variables and command, quoted for the shell and for cron, to which a bare
    percent sign is a line end. Raises ValueError for words over several lines."""
    words = [f"{name}={shlex.quote(value)}" for name, value in environment.items()]
    command = " ".join([*words, shlex.join(argv)])
    if "\n" in command or "\r" in command:
        raise ValueError("a crontab line cannot hold a line end")
    return f"{EVERY} " + command.replace("%", "\\%")


def installed(crontab: str) -> str | None:
    """What stands in our block, None without one. Raises DamagedError."""
    found = _split(crontab)
    return "\n".join(found[1][1:-1]) if found else None


def with_line(crontab: str, text: str) -> str:
    """The crontab with our block as its end; it must have none."""
    between = "" if not crontab or crontab.endswith("\n") else "\n"
    return f"{crontab}{between}{BEGIN}\n{text}\n{END}\n"


def without(crontab: str) -> str:
    """The crontab without our block. Raises DamagedError."""
    found = _split(crontab)
    return "".join([*found[0], *found[2]]) if found else crontab


def _split(crontab: str) -> tuple[list[str], list[str], list[str]] | None:
    """What is before our block, the block without line ends, and what is after it."""
    lines = re.findall(r"[^\n]*\n|[^\n]+", crontab)  # splitlines() knows a dozen other ends
    bare = [one.rstrip("\r\n") for one in lines]
    begins, ends = bare.count(BEGIN), bare.count(END)
    if not begins and not ends:
        return None
    if (begins, ends) != (1, 1) or bare.index(BEGIN) > bare.index(END):
        raise DamagedError("the marks of cxdesk's block are not a pair")
    first, last = bare.index(BEGIN), bare.index(END) + 1
    return lines[:first], bare[first:last], lines[last:]
