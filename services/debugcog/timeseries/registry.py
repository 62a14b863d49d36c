"""Registry of all metrics: lookup by name, Snapshot of everything, rows of history."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Any, TypeVar

from services.debugcog.timeseries.bucket import Saved
from services.debugcog.timeseries.label_sets import grouped, points, take_sums
from services.debugcog.timeseries.lazy import LazyMapping
from services.debugcog.timeseries.listeners import Listener
from services.debugcog.timeseries.metric import Metric
from services.debugcog.timeseries.metric_names import COUNTERS, TIMINGS, TOKENS, VALUES, canonical
from services.debugcog.timeseries.series import LONGEST
from services.debugcog.timeseries.snapshot import EMPTY, Point, Snapshot, Summary

if TYPE_CHECKING:
    from services.debugcog.timeseries.intake import Inlet
    from services.debugcog.timeseries.totals import MetricTotals

T = TypeVar("T")

MAX_METRICS = 500


class Registry:
    """All metrics of a service, the known ones from the start; threads need no lock for it.

    Args:
        max_label_sets: label sets kept apart for each metric.
    """

    def __init__(self, max_label_sets: int) -> None:
        self._max_label_sets = max_label_sets
        self._listeners: dict[str, list[Listener]] = {}
        self._metrics: dict[str, Metric] = {}
        for name in TIMINGS + VALUES + COUNTERS:
            self.metric(name, counter=name in COUNTERS)
        self._order = dict.fromkeys(self._metrics)

    def __iter__(self) -> Iterator[Metric]:
        return iter(tuple(self._metrics.values()))

    def in_order(self) -> tuple[Metric, ...]:
        """List all metrics, each in the place that it had before, and the new ones by name."""
        for name in sorted(self._metrics):
            self._order.setdefault(name)
        return tuple(self._metrics[name] for name in tuple(self._order))

    def carry(self, totals: MetricTotals) -> None:
        """Let a metric go on from its totals, in the place of its own that they have.

        Raises:
            ValueError: see ``metric``.
        """
        metric = self.metric(totals.name, counter=totals.counter)
        metric.carry(totals)
        self._order.setdefault(metric.name)

    def metric(self, name: str, *, counter: bool) -> Metric:
        """Return a metric, a new one for a new name.

        Raises:
            ValueError: the name is bad, of the other kind, or one too many.
        """
        name = canonical(name)
        metric = self._metrics.get(name)
        if metric is None:
            if len(self._metrics) >= MAX_METRICS:
                raise ValueError(f"{name} is one metric too many: use labels instead of names")
            metric = Metric(name, counter, self._max_label_sets, self.listeners(name))
            metric = self._metrics.setdefault(name, metric)
        if metric.counter != counter:
            right = "a counter: use increment()" if metric.counter else "no counter: use record()"
            raise ValueError(f"{name} is {right}")
        return metric

    def summary(self, name: str, window: float, now: float, *, percentiles: bool = True) -> Summary:
        """Summarise the last ``window`` seconds of a metric; all zero for an unknown one."""
        metric = self._fresh(name, now)
        return metric.summary(window, now, percentiles=percentiles) if metric else EMPTY

    def recorded(self, name: str, now: float) -> bool:
        """Tell whether a metric has ever had a value, as far back as history goes."""
        metric = self._fresh(name, now)
        return metric is not None and metric.recorded

    def points(
        self, name: str, window: float, now: float, *, percentiles: bool = True, labels: str = ""
    ) -> tuple[Point, ...]:
        """List the buckets of the last ``window`` seconds; none for an unknown one."""
        metric = self._fresh(name, now)
        if metric is None:
            return ()
        return points(metric, labels, window, now, percentiles=percentiles)

    def ask(self, name: str, now: float, question: Callable[[Metric], T]) -> T | None:
        """Ask one metric something; None for an unknown one."""
        metric = self._fresh(name, now)
        return question(metric) if metric else None

    def labelled(self, window: float, now: float) -> dict[str, dict[str, Summary]]:
        """Summarise the label sets of every metric that has some in the window."""
        found = {metric.name: metric.summaries(window, now) for metric in self}
        return {name: sets for name, sets in found.items() if sets}

    def grouped(
        self, name: str, group: Callable[[str], T], window: float, now: float
    ) -> dict[T, Summary]:
        """Summarise groups of a metric's label sets; none for an unknown one."""
        metric = self._fresh(name, now)
        return grouped(metric, group, window, now) if metric else {}

    def take_sums(self, name: str, now: float) -> dict[str, float]:
        """Return the sum of what each label set of a metric got since the last call."""
        metric = self._fresh(name, now)
        return take_sums(metric) if metric else {}

    def listeners(self, name: str) -> list[Listener]:
        """Return the live list of a name's listeners, whether there is such a metric or not."""
        return self._listeners.setdefault(name, [])

    def snapshot(self, window: float, now: float, uptime: float, refused: int) -> Snapshot:
        """Freeze the figures of the last ``window`` seconds, without the label sets.

        Args:
            window: seconds.
            now: unix seconds.
            uptime: seconds since the service was made.
            refused: values that reached no metric.
        """
        lazy = self.lazy_snapshot(window, now, uptime, refused)
        return replace(
            lazy,
            series=dict(lazy.series),
            counters=dict(lazy.counters),
            totals=dict(lazy.totals),
            recorded=frozenset(lazy.recorded),
            refused=refused + self.refused,
        )

    def lazy_snapshot(self, window: float, now: float, uptime: float, refused: int) -> Snapshot:
        """Return a snapshot like ``snapshot``, whose figures are computed when asked for."""
        window = min(window, LONGEST)

        def metric(name: str, counter: bool) -> Metric:
            found = self._metrics[name]
            if found.counter != counter:
                raise KeyError(name)
            found.fold(now)
            return found

        def recorded(name: str) -> bool:
            if not self.recorded(name, now):
                raise KeyError(name)
            return True

        return Snapshot(
            taken_at=now,
            window=window,
            uptime=uptime,
            series=LazyMapping(
                lambda: (m.name for m in self if not m.counter),
                lambda name: metric(name, counter=False).summary(window, now),
            ),
            labelled={},
            counters=LazyMapping(
                lambda: (m.name for m in self if m.counter),
                lambda name: metric(name, counter=True).summary(window, now).count,
            ),
            totals=LazyMapping(
                lambda: (m.name for m in self if m.counter or m.name in TOKENS),
                lambda name: int(metric(name, counter=name not in TOKENS).total),
            ),
            recorded=LazyMapping(
                lambda: (m.name for m in self if self.recorded(m.name, now)), recorded
            ),
            refused=refused + self.refused,
        )

    @property
    def refused(self) -> int:
        """Count the values that their metrics have refused."""
        return sum(metric.refused for metric in self)

    def closed_since(self, time: float, now: float, *, with_open: bool) -> Iterator[Saved]:
        """Yield the buckets that ended after ``time``."""
        for metric in self:
            yield from metric.closed_since(time, now, with_open=with_open)

    def restore(self, history: Iterable[Saved], now: float) -> None:
        """Give each metric its buckets of an earlier run."""
        key = attrgetter("name", "counter", "labels")
        for (name, counter, labels), group in groupby(sorted(history, key=key), key):
            try:
                metric = self.metric(name, counter=counter)
            except ValueError:  # the name's kind has changed, or there are too many
                continue
            metric.restore(labels, [(saved.width, saved.bucket) for saved in group], now)

    def _fresh(self, name: str, now: float) -> Metric | None:
        """Find a metric, and fold what it has pending."""
        try:
            metric = self._metrics.get(canonical(name))
        except ValueError:
            return None
        if metric is not None:
            metric.fold(now)
        return metric


class Nowhere(dict[str, "Inlet"]):
    """Where values go while nothing is collected."""

    def __missing__(self, name: str) -> Inlet:
        nowhere: deque[Any] = deque(maxlen=0)
        if len(self) < MAX_METRICS:
            self[name] = nowhere
        return nowhere
