"""Threads by name and ticks of the event loop → OwnCost: what the cog itself takes, as measured."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping

from services.debugcog.frozen import frozen

OWN = "debugcog"
"""How the names of all threads of ours begin."""


@frozen
class OwnCost:
    """What the cog has taken since it was started.

    Not counted: hooks in the host's calls, what a tick of the loop does after an ``await``, answers
    to ``/debug``, the chart process, and memory beyond the growth while the cog was starting.

    Attributes:
        seconds: since it was started.
        threads: CPU seconds of its threads; None where the system does not tell.
        loop: seconds for which its ticks have held the event loop.
        memory_mb: growth of the process while the cog was starting; None where not told.
    """

    seconds: float
    threads: float | None
    loop: float
    memory_mb: float | None

    @property
    def percent(self) -> float | None:
        """Return the share of one processor, in percent; None where threads are not told."""
        if self.threads is None or self.seconds <= 0:
            return None
        return 100.0 * (self.threads + self.loop) / self.seconds


class CostMeter:
    """Adds up what the cog takes.

    Args:
        threads: CPU seconds of the process's threads by their system's number; None where not told.
        resident: MB of the process; None where not told.
        monotonic: seconds.
    """

    def __init__(
        self,
        threads: Callable[[], Mapping[int, float] | None],
        resident: Callable[[], float | None],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._threads = threads
        self._resident = resident
        self._monotonic = monotonic
        self._began = monotonic()
        self._before = resident()
        self._memory_mb: float | None = None
        self._last: Mapping[int, float] = {}
        self._spent = 0.0
        self._lock = threading.Lock()

    def started(self) -> None:
        """Note that the cog has started, so that its memory can be told."""
        after = self._resident()
        if after is not None and self._before is not None:
            self._memory_mb = max(0.0, after - self._before)

    def read(self, loop: float) -> OwnCost:
        """Add up, from any thread; some ms, so not on the event loop.

        Args:
            loop: seconds for which the ticks have held the event loop.
        """
        now = self._threads()
        own = {one.native_id for one in threading.enumerate() if one.name.startswith(OWN)}
        with self._lock:
            if now is not None:
                self._add({number: spent for number, spent in now.items() if number in own})
            return OwnCost(
                seconds=self._monotonic() - self._began,
                threads=None if now is None else self._spent,
                loop=loop,
                memory_mb=self._memory_mb,
            )

    def _add(self, now: Mapping[int, float]) -> None:
        """Add what threads took since the last time; a number may be another thread's by now."""
        for number, spent in now.items():
            before = self._last.get(number, 0.0)
            self._spent += spent - before if spent >= before else spent
        self._last = now
