"""Evaluator: checks all rules at an interval, and commits incidents together with their posts.

What happens is decided by pure code (``evaluation``); here it is made durable. The new state of
the rules counts only once the transaction has been committed, so a tick that fails has not
happened, and the next one decides anew.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from services.debugcog.alerting import crash as alerting_crash
from services.debugcog.alerting import incident_store as store
from services.debugcog.alerting import runs
from services.debugcog.alerting.death import NO_EVIDENCE, Evidence
from services.debugcog.alerting.evaluation import Evaluation, RuleState, data_rule, evaluate, ready
from services.debugcog.alerting.evaluation_store import save, write_line
from services.debugcog.alerting.lost_incidents import end_orphans, restore_or_end
from services.debugcog.alerting.noted_causes import with_cause
from services.debugcog.alerting.readings import Metrics, read, rule_faults
from services.debugcog.alerting.reads import Signal
from services.debugcog.alerting.rules import Rule
from services.debugcog.alerting.states import MISSING_TICKS, Timing
from services.debugcog.faults import Fault, Faults
from services.debugcog.guard import own_logger
from services.debugcog.process.vitals import Vitals
from services.debugcog.stalls import stall as stalls_stall
from services.debugcog.state.database import Database
from services.debugcog.steady_clock import SteadyClock, Timestamp
from services.debugcog.ticker import Ticker

if TYPE_CHECKING:
    from services.debugcog.alerting.incidents import Silence
    from services.debugcog.stalls.stall import Stall, StallSummary

T = TypeVar("T")
log = own_logger("debugcog.alerts")

MEMORY, MEMORY_WINDOW = "memory_usage_mb", 180.0


class Evaluator:
    """Watches rules; owns their state and their incidents.

    Args:
        database: opened, with the schemas of ``incident_store``, ``runs`` and ``outbox``.
        metrics: ``MetricsService``, which is asked for what the rules read.
        rules: what to watch; a host may add its own.
        interval: seconds between two ticks.
        timing: the durations that all rules share.
        committed: called after each commit that may have queued a post, to wake the sender.
        stalls: sums up the stalls of the event loop in the last so many seconds.
        vitals: reads how the system stands; on the database's thread.
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
        vitals: Callable[[], Vitals] = Vitals,
        stalls: Callable[[float], StallSummary] = lambda _: stalls_stall.StallSummary(),
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
        self._stalls = stalls
        self._vitals = vitals
        self._clocks = (unix, monotonic)
        self._interval = interval
        self._ticker = Ticker("alerts", interval, self.tick)
        self._lock = asyncio.Lock()  # a tick and an admin's action take turns
        self._clock = SteadyClock(2 * interval, unix=unix, monotonic=monotonic)  # until ``load``
        self._unreadable = rule_faults()
        self._unsaved = Faults("Rule not saved: %s", log)
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
    def faults(self) -> tuple[Fault, ...]:
        """List the rules that cannot be read or saved, and what they raise."""
        return (*self._unreadable.current, *self._unsaved.current)

    @property
    def rules(self) -> tuple[Rule, ...]:
        """List the rules as they were given: without those derived, with the first thresholds."""
        return self._rules

    def readings(self, rules: Iterable[Rule]) -> dict[str, Signal]:
        """Read what some rules see now, by their names; nothing is evaluated."""
        return read(self._metrics, rules, self._unreadable)

    def recorded(self, rule: Rule) -> bool:
        """Tell whether what a rule reads was ever recorded."""
        return rule.is_recorded(self._metrics.recorded)

    def in_use(self, rule: Rule) -> Rule:
        """Return a rule with what it reads in this bot, which may be its fallback."""
        return rule.as_recorded(self._metrics.recorded)

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

    def note_hang(self, stall: Stall) -> None:
        """Note a stall that goes on, of which the process may die; from any thread."""
        place = f"{stall.function} ({stall.place})" if stall.function else ""
        hang = alerting_crash.Hang(stall.began + stall.seconds, stall.seconds, place, stall.stack)
        self._database.submit(lambda connection: runs.note_hang(connection, self._run, hang))

    def load(self, evidence: Evidence = NO_EVIDENCE) -> None:
        """Begin a run: read what the last one left, and queue a notice if it crashed.

        It waits for the disk.
        """
        self._database.submit(lambda connection: self._load(connection, evidence)).result()
        self._committed()

    async def tick(self) -> None:
        """Evaluate every rule at one moment, and commit."""
        async with self._lock:
            timestamp = self._clock.read()
            evaluations = tuple(self._evaluate(self.readings(self._rules), timestamp))
            memory = self._metrics.summaries((MEMORY,), MEMORY_WINDOW, percentiles=False)
            memory_mb = memory[MEMORY].last
            before = self.rule_states

            def commit(connection: sqlite3.Connection) -> list[RuleState | Exception]:
                runs.beat(connection, self._run, timestamp, memory_mb, self._vitals())
                return [
                    save(connection, one, before[one.rule_state.rule.name], timestamp, self._timing)
                    for one in evaluations
                ]

            saved = await self._database.run(commit)
            for evaluation, result in zip(evaluations, saved, strict=True):
                self._take(evaluation, result)
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

    async def take_in(self) -> None:
        """Go on with the incidents of another process of this bot, once it has left its file."""
        async with self._lock:
            if not await self._database.take_in():
                return
            timestamp = self._clock.read()
            stored, self.silences = await self._database.run(
                lambda connection: self._rows(connection, timestamp)
            )
            for name, rule_state in stored.items():
                ours = self.rule_states[name]
                is_open = [
                    one.incident is not None and one.incident.open for one in (ours, rule_state)
                ]
                if is_open != [False, True]:  # running timers are in memory only
                    rule_state = replace(rule_state, state=ours.state)
                self.rule_states[name] = rule_state
        self._committed()

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
        given, in_use = rule_state.rule, self.in_use(rule_state.rule)
        if in_use is not given:
            rule_state = replace(rule_state, rule=in_use)
        evaluation = evaluate(rule_state, signal, silence, timestamp, self._timing)
        before = rule_state.incident
        evaluation = with_cause(evaluation, before, self._metrics, self._stalls, timestamp)
        if in_use is given:
            return evaluation
        return replace(evaluation, rule_state=replace(evaluation.rule_state, rule=given))

    def _take(self, evaluation: Evaluation, result: RuleState | Exception) -> None:
        """Go on with a rule's state that is saved, or with the one before."""
        name = evaluation.rule_state.rule.name
        if isinstance(result, Exception):
            self._unsaved.failed(name, result)
            return
        self._unsaved.works(name)
        self.rule_states[name] = result
        write_line(result, evaluation.change)

    def _load(self, connection: sqlite3.Connection, evidence: Evidence) -> None:
        unix, monotonic = self._clocks
        last = runs.last_steady_time(connection)
        self._clock = SteadyClock(2 * self._interval, last, unix=unix, monotonic=monotonic)
        timestamp = self._clock.read()
        self._started = timestamp.now
        self._run, self._crashes = runs.begin(
            connection, timestamp, self._crash_loop.window, evidence
        )
        store.prune(connection, timestamp.now)
        restore_or_end(connection, timestamp)
        self.rule_states, self.silences = self._rows(connection, timestamp)
        for unfit in store.unfit_thresholds(connection, self._rules):
            log.warning("Stored thresholds left out: %s", unfit)

    def _rows(
        self, connection: sqlite3.Connection, timestamp: Timestamp
    ) -> tuple[dict[str, RuleState], dict[str, Silence]]:
        rule_states = store.load_rule_states(connection, self._all_rules)
        end_orphans(connection, set(rule_states), timestamp)
        return rule_states, store.load_silences(connection)
