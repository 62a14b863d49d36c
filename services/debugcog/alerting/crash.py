"""Crash: a run that ended without a stop, and what it left."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Crash:
    """A run that ended without a stop.

    Attributes:
        started: unix seconds.
        last_beat: unix seconds.
        down: seconds from the last beat to the next start.
        memory_mb: the last value seen; None when none was.
        trace: what ``faulthandler`` wrote, redacted; empty when nothing.
        log: the last lines of the log, redacted; empty when there is none.
    """

    started: float
    last_beat: float
    down: float
    memory_mb: float | None
    trace: str
    log: tuple[str, ...] = ()
