"""Thread that writes the lines about stalls: a handler of the host's that hangs stops no look."""

from __future__ import annotations

from collections import deque

from services.debugcog.guard import own_logger
from services.debugcog.periodic import PeriodicThread

log = own_logger("debugcog.stalls")

LINES_MAX = 100
"""Lines that wait; a handler that hangs for so many costs the oldest of them."""
END_SECONDS = 1.0


class StallLines:
    """Writes lines; from any thread, and without waiting for the host's handlers.

    The loop may hang in such a handler, whose lock the watch would then wait for.
    """

    def __init__(self) -> None:
        self._lines = deque[tuple[str, tuple[object, ...]]](maxlen=LINES_MAX)
        self._thread = PeriodicThread("debugcog-stall-lines", self._write, None)

    def warning(self, message: str, *values: object) -> None:
        """Have a line written, as ``Logger.warning`` takes it."""
        self._lines.append((message, values))
        self._thread.start()
        self._thread.wake()

    def close(self) -> None:
        """Write what waits, and end the thread; one that hangs is left behind."""
        self._thread.stop(END_SECONDS)

    def _write(self) -> None:
        with self._thread.host_call:
            while self._lines:
                message, values = self._lines.popleft()
                log.warning(message, *values)
