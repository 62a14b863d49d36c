"""What was done, or refused → a line of the audit log, which no level keeps out."""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Hashable

from services.debugcog.logs import write_always

NAME = "debugcog.audit"
SECONDS = 60.0
"""Between two lines that say the same."""
REMEMBERED = 1_000


def audit(text: str, *arguments: object) -> None:
    """Write what was done; ``text`` has a ``%s`` for each argument."""
    write_always(NAME, logging.INFO, text, *arguments)


def audit_refusal(text: str, *arguments: object) -> None:
    """Write what was refused."""
    write_always(NAME, logging.WARNING, text, *arguments)


class OnceAMinute:
    """Tells what has not been written lately, of what happens again and again.

    Args:
        clock: seconds, from any start.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._written: dict[Hashable, float] = {}

    def __len__(self) -> int:
        return len(self._written)

    def is_news(self, key: Hashable) -> bool:
        """Return whether there is no line of this since less than a minute; then note one."""
        now = self._clock()
        if now - self._written.get(key, -math.inf) < SECONDS:
            return False
        self._written.pop(key, None)  # so that the first one is always the oldest
        self._written[key] = now
        if len(self._written) > REMEMBERED:
            del self._written[next(iter(self._written))]
        return True
