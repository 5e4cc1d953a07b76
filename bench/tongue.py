"""Names and sentences in the manner of real ones: grown from conversations that took place.

The words of the sample follow each other as they do there; half sentences are grown beforehand and
put together in pairs, so that a million inquiries need not grow one word after another.
"""

from __future__ import annotations

import csv
import os
from typing import TYPE_CHECKING, NamedTuple

from cxdesk.domain.words import words

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

SAMPLE = os.path.join(
    os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "tests", "data", "twcs_sample.csv"
)
NAMES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "names.txt")
HALVES = 6000
LONGEST_HALF = 22


class Phrase(NamedTuple):
    """Half a message, and its words as the search index folds them."""

    text: str
    folded: str


class Tongue:
    """Sentences as customers write them (`in`) and as they are answered (`out`)."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self._names = _names()
        said = _sample()
        self._heads = {way: self._grown(texts, first=True) for way, texts in said.items()}
        self._tails = {way: self._grown(texts, first=False) for way, texts in said.items()}

    def said(self, way: str) -> Phrase:
        """One message: two halves that were grown apart."""
        head = self.random.choice(self._heads[way])
        tail = self.random.choice(self._tails[way])
        return Phrase(f"{head.text} {tail.text}", f"{head.folded} {tail.folded}".strip())

    def name(self) -> str:
        """A person's name, some of them doubled; now and then a business's."""
        kind = self.random.random()
        if kind < 0.12:
            return f"{self._one('family')} {self._one('trade')}"
        given, family = self._one("given"), self._one("family")
        if kind < 0.40:
            return f"{given} {family}-{self._one('family')}"
        if kind < 0.60:
            return f"{given} {self._one('given')} {family}"
        return f"{given} {family}"

    def _one(self, kind: str) -> str:
        return self.random.choice(self._names[kind])

    def _grown(self, texts: Sequence[list[str]], *, first: bool) -> list[Phrase]:
        """Half sentences: each word is one that followed the two before it in some real text."""
        following: dict[tuple[str, ...], list[str]] = {}
        for text in texts:
            for at in range(2, len(text)):
                following.setdefault((text[at - 2], text[at - 1]), []).append(text[at])
        places = [0] if first else range(2, 12)
        begun = [tuple(text[at : at + 2]) for text in texts for at in places if len(text) > at + 1]
        return [self._half(begun, following) for _ in range(HALVES)]

    def _half(
        self, begun: list[tuple[str, ...]], following: dict[tuple[str, ...], list[str]]
    ) -> Phrase:
        line = list(self.random.choice(begun))
        length = self.random.randint(3, LONGEST_HALF)
        while len(line) < length and (line[-2], line[-1]) in following:
            line.append(self.random.choice(following[line[-2], line[-1]]))
        text = " ".join(line)
        return Phrase(text, " ".join(words(text)))


def _sample() -> dict[str, list[list[str]]]:
    """The words of the real messages, by way; without whom they are addressed to."""
    said: dict[str, list[list[str]]] = {"in": [], "out": []}
    with open(SAMPLE, encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            way = "in" if row["inbound"] == "True" else "out"
            text = [word for word in row["text"].split() if not word.startswith(("@", "http"))]
            if len(text) > 1:
                said[way].append(text)
    return said


def _names() -> dict[str, list[str]]:
    """The parts of names, by kind: in names.txt each kind stands under its heading."""
    with open(NAMES, encoding="utf-8") as file:
        parts = [part.partition("\n") for part in file.read().split("# ")[1:]]
    return {kind: " ".join(listed.split()).split(", ") for kind, _, listed in parts}
