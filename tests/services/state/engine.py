"""The engine on a real state file, without discord.py: metrics, errors, alerts, outbox."""

from __future__ import annotations

import random
import sqlite3
from pathlib import Path
from typing import TypeVar

from cogs.debug.app.state_tables import SCHEMAS, take_in
from services.debugcog.activity.counter import ActivityCounter
from services.debugcog.activity.day_store import DayStore
from services.debugcog.activity.days import DayCounter
from services.debugcog.activity.store import ActivityStore
from services.debugcog.alerting.alert_service import AlertService
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.alerting.reads import Signal
from services.debugcog.alerting.rules import Severity
from services.debugcog.alerting.states import Timing
from services.debugcog.costs.ledger import CostLedger
from services.debugcog.costs.prices import PriceList
from services.debugcog.errors.breadcrumbs import Breadcrumbs
from services.debugcog.errors.reporter import ErrorReporter
from services.debugcog.errors.store import ErrorStore
from services.debugcog.metrics import MetricsService
from services.debugcog.outbox.channels import Channels
from services.debugcog.outbox.sender import Sender
from services.debugcog.stall_store import StallStore
from services.debugcog.stalls.stall import Stall
from services.debugcog.stalls.stall_log import StallLog
from services.debugcog.state.connection import PRAGMAS
from services.debugcog.state.database import Database
from services.debugcog.steady_clock import SteadyClock
from services.debugcog.timeseries.history import History
from tests.alert_world import ADMIN, INTERVAL, Clock, Discord, PlainMessageBuilder, watch

T = TypeVar("T")
UNSYNCED = PRAGMAS.replace("synchronous=FULL", "synchronous=OFF")
"""For tests in which no machine dies: the disk takes its time for each of thousands of commits."""
RULES = ("memory", "queue", "lag")
PRICES = '{"m0": {"input": 1, "output": 1}, "m1": {"input": 2, "output": 2}}'


class Engine:
    """One process of a bot; its clock and its Discord are shared by all of them."""

    def __init__(self, path: Path, clock: Clock, discord: Discord, owner: str = "bot") -> None:
        self.clock, self.discord = clock, discord
        self.values: dict[str, float | Signal] = dict.fromkeys(RULES, 0.0)
        self.database = Database(path, SCHEMAS, self._unix, owner=owner, take_in=(take_in,))
        self.metrics = MetricsService(clock=self._unix, fold_interval=None)
        self.history = History(self.metrics, self.database, self._unix)
        self.activity = ActivityCounter(self._unix)
        self.activity_store = ActivityStore(self.activity, self.database, self._unix)
        self.days = DayCounter(self._unix)
        self.day_store = DayStore(self.days, self.database, self._unix)
        prices = PriceList(PRICES, path.parent)
        self.ledger = CostLedger(self.metrics, self.database, prices, self._unix)
        self.stalls = StallLog()
        self.stall_store = StallStore(self.stalls, self.database, self._unix)
        self.errors = ErrorStore(self.database, str, clock=self._unix, pause=0.0)
        self.reporter = ErrorReporter(
            self.errors.error_buffer, Breadcrumbs(), lambda _: None, root=path, clock=self._unix
        )
        self.evaluator = Evaluator(
            self.database,
            self.metrics,
            tuple(watch(name, self.values, 20.0) for name in RULES),
            interval=INTERVAL,
            timing=Timing(),
            unix=self._unix,
            monotonic=lambda: clock.steady,
        )
        self.alerts = AlertService(self.evaluator)
        line = SteadyClock(float("inf"), unix=self._unix, monotonic=lambda: clock.steady)
        self.sender = Sender(
            self.database,
            discord,
            PlainMessageBuilder({}),
            Channels(ADMIN),
            clock=lambda: line.read().now,
            jitter=random.Random(1),
            wall=self._unix,
        )

    async def start(self) -> None:
        """Start as the cog does: every reader of the file reads once."""
        self.database.open()
        self.history.restore()
        self.activity_store.restore()
        self.day_store.restore()
        self.ledger.restore()
        self.stall_store.restore()
        self.errors.start()
        assert self.errors.flush(10)
        self.evaluator.load()
        await self.sender._release()
        await self.tick()

    async def tick(self) -> None:
        """Let an interval pass: take in, evaluate, send all that may be sent."""
        self.clock.pass_time(INTERVAL)
        await self.evaluator.take_in()
        await self.evaluator.tick()
        self.save_usage()
        while await self.sender.send_one():
            pass

    def save_usage(self) -> None:
        """Write who did what, what it cost, and who blocked the loop."""
        self.activity_store.save()
        self.day_store.save()
        self.ledger.save()
        self.stall_store.save()

    async def breach(self, rule: str, value: float, seconds: float) -> None:
        self.values[rule] = value
        for _ in range(round(seconds / INTERVAL)):
            await self.tick()

    async def read_all(self) -> None:
        """Ask what people may ask."""
        await self.errors.groups(25, ("new", "ongoing"))
        for group in await self.errors.groups():
            await self.errors.find(group.id)
        for incident in await self.alerts.incidents():
            await self.alerts.incident(incident.id)
        await self.sender.condition()
        await self.evaluator.act(lambda *_: None)

    async def stop(self) -> None:
        """Stop as an admin does."""
        self.errors.stop()
        self.save_usage()
        await self.history.save(final=True)
        await self.evaluator.close()
        self.database.close()

    def killed(self) -> None:
        """End without a word: what was committed stays, and the lock is gone."""
        self.errors.stop()
        self.database.close()

    def ask(self, sql: str) -> list[tuple[object, ...]]:
        """Read from the file in use."""

        def work(connection: sqlite3.Connection) -> list[tuple[object, ...]]:
            return [tuple(row) for row in connection.execute(sql)]

        return self.database.submit(work).result(10)

    def cards(self) -> list[str]:
        """List the subject of each card, and the state that it shows now."""
        return [
            f"{message.now['subject']} {message.now['state']}".strip()
            for message in self.discord.messages
            if message.versions[0]["kind"] == "open"
        ]

    def _unix(self) -> float:
        return self.clock.unix


