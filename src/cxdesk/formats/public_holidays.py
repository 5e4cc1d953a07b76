"""Public holidays by region and year, from the package `holidays` where it is installed.

It is an extra, since most desks need a dozen dates a year, and it knows those of every country.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cxdesk.errors import UnusableError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

INSTALL = "pip install 'cxdesk[holidays]'"


def public_holidays(region: str, years: Iterable[int]) -> list[tuple[date, str]]:
    """The dates and names for a country, or a part of one: `GB-ENG`, `DE-BY`, `FR`.

    UnusableError when the package is not installed, UsageError for a region it does not know.
    """
    try:
        from holidays import country_holidays
    except ImportError as error:
        raise UnusableError("The package holidays is not installed.", INSTALL) from error
    country, _, part = region.upper().partition("-")
    wanted = list(years)
    try:
        found = country_holidays(country, subdiv=part or None, years=wanted)
    except NotImplementedError as error:
        raise UsageError(
            f"No holidays are known for {region}.", "Write a country and its part: GB-ENG, DE-BY."
        ) from error
    return sorted((day, name) for day, name in found.items() if day.year in wanted)
