"""AlertService: lists, acknowledges, silences and tests alerts, and changes thresholds."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial

from services.debugcog.alerting import incident_store as store
from services.debugcog.alerting import runs
from services.debugcog.alerting.crash import Crash
from services.debugcog.alerting.evaluator import Evaluator
from services.debugcog.alerting.incidents import Incident, Notice, Silence
from services.debugcog.alerting.reads import Drawable
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Rule, Severity
from services.debugcog.outbox.posts import Post, enqueue
from services.debugcog.steady_clock import Timestamp
from services.debugcog.units import write

SILENCE_MAX = 7 * 86_400.0


class AlertService:
    """Lists, acknowledges, silences, tests; and notes what changes in the bot.

    Args:
        evaluator: loaded.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

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
        return self._statuses(self._evaluator.rules)

    def rule_status(self, name: str) -> RuleStatus | None:
        """Tell how a rule stands, by its name."""
        rules = tuple(rule for rule in self._evaluator.rules if rule.name == name)
        return next(iter(self._statuses(rules)), None)

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

    async def incidents(self, limit: int = 25) -> tuple[Incident, ...]:
        """List incidents, the open ones first, then the newest."""
        return await self._evaluator.query(partial(store.incidents, limit=limit))

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

        def change(incident: Incident, timestamp: Timestamp) -> Incident:
            if incident.acked >= incident.severity:
                return incident
            return replace(incident, acked=incident.severity, acked_by=by, acked_at=timestamp.unix)

        return await self._evaluator.act(
            lambda connection, timestamp: _change(connection, number, change, timestamp)
        )

    async def silence_incident(self, number: int, seconds: float, by: str) -> Incident | None:
        """Silence an incident's rule up to its present severity; None when it is not open."""

        def work(connection: sqlite3.Connection, timestamp: Timestamp) -> Incident | None:
            incident = store.incident(connection, number)
            if incident is None or not incident.open:
                return None
            silence = _silence(incident.rule, incident.severity, seconds, by, timestamp)
            return _silenced(connection, silence, timestamp)

        return await self._evaluator.act(work)

    async def silence(
        self, rule: str, seconds: float, by: str, severity: Severity = Severity.WARNING
    ) -> None:
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
        await self._evaluator.act(
            lambda connection, timestamp: _silenced(
                connection, _silence(rule, severity, seconds, by, timestamp), timestamp
            )
        )

    async def unsilence(self, rule: str) -> None:
        """End a silence; what still fires is told at the next tick."""

        def work(connection: sqlite3.Connection, timestamp: Timestamp) -> None:
            store.lift_silence(connection, rule)
            latest = store.last_incidents(connection).get(rule)
            if latest is not None:
                _change(
                    connection,
                    latest.id,
                    lambda one, _: replace(one, silenced_until=0.0),
                    timestamp,
                )

        await self._evaluator.act(work)

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

    async def note(self, text: str) -> None:
        """Note a change of the bot (start, reload, log level), for incidents that follow it."""
        await self._evaluator.act(
            lambda connection, timestamp: store.note_change(connection, text, timestamp.unix)
        )

    async def loaded(self, release: str) -> None:
        """Note that the cog was loaded; when that is another release than before, a deploy.

        Args:
            release: the host's version; empty when it is not told.
        """

        def work(connection: sqlite3.Connection, timestamp: Timestamp) -> None:
            before = runs.keep_release(connection, release) if release else ""
            text = f"DebugCog loaded, release {release}" if release else "DebugCog loaded"
            if before not in ("", release):
                text = f"Deployed: release {release}, before it {before}"
            store.note_change(connection, text, timestamp.unix)

        await self._evaluator.act(work)

    async def test(self, by: str) -> str:
        """Post a test alert, as a real one goes; return its subject in the outbox."""

        def work(connection: sqlite3.Connection, timestamp: Timestamp) -> str:
            subject = f"test:{timestamp.now:.6f}"
            body = json.dumps({"by": by})
            post = Post(subject, "open", urgent=False, title="Test alert", body=body, capped=False)
            enqueue(connection, post, timestamp.unix)
            return subject

        return await self._evaluator.act(work)

    def _statuses(self, rules: Sequence[Rule]) -> tuple[RuleStatus, ...]:
        readings = self._evaluator.readings(rules)
        return tuple(
            RuleStatus(
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


def _change(
    connection: sqlite3.Connection,
    number: int,
    change: Callable[[Incident, Timestamp], Incident],
    timestamp: Timestamp,
) -> Incident | None:
    """Change an open incident, and its card if it has one."""
    before = store.incident(connection, number)
    if before is None or not before.open:
        return None
    changed = change(before, timestamp)
    if changed == before:
        return before
    incident = store.save_incident(connection, changed, timestamp.now)
    if incident.announced:
        store.post_notice(connection, incident, Notice("restore", "changed"), timestamp.unix)
    return incident


def _silence(
    rule: str, severity: Severity, seconds: float, by: str, timestamp: Timestamp
) -> Silence:
    if not 0 < seconds <= SILENCE_MAX:
        raise ValueError(f"a silence lasts up to 7 days, not {seconds:g} s")
    return Silence(rule, severity, timestamp.now + seconds, timestamp.unix + seconds, by)


def _silenced(
    connection: sqlite3.Connection, silence: Silence, timestamp: Timestamp
) -> Incident | None:
    store.add_silence(connection, silence)
    latest = store.last_incidents(connection).get(silence.rule)
    if latest is None or latest.severity > silence.severity:
        return latest
    until = silence.shown_until
    return _change(
        connection,
        latest.id,
        lambda incident, _: replace(incident, silenced_until=until),
        timestamp,
    )


def _thresholds(rule: Rule) -> str:
    named = (
        (severity, rule.threshold(severity)) for severity in (Severity.WARNING, Severity.CRITICAL)
    )
    return ", ".join(
        f"{severity.word} {write(value, rule.unit)}"
        for severity, value in named
        if value is not None
    )
