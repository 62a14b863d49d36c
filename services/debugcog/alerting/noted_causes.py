"""Evaluation of a rule → the same, with what is measured to be behind its incident."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from services.debugcog.alerting import causes, incidents
from services.debugcog.alerting.evaluation import Evaluation
from services.debugcog.alerting.rules import Rule
from services.debugcog.alerting.states import Change
from services.debugcog.steady_clock import Timestamp

if TYPE_CHECKING:
    from services.debugcog.alerting.causes import Metrics
    from services.debugcog.alerting.incidents import Incident
    from services.debugcog.stalls.stall import StallSummary

SLOW = "response_time"
"""Rule whose cause is a part of the response."""
BUCKET = 10.0
"""Seconds by which a window of metrics may reach further back: it is made of whole buckets."""


def with_cause(
    evaluation: Evaluation,
    before: Incident | None,
    metrics: Metrics,
    stalls: Callable[[float], StallSummary],
    timestamp: Timestamp,
) -> Evaluation:
    """Note who blocked the event loop, or which part is behind slow responses.

    Args:
        evaluation: of a rule as it is in use.
        before: the rule's latest incident, as it was until now.
        metrics: of the bot.
        stalls: sums up the stalls of the event loop in the last so many seconds.
        timestamp: of the tick.
    """
    rule, incident = evaluation.rule_state.rule, evaluation.rule_state.incident
    if incident is None or not incident.open:
        return evaluation
    if rule.about_lag:
        back = max(0.0, timestamp.unix - incident.back_after)  # what ended before is not behind it
        known = incidents.blame(incident, stalls(min(rule.window + BUCKET, back)).worst)
    elif rule.name == SLOW and _to_measure(evaluation, incident, before):
        known = _with_slowest_part(incident, rule, metrics, timestamp)
    else:
        return evaluation
    return replace(evaluation, rule_state=replace(evaluation.rule_state, incident=known))


def _to_measure(evaluation: Evaluation, incident: Incident, before: Incident | None) -> bool:
    """Tell whether it is at its worst now, or has to be told without a cause.

    While it recovers, each part takes less: what was true at its worst moment stays.
    """
    worst_now = before is None or incident.worst > before.worst
    untold = bool(evaluation.notices) and incident.slowest is None
    began = evaluation.change in (Change.OPENED, Change.REOPENED)
    return began or worst_now or untold


def _with_slowest_part(
    incident: Incident, rule: Rule, metrics: Metrics, timestamp: Timestamp
) -> Incident:
    of_the_whole = rule.reads.names if rule.reads else ()
    breach = timestamp.unix - incident.since
    part = causes.slowest_part(metrics, rule.window, breach, incident.value, of_the_whole)
    return replace(incident, slowest=part or incident.slowest)
