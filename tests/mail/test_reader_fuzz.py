"""Real mails, broken at random: each is read, or refused in a sentence."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from cxdesk.mail.reader import Unreadable, part_bytes, read

DATA = Path(__file__).parent.parent / "data" / "mail"
LARGEST = 8_000  # bytes: the small ones break as well as the large
RUNS, MAILS = 4, 500


def real_mails() -> list[bytes]:
    paths = (path for path in sorted(DATA.rglob("*")) if path.suffix in (".eml", ".mbox"))
    return [raw for path in paths if 0 < len(raw := path.read_bytes()) < LARGEST]


def broken(raw: bytes, chance: random.Random) -> bytes:
    """`raw` with one to four things wrong with it."""
    for _ in range(chance.randint(1, 4)):
        raw = chance.choice((flip, drop, double, swap, cut, stuff))(raw, chance)
    return raw


def flip(raw: bytes, chance: random.Random) -> bytes:
    data = bytearray(raw)
    for _ in range(chance.randint(1, 20) if data else 0):
        data[chance.randrange(len(data))] = chance.randrange(256)
    return bytes(data)


def drop(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    return b"".join(line for line in lines if chance.random() > 0.1)


def double(raw: bytes, chance: random.Random) -> bytes:
    lines = raw.splitlines(keepends=True)
    return b"".join(line * (1 + (chance.random() < 0.1)) for line in lines)


def swap(raw: bytes, chance: random.Random) -> bytes:
    """Header names keep their places, the values get others'."""
    head, blank, body = raw.partition(b"\n\n")
    pairs = [line.partition(b":") for line in head.split(b"\n")]
    values = [value for _, _, value in pairs]
    chance.shuffle(values)
    joined = (name + colon + value for (name, colon, _), value in zip(pairs, values, strict=True))
    return b"\n".join(joined) + blank + body


def cut(raw: bytes, chance: random.Random) -> bytes:
    return raw[: chance.randrange(len(raw) + 1)]


def stuff(raw: bytes, chance: random.Random) -> bytes:
    """Something that readers have choked on, anywhere."""
    baits = [b"=?utf-8?b?", b"?=", b"\0", b"\r", b'"', b"<", b"(", b";", b"--b\n", b"\n\n"]
    baits += [b"Content-Type: multipart/mixed; boundary=b\n", b"charset=utf-7", b"*0*=", b"\xff"]
    at = chance.randrange(len(raw) + 1)
    return raw[:at] + chance.choice(baits) * chance.choice((1, 2, 50)) + raw[at:]


@pytest.mark.parametrize("seed", range(RUNS))
def test_a_broken_mail_is_read_or_refused(seed: int) -> None:
    chance = random.Random(seed)
    mails = real_mails()
    for number in range(MAILS):
        raw = broken(chance.choice(mails), chance)
        try:
            letter = read(raw)
        except Unreadable:
            continue
        where = f"mail {number} of seed {seed}: {raw[:200]!r}"
        shown = (letter.sender.name, letter.subject, letter.text, *letter.headers.values())
        assert not any("\0" in words or "\r" in words for words in shown), where
        "".join(shown).encode()  # no lone surrogates
        assert [len(part_bytes(raw, part.position)) for part in letter.parts] == [
            part.size for part in letter.parts
        ], where
        assert not any("could not be taken apart" in doubt for doubt in letter.doubts), where
