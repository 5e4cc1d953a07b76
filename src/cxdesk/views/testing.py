"""What `mail test` answers."""

from __future__ import annotations

from cxdesk.views.outbox import mail_json
from cxdesk.views.view import View
from cxdesk.views.words import row

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any, Protocol

    from cxdesk.domain.records import Mail
    from cxdesk.views.screen import Screen

    class Step(Protocol):
        """One thing tried."""

        @property
        def what(self) -> str: ...
        @property
        def ok(self) -> bool: ...
        @property
        def said(self) -> str: ...
        @property
        def remedy(self) -> str | None: ...


FOUND = " mail"  # the end of what a step is called that looked for the mail, or sent it


class TrialView(View):
    """Every step in its order. `mail`: the one that was sent, or was to be; None if there was
    none. With -q nothing is said where all is well."""

    def __init__(self, mail: Mail | None, steps: Sequence[Step]) -> None:
        self.mail = mail
        self.steps = steps
        self.is_deed = all(step.ok for step in steps)

    def to_json(self) -> dict[str, Any]:
        fields = ("what", "ok", "said", "remedy")
        return {
            "did": "test",
            "mail": mail_json(self.mail) if self.mail else None,
            "steps": [{field: getattr(step, field) for field in fields} for step in self.steps],
        }

    def lines(self) -> Iterable[str]:
        for step in self.steps:
            said = "ok" if step.ok else "wrong"
            yield row(step.what, said, step.said, step.remedy or "")

    def draw(self, screen: Screen) -> None:
        for step in self.steps:
            if step.ok and screen.quiet:
                continue
            screen.flow([f"{'ok' if step.ok else 'wrong':<6}", *step.said.split()], 8, begin=1)
            if step.remedy:
                screen.text(step.remedy, 8)
        screen.blank()
        wrong = sum(not step.ok for step in self.steps)
        if wrong:
            screen.text(f"{wrong} of {len(self.steps)} steps went wrong.", 1)
        elif self._is_found():
            screen.hint("All is well. Next: cxdesk mail fetch")
        elif self.mail:
            screen.hint(f"All is well. Has it arrived at {self.mail.recipient}?")

    def _is_found(self) -> bool:
        return any(
            step.what.startswith("mail.in.") and step.what.endswith(FOUND) for step in self.steps
        )
