"""Whatever a shop's program calls CSV is read, and a row that cannot be is told by its line."""

from __future__ import annotations

import csv
import io
import os
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxdesk.domain.records import Problem
from cxdesk.errors import CxdeskError, UnusableError, UsageError
from cxdesk.formats import tables
from cxdesk.formats.tables import Row, Table, guard, read_table, unguard

if TYPE_CHECKING:
    from pathlib import Path

HEADER = ("id", "text")


def table(folder: Path, content: str | bytes) -> Table:
    file = folder / "shop.csv"
    file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_table(str(file))


class TestEncoding:
    @pytest.mark.parametrize(
        "encoding, named",
        [
            ("utf-8", "utf-8"),
            ("utf-8-sig", "utf-8"),
            ("utf-16", "utf-16"),
            ("cp1252", "cp1252"),
            ("latin-1", "cp1252"),
        ],
    )
    def test_is_found(self, tmp_path: Path, encoding: str, named: str) -> None:
        read = table(tmp_path, "id,text\n1,Crème brûlée\n".encode(encoding))

        assert read == Table(HEADER, [Row(2, ("1", "Crème brûlée"))], [], named)

    def test_utf16_big_end_first(self, tmp_path: Path) -> None:
        read = table(tmp_path, b"\xfe\xff" + "id,text\n1,ž\n".encode("utf-16-be"))

        assert read.rows == [Row(2, ("1", "ž"))]

    def test_one_spoilt_byte_spoils_one_row(self, tmp_path: Path) -> None:
        content = "id,text\n1,Größe ✓\n2,#\n3,✓\n".encode().replace(b"#", b"\xff")
        read = table(tmp_path, content)

        assert read.encoding == "utf-8"
        assert read.rows == [Row(2, ("1", "Größe ✓")), Row(4, ("3", "✓"))]
        assert read.problems == [Problem(3, "text", "the byte 0xff is not text")]

    def test_a_byte_that_windows_does_not_know(self, tmp_path: Path) -> None:
        read = table(tmp_path, b"id,text\n1,caf\xe9\n2,\x81\n")

        assert read.rows == [Row(2, ("1", "café"))]
        assert read.problems == [Problem(3, "text", "the byte 0x81 is not text")]


class TestShape:
    @pytest.mark.parametrize("delimiter", [",", ";", "\t"])
    def test_the_delimiter_is_that_of_the_header(self, tmp_path: Path, delimiter: str) -> None:
        read = table(tmp_path, f'id{delimiter}"a,b;c"\n1{delimiter}x\n')

        assert read.header == ("id", "a,b;c")
        assert read.rows == [Row(2, ("1", "x"))]

    def test_excel_says_its_delimiter_itself(self, tmp_path: Path) -> None:
        read = table(tmp_path, "sep=;\nid;a, b, c\n1;x\n")

        assert read == Table(("id", "a, b, c"), [Row(3, ("1", "x"))], [])

    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
    def test_lines_end_as_on_any_machine(self, tmp_path: Path, end: str) -> None:
        read = table(tmp_path, end.join(["id,text", "1,a", "2,b"]))

        assert read.rows == [Row(2, ("1", "a")), Row(3, ("2", "b"))]

    def test_a_cell_of_several_lines_moves_the_next_row_on(self, tmp_path: Path) -> None:
        read = table(tmp_path, 'id,text\n1,"a\nb ""c"""\n\n,\n2,d\n')

        assert read.rows == [Row(2, ("1", 'a\nb "c"')), Row(6, ("2", "d"))]
        assert not read.problems

    def test_separators_within_text_end_no_line(self, tmp_path: Path) -> None:
        read = table(tmp_path, "id,text\n1,a\x0bb\x85c\u2028d\n")

        assert read.rows == [Row(2, ("1", "a\x0bb\x85c\u2028d"))]

    def test_a_long_mail_in_one_cell(self, tmp_path: Path) -> None:
        before = csv.field_size_limit()
        read = table(tmp_path, "id,text\n1," + "x" * 1_000_000)

        assert len(read.rows[0].cells[1]) == 1_000_000
        assert csv.field_size_limit() == before

    def test_a_header_alone_is_an_empty_table(self, tmp_path: Path) -> None:
        assert table(tmp_path, "id,text") == Table(HEADER, [], [])


