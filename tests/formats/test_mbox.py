"""An mbox file gives back the mails that were put into it, and no line of a text begins one."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import textwrap
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cxdesk.formats import mbox

if TYPE_CHECKING:
    from pathlib import Path

FROM = b"From ann@example.com Mon Jan  1 00:00:00 2024\n"
LARGEST = 1_000_000


def split(raw: bytes, largest: int = LARGEST) -> list[bytes | mbox.TooLarge]:
    return list(mbox.messages(io.BytesIO(raw), largest=largest))


# Lines of which mails are made: those that matter to an mbox among them, and some that do not.
LINES = st.one_of(
    st.sampled_from(
        [b"", b" ", b"From", b"From ", b"From now on", b">From x", b"a: b", b"\r", b"\0"]
    ),
    st.sampled_from([FROM[:-1], b"From a@b.c Monday", b"Re: " + FROM[:-1], b"\xff"]),
    st.binary(max_size=30).map(lambda line: line.replace(b"\n", b" ")),
)


@st.composite
def mails(draw: st.DrawFn) -> bytes:
    """A mail whose lines that could be taken for a "From " line with a date are quoted."""
    lines = [b"Subject: x", *draw(st.lists(LINES, max_size=8))]
    quoted = [b">" + line if line.startswith(FROM[:-1]) else line for line in lines]
    return b"".join(line + b"\n" for line in quoted)


class TestMarks:
    def test_body_lines_that_begin_with_from_stay(self) -> None:
        raw = (
            FROM + b"Subject: 1\n\nHello\nFrom the start it was bad.\n\nFrom now on, more.\ntail\n"
            b"\n" + FROM + b"Subject: 2\n\n>From quoted\n"
        )

        assert split(raw) == [
            b"Subject: 1\n\nHello\nFrom the start it was bad.\n\nFrom now on, more.\ntail\n",
            b"Subject: 2\n\n>From quoted\n",
        ]

    @pytest.mark.parametrize(
        "line",
        [
            b"From ann@example.com Mon Jan  1 00:00:00 2024",
            b"From - Mon Jan 01 00:00:00 2024",
            b"From ???@??? Mon Jan 01 00:00:00 2024",
            b"From 1789@xxx Mon Jan 01 00:00:00 +0000 2024",
            b"From ann@example.com Mon Jan  1 00:00 2024",
            b"From ann@example.com Mon Jan  1 00:00:00 CET 2024",
            b"From ann@example.com Mon Jan  1 00:00:00 2024 +0100",
            b"From ann@example.com Mon, 1 Jan 2024 00:00:00 +0100",
            b"From ann@example.com  Mon Jan  1 00:00:00 2024",
            b"From Ann Lee <ann@example.com> Mon Jan  1 00:00:00 2024",
            b"From ann Mon Jan  1 00:00:00 2024 remote from host",
            b"From ann@example.com 2024-01-01T00:00:00Z",
            b"From Mon Jan  1 00:00:00 2024",
        ],
    )
    @pytest.mark.parametrize("end", [b"\n", b"\r\n"])
    def test_a_from_line_with_a_date_begins_a_mail(self, line: bytes, end: bytes) -> None:
        mail = end.join([b"Subject: x", b"", b"y", b""])
        raw = (line + end + mail + end) * 2

        assert mbox.is_mbox(raw)
        assert split(raw) == [mail, mail]

    @pytest.mark.parametrize(
        "line",
        [
            b"From ann@example.com",
            b"From ann@example.com Mon Jan  1 2024",
            b"From ann@example.com Mon Jan  1 00:00:00 2024 we open early",
            b"From Jan 1 we open at 9",
            b"from ann@example.com Mon Jan  1 00:00:00 2024",
            b">From ann@example.com Mon Jan  1 00:00:00 2024",
            b" From ann@example.com Mon Jan  1 00:00:00 2024",
            b"From: ann@example.com Mon Jan  1 00:00:00 2024",
            b"From " + b"x" * 2000 + b" Mon Jan  1 00:00:00 2024",
            b"From",
            b"From ",
            b"From -",
        ],
    )
    def test_any_other_line_is_text(self, line: bytes) -> None:
        raw = FROM + b"Subject: x\n\ny\n\n" + line + b"\nSubject: z\n"

        assert len(split(raw)) == 1

    def test_without_a_blank_line_before_it_is_text(self) -> None:
        assert len(split(FROM + b"Subject: x\n\ny\n" + FROM + b"Subject: z\n")) == 1

    @pytest.mark.parametrize(
        "after", [b"", b"\n", b"no header\n", b" folded: x\n", b": x\n", b"a b: c\n"]
    )
    def test_without_a_header_after_it_is_text(self, after: bytes) -> None:
        raw = FROM + b"Subject: x\n\ny\n\n" + FROM + after

        assert split(raw) == [raw[len(FROM) :].removesuffix(b"\n\n") + b"\n" if after == b"\n" else
                              raw[len(FROM) :]]  # fmt: skip

    def test_an_old_relays_from_line_may_follow(self) -> None:
        raw = (
            FROM + b">From ann Mon Jan  1 00:00:00 2024 remote from host\nSubject: x\n\ny\n\n"
        ) * 2

        assert len(split(raw)) == 2

    def test_a_blank_line_after_half_a_line_of_great_length_is_not_one(self) -> None:
        body = b"x" * mbox.LONGEST_LINE + b"\n" + FROM
        raw = FROM + b"Subject: x\n\n" + body + b"Subject: z\n"

        assert len(split(raw)) == 1

    @pytest.mark.parametrize("line", [b"From \r\n", b"From -\n", b"From \n"])
    def test_a_file_of_bare_from_lines_is_read_by_them(self, line: bytes) -> None:
        end = line[line.index(b"\n") - (line[-2:] == b"\r\n") :]
        mail = end.join([b"X-Mozilla-Status: 0001", b"Subject: x", b"", b">From y", b""])
        raw = (line + mail + end) * 3

        assert mbox.is_mbox(raw)
        assert split(raw) == [mail] * 3

    @pytest.mark.parametrize(
        "head", [b"", b"\n" + FROM, b"\xef\xbb\xbf" + FROM, b"Subject: x\n", b"From"]
    )
    def test_what_does_not_begin_with_a_from_line_is_no_mbox(self, head: bytes) -> None:
        assert not mbox.is_mbox(head)


class TestMails:
    def test_an_empty_file_has_none(self) -> None:
        assert split(b"") == []
        assert split(b"\n\r\n\n") == []

    def test_blank_lines_before_the_first_are_passed_over(self) -> None:
        assert split(b"\n\n" + FROM + b"Subject: x\n") == [b"Subject: x\n"]

    def test_what_stands_before_the_first_is_not_lost(self) -> None:
        assert split(b"Subject: x\n\ny\n\n" + FROM + b"Subject: z\n") == [
            b"Subject: x\n\ny\n",
            b"Subject: z\n",
        ]

    def test_a_from_line_and_nothing_else_is_an_empty_mail(self) -> None:
        assert split(FROM) == [b""]
        assert split(FROM.rstrip()) == [b""]

    def test_an_end_without_a_line_end_is_kept(self) -> None:
        assert split(FROM + b"Subject: x\n\ny") == [b"Subject: x\n\ny"]

    def test_a_mail_that_is_too_large_is_told_and_stops_no_other(self) -> None:
        small = FROM + b"Subject: x\n\ny\n\n"
        large = FROM + b"Subject: large\n\n" + b"y" * 100_000 + b"\n" * 200_000 + b"z\n\n"

        assert split(small + large + small, 1000) == [
            b"Subject: x\n\ny\n",
            mbox.TooLarge(len(large) - len(FROM) - 1),
            b"Subject: x\n\ny\n",
        ]

    def test_largest_is_still_taken(self) -> None:
        mail = b"Subject: x\n\n" + b"y" * 87 + b"\n"

        assert split(FROM + mail, 100) == [mail]
        assert split(FROM + b"a" + mail, 100) == [mbox.TooLarge(101)]

    @given(st.lists(mails()))
    @example([b"Subject: x\n\n", b"Subject: x\n\n\n\n", b"Subject: x\n"])
    def test_what_was_joined_comes_apart_again(self, given_mails: list[bytes]) -> None:
        joined = b"".join(FROM + mail + b"\n" for mail in given_mails)

        assert split(joined) == given_mails

    @given(st.lists(mails()))
    def test_with_line_ends_of_two_characters_too(self, given_mails: list[bytes]) -> None:
        crlf = [re.sub(rb"\r*\n", b"\r\n", mail) for mail in given_mails]
        joined = b"".join(FROM[:-1] + b"\r\n" + mail + b"\r\n" for mail in crlf)

        assert split(joined) == crlf

    @given(
        st.lists(st.sampled_from([FROM, b"\n", b"\r\n", b"a: b\n", b"From x\n", b"c", b"From -\n"]))
    )
    def test_nothing_but_marks_and_blank_lines_is_left_out(self, lines: list[bytes]) -> None:
        def text(raw: bytes) -> list[bytes]:
            lines = raw.replace(b"\r", b"").splitlines()
            return [line for line in lines if line not in (b"", FROM[:-1], b"From -")]

        raw = b"".join(lines)
        parts = [part for part in split(raw) if isinstance(part, bytes)]

        assert text(b"".join(parts)) == text(raw)

    @pytest.mark.parametrize("filling", [b" " * 1000, b"Mon " * 250, b"Mon Jan 1 1:11 " * 65])
    def test_lines_made_to_be_slow_are_not(self, filling: bytes) -> None:
        begun = time.perf_counter()
        split(FROM + b"Subject: x\n\n" + (b"\nFrom " + filling + b"\na: b\n") * 500)

        assert time.perf_counter() - begun < 2


MEMORY = """
import resource, sys, time
from cxdesk.formats import mbox

