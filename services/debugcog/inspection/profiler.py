"""Thread that samples the event loop's stack for some seconds → Profile.

A profiler of Python's own hooks (cProfile, pyinstrument) is called at every call of the host's,
which made code of many small calls two to six times slower. A thread that looks 100 times a second,
for 30 to 50 µs each, takes less than 1 %, whatever the host does. It cannot look while C code holds
the interpreter; what it sees then stands for all the time since the look before.
"""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Callable

from services.debugcog.frozen import frozen
from services.debugcog.stalls.stacks import Call, calls_in_loop

INTERVAL = 0.01
STACKS_MAX = 5_000
JOIN_SECONDS = 0.2
Stack = tuple[Call, ...]
Lines = tuple[tuple[int, int], ...]
"""Of a stack, the address of each code object and the line: hashing the code itself takes long."""


@frozen
class Profile:
    """Where the time of the event loop went.

    Attributes:
        at: unix seconds at its beginning.
        seconds: how long it was looked at.
        idle: seconds of these in which the loop waited for something to do.
        looks: how often it was looked at.
        stacks: calls inside the loop, innermost first, and the seconds spent like this.
        left_out: seconds of stacks that were too many.
    """

    at: float
    seconds: float
    idle: float
    looks: int
    stacks: tuple[tuple[Stack, float], ...]
    left_out: float = 0.0

    @property
    def busy(self) -> float:
        """Return the seconds in which the loop ran something."""
        return sum(seconds for _, seconds in self.stacks) + self.left_out


class Profiler:
    """Samples the thread that makes it; it ends after some seconds, or when it is stopped.

    Args:
        seconds: how long.
        interval: seconds between two looks.
        clock: seconds that pass.
    """

    def __init__(
        self,
        seconds: float,
        interval: float = INTERVAL,
        clock: Callable[[], float] = time.perf_counter,
    ) -> None:
        self.planned = seconds
        self._interval = interval
        self._clock = clock
        self._watched = threading.get_ident()
        self._stopping = threading.Event()
        self._at = time.time()
        self._began = clock()
        self._ended: float | None = None
        self._idle = self._left_out = 0.0
        self._looks = 0
        self._stacks: dict[Lines, tuple[Stack, float]] = {}
        self._thread = threading.Thread(target=self._run, name="debugcog-profile", daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Tell whether it still looks."""
        return self._thread.is_alive()

    @property
    def passed(self) -> float:
        """Return the seconds since it began, or that it took."""
        return (self._clock() if self._ended is None else self._ended) - self._began

    @property
    def looks(self) -> int:
        """Count the looks so far."""
        return self._looks

    def stop(self) -> None:
        """End it now; what it has seen stays."""
        self._stopping.set()
        self._thread.join(JOIN_SECONDS)

    def profile(self) -> Profile:
        """Return what it saw, once it is over."""
        stacks = tuple(self._stacks.values())
        return Profile(self._at, self.passed, self._idle, self._looks, stacks, self._left_out)

    def _run(self) -> None:
        last, end = self._began, self._began + self.planned
        while last < end and not self._stopping.wait(self._interval):
            frame = sys._current_frames().get(self._watched)  # noqa: SLF001 - documented, for this very purpose
            calls = calls_in_loop(frame)
            del frame  # else it would keep the host's objects alive
            now = self._clock()
            self._add(calls, now - last)
            last = now
        self._ended = self._clock()

    def _add(self, calls: Stack, seconds: float) -> None:
        self._looks += 1
        if not calls:
            self._idle += seconds
            return
        lines = tuple((id(call.code), call.line) for call in calls)
        kept, before = self._stacks.get(lines, (calls, 0.0))
        if before or len(self._stacks) < STACKS_MAX:
            self._stacks[lines] = kept, before + seconds
        else:
            self._left_out += seconds
