"""The digest on a phone: what it links to, that nothing overflows, and how it looks."""

from __future__ import annotations

import os
import struct
import zlib
from datetime import UTC, date, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from cxdesk.domain.hours import OpeningHours
from cxdesk.domain.records import Item
from cxdesk.domain.reminders import Digest, Entry, Kept, Praise
from cxdesk.views import digest
from tests import browser

PICTURES = Path(__file__).parents[2] / "docs" / "pictures"
WRITE = "CXDESK_WRITE_PICTURES"  # =1 writes the committed pictures anew
NIGHT = (0x12, 0x12, 0x12)  # Chromium's ground where the reader wants it dark

HOURS = OpeningHours("Europe/London", {"mon": [("09:00", "17:00")]})
NOW = datetime(2026, 11, 23, 8, 5, tzinfo=UTC)
BLANK = Item(
    *("39", 40, "promise", "today", NOW, None, None, None, True, "reply", "ann", "Ann Lee"),
    *("customer", None, "phone", "Invoice shows VAT twice", "020 7946 0999", None, None),
)


def at(day: int, hour: int) -> datetime:
    return datetime(2026, 11, day, hour, tzinfo=UTC)


BOB = Entry(
    BLANK._replace(
        state="late",
        due_at=at(21, 17),
        name="Bob Ray",
        what="the spare key",
        reach="+44 20 7946 0123",
        chased_at=at(22, 21),
    ),
    said="Saturday",
)
ZOE = Entry(
    BLANK._replace(
        kind="follow_up",
        promised=False,
        due_at=at(23, 12),
        name="Zoe Müller",
        what="day 3: did the boiler settle in?",
        reach="zoe@example.com",
        inquiry=42,
    ),
    prefers="email",
    subject="Boiler & pump, 90% noise?",
)
ANN = Entry(BLANK._replace(due_at=at(23, 16), nudge="call"), mails=3)
DANA = Entry(
    BLANK._replace(due_at=at(24, 12), state="next", name="Dana Reyes", what="the oak shelf")
)
MONDAY = Digest(
    day_on=date(2026, 11, 23),
    now_at=NOW,
    first=(BOB,),
    today=(ZOE, ANN),
    then=(DANA,),
    more=0,
    until_on=date(2026, 11, 25),
    praise=Praise("Ann Lee", "quickest answer I ever had from anyone.", 5, at(20, 15)),
    kept=Kept(date(2026, 11, 20), 4, 2, 4),
)
EVIL = "<script>alert(1)</script>\"'><img src=http://x.example/p.gif>" + "W" * 300


def page(told: Digest = MONDAY) -> str:
    made = digest.digest(told, HOURS, prefix="OAK").html
    assert made is not None
    return made


class Reader(HTMLParser):
    """What a page shows, links to and loads."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.names: set[str] = set()
        self.words = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.names |= {name for name, _ in attrs}
        self.links += [value or "" for name, value in attrs if name in ("href", "src")]

    def handle_data(self, data: str) -> None:
        self.words += data


class TestWhatItSays:
    def test_every_word_of_the_text_is_in_it(self) -> None:
        shown = " ".join(Reader(page()).words.split()).lower()
        text = digest.digest(MONDAY, HOURS).body

        for word in text.lower().replace("(", " ").replace(")", " ").split():
            assert word.strip(".") in shown

    def test_numbers_and_addresses_can_be_tapped(self) -> None:
        assert Reader(page()).links == [
            "tel:+442079460123",
            (
                "mailto:zoe@example.com"
                "?subject=Re%3A%20Boiler%20%26%20pump%2C%2090%25%20noise%3F%20%5BOAK-42%5D"
            ),
            "tel:02079460999",
        ]

    def test_nothing_is_loaded_and_nobody_is_told(self) -> None:
        found = Reader(page())

        assert not {"img", "script", "link", "style", "iframe", "form"} & set(found.tags)
        assert all(link.startswith(("tel:", "mailto:")) for link in found.links)
        assert "http" not in page()
        assert "url(" not in page()

    def test_hostile_words_are_words(self) -> None:
        item = BOB.item._replace(name=EVIL, what=EVIL, reach=f"{EVIL[:20]}@x.example", inquiry=1)
        hostile = BOB._replace(item=item, said=EVIL, subject=EVIL)
        told = MONDAY._replace(
            first=(hostile,),
            today=(hostile,),
            then=(hostile,),
            praise=Praise(EVIL, EVIL, 5, at(20, 15)),
        )
        plain, found = Reader(page()), Reader(page(told))

        assert set(found.tags) <= set(plain.tags)
        assert found.names == plain.names
        assert all(link.startswith("mailto:") for link in found.links)


class TestHowItLooks:
    def test_on_a_phone_nothing_overflows_and_a_thumb_hits(self) -> None:
        long = BOB._replace(item=BOB.item._replace(name="W" * 39, what="W" * 89), said="W" * 89)
        address = ZOE._replace(item=ZOE.item._replace(reach="w" * 64 + "@" + "w" * 60 + ".example"))
        told = MONDAY._replace(first=(BOB, long), today=(ZOE, address, long), then=(long,))
        found = browser.measure(page(told))

        assert found["width"] <= browser.PHONE
        assert found["right"] <= browser.PHONE
        assert min(found["taps"]) >= 36

    @pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
    def test_it_follows_the_readers_light_or_dark(self, dark: bool) -> None:
        height = browser.measure(page())["height"]
        shot = browser.picture(page(), height, dark=dark)
        wide, high, corner = look_at(shot)

        assert (wide, high) == (2 * browser.PHONE, 2 * height)
        assert corner == (NIGHT if dark else (255, 255, 255))
        if os.environ.get(WRITE) == "1":
            PICTURES.mkdir(parents=True, exist_ok=True)
            (PICTURES / f"digest-{'dark' if dark else 'light'}.png").write_bytes(shot)

    @pytest.mark.parametrize("name", ["digest-light.png", "digest-dark.png"])
    def test_its_picture_is_committed(self, name: str) -> None:
        assert look_at((PICTURES / name).read_bytes())[0] == 2 * browser.PHONE


def look_at(png: bytes) -> tuple[int, int, tuple[int, ...]]:
    """Width, height and the colour of the first pixel of an RGB picture."""
    wide, high, depth, kind = struct.unpack(">IIBB", png[16:26])
    assert (png[:8], depth, kind) == (b"\x89PNG\r\n\x1a\n", 8, 2)
    first, data, at_ = b"", b"", 8
    while at_ < len(png):
        length = int.from_bytes(png[at_ : at_ + 4], "big")
        if png[at_ + 4 : at_ + 8] == b"IDAT":
            data += png[at_ + 8 : at_ + 8 + length]
        at_ += 12 + length
    first = zlib.decompress(data)[1:4]  # whatever the filter: before it there is nothing
    return wide, high, tuple(first)
