"""Undo and redo: the history played backwards and forwards."""

from __future__ import annotations

from cxdesk.domain.records import Deed
from cxdesk.errors import RefusedError
from cxdesk.store import history
from cxdesk.store.database import Link


def undo(link: Link) -> Deed:
    """Take back the owner's last deed, whole. Quiet closings that built on it go with it."""
    with history.Replay(link) as replay:
        deed = history.last_done(link)
        if deed is None:
            raise RefusedError("There is nothing to undo.", "cxdesk undo --list   shows the deeds.")
        for later in history.later_on_same_rows(link, deed):
            if later.name != "quiet":
                raise RefusedError(
                    f"{deed.name} cannot be undone: a later {later.name} built on it.",
                    "Change it by hand: cxdesk show",
                )
            replay.take_back(later)
        replay.take_back(deed)
    return deed


def redo(link: Link) -> Deed:
    """Do again what was undone last."""
    with history.Replay(link) as replay:
        deed = history.last_undone(link)
        if deed is None:
            raise RefusedError(
                "There is nothing to redo.", "A new deed makes what was undone final."
            )
        replay.do_again(deed)
    return deed
