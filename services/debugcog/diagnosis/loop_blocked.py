"""Check: what has blocked the event loop in the last hour."""

from __future__ import annotations

from collections.abc import Iterator

from services.debugcog.alerting.rules import Severity
from services.debugcog.diagnosis.findings import Finding
from services.debugcog.stalls.stall import StallSummary
from services.debugcog.wording import counted

CRITICAL_SECONDS = 3.0
"""In which Discord wants an answer to an interaction."""


def loop_blocked(stalls: StallSummary) -> Iterator[Finding]:
    """Look at the stalls.

    Args:
        stalls: of the last hour.
    """
    worst = stalls.worst
    if worst is None:
        return
    where = f" at {worst.place}" if worst.place else ""
    evidence = [
        f"{counted(stalls.count, 'stall')} in the last hour, the longest {worst.duration}",
        f"{worst.function or 'nobody was seen'}{where}",
        *([worst.hint] if worst.hint else []),
    ]
    severity = Severity.CRITICAL if worst.seconds >= CRITICAL_SECONDS else Severity.WARNING
    fix = "Await instead of blocking, or use `asyncio.to_thread`."
    yield Finding(severity, "The event loop was blocked", tuple(evidence), fix)
