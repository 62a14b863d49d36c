"""Points of a series → line of a chart, with gaps where nothing was recorded or nothing ran."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from services.debugcog.charting.chart_spec import MAX_MARKS, Line, Mark
from services.debugcog.timeseries.snapshot import Point

GAP = 3.0
"""A pause is a gap when it is so many times as long as the usual one between two points."""

SHORTEST = 60.0
"""Seconds that a chart shows at least."""

SAME_RUN = 5.0
"""Seconds within which two starts are one, read twice."""


def span(points: Sequence[Point], start: float, end: float) -> tuple[float, float]:
    """Choose a chart's edges: a bot that is younger than the window starts at the left."""
    first = points[0].time if points else start
    return min(max(start, first), end - SHORTEST), end


def starts(recorded: Sequence[Point], run_start: float) -> tuple[float, ...]:
    """List when the process started, this run last, in unix seconds.

    Args:
        recorded: points of the metric of starts, this run's among them.
        run_start: of this run, by the clock as it is now.
    """
    earlier = sorted({point.maximum for point in recorded if point.time < run_start})
    found: list[float] = []
    for start in (*(one for one in earlier if one < run_start - SAME_RUN), run_start):
        if not found or start - found[-1] > SAME_RUN:
            found.append(start)
    return tuple(found)


def restarts(points: Sequence[Point], starts: Sequence[float]) -> tuple[float, ...]:
    """Choose the starts before which there are points: the first start of all is no restart."""
    width = min((later.time - earlier.time for earlier, later in pairwise(points)), default=0.0)
    return tuple(start for start in starts if width and points[0].time + width <= start)


def marks(restarts: Sequence[float]) -> tuple[Mark, ...]:
    """Mark restarts; of many, the last ones."""
    return tuple(Mark(start, "restart") for start in restarts[-MAX_MARKS:])


def line(
    label: str,
    points: Sequence[Point],
    pick: Callable[[Point], float],
    restarts: Sequence[float] = (),
) -> Line:
    """Draw ``pick`` of each point; a line does not go on over a restart."""
    return Line(label, tuple(_with_gaps(points, pick, restarts)))


def _with_gaps(
    points: Sequence[Point], pick: Callable[[Point], float], restarts: Sequence[float]
) -> Iterator[tuple[float, float | None]]:
    pauses = [later.time - earlier.time for earlier, later in pairwise(points)]
    longest = GAP * median(pauses) if pauses else 0.0
    previous: float | None = None
    for point in points:
        if previous is not None and (
            point.time - previous > longest
            or any(previous < start <= point.time for start in restarts)
        ):
            yield (previous + point.time) / 2, None
        yield point.time, pick(point)
        previous = point.time
