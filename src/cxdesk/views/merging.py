"""`customer merge`: what would move, and what did."""

from __future__ import annotations

from cxdesk.views import words
from cxdesk.views.changes import ChangeView
from cxdesk.views.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any, Protocol

    from cxdesk.domain.records import Change, Customer, Desk
    from cxdesk.views.screen import Screen

    class Plan(Protocol):
        """Who goes into whom, under which handle, and what moves."""

        @property
        def gone(self) -> Customer: ...
        @property
        def into(self) -> Customer: ...
        @property
        def handle(self) -> str: ...
        @property
        def alias(self) -> str: ...
        @property
        def moved(self) -> Any: ...


_NOUNS = {
    "inquiries": ("inquiry", "inquiries"),
    "promises": ("promise", "promises"),
    "follow_ups": ("follow-up", "follow-ups"),
    "messages": ("message", "messages"),
}


def plan_text(plan: Plan) -> str:
    """What would be, in one sentence."""
    gone, into = plan.gone, plan.into
    return (
        f"{gone.name} ({gone.handle}) goes into {into.name} ({into.handle}), with"
        f" {_moved(plan)}; {plan.handle} stays, {plan.alias} still leads there."
    )


def _moved(plan: Plan) -> str:
    counts = _counts(plan)
    told = [words.counted(count, *_NOUNS[name]) for name, count in counts.items() if count]
    return ", ".join(told) or "nothing but the card"


def _counts(plan: Plan) -> dict[str, int]:
    return {name: len(getattr(plan.moved, name)) for name in _NOUNS}


class MergePlanView(View):
    """`--dry-run`."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def to_json(self) -> dict[str, Any]:
        plan = self.plan
        return {
            "from": {"handle": plan.gone.handle, "name": plan.gone.name},
            "into": {"handle": plan.into.handle, "name": plan.into.name},
            "handle": plan.handle,
            "alias": plan.alias,
            "moves": _counts(plan),
            "dry_run": True,
        }

    def lines(self) -> Iterable[str]:
        yield words.row(self.plan.handle, "customer", self.plan.into.name, self.plan.alias)
        for name, count in _counts(self.plan).items():
            yield words.row(count, name)

    def draw(self, screen: Screen) -> None:
        screen.text(plan_text(self.plan))
        screen.hint("Do it: the same without --dry-run")


class MergedView(ChangeView):
    """What a merge did; of everything that moved a screen gives the numbers only."""

    def __init__(self, change: Change, desk: Desk, plan: Plan) -> None:
        super().__init__(change, desk)
        self.plan = plan

    def draw(self, screen: Screen) -> None:
        plan = self.plan
        screen.text(
            f"{plan.into.name} ({plan.handle}): {plan.alias} is the same now;"
            f" {_moved(plan)} came along.",
            2,
            begin=0,
        )
        screen.hint("Wrong? cxdesk undo")
