"""Mail in files: single mails, mbox files, Maildirs, and folders of any of them.

What is named by the owner and can hold no mail at all (nothing there, a pipe, a device) is an
error before the first mail is read. What turns up on the way (a file that cannot be read, a mail
that is too long) is a value, so that it stops no other.

Inside folders no symlink is followed and nothing hidden is read; a symlink that is itself named
is the owner's word, and is followed. Nothing ever waits for a pipe.
"""

from __future__ import annotations

import os
import stat
from typing import TYPE_CHECKING, BinaryIO

from cxdesk.domain.records import NamedTuple
from cxdesk.errors import RefusedError, UsageError
from cxdesk.formats import mbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LARGEST = 64 * 1024 * 1024  # bytes of one mail
_OWN = ("dovecot", "maildir", "courier", "subscriptions")  # files of servers in a Maildir
PIECE = 1024 * 1024  # bytes read from a stream at once


class Source(NamedTuple):
    """Where mails are read from. `kind`: eml (one mail), mbox or maildir. `size`: bytes of all of
    it, 0 where that cannot be told."""

    path: str
    kind: str
    size: int


class Raw(NamedTuple):
    """One mail as it stands there. `place` names it for people (`a.mbox#3`), always as text that
    can be stored. `raw` is None when it could not be read, and `trouble` says why in words that
    follow the place."""

    raw: bytes | None
    place: str
    trouble: str | None = None


def found(paths: Sequence[str]) -> Iterator[Source]:
    """Everything under `paths`, in reading order: as named, and by name inside a folder.

    Raises UsageError or RefusedError, before anything is read, for what can hold no mail.
    """
    named = [_named(path) for path in paths]
    return (source for path in named for source in _under(path))


def raw_mails(source: Source, largest: int = LARGEST) -> Iterator[Raw]:
    """The mails of one source, one in memory at a time; an empty file is an empty mail."""
    if source.kind == "maildir":
        yield from _of_maildir(source.path, largest)
    elif source.kind == "mbox":
        yield from _of_mbox(source.path, largest)
    else:
        yield _of_file(source.path, largest)


def from_stream(stream: BinaryIO, largest: int = LARGEST) -> bytes:
    """One whole mail from a pipe. Raises RefusedError for one that is too long, OSError as the
    stream does."""
    mail = bytearray()
    while piece := stream.read(PIECE):
        mail += piece
        if len(mail) > largest:
            raise RefusedError(f"The mail {_too_large(largest)}.", "Nothing was taken in.")
    return bytes(mail)


# Finding ------------------------------------------------------------------------------------------


def _named(path: str) -> str:
    """The path to read for one that the owner typed."""
    try:
        mode = os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(
            f"there is no file {path}", "give the path of a mail, an mbox, or a folder of them"
        ) from None
    except (OSError, ValueError) as error:
        raise RefusedError(f"{path} cannot be read: {_why(error)}.", f"Try: ls -l {path}") from None
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise RefusedError(
            f"{path} is not a file.", "One mail from a pipe is read by: cxdesk mail import -"
        )
    return os.path.realpath(path) if os.path.islink(path) else path


def _under(path: str) -> Iterator[Source]:
    """The sources at and below `path`, without recursion: folders may be nested without end."""
    waiting = [path]
    while waiting:
        place = waiting.pop()
        if not os.path.isdir(place):
            yield _file(place)
        elif _is_maildir(place):
            yield Source(place, "maildir", sum(map(_size, _maildir_files(place))))
            waiting.extend(reversed(_beside(place)))
        else:
            try:
                inside = _listed(place)
            except OSError:
                # A line of its own among the mails: reading it will say why.
                yield Source(place, "eml", 0)
                continue
            waiting.extend(reversed(inside))


def _listed(folder: str) -> list[str]:
    """What is read of a folder, by name: files and folders, no symlinks, nothing hidden."""
    with os.scandir(folder) as entries:
        names = [
            entry.name
            for entry in entries
            if not entry.name.startswith(".")
            and (entry.is_file(follow_symlinks=False) or entry.is_dir(follow_symlinks=False))
        ]
    return [os.path.join(folder, name) for name in sorted(names)]


