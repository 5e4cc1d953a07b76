"""cxdesk played in this process: a home of its own, a clock that is set, both streams kept.

For what needs a process (a terminal, a pipe, a signal) there is tests/running.py.
"""

from __future__ import annotations

import io
import json
import os
from contextlib import redirect_stderr, redirect_stdout
from typing import TYPE_CHECKING, Any
from unittest import mock

from cxdesk.__main__ import main
from tests.running import NOW, Ran, surroundings

if TYPE_CHECKING:
    from pathlib import Path


class Home:
    """A folder with a desk, or where one will be; `now` is what its clock shows."""

    def __init__(self, folder: Path, now: str = NOW) -> None:
        self.folder = folder
        self.now = now

    @property
    def store(self) -> Path:
        return self.folder / "desk.db"

    def run(self, *words: str, text: str = "", **more: str) -> Ran:
        """One command line, piped; `text` is what it reads."""
        out, err = io.StringIO(), io.StringIO()
        code = self._main(words, text, out, err, more)
        return Ran(code, out.getvalue(), err.getvalue())

    def merged(self, *words: str) -> Ran:
        """The same with both streams as one, as `2>&1` shows them."""
        both = io.StringIO()
        code = self._main(words, "", both, both, {})
        return Ran(code, both.getvalue(), "")

    def done(self, *words: str, text: str = "", **more: str) -> str:
        """What a command that must go well says on stdout."""
        ran = self.run(*words, text=text, **more)
        assert ran.code == 0, (words, ran.err)
        return ran.out

    def json(self, *words: str, code: int = 0) -> Any:
        """The answer as a program reads it; of what fails, the one object on stderr."""
        ran = self.run(*words, "--json")
        assert ran.code == code, (words, ran)
        said, silent = (ran.err, ran.out) if code in range(1, 10) else (ran.out, ran.err)
        assert silent == "", words
        return json.loads(said)

    def _main(
        self, words: tuple[str, ...], text: str, out: io.StringIO, err: io.StringIO, more: Any
    ) -> int:
        around = surroundings(self.folder, CXDESK_NOW=self.now) | more
        stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
        with (
            mock.patch.dict(os.environ, around, clear=True),
            mock.patch("sys.stdin", stdin),
            redirect_stdout(out),
            redirect_stderr(err),
        ):
            return main(list(words))
