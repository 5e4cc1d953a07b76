"""Mail in files: what is read, in which order, and what is refused without waiting."""

from __future__ import annotations

import io
import os
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from cxdesk.errors import CxdeskError, RefusedError, UsageError
from cxdesk.formats import mailboxes
from cxdesk.formats.mailboxes import Raw, Source, found, from_stream, raw_mails

if TYPE_CHECKING:
    from pathlib import Path

FROM = b"From ann@example.com Mon Jan  1 00:00:00 2024\n"
MAIL = b"Subject: x\n\ny\n"


def names(folder: Path) -> list[str]:
    return [os.path.relpath(source.path, folder) for source in found([str(folder)])]


def read(*paths: Path, largest: int = mailboxes.LARGEST) -> list[Raw]:
    sources = found([str(path) for path in paths])
    return [raw for source in sources for raw in raw_mails(source, largest)]


def put(path: Path, content: bytes = MAIL) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


class TestFiles:
    def test_a_file_is_one_mail(self, tmp_path: Path) -> None:
        path = put(tmp_path / "a.eml")

        assert list(found([str(path)])) == [Source(str(path), "eml", len(MAIL))]
        assert read(path) == [Raw(MAIL, str(path))]

    def test_a_file_that_begins_with_a_from_line_is_an_mbox_whatever_its_name(
        self, tmp_path: Path
    ) -> None:
        path = put(tmp_path / "Archive", (FROM + MAIL + b"\n") * 2)

        assert [source.kind for source in found([str(path)])] == ["mbox"]
        assert read(path) == [Raw(MAIL, f"{path}#1"), Raw(MAIL, f"{path}#2")]

    @pytest.mark.parametrize("start", [b"\xef\xbb\xbf", b"\n", b"From the start\n"])
    def test_a_file_that_nearly_does_is_one_mail(self, tmp_path: Path, start: bytes) -> None:
        path = put(tmp_path / "a.eml", start + FROM + MAIL)

        assert read(path) == [Raw(start + FROM + MAIL, str(path))]

    @pytest.mark.parametrize("name", ["empty.eml", "empty.mbox"])
    def test_an_empty_file_counts_as_one(self, tmp_path: Path, name: str) -> None:
        path = put(tmp_path / name, b"")

        assert read(path) == [Raw(b"", str(path))]

    def test_files_come_as_they_were_named(self, tmp_path: Path) -> None:
        b, a = put(tmp_path / "b"), put(tmp_path / "a")

        assert [source.path for source in found([str(b), str(a), str(b)])] == [
            str(b), str(a), str(b),
        ]  # fmt: skip

    def test_a_mail_that_is_too_large_is_told(self, tmp_path: Path) -> None:
        path = put(tmp_path / "a.eml")
        box = put(tmp_path / "a.mbox", FROM + MAIL + b"\n" + FROM + b"Subject: z\n\n" + MAIL * 9)

        assert read(path, largest=len(MAIL)) == [Raw(MAIL, str(path))]
        assert read(path, largest=len(MAIL) - 1) == [Raw(None, str(path), "is larger than 0 MiB")]
        assert [raw.raw for raw in read(box, largest=50)] == [MAIL, None]

    def test_two_gigabytes_of_zeroes_are_not_read(self, tmp_path: Path) -> None:
        path = put(tmp_path / "zeroes", b"")
        os.truncate(path, 2 * 10**9)

        assert read(path) == [Raw(None, str(path), "is larger than 64 MiB")]

    def test_a_file_that_is_gone_by_the_time_it_is_read_is_told(self, tmp_path: Path) -> None:
        sources = [*found([str(put(tmp_path / "a"))]),
                   *found([str(put(tmp_path / "b", FROM + MAIL))])]  # fmt: skip
        for source in sources:
            os.unlink(source.path)

        raws = [raw for source in sources for raw in raw_mails(source)]
        assert [(raw.raw, raw.trouble) for raw in raws] == [
            (None, "cannot be read: No such file or directory")
        ] * 2

    def test_an_mbox_that_was_emptied_meanwhile_still_counts(self, tmp_path: Path) -> None:
        path = put(tmp_path / "a.mbox", FROM + MAIL)
        (source,) = found([str(path)])
        path.write_bytes(b"")

        assert list(raw_mails(source)) == [Raw(b"", str(path))]

    def test_a_name_that_is_no_text_can_still_be_stored(self, tmp_path: Path) -> None:
        path = os.fsencode(tmp_path) + b"/\xff\xe9.eml"
        with open(path, "wb") as file:
            file.write(MAIL)

        (raw,) = read(tmp_path)
        assert raw.raw == MAIL
        assert raw.place.encode().endswith(rb"/\xff\xe9.eml")


