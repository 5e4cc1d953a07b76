"""Tab in real shells: commands, options, channels, and who, with the name as hint."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path
from typing import Any

import pexpect
import pyte
import pytest

from tests.running import NOW, Ran, cxdesk, play
from tests.terminal.person import HEIGHT, kept

SHELLS = {
    "bash": ["--noprofile", "-i"],
    "zsh": ["-i"],
    "fish": ["--interactive"],
}
PATIENCE = 20
PEOPLE = ["Dana Reyes", "Zoë Smith", "Sean O'Brien", "Kim & Sons", "José Núñez", "Bob Ray"]


@pytest.fixture(scope="session")
def people(tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("people")
    play(home, [["log", name, "Hello", "--via", "email"] for name in PEOPLE])
    return home


def offered(home: Path, *words: str, shell: str = "zsh") -> list[list[str]]:
    ran: Ran = cxdesk(home, *words, _CXDESK_COMPLETE=shell)
    assert (ran.code, ran.err) == (0, "")
    return [line.split("\t") for line in ran.out.splitlines()]


class TestCandidates:
    def test_commands_and_nouns(self, people: Path) -> None:
        assert [line[0] for line in offered(people, "re")] == [
            "reply", "redo", "restore", "report", "remind",
        ]  # fmt: skip

    def test_the_commands_of_a_noun(self, people: Path) -> None:
        found = [line[0] for line in offered(people, "hours", "")]

        assert {"show", "set", "close", "zone"} <= set(found)

    def test_options_with_what_they_mean(self, people: Path) -> None:
        assert offered(people, "reply", "--sol") == [["--solved", "And they are content."]]

    @pytest.mark.parametrize("words", [("show", "dan"), ("reply", "DAN"), ("log", "--on", "dan")])
    def test_who_with_the_name_as_hint(self, people: Path, words: tuple[str, ...]) -> None:
        assert offered(people, *words) == [["dana-reyes", "Dana Reyes"]]

    @pytest.mark.parametrize(
        "typed, handle",
        [
            ("reyes", "dana-reyes"),
            ("Zoë", "zoe-smith"),
            ("zoe s", "zoe-smith"),
            ("'Zoë S", "zoe-smith"),
            ('"Dana R', "dana-reyes"),
            ("Dana\\ R", "dana-reyes"),
            ("O\\'Br", "sean-o-brien"),
            ("\"O'Br", "sean-o-brien"),
            ("nune", "jose-nunez"),
            ("Kim \\&", "kim-sons"),
        ],
    )
    def test_by_any_word_of_a_name_however_it_is_quoted(
        self, people: Path, typed: str, handle: str
    ) -> None:
        assert [line[0] for line in offered(people, "show", typed)] == [handle]

    def test_channels_with_their_policy(self, people: Path) -> None:
        assert offered(people, "log", "dana", "--via", "em") == [["email", "2bd"]]
        assert offered(people, "log", "dana", "--via", "=", "em") == [["email", "2bd"]]

    def test_choices(self, people: Path) -> None:
        assert offered(people, "log", "dana", "--mood", "g") == [["good"]]

    def test_text_and_times_are_ones_own(self, people: Path) -> None:
        assert offered(people, "log", "dana", "Da") == []
        assert offered(people, "promise", "dana", "fr") == []

    def test_several_things(self, people: Path) -> None:
        assert offered(people, "done", "dana", "bo") == [["bob-ray", "Bob Ray"]]

    def test_files_are_left_to_the_shell(self, people: Path) -> None:
        assert offered(people, "backup", "") == [[":files"]]

    def test_of_many_no_more_than_fifty(self, tmp_path: Path) -> None:
        play(tmp_path, [["customer", "add", f"Ann Lee {n}"] for n in range(60)])

        assert len(offered(tmp_path, "show", "ann")) == 50

    def test_another_desk(self, people: Path, tmp_path: Path) -> None:
        other = str(people / "desk.db")

        assert offered(tmp_path, "--desk", other, "show", "dan") == [["dana-reyes", "Dana Reyes"]]

    def test_no_desk_and_a_damaged_one_offer_nobody(self, tmp_path: Path) -> None:
        assert offered(tmp_path, "show", "") == []
        (tmp_path / "desk.db").write_text("no desk")

        assert offered(tmp_path, "show", "") == []
        assert (tmp_path / "desk.db").read_text() == "no desk"

    def test_nothing_is_written(self, people: Path, tmp_path: Path) -> None:
        home = shutil.copytree(people, tmp_path / "home")
        before = kept(home)
        offered(home, "show", "dan")

        assert kept(home) == before

    def test_a_name_is_no_code(self, tmp_path: Path) -> None:
        play(tmp_path, [["log", "Eve \x1b]52;c;aGk=\x07\tx", "Hello"]])

        [[handle, hint]] = offered(tmp_path, "show", "eve")
        assert "\x1b" not in handle + hint


class TestInstalling:
    @pytest.mark.parametrize("shell", SHELLS)
    def test_it_says_where_and_twice_changes_nothing(self, shell: str, tmp_path: Path) -> None:
        (tmp_path / ".bashrc").write_text("alias ll='ls -l'")
        first = cxdesk(tmp_path, "--install-completion", shell)
        files = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
        again = cxdesk(tmp_path, "--install-completion", shell)

        assert (first.code, again.code) == (0, 0)
        assert f"The completion for {shell} is in ~/." in first.out
        assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == files
        assert (tmp_path / ".bashrc").read_text().startswith("alias ll='ls -l'")

    def test_without_a_name_it_is_the_shell_in_use(self, tmp_path: Path) -> None:
        ran = cxdesk(tmp_path, "--install-completion", SHELL="/usr/bin/fish")

        assert "for fish" in ran.out

    def test_another_shell_is_refused(self, tmp_path: Path) -> None:
        ran = cxdesk(tmp_path, "--install-completion", "tcsh")

        assert (ran.code, ran.out) == (2, "")
        assert ran.err.startswith("There is no completion for tcsh.")


class Line:
    """An interactive shell with the completion installed, and the line that is typed into it."""

    def __init__(self, shell: str, home: Path) -> None:
        assert cxdesk(home, "--install-completion", shell).code == 0
        self.screen = pyte.Screen(100, HEIGHT)
        self.stream = pyte.Stream(self.screen)
        around = {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
            "HOME": str(home),
            "CXDESK_HOME": str(home),
            "CXDESK_NOW": NOW,
            "LANG": "C.UTF-8",
            "TERM": "vt100",
            "PS1": "ready> ",
        }
        self.child: Any = pexpect.spawn(
            shutil.which(shell) or shell,
            SHELLS[shell],
            env=around,
            dimensions=(HEIGHT, 100),
            encoding="utf-8",
            timeout=PATIENCE,
        )
        self.child.delaybeforesend = None
        self.child.send("echo rea''dy\r")
        self.until("\nready")

    def until(self, text: str) -> str:
        """Read until the screen shows it."""
        while text not in self.shown:
            self.stream.feed(self.child.read_nonblocking(4096, PATIENCE))
        return self.shown

    @property
    def shown(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display).rstrip()


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "typed, then",
    [
        ("cxdesk inq", "cxdesk inquiries"),
        ("cxdesk show dana", "cxdesk show dana-reyes"),
        ("cxdesk reply kim --sol", "cxdesk reply kim --solved"),
        ("cxdesk log bob --via em", "cxdesk log bob --via email"),
        ("cxdesk show Zoë", None),
        ('cxdesk show "Dana R', None),
    ],
)
def test_tab_completes(
    shell: str, typed: str, then: str | None, people: Path, tmp_path: Path
) -> None:
    if shutil.which(shell) is None:
        assert not os.environ.get("CI"), f"{shell} is not installed"
        pytest.skip(f"{shell} is not installed")
    line = Line(shell, shutil.copytree(people, tmp_path / "home"))
    try:
        line.child.send(typed + "\t")
        if then is not None:
            line.until(then)
            return
        line.until("-" if shell != "fish" else "Reyes" if "Dana" in typed else "Smith")
        line.child.send("\r")
        line.until("known since")
    finally:
        line.child.close(force=True)
