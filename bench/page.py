"""The tables, as Markdown: printed by every run, kept in docs/explanation/speed.md when asked."""

from __future__ import annotations

import os
import platform
import sqlite3
import sys
from importlib.metadata import version
from typing import TYPE_CHECKING

from bench import mail

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bench.cases import Measured
    from bench.clock import Cost
    from bench.mail import Mail
    from bench.peers import Result
    from bench.whole import Whole

PAGE = os.path.join("docs", "explanation", "speed.md")
PICTURE = os.path.join("docs", "pictures", "growth.svg")
BEGIN, END = "<!-- begin: make bench -->\n", "<!-- end: make bench -->\n"
LIBRARIES = ("typer", "rich", "sqlmodel")


def tables(
    found: list[Measured],
    commit: float,
    rules: Whole,
    post: Mail,
    beside: dict[str, Result],
    wrong: list[str],
) -> str:
    parts = [_machine(), "", *_commands(found, commit), "", *_once(commit, rules), ""]
    parts += [*_mail(post), "", *_parsers(post), ""]
    if beside:
        parts += [*_peers(beside), ""]
    return "\n".join([*parts, *_verdict(wrong)]) + "\n"


def of_mail(post: Mail, wrong: list[str]) -> str:
    """What `--only-mail` prints."""
    return "\n".join([*_mail(post), "", *_parsers(post), "", *_verdict(wrong)]) + "\n"


def _verdict(wrong: list[str]) -> list[str]:
    return [f"- Does not hold: {sentence}." for sentence in wrong] or ["Every aim holds."]


def _machine() -> str:
    libraries = ", ".join(f"{name} {version(name)}" for name in LIBRARIES)
    system = platform.freedesktop_os_release().get("PRETTY_NAME", platform.system())
    return (
        f"{_processor()}, {os.cpu_count()} cores, {system};"
        f" Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, {libraries}."
    )


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            named = (line.partition(":")[2].strip() for line in file if "model name" in line)
            return next(named, platform.machine())
    except OSError:
        return platform.machine()


def _row(cells: Iterable[str]) -> str:
    return "| " + " | ".join(cells) + " |"


def _head(cells: list[str]) -> Iterator[str]:
    yield _row(cells)
    yield _row("---" if at == 0 else "---:" for at in range(len(cells)))


def _commands(found: list[Measured], commit: float) -> Iterator[str]:
    sizes = list(found[0].costs)
    yield from _head(["command", "aim", *(f"{size:,} inquiries" for size in sizes), "growth"])
    for case, costs in found:
        most = case.times + case.commits * commit
        cells = [f"`{case.name}`", f"{most:.1f}x", *(_cell(costs[size]) for size in sizes)]
        yield _row([*cells, _growth(costs[sizes[0]], costs[sizes[-1]])])


def _cell(cost: Cost) -> str:
    return f"**{cost.times:.2f}x**, {1000 * cost.wall:.0f} ms, {cost.memory:.0f} MiB"


def _growth(first: Cost, last: Cost) -> str:
    return f"{last.times / first.times:.2f}"


def _once(commit: float, rules: Whole) -> Iterator[str]:
    yield from _head(["once", "aim", "measured"])
    yield _row(["one durable commit", "", f"{commit:.2f}x"])
    yield _row(["10,000 business hours", "under 50 ms", f"{rules.hours:.1f} ms"])
    rate = f"{rules.rate:,.0f} a second ({rules.cpu_rate:,.0f} a second of CPU)"
    yield _row(["`import conversations`, messages", "5,000 a second", rate])


def _mail(post: Mail) -> Iterator[str]:
    yield from _head(["`mail import`", "aim", "measured"])
    rate = f"{post.rate:,.0f} a second ({post.cpu_rate:,.0f} a second of CPU)"
    into = f"mails from files into {post.inquiries:,} inquiries"
    yield _row([into, f"{mail.RATE_LEAST} a second", rate])
    most = f"{mail.MEMORY_MOST:.0f} MiB"
    for size, memory in post.memory.items():
        yield _row([f"memory, an mbox of {mail.megabytes(size)}", most, f"{memory:.0f} MiB"])
    name, took = post.worst()
    hostile = f"the slowest of {len(post.hostile)} hostile mails"
    yield _row([hostile, f"{mail.HOSTILE_MOST:.0f} s", f"{took:.2f} s of CPU (`{name}`)"])


def _parsers(post: Mail) -> Iterator[str]:
    yield from _head(["parsing alone", "mails a second of CPU", "the slowest", "raised"])
    for name, one in post.parsed.items():
        cells = [f"{one.rate:,.0f}", f"{1000 * one.slowest:,.0f} ms (`{one.slowest_mail}`)"]
        cells.append(f"{one.raised} of {one.mails}")
        yield _row([f"{name} {one.version}", *(cells if one.error is None else [""] * len(cells))])
    for name, one in post.parsed.items():
        if one.error:
            yield f"\n{name}: {one.error}"


def _peers(beside: dict[str, Result]) -> Iterator[str]:
    sizes = sorted({size for result in beside.values() for _, size in result.costs})
    kinds = [(what, size) for what in ("list", "add") for size in sizes]
    yield from _head(["CPU, ms", *(f"{what}, {size:,}" for what, size in kinds)])
    for name, result in beside.items():
        costs = [result.costs.get(kind) for kind in kinds]
        cells = [f"{1000 * cost.cpu:,.0f}" if cost else "" for cost in costs]
        yield _row([f"{name} {result.version}", *cells])
    for name, result in beside.items():
        if result.error:
            yield f"\n{name}: {result.error}"


def write(root: str, text: str, picture: str) -> None:
    """Put the tables between their marks, and the picture in its place."""
    path = os.path.join(root, PAGE)
    with open(path, encoding="utf-8") as file:
        page = file.read()
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    _save(path, f"{before}{BEGIN}\n{text}\n{END}{after}")
    _save(os.path.join(root, PICTURE), picture)


def _save(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    print(f"  written: {os.path.relpath(path)}", file=sys.stderr)
