"""ChartSpec → PNG bytes, in Discord's dark look; the only module that imports matplotlib."""

from __future__ import annotations

import io
import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Bbox, IdentityTransform
from PIL import Image

from services.debugcog.charting.chart_spec import ChartSpec, Line, Threshold, one_line
from services.debugcog.charting.scales import (
    Frame,
    clock_time,
    spread,
    time_ticks,
    value_range,
    value_ticks,
)
from services.debugcog.units import human

WIDTH, HEIGHT, DPI = 800, 400, 100  # pixels; a phone shows them at half this width

BACKGROUND = "#2b2d31"  # an embed in Discord's dark theme
GRID = "#3f4248"
MUTED = "#b5bac1"
BRIGHT = "#f2f3f5"
INKS = ("#5cc8ff", "#c9a0ff", "#98a2b3", "#57f287", "#ff8ad8", "#d9b38c")
SIGNALS = {"warning": "#f0b232", "critical": "#ff5c61"}
SHADE = 1 / 6  # opacity of an incident; also the palette's weakest strength

TITLE, LABEL, TICK = 18.0, 15.0, 13.5  # sizes of type in points, of 1.39 pixels each
EDGE = 24.0  # pixels left free around everything
LEFT, BOTTOM, TOP, HEAD = 104.0, 52.0, 336.0, 366.0  # plot and title, from the lower left
GAP = 23.0  # pixels between the middles of two labels, one above the other
LABEL_WIDTH_MIN, LABEL_WIDTH_MAX = 64.0, 260.0  # pixels for the labels right of the plot
MISSING = "□"  # stands for what the font cannot write


class Canvas:
    """One figure, used again for every picture, with plain artists at pixels.

    matplotlib's axes, ticks and layout would cost most of the time, and move from chart to chart.
    """

    def __init__(self) -> None:
        mpl.rcdefaults()  # a matplotlibrc of the host must not change the look
        size = (WIDTH / DPI, HEIGHT / DPI)
        self._figure = Figure(figsize=size, dpi=DPI, facecolor=BACKGROUND)
        self._agg: Any = FigureCanvasAgg(self._figure)  # its methods carry no types
        self._plain, self._bold = FontProperties(), FontProperties(weight="bold")
        self._glyphs = frozenset(get_font(findfont(self._bold)).get_charmap())
        self._palette = _palette()

    def clear(self) -> None:
        """Begin a new picture."""
        self._figure.clear()

    def stroke(
        self, xs: Sequence[float], ys: Sequence[float], colour: str, width: float, **style: Any
    ) -> None:
        """Draw a line through pixels, ``width`` pixels thick; NaN interrupts it."""
        points = width * 72 / DPI
        line = Line2D(xs, ys, color=colour, linewidth=points, transform=IdentityTransform())
        line.set(**style)
        self._figure.add_artist(line)

    def box(self, corner: tuple[float, float], width: float, height: float, **style: Any) -> None:
        """Fill a rectangle, given by its lower left corner."""
        transform = IdentityTransform()
        box = Rectangle(corner, width, height, linewidth=0, transform=transform, **style)
        self._figure.add_artist(box)

    def write(self, x: float, y: float, text: str, colour: str, **style: Any) -> Text:
        """Write plain text, never read as mathematics; ``y`` is the middle of its line."""
        bold = style.pop("bold", False)
        font = self._bold if bold else self._plain
        label = Text(x, y, text, fontproperties=font, transform=IdentityTransform())
        label.set(
            color=colour, parse_math=False, verticalalignment="center_baseline", fontsize=TICK
        )
        label.set(**style)
        self._figure.add_artist(label)
        return label

    def fit(self, label: Text, text: str, width: float, tail: str = "") -> float:
        """Set a label's text, shortened before ``tail`` to ``width`` pixels; return its width."""
        text = "".join(c if ord(c) in self._glyphs else MISSING for c in one_line(text))
        label.set_text((text + tail).strip())
        if _width(label) > width:

            def too_wide(keep: int) -> bool:
                label.set_text(text[:keep].rstrip() + "…" + tail)
                return _width(label) > width

            too_wide(max(0, bisect_left(range(len(text)), True, key=too_wide) - 1))
        return _width(label)

    def png(self) -> bytes:
        """Encode the picture with a fixed palette: a third of the size, and no search for one."""
        self._agg.draw()
        picture = Image.frombuffer("RGBA", (WIDTH, HEIGHT), self._agg.buffer_rgba())
        out = io.BytesIO()
        few = picture.convert("RGB").quantize(palette=self._palette, dither=Image.Dither.NONE)
        few.save(out, "PNG")
        return out.getvalue()


