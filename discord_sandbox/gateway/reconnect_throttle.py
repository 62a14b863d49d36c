"""Reconnect throttle: recent closes by the gateway → delay of the next handshake.

A client may reconnect at once after a close that can be resumed, and discord.py does. Where every
connection ends that way, the two would spin, and fill logs, as fast as the machine goes.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

BURST = 20
"""Connections in a second that may end by a close code before the next one waits."""


@dataclass(slots=True)
class ReconnectThrottle:
    """Slows down who is closed again and again; who connects for the first time never waits.

    Args:
        clock: seconds that only grow.
    """

    clock: Callable[[], float]
    _ends: deque[float] = field(default_factory=lambda: deque(maxlen=BURST))

    def closed(self) -> None:
        """Count a connection that was closed with a code."""
        self._ends.append(self.clock())

    def wait(self) -> float:
        """Return the seconds that the next handshake has to wait, mostly 0."""
        if len(self._ends) < BURST:
            return 0.0
        return max(0.0, self._ends[0] + 1.0 - self.clock())
