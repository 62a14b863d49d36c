"""A quiet bot with metrics, rules and a state file → what its answers are made of."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from cogs.debug.app.state_tables import SCHEMAS
from services.debugcog.alerting.default_rules import default_rules
from services.debugcog.alerting.reads import MISSING, Signal
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.states import SeverityState
from services.debugcog.answers.published import Published, Shard
from services.debugcog.answers.sources import Sources
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import ProcessSampler
from services.debugcog.settings import Settings
from services.debugcog.stalls.stall import StallSummary
from services.debugcog.state.database import Database
from services.debugcog.timeseries.bucket import Saved
from tests.clock import Clock

T = TypeVar("T")
START = 1_800_000_000.0
"""Unix seconds at which the process started; a multiple of an hour."""
RULES = {
    rule.name: RuleStatus(rule, rule, MISSING, SeverityState())
    for rule in default_rules(Settings())
}
"""The rules as they stand before anything was measured."""
PUBLISHED = Published(
    taken_at=START,
    heartbeat=START,
    complete_at=START,
    name="Testbot",
    rules=RULES,
    incidents=(),
    shards=(Shard(None, 42.0, None),),
    guilds=3,
    tasks=12,
    troubles=(),
)


def reading(name: str, value: float) -> RuleStatus:
    """Return how a rule stands that reads a value."""
    return replace(RULES[name], signal=Signal(value))


def published(**changes: object) -> Published:
    """Return what a quiet bot publishes, but for some changes."""
    return replace(PUBLISHED, **changes)  # type: ignore[arg-type]  # named by the tests


async def on_a_thread(work: Callable[[], T]) -> T:
    """Run what may block on a thread."""
    return await asyncio.to_thread(work)


@dataclass
class World:
    """One bot, in the clock's time."""

    database: Database
    clock: Clock = field(default_factory=lambda: Clock(START))

    def __post_init__(self) -> None:
        self.metrics = MetricsService(clock=self.clock, monotonic=self.clock, fold_interval=None)
        self.process = ProcessSampler(self.metrics, clock=self.clock, monotonic=self.clock)
        self.process.started, self.process._began = START, START
        self.sources = Sources(
            metrics=self.metrics,
            process=self.process,
            stalls=lambda _: StallSummary(),
            stalled=lambda: None,
            query=self.database.query,
            off_loop=on_a_thread,
            clock=self.clock,
            monotonic=self.clock,
        )

    def run(self, seconds: float, step: float = 5.0, **recorded: float) -> None:
        """Let the bot run: its loop's lag is measured, and some values are recorded at each step.

        Args:
            seconds: how long.
            step: seconds between two samples.
            recorded: values by metric; of ``messages_processed`` and the like, amounts.
        """
        for _ in range(round(seconds / step)):
            self.clock.turn(step)
            self.process.sample_start()
            self.metrics.record("event_loop_lag_ms", 2.0)
            for name, value in recorded.items():
                self._take(name, value)
            self.metrics.fold()

    def _take(self, name: str, value: float) -> None:
        if isinstance(value, int):
            self.metrics.increment(name, value)
        else:
            self.metrics.record(name, value)

    def saved(self) -> tuple[Saved, ...]:
        """List what the history of the next run would begin with."""
        return self.metrics.closed_since(0.0, with_open=True)


@asynccontextmanager
async def world(folder: Path) -> AsyncIterator[World]:
    """Open the bot's state file; close it at the end."""
    database = Database(folder / "state.sqlite3", SCHEMAS)
    database.open()
    try:
        yield World(database)
    finally:
        database.close()
