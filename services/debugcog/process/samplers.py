"""This process and its event loop → recorded values, and a frozen MemoryReport."""

from __future__ import annotations

import gc
import os
import threading
import time
from collections.abc import Callable
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from services.debugcog.frozen import frozen
from services.debugcog.guard import own_logger
from services.debugcog.process import procfs, system_figures
from services.debugcog.process.container import memory_limit

if TYPE_CHECKING:
    import psutil

T = TypeVar("T")
log = own_logger("debugcog.process")

MB = 1024 * 1024
STARTED = "process_start_time_seconds"
"""Metric of the unix time at which the process started."""
LONG_LAG = 0.5
"""Seconds from which a delay is asked whether the process stood still in it."""


if TYPE_CHECKING:

    class Recorder(Protocol):
        """Where samples go: a MetricsService, which itself asks this module for its memory."""

        def record(self, name: str, value: float, /) -> None:
            """Record one value of a metric."""


def told(read: Callable[[], T]) -> T | None:
    """Return a figure, or None where the system does not tell it; it costs no other one.

    psutil raises errors of its own, of the system's, and what its own reading of odd systems meets.
    """
    try:
        return read()
    except Exception as problem:  # noqa: BLE001 - whatever it is, the figure is not to be had
        log.debug("Figure not told: %r", problem)
        return None


def memory_mb() -> float:
    """Read the resident memory of this process, in MB; 0.0 where the system does not tell."""
    return told(lambda: float(system_figures.this_process().memory_info().rss) / MB) or 0.0


@frozen
class Run:
    """The present run of a process.

    Attributes:
        uptime: seconds since the process started; setting the clock does not change it.
        peak_mb: the most resident memory that it has had; None where the system does not tell.
    """

    uptime: float
    peak_mb: float | None


@frozen
class MemoryReport:
    """What the process holds; sizes in MB of 1024² bytes, as everywhere in this project.

    What the system does not tell is None.

    Attributes:
        rss_mb: resident memory of the process.
        uss_mb: memory that only this process uses, what a restart would free.
        peak_mb: the most resident memory of this run.
        system_total_mb: of the machine, or the limit of the container.
        system_available_mb: of the machine, or what is left of the container's limit, if less.
        contained: whether a container's limit is told.
        threads: threads of Python.
        descriptors: open files and sockets (handles on Windows).
        tasks: asyncio tasks of the running loop.
        collections: runs of the garbage collector, by generation.
        uncollectable: objects that the garbage collector gave up on.
        uptime: seconds since the process started.
    """

    rss_mb: float | None
    uss_mb: float | None
    peak_mb: float | None
    system_total_mb: float | None
    system_available_mb: float | None
    contained: bool
    threads: int
    descriptors: int | None
    tasks: int
    collections: tuple[int, ...]
    uncollectable: int
    uptime: float


