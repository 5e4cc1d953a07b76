"""Run one command at a time and say what it cost: `code cpu wall memory`, a line each.

A process of its own, started with `-I -S`, because Linux counts the memory of whoever starts a
program as a peak of that program: this one is smaller than anything that it measures. Each line
of its input is a command: how (`pipe` or `terminal`), its folder, what its environment has more
(`NAME=value`), and its arguments, parted by NUL; a line end within one is written as \x1f.
"""

import os
import sys
import time

TAKEN = "/dev/null"


def terminal() -> tuple[int, int]:
    """A pseudo-terminal of 80 columns and 50 lines: our end and theirs."""
    import fcntl
    import struct
    import termios

    ours, theirs = os.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 80, 0, 0))
    return ours, theirs


def drained(ours: int) -> None:
    """Take what a terminal shows until the other end is closed."""
    try:
        while os.read(ours, 65536):
            pass
    except OSError:  # how Linux says that it is closed
        pass
    os.close(ours)


def measured(how: str, folder: str, arguments: list[str]) -> str:
    """What one run cost: its exit code, CPU and wall time in seconds, peak memory in KiB."""
    os.chdir(folder)
    environment = dict(os.environ)
    while "=" in arguments[0]:
        name, _, value = arguments.pop(0).partition("=")
        environment[name] = value
    ours, theirs = terminal() if how == "terminal" else (-1, os.open(TAKEN, os.O_RDWR))
    ends = [(os.POSIX_SPAWN_DUP2, theirs, number) for number in (0, 1, 2)]
    begun = time.monotonic()
    pid = os.posix_spawnp(arguments[0], arguments, environment, file_actions=ends)
    os.close(theirs)
    if ours >= 0:
        drained(ours)
    _, status, used = os.wait4(pid, 0)
    wall = time.monotonic() - begun
    code = os.waitstatus_to_exitcode(status)
    return f"{code} {used.ru_utime + used.ru_stime:.6f} {wall:.4f} {used.ru_maxrss}"


def main() -> None:
    for line in sys.stdin:
        how, folder, *arguments = line.rstrip("\n").replace("\x1f", "\n").split("\0")
        print(measured(how, folder, arguments), flush=True)


if __name__ == "__main__":
    main()
