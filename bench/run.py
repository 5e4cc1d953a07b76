"""`make bench`: what cxdesk costs, beside the bare start of Python and beside its peers.

Prints the tables and says which aim does not hold (then exit 1). `--write` puts them into
docs/explanation/speed.md and draws docs/pictures/growth.svg. Desks and peers are made in a cache
folder, on the disk that a desk would be on.
"""

from __future__ import annotations

import argparse
import compileall
import os
import shutil
import subprocess
import sys
import tempfile
from typing import TYPE_CHECKING

from bench.cases import CONFIG, CXDESK, Case, Measured, cases, look
from bench.clock import Clock, Cost

from bench import mail, page, peers, plot, whole

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
NOW = "2026-11-21T12:00:00+00:00"  # a Saturday: nobody is alerted
SIZES = (100, 10_000, 100_000, 1_000_000)
PEER_SIZES = (100, 1_000, 10_000)
PAIRS = 25
MAIL_SIZE = 100_000
GROWTH = 1.25


def environment(home: str) -> dict[str, str]:
    """All that a measured program gets. No PYTHONDONTWRITEBYTECODE: bytecode is what is run."""
    return {
        "PATH": f"{os.path.dirname(sys.executable)}{os.pathsep}{os.defpath}",
        "HOME": home,
        "CXDESK_HOME": home,
        "CXDESK_NOW": NOW,
        "TZ": "Europe/London",
        "LANG": "C.UTF-8",
        "TERM": "xterm-256color",
        "COLUMNS": "80",
    }


def desk(folder: str, size: int) -> str:
    """A home with a desk of that size; one that is there already (`--desks`) is copied."""
    made = os.path.join(folder, str(size))
    if not os.path.exists(os.path.join(made, "desk.db")):
        say(f"making a desk of {size:,} inquiries")
        program = os.path.join(ROOT, "bench", "make_desk.py")
        asked = [sys.executable, program, "--inquiries", str(size), "--out", made]
        subprocess.run(asked, env=environment(made), check=True)
    with open(os.path.join(made, "config.toml"), "w", encoding="utf-8") as file:
        os.chmod(file.fileno(), 0o600)
        file.write(CONFIG)
    return made


def measured(folder: str, sizes: list[int], pairs: int) -> list[Measured]:
    """Every command at every size."""
    found: dict[str, Measured] = {}
    for size in sizes:
        home = desk(folder, size)
        known = look(os.path.join(home, "desk.db"))
        with Clock(environment(home), home) as clock:
            for case in cases(known):
                say(f"{case.name}, {size:,}")
                cost = clock.cost(case.line, pairs, terminal=case.terminal)
                found.setdefault(case.name, Measured(case, {})).costs[size] = cost
    return list(found.values())


def posted(asked: argparse.Namespace, folder: str) -> mail.Mail:
    """Mail taken in by a desk of 100,000, or the largest that is asked for below that."""
    fitting = [size for size in asked.sizes if size <= MAIL_SIZE]
    size = max(fitting, default=min(asked.sizes))
    home = desk(folder, size)
    return mail.measured(home, size, environment, cache(), say, with_peers=not asked.no_peers)


def beside(folder: str, sizes: list[int], say: Callable[[str], None]) -> peers.Result:
    """cxdesk as one of its peers: what is due, and one more."""
    from cxdesk import __version__

    costs = {}
    for size in sizes:
        home = desk(folder, size)
        known = {case.name: case for case in cases(look(os.path.join(home, "desk.db")))}
        with Clock(environment(home), home) as clock:
            for what, name in (("list", "due, piped"), ("add", "log")):
                say(f"cxdesk, {size:,}")
                costs[what, size] = clock.cost(known[name].line, peers.PAIRS)
    return peers.Result(__version__, costs, None)


# What does not hold ------------------------------------------------------------------------------


