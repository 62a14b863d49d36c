"""Values of one time interval → their count, sum, extremes and percentiles."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import nan

from services.debugcog.frozen import frozen
from services.debugcog.timeseries.sketch import Sketch
from services.debugcog.timeseries.snapshot import EMPTY, Point, Summary

FRACTIONS = (0.5, 0.95, 0.99)


@frozen
class Batch:
    """Values that were recorded at about the same time, and their figures.

    Attributes:
        count: of the values; of a counter, the sum of its amounts.
        failed: timed blocks that raised.
        total: sum of the values.
        minimum: the lowest one.
        maximum: the highest one.
        last: the newest one; None of a counter.
        buckets: of the sketch, for each value or with their counts.
        ordered: the values from low to high; none of a counter.
    """

    count: int
    failed: int
    total: float
    minimum: float
    maximum: float
    last: float | None
    buckets: Mapping[int, int] | Sequence[int]
    ordered: Sequence[float] = ()


@frozen
class Closed:
    """A bucket that takes no more values; ``start`` in unix seconds, ``packed`` by the sketch."""

    start: float
    count: int
    failed: int
    total: float
    minimum: float
    maximum: float
    last: float | None
    packed: bytes

    def reopen(self) -> Bucket:
        """Unpack the bucket, to read its percentiles."""
        bucket = Bucket(self.start)
        bucket.merge(self)
        return bucket


@frozen
class Saved:
    """One closed bucket of one metric, as history keeps it.

    Attributes:
        name: of the metric.
        labels: of the label set, ``command=ask``; empty for all of the metric's values.
        counter: True if the metric is a counter.
        width: seconds of the bucket.
        bucket: its figures.
    """

    name: str
    labels: str
    counter: bool
    width: float
    bucket: Closed


class Bucket:
    """The values of one stretch of time, while it lasts or while a window is added up."""

    __slots__ = ("count", "failed", "last", "maximum", "minimum", "sketch", "start", "total")

    def __init__(self, start: float) -> None:
        self.start = start
        self.count = 0
        self.failed = 0
        self.total = 0.0
        self.minimum = float("inf")
        self.maximum = float("-inf")
        self.last: float | None = None
        self.sketch = Sketch()

    def add(self, batch: Batch) -> None:
        """Add values that have just been recorded."""
        self.total_up(batch)
        self.sketch.add(batch.buckets)

    def merge(self, closed: Closed) -> None:
        """Add a bucket that is older than what is added later."""
        self.total_up(closed)
        self.sketch.merge(closed.packed)

    def join(self, newer: Bucket) -> None:
        """Add a bucket that is still open."""
        self.total_up(newer)
        self.sketch.join(newer.sketch)

    def total_up(self, part: Batch | Bucket | Closed) -> None:
        """Add all figures but the percentiles, which takes a tenth of the time."""
        self.count += part.count
        self.failed += part.failed
        self.total += part.total
        if part.minimum < self.minimum:
            self.minimum = part.minimum
        if part.maximum > self.maximum:
            self.maximum = part.maximum
        if part.last is not None:
            self.last = part.last

    def close(self) -> Closed:
        """Pack the bucket."""
        return Closed(
            self.start,
            self.count,
            self.failed,
            self.total,
            self.minimum,
            self.maximum,
            self.last,
            self.sketch.pack(),
        )

    def quantiles(self, fractions: Sequence[float] = FRACTIONS) -> list[float]:
        """Estimate percentiles; never outside the smallest and the largest value."""
        if self.last is None:  # a counter, or nothing yet
            return [0.0] * len(fractions)
        estimates = self.sketch.quantiles(fractions)
        return [min(max(estimate, self.minimum), self.maximum) for estimate in estimates]

    def summary(self, *, percentiles: bool = True) -> Summary:
        """Freeze the bucket's figures; percentiles that are not wanted are NaN."""
        if not (self.count or self.failed):
            return EMPTY
        ends = (0.0, 0.0) if self.last is None else (self.minimum, self.maximum)
        p50, p95, p99 = self.quantiles() if percentiles else (nan, nan, nan)
        return Summary(self.count, self.failed, self.total, *ends, p50, p95, p99, self.last)

    def point(self, width: float = 0.0) -> Point:
        """Freeze a bucket of ``width`` seconds for a chart; a counter has 0.0 but for its count."""
        if self.last is None:
            return plain_point(self, width)
        p50, p95 = self.quantiles(FRACTIONS[:2])
        mean = self.total / self.count
        return Point(self.start, self.count, mean, p50, p95, self.maximum, width)


def plain_point(part: Bucket | Closed, width: float) -> Point:
    """Freeze a bucket for a chart, with NaN for the percentiles: a fifteenth of the time."""
    if part.last is None:
        return Point(part.start, part.count, 0.0, 0.0, 0.0, 0.0, width)
    mean = part.total / part.count
    return Point(part.start, part.count, mean, nan, nan, part.maximum, width)
