"""PNG bytes → what a test can say about the picture; and specs that several tests draw."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass

from PIL import Image

from services.debugcog.charting.chart_spec import ChartSpec, Line, Threshold

START = 1_700_049_600.0  # 2023-11-15 12:00 UTC
HOUR = 3600.0

Box = tuple[int, int, int, int]


@dataclass(frozen=True, slots=True)
class Picture:
    """A decoded PNG; pixels are counted from the upper left corner."""

    mode: str
    image: Image.Image

    def at(self, x: int, y: int) -> str:
        """Return the colour of a pixel, as ``#rrggbb``."""
        pixel = self.image.getpixel((x, y))
        assert isinstance(pixel, tuple)
        return "#" + bytes(pixel).hex()

    def colours(self, box: Box | None = None) -> set[str]:
        """Return the colours inside a box: left, top, right, bottom."""
        pixels = self.image.crop(box).tobytes()
        return {"#" + pixels[i : i + 3].hex() for i in range(0, len(pixels), 3)}

    def extent(self, colour: str, box: Box | None = None) -> Box | None:
        """Return the smallest box with all pixels of a colour, counted from ``box``'s corner."""
        part = self.image.crop(box)
        pixels, wanted = part.tobytes(), bytes.fromhex(colour[1:])
        found = [i // 3 for i in range(0, len(pixels), 3) if pixels[i : i + 3] == wanted]
        xs, ys = [i % part.width for i in found], [i // part.width for i in found]
        return (min(xs), min(ys), max(xs) + 1, max(ys) + 1) if found else None


def decode_png(png: bytes) -> Picture:
    """Decode a PNG."""
    with Image.open(io.BytesIO(png), formats=["PNG"]) as image:
        return Picture(image.mode, image.convert("RGB"))


def flat(label: str, value: float | None, count: int = 61) -> Line:
    """Build a line of one value, once a minute for an hour."""
    return Line(label, tuple((START + 60 * index, value) for index in range(count)))


def chart(
    *lines: Line, title: str = "Response time", limits: tuple[Threshold, ...] = ()
) -> ChartSpec:
    """Build a spec of an hour of milliseconds."""
    return ChartSpec(title, "ms", lines, limits, (), START, START + HOUR)


def busy_chart() -> ChartSpec:
    """Build the fullest usual chart: three lines, as long as allowed."""
    noise = random.Random(1)
    lines = tuple(
        Line(label, tuple((START + 6 * i, base * noise.uniform(0.5, 1.5)) for i in range(600)))
        for label, base in (("p50", 800.0), ("p95", 2400.0), ("max", 5200.0))
    )
    limits = (Threshold("warning", 3000, "warning"), Threshold("critical", 5000, "critical"))
    return chart(*lines, limits=limits)


def rising(count: int) -> tuple[tuple[float, float | None], ...]:
    """Build points that rise by one a minute."""
    return tuple((START + 60 * index, float(index)) for index in range(count))
