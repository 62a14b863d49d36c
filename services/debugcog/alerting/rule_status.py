"""RuleStatus: a rule with its current value, state, incident and silence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from services.debugcog.alerting.incidents import Incident, Silence
from services.debugcog.alerting.reads import Quality, SeriesStatistic, Signal
from services.debugcog.alerting.rules import Rule, Severity
from services.debugcog.alerting.states import SeverityState
from services.debugcog.frozen import frozen

UNKNOWN = "❔"
"""The mark of a rule without a value."""
WITHOUT_VALUE = {Quality.FEW: "not enough traffic yet", Quality.MISSING: "no value"}

DEFAULTS: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "response_time": ("ms", ("total_response_time", "command")),
    "tokens": ("", ("tokens_input",)),
    "memory": ("MB", ("memory_usage_mb",)),
    "error_rate": ("%", ("errors", "errors_captured")),
    "event_loop": ("ms", ("event_loop_lag_ms",)),
    "gateway": ("s", ("gateway_down_seconds",)),
}
"""Default rules → the unit of what they watch, and the metrics that tell it."""


def watches(rule: Rule, name: str) -> bool:
    """Return whether a rule of a default one's name watches what that does.

    A host's rule in its place may read something else: memory in percent of what there is, or that
    of a graphics card. What a function reads is not known but for its unit.
    """
    unit, metrics = DEFAULTS[name]
    if rule.name != name or rule.unit != unit:
        return False
    names = rule.reads.names if rule.reads else ()
    return not names or not set(metrics).isdisjoint(names)


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


def by_metric(rules: Mapping[str, RuleStatus]) -> dict[str, RuleStatus]:
    """Map each metric of which rules read a statistic to the worst of these rules."""
    worst: dict[str, RuleStatus] = {}
    for status in rules.values():
        reads = status.rule.reads
        if isinstance(reads, SeriesStatistic):
            worst[reads.series] = max(worst.get(reads.series, status), status, key=_standing)
    return worst


def watching(rules: Mapping[str, RuleStatus], name: str) -> RuleStatus | None:
    """Return the worst of the rules that watch what the default one of a name does, if any does.

    That is the one of this name, and all that read the same metric.
    """
    status = rules.get(name)
    own = status if status is not None and watches(status.rule, name) else None
    reads = own.rule.reads if own is not None else None
    metric = reads.series if isinstance(reads, SeriesStatistic) else DEFAULTS[name][1][0]
    found = (own, by_metric(rules).get(metric))
    return max((one for one in found if one is not None), key=_standing, default=None)


def _standing(status: RuleStatus) -> tuple[bool, Severity]:
    return status.known, status.severity
