"""Value and thresholds → grade: the mark and colour of an embed field."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from cogs.debug.ui.reply import Colour

MARKS = {Colour.GOOD: " 🟢", Colour.WARNING: " 🟡", Colour.CRITICAL: " 🔴"}
WORST_FIRST = (Colour.CRITICAL, Colour.WARNING, Colour.GOOD)


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an embed, with the grade of its value."""

    name: str
    text: str
    grade: Colour = Colour.NEUTRAL

    @property
    def title(self) -> str:
        """Give the name with the grade's mark, if it has one."""
        return self.name + MARKS.get(self.grade, "")


def grade_of(value: float | None, warning: float, critical: float) -> Colour:
    """Grade as the alert rules do: a threshold counts as reached at its own value."""
    if value is None:
        return Colour.NEUTRAL
    if value >= critical:
        return Colour.CRITICAL
    return Colour.WARNING if value >= warning else Colour.GOOD


def worst(grades: Iterable[Colour]) -> Colour:
    """Pick the colour of the whole reply."""
    present = set(grades)
    return next((grade for grade in WORST_FIRST if grade in present), Colour.NEUTRAL)
