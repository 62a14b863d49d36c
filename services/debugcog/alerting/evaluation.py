"""RuleState and Signal → Evaluation: the next RuleState and the notices to post. Pure."""

from __future__ import annotations

import math
from dataclasses import field, replace
from typing import TYPE_CHECKING

from services.debugcog.alerting import announcements, incidents, sentences
from services.debugcog.alerting.reads import Quality, Signal
from services.debugcog.alerting.rules import DATA_MISSING, Level, Rule
from services.debugcog.alerting.states import (
    MISSING_TICKS,
    Change,
    SeverityState,
    Timing,
    change,
    step,
)
from services.debugcog.frozen import frozen
from services.debugcog.steady_clock import Timestamp
from services.debugcog.wording import within

if TYPE_CHECKING:
    from services.debugcog.alerting.incidents import Incident, Notice, Silence


@frozen
class RuleState:
    """A rule with its state and its latest incident."""

    rule: Rule
    state: SeverityState = field(default_factory=SeverityState)
    incident: Incident | None = None


@frozen
class Evaluation:
    """What one tick made of a rule's state.

    Attributes:
        rule_state: the state from now on.
        notices: what to announce, in this order.
        change: what happened to the severity, if anything did.
    """

    rule_state: RuleState
    notices: tuple[Notice, ...] = ()
    change: Change | None = None


def evaluate(
    rule_state: RuleState,
    signal: Signal,
    silence: Silence | None,
    timestamp: Timestamp,
    timing: Timing,
) -> Evaluation:
    """Advance a rule's state to a moment."""
    rule = rule_state.rule
    state = step(rule, rule_state.state, signal, timestamp.now, timing)
    if state is rule_state.state:
        return Evaluation(rule_state)
    what = change(rule_state.state, state, timing)
    value = signal.value if signal.quality is Quality.GOOD else math.nan
    incident = rule_state.incident
    if what is Change.OPENED:
        incident = incidents.opened(rule, state, value, timestamp)
    elif incident is not None and (incident.open or what is Change.REOPENED):
        incident = incidents.follow(incident, rule, state, value, timestamp)
    else:
        return Evaluation(replace(rule_state, state=state), change=what)
    silenced = silence is not None and incident.severity <= silence.severity
    incident = _with_silence(incident, silence if silenced else None)
    if what not in (None, Change.ENDED):  # its end is noted by what closes it
        incident = incidents.noted(incident, _event(incident, what), timestamp.unix)
    incident, notices = announcements.announce(incident, what, silenced, timestamp, timing)
    return Evaluation(RuleState(rule, state, incident), notices, what)


def _with_silence(incident: Incident, silence: Silence | None) -> Incident:
    """Note the silence that holds back its posts; who silenced it stays named after its end."""
    if silence is None:
        return replace(incident, silenced_until=0.0) if incident.silenced_until else incident
    return replace(incident, silenced_until=silence.shown_until, silenced_by=silence.by)


def _event(incident: Incident, what: Change) -> str:
    """Describe a change for the history of its incident."""
    name = "Flapping" if what is Change.FLAPPING else incident.severity.word.capitalize()
    return ": ".join(filter(None, (name, sentences.value_text(incident))))


def data_rule(rule: Rule) -> Rule:
    """Make the rule that fires when another one has had no value for three ticks."""
    return Rule(
        name=f"{DATA_MISSING}{rule.name}",
        title=f"No data for {within(rule.title)}",
        unit="",
        window=rule.window,
        reads=None,
        warning=Level(MISSING_TICKS, 1, 0.0),
        critical=None,
        keep_firing_for=0.0,
        description=f"The rule has found no value {MISSING_TICKS} times in a row",
    )


def ready(rule: Rule, signal: Signal, age: float, timing: Timing) -> bool:
    """Tell whether a rule may be evaluated ``age`` seconds after the start.

    Until the grace is over, only a rule with a guard that is met.
    """
    return age >= timing.grace or (rule.guarded and signal.quality is Quality.GOOD)
