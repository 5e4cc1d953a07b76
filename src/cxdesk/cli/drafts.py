"""Words that the owner wrote in the editor, kept until they are noted: a no, a Ctrl-C or an error
costs no letter. Loaded by `--edit` alone.

They lie beside the desk, readable by nobody else, and the next `--edit` on that inquiry opens them.
"""

from __future__ import annotations

import os
from contextlib import suppress
from typing import TYPE_CHECKING

from cxdesk import files
from cxdesk.errors import CxdeskError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from cxdesk.cli.session import Session

    T = TypeVar("T")


def kept(session: Session, number: int) -> str:
    """The words on an inquiry that were written and not noted; "" for none."""
    try:
        with open(_path(session, number), encoding="utf-8", errors="replace") as file:
            return file.read()
    except OSError:
        return ""


def drop(session: Session, number: int) -> None:
    """They are noted, or the owner wants them no more."""
    with suppress(OSError):
        os.unlink(_path(session, number))


def noting(session: Session, number: int, text: str, again: str, noted: Callable[[], T]) -> T:
    """What `noted` answers; the words lie in their file until it has answered.

    Where it fails, what it raises says too that they are kept and that `again` opens them.
    """
    try:
        files.write(_path(session, number), text.encode())
    except OSError:
        return noted()  # a full disk: the words are in the desk next, or nowhere
    told = f"Your words are kept: {again} opens them again."
    before, session.on_interrupt = session.on_interrupt, f"Stopped. Nothing was noted. {told}"
    try:
        answer = noted()
    except CxdeskError as error:
        error.remedy = f"{error.remedy} {told}".strip()
        raise
    drop(session, number)
    if session.on_interrupt.endswith(told):
        session.on_interrupt = before
    return answer


def _path(session: Session, number: int) -> str:
    return f"{session.path}.draft-{number}"
