"""An admin's action → the changed incident, silence and card, inside one transaction."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from dataclasses import replace

from services.debugcog.alerting import incident_store as store
from services.debugcog.alerting.incident_parts import NOT_ACKNOWLEDGED, Acknowledgement
from services.debugcog.alerting.incidents import Incident, Notice, Silence, noted
from services.debugcog.alerting.notices import post_notice
from services.debugcog.alerting.rules import Severity
from services.debugcog.frozen import frozen
from services.debugcog.steady_clock import Timestamp
from services.debugcog.units import duration

SILENCE_MAX = 7 * 86_400.0


@frozen
class Silenced:
    """A silence that was set.

    Attributes:
        silence: with its id.
        before: the one that was in force until then, if any.
        incident: the latest one of the rule, if any.
    """

    silence: Silence
    before: Silence | None
    incident: Incident | None


def acknowledge(
    connection: sqlite3.Connection, timestamp: Timestamp, number: int, by: str
) -> Incident | None:
    """Acknowledge an incident up to its severity; None when it is not open."""

    def change(incident: Incident, timestamp: Timestamp) -> Incident:
        if incident.acked >= incident.severity:
            return incident
        before = Acknowledgement(incident.acked, incident.acked_by, incident.acked_at)
        acked = replace(
            incident,
            acked=incident.severity,
            acked_by=by,
            acked_at=timestamp.unix,
            acked_before=before,
        )
        return noted(acked, f"Acknowledged by {by}", timestamp.unix)

    return _change(connection, number, change, timestamp)


def undo_acknowledge(
    connection: sqlite3.Connection, timestamp: Timestamp, number: int, at_ms: int, by: str
) -> Incident | None:
    """Go back to what was acknowledged before; None when that is not the latest any more."""
    found = store.incident(connection, number)
    if found is None or not found.acked or milliseconds(found.acked_at) != at_ms:
        return None

    def change(incident: Incident, timestamp: Timestamp) -> Incident:
        before = incident.acked_before
        undone = replace(
            incident,
            acked=before.severity,
            acked_by=before.by,
            acked_at=before.at,
            acked_before=NOT_ACKNOWLEDGED,
        )
        return noted(undone, f"Acknowledgement undone by {by}", timestamp.unix)

    return _change(connection, number, change, timestamp)


def silence_of(
    rule: str, severity: Severity, seconds: float, by: str, timestamp: Timestamp
) -> Silence:
    """Make a silence that begins now.

    Raises:
        ValueError: it would last too long.
    """
    if not 0 < seconds <= SILENCE_MAX:
        raise ValueError(f"a silence lasts up to 7 days, not {seconds:g} s")
    return Silence(rule, severity, timestamp.now + seconds, timestamp.unix + seconds, by)


def silence_incident(
    connection: sqlite3.Connection, timestamp: Timestamp, number: int, seconds: float, by: str
) -> Silenced | None:
    """Silence an incident's rule up to its severity; None when it is not open."""
    incident = store.incident(connection, number)
    if incident is None or not incident.open:
        return None
    wanted = silence_of(incident.rule, incident.severity, seconds, by, timestamp)
    return silence(connection, wanted, timestamp)


def silence(connection: sqlite3.Connection, silence: Silence, timestamp: Timestamp) -> Silenced:
    """Set a silence, and note it on the open incident that it holds back."""
    before = store.load_silences(connection).get(silence.rule)
    if before is not None and before.until <= timestamp.now:
        before = None
    silence = store.add_silence(connection, silence)
    latest = store.last_incidents(connection).get(silence.rule)
    if latest is not None and latest.severity <= silence.severity:
        lasts = duration(silence.until - timestamp.now)
        text = f"Silenced for {lasts} by {silence.by}"
        latest = _silenced(connection, latest, silence, text, timestamp) or latest
    return Silenced(silence, before, latest)


def unsilence(
    connection: sqlite3.Connection, timestamp: Timestamp, rule: str, by: str = ""
) -> None:
    """End the silence of a rule."""
    store.lift_silence(connection, rule)
    latest = store.last_incidents(connection).get(rule)
    if latest is not None:
        text = f"Silence ended by {by}" if by else "Silence ended"
        _silenced(connection, latest, None, text, timestamp)


def undo_silence(
    connection: sqlite3.Connection,
    timestamp: Timestamp,
    number: int,
    before: Silence | None,
    by: str,
) -> str | None:
    """Go back to the silence before, if that is not over; None when another one came after it."""
    silences = store.load_silences(connection).values()
    found = next((one for one in silences if one.id == number), None)
    if found is None or found.until <= timestamp.now:
        return None
    left = before.shown_until - timestamp.unix if before else 0.0
    restored = None
    if before is not None and left > 0:
        restored = replace(before, rule=found.rule, until=timestamp.now + left)
        store.add_silence(connection, restored)
    else:
        store.lift_silence(connection, found.rule)
    latest = store.last_incidents(connection).get(found.rule)
    if latest is not None:
        if restored and restored.severity < latest.severity:
            restored = None
        _silenced(connection, latest, restored, f"Silence undone by {by}", timestamp)
    return found.rule


def milliseconds(unix_seconds: float) -> int:
    """Write a moment as a whole number, by which an action is told from others."""
    return round(unix_seconds * 1000)


def _silenced(
    connection: sqlite3.Connection,
    incident: Incident,
    silence: Silence | None,
    text: str,
    timestamp: Timestamp,
) -> Incident | None:
    """Show on an incident which silence is in force, and who set it."""

    def change(incident: Incident, timestamp: Timestamp) -> Incident:
        until, by = (silence.shown_until, silence.by) if silence else (0.0, "")
        if (incident.silenced_until, incident.silenced_by) == (until, by):
            return incident
        changed = replace(incident, silenced_until=until, silenced_by=by)
        return noted(changed, text, timestamp.unix)

    return _change(connection, incident.id, change, timestamp)


def _change(
    connection: sqlite3.Connection,
    number: int,
    change: Callable[[Incident, Timestamp], Incident],
    timestamp: Timestamp,
) -> Incident | None:
    """Change an open incident, and its card if it has one; None when it is not open."""
    before = store.incident(connection, number)
    if before is None or not before.open:
        return None
    changed = change(before, timestamp)
    if changed == before:
        return before
    incident = store.save_incident(connection, changed, timestamp.now)
    if incident.announced:
        post_notice(connection, incident, Notice("restore", "changed"), timestamp.unix)
    return incident
