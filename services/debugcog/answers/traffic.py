"""The host's counter, or activity of people → active users, and messages by hour and minute."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from services.debugcog.answers.figure import Figure
from services.debugcog.frozen import frozen
from services.debugcog.metrics import MetricsService
from services.debugcog.timeseries.snapshot import Point

if TYPE_CHECKING:
    from services.debugcog.answers.sources import Activity

COUNTER = "messages_processed"
ALIVE = "event_loop_lag_ms"
"""Has values whenever the bot runs."""
MINUTE, HOUR, DAY = 60.0, 3600.0, 86_400.0


@frozen
class ActiveUsers:
    """Users of the last hour, and of the same hour of the day before if the bot ran then."""

    now: Figure
    yesterday: Figure


@frozen
class Messages:
    """Messages of the last hour, and of the same hour of the day before if the bot ran then."""

    hour: Figure
    yesterday: Figure


def active_users(activity: Activity | None, metrics: MetricsService, now: float) -> ActiveUsers:
    """Count users at a time (unix seconds); no value where nobody counts them."""
    if activity is None:
        return ActiveUsers(Figure(None), Figure(None))
    start, end = now - DAY - HOUR, now - DAY
    before = activity.active_users(start, end) if _ran(metrics, start) else None
    return ActiveUsers(Figure(activity.active_users(now - HOUR, now)), Figure(before))


def messages(activity: Activity | None, metrics: MetricsService, now: float) -> Messages:
    """Count messages at a time (unix seconds); no value where nobody counts them.

    The host's own count comes first: it is what errors are in percent of.
    """
    start, end = now - DAY - HOUR, now - DAY
    if metrics.recorded(COUNTER):
        before = amount_between(metrics.points(COUNTER, DAY + 2 * HOUR), start, end)
        return Messages(Figure(metrics.summary(COUNTER, HOUR).count), Figure(before))
    if activity is None:
        return Messages(Figure(None), Figure(None))
    before = activity.messages(start, end) if _ran(metrics, start) else None
    return Messages(Figure(activity.messages(now - HOUR, now)), Figure(before))


def message_points(
    activity: Activity | None, metrics: MetricsService, alive: Sequence[Point], seconds: float
) -> tuple[Point, ...]:
    """List the messages of the last ``seconds`` by bucket, from where ``messages`` has them.

    Args:
        activity: of people.
        metrics: has the host's counter.
        alive: points of a value that is sampled all the time, in the same window.
        seconds: of the window.
    """
    if activity is None or metrics.recorded(COUNTER):
        return metrics.points(COUNTER, seconds, percentiles=False)
    width = max((MINUTE, *(point.width for point in alive)))
    starts = sorted({point.time // width * width for point in alive})
    counts = ((start, activity.messages(start, start + width)) for start in starts)
    return tuple(Point(start, count, 0.0, 0.0, 0.0, 0.0, width) for start, count in counts if count)


def amount_between(points: Sequence[Point], start: float, end: float) -> int | None:
    """Add up a counter between two unix times, of a bucket at an edge the part that lies within.

    None where nothing was counted yet at the start.
    """
    if not points or points[0].time > start:
        return None
    shares = (point.count * _share(point, start, end) for point in points)
    return round(sum(shares))


def _ran(metrics: MetricsService, start: float) -> bool:
    """Tell whether the bot has run since a time of the day before, or earlier."""
    alive = metrics.points(ALIVE, DAY + 2 * HOUR, percentiles=False)
    return bool(alive) and alive[0].time <= start


def _share(point: Point, start: float, end: float) -> float:
    within = min(end, point.time + point.width) - max(start, point.time)
    return max(0.0, within) / point.width if point.width else 0.0
