"""Values of a metric → functions that hear them, on the thread that is there for that.

They are code of the host's, which may take its time: who asks for figures, mostly the event loop,
folds what is pending as well, and is not to wait for that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from contextlib import suppress

from services.debugcog.exceptions import loggable
from services.debugcog.guard import attempt, is_hosts, own_logger

log = own_logger("debugcog.metrics")

Listener = Callable[[Sequence[float]], object]
WAITING_MAX = 1_000
"""Batches that wait while a listener does not return; the oldest go first."""


class Untold:
    """What the listeners of one metric are still to hear.

    Args:
        listeners: the live list of them.
    """

    def __init__(self, listeners: list[Listener]) -> None:
        self._listeners = listeners
        self._batches = deque[Sequence[float]](maxlen=WAITING_MAX)

    def __len__(self) -> int:
        return len(self._batches)

    def put(self, values: Sequence[float]) -> None:
        """Note values that were folded."""
        if values and self._listeners:
            self._batches.append(values)

    def tell(self) -> None:
        """Call the listeners with what they have not heard; one that raises is dropped."""
        with suppress(IndexError):  # another thread tells, too
            while self._batches:
                self._tell(self._batches.popleft())

    def _tell(self, values: Sequence[float]) -> None:
        for listener in tuple(self._listeners):
            try:
                listener(values)
            except BaseException as error:
                if not is_hosts(error):
                    raise
                line, shown = "Listener of a metric dropped: it raised", loggable(error)
                attempt(lambda: log.error(line, exc_info=shown), None)  # noqa: B023 - called here
                with suppress(ValueError):  # it has been removed meanwhile
                    self._listeners.remove(listener)
