"""FlameSpec → picture: a row for each depth, callers above, functions as wide as their time."""

from __future__ import annotations

from services.debugcog.charting.canvas import (
    BACKGROUND,
    BRIGHT,
    EDGE,
    GRID,
    MUTED,
    SIGNALS,
    TITLE,
    WIDTH,
    Canvas,
    width_of,
)
from services.debugcog.charting.flame import FlameSpec, Frame
from services.debugcog.units import human

HEAD = 64.0  # pixels of the title
LEGEND = 40.0  # pixels of the legend below
ROW = 34.0  # pixels of a depth
GAP = 2.0  # pixels between two functions
NARROWEST = 2.0  # pixels of a function that is drawn
NAMED = 56.0  # pixels of one that has room for a name
PAD = 6.0  # pixels around a name
OWN, OTHER = SIGNALS["warning"], GRID


def draw_flame(canvas: Canvas, spec: FlameSpec) -> None:
    """Draw the stacks from top to bottom."""
    depth = 1 + max((frame.depth for frame in spec.frames), default=0)
    height = round(HEAD + depth * ROW + LEGEND + EDGE)
    canvas.clear(height)
    title = canvas.write(EDGE, height - HEAD / 2 - 2, "", BRIGHT, fontsize=TITLE, bold=True)
    canvas.fit(title, spec.title, WIDTH - 2 * EDGE, f" · {human(spec.total_ms, 'ms')}")
    top = height - HEAD
    if not spec.frames:
        canvas.write(EDGE, top - ROW / 2, "No samples", MUTED)
    for frame in spec.frames:
        _frame(canvas, frame, top - (frame.depth + 1) * ROW)
    _legend(canvas, EDGE + LEGEND / 2 - 8)


def _frame(canvas: Canvas, frame: Frame, bottom: float) -> None:
    whole = WIDTH - 2 * EDGE
    left, wide = EDGE + frame.start * whole, frame.width * whole - GAP
    if wide < NARROWEST:
        return
    canvas.box((left, bottom), wide, ROW - GAP, color=OWN if frame.own else OTHER)
    if wide >= NAMED:
        colour = BACKGROUND if frame.own else BRIGHT
        name = canvas.write(left + PAD, bottom + (ROW - GAP) / 2, "", colour, fontsize=15)
        canvas.fit(name, frame.label, wide - 2 * PAD)


def _legend(canvas: Canvas, y: float) -> None:
    x = EDGE
    for colour, text in ((OWN, "your code"), (OTHER, "libraries")):
        canvas.box((x, y - 9), 18, 18, color=colour)
        x += 26 + width_of(canvas.write(x + 26, y, text, MUTED)) + EDGE
