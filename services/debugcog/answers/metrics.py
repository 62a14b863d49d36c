"""Snapshot, rules and what happened → MetricsAnswer: the numbers of a window, and their chart."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial

from services.debugcog.alerting.chart_events import NO_EVENTS, ChartEvents, events_since
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.rule_status import RuleStatus, by_metric, watching
from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.charts import restarts, span, starts
from services.debugcog.answers.figure import Figure, rule_reading, severity_of
from services.debugcog.answers.markers import Timeline
from services.debugcog.answers.metric_figures import (
    Calls,
    Errors,
    EventLoop,
    Gateway,
    Memory,
    OwnMetric,
    Timing,
    Tokens,
    error_rate,
)
from services.debugcog.answers.metric_parts import unit_of
from services.debugcog.answers.published import Published
from services.debugcog.answers.reads import Read, read
from services.debugcog.answers.series_charts import (
    RESPONSE,
    response_chart,
    response_series,
)
from services.debugcog.answers.sources import Sources
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.frozen import frozen
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import STARTED, Run
from services.debugcog.stalls.stall import StallSummary
from services.debugcog.timeseries.metric_names import COUNTERS, TIMINGS, TOKENS, VALUES
from services.debugcog.timeseries.snapshot import Point, Snapshot, Summary
from services.debugcog.timeseries.stretch import Kind
from services.debugcog.windows import WINDOWS, Window

KNOWN = {*TIMINGS, *VALUES, *COUNTERS, "user_mistakes", "cancellations"}
"""Metrics that are shown elsewhere, or that the cog keeps for itself."""
PARTS = {
    "llm_generation": "LLM",
    "llm_time_to_first_token": "LLM, first token",
    "tts_generation": "TTS",
    "voice_transcription": "Transcription",
}
"""Timings of a bot's work; they are shown once the bot has recorded them."""
CALLS = ("api_calls", "cache_hits", "cache_misses")
LATENCY = "gateway_latency_ms"
NO_STALLS = StallSummary()
NOTHING = Figure(None)
NO_KINDS: Mapping[str, Kind] = {}

Rules = Mapping[str, RuleStatus]
"""By the rules' names, or by the metrics that they read."""


@frozen
class MetricsAnswer:
    """The numbers of a window; what the bot has never recorded is None.

    Attributes:
        window: of all numbers.
        timings: response times, then the parts of the bot's work.
        tokens: of models.
        errors: of the bot.
        calls: of APIs and caches.
        memory: of the process.
        event_loop: its lag, and who blocked it.
        gateway: its latency.
        own: what the host records under names of its own: what a rule finds bad first, then by
            name, counters last.
        uptime: of the process, seconds.
        alerts: open ones, with the worst severity.
        enabled: whether metrics are collected.
        chart: of response times.
        trouble: says what is missing and why; None when all is well.
    """

    window: Window
    timings: tuple[Timing, ...]
    tokens: Tokens | None
    errors: Errors
    calls: Calls | None
    memory: Memory
    event_loop: EventLoop
    gateway: Gateway
    own: tuple[OwnMetric, ...]
    uptime: Figure
    alerts: Figure
    enabled: bool
    chart: ChartSpec
    trouble: str | None = None


async def metrics(sources: Sources, published: Published, window: Window) -> MetricsAnswer:
    """Answer from the numbers, the state file, and from what the bot's thread published."""
    work = partial(events_since, start=sources.clock() - WINDOWS[window][0])
    found = await read(sources.query, "Marks in charts", work)
    return await sources.off_loop(partial(_answer, sources, published, window, found))


def _answer(
    sources: Sources, published: Published, window: Window, found: Read[ChartEvents]
) -> MetricsAnswer:
    """Sum up the numbers: some milliseconds, and a hundred with hundreds of metrics."""
    seconds, service = WINDOWS[window][0], sources.metrics
    snapshot, run = service.snapshot(seconds, with_labels=False), sources.process.run
    return metrics_answer(
        snapshot,
        service.points(response_series(snapshot.recorded), seconds),
        window,
        published.rules,
        run,
        sources.stalls(seconds),
        kinds=_kinds(sources.metrics, snapshot),
        starts=starts(service.points(STARTED, seconds, percentiles=False), sources.process.started),
        events=found.value or NO_EVENTS,
        incidents=published.incidents,
        enabled=sources.enabled,
        trouble=found.trouble,
    )


def metrics_answer(
    snapshot: Snapshot,
    points: Sequence[Point],
    window: Window,
    rules: Rules,
    run: Run,
    stalls: StallSummary = NO_STALLS,
    *,
    kinds: Mapping[str, Kind] = NO_KINDS,
    starts: Sequence[float] = (),
    events: ChartEvents = NO_EVENTS,
    incidents: Sequence[Incident] = (),
    enabled: bool = True,
    trouble: str | None = None,
) -> MetricsAnswer:
    """Make the answer.

    Args:
        snapshot: of the window.
        points: of the series that ``response_series`` names.
        window: its name.
        rules: as they stand now; the marks are theirs, whatever the window.
        run: of the process.
        stalls: of the event loop, in the window.
        kinds: of the host's own metrics, which tell their units with their names.
        starts: of this run and of earlier ones in the window, unix seconds.
        events: what happened in the window.
        incidents: the open ones.
        enabled: whether metrics are collected.
        trouble: what is missing and why.
    """
    series, reading = snapshot.series, by_metric(rules)
    return MetricsAnswer(
        window=window,
        timings=tuple(_timings(snapshot, rules, reading)),
        tokens=_tokens(snapshot, watching(rules, "tokens")) if _any(snapshot, TOKENS) else None,
        errors=_errors(snapshot, watching(rules, "error_rate")),
        calls=_calls(snapshot) if _any(snapshot, CALLS) else None,
        memory=_memory(series["memory_usage_mb"], series["temp_files_mb"], rules, run),
        event_loop=event_loop(series["event_loop_lag_ms"], watching(rules, "event_loop"), stalls),
        gateway=_gateway(series.get(LATENCY), reading.get(LATENCY)),
        own=tuple(sorted(_own(snapshot, reading, kinds), key=_worst_first)),
        uptime=Figure(round(run.uptime), "s"),
        alerts=Figure(len(incidents), "", max((one.severity for one in incidents), default=None)),
        enabled=enabled,
        chart=_chart(snapshot, points, watching(rules, "response_time"), starts, events),
        trouble=trouble,
    )


