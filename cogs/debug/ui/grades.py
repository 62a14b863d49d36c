"""Severity of a figure → the mark and colour that every reply shows of it."""

from __future__ import annotations

from collections.abc import Iterable

from cogs.debug.ui.reply import Colour
from cogs.debug.ui.severity_labels import COLOURS, MARKS
from services.debugcog.alerting.rules import Severity
from services.debugcog.answers.figure import Figure
from services.debugcog.frozen import frozen

MARKS_OF_GRADES = {COLOURS[severity]: f" {mark}" for severity, mark in MARKS.items()}
WORST_FIRST = (Colour.CRITICAL, Colour.WARNING, Colour.GOOD)


@frozen
class Field:
    """One field of an embed, with the grade of its value."""

    name: str
    text: str
    grade: Colour = Colour.NEUTRAL

    @property
    def title(self) -> str:
        """Give the name with the grade's mark, if it has one."""
        return self.name + MARKS_OF_GRADES.get(self.grade, "")


def grade_of(severity: Severity | None) -> Colour:
    """Grade a figure that a rule watches; none that no rule does."""
    return Colour.NEUTRAL if severity is None else COLOURS[severity]


def graded(name: str, text: str, figure: Figure, now: Figure) -> Field:
    """Show a window's figures with the rule's mark; where that warns, with what the rule reads."""
    if now.value is not None and f"**{now.text}**" not in text:
        text += f"\nalert value **{now.text}**"
    return Field(name, text, grade_of(figure.severity))


def worst(grades: Iterable[Colour]) -> Colour:
    """Pick the colour of the whole reply."""
    present = set(grades)
    return next((grade for grade in WORST_FIRST if grade in present), Colour.NEUTRAL)
