"""mail attachments, mail save: what hangs on the mails of an inquiry, and out of the desk into a
file of the owner's. The bytes are taken out of the mail as it was kept.

A name that a stranger gave is only ever a name: it decides no folder, and what is there already is
not written over unasked, nor written through where it is a symlink or a device.
"""

from __future__ import annotations

import os
import stat
import sys
from typing import TYPE_CHECKING

from cxdesk import files
from cxdesk.cli import prompts
from cxdesk.desk.things import inquiry_meant, inquiry_of_number
from cxdesk.errors import NotFoundError, RefusedError, UnusableError, UsageError
from cxdesk.store import received as store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from cxdesk.cli.session import Session
    from cxdesk.domain.received import Hanging
    from cxdesk.store.database import Link

HERE = "."
STDOUT = "-"


def inquiry_named(link: Link, typed: str, now: datetime) -> int:
    """The inquiry that is meant by a number, or by a name: their only open one."""
    number = inquiry_of_number(link, typed)
    if number is not None:
        return number
    return inquiry_meant(link, typed, (), now, verb="show")[0].number


def told(link: Link, inquiry: int) -> list[tuple[int, str, str, int, datetime, str | None]]:
    """What hangs on the mails of an inquiry, as the view takes it: when it came, and from whom."""
    mails = {mail.id: mail for mail in store.of_inquiry(link, inquiry)}
    return [
        (one.number, one.name, one.type, one.size, mail.received_at, mail.email)
        for one in store.hanging_on_inquiry(link, inquiry)
        for mail in (mails[one.received_id],)
    ]


def chosen(hanging: Sequence[Hanging], inquiry: int, which: str | None) -> Hanging:
    """The one that is named, by its number or its name; without a word the only one.

    Raises NotFoundError, with the others listed.
    """
    if not hanging:
        raise NotFoundError(
            f"Nothing is attached to the mails of {inquiry}.", f"cxdesk show {inquiry}"
        )
    if which is None:
        found = list(hanging)
    else:
        found = [one for one in hanging if which == str(one.number)]
        found = found or [one for one in hanging if which == one.name]
        found = found or [one for one in hanging if which.casefold() in one.name.casefold()]
    if len(found) == 1:
        return found[0]
    listed = "; ".join(f"{one.number} {one.name}" for one in (found or hanging)[:12])
    what = f"{inquiry} has several" if found else f"{inquiry} has no {which}, but"
    raise NotFoundError(
        f"{what}: {listed}.", f"cxdesk mail save {inquiry} {(found or hanging)[0].number}"
    )


# Saving ------------------------------------------------------------------------------------------


def save_one(
    session: Session, link: Link, one: Hanging, to: str | None, *, yes: bool
) -> tuple[str, str, int]:
    """Its name, where it is now, and its size."""
    target = os.path.join(to or HERE, _base(one.name)) if _is_folder(to) else str(to)
    return one.name, *_write(session, target, _bytes(link, one), yes=yes)


def pour_one(session: Session, link: Link, one: Hanging) -> None:
    """Its bytes to standard output, for the program behind it. Raises UsageError on a terminal."""
    if session.as_json or sys.stdout is None or sys.stdout.isatty():
        raise UsageError(
            "The bytes of an attachment are for a program, not for a terminal.",
            f"cxdesk mail save {one.inquiry} {one.number} --to FILE",
        )
    from cxdesk.cli.postman import pour

    pour(_bytes(link, one))


def save_all(
    session: Session, link: Link, hanging: Sequence[Hanging], to: str | None, *, yes: bool
) -> list[tuple[str, str, int]]:
    """All of them into a folder, each under a name of its own."""
    if not _is_folder(to):
        raise UsageError(f"{to} is no folder.", "Name one that is there: --to FOLDER")
    saved: list[tuple[str, str, int]] = []
    taken: set[str] = set()
    for one in hanging:
        target = _free(os.path.join(to or HERE, _base(one.name)), taken)
        taken.add(target.casefold())
        saved.append((one.name, *_write(session, target, _bytes(link, one), yes=yes)))
    return saved


def _is_folder(to: str | None) -> bool:
    if to is not None and to.endswith(os.sep) and not os.path.isdir(to):
        raise UsageError(f"There is no folder {to}", f'mkdir "{to}"')
    return to is None or os.path.isdir(to)


def _base(name: str) -> str:
    """The name as it was cleaned when the mail was read; held to once more where it matters."""
    base = os.path.basename(name.replace("\0", ""))
    return base if base.strip(". ") else "attachment"


def _free(target: str, taken: set[str]) -> str:
    stem, ending = os.path.splitext(target)
    number = 1
    while target.casefold() in taken:
        number += 1
        target = f"{stem}-{number}{ending}"
    return target


def _bytes(link: Link, one: Hanging) -> bytes:
    from cxdesk.mail.reader import part_bytes

    return part_bytes(store.raw(link, one.received_id).raw, one.position)


def _write(session: Session, target: str, data: bytes, *, yes: bool) -> tuple[str, int]:
    """Write a file whole, or not at all. Raises UsageError where it would have to ask."""
    overwrites = _may_overwrite(session, target, yes=yes)
    try:
        with files.draft(os.path.join(*_real_place(target))) as draft:
            with open(draft, "wb") as file:
                file.write(data)
            files.sync(draft)
            _put(draft, target, overwrites=overwrites)
        files.sync(os.path.dirname(target) or HERE)
    except OSError as error:
        raise UnusableError(
            f"{target} cannot be written: {error.strerror or error}.",
            "See to the permissions and room of its folder, or name another place: --to PATH",
        ) from error
    return os.path.abspath(target), len(data)


def _put(draft: str, target: str, *, overwrites: bool) -> None:
    """Into its place; FileExistsError where something has come there meanwhile."""
    if not overwrites:
        try:
            os.link(draft, target)
        except FileExistsError:
            raise
        except OSError:  # a memory stick knows no links
            if os.path.lexists(target):
                raise
        else:
            return
    os.replace(draft, target)


def _real_place(target: str) -> tuple[str, str]:
    folder, name = os.path.split(target)
    return os.path.realpath(folder or HERE), name


def _may_overwrite(session: Session, target: str, *, yes: bool) -> bool:
    """Whether something is there that the owner gives up. Raises RefusedError for what is never
    written over, UsageError where nobody can be asked."""
    try:
        there = os.lstat(target)
    except FileNotFoundError:
        return False
    except OSError as error:
        raise UnusableError(
            f"{target} cannot be written: {error.strerror}.", "Name another place: --to PATH"
        ) from error
    if not stat.S_ISREG(there.st_mode):
        raise RefusedError(f"{target} is there and is no file.", "Name another: --to PATH")
    if yes:
        return True
    if not session.may_ask:
        raise UsageError(f"{target} is there already.", "Add --yes to write over it, or --to PATH.")
    if prompts.yes(f"{target} is there already. Write over it?", default=False):
        return True
    raise RefusedError(f"{target} stays as it was.", "Another place: --to PATH")