def _file(path: str) -> Source:
    head = b""
    try:
        with _opened(path) as file:
            head = file.read(mbox.LONGEST_MARK)
    except OSError:
        pass  # reading it will say why
    return Source(path, "mbox" if mbox.is_mbox(head) else "eml", _size(path))


def _is_maildir(folder: str) -> bool:
    return all(os.path.isdir(part) and not os.path.islink(part) for part in _maildir_parts(folder))


def _beside(maildir: str) -> list[str]:
    """What some mail programs keep inside a Maildir: folders, and mails beside new/ and cur/. What
    is in tmp/ has not arrived yet, and a server's own files are no mails."""
    try:
        inside = _listed(maildir)
    except OSError:
        return []
    return [path for path in inside if not _is_of_maildir(path)]


def _is_of_maildir(path: str) -> bool:
    name = os.path.basename(path)
    return name in ("new", "cur", "tmp") if os.path.isdir(path) else name.startswith(_OWN)


def _maildir_parts(folder: str) -> tuple[str, str]:
    return os.path.join(folder, "new"), os.path.join(folder, "cur")


def _maildir_files(folder: str) -> Iterator[str]:
    for part in _maildir_parts(folder):
        try:
            yield from (path for path in _listed(part) if not os.path.isdir(path))
        except OSError:
            yield part


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


# Reading ------------------------------------------------------------------------------------------


def _of_file(path: str, largest: int) -> Raw:
    try:
        return _of_present(path, largest)
    except FileNotFoundError as error:
        return Raw(None, _place(path), _unreadable(error))


def _of_present(path: str, largest: int) -> Raw:
    """Raises FileNotFoundError: it was there when its folder was read."""
    try:
        with _opened(path) as file:
            raw = file.read(largest + 1)
    except FileNotFoundError:
        raise
    except OSError as error:
        return Raw(None, _place(path), _unreadable(error))
    if len(raw) > largest:
        return Raw(None, _place(path), _too_large(largest))
    return Raw(raw, _place(path))


def _of_mbox(path: str, largest: int) -> Iterator[Raw]:
    number = 0
    try:
        with _opened(path) as file:
            for number, mail in enumerate(mbox.messages(file, largest=largest), 1):
                place = f"{_place(path)}#{number}"
                if isinstance(mail, bytes):
                    yield Raw(mail, place)
                else:
                    yield Raw(None, place, _too_large(largest))
    except OSError as error:
        yield Raw(None, f"{_place(path)}#{number + 1}", _unreadable(error))
    else:
        if not number:
            yield Raw(b"", _place(path))


def _of_maildir(folder: str, largest: int) -> Iterator[Raw]:
    """new/, then cur/. A mail program may be at work: it moves mails from new/ to cur/, and renames
    them there as they are read."""
    read: set[str] = set()
    missed: set[str] = set()
    for path in _maildir_files(folder):
        if _unique(path) in read:
            continue
        try:
            yield _of_present(path, largest)
            read.add(_unique(path))
        except FileNotFoundError:
            missed.add(_unique(path))
    missed -= read
    for path in _maildir_files(folder) if missed else ():
        if _unique(path) in missed:
            yield _of_file(path, largest)


def _unique(path: str) -> str:
    """The part of a Maildir name that stays when the mail is moved or its flags change."""
    return os.path.basename(path).partition(":")[0]


def _opened(path: str) -> BinaryIO:
    """The file at `path`, never waiting. Raises OSError, also for what is not a file."""
    # O_NONBLOCK: the open of a FIFO that nobody writes to would never return.
    link = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_NOFOLLOW | os.O_CLOEXEC)
    try:
        if not stat.S_ISREG(os.fstat(link).st_mode):
            raise OSError("not a file")
        return os.fdopen(link, "rb")
    except BaseException:
        os.close(link)
        raise


# Words --------------------------------------------------------------------------------------------


def _place(path: str) -> str:
    """A name of a file may hold bytes that are no text, and no database takes those."""
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _unreadable(error: OSError) -> str:
    return f"cannot be read: {_why(error)}"


def _why(error: Exception) -> str:
    return getattr(error, "strerror", None) or str(error)


def _too_large(largest: int) -> str:
    return f"is larger than {largest // 2**20} MiB"
