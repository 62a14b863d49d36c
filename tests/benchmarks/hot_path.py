"""MetricsService beside prometheus_client → rows: cost of a call, of a query, memory, accuracy."""

from __future__ import annotations

import random
import sys
import threading
from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from statistics import median
from time import perf_counter
from typing import Any

from prometheus_client import CollectorRegistry, Counter, Histogram

from services.debugcog.metrics import MetricsService
from services.debugcog.timeseries.bucket import Batch
from services.debugcog.timeseries.series import Series
from services.debugcog.timeseries.sketch import Sketch, bucket_indexes
from tests.benchmarks.rows import Row, compare, interleave

CALLS = 10_000
MANY_CALLS = 1_000_000
DAY = 86_400
NAME = "llm_generation"

PAIRS: tuple[tuple[str, str, float | None], ...] = (
    ("record", "observe", 0.12),
    ("record, folded", "observe", 0.40),
    ("increment", "inc", 0.30),
    ("timer", "time", 0.45),
    ("record, label", "labels().observe", None),
    ("increment, label", "labels().inc", None),
    ("timer, label", "labels().time", None),
    ("record, off", "observe", None),
    ("timer, off", "time", None),
)
"""Ours, the peer's, and the most that the ratio may be (the goals of the hot path)."""


def run() -> list[Row]:
    """Measure everything; about 45 s."""
    return [*_calls(), *_sustained(), *_history(), _accuracy(), _threads(), _idle()]


def _values(count: int) -> list[float]:
    """Response times as they are: median 665 ms, a long tail."""
    source = random.Random(7)
    return [source.lognormvariate(6.5, 0.8) for _ in range(count)]


def _calls() -> list[Row]:
    values = _values(CALLS)
    metrics = MetricsService(fold_interval=None)
    ours, off = Ours(metrics, values), Ours(MetricsService(enabled=False), values)
    works = {
        **Peer(values).works(),
        **ours.works(),
        "record, folded": ours.record_and_fold,
        "record, off": off.record,
        "timer, off": off.timer,
    }
    seconds = interleave(works, after=dict.fromkeys(ours.works(), metrics.fold))
    per = 1e9 / CALLS
    return [
        compare(f"{name} / {peer}", seconds[name], seconds[peer], per=per, unit="ns", goal=goal)
        for name, peer, goal in PAIRS
    ]


def _sustained() -> list[Row]:
    """Call a million times without a pause, until all is folded, with the thread that folds."""
    values = _values(MANY_CALLS)
    metrics = MetricsService()
    ours, peer = Ours(metrics, values), Peer(values)
    works = {"observe": peer.observe, "inc": peer.inc, "time": peer.time}
    for name, work in (
        ("record", ours.record),
        ("increment", ours.increment),
        ("timer", ours.timer),
    ):
        works[name] = partial(_and_fold, work, metrics)
    seconds = interleave(works, rounds=3)
    metrics.close()
    return [
        compare(
            f"{name} / {peer_name}, a million without a pause, folded",
            *(seconds[name], seconds[peer_name]),
            per=1e9 / MANY_CALLS,
            unit="ns",
            goal=0.6,
        )
        for name, peer_name in (("record", "observe"), ("increment", "inc"), ("timer", "time"))
    ]


def _and_fold(work: Callable[[], object], metrics: MetricsService) -> None:
    work()
    metrics.fold()


class Ours:
    """The project's calls, as a host writes them."""

    def __init__(self, metrics: MetricsService, values: Sequence[float]) -> None:
        self._metrics = metrics
        self._values = values

    def works(self) -> dict[str, Callable[[], object]]:
        return {
            "record": self.record,
            "increment": self.increment,
            "timer": self.timer,
            "record, label": self.record_label,
            "increment, label": self.increment_label,
            "timer, label": self.timer_label,
        }

    def record(self) -> None:
        metrics = self._metrics
        for value in self._values:
            metrics.record(NAME, value)

    def record_and_fold(self) -> None:
        self.record()
        self._metrics.fold()

    def increment(self) -> None:
        metrics = self._metrics
        for _ in self._values:
            metrics.increment("api_calls")

    def timer(self) -> None:
        metrics = self._metrics
        for _ in self._values:
            with metrics.timer(NAME):
                pass

    def record_label(self) -> None:
        metrics = self._metrics
        for value in self._values:
            metrics.record(NAME, value, command="ask")

    def increment_label(self) -> None:
        metrics = self._metrics
        for _ in self._values:
            metrics.increment("api_calls", command="ask")

    def timer_label(self) -> None:
        metrics = self._metrics
        for _ in self._values:
            with metrics.timer(NAME, command="ask"):
                pass