def broken(
    found: list[Measured], commit: float, rules: whole.Whole, post: mail.Mail
) -> Iterator[str]:
    """Every aim that does not hold, in a sentence."""
    for case, costs in found:
        there = {size: cost for size, cost in costs.items() if cost is not None}
        for size, cost in there.items():
            yield from _too_much(case, size, cost, case.times + case.commits * commit)
        first, last = min(there, default=0), max(there, default=0)
        if there and there[last].times > GROWTH * there[first].times:
            grown = there[last].times / there[first].times
            yield f"{case.name} grows {grown:.2f} times from {first:,} to {last:,} (aim: {GROWTH})"
    yield from rules.broken()
    yield from post.broken()


def _too_much(case: Case, size: int, cost: Cost, most: float) -> Iterator[str]:
    where = f"{case.name} at {size:,}"
    if cost.code:
        yield f"{where} ends with exit code {cost.code}"
    if cost.times > most:
        yield f"{where} costs {cost.times:.2f} starts of Python (aim: {most:.2f})"
    if case.memory is not None and cost.memory > case.memory:
        yield f"{where} takes {cost.memory:.0f} MiB (aim: {case.memory:.0f})"


# The command -------------------------------------------------------------------------------------


def say(text: str) -> None:
    print(f"  {text}", file=sys.stderr, flush=True)


def cache() -> str:
    """Where desks and peers are made."""
    kept = os.environ.get("XDG_CACHE_HOME") or os.path.expanduser("~/.cache")
    folder = os.path.join(kept, "cxdesk-bench")
    os.makedirs(folder, exist_ok=True)
    return folder


def main() -> int:
    asked = _arguments()
    compileall.compile_dir(os.path.join(ROOT, "src"), quiet=2)
    folder = asked.desks or tempfile.mkdtemp(prefix="desks-", dir=cache())
    try:
        if asked.only_mail:
            return _only_mail(asked, folder)
        commit = whole.commit(environment(folder), folder)
        found = measured(folder, asked.sizes, asked.pairs)
        rules = whole.measured(environment(folder), folder, CXDESK)
        post = posted(asked, folder)
        others = {}
        if not asked.no_peers:
            others = {"cxdesk": beside(folder, asked.peer_sizes, say)}
            others |= peers.measured(cache(), asked.peer_sizes, say)
    finally:
        if not asked.desks:
            shutil.rmtree(folder)
    wrong = list(broken(found, commit, rules, post))
    tables = page.tables(found, commit, rules, post, others, wrong)
    print(tables)
    if asked.write:
        page.write(ROOT, tables, plot.drawn(_lines(found, others)))
    return 1 if wrong else 0


def _only_mail(asked: argparse.Namespace, folder: str) -> int:
    post = posted(asked, folder)
    wrong = list(post.broken())
    print(page.of_mail(post, wrong))
    return 1 if wrong else 0


def _lines(found: list[Measured], others: dict[str, peers.Result]) -> dict[str, plot.Points]:
    """What the picture shows: the CPU of listing what is due, by the number of items."""
    lines = {
        name: {size: cost.cpu for (what, size), cost in result.costs.items() if what == "list"}
        for name, result in others.items()
    }
    due = next((costs for case, costs in found if case.name == "due, piped"), {})
    lines["cxdesk"] = {size: cost.cpu for size, cost in due.items() if cost is not None}
    return {name: points for name, points in lines.items() if points}


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__.partition("\n")[0])
    parser.add_argument("--sizes", type=_sizes, default=list(SIZES), help="100,10000,...")
    parser.add_argument("--peer-sizes", type=_sizes, default=list(PEER_SIZES))
    parser.add_argument("--pairs", type=int, default=PAIRS)
    parser.add_argument("--no-peers", action="store_true")
    parser.add_argument("--only-mail", action="store_true", help="what taking mail in costs")
    parser.add_argument("--desks", metavar="DIR", help="keep the desks there, and use them again")
    parser.add_argument("--write", action="store_true", help="write the page and the picture")
    return parser.parse_args()


def _sizes(text: str) -> list[int]:
    return [int(part) for part in text.split(",")]


if __name__ == "__main__":
    sys.exit(main())
