"""The commands, each built only when it is called.

Seventy commands built at once cost every one of them three to four times more. The options that
every command takes are added here, once; what a body returns is shown by `cxdesk.__main__`.
"""

from __future__ import annotations

from collections.abc import Collection
from importlib import import_module
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command_from_info

from cxdesk.cli.everyday import due
from cxdesk.cli.examples import EXAMPLES
from cxdesk.cli.session import Session
from cxdesk.cli.table import COMMANDS, GROUPS, HELP
from cxdesk.desk.people import SeveralError
from cxdesk.desk.things import SeveralThingsError
from cxdesk.store.database import MadeMeanwhileError
from cxdesk.store.deeds import AnsweredBefore

INTERRUPTED = 130


def answer(session: Session, arguments: list[str]) -> Any:
    """Run one command line; hands back its view, or an exit code.

    What was meant by several is asked on a terminal, and the same words are run again, as they are
    when another process made the first desk meanwhile: nothing had been written.
    """
    while True:
        try:
            return _answer(session, arguments)
        except AnsweredBefore as before:
            from cxdesk.views.reports import again

            return again(before.answer)
        except MadeMeanwhileError:
            continue
        except (SeveralError, SeveralThingsError) as several:
            if not session.may_ask:
                raise
            from cxdesk.cli.picking import pick

            pick(session, several)


def _answer(session: Session, arguments: list[str]) -> Any:
    group = main_group()
    result = group.main(arguments, prog_name="cxdesk", standalone_mode=False, obj=session)
    if result == INTERRUPTED:  # Typer's way of handing on Ctrl-C
        raise KeyboardInterrupt
    return result


class LazyGroup(TyperGroup):
    """A group whose commands are looked up by name, in the module that the table names."""

    def list_commands(self, ctx: Any) -> list[str]:
        return [*COMMANDS, *GROUPS]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name in COMMANDS:
            return built(COMMANDS[cmd_name], cmd_name, cmd_name)
        if cmd_name in GROUPS:
            return NounGroup(cmd_name, GROUPS[cmd_name])
        return None

    def invoke(self, ctx: Any) -> Any:
        """`cxdesk --json` is `cxdesk due --json`."""
        self.callback = lambda: None if ctx.invoked_subcommand else due(ctx.obj)
        return super().invoke(ctx)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        # Typer suggests from what is built, and nothing is.
        self.commands = dict.fromkeys(self.list_commands(ctx), TyperCommand(name=None))
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: Any, formatter: Any) -> None:
        formatter.write(HELP)


class NounGroup(TyperGroup):
    """The commands of one noun: `hours show`, `hours set`."""

    def __init__(self, name: str, module: str) -> None:
        self.module = module
        self.infos = {info.name: info for info in _app(module).registered_commands}
        bare = self.infos.get(name)
        super().__init__(
            name=name,
            help=_app(module).info.help,
            invoke_without_command=bare is not None,
            callback=None,
            rich_markup_mode=None,
        )
        if bare is not None:
            command = built(module, name, name)
            self.params, self.callback = command.params, _unless_subcommand(command.callback)
        else:
            self.params = [*self.params, *common_options()]
        self.commands = {
            info_name: built(module, info_name, f"{name} {info_name}")
            for info_name in self.infos
            if info_name is not None and info_name != name
        }


def _unless_subcommand(callback: Any) -> Any:
    def bare(**values: Any) -> Any:
        # Typer hands the context to the function within `callback`, not to this one.
        from typer._click.globals import get_current_context

        if get_current_context().invoked_subcommand is not None:
            return None
        return callback(**values)

    return bare


def _app(module: str) -> typer.Typer:
    found: typer.Typer = import_module(f"cxdesk.cli.{module}").app
    return found


def built(module: str, name: str, path: str) -> TyperCommand:
    """One command, with the options that all have; `path` is what is typed: "customer edit"."""
    info = next(info for info in _app(module).registered_commands if info.name == name)
    command = get_command_from_info(info, pretty_exceptions_short=True, rich_markup_mode=None)
    own = {name for parameter in command.params for name in parameter.opts}
    command.params = [*command.params, *common_options(own)]
    command.epilog = _examples(path)
    return command  # type: ignore[return-value]


def _examples(path: str) -> str | None:
    """What `--help` ends with; \b keeps the lines as they are."""
    lines = EXAMPLES.get(path, ())
    return "\b\nExamples:\n" + "\n".join(f"  {line}" for line in lines) if lines else None


def common_options(taken: Collection[str] = ()) -> list[TyperOption]:
    """What every command takes; of the long -q a command's own option of that name goes first."""
    return [
        _option(["--json"], "as_json", "One JSON object instead of text."),
        _option(["--desk"], "desk_name", "Another desk: a name, or a path.", flag=False),
        _option(["--no-input"], "no_input", "Never ask."),
        _option(
            [n for n in ("-q", "--quiet") if n not in taken], "quiet", "Say nothing but errors."
        ),
    ]


def _option(names: list[str], field: str, text: str, *, flag: bool = True) -> TyperOption:
    def note(ctx: Any, _: Any, value: Any) -> None:
        if value:
            setattr(ctx.obj, field, value)

    return TyperOption(
        param_decls=[field, *names],
        type=None if flag else str,
        is_flag=flag,
        default=False if flag else None,
        expose_value=False,
        callback=note,
        help=text,
    )


def main_group() -> LazyGroup:
    return LazyGroup(
        name="cxdesk",
        invoke_without_command=True,
        callback=None,
        rich_markup_mode=None,
        params=[*common_options(), _option(["--debug"], "debug", "Show where an error arose.")],
    )
