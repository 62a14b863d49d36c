"""Label sets of a metric → label sets that Prometheus may see, those that became one added up."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from services.debugcog.frozen import frozen
from services.debugcog.prometheus.labels import Labels, clean, for_all
from services.debugcog.prometheus.names import KNOWN
from services.debugcog.timeseries.metric_names import OTHER
from services.debugcog.timeseries.totals import MetricTotals, SetTotals


@frozen
class LabelSet:
    """What one label set has taken since start; see ``SetTotals`` for the figures."""

    labels: Labels
    count: int
    failed: int
    total: float
    minimum: float
    last: float | None
    last_at: float
    buckets: tuple[int, ...]

    def plus(self, other: LabelSet) -> LabelSet:
        """Add up two that have the same labels; the newer value is the newest."""
        newer = max(self, other, key=lambda one: one.last_at)
        return LabelSet(
            self.labels,
            self.count + other.count,
            self.failed + other.failed,
            self.total + other.total,
            min(self.minimum, other.minimum),
            newer.last,
            newer.last_at,
            tuple(map(sum, zip(self.buckets, other.buckets, strict=True))),
        )


def merged(
    metric: MetricTotals, redact: Callable[[str], str] = str
) -> tuple[tuple[LabelSet, ...], tuple[str, ...], int]:
    """Take out the labels that tell who, and add up what is one label set then.

    A known name without labels is there from the start: Prometheus counts how much a series grows,
    so its first value would be missed if it began with it.

    Args:
        metric: with its label sets.
        redact: hides secrets in ``command=ask,model=small``.

    Returns:
        The label sets, the names of the labels that were taken out, and from how many sets.
    """
    dropped: set[str] = set()
    affected = 0
    found = []
    for one in metric.sets:
        if not one.labels and not (one.count or one.failed or metric.name in KNOWN):
            continue
        cleaned = clean(redact(_text(one, metric)))
        dropped.update(cleaned.dropped)
        affected += bool(cleaned.dropped)
        found.append(_labelled(one, cleaned.labels))
    return regrouped(found, lambda labels: labels), tuple(sorted(dropped)), affected


def regrouped(
    label_sets: Iterable[LabelSet], relabel: Callable[[Labels], Labels]
) -> tuple[LabelSet, ...]:
    """Give label sets other labels, and add up those that have the same ones then."""
    found: dict[Labels, LabelSet] = {}
    for one in label_sets:
        labels = relabel(one.labels)
        moved = one if labels is one.labels else replace(one, labels=labels)
        found[labels] = found[labels].plus(moved) if labels in found else moved
    return tuple(found.values())


def _text(one: SetTotals, metric: MetricTotals) -> str:
    """Return the labels as text; of the sets beyond the bound, each label that the others have."""
    if one.labels != OTHER:
        return one.labels
    return for_all(OTHER, (other.labels for other in metric.sets))


def _labelled(one: SetTotals, labels: Labels) -> LabelSet:
    return LabelSet(
        labels,
        one.count,
        one.failed,
        one.total,
        one.minimum,
        one.last,
        one.last_at,
        one.buckets,
    )
