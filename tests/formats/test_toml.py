"""Adding to a TOML text: what is there stays, and what is said is what was meant."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.formats.toml import CannotAddError, with_values

if TYPE_CHECKING:
    from cxdesk.formats.toml import Value

# Half a character can be in no file.
TEXT = st.text(st.characters(exclude_categories=["Cs"]))
MINE = """\
# my mail
[mail]
signature = '''
Oak & Co'''

[ mail . out ]   # the shop's
host = "smtp.example.com"
"""


class TestAdding:
    def test_what_is_there_stays_comments_and_all(self) -> None:
        new = with_values(MINE, {"mail.out": {"port": 465}, "remind": {"to": "me@example.com"}})

        read = tomllib.loads(new)
        assert read["mail"]["out"] == {"host": "smtp.example.com", "port": 465}
        assert read["remind"] == {"to": "me@example.com"}
        kept = iter(new.splitlines())
        assert all(line in kept for line in MINE.splitlines())

    @pytest.mark.parametrize("text", ["", "# nothing yet", "[mail]\r\nprefix = 'OAK'\r\n"])
    def test_a_section_is_made_where_there_is_none(self, text: str) -> None:
        read = tomllib.loads(with_values(text, {"mail.out": {"host": "h"}, "remind": {}}))

        assert read["mail"]["out"] == {"host": "h"}
        assert "remind" not in read

    @given(st.one_of(TEXT, st.integers(0, 2**60), st.lists(TEXT, max_size=3)))
    def test_any_value_comes_back(self, value: Value) -> None:
        if (
            "\ud800"
            <= max("".join(value) if not isinstance(value, int) else "", default="")
            < "\ue000"
        ):
            return  # half a character can be in no file
        assert tomllib.loads(with_values("", {"a": {"b": value}})) == {"a": {"b": value}}

    @pytest.mark.parametrize(
        "text",
        [
            "mail = { out = { user = 'me' } }",
            "mail.out.user = 'me'\n",
            "[mail.out]\nhost = 'there already'\n",
            "text = '''\n[mail.out]\n'''\n[mail]\nout = {}\n",
            "not toml",
        ],
    )
    def test_what_cannot_be_added_to_blindly_is_left(self, text: str) -> None:
        with pytest.raises(CannotAddError):
            with_values(text, {"mail.out": {"host": "h"}})
