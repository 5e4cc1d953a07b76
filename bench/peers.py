"""What users would pick instead, doing the same work: list what is due this week, and add one.

Each holds so many items, 60 of them due in the next days; the rest is later in a list of things to
do, earlier in a calendar, a journal and a record of time. Every peer from PyPI lives in a virtual
environment of its own; one that cannot be installed, or fails, is named with its error.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from bench.clock import Clock, Cost

if TYPE_CHECKING:
    from collections.abc import Callable

DUE = 60
PAIRS, SLOW_PAIRS, SLOW = 15, 3, 1.5
TEXT = "Where is my parcel, please?"


class Peer(NamedTuple):
    """How a program is filled and asked. `package`: on PyPI; None: Debian's, on the path."""

    name: str
    package: str | None
    fill: Callable[[str, list[datetime]], None]
    lists: list[str]
    adds: list[str]


class Result(NamedTuple):
    """What both commands cost at each size, and what went wrong."""

    version: str
    costs: dict[tuple[str, int], Cost]
    error: str | None


# Filling -----------------------------------------------------------------------------------------


def moments(items: int, *, later: bool) -> list[datetime]:
    """When each item is due: sixty in the next days, the others an hour apart behind or before."""
    now = datetime.now().astimezone().replace(minute=0, second=0, microsecond=0)
    soon = [now + timedelta(hours=1 + 2 * index) for index in range(min(DUE, items))]
    step = timedelta(hours=1 if later else -1)
    far = now + 24 * 30 * step
    return soon + [far + index * step for index in range(items - len(soon))]


def _write(home: str, name: str, text: str) -> None:
    path = os.path.join(home, name)
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def _taskwarrior(home: str, due: list[datetime]) -> None:
    _write(home, ".taskrc", "data.location=~/.task\nconfirmation=no\nverbose=nothing\n")
    rows = [
        f'[description:"{TEXT} {index}" due:"{at.timestamp():.0f}" entry:"1600000000"'
        f' status:"pending" uuid:"00000000-0000-4000-8000-{index:012d}"]\n'
        for index, at in enumerate(due)
    ]
    _write(home, ".task/pending.data", "".join(rows))


def _ics(kind: str, index: int, at: datetime) -> str:
    when = f"{at:%Y%m%dT%H%M%S}"
    times = f"DUE:{when}" if kind == "VTODO" else f"DTSTART:{when}\r\nDURATION:PT30M"
    return (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//cxdesk//bench//EN\r\n"
        f"BEGIN:{kind}\r\nUID:{index}@example.com\r\nDTSTAMP:20200101T000000Z\r\n{times}\r\n"
        f"SUMMARY:{TEXT} {index}\r\nEND:{kind}\r\nEND:VCALENDAR\r\n"
    )


def _todoman(home: str, due: list[datetime]) -> None:
    config = (
        f'path = "{home}/lists/*"\ndate_format = "%Y-%m-%d"\ntime_format = "%H:%M"\n'
        f'default_list = "desk"\ncache_path = "{home}/cache.sqlite3"\n'
    )
    _write(home, ".config/todoman/config.py", config)
    for index, at in enumerate(due):
        _write(home, f"lists/desk/{index}.ics", _ics("VTODO", index, at))


def _topydo(home: str, due: list[datetime]) -> None:
    _write(home, ".config/topydo/config", f"[topydo]\nfilename = {home}/todo.txt\n")
    lines = [f"2020-01-01 {TEXT} {index} due:{at:%Y-%m-%d}\n" for index, at in enumerate(due)]
    _write(home, "todo.txt", "".join(lines))


def _watson(home: str, due: list[datetime]) -> None:
    frames = [
        [int(at.timestamp()) - 9**6, int(at.timestamp()) - 9**6 + 900, "desk", f"{index:032x}", [],
         1_600_000_000]
        for index, at in enumerate(due)
    ]  # fmt: skip
    _write(home, ".config/watson/frames", json.dumps(frames))


def _jrnl(home: str, due: list[datetime]) -> None:
    config = (
        "colors:\n  body: none\n  date: none\n  tags: none\n  title: none\n"
        "default_hour: 9\ndefault_minute: 0\neditor: ''\nencrypt: false\nhighlight: false\n"
        "indent_character: '|'\n"
        f"journals:\n  default:\n    journal: {home}/journal.txt\n"
        "linewrap: 79\ntagsymbols: '#@'\ntemplate: false\ntimeformat: '%F %r'\nversion: v4.2\n"
    )
    _write(home, ".config/jrnl/jrnl.yaml", config)
    lines = [f"[{at:%F %r}] {TEXT} {index}\n\n" for index, at in enumerate(sorted(due))]
    _write(home, "journal.txt", "".join(lines))


def _khal(home: str, due: list[datetime]) -> None:
    config = (
        f"[calendars]\n[[desk]]\npath = {home}/calendar\n\n[sqlite]\npath = {home}/khal.db\n\n"
        "[locale]\ntimeformat = %H:%M\ndateformat = %Y-%m-%d\nlongdateformat = %Y-%m-%d\n"
        "datetimeformat = %Y-%m-%d %H:%M\nlongdatetimeformat = %Y-%m-%d %H:%M\n\n"
        "[default]\ndefault_calendar = desk\n"
    )
    _write(home, ".config/khal/config", config)
    for index, at in enumerate(due):
        _write(home, f"calendar/{index}.ics", _ics("VEVENT", index, at))


