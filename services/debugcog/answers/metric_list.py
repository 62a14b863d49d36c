"""Metrics service → the names of its metrics and of their labels, with what they are just now."""

from __future__ import annotations

from functools import partial

from services.debugcog.answers.figure import Figure
from services.debugcog.answers.metric_parts import unit_of
from services.debugcog.answers.sources import Sources
from services.debugcog.frozen import frozen
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import STARTED

PRESENT_SECONDS = 300.0


@frozen
class MetricName:
    """A metric in a list: its name, and what it is just now, in words."""

    name: str
    text: str


async def metric_names(sources: Sources, text: str, limit: int) -> tuple[MetricName, ...]:
    """List the recorded metrics that have a text in their name, with what they are just now."""
    return await sources.off_loop(partial(_names, sources.metrics, text, limit))


async def label_names(sources: Sources, name: str) -> tuple[str, ...]:
    """List the names of a metric's labels."""
    found = await sources.off_loop(partial(sources.metrics.describe, name))
    return found.labels if found else ()


def recorded_names(metrics: MetricsService) -> list[str]:
    """List the metrics that have ever had a value, but the one that only marks restarts."""
    return sorted(set(metrics.lazy_snapshot().recorded) - {STARTED})


def _names(metrics: MetricsService, text: str, limit: int) -> tuple[MetricName, ...]:
    wanted = text.strip().lower()
    names = [name for name in recorded_names(metrics) if wanted in name][:limit]
    return tuple(MetricName(name, _present(metrics, name)) for name in names)


def _present(metrics: MetricsService, name: str) -> str:
    found = metrics.describe(name)
    summary = metrics.summaries((name,), PRESENT_SECONDS, percentiles=False)[name]
    if found is None or not summary.count:
        return "nothing in 5 minutes"
    if found.kind == "counter":
        return f"{Figure(summary.count).text} in 5 minutes"
    unit = unit_of(name, found.kind)
    if found.kind == "level":
        return f"{Figure(summary.last, unit).text} now"
    return f"average {Figure(summary.mean, unit).text} in 5 minutes"
