"""Who reads an answer decides how it is told."""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
from typing import NamedTuple

import pytest

from cxdesk.errors import NotFoundError
from cxdesk.views import output
from cxdesk.views.changes import ChangeView
from cxdesk.views.due import DueView
from cxdesk.views.reports import ImportView, TextView
from tests.views.examples import (
    BOB,
    DESK,
    FOLLOW_UP,
    MORNING,
    PROMISE,
    Terminal,
    change,
    drawn,
    painted,
    piped,
)


class Problem(NamedTuple):
    """As the formats tell it."""

    line: int
    column: str | None
    message: str


class TestPipe:
    def test_due_is_a_line_for_each_thing_number_first(self) -> None:
        lines = piped(DueView(MORNING, DESK))

        assert lines[0].split("\t") == [
            "31",
            "late",
            "Sat 21 Nov 2026 12:00",
            "Bob Ray",
            "promised: send the spare key",
            "call 020 7946 0123 - ASKED AGAIN Sun",
        ]
        assert [line.split("\t")[0] for line in lines] == ["31", "27", "39", "instagram", "53"]

    def test_nothing_in_a_value_makes_a_field_or_a_line(self) -> None:
        odd = BOB._replace(name="Bob\tRay\x1b[2J", what="one\ntwo\r\nthree")
        (line,) = piped(DueView(MORNING._replace(items=(odd,)), DESK))

        assert line.split("\t")[3:5] == ["Bob Ray\\x1b[2J", "promised: one two three"]

    def test_a_change_is_a_line_for_each_thing_it_touched(self) -> None:
        lines = piped(ChangeView(change(follow_ups=(FOLLOW_UP,)), DESK))

        assert [line.split("\t")[:3] for line in lines] == [
            ["1", "inquiry", "open"],
            ["2", "promise", "open"],
            ["3", "follow_up", "open"],
        ]


class TestQuiet:
    def test_a_deed_says_nothing(self) -> None:
        assert piped(ChangeView(change(), DESK), quiet=True) == []
        assert painted(ChangeView(change(), DESK), quiet=True) == ""

    def test_what_was_asked_for_is_answered_without_what_goes_round_it(self) -> None:
        text = "\n".join(drawn(DueView(MORNING, DESK), quiet=True))

        assert "Bob Ray" in text
        assert "One at a time" not in text
        assert "last 30 days" not in text


class TestStderr:
    def test_warnings_go_beside_the_answer_cleaned(self) -> None:
        out, err = io.StringIO(), io.StringIO()
        view = ChangeView(change(warnings=("39 \x1b[2J is open",)), DESK)
        output.show(view, out=out, err=err)

        assert err.getvalue() == "39 \\x1b[2J is open\n"

    def test_for_a_program_they_stand_in_the_object(self) -> None:
        out, err = io.StringIO(), io.StringIO()
        output.show(ChangeView(change(warnings=("w",)), DESK), as_json=True, out=out, err=err)

        assert err.getvalue() == ""
        assert json.loads(out.getvalue())["warnings"] == ["w"]

    def test_a_bad_row_is_named(self) -> None:
        out, err = io.StringIO(), io.StringIO()
        view = ImportView(0, 0, 0, [Problem(9, "e-mail", "is no address")])
        output.show(view, out=out, err=err)

        assert err.getvalue() == "line 9, e-mail: is no address\n"

    def test_an_error_is_a_sentence_and_what_to_type(self) -> None:
        err = io.StringIO()
        output.error(NotFoundError("Nobody is called \x9bx.", "cxdesk log x"), err_out=err)

        assert err.getvalue() == "Nobody is called \\x9bx.\ncxdesk log x\n"

    def test_for_a_program_an_error_is_one_object(self) -> None:
        err = io.StringIO()
        output.error(NotFoundError("Nobody.", ""), as_json=True, err_out=err)

        assert json.loads(err.getvalue()) == {
            "error": {"code": "not_found", "message": "Nobody.", "hint": None}
        }


class TestTerminals:
    def test_no_color(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("NO_COLOR", "1")
        monkeypatch.setenv("TERM", "xterm-256color")

        # Colours are gone; bold is none.
        assert "\x1b[3" not in painted(DueView(MORNING, DESK))

    def test_dumb(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "dumb")

        assert "\x1b" not in painted(DueView(MORNING, DESK))

    def test_colour_on_the_time_and_what_is_urgent(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("NO_COLOR", raising=False)
        monkeypatch.setenv("TERM", "xterm-256color")
        text = painted(DueView(MORNING, DESK))

        assert "\x1b[33msince Sat\x1b[0m" in text
        assert "\x1b[1mCALL\x1b[0m" in text

    def test_width(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv("COLUMNS", raising=False)
        assert output.width_of(Terminal()) == 80
        monkeypatch.setenv("COLUMNS", "123")
        assert output.width_of(Terminal()) == 123

    def test_text_is_the_same_for_all(self) -> None:
        view = TextView(["  one", "two"], {})

        assert drawn(view) == piped(view) == ["  one", "two"]


SCRIPT = """
import sys
from tests.views.examples import *
from cxdesk.views import output
from cxdesk.views.due import DueView
from cxdesk.errors import NotFoundError
sys.stdout.isatty = lambda: TERMINAL
odd = BOB._replace(name="Zoë \\U0001f44d", what="日本 " * 60)
output.show(DueView(MORNING._replace(items=(odd,)), DESK), as_json=JSON)
output.error(NotFoundError("Zoë", "…"), JSON)
"""


@pytest.mark.parametrize("terminal", ["True", "False"])
@pytest.mark.parametrize("as_json", ["True", "False"])
def test_ascii_streams_are_no_trouble(terminal: str, as_json: str) -> None:
    script = SCRIPT.replace("TERMINAL", terminal).replace("JSON", as_json)
    env = {**os.environ, "PYTHONIOENCODING": "ascii", "COLUMNS": "60"}
    ran = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=env, check=False
    )

    assert ran.returncode == 0, ran.stderr
    assert "Traceback" not in ran.stderr
    assert "Zo\\xeb" in ran.stdout or "Zo\\u00eb" in ran.stdout


HEAVY = "re json enum typing pathlib dataclasses logging rich"


def test_nothing_heavy_is_loaded_for_a_pipe() -> None:
    script = (
        "import sys; import cxdesk.views.due, cxdesk.views.output, cxdesk.views.changes;"
        f"print(*(name for name in {HEAVY.split()} if name in sys.modules))"
    )
    ran = subprocess.run(
        [sys.executable, "-S", "-c", script],
        capture_output=True,
        text=True,
        env={**os.environ, "PYTHONPATH": "src"},
        check=True,
    )

    assert ran.stdout.split() == []


def test_a_promise_is_said_only_where_the_customer_was_told() -> None:
    untold = PROMISE._replace(told=False, kind="policy")
    text = " ".join(drawn(ChangeView(change(promises=(untold,)), DESK)))

    assert "Reply by Mon 23 Nov 12:00." in text
    assert "promised" not in text
