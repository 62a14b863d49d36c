"""OverviewAnswer and points of its series → SparklinesSpec: each figure with how it came to be."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.charts import line
from services.debugcog.answers.figure import Figure
from services.debugcog.answers.overview import OverviewAnswer
from services.debugcog.answers.rates import per_minute
from services.debugcog.answers.series_charts import LAG, MEMORY, RESPONSE, response_series
from services.debugcog.answers.sources import Sources
from services.debugcog.answers.traffic import message_points
from services.debugcog.charting.chart_spec import Severity as Signal
from services.debugcog.charting.sparklines import SparklinesSpec, Tile
from services.debugcog.timeseries.snapshot import Point
from services.debugcog.windows import WINDOWS

POINTS = 60
"""Of a tile; more could not be told apart."""
SIGNALS: dict[Severity, Signal] = {Severity.WARNING: "warning", Severity.CRITICAL: "critical"}
OPTIONAL = {"llm_generation": "LLM", "tts_generation": "TTS"}
"""Timers that are shown where the bot has them."""
Course = tuple[tuple[float, float | None], ...]


def overview_picture(sources: Sources, answer: OverviewAnswer, name: str) -> SparklinesSpec:
    """Draw the figures that have a course, over the answer's window.

    Args:
        sources: of the points.
        answer: has the figures.
        name: of the bot; empty before its login.
    """
    seconds, told = WINDOWS[answer.window]
    tiles = (*_host(sources, answer, seconds), *_process(sources, answer, seconds))
    return SparklinesSpec(f"{name or 'Overview'} · last {told}", tiles)


def _host(sources: Sources, answer: OverviewAnswer, seconds: float) -> Iterator[Tile]:
    """Show what people feel."""
    metrics, now, tiles = sources.metrics, sources.clock(), answer.tiles
    alive = metrics.points(LAG, seconds, percentiles=False)
    series = response_series([one for one in RESPONSE if metrics.recorded(one)])
    response = metrics.points(series, seconds, percentiles=False)
    yield _tile(tiles.response_time.title, tiles.response_time.average, _means(response))
    errors = metrics.points("errors", seconds, percentiles=False)
    known = tiles.errors.rate if tiles.errors.rate.value is not None else tiles.errors.count
    yield _tile("Errors", known, _means(per_minute(errors, alive, now)))
    sent = message_points(sources.activity, metrics, alive, seconds)
    yield _tile("Messages per hour", tiles.messages.hour, _means(per_minute(sent, alive, now)))
    for timer, title in OPTIONAL.items():
        if points := metrics.points(timer, seconds, percentiles=False):
            mean = Figure(metrics.summary(timer, seconds).mean, "ms")
            yield _tile(title, mean, _means(points))


def _process(sources: Sources, answer: OverviewAnswer, seconds: float) -> Iterator[Tile]:
    """Show what the machine feels."""
    tiles, lag = answer.tiles, answer.operations.event_loop.p99
    for title, figure, series, pick in (
        ("Memory", tiles.memory.now, MEMORY, _maximum),
        ("CPU", tiles.memory.cpu, "cpu_percent", _mean),
        ("Loop lag, p99", lag, LAG, _maximum),
        ("Gateway", tiles.uptime.latency, "gateway_latency_ms", _mean),
    ):
        points = sources.metrics.points(series, seconds, percentiles=False)
        yield _tile(title, figure, line(title, points, pick).points)


def _tile(title: str, figure: Figure, course: Course) -> Tile:
    signal = SIGNALS.get(figure.severity) if figure.severity else None
    return Tile(title, figure.text, signal, _thinned(course))


def _thinned(course: Course) -> Course:
    """Take the mean of neighbours, so that few points are left; a gap stays one."""
    size = math.ceil(len(course) / POINTS)
    parts = [course[start : start + size] for start in range(0, len(course), size or 1)]
    return tuple((part[0][0], _mean_of([value for _, value in part])) for part in parts)


def _mean_of(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return sum(known) / len(known) if known else None


def _means(points: Sequence[Point]) -> Course:
    return line("", points, _mean).points


def _mean(point: Point) -> float:
    return point.mean


def _maximum(point: Point) -> float:
    return point.maximum
