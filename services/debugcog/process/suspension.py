"""Beats of a thread → times in which the whole process stood still: SIGSTOP, sleep, a paused VM.

A blocked event loop does not stop this thread, and C code that holds the interpreter's lock uses
the processor. A process that was suspended did neither: no thread ran, and no time was used.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable

from services.debugcog.frozen import frozen
from services.debugcog.periodic import PeriodicThread

BEAT = 0.5
LATE = 2.0
"""Seconds that a beat is late before it is asked why: a machine under load is late, too."""
BUSY = 0.05
"""Share of the processor below which nothing of ours can have held up the beat."""
REMEMBERED = 50
WAIT = 0.1
"""Seconds that a reader waits for the thread that looks just now."""


@frozen
class Suspension:
    """A time in which the process stood still.

    Attributes:
        start, end: on the clock that durations are measured with, in seconds.
        seconds: how long, with the sleep of a machine that this clock does not count.
        ended: unix seconds.
    """

    start: float
    end: float
    seconds: float
    ended: float


@frozen
class Clocks:
    """The clocks that a beat reads, each in seconds.

    Attributes:
        steady: what durations are measured with.
        with_sleep: the same, and goes on while the machine sleeps.
        processor: time that the process has used of it.
        unix: the wall clock.
    """

    steady: Callable[[], float] = time.perf_counter
    with_sleep: Callable[[], float] = time.monotonic
    processor: Callable[[], float] = time.process_time
    unix: Callable[[], float] = time.time


def system_clocks() -> Clocks:
    """Return the clocks of this system; Linux has one of its own that counts its sleep."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return Clocks() if boot is None else Clocks(with_sleep=lambda: time.clock_gettime(boot))


class SuspensionWatch:
    """Notices that the process was suspended, as soon as it runs again.

    Args:
        clocks: what it looks at.
        beat: seconds between two looks of its thread; None leaves them to who asks.
    """

    def __init__(self, clocks: Clocks | None = None, beat: float | None = BEAT) -> None:
        self._clocks = clocks or system_clocks()
        self._beat = BEAT if beat is None else beat
        self._looking = threading.Lock()
        self._spans: deque[Suspension] = deque(maxlen=REMEMBERED)
        self._untold: deque[Suspension] = deque(maxlen=REMEMBERED)
        self._last = self._read()
        self._thread = (
            None if beat is None else PeriodicThread("debugcog-suspension", self.look, beat)
        )

    def start(self) -> None:
        """Watch until ``close``."""
        self._last = self._read()
        if self._thread:
            self._thread.start()

    def close(self) -> None:
        """End the thread."""
        if self._thread:
            self._thread.stop()

    @property
    def recent(self) -> tuple[Suspension, ...]:
        """List the latest, oldest first."""
        return tuple(self._spans)

    def take(self) -> tuple[Suspension, ...]:
        """Return those that nobody has taken yet."""
        taken = []
        while self._untold:
            taken.append(self._untold.popleft())
        return tuple(taken)

    def lost(self, start: float, end: float) -> float:
        """Return the seconds of a duration in which the process stood still; from any thread."""
        self.look()
        inside = (min(end, one.end) - max(start, one.start) for one in self._spans.copy())
        return sum(seconds for seconds in inside if seconds > 0)

    def look(self) -> None:
        """Compare the clocks with the last look's; any thread may be the first after a stop."""
        if self._thread and not self._thread.alive:
            return  # a forked child has no beats that could be late
        if not self._looking.acquire(timeout=WAIT):
            return
        try:
            last, self._last = self._last, self._read()
            steady, with_sleep, processor = (
                now - before for now, before in zip(self._last, last, strict=True)
            )
            passed = max(steady, with_sleep)
            if passed >= self._beat + LATE and processor <= self._beat + BUSY * passed:
                self._note(last[0], self._last[0], passed)
        finally:
            self._looking.release()

    def _note(self, start: float, end: float, passed: float) -> None:
        found = Suspension(start, end, passed, self._clocks.unix())
        self._spans.append(found)
        self._untold.append(found)

    def _read(self) -> tuple[float, float, float]:
        clocks = self._clocks
        return clocks.steady(), clocks.with_sleep(), clocks.processor()