head = b"From ann@example.com Mon Jan  1 00:00:00 2024\\nSubject: x\\n\\n"
small = head + b"a line of a mail that is as long as such lines are\\n" * 2000 + b"\\n"
with open(sys.argv[1], "wb") as file:
    for number in range(1000):
        file.write(small)
    file.write(head)
    for number in range(100):  # one line, and more than is taken
        file.write(b"y" * 1_000_000)
    file.write(b"\\n\\n" + head)
resource.setrlimit(resource.RLIMIT_AS, (60_000_000, 60_000_000))
begun = time.process_time()
with open(sys.argv[1], "rb") as file:
    kinds = [type(mail).__name__ for mail in mbox.messages(file, largest=1_000_000)]
assert kinds == ["bytes"] * 1000 + ["TooLarge", "bytes"], kinds[-3:]
print(round(time.process_time() - begun, 2), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss)
"""


def test_two_hundred_megabytes_take_the_memory_of_one_mail(tmp_path: Path) -> None:
    path = tmp_path / "all.mbox"
    try:
        ran = subprocess.run(
            [sys.executable, "-c", textwrap.dedent(MEMORY), str(path)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert path.stat().st_size > 200_000_000
    finally:
        path.unlink(missing_ok=True)

    assert ran.returncode == 0, ran.stderr
    print(ran.stdout)
