"""RuleStatus: a rule with its current value, state, incident and silence."""

from __future__ import annotations

from dataclasses import dataclass

from services.debugcog.alerting.incidents import Incident, Silence
from services.debugcog.alerting.reads import Quality, Signal
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
        recorded: whether the bot has ever recorded what it reads.
    """

    rule: Rule
    configured: Rule
    signal: Signal
    state: SeverityState
    incident: Incident | None = None
    silence: Silence | None = None
    recorded: bool = True

    @property
    def severity(self) -> Severity:
        """Return the severity of its incident, or of its value where that is worse: its mark."""
        return max(self.state.severity, self._reached)

    @property
    def pending(self) -> Severity | None:
        """Return the level that its value has reached, though not for long enough."""
        return self._reached if self._reached > self.state.severity else None

    @property
    def known(self) -> bool:
        """Tell whether there is something to mark: a value, or an incident."""
        return self.signal.quality is Quality.GOOD or self.state.severity > Severity.OK

    @property
    def _reached(self) -> Severity:
        good = self.signal.quality is Quality.GOOD
        return self.rule.severity_of(self.signal.value) if good else Severity.OK

    @property
    def changed(self) -> bool:
        """Tell whether its thresholds are others than configured."""
        levels = (Severity.WARNING, Severity.CRITICAL)
        return any(self.rule.threshold(one) != self.configured.threshold(one) for one in levels)
