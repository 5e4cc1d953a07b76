"""Channels: their list with policies and rounds, and what customers are told of them."""

from __future__ import annotations

from cxdesk.domain.promises import read_allowance
from cxdesk.views import words
from cxdesk.views.lists import ListView
from cxdesk.views.screen import size
from cxdesk.views.shapes import round_json
from cxdesk.views.view import View

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from typing import Any

    from cxdesk.domain.hours import OpeningHours
    from cxdesk.domain.records import Channel, Round
    from cxdesk.views.screen import Screen

_DEEDS = {
    "phone": "call back",
    "email": "answer mail",
    "web": "answer messages from the site",
    "chat": "answer chat messages",
    "social": "answer messages on social media",
    "visit": "answer what you ask in person",
    "post": "answer letters",
    "review": "answer reviews",
}
# Of a channel with a name of its own, that name is what customers know.
_NAMED = {
    "phone": "call back on {}",
    "email": "answer mail to {}",
    "visit": "answer what you ask at the {}",
    "post": "answer what comes by {}",
    "review": "answer reviews on {}",
}
# As their owners write them.
_SPELLED = {"whatsapp": "WhatsApp", "sms": "SMS"}
_LOWER = ("shop", "studio", "letter")


def sentence(channel: Channel) -> str:
    """ "I answer mail within 2 business days." """
    return f"I {_deed(channel)} within {read_allowance(channel.policy).words}."


def _deed(channel: Channel) -> str:
    if channel.name == channel.kind:
        return _DEEDS[channel.kind]
    name = _SPELLED.get(channel.name, channel.name)
    name = name.capitalize() if name.islower() and name not in _LOWER else name
    return _NAMED.get(channel.kind, "answer messages on {}").format(name)


class ChannelsView(ListView):
    """`channel list`."""

    empty = "No channels."

    def __init__(
        self,
        channels: Sequence[Channel],
        did: str | None,
        rounds: Sequence[Round],
        hours: OpeningHours,
        now: datetime,
    ) -> None:
        self.channels = channels
        self.did = did
        self.rounds = rounds
        self.hours = hours
        self.now = now

    def to_json(self) -> dict[str, Any]:
        return {
            **({"did": self.did} if self.did else {}),
            "channels": [
                {"name": c.name, "kind": c.kind, "policy": c.policy} for c in self.channels
            ],
            "rounds": [round_json(one, self.hours) for one in self.rounds],
        }

    def lines(self) -> Iterable[str]:
        for channel in self.channels:
            rules = (self._rule(channel, kind) for kind in ("look", "test"))
            yield words.row(channel.name, channel.kind, channel.policy, *filter(None, rules))

    def _rule(self, channel: Channel, kind: str) -> str:
        """ "look: weekdays 9:00, 16:00"; "" for none."""
        rules = (o.rule for o in self.rounds if (o.channel, o.kind) == (channel.name, kind))
        return "".join(f"{kind}: {rule}" for rule in rules)

    def rows(self) -> Sequence[Channel]:
        return self.channels

    def draw_row(self, screen: Screen, row: Channel) -> None:
        wide = max(size(screen.plain(channel.name)) for channel in self.channels)
        kind = "" if row.kind == row.name else f" ({row.kind})"
        if wide + 24 > screen.width:
            screen.flow([row.name, f"reply within {row.policy}{kind}"], 4, begin=2)
        else:
            screen.line("  ", screen.fill(row.name, wide), f"  reply within {row.policy}{kind}")
        for one in self.rounds:
            if one.channel == row.name:
                self._draw_round(screen, one, min(wide + 4, 14))

    def _draw_round(self, screen: Screen, one: Round, indent: int) -> None:
        verb = "look in" if one.kind == "look" else "test it"
        at = words.soon(one.next_at, self.hours, self.now)
        when = "due since" if one.next_at <= self.now else "next"
        last = ""
        if one.looked_at is not None:
            last = f", last {words.soon(one.looked_at, self.hours, self.now)}"
        screen.text(f"{verb} {one.rule}: {when} {at}{last}", indent + 2, begin=indent)


class SayView(View):
    """`channel say`: to be copied as it stands; of several channels a sentence a line."""

    def __init__(self, channels: Sequence[Channel]) -> None:
        self.told = [(channel.name, sentence(channel)) for channel in channels]

    def to_json(self) -> dict[str, Any]:
        return {"sentences": [{"channel": name, "sentence": text} for name, text in self.told]}

    def lines(self) -> Iterable[str]:
        return (text for _, text in self.told)

    def draw(self, screen: Screen) -> None:
        for text in self.lines():
            screen.text(text)
