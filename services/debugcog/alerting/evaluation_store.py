"""Evaluation of a rule → its rows in the state file (state, incident, posts) and its log line."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace

from services.debugcog.alerting import causes
from services.debugcog.alerting import incident_store as store
from services.debugcog.alerting.evaluation import Evaluation, RuleState
from services.debugcog.alerting.states import Change
from services.debugcog.state import savepoint
from services.debugcog.steady_clock import Timestamp
from services.debugcog.units import human

log = logging.getLogger("debugcog.alerts")

FAILING = "error_rate"
"""Rule whose cause are groups of errors."""
WORSE = (Change.OPENED, Change.ESCALATED, Change.REOPENED)


def save(
    connection: sqlite3.Connection,
    evaluation: Evaluation,
    before: RuleState,
    timestamp: Timestamp,
    recent: float,
) -> RuleState | Exception:
    """Save what has changed of a rule; what cannot be saved of one rule is undone alone.

    Args:
        connection: in a transaction of all rules.
        evaluation: what the rule's state is now.
        before: what it was.
        timestamp: of the tick.
        recent: seconds before an incident of which it tells the changes.

    Returns:
        The state as it is stored, or why it could not be.
    """
    after = evaluation.rule_state
    if after.incident == before.incident and after.state.kept == before.state.kept:
        return after
    return savepoint.apart(
        connection, lambda: _save(connection, evaluation, before, timestamp, recent)
    )


def _save(
    connection: sqlite3.Connection,
    evaluation: Evaluation,
    before: RuleState,
    timestamp: Timestamp,
    recent: float,
) -> RuleState:
    rule_state = evaluation.rule_state
    if rule_state.state.kept != before.state.kept:
        store.save_state(connection, rule_state.rule.name, rule_state.state)
    incident = rule_state.incident
    if incident is None or incident == before.incident:
        return rule_state
    if evaluation.change is Change.OPENED:
        changes = store.recent_changes(
            connection, incident.rule, incident.since - recent, incident.opened
        )
        incident = replace(incident, recent=changes)
    if evaluation.notices and incident.rule == FAILING and incident.open:
        since = incident.since - rule_state.rule.window
        errors = causes.related_errors(connection, since, timestamp.unix)
        incident = replace(incident, errors=errors or incident.errors)
    incident = store.save_incident(connection, incident, timestamp.now)
    for notice in evaluation.notices:
        store.post_notice(connection, incident, notice, timestamp.unix)
    return replace(rule_state, incident=incident)


def write_line(rule_state: RuleState, change: Change | None) -> None:
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
