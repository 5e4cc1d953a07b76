"""A process that runs command lines in children of its own, each with a fault at another point.

Everything is loaded once, before; a child costs milliseconds. Started by `rig`, with the shim
preloaded; reads one job as JSON and writes what became of it.
"""

from __future__ import annotations

import ctypes
import json
import os
import random
import shutil
import signal
import sys
import time
from typing import Any

NEVER, ONCE, ON, KILLED, TORN = range(5)
MOST_POINTS = 1000


def prepare(job: dict[str, Any]) -> Any:
    """Load all that the line needs, on a desk that is thrown away; returns `main`."""
    from cxdesk.__main__ import main

    for line in (job["line"], ["due", "--count"]):
        home = begun(job, job["folder"] + "/warm")
        child(main, home, line, lambda: None, fork=False)
        shutil.rmtree(home)
    return main


def begun(job: dict[str, Any], home: str) -> str:
    """A copy of the home to begin on. NAME in its configuration is the copy's own: a mailbox at a
    server, or words in a mail, by which one run is told from another."""
    shutil.copytree(job["home"], home, symlinks=True)
    path = f"{home}/config.toml"
    if os.path.exists(path):
        words = text(path).replace("NAME", os.path.basename(home))
        with open(path, "w") as file:
            file.write(words)
    return home


def child(main: Any, home: str, line: list[str], arm: Any, *, fork: bool = True) -> int:
    """Run a line in a child, or here; its output goes into files beside the home. Returns the
    child's number, or the exit code."""
    number = os.fork() if fork else 0
    if number:
        return number
    kept = [os.dup(stream) for stream in (1, 2)]
    for stream, name in ((1, "out"), (2, "err")):
        file = os.open(f"{home}.{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        os.dup2(file, stream)
        os.close(file)
    read_anew(f"{home}/stdin")
    os.environ["CXDESK_HOME"] = home
    os.chdir(home)
    arm()
    code: int = main([part.replace("HOME", home) for part in line])
    hits = shim.fault_hits()
    if fork:
        if not os.path.exists(f"{home}.found"):
            keep_as_found(home)
        with open(f"{home}.told", "w") as file_:
            file_.write(f"{hits} {works(main)}")
        os._exit(code)
    for stream, old in zip((1, 2), kept, strict=True):
        os.dup2(old, stream)
    return code


def read_anew(path: str) -> None:
    """Standard input from its beginning, where the home has one."""
    if os.path.exists(path):
        os.dup2(os.open(path, os.O_RDONLY), 0)
        sys.stdin = os.fdopen(0, closefd=False)


def keep_as_found(home: str) -> None:
    """What is asked next may change it: it brings a desk of an earlier version up."""
    shutil.rmtree(f"{home}.found", ignore_errors=True)
    shutil.copytree(home, f"{home}.found", symlinks=True)


def works(main: Any) -> int:
    """How `due` ends when nothing fails any more."""
    for stream in (1, 2):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream)
    code: int = main(["due", "--count"])
    return code


def text(path: str) -> str:
    with open(path) as file:
        return file.read()


def ended(number: int) -> int:
    """The exit code of a child; what killed it, negative."""
    _, status = os.waitpid(number, 0)
    return os.waitstatus_to_exitcode(status)


def run(main: Any, job: dict[str, Any], home: str, how: int, at: int) -> dict[str, Any]:
    begun(job, home)
    arm = lambda: shim.fault_arm(at, how, job["errno"], home.encode() + b"/")  # noqa: E731
    code = ended(child(main, home, job["line"], arm))
    hits, again = (at, 0) if code == -signal.SIGKILL else map(int, text(f"{home}.told").split())
    told = {"at": at, "code": code, "hits": hits, "home": home, "again": again}
    return told | {"out": said(home, "out"), "err": said(home, "err")}


def said(home: str, stream: str) -> str:
    return text(f"{home}.{stream}") if os.path.exists(f"{home}.{stream}") else ""


def after_kill(main: Any, told: dict[str, Any]) -> dict[str, Any]:
    """Whether the desk works for whoever comes next."""
    if told["code"] == -signal.SIGKILL:
        keep_as_found(told["home"])
        told["again"] = ended(child(main, told["home"], ["due", "--count"], lambda: None))
    return told


def go_on(main: Any, job: dict[str, Any], told: dict[str, Any]) -> dict[str, Any]:
    """What is typed next, by whoever goes on: each line at its time, in a child of its own."""
    ends = []
    for now, line in job["then"]:
        os.environ["CXDESK_NOW"] = now
        code = ended(child(main, told["home"], line, lambda: None))
        ends.append([code, said(told["home"], "out"), said(told["home"], "err")])
    os.environ["CXDESK_NOW"] = job["now"]
    return told | {"then": ends}


def sweep(main: Any, job: dict[str, Any]) -> list[dict[str, Any]]:
    """One run for each point, or each so many-th, until one meets no fault any more."""
    runs: list[dict[str, Any]] = []
    if job["how"] == NEVER:
        return [go_on(main, job, run(main, job, f"{job['folder']}/whole", NEVER, 0))]
    for at in range(1, MOST_POINTS, job["every"]):
        told = run(main, job, f"{job['folder']}/{job['how']}-{at}", job["how"], at)
        if told["hits"] < at:
            return runs
        runs.append(go_on(main, job, after_kill(main, told)))
    raise AssertionError("it never ends")


def kills(main: Any, job: dict[str, Any]) -> list[dict[str, Any]]:
    """Killed from outside, at random moments of as long as it takes."""
    chance = random.Random(job["seed"])
    started = time.monotonic()
    run(main, job, f"{job['folder']}/measure", NEVER, 0)
    length = time.monotonic() - started
    runs = []
    for number in range(job["kills"]):
        home = begun(job, f"{job['folder']}/kill-{number}")
        process = child(main, home, job["line"], lambda: None)
        time.sleep(chance.uniform(0, length))
        os.kill(process, signal.SIGKILL)
        told = {"at": number, "code": ended(process), "home": home, "again": 0}
        told |= {"out": said(home, "out"), "err": said(home, "err")}
        runs.append(go_on(main, job, after_kill(main, told)))
    return runs


if __name__ == "__main__":
    work = json.load(sys.stdin)
    work["now"] = os.environ["CXDESK_NOW"]
    shim = ctypes.CDLL(work["shim"])
    command = prepare(work)
    found = kills(command, work) if work["kills"] else sweep(command, work)
    json.dump(found, sys.stdout)
