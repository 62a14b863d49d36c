"""Lag of the event loop and its stalls → LoopAnswer: who blocked it, when, how long, how often."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace
from functools import partial

from services.debugcog.alerting.chart_events import NO_EVENTS, ChartEvents, events_since
from services.debugcog.alerting.rule_status import RuleStatus, watching
from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.metric_figures import EventLoop
from services.debugcog.answers.metrics import event_loop
from services.debugcog.answers.published import Published
from services.debugcog.answers.reads import Read, read
from services.debugcog.answers.series_charts import LAG, lag_chart, timeline
from services.debugcog.answers.sources import Sources
from services.debugcog.charting.chart_spec import MAX_MARKS, ChartSpec, Mark
from services.debugcog.frozen import frozen
from services.debugcog.process.samplers import STARTED
from services.debugcog.stalls.stall import Stall, StallSummary
from services.debugcog.windows import WINDOWS, Window

RULE = "event_loop"
MARKED = 8
"""Stalls that are marked in the chart, the longest ones."""


@frozen
class Culprit:
    """One function that blocked the loop, or all stalls in which none was seen.

    Attributes:
        key: by which it is asked for.
        count: how often it did.
        seconds: how long in all.
        worst: its longest stall, with its place, hint and stack.
        first: unix seconds at which its first stall of the window began.
        last: and its last one.
        stalls: all of them, the newest first.
    """

    key: str
    count: int
    seconds: float
    worst: Stall
    first: float
    last: float
    stalls: tuple[Stall, ...]


@frozen(kw_only=True)
class LoopAnswer:
    """How the event loop was in a window, and who blocked it.

    Attributes:
        window: of all figures.
        last: the latest lag, ms.
        p50, p95: of the lag, ms.
        lag: its 99th percentile and maximum, as ``MetricsAnswer`` has them, with the rule's mark.
        warning, critical: thresholds in force, ms; no value where there is none.
        culprits: who blocked it, the one first that did longest in all.
        blocked: seconds in all.
        going_on: the stall that goes on now.
        busy: share of the last minute in which its thread computed.
        tasks: asyncio tasks of the loop.
        sees_c_code: whether code is named that holds the interpreter's lock.
        enabled: whether metrics are collected.
        chart: of the lag, with the longest stalls as marks: ``#1`` for the first culprit's.
        trouble: says what is missing and why; None when all is well.
    """

    window: Window
    last: Figure
    p50: Figure
    p95: Figure
    lag: EventLoop
    warning: Figure
    critical: Figure
    culprits: tuple[Culprit, ...]
    blocked: Figure
    going_on: Stall | None
    busy: Figure
    tasks: Figure
    sees_c_code: bool
    enabled: bool
    chart: ChartSpec
    trouble: str | None = None


async def loop(sources: Sources, published: Published, window: Window) -> LoopAnswer:
    """Answer from the numbers, the state file, and from what the bot's thread published."""
    work = partial(events_since, start=sources.clock() - WINDOWS[window][0])
    found = await read(sources.query, "Marks in charts", work)
    return await sources.off_loop(partial(_answer, sources, published, window, found))


def culprits_of(stalls: Iterable[Stall]) -> tuple[Culprit, ...]:
    """Group stalls by the function that caused them, the most time in all first."""
    groups: dict[tuple[str, str, str], list[Stall]] = {}
    for stall in stalls:
        groups.setdefault((stall.file, stall.function, stall.thread), []).append(stall)
    found = (_culprit(who, group) for who, group in groups.items())
    return tuple(sorted(found, key=lambda one: (-one.seconds, -one.last)))


def _answer(
    sources: Sources, published: Published, window: Window, found: Read[ChartEvents]
) -> LoopAnswer:
    seconds = WINDOWS[window][0]
    summary = sources.metrics.summary(LAG, seconds)
    status, watch = watching(published.rules, RULE), sources.loop
    some = bool(summary.count)
    culprits = culprits_of(watch.stalls(seconds) if watch else ())
    return LoopAnswer(
        window=window,
        last=Figure(summary.last, "ms"),
        p50=Figure(summary.p50 if some else None, "ms"),
        p95=Figure(summary.p95 if some else None, "ms"),
        lag=event_loop(summary, status, sources.stalls(seconds) if some else StallSummary()),
        warning=_threshold(status, Severity.WARNING),
        critical=_threshold(status, Severity.CRITICAL),
        culprits=culprits,
        blocked=Figure(sum(one.seconds for one in culprits) if culprits else None, "s"),
        going_on=sources.stalled(),
        busy=Figure(watch.busy if watch else None, "%"),
        tasks=Figure(published.tasks),
        sees_c_code=watch is None or watch.sees_c_code,
        enabled=sources.enabled,
        chart=_chart(sources, status, seconds, culprits, found.value or NO_EVENTS),
        trouble=found.trouble,
    )


def _culprit(who: tuple[str, str, str], stalls: Sequence[Stall]) -> Culprit:
    began = [stall.began for stall in stalls]
    return Culprit(
        key=hashlib.sha256("\n".join(who).encode(errors="replace")).hexdigest()[:8],
        count=len(stalls),
        seconds=sum(stall.seconds for stall in stalls),
        worst=max(stalls, key=lambda stall: stall.seconds),
        first=min(began),
        last=max(began),
        stalls=tuple(sorted(stalls, key=lambda stall: -stall.began)),
    )


def _threshold(status: RuleStatus | None, severity: Severity) -> Figure:
    return Figure(status.rule.threshold(severity) if status else None, "ms")


def _chart(
    sources: Sources,
    status: RuleStatus | None,
    seconds: float,
    culprits: Sequence[Culprit],
    events: ChartEvents,
) -> ChartSpec:
    points = {name: sources.metrics.points(name, seconds) for name in (LAG, STARTED)}
    shared = timeline(points, seconds, sources.clock(), sources.process.started, events)
    chart = lag_chart(points[LAG], shared, status)
    return replace(chart, marks=_marks(chart, culprits))


def _marks(chart: ChartSpec, culprits: Sequence[Culprit]) -> tuple[Mark, ...]:
    """Add the longest stalls to a chart's marks, each by the rank of who caused it."""
    ranked = [(stall, rank) for rank, one in enumerate(culprits, 1) for stall in one.stalls]
    shown = [(stall, rank) for stall, rank in ranked if chart.start <= stall.began <= chart.end]
    longest = sorted(shown, key=lambda one: -one[0].seconds)[:MARKED]
    marks = (Mark(stall.began, f"#{rank}") for stall, rank in longest)
    others = chart.marks[-(MAX_MARKS - len(longest)) :]
    return tuple(sorted((*others, *marks), key=lambda mark: mark.time))
