"""Mails made to keep a reader busy: the worst that random search and other desks' reports gave."""

from __future__ import annotations

HEAD = b"From: mallory@example.org\nSubject: %s\nMessage-ID: <%s@example.org>\n"
MEGABYTE = 1_000_000
PARTS = 10_000
DEPTH = 1_500


def mails() -> dict[str, bytes]:
    """Each by its name."""
    made = {
        "on-on-on": _text(b"Re: a", b"On " * 20_000),
        "quoted-lines": _text(b"Re: a", b"On 3 May 2026, Ann wrote:\n> q\n" * 30_000),
        "blank-lines": _text(b"Re: a", b"a\n" + b"\n" * (MEGABYTE - 10) + b"> q"),
        "one-line": _text(b"a", b"a" * (20 * MEGABYTE)),
        "open-tags": _html(b"<a " * (MEGABYTE // 3)),
        "nested-tags": _html(b"<div>" * (MEGABYTE // 5)),
        "list-items": _html(b"<li>" * (MEGABYTE // 4)),
        "entities": _html(b"&lt;" * (MEGABYTE // 4)),
        "encoded-words": _text(b"=?" * (MEGABYTE // 2), b"hello\n"),
        "100,000 headers": _with(b"".join(b"X-%d: y\n" % number for number in range(100_000))),
        "references": _with(b"References: " + b"<a@b>\n " * (MEGABYTE // 7) + b"\n"),
        "recipients": _with(b"To: " + b'"<a@b>",(' * (MEGABYTE // 9) + b"\n"),
        "parts": _mixed(b"--b\n\ntext\n" * PARTS),
        "nested-parts": _nested(),
        "flowed": _with(b"Content-Type: text/plain; format=flowed\n", b"a \n" * (6 * MEGABYTE)),
        "boundaries": _mixed(b"--b\n" * (MEGABYTE // 4)),
        "forwarded": _forwarded(),
        "not base64": _with(b"Content-Transfer-Encoding: base64\n", b"=A" * MEGABYTE),
    }
    return {
        name: raw.replace(b"%NAME%", name.encode().replace(b" ", b"-"))
        for name, raw in made.items()
    }


def _head(subject: bytes) -> bytes:
    return HEAD % (subject, b"%NAME%")


def _text(subject: bytes, text: bytes) -> bytes:
    return _head(subject) + b"\n" + text + b"\n"


def _html(text: bytes) -> bytes:
    return _head(b"a") + b"Content-Type: text/html; charset=utf-8\n\n" + text + b"\n"


def _with(headers: bytes, text: bytes = b"hello\n") -> bytes:
    return _head(b"a") + headers + b"\n" + text


def _mixed(parts: bytes) -> bytes:
    return _with(b'Content-Type: multipart/mixed; boundary="b"\n', parts + b"--b--\n")


def _nested() -> bytes:
    """Boundaries inside boundaries, each to be looked for in all that follows."""
    inner = b"".join(
        b'Content-Type: multipart/mixed; boundary="b%d"\n\n--b%d\n' % (at, at) for at in range(39)
    )
    return _head(b"a") + inner + b"Content-Type: application/pdf\n\n" + b"\n-" * (10 * MEGABYTE)


def _forwarded() -> bytes:
    """A mail in a mail in a mail."""
    inner = b"Content-Type: message/rfc822\nFrom: a@example.org\n\n" * DEPTH
    return _head(b"a") + inner + b"hello\n"
