"""A crontab with our block, and without it: every other line stays as it is."""

from __future__ import annotations

import subprocess

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.formats import crontab

# What `crontab -l` prints: lines with their ends, in whatever encoding.
LINES = st.lists(st.text(st.characters(exclude_characters="\n\0"), max_size=30), max_size=6).map(
    lambda lines: "".join(f"{line}\n" for line in lines)
)


class TestTheBlock:
    @given(LINES, LINES)
    def test_put_in_and_taken_out_nothing_else_changes(self, before: str, after: str) -> None:
        whole = crontab.with_line(before, "*/15 * * * * cxdesk remind") + after

        assert crontab.installed(whole) == "*/15 * * * * cxdesk remind"
        assert crontab.without(whole) == before + after
        assert crontab.installed(before + after) is None
        assert crontab.without(before + after) == before + after

    def test_a_last_line_without_its_end_gets_one(self) -> None:
        assert crontab.with_line("MAILTO=me", "x").startswith("MAILTO=me\n#")

    @pytest.mark.parametrize(
        "text",
        [
            f"{crontab.BEGIN}\nx\n",
            f"x\n{crontab.END}\n",
            f"{crontab.END}\nx\n{crontab.BEGIN}\n",
            crontab.with_line(crontab.with_line("", "x"), "y"),
        ],
    )
    def test_a_mark_without_its_other_one_is_not_guessed_at(self, text: str) -> None:
        for ask in (crontab.installed, crontab.without):
            with pytest.raises(crontab.DamagedError):
                ask(text)


class TestTheLine:
    @pytest.mark.parametrize("word", ["a b", "it's", "$HOME", "100%", "ü", "a;b", '"', "\\"])
    def test_cron_and_its_shell_hand_it_on_as_it_is(self, word: str) -> None:
        line = crontab.line(["printenv", "WORD"], {"WORD": word})

        times, command = line[: len(crontab.EVERY)], line[len(crontab.EVERY) + 1 :]
        assert times == crontab.EVERY
        assert "%" not in command.replace("\\%", "")
        said = subprocess.run(
            ["/bin/sh", "-c", command.replace("\\%", "%")], capture_output=True, check=True
        )
        assert said.stdout.decode() == f"{word}\n"

    def test_what_goes_over_several_lines_is_refused(self) -> None:
        with pytest.raises(ValueError, match="line end"):
            crontab.line(["cxdesk"], {"CXDESK_HOME": "/a\nb"})
