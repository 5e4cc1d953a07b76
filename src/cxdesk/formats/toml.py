"""Putting values into a TOML text without touching what is there, comments and all.

The standard library reads TOML and does not write it. The new lines are put behind the header of
their section, or in a section of their own at the end; then the whole is read again and must be
what was there and what was added, and nothing else.
"""

from __future__ import annotations

import re
import tomllib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    Value = str | int | list[str]


class CannotAddError(ValueError):
    """The text is written in a way to which nothing can be added blindly."""


def with_values(text: str, added: Mapping[str, Mapping[str, Value]]) -> str:
    """`text` with new keys: `{"mail.out": {"host": "smtp.example.com"}}`. Raises CannotAddError,
    also for a key that is there."""
    new = text
    for section, values in added.items():
        if values:
            new = _with_section(new, section, values)
    try:
        is_right = tomllib.loads(new) == _expected(text, added)
    except (tomllib.TOMLDecodeError, TypeError, KeyError) as error:
        raise CannotAddError(str(error)) from None
    if not is_right:
        raise CannotAddError("the result would say something else")
    return new


def written(value: Value) -> str:
    """A value as TOML has it."""
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return str(value) if isinstance(value, int) else f'"{"".join(map(_escaped, value))}"'


def _with_section(text: str, section: str, values: Mapping[str, Value]) -> str:
    lines = "".join(f"{key} = {written(value)}\n" for key, value in values.items())
    names = r"\s*\.\s*".join(map(re.escape, section.split(".")))
    header = re.search(
        rf"^[ \t]*\[[ \t]*{names}[ \t]*\][ \t]*(#[^\n]*)?\r?(\n|\Z)", text, re.MULTILINE
    )
    if header:
        before, after = text[: header.end()], text[header.end() :]
        return before + ("" if before.endswith("\n") else "\n") + lines + after
    gap = "" if not text else "\n" if text.endswith("\n") else "\n\n"
    return f"{text}{gap}[{section}]\n{lines}"


def _expected(text: str, added: Mapping[str, Mapping[str, Value]]) -> dict[str, Any]:
    whole = tomllib.loads(text)
    for section, values in added.items():
        table = whole
        for name in section.split(".") if values else ():
            table = table.setdefault(name, {})
        for key, value in values.items():
            if key in table:
                raise KeyError(f"{key} is there already")
            table[key] = value
    return whole


def _escaped(sign: str) -> str:
    if sign in '"\\':
        return f"\\{sign}"
    return sign if sign.isprintable() else f"\\U{ord(sign):08X}"
