"""Lines, boxes and texts at pixels → PNG, in Discord's dark look; alone imports matplotlib."""

from __future__ import annotations

import io
from bisect import bisect_left
from collections.abc import Sequence
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

from services.debugcog.charting.chart_spec import one_line

Label = Text
Box = tuple[float, float, float, float]
WIDTH, HEIGHT, DPI = 800, 400, 100  # pixels; a phone shows them at half this width

BACKGROUND = "#2b2d31"  # an embed in Discord's dark theme
GRID = "#3f4248"
MUTED = "#b5bac1"
BRIGHT = "#f2f3f5"
INKS = ("#5cc8ff", "#c9a0ff", "#98a2b3", "#57f287", "#ff8ad8", "#d9b38c")
SIGNALS = {"warning": "#f0b232", "critical": "#ff5c61"}
SHADE = 1 / 6  # opacity of an incident; also the palette's weakest strength

TITLE, LABEL, TICK = 21.0, 16.5, 16.0  # sizes of type in points, of 1.39 pixels each
EDGE = 24.0  # pixels left free around everything
MISSING = "□"  # stands for what the font cannot write

ROUNDED = 0.01
"""Of a pixel, by which a height is more: matplotlib before 3.9 cuts off what is less than one."""


class Canvas:
    """One figure, used again for every picture, with plain artists at pixels.

    matplotlib's axes, ticks and layout would cost most of the time, and move from chart to chart.
    """

    def __init__(self) -> None:
        mpl.rcdefaults()  # a matplotlibrc of the host must not change the look
        self._height = HEIGHT
        size = (WIDTH / DPI, HEIGHT / DPI)
        self._figure = Figure(figsize=size, dpi=DPI, facecolor=BACKGROUND)
        self._agg: Any = FigureCanvasAgg(self._figure)  # its methods carry no types
        self._plain, self._bold = FontProperties(), FontProperties(weight="bold")
        self._glyphs = frozenset(get_font(findfont(self._bold)).get_charmap())
        self._palette = _palette()

    def clear(self, height: int = HEIGHT) -> None:
        """Begin a new picture of so many pixels."""
        self._figure.clear()
        if height != self._height:
            self._height = height
            self._figure.set_size_inches(WIDTH / DPI, (height + ROUNDED) / DPI)

    def stroke(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        colour: str,
        width: float,
        inside: Box | None = None,
        **style: Any,
    ) -> None:
        """Draw a line through pixels, ``width`` pixels thick; NaN interrupts it.

        Args:
            xs: pixels from the left.
            ys: pixels from below, as many.
            colour: of the line.
            width: pixels.
            inside: left, bottom, right and top edge, beyond which it is not drawn.
            style: of the line, as matplotlib calls it.
        """
        points = width * 72 / DPI
        line = Line2D(xs, ys, color=colour, linewidth=points, transform=IdentityTransform())
        if inside:
            line.set_clip_box(Bbox.from_extents(*inside))
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

    def fit(self, label: Text, text: str, room: float, tail: str = "") -> float:
        """Set a label's text, shortened before ``tail`` to ``room`` pixels; return its width."""
        text = "".join(c if ord(c) in self._glyphs else MISSING for c in one_line(text))
        label.set_text((text + tail).strip())
        if width_of(label) > room:

            def too_wide(keep: int) -> bool:
                label.set_text(text[:keep].rstrip() + "…" + tail)
                return width_of(label) > room

            too_wide(max(0, bisect_left(range(len(text)), True, key=too_wide) - 1))
        return width_of(label)

    def png(self) -> bytes:
        """Encode the picture with a fixed palette: a third of the size, and no search for one."""
        self._agg.draw()
        picture = Image.frombuffer("RGBA", (WIDTH, self._height), self._agg.buffer_rgba())
        out = io.BytesIO()
        few = picture.convert("RGB").quantize(palette=self._palette, dither=Image.Dither.NONE)
        few.save(out, "PNG")
        return out.getvalue()


def width_of(label: Text) -> float:
    """Return the pixels that a label takes."""
    return float(label.get_window_extent().width)


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
