"""Snapshots, tick by tick → incidents and their posts, committed in one transaction.

What happens is decided by pure code (``judgement``); here it is made durable. The new state of
the rules counts only once the transaction has been committed, so a tick that fails has not
happened, and the next one decides anew.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TypeVar

from services.debugcog.alerting import incident_store as store
from services.debugcog.alerting import runs
from services.debugcog.alerting.evaluation import Verdict, Watch, data_rule, judge, ready
from services.debugcog.alerting.incidents import Notice, Silence, close
from services.debugcog.alerting.rules import Rule, Signal, measure
from services.debugcog.alerting.states import MISSING_TICKS, Change, Timing
from services.debugcog.state.database import Database
from services.debugcog.steady_clock import Moment, Timeline
from services.debugcog.ticker import Ticker
from services.debugcog.timeseries.snapshot import Snapshot

T = TypeVar("T")
log = logging.getLogger(__name__)

WORSE = (Change.OPENED, Change.ESCALATED, Change.REOPENED)


class Evaluator:
    """Watches rules; owns their state and their incidents.

    Args:
        database: opened, with the schemas of ``incident_store``, ``runs`` and ``outbox``.
        snapshot: ``MetricsService.snapshot``: what happened in the last ``window`` seconds.
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
        snapshot: Callable[[float], Snapshot],
        rules: Sequence[Rule],
        *,
        interval: float,
        timing: Timing,
        committed: Callable[[], None] = lambda: None,
        unix: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._database = database
        self._snapshot = snapshot
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
        self._timeline: Timeline
        self._started = 0.0
        self._run = 0
        self._crashes: tuple[float, ...] = ()
        self.watches: dict[str, Watch] = {}
        self.silences: dict[str, Silence] = {}

    @property
    def failures(self) -> int:
        """Count the ticks that failed."""
        return self._ticker.failures

    @property
    def rules(self) -> tuple[Rule, ...]:
        """List the rules as they were given: without those derived, with the first thresholds."""
        return self._rules

    def readings(self) -> dict[str, Signal]:
        """Read what each rule sees now, by its name; nothing is judged."""
        snapshots = {window: self._snapshot(window) for window in self._windows()}
        return {rule.name: measure(rule, snapshots[rule.window]) for rule in self._rules}

    def silence(self, rule: str) -> Silence | None:
        """Return the silence of a rule, if it is not over."""
        silence = self.silences.get(rule)
        over = silence is None or silence.until <= self._timeline.read().now
        return None if over else silence

    def start(self) -> None:
        """Tick from now on; ``load`` comes first."""
        self._ticker.start()

    async def close(self) -> None:
        """Stop ticking and note that this was no crash; open incidents stay open."""
        await self._ticker.close()
        if self._run:
            await self._database.run(self._end)

    def end(self) -> Future[None]:
        """Note that the run ends on purpose, where nothing can be awaited any more."""
        return self._database.submit(self._end)

    def _end(self, connection: sqlite3.Connection) -> None:
        runs.end(connection, self._run)

    async def load(self, trace: str = "") -> None:
        """Begin a run: read what the last one left, and queue a notice if it crashed.

        Args:
            trace: what ``faulthandler`` wrote in the last run, redacted.
        """
        await self._database.run(lambda connection: self._load(connection, trace))
        self._committed()

    async def tick(self) -> None:
        """Judge every rule at one moment, on one snapshot for each window, and commit."""
        async with self._lock:
            moment = self._timeline.read()
            snapshots = {window: self._snapshot(window) for window in self._windows()}
            verdicts = tuple(self._judge(snapshots, moment))
            memory = next((s.series.get("memory_usage_mb") for s in snapshots.values()), None)
            memory_mb = memory.last if memory else None

            def commit(connection: sqlite3.Connection) -> list[Watch]:
                runs.beat(connection, self._run, moment, memory_mb)
                return [self._save(connection, verdict, moment) for verdict in verdicts]

            for verdict, watch in zip(verdicts, await self._database.run(commit), strict=True):
                self.watches[watch.rule.name] = watch
                _tell(watch, verdict.change)
        if any(verdict.notices for verdict in verdicts):
            self._committed()

    async def act(self, work: Callable[[sqlite3.Connection, Moment], T]) -> T:
        """Run an admin's action between two ticks, in one transaction, and take its effect in."""
        async with self._lock:
            moment = self._timeline.read()

            def transact(connection: sqlite3.Connection) -> tuple[T, dict[str, Watch]]:
                return work(connection, moment), store.load_watches(connection, self._all_rules)

            result, watches = await self._database.run(transact)
            for name, watch in watches.items():  # running timers are in memory only
                self.watches[name] = replace(watch, state=self.watches[name].state)
            self.silences = await self._database.run(store.load_silences)
        self._committed()
        return result

    def _windows(self) -> set[float]:
        return {rule.window for rule in self._rules}

    def _judge(self, snapshots: dict[float, Snapshot], moment: Moment) -> Iterable[Verdict]:
        for name in (rule.name for rule in self._rules):
            watch = self.watches[name]
            signal = measure(watch.rule, snapshots[watch.rule.window])
            if not ready(watch.rule, signal, moment.now - self._started, self._timing):
                continue
            verdict = self._verdict(watch, signal, moment)
            yield verdict
            missing = Signal(float(min(verdict.watch.state.missing, MISSING_TICKS)))
            yield self._verdict(self.watches[data_rule(watch.rule).name], missing, moment)
        lately = moment.now - self._crash_loop.window
        crashes = Signal(float(sum(at > lately for at in self._crashes)))
        yield self._verdict(self.watches[self._crash_loop.name], crashes, moment)

    def _verdict(self, watch: Watch, signal: Signal, moment: Moment) -> Verdict:
        silence = self.silences.get(watch.rule.name)
        if silence is not None and silence.until <= moment.now:
            silence = None
        return judge(watch, signal, silence, moment, self._timing)

    def _save(self, connection: sqlite3.Connection, verdict: Verdict, moment: Moment) -> Watch:
        watch = verdict.watch
        before = self.watches[watch.rule.name]
        if watch.state.kept != before.state.kept:
            store.save_state(connection, watch.rule.name, watch.state)
        incident = watch.incident
        if incident is None or incident == before.incident:
            return watch
        if verdict.change is Change.OPENED:
            start = incident.since - self._timing.recent
            recent = store.recent_changes(connection, incident.rule, start, incident.opened)
            incident = replace(incident, recent=recent)
        incident = store.save_incident(connection, incident, moment.now)
        for notice in verdict.notices:
            store.post_notice(connection, incident, notice, moment.unix)
        return replace(watch, incident=incident)

    def _load(self, connection: sqlite3.Connection, trace: str) -> None:
        unix, monotonic = self._clocks
        line = runs.last_line(connection)
        self._timeline = Timeline(2 * self._interval, line, unix=unix, monotonic=monotonic)
        moment = self._timeline.read()
        self._started = moment.now
        self._run, self._crashes = runs.begin(connection, moment, trace, self._crash_loop.window)
        store.prune(connection, moment.now)
        self.silences = store.load_silences(connection)
        self.watches = store.load_watches(connection, self._all_rules)
        for unfit in store.unfit_thresholds(connection, self._rules):
            log.warning("Stored thresholds left out: %s", unfit)
        _end_orphans(connection, set(self.watches), moment)


def _end_orphans(connection: sqlite3.Connection, rules: set[str], moment: Moment) -> None:
    """End the open incidents of rules that the host has no more."""
    for rule, incident in store.last_incidents(connection).items():
        if incident.open and rule not in rules:
            ended = close(incident, "the rule is gone", moment)
            store.save_incident(connection, ended, moment.now)
            if ended.announced:
                store.post_notice(connection, ended, Notice("show", "ended"), moment.unix)


def _tell(watch: Watch, change: Change | None) -> None:
    """Write what happened to the local log, whatever becomes of the post."""
    incident = watch.incident
    if change is None or incident is None:
        return
    level = logging.WARNING if change in WORSE else logging.INFO
    severity, value = incident.severity.word, f"{incident.value:g} {incident.unit}".strip()
    log.log(
        level,
        "Alert %s: incident %d, %s, %s is %s",
        *(change.value, incident.id, severity, incident.title, value),
    )
