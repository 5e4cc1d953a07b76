"""What a file is, by its first bytes: looked at before SQLite opens it, so that a stranger's file
stays as it is, byte for byte."""

from __future__ import annotations

import os
from stat import S_ISREG

from cxdesk.errors import UnusableError

APPLICATION_ID = 0x43584453  # "CXDS", at byte 68 of the file
RESTORE = "Put a backup in its place: cxdesk restore FILE   keeps the damaged one aside."

_MAGIC = b"SQLite format 3\0"


def check(real: str, path: str) -> int:
    """The version that the header gives. Raises UnusableError for what is no whole desk."""
    try:
        header, size = _header(real)
    except OSError as error:
        raise _unreadable(path, error) from error
    if not header.startswith(_MAGIC) or len(header) < 100:
        raise UnusableError(
            f"{path} is not a cxdesk desk.", "Name another with --desk, or move that file away."
        )
    if _is_strange(header):
        raise UnusableError(
            f"{path} is a database of another program.", "Name another place with --desk."
        )
    if size < _whole(header) and not _has_log(real):
        raise UnusableError(f"The desk {path} is damaged: its end is missing.", RESTORE)
    return int.from_bytes(header[60:64], "big")


def _is_strange(header: bytes) -> bool:
    return int.from_bytes(header[68:72], "big") != APPLICATION_ID


def is_database(real: str) -> bool:
    return _header(real)[0].startswith(_MAGIC)


def is_of_another_program(real: str) -> bool:
    header, _ = _header(real)
    return header.startswith(_MAGIC) and _is_strange(header)


def _header(real: str) -> tuple[bytes, int]:
    """The first bytes of a file, and its size; nothing of what is no file: a pipe would wait."""
    handle = os.open(real, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        if not S_ISREG(os.fstat(handle).st_mode):
            return b"", 0
        return os.read(handle, 100), os.fstat(handle).st_size
    finally:
        os.close(handle)


def _whole(header: bytes) -> int:
    """How long the header says that the file is."""
    page = int.from_bytes(header[16:18], "big")
    return (65536 if page == 1 else page) * int.from_bytes(header[28:32], "big")


def _has_log(real: str) -> bool:
    # A checkpoint that was cut short is finished from it, and the file grows whole again.
    try:
        return os.path.getsize(real + "-wal") > 0
    except OSError:
        return False


def _unreadable(path: str, error: OSError) -> UnusableError:
    return UnusableError(
        f"The desk {path} cannot be read: {error.strerror or error}.",
        "See to the file's and its folder's permissions, or name another with --desk.",
    )