class Painter:
    """Draws one chart after the other."""

    def __init__(self) -> None:
        self._canvas = Canvas()

    def draw(self, spec: ChartSpec) -> bytes:
        """Draw a chart; a spec without a single value gives a picture that says so."""
        self._canvas.clear()
        lines = [line for line in spec.lines if line.values]
        if lines:
            self._chart(spec, lines)
        else:
            self._empty(spec)
        return self._canvas.png()

    def _chart(self, spec: ChartSpec, lines: Sequence[Line]) -> None:
        values = [value for line in lines for value in line.values]
        low, high = value_range(values, [threshold.value for threshold in spec.thresholds])
        labels, width = self._line_labels(lines, spec.unit)
        ticks, left = self._value_labels(low, high, spec.unit)
        right = WIDTH - EDGE - width - 14
        frame = Frame(left, BOTTOM, right, TOP, spec.start, spec.end, low, high)
        self._spans(spec, frame)
        self._value_axis(ticks, frame)
        self._time_axis(spec, frame)
        self._marks(spec, frame)
        near = [threshold for threshold in spec.thresholds if low <= threshold.value <= high]
        self._lines(lines, frame)
        self._limits(near, frame, spec.unit)
        self._place(labels, lines, frame)
        far = [threshold for threshold in spec.thresholds if threshold not in near]
        self._title(spec.title, self._far_limits(far, high, spec.unit))

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
        """Draw what happened, named on its left; where names would overlap, the newest stays."""
        free = frame.right
        for mark in reversed([one for one in spec.marks if spec.start <= one.time <= spec.end]):
            x = frame.x(mark.time)
            self._canvas.stroke((x, x), (BOTTOM, TOP), MUTED, 2.0, linestyle=(0, (2, 2)))
            label = self._canvas.write(0, TOP - 10, "", MUTED, horizontalalignment="right")
            width = self._canvas.fit(label, mark.label, 120)
            end = max(x - 6, frame.left + width + 6)
            label.set(x=end, text=label.get_text() if end <= free else "")
            free = min(free, end - width - 6)

    def _value_labels(
        self, low: float, high: float, unit: str
    ) -> tuple[list[tuple[float, Text]], float]:
        """Write the labels of the values; return them, and where the plot may begin."""
        ticks = [
            (value, self._canvas.write(0, 0, text, MUTED, horizontalalignment="right"))
            for value, text in value_ticks(low, high, unit)
        ]
        return ticks, max([LEFT, *(EDGE + _width(label) + 10 for _, label in ticks)])

    def _value_axis(self, ticks: Sequence[tuple[float, Text]], frame: Frame) -> None:
        for value, label in ticks:
            y = frame.y(value)
            self._canvas.stroke((frame.left, frame.right), (y, y), GRID, 1.0)
            label.set(x=frame.left - 10, y=y)

    def _time_axis(self, spec: ChartSpec, frame: Frame) -> None:
        below = BOTTOM - 21
        for time, text in time_ticks(spec.start, spec.end):
            x = frame.x(time)
            self._canvas.stroke((x, x), (BOTTOM - 6, BOTTOM), MUTED, 1.0)
            self._canvas.write(x, below, text, MUTED, horizontalalignment="center")
        self._canvas.write(WIDTH - EDGE, below, "UTC", MUTED, horizontalalignment="right")

    def _limits(self, near: Sequence[Threshold], frame: Frame, unit: str) -> None:
        """Draw the limits over the data, each with its name above it on a veil."""
        heights = spread([frame.y(t.value) + 14 for t in near], GAP, BOTTOM + 12, TOP)
        for threshold, height in zip(near, heights, strict=True):
            y, colour = frame.y(threshold.value), SIGNALS[threshold.severity]
            self._canvas.stroke(
                (frame.left, frame.right), (y, y), colour, 2.0, linestyle=(0, (5, 3))
            )
            label = self._canvas.write(frame.left + 8, height, "", colour)
            label.set_bbox({"facecolor": BACKGROUND, "alpha": 0.75, "linewidth": 0, "pad": 1})
            self._canvas.fit(label, threshold.label, 260, " " + human(threshold.value, unit))

    def _far_limits(self, far: Sequence[Threshold], high: float, unit: str) -> float:
        """Name limits far above or below the data, right of the title; return where they begin."""
        right = WIDTH - EDGE
        for threshold in reversed(far):
            colour = SIGNALS[threshold.severity]
            label = self._canvas.write(right, HEAD, "", colour, horizontalalignment="right")
            tail = f" {human(threshold.value, unit)} {'↑' if threshold.value > high else '↓'}"
            right -= self._canvas.fit(label, threshold.label, 190, tail) + EDGE
        return right

    def _lines(self, lines: Sequence[Line], frame: Frame) -> None:
        """Draw the first line last and thickest, so that it lies on top."""
        clip = Bbox.from_extents(frame.left - 4, BOTTOM - 4, frame.right + 4, TOP + 4)
        for index, line in reversed(list(enumerate(lines))):
            xs = [frame.x(time) for time, _ in line.points]
            ys = [math.nan if value is None else frame.y(value) for _, value in line.points]
            width = 2.5 if index else 4.0
            self._canvas.stroke(xs, ys, INKS[index], width, clip_box=clip)
            dots = list(_alone(ys))
            dot_xs, dot_ys = [xs[i] for i in dots], [ys[i] for i in dots]
            style = {"marker": "o", "markersize": 6, "clip_box": clip}
            self._canvas.stroke(dot_xs, dot_ys, INKS[index], 0, **style)

    def _line_labels(self, lines: Sequence[Line], unit: str) -> tuple[list[Text], float]:
        """Write what each line is and its last value, unless that is a gap; say how wide."""
        labels, width = [], LABEL_WIDTH_MIN
        for line in lines:
            last = line.points[-1][1]
            label = self._canvas.write(0, 0, "", BRIGHT, fontsize=LABEL, bold=True)
            tail = "" if last is None else f" {human(last, unit)}"
            width = max(width, self._canvas.fit(label, line.label, LABEL_WIDTH_MAX, tail))
            labels.append(label)
        return labels, width

    def _place(self, labels: Sequence[Text], lines: Sequence[Line], frame: Frame) -> None:
        ends = [frame.y(line.values[-1]) for line in lines]
        heights = spread(ends, GAP, BOTTOM + 8, TOP)
        for label, y, colour in zip(labels, heights, INKS, strict=False):
            label.set(x=frame.right + 14, y=y, color=colour)


def _width(label: Text) -> float:
    return float(label.get_window_extent().width)


def _alone(ys: Sequence[float]) -> Iterator[int]:
    """Find the points between two gaps: a line of one point would be invisible."""
    padded = [math.nan, *ys, math.nan]
    for index, y in enumerate(ys):
        if not math.isnan(y) and math.isnan(padded[index]) and math.isnan(padded[index + 2]):
            yield index


def _palette() -> Image.Image:
    """Build at most 64 colours: each ink in six strengths over the background."""
    base = to_rgb(BACKGROUND)
    mixes = [(base, 1.0), (to_rgb(GRID), 1.0)]
    for ink in (*INKS, *SIGNALS.values(), MUTED, BRIGHT):
        mixes += [(to_rgb(ink), step / 6) for step in range(1, 7)]
    palette = Image.new("P", (1, 1))
    palette.putpalette(
        [
            round(255 * (a * part + b * (1 - part)))
            for colour, part in mixes
            for a, b in zip(colour, base, strict=True)
        ]
    )
    return palette
