"""The configuration as it is understood: names of programs and files, never a secret."""

from __future__ import annotations

from datetime import time

from cxdesk.views.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Protocol

    from cxdesk.views.screen import Screen

    class Config(Protocol):
        """What config.toml says; the sections' fields are its keys."""

        @property
        def mail(self) -> Any: ...
        @property
        def remind(self) -> Any: ...
        @property
        def backup(self) -> Any: ...


# By mistake these may hold a password: of a command its program alone is told.
_COMMANDS = ("password_command", "token_command")


class ConfigView(View):
    """`config show`: sections as the file has them."""

    def __init__(self, config: Config) -> None:
        mail = _keys(config.mail, leave=("limits", "out", "inboxes"))
        mail["limits"] = _keys(config.mail.limits)
        mail["out"] = _server(config.mail.out)
        mail["in"] = {inbox.name: _server(inbox) for inbox in config.mail.inboxes}
        self.told = {"mail": mail, "remind": _keys(config.remind), "backup": _keys(config.backup)}

    def to_json(self) -> dict[str, Any]:
        return self.told

    def lines(self) -> Iterable[str]:
        for name, section in self.told.items():
            yield from _section(name, section)

    def draw(self, screen: Screen) -> None:
        for line in self.lines():
            screen.text(line, 4, begin=0)


def _keys(section: Any, leave: tuple[str, ...] = ()) -> dict[str, Any]:
    return {key: _told(key, value) for key, value in vars(section).items() if key not in leave}


def _server(server: Any) -> dict[str, Any]:
    told = _keys(server, leave=("name", "from_name", "from_address"))
    if hasattr(server, "from_address"):
        name, address = server.from_name, server.from_address
        told["from"] = f"{name} <{address}>" if name and address else address
    return told


def _told(key: str, value: Any) -> Any:
    if key in _COMMANDS:
        return [value[0], f"({len(value) - 1} more)"] if len(value) > 1 else list(value)
    if isinstance(value, tuple):
        return list(value)
    return f"{value:%H:%M}" if isinstance(value, time) else value


def _section(name: str, section: dict[str, Any]) -> Iterable[str]:
    """As in the file, so that a line can be copied into it; what is not set is a comment."""
    yield f"[{name}]"
    inner = {key: value for key, value in section.items() if isinstance(value, dict)}
    for key, value in section.items():
        if key not in inner:
            yield f"{key} = {_toml(value)}" if _is_set(value) else f"# {key} ="
    for key, value in inner.items():
        if key == "in":
            for account, server in value.items():
                yield from _section(f"{name}.in.{account}", server)
        else:
            yield from _section(f"{name}.{key}", value)


def _is_set(value: Any) -> bool:
    return value is not None and value not in ("", [])


def _toml(value: Any) -> str:
    from json import dumps  # its text, numbers, lists and truth are TOML's too

    return dumps(value, ensure_ascii=False)