class ProcessSampler:
    """Records ``memory_usage_mb`` and ``cpu_percent`` of one process, and tells of its run.

    Args:
        metrics: gets the values.
        process: the process to look at; this one by default.
        clock: unix time in seconds.
        monotonic: seconds of a clock that nobody sets.
        root: of the file system, for what Linux has in files.

    Attributes:
        started: when the process was started, in unix seconds of the clock at this object's making.
    """

    def __init__(
        self,
        metrics: Recorder,
        process: psutil.Process | None = None,
        *,
        clock: Callable[[], float] = time.time,
        monotonic: Callable[[], float] = time.monotonic,
        root: Path = procfs.ROOT,
    ) -> None:
        self._metrics = metrics
        self._root = root
        self._given = process
        self._pid = process.pid if process else os.getpid()
        self._peak_mb: float | None = None
        self._monotonic = monotonic
        self._began = monotonic() - self._age(clock)
        self.started = clock() - self.uptime

    @cached_property
    def _process(self) -> Any:
        """Look at the process when its figures are asked for first."""
        process: Any = self._given or told(system_figures.this_process)
        told(lambda: process.cpu_percent())  # the first call only sets the starting point
        return process

    def prepare(self) -> None:
        """Import psutil, which takes 10 ms, in the thread that calls.

        In another one it would fail a ``reload_extension`` of the host at that moment: discord.py
        walks through ``sys.modules`` then.
        """
        _ = self._process

    @property
    def uptime(self) -> float:
        """Return the seconds since the process started."""
        return self._monotonic() - self._began

    @property
    def run(self) -> Run:
        """Tell of the present run."""
        return Run(self.uptime, self._highest(told(self._peak)))

    def sample(self) -> None:
        """Take one sample (about 10 µs) of what the system tells."""
        self._record("memory_usage_mb", told(self._rss))
        self._record("cpu_percent", told(lambda: float(self._process.cpu_percent())))

    def sample_start(self) -> None:
        """Record when the process started: where it changes, charts show a restart."""
        self._metrics.record(STARTED, self.started)

    def report(self, tasks: int) -> MemoryReport:
        """Read what ``/debug memory`` shows: some ms, so call it in a thread.

        Args:
            tasks: asyncio tasks, which only the loop's own thread can count.
        """
        machine = told(system_figures.machine_memory)
        total, available = (machine.total, machine.available) if machine else (None, None)
        limit = memory_limit(total, self._root)
        if limit is not None:
            room = limit.room
            total, available = (
                limit.total,
                None if room is None else min(room, room if available is None else available),
            )
        rss_mb = told(self._rss)
        return MemoryReport(
            rss_mb=rss_mb,
            uss_mb=told(lambda: float(self._process.memory_full_info().uss) / MB),
            peak_mb=self.run.peak_mb,
            system_total_mb=_mb(total),
            system_available_mb=_mb(available),
            contained=limit is not None,
            threads=threading.active_count(),
            descriptors=told(self._descriptors),
            tasks=tasks,
            collections=tuple(generation["collections"] for generation in gc.get_stats()),
            uncollectable=len(gc.garbage),
            uptime=self.uptime,
        )

    def thread_seconds(self) -> dict[int, float] | None:
        """Read the CPU seconds of each thread by its system's number; None where not told."""
        found = told(lambda: self._process.threads())
        return None if found is None else {one.id: one.user_time + one.system_time for one in found}

    def _record(self, name: str, value: float | None) -> None:
        if value is not None:
            self._metrics.record(name, value)

    def _age(self, clock: Callable[[], float]) -> float:
        """Return how old the process is; the wall clock is asked where there is nothing better."""
        age = told(lambda: procfs.age(self._pid, self._root))
        if age is None:
            age = told(lambda: max(0.0, clock() - float(self._process.create_time())))
        return age or 0.0

    def _rss(self) -> float:
        rss_mb = float(self._process.memory_info().rss) / MB
        self._highest(rss_mb)
        return rss_mb

    def _peak(self) -> float:
        """Ask the system for the peak, which it knows better than samples do."""
        peak = procfs.peak_bytes(self._pid, self._root)
        if peak is None:
            peak = self._process.memory_info().peak_wset  # Windows only; elsewhere there is none
        return float(peak) / MB

    def _highest(self, mb: float | None) -> float | None:
        self._peak_mb = max(filter(None, (self._peak_mb, mb)), default=None)
        return self._peak_mb

    def _descriptors(self) -> int:
        process = self._process
        return int(process.num_handles() if os.name == "nt" else process.num_fds())


def _mb(size: float | None) -> float | None:
    return None if size is None else size / MB


class LagSampler:
    """Records ``event_loop_lag_ms``: how much later than due the loop runs a tick.

    Args:
        metrics: gets the values.
        clock: monotonic seconds.
        suspended: tells how many seconds between two times the process stood still.
        late: is told when each tick was due, and when it came.
    """

    def __init__(
        self,
        metrics: Recorder,
        clock: Callable[[], float] = time.perf_counter,
        suspended: Callable[[float, float], float] = lambda start, end: 0.0,
        late: Callable[[float, float], None] = lambda due, came: None,
    ) -> None:
        self._metrics = metrics
        self._clock = clock
        self._suspended = suspended
        self._late = late
        self._last: float | None = None

    def sample(self, interval: float) -> None:
        """Take one sample; ``interval`` is the wait in seconds that the loop was asked for."""
        now = self._clock()
        if self._last is not None:
            self._late(self._last + interval, now)
            late = now - self._last - interval
            if late > LONG_LAG:
                late -= self._suspended(self._last, now)
            self._metrics.record("event_loop_lag_ms", max(0.0, late * 1000))
        self._last = now
