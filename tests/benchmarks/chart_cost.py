"""The fullest chart → what it costs beside a fresh figure, and what the event loop feels of it."""

from __future__ import annotations

import asyncio
import io
import statistics
import time
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime

import psutil
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from services.debugcog.charting.chart_spec import ChartSpec
from services.debugcog.charting.painter import Painter
from services.debugcog.charting.worker import ChartWorker
from tests.benchmarks.rows import Row, compare, interleave
from tests.chart_pictures import busy_chart

CHARTS = 5  # in each timed round
TICK = 0.002  # seconds between two looks at the event loop
LOOK = 0.7  # seconds of one look at each way of drawing
LOOKS = 10

Draw = Callable[[ChartSpec], Awaitable[object]]


def run() -> list[Row]:
    """Measure; about 30 s."""
    return [*_drawing(), *asyncio.run(_worker())]


def _drawing() -> list[Row]:
    painter, spec = Painter(), busy_chart()
    works = {
        "warm": lambda: [painter.draw(spec) for _ in range(CHARTS)],
        "fresh": lambda: [_fresh_figure(spec) for _ in range(CHARTS)],
    }
    seconds = interleave(works, rounds=7)
    size, fresh_size = len(painter.draw(spec)) / 1024, len(_fresh_figure(spec)) / 1024
    title = "chart of 3 x 600 points, warm; peer: a fresh figure"
    return [
        compare(title, seconds["warm"], seconds["fresh"], per=1e3 / CHARTS, unit="ms", goal=0.6),
        Row("its PNG", size, "KiB", goal=40),
        Row("the fresh figure's PNG", fresh_size, "KiB"),
    ]


def _fresh_figure(spec: ChartSpec) -> bytes:
    """Draw the same numbers as most cogs do: a new figure with axes, dates and a legend."""
    figure = Figure(figsize=(8, 4), dpi=100)
    FigureCanvasAgg(figure)
    axes = figure.subplots()
    for line in spec.lines:
        times = [datetime.fromtimestamp(time, UTC) for time, _ in line.points]
        axes.plot(times, [value for _, value in line.points], label=line.label)  # type: ignore[arg-type]  # the stubs know no dates
    for threshold in spec.thresholds:
        axes.axhline(threshold.value, linestyle="--")
    axes.set_title(spec.title)
    axes.grid(visible=True)
    axes.legend(loc="upper left")
    out = io.BytesIO()
    figure.savefig(out, format="png")
    return out.getvalue()


async def _worker() -> list[Row]:
    worker, spec = ChartWorker(), busy_chart()
    began = time.perf_counter()
    await worker.draw(spec)
    first = time.perf_counter() - began
    assert worker._process is not None
    memory = psutil.Process(worker._process.pid).memory_info().rss / 1024**2
    lags = await _lags(worker, Painter())
    await worker.close()
    p99 = {name: min(found) for name, found in lags.items()}  # neighbours only ever add to it
    return [
        Row("worker: from its start to the first chart", first, "s"),
        Row("worker: memory while it lives", memory, "MB"),
        Row("loop lag p99, quietest look, idle", p99["idle"], "ms"),
        Row("the same while the worker draws without a pause", p99["worker"], "ms"),
        Row("what that adds", p99["worker"] - p99["idle"], "ms", goal=1),
        Row("the same if a thread of the bot drew instead", p99["thread"], "ms"),
    ]


async def _lags(worker: ChartWorker, painter: Painter) -> dict[str, list[float]]:
    """Measure the ways of drawing in turn, and return each one's p99 in ms, look by look."""

    async def in_thread(spec: ChartSpec) -> None:
        await asyncio.to_thread(painter.draw, spec)

    ways: dict[str, Draw | None] = {"idle": None, "worker": worker.draw, "thread": in_thread}
    lags: dict[str, list[float]] = {name: [] for name in ways}
    for _ in range(LOOKS):
        for name, draw in ways.items():
            lags[name].append(statistics.quantiles(await _look(draw), n=100)[98] * 1e3)
    return lags


async def _look(draw: Draw | None) -> list[float]:
    """Return how late the event loop is, in seconds, while charts are drawn without a pause."""
    drawing = asyncio.create_task(_draw_on(draw)) if draw else None
    lags = []
    end = time.perf_counter() + LOOK
    while (before := time.perf_counter()) < end:
        await asyncio.sleep(TICK)
        lags.append(time.perf_counter() - before - TICK)
    if drawing:
        drawing.cancel()
        await asyncio.wait([drawing])
    return lags


async def _draw_on(draw: Draw) -> None:
    spec = busy_chart()
    while True:
        await draw(spec)
