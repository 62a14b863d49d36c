"""Alert ticks over few and many metrics of a host → milliseconds in which they hold the loop."""

from __future__ import annotations

import asyncio
import random
import statistics
import tempfile
from collections.abc import Coroutine, Generator
from pathlib import Path
from time import perf_counter
from typing import Any

from cogs.debug.app.state_tables import SCHEMAS
from services.debugcog.alerting.alert_service import AlertService
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.alerting.rules import rule
from services.debugcog.alerting.states import Timing
from services.debugcog.metrics import MetricsService
from services.debugcog.settings import Settings
from services.debugcog.state.database import Database
from services.debugcog.timeseries.metric_names import COUNTERS, TIMINGS, VALUES
from services.debugcog.timeseries.registry import MAX_METRICS
from tests.benchmarks.rows import Row
from tests.clock import Clock

FEW, TICKS, INTERVAL = 20, 60, 15.0
HISTORY = 600.0
"""Seconds of traffic before the first tick that is measured: the longest window of the rules."""
GOAL = 2.0


class Steps:
    """An awaitable that runs a coroutine and adds up the time of its steps, not of its waits."""

    def __init__(self, work: Coroutine[Any, Any, object]) -> None:
        self.seconds = 0.0
        self._work = work

    def __await__(self) -> Generator[Any, None, None]:
        while True:
            start = perf_counter()
            try:
                waited_for = self._work.send(None)
            except StopIteration:
                return
            finally:
                self.seconds += perf_counter() - start
            yield waited_for


class Traffic:
    """A busy host with so many metrics of its own."""

    def __init__(self, count: int) -> None:
        self.clock = Clock(1_800_000_000.0)
        self.metrics = MetricsService(clock=self.clock, fold_interval=None, strict=True)
        self._names = [f"own_{number}" for number in range(count)]
        self._random = random.Random(7)

    def pass_time(self, seconds: float) -> None:
        """Record what comes in five seconds at a time, as the folding thread finds it."""
        for _ in range(round(seconds / 5)):
            self.clock.now += 5
            for name in (*TIMINGS, *VALUES, *self._names):
                for _ in range(5):
                    self.metrics.record(name, self._random.uniform(0, 50))
            for name in ("messages_processed", "api_calls"):
                self.metrics.increment(name, 10)
            self.metrics.fold()


async def measured(count: int) -> tuple[float, float]:
    """Return the median tick, and the median look at one rule, in ms.

    Args:
        count: metrics of the host's own.
    """
    traffic = Traffic(count)
    rules = (
        *default_rules(Settings()),
        rule("depth", gauge="own_0", warning=1e9),
        rule("messages", lambda now: now.counters["messages_processed"], warning=1e9),
    )
    with tempfile.TemporaryDirectory() as folder:
        database = Database(Path(folder) / "state.sqlite3", SCHEMAS)
        database.open()
        evaluator = Evaluator(
            database,
            traffic.metrics,
            rules,
            interval=INTERVAL,
            timing=Timing(),
            unix=traffic.clock,
            monotonic=traffic.clock,
        )
        evaluator.load()
        traffic.pass_time(HISTORY)
        ticks, looks = [], []
        for _ in range(TICKS):
            traffic.pass_time(INTERVAL)
            tick = Steps(evaluator.tick())
            await tick
            ticks.append(1000 * tick.seconds)
            start = perf_counter()
            AlertService(evaluator).rule_status("memory")
            looks.append(1000 * (perf_counter() - start))
        await evaluator.close()
        database.close()
    return statistics.median(ticks), statistics.median(looks)


def run() -> list[Row]:
    """Measure with few metrics, and with as many as there may be."""
    rows = []
    for count in (FEW, MAX_METRICS - len(TIMINGS + VALUES + COUNTERS)):
        tick, look = asyncio.run(measured(count))
        rows += [
            Row(
                f"an alert tick holds the loop, {count} metrics of the host", tick, "ms", goal=GOAL
            ),
            Row(f"a look at one rule, {count} metrics of the host", look, "ms", goal=GOAL),
        ]
    return rows
