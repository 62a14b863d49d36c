"""Folded values → count, sum and buckets since start, exact and only ever growing."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence

from services.debugcog.frozen import frozen
from services.debugcog.timeseries.bucket import Batch

FEW = 48
"""Values of a batch from which it is faster to look up each bound than each value."""


@frozen
class SetTotals:
    """What one label set has taken since the process started.

    Attributes:
        labels: as text, ``command=ask``; empty for values without labels.
        count: values; of a counter, the sum of its amounts.
        failed: timed blocks among them that ended with an exception.
        total: sum of the values.
        minimum: smallest value; infinite without one.
        last: newest value; None without one.
        last_at: unix seconds at which it was folded.
        buckets: values in each bucket that are in none before it; one more than there are bounds.
    """

    labels: str
    count: int
    failed: int
    total: float
    minimum: float
    last: float | None
    last_at: float
    buckets: tuple[int, ...]


@frozen
class MetricTotals:
    """What one metric has taken since the process started, its label sets apart.

    Attributes:
        name: canonical.
        counter: whether amounts were added up.
        timed: whether its values are durations in ms.
        level: whether it is sampled, so that the newest value counts.
        bounds: of the buckets, in the metric's own unit; none for counters and most levels.
        sets: values without labels are a set of their own, so all sets together are the metric.
    """

    name: str
    counter: bool
    timed: bool
    level: bool
    bounds: tuple[float, ...]
    sets: tuple[SetTotals, ...]


class Totals:
    """The figures of one label set; not thread-safe, the lock of its metric guards it."""

    __slots__ = ("_buckets", "_count", "_failed", "_last", "_last_at", "_minimum", "_total")

    def __init__(self) -> None:
        self._buckets: list[int] = []
        self._count = 0
        self._failed = 0
        self._total = 0.0
        self._minimum = float("inf")
        self._last: float | None = None
        self._last_at = float("-inf")

    @property
    def total(self) -> float:
        """Return the sum of the values."""
        return self._total

    def add(self, batch: Batch, bounds: Sequence[float], now: float) -> None:
        """Add the values of a batch.

        Args:
            batch: their figures, and themselves.
            bounds: of the buckets, the same at each call; empty where none are counted.
            now: unix seconds.
        """
        self._count += batch.count
        self._failed += batch.failed
        self._total += batch.total
        if batch.last is not None:
            self._minimum = min(self._minimum, batch.minimum)
            self._last, self._last_at = batch.last, now
        if bounds:
            self._buckets = self._buckets or [0] * (len(bounds) + 1)
            _count_in(self._buckets, batch.ordered, bounds)

    def carry(self, earlier: SetTotals) -> None:
        """Add what was taken before this object was made."""
        self._count += earlier.count
        self._failed += earlier.failed
        self._total += earlier.total
        self._minimum = min(self._minimum, earlier.minimum)
        if self._last is None:
            self._last, self._last_at = earlier.last, earlier.last_at
        own = self._buckets or [0] * len(earlier.buckets)
        self._buckets = [sum(pair) for pair in zip(own, earlier.buckets, strict=True)]

    def freeze(self, labels: str, bounds: Sequence[float]) -> SetTotals:
        """Copy the figures."""
        buckets = self._buckets or [0] * (len(bounds) + 1 if bounds else 0)
        return SetTotals(
            labels,
            self._count,
            self._failed,
            self._total,
            self._minimum,
            self._last,
            self._last_at,
            tuple(buckets),
        )


def _count_in(buckets: list[int], ordered: Sequence[float], bounds: Sequence[float]) -> None:
    """Count each value in the first bucket whose bound it does not exceed."""
    if len(ordered) < FEW:
        for value in ordered:
            buckets[bisect_left(bounds, value)] += 1
        return
    below = 0
    for index, bound in enumerate(bounds):
        up_to = bisect_right(ordered, bound, below)
        buckets[index] += up_to - below
        below = up_to
    buckets[-1] += len(ordered) - below
