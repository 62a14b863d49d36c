"""WaterfallSpec → picture: a row for each call, its label left and its bar along the time."""

from __future__ import annotations

from services.debugcog.charting.canvas import (
    BACKGROUND,
    BRIGHT,
    EDGE,
    GRID,
    INKS,
    MUTED,
    SIGNALS,
    TICK,
    TITLE,
    WIDTH,
    Canvas,
    width_of,
)
from services.debugcog.charting.scales import Frame, value_ticks
from services.debugcog.charting.waterfall import Bar, WaterfallSpec
from services.debugcog.units import human

HEAD = 64.0  # pixels of the title
AXIS = 40.0  # pixels of the times below
ROW = 36.0  # pixels of a call
BAR = 22.0  # pixels of a bar's height
BETWEEN = 18.0  # pixels between two traces
LABELS = 260.0  # pixels of the labels' column
INDENT = 18.0  # pixels for each depth
BESIDE = 8.0  # pixels between a bar and its duration
THIN = 4.0  # pixels that the shortest call takes
FAILED = "✖ "


def draw_waterfall(canvas: Canvas, spec: WaterfallSpec) -> None:
    """Draw the calls from top to bottom, a line between two traces."""
    breaks = sum(a.group != b.group for a, b in zip(spec.rows, spec.rows[1:], strict=False))
    plot = max(1, len(spec.rows)) * ROW + breaks * BETWEEN
    height = round(HEAD + plot + AXIS + EDGE)
    canvas.clear(height)
    title = canvas.write(EDGE, height - HEAD / 2 - 2, "", BRIGHT, fontsize=TITLE, bold=True)
    canvas.fit(title, spec.title, WIDTH - 2 * EDGE)
    top = height - HEAD
    if not spec.rows:
        canvas.write(EDGE, top - ROW / 2, "No calls yet", MUTED)
        return
    total = max(spec.total_ms, 1e-3)
    left = EDGE + LABELS
    frame = Frame(left, EDGE + AXIS, WIDTH - EDGE, top, 0.0, total * 1.02, 0.0, 1.0)
    _axis(canvas, frame, total)
    middle, group = top - ROW / 2, spec.rows[0].group
    for bar in spec.rows:
        if bar.group != group:
            group = bar.group
            y = middle + ROW / 2 - BETWEEN / 2
            canvas.stroke((EDGE, WIDTH - EDGE), (y, y), MUTED, 1.0)
            middle -= BETWEEN
        _row(canvas, bar, frame, middle)
        middle -= ROW


def _axis(canvas: Canvas, frame: Frame, total: float) -> None:
    for ms, text in value_ticks(0.0, total, "ms", most=4):
        x = frame.x(ms)
        canvas.stroke((x, x), (frame.bottom, frame.top), GRID, 1.0, zorder=0)
        label = canvas.write(x, frame.bottom - 22, text, MUTED, horizontalalignment="center")
        half = width_of(label) / 2
        label.set(x=min(x, WIDTH - EDGE - half))


def _row(canvas: Canvas, bar: Bar, frame: Frame, middle: float) -> None:
    colour = _colour(bar)
    indent = INDENT * bar.depth
    ink = colour if bar.slowest or bar.failed else BRIGHT
    name = canvas.write(EDGE + indent, middle, "", ink)
    canvas.fit(name, (FAILED if bar.failed else "") + bar.label, LABELS - indent - 2 * BESIDE)
    left = frame.x(bar.start_ms)
    wide = max(THIN, frame.x(bar.end_ms) - left)
    left = min(left, frame.right - wide)
    canvas.box((left, middle - BAR / 2), wide, BAR, color=colour)
    _duration(canvas, bar, frame, (left, left + wide, middle))


def _duration(canvas: Canvas, bar: Bar, frame: Frame, place: tuple[float, float, float]) -> None:
    """Write how long it took: right of the bar, else left of it, else inside."""
    left, right, middle = place
    text = human(bar.duration_ms, "ms")
    label = canvas.write(right + BESIDE, middle, text, BRIGHT, fontsize=TICK - 1)
    wide = width_of(label)
    if right + BESIDE + wide <= frame.right:
        return
    if left - BESIDE - wide >= frame.left:
        label.set(x=left - BESIDE - wide)
    else:
        label.set(color=BACKGROUND, fontweight="bold")
        label.set(x=right - BESIDE - width_of(label))


def _colour(bar: Bar) -> str:
    if bar.failed:
        return SIGNALS["critical"]
    if bar.slowest:
        return SIGNALS["warning"]
    return INKS[0] if bar.depth else INKS[2]
