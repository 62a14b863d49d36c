"""Figure: a value with its unit and the mark of the rule that watches it."""

from __future__ import annotations

from collections.abc import Mapping

from services.debugcog.alerting.reads import Quality
from services.debugcog.alerting.rule_status import RuleStatus, by_metric
from services.debugcog.alerting.rules import Severity
from services.debugcog.frozen import frozen
from services.debugcog.units import human

NONE = "\N{EN DASH}"


@frozen
class Figure:
    """A value as every reader sees it.

    Attributes:
        value: in ``unit``; None where there is none. A number of things is an int without a unit,
            and written in full.
        unit: as ``units.human`` takes it.
        severity: of the rule that watches it; None where none does, or where it reads nothing.
    """

    value: float | None
    unit: str = ""
    severity: Severity | None = None

    @property
    def text(self) -> str:
        """Write it for people; a dash where there is no value."""
        if self.value is None:
            return NONE
        if isinstance(self.value, int) and not self.unit:
            return f"{self.value:,}"
        return human(self.value, self.unit)

    @property
    def mark(self) -> str:
        """Return ✅, ⚠️ or 🔴; empty where no rule watches it."""
        return "" if self.severity is None else self.severity.mark


def severity_of(status: RuleStatus | None) -> Severity | None:
    """Grade what a rule watches as the rule itself does now; None where it reads nothing."""
    return status.severity if status is not None and status.known else None


def severity_by_metric(rules: Mapping[str, RuleStatus], metric: str) -> Severity | None:
    """Grade a metric as the worst of the rules does that read it; None where none reads it."""
    return severity_of(by_metric(rules).get(metric))


def rule_reading(status: RuleStatus | None) -> Figure:
    """Return what a rule reads, where that warns: a window's figure may be a calm one beside it."""
    if (
        status is None
        or status.severity is Severity.OK
        or status.signal.quality is not Quality.GOOD
    ):
        return Figure(None)
    value, unit = status.signal.value, status.rule.unit
    return Figure(value if unit else round(value), unit, status.severity)
