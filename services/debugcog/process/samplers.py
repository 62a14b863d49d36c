"""This process and its event loop → recorded values, and a frozen MemoryReport."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

import psutil

MB = 1024 * 1024
LONG_LAG = 0.5
"""Seconds from which a delay is asked whether the process stood still in it."""


class Recorder(Protocol):
    """Where samples go: a MetricsService, which itself asks this module for its memory."""

    def record(self, name: str, value: float, /) -> None:
        """Record one value of a metric."""


def memory_mb() -> float:
    """Read the resident memory of this process, in MB; 0.0 where the system does not tell."""
    try:
        return float(psutil.Process().memory_info().rss) / MB
    except (psutil.Error, OSError):
        return 0.0


def process_start() -> float:
    """Return when this process was started, in unix seconds; now where the system does not tell."""
    try:
        return float(psutil.Process().create_time())
    except (psutil.Error, OSError):
        return time.time()


@dataclass(frozen=True, slots=True)
class MemoryReport:
    """What the process holds; sizes in MB of 1024² bytes, as everywhere in this project.

    Attributes:
        rss_mb: resident memory of the process.
        uss_mb: memory that only this process uses, what a restart would free; None where the
            system does not tell.
        peak_mb: highest resident memory seen by the sampler.
        system_total_mb, system_available_mb: of the machine, or of the container's limit.
        threads: threads of Python.
        descriptors: open files and sockets (handles on Windows).
        tasks: asyncio tasks of the running loop.
        collections: runs of the garbage collector, by generation.
        uncollectable: objects that the garbage collector gave up on.
        uptime: seconds since the process started.
    """

    rss_mb: float
    uss_mb: float | None
    peak_mb: float
    system_total_mb: float
    system_available_mb: float
    threads: int
    descriptors: int
    tasks: int
    collections: tuple[int, ...]
    uncollectable: int
    uptime: float


class ProcessSampler:
    """Records ``memory_usage_mb`` and ``cpu_percent`` of one process.

    Args:
        metrics: gets the values.
        process: the process to look at; this one by default.
    """

    def __init__(self, metrics: Recorder, process: psutil.Process | None = None) -> None:
        self._metrics = metrics
        self._process = process or psutil.Process()
        self._process.cpu_percent()  # the first call only sets the starting point
        self._peak_mb = 0.0

    def sample(self) -> None:
        """Take one sample (about 10 µs)."""
        self._metrics.record("memory_usage_mb", self._rss_mb())
        self._metrics.record("cpu_percent", self._process.cpu_percent())

    def report(self, tasks: int) -> MemoryReport:
        """Read what ``/debug memory`` shows: some ms, so call it in a thread.

        Args:
            tasks: asyncio tasks, which only the loop's own thread can count.
        """
        machine = psutil.virtual_memory()
        return MemoryReport(
            rss_mb=self._rss_mb(),
            uss_mb=self._uss_mb(),
            peak_mb=self._peak_mb,
            system_total_mb=machine.total / MB,
            system_available_mb=machine.available / MB,
            threads=threading.active_count(),
            descriptors=self._descriptors(),
            tasks=tasks,
            collections=tuple(generation["collections"] for generation in gc.get_stats()),
            uncollectable=len(gc.garbage),
            uptime=time.time() - self._process.create_time(),
        )

    def _rss_mb(self) -> float:
        rss_mb = self._process.memory_info().rss / MB
        self._peak_mb = max(self._peak_mb, rss_mb)
        return rss_mb

    def _uss_mb(self) -> float | None:
        try:
            return float(self._process.memory_full_info().uss) / MB
        except (psutil.Error, OSError):  # hardened kernels hide it even from the process itself
            return None

    def _descriptors(self) -> int:
        process: Any = self._process  # psutil's stubs know the functions of one system only
        return int(process.num_handles() if os.name == "nt" else process.num_fds())


class LagSampler:
    """Records ``event_loop_lag_ms``: how much later than due the loop runs a tick.

    Args:
        metrics: gets the values.
        clock: monotonic seconds.
        suspended: tells how many seconds between two times the process stood still.
    """

    def __init__(
        self,
        metrics: Recorder,
        clock: Callable[[], float] = time.perf_counter,
        suspended: Callable[[float, float], float] = lambda start, end: 0.0,
    ) -> None:
        self._metrics = metrics
        self._clock = clock
        self._suspended = suspended
        self._last: float | None = None

    def sample(self, interval: float) -> None:
        """Take one sample; ``interval`` is the wait in seconds that the loop was asked for."""
        now = self._clock()
        if self._last is not None:
            late = now - self._last - interval
            if late > LONG_LAG:
                late -= self._suspended(self._last, now)
            self._metrics.record("event_loop_lag_ms", max(0.0, late * 1000))
        self._last = now
