"""Evaluation of a rule → its rows in the state file (state, incident, posts) and its log line."""

from __future__ import annotations

import logging
import sqlite3
from dataclasses import replace

from services.debugcog.alerting import announcements, causes, runs
from services.debugcog.alerting import incident_store as store
from services.debugcog.alerting.evaluation import Evaluation, RuleState
from services.debugcog.alerting.incidents import Incident, Notice
from services.debugcog.alerting.notices import post_notice
from services.debugcog.alerting.rules import CRASH_LOOP
from services.debugcog.alerting.sentences import log_text
from services.debugcog.alerting.states import Change, Timing
from services.debugcog.guard import own_logger
from services.debugcog.state import savepoint
from services.debugcog.steady_clock import Timestamp

log = own_logger("debugcog.alerts")

FAILING = "error_rate"
"""Rule whose cause are groups of errors."""
WORSE = (Change.OPENED, Change.ESCALATED, Change.REOPENED)


def save(
    connection: sqlite3.Connection,
    evaluation: Evaluation,
    before: RuleState,
    timestamp: Timestamp,
    timing: Timing,
) -> RuleState | Exception:
    """Save what has changed of a rule; what cannot be saved of one rule is undone alone.

    Args:
        connection: in a transaction of all rules.
        evaluation: what the rule's state is now.
        before: what it was.
        timestamp: of the tick.
        timing: the durations that all rules share.

    Returns:
        The state as it is stored, or why it could not be.
    """
    after = evaluation.rule_state
    unchanged = after.incident == before.incident and after.state.kept == before.state.kept
    if unchanged and not _is_failing(after.incident):
        return after
    return savepoint.apart(
        connection, lambda: _save(connection, evaluation, before, timestamp, timing)
    )


def _is_failing(incident: Incident | None) -> bool:
    """Tell whether an incident is open whose errors move while its value stands still."""
    return incident is not None and incident.open and incident.rule == FAILING


def _save(
    connection: sqlite3.Connection,
    evaluation: Evaluation,
    before: RuleState,
    timestamp: Timestamp,
    timing: Timing,
) -> RuleState:
    rule_state = evaluation.rule_state
    if rule_state.state.kept != before.state.kept:
        store.save_state(connection, rule_state.rule.name, rule_state.state)
    incident, notices = rule_state.incident, evaluation.notices
    if incident is not None and incident.rule == FAILING:
        incident, notices = _with_errors(connection, incident, evaluation, timestamp, timing)
    if incident is None or incident == before.incident:
        return rule_state
    if evaluation.change is Change.OPENED:
        changes = store.recent_changes(
            connection, incident.rule, incident.since - timing.recent, incident.opened
        )
        incident = replace(incident, recent=changes)
    if evaluation.notices and incident.rule == CRASH_LOOP:
        lately = runs.crashes(connection, timestamp.unix, round(incident.worst))
        died_of = tuple(crash.cause for crash in lately)
        incident = replace(incident, died_of=died_of or incident.died_of)
    incident = store.save_incident(connection, incident, timestamp.now)
    for notice in notices:
        post_notice(connection, incident, notice, timestamp.unix)
    return replace(rule_state, incident=incident)


def _with_errors(
    connection: sqlite3.Connection,
    incident: Incident,
    evaluation: Evaluation,
    timestamp: Timestamp,
    timing: Timing,
) -> tuple[Incident, tuple[Notice, ...]]:
    """Name the groups of errors behind it, and edit its card where they alone have moved."""
    notices = evaluation.notices
    if not notices and not announcements.edit_due(incident, timestamp.now, timing):
        return incident, notices
    start = incident.since - evaluation.rule_state.rule.window
    errors = causes.related_errors(connection, start, incident.ended) or incident.errors
    if notices:
        return replace(incident, errors=errors), notices
    if not announcements.errors_moved(incident, errors, timestamp.now, timing):
        return incident, notices
    changed = replace(incident, errors=errors, edited=timestamp.now)
    return changed, (Notice("edit", "changed"),)


def write_line(rule_state: RuleState, change: Change | None) -> None:
    """Write what happened to the local log, whatever becomes of the post."""
    incident = rule_state.incident
    if change is None or incident is None:
        return
    level = logging.WARNING if change in WORSE else logging.INFO
    told = (change.value, incident.id, incident.severity.word, log_text(incident))
    log.log(level, "Alert %s: incident %d, %s, %s", *told)
