"""The how-tos of mail: their configurations are understood, their script does what it says."""

from __future__ import annotations

import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

from cxdesk.cli.testing import STAGES, Step, _entered
from cxdesk.config import read_config
from cxdesk.views.screen import Screen
from cxdesk.views.testing import TrialView
from tests.running import surroundings

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = ROOT / "docs" / "how-to"
MAIL = ("gmail", "microsoft-365", "mail-host", "mail-pipe")


def blocks(page: Path, kind: str) -> list[str]:
    """What stands between ```kind and ``` on a page."""
    return re.findall(rf"```{kind}\n(.*?)```", page.read_text("utf-8"), re.DOTALL)


EXAMPLES = [
    pytest.param(text, id=f"{page.stem}-{number}")
    for page in sorted(HOW_TO.glob("*.md"))
    for number, text in enumerate(blocks(page, "toml"), 1)
]


@pytest.mark.parametrize("text", EXAMPLES)
def test_each_configuration_is_understood(text: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.touch(0o600)
    path.write_text(text)

    assert read_config(path).warnings == ()


@pytest.mark.parametrize("name", ["gmail", "microsoft-365"])
def test_a_providers_ports_and_logins_are_what_the_page_says(name: str, tmp_path: Path) -> None:
    path = tmp_path / "config.toml"
    path.write_text(blocks(HOW_TO / f"{name}.md", "toml")[0])
    mail = read_config(path).mail

    (inbox,) = mail.inboxes
    assert (inbox.port, inbox.tls) == (993, "implicit")
    assert (mail.out.port, mail.out.tls) in ((465, "implicit"), (587, "starttls"))
    assert mail.out.user == inbox.user
    assert mail.out.auth == inbox.auth == ("password" if name == "gmail" else "xoauth2")


def test_gmails_page_shows_what_mail_test_says(tmp_path: Path) -> None:
    page = HOW_TO / "gmail.md"
    path = tmp_path / "config.toml"
    path.write_text(blocks(page, "toml")[0])
    mail = read_config(path).mail
    (inbox,) = mail.inboxes
    (shown,) = blocks(page, "text")
    lines = [" ".join(one.split()) for one in re.split(r"(?m)^ ok", shown.partition("\n\n")[0])]
    mine = [*_entered("mail.out", mail.out), *_entered("mail.in.gmail", inbox)]
    known = {step.said for step in mine}
    rest = [line for line in lines[1:] if line not in known]

    assert known <= {*lines}
    steps = [
        Step("configuration", True, rest[0]),
        *mine[: len(STAGES)],
        Step("mail.out mail", True, rest[1]),
        *mine[len(STAGES) :],
        *(Step(f"mail.in.gmail {number}", True, text) for number, text in enumerate(rest[2:])),
    ]
    steps[-1] = steps[-1]._replace(what="mail.in.gmail mail")
    screen, out = Screen(80), io.StringIO()
    TrialView(None, steps).draw(screen)
    screen.paint(out)
    assert out.getvalue() == shown


def test_the_front_page_names_each() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    assert all(f"docs/how-to/{name}.md" in readme for name in MAIL)


class TestTheScript:
    @pytest.fixture
    def script(self, tmp_path: Path) -> Path:
        """The one of mail-pipe.md, for a desk and a cxdesk of this test."""
        (text,) = blocks(HOW_TO / "mail-pipe.md", "sh")
        program = tmp_path / "cxdesk"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m cxdesk "$@"\n')
        program.chmod(0o755)
        text = text.replace("/home/me/desk", str(tmp_path / "desk"))
        path = tmp_path / "to-desk"
        path.write_text(text.replace("/home/me/.local/bin/cxdesk", str(program)))
        path.chmod(0o755)
        return path

    def run(self, script: Path) -> tuple[int, str, str]:
        mail = "From: Ann Lee <ann@example.com>\nSubject: VAT\nMessage-ID: <a@x>\n\nTwice?\n"
        done = subprocess.run(
            [str(script)],
            env=surroundings(script.parent),
            input=mail,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    def test_a_mail_is_taken_without_a_word(self, script: Path) -> None:
        code, out, _ = self.run(script)

        assert (code, out) == (0, "")
        assert (script.parent / "desk" / "desk.db").exists()

    def test_a_mistake_in_the_configuration_makes_the_server_come_again(self, script: Path) -> None:
        (script.parent / "desk").mkdir(0o700)
        (script.parent / "desk" / "config.toml").write_text("[mail")

        assert self.run(script)[0] == 75

    def test_a_cxdesk_that_does_not_start_does_so_too(self, script: Path) -> None:
        (script.parent / "cxdesk").unlink()

        assert self.run(script)[0] == 75
