"""Metric → what it is, its points by label, and what it did in a time that is over."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeVar

from services.debugcog.frozen import frozen
from services.debugcog.timeseries.bucket import Bucket
from services.debugcog.timeseries.label_sets import labels_of
from services.debugcog.timeseries.metric import Metric
from services.debugcog.timeseries.snapshot import Point, Summary

T = TypeVar("T")
Kind = Literal["counter", "timer", "level", "value"]


@frozen
class Description:
    """What a metric is.

    Attributes:
        kind: a counter adds up, a timer measures ms, of a level the newest value counts.
        labels: names of the labels that it has been given, sorted.
    """

    kind: Kind
    labels: tuple[str, ...]


@frozen
class Stretch:
    """What a metric did from one moment to another, both unix seconds and edges of buckets.

    Attributes:
        start: when the first bucket begins.
        end: when the last one ends.
        seconds: of the buckets that there are.
        summary: of the values.
        points: for a chart.
    """

    start: float
    end: float
    seconds: float
    summary: Summary
    points: tuple[Point, ...]


def describe(metric: Metric) -> Description:
    """Tell what a metric is."""
    names = {name for key, _ in metric.label_sets() for name in labels_of(key)}
    return Description(_kind(metric), tuple(sorted(names)))


def stretch(metric: Metric, start: float, end: float, now: float) -> Stretch | None:
    """Sum up a time that is over; None where there is nothing, or no history of it any more."""
    _, intake = next(metric.label_sets(whole=True))
    width, found = intake.series.between(start, end, now)
    if not found:
        return None
    whole = Bucket(start)
    for closed in found:
        whole.merge(closed)
    return Stretch(
        start=found[0].start,
        end=found[-1].start + width,
        seconds=width * len(found),
        summary=whole.summary(),
        points=tuple(closed.reopen().point(width) for closed in found),
    )


def grouped_points(
    metric: Metric, group: Callable[[str], T], window: float, now: float
) -> dict[T, tuple[Point, ...]]:
    """List the buckets of groups of label sets, added up; percentiles are those of no group: NaN.

    Args:
        metric: folded.
        group: label set as text → its group.
        window: seconds.
        now: unix seconds.
    """
    groups: dict[T, dict[float, Point]] = {}
    for key, intake in metric.label_sets():
        times = groups.setdefault(group(key), {})
        for point in intake.series.points(window, now, percentiles=False):
            times[point.time] = _added(times.get(point.time), point)
    return {
        key: tuple(point for _, point in sorted(times.items())) for key, times in groups.items()
    }


def _kind(metric: Metric) -> Kind:
    if metric.counter:
        return "counter"
    return "timer" if metric.timed else "level" if metric.level else "value"


def _added(one: Point | None, other: Point) -> Point:
    if one is None:
        return other
    count = one.count + other.count
    total = one.mean * one.count + other.mean * other.count
    width, highest = max(one.width, other.width), max(one.maximum, other.maximum)
    mean = total / count if count else 0.0
    return Point(one.time, count, mean, other.p50, other.p95, highest, width)
