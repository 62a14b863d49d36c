"""Incident and the points of its metric → ChartSpec of the breach."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import cast, get_args

from cogs.debug.replies.lines import line
from services.alerting.incidents import Incident
from services.alerting.rules import Severity
from services.charting.figures import ChartSpec, Line, Span, Threshold, Unit
from services.timeseries.snapshot import Point

Points = Callable[[str, float], Sequence[Point]]

BEFORE = 900.0  # seconds shown before the breach
LONGEST = 86_400.0
AVERAGED = frozenset({"total_response_time", "tokens_input"})  # their rules judge the average


def breach_chart(incident: Incident, points: Points, now: float) -> ChartSpec | None:
    """Draw the rule's metric from a while before the breach; None when there is nothing to draw.

    Args:
        incident: whose breach.
        points: ``MetricsService.points``.
        now: unix seconds.
    """
    start = max(incident.since - BEFORE, now - LONGEST)
    drawn = _line(incident, points, now - start) if incident.metric else None
    if drawn is None or not drawn.values:
        return None
    unit = incident.unit if incident.unit in get_args(Unit) else ""
    start = min(max(start, drawn.points[0][0]), now - 60)
    return ChartSpec(
        title=incident.title,
        unit=cast("Unit", unit),
        lines=(drawn,),
        thresholds=_thresholds(incident),
        spans=_spans(incident, start, now),
        start=start,
        end=now,
    )


def _line(incident: Incident, points: Points, window: float) -> Line:
    over, _, under = incident.metric.partition("/")
    found = points(over, window)
    if under:
        return _ratio(found, points(under, window))
    if incident.metric in AVERAGED:
        return line("average", found, lambda point: point.mean)
    return line("highest", found, lambda point: point.maximum)


def _ratio(over: Sequence[Point], under: Sequence[Point]) -> Line:
    """Draw a counter in percent of another, bucket by bucket."""
    amounts = {point.time: point.count for point in over}
    return Line(
        "rate",
        tuple(
            (point.time, min(100.0, 100 * amounts.get(point.time, 0) / point.count))
            for point in under
            if point.count
        ),
    )


def _thresholds(incident: Incident) -> tuple[Threshold, ...]:
    found = []
    if incident.warning is not None:
        found.append(Threshold("warning", incident.warning, "warning"))
    if incident.critical is not None:
        found.append(Threshold("critical", incident.critical, "critical"))
    return tuple(found)


def _spans(incident: Incident, start: float, now: float) -> tuple[Span, ...]:
    end = min(incident.ended or now, now)
    begin = max(incident.since, start)
    critical = incident.peak is Severity.CRITICAL
    return (Span(begin, end, "critical" if critical else "warning"),) if begin <= end else ()
