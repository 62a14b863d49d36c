"""RuleStatus: a rule with its current value, state, incident and silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from services.debugcog.alerting.incidents import Incident, Silence
from services.debugcog.alerting.reads import Quality, Signal
from services.debugcog.alerting.rules import Rule, Severity
from services.debugcog.alerting.states import SeverityState
from services.debugcog.frozen import frozen

UNKNOWN = "❔"
"""The mark of a rule without a value."""
WITHOUT_VALUE = {Quality.FEW: "not enough traffic yet", Quality.MISSING: "no value"}

DEFAULT_UNITS = {
    "response_time": "ms",
    "memory": "MB",
    "error_rate": "%",
    "event_loop": "ms",
    "gateway": "s",
}
"""Default rules → the units of what they watch; the others have none."""


def watches(rule: Rule, name: str) -> bool:
    """Return whether a rule watches what the default one of a name does.

    A host's rule in its place may read something else: memory in percent of what there is.
    """
    return rule.name == name and rule.unit == DEFAULT_UNITS.get(name, "")


@frozen
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
    def about_to_fire(self) -> bool:
        """Tell whether its value is out of bounds, though not for long enough for an incident."""
        return self.pending is not None and self.incident is None

    @property
    def known(self) -> bool:
        """Tell whether there is something to mark: a value, or an incident."""
        return self.signal.quality is Quality.GOOD or self.state.severity > Severity.OK

    @property
    def mark(self) -> str:
        """Return the mark of the rule itself, as lists and cards of rules show it."""
        nothing = self.severity is Severity.OK and self.signal.quality is Quality.MISSING
        return UNKNOWN if nothing else self.severity.mark

    @property
    def missing(self) -> str:
        """Say why it reads nothing; empty where it reads something."""
        never = "not recorded by this bot"
        return WITHOUT_VALUE.get(self.signal.quality, "") if self.recorded else never

    @property
    def _reached(self) -> Severity:
        good = self.signal.quality is Quality.GOOD
        return self.rule.severity_of(self.signal.value) if good else Severity.OK

    @property
    def changed(self) -> bool:
        """Tell whether its thresholds are others than configured."""
        levels = (Severity.WARNING, Severity.CRITICAL)
        return any(self.rule.threshold(one) != self.configured.threshold(one) for one in levels)


def worst_first(rules: Iterable[RuleStatus]) -> list[RuleStatus]:
    """Sort rules by their severity; those that are equally bad keep their order."""
    return sorted(rules, key=lambda one: -one.severity)


def rules_named(wanted: str, rules: Sequence[RuleStatus]) -> tuple[RuleStatus, ...]:
    """Find a rule by its name or title, or all that have a part of them; any letters' case."""
    names = [(one, f"{one.rule.name}\n{one.rule.title}".casefold()) for one in rules]
    exact = [one for one, both in names if wanted.casefold() in both.split("\n")]
    part = [one for one, both in names if wanted.casefold() in both]
    return tuple(exact[:1] or part)


def watching(rules: Mapping[str, RuleStatus], name: str) -> RuleStatus | None:
    """Return how the rule stands that watches what the default one of a name does, if one does."""
    status = rules.get(name)
    return status if status is not None and watches(status.rule, name) else None
