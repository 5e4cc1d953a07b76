"""Each way to a password, in its order; and what a failing one never says."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

import keyring
import keyring.backend
import keyring.backends.null
import pytest

from cxdesk.config import MailOut
from cxdesk.errors import MailError
from cxdesk.mail.secrets import resolve_password, resolve_token

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SECRET = "größe 42 = secret"


def account(**ways: Any) -> MailOut:
    return MailOut(host="smtp.example.com", user="hello@example.com", **ways)


class Ring(keyring.backend.KeyringBackend):
    """A keyring in memory, asked through the real library."""

    priority = 1
    kept: dict[tuple[str, str], str]

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture(autouse=True)
def ring(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ring]:
    """An empty keyring and an empty environment, whatever the machine has."""
    monkeypatch.delenv("CXDESK_MAIL_PASSWORD", raising=False)
    ours = Ring()
    keyring.set_keyring(ours)
    yield ours
    keyring.set_keyring(keyring.backends.null.Keyring())  # type: ignore[no-untyped-call]


def printing(*lines: str) -> tuple[str, ...]:
    words = "\n".join(lines)
    return (sys.executable, "-c", f"import sys; sys.stdout.buffer.write({words.encode()!r})")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "password"
    path.write_text(f"{SECRET} of the file\nuser: hello\n")
    path.chmod(0o600)
    return path


class TestOrder:
    def test_each_way_gives_way_to_the_one_before(
        self, ring: Ring, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        of_file = account(password_file=str(file))
        of_command = account(password_file=str(file), password_command=printing("cmd"))

        assert resolve_password(of_file) == f"{SECRET} of the file"
        monkeypatch.setenv("CXDESK_MAIL_PASSWORD", "env")
        assert resolve_password(of_file) == "env"
        keyring.set_password("cxdesk:smtp.example.com", "hello@example.com", "ring")
        assert resolve_password(of_file) == "ring"
        assert resolve_password(of_command) == "cmd"

    def test_none_at_all_says_what_to_set_up(self) -> None:
        with pytest.raises(
            MailError, match=r"No password is set up for hello@example\.com"
        ) as caught:
            resolve_password(account())

        assert "password_command" in caught.value.remedy
        assert caught.value.exit_code == 5

    def test_a_failing_command_does_not_fall_through(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CXDESK_MAIL_PASSWORD", "env")

        with pytest.raises(MailError):
            resolve_password(account(password_command=("false",)))


class TestCommand:
    @pytest.mark.parametrize(
        "printed, secret",
        [
            ((SECRET, ""), SECRET),
            ((SECRET,), SECRET),
            ((SECRET, "url: example.com", ""), SECRET),
            ((f"{SECRET}\r", ""), SECRET),
            (("  spaces count  ", ""), "  spaces count  "),
        ],
    )
    def test_the_first_line_is_the_secret(self, printed: tuple[str, ...], secret: str) -> None:
        assert self.resolve(printing(*printed)) == secret

    def test_no_shell_reads_it(self) -> None:
        assert self.resolve(("echo", "$HOME; `id` && x")) == "$HOME; `id` && x"

    @pytest.mark.parametrize(
        "argv, why",
        [
            (("false",), "failed with exit code 1"),
            (("true",), "gave an empty answer"),
            (("/nonexistent/pass", "show", SECRET), "could not be started: No such file"),
            (("sh", "-c", f"echo '{SECRET}'; echo '{SECRET}' >&2; exit 3"), "exit code 3"),
            (("printf", r"\377\376\n"), "did not give text"),
            (("printf", r"a\000b\n"), "did not give text"),
            (("yes", SECRET), "printed more than a secret"),
        ],
    )
    def test_a_failure_names_the_command_and_nothing_it_said(
        self, argv: tuple[str, ...], why: str, capfd: pytest.CaptureFixture[str]
    ) -> None:
        with pytest.raises(MailError, match=why) as caught:
            self.resolve(argv)

        assert caught.value.sentence.startswith(
            f"The password_command ({os.path.basename(argv[0])}) "
        )
        assert SECRET not in caught.value.sentence + caught.value.remedy
        assert caught.value.__cause__ is None
        assert capfd.readouterr() == ("", "")

    @pytest.mark.parametrize(
        "script",
        [
            "echo $$ > {pid}; sleep 60",
            "echo $$ > {pid}; sleep 60 & sleep 60",
            "echo $$ > {pid}; exec >&-; sleep 60; true",
        ],
    )
    def test_one_that_hangs_is_ended_with_its_children(self, script: str, tmp_path: Path) -> None:
        pid = tmp_path / "pid"
        begun = time.monotonic()

        with pytest.raises(MailError, match="did not answer in time"):
            self.resolve(("sh", "-c", script.format(pid=pid)), patience=0.5)

        assert time.monotonic() - begun < 5
        _wait_until_gone(int(pid.read_text()))

    def test_it_cannot_ask_at_the_terminal(self) -> None:
        with pytest.raises(MailError):
            self.resolve(("sh", "-c", "read answer && echo $answer"))

    @staticmethod
    def resolve(argv: tuple[str, ...], patience: float = 10.0) -> str:
        out = account(password_command=argv)
        return resolve_password(out, patience=patience)


def _wait_until_gone(group: int) -> None:
    """Nothing of the process group is left; orphans are reaped by init in its own time."""
    for _ in range(100):
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            return
        time.sleep(0.05)
    states = [line for line in os.popen("ps -eo pgid,stat,args") if line.split()[0] == str(group)]
    assert all(line.split()[1].startswith("Z") for line in states), states


class TestFile:
    @pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o644, 0o610])
    def test_one_that_others_can_read_is_refused(self, file: Path, mode: int) -> None:
        file.chmod(mode)

        with pytest.raises(MailError, match="can be read by others") as caught:
            resolve_password(account(password_file=str(file)))
        assert caught.value.remedy == f"Type: chmod 600 {file}"

    def test_a_missing_folder_fifo_or_empty_file_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / "empty").touch(0o600)
        os.mkfifo(tmp_path / "fifo", 0o600)
        for name, why in [
            ("gone", "cannot be read: No such file"),
            (".", "cannot be read: Is a directory"),
            ("fifo", "is not a file"),
            ("empty", "gave an empty answer"),
        ]:
            with pytest.raises(MailError, match=why):
                resolve_password(account(password_file=str(tmp_path / name)))


class TestToken:
    def test_it_comes_from_its_command(self) -> None:
        out = account(auth="xoauth2", token_command=printing("ya29.x", ""))

        assert resolve_token(out) == "ya29.x"

    def test_a_failure_names_the_command(self) -> None:
        with pytest.raises(MailError, match=r"The token_command \(false\) failed"):
            resolve_token(account(token_command=("false",)))
        with pytest.raises(MailError, match="No token_command is set up"):
            resolve_token(account())
