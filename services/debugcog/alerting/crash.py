"""Crash: a run that ended without a stop, and what it left."""

from __future__ import annotations

import json

from services.debugcog.frozen import frozen
from services.debugcog.state.records import record


@frozen
class Hang:
    """A stall of the event loop that had not ended when it was written down.

    Attributes:
        seen: when, in unix seconds.
        seconds: how long it had lasted by then.
        place: the function that blocked, and where; empty when nobody was seen.
        stack: the stack inside the event loop, innermost call first; redacted.
    """

    seen: float
    seconds: float
    place: str = ""
    stack: str = ""


@frozen
class Crash:
    """A run that ended without a stop.

    Attributes:
        started: unix seconds.
        last_beat: unix seconds of the last sign of life.
        down: seconds from then to the next start.
        memory_mb: the last value seen; None when none was.
        trace: what ``faulthandler`` wrote, redacted; empty when nothing.
        log: the last lines of the log, redacted; empty when there is none.
        number: of the run.
        cause: what it died of, in a few words; empty where nothing tells.
        limit_mb: the most memory that it could have; None where the system does not tell.
        trend: how its memory moved in its last hour; empty where that is not known.
        hang: what blocked its event loop in the end, if anything.
    """

    started: float
    last_beat: float
    down: float
    memory_mb: float | None
    trace: str
    log: tuple[str, ...] = ()
    number: int = 0
    cause: str = ""
    limit_mb: float | None = None
    trend: str = ""
    hang: Hang | None = None


def decode(body: str) -> Crash:
    """Read a crash that was kept as JSON, by this version or an earlier one.

    Raises:
        ValueError: it is none.
    """
    return record(Crash, json.loads(body))
