"""The last stalls, earlier runs' too: in bounded memory, summed up by window, told in the log."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from services.debugcog import wording
from services.debugcog.guard import own_logger
from services.debugcog.stalls import stall as stalls_stall

if TYPE_CHECKING:
    from services.debugcog.stalls.stall import Stall, StallSummary

log = own_logger("debugcog.stalls")

Culprit: TypeAlias = tuple[str, str]
"""Function and place."""

KEPT = 300
QUIET_SECONDS = 10.0
"""One line for each function is written in this time; the next one has how many it did not tell."""


class Quiet:
    """Time without a line about a function.

    Args:
        until: when it is over.

    Attributes:
        untold: stalls of the function meanwhile; there is time for some dozens.
    """

    def __init__(self, until: float) -> None:
        self.until = until
        self.untold: list[stalls_stall.Stall] = []


class StallLog:
    """Keeps stalls; from any thread.

    Args:
        clock: monotonic seconds.
        warn: writes a line, as ``Logger.warning`` does.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        warn: Callable[..., None] = log.warning,
    ) -> None:
        self._clock = clock
        self._warn = warn
        self._stalls = deque[tuple[float, stalls_stall.Stall]](maxlen=KEPT)
        self._added = 0
        self._lock = threading.Lock()
        self._quiet: dict[Culprit, Quiet] = {}

    def add(self, stall: Stall) -> None:
        """Keep a stall that has just ended, and write a line about it."""
        now = self._clock()
        with self._lock:
            self._stalls.append((now, stall))
            self._added += 1
            quiet = self._quiet.get(_culprit(stall))
            if quiet is not None and now < quiet.until:
                quiet.untold.append(stall)
                return
            self._quiet[_culprit(stall)] = Quiet(now + QUIET_SECONDS)
        more = f" ({len(quiet.untold)} more since the last line)" if quiet and quiet.untold else ""
        self._warn("Event loop blocked for %s%s%s", stall.duration, by(stall), more)

    def restore(self, stalls: Iterable[Stall], now: float) -> None:
        """Put the stalls of earlier runs before those of this one.

        Args:
            stalls: the newest last.
            now: unix seconds.
        """
        ahead = self._clock() - now
        earlier = [(stall.began + stall.seconds + ahead, stall) for stall in stalls]
        with self._lock:
            self._stalls = deque((*earlier, *self._stalls), maxlen=KEPT)

    def added(self, after: int) -> tuple[int, tuple[Stall, ...]]:
        """Count the stalls of this run, and list those behind the first ``after`` that are kept."""
        with self._lock:
            count = min(self._added - after, len(self._stalls))
            return self._added, tuple(one for _, one in tuple(self._stalls)[-count:] if count)

    def settle(self) -> None:
        """Write how many stalls were left out, once the quiet time of their function is over."""
        if not self._quiet:
            return
        now = self._clock()
        with self._lock:
            over = {one: quiet for one, quiet in self._quiet.items() if now >= quiet.until}
            for one in over:
                del self._quiet[one]
        for untold in (quiet.untold for quiet in over.values() if quiet.untold):
            worst = max(untold, key=_seconds)
            self._warn(
                "Event loop blocked %s more, longest for %s%s",
                wording.counted(len(untold), "time"),
                worst.duration,
                by(worst),
            )

    def still(self, stall: Stall) -> None:
        """Write that a stall goes on."""
        self._warn("Event loop still blocked, for %s now,%s", stall.duration, by(stall))

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
        return stalls_stall.StallSummary(
            len(found), len(found) == KEPT, max(found, key=_seconds, default=None)
        )


def _culprit(stall: Stall) -> Culprit:
    return stall.function, stall.place


def by(stall: Stall) -> str:
    """Name who blocked, for a line of the log."""
    if not stall.function:
        return "; no code was seen in it"
    thread = f" in the thread {stall.thread}" if stall.thread else ""
    hint = f": {stall.hint}" if stall.hint else ""
    return f" by {stall.function} ({stall.place}){thread}{hint}"


def _seconds(stall: Stall) -> float:
    return stall.seconds
