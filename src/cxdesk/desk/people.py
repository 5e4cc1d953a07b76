"""Who is meant: from what was typed to one customer, or to what must be asked."""

from __future__ import annotations

from cxdesk.domain.customers import Who, handle_reach, read_who
from cxdesk.domain.records import Customer, NamedTuple
from cxdesk.domain.words import words
from cxdesk.errors import NotFoundError, UsageError
from cxdesk.store import customers, things
from cxdesk.store.database import Link

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence


# In `Link.picked`: none of the near ones.
SOMEBODY_NEW = 0


class Found(NamedTuple):
    """Whom a WHO led to. `customer` is None for `someone`, and for a new one (`is_new`).

    `number` is set when a desk number was typed; `rest` are the words that were no name.
    """

    who: Who
    customer: Customer | None
    is_new: bool
    number: int | None
    rest: tuple[str, ...]


class SeveralError(NotFoundError):
    """Several customers fit, or only near ones: `candidates`, the likeliest first.

    `typed` is what was meant by them; `may_make`: it may be somebody new as well.
    """

    def __init__(
        self,
        sentence: str,
        remedy: str,
        candidates: Sequence[Customer],
        *,
        typed: str,
        may_make: bool = False,
    ) -> None:
        super().__init__(sentence, remedy)
        self.candidates = tuple(candidates)
        self.typed = typed
        self.may_make = may_make


def find(
    link: Link,
    typed: str,
    rest: Sequence[str] = (),
    *,
    may_make: bool,
    whole: bool = False,
    new: bool = False,
    loose: bool = False,
) -> Found:
    """Find whom `typed` means; words of `rest` that go on a name belong to it.

    `may_make`: a verb that makes customers; nothing near means a new one. With it, or `whole`,
    a word of a name must be whole. `loose`: `rest` is more than the text, the caller asks
    `quoted` about what is left of it. Raises SeveralError (exit 3) for several or near ones,
    NotFoundError for none, UsageError for a new name with loose words behind it.
    """
    who = read_who(typed)
    if not who.typed:
        raise UsageError("Who? The name is empty.", "Write a name, a number or an address.")
    if who.kind == "someone":
        return Found(who, None, False, None, tuple(rest))
    picked = link.picked.get(who.typed)
    if picked:
        return Found(who, customers.by_id(link, picked), False, None, tuple(rest))
    if new or picked == SOMEBODY_NEW:
        return _new(who, rest, loose=loose)
    number = _desk_number(link, who)
    if number is not None:
        return Found(who, _customer_of(link, number), False, number, tuple(rest))
    matches = _matches(link, who, whole=may_make or whole)
    matches, rest = _narrowed(link, who, matches, list(rest))
    if len(matches) == 1:
        return Found(who, matches[0], False, None, tuple(rest))
    if matches:
        raise _several(who, matches)
    return _none(link, who, rest, may_make=may_make, loose=loose)


def _desk_number(link: Link, who: Who) -> int | None:
    if who.kind != "digits" or len(who.reach) > 12:
        return None
    number = int(who.reach)
    return number if things.exists(link, number) else None


def _customer_of(link: Link, number: int) -> Customer | None:
    customer = things.customer_of(link, number)
    return None if customer is None else customers.by_id(link, customer)


def _matches(link: Link, who: Who, *, whole: bool) -> list[Customer]:
    if who.kind in ("phone", "email"):
        return customers.by_reach(link, who.kind, who.reach)
    if who.kind == "digits":
        return customers.by_alias(link, who.typed) or customers.by_reach(link, "handle", who.reach)
    return _by_name(link, who, whole=whole)


