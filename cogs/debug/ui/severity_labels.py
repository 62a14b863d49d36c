"""Severity → mark and colour in alert messages; durations and levels of silences."""

from __future__ import annotations

from cogs.debug.ui.actions import Seconds
from cogs.debug.ui.reply import Colour
from services.debugcog.alerting.rules import Severity

COLOURS = {
    Severity.OK: Colour.GOOD,
    Severity.WARNING: Colour.WARNING,
    Severity.CRITICAL: Colour.CRITICAL,
}
MARKS = {severity: severity.mark for severity in Severity}
SILENCES = (("1 h", Seconds(3600)), ("8 h", Seconds(8 * 3600)), ("24 h", Seconds(24 * 3600)))


def silenced_levels(severity: Severity) -> str:
    """Name what a silence up to a severity keeps quiet."""
    return "warnings and critical" if severity is Severity.CRITICAL else "warnings"
