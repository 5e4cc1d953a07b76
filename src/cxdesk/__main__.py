"""The way in: what needs no parsing is answered at once, the rest goes to Typer.

Whatever goes wrong ends here: one sentence, one remedy, an exit code. Output is printed after the
command has returned, so that a closed pipe is nobody's error.
"""

from __future__ import annotations

import gc
import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, NoReturn

    from cxdesk.cli.session import Session

INTERRUPTED = 130
UNWRITABLE = 4


def run() -> NoReturn:
    """The console script. Leaves without tearing the interpreter down: that costs a fifth."""
    gc.disable()
    try:
        code = main(sys.argv[1:])
    except KeyboardInterrupt:  # while the answer was being told, or before anything was begun
        _last_words("Stopped.")
        code = INTERRUPTED
    os._exit(code)


def main(arguments: list[str]) -> int:
    """Run one command line. Returns the exit code; everything is flushed."""
    if arguments == ["--version"]:
        from cxdesk import __version__

        return _flushed(0, lambda: print("cxdesk", __version__))  # noqa: T201
    if "_CXDESK_COMPLETE" in os.environ:
        from cxdesk.cli.completion import complete

        return _flushed(0, lambda: sys.stdout.write(complete(arguments)))
    from cxdesk.cli.session import Session

    session = Session()
    try:
        view = _answer(session, arguments)
        session.close()
        code = view if isinstance(view, int) else session.exit_code
        shown = None if isinstance(view, int) else view
        return _flushed(code, lambda: session.show(shown))
    except KeyboardInterrupt:
        return _flushed(INTERRUPTED, lambda: _say_interrupted(session))
    except BaseException as error:
        return _failed(session, error, "--json" in arguments)
    finally:
        session.close()


def _answer(session: Session, arguments: list[str]) -> Any:
    if arguments in ([], ["due"]):
        from cxdesk.cli.everyday import due

        return due(session)
    if arguments == ["due", "--count"]:
        from cxdesk.cli.everyday import count

        return count(session)
    if arguments[:1] == ["--install-completion"]:
        from cxdesk.cli.completion_scripts import install

        return install(arguments[1:])
    from cxdesk.cli.app import answer

    return answer(session, arguments)


def _flushed(code: int, say: Any) -> int:
    """Print, flush, close. A reader that went away is fine; a full disk is not."""
    try:
        say()
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except BrokenPipeError:
        _forget(sys.stdout)
    except OSError as error:
        _forget(sys.stdout)
        _last_words(f"The answer cannot be written: {error.strerror}.")
        return UNWRITABLE
    return code


def _forget(stream: Any) -> None:
    # What is still buffered would be tried again at exit.
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def _last_words(text: str) -> None:
    try:
        os.write(2, (text + "\n").encode())
    except OSError:
        return


def _say_interrupted(session: Session) -> None:
    from cxdesk.views import output

    output.note("\n" + session.on_interrupt if session.may_ask else session.on_interrupt)


def _failed(session: Session, error: BaseException, as_json: bool) -> int:
    from cxdesk.cli.failures import in_words

    told = in_words(session, error)
    from cxdesk.views import output

    json = session.as_json or as_json
    return _flushed(told.exit_code, lambda: output.error(told, as_json=json))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
