"""config show, config path, config edit."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import typer

from cxdesk import files
from cxdesk.cli import arguments, places, prompts
from cxdesk.config import Config, ConfigError, read_config
from cxdesk.desk.doctor import Check
from cxdesk.errors import UnusableError

if TYPE_CHECKING:
    from cxdesk.cli.session import Session

app = typer.Typer(help="config.toml: mail, reminders, backups. The rest lives in the desk.")

EXAMPLE = os.path.join(os.path.dirname(__file__), "config-example.toml")


@app.command("path")
def path_(ctx: typer.Context) -> Any:
    """Where it is."""
    from cxdesk.views.reports import TextView

    path = places.config_path()
    return TextView([path], {"path": path, "exists": os.path.exists(path)})


@app.command("show")
def show(ctx: typer.Context) -> Any:
    """Every key as it is understood; never a secret."""
    from cxdesk.views.settings import ConfigView

    config = read_config(places.config_path())
    ctx.obj.notes += config.warnings
    return ConfigView(config)


@app.command("edit")
def edit(ctx: typer.Context) -> Any:
    """Change it in your editor; it is read before it replaces the old one."""
    from cxdesk.views.reports import TextView

    path = places.config_path()
    is_changed = _edited(ctx.obj, path)
    told = f"{places.shown(path)} is {'changed' if is_changed else 'as it was'}."
    return TextView([told], {"did": "config edit", "path": path, "changed": is_changed})


def _edited(session: Session, path: str) -> bool:
    """Have the owner edit a copy until it is understood. False when nothing was changed."""
    try:
        os.makedirs(os.path.dirname(os.path.realpath(path)), mode=0o700, exist_ok=True)
        before = _bytes(path if os.path.exists(path) else EXAMPLE)
        with files.replacing(path) as draft:
            _fill(draft, before)
            while not _is_understood(session, draft, path):
                pass
            if _bytes(draft) == before:
                raise _UnchangedError
            os.chmod(draft, files.PRIVATE)  # some editors put a file of their own in its place
    except _UnchangedError:
        return False
    except OSError as error:
        raise UnusableError(
            f"{path} cannot be written: {error.strerror}.", "See to its folder's permissions."
        ) from error
    return True


class _UnchangedError(Exception):
    """Nothing to put in place."""


def _bytes(path: str) -> bytes:
    with open(path, "rb") as file:
        return file.read()


def _fill(path: str, data: bytes) -> None:
    with open(path, "wb") as file:
        file.write(data)


def _is_understood(session: Session, draft: str, path: str) -> bool:
    """Open the editor once. Raises ConfigError for what is not understood and not mended."""
    arguments.run_editor(draft)
    try:
        read_config(draft)
    except ConfigError as error:
        told = error.sentence.replace(draft, path)
        if session.may_ask and prompts.yes(f"{told} Edit again?", default=True):
            return False
        raise ConfigError(told, "The file is as it was. Again: cxdesk config edit") from None
    return True


# For doctor --------------------------------------------------------------------------------------


def checks() -> list[Check]:
    """Whether config.toml is understood, and whether others may read it."""
    path = places.config_path()
    try:
        config = read_config(path)
    except ConfigError as error:
        return [Check("config", False, error.sentence, error.remedy)]
    return [_private(config, path)]


def accounts() -> tuple[str, ...]:
    """The names of the mailboxes to be read; none where the configuration is not understood."""
    try:
        config = read_config(places.config_path())
    except ConfigError:
        return ()
    return tuple(inbox.name for inbox in config.mail.inboxes)


def _private(config: Config, path: str) -> Check:
    if config.warnings:
        return Check(
            "config", False, f"Others on this machine may read {path}.", f"chmod 600 '{path}'"
        )
    return Check("config", True, "The configuration is understood.")
