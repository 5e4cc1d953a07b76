"""The one place that prints: an answer to stdout, what goes beside it and errors to stderr."""

from __future__ import annotations

import os
import sys

from cxdesk.views.safe import clean, encodable, json_escaped
from cxdesk.views.screen import Screen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, TextIO

    from cxdesk.errors import CxdeskError
    from cxdesk.views.view import View

SCHEMA = 1
USUAL_WIDTH = 80
PROBLEMS_SHOWN = 20


def show(
    view: View,
    *,
    as_json: bool = False,
    quiet: bool = False,
    out: TextIO | None = None,
    err: TextIO | None = None,
    width: int | None = None,
) -> None:
    """Print an answer as whoever reads it needs it: a program, a person, or a pipe."""
    out = out or sys.stdout
    for said in () if as_json or quiet else view.preface():
        note(said, err)
    if out is not None and (as_json or not (quiet and view.is_deed)):
        _tell(view, out, as_json=as_json, quiet=quiet, width=width)
    if not as_json:
        for aside in view.asides():
            note(aside, err)


def _tell(view: View, out: TextIO, *, as_json: bool, quiet: bool, width: int | None) -> None:
    if as_json:
        out.write(json_text({"schema": SCHEMA, **view.to_json()}, _encoding(out)) + "\n")
    elif out.isatty():
        screen = Screen(width or width_of(out), _encoding(out), quiet)
        view.draw(screen)
        screen.paint(out)
    else:
        for line in view.lines():
            out.write(encodable(clean(line, keep="\t"), _encoding(out)) + "\n")
    out.flush()  # what goes to stderr comes after it


def note(text: str, err: TextIO | None = None) -> None:
    """One line beside the answer."""
    _write_lines([text], err)


def aside(text: str, err: TextIO | None = None) -> None:
    """Lines beside the questions of a conversation, wrapped where the terminal ends."""
    stream = err or sys.stderr
    screen = Screen(width_of(stream), _encoding(stream))
    for line in text.split("\n"):
        indent = len(line) - len(line.lstrip(" "))
        screen.text(line.strip(), indent)
    screen.paint(stream)
    stream.flush()


def prompt(question: str, err: TextIO | None = None) -> None:
    """A question, with the cursor left behind it."""
    stream = err or sys.stderr
    stream.write(encodable(clean(question), _encoding(stream)) + " ")
    stream.flush()


def error(err: CxdeskError, as_json: bool = False, err_out: TextIO | None = None) -> None:
    """What is wrong, and below it what to type; for a program one object, alone."""
    problems = getattr(err, "problems", ())
    if not as_json:
        listed = [f"  {_problem_words(problem)}" for problem in problems[:PROBLEMS_SHOWN]]
        _write_lines([line for line in (err.sentence, *listed, err.remedy) if line], err_out)
        return
    stream = err_out or sys.stderr
    told: dict[str, Any] = {
        "code": err.code,
        "message": err.sentence,
        "hint": err.remedy or None,
    }
    if problems:
        told["problems"] = [problem._asdict() for problem in problems]
    if stream is not None:
        stream.write(json_text({"error": told}, _encoding(stream)) + "\n")
        stream.flush()


def _problem_words(problem: Any) -> str:
    where = f"line {problem.line}" + (f", {problem.column}" if problem.column else "")
    return f"{where}: {problem.message}"


def _write_lines(lines: list[str], err: TextIO | None) -> None:
    stream = err or sys.stderr
    if stream is None:
        return
    for line in lines:
        stream.write(encodable(clean(line), _encoding(stream)) + "\n")
    stream.flush()


def json_text(value: dict[str, Any], encoding: str | None = "utf-8") -> str:
    """JSON to be read by people too, safe on a terminal, and exact in any encoding."""
    from json import dumps

    text = json_escaped(dumps(value, ensure_ascii=False, indent=2))
    try:
        text.encode(encoding or "utf-8")
    except UnicodeEncodeError:
        return dumps(value, indent=2)
    return text


def width_of(out: TextIO) -> int:
    """How wide the terminal is: as COLUMNS says, else as it says itself."""
    told = os.environ.get("COLUMNS", "")
    if told.isascii() and told.isdigit() and int(told):
        return int(told)
    try:
        return os.get_terminal_size(out.fileno()).columns or USUAL_WIDTH
    except (OSError, ValueError, AttributeError):  # no terminal behind it
        return USUAL_WIDTH


def _encoding(stream: TextIO) -> str | None:
    return getattr(stream, "encoding", None)
