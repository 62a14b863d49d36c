"""Points of the metrics service → the charts that pages and commands show."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from services.debugcog.alerting.chart_events import ChartEvents
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.answers.charts import line, restarts, span, starts
from services.debugcog.answers.markers import Timeline
from services.debugcog.answers.rates import per_minute
from services.debugcog.charting.chart_spec import ChartSpec, Line
from services.debugcog.process.samplers import STARTED
from services.debugcog.timeseries.snapshot import Point

RESPONSE = {"total_response_time": "Response time", "command": "Command time"}
"""Series that tells response times, the best first → its name."""
MESSAGES, MEMORY, LAG = "messages_processed", "memory_usage_mb", "event_loop_lag_ms"
HITS, MISSES = "cache_hits", "cache_misses"
TOKENS = {"tokens_input": "in", "tokens_output": "out"}
USED = "tokens_used"
SPREAD = (*RESPONSE, LAG)
"""Series of which percentiles are drawn."""
LATENCIES = {"llm_generation": "LLM", "tts_generation": "TTS", "gateway_latency_ms": "gateway"}

Points = Mapping[str, Sequence[Point]]
"""Of each series that is drawn, its buckets in the window."""
Pick = Callable[[Point], float]


def response_series(recorded: Collection[str]) -> str:
    """Name the series that tells response times best, which is also what the rule watches.

    A host that times its replies has ``total_response_time``; for any other the cog's own
    ``command`` timer, from interaction to completion, is what there is.

    Args:
        recorded: metrics that have ever had a value.
    """
    best, other = RESPONSE
    return best if best in recorded else other


def timeline(
    points: Points, seconds: float, now: float, started: float, events: ChartEvents
) -> Timeline:
    """Make what the charts of a page share; a restart breaks all lines, and is marked on all.

    Args:
        points: of all series that are drawn, of the event loop's lag, and of starts.
        seconds: of the window.
        now: unix seconds.
        started: when this run did, unix seconds, as it is recorded.
        events: what happened to the bot.
    """
    drawn = [found for name, found in points.items() if found and name != STARTED]
    first = min(drawn, key=lambda found: found[0].time, default=())
    start, end = span(first, now - seconds, now)
    breaks = restarts(points[LAG], starts(points[STARTED], started))
    return Timeline(start, end, breaks, events)


def response_chart(
    series: str, points: Sequence[Point], shared: Timeline, status: RuleStatus | None
) -> ChartSpec:
    """Draw response times as an overview: average and p95."""
    picks: dict[str, Pick] = {"average": lambda point: point.mean, "p95": lambda point: point.p95}
    return shared.chart(RESPONSE[series], "ms", _lines(points, picks, shared), status)


def spread_chart(
    series: str, points: Sequence[Point], shared: Timeline, status: RuleStatus | None
) -> ChartSpec:
    """Draw response times in detail: p50, p95 and max."""
    return shared.chart(RESPONSE[series], "ms", _spread(points, shared), status)


def call_chart(
    name: str, points: Sequence[Point], shared: Timeline, status: RuleStatus | None
) -> ChartSpec:
    """Draw the response times of one command in detail."""
    return shared.chart(f"Response time of {name}", "ms", _spread(points, shared), status)


def memory_chart(points: Sequence[Point], shared: Timeline, status: RuleStatus | None) -> ChartSpec:
    """Draw the memory of the process."""
    picks: dict[str, Pick] = {"memory": lambda point: point.maximum}
    return shared.chart("Memory of the process", "MB", _lines(points, picks, shared), status)


def lag_chart(points: Sequence[Point], shared: Timeline, status: RuleStatus | None) -> ChartSpec:
    """Draw how late the event loop is."""
    picks: dict[str, Pick] = {"p95": lambda point: point.p95, "max": lambda point: point.maximum}
    return shared.chart("Event loop lag", "ms", _lines(points, picks, shared), status)


def messages_chart(points: Points, shared: Timeline) -> ChartSpec:
    """Draw messages a minute."""
    rate = per_minute(points[MESSAGES], points[LAG], shared.end)
    lines = _lines(rate if points[MESSAGES] else (), {"messages": _mean}, shared)
    return shared.chart("Messages per minute", "", lines)


def tokens_chart(points: Points, shared: Timeline) -> ChartSpec:
    """Draw tokens a minute, in and out; where the bot does not tell these apart, those used."""
    told = {name: label for name, label in TOKENS.items() if points[name]}
    if not told and points[USED]:
        told = {USED: "used"}
    lines = []
    for name, label in told.items():
        rate = per_minute(points[name], points[LAG], shared.end, _total)
        lines += _lines(rate, {label: _mean}, shared)
    return shared.chart("Tokens per minute", "", lines)


def latency_chart(points: Points, shared: Timeline) -> ChartSpec:
    """Draw how long other services take, on average; those that were never asked are left out."""
    lines = [
        one
        for name, label in LATENCIES.items()
        for one in _lines(points[name], {label: _mean}, shared)
        if one.points
    ]
    return shared.chart("API latency", "ms", lines)


def cache_chart(points: Points, shared: Timeline) -> ChartSpec:
    """Draw the share of lookups that the cache answered."""
    rates = tuple(_hit_rates(points[HITS], points[MISSES]))
    return shared.chart("Cache hit rate", "%", _lines(rates, {"hits": _mean}, shared))


def _spread(points: Sequence[Point], shared: Timeline) -> list[Line]:
    picks: dict[str, Pick] = {
        "p50": lambda point: point.p50,
        "p95": lambda point: point.p95,
        "max": lambda point: point.maximum,
    }
    return _lines(points, picks, shared)


def _lines(points: Sequence[Point], picks: Mapping[str, Pick], shared: Timeline) -> list[Line]:
    return [line(label, points, pick, shared.restarts) for label, pick in picks.items()]


def _hit_rates(hits: Sequence[Point], misses: Sequence[Point]) -> Iterator[Point]:
    """Yield a point for each bucket with lookups, in the wider of both widths."""
    width = max((point.width for point in (*hits, *misses)), default=0.0) or 1.0
    looked: dict[float, list[int]] = {}
    for index, points in enumerate((hits, misses)):
        for point in points:
            looked.setdefault(point.time // width * width, [0, 0])[index] += point.count
    for start, (found, lost) in sorted(looked.items()):
        if found + lost:
            rate = 100.0 * found / (found + lost)
            yield Point(start, found + lost, rate, rate, rate, rate, width)


def _mean(point: Point) -> float:
    return point.mean


def _total(point: Point) -> float:
    return point.mean * point.count
