"""A scrape of a service with as many metrics as a host may have → rows of what it costs."""

from __future__ import annotations

import random
import statistics
import time

from services.debugcog.metrics import MetricsService
from services.debugcog.prometheus.exposition import exposition
from services.debugcog.prometheus.source import Source
from services.debugcog.timeseries.metric_names import COUNTERS, TIMINGS, VALUES
from services.debugcog.timeseries.registry import MAX_METRICS
from tests.benchmarks.rows import Row

OWN = MAX_METRICS - len(TIMINGS + VALUES + COUNTERS)
LABEL_SETS, VALUES_EACH, SCRAPES = 100, 5, 21
GOAL = 100.0


def filled() -> MetricsService:
    """Fill every metric that there is room for; a third each are timed, counted and recorded."""
    metrics = MetricsService(fold_interval=None, strict=True)
    source = random.Random(7)
    for number in range(OWN):
        for _ in range(VALUES_EACH):
            value = source.lognormvariate(6.5, 0.8)
            if number % 3 == 0:
                with metrics.timer(f"own_{number}"):
                    pass
            elif number % 3 == 1:
                metrics.increment(f"own_{number}", round(value))
            else:
                metrics.record(f"own_{number}", value)
    for number in range(LABEL_SETS):
        metrics.record("llm_generation", 900.0, model=f"model-{number}", provider="own")
    return metrics


def run() -> list[Row]:
    """Measure the processor's time of a scrape, in both formats, and its size."""
    source = Source(metrics=filled(), process="benchmark")
    rows = []
    for name, accept in (("text", ""), ("OpenMetrics", "application/openmetrics-text")):
        body, _ = exposition(source, accept)
        spent = []
        for _ in range(SCRAPES):
            start = time.process_time()
            exposition(source, accept)
            spent.append(1000 * (time.process_time() - start))
        lines = body.count(b"\n")
        label = (
            f"scrape, {name}: {OWN} metrics of the host, {LABEL_SETS} label sets, {lines:,} lines"
        )
        rows.append(Row(label, statistics.median(spent), "ms", goal=GOAL))
    return rows
