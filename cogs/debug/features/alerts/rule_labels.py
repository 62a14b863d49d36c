"""RuleStatus → its mark and value, and what the value is, as lists and cards show them."""

from __future__ import annotations

from cogs.debug.ui.escaping import plain
from cogs.debug.ui.reply import clip
from cogs.debug.ui.severity_labels import MARKS
from services.debugcog.alerting.reads import Quality
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Severity
from services.debugcog.units import human

UNKNOWN = "❔"
"""The mark of a rule without a value."""
TEXT_MAX = 300
"""Characters of a rule's description that a card shows."""


def mark(rule_status: RuleStatus) -> str:
    """Choose the mark of a rule's state."""
    if rule_status.severity is Severity.OK and rule_status.signal.quality is Quality.MISSING:
        return UNKNOWN
    return MARKS[rule_status.severity]


def value_now(rule_status: RuleStatus) -> str:
    """Give what a rule reads, or why it reads nothing."""
    labels = {Quality.FEW: "not enough traffic yet", Quality.MISSING: "no value"}
    signal = rule_status.signal
    if not rule_status.recorded:
        return "not recorded by this bot"
    return labels.get(signal.quality) or human(signal.value, rule_status.rule.unit)


def described(description: str) -> str:
    """Show a rule's description in a line of its card."""
    return clip(plain(description), TEXT_MAX)
