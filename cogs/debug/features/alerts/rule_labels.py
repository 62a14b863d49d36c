"""RuleStatus → its value, and what the value is, as lists and cards show them."""

from __future__ import annotations

from cogs.debug.ui.escaping import prose
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.units import human
from services.debugcog.wording import clip

TEXT_MAX = 300
"""Characters of a rule's description that a card shows."""


def value_now(rule_status: RuleStatus) -> str:
    """Give what a rule reads, or why it reads nothing."""
    return rule_status.missing or human(rule_status.signal.value, rule_status.rule.unit)


def described(description: str) -> str:
    """Show a rule's description in a line of its card."""
    return clip(prose(description), TEXT_MAX)
