"""SparklinesSpec → picture: a grid of tiles with a label, a figure and a line each."""

from __future__ import annotations

import math

from services.debugcog.charting.canvas import (
    BRIGHT,
    EDGE,
    GRID,
    INKS,
    LABEL,
    MUTED,
    SIGNALS,
    TICK,
    TITLE,
    WIDTH,
    Canvas,
)
from services.debugcog.charting.scales import Frame, alone, value_range
from services.debugcog.charting.sparklines import SparklinesSpec, Tile

COLUMNS = 3
FEW = 4  # tiles that stand in two columns
HEAD = 64.0  # pixels of the title
GAP = 16.0  # pixels between two tiles
TILE = 124.0  # pixels of a tile's height
PAD = 12.0  # pixels inside a tile
LINE = 42.0  # pixels of the line's height
MARKS = {"warning": "⚠ ", "critical": "✖ "}


def draw_sparklines(canvas: Canvas, spec: SparklinesSpec) -> None:
    """Draw the tiles from the upper left, row by row."""
    columns = 2 if len(spec.tiles) <= FEW else COLUMNS
    rows = max(1, math.ceil(len(spec.tiles) / columns))
    height = round(HEAD + rows * (TILE + GAP) + EDGE - GAP)
    canvas.clear(height)
    title = canvas.write(EDGE, height - HEAD / 2 - 2, "", BRIGHT, fontsize=TITLE, bold=True)
    canvas.fit(title, spec.title, WIDTH - 2 * EDGE)
    width = (WIDTH - 2 * EDGE - (columns - 1) * GAP) / columns
    start, end = _window(spec)
    for index, tile in enumerate(spec.tiles):
        row, column = divmod(index, columns)
        left = EDGE + column * (width + GAP)
        bottom = height - HEAD - (row + 1) * TILE - row * GAP
        _tile(canvas, tile, Frame(left, bottom, left + width, bottom + TILE, start, end, 0, 1))


def _window(spec: SparklinesSpec) -> tuple[float, float]:
    times = [time for tile in spec.tiles for time, _ in tile.points]
    start, end = min(times, default=0.0), max(times, default=0.0)
    return start, max(end, start + 1)


def _tile(canvas: Canvas, tile: Tile, frame: Frame) -> None:
    width = frame.right - frame.left
    colour = SIGNALS[tile.severity] if tile.severity else BRIGHT
    if tile.severity:
        canvas.box((frame.left, frame.bottom), 5, TILE, color=colour)
    left, room = frame.left + PAD + 2, width - 2 * PAD
    label = canvas.write(left, frame.top - 22, "", MUTED, fontsize=TICK - 0.5)
    canvas.fit(label, tile.label, room)
    value = canvas.write(left, frame.top - 54, "", colour, fontsize=LABEL + 2, bold=True)
    canvas.fit(value, MARKS.get(tile.severity or "", "") + tile.value_text, room)
    _line(canvas, tile, frame)


def _line(canvas: Canvas, tile: Tile, frame: Frame) -> None:
    values = [value for _, value in tile.points if value is not None]
    if not values:
        return
    low, high = value_range(values, ())
    bottom = frame.bottom + PAD
    area = Frame(
        *(frame.left + PAD + 2, bottom, frame.right - PAD, bottom + LINE),
        *(frame.start, frame.end, low, high),
    )
    colour = SIGNALS[tile.severity] if tile.severity else INKS[0]
    xs = [area.x(time) for time, _ in tile.points]
    ys = [math.nan if value is None else area.y(value) for _, value in tile.points]
    canvas.stroke((area.left, area.right), (area.y(0), area.y(0)), GRID, 1.0)
    canvas.stroke(xs, ys, colour, 3.0)
    dots = list(alone(ys))
    dot_xs, dot_ys = [xs[i] for i in dots], [ys[i] for i in dots]
    canvas.stroke(dot_xs, dot_ys, colour, 0, marker="o", markersize=4)
