"""timer(), record() and increment() from any thread → windowed series → one frozen Snapshot.

metrics = MetricsService()
with metrics.timer("llm_generation"):
    ...
metrics.record("tokens_used", 156)
metrics.increment("api_calls")
print(metrics.get_stats()["avg_response_time"])
"""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from services.debugcog.guard import is_hosts, own_logger
from services.debugcog.process.samplers import memory_mb
from services.debugcog.timeseries import snapshot as timeseries_snapshot
from services.debugcog.timeseries import stretch as stretches
from services.debugcog.timeseries.bucket import Saved
from services.debugcog.timeseries.gauges import Gauges
from services.debugcog.timeseries.listeners import Listener
from services.debugcog.timeseries.metric_names import canonical
from services.debugcog.timeseries.recorder import Recorder
from services.debugcog.timeseries.totals import MetricTotals

if TYPE_CHECKING:
    from services.debugcog.timeseries.snapshot import Point, Snapshot, Summary
    from services.debugcog.timeseries.stretch import Description, Stretch

T = TypeVar("T")
log = own_logger("debugcog.metrics")

LOGGED = ("total_response_time", "memory_usage_mb")
"""Each value of these is a line of the log, which the commands of docs/logs.md read."""


class MetricsService(Recorder):
    """Collects numbers from any thread, and tells them for windows of 5 minutes to 7 days.

    Args:
        enabled: False ignores every value, at next to no cost.
        strict: raise ValueError for a bad name or value, as debug mode does; otherwise they are
            counted in ``refused`` and ignored. Can be set at any time.
        clock: unix time in seconds.
        fold_interval: seconds between two folds, and up to a second while few values come; None
            leaves folding to who calls ``fold()``.
        max_label_sets: label sets kept apart for each metric; the rest share ``other``.
        monotonic: seconds of a clock that nobody sets, for the uptime.
    """

    def __init__(
        self,
        *,
        enabled: bool = True,
        strict: bool = False,
        clock: Callable[[], float] = time.time,
        fold_interval: float | None = 0.25,
        max_label_sets: int = 100,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(
            strict=strict, clock=clock, fold_interval=fold_interval, max_label_sets=max_label_sets
        )
        self._monotonic = monotonic
        self._started = monotonic()
        self._restored = False
        self.gauges = Gauges(self.record)
        for name in LOGGED:
            self.subscribe(name, partial(_write_lines, name))
        if not enabled:
            self.gauges.stop()
            self._turn_off()

    def gauge(self, name: str, read: Callable[[], float]) -> Callable[[], None]:
        """Record what ``read()`` returns, now and at every interval, until ``close``.

        ``metrics.gauge("queue_length", queue.qsize)``. A thread calls it: see ``Gauges`` for what
        may be read there. What it raises, and what is no number, is counted in ``refused``.
        Call what is returned to end it.
        """
        try:
            metric = self._registry.metric(name, counter=False)
            remove = self.gauges.add(metric.name, read)
            metric.level = True
            return remove
        except BaseException as problem:
            if not is_hosts(problem):
                raise
            self._refuse(problem)
            return lambda: None

    def get_stats(self, window: float = 300.0) -> dict[str, float]:
        """Return the figures of the last ``window`` seconds; ``snapshot.stats`` tells the keys.

        ``memory_usage_mb`` is read from the system where no sampler has recorded it.
        """
        figures = timeseries_snapshot.stats(self.snapshot(window, with_labels=False))
        figures["memory_usage_mb"] = figures["memory_usage_mb"] or memory_mb()
        return figures

    def get_avg(self, name: str, window: float = 300.0) -> float:
        """Return the average of a metric over ``window`` seconds; 0.0 without a value."""
        return self.summary(name, window).mean

    def summary(self, name: str, window: float = 300.0) -> Summary:
        """Summarise the last ``window`` seconds of a metric; all zero for an unknown one."""
        return self._registry.summary(name, window, self._clock())

    def summaries(
        self, names: Iterable[str], window: float = 300.0, *, percentiles: bool = True
    ) -> dict[str, Summary]:
        """Summarise some metrics at one moment; the ``count`` of a counter is its amount.

        Args:
            names: of metrics; an unknown one is all zero.
            window: seconds.
            percentiles: False leaves them NaN, which takes a third of the time.
        """
        now = self._clock()
        summary = partial(self._registry.summary, window=window, now=now, percentiles=percentiles)
        return {name: summary(name) for name in names}

    def recorded(self, name: str) -> bool:
        """Tell whether a metric has ever had a value, in this run or in the last 7 days."""
        return self._registry.recorded(name, self._clock())

    def points(
        self, name: str, window: float = 300.0, *, percentiles: bool = True, labels: str = ""
    ) -> tuple[Point, ...]:
        """List the buckets of the last ``window`` seconds for a chart, 170 at most.

        Args:
            name: of a metric; an unknown one has none.
            window: seconds.
            percentiles: False leaves them NaN, which takes a fifteenth of the time.
            labels: one label set, as text (``command=ask``); all values if empty.
        """
        now = self._clock()
        return self._registry.points(name, window, now, percentiles=percentiles, labels=labels)

    def grouped(
        self, name: str, group: Callable[[str], T], window: float = 300.0
    ) -> dict[T, Summary]:
        """Summarise the label sets of a metric, those of one group together.

        Args:
            name: of the metric; an unknown one has none.
            group: label set as text (``model=small,provider=ollama``) → its group.
            window: seconds.
        """
        return self._registry.grouped(name, group, window, self._clock())

    def describe(self, name: str) -> Description | None:
        """Tell of which kind a metric is, and its labels; None for an unknown one."""
        return self._registry.ask(name, self._clock(), lambda it: stretches.describe(it))

    def stretch(self, name: str, start: float, end: float) -> Stretch | None:
        """Sum up a metric in a time that is over (unix seconds); None where history has nothing.

        The time is rounded to buckets: of 10 s in the last 15 minutes, of a minute in the last
        2 hours, of 10 minutes in the last day, of an hour in the last 7 days.
        """
        now = self._clock()
        return self._registry.ask(name, now, lambda it: stretches.stretch(it, start, end, now))

    def grouped_points(
        self, name: str, group: Callable[[str], T], window: float = 300.0
    ) -> dict[T, tuple[Point, ...]]:
        """List the buckets of groups of label sets as ``points`` does, without percentiles.

        Args:
            name: of the metric; an unknown one has none.
            group: label set as text (``model=small,provider=ollama``) → its group.
            window: seconds.
        """
        now = self._clock()
        ask = partial(stretches.grouped_points, group=group, window=window, now=now)
        return self._registry.ask(name, now, ask) or {}

    def take_sums(self, name: str) -> dict[str, float]:
        """Return the sum of what each label set of a metric got since the last call.

        There is one who calls it: what was returned once is not returned again.
        """
        return self._registry.take_sums(name, self._clock())

    def snapshot(self, window: float = 300.0, *, with_labels: bool = True) -> Snapshot:
        """Freeze everything, with the figures of the last ``window`` seconds.

        Args:
            window: seconds.
            with_labels: with each label set's own figures, about 0.3 ms a set.
        """
        plain = self._registry.snapshot(window, *self._snapshot_arguments())
        if not with_labels:
            return plain
        labelled = self._registry.labelled(plain.window, plain.taken_at)
        return dataclasses.replace(plain, labelled=labelled)

    def lazy_snapshot(self, window: float = 300.0) -> Snapshot:
        """Return a snapshot without label sets, whose figures are computed when they are asked for.

        It costs what is looked at, however many metrics there are; look at once, as it does not
        keep the moment at which it was taken.
        """
        return self._registry.lazy_snapshot(window, *self._snapshot_arguments())

    def subscribe(self, name: str, callback: Listener) -> Callable[[], None]:
        """Call ``callback(values)`` with a metric's values at each fold, off the hot path.

        A callback that raises is logged and not called again.

        Returns:
            A function that ends the subscription.

        Raises:
            ValueError: the name is no name of a metric.
        """
        listeners = self._registry.listeners(canonical(name))
        listeners.append(callback)

        def unsubscribe() -> None:
            with suppress(ValueError):
                listeners.remove(callback)

        return unsubscribe

    def closed_since(self, time: float, *, with_open: bool = False) -> tuple[Saved, ...]:
        """List what history keeps: the buckets of a minute and more that ended after ``time``.

        Args:
            time: unix seconds, of the last call as a rule.
            with_open: with the minute that has not ended, for a clean stop.
        """
        now = self._clock()
        self._fold(now, tell=False)
        return tuple(self._registry.closed_since(time, now, with_open=with_open))

    def restore(self, history: Iterable[Saved]) -> None:
        """Put what an earlier run has kept before what this one has recorded; totals stay.

        Only the first call does: from then on, what history has is what this service holds, however
        often a cog that saves and restores it is loaded.
        """
        if self._restored:
            return
        self._restored = True
        self._registry.restore(history, self._clock())

    def totals(self) -> tuple[MetricTotals, ...]:
        """Copy what each metric has taken since start, exactly, with its label sets apart.

        Returns:
            Those that are new since the last call come last, by name; none changes its place.
        """
        now = self._clock()
        return tuple(metric.totals(now) for metric in self._registry.in_order())

    def carry(self, earlier: Iterable[MetricTotals], refused: int = 0) -> None:
        """Go on from the totals of a service that this one replaces in the same process.

        To be called before the first value. A metric that there is no room for is left out.
        """
        self._refused += refused
        for totals in earlier:
            with suppress(ValueError):
                self._registry.carry(totals)

    @property
    def refused(self) -> int:
        """Values refused since start because of their name or what they were."""
        return self._refused + self.gauges.failed + self._registry.refused

    def close(self) -> None:
        """End the thread and fold what is pending; later values are ignored, queries go on."""
        self.gauges.stop()
        super().close()

    def _snapshot_arguments(self) -> tuple[float, float, int]:
        """Return now in unix seconds, the uptime, and the values that reached no metric."""
        uptime = self._monotonic() - self._started
        return self._clock(), uptime, self._refused + self.gauges.failed


def _write_lines(name: str, values: Sequence[float]) -> None:
    """Write the lines that the commands of docs/logs.md average: the number comes last."""
    if log.isEnabledFor(logging.INFO):
        for value in values:
            log.info("%s %.1f", name, value)
