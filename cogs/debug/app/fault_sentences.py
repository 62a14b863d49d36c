"""Faults of the host's rules and gauges → sentences that say what fails, and how."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from cogs.debug.ui.escaping import inline
from services.debugcog.faults import Fault
from services.debugcog.logfile.text import Redact
from services.debugcog.wording import counted, noun

SHOWN = 5
"""Rules and gauges that fail and are named."""


def fault_sentences(
    rules: Iterable[Fault], gauges: Iterable[Fault], redact: Redact, when: Callable[[float], str]
) -> list[str]:
    """List what of the host's code fails, and how; ``when`` writes a moment."""
    faults = [*(("Rule", one) for one in rules), *(("Gauge", one) for one in gauges)]
    told = [
        f"{kind} {inline(one.name, 60)} fails: {inline(redact(one.text), 120)} "
        f"(first {when(one.since)}, {counted(one.count, 'time')})"
        for kind, one in faults[:SHOWN]
    ]
    more = len(faults) - SHOWN
    fail = noun(more, "fails", "fail")
    return [*told, f"{more} more of them {fail}; the log names all."] if more > 0 else told
