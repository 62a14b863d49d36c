"""Incidents, rule states, silences, thresholds and changes ⇄ rows of the state file."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.debugcog.alerting.evaluation import RuleState
from services.debugcog.alerting.incidents import (
    Incident,
    Notice,
    RecentChange,
    Silence,
    decode,
    encode,
)
from services.debugcog.alerting.rules import Rule, Severity
from services.debugcog.alerting.states import SeverityState
from services.debugcog.outbox.posts import Post, enqueue

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
INCIDENTS_KEPT = 1000


def save_incident(connection: sqlite3.Connection, incident: Incident, now: float) -> Incident:
    """Insert or update an incident; a new one comes back with its id."""
    if not incident.id:
        cursor = connection.execute(
            "INSERT INTO incidents (rule, open, updated, body) VALUES (?, ?, ?, '')",
            (incident.rule, incident.open, now),
        )
        incident = replace(incident, id=cursor.lastrowid or 0)
    connection.execute(
        "UPDATE incidents SET open = ?, updated = ?, body = ? WHERE id = ?",
        (incident.open, now, json.dumps(encode(incident)), incident.id),
    )
    return incident


def post_notice(
    connection: sqlite3.Connection, incident: Incident, notice: Notice, unix: float
) -> None:
    """Queue what is announced of an incident, in the transaction that saves it."""
    state = incident.reason if not incident.open else incident.state
    post = Post(
        subject=f"incident:{incident.id}",
        kind=notice.kind,
        urgent=incident.open and incident.severity is Severity.CRITICAL,
        title=f"Incident {incident.id} · {incident.peak.word} · {incident.title} · {state}",
        body=json.dumps({"event": notice.event, "incident": encode(incident)}),
        capped=notice.event != "ended",
    )
    enqueue(connection, post, unix)


def incident(connection: sqlite3.Connection, number: int) -> Incident | None:
    """Find an incident."""
    row = connection.execute("SELECT body FROM incidents WHERE id = ?", (number,)).fetchone()
    return decode(json.loads(row["body"])) if row else None


def incidents(connection: sqlite3.Connection, limit: int) -> tuple[Incident, ...]:
    """List incidents, the open ones first, then the newest."""
    rows = connection.execute(
        "SELECT body FROM incidents ORDER BY open DESC, id DESC LIMIT ?", (limit,)
    )
    return tuple(decode(json.loads(row["body"])) for row in rows)


def last_incidents(connection: sqlite3.Connection) -> dict[str, Incident]:
    """Map each rule to its latest incident."""
    rows = connection.execute(
        "SELECT rule, body FROM incidents WHERE id IN (SELECT MAX(id) FROM incidents GROUP BY rule)"
    )
    return {row["rule"]: decode(json.loads(row["body"])) for row in rows}


def save_state(connection: sqlite3.Connection, rule: str, state: SeverityState) -> None:
    """Keep what of a rule's state has to survive a restart; running timers do not."""
    connection.execute("REPLACE INTO rule_states VALUES (?, ?)", (rule, json.dumps(state.kept)))


def load_rule_states(connection: sqlite3.Connection, rules: Iterable[Rule]) -> dict[str, RuleState]:
    """Bring each rule together with the thresholds, state and incident that it left behind."""
    rows = connection.execute("SELECT rule, body FROM rule_states")
    states = {row["rule"]: SeverityState.restored(json.loads(row["body"])) for row in rows}
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
    """Keep a silence; it comes back with its id. One of the same rule is replaced."""
    connection.execute("DELETE FROM silences WHERE rule = ?", (silence.rule,))
    cursor = connection.execute(
        "INSERT INTO silences (rule, severity, until, shown_until, by) VALUES (?, ?, ?, ?, ?)",
        (silence.rule, silence.severity, silence.until, silence.shown_until, silence.by),
    )
    return replace(silence, id=cursor.lastrowid or 0)


def lift_silence(connection: sqlite3.Connection, rule: str) -> None:
    """Forget the silence of a rule."""
    connection.execute("DELETE FROM silences WHERE rule = ?", (rule,))


def load_silences(connection: sqlite3.Connection) -> dict[str, Silence]:
    """Map the silences by rule; also those that are over."""
    rows = connection.execute("SELECT rule, severity, until, shown_until, by, id FROM silences")
    found = (Silence(row[0], Severity(row[1]), *tuple(row)[2:]) for row in rows)
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
    found: dict[str, dict[Severity, float]] = {}
    for rule, severity, value in connection.execute("SELECT rule, severity, value FROM thresholds"):
        found.setdefault(rule, {})[Severity(severity)] = value
    return found


def note_change(connection: sqlite3.Connection, text: str, unix: float, rule: str = "") -> None:
    """Keep a change for incidents to come: of the bot (deploy, log level), or of one rule."""
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
    connection: sqlite3.Connection, rule: str, start: float, end: float
) -> tuple[RecentChange, ...]:
    """List what changed between two unix times, the latest first.

    Changes of another rule explain nothing, so they are left out.
    """
    rows = connection.execute(
        "SELECT at, text FROM (SELECT at, text FROM changes"
        " UNION ALL SELECT at, text FROM rule_changes WHERE rule = ?1)"
        " WHERE at BETWEEN ?2 AND ?3 ORDER BY at DESC LIMIT 5",
        (rule, start, end),
    )
    return tuple(RecentChange(*row) for row in rows)
