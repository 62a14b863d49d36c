"""The last stalls of this run: kept in bounded memory, summed up by window, and told in the log."""

from __future__ import annotations

import logging
import threading
import time
from collections import deque
from collections.abc import Callable

from services.debugcog.stalls.stall import Stall, StallSummary

log = logging.getLogger("debugcog.stalls")

KEPT = 300
QUIET_SECONDS = 10.0
"""One line is written in this time; how many stalls came meanwhile is added to the next."""


class StallLog:
    """Keeps stalls; from any thread.

    Args:
        clock: monotonic seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._stalls = deque[tuple[float, Stall]](maxlen=KEPT)
        self._lock = threading.Lock()
        self._quiet_until = float("-inf")
        self._untold = 0

    def add(self, stall: Stall) -> None:
        """Keep a stall that has just ended, and write a line about it."""
        now = self._clock()
        with self._lock:
            self._stalls.append((now, stall))
            told = now >= self._quiet_until
            untold, self._untold = self._untold, 0 if told else self._untold + 1
            if told:
                self._quiet_until = now + QUIET_SECONDS
        if told:
            more = f" ({untold} more since the last line)" if untold else ""
            log.warning("Event loop blocked for %s%s%s", stall.duration, by(stall), more)

    def settle(self) -> None:
        """Write how many stalls were left out, once the quiet time is over."""
        now = self._clock()
        with self._lock:
            if not self._untold or now < self._quiet_until:
                return
            untold, self._untold = self._untold, 0
            worst = max((one for _, one in tuple(self._stalls)[-untold:]), key=_seconds)
        log.warning(
            "Event loop blocked %d more times, longest for %s%s", untold, worst.duration, by(worst)
        )

    def still(self, stall: Stall) -> None:
        """Write that a stall goes on."""
        log.warning("Event loop still blocked, for %s now,%s", stall.duration, by(stall))

    def stalls(self, window: float) -> tuple[Stall, ...]:
        """List what ended in the last ``window`` seconds, the newest last."""
        since = self._clock() - window
        with self._lock:
            return tuple(stall for at, stall in self._stalls if at >= since)

    def worst(self, window: float) -> Stall | None:
        """Return the longest stall of the last ``window`` seconds."""
        return max(self.stalls(window), key=_seconds, default=None)

    def summary(self, window: float) -> StallSummary:
        """Sum up the last ``window`` seconds."""
        found = self.stalls(window)
        return StallSummary(len(found), len(found) == KEPT, max(found, key=_seconds, default=None))


def by(stall: Stall) -> str:
    """Name who blocked, for a line of the log."""
    if not stall.function:
        return "; no code was seen in it"
    thread = f" in the thread {stall.thread}" if stall.thread else ""
    hint = f": {stall.hint}" if stall.hint else ""
    return f" by {stall.function} ({stall.place}){thread}{hint}"


def _seconds(stall: Stall) -> float:
    return stall.seconds
