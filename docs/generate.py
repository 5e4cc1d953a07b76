"""Write what is generated: schema, command reference, manual page. `--check` compares.

make docs      writes
make check     names what is stale, and fails
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
HEAD = """\
# Commands

Made by `make docs` from the commands themselves. WHO, THING, WHEN and TEXT mean the same in
every command.

Every command also takes:

"""
# What the design names and is not there yet: a command, or a command and its options.
TO_COME = """
reply --faq
inquiries --problem
customer export
customer forget
care
sale
faq
problem
goodwill
tell
report contacts
report growth
report problems
report goodwill
report --html
review
import contacts
import orders
import calls
export
"""


def main(arguments: list[str]) -> int:
    os.environ.pop("CXDESK_HOME", None)
    stale = [path for path, text in generated().items() if kept(path) != text]
    if arguments == ["--check"]:
        for path in stale:
            sys.stderr.write(f"{path.relative_to(ROOT)} is stale: make docs\n")
        return 1 if stale else 0
    for path in stale:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(generated()[path], encoding="utf-8")
        sys.stdout.write(f"{path.relative_to(ROOT)}\n")
    return 0


def kept(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def generated() -> dict[Path, str]:
    """Every generated file, with what should stand in it."""
    from cxdesk.store.ddl import schema_text

    return {
        ROOT / "src" / "cxdesk" / "store" / "schema.sql": schema_text(),
        ROOT / "docs" / "reference" / "commands.md": reference(),
        ROOT / "docs" / "cxdesk.1": manual(),
    }


# The command reference ----------------------------------------------------------------------------


def reference() -> str:
    from cxdesk.cli.app import common_options

    known = dict(commands())
    common = {option.name for option in common_options()}
    parts = [HEAD + "\n".join(line_of(option) for option in common_options())]
    parts += [section(path, command, common) for path, command in known.items()]
    parts.append("## To come\n\n" + "\n".join(f"- `{line}`" for line in to_come(known)))
    return "\n\n".join(parts) + "\n"


def manual() -> str:
    from manual import manual_page

    from cxdesk.cli.app import common_options

    return manual_page(commands(), common_options())


def commands() -> Iterator[tuple[str, Any]]:
    """Every command and its path, as typed after `cxdesk`, in the order of the table."""
    from cxdesk.cli.app import main_group

    group: Any = main_group()
    for name in group.list_commands(None):
        command = group.get_command(None, name)
        if getattr(command, "invoke_without_command", True):
            yield name, command
        for below, inner in sorted(getattr(command, "commands", {}).items()):
            yield f"{name} {below}", inner


def section(path: str, command: Any, common: set[str]) -> str:
    own = [p for p in command.params if p.name not in common and not getattr(p, "hidden", False)]
    arguments = [p for p in own if p.param_type_name == "argument"]
    options = [p for p in own if p.param_type_name == "option"]
    typed = " ".join([f"cxdesk {path}", *(p.metavar or p.name.upper() for p in arguments)])
    told = [f"## {path}", f"```\n{typed}\n```", command.help or ""]
    if own:
        told.append("\n".join(line_of(p) for p in [*arguments, *options]))
    return "\n\n".join(part for part in told if part)


def line_of(parameter: Any) -> str:
    """An argument or option as one item of a list."""
    if parameter.param_type_name == "argument":
        names = parameter.metavar or parameter.name.upper()
    else:
        names = ", ".join(sorted(parameter.opts, key=len))
        if parameter.secondary_opts:
            names += " / " + ", ".join(parameter.secondary_opts)
        if not parameter.is_flag:
            names += " " + (parameter.metavar or value_of(parameter))
    return f"- `{names}`" + (f": {parameter.help}" if parameter.help else "")


def value_of(parameter: Any) -> str:
    return "NUMBER" if "int" in str(parameter.type).lower() else "TEXT"


def to_come(known: dict[str, Any]) -> list[str]:
    """What is to come; an error when some of it has come."""
    lines = TO_COME.split("\n")[1:-1]
    here = [line for line in lines if has_come(line, known)]
    if here:
        raise SystemExit(f"docs/generate.py: no longer to come: {', '.join(here)}")
    return lines


def has_come(line: str, known: dict[str, Any]) -> bool:
    path, *options = line.split(" --")
    if not options:
        return any(f"{name} ".startswith(f"{path} ") for name in known)
    taken = {name for p in getattr(known.get(path), "params", ()) for name in p.opts}
    return any(f"--{option}" in taken for option in options)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
