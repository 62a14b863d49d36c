"""Metrics and rules → the current Signal of each rule; reads only the series they name."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Callable, Collection, Iterable, Mapping
from functools import cache, partial
from itertools import groupby
from typing import TYPE_CHECKING, Protocol

from services.debugcog.alerting.reads import MISSING, SeriesStatistic, Signal, Summaries
from services.debugcog.alerting.rules import Rule
from services.debugcog.faults import Faults
from services.debugcog.guard import is_hosts, own_logger

if TYPE_CHECKING:
    from services.debugcog.timeseries.snapshot import Snapshot, Summary

log = own_logger("debugcog.rules")


def rule_faults() -> Faults:
    """Make what remembers which rules cannot be read."""
    return Faults("Rule not readable: %s", log)


class Metrics(Protocol):
    """What rules are read from; ``MetricsService`` is one."""

    def summaries(
        self, names: Collection[str], window: float, *, percentiles: bool
    ) -> Mapping[str, Summary]:
        """Summarise the last ``window`` seconds of some metrics, with percentiles or without."""

    def lazy_snapshot(self, window: float) -> Snapshot:
        """Return a snapshot whose figures are computed when they are asked for."""

    def recorded(self, name: str) -> bool:
        """Tell whether a metric has ever had a value."""


def read(metrics: Metrics, rules: Iterable[Rule], faults: Faults) -> dict[str, Signal]:
    """Read each rule's signal, by its name: each series once for a window."""
    signals = {}
    in_use = (rule.as_recorded(metrics.recorded) for rule in rules)
    by_window = sorted(in_use, key=lambda rule: rule.window)
    for window, group in groupby(by_window, lambda rule: rule.window):
        together = tuple(group)
        summaries = _summaries(metrics, together, window)
        snapshot = cache(partial(metrics.lazy_snapshot, window))
        for rule in together:
            signals[rule.name] = measure(rule, summaries, snapshot, faults)
    return signals


def measure(
    rule: Rule, summaries: Summaries, snapshot: Callable[[], Snapshot], faults: Faults
) -> Signal:
    """Read a rule's signal; what is no finite number, and an exception, count as missing.

    A host's function returns what it likes: None, ``Decimal``, a number of numpy.

    Args:
        rule: one that reads something.
        summaries: of the metrics that it names, inside its window.
        snapshot: makes the one that a host's function is called with.
        faults: gets what the rule raises.
    """
    if rule.reads is None:
        return MISSING
    try:
        signal = rule.reads.signal(summaries, snapshot)
        signal = dataclasses.replace(signal, value=float(signal.value))
    except BaseException as error:
        if not is_hosts(error):
            raise
        faults.failed(rule.name, error)
        return MISSING
    faults.works(rule.name)
    return signal if math.isfinite(signal.value) else MISSING


def _summaries(metrics: Metrics, rules: Iterable[Rule], window: float) -> Summaries:
    reads = [rule.reads for rule in rules if rule.reads]
    names = {name for one in reads for name in one.names}
    fine = {one.series for one in reads if isinstance(one, SeriesStatistic) and one.percentile}
    return {
        **metrics.summaries(names - fine, window, percentiles=False),
        **metrics.summaries(fine, window, percentiles=True),
    }
