"""What is answered without Typer: `cxdesk`, `cxdesk due`, `cxdesk due --count`."""

from __future__ import annotations

from cxdesk.desk import agenda
from cxdesk.store.settings import load_desk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from cxdesk.cli.session import Session
    from cxdesk.views.due import DueView
    from cxdesk.views.reports import TextView


def due(
    session: Session,
    *,
    handle: str | None = None,
    until: datetime | None = None,
    everything: bool = False,
    overdue: bool = False,
) -> DueView:
    """What is owed: late, today, next 7 days."""
    link = session.read()
    desk = load_desk(link)
    found = agenda.due(
        link,
        desk,
        session.now,
        until=until,
        everything=everything,
        overdue=overdue,
        handle=handle,
    )
    from cxdesk.views.due import DueView

    view = DueView(found, desk, exists=session.exists, fold=not (overdue or everything))
    if session.on_terminal and not found.items and not overdue and handle is None:
        view.silent = agenda.silent(link, session.now)
    if session.on_terminal:
        session.notes.clear()  # the screen says how to begin
    return view


def count(session: Session) -> TextView:
    """Late and today, as one integer."""
    link = session.read()
    number = agenda.due_count(link, load_desk(link), session.now)
    from cxdesk.views.reports import TextView

    return TextView([str(number)], {"count": number})
