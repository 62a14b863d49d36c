"""Points of a series and changes of the bot → lines of a chart with gaps, and its marks."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise
from statistics import median

from services.debugcog.alerting.incident_parts import RESTART, RecentChange
from services.debugcog.alerting.rules import Rule, Severity
from services.debugcog.charting.chart_spec import MAX_MARKS, Line, Mark, Threshold
from services.debugcog.charting.chart_spec import Severity as ThresholdSeverity
from services.debugcog.timeseries.snapshot import Point

GAP = 3.0
"""A pause is a gap when it is so many times as long as the usual one between two points."""

SHORTEST = 60.0
"""Seconds that a chart shows at least."""

SAME_RUN = 5.0
"""Seconds within which two starts are one, read twice."""


def span(points: Sequence[Point], start: float, end: float) -> tuple[float, float]:
    """Choose a chart's edges: a bot that is younger than the window starts at the left."""
    first = points[0].time if points else start
    return min(max(start, first), end - SHORTEST), end


def starts(recorded: Sequence[Point], run_start: float) -> tuple[float, ...]:
    """List when the process started, this run last, in unix seconds.

    Args:
        recorded: points of the metric of starts, this run's among them.
        run_start: of this run, as it is recorded: a clock that was set since has not moved it.
    """
    earlier = sorted({point.maximum for point in recorded if point.time < run_start})
    found: list[float] = []
    for start in (*(one for one in earlier if one < run_start - SAME_RUN), run_start):
        if not found or start - found[-1] > SAME_RUN:
            found.append(start)
    return tuple(found)


def restarts(points: Sequence[Point], starts: Sequence[float]) -> tuple[float, ...]:
    """Choose the starts before which there are points: the first start of all is no restart."""
    width = min((later.time - earlier.time for earlier, later in pairwise(points)), default=0.0)
    return tuple(start for start in starts if width and points[0].time + width <= start)


def marks(
    changes: Iterable[RecentChange],
    start: float,
    end: float,
    restarts: Sequence[float] | None = None,
) -> tuple[Mark, ...]:
    """Mark what changed in the bot between two unix times; of many changes, the last ones.

    Args:
        changes: recorded ones: deploy, restart, log level, thresholds.
        start: left edge.
        end: right edge.
        restarts: where they were measured, which takes the place of the recorded ones.
    """
    named = [(change.at, change.label) for change in changes if change.label]
    if restarts is not None:
        named = [(at, label) for at, label in named if label != RESTART]
        named += [(at, RESTART) for at in restarts]
    return tuple(Mark(at, label) for at, label in sorted(named) if start <= at <= end)[-MAX_MARKS:]


def line(
    label: str,
    points: Sequence[Point],
    pick: Callable[[Point], float],
    restarts: Sequence[float] = (),
) -> Line:
    """Draw ``pick`` of each point; a line does not go on over a restart."""
    return Line(label, tuple(_with_gaps(points, pick, restarts)))


def _with_gaps(
    points: Sequence[Point], pick: Callable[[Point], float], restarts: Sequence[float]
) -> Iterator[tuple[float, float | None]]:
    pauses = [later.time - earlier.time for earlier, later in pairwise(points)]
    longest = GAP * median(pauses) if pauses else 0.0
    previous: float | None = None
    for point in points:
        if previous is not None and (
            point.time - previous > longest
            or any(previous < start <= point.time for start in restarts)
        ):
            yield (previous + point.time) / 2, None
        yield point.time, pick(point)
        previous = point.time


def thresholds_of(rule: Rule | None) -> tuple[Threshold, ...]:
    """List the thresholds in force, for a chart of what the rule watches."""
    if rule is None:
        return ()
    return threshold_lines(rule.threshold(Severity.WARNING), rule.threshold(Severity.CRITICAL))


def threshold_lines(warning: float | None, critical: float | None) -> tuple[Threshold, ...]:
    """Make the lines of a chart for the levels that there are."""
    levels: tuple[tuple[ThresholdSeverity, float | None], ...] = (
        ("warning", warning),
        ("critical", critical),
    )
    return tuple(Threshold(name, enter, name) for name, enter in levels if enter is not None)