async def fill(path: Path, clock: Clock, discord: Discord) -> None:
    """Write a file that has rows in all of its tables."""
    engine = Engine(path, clock, discord)
    await engine.start()
    engine.stalls.add(Stall(clock.unix, 0.5, "wait", "bot.py", 7))
    for number in range(120):
        engine.metrics.record("queue_length", number)
        engine.metrics.record("tokens_input", 1_000, model=f"m{number % 3}")
        engine.activity.message(number % 7, "somebody")
        engine.days.count("command", f"c{number % 5}", number % 7, ms=5.0)
        engine.metrics.increment("orders", command=f"c{number % 5}")
        engine.reporter.report(ValueError(f"no {number}"))
        try:
            raise KeyError(number) if number % 2 else RuntimeError("x" * number)
        except (KeyError, RuntimeError) as error:
            engine.reporter.report(error)
    assert engine.errors.flush(10)
    await engine.breach("memory", 30.0, 600)
    await engine.breach("memory", 0.0, 600)
    await engine.breach("queue", 12.0, 600)
    await engine.alerts.silence("lag", 3600, "ada")
    await engine.alerts.set_thresholds("lag", {Severity.WARNING: 11.0}, "ada")
    await engine.alerts.note("Log level: DEBUG")
    await engine.alerts.loaded("1.0", clock.unix)
    await engine.alerts.loaded("1.1", clock.unix)
    engine.discord.down = True
    await engine.alerts.test("ada")
    await engine.breach("lag", 30.0, 300)
    engine.discord.down = False
    await engine.database.run(_rest)
    await engine.stop()


def _rest(connection: sqlite3.Connection) -> None:
    connection.execute(
        "INSERT INTO error_aliases SELECT 'v2', fingerprint FROM error_groups LIMIT 1"
    )
    connection.execute("INSERT INTO crashes VALUES (1, '{}')")
    connection.execute("INSERT INTO pauses VALUES ('edits', 1, 2)")
    connection.execute("INSERT INTO registrations VALUES (1, 2)")
    connection.execute("INSERT INTO taken_in VALUES ('0123', 1)")
    connection.execute(
        "INSERT INTO set_aside (at, origin, reason, content) VALUES (1, 'runs', 'x', '{}')"
    )
