"""Ten rows of twcs_sample.csv, broken in ten ways: `python tests/data/break_twcs.py` writes
twcs_broken.csv anew. Only these rows are at fault; the rest of the file stays as it was."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

HERE = Path(__file__).parent
SAMPLE = HERE / "twcs_sample.csv"
BROKEN = HERE / "twcs_broken.csv"


class Break(NamedTuple):
    """In the line of the tweet `id`, the first `old` becomes `new`; `column` and `says` are what a
    reader must name."""

    id: str
    old: str
    new: str
    column: str | None
    says: str


BREAKS = (
    Break(
        "3",
        "@sprintcare I have sent several private messages and no one is responding as usual",
        "",
        "text",
        "nothing was said",
    ),
    Break("5", ",115712,True,", ",115712,", None, "7 cells"),
    Break("8", '"9,6,10",', '"9,6,10",6.0', "in_response_to_tweet_id", "by way of 6"),
    Break("11", "sprintcare", "sprint\0care", "author_id", "NUL"),
    Break("20", ",20,", ",,", "tweet_id", "empty"),
    Break("22", ",22,", ",21,", "tweet_id", "id of line 17"),
    Break("27", "@115716 No", '"@115716 No', "text", "quotation mark opens"),
    Break("29", ",True,", ",perhaps,", "inbound", "no direction"),
    Break("32", "Tue Oct 31 22:10:08 +0000 2017", "03/04/2017 22:10", "created_at", "no instant"),
    Break("33", "+0000 2017", "+0000 2090", "created_at", "future"),
)


def broken() -> bytes:
    lines = SAMPLE.read_text(encoding="utf-8").split("\n")
    for one in BREAKS:
        at = next(at for at, line in enumerate(lines) if line.split(",")[1:2] == [one.id])
        assert one.old in lines[at]
        lines[at] = lines[at].replace(one.old, one.new, 1)
    return "\n".join(lines).encode()


if __name__ == "__main__":
    BROKEN.write_bytes(broken())
