"""Channels: ways in, and what each promises by itself."""

from __future__ import annotations

from cxdesk.domain.promises import read_allowance
from cxdesk.domain.records import Channel, Desk
from cxdesk.errors import NotFoundError, UsageError
from cxdesk.store.deeds import DeedInProgress
from cxdesk.store.settings import CHANNELS

# Words that are taken as channels of a kind; the first use of one makes it.
OTHER_WORDS = {
    "whatsapp": "chat",
    "sms": "chat",
    "signal": "chat",
    "instagram": "social",
    "facebook": "social",
    "google": "review",
    "trustpilot": "review",
    "etsy": "review",
    "shop": "visit",
    "studio": "visit",
    "letter": "post",
}


def channel_named(desk: Desk, name: str) -> str:
    """The channel of that name; NotFoundError lists what there is."""
    return _channel(desk, name).name


def _channel(desk: Desk, name: str) -> Channel:
    wanted = name.strip().casefold()
    for channel in desk.channels:
        if channel.name.casefold() == wanted:
            return channel
    listed = ", ".join(channel.name for channel in desk.channels)
    more = ", ".join(word for word in OTHER_WORDS if word not in listed.split(", "))
    raise NotFoundError(
        f"There is no channel {name}.",
        f"There are {listed}; made by the first --via that names it: {more}.",
    )


def including(desk: Desk, *names: str | None) -> Desk:
    """The desk with the channels that are named: a word known for a kind becomes one of it, under
    that kind's policy. NotFoundError for any other."""
    for name in names:
        word = (name or "").strip().casefold()
        known = {channel.name.casefold() for channel in desk.channels}
        if word in OTHER_WORDS and word not in known:
            desk = desk._replace(channels=(*desk.channels, _of_kind(desk, word)))
        elif name is not None:
            channel_named(desk, name)
    return desk


def _of_kind(desk: Desk, word: str) -> Channel:
    kind = OTHER_WORDS[word]
    like = next(c for c in (*desk.channels, *CHANNELS) if c.name == kind)
    return Channel(word, kind, like.policy, max(c.position for c in desk.channels) + 1)


def make_named(d: DeedInProgress, desk: Desk, *names: str | None) -> Desk:
    """As `including`; what is new is written."""
    grown = including(desk, *names)
    for channel in grown.channels[len(desk.channels) :]:
        d.add(channel)
        d.warnings.append(
            f"{channel.name} is a channel now: {channel.kind}, reply within {channel.policy}"
            f" (cxdesk channel set {channel.name})."
        )
    return grown


def set_policy(d: DeedInProgress, desk: Desk, name: str, policy: str) -> Channel:
    """Set how soon a channel's messages are answered; what is promised already stays."""
    try:
        allowance = read_allowance(policy)
    except ValueError as error:
        raise UsageError(str(error), "cxdesk channel set email --policy 2bd") from error
    changed: Channel = d.change(_channel(desk, name), policy=allowance.code)
    return changed
