"""The first five minutes, as cli.md draws them, at a real terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.terminal.person import Person

if TYPE_CHECKING:
    from pathlib import Path

SATURDAY = "2026-11-21T10:12:00+00:00"
NO_DESK = """\
No desk yet, and none needed: the first thing you log makes it.
  cxdesk log     note a contact (try it with the last call you had)
  cxdesk demo    a made-up morning to play with; touches nothing of yours"""
LOGGED = """\
Who?            Dana Reyes
                New here. Phone or e-mail (Enter to skip): 020 7946 0311
What was it?    Does the oak shelf come in 90 cm? She can't measure twice!
How?            [phone]
Told them when? [Mon 23 Nov 13:00, your 4 business hours] mon noon
 1  Dana Reyes, phone: Does the oak shelf come in 90 cm? She can't measure twi…
    You promised an answer by Mon 23 Nov 12:00.          Wrong? cxdesk undo
    Kept in ~/desk.db; Europe/London, Mon-Fri 09:00-17:00 (cxdesk hours)
Anyone else?    (Enter: no)"""
REPLIED = " 1  Dana Reyes: kept, 2 days early, and settled. Closed.    Next: cxdesk due"


def test_they_happen_as_drawn(tmp_path: Path) -> None:
    with Person(tmp_path, now=SATURDAY) as first:
        assert first.ends() == 0
        assert first.shown == NO_DESK
    with Person(tmp_path, "log", now=SATURDAY) as dana:
        dana.answers("Who?", "Dana Reyes").answers("(Enter to skip):", "020 7946 0311")
        dana.answers("What was it?", "Does the oak shelf come in 90 cm? She can't measure twice!")
        dana.answers("[phone]").answers("hours]", "mon noon").answers("Anyone else?")

        assert dana.ends() == 0
        assert dana.shown == LOGGED
    with Person(
        tmp_path, "reply", "dana", "Yes, 90 too, six weeks.", "--solved", now=SATURDAY
    ) as replied:
        assert replied.ends() == 0
        assert replied.shown == REPLIED
