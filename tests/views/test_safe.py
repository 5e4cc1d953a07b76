"""What a stranger typed is shown, and does nothing."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.views.output import json_text
from cxdesk.views.safe import clean, encodable, flat, is_unsafe

SHOWN = [
    ("\x1b]52;c;aGFjaw==\x07", "\\x1b]52;c;aGFjaw==\\x07"),
    ("\x1b[2J\x1b[1;31m", "\\x1b[2J\\x1b[1;31m"),
    ("\x9b31m", "\\x9b31m"),
    ("a\x00b\x08c\x7f", "a\\x00b\\x08c\\x7f"),
    ("one\rtwo", "one\\x0dtwo"),
    ("\x85\x90", "\\x85\\x90"),
    ("invoice\u202egpj.exe", "invoice\\u202egpj.exe"),
    ("\u2066a\u2069\u200e\u200f\u061c", "\\u2066a\\u2069\\u200e\\u200f\\u061c"),
    ("zero\u200bwidth\ufeff\u2060\xad", "zero\\u200bwidth\\ufeff\\u2060\\xad"),
    ("\u2028\u2029", "\\u2028\\u2029"),
    ("x\U000e0041\U000e007f", "x\\U000e0041\\U000e007f"),
    ("half \ud83d", "half \\ud83d"),
]
KEPT = [
    "plain words, with a \\ in them",
    "two\nlines\tand a tab",
    "Zoë Müller, naïve café",
    "👨‍👩‍👧‍👦 ❤️ 👍🏽",
    "हिन्दी क्‍ष क्‌ष",
    "می‌خواهم",
    "日本語 한국어 עברית العربية",
    "hard\xa0space",
]


class TestClean:
    @pytest.mark.parametrize("text, shown", SHOWN)
    def test_what_a_terminal_would_obey_is_shown(self, text: str, shown: str) -> None:
        assert clean(text) == shown

    @pytest.mark.parametrize("text", KEPT)
    def test_what_people_write_stays(self, text: str) -> None:
        assert clean(text) == text

    @given(st.text())
    def test_twice_is_once_and_nothing_unsafe_is_left(self, text: str) -> None:
        cleaned = clean(text, keep="")

        assert clean(cleaned, keep="") == cleaned
        assert not any(map(is_unsafe, cleaned))


class TestFlat:
    def test_one_line_of_several(self) -> None:
        assert flat("one\r\ntwo\nthree\tfour\rfive") == "one two three four five"

    def test_the_rest_is_cleaned(self) -> None:
        assert flat("a\n\x1b[2J") == "a \\x1b[2J"


class TestEncodable:
    def test_what_an_encoding_lacks_is_written_out(self) -> None:
        assert encodable("Zoë … 👍", "ascii") == "Zo\\xeb \\u2026 \\U0001f44d"

    def test_what_it_has_stays(self) -> None:
        assert encodable("Zoë", "latin-1") == "Zoë"
        assert encodable("Zoë 👍", "utf-8") == "Zoë 👍"
        assert encodable("Zoë 👍", None) == "Zoë 👍"


class TestJson:
    @pytest.mark.parametrize("text", [text for text, _ in SHOWN] + KEPT)
    @pytest.mark.parametrize("encoding", ["utf-8", "ascii", "latin-1"])
    def test_values_stay_exact_and_no_terminal_obeys_them(self, text: str, encoding: str) -> None:
        told = json_text({"what": text}, encoding)

        assert json.loads(told) == {"what": text}
        assert not any(is_unsafe(sign) for sign in told if sign != "\n")
        told.encode(encoding)
