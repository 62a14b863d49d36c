"""ChartSpec → PNG bytes: numbers over time, with limits, incidents and marks."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from services.debugcog.charting.canvas import (
    BACKGROUND,
    BRIGHT,
    EDGE,
    GRID,
    INKS,
    LABEL,
    MUTED,
    SHADE,
    SIGNALS,
    TITLE,
    WIDTH,
    Canvas,
    Label,
    width_of,
)
from services.debugcog.charting.chart_spec import ChartSpec, Line, Threshold
from services.debugcog.charting.mark_names import names, stretches
from services.debugcog.charting.scales import (
    Frame,
    alone,
    clock_time,
    spread,
    time_ticks,
    value_range,
    value_ticks,
)
from services.debugcog.units import human

LEFT, BOTTOM, TOP, HEAD = 112.0, 60.0, 328.0, 364.0  # plot and title, from the lower left
GAP = 28.0  # pixels between the middles of two labels, one above the other
LABEL_WIDTH_MIN, LABEL_WIDTH_MAX = 64.0, 260.0  # pixels for the labels right of the plot
APART = 14.0  # pixels at least between two labels of times
MARK_WIDTH_MAX = 120.0  # pixels for the name of a mark
TIME_WIDTH = 88.0  # pixels of the axis for the label of a time


class ChartPainter:
    """Draws one chart after the other."""

    def __init__(self, canvas: Canvas) -> None:
        self._canvas = canvas

    def draw(self, spec: ChartSpec) -> None:
        """Draw a chart; a spec without a single value gives a picture that says so."""
        self._canvas.clear()
        lines = [line for line in spec.lines if line.values]
        if lines:
            self._chart(spec, lines)
        else:
            self._empty(spec)

    def _chart(self, spec: ChartSpec, lines: Sequence[Line]) -> None:
        values = [value for line in lines for value in line.values]
        low, high = value_range(values, [threshold.value for threshold in spec.thresholds])
        labels = [*self._line_labels(lines, spec.unit), *self._limit_labels(spec, low, high)]
        ticks, left = self._value_labels(low, high, spec.unit)
        right = WIDTH - EDGE - max(LABEL_WIDTH_MIN, *map(width_of, labels)) - 14
        frame = Frame(left, BOTTOM, right, TOP, spec.start, spec.end, low, high)
        self._spans(spec, frame)
        self._value_axis(ticks, frame)
        self._time_axis(spec, frame)
        self._marks(spec, frame)
        self._lines(lines, frame)
        self._limits(spec.thresholds, frame)
        self._place(labels, spec, lines, frame)
        self._title(spec.title, WIDTH - EDGE)

    def _title(self, title: str, right: float) -> None:
        label = self._canvas.write(EDGE, HEAD, "", BRIGHT, fontsize=TITLE, bold=True)
        self._canvas.fit(label, title, right - EDGE)

    def _empty(self, spec: ChartSpec) -> None:
        self._title(spec.title, WIDTH - EDGE)
        for index in range(5):
            y = BOTTOM + index * (TOP - BOTTOM) / 4
            self._canvas.stroke((EDGE, WIDTH - EDGE), (y, y), GRID, 1.0)
        x, y = WIDTH / 2, (TOP + BOTTOM) / 2
        self._canvas.box((x - 260, y - 40), 520, 80, color=BACKGROUND)
        style = {"horizontalalignment": "center"}
        self._canvas.write(x, y + 16, "No data yet", BRIGHT, fontsize=TITLE, bold=True, **style)
        start, end = (clock_time(t, spec.end - spec.start) for t in (spec.start, spec.end))
        text = f"Nothing was measured from {start} to {end} UTC."
        self._canvas.write(x, y - 20, text, MUTED, **style)

    def _spans(self, spec: ChartSpec, frame: Frame) -> None:
        for span in spec.spans:
            if span.end < spec.start or span.start > spec.end:
                continue
            left = min(frame.x(max(span.start, spec.start)), frame.right - 4)
            width = max(frame.x(min(span.end, spec.end)) - left, 4)  # a short one is seen too
            colour = SIGNALS[span.severity]
            self._canvas.box((left, BOTTOM), width, TOP - BOTTOM, color=colour, alpha=SHADE)
            self._canvas.box((left, TOP), width, 4, color=colour)

    def _marks(self, spec: ChartSpec, frame: Frame) -> None:
        """Draw what happened, named beside it where there is room."""
        inside = [one for one in spec.marks if spec.start <= one.time <= spec.end]
        labels = [self._canvas.write(0, 0, "", MUTED) for _ in inside]
        sizes = [
            (frame.x(mark.time), mark.label, self._canvas.fit(label, mark.label, MARK_WIDTH_MAX))
            for mark, label in zip(inside, labels, strict=True)
        ]
        placed = names(sizes, frame.left, frame.right)
        for label, name in zip(labels, placed, strict=True):
            label.set_visible(name is not None)
            if name is not None:
                label.set(x=name.left, y=name.height(TOP))
        for x, _, _ in sizes:
            for stretch in stretches(x, list(filter(None, placed)), BOTTOM, TOP):
                self._canvas.stroke((x, x), stretch, MUTED, 2.0, linestyle=(0, (2, 2)))

    def _value_labels(
        self, low: float, high: float, unit: str
    ) -> tuple[list[tuple[float, Label]], float]:
        """Write the labels of the values; return them, and where the plot may begin."""
        ticks = [
            (value, self._canvas.write(0, 0, text, MUTED, horizontalalignment="right"))
            for value, text in value_ticks(low, high, unit)
        ]
        return ticks, max([LEFT, *(EDGE + width_of(label) + 10 for _, label in ticks)])

    def _value_axis(self, ticks: Sequence[tuple[float, Label]], frame: Frame) -> None:
        for value, label in ticks:
            y = frame.y(value)
            self._canvas.stroke((frame.left, frame.right), (y, y), GRID, 1.0)
            label.set(x=frame.left - 10, y=y)

    def _time_axis(self, spec: ChartSpec, frame: Frame) -> None:
        """Write the zone and the times, each below its tick, or right of it to clear the last."""
        below = BOTTOM - 24
        free = EDGE + width_of(self._canvas.write(EDGE, below, "UTC", MUTED)) + APART
        most = max(2, int((frame.right - frame.left) / TIME_WIDTH))
        for time, text in time_ticks(spec.start, spec.end, most):
            x = frame.x(time)
            self._canvas.stroke((x, x), (BOTTOM - 6, BOTTOM), MUTED, 1.0)
            label = self._canvas.write(x, below, text, MUTED, horizontalalignment="center")
            half = width_of(label) / 2
            label.set(x=(x := max(x, free + half)))
            free = x + half + APART

    def _limits(self, thresholds: Sequence[Threshold], frame: Frame) -> None:
        """Draw the limits in reach over the data."""
        for threshold in thresholds:
            if frame.low <= threshold.value <= frame.high:
                y, colour = frame.y(threshold.value), SIGNALS[threshold.severity]
                xs = (frame.left, frame.right)
                self._canvas.stroke(xs, (y, y), colour, 2.0, linestyle=(0, (5, 3)))

    def _lines(self, lines: Sequence[Line], frame: Frame) -> None:
        """Draw the first line last and thickest, so that it lies on top."""
        inside = (frame.left - 4, BOTTOM - 4, frame.right + 4, TOP + 4)
        for index, line in reversed(list(enumerate(lines))):
            xs = [frame.x(time) for time, _ in line.points]
            ys = [math.nan if value is None else frame.y(value) for _, value in line.points]
            width = 2.5 if index else 4.0
            self._canvas.stroke(xs, ys, INKS[index], width, inside)
            dots = list(alone(ys))
            dot_xs, dot_ys = [xs[i] for i in dots], [ys[i] for i in dots]
            style = {"marker": "o", "markersize": 6}
            self._canvas.stroke(dot_xs, dot_ys, INKS[index], 0, inside, **style)

    def _line_labels(self, lines: Sequence[Line], unit: str) -> Iterator[Label]:
        """Write what each line is and its last value, unless that is a gap."""
        for line, colour in zip(lines, INKS, strict=False):
            last = line.points[-1][1]
            label = self._canvas.write(0, 0, "", colour, fontsize=LABEL, bold=True)
            tail = "" if last is None else f" {human(last, unit)}"
            self._canvas.fit(label, line.label, LABEL_WIDTH_MAX, tail)
            yield label

    def _limit_labels(self, spec: ChartSpec, low: float, high: float) -> Iterator[Label]:
        """Write what each limit is, with an arrow to one that is out of reach."""
        for threshold in spec.thresholds:
            arrow = " ↑" if threshold.value > high else " ↓" if threshold.value < low else ""
            label = self._canvas.write(0, 0, "", SIGNALS[threshold.severity])
            tail = f" {human(threshold.value, spec.unit)}{arrow}"
            self._canvas.fit(label, threshold.label, LABEL_WIDTH_MAX, tail)
            yield label

    def _place(
        self, labels: Sequence[Label], spec: ChartSpec, lines: Sequence[Line], frame: Frame
    ) -> None:
        """Put all labels right of the plot, each as near to what it names as the others let it."""
        values = [line.values[-1] for line in lines]
        values += [threshold.value for threshold in spec.thresholds]
        wanted = [frame.y(min(max(value, frame.low), frame.high)) for value in values]
        heights = spread(wanted, GAP, BOTTOM + 8, TOP)
        for label, y in zip(labels, heights, strict=True):
            label.set(x=frame.right + 14, y=y)
