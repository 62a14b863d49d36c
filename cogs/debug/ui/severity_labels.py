"""Severity, value and unit → the mark, colour and words that alerts show everywhere."""

from __future__ import annotations

from typing import get_args

from cogs.debug.ui.actions import Seconds
from cogs.debug.ui.reply import Colour
from cogs.debug.ui.times import seconds
from services.debugcog.alerting.rules import Severity
from services.debugcog.charting.chart_spec import Unit
from services.debugcog.charting.scales import human

COLOURS = {
    Severity.OK: Colour.GOOD,
    Severity.WARNING: Colour.WARNING,
    Severity.CRITICAL: Colour.CRITICAL,
}
MARKS = {Severity.OK: "🟢", Severity.WARNING: "🟡", Severity.CRITICAL: "🔴"}
SILENCES = (("1 h", Seconds(3600)), ("8 h", Seconds(8 * 3600)), ("24 h", Seconds(24 * 3600)))


def measured(value: float, unit: str) -> str:
    """Give a value with its unit."""
    if unit == "s":
        return seconds(value)
    return human(value, unit) if unit in get_args(Unit) else f"{human(value, '')} {unit}"


def silenced_levels(severity: Severity) -> str:
    """Name what a silence up to a severity keeps quiet."""
    return "warnings and critical" if severity is Severity.CRITICAL else "warnings"
