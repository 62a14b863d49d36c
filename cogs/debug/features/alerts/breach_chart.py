"""Incident or Rule and the points of its metric → ChartSpec, with the thresholds and the breach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import chain

from cogs.debug.ui.chart_lines import line
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.rules import Rule, Severity
from services.debugcog.charting.chart_spec import ChartSpec, Line, Span, Threshold
from services.debugcog.timeseries.snapshot import Point
from services.debugcog.units import as_unit

Points = Callable[[str, float], Sequence[Point]]

BEFORE = 900.0  # seconds shown before the breach
HOUR = 3600.0
LONGEST = 24 * HOUR
AVERAGED = frozenset({"total_response_time", "tokens_input"})  # their rules judge the average


def breach_chart(incident: Incident, points: Points, now: float) -> ChartSpec | None:
    """Draw the rule's metric from a while before the breach; None when there is nothing to draw.

    Args:
        incident: whose breach.
        points: ``MetricsService.points``.
        now: unix seconds.
    """
    start = max(incident.since - BEFORE, now - LONGEST)
    thresholds = _thresholds(incident.warning, incident.critical)
    spec = _chart(incident.title, incident.unit, incident.metric, thresholds, points, (start, now))
    return spec and replace(spec, spans=_spans(incident, spec.start, now))


def rule_chart(rule: Rule, points: Points, now: float) -> ChartSpec | None:
    """Draw the last hour of what a rule watches; None when there is nothing to draw."""
    enter = (rule.threshold(Severity.WARNING), rule.threshold(Severity.CRITICAL))
    start = now - HOUR
    return _chart(rule.title, rule.unit, rule.metric, _thresholds(*enter), points, (start, now))


def _chart(
    title: str,
    unit: str,
    metric: str,
    thresholds: tuple[Threshold, ...],
    points: Points,
    window: tuple[float, float],
) -> ChartSpec | None:
    start, now = window
    drawn = _line(metric, points, now - start) if metric else None
    if drawn is None or not drawn.values:
        return None
    return ChartSpec(
        title=title,
        unit=as_unit(unit),
        lines=(drawn,),
        thresholds=thresholds,
        spans=(),
        start=min(max(start, drawn.points[0][0]), now - 60),
        end=now,
    )


def _line(metric: str, points: Points, window: float) -> Line:
    over, _, under = metric.partition("/")
    if under:
        counters = [points(name, window) for name in over.split("|")]
        return _ratio(counters, points(under, window))
    found = points(over, window)
    if metric in AVERAGED:
        return line("average", found, lambda point: point.mean)
    return line("highest", found, lambda point: point.maximum)


def _ratio(over: Sequence[Sequence[Point]], under: Sequence[Point]) -> Line:
    """Draw the largest of some counters in percent of another one, bucket by bucket."""
    amounts: dict[float, int] = {}
    for point in chain.from_iterable(over):
        amounts[point.time] = max(amounts.get(point.time, 0), point.count)
    return Line(
        "rate",
        tuple(
            (point.time, min(100.0, 100 * amounts.get(point.time, 0) / point.count))
            for point in under
            if point.count
        ),
    )


def _thresholds(warning: float | None, critical: float | None) -> tuple[Threshold, ...]:
    found = []
    if warning is not None:
        found.append(Threshold("warning", warning, "warning"))
    if critical is not None:
        found.append(Threshold("critical", critical, "critical"))
    return tuple(found)


def _spans(incident: Incident, start: float, now: float) -> tuple[Span, ...]:
    end = min(incident.ended or now, now)
    begin = max(incident.since, start)
    critical = incident.peak is Severity.CRITICAL
    return (Span(begin, end, "critical" if critical else "warning"),) if begin <= end else ()
