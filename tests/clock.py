"""A start → a clock that stands still until it is turned."""

from __future__ import annotations


class Clock:
    """Seconds, of whatever kind the test needs."""

    def __init__(self, now: float = 1_800_000_000.0) -> None:
        self.now = now

    def __call__(self) -> float:
        """Give the time."""
        return self.now

    def turn(self, seconds: float) -> None:
        """Let time pass."""
        self.now += seconds
