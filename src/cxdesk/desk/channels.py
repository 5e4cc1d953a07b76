"""Channels: ways in, and what each promises by itself."""

from __future__ import annotations

from cxdesk.desk import rounds
from cxdesk.domain.promises import read_allowance
from cxdesk.domain.records import Channel, Desk
from cxdesk.errors import NotFoundError, RefusedError, UsageError
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
KINDS = tuple(channel.kind for channel in CHANNELS)


def named(desk: Desk, name: str | None) -> tuple[Channel, ...]:
    """The channel of that name, made or yet to be made; with none all of them."""
    return desk.channels if name is None else (_channel(including(desk, name), name),)


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
        f"There are {listed}; made by the first --via that names it: {more}."
        f" Any other: cxdesk channel add {wanted} --kind chat",
    )


def including(desk: Desk, *names: str | None) -> Desk:
    """The desk with the channels that are named: a word known for a kind becomes one of it, under
    that kind's policy. NotFoundError for any other."""
    for name in names:
        word = (name or "").strip().casefold()
        known = {channel.name.casefold() for channel in desk.channels}
        if word in OTHER_WORDS and word not in known:
            made = _of_kind(desk, word, OTHER_WORDS[word])
            desk = desk._replace(channels=(*desk.channels, made))
        elif name is not None:
            channel_named(desk, name)
    return desk


def _of_kind(desk: Desk, word: str, kind: str) -> Channel:
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


def set_up(
    d: DeedInProgress,
    desk: Desk,
    name: str,
    *,
    policy: str | None = None,
    look: str | None = None,
    test: str | None = None,
) -> None:
    """How soon a channel's messages are answered, and when it is looked at and tested; what is
    promised already stays."""
    channel = _channel(desk, name)
    if policy is not None:
        d.change(channel, policy=_code(policy))
    for kind, rule in (("look", look), ("test", test)):
        if rule is not None:
            rounds.set_rule(d, desk, channel.name, kind, rule)


def _code(policy: str) -> str:
    try:
        return read_allowance(policy).code
    except ValueError as error:
        raise UsageError(str(error), "cxdesk channel set email --policy 2bd") from error


def add(
    d: DeedInProgress, desk: Desk, name: str, kind: str | None, policy: str | None = None
) -> Channel:
    """A new channel; its kind says how one is reached there, and what is promised by itself."""
    word = _handle(name)
    if word in {channel.name.casefold() for channel in desk.channels}:
        raise RefusedError(f"There is a channel {word} already.", f"cxdesk channel set {word}")
    kind = (kind or OTHER_WORDS.get(word, "")).strip().casefold()
    if kind not in KINDS:
        said = f"{kind} is no kind of channel." if kind else f"Of which kind is {word}?"
        raise UsageError(said, f"Add --kind with one of {', '.join(KINDS)}.")
    made = _of_kind(desk, word, kind)
    if policy is not None:
        made = made._replace(policy=_code(policy))
    added: Channel = d.add(made)
    return added


def _handle(name: str) -> str:
    """A name that can be typed as a THING: one word that is no number and no address."""
    word = name.strip().casefold()
    if not word.replace("-", "").replace("_", "").isalnum() or word.isdigit() or word[0] in "-_":
        said = f"{name} is no name for a channel."
        raise UsageError(said, "Write one word: telegram, shop-east.")
    return word
