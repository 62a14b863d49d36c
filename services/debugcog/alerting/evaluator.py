"""Evaluator: checks all rules at an interval, and commits incidents together with their posts.

What happens is decided by pure code (``evaluation``); here it is made durable. The new state of
the rules counts only once the transaction has been committed, so a tick that fails has not
happened, and the next one decides anew.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from services.debugcog.alerting import incident_store as store
from services.debugcog.alerting import runs
from services.debugcog.alerting.evaluation import Evaluation, RuleState, data_rule, evaluate, ready
from services.debugcog.alerting.incidents import Notice, Silence, close
from services.debugcog.alerting.readings import Metrics, read
from services.debugcog.alerting.reads import Signal
from services.debugcog.alerting.rules import Rule
from services.debugcog.alerting.states import MISSING_TICKS, Change, Timing
from services.debugcog.state.database import Database
from services.debugcog.steady_clock import SteadyClock, Timestamp
from services.debugcog.ticker import Ticker
from services.debugcog.units import human

T = TypeVar("T")
log = logging.getLogger("debugcog.alerts")

MEMORY, MEMORY_WINDOW = "memory_usage_mb", 180.0
WORSE = (Change.OPENED, Change.ESCALATED, Change.REOPENED)


class Evaluator:
    """Watches rules; owns their state and their incidents.

    Args:
        database: opened, with the schemas of ``incident_store``, ``runs`` and ``outbox``.
        metrics: ``MetricsService``, which is asked for what the rules read.
        rules: what to watch; a host may add its own.
        interval: seconds between two ticks.
        timing: the durations that all rules share.
        committed: called after each commit that may have queued a post, to wake the sender.
        unix: wall clock, in seconds.
        monotonic: monotonic clock, in seconds.
    """

    def __init__(
        self,
        database: Database,
        metrics: Metrics,
        rules: Sequence[Rule],
        *,
        interval: float,
        timing: Timing,
        committed: Callable[[], None] = lambda: None,
        unix: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._metrics = metrics
        self._rules = tuple(sorted(rules, key=lambda rule: rule.name))
        self._crash_loop = runs.crash_loop_rule(timing.reopen)
        derived = (data_rule(rule) for rule in self._rules)
        self._all_rules = (*self._rules, *derived, self._crash_loop)
        self._timing = timing
        self._committed = committed
        self._clocks = (unix, monotonic)
        self._interval = interval
        self._ticker = Ticker("alerts", interval, self.tick)
        self._lock = asyncio.Lock()  # a tick and an admin's action take turns
        self._clock: SteadyClock
        self._started = 0.0
        self._run = 0
        self._crashes: tuple[float, ...] = ()
        self.rule_states: dict[str, RuleState] = {}
        self.silences: dict[str, Silence] = {}

    @property
    def failures(self) -> int:
        """Count the ticks that failed."""
        return self._ticker.failures

    @property
    def rules(self) -> tuple[Rule, ...]:
        """List the rules as they were given: without those derived, with the first thresholds."""
        return self._rules

    def readings(self, rules: Iterable[Rule]) -> dict[str, Signal]:
        """Read what some rules see now, by their names; nothing is evaluated."""
        return read(self._metrics, rules)

    def silence(self, rule: str) -> Silence | None:
        """Return the silence of a rule, if it is not over."""
        silence = self.silences.get(rule)
        over = silence is None or silence.until <= self._clock.read().now
        return None if over else silence

    def now(self) -> Timestamp:
        """Return the present moment on the clock of the rules."""
        return self._clock.read()

    def start(self) -> None:
        """Tick from now on; ``load`` comes first."""
        self._ticker.start()

    async def tick_now(self) -> None:
        """Evaluate now what the next tick would, if ticks come at all."""
        await self._ticker.tick_now()

    async def close(self) -> None:
        """Stop ticking and note that this was no crash; open incidents stay open."""
        await self._ticker.close()
        await self._database.run(self._end)

    def end(self) -> Future[None]:
        """Note that the run ends on purpose, where nothing can be awaited any more."""
        return self._database.submit(self._end)

    def _end(self, connection: sqlite3.Connection) -> None:
        if self._run:  # looked at here: of a ``load`` that was cancelled, the database goes on
            runs.end(connection, self._run)

    async def load(self, trace: str = "", log_lines: Sequence[str] = ()) -> None:
        """Begin a run: read what the last one left, and queue a notice if it crashed.

        Args:
            trace: what ``faulthandler`` wrote in the last run, redacted.
            log_lines: the last ones of its log, redacted.
        """
        await self._database.run(lambda connection: self._load(connection, trace, log_lines))
        self._committed()

    async def tick(self) -> None:
        """Evaluate every rule at one moment, and commit."""
        async with self._lock:
            timestamp = self._clock.read()
            evaluations = tuple(self._evaluate(self.readings(self._rules), timestamp))
            memory = self._metrics.summaries((MEMORY,), MEMORY_WINDOW, percentiles=False)
            memory_mb = memory[MEMORY].last

            def commit(connection: sqlite3.Connection) -> list[RuleState]:
                runs.beat(connection, self._run, timestamp, memory_mb)
                return [self._save(connection, evaluation, timestamp) for evaluation in evaluations]

            for evaluation, rule_state in zip(
                evaluations, await self._database.run(commit), strict=True
            ):
                self.rule_states[rule_state.rule.name] = rule_state
                _tell(rule_state, evaluation.change)
        if any(evaluation.notices for evaluation in evaluations):
            self._committed()

    async def act(self, work: Callable[[sqlite3.Connection, Timestamp], T]) -> T:
        """Run an admin's action between two ticks, in one transaction, and take its effect in."""
        async with self._lock:
            timestamp = self._clock.read()

            def transact(
                connection: sqlite3.Connection,
            ) -> tuple[T, dict[str, RuleState], dict[str, Silence]]:
                result = work(connection, timestamp)
                rule_states = store.load_rule_states(connection, self._all_rules)
                return result, rule_states, store.load_silences(connection)

            result, rule_states, self.silences = await self._database.run(transact)
            for name, rule_state in rule_states.items():  # running timers are in memory only
                self.rule_states[name] = replace(rule_state, state=self.rule_states[name].state)
        self._committed()
        return result

    async def query(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """Read from the state file; neither waits for a tick nor wakes the sender."""
        return await self._database.query(work)

    def _evaluate(
        self, signals: Mapping[str, Signal], timestamp: Timestamp
    ) -> Iterable[Evaluation]:
        for rule in self._rules:
            rule_state, signal = self.rule_states[rule.name], signals[rule.name]
            if not ready(rule_state.rule, signal, timestamp.now - self._started, self._timing):
                continue
            evaluation = self._evaluation(rule_state, signal, timestamp)
            yield evaluation
            missing = Signal(float(min(evaluation.rule_state.state.missing, MISSING_TICKS)))
            yield self._evaluation(
                self.rule_states[data_rule(rule_state.rule).name], missing, timestamp
            )
        lately = timestamp.now - self._crash_loop.window
        crashes = Signal(float(sum(at > lately for at in self._crashes)))
        yield self._evaluation(self.rule_states[self._crash_loop.name], crashes, timestamp)

    def _evaluation(
        self, rule_state: RuleState, signal: Signal, timestamp: Timestamp
    ) -> Evaluation:
        silence = self.silences.get(rule_state.rule.name)
        if silence is not None and silence.until <= timestamp.now:
            silence = None
        return evaluate(rule_state, signal, silence, timestamp, self._timing)

    def _save(
        self, connection: sqlite3.Connection, evaluation: Evaluation, timestamp: Timestamp
    ) -> RuleState:
        rule_state = evaluation.rule_state
        before = self.rule_states[rule_state.rule.name]
        if rule_state.state.kept != before.state.kept:
            store.save_state(connection, rule_state.rule.name, rule_state.state)
        incident = rule_state.incident
        if incident is None or incident == before.incident:
            return rule_state
        if evaluation.change is Change.OPENED:
            start = incident.since - self._timing.recent
            recent = store.recent_changes(connection, incident.rule, start, incident.opened)
            incident = replace(incident, recent=recent)
        incident = store.save_incident(connection, incident, timestamp.now)
        for notice in evaluation.notices:
            store.post_notice(connection, incident, notice, timestamp.unix)
        return replace(rule_state, incident=incident)

    def _load(self, connection: sqlite3.Connection, trace: str, log_lines: Sequence[str]) -> None:
        unix, monotonic = self._clocks
        last = runs.last_steady_time(connection)
        self._clock = SteadyClock(2 * self._interval, last, unix=unix, monotonic=monotonic)
        timestamp = self._clock.read()
        self._started = timestamp.now
        self._run, self._crashes = runs.begin(
            connection, timestamp, self._crash_loop.window, trace, log_lines
        )
        store.prune(connection, timestamp.now)
        self.silences = store.load_silences(connection)
        self.rule_states = store.load_rule_states(connection, self._all_rules)
        for unfit in store.unfit_thresholds(connection, self._rules):
            log.warning("Stored thresholds left out: %s", unfit)
        _end_orphans(connection, set(self.rule_states), timestamp)


def _end_orphans(connection: sqlite3.Connection, rules: set[str], timestamp: Timestamp) -> None:
    """End the open incidents of rules that the host has no more."""
    for rule, incident in store.last_incidents(connection).items():
        if incident.open and rule not in rules:
            ended = close(incident, "the rule is gone", timestamp)
            store.save_incident(connection, ended, timestamp.now)
            if ended.announced:
                store.post_notice(connection, ended, Notice("show", "ended"), timestamp.unix)


def _tell(rule_state: RuleState, change: Change | None) -> None:
    """Write what happened to the local log, whatever becomes of the post."""
    incident = rule_state.incident
    if change is None or incident is None:
        return
    level = logging.WARNING if change in WORSE else logging.INFO
    severity, value = incident.severity.word, human(incident.value, incident.unit)
    log.log(
        level,
        "Alert %s: incident %d, %s, %s is %s",
        *(change.value, incident.id, severity, incident.title, value),
    )
