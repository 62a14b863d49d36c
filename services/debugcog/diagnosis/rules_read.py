"""Alert rules as they stand → those that are over a threshold."""

from __future__ import annotations

from collections.abc import Mapping

from services.debugcog.alerting.reads import Quality
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Severity
from services.debugcog.units import human

Rules = Mapping[str, RuleStatus]


def exceeded(rules: Rules, name: str) -> RuleStatus | None:
    """Return how a rule stands if it warns now; not one whose value is back, though it waits."""
    status = rules.get(name)
    if status is None or not status.known or status.severity is Severity.OK:
        return None
    lowest = status.rule.warning or status.rule.critical
    is_read = status.signal.quality is Quality.GOOD
    back = is_read and lowest is not None and status.signal.value < lowest.clear
    return None if back else status


def value_text(status: RuleStatus) -> str:
    """Write what a rule reads now."""
    is_read = status.signal.quality is Quality.GOOD
    shown = human(status.signal.value, status.rule.unit) if is_read else "no value now"
    return f"{status.rule.title}: {shown} ({status.rule.description})"
