"""One customer behind several contact points: who is meant, and what they are called by."""

from __future__ import annotations

from cxdesk.domain.records import NamedTuple
from cxdesk.domain.words import words

SOMEONE = "someone"
STAGES = ("prospect", "customer", "past")
PHONE_DIGITS = 9
LONGEST_HANDLE = 40

_PHONE_PUNCTUATION = frozenset("0123456789+ ()-./")


class Who(NamedTuple):
    """A WHO as typed. `kind`: someone, phone, email, digits or name; `reach`: what is compared."""

    typed: str
    kind: str
    reach: str


def read_who(text: str) -> Who:
    """What kind of WHO this is (docs/reference: WHO). Never fails: anything else is a name."""
    typed = " ".join(text.split())
    if typed.lower() == SOMEONE:
        return Who(typed, "someone", "")
    if is_phone(typed):
        return Who(typed, "phone", phone_reach(typed))
    if typed.isdigit() and typed.isascii():
        return Who(typed, "digits", typed)
    if "@" in typed[1:] and " " not in typed:
        return Who(typed, "email", email_reach(typed))
    return Who(typed, "name", " ".join(words(typed)))


def is_phone(text: str) -> bool:
    """Digits and punctuation alone, beginning 0 or +: a phone number, however it is spaced."""
    return (
        text[:1] in ("0", "+")
        and _PHONE_PUNCTUATION.issuperset(text)
        and sum(character.isdigit() for character in text) >= 4
    )


def phone_reach(text: str) -> str:
    """What two ways of writing one number have in common: its last nine digits."""
    return "".join(c for c in text if c.isdigit() and c.isascii())[-PHONE_DIGITS:]


def email_reach(text: str) -> str:
    return text.strip().strip("<>").casefold()


def handle_reach(text: str) -> str:
    return text.strip().lstrip("@").casefold()


def handle_from(name: str) -> str:
    """A handle to type for a name: its words joined by dashes, and never all digits."""
    handle = "-".join(words(name))[:LONGEST_HANDLE].strip("-") or "customer"
    if handle.replace("-", "").isdigit():
        return f"c-{handle}"
    return f"{handle}-1" if handle == SOMEONE else handle


def name_from(who: Who) -> str:
    """The name of a customer made from a WHO: an address's part before the @, else as typed."""
    return who.typed.split("@")[0] if who.kind == "email" else who.typed
