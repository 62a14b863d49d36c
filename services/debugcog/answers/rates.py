"""Points of a counter, and of what is always measured → its amount per minute, zero included."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence

from services.debugcog.timeseries.snapshot import Point

MINUTE = 60.0
SETTLED = 10.0
"""Seconds that a bucket which has not ended must have lasted before its rate tells something."""


def per_minute(
    points: Sequence[Point],
    alive: Sequence[Point],
    now: float,
    amount: Callable[[Point], float] = lambda point: point.count,
) -> tuple[Point, ...]:
    """Return what came a minute, as the points' mean.

    A counter has no point where nothing came. It was zero where the bot ran, and is not known
    elsewhere; what is always measured tells the two apart.

    Args:
        points: of the counter.
        alive: of a value that is sampled all the time, in the same window.
        now: unix seconds.
        amount: what a point adds; its count, unless something else is to be added up.
    """
    width = max((MINUTE, *(point.width for point in (*points, *alive))))
    amounts: dict[float, float] = defaultdict(float)
    for point in alive:
        amounts[_bucket(point, width)] += 0.0
    for point in points:
        amounts[_bucket(point, width)] += amount(point)
    return tuple(
        _point(start, MINUTE * came / min(width, now - start), width)
        for start, came in sorted(amounts.items())
        if now - start >= SETTLED
    )


def _bucket(point: Point, width: float) -> float:
    return point.time // width * width


def _point(start: float, rate: float, width: float) -> Point:
    return Point(start, 0, rate, rate, rate, rate, width)
