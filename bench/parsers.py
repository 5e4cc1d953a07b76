"""How fast and how surely mails are parsed: `python -P bench/parsers.py NAME ORDINARY ODD`.

The same is asked of each parser: the sender, the subject, the text, and every attachment's name,
type and decoded size. cxdesk gives HTML as text; the others give it as it stands. Prints JSON.
A program of its own, so that each parser runs alone and where it is installed.
"""

from __future__ import annotations

import base64
import json
import os
import sys
from importlib import import_module
from statistics import median
from time import process_time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    Parse = Callable[[bytes], tuple[Any, ...]]

ROUNDS = 3


def cxdesk() -> Parse:
    from cxdesk.mail.reader import read

    def parse(raw: bytes) -> tuple[Any, ...]:
        letter = read(raw)
        return (
            (letter.sender.name, letter.sender.email),
            letter.subject,
            letter.text,
            [(part.name, part.type, part.size) for part in letter.parts],
        )

    return parse


def library() -> Parse:
    """The standard library's modern policy."""
    from email import message_from_bytes, policy

    def parse(raw: bytes) -> tuple[Any, ...]:
        mail = message_from_bytes(raw, policy=policy.default)
        addresses = mail["from"].addresses if mail["from"] else ()
        body = mail.get_body(("plain", "html"))
        return (
            [(one.display_name, one.addr_spec) for one in addresses],
            str(mail["subject"]),
            body.get_content() if body else "",
            [
                (part.get_filename(), part.get_content_type(), _size(part))
                for part in mail.iter_attachments()
            ],
        )

    return parse


def _size(part: Any) -> int:
    decoded = part.get_payload(decode=True)
    return len(part.as_bytes() if decoded is None else decoded)


def mail_parser() -> Parse:
    mailparser = import_module("mailparser")  # not where this is checked

    def parse(raw: bytes) -> tuple[Any, ...]:
        mail = mailparser.parse_from_bytes(raw)
        return (
            mail.from_,
            mail.subject,
            "\n".join(mail.text_plain or mail.text_html),
            [
                (part["filename"], part["mail_content_type"], _payload_size(part))
                for part in mail.attachments
            ],
        )

    return parse


def _payload_size(part: dict[str, Any]) -> int:
    payload = part["payload"]
    return len(base64.b64decode(payload) if part["binary"] else payload.encode("utf-8", "replace"))


PARSERS = {"cxdesk": cxdesk, "email": library, "mail-parser": mail_parser}


def raw_mails(folder: str) -> dict[str, bytes]:
    """Every mail below the folder, by its file's name."""
    found = {}
    for place, _, names in os.walk(folder):
        for name in sorted(names):
            if name.endswith(".eml"):
                with open(os.path.join(place, name), "rb") as file:
                    found[name] = file.read()
    return found


def once(parse: Parse, mails: dict[str, bytes]) -> dict[str, tuple[float, bool]]:
    """Seconds of CPU for each mail, and whether it raised."""
    took = {}
    for name, raw in mails.items():
        begun = process_time()
        try:
            parse(raw)
            raised = False
        except Exception:  # to raise is what is counted here
            raised = True
        took[name] = process_time() - begun, raised
    return took


def main() -> None:
    _, name, ordinary, odd = sys.argv
    parse = PARSERS[name]()
    usual = raw_mails(ordinary)
    first = once(parse, usual | raw_mails(odd))
    slowest = max(first, key=lambda mail: first[mail][0])
    rounds = [sum(took for took, _ in once(parse, usual).values()) for _ in range(ROUNDS)]
    said = {
        "rate": len(usual) / median(rounds),
        "slowest": first[slowest][0],
        "slowest_mail": slowest,
        "raised": sum(raised for _, raised in first.values()),
        "mails": len(first),
    }
    print(json.dumps(said))


if __name__ == "__main__":
    main()
