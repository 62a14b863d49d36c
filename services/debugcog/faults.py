"""What of the host's code fails at present: counted, told once in the log, listed for replies."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from dataclasses import replace

from services.debugcog.exceptions import brief, loggable, type_name
from services.debugcog.frozen import frozen
from services.debugcog.guard import attempt

TOLD_AGAIN = 3_600.0
"""Seconds after which a fault that comes back is told again."""


@frozen
class Fault:
    """Something of the host's that raises whenever it is called.

    Attributes:
        name: of the rule or gauge.
        since: unix seconds of the first time; it has not worked since.
        count: how often, since then.
        type: of the exception.
        text: type and text of the exception, in one line.
    """

    name: str
    since: float
    count: int
    type: str
    text: str


class Faults:
    """The faults of one kind of code; used by one thread at a time, read by any.

    Args:
        line: of the log, with a ``%s`` for the name; what was raised follows it.
        log: where a fault is told.
        clock: unix seconds.

    Attributes:
        count: calls that raised, since start.
    """

    def __init__(
        self, line: str, log: logging.Logger, clock: Callable[[], float] = time.time
    ) -> None:
        self.count = 0
        self._line = line
        self._log = log
        self._clock = clock
        self._faults: dict[str, Fault] = {}
        self._told: dict[str, tuple[float, str]] = {}

    @property
    def current(self) -> tuple[Fault, ...]:
        """List what fails now, the oldest fault first."""
        return tuple(sorted(self._faults.values(), key=lambda fault: fault.since))

    def failed(self, name: str, error: BaseException) -> None:
        """Note that something has raised, and tell it if that is news."""
        self.count += 1
        now, kind, known = self._clock(), type_name(type(error)), self._faults.get(name)
        if known is not None and known.type == kind:  # its text is not asked for each time
            self._faults[name] = replace(known, count=known.count + 1)
            return
        since = known.since if known else now
        count = known.count + 1 if known else 1
        self._faults[name] = fault = Fault(name, since, count, kind, brief(error))
        told_at, told_kind = self._told.get(name, (0.0, ""))
        if kind != told_kind or not 0 <= now - told_at < TOLD_AGAIN:
            self._told[name] = now, kind
            self._tell(fault, error)

    def works(self, name: str) -> None:
        """Note that something has not raised."""
        self._faults.pop(name, None)

    def forget(self, name: str) -> None:
        """Note that something is there no more, or is another one now."""
        self._faults.pop(name, None)
        self._told.pop(name, None)

    def _tell(self, fault: Fault, error: BaseException) -> None:
        line, shown = self._line, loggable(error)
        attempt(lambda: self._log.warning(line, fault.name, exc_info=shown), None)
