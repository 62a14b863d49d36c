"""Incidents, rule states, silences, thresholds and changes ⇄ rows of the state file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from services.debugcog.alerting import incident_parts
from services.debugcog.alerting import incidents as alerting_incidents
from services.debugcog.alerting.evaluation import RuleState
from services.debugcog.alerting.rules import Rule, Severity
from services.debugcog.alerting.states import SeverityState
from services.debugcog.exceptions import storable
from services.debugcog.frozen import frozen
from services.debugcog.state.records import record
from services.debugcog.state.rows import ROW_ID, as_record, readable

if TYPE_CHECKING:
    from services.debugcog.alerting.incident_parts import RecentChange
    from services.debugcog.alerting.incidents import Incident, Silence

SCHEMA = """
CREATE TABLE IF NOT EXISTS incidents (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    rule TEXT NOT NULL,
    open INTEGER NOT NULL,
    updated REAL NOT NULL,
    body TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS incidents_rule ON incidents (rule, id);
CREATE UNIQUE INDEX IF NOT EXISTS incidents_open ON incidents (rule) WHERE open = 1;
CREATE TABLE IF NOT EXISTS rule_states (rule TEXT PRIMARY KEY, body TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS thresholds (
    rule TEXT NOT NULL, severity INTEGER NOT NULL, value REAL NOT NULL, PRIMARY KEY (rule, severity)
);
CREATE TABLE IF NOT EXISTS silences (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    rule TEXT NOT NULL,
    severity INTEGER NOT NULL,
    until REAL NOT NULL,
    shown_until REAL NOT NULL,
    by TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, text TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS rule_changes (
    id INTEGER PRIMARY KEY AUTOINCREMENT, at REAL NOT NULL, rule TEXT NOT NULL, text TEXT NOT NULL
);
"""
CHANGES_KEPT = 100
CHANGES_TOLD = 5  # by the card of an incident
INCIDENTS_KEPT = 1000


@frozen
class Key:
    """The rule that a row is about."""

    rule: str


@frozen
class Threshold:
    """A threshold that was changed at runtime, as it is stored."""

    rule: str
    severity: Severity
    value: float


def save_incident(connection: sqlite3.Connection, incident: Incident, now: float) -> Incident:
    """Insert or update an incident; a new one comes back with its id."""
    if not incident.id:
        cursor = connection.execute(
            "INSERT INTO incidents (rule, open, updated, body) VALUES (?, ?, ?, '')",
            (incident.rule, incident.open, now),
        )
        incident = replace(incident, id=cursor.lastrowid or 0)
    connection.execute(  # it is not there any more where its row was damaged, and put aside
        "INSERT INTO incidents (open, updated, body, id, rule) VALUES (?, ?, ?, ?, ?)"
        " ON CONFLICT (id) DO UPDATE"
        " SET open = excluded.open, updated = excluded.updated, body = excluded.body",
        (
            incident.open,
            now,
            json.dumps(alerting_incidents.encode(incident)),
            incident.id,
            incident.rule,
        ),
    )
    return incident


def incident(connection: sqlite3.Connection, number: int) -> Incident | None:
    """Find an incident."""
    return next(_incidents(connection, "WHERE id = ?", (number,)), None)


def incidents(connection: sqlite3.Connection, ended: int) -> tuple[Incident, ...]:
    """List all open incidents, the worst first and of those the oldest, then the last ended ones.

    Args:
        connection: of the state file.
        ended: how many of those.
    """
    newest = "SELECT id FROM incidents WHERE open = 0 ORDER BY id DESC LIMIT ?"
    condition = f"WHERE open = 1 OR id IN ({newest}) ORDER BY id DESC"
    return tuple(sorted(_incidents(connection, condition, (ended,)), key=_worst_first))


def _worst_first(incident: Incident) -> tuple[bool, int, float]:
    if incident.open:
        return False, -incident.severity, incident.since
    return True, 0, 0.0


def last_incidents(connection: sqlite3.Connection) -> dict[str, Incident]:
    """Map each rule to the incident that is open, else to its latest one."""
    latest = "COALESCE(MAX(CASE open WHEN 1 THEN id END), MAX(id))"
    condition = f"WHERE id IN (SELECT {latest} FROM incidents GROUP BY rule)"  # noqa: S608 - constants
    return {incident.rule: incident for incident in _incidents(connection, condition)}


def all_incidents(connection: sqlite3.Connection) -> tuple[Incident, ...]:
    """List every incident, the oldest first."""
    return tuple(_incidents(connection, "ORDER BY id"))


def _incidents(
    connection: sqlite3.Connection, condition: str, values: tuple[object, ...] = ()
) -> Iterator[Incident]:
    sql = f"SELECT id AS {ROW_ID}, rule, body FROM incidents {condition}"  # noqa: S608 - constants
    return readable(connection, "incidents", connection.execute(sql, values), _incident)


def _incident(row: sqlite3.Row) -> Incident:
    """Read a row; its columns, by which it is found, are right where its body says otherwise."""
    found = alerting_incidents.decode(json.loads(row["body"]))
    return replace(found, id=row[ROW_ID], rule=record(Key, {"rule": row["rule"]}).rule)


def save_state(connection: sqlite3.Connection, rule: str, state: SeverityState) -> None:
    """Keep what of a rule's state has to survive a restart; running timers do not."""
    connection.execute("REPLACE INTO rule_states VALUES (?, ?)", (rule, json.dumps(state.kept)))


def load_rule_states(connection: sqlite3.Connection, rules: Iterable[Rule]) -> dict[str, RuleState]:
    """Bring each rule together with the thresholds, state and incident that it left behind."""
    states = load_severity_states(connection)
    latest = last_incidents(connection)
    thresholds = load_thresholds(connection)
    rule_states = {}
    for rule in rules:
        changed = _with_thresholds(rule, thresholds.get(rule.name, {}))
        incident = latest.get(rule.name)
        state = states.get(rule.name, SeverityState())
        if state.severity and not (incident and incident.open):  # the rule was gone for a while
            state = SeverityState()
        rule_states[rule.name] = RuleState(changed, state, incident)
    return rule_states


def load_severity_states(connection: sqlite3.Connection) -> dict[str, SeverityState]:
    """Map each rule to what was kept of its state."""
    rows = connection.execute(f"SELECT rowid AS {ROW_ID}, rule, body FROM rule_states")  # noqa: S608 - constant
    return dict(readable(connection, "rule_states", rows, _severity_state))


def _severity_state(row: sqlite3.Row) -> tuple[str, SeverityState]:
    return row["rule"], SeverityState.restored(json.loads(row["body"]))


def _with_thresholds(rule: Rule, changed: Mapping[Severity, float]) -> Rule:
    try:
        return rule.with_thresholds(changed)
    except ValueError:  # the configured values moved, and the pair is out of order now
        return rule


def unfit_thresholds(connection: sqlite3.Connection, rules: Iterable[Rule]) -> tuple[str, ...]:
    """Say which kept thresholds cannot be used any more, a sentence for each rule."""
    thresholds, unfit = load_thresholds(connection), []
    for rule in rules:
        try:
            rule.with_thresholds(thresholds.get(rule.name, {}))
        except ValueError as error:
            unfit.append(f"{rule.name}: {error}")
    return tuple(unfit)


def add_silence(connection: sqlite3.Connection, silence: Silence) -> Silence:
    """Keep a silence; a new one comes back with its id. One of the same rule is replaced."""
    connection.execute("DELETE FROM silences WHERE rule = ?", (silence.rule,))
    cursor = connection.execute(
        "INSERT INTO silences (id, rule, severity, until, shown_until, by)"
        " VALUES (?, ?, ?, ?, ?, ?)",
        (
            silence.id or None,
            silence.rule,
            silence.severity,
            silence.until,
            silence.shown_until,
            silence.by,
        ),
    )
    return replace(silence, id=cursor.lastrowid or 0)


def lift_silence(connection: sqlite3.Connection, rule: str) -> None:
    """Forget the silence of a rule."""
    connection.execute("DELETE FROM silences WHERE rule = ?", (rule,))


def load_silences(connection: sqlite3.Connection) -> dict[str, Silence]:
    """Map the silences by rule; also those that are over."""
    rows = connection.execute(f"SELECT rowid AS {ROW_ID}, * FROM silences")  # noqa: S608 - constant
    found = readable(connection, "silences", rows, as_record(alerting_incidents.Silence))
    return {silence.rule: silence for silence in found}


def save_thresholds(
    connection: sqlite3.Connection, rule: str, values: Mapping[Severity, float]
) -> None:
    """Keep the thresholds of a rule that were changed at runtime, instead of any before."""
    connection.execute("DELETE FROM thresholds WHERE rule = ?", (rule,))
    rows = [(rule, severity, value) for severity, value in values.items()]
    connection.executemany("INSERT INTO thresholds VALUES (?, ?, ?)", rows)


def load_thresholds(connection: sqlite3.Connection) -> dict[str, dict[Severity, float]]:
    """Read the thresholds that were changed at runtime, by rule."""
    rows = connection.execute(f"SELECT rowid AS {ROW_ID}, * FROM thresholds")  # noqa: S608 - constant
    found: dict[str, dict[Severity, float]] = {}
    for one in readable(connection, "thresholds", rows, as_record(Threshold)):
        found.setdefault(one.rule, {})[one.severity] = one.value
    return found


def note_change(connection: sqlite3.Connection, text: str, unix: float, rule: str = "") -> None:
    """Keep a change for incidents to come: of the bot (deploy, log level), or of one rule."""
    text = storable(text)
    if rule:
        sql = "INSERT INTO rule_changes (at, rule, text) VALUES (?, ?, ?)"
        connection.execute(sql, (unix, rule, text))
    else:
        connection.execute("INSERT INTO changes (at, text) VALUES (?, ?)", (unix, text))
    for table in ("changes", "rule_changes"):
        sql = f"DELETE FROM {table} WHERE id <= (SELECT MAX(id) FROM {table}) - ?"  # noqa: S608 - constants
        connection.execute(sql, (CHANGES_KEPT,))


def prune(connection: sqlite3.Connection, now: float) -> None:
    """Forget silences that are over, and all but the newest incidents that have ended."""
    connection.execute("DELETE FROM silences WHERE until <= ?", (now,))
    connection.execute(
        "DELETE FROM incidents WHERE open = 0 AND id <= (SELECT MAX(id) FROM incidents) - ?",
        (INCIDENTS_KEPT,),
    )


def recent_changes(
    connection: sqlite3.Connection, rule: str, start: float, end: float, most: int = CHANGES_TOLD
) -> tuple[RecentChange, ...]:
    """List what changed between two unix times, the latest first.

    Changes of another rule explain nothing, so they are left out.
    """
    both = (
        ("changes", "at BETWEEN :start AND :end"),
        ("rule_changes", "rule = :rule AND at BETWEEN :start AND :end"),
    )
    values = {"rule": rule, "start": start, "end": end, "most": most}
    found: list[RecentChange] = []
    for table, condition in both:
        columns = f"id AS {ROW_ID}, at, text"
        sql = f"SELECT {columns} FROM {table} WHERE {condition} ORDER BY at DESC LIMIT :most"  # noqa: S608 - constants
        rows = connection.execute(sql, values)
        found.extend(readable(connection, table, rows, as_record(incident_parts.RecentChange)))
    return tuple(sorted(found, key=lambda one: one.at, reverse=True)[:most])
