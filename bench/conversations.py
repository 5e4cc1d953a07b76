"""A file of conversations of any length: the sample again and again, each time by other people."""

from __future__ import annotations

import csv

from bench.tongue import SAMPLE

IDS = ("tweet_id", "author_id", "in_response_to_tweet_id")


def grow(path: str, messages: int) -> int:
    """Write at least so many messages to `path`; returns how many."""
    with open(SAMPLE, encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    written = 0
    with open(path, "w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, rows[0])
        out.writeheader()
        while written < messages:
            out.writerows(_as_others(row, written // len(rows)) for row in rows)
            written += len(rows)
    return written


def _as_others(row: dict[str, str], turn: int) -> dict[str, str]:
    """The row with its numbers in a range of their own; who answers stays who it is."""
    return row | {
        name: f"{float(row[name]) + turn * 10_000_000:.0f}"
        for name in IDS
        if row[name] and row[name].replace(".", "").isdigit()
    }
