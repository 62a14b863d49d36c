"""Monotonic and wall clock → Timestamps of a clock that never jumps, even across restarts."""

from __future__ import annotations

import time
from collections.abc import Callable

from services.debugcog.frozen import frozen


@frozen
class Timestamp:
    """One point in time.

    Attributes:
        now: seconds for durations; close to unix time, but set clocks do not move it.
        unix: unix seconds, to show.
    """

    now: float
    unix: float


class SteadyClock:
    """Counts the seconds that count.

    It starts at the wall clock's time, or at the last run's end where that is later; then it
    follows the monotonic clock, but credits a machine that was suspended with ``limit`` seconds.

    Args:
        limit: most seconds that pass between two readings.
        start: the last timestamp of the previous run.
    """

    def __init__(
        self,
        limit: float,
        start: float = 0.0,
        *,
        unix: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._limit = limit
        self._unix = unix
        self._monotonic = monotonic
        self._last = monotonic()
        self._now = max(start, unix())

    def read(self) -> Timestamp:
        """Return the present timestamp."""
        last, self._last = self._last, self._monotonic()
        self._now += min(max(self._last - last, 0.0), self._limit)
        return Timestamp(self._now, self._unix())
