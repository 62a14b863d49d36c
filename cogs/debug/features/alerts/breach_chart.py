"""Incident or Rule and its metric's points → ChartSpec with thresholds and the breach shaded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from itertools import chain

from services.debugcog.alerting.incident_parts import MARKED_BEFORE, RecentChange
from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.reads import CounterRatio, Drawable
from services.debugcog.alerting.rules import Rule, Severity
from services.debugcog.answers.charts import line, marks, threshold_lines, thresholds_of
from services.debugcog.charting.chart_spec import ChartSpec, Line, Span, Threshold
from services.debugcog.frozen import frozen
from services.debugcog.timeseries.snapshot import Point
from services.debugcog.units import as_unit

Points = Callable[[str, float], Sequence[Point]]

LONGEST = 86_400.0


@frozen
class ChartSource:
    """Where the charts of incidents come from.

    Attributes:
        points: ``MetricsService.points``.
        charted: ``AlertService.charted``, what the chart of a rule shows; None without the rule.
    """

    points: Points
    charted: Callable[[str], Drawable | None]


def breach_chart(
    incident: Incident, source: ChartSource, now: float, changes: Iterable[RecentChange] = ()
) -> ChartSpec | None:
    """Draw what the rule reads from a while before the breach; None when there is nothing to draw.

    Args:
        incident: whose breach.
        source: of the points.
        now: unix seconds.
        changes: of the bot and the rule since then, besides those that the incident has.
    """
    start = max(incident.since - MARKED_BEFORE, now - LONGEST)
    thresholds = threshold_lines(incident.warning, incident.critical)
    known = {*incident.recent, *changes}
    drawn = _line(source.charted(incident.rule), source.points, now - start, known)
    spec = _chart(incident.title, incident.unit, drawn, thresholds, (start, now))
    if spec is None:
        return None
    return replace(
        spec,
        spans=_spans(incident, spec.start, now),
        marks=marks(known, spec.start, now),
    )


def charted_points(
    incident: Incident, source: ChartSource, now: float
) -> list[tuple[float, float]]:
    """List the values that the chart of an incident shows, until its end.

    The first may lie before its left edge: it is the point that goes on over it.
    """
    start, end = max(incident.since - MARKED_BEFORE, now - LONGEST), incident.ended or now
    drawn = _line(source.charted(incident.rule), source.points, now - start)
    points = drawn.points if drawn else ()
    known = [(time, value) for time, value in points if value is not None and time <= end]
    earlier = sum(time <= start for time, _ in known)
    return known[max(0, earlier - 1) :]


def rule_chart(
    rule: Rule, points: Points, now: float, seconds: float, changes: Iterable[RecentChange] = ()
) -> ChartSpec | None:
    """Draw the last seconds of what a rule watches; None when there is nothing to draw."""
    changes = tuple(changes)
    drawn = _line(rule.charted, points, seconds, changes)
    spec = _chart(rule.title, rule.unit, drawn, thresholds_of(rule), (now - seconds, now))
    return spec and replace(spec, marks=marks(changes, spec.start, now))


def _chart(
    title: str,
    unit: str,
    drawn: Line | None,
    thresholds: tuple[Threshold, ...],
    window: tuple[float, float],
) -> ChartSpec | None:
    start, now = window
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


def _line(
    reads: Drawable | None, points: Points, window: float, changes: Iterable[RecentChange] = ()
) -> Line | None:
    if reads is None:
        return None
    restarts = [change.at for change in changes if change.begins_run]
    if isinstance(reads, CounterRatio):
        over = [points(name, window) for name in reads.over]
        return _ratio(over, points(reads.under, window), restarts)
    found = points(reads.series, window)
    if reads.statistic == "mean":
        return line("average", found, lambda point: point.mean, restarts)
    return line("value", found, lambda point: point.maximum, restarts)


def _ratio(
    over: Sequence[Sequence[Point]], under: Sequence[Point], restarts: Sequence[float]
) -> Line:
    """Draw the largest of some counters in percent of another one, bucket by bucket."""
    amounts: dict[float, int] = {}
    for point in chain.from_iterable(over):
        amounts[point.time] = max(amounts.get(point.time, 0), point.count)
    return line(
        "rate",
        [point for point in under if point.count],
        lambda point: 100 * amounts.get(point.time, 0) / point.count,
        restarts,
    )


def _spans(incident: Incident, start: float, now: float) -> tuple[Span, ...]:
    end = min(incident.ended or now, now)
    begin = max(incident.since, start)
    critical = incident.peak is Severity.CRITICAL
    return (Span(begin, end, "critical" if critical else "warning"),) if begin <= end else ()
