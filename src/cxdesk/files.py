"""Every file that is written: beside its place first, on the disk whole, then renamed into it.

Whatever fails, the file that was there is what it was, and nothing is left over.
"""

from __future__ import annotations

import os
from contextlib import contextmanager

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

PRIVATE = 0o600
DRAFT_ENDING = ".new"
# What SQLite may put beside a draft that is a desk.
COMPANIONS = ("-wal", "-shm", "-journal")


@contextmanager
def replacing(path: str, mode: int = PRIVATE) -> Iterator[str]:
    """An empty file to fill, put in the place of `path` when the block ends without an error.

    A symlink at `path` stays one. Raises OSError; what was at `path` is then unchanged.
    """
    real = os.path.realpath(path)
    with draft(real, mode) as made:
        yield made
        sync(made)
        os.replace(made, real)
    sync(os.path.dirname(real))


@contextmanager
def draft(real: str, mode: int = PRIVATE) -> Iterator[str]:
    """An empty file beside `real`; gone when the block ends, unless it was moved away."""
    folder, name = os.path.split(real)
    # Not the process's number: in a container that is 1 today and 1 tomorrow.
    made = os.path.join(folder, f".{name}.{os.urandom(4).hex()}{DRAFT_ENDING}")
    handle = os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, mode)
    try:
        os.fchmod(handle, mode)  # the umask may have taken some of it
        os.close(handle)
        yield made
    finally:
        for leftover in (made, *(made + ending for ending in COMPANIONS)):
            if os.path.lexists(leftover):
                os.unlink(leftover)


def write(path: str, data: bytes, mode: int = PRIVATE) -> None:
    """The whole of `data` at `path`, or what was there before. Raises OSError."""
    with replacing(path, mode) as made, open(made, "wb") as file:
        file.write(data)


def sync(path: str) -> None:
    """Have a file, or what a folder lists, on the disk."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def free_name(path: str) -> str:
    """`path`, or where something is there already, the same with a number before its ending."""
    stem, ending = os.path.splitext(path)
    number = 1
    while os.path.lexists(path):
        number += 1
        path = f"{stem}-{number}{ending}"
    return path
