"""RuleStatus → the mark, colour and thresholds that every reply shows of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from cogs.debug.ui.reply import Colour
from cogs.debug.ui.severity_labels import COLOURS, MARKS
from services.debugcog.alerting.rule_status import RuleStatus
from services.debugcog.alerting.rules import Rule, Severity
from services.debugcog.charting.chart_spec import Severity as ThresholdSeverity
from services.debugcog.charting.chart_spec import Threshold

MARKS_OF_GRADES = {COLOURS[severity]: f" {mark}" for severity, mark in MARKS.items()}
WORST_FIRST = (Colour.CRITICAL, Colour.WARNING, Colour.GOOD)

RuleStatuses = Mapping[str, RuleStatus]
"""By the rules' names."""


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an embed, with the grade of its value."""

    name: str
    text: str
    grade: Colour = Colour.NEUTRAL

    @property
    def title(self) -> str:
        """Give the name with the grade's mark, if it has one."""
        return self.name + MARKS_OF_GRADES.get(self.grade, "")


def grade_of(rule_status: RuleStatus | None) -> Colour:
    """Grade what a rule watches as the rule itself does now; without a value, not at all."""
    if rule_status is None or not rule_status.known:
        return Colour.NEUTRAL
    return COLOURS[rule_status.severity]


def thresholds_of(rule: Rule | None) -> tuple[Threshold, ...]:
    """List the thresholds in force, for a chart of what the rule watches."""
    if rule is None:
        return ()
    return threshold_lines(rule.threshold(Severity.WARNING), rule.threshold(Severity.CRITICAL))


def threshold_lines(warning: float | None, critical: float | None) -> tuple[Threshold, ...]:
    """Make the lines of a chart for the levels that there are."""
    levels: tuple[tuple[ThresholdSeverity, float | None], ...] = (
        ("warning", warning),
        ("critical", critical),
    )
    return tuple(Threshold(name, enter, name) for name, enter in levels if enter is not None)


def worst(grades: Iterable[Colour]) -> Colour:
    """Pick the colour of the whole reply."""
    present = set(grades)
    return next((grade for grade in WORST_FIRST if grade in present), Colour.NEUTRAL)
