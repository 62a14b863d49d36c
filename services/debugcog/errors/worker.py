"""Thread that stores errors in batches when signalled, and retries when storing fails."""

from __future__ import annotations

from collections.abc import Callable

from services.debugcog.exceptions import brief
from services.debugcog.guard import attempt, own_logger
from services.debugcog.periodic import PeriodicThread

logger = own_logger("debugcog.errors")

SPACING = 5
"""How many times as long as the pause it is from one call to the next, where signal follows signal:
a bot that fails without end writes to its disk once a second."""
RETRY = 5.0
"""Seconds after which a call that failed is repeated."""


class Worker(PeriodicThread):
    """Calls ``work`` after a signal, or when it asked to be called.

    Args:
        work: returns the seconds after which it wants to be called again, or None.
        pause: seconds from a signal to the call, in which more of them gather; from one call to the
            next it is ``SPACING`` times as long.
    """

    def __init__(self, work: Callable[[], float | None], pause: float) -> None:
        super().__init__(
            "debugcog-errors", work, None, gather=pause, spacing=SPACING * pause, retry=RETRY
        )

    def _tell(self, error: BaseException) -> None:
        """Write no traceback: the error would be reported again, and have to be stored too."""
        text = brief(error)
        attempt(lambda: logger.warning("Errors not stored yet: %s", text), None)
