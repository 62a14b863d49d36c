"""What the system tells of the process, and its memory over time → MemoryAnswer."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from services.debugcog.alerting.chart_events import NO_EVENTS, ChartEvents, events_since
from services.debugcog.alerting.rule_status import RuleStatus, watching
from services.debugcog.answers.caches import CacheCount
from services.debugcog.answers.charts import restarts, span, starts
from services.debugcog.answers.figure import Figure, severity_of
from services.debugcog.answers.growth import Growth, growth
from services.debugcog.answers.markers import Timeline
from services.debugcog.answers.published import Published
from services.debugcog.answers.reads import Read, read
from services.debugcog.answers.series_charts import MEMORY, memory_chart
from services.debugcog.answers.sources import Sources
from services.debugcog.answers.verdict import Verdict, verdict
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.frozen import frozen
from services.debugcog.process.samplers import STARTED, MemoryReport
from services.debugcog.timeseries.snapshot import Point
from services.debugcog.timeseries.trend import POINTS_MIN, Trend, fit, of_run
from services.debugcog.windows import WINDOWS, Window

RULE = "memory"
HOUR, DAY = 3600.0, 86_400.0
TREND_SECONDS = (HOUR, 6 * HOUR, DAY)
"""What a trend looks at, at least, even where a shorter window is asked for.

That is the first of them in which there are enough values.
"""


@frozen
class MemoryAnswer:
    """What is known of the memory; sizes in MB, no value for what the system does not tell.

    Attributes:
        window: of the chart.
        resident: memory of the process, with the rule's mark.
        peak: of this run.
        private: what is not shared with other processes.
        total: memory of the machine, or the limit of its container.
        used: of that.
        available: of that.
        contained: whether there is a container's limit.
        threads: of the process.
        tasks: of the bot's event loop.
        descriptors: open files and sockets.
        collections: runs of the garbage collector, by generation.
        uncollectable: objects that it gave up on.
        growth: how the memory moves; None while there are too few values.
        verdict: whether it leaks.
        uptime: of the process, seconds.
        chart: of the memory.
        enabled: whether metrics are collected; without, there is no trend.
        trouble: says what is missing and why; None when all is well.
        caches: of discord.py, where the bot's own thread has been asked.
    """

    window: Window
    resident: Figure
    peak: Figure
    private: Figure
    total: Figure
    used: Figure
    available: Figure
    contained: bool
    threads: Figure
    tasks: Figure
    descriptors: Figure
    collections: tuple[Figure, ...]
    uncollectable: Figure
    growth: Growth | None
    verdict: Verdict
    uptime: Figure
    chart: ChartSpec
    enabled: bool = True
    trouble: str | None = None
    caches: tuple[CacheCount, ...] = ()


async def memory(sources: Sources, published: Published, window: Window) -> MemoryAnswer:
    """Answer from the system, the numbers, the state file, and what the bot's thread published."""
    work = partial(events_since, start=sources.clock() - WINDOWS[window][0])
    found = await read(sources.query, "Marks in charts", work)
    return await sources.off_loop(partial(_answer, sources, published, window, found))


def _answer(
    sources: Sources, published: Published, window: Window, found: Read[ChartEvents]
) -> MemoryAnswer:
    """Ask the system, and fit the trend: some milliseconds."""
    seconds, now, metrics = WINDOWS[window][0], sources.clock(), sources.metrics
    report = sources.process.report(published.tasks)
    points = partial(metrics.points, percentiles=False)
    run = _run(sources, report.uptime, seconds)
    return memory_answer(
        report,
        fit(run),
        points(MEMORY, seconds),
        window,
        watching(published.rules, RULE),
        now,
        run=run,
        scale=sources.time_scale,
        starts=starts(points(STARTED, seconds), sources.process.started),
        events=found.value or NO_EVENTS,
        enabled=sources.enabled,
        trouble=found.trouble,
    )


def leak(sources: Sources, report: MemoryReport) -> Trend | None:
    """Return the trend by which the memory leaks, in the last hour or day; None if it does not."""
    for seconds in (HOUR, DAY):
        run = _run(sources, report.uptime, seconds)
        trend = fit(run)
        judged = verdict(trend, growth(trend, report, None), run, sources.time_scale)
        if judged.kind == "leak":
            return trend
    return None


def _run(sources: Sources, uptime: float, seconds: float) -> Sequence[Point]:
    """Choose the values that a trend is of: those of this run, once it is warm."""
    start = sources.clock() - uptime
    run: Sequence[Point] = ()
    for least in TREND_SECONDS:
        window = min(max(seconds, least), uptime)
        points = sources.metrics.points(MEMORY, window, percentiles=False)
        run = of_run(points, start, sources.time_scale)
        if len(run) >= POINTS_MIN:
            break
    return run


def memory_answer(
    report: MemoryReport,
    trend: Trend | None,
    points: Sequence[Point],
    window: Window,
    status: RuleStatus | None,
    now: float,
    *,
    run: Sequence[Point] = (),
    scale: float = 1.0,
    starts: Sequence[float] = (),
    events: ChartEvents = NO_EVENTS,
    enabled: bool = True,
    trouble: str | None = None,
) -> MemoryAnswer:
    """Make the answer.

    Args:
        report: of the process.
        trend: of its memory in this run; None while there are too few values.
        points: of its memory, in the window.
        window: its name.
        status: of the rule for memory; None where there is none.
        now: unix seconds.
        run: the points that the trend is of.
        scale: factor on the time after which growth is a leak.
        starts: of this run and of earlier ones in the window, unix seconds.
        events: what happened in the window.
        enabled: whether metrics are collected.
        trouble: what is missing and why.
    """
    total, available = report.system_total_mb, report.system_available_mb
    used = None if total is None or available is None else total - available
    grows = growth(trend, report, status)
    return MemoryAnswer(
        window=window,
        resident=Figure(report.rss_mb, "MB", severity_of(status)),
        peak=Figure(report.peak_mb, "MB"),
        private=Figure(report.uss_mb, "MB"),
        total=Figure(total, "MB"),
        used=Figure(used, "MB"),
        available=Figure(available, "MB"),
        contained=report.contained,
        threads=Figure(report.threads),
        tasks=Figure(report.tasks),
        descriptors=Figure(report.descriptors),
        collections=tuple(map(Figure, report.collections)),
        uncollectable=Figure(report.uncollectable),
        growth=grows,
        verdict=verdict(trend, grows, run, scale),
        uptime=Figure(round(report.uptime), "s"),
        chart=_chart(points, now - WINDOWS[window][0], now, status, starts, events),
        enabled=enabled,
        trouble=trouble,
    )


def _chart(
    points: Sequence[Point],
    since: float,
    now: float,
    status: RuleStatus | None,
    starts: Sequence[float],
    events: ChartEvents,
) -> ChartSpec:
    start, end = span(points, since, now)
    shared = Timeline(start, end, restarts(points, starts), events)
    return memory_chart(points, shared, status)
