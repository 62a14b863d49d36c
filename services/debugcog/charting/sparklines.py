"""SparklinesSpec: frozen description of many small charts in one picture, and its alt text."""

from __future__ import annotations

import json
from typing import Any

from services.debugcog.charting.chart_spec import (
    MAX_ALT_TEXT,
    MAX_TEXT,
    Line,
    Severity,
    check_count,
    check_severity,
    one_line,
    pack,
    unpack,
)
from services.debugcog.frozen import frozen
from services.debugcog.wording import counted

MAX_TILES = 18
MAX_TILE_POINTS = 120


@frozen
class Tile:
    """One figure and how it came to be.

    Attributes:
        label: a word or two.
        value_text: the figure as the reader sees it, with its unit.
        severity: of the rule that watches it; None when all is well, or nothing does.
        points: (unix seconds, value) in the order of time; None is a gap, none at all no line.
    """

    label: str
    value_text: str
    severity: Severity | None = None
    points: tuple[tuple[float, float | None], ...] = ()

    def __post_init__(self) -> None:
        check_count("points of a tile", len(self.points), MAX_TILE_POINTS)
        Line(self.label, self.points)  # its times and values are as those of any line
        if self.severity is not None:
            check_severity(self.severity)


@frozen
class SparklinesSpec:
    """A grid of figures, each with a small line of how it came to be.

    All tiles share one axis of time, from the first point of any of them to the last one.

    Attributes:
        title: drawn above; shortened where it does not fit.
        tiles: 18 at most, the most important first.

    Raises:
        ValueError: if something is out of bounds, or not a real number.
    """

    title: str
    tiles: tuple[Tile, ...]

    def __post_init__(self) -> None:
        check_count("tiles", len(self.tiles), MAX_TILES)


def encode(spec: SparklinesSpec) -> bytes:
    """Write a spec as JSON."""
    tiles = [
        [tile.label[:MAX_TEXT], tile.value_text[:MAX_TEXT], tile.severity, pack(tile.points)]
        for tile in spec.tiles
    ]
    return json.dumps({"title": spec.title[:MAX_TEXT], "tiles": tiles}).encode()


def decode(fields: Any) -> SparklinesSpec:
    """Read the JSON that ``encode`` wrote."""
    tiles = (
        Tile(label, value, severity, unpack(packed))
        for label, value, severity, packed in fields["tiles"]
    )
    return SparklinesSpec(fields["title"], tuple(tiles))


def alt_text(spec: SparklinesSpec) -> str:
    """Say in words what the picture shows: what is wrong first, then each figure."""
    wrong = [tile for tile in spec.tiles if tile.severity]
    wrong.sort(key=lambda tile: tile.severity == "warning")
    parts = [f"{one_line(spec.title, 100)}: {counted(len(spec.tiles), 'figure')}."]
    if wrong:
        named = (f"{one_line(tile.label, 40)} ({tile.severity})" for tile in wrong)
        parts.append(f"To look at: {', '.join(named)}.")
    parts += [_described(tile) for tile in spec.tiles]
    return one_line(" ".join(parts), MAX_ALT_TEXT)


def _described(tile: Tile) -> str:
    values = [value for _, value in tile.points if value is not None]
    return f"{one_line(tile.label, 40)} {one_line(tile.value_text, 40)}{_course(values)}."


def _course(values: list[float]) -> str:
    """Say where the line goes, by the means of its first and its last quarter."""
    quarter = len(values) // 4
    if not quarter:
        return ""
    before, after = sum(values[:quarter]) / quarter, sum(values[-quarter:]) / quarter
    span = max(abs(before), abs(after))
    if abs(after - before) <= span / 10:
        return ", steady"
    return ", rising" if after > before else ", falling"
