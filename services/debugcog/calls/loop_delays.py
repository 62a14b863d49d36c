"""Times at which the event loop was late → for how long it was, in a stretch of time."""

from __future__ import annotations

from collections import deque

LATE_SECONDS = 0.05
"""Longer ones are kept; less is within what many small tasks take."""
KEPT = 50


class LoopDelays:
    """Keeps the last stretches in which the event loop did not get round to its heartbeat."""

    def __init__(self) -> None:
        self._late = deque[tuple[float, float]](maxlen=KEPT)

    def add(self, due: float, came: float) -> None:
        """Note when a heartbeat was due and when it came, in ``time.perf_counter()``."""
        if came - due > LATE_SECONDS:
            self._late.append((due, came))

    def between(self, start: float, end: float) -> float:
        """Return the seconds from ``start`` to ``end`` in which the loop was late, at least."""
        return sum(max(0.0, min(end, came) - max(start, due)) for due, came in self._late)
