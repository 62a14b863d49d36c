"""Trend of the memory, and its limits → Growth: how fast it moves, and which limit comes first."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.figure import Figure
from services.debugcog.frozen import frozen
from services.debugcog.process.samplers import MemoryReport
from services.debugcog.timeseries.snapshot import Point
from services.debugcog.timeseries.trend import CONFIDENCE, HOUR, Trend, fit, of_run
from services.debugcog.units import duration, human

HOURS = 24.0
"""Of a day: a growth of less than 1 MB an hour is told for a day."""


@frozen
class Slope:
    """How fast memory moves: in MB an hour, and as it is shown."""

    mb_an_hour: float
    text: str


@frozen
class Growth:
    """How memory moves in this run.

    Attributes:
        seconds: what that is told from.
        slope: the most likely one; None where there is no trend.
        low: the lowest that is likely; None where there is no trend.
        high: the highest that is likely; None where there is no trend.
        confidence: percent of such intervals that hold the true slope.
        limit: the one that comes first if it goes on like this; empty where none comes.
        reached_in: seconds until then.
    """

    seconds: Figure
    slope: Slope | None
    low: Slope | None
    high: Slope | None
    confidence: int
    limit: str
    reached_in: Figure


def growth(trend: Trend | None, report: MemoryReport, status: RuleStatus | None) -> Growth | None:
    """Tell how memory moves; None while it is not known."""
    if trend is None:
        return None
    seconds = Figure(round(trend.seconds), "s")
    if not trend.clear or abs(trend.slope) * HOURS < 1:
        return Growth(seconds, None, None, None, CONFIDENCE, "", Figure(None, "s"))
    room, limit = min(_rooms(report, status), default=(0.0, "")) if trend.slope > 0 else (0.0, "")
    reached_in = round(room / trend.slope * 3600) if limit else None
    slope, low, high = map(_slope, (trend.slope, trend.low, trend.high))
    return Growth(seconds, slope, low, high, CONFIDENCE, limit, Figure(reached_in, "s"))


def before_end(points: Sequence[Point], started: float, ended: float) -> str:
    """Say how memory moved in the last hour of a run; empty where there are too few values.

    Args:
        points: of the memory, in MB.
        started: when the run did, unix seconds.
        ended: when it was last seen, unix seconds.
    """
    last = [one for one in of_run(points, started) if ended - HOUR <= one.time <= ended]
    trend = fit(last)
    if trend is None:
        return ""
    over = f"over its last {duration(trend.seconds)}"
    is_moving = trend.clear and abs(trend.slope) * HOURS >= 1
    return f"{_slope(trend.slope).text} {over}" if is_moving else f"no trend {over}"


def _slope(mb_an_hour: float) -> Slope:
    sign, size = "-" if mb_an_hour < 0 else "+", abs(mb_an_hour)
    text = f"{human(size, 'MB')}/h" if size >= 1 else f"{human(size * HOURS, 'MB')}/day"
    return Slope(mb_an_hour, sign + text)


def _rooms(report: MemoryReport, status: RuleStatus | None) -> Iterator[tuple[float, str]]:
    """List how many MB are left to each limit."""
    warning = status.rule.threshold(Severity.WARNING) if status else None
    if warning is not None and report.rss_mb is not None and warning > report.rss_mb:
        yield warning - report.rss_mb, f"{human(warning, 'MB')} (warning)"
    if report.contained and report.system_available_mb:
        yield report.system_available_mb, "the container's limit"
