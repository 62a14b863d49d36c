"""Watch and Signal → the next Watch and what to announce: one rule's tick, still pure."""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from services.debugcog.alerting.incidents import Incident, Notice, Silence, announce, follow, opened
from services.debugcog.alerting.rules import DATA_MISSING, Level, Quality, Rule, Signal
from services.debugcog.alerting.states import MISSING_TICKS, Change, State, Timing, change, step
from services.debugcog.steady_clock import Moment


@dataclass(frozen=True, slots=True)
class Watch:
    """A rule with its state and its latest incident."""

    rule: Rule
    state: State = field(default_factory=State)
    incident: Incident | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one tick made of a watch.

    Attributes:
        watch: the watch from now on.
        notices: what to announce, in this order.
        change: what happened to the severity, if anything did.
    """

    watch: Watch
    notices: tuple[Notice, ...] = ()
    change: Change | None = None


def judge(
    watch: Watch, signal: Signal, silence: Silence | None, moment: Moment, timing: Timing
) -> Verdict:
    """Advance a watch to a moment."""
    rule = watch.rule
    state = step(rule, watch.state, signal, moment.now, timing)
    if state is watch.state:
        return Verdict(watch)
    what = change(watch.state, state, timing)
    value = signal.value if signal.quality is Quality.GOOD else math.nan
    incident = watch.incident
    if what is Change.OPENED:
        incident = opened(rule, state, value, moment)
    elif incident is not None and (incident.open or what is Change.REOPENED):
        incident = follow(incident, rule, state, value, moment)
    else:
        return Verdict(replace(watch, state=state), change=what)
    silenced = silence is not None and incident.severity <= silence.severity
    until = silence.shown_until if silence and silenced else 0.0
    incident = replace(incident, silenced_until=until)
    incident, notices = announce(incident, what, silenced, moment, timing)
    return Verdict(Watch(rule, state, incident), notices, what)


def data_rule(rule: Rule) -> Rule:
    """Make the rule that fires when another one has had no value for three ticks."""
    return Rule(
        name=f"{DATA_MISSING}{rule.name}",
        title=f"No data for {rule.title.lower()}",
        unit="",
        metric="",
        window=rule.window,
        read=rule.read,
        warning=Level(MISSING_TICKS, 1, 0.0),
        critical=None,
        keep=0.0,
        words="Evaluations in a row that found no value",
    )


def ready(rule: Rule, signal: Signal, age: float, timing: Timing) -> bool:
    """Tell whether a rule may be judged ``age`` seconds after the start.

    Until the grace is over, only a rule with a guard that is met.
    """
    return age >= timing.grace or (rule.guarded and signal.quality is Quality.GOOD)
