"""The picture: what listing costs, by the number of items. Both ways in powers of ten."""

from __future__ import annotations

from math import log10
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

# Seconds of CPU, by the number of items.
Points: TypeAlias = dict[int, float]

WIDTH, HEIGHT = 760, 440
LEFT, RIGHT, TOP, BOTTOM = 70, 130, 40, 50
ITEMS = (100, 1_000_000)
SECONDS = (0.001, 10.0)
COLOURS = ("#0b6e4f", "#b23a48", "#d98324", "#3d5a80", "#7b5ea7", "#8d6b4f", "#5c6b73")
LEAST_APART = 14
FONT = 'font-family="sans-serif" font-size="13" role="img"'


def drawn(lines: dict[str, Points]) -> str:
    """An SVG of the lines; the first name's stands out, whatever is its place."""
    ordered = sorted(lines, key=lambda name: name != "cxdesk")
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" {FONT}>',
        "<title>CPU of listing what is due, by the number of items</title>",
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 22, "CPU of listing what is due, by the number of items", weight="bold"),
        *_grid(),
        *(
            _line(lines[name], colour, 3.5 if name == "cxdesk" else 1.8)
            for name, colour in zip(ordered, COLOURS, strict=False)
        ),
        *_labels({name: lines[name] for name in ordered}),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _x(items: float) -> float:
    return LEFT + (WIDTH - LEFT - RIGHT) * _share(items, *ITEMS)


def _y(seconds: float) -> float:
    return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * _share(seconds, *SECONDS)


def _share(value: float, first: float, last: float) -> float:
    return (log10(value) - log10(first)) / (log10(last) - log10(first))


def _text(
    x: float, y: float, said: str, *, anchor: str = "start", fill: str = "#333333", weight: str = ""
) -> str:
    bold = f' font-weight="{weight}"' if weight else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" text-anchor="{anchor}" fill="{fill}"{bold}>{said}</text>'


def _grid() -> Iterator[str]:
    for power in range(2, 7):
        x = _x(10**power)
        yield _rule(x, TOP, x, HEIGHT - BOTTOM)
        yield _text(x, HEIGHT - BOTTOM + 20, f"{10**power:,}", anchor="middle")
    for power, said in zip(range(-3, 2), ("1 ms", "10 ms", "100 ms", "1 s", "10 s"), strict=True):
        y = _y(10.0**power)
        yield _rule(LEFT, y, WIDTH - RIGHT, y)
        yield _text(LEFT - 8, y + 4, said, anchor="end")
    yield _text((LEFT + WIDTH - RIGHT) / 2, HEIGHT - 8, "items", anchor="middle")


def _rule(x1: float, y1: float, x2: float, y2: float) -> str:
    ends = f'x1="{x1:.0f}" y1="{y1:.0f}" x2="{x2:.0f}" y2="{y2:.0f}"'
    return f'<line {ends} stroke="#dddddd"/>'


def _line(points: Points, colour: str, width: float) -> str:
    places = [(_x(items), _y(seconds)) for items, seconds in sorted(points.items())]
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in places)
    dots = "".join(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3"/>' for x, y in places)
    line = f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="{width}"/>'
    return f'{line}<g fill="{colour}">{dots}</g>'


def _labels(lines: dict[str, Points]) -> Iterator[str]:
    """Each name behind the last point of its line, moved down where two would overlap."""
    lowest: dict[float, float] = {}
    ends = [
        (_x(max(points)), _y(points[max(points)]), name, colour)
        for (name, points), colour in zip(lines.items(), COLOURS, strict=False)
    ]
    for x, y, name, colour in sorted(ends, key=lambda end: end[:2]):
        y = max(y, lowest.get(x, 0) + LEAST_APART)
        lowest[x] = y
        weight = "bold" if name == "cxdesk" else ""
        yield _text(x + 8, y + 4, name, fill=colour, weight=weight)
