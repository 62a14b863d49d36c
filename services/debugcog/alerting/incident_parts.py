"""Records inside an Incident (changes, acknowledgement, causes) ⇄ their JSON form."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from services.debugcog.alerting.causes import RelatedError, SlowPart
from services.debugcog.alerting.rules import Severity

RECENT_0_1 = re.compile(r"<t:(-?\d+):R> (.*)", re.DOTALL)
"""A recent change as version 0.1 stored it."""
LABELS = {
    "Deployed": "deploy",
    "DebugCog loaded": "restart",
    "Log level": "log level",
    "Thresholds": "thresholds",
}
"""How the text of a change begins → its name in a chart."""


@dataclass(frozen=True, slots=True)
class RecentChange:
    """A change of the bot or of an incident: what it was, and when in unix seconds."""

    at: float
    text: str

    @property
    def label(self) -> str:
        """Name a change of the bot in a word or two, for its mark in a chart; empty for others."""
        return next((word for start, word in LABELS.items() if self.text.startswith(start)), "")


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """Up to which severity repeats are stopped, by whom, and since when in unix seconds."""

    severity: Severity = Severity.OK
    by: str = ""
    at: float = 0.0


NOT_ACKNOWLEDGED = Acknowledgement()


def decode_parts(fields: Mapping[str, Any]) -> dict[str, Any]:
    """Read the records inside an incident; a version before them has written none."""
    before = {"severity": 0, "by": "", "at": 0.0, **fields.get("acked_before", {})}
    slowest = fields.get("slowest")
    return {
        "recent": tuple(change for one in fields["recent"] for change in _recent(one)),
        "history": tuple(RecentChange(**one) for one in fields.get("history", ())),
        "acked_before": Acknowledgement(**{**before, "severity": Severity(before["severity"])}),
        "slowest": SlowPart(**slowest) if slowest else None,
        "errors": tuple(RelatedError(**one) for one in fields.get("errors", ())),
    }


def _recent(stored: Mapping[str, Any] | str) -> Iterator[RecentChange]:
    if not isinstance(stored, str):
        yield RecentChange(stored["at"], stored["text"])
    elif found := RECENT_0_1.fullmatch(stored):
        yield RecentChange(float(found[1]), found[2])
