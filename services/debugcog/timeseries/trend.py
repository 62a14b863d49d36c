"""Points of a series → Trend: its robust slope with a confidence interval, if it has one.

The slope is that of Theil and Sen, the median of the slopes between all pairs of points: single
values far off do not move it. Its confidence interval is Sen's, from the variance of Kendall's
score, widened where neighbours resemble each other, as those of memory do: of values that wander
or that stepped once, a line through them tells little. And a trend holds in each third of the
time: what has grown and stopped grows no more.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import combinations, pairwise
from statistics import median

from services.debugcog.frozen import frozen
from services.debugcog.timeseries.snapshot import Point

WARM_UP = 300.0
"""Seconds after the start that no trend looks at: caches fill, modules are loaded."""

POINTS_MIN = 12
POINTS_MAX = 60
"""Points that are fitted, for 1,770 pairs: 1 ms. More are joined to as many."""
CONFIDENCE = 99
"""Percent of the intervals that hold the true slope."""
DEVIATIONS = 2.576
"""Standard deviations of a normal distribution that hold so many percent."""
SIMILARITY_MAX = 0.95
ROUNDED = 1e-9
"""Part of a value up to which what is beside the line is rounding, and resembles nothing."""
SHARE = 0.5
"""Part of the slope that each third of the time must be able to have."""
HOUR = 3600.0

Pair = tuple[float, float]
"""Time in hours, and value."""


@frozen
class Trend:
    """How a series moves, in its unit an hour.

    Attributes:
        slope: the most likely one.
        low: the lowest that is likely; minus infinity where the points do not tell.
        high: the highest that is likely.
        seconds: from the first to the last point.
        steady: whether every third of the time could have this slope.
    """

    slope: float
    low: float
    high: float
    seconds: float
    steady: bool = True

    @property
    def clear(self) -> bool:
        """Tell whether it goes up or down for sure, and goes on doing so."""
        return self.steady and (self.low > 0 or self.high < 0)


def of_run(points: Sequence[Point], start: float, scale: float = 1.0) -> Sequence[Point]:
    """Choose the points of the run that started at ``start``, in unix seconds, once it is warm.

    Args:
        points: of this run and of earlier ones.
        start: of the run.
        scale: factor on the time until it is warm.
    """
    return [point for point in points if point.time >= start + scale * WARM_UP]


def fit(points: Sequence[Point]) -> Trend | None:
    """Fit a line through the averages of some points; None when they are too few."""
    if len(points) < POINTS_MIN:
        return None
    start = points[0].time  # unix seconds have few digits left for the fractions of an hour
    pairs = _joined([((point.time - start) / HOUR, point.mean) for point in points])
    slope, low, high = _interval(pairs)
    size = len(pairs) // 3
    thirds = (pairs[:size], pairs[size:-size], pairs[-size:])
    steady = all(_follows(slope, third) for third in thirds)
    return Trend(slope, low, high, points[-1].time - points[0].time, steady)


def _follows(slope: float, pairs: Sequence[Pair]) -> bool:
    """Tell whether some of the points move as all do, and could do so at ``SHARE`` of the slope."""
    own, low, high = _interval(pairs)
    least = slope * SHARE
    return own > 0 and high >= least if slope > 0 else own < 0 and low <= least


def _joined(pairs: Sequence[Pair]) -> Sequence[Pair]:
    """Join neighbours to the median of their values, so that at most ``POINTS_MAX`` are left."""
    size = math.ceil(len(pairs) / POINTS_MAX)
    groups = [pairs[start : start + size] for start in range(0, len(pairs), size)]
    return [(median(t for t, _ in group), median(v for _, v in group)) for group in groups]


def _interval(pairs: Sequence[Pair]) -> tuple[float, float, float]:
    """Return the slope, and the lowest and highest that are likely."""
    slopes = sorted((v - u) / (t - s) for (s, u), (t, v) in combinations(pairs, 2) if s < t)
    slope, count = median(slopes), len(pairs)
    variance = count * (count - 1) * (2 * count + 5) / 18 * _widening(pairs, slope)
    margin = DEVIATIONS * math.sqrt(variance)
    first = math.floor((len(slopes) - margin) / 2)
    if first < 0:
        return slope, -math.inf, math.inf
    return slope, slopes[first], slopes[-1 - first]


def _widening(pairs: Sequence[Pair], slope: float) -> float:
    """Return how many points that resemble their neighbours tell as much as one that does not."""
    rests = [value - slope * time for time, value in pairs]
    middle = median(rests)
    rests = [rest - middle for rest in rests]
    if max(map(abs, rests)) <= ROUNDED * max(abs(value) for _, value in pairs):
        return 1.0
    spread = sum(rest * rest for rest in rests)
    similarity = sum(one * other for one, other in pairwise(rests)) / spread
    similarity = min(max(similarity, 0.0), SIMILARITY_MAX)
    return (1 + similarity) / (1 - similarity)
