"""What the dashboard asks, over few and many metrics of a host → milliseconds that each takes.

Publishing holds the bot's loop once a second. Answers are made on the dashboard's thread; what they
take there, other threads of the process wait for at most 5 ms at a time.
"""

from __future__ import annotations

import asyncio
import statistics
import tempfile
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path
from time import perf_counter

from cogs.debug.app.publishing import take
from cogs.debug.app.state_tables import SCHEMAS
from cogs.debug.features.metrics.reply import metrics_reply
from services.debugcog.alerting.alert_service import AlertService
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.alerting.rules import rule
from services.debugcog.alerting.states import Timing
from services.debugcog.answers.metrics import metrics
from services.debugcog.answers.overview import overview
from services.debugcog.answers.performance import performance
from services.debugcog.answers.published import Published, Publisher, Shard
from services.debugcog.answers.sources import Sources
from services.debugcog.process.samplers import ProcessSampler
from services.debugcog.settings import Settings
from services.debugcog.stalls.stall import StallSummary
from services.debugcog.state.database import Database
from services.debugcog.timeseries.metric_names import COUNTERS, TIMINGS, VALUES
from services.debugcog.timeseries.registry import MAX_METRICS
from services.debugcog.web.documents import document
from services.debugcog.windows import Window
from tests.benchmarks.alert_cost import HISTORY, Steps, Traffic
from tests.benchmarks.rows import Row

FEW, TIMES, ANSWERED = 20, 60, 9
TASKS = 200
"""Tasks of the bot's loop."""
GOAL = 1.0
REPLY_GOAL = 5.0
Question = Callable[[Sources, Published, Window], Awaitable[object]]


class Client:
    """A bot with one shard."""

    def name(self) -> str:
        """Return its name."""
        return "bench"

    def shards(self) -> tuple[Shard, ...]:
        """List its one shard."""
        return (Shard(None, 42.0, None),)

    def shard_ids(self) -> tuple[int, ...]:
        """List none: it is not sharded."""
        return ()

    def guilds(self) -> int:
        """Count its servers."""
        return 100

    def person(self, mention: str) -> str:
        """Know nobody."""
        return mention


async def measured(count: int) -> tuple[float, dict[str, float]]:
    """Return the median time of publishing, and those of answers by what they are, in ms.

    Args:
        count: metrics of the host's own.
    """
    traffic, waiting = Traffic(count), asyncio.Event()
    tasks = [asyncio.create_task(waiting.wait()) for _ in range(TASKS)]
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
            interval=15.0,
            timing=Timing(),
            unix=traffic.clock,
            monotonic=traffic.clock,
        )
        evaluator.load()
        traffic.pass_time(HISTORY)
        publisher = Publisher(partial(take, AlertService(evaluator), Client(), list))
        times = []
        for _ in range(TIMES):
            traffic.pass_time(5.0)
            start = perf_counter()
            publisher.publish()
            times.append(1000 * (perf_counter() - start))
        sources = Sources(
            metrics=traffic.metrics,
            process=ProcessSampler(traffic.metrics, clock=traffic.clock),
            stalls=lambda _: StallSummary(),
            stalled=lambda: None,
            query=database.query,
            off_loop=asyncio.to_thread,
            clock=traffic.clock,
        )
        answers = await answered(sources, publisher.now())
        answers["/debug metrics holds the loop"] = await held(sources, publisher.now())
        await evaluator.close()
        database.close()
    waiting.set()
    await asyncio.gather(*tasks)
    return statistics.median(times), answers


async def answered(sources: Sources, published: Published) -> dict[str, float]:
    """Return the median time that each question takes, with its JSON, in ms."""
    questions: dict[str, Question] = {
        "an answer for Overview": overview,
        "an answer for Performance": performance,
        "an answer for /debug metrics, off the loop": metrics,
    }
    found = {}
    for name, question in questions.items():
        times = []
        for _ in range(ANSWERED):
            start = perf_counter()
            document(await question(sources, published, "1h"))
            times.append(1000 * (perf_counter() - start))
        found[name] = statistics.median(times)
    return found


async def held(sources: Sources, published: Published) -> float:
    """Return the median time for which the loop is held by the reply of /debug metrics, in ms."""

    async def reply() -> None:
        metrics_reply(await metrics(sources, published, "1h"))

    times = []
    for _ in range(ANSWERED):
        steps = Steps(reply())
        await steps
        times.append(1000 * steps.seconds)
    return statistics.median(times)


def run() -> list[Row]:
    """Measure with few metrics, and with as many as there may be."""
    rows = []
    for count in (FEW, MAX_METRICS - len(TIMINGS + VALUES + COUNTERS)):
        publishing, answers = asyncio.run(measured(count))
        of = f"{count} metrics"
        rows.append(Row(f"publishing holds the loop, {of}", publishing, "ms", goal=GOAL))
        for name, ms in answers.items():
            goal = REPLY_GOAL if name.endswith("holds the loop") else None
            rows.append(Row(f"{name}, {of}", ms, "ms", goal=goal))
    return rows