class Peer:
    """prometheus_client's calls, with children bound once and through ``labels()``."""

    def __init__(self, values: Sequence[float]) -> None:
        registry = CollectorRegistry()
        self._values = values
        self._counters = Counter("calls", "of an API", ["command"], registry=registry)
        self._histograms = Histogram("seconds", "of an answer", ["command"], registry=registry)
        self._counter = self._counters.labels("ask")
        self._histogram = self._histograms.labels("ask")

    def works(self) -> dict[str, Callable[[], object]]:
        return {
            "observe": self.observe,
            "inc": self.inc,
            "time": self.time,
            "labels().observe": self.labels_observe,
            "labels().inc": self.labels_inc,
            "labels().time": self.labels_time,
        }

    def observe(self) -> None:
        histogram = self._histogram
        for value in self._values:
            histogram.observe(value)

    def inc(self) -> None:
        counter = self._counter
        for _ in self._values:
            counter.inc()

    def time(self) -> None:
        histogram = self._histogram
        for _ in self._values:
            with histogram.time():
                pass

    def labels_observe(self) -> None:
        histograms = self._histograms
        for value in self._values:
            histograms.labels("ask").observe(value)

    def labels_inc(self) -> None:
        counters = self._counters
        for _ in self._values:
            counters.labels("ask").inc()

    def labels_time(self) -> None:
        histograms = self._histograms
        for _ in self._values:
            with histograms.labels("ask").time():
                pass


def _history() -> list[Row]:
    """Let one series live for 7 days at 100 values a second; ten of them are ten times as large."""
    batches = [_batch(_values(40_000)[start : start + 1000]) for start in range(0, 40_000, 1000)]
    series = Series()
    sizes = []
    for tick in range(7 * DAY // 10):
        series.add(batches[tick % len(batches)], tick * 10.0)
        if tick * 10 % DAY == DAY - 10:
            sizes.append(10 * _size(series) / 1e6)
    now = 7.0 * DAY
    return [
        Row("p50, p95, p99 of an hour", _milliseconds(series, 3600, now), "ms", goal=1.0),
        Row("p50, p95, p99 of a day", _milliseconds(series, DAY, now), "ms", goal=10.0),
        Row("p50, p95, p99 of a week", _milliseconds(series, 7 * DAY, now), "ms"),
        Row("10 series at 100/s after a day", sizes[0], "MB", goal=5.0),
        Row("10 series at 100/s after a week", sizes[-1], "MB", goal=5.0),
    ]


def _batch(values: Sequence[float]) -> Batch:
    low, high = min(values), max(values)
    numbers = bucket_indexes(values, low, high)
    return Batch(len(values), 0, sum(values), low, high, values[-1], numbers)


def _milliseconds(series: Series, window: float, now: float) -> float:
    seconds = []
    for _ in range(21):
        start = perf_counter()
        series.summary(window, now)
        seconds.append(perf_counter() - start)
    return median(seconds) * 1000


def _size(thing: object, seen: set[int] | None = None) -> int:
    """Add up the bytes of an object and of what it alone holds."""
    seen = set() if seen is None else seen
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    return sys.getsizeof(thing) + sum(_size(part, seen) for part in _parts(thing))


def _parts(thing: Any) -> list[object]:
    if isinstance(thing, dict):
        return [*thing, *thing.values()]
    if isinstance(thing, list | tuple | deque):
        return list(thing)
    return [getattr(thing, name) for name in getattr(thing, "__slots__", ())]


def _accuracy() -> Row:
    """Find the worst of 99 percentiles of 50,000 values."""
    values = sorted(_values(50_000))
    sketch = Sketch()
    sketch.add(bucket_indexes(values, values[0], values[-1]))
    fractions = [percent / 100 for percent in range(1, 100)]
    exact = [values[round(fraction * len(values)) - 1] for fraction in fractions]
    pairs = zip(sketch.quantiles(fractions), exact, strict=True)
    error = max(abs(estimate / value - 1) for estimate, value in pairs)
    return Row("worst relative error", 100 * error, "%", goal=1.0)


def _threads() -> Row:
    """Count from 8 threads while another one folds."""
    metrics = MetricsService(fold_interval=0.001)
    threads = [threading.Thread(target=_count, args=(metrics,)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    metrics.close()
    lost = 8 * CALLS - metrics.snapshot().totals["api_calls"]
    return Row("lost of 80,000 increments by 8 threads", lost, "", goal=0.0)


def _count(metrics: MetricsService) -> None:
    for _ in range(CALLS):
        metrics.increment("api_calls")


def _idle() -> Row:
    """Fold a service in which nothing happens, as its thread does once a second."""
    metrics = MetricsService(fold_interval=None)
    seconds = []
    for _ in range(50):
        start = perf_counter()
        metrics.fold()
        seconds.append(perf_counter() - start)
    return Row("idle, of a core", 100 * median(seconds), "%", goal=0.5)
