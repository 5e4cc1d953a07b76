"""Instants as exports write them; whatever can be read in two ways is not read at all."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
# The names that RFC 2822 gives a meaning; any other abbreviation means several zones.
_ZONES = {"z": 0, "ut": 0, "utc": 0, "gmt": 0, "est": -5, "edt": -4, "cst": -6, "cdt": -5}
_ZONES |= {"mst": -7, "mdt": -6, "pst": -8, "pdt": -7}

_CLOCK = r"(?P<hour>\d\d?):(?P<minute>\d\d)(?::(?P<second>\d\d))?"
_OFFSET = r"(?P<zone>[+-]\d{4}|[A-Za-z]{1,3})"
# Tue Oct 31 22:10:47 +0000 2017
_TWITTER = re.compile(
    rf"(?P<weekday>[A-Za-z]{{3}}) (?P<month>[A-Za-z]{{3}}) +(?P<day>\d\d?) {_CLOCK}"
    rf" {_OFFSET} (?P<year>\d{{4}})"
)
# Tue, 31 Oct 2017 22:10:47 +0000 (UTC)
_MAIL = re.compile(
    r"(?:(?P<weekday>[A-Za-z]{3}), *)?(?P<day>\d\d?) (?P<month>[A-Za-z]{3}) (?P<year>\d{4})"
    rf" {_CLOCK}(?: *{_OFFSET})?(?: *\([^()]*\))?"
)
# Three common ways to end an ISO time that Python's reader does not know.
_ISO_END = re.compile(r" +(?:(?P<offset>[+-]\d\d:?(?:\d\d)?)|(?:UTC|GMT|Z))$")


class UnreadableInstantError(ValueError):
    """The sentence says what to write instead."""


def read_instant(words: str, zone: tzinfo) -> datetime:
    """In UTC, to the second; a time without an offset is a wall time of `zone`."""
    try:
        found = _iso(words) if words[:4].isdigit() else _written_out(words)
        if found.tzinfo is None:
            found = _at_wall(found, zone)
        return found.astimezone(UTC).replace(microsecond=0)
    except UnreadableInstantError:
        raise
    except (ValueError, OverflowError):
        raise UnreadableInstantError("is no instant: write 2017-10-31 22:10") from None


def _iso(words: str) -> datetime:
    if len(words) <= 10 or (words[10] not in "Tt " and words[8] not in "Tt"):
        raise UnreadableInstantError("has no time of day: write 2017-10-31 22:10")
    return datetime.fromisoformat(_ISO_END.sub(lambda end: end["offset"] or "+00:00", words))


def _written_out(words: str) -> datetime:
    found = _TWITTER.fullmatch(words) or _MAIL.fullmatch(words)
    if found is None:
        raise ValueError
    part = found.groupdict()
    at = datetime(
        int(part["year"]),
        _MONTHS.index(part["month"].lower()) + 1,
        int(part["day"]),
        int(part["hour"]),
        int(part["minute"]),
        int(part["second"] or 0),
        tzinfo=_offset(part["zone"]),
    )
    weekday = part["weekday"]
    if weekday and _WEEKDAYS[at.weekday()] != weekday.lower():
        raise UnreadableInstantError(f"contradicts itself: that date is no {weekday}")
    return at


def _offset(zone: str | None) -> tzinfo | None:
    if zone is None:
        return None
    if zone[0] not in "+-":
        if zone.lower() not in _ZONES:
            raise UnreadableInstantError(f"is in a zone of unclear meaning, {zone}: write +0000")
        return timezone(timedelta(hours=_ZONES[zone.lower()]))
    size = timedelta(hours=int(zone[1:3]), minutes=int(zone[3:]))
    return timezone(-size if zone[0] == "-" else size)


def _at_wall(wall: datetime, zone: tzinfo) -> datetime:
    """A time that the clocks left out was never on anybody's wall: it is a mistake."""
    at = wall.replace(tzinfo=zone)
    if at.astimezone(UTC).astimezone(zone).replace(tzinfo=None) != wall:
        raise UnreadableInstantError("was left out when the clocks went forward")
    return at
