"""Any exception as people are told it. Loaded only when something went wrong."""

from __future__ import annotations

import os
import sys

from cxdesk.domain.hours import HoursError
from cxdesk.errors import CxdeskError, UnusableError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cxdesk.cli.session import Session


class UnforeseenError(CxdeskError):
    """A mistake of ours."""

    code = "unforeseen"


def in_words(session: Session, error: BaseException) -> CxdeskError:
    """One sentence and a remedy for whatever was raised."""
    if isinstance(error, UnusableError) and session.stays:
        stays, remedy = session.stays
        what = error.sentence.replace("; nothing was changed", "")
        return UnusableError(f"{what} {stays}", remedy or error.remedy)
    if isinstance(error, CxdeskError):
        return error
    if session.debug or os.environ.get("CXDESK_DEBUG"):
        import traceback

        traceback.print_exception(error)
    phrase = getattr(error, "hint", None)
    if isinstance(error, ValueError) and isinstance(phrase, str):
        return UsageError(as_sentence(getattr(error, "message", str(error))), as_sentence(phrase))
    if isinstance(error, HoursError):
        return UsageError(str(error), "cxdesk hours show")
    if hasattr(error, "format_message"):
        return _usage(error)
    return _unforeseen(session, error)


def as_sentence(text: str) -> str:
    text = text.strip()
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")


def _usage(error: BaseException) -> UsageError:
    """Typer's own usage errors: its box is five lines, ours is two."""
    sentence = str(getattr(error, "format_message")())  # noqa: B009
    context = getattr(error, "ctx", None)
    where = getattr(context, "command_path", "cxdesk")
    if sentence.startswith("No such option") and sentence.split()[-1].lstrip("-")[:1].isdigit():
        return UsageError(as_sentence(sentence), "Put -- before text that begins with a dash.")
    return UsageError(as_sentence(sentence.replace("\n", " ")), f"{where} --help")


def _unforeseen(session: Session, error: BaseException) -> CxdeskError:
    path = _report(session, error)
    where = f" A report without customers' data is in {path}." if path else ""
    return UnforeseenError(
        f"Something went wrong in cxdesk itself ({type(error).__name__}).{where}",
        "What you asked for is not done. Again with --debug shows more.",
    )


def _report(session: Session, error: BaseException) -> str | None:
    """Where it happened and in which version; never a value, a message or a name."""
    import traceback

    from cxdesk import __version__

    frames = traceback.extract_tb(error.__traceback__)
    lines = [f"cxdesk {__version__}, Python {sys.version.split()[0]}, {type(error).__name__}"]
    lines += [f"  {os.path.basename(f.filename)}:{f.lineno} {f.name}" for f in frames]
    path = os.path.join(os.path.dirname(session.path), "error-report.txt")
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_NOFOLLOW, 0o600)
        with open(handle, "w", encoding="utf-8") as file:
            file.write("\n".join(lines) + "\n")
    except OSError:  # a full disk, perhaps: what was to be reported in the first place
        return None
    return path
