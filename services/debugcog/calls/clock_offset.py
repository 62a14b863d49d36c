"""When Discord stamped something, and when it was seen here → how far the two clocks are apart.

Whatever Discord makes between a request and its answer is stamped between the two by its clock,
and nothing arrives before it was made. Each such fact bounds the offset; what all of them allow is
kept.
"""

from __future__ import annotations

import math

EPOCH_MS = 1_420_070_400_000
"""https://discord.com/developers/docs/reference#snowflakes"""


def created(snowflake: int) -> float:
    """Return when Discord made an id, in unix seconds by its clock."""
    return ((snowflake >> 22) + EPOCH_MS) / 1000


class ClockOffset:
    """Bounds of this machine's clock minus Discord's, in seconds."""

    def __init__(self) -> None:
        self._low = -math.inf
        self._high = math.inf

    @property
    def seconds(self) -> float:
        """Return the offset nearest to none that contradicts nothing that was seen."""
        return min(max(0.0, self._low), self._high)

    def arrived(self, snowflake: int, now: float) -> float:
        """Note that something arrived, and return how many seconds it was on its way, 0 at least.

        Args:
            snowflake: its id.
            now: unix seconds.
        """
        made = created(snowflake)
        self._note(-math.inf, now - made)
        return max(0.0, now - made - self.seconds)

    def made(self, snowflake: int, asked: float, answered: float) -> None:
        """Note that Discord made something for a request, at unix times of this machine."""
        made = created(snowflake)
        self._note(asked - made, answered - made)

    def accepted(self, snowflake: int, asked: float, limit: float) -> None:
        """Note that Discord accepted something that it takes for ``limit`` seconds only."""
        self._note(asked - created(snowflake) - limit, math.inf)

    def _note(self, low: float, high: float) -> None:
        """Keep what agrees; where nothing does, a clock was set or has drifted: begin anew."""
        self._low, self._high = max(low, self._low), min(high, self._high)
        if self._low > self._high:
            self._low, self._high = low, high
