"""RecentChange and Acknowledgement: records inside an Incident; frozen."""

from __future__ import annotations

from collections.abc import Iterable

from services.debugcog.alerting.rules import Severity
from services.debugcog.frozen import frozen
from services.debugcog.state.records import record

MARKED_BEFORE = 900.0
"""Seconds before an incident that its chart shows."""
RESTART, DEPLOY = "restart", "deploy"
LABELS = {
    "Deployed": DEPLOY,
    "DebugCog loaded": RESTART,
    "DebugCog reloaded": "reload",
    "Log level": "log level",
    "Thresholds": "thresholds",
}
"""How the text of a change begins → its name in a chart."""


@frozen
class RecentChange:
    """A change of the bot or of an incident: what it was, and when in unix seconds."""

    at: float
    text: str

    @property
    def label(self) -> str:
        """Name a change of the bot in a word or two, for its mark in a chart; empty for others."""
        return next((word for start, word in LABELS.items() if self.text.startswith(start)), "")

    @property
    def begins_run(self) -> bool:
        """Tell whether another process goes on from here: a line of a chart does not."""
        return self.label in (RESTART, DEPLOY)


def changes_from(found: Iterable[object]) -> tuple[RecentChange, ...]:
    """Read changes from parsed JSON.

    Raises:
        DamagedRecordError: one is something else.
    """
    return tuple(record(RecentChange, one) for one in found)


@frozen
class Acknowledgement:
    """Up to which severity repeats are stopped, by whom, and since when in unix seconds."""

    severity: Severity = Severity.OK
    by: str = ""
    at: float = 0.0


NOT_ACKNOWLEDGED = Acknowledgement()
