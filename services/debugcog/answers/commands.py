"""Calls of a window → CommandsAnswer: the table of commands, what came near 3 s, one in detail."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from statistics import fmean

from services.debugcog.alerting.chart_events import NO_EVENTS, ChartEvents, events_since
from services.debugcog.alerting.rule_status import watching
from services.debugcog.answers import series_charts as charts
from services.debugcog.answers.calls import CallLine, call_line
from services.debugcog.answers.charts import line
from services.debugcog.answers.command_rows import CommandRow, command_rows, labels_of_name
from services.debugcog.answers.errors import ErrorLine, error_lines
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.published import Published
from services.debugcog.answers.reads import read
from services.debugcog.answers.sources import Sources
from services.debugcog.calls.book import CallBook
from services.debugcog.calls.call import Call
from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.errors.records import ErrorGroup
from services.debugcog.errors.tables import recent_groups
from services.debugcog.frozen import frozen
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import STARTED
from services.debugcog.timeseries.snapshot import Point
from services.debugcog.windows import WINDOWS, Window

DRAWN = 3
"""Commands in the chart, the worst first."""
CALLS = 5
"""Slowest calls of a command that are listed."""
ERRORS = 3
GROUPS_READ = 100
"""Error groups among which those of a command are looked for, the latest first."""
SOURCES = {"view": "view", "modal": "form", "autocomplete": "autocomplete"}
"""Source of an error's context → what stands behind the name of such a call."""


@frozen(kw_only=True)
class CommandDetails:
    """One command.

    Attributes:
        row: its figures; None where it was not used in the window.
        name: its name.
        kept: calls that the split is an average of: the last ones, 30 at most.
        split: for what the acknowledgement waited: gateway, event loop, code.
        slowest: the slowest calls that are kept, the slowest first.
        errors: groups of errors in it, the latest first.
    """

    row: CommandRow | None
    name: str
    kept: int
    split: tuple[Figure, Figure, Figure]
    slowest: tuple[CallLine, ...]
    errors: tuple[ErrorLine, ...]


@frozen(kw_only=True)
class CommandsAnswer:
    """How commands and what else is answered do.

    Attributes:
        window: of everything.
        enabled: whether metrics are collected.
        rows: those that fail or come near 3 s first, then by p95; with a search, those found.
        find: what was searched for.
        troubled: calls that were acknowledged near 3 s, late or not at all, the latest first.
        details: of the command that was asked for, or the only one found; None otherwise.
        chart: response times of that command, or of the worst ones.
        trouble: says what is missing and why; None when all is well.
    """

    window: Window
    enabled: bool
    rows: tuple[CommandRow, ...]
    find: str
    troubled: tuple[CallLine, ...]
    details: CommandDetails | None
    chart: ChartSpec
    trouble: str | None


@frozen
class _Measured:
    """What the metrics have.

    Attributes:
        rows: of the table.
        name: of the one command that is asked for; empty where it is not one.
        drawn: points of what is drawn, by name.
        others: points of other metrics that a chart needs.
    """

    rows: tuple[CommandRow, ...]
    name: str
    drawn: Mapping[str, Sequence[Point]]
    others: Mapping[str, Sequence[Point]]


async def commands(
    sources: Sources, published: Published, window: Window, find: str = ""
) -> CommandsAnswer:
    """Answer from the numbers, the calls that are kept, and the state file.

    Args:
        sources: of the figures.
        published: has the rules in force.
        window: how far back to look.
        find: name of a command, or a part of one; all if empty.
    """
    seconds, now = WINDOWS[window][0], sources.clock()
    measured = await sources.off_loop(partial(_measure, sources.metrics, seconds, find))
    rows, name = measured.rows, measured.name
    work = partial(_stored, start=now - seconds, name=name)
    stored = await read(sources.query, "Errors, and marks in charts", work)
    events, groups = stored.value or (NO_EVENTS, ())
    return CommandsAnswer(
        window=window,
        enabled=sources.enabled,
        rows=rows,
        find=find,
        troubled=_troubled(sources, now - seconds, seconds, rows if find else None),
        details=_details(sources, rows, name, now - seconds, groups) if name else None,
        chart=_chart(sources, published, measured, seconds, events),
        trouble=stored.trouble,
    )


