"""Backups, restores, and whether all is well."""

from __future__ import annotations

from cxdesk.views import words
from cxdesk.views.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Any, Protocol

    from cxdesk.views.screen import Screen

    class Check(Protocol):
        """One thing looked at."""

        @property
        def name(self) -> str: ...
        @property
        def ok(self) -> bool: ...
        @property
        def message(self) -> str: ...
        @property
        def remedy(self) -> str | None: ...


class DoctorView(View):
    """`doctor`: what is not well comes first, each with what to type."""

    def __init__(self, checks: Sequence[Check]) -> None:
        self.checks = sorted(checks, key=lambda check: check.ok)

    def to_json(self) -> dict[str, Any]:
        fields = ("name", "ok", "message", "remedy")
        return {"checks": [{f: getattr(check, f) for f in fields} for check in self.checks]}

    def lines(self) -> Iterable[str]:
        for check in self.checks:
            said = "ok" if check.ok else "see to it"
            yield words.row(check.name, said, check.message, check.remedy or "")

    def draw(self, screen: Screen) -> None:
        wrong = [check for check in self.checks if not check.ok]
        for check in wrong:
            screen.text(check.message, 1)
            screen.text(check.remedy or "", 5)
        if not wrong:
            screen.text(f"All is well: {len(self.checks)} things looked at.", 1)
        for check in self.checks:
            if check.ok and check.remedy:
                screen.hint(f"{check.message} {check.remedy}")


class RestoreView(View):
    """`restore`: what the backup holds, and where the old desk is now."""

    is_deed = True

    def __init__(
        self,
        copy: str,
        inquiries: int,
        customers: int,
        last_deed_at: datetime | None,
        *,
        aside: str | None,
        dry_run: bool = False,
    ) -> None:
        self.copy = copy
        self.inquiries = inquiries
        self.customers = customers
        self.last_deed_at = last_deed_at
        self.aside = aside
        self.dry_run = dry_run

    def to_json(self) -> dict[str, Any]:
        last = self.last_deed_at
        return {
            "did": None if self.dry_run else "restore",
            "from": self.copy,
            "inquiries": self.inquiries,
            "customers": self.customers,
            "last_deed_at": None if last is None else last.isoformat(),
            "aside": self.aside,
        }

    def lines(self) -> Iterable[str]:
        yield contents(self.copy, self.inquiries, self.customers, self.last_deed_at)
        if self.dry_run:
            yield "Nothing was changed."
        elif self.aside:
            yield f"The desk as it was is kept in {self.aside}"

    def draw(self, screen: Screen) -> None:
        for line in self.lines():
            screen.text(line, 1)
        if not self.dry_run:
            screen.hint("Next: cxdesk due")


def contents(copy: str, inquiries: int, customers: int, last: datetime | None) -> str:
    """Which desk a backup is: a person knows it by its size and its last day."""
    told = f"{copy}: {words.counted(inquiries, 'inquiry', 'inquiries')}"
    told += f", {words.counted(customers, 'customer', 'customers')}"
    return told + (f", up to {last:%a %d %b %Y %H:%M} UTC" if last else "")