def _any(snapshot: Snapshot, names: Iterable[str]) -> bool:
    """Tell whether some of the metrics have ever had a value."""
    return any(name in snapshot.recorded for name in names)


def _timings(snapshot: Snapshot, rules: Rules, reading: Rules) -> Iterator[Timing]:
    """List what the bot has; what it has never recorded is left out, rather than shown as zero."""
    recorded, watched = snapshot.recorded, response_series(snapshot.recorded)
    for name, title in (*RESPONSE.items(), *PARTS.items()):
        if name == watched or name in recorded:
            status = watching(rules, "response_time") if name == watched else reading.get(name)
            yield _timing(title, snapshot.series[name], status, recorded=name in recorded)


def _timing(title: str, summary: Summary, status: RuleStatus | None, *, recorded: bool) -> Timing:
    some = bool(summary.count)
    return Timing(
        title=title,
        average=Figure(summary.mean if some else None, "ms", severity_of(status)),
        p95=Figure(summary.p95 if some else None, "ms"),
        maximum=Figure(summary.maximum if some else None, "ms"),
        calls=Figure(summary.count),
        failed=Figure(summary.failed),
        now=rule_reading(status),
        recorded=recorded,
    )


def _tokens(snapshot: Snapshot, status: RuleStatus | None) -> Tokens:
    sent, received, used = (snapshot.series[name] for name in TOKENS)
    told = sent if sent.count else used
    apart = bool(sent.count)
    return Tokens(
        per_request=Figure(round(told.mean) if told.count else None, "", severity_of(status)),
        sent=Figure(round(sent.total) if apart else None),
        received=Figure(round(received.total) if apart else None),
        used=Figure(round(used.total) if used.count and not apart else None),
        now=rule_reading(status),
    )


def _errors(snapshot: Snapshot, status: RuleStatus | None) -> Errors:
    messages = snapshot.counters["messages_processed"]
    return Errors(
        rate=error_rate(snapshot, status),
        count=Figure(snapshot.errors),
        messages=Figure(messages),
        now=rule_reading(status) if messages else NOTHING,
    )


def _calls(snapshot: Snapshot) -> Calls:
    looked = snapshot.counters["cache_hits"] + snapshot.counters["cache_misses"]
    rate = Figure(snapshot.cache_hit_rate if looked else None, "%")
    return Calls(Figure(snapshot.counters["api_calls"]), rate)


def _memory(summary: Summary, files: Summary, rules: Rules, run: Run) -> Memory:
    if summary.last is None:
        return Memory(NOTHING, NOTHING, NOTHING)
    resident = Figure(summary.last, "MB", severity_of(watching(rules, "memory")))
    return Memory(resident, Figure(run.peak_mb, "MB"), Figure(files.last, "MB"))


def event_loop(summary: Summary, status: RuleStatus | None, stalls: StallSummary) -> EventLoop:
    """Tell how late the loop was, from the metric of its lag."""
    if not summary.count:
        return EventLoop(NOTHING, NOTHING, NOTHING, stalls)
    p99 = Figure(summary.p99, "ms", severity_of(status))
    return EventLoop(p99, Figure(summary.maximum, "ms"), rule_reading(status), stalls)


def _gateway(summary: Summary | None, status: RuleStatus | None) -> Gateway:
    if summary is None or summary.last is None:
        return Gateway(NOTHING, NOTHING)
    return Gateway(Figure(summary.last, "ms", severity_of(status)), Figure(summary.p95, "ms"))


def _kinds(metrics: MetricsService, snapshot: Snapshot) -> dict[str, Kind]:
    """Map the host's own metrics that have values in the window to their kinds."""
    names = (name for name, one in snapshot.series.items() if name not in KNOWN and one.count)
    found = ((name, metrics.describe(name)) for name in names)
    return {name: described.kind for name, described in found if described is not None}


def _own(snapshot: Snapshot, reading: Rules, kinds: Mapping[str, Kind]) -> Iterator[OwnMetric]:
    for name, one in sorted(snapshot.series.items()):
        if name not in KNOWN and one.last is not None and one.count:
            unit, severity = unit_of(name, kinds.get(name, "value")), severity_of(reading.get(name))
            others = (Figure(float(value), unit) for value in (one.mean, one.p95, one.maximum))
            yield OwnMetric(name, Figure(float(one.last), unit, severity), *others)
    for name, amount in sorted(snapshot.counters.items()):
        if name not in KNOWN and amount:
            yield OwnMetric(name, NOTHING, NOTHING, NOTHING, NOTHING, Figure(amount))


def _worst_first(own: OwnMetric) -> int:
    return -(own.last.severity or Severity.OK)


def _chart(
    snapshot: Snapshot,
    points: Sequence[Point],
    status: RuleStatus | None,
    starts: Sequence[float],
    events: ChartEvents,
) -> ChartSpec:
    start, end = span(points, snapshot.taken_at - snapshot.window, snapshot.taken_at)
    shared = Timeline(start, end, restarts(points, starts), events)
    return response_chart(response_series(snapshot.recorded), points, shared, status)
