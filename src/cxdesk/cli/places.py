"""Where things are: the desk's file, the configuration, the system's time zone."""

from __future__ import annotations

import os
import sys

ZONES = "/usr/share/zoneinfo"


def desk_path(name: str | None) -> str:
    """The store's path: CXDESK_HOME's, else the platform's data folder's. `name` as --desk says:
    a word is another desk beside the first, a path (with a slash) is itself."""
    name = name or os.environ.get("CXDESK_DESK") or "desk"
    if os.sep in name:
        return os.path.abspath(os.path.expanduser(name))
    file = name if name.endswith(".db") else f"{name}.db"
    return os.path.join(os.environ.get("CXDESK_HOME") or _data_folder(), file)


def config_path() -> str:
    """config.toml: beside the desk in CXDESK_HOME, else in the platform's config folder."""
    home = os.environ.get("CXDESK_HOME")
    return os.path.join(home or _config_folder(), "config.toml")


def _data_folder() -> str:
    return _folder("XDG_DATA_HOME", "~/.local/share")


def _config_folder() -> str:
    return _folder("XDG_CONFIG_HOME", "~/.config")


def _folder(variable: str, usual: str) -> str:
    if sys.platform == "darwin":
        return os.path.expanduser("~/Library/Application Support/cxdesk")
    return os.path.join(os.environ.get(variable) or os.path.expanduser(usual), "cxdesk")


def shown(path: str) -> str:
    """A path as people write it: with ~ for their home."""
    home = os.path.expanduser("~")
    return "~" + path[len(home) :] if path.startswith(home + os.sep) else path


def point_zoneinfo_at_its_files() -> None:
    """Say where the zone files are before zoneinfo is loaded: it asks sysconfig otherwise, and
    where the system has none, its search for tzdata costs 3.8 times the start of Python."""
    if "zoneinfo" in sys.modules or "PYTHONTZPATH" in os.environ:
        return
    os.environ["PYTHONTZPATH"] = ZONES if os.path.isdir(ZONES) else _packaged_zones()
    try:
        import zoneinfo  # noqa: F401
    finally:
        del os.environ["PYTHONTZPATH"]  # an editor or a password command need not know


def _packaged_zones() -> str:
    import tzdata

    return os.path.join(tzdata.__path__[0], "zoneinfo")


def system_zone() -> str:
    """The IANA name of the system's zone; UTC when it does not say."""
    for name in (os.environ.get("TZ", "").lstrip(":"), _linked_zone(), _written_zone()):
        if name and _is_zone(name):
            return name
    return "UTC"


def _linked_zone() -> str:
    target = os.path.realpath("/etc/localtime")
    return target.partition("zoneinfo/")[2].removeprefix("posix/")


def _written_zone() -> str:
    try:
        with open("/etc/timezone", encoding="ascii") as file:
            return file.readline().strip()
    except (OSError, ValueError):
        return ""


def _is_zone(name: str) -> bool:
    from zoneinfo import ZoneInfo

    try:
        ZoneInfo(name)
    except (OSError, ValueError):  # ZoneInfoNotFoundError is a KeyError on some systems
        return False
    except KeyError:
        return False
    return "/" in name or name == "UTC"
