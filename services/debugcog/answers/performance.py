"""Series of a window → PerformanceAnswer: six charts, and tables of commands and models."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial

from services.debugcog.alerting.chart_events import NO_EVENTS, ChartEvents, events_since
from services.debugcog.alerting.rule_status import watching
from services.debugcog.answers import series_charts as charts
from services.debugcog.answers.command_rows import CommandRow, command_rows
from services.debugcog.answers.models import ModelsAnswer
from services.debugcog.answers.published import Published
from services.debugcog.answers.reads import read
from services.debugcog.answers.sources import Sources
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.frozen import frozen
from services.debugcog.process.samplers import STARTED
from services.debugcog.windows import WINDOWS, Window

SERIES = (
    *(*charts.RESPONSE, *charts.TOKENS, *charts.LATENCIES),
    *(charts.USED, charts.HITS, charts.MISSES, charts.MEMORY, charts.LAG, STARTED),
)


@frozen
class PerformanceAnswer:
    """How the bot has performed in a window.

    Attributes:
        window: of everything.
        charts: ``response_time``, ``tokens``, ``api_latency``, ``cache``, ``memory`` and
            ``event_loop_lag``; all with the same edges, marks and spans.
        commands: as ``/debug commands`` has them, the worst first.
        models: tables of models and of their cost; None where the bot talks to none.
        trouble: says what is missing and why; None when all is well.
    """

    window: Window
    charts: Mapping[str, ChartSpec]
    commands: tuple[CommandRow, ...]
    models: ModelsAnswer | None
    trouble: str | None


async def performance(sources: Sources, published: Published, window: Window) -> PerformanceAnswer:
    """Answer from the numbers, the state file, and from what the bot's thread published."""
    seconds, now = WINDOWS[window][0], sources.clock()
    work = partial(events_since, start=now - seconds)
    found = await read(sources.query, "Marks in charts", work)
    return PerformanceAnswer(
        window=window,
        charts=_charts(sources, published, seconds, now, found.value or NO_EVENTS),
        commands=command_rows(sources.metrics, seconds),
        models=sources.models(window) if sources.models else None,
        trouble=found.trouble,
    )


def _charts(
    sources: Sources, published: Published, seconds: float, now: float, events: ChartEvents
) -> Mapping[str, ChartSpec]:
    metrics, rules = sources.metrics, published.rules
    points = {
        name: metrics.points(name, seconds, percentiles=name in charts.SPREAD) for name in SERIES
    }
    shared = charts.timeline(points, seconds, now, sources.process.started, events)
    series = charts.response_series([one for one in charts.RESPONSE if metrics.recorded(one)])
    response, memory, lag = (
        watching(rules, one) for one in ("response_time", "memory", "event_loop")
    )
    return {
        "response_time": charts.spread_chart(series, points[series], shared, response),
        "tokens": charts.tokens_chart(points, shared),
        "api_latency": charts.latency_chart(points, shared),
        "cache": charts.cache_chart(points, shared),
        "memory": charts.memory_chart(points[charts.MEMORY], shared, memory),
        "event_loop_lag": charts.lag_chart(points[charts.LAG], shared, lag),
    }
