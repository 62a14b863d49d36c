"""LoopRow: how a ``discord.ext.tasks.Loop`` stands; frozen."""

from __future__ import annotations

from typing import Literal, Protocol

from services.debugcog.frozen import frozen

LoopState = Literal["failed", "late", "retrying", "ending", "running", "waiting", "stopped", "new"]

STATES: tuple[LoopState, ...] = (
    "failed",
    "late",
    "retrying",
    "ending",
    "running",
    "waiting",
    "stopped",
    "new",
)
"""Worst first."""
MARKS: dict[LoopState, str] = {
    "failed": "🔴",
    "late": "⚠️",
    "retrying": "⚠️",
    "ending": "⏳",
    "running": "▶️",
    "waiting": "✅",
    "stopped": "⏹️",
    "new": "▫️",
}


@frozen
class LoopRow:
    """One ``discord.ext.tasks.Loop``.

    Attributes:
        key: by which it is found again.
        name: of its function.
        owner: ``cog Chat``, ``the bot`` or ``module jobs``.
        state: ``failed``: an error ended it; ``late``: its next run is overdue; ``retrying``: a
            connection error, it goes on; ``ending``: it is being cancelled; ``running``: in its
            function now; ``waiting``: for its next run; ``stopped``; ``new``: never started.
        every: its interval or its times, in words.
        iterations: that were completed since it was started.
        next_run: unix seconds; None where none is planned.
        late: seconds that its next run is overdue.
        error: type of the last error; empty without one.
        error_id: under which /debug errors has it; empty where it does not.
        error_at: unix seconds.
        alive: whether it can be cancelled.
    """

    key: str
    name: str
    owner: str
    state: LoopState
    every: str
    iterations: int
    next_run: float | None
    late: float
    error: str
    error_id: str
    error_at: float
    alive: bool

    @property
    def mark(self) -> str:
        """Return the sign of its state."""
        return MARKS[self.state]


class Loops(Protocol):
    """The loops of a bot, on its thread; each of the three returns None without such a loop."""

    async def rows(self) -> tuple[LoopRow, ...]:
        """List them all."""

    def row(self, key: str) -> LoopRow | None:
        """Return the one of a key."""

    async def restart(self, key: str) -> bool | None:
        """Cancel its present run and start it again; False while that run has not ended."""

    async def cancel(self, key: str) -> bool | None:
        """Cancel it; return whether it has ended."""

    def start(self, key: str) -> bool | None:
        """Start it, with what it was called with before."""