class TestBrokenRows:
    @pytest.mark.parametrize(
        "rows, kept, problem",
        [
            ("1\n2,b", [3], Problem(2, None, "1 cell, but the header has 2")),
            ("1,a,b\n2,b", [3], Problem(2, None, "3 cells, but the header has 2")),
            ("1,a\0\n2,b", [3], Problem(2, "text", "a NUL byte is not text")),
            (
                '1,"a\n2,b\n3,c',
                [3, 4],
                Problem(2, "text", "a quotation mark opens here and never closes"),
            ),
            (
                '1,a\n"x\ny","b\n3,c',
                [2, 5],
                Problem(4, "text", "a quotation mark opens here and never closes"),
            ),
            (
                '1,"a\n2,"b, c"\n3,d',
                [3, 4],
                Problem(
                    2, "text", "a quotation mark opens here, and text follows the next one (line 3)"
                ),
            ),
            (
                '1,"a" b\n2,c',
                [3],
                Problem(2, "text", "text follows the quotation mark that closes this cell"),
            ),
            (
                '1,"a\n2,b",c,d\n3,e',
                [4],
                Problem(
                    2,
                    None,
                    "4 cells, but the header has 2"
                    " (the row goes on for 2 lines: is a quotation mark missing?)",
                ),
            ),
        ],
    )
    def test_are_told_and_the_others_are_read(
        self, tmp_path: Path, rows: str, kept: list[int], problem: Problem
    ) -> None:
        read = table(tmp_path, f"id,text\n{rows}\n")

        assert read.problems == [problem]
        assert [row.line for row in read.rows] == kept

    def test_a_column_without_a_name_is_counted(self, tmp_path: Path) -> None:
        assert table(tmp_path, "id,\n1,\0\n").problems[0].column == "column 2"

    def test_a_cell_beyond_every_limit(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(tables, "LARGEST_CELL", 10)
        read = table(tmp_path, "id,text\n1,01234567890\n2,b\n")

        assert [problem.line for problem in read.problems] == [2]
        assert read.rows == [Row(3, ("2", "b"))]

    def test_a_quote_in_every_line_is_still_read_at_once(self, tmp_path: Path) -> None:
        began = time.monotonic()
        read = table(tmp_path, "id,text\n" + '1,"a\n' * 50_000)

        assert [problem.line for problem in read.problems] == list(range(2, 50_002))
        assert time.monotonic() - began < 5


class TestRefusals:
    def test_what_is_no_file(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")
        for path in (tmp_path, tmp_path / "pipe", tmp_path / "none", "/dev/zero", "/dev/null"):
            with pytest.raises(UsageError) as refusal:
                read_table(str(path))

            assert str(path) in refusal.value.sentence
            assert refusal.value.remedy

    def test_two_gigabytes_of_zeroes(self, tmp_path: Path) -> None:
        with (tmp_path / "zeroes").open("wb") as file:
            file.truncate(2_000_000_000)
        began = time.monotonic()

        with pytest.raises(UnusableError, match="larger than 200 MB"):
            read_table(str(tmp_path / "zeroes"))
        assert time.monotonic() - began < 2

    @pytest.mark.parametrize(
        "content, why",
        [
            (b"", "no table"),
            (b"\n\n", "no table"),
            (b"\0" * 100_000, "not text"),
            (b"PK\x03\x04\x14\0", "spreadsheet"),
            (b"\xff\xfei\0d", "damaged UTF-16"),
            (b'id,"text\n1,a\n', "line 1 .*: a quotation mark opens"),
            (b"id,\x81\n1,a\n", "header row"),
        ],
    )
    def test_what_is_no_table(self, tmp_path: Path, content: bytes, why: str) -> None:
        with pytest.raises(UnusableError, match=why):
            table(tmp_path, content)

    def test_what_may_not_be_read(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        def refuse(path: str, flags: int) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)

        with pytest.raises(UnusableError, match="Permission denied"):
            read_table(str(tmp_path / "locked"))

    @given(st.binary(max_size=200))
    def test_no_bytes_break_it(self, tmp_path_factory: pytest.TempPathFactory, data: bytes) -> None:
        """A table or a refusal, and each line of text is in a row or in a problem."""
        try:
            read = table(tmp_path_factory.getbasetemp(), data)
        except CxdeskError:
            return

        assert all(len(row.cells) == len(read.header) for row in read.rows)


FORMULAS = ["=1", "+44 20", "-", "@x", "\tx", "\rx", "  =1", "＝1", "\u3000＠x", "'=1", "''+"]
hostile = st.text(st.sampled_from("'=+-@＝\t\r \n\u3000ab\",;é")) | st.text()


class TestGuard:
    @pytest.mark.parametrize("cell", FORMULAS)
    def test_what_a_spreadsheet_would_run(self, cell: str) -> None:
        assert guard(cell) == "'" + cell

    @pytest.mark.parametrize("cell", ["", "a=b", "'tis", "'", "5", "1-2"])
    def test_leaves_plain_words_alone(self, cell: str) -> None:
        assert guard(cell) == unguard(cell) == cell

    @given(hostile)
    def test_is_taken_off_again(self, cell: str) -> None:
        assert unguard(guard(cell)) == cell
        assert guard(cell).lstrip()[:1] not in ("=", "+", "-", "@", "＝")


cells = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\0")
    | st.sampled_from("'=\"\r\n,;")
)
rows_of_three = st.lists(st.lists(cells, min_size=3, max_size=3), max_size=6)


class TestRoundTrip:
    @given(rows_of_three, st.sampled_from(",;\t"), st.sampled_from(["utf-8", "utf-16"]))
    def test_what_was_written_is_read(
        self,
        tmp_path_factory: pytest.TempPathFactory,
        rows: list[list[str]],
        delimiter: str,
        encoding: str,
    ) -> None:
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter)
        writer.writerow(["a", "b", "c"])
        writer.writerows([guard(cell) for cell in row] for row in rows)
        read = table(tmp_path_factory.getbasetemp(), text.getvalue().encode(encoding))

        assert [list(row.cells) for row in read.rows] == [row for row in rows if any(row)]
        assert not read.problems