def _by_name(link: Link, who: Who, *, whole: bool) -> list[Customer]:
    """An exact handle wins only if no other name has that whole word: `ann` does not beat Ann Lee,
    `ann-lee` does, for nobody has it for a word of their name."""
    typed = who.typed.lower()
    exact = customers.by_handle(link, typed)
    named = customers.by_words(link, who.reach.split(), whole=True)
    if exact is not None:
        rivals = [other for other in named if other.id != exact.id]
        if not any("-" not in typed or typed in other.name.lower().split() for other in rivals):
            return [exact]
    if not named and not whole:
        named = customers.by_words(link, who.reach.split(), whole=False)
    if exact is not None and exact not in named:
        named = [exact, *named]
    return _by_their_own(link, who, named) or customers.by_reach(
        link, "handle", handle_reach(who.typed)
    )


def _by_their_own(link: Link, who: Who, named: list[Customer]) -> list[Customer]:
    """People bear the name of their company too: it is they who are meant by it only when more of
    their name was typed, or the company itself is not there."""
    if len(named) < 2 or not any(customer.company_id for customer in named):
        return named
    typed = set(who.reach.split())
    own = [c for c in named if c.company_id is None or typed & _own_words(link, c)]
    return own or named


def _own_words(link: Link, customer: Customer) -> set[str]:
    aliases = [t.value for t in customers.traits(link, customer.id) if t.kind == "alias"]
    return {word for text in (customer.name, *aliases) for word in words(text)}


def _narrowed(
    link: Link, who: Who, matches: list[Customer], rest: list[str]
) -> tuple[list[Customer], list[str]]:
    """Take the words of `rest` that go on the name of exactly one match."""
    if who.kind != "name" or not matches:
        return matches, rest
    known = {customer.id: customers.name_words(link, customer.id) for customer in matches[:50]}
    used = set(who.reach.split())
    taken = 0
    candidates = list(matches)
    for index, word in enumerate(rest):
        folded = words(word)
        fits = [c for c in candidates if folded and set(folded) <= known.get(c.id, set()) - used]
        if " " in word or not fits:
            break
        used |= set(folded)
        candidates = fits
        if len(fits) == 1:
            taken = index + 1
    return (candidates, rest[taken:]) if taken else (matches, rest)


def quoted(found: Found, rest: Sequence[str]) -> None:
    """A new customer is made only when the text is one argument or none: else half the name may
    have gone into the text."""
    if found.is_new and len(rest) > 1:
        raise UsageError(
            f"Nobody is called {found.who.typed}; how far does the name of a new customer go?",
            f'Quote the name, and the text: "{found.who.typed}" "{" ".join(rest)}"',
        )


def _new(who: Who, rest: Sequence[str], *, loose: bool) -> Found:
    if not who.typed.strip("-–—. "):
        raise UsageError(f"{who.typed} is no name.", "Write a name, a number or an address.")
    found = Found(who, None, True, None, tuple(rest))
    if not loose:
        quoted(found, rest)
    return found


def _none(link: Link, who: Who, rest: Sequence[str], *, may_make: bool, loose: bool) -> Found:
    near = _near(link, who)
    if near:
        raise SeveralError(
            f"Nobody is called {who.typed}; near: {_handles(near)}.",
            "Name one of them, or add --new for a new customer."
            if may_make
            else "Name one of them.",
            near,
            typed=who.typed,
            may_make=may_make,
        )
    if not may_make or who.kind == "digits":
        nobody = "Nothing and nobody" if who.kind == "digits" else "Nobody"
        raise NotFoundError(
            f"{nobody} is known as {who.typed}.",
            "cxdesk customer list   shows everybody; cxdesk log makes a new customer.",
        )
    return _new(who, rest, loose=loose)


def _near(link: Link, who: Who) -> list[Customer]:
    if who.kind != "name":
        return []
    typed = who.reach.split()
    return customers.by_words(link, typed, whole=False) or customers.near_ones(link, typed)


def _several(who: Who, matches: list[Customer]) -> SeveralError:
    return SeveralError(
        f"Several are called {who.typed}: {_handles(matches)}.",
        "Name one by its handle.",
        matches,
        typed=who.typed,
    )


def _handles(found: Sequence[Customer]) -> str:
    shown = ", ".join(customer.handle for customer in found[:20])
    return shown if len(found) <= 20 else f"{shown} and {len(found) - 20} more"
