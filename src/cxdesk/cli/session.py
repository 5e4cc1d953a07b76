"""One command's surroundings: the time, the desk, and how to answer.

Made by `cxdesk.__main__`, handed to every command as `ctx.obj`. Nothing else asks what time it is,
where the desk is, or whether there is a terminal.
"""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime

from cxdesk.cli import places
from cxdesk.errors import UsageError
from cxdesk.store import database
from cxdesk.store.settings import fill

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cxdesk.domain.records import Change, Desk
    from cxdesk.store.database import Link
    from cxdesk.store.deeds import DeedInProgress


class Session:
    """What the common options said: --json, --desk, --no-input, -q; and what time it is."""

    def __init__(self) -> None:
        self.as_json = False
        self.quiet = False
        self.no_input = False
        self.desk_name: str | None = None
        self.debug = False
        self.exit_code = 0
        self.exists = True
        self.is_new = False
        self.upgraded: str | None = None
        self.notes: list[str] = []
        self.picked: dict[str, int] = {}
        self.on_interrupt = "Stopped."
        # Of a command of several deeds, when the desk fails a later one: what stays, and what to
        # type if that is not what the error itself says.
        self.stays: tuple[str, str] | None = None
        self._now: datetime | None = None
        self._link: Link | None = None

    @property
    def now(self) -> datetime:
        if self._now is None:
            self._now = _now()
        return self._now

    @property
    def latest(self) -> datetime:
        """What lies ahead of it cannot have been said, not even where CXDESK_NOW looks back."""
        return max(self.now, datetime.now(UTC))

    @property
    def path(self) -> str:
        return places.desk_path(self.desk_name)

    @property
    def may_ask(self) -> bool:
        """Prompts go to stderr, and only when stdin and stderr are terminals."""
        if self.no_input or self.as_json or sys.stdin is None or sys.stderr is None:
            return False
        return sys.stdin.isatty() and sys.stderr.isatty()

    @property
    def on_terminal(self) -> bool:
        return not self.as_json and sys.stdout is not None and sys.stdout.isatty()

    # The desk --------------------------------------------------------------------------------

    def read(self) -> Link:
        """The desk to read; where there is none, an empty one that is nowhere kept."""
        places.point_zoneinfo_at_its_files()
        self.notes.clear()
        self.close()
        if database.exists(self.path):
            return self._keep(self._open(database.open_to_read))
        return self._nowhere()

    def write(self, *, make: bool = False) -> Link:
        """The desk to write, what closed by itself recorded. `make`: for a verb that begins one."""
        places.point_zoneinfo_at_its_files()
        self.notes.clear()
        self.close()
        if not database.exists(self.path):
            return self._first() if make else self._nowhere()
        link = self._keep(self._open(database.open_to_write))
        from cxdesk.desk.threads import settle

        settle(link, self.now)
        return link

    def _open(self, opened: Callable[[str], Link]) -> Link:
        """An older desk is brought up by whichever command meets it first."""
        try:
            return opened(self.path)
        except database.OlderDeskError:
            from cxdesk.desk.keeping import bring_up

            bring_up(self.path, self.now, self._say_kept)
            return opened(self.path)

    def _say_kept(self, version: int, kept: str) -> None:
        """Where the desk as it was is kept: said before anything is changed, and also with -q."""
        from cxdesk.views import output

        self.upgraded = (
            f"The desk is brought from version {version} to {database.SCHEMA_VERSION};"
            f" as it was it is kept in {places.shown(kept)}"
        )
        if not self.as_json:  # an error of its own must stand alone there
            output.note(self.upgraded)

    def _nowhere(self) -> Link:
        self.exists = False
        self.notes.append("No desk yet; the first thing you log makes it: cxdesk log")
        return self._keep(_empty(""))

    def _first(self) -> Link:
        """A desk that is kept when its first deed is written: a refused one leaves nothing."""
        from uuid import uuid4

        link = self._keep(_empty(uuid4().hex))
        link.on_commit = self.keep
        return link

    def keep(self) -> None:
        """Keep what was nowhere kept. MadeMeanwhileError: another process was first."""
        assert self._link is not None
        if not database.keep(self._link, self.path):
            raise database.MadeMeanwhileError
        self._link.on_commit = None
        self.is_new = True

    def _keep(self, link: Link) -> Link:
        self._link = link
        link.picked = self.picked
        return link

    def deed(self, link: Link, name: str, key: str | None = None) -> DeedInProgress:
        from cxdesk.store.deeds import begin

        return begin(link, name, self.now, key=key)

    def close(self) -> None:
        if self._link is not None:
            self._link.close()
            self._link = None

    # Answers ---------------------------------------------------------------------------------

    def show(self, view: Any) -> None:
        """Print what a command answered."""
        from cxdesk.views import output

        if view is not None:
            output.show(view, as_json=self.as_json, quiet=self.quiet)
        if self.as_json and self.upgraded:
            output.note(self.upgraded)
        if not self.as_json and not self.quiet:
            for note in [*self.notes, *getattr(view, "warnings", ())]:
                output.note(note)

    def changed(self, change: Change, desk: Desk, d: DeedInProgress) -> Any:
        """The view of a deed; kept with the deed when a key may ask for it again."""
        from cxdesk.views.changes import ChangeView

        view = ChangeView(change, desk)
        if d.key is not None:
            from json import dumps

            d.answer = dumps({"json": view.to_json(), "lines": list(view.lines())})
        return view

    def begun(self, desk: Desk) -> None:
        """Say where the first `log` made the desk, and what it assumed."""
        if self.is_new:
            self.is_new = False
            from cxdesk.views import words

            self.notes.append(words.desk_made(places.shown(self.path), desk.hours))
            self._warn_of_place()

    def _warn_of_place(self) -> None:
        from cxdesk.store.surroundings import shared_by

        service = shared_by(self.path)
        if service is not None:
            from cxdesk.desk.doctor import warning

            self.notes += warning(service)


def _empty(instance: str) -> Link:
    zone = places.system_zone()
    return database.open_nowhere(lambda link: fill(link, zone, instance))


def _now() -> datetime:
    given = os.environ.get("CXDESK_NOW")
    if not given:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        instant = datetime.fromisoformat(given)
    except ValueError:
        instant = None
    if instant is None or instant.tzinfo is None:
        raise UsageError(
            f"CXDESK_NOW={given} is no instant.",
            "Write it with its offset: CXDESK_NOW=2026-11-23T09:05:00+00:00",
        )
    return instant.astimezone(UTC).replace(microsecond=0)
