"""AlertService: lists, acknowledges, silences and tests alerts, and changes thresholds."""

from __future__ import annotations

import asyncio
import json
import math
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING

from services.debugcog.alerting import causes, runs, sentences
from services.debugcog.alerting import incident_actions as actions
from services.debugcog.alerting import incident_store as store
from services.debugcog.alerting import rule_status as alerting_rule_status
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.alerting.reads import Drawable, Signal
from services.debugcog.alerting.recent_readings import RecentReadings
from services.debugcog.alerting.rules import Rule, Severity
from services.debugcog.guard import own_logger
from services.debugcog.outbox import posts
from services.debugcog.steady_clock import Timestamp
from services.debugcog.units import threshold

if TYPE_CHECKING:
    from services.debugcog.alerting.causes import RelatedError
    from services.debugcog.alerting.crash import Crash
    from services.debugcog.alerting.incident_actions import Silenced
    from services.debugcog.alerting.incident_parts import RecentChange
    from services.debugcog.alerting.incidents import Incident, Silence
    from services.debugcog.alerting.rule_status import RuleStatus

ERRORS_MAX = 5
CHANGES_SECONDS = 1.0
"""How long an answer waits for what only marks its chart."""
log = own_logger("debugcog.alerts")


class AlertService:
    """Lists, acknowledges, silences, tests; and notes what changes in the bot.

    Args:
        evaluator: loaded.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator
        self._readings = RecentReadings(evaluator.readings)

    @property
    def failures(self) -> int:
        """Count the evaluations that failed."""
        return self._evaluator.failures

    @property
    def open(self) -> tuple[Incident, ...]:
        """List the open incidents as the last tick left them, without asking the database."""
        latest = (rule_state.incident for rule_state in self._evaluator.rule_states.values())
        return tuple(incident for incident in latest if incident and incident.open)

    def rule_statuses(self) -> tuple[RuleStatus, ...]:
        """Tell how each rule stands: its value now, its thresholds, its state, its silence."""
        return self._statuses(self._evaluator.rules, self._readings.now)

    def recent_statuses(self) -> tuple[RuleStatus, ...]:
        """Tell the same at a fraction of the cost: some values are those of one of 5 calls ago."""
        return self._statuses(self._evaluator.rules, self._readings.recent)

    def rule_status(self, name: str) -> RuleStatus | None:
        """Tell how a rule stands, by its name."""
        rules = tuple(rule for rule in self._evaluator.rules if rule.name == name)
        return next(iter(self._statuses(rules, self._readings.now)), None)

    def charted(self, name: str) -> Drawable | None:
        """Return what a chart of a rule shows; None when there is no such rule any more."""
        rule_state = self._evaluator.rule_states.get(name)
        return self._evaluator.in_use(rule_state.rule).charted if rule_state else None

    @property
    def configured(self) -> tuple[Rule, ...]:
        """List the rules that were given, with the thresholds of the settings or the host."""
        return self._evaluator.rules

    @property
    def rules(self) -> tuple[Rule, ...]:
        """List the rules, with the thresholds in force."""
        return tuple(rule_state.rule for rule_state in self._evaluator.rule_states.values())

    @property
    def silences(self) -> tuple[Silence, ...]:
        """List the silences that are not over."""
        silences = map(self._evaluator.silence, tuple(self._evaluator.silences))
        return tuple(silence for silence in silences if silence)

    def silence_of(self, rule: str) -> Silence | None:
        """Return the silence of a rule, if it is not over."""
        return self._evaluator.silence(rule)

    async def related_errors(self, incident: Incident) -> tuple[RelatedError, ...]:
        """List the error groups that were seen from its beginning to its end, most errors first."""
        work = partial(
            causes.related_errors, start=incident.since, end=incident.ended, most=ERRORS_MAX
        )
        return await self._evaluator.query(work)

    async def incidents(self, ended: int = 25) -> tuple[Incident, ...]:
        """List all open incidents, the worst first, then so many of the last ended ones."""
        return await self._evaluator.query(partial(store.incidents, ended=ended))

    async def incident(self, number: int) -> Incident | None:
        """Find an incident."""
        return await self._evaluator.query(partial(store.incident, number=number))

    async def crashes(self, limit: int = 5) -> tuple[Crash, ...]:
        """List the runs of the last 7 days that ended without a stop, the latest first."""
        unix = self._evaluator.now().unix
        return await self._evaluator.query(lambda one: runs.crashes(one, unix, limit))

    async def acknowledge(self, number: int, by: str) -> Incident | None:
        """Stop the repeats of an incident up to its present severity; None when it is not open.

        Who was first stays named.
        """
        return await self._evaluator.act(partial(actions.acknowledge, number=number, by=by))

    async def undo_acknowledge(self, number: int, at_ms: int, by: str) -> Incident | None:
        """Undo an acknowledgement; None when it is over, or another one came after it.

        Args:
            number: of the incident.
            at_ms: unix milliseconds of the acknowledgement.
            by: who asks.
        """
        work = partial(actions.undo_acknowledge, number=number, at_ms=at_ms, by=by)
        return await self._evaluator.act(work)

    async def silence_incident(self, number: int, seconds: float, by: str) -> Silenced | None:
        """Silence an incident's rule up to its present severity; None when it is not open."""
        work = partial(actions.silence_incident, number=number, seconds=seconds, by=by)
        return await self._evaluator.act(work)

    async def undo_silence(self, number: int, before: Silence | None, by: str) -> str | None:
        """Undo a silence; None when it is over, or another one took its place.

        Args:
            number: of the silence.
            before: what was in force until then, if anything.
            by: who asks.

        Returns:
            The name of the rule.
        """
        work = partial(actions.undo_silence, number=number, before=before, by=by)
        return await self._evaluator.act(work)

    async def silence(
        self, rule: str, seconds: float, by: str, severity: Severity = Severity.WARNING
    ) -> Silenced:
        """Post nothing about a rule up to a severity; the end of an incident is told all the same.

        Args:
            rule: its name.
            seconds: how long; 7 days at most.
            by: who asks.
            severity: warnings only, unless critical is named.

        Raises:
            ValueError: there is no such rule, or the time is too long.
        """
        if rule not in self._evaluator.rule_states:
            raise ValueError(f"there is no rule {rule}")
        return await self._evaluator.act(
            lambda connection, timestamp: actions.silence(
                connection, actions.silence_of(rule, severity, seconds, by, timestamp), timestamp
            )
        )

    async def unsilence(self, rule: str, by: str = "") -> None:
        """End a silence; what still fires is told at the next tick."""
        await self._evaluator.act(partial(actions.unsilence, rule=rule, by=by))

    async def set_thresholds(self, rule: str, values: Mapping[Severity, float], by: str) -> None:
        """Change thresholds, at once and after restarts; the rule is evaluated with them now.

        Those that are the configured ones are forgotten, and follow the settings again.

        Args:
            rule: its name.
            values: by severity, in the rule's unit; what is left out stays as it is configured.
            by: who asks.

        Raises:
            ValueError: there is no such rule or level, or the values cannot be.
        """
        configured = next((one for one in self._evaluator.rules if one.name == rule), None)
        if configured is None:
            raise ValueError(f"there is no rule {rule}")
        changed = configured.with_thresholds(values)
        differing = {
            severity: value
            for severity, value in values.items()
            if value != configured.threshold(severity)
        }

        def work(connection: sqlite3.Connection, timestamp: Timestamp) -> None:
            store.save_thresholds(connection, rule, differing)
            text = f"Thresholds: {_thresholds(changed)}, set by {by}"
            store.note_change(connection, text, timestamp.unix, rule)

        await self._evaluator.act(work)
        await self._evaluator.tick_now()

    async def changes(self, rule: str, since: float) -> tuple[RecentChange, ...]:
        """List the changes of the bot and of a rule since a time (unix seconds), the latest first.

        They explain a chart; where the state file does not tell them, it is drawn without.
        """
        work = partial(
            store.recent_changes, rule=rule, start=since, end=math.inf, most=store.CHANGES_KEPT
        )
        try:
            async with asyncio.timeout(CHANGES_SECONDS):
                return await self._evaluator.query(work)
        except (TimeoutError, sqlite3.Error) as error:
            log.warning("A chart has no marks of what changed: %s", repr(error))
            return ()

    async def note(self, text: str) -> None:
        """Note a change of the bot (start, reload, log level), for incidents that follow it."""
        await self._evaluator.act(
            lambda connection, timestamp: store.note_change(connection, text, timestamp.unix)
        )

    async def loaded(self, release: str, started: float) -> None:
        """Note that the cog was loaded; when that is another release than before, a deploy.

        Args:
            release: the host's version; empty when it is not told.
            started: when the process did, in unix seconds; what it loads again is no restart.
        """

        def work(connection: sqlite3.Connection, timestamp: Timestamp) -> None:
            before = runs.keep_release(connection, release) if release else ""
            loaded = "reloaded" if runs.loaded_before(connection, started) else "loaded"
            text = f"DebugCog {loaded}" + (f", release {release}" if release else "")
            if before not in ("", release):
                text = f"Deployed: release {release}, before it {before}"
            store.note_change(connection, text, timestamp.unix)

        await self._evaluator.act(work)

    async def test(self, by: str) -> str:
        """Post a test alert, as a real one goes; return its subject in the outbox."""

        def work(connection: sqlite3.Connection, timestamp: Timestamp) -> str:
            subject = f"test:{timestamp.now:.6f}"
            body = json.dumps({"by": by})
            post = posts.Post(
                subject, "open", urgent=False, title=sentences.TEST, body=body, capped=False
            )
            posts.enqueue(connection, post, timestamp.unix)
            return subject

        return await self._evaluator.act(work)

    def _statuses(
        self, rules: Sequence[Rule], read: Callable[[Sequence[Rule]], Mapping[str, Signal]]
    ) -> tuple[RuleStatus, ...]:
        readings = read(rules)
        return tuple(
            alerting_rule_status.RuleStatus(
                rule=(in_use := self._evaluator.in_use(rule_state.rule)),
                configured=rule,
                signal=readings[rule.name],
                state=rule_state.state,
                incident=rule_state.incident
                if rule_state.incident and rule_state.incident.open
                else None,
                silence=self._evaluator.silence(rule.name),
                recorded=self._evaluator.recorded(in_use),
            )
            for rule in rules
            if (rule_state := self._evaluator.rule_states.get(rule.name))
        )


def _thresholds(rule: Rule) -> str:
    named = (
        (severity, rule.threshold(severity)) for severity in (Severity.WARNING, Severity.CRITICAL)
    )
    return ", ".join(
        f"{severity.word} {threshold(value, rule.unit)}"
        for severity, value in named
        if value is not None
    )