async def command_names(sources: Sources, typed: str) -> tuple[str, ...]:
    """List the names of the last day that have a text in them, the worst first."""
    work = partial(command_rows, sources.metrics, WINDOWS["24h"][0])
    rows = await sources.off_loop(work)
    return tuple(row.name for row in _found(rows, typed))


def _measure(metrics: MetricsService, seconds: float, find: str) -> _Measured:
    """Read the metrics, which takes too long for an event loop."""
    rows = _found(command_rows(metrics, seconds), find)
    name = find if find in {row.name for row in rows} else ""
    name = name or (rows[0].name if find and len(rows) == 1 else "")
    drawn = {}
    for one in [name] if name else _names(rows):
        metric, labels = labels_of_name(metrics, one, seconds)
        drawn[one] = metrics.points(metric, seconds, labels=labels)
    others = {
        name: metrics.points(name, seconds, percentiles=False) for name in (charts.LAG, STARTED)
    }
    return _Measured(rows, name, drawn, others)


def _found(rows: Sequence[CommandRow], find: str) -> tuple[CommandRow, ...]:
    exact = tuple(row for row in rows if row.name == find)
    wanted = find.strip().casefold()
    return exact or tuple(row for row in rows if wanted in row.name.casefold())


def _names(rows: Iterable[CommandRow]) -> list[str]:
    return [row.name for row in rows if row.p95.value is not None][:DRAWN]


def _troubled(
    sources: Sources, since: float, seconds: float, rows: Sequence[CommandRow] | None
) -> tuple[CallLine, ...]:
    """List the troubled calls of a window; with rows, those of their commands."""
    if sources.calls is None:
        return ()
    names = None if rows is None else {row.name for row in rows}
    worst = sources.stalls(seconds).worst
    found = sources.calls.troubled(since)
    return tuple(call_line(call, worst) for call in found if names is None or call.name in names)


def _details(
    sources: Sources,
    rows: Sequence[CommandRow],
    name: str,
    since: float,
    groups: Iterable[ErrorGroup],
) -> CommandDetails:
    book = sources.calls or CallBook()
    recent = [call for call in book.recent(name, since) if call.code_ms is not None]
    return CommandDetails(
        row=next((row for row in rows if row.name == name), None),
        name=name,
        kept=len(recent),
        split=_split(recent),
        slowest=tuple(
            call_line(call, traced=book.trace(call.id) is not None)
            for call in book.slowest(name, since, CALLS)
        ),
        errors=error_lines(groups, sources.clock()),
    )


def _split(calls: Sequence[Call]) -> tuple[Figure, Figure, Figure]:
    if not calls:
        return (Figure(None, "ms"),) * 3
    return (
        Figure(fmean(call.gateway_ms for call in calls), "ms"),
        Figure(fmean(call.loop_ms for call in calls), "ms"),
        Figure(fmean(call.code_ms or 0.0 for call in calls), "ms"),
    )


def _stored(
    connection: sqlite3.Connection, start: float, name: str
) -> tuple[ChartEvents, tuple[ErrorGroup, ...]]:
    """Read the marks of charts, and the errors of a command."""
    groups = recent_groups(connection, GROUPS_READ) if name else ()
    found = [one for one in groups if one.last_seen >= start and _is_of(one, name)]
    return events_since(connection, start=start), tuple(found[:ERRORS])


def _is_of(group: ErrorGroup, name: str) -> bool:
    """Return whether the last error of a group was one of a command."""
    if group.event is None:
        return False
    context = group.event.context
    kind = SOURCES.get(context.source)
    return name == (f"{context.command.rpartition('.')[2]}:{kind}" if kind else context.command)


def _chart(
    sources: Sources,
    published: Published,
    measured: _Measured,
    seconds: float,
    events: ChartEvents,
) -> ChartSpec:
    """Draw one command in detail, or the p95 of several."""
    points = {**measured.others, **measured.drawn}
    shared = charts.timeline(points, seconds, sources.clock(), sources.process.started, events)
    status = watching(published.rules, "response_time")
    if measured.name:
        return charts.call_chart(measured.name, points[measured.name], shared, status)
    lines = [
        line(name, found, lambda point: point.p95, shared.restarts)
        for name, found in measured.drawn.items()
    ]
    return shared.chart("Response time of the slowest, p95", "ms", lines, status)
