"""timer(), record() and increment() from any thread → windowed series → one frozen Snapshot.

    metrics = MetricsService()
    with metrics.timer("llm_generation"):
        ...
    metrics.record("tokens_used", 156)
    metrics.increment("api_calls")
    print(metrics.get_stats()["avg_response_time"])

The hot path appends the bare value to a list and returns: no lock, no clock, no check. A value is
checked, gets its time and its place in the histogram when the list is folded: by a thread four
times a second, and before every query. Whatever is unusual (a name's first value, strict mode, a
metric that is overrun) is kept out of the dictionaries that the hot path reads: it costs a KeyError
there, and nothing elsewhere.
"""

from __future__ import annotations

import dataclasses
import logging
import time
from collections.abc import Callable, Iterable, Mapping, MutableSequence, Sequence
from contextlib import suppress
from functools import partial
from typing import Any

from services.debugcog.periodic import PeriodicThread
from services.debugcog.process.samplers import memory_mb
from services.debugcog.timeseries.gauges import Gauges
from services.debugcog.timeseries.metric import (
    Intake,
    Listener,
    Metric,
    Saved,
    as_refusal,
    in_words,
)
from services.debugcog.timeseries.metric_names import canonical, label_key
from services.debugcog.timeseries.registry import Nowhere, Registry
from services.debugcog.timeseries.snapshot import Point, Snapshot, Summary, stats
from services.debugcog.timeseries.timer import IdleTimer, Timer

log = logging.getLogger("debugcog.metrics")

LOGGED = ("total_response_time", "memory_usage_mb")
"""Each value of these is a line of the log, which the guide's grep commands read."""

MAX_REMEMBERED = 5000
"""Metrics with labels, as callers write them, whose intake is remembered."""

MAX_TOLD = 50
"""Refusals that are told in the log; all are counted."""

CROWD = 10_000
"""Values of one metric between two folds beyond which its callers help to fold."""


