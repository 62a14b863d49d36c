"""Metrics service → all series of a window as CSV or JSON, bounded in size and time."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from math import isfinite
from typing import Literal

from services.debugcog.answers.metric_list import recorded_names
from services.debugcog.answers.metric_parts import unit_of
from services.debugcog.frozen import frozen
from services.debugcog.logfile.search import REST_SECONDS
from services.debugcog.metrics import MetricsService
from services.debugcog.timeseries.label_sets import labels_of
from services.debugcog.timeseries.snapshot import Point
from services.debugcog.units import iso_time
from services.debugcog.web.csv_files import CsvFile
from services.debugcog.windows import WINDOWS, Window

Format = Literal["csv", "json"]
Redact = Callable[[str], str]

SECONDS = 15.0
HEAD = ("metric", "labels", "unit", "time (UTC)", "count", "mean", "p50", "p95", "max")


@frozen
class Series:
    """One metric, or one of its label sets, in a window."""

    name: str
    labels: str
    kind: str
    unit: str
    points: tuple[Point, ...]


@frozen
class Exported:
    """A file of series.

    Attributes:
        text: of the file, redacted.
        series: how many there are in it.
        points: of all of them.
        left_out: names of metrics that are not wholly in it, for size or time.
    """

    text: str
    series: int
    points: int
    left_out: tuple[str, ...]


def export(
    metrics: MetricsService,
    window: Window,
    form: Format,
    redact: Redact,
    size_max: int,
    name: str = "",
    *,
    clock: Callable[[], float] = time.monotonic,
) -> Exported:
    """Write the series of a window; it takes up to some seconds, so on a thread of its own.

    Args:
        metrics: has them.
        window: that is exported.
        form: of the file.
        redact: every text goes through it.
        size_max: bytes of the file.
        name: of one metric; all of them if empty.
        clock: monotonic seconds.
    """
    until, redact = clock() + SECONDS, cache(redact)
    write = _csv if form == "csv" else _json
    texts: list[str] = []
    left: dict[str, None] = {}
    room, points = size_max - 2_000, 0
    for one in _series(metrics, [name] if name else recorded_names(metrics), window):
        text = write(one, redact)
        size = len(text.encode(errors="replace")) + 2
        if size > room or clock() > until:
            left[one.name] = None
            continue
        room -= size
        texts.append(text)
        points += len(one.points)
        time.sleep(REST_SECONDS)  # the bot's loop wants the interpreter
    whole = _whole_csv(texts) if form == "csv" else _whole_json(texts, window, left)
    return Exported(whole, len(texts), points, tuple(left))


def _series(metrics: MetricsService, names: Iterable[str], window: Window) -> Iterator[Series]:
    """Yield each metric as a whole, then its label sets."""
    seconds = WINDOWS[window][0]
    for name in names:
        told = metrics.describe(name)
        if told is None:
            continue
        unit = unit_of(name, told.kind)
        yield Series(name, "", told.kind, unit, metrics.points(name, seconds))
        for labels, points in metrics.grouped_points(name, str, seconds).items():
            if points:
                yield Series(name, labels, told.kind, unit, points)


def _csv(one: Series, redact: Redact) -> str:
    head = one.name, one.labels, one.unit
    rows = tuple((*head, iso_time(point.time), *_figures(one, point)) for point in one.points)
    lines = CsvFile(one.name, HEAD, rows).text(redact)
    return lines.partition("\r\n")[2]


def _whole_csv(texts: list[str]) -> str:
    out = io.StringIO()
    csv.writer(out).writerow(HEAD)
    return out.getvalue() + "".join(texts)


def _json(one: Series, redact: Redact) -> str:
    labels = {redact(key): redact(value) for key, value in labels_of(one.labels).items()}
    if one.labels and not labels:
        labels = {"": redact(one.labels)}
    points = [[point.time, *_figures(one, point)] for point in one.points]
    told = {"name": redact(one.name), "kind": one.kind, "unit": one.unit, "labels": labels}
    return json.dumps({**told, "points": points}, ensure_ascii=False)


def _whole_json(texts: list[str], window: Window, left_out: Iterable[str]) -> str:
    head = {"window": window, "columns": ["time", *HEAD[4:]], "left_out": list(left_out)}
    series = ",\n".join(texts)
    return f'{json.dumps(head)[:-1]}, "series": [\n{series}\n]}}\n'


def _figures(one: Series, point: Point) -> tuple[float | None, ...]:
    """List the figures of a point; a counter has no other than its count."""
    if one.kind == "counter":
        return point.count, None, None, None, None
    values = (point.mean, point.p50, point.p95, point.maximum)
    return point.count, *(value if isfinite(value) else None for value in values)
