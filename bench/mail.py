"""What taking mail in costs: files into a large desk, a mailbox of a gigabyte, and hostile mails.

Beside it parsing alone, by cxdesk, by the standard library and by mail-parser, on the same mails.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from bench.cases import CXDESK
from bench.clock import Clock
from bench.make_mail import LARGE, as_files, as_mbox, customers, mails

from bench import hostile, peers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SAMPLES = os.path.join(ROOT, "tests", "data", "mail")
KILLERS = os.path.join(SAMPLES, "killers")
PARSERS = os.path.join(ROOT, "bench", "parsers.py")

MAILS, PARSED = 3_000, 500
MAILBOXES = (100_000_000, 1_000_000_000)  # bytes
ROOM = 4  # times the largest mailbox: it lies there twice, and once more while it is committed
QUARANTINED = 5

RATE_LEAST = 300  # mails a second
MEMORY_MOST = 150.0  # MiB
HOSTILE_MOST = 2.0  # seconds of CPU


class Parsed(NamedTuple):
    """How a parser did: ordinary mails a second of CPU, seconds for the slowest of all and which
    that is, how many raised of how many. `error`: why it was not measured."""

    version: str
    rate: float = 0
    slowest: float = 0
    slowest_mail: str = ""
    raised: int = 0
    mails: int = 0
    error: str | None = None


class Mail(NamedTuple):
    """Mails a second into a desk of so many inquiries, on the wall and of CPU; MiB by the bytes of
    the mailbox; seconds of CPU for each hostile mail, and what ended badly."""

    inquiries: int
    rate: float
    cpu_rate: float
    memory: dict[int, float]
    hostile: dict[str, float]
    failed: tuple[str, ...]
    parsed: dict[str, Parsed]

    def worst(self) -> tuple[str, float]:
        return max(self.hostile.items(), key=lambda one: one[1])

    def broken(self) -> Iterator[str]:
        if self.rate < RATE_LEAST:
            yield f"mail import takes {self.rate:,.0f} mails a second (aim: {RATE_LEAST})"
        for size, memory in self.memory.items():
            if memory > MEMORY_MOST:
                taken = f"{memory:.0f} MiB (aim: {MEMORY_MOST:.0f})"
                yield f"an mbox of {megabytes(size)} takes {taken}"
        for name, took in self.hostile.items():
            if took > HOSTILE_MOST:
                yield f"the hostile mail {name} takes {took:.1f} s (aim: {HOSTILE_MOST:.0f})"
        for name in self.failed:
            yield f"mail import {name} ends badly"


def megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"


class Import(NamedTuple):
    """Where mails are taken in: a copy of a desk, which is deleted with everything beside it."""

    folder: str
    clock: Clock
    failed: list[str]

    def take(self, name: str) -> tuple[float, float, float]:
        """Import a file or folder: seconds of CPU and on the wall, MiB."""
        ran = self.clock.run([CXDESK, "mail", "import", os.path.join(self.folder, name)])
        if ran.code not in (0, QUARANTINED):
            self.failed.append(name)
        return ran.cpu, ran.wall, ran.memory


def measured(
    home: str,
    inquiries: int,
    environment: Callable[[str], dict[str, str]],
    cache: str,
    say: Callable[[str], None],
    *,
    with_peers: bool = True,
) -> Mail:
    """`home` holds a desk of so many inquiries; it is copied, not changed."""
    with tempfile.TemporaryDirectory(prefix="mail-", dir=cache) as folder:
        desk = os.path.join(folder, "desk")
        shutil.copytree(home, desk)
        known = customers(os.path.join(desk, "desk.db"))
        with Clock(environment(desk), folder) as clock:
            taking = Import(folder, clock, [])
            say(f"mail import, {MAILS:,} mails into {inquiries:,} inquiries")
            as_files(os.path.join(folder, "files"), islice(mails(known), MAILS))
            cpu, wall, _ = taking.take("files")
            found = Mail(inquiries, MAILS / wall, MAILS / cpu, {}, {}, (), {})
            for number, size in enumerate(_that_fit(folder, say)):
                say(f"mail import, an mbox of {megabytes(size)}")
                found.memory[size] = _mailbox(taking, mails(known, LARGE, number), size)
            say("mail import, hostile mails")
            found.hostile.update(_hostile(taking))
        found.parsed.update(_parsed(folder, cache, say, with_peers=with_peers))
        return found._replace(failed=tuple(taking.failed))


def _that_fit(folder: str, say: Callable[[str], None]) -> list[int]:
    """The sizes of the mailboxes; a smaller one where the disk is too full for the largest."""
    free = shutil.disk_usage(folder).free
    largest = min(max(MAILBOXES), free // ROOM)
    if largest < max(MAILBOXES):
        say(f"{megabytes(free)} are free: an mbox of {megabytes(largest)} must do")
    return sorted({min(size, largest) for size in MAILBOXES})


def _mailbox(taking: Import, written: Iterator[bytes], size: int) -> float:
    """The most memory that taking in a mailbox of that size needs, in MiB."""
    path = os.path.join(taking.folder, "all.mbox")
    as_mbox(path, written, size)
    _, _, memory = taking.take("all.mbox")
    os.unlink(path)
    return memory


def _hostile(taking: Import) -> dict[str, float]:
    """Seconds of CPU for each: the whole command without what one for an empty mailbox takes."""
    os.mkdir(os.path.join(taking.folder, "hostile"))
    for name, raw in hostile.mails().items():
        with open(os.path.join(taking.folder, "hostile", name), "wb") as file:
            file.write(raw)
    shutil.copytree(KILLERS, os.path.join(taking.folder, "hostile"), dirs_exist_ok=True)
    with open(os.path.join(taking.folder, "empty.eml"), "wb"):
        pass
    base = min(taking.take("empty.eml")[0] for _ in range(5))
    names = sorted(os.listdir(os.path.join(taking.folder, "hostile")))
    return {name: taking.take(os.path.join("hostile", name))[0] - base for name in names}


# Parsing alone -----------------------------------------------------------------------------------


def _parsed(
    folder: str, cache: str, say: Callable[[str], None], *, with_peers: bool
) -> dict[str, Parsed]:
    from cxdesk import __version__

    ordinary = os.path.join(folder, "ordinary")
    as_files(ordinary, islice(mails(()), PARSED))
    for name in ("chatwoot", "talon"):
        shutil.copytree(os.path.join(SAMPLES, name), os.path.join(ordinary, name))
    say("parsing, cxdesk and the standard library")
    python = ".".join(map(str, sys.version_info[:3]))
    found = {
        "cxdesk": _parsing(sys.executable, "cxdesk", __version__, ordinary),
        "email": _parsing(sys.executable, "email", f"of Python {python}", ordinary),
    }
    if with_peers:
        say("parsing, mail-parser")
        found["mail-parser"] = _mail_parser(cache, ordinary)
    return found


def _mail_parser(cache: str, ordinary: str) -> Parsed:
    try:
        program, version = peers.installed("mail-parser", "mail-parser", cache)
        python = os.path.join(os.path.dirname(program), "python")
        return _parsing(python, "mail-parser", version, ordinary)
    except (subprocess.CalledProcessError, FileNotFoundError) as error:
        return Parsed("", error=peers.said(error))


def _parsing(python: str, name: str, version: str, ordinary: str) -> Parsed:
    # -P: what stands beside the program must not be taken for the library's modules.
    command = [python, "-P", PARSERS, name, ordinary, KILLERS]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    return Parsed(version, **json.loads(ran.stdout))
