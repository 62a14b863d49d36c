"""Points of a series → line of a chart, with gaps where nothing was recorded."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from services.debugcog.charting.chart_spec import Line
from services.debugcog.timeseries.snapshot import Point

GAP = 3.0
"""A pause is a gap when it is so many times as long as the usual one between two points."""

SHORTEST = 60.0
"""Seconds that a chart shows at least."""


def span(points: Sequence[Point], start: float, end: float) -> tuple[float, float]:
    """Choose a chart's edges: a bot that is younger than the window starts at the left."""
    first = points[0].time if points else start
    return min(max(start, first), end - SHORTEST), end


def line(label: str, points: Sequence[Point], pick: Callable[[Point], float]) -> Line:
    """Draw ``pick`` of each point."""
    return Line(label, tuple(_with_gaps(points, pick)))


def _with_gaps(
    points: Sequence[Point], pick: Callable[[Point], float]
) -> Iterator[tuple[float, float | None]]:
    pauses = [later.time - earlier.time for earlier, later in pairwise(points)]
    longest = GAP * median(pauses) if pauses else 0.0
    previous: float | None = None
    for point in points:
        if previous is not None and point.time - previous > longest:
            yield (previous + point.time) / 2, None
        yield point.time, pick(point)
        previous = point.time
