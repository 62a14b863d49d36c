"""RecentChange and Acknowledgement: records inside an Incident; frozen."""

from __future__ import annotations

from services.debugcog.alerting.rules import Severity
from services.debugcog.frozen import frozen

RESTART = "restart"
LABELS = {
    "Deployed": "deploy",
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


@frozen
class Acknowledgement:
    """Up to which severity repeats are stopped, by whom, and since when in unix seconds."""

    severity: Severity = Severity.OK
    by: str = ""
    at: float = 0.0


NOT_ACKNOWLEDGED = Acknowledgement()
