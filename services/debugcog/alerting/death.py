"""What a run left, and what the system tells at the next start → what the run died of."""

from __future__ import annotations

from collections.abc import Callable

from services.debugcog.alerting.crash import Hang
from services.debugcog.frozen import frozen
from services.debugcog.process.crash_trace import last_note
from services.debugcog.process.fatal_error import fatal_error
from services.debugcog.process.vitals import Vitals
from services.debugcog.units import duration, human

AT_LIMIT = 0.9
"""Share of the limit from which on the last value says what the memory was at the end."""


@frozen
class Evidence:
    """What is found at a start.

    Attributes:
        trace: what ``faulthandler`` and ``ExitNotes`` wrote in the last run, redacted.
        log: the last lines of its log, redacted.
        vitals: of the system, now.
        trend: tells how memory moved between two times, in unix seconds; empty if unknown.
    """

    trace: str = ""
    log: tuple[str, ...] = ()
    vitals: Vitals = Vitals()
    trend: Callable[[float, float], str] = lambda started, ended: ""


NO_EVIDENCE = Evidence()
"""Of a start that looks at nothing."""


def cause_of(
    memory_mb: float | None, last: Vitals | None, hang: Hang | None, evidence: Evidence
) -> str:
    """Say what a run died of; empty where nothing tells.

    What was written at the end itself counts first, then what the kernel counted, then what was
    seen before.

    Args:
        memory_mb: the last value of the run.
        last: how the system stood when the run was last seen; None where that is not kept.
        hang: what blocked its event loop in the end.
        evidence: of the start that follows.
    """
    note = last_note(evidence.trace)
    written = fatal_error(evidence.trace) or (note.text if note else "")
    if written or last is None:
        return written
    now = evidence.vitals
    restarted = bool(last.boot and now.boot and last.boot != now.boot)
    if not restarted and _killed(last, now):
        return f"out of memory{_memory(memory_mb, last.limit_mb)}"
    if hang is not None:
        place = f" in {hang.place}" if hang.place else ""
        end = "the machine was restarted" if restarted else "it was killed"
        return f"hung{place} for {duration(hang.seconds)} until {end}"
    if restarted:
        return "the machine was restarted"
    near = memory_mb is not None and last.limit_mb and memory_mb >= AT_LIMIT * last.limit_mb
    if near:
        return f"killed, probably out of memory{_memory(memory_mb, last.limit_mb)}"
    return "killed from outside" if last.traced else "killed, or a fatal error without a trace"


def _killed(last: Vitals, now: Vitals) -> bool:
    """Tell whether the kernel has killed for memory since: in the group, or where it is gone."""
    if last.group and last.group == now.group:
        return _rose(last.group_kills, now.group_kills)
    return _rose(last.machine_kills, now.machine_kills)


def _rose(before: int | None, after: int | None) -> bool:
    return before is not None and after is not None and after > before


def _memory(memory_mb: float | None, limit_mb: float | None) -> str:
    limit = "" if limit_mb is None else f" (limit {human(limit_mb, 'MB')})"
    if memory_mb is None:
        return limit
    near = limit_mb is not None and memory_mb >= AT_LIMIT * limit_mb
    return f"{' at' if near else ', last seen at'} {human(memory_mb, 'MB')}{limit}"
