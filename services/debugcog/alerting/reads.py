"""Source of a rule's value: statistic of a series, ratio of counters, or host function."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from enum import Enum
from typing import Literal, TypeAlias

from services.debugcog.frozen import frozen
from services.debugcog.timeseries.snapshot import EMPTY, Snapshot, Summary

Statistic = Literal["mean", "p95", "p50", "maximum", "last"]


class Quality(Enum):
    """What a value is worth: use it, too few samples behind it, or no value at all."""

    GOOD = "good"
    FEW = "few"
    MISSING = "missing"


@frozen
class Signal:
    """What a rule reads at one moment."""

    value: float
    quality: Quality = Quality.GOOD


FEW = Signal(0.0, Quality.FEW)
MISSING = Signal(math.nan, Quality.MISSING)

Summaries = Mapping[str, Summary]
"""Of each name that a rule asked for; the ``count`` of a counter is its amount in the window."""


@frozen
class SeriesStatistic:
    """A statistic of one series inside the rule's window.

    Attributes:
        series: name of the metric.
        statistic: which one.
        min_samples: values below which there is too little traffic to judge; 0 for a gauge, whose
            value is missing when it has no sample.
    """

    series: str
    statistic: Statistic
    min_samples: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Name the metrics that are read."""
        return (self.series,)

    @property
    def required(self) -> str:
        """Name the metric without which there is never a value."""
        return self.series

    @property
    def percentile(self) -> bool:
        """Tell whether it needs a percentile, which costs more than the others."""
        return self.statistic in ("p50", "p95")

    @property
    def guarded(self) -> bool:
        """Tell whether too little traffic is noticed."""
        return self.min_samples > 0

    def signal(self, summaries: Summaries, _: Callable[[], Snapshot]) -> Signal:
        """Read the value."""
        summary = summaries.get(self.series, EMPTY)
        if self.guarded and summary.count < self.min_samples:
            return FEW
        value: float | None = getattr(summary, self.statistic)
        return MISSING if value is None or not summary.count else Signal(value)


@frozen
class CounterRatio:
    """The largest of some counters, in percent of another one, inside the rule's window.

    Attributes:
        over: counters that count the same by different ways, so they are not added up.
        under: the counter that is 100 percent.
        min_under: amount of ``under`` below which there is too little traffic to judge.
        min_over: amount of ``over`` below which the ratio counts as zero.
    """

    over: tuple[str, ...]
    under: str
    min_under: int = 1
    min_over: int = 0

    @property
    def names(self) -> tuple[str, ...]:
        """Name the metrics that are read."""
        return (*self.over, self.under)

    @property
    def required(self) -> str:
        """Name the metric without which there is never a value."""
        return self.under

    @property
    def guarded(self) -> bool:
        """Tell whether too little traffic is noticed."""
        return True

    def signal(self, summaries: Summaries, _: Callable[[], Snapshot]) -> Signal:
        """Read the value, in percent."""
        under = summaries.get(self.under, EMPTY).count
        over = max(summaries.get(name, EMPTY).count for name in self.over)
        if under < max(1, self.min_under):
            return FEW
        return Signal(100.0 * over / under if over >= self.min_over else 0.0)


@frozen
class HostFunction:
    """A function of the host's, called with the snapshot of the rule's window.

    Attributes:
        read: returns the value, or a Signal that says what the value is worth.
    """

    read: Callable[[Snapshot], float | Signal]

    @property
    def names(self) -> tuple[str, ...]:
        """Name the metrics that are read: those are the function's own business."""
        return ()

    @property
    def guarded(self) -> bool:
        """Tell whether too little traffic is noticed."""
        return False

    def signal(self, _: Summaries, snapshot: Callable[[], Snapshot]) -> Signal:
        """Call the function."""
        value = self.read(snapshot())
        return value if isinstance(value, Signal) else Signal(value)


Drawable: TypeAlias = SeriesStatistic | CounterRatio
"""What a chart can show over time."""
Reads: TypeAlias = Drawable | HostFunction
