"""Numbers, activity, errors and incidents → OverviewAnswer: health, tiles, charts, lists."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping

from services.debugcog.alerting import runs
from services.debugcog.alerting.chart_events import NO_EVENTS, ChartEvents, events_since
from services.debugcog.alerting.crash import Crash
from services.debugcog.alerting.rule_status import RuleStatus, watching
from services.debugcog.answers.errors import ErrorLine, error_lines
from services.debugcog.answers.figure import (
    Figure,
    rule_reading,
    severity_by_metric,
    severity_of,
)
from services.debugcog.answers.health import Health, health
from services.debugcog.answers.incidents import IncidentLine, incident_lines
from services.debugcog.answers.metric_figures import error_rate
from services.debugcog.answers.operations import Operations, operations
from services.debugcog.answers.published import Published
from services.debugcog.answers.reads import read
from services.debugcog.answers.series_charts import (
    LAG,
    MEMORY,
    MESSAGES,
    RESPONSE,
    messages_chart,
    response_chart,
    response_series,
    timeline,
)
from services.debugcog.answers.sources import Sources
from services.debugcog.answers.traffic import (
    ActiveUsers,
    Messages,
    active_users,
    message_points,
    messages,
)
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.errors.records import ErrorGroup
from services.debugcog.errors.tables import recent_groups
from services.debugcog.frozen import frozen
from services.debugcog.process.samplers import STARTED
from services.debugcog.timeseries.snapshot import Snapshot
from services.debugcog.windows import WINDOWS, Window

ERRORS_SHOWN = 5
Stored = tuple[ChartEvents, tuple[ErrorGroup, ...], tuple[Crash, ...] | None]


@frozen
class ResponseTime:
    """Response times in the window.

    Attributes:
        title: of the series that tells them.
        average: with the rule's mark.
        p95: in ms, too.
        now: what the rule reads, where that warns.
    """

    title: str
    average: Figure
    p95: Figure
    now: Figure


@frozen
class Errors:
    """Errors in the window.

    Attributes:
        count: how many.
        rate: percent of messages, with the rule's mark; no value without messages.
        now: what the rule reads, where that warns.
    """

    count: Figure
    rate: Figure
    now: Figure


@frozen
class Memory:
    """What the process takes.

    Attributes:
        now: MB, with the rule's mark.
        cpu: percent of one processor.
    """

    now: Figure
    cpu: Figure


@frozen
class Uptime:
    """How the bot is connected.

    Attributes:
        uptime: of the process, seconds.
        latency: of the gateway, ms.
        guilds: servers that the bot is in.
    """

    uptime: Figure
    latency: Figure
    guilds: Figure


@frozen
class Tiles:
    """The figures at the top of the page."""

    active_users: ActiveUsers
    messages: Messages
    response_time: ResponseTime
    errors: Errors
    memory: Memory
    uptime: Uptime


@frozen
class OverviewAnswer:
    """How the bot is, in one glance.

    Attributes:
        window: that averages, errors and charts are of.
        health: in one sentence, and the reasons for it.
        tiles: the figures.
        operations: what stands behind them.
        charts: ``messages`` and ``response_time``.
        errors: the groups that were seen last.
        alerts: the open incidents, the worst first.
        trouble: says what is missing and why; None when all is well.
    """

    window: Window
    health: Health
    tiles: Tiles
    operations: Operations
    charts: Mapping[str, ChartSpec]
    errors: tuple[ErrorLine, ...]
    alerts: tuple[IncidentLine, ...]
    trouble: str | None


async def overview(sources: Sources, published: Published, window: Window) -> OverviewAnswer:
    """Answer from the numbers, the state file, and from what the bot's thread published."""
    seconds, now = WINDOWS[window][0], sources.clock()
    snapshot = sources.metrics.lazy_snapshot(seconds)
    tiles = _tiles(sources, published, snapshot, now)

    def stored(connection: sqlite3.Connection) -> Stored:
        groups = recent_groups(connection, limit=ERRORS_SHOWN)
        return (
            events_since(connection, now - seconds),
            groups,
            runs.crashes(connection, now, runs.CRASHES_KEPT),
        )

    found = await read(sources.query, "Errors, and marks in charts,", stored)
    events, groups, crashes = found.value or (NO_EVENTS, (), None)
    behind = await operations(sources, published, snapshot, seconds, crashes)
    return OverviewAnswer(
        window=window,
        health=health(sources, published, behind),
        tiles=tiles,
        operations=behind,
        charts=_charts(sources, published, seconds, now, events),
        errors=error_lines(groups, now),
        alerts=incident_lines(published.incidents, now, published.people),
        trouble=found.trouble,
    )


def _tiles(sources: Sources, published: Published, snapshot: Snapshot, now: float) -> Tiles:
    rules = published.rules
    return Tiles(
        active_users=active_users(sources.activity, sources.metrics, now),
        messages=messages(sources.activity, sources.metrics, now),
        response_time=_response_time(snapshot, published),
        errors=Errors(
            count=Figure(snapshot.errors),
            rate=error_rate(snapshot, watching(rules, "error_rate")),
            now=rule_reading(watching(rules, "error_rate")),
        ),
        memory=Memory(
            now=Figure(snapshot.series[MEMORY].last, "MB", severity_of(watching(rules, "memory"))),
            cpu=_watched(snapshot, rules, "cpu_percent", "%"),
        ),
        uptime=Uptime(
            uptime=Figure(round(sources.process.uptime), "s"),
            latency=_watched(snapshot, rules, "gateway_latency_ms", "ms"),
            guilds=Figure(published.guilds),
        ),
    )


def _watched(snapshot: Snapshot, rules: Mapping[str, RuleStatus], metric: str, unit: str) -> Figure:
    return Figure(snapshot.series[metric].last, unit, severity_by_metric(rules, metric))


def _response_time(snapshot: Snapshot, published: Published) -> ResponseTime:
    series = response_series(snapshot.recorded)
    summary = snapshot.series[series]
    status = watching(published.rules, "response_time")
    return ResponseTime(
        title=RESPONSE[series],
        average=Figure(summary.mean if summary.count else None, "ms", severity_of(status)),
        p95=Figure(summary.p95 if summary.count else None, "ms"),
        now=rule_reading(status),
    )


def _charts(
    sources: Sources, published: Published, seconds: float, now: float, events: ChartEvents
) -> Mapping[str, ChartSpec]:
    metrics = sources.metrics
    series = response_series([name for name in RESPONSE if metrics.recorded(name)])
    points = {
        name: metrics.points(name, seconds, percentiles=name == series)
        for name in (series, LAG, STARTED)
    }
    points[MESSAGES] = message_points(sources.activity, metrics, points[LAG], seconds)
    shared = timeline(points, seconds, now, sources.process.started, events)
    status = watching(published.rules, "response_time")
    return {
        "messages": messages_chart(points, shared),
        "response_time": response_chart(series, points[series], shared, status),
    }
