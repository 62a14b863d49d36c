"""Label sets of a metric → summaries of groups of them, and sums that are taken once."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from services.debugcog.timeseries.bucket import Bucket
from services.debugcog.timeseries.metric import Metric
from services.debugcog.timeseries.snapshot import Point, Summary

T = TypeVar("T")


def labels_of(key: str) -> dict[str, str]:
    """Read a label set, as ``label_key`` writes it; the shared one, ``other``, has no labels."""
    pairs = (pair.partition("=") for pair in key.split(","))  # no value has a comma in it
    return {name: value for name, sign, value in pairs if sign}


def grouped(
    metric: Metric, group: Callable[[str], T], window: float, now: float
) -> dict[T, Summary]:
    """Summarise each group of label sets that has values in the window, percentiles too.

    Args:
        metric: folded.
        group: label set as text → its group.
        window: seconds.
        now: unix seconds.
    """
    wholes: dict[T, Bucket] = {}
    for key, intake in metric.label_sets():
        intake.series.add_to(wholes.setdefault(group(key), Bucket(now)), window, now)
    found = {key: whole.summary() for key, whole in wholes.items()}
    return {key: summary for key, summary in found.items() if summary.count}


def points(
    metric: Metric, key: str, window: float, now: float, *, percentiles: bool
) -> tuple[Point, ...]:
    """List the buckets of one label set, or of all values if empty; an unknown one has none."""
    found = (intake for labels, intake in metric.label_sets(whole=True) if labels == key)
    for intake in found:
        return intake.series.points(window, now, percentiles=percentiles)
    return ()


def take_sums(metric: Metric) -> dict[str, float]:
    """Return the sum of what each label set got since the last call; there is one who calls it."""
    sums: dict[str, float] = {}
    for key, intake in metric.label_sets():
        if intake.untaken:
            sums[key], intake.untaken = intake.untaken, 0.0
    return sums
