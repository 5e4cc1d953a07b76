"""The customers of a made desk: names, addresses, and what is derived from them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from cxdesk.desk.customers import REACH
from cxdesk.domain.customers import handle_from
from cxdesk.domain.words import words

if TYPE_CHECKING:
    from random import Random

    from bench.tongue import Tongue

NEW = 0.4  # of all inquiries, so many are by somebody new
TRAITS = (
    ("like", "coffee, black", None),
    ("like", "hand-written cards", None),
    ("need", "ground-floor delivery", None),
    ("tag", "regular", None),
    ("tag", "trade", None),
    ("fact", "two dogs", "pets"),
    ("fact", "oak", "wood"),
)


class Person(NamedTuple):
    """A customer as the rows of an inquiry need it: id, and the folded name."""

    id: int
    name: str
    folded: str


class People:
    """Makes customers, and finds one again for the next inquiry."""

    def __init__(self, random: Random, tongue: Tongue) -> None:
        self.random = random
        self.tongue = tongue
        self.known: list[Person] = []
        self.since: list[str] = []
        self.last: list[str] = []
        self.handles: list[str] = []
        self._namesakes: dict[str, int] = {}

    def someone(self) -> tuple[Person, bool]:
        """Whose inquiry it is, and whether they are new; who came lately comes again."""
        if not self.known or self.random.random() < NEW:
            return self._new(), True
        back = int(self.random.expovariate(1 / 40)) if self.random.random() < 0.5 else None
        if back is None or back >= len(self.known):
            return self.random.choice(self.known), False
        return self.known[-1 - back], False

    def _new(self) -> Person:
        name = self.tongue.name()
        wanted = handle_from(name)
        times = self._namesakes[wanted] = self._namesakes.get(wanted, 0) + 1
        self.handles.append(wanted if times == 1 else f"{wanted}-{times}")
        person = Person(len(self.known) + 1, name, " ".join(words(name)))
        self.known.append(person)
        self.since.append("")
        self.last.append("")
        return person

    def met(self, person: Person, first: str, last: str) -> None:
        """Note when somebody was in touch."""
        at = person.id - 1
        self.since[at] = min(self.since[at] or first, first)
        self.last[at] = max(self.last[at], last)

    def handle(self, person: Person) -> str:
        return self.handles[person.id - 1]

    # Rows ------------------------------------------------------------------------------------

    def row(self, person: Person) -> dict[str, Any]:
        at = person.id - 1
        return {
            "id": person.id,
            "handle": self.handles[at],
            "name": person.name,
            "since_at": self.since[at],
            "last_contact_at": self.last[at],
        }

    def points(self, person: Person) -> list[tuple[str, str, str]]:
        """How they are reached: kind, value, and what is compared."""
        kinds = self.random.choice((("phone",), ("email",), ("phone", "email"), ("handle",)))
        made = []
        for kind in kinds:
            value = self._value(kind, person)
            made.append((kind, value, REACH[kind](value)))
        return made

    def _value(self, kind: str, person: Person) -> str:
        handle = self.handle(person)
        if kind == "email":
            return f"{handle}@example.com"
        if kind == "handle":
            return f"@{handle.replace('-', '_')}"
        digits = f"{person.id:07d}"
        return f"020 {digits[:4]} {digits[4:]}{self.random.randint(0, 9)}"

    def traits(self) -> list[tuple[str, str, str | None]]:
        return self.random.sample(TRAITS, self.random.choice((0, 0, 0, 1, 2)))