class TestFolders:
    def test_every_file_in_order_of_its_name_but_nothing_hidden(self, tmp_path: Path) -> None:
        for name in ["b/2", "b/1", "a", "c", ".hidden", ".folder/x", "b/.x", "B"]:
            put(tmp_path / name)

        assert names(tmp_path) == ["B", "a", "b/1", "b/2", "c"]

    def test_no_symlink_in_a_folder_is_followed(self, tmp_path: Path) -> None:
        outside = put(tmp_path / "outside" / "secret")
        put(tmp_path / "in" / "a")
        (tmp_path / "in" / "file").symlink_to(outside)
        (tmp_path / "in" / "folder").symlink_to(outside.parent)
        (tmp_path / "in" / "round").symlink_to(tmp_path / "in")

        assert names(tmp_path / "in") == ["a"]

    def test_a_file_that_became_a_symlink_is_not_followed(self, tmp_path: Path) -> None:
        secret, path = put(tmp_path / "secret"), put(tmp_path / "in" / "a")
        (source,) = found([str(path.parent)])
        path.unlink()
        path.symlink_to(secret)

        (raw,) = raw_mails(source)
        assert raw.raw is None

    def test_a_symlink_that_is_named_is_followed(self, tmp_path: Path) -> None:
        path = put(tmp_path / "mails" / "a.eml")
        (tmp_path / "file").symlink_to(path)
        (tmp_path / "folder").symlink_to(path.parent)

        assert read(tmp_path / "file", tmp_path / "folder") == [Raw(MAIL, str(path))] * 2

    def test_pipes_and_sockets_in_a_folder_are_passed_over(self, tmp_path: Path) -> None:
        put(tmp_path / "a")
        os.mkfifo(tmp_path / "pipe")
        with socket.socket(socket.AF_UNIX) as door:
            here = os.getcwd()
            os.chdir(tmp_path)  # a socket's path must be short
            try:
                door.bind("door")
            finally:
                os.chdir(here)

            assert names(tmp_path) == ["a"]

    def test_an_empty_folder_has_nothing(self, tmp_path: Path) -> None:
        assert read(tmp_path) == []

    def test_folders_nested_deeper_than_a_path_is_long_are_told(self, tmp_path: Path) -> None:
        here = os.getcwd()
        os.chdir(tmp_path)
        try:
            for _ in range(30):
                os.mkdir("d" * 200)
                os.chdir("d" * 200)
        finally:
            os.chdir(here)

        (raw,) = read(tmp_path)
        assert raw.trouble == "cannot be read: File name too long"

    def test_what_may_not_be_read_is_a_line_each_and_stops_no_other(self, tmp_path: Path) -> None:
        put(tmp_path / "in" / "1")
        put(tmp_path / "in" / "2").chmod(0)
        put(tmp_path / "in" / "3" / "x").parent.chmod(0)
        put(tmp_path / "in" / "4")

        said = _as_nobody(tmp_path, "in")

        assert said == [
            "True in/1 None",
            "False in/2 cannot be read: Permission denied",
            "False in/3 cannot be read: Permission denied",
            "True in/4 None",
        ]


# As nobody where we are root: nothing is closed to root.
_READ = """
import os, sys
sys.path[:0] = {paths!r}
from cxdesk.formats.mailboxes import found, raw_mails
os.chdir({folder!r})
if os.geteuid() == 0:
    os.setgid(65534), os.setuid(65534)
for source in found([{name!r}]):
    for raw in raw_mails(source):
        print(raw.raw is not None, raw.place, raw.trouble)
"""


def _as_nobody(folder: Path, name: str) -> list[str]:
    folder.chmod(0o755)
    code = _READ.format(paths=sys.path, folder=str(folder), name=name)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    for path in (folder / name).iterdir():
        path.chmod(0o700)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines()


