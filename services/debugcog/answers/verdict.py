"""Trend of the memory and its values → Verdict: is it leaking?"""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Literal, TypeAlias

from services.debugcog.answers.growth import Growth
from services.debugcog.frozen import frozen
from services.debugcog.timeseries.snapshot import Point
from services.debugcog.timeseries.trend import Trend
from services.debugcog.units import duration, human

Kind: TypeAlias = Literal["leak", "cache", "steady", "unknown"]

LEAK_SECONDS = 1800.0
"""A trend of a shorter time may be that of a cache which fills."""
EARLY = "the bot has not run for long enough; ask again in some minutes"
MARGIN_SHARE, MARGIN_MB = 0.05, 10.0
"""Of the memory, or MB: what rises by less has not grown, and may wander by so much an hour."""
FIRST = 3
"""Values whose median is where it began."""
NEARLY = 0.9
"""Share of a rise at which it counts as over."""


@frozen
class Verdict:
    """Whether memory leaks, in a word and in a sentence.

    Attributes:
        kind: the word.
        text: the sentence that follows it, with its evidence.
    """

    kind: Kind
    text: str


def verdict(
    trend: Trend | None, growth: Growth | None, points: Sequence[Point], scale: float = 1.0
) -> Verdict:
    """Judge whether the memory leaks.

    Args:
        trend: of this run; None while there are too few values.
        growth: the same, as it is told.
        points: that the trend is of.
        scale: factor on the time for which memory must grow to be a leak.
    """
    if trend is None or growth is None:
        return Verdict("unknown", EARLY)
    over = f"over the last {growth.seconds.text}"
    if growth.slope is not None:
        return _moving(trend, growth, over, scale * LEAK_SECONDS)
    if not points:
        return Verdict("steady", f"no trend {over}")
    return _at_rest(trend, points, over)


def _moving(trend: Trend, growth: Growth, over: str, leaks_after: float) -> Verdict:
    assert growth.slope
    assert growth.low
    assert growth.high
    sure = f"{growth.confidence}% sure: {growth.low.text} to {growth.high.text}"
    told = f"{growth.slope.text} {over} ({sure})"
    if trend.slope < 0:
        return Verdict("steady", f"falls by itself: {told}")
    if trend.seconds < leaks_after:
        wait = (
            f"a cache that fills does so too; ask again in {duration(leaks_after - trend.seconds)}"
        )
        return Verdict("unknown", f"{told}; {wait}")
    reached = f"; reaches {growth.limit} in about {growth.reached_in.text}" if growth.limit else ""
    return Verdict("leak", told + reached)


def _at_rest(trend: Trend, points: Sequence[Point], over: str) -> Verdict:
    """Tell what has grown and stopped from what never grew, and from what wanders."""
    values = [point.mean for point in points]
    third = max(1, len(values) // 3)
    before, level = median(values[:FIRST]), median(values[-third:])
    margin = max(MARGIN_MB, MARGIN_SHARE * level)
    rise = level - before
    flat = [one for one in _tail(points, level, margin) if one.mean >= before + NEARLY * rise]
    if rise > margin and 2 * len(flat) > third and not _rises(points[-third:], margin):
        since = duration(points[-1].time - flat[0].time)
        return Verdict("cache", f"grew by {human(rise, 'MB')}, then flat for {since}")
    if max(values) - min(values) <= 2 * margin or (-margin < trend.low and trend.high < margin):
        return Verdict("steady", f"no trend {over}")
    low, high = human(min(values), "MB"), human(max(values), "MB")
    return Verdict("unknown", f"wanders between {low} and {high} {over}, without a trend so far")


def _tail(points: Sequence[Point], level: float, margin: float) -> Sequence[Point]:
    """Return the last points that all lie within the margin of the level."""
    others = (at for at, one in enumerate(points, 1) if abs(one.mean - level) > margin)
    return points[max(others, default=0) :]


def _rises(points: Sequence[Point], margin: float) -> bool:
    """Tell whether the last part is still on its way up."""
    half = max(1, len(points) // 2)
    first, last = (median(one.mean for one in part) for part in (points[:half], points[-half:]))
    return last - first > margin
