"""Which one? A numbered list on the terminal, when several or near ones were meant."""

from __future__ import annotations

from cxdesk.cli import prompts
from cxdesk.desk import answers
from cxdesk.desk.people import SOMEBODY_NEW, SeveralError
from cxdesk.desk.things import SeveralThingsError
from cxdesk.store.settings import load_desk

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from cxdesk.cli.session import Session

SHOWN = 20


def pick(session: Session, several: SeveralError | SeveralThingsError) -> None:
    """Ask which is meant, and remember it for the same words. KeyboardInterrupt: none of them."""
    session.on_interrupt = "Nothing was noted."
    question, near, _ = several.sentence.partition("; near")
    prompts.say(f"{question}. One of these?" if near else question.partition(":")[0] + ":")
    if isinstance(several, SeveralThingsError):
        lines = [f"{number:>4}  {what}" for number, what in several.candidates]
        chosen = choose(lines)
        session.picked[f"thing {several.typed}"] = several.candidates[chosen][0]
        return
    session.picked[several.typed] = _whom(session, several)


def _whom(session: Session, several: SeveralError) -> int:
    from cxdesk.views.picks import customer_pick

    link = session.read()
    desk = load_desk(link)
    shown = several.candidates[:SHOWN]
    cards = [answers.card(link, customer.id, session.now) for customer in shown]
    lines = [customer_pick(card, desk.hours, session.now) for card in cards]
    if several.may_make:
        lines.append("somebody new")
    chosen = choose(lines)
    return shown[chosen].id if chosen < len(shown) else SOMEBODY_NEW


def choose(lines: Sequence[str]) -> int:
    """The index of the line that was chosen; Enter takes the first."""
    for number, line in enumerate(lines, 1):
        prompts.say(f" {number}) {line}")
    while True:
        answer = prompts.ask("Which? [1]", "1")
        if answer.isdigit() and 1 <= int(answer) <= len(lines):
            return int(answer) - 1
        prompts.say(f"A number from 1 to {len(lines)}; Ctrl-C for none.")