class TestMaildir:
    def make(self, folder: Path, **parts: list[str]) -> Path:
        for part in ("new", "cur", "tmp"):
            (folder / part).mkdir(parents=True)
            for name in parts.get(part, []):
                put(folder / part / name, f"Subject: {part} {name}\n".encode())
        return folder

    def test_new_comes_before_cur_and_tmp_not_at_all(self, tmp_path: Path) -> None:
        folder = self.make(tmp_path / "box", new=["2", "1", ".x"], cur=["0:2,S"], tmp=["3"])

        assert [source.kind for source in found([str(folder)])] == ["maildir"]
        assert [raw.place for raw in read(folder)] == [
            f"{folder}/new/1", f"{folder}/new/2", f"{folder}/cur/0:2,S",
        ]  # fmt: skip

    def test_its_size_is_that_of_its_mails(self, tmp_path: Path) -> None:
        folder = self.make(tmp_path / "box", new=["1"], cur=["2"], tmp=["3"])

        assert [source.size for source in found([str(folder)])] == [2 * len(b"Subject: new 1\n")]

    def test_one_in_a_folder_is_known_for_what_it_is(self, tmp_path: Path) -> None:
        self.make(tmp_path / "all" / "box", new=["1"])
        self.make(tmp_path / "all" / "box" / ".Trash", new=["9"])
        put(tmp_path / "all" / "a.eml")
        (tmp_path / "all" / "half" / "new").mkdir(parents=True)
        put(tmp_path / "all" / "half" / "new" / "x")

        sources = list(found([str(tmp_path / "all")]))
        assert [(source.kind, os.path.relpath(source.path, tmp_path)) for source in sources] == [
            ("eml", "all/a.eml"), ("maildir", "all/box"), ("eml", "all/half/new/x"),
        ]  # fmt: skip
        assert len(read(tmp_path / "all")) == 3

    def test_what_else_lies_in_one_is_read_after_it(self, tmp_path: Path) -> None:
        box = self.make(tmp_path / "box", new=["1"], tmp=["3"])
        self.make(box / "orders" / "oak", cur=["2"])
        put(box / "orders" / "a.eml")
        put(box / "7:2,S")
        put(box / "dovecot-uidlist")
        put(box / "newsletters" / "b.eml")

        assert [os.path.relpath(raw.place, box) for raw in read(box)] == [
            "new/1", "7:2,S", "newsletters/b.eml", "orders/a.eml", "orders/oak/cur/2",
        ]  # fmt: skip

    def test_a_mail_program_at_work_hides_none_and_doubles_none(self, tmp_path: Path) -> None:
        folder = self.make(tmp_path / "box", new=["1", "2", "3"], cur=["4:2,", "5:2,", "6:2,"])
        (source,) = found([str(folder)])
        got = []
        for raw in raw_mails(source):
            got.append(os.path.basename(raw.place)[0])
            if got[-1] == "1":  # read, and moved; the next not yet read, and moved
                (folder / "new" / "1").rename(folder / "cur" / "1:2,S")
                (folder / "new" / "2").rename(folder / "cur" / "2:2,S")
            if got[-1] == "4":
                (folder / "cur" / "5:2,").rename(folder / "cur" / "5:2,RS")
                (folder / "cur" / "6:2,").unlink()

        assert sorted(got) == ["1", "2", "3", "4", "5"]

    def test_symlinks_and_pipes_in_it_are_passed_over(self, tmp_path: Path) -> None:
        folder = self.make(tmp_path / "box", new=["1"])
        (folder / "new" / "0").symlink_to(put(tmp_path / "secret"))
        os.mkfifo(folder / "cur" / "pipe")

        assert [os.path.basename(raw.place) for raw in read(folder)] == ["1"]

    def test_new_and_cur_must_be_folders_of_its_own(self, tmp_path: Path) -> None:
        other = self.make(tmp_path / "other", new=["1"], cur=["2"])
        (tmp_path / "trap").mkdir()
        (tmp_path / "trap" / "new").symlink_to(other / "new")
        (tmp_path / "trap" / "cur").symlink_to(other / "cur")

        assert read(tmp_path / "trap") == []


class TestRefused:
    def test_what_is_not_there_is_named_before_anything_is_read(self, tmp_path: Path) -> None:
        there, missing = put(tmp_path / "a"), tmp_path / "b"

        with pytest.raises(UsageError, match=str(missing)):
            found([str(there), str(missing)])

    @pytest.mark.parametrize("path", ["/dev/null", "/dev/zero"])
    def test_devices_are_refused(self, path: str) -> None:
        with pytest.raises(RefusedError, match="not a file") as caught:
            found([path])

        assert "mail import -" in caught.value.remedy

    def test_a_pipe_is_refused_without_waiting(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "pipe")

        with pytest.raises(RefusedError, match="not a file"):
            found([str(tmp_path / "pipe")])

    def test_a_file_that_became_a_pipe_is_told_without_waiting(self, tmp_path: Path) -> None:
        path = put(tmp_path / "a")
        (source,) = found([str(path)])
        path.unlink()
        os.mkfifo(path)

        assert list(raw_mails(source)) == [Raw(None, str(path), "cannot be read: not a file")]

    @pytest.mark.parametrize("path", ["", "a\0b", "/dev/null/x", "x" * 5000])
    def test_what_is_no_path_is_refused(self, path: str) -> None:
        with pytest.raises(CxdeskError):
            found([path])


class TestStream:
    def test_all_of_it_is_one_mail(self) -> None:
        assert from_stream(io.BytesIO(FROM + MAIL)) == FROM + MAIL
        assert from_stream(io.BytesIO(b"")) == b""

    def test_a_mail_that_is_too_long_is_refused(self) -> None:
        assert from_stream(io.BytesIO(b"x" * 10), largest=10) == b"x" * 10
        with pytest.raises(RefusedError, match="larger than"):
            from_stream(io.BytesIO(b"x" * 11), largest=10)

    def test_a_pipe_that_comes_in_pieces_is_read_to_its_end(self) -> None:
        reader, writer = os.pipe()
        for piece in (b"Subject: x\n", b"\n", b"y\n"):
            os.write(writer, piece)
        os.close(writer)
        with open(reader, "rb", buffering=0) as stream:
            assert from_stream(stream) == MAIL