class MetricsService:
    """Collects numbers from any thread, and tells them for windows of 5 minutes to 7 days.

    Args:
        enabled: False ignores every value, at next to no cost.
        strict: raise ValueError for a bad name or value, as debug mode does; otherwise they are
            counted in ``refused`` and ignored. Can be set at any time.
        clock: unix time in seconds.
        fold_interval: seconds between two folds; None leaves folding to who calls ``fold()``.
        max_label_sets: label sets kept apart for each metric; the rest share ``other``.
    """

    def __init__(
        self,
        *,
        enabled: bool = True,
        strict: bool = False,
        clock: Callable[[], float] = time.time,
        fold_interval: float | None = 0.25,
        max_label_sets: int = 100,
    ) -> None:
        self._clock = clock
        self._started = clock()
        self._strict = strict
        self._registry = Registry(max_label_sets)
        self._off = False
        self._restored = False
        self.gauges = Gauges(self.record)
        self._folder = (
            PeriodicThread("debugcog-metrics", self.fold, fold_interval, weak=True)
            if fold_interval is not None
            else None
        )
        self._refused = 0
        self._told: set[str] = set()
        self._values: dict[str, MutableSequence[Any]] = {}
        self._counts: dict[str, MutableSequence[Any]] = {}
        self._timed: dict[str, Intake] = {}
        self._remembered: dict[tuple[object, ...], tuple[Metric, Intake]] = {}
        self._idle = IdleTimer()
        for name in LOGGED:
            self.subscribe(name, partial(_write_lines, name))
        if not enabled:
            self._turn_off()

    def record(self, name: str, value: float, /, **labels: object) -> None:
        """Record one value of a metric."""
        if labels:
            self._accept(False, name, value, labels)
            return
        try:
            self._values[name].append(value)
        except Exception:  # noqa: BLE001 - a new name, or any object of the host's
            self._accept(False, name, value, labels)

    def increment(self, name: str, /, amount: int = 1, **labels: object) -> None:
        """Add a whole number, zero or more, to a counter; ``amount`` is no name of a label."""
        if labels:
            self._accept(True, name, amount, labels)
            return
        try:
            self._counts[name].append(amount)
        except Exception:  # noqa: BLE001 - a new name, or any object of the host's
            self._accept(True, name, amount, labels)

    def timer(self, name: str, /, **labels: object) -> Timer:
        """Time a block (``with``), or each call of a function of any kind (decorator), in ms."""
        if self._off:
            return self._idle
        if labels:
            return self._timer(name, labels)
        try:
            return Timer(self._timed[name])
        except Exception:  # noqa: BLE001 - a new name, or any object of the host's
            return self._timer(name, labels)

    def gauge(self, name: str, read: Callable[[], float]) -> Callable[[], None]:
        """Record what ``read()`` returns, now and at every interval, until ``close``.

        ``metrics.gauge("queue_length", queue.qsize)``. A thread calls it: see ``Gauges`` for what
        may be read there. What it raises, and what is no number, is counted in ``refused``.
        Call what is returned to end it.
        """
        try:
            return self.gauges.add(self._registry.metric(name, counter=False).name, read)
        except Exception as problem:  # noqa: BLE001 - what a host passes may raise anything
            self._refuse(problem)
            return lambda: None

    def get_stats(self, window: float = 300.0) -> dict[str, float]:
        """Return the figures of the last ``window`` seconds; ``snapshot.stats`` tells the keys.

        ``memory_usage_mb`` is read from the system where no sampler has recorded it.
        """
        figures = stats(self.snapshot(window, with_labels=False))
        figures["memory_usage_mb"] = figures["memory_usage_mb"] or memory_mb()
        return figures

    def get_avg(self, name: str, window: float = 300.0) -> float:
        """Return the average of a metric over ``window`` seconds; 0.0 without a value."""
        return self.summary(name, window).mean

    def summary(self, name: str, window: float = 300.0) -> Summary:
        """Summarise the last ``window`` seconds of a metric; all zero for an unknown one."""
        return self._registry.summary(name, window, self._clock())

    def points(self, name: str, window: float = 300.0) -> tuple[Point, ...]:
        """List the buckets of the last ``window`` seconds for a chart, 170 at most."""
        return self._registry.points(name, window, self._clock())

    def snapshot(self, window: float = 300.0, *, with_labels: bool = True) -> Snapshot:
        """Freeze everything, with the figures of the last ``window`` seconds.

        Args:
            window: seconds.
            with_labels: with each label set's own figures, about 0.3 ms a set.
        """
        refused = self._refused + self.gauges.failed
        plain = self._registry.snapshot(window, self._clock(), self._started, refused)
        if not with_labels:
            return plain
        labelled = self._registry.labelled(plain.window, plain.taken_at)
        return dataclasses.replace(plain, labelled=labelled)

    def fold(self, now: float | None = None) -> None:
        """Give pending values their time and place; the service's own thread does it by itself."""
        now = self._clock() if now is None else now
        for metric in self._registry:
            crowded = metric.arrivals() > CROWD
            if crowded or metric.crowded:
                self._forget_shortcuts()
            metric.crowded = crowded
            metric.fold(now)

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
        self.fold(now)
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

    @property
    def refused(self) -> int:
        """Values refused since start because of their name or what they were."""
        return self._refused + self.gauges.failed + sum(m.refused for m in self._registry)

    @property
    def strict(self) -> bool:
        """Whether a bad name or value raises ValueError."""
        return self._strict

    @strict.setter
    def strict(self, strict: bool) -> None:
        self._strict = strict
        self._forget_shortcuts()

    def close(self) -> None:
        """End the thread and fold what is pending; later values are ignored, queries go on."""
        self._turn_off()
        if self._folder:
            self._folder.stop()
        now = self._clock()
        for metric in self._registry:
            metric.stop(now)

    def _turn_off(self) -> None:
        self._off = True
        self.gauges.stop()
        self._values = self._counts = Nowhere()

    def _forget_shortcuts(self) -> None:
        self._values.clear()
        self._counts.clear()
        self._remembered.clear()

    def _accept(self, counter: bool, name: str, value: float, labels: Mapping[str, object]) -> None:
        """Take a value the long way: with labels, for the first time, strictly, or in a crowd."""
        if self._off:
            return
        try:
            metric, intake = self._intake(counter, name, labels)
            if self._strict:
                metric.check(value)
        except Exception as problem:  # noqa: BLE001 - what a host passes may raise anything
            self._refuse(problem)
            return
        intake.pending.append(value)
        if len(intake.pending) > CROWD:
            metric.fold(self._clock(), wait=False)

    def _intake(
        self, counter: bool, name: str, labels: Mapping[str, object]
    ) -> tuple[Metric, Intake]:
        key = (counter, name, *labels.items())
        try:
            return self._remembered[key]
        except Exception:  # noqa: BLE001 - a label is any object of the host's
            metric = self._registry.metric(name, counter=counter)
        intake = metric.labelled(label_key(labels)) if labels else metric.intake
        if self._folder:
            self._folder.start()
        if not (labels or metric.crowded or self._strict):
            (self._counts if counter else self._values)[name] = intake.pending
        elif not (intake.shared or self._strict) and len(self._remembered) < MAX_REMEMBERED:
            self._remembered[key] = metric, intake
        return metric, intake

    def _timer(self, name: str, labels: Mapping[str, object]) -> Timer:
        try:
            metric, intake = self._intake(False, name, labels)
            if not labels:
                self._timed[name] = intake
        except Exception as problem:  # noqa: BLE001 - what a host passes may raise anything
            self._refuse(problem)
            return self._idle
        metric.signed = False  # no duration is below zero
        return Timer(intake)

    def _refuse(self, problem: Exception) -> None:
        refusal = as_refusal(problem)
        if self._strict:
            raise refusal
        self._refused += 1
        text = in_words(refusal)
        if text not in self._told and len(self._told) < MAX_TOLD:
            self._told.add(text)
            log.warning("Values are refused: %s", text)


def _write_lines(name: str, values: Sequence[float]) -> None:
    """Write the lines that the guide's section Log Analysis averages: the number comes last."""
    if log.isEnabledFor(logging.INFO):
        for value in values:
            log.info("%s %.1f", name, value)
