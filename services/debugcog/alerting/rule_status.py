"""RuleStatus: a rule with its current value, state, incident and silence."""

from __future__ import annotations

from dataclasses import dataclass

from services.debugcog.alerting.incidents import Incident, Silence
from services.debugcog.alerting.reads import Signal
from services.debugcog.alerting.rules import Rule, Severity
from services.debugcog.alerting.states import SeverityState


@dataclass(frozen=True, slots=True)
class RuleStatus:
    """How a rule stands at one moment.

    Attributes:
        rule: with the thresholds in force.
        configured: with the thresholds of the settings or the host.
        signal: what it reads now.
        state: as the last tick left it.
        incident: the open one, if any.
        silence: the one in force, if any.
    """

    rule: Rule
    configured: Rule
    signal: Signal
    state: SeverityState
    incident: Incident | None = None
    silence: Silence | None = None

    @property
    def severity(self) -> Severity:
        """Return the severity that is shown now."""
        return self.state.severity

    @property
    def pending(self) -> Severity | None:
        """Return the highest level that is exceeded, though not for long enough."""
        for severity, track in (
            (Severity.CRITICAL, self.state.critical),
            (Severity.WARNING, self.state.warning),
        ):
            if track.since is not None and not track.on:
                return severity
        return None

    @property
    def changed(self) -> bool:
        """Tell whether its thresholds are others than configured."""
        levels = (Severity.WARNING, Severity.CRITICAL)
        return any(self.rule.threshold(one) != self.configured.threshold(one) for one in levels)
