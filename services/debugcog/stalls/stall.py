"""Stall and StallSummary: who blocked the event loop, when, for how long; frozen."""

from __future__ import annotations

from services.debugcog.frozen import frozen
from services.debugcog.units import human


@frozen
class Stall:
    """One time in which the event loop ran nothing else; all texts are redacted.

    Attributes:
        began: unix seconds.
        seconds: how long, as ``event_loop_lag_ms`` has it: at most 0.25 s less than it was.
        function: the host's innermost function; one of a library where no code of the host's
            was running; C code that the loop itself has called; empty when nobody was seen.
        file: its file, relative to the host's folder.
        line: its line.
        hint: what it was doing, and what to do instead; empty when that is not known.
        stack: the stack inside the event loop, innermost call first.
        thread: the thread that it ran in, when that was another one than the loop's.
    """

    began: float
    seconds: float
    function: str = ""
    file: str = ""
    line: int = 0
    hint: str = ""
    stack: str = ""
    thread: str = ""

    @property
    def place(self) -> str:
        """Name file and line; empty when nobody was seen."""
        return f"{self.file}:{self.line}" if self.file else ""

    @property
    def duration(self) -> str:
        """Write how long it was."""
        return human(self.seconds, "s")


@frozen
class StallSummary:
    """The stalls of a window.

    Attributes:
        count: how many.
        more: whether there may have been more, longer ago than is kept.
        worst: the longest; None without one.
    """

    count: int = 0
    more: bool = False
    worst: Stall | None = None