WEEK = datetime.now() + timedelta(days=8)  # noqa: DTZ005  (a date as these programs read it)
TOMORROW = datetime.now() + timedelta(days=1)  # noqa: DTZ005
PEERS = [
    Peer(
        "taskwarrior", None, _taskwarrior,
        ["task", "due.before:8d", "list"],
        ["task", "add", TEXT, "due:tomorrow"],
    ),
    Peer(
        "todoman", "todoman", _todoman,
        ["todo", "list", "--due", "192"],
        ["todo", "new", "--list", "desk", "--due", f"{TOMORROW:%Y-%m-%d}", TEXT],
    ),
    Peer(
        "topydo", "topydo", _topydo,
        ["topydo", "ls", f"due:<{WEEK:%Y-%m-%d}"],
        ["topydo", "add", f"{TEXT} due:tomorrow"],
    ),
    Peer(
        "watson", "td-watson", _watson,
        ["watson", "log", "--no-pager"],
        ["watson", "add", "--from", "2020-01-01 10:00", "--to", "2020-01-01 10:20", "desk"],
    ),
    Peer(
        "jrnl", "jrnl", _jrnl,
        ["jrnl", "-from", "today", "--short"],
        ["jrnl", f"today at 9am: {TEXT}"],
    ),
    Peer(
        "khal", "khal", _khal,
        ["khal", "list", "today", "8d"],
        ["khal", "new", f"{TOMORROW:%Y-%m-%d}", "10:00", TEXT],
    ),
]  # fmt: skip


# Installing --------------------------------------------------------------------------------------


def _program(peer: Peer, cache: str) -> tuple[str, str]:
    """The program's full path and its version. Raises CalledProcessError, FileNotFoundError."""
    if peer.package is None:
        return _of_debian(peer)
    return installed(peer.package, peer.lists[0], cache)


def installed(package: str, program: str, cache: str) -> tuple[str, str]:
    """A program of PyPI's, in an environment of its own: its full path and its version. Raises
    CalledProcessError."""
    folder = os.path.join(cache, package)
    python = os.path.join(folder, "bin", "python")
    path = os.path.join(folder, "bin", program)
    if not os.path.exists(path):
        _quietly([sys.executable, "-m", "venv", folder])
        _quietly([python, "-m", "pip", "install", "-q", package])
        _quietly([python, "-m", "compileall", "-q", folder])
    asked = f"from importlib.metadata import version; print(version('{package}'))"
    return path, _quietly([python, "-c", asked])


def said(error: subprocess.CalledProcessError | FileNotFoundError) -> str:
    """The last line of what a program said of its failure."""
    words = getattr(error, "stderr", "") or str(error)
    return str(words).strip().splitlines()[-1]


def _of_debian(peer: Peer) -> tuple[str, str]:
    if shutil.which(peer.lists[0]) is None and os.geteuid() == 0:
        _quietly(["apt-get", "install", "-y", "-qq", peer.name])
    program = shutil.which(peer.lists[0])
    if program is None:
        raise FileNotFoundError(f"{peer.lists[0]} is not installed: apt-get install {peer.name}")
    return program, _quietly([program, "--version"])


def _quietly(command: list[str]) -> str:
    environment = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    return done.stdout.strip()


# Measuring ---------------------------------------------------------------------------------------


def measured(cache: str, sizes: list[int], say: Callable[[str], None]) -> dict[str, Result]:
    """Every peer at every size."""
    return {peer.name: _peer(peer, cache, sizes, say) for peer in PEERS}


def _peer(peer: Peer, cache: str, sizes: list[int], say: Callable[[str], None]) -> Result:
    try:
        program, version = _program(peer, cache)
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        return Result("", {}, said(error))
    costs: dict[tuple[str, int], Cost] = {}
    for size in sizes:
        say(f"{peer.name}, {size:,}")
        with tempfile.TemporaryDirectory(prefix="peer-", dir=cache) as home:
            later = peer.fill in (_taskwarrior, _todoman, _topydo)
            peer.fill(home, moments(size, later=later))
            costs |= {(what, size): cost for what, cost in _both(peer, program, home).items()}
    failed = [f"{what} {size}" for (what, size), cost in costs.items() if cost.code]
    return Result(version, costs, f"fails: {', '.join(failed)}" if failed else None)


def _both(peer: Peer, program: str, home: str) -> dict[str, Cost]:
    with Clock(_surroundings(home, program), home) as clock:
        return {
            what: _cost(clock, [program, *line[1:]])
            for what, line in (("list", peer.lists), ("add", peer.adds))
        }


def _cost(clock: Clock, line: list[str]) -> Cost:
    clock.run(line)  # some make an index of everything at first
    pairs = SLOW_PAIRS if clock.run(line).wall > SLOW else PAIRS
    return clock.cost(lambda _: line, pairs)


def _surroundings(home: str, program: str) -> dict[str, str]:
    return {
        "PATH": f"{os.path.dirname(program)}{os.pathsep}{os.defpath}",
        "HOME": home,
        "XDG_CONFIG_HOME": f"{home}/.config",
        "XDG_CACHE_HOME": f"{home}/.cache",
        "XDG_DATA_HOME": f"{home}/.data",
        "WATSON_DIR": f"{home}/.config/watson",
        "LANG": "C.UTF-8",
        "TERM": "dumb",
    }
