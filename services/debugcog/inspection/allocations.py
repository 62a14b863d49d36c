"""tracemalloc, started for some minutes → the lines of the host that hold the most memory since."""

from __future__ import annotations

import json
import threading
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from typing import Any

from services.debugcog.frozen import frozen
from services.debugcog.host_files import HostFiles
from services.debugcog.inspection.forked import in_child

FRAMES = 8
"""Calls that are kept of each allocation: a library is called by the host."""
LINES_MAX = 200
MB = 1024 * 1024


@frozen
class Line:
    """What is held by objects that a line has made.

    Attributes:
        file: as the code names it.
        line: its number.
        own: whether it is the host's code.
        size: bytes.
        count: blocks of memory.
    """

    file: str
    line: int
    own: bool
    size: int
    count: int


@frozen
class Held:
    """What was allocated since tracing began, and is not freed.

    Attributes:
        seconds: since it began.
        size: bytes of all lines.
        lines: those that hold the most first.
        cost_mb: that tracing itself takes.
        paused_ms: for which the whole process was held up.
    """

    seconds: float
    size: int
    lines: tuple[Line, ...]
    cost_mb: float
    paused_ms: float


class Allocations:
    """Starts and stops tracing; leaves alone what the host has started.

    Args:
        host: knows the host's files.
        clock: monotonic seconds.
        unwanted: once it is set, a look ends.
    """

    def __init__(
        self,
        host: HostFiles,
        clock: Callable[[], float] = time.monotonic,
        unwanted: threading.Event | None = None,
    ) -> None:
        self._host = host
        self._clock = clock
        self._unwanted = unwanted
        self._since: float | None = None
        self.until = 0.0

    @property
    def running(self) -> bool:
        """Tell whether we trace; not, if somebody else has stopped it."""
        if not tracemalloc.is_tracing():
            self._since = None
        return self._since is not None

    @property
    def is_hosts(self) -> bool:
        """Tell whether the host traces itself."""
        return tracemalloc.is_tracing() and self._since is None

    @property
    def left(self) -> float:
        """Return the seconds until it should stop."""
        return max(0.0, self.until - self._clock())

    def start(self, seconds: float) -> bool:
        """Trace for so long, or so much longer; False where the host does."""
        if self.is_hosts:
            return False
        if not self.running:
            tracemalloc.start(FRAMES)
            self._since = self._clock()
        self.until = self._clock() + seconds
        return True

    def stop(self) -> None:
        """Trace no more, and forget what was found; the host's own tracing goes on."""
        if self.running:
            tracemalloc.stop()
        self._since = None

    def look(self) -> Held:
        """Tell what is held; it waits for a child, so call it in a thread while it runs.

        Raises:
            ChildError: the child gave no answer.
        """
        seconds = self._clock() - (self._since or 0.0)
        cost = tracemalloc.get_tracemalloc_memory() / MB
        returned = in_child(self._sum_up, unwanted=self._unwanted)
        told: dict[str, Any] = json.loads(returned.data)
        lines = tuple(Line(*fields) for fields in told["lines"])
        return Held(seconds, told["size"], lines, cost, returned.paused * 1000)

    def _sum_up(self) -> bytes:
        """Add up by line, in the child: the innermost one of the host's, else the innermost."""
        traces = tracemalloc.take_snapshot().traces
        tracemalloc.stop()
        sizes: Counter[tuple[str, int, bool]] = Counter()
        counts: Counter[tuple[str, int, bool]] = Counter()
        places: dict[Any, tuple[str, int, bool]] = {}
        for _, size, frames, _ in traces._traces:  # type: ignore[attr-defined]  # noqa: SLF001 - as it is kept: a million objects less
            place = places.get(frames)
            if place is None:
                place = places[frames] = self._place(frames)
            sizes[place] += size
            counts[place] += 1
        lines = [(*place, size, counts[place]) for place, size in sizes.most_common(LINES_MAX)]
        return json.dumps({"size": sizes.total(), "lines": lines}).encode()

    def _place(self, frames: tuple[tuple[str, int], ...]) -> tuple[str, int, bool]:
        for file, line in frames:  # innermost first
            if not file.startswith("<") and self._host.is_file_in_app(file):
                return file, line, True
        file, line = frames[0]
        return file, line, False
