"""What an admin wants of the alerts → an answer, or a change committed between two ticks."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from dataclasses import replace

from services.alerting import incident_store as store
from services.alerting.evaluator import Evaluator
from services.alerting.incidents import Incident, Notice, Silence
from services.alerting.rules import Rule, Severity
from services.alerting.timeline import Moment
from services.outbox.posts import Post, enqueue

SILENCE_MAX = 7 * 86_400.0


class AlertDesk:
    """Lists, acknowledges, silences, tests; and notes what changes in the bot.

    Args:
        evaluator: loaded.
    """

    def __init__(self, evaluator: Evaluator) -> None:
        self._evaluator = evaluator

    @property
    def rules(self) -> tuple[Rule, ...]:
        """List the rules, with the thresholds in force."""
        return tuple(watch.rule for watch in self._evaluator.watches.values())

    @property
    def silences(self) -> tuple[Silence, ...]:
        """List the silences."""
        return tuple(self._evaluator.silences.values())

    async def incidents(self, limit: int = 25) -> tuple[Incident, ...]:
        """List incidents, the open ones first, then the newest."""
        return await self._evaluator.act(lambda connection, _: store.incidents(connection, limit))

    async def incident(self, number: int) -> Incident | None:
        """Find an incident."""
        return await self._evaluator.act(lambda connection, _: store.incident(connection, number))

    async def acknowledge(self, number: int, by: str) -> Incident | None:
        """Stop the repeats of an incident up to its present severity; None when it is not open."""

        def change(incident: Incident, moment: Moment) -> Incident:
            return replace(incident, acked=incident.severity, acked_by=by, acked_at=moment.unix)

        return await self._evaluator.act(
            lambda connection, moment: _change(connection, number, change, moment)
        )

    async def silence_incident(self, number: int, seconds: float, by: str) -> Incident | None:
        """Silence an incident's rule up to its present severity; None when it is not open."""

        def work(connection: sqlite3.Connection, moment: Moment) -> Incident | None:
            incident = store.incident(connection, number)
            if incident is None or not incident.open:
                return None
            silence = _silence(incident.rule, incident.severity, seconds, by, moment)
            return _silenced(connection, silence, moment)

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
        if rule not in self._evaluator.watches:
            raise ValueError(f"there is no rule {rule}")
        await self._evaluator.act(
            lambda connection, moment: _silenced(
                connection, _silence(rule, severity, seconds, by, moment), moment
            )
        )

    async def unsilence(self, rule: str) -> None:
        """End a silence; what still fires is told at the next tick."""
        await self._evaluator.act(lambda connection, _: store.lift_silence(connection, rule))

    async def set_threshold(self, rule: str, severity: Severity, value: float) -> Rule:
        """Change a threshold, from the next tick on and after restarts.

        Raises:
            ValueError: there is no such rule or level, or the value cannot be.
        """
        watch = self._evaluator.watches.get(rule)
        if watch is None:
            raise ValueError(f"there is no rule {rule}")
        changed = watch.rule.with_thresholds({severity: value})
        await self._evaluator.act(
            lambda connection, _: store.save_threshold(connection, rule, severity, value)
        )
        return changed

    async def note(self, text: str) -> None:
        """Note a change of the bot (start, reload, log level), for incidents that follow it."""
        await self._evaluator.act(
            lambda connection, moment: store.note_change(connection, text, moment.unix)
        )

    async def test(self, by: str) -> None:
        """Post a test alert, as a real one goes."""

        def work(connection: sqlite3.Connection, moment: Moment) -> None:
            post = Post(
                subject=f"test:{moment.now:.6f}",
                kind="open",
                urgent=False,
                title="Test alert",
                body=json.dumps({"by": by}),
            )
            enqueue(connection, post, moment.unix)

        await self._evaluator.act(work)


def _change(
    connection: sqlite3.Connection,
    number: int,
    change: Callable[[Incident, Moment], Incident],
    moment: Moment,
) -> Incident | None:
    """Change an open incident, and its card if it has one."""
    incident = store.incident(connection, number)
    if incident is None or not incident.open:
        return None
    incident = store.save_incident(connection, change(incident, moment), moment.now)
    if incident.announced:
        store.post_notice(connection, incident, Notice("restore", "changed"), moment.unix)
    return incident


def _silence(rule: str, severity: Severity, seconds: float, by: str, moment: Moment) -> Silence:
    if not 0 < seconds <= SILENCE_MAX:
        raise ValueError(f"a silence lasts up to 7 days, not {seconds:g} s")
    return Silence(rule, severity, moment.now + seconds, moment.unix + seconds, by)


def _silenced(connection: sqlite3.Connection, silence: Silence, moment: Moment) -> Incident | None:
    store.add_silence(connection, silence)
    latest = store.last_incidents(connection).get(silence.rule)
    if latest is None or latest.severity > silence.severity:
        return latest
    until = silence.shown_until
    return _change(
        connection, latest.id, lambda incident, _: replace(incident, silenced_until=until), moment
    )
