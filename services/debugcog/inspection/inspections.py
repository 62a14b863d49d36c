"""Inspections: censuses, tracing and profiles, each one at a time, and all ended with the cog."""

from __future__ import annotations

import asyncio
import itertools
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TypeVar

from services.debugcog.guard import own_logger
from services.debugcog.host_files import HostFiles
from services.debugcog.inspection.allocations import Allocations, Held
from services.debugcog.inspection.census import FRESH_SECONDS, Census, take_census
from services.debugcog.inspection.forked import ChildError
from services.debugcog.inspection.profiler import Profiler

T = TypeVar("T")
log = own_logger("debugcog.inspection")

PROFILES_KEPT = 5
CENSUSES_KEPT = 8
"""Each has 2,000 numbers at most; the names are the same objects."""


class Inspections:
    """What has been asked for, and its results; on the bot's loop.

    Args:
        host: knows the host's files.
        fresh: seconds in which no second census is taken.
    """

    def __init__(self, host: HostFiles, fresh: float = FRESH_SECONDS) -> None:
        self.host = host
        self._unwanted = threading.Event()
        self.allocations = Allocations(host, unwanted=self._unwanted)
        self.due: float | None = None
        self._fresh = fresh
        self._censuses = deque[Census](maxlen=CENSUSES_KEPT)
        self._one_at_a_time = asyncio.Lock()
        self._later: asyncio.Task[None] | None = None
        self._stopping: asyncio.TimerHandle | None = None
        self._thread: ThreadPoolExecutor | None = None
        self._profiles: OrderedDict[int, Profiler] = OrderedDict()
        self._keys = itertools.count(-1, -1)

    @property
    def censuses(self) -> tuple[Census, ...]:
        """Return the last censuses, the latest at the end."""
        return tuple(self._censuses)

    async def census(self) -> None:
        """Take a census, unless there is a fresh one.

        Raises:
            ChildError: it could not be taken.
        """
        async with self._one_at_a_time:
            kept = self._censuses
            if not kept or time.time() - kept[-1].at >= self._fresh:
                kept.append(await self._off_loop(partial(take_census, unwanted=self._unwanted)))

    def census_later(self, seconds: float) -> None:
        """Take the next census by itself; one that was planned before is given up."""
        if self._later is not None:
            self._later.cancel()
        self.due = time.time() + seconds
        planned = self._take_later(seconds, self.due)
        self._later = asyncio.create_task(planned, name="debugcog-census")

    async def _take_later(self, seconds: float, due: float) -> None:
        await asyncio.sleep(seconds)
        try:
            await self.census()
        except ChildError as error:
            log.warning("Census not taken: %s", error)
        finally:
            if self.due == due:  # another may have been planned meanwhile
                self.due = None

    def trace(self, seconds: float) -> bool:
        """Trace allocations for so long; False where the host does so itself."""
        if not self.allocations.start(seconds):
            return False
        self._forget_stop()
        loop = asyncio.get_running_loop()
        self._stopping = loop.call_later(seconds, self.allocations.stop)
        return True

    def trace_no_more(self) -> None:
        """End tracing."""
        self._forget_stop()
        self.allocations.stop()

    async def held(self) -> Held:
        """Tell what is held of what was allocated since tracing began.

        Raises:
            ChildError: it could not be told.
        """
        async with self._one_at_a_time:
            return await self._off_loop(self.allocations.look)

    def profile(self, seconds: float, key: int | None = None) -> Profiler:
        """Begin to profile the running loop, or return what was begun under this key.

        While another profile is taken, that one is returned, and is the key's from then on.
        """
        if key is None:
            key = next(self._keys)
        if key in self._profiles:
            return self._profiles[key]
        latest = self.latest_profile
        profiler = latest if latest and latest.running else Profiler(seconds)
        self._profiles[key] = profiler
        while len(self._profiles) > PROFILES_KEPT:
            self._profiles.popitem(last=False)
        return profiler

    @property
    def latest_profile(self) -> Profiler | None:
        """Return the latest profile, which may still run."""
        return next(reversed(self._profiles.values()), None)

    def close(self) -> None:
        """End all."""
        self._unwanted.set()
        if self._later is not None:
            self._later.cancel()
        self.trace_no_more()
        for profiler in self._profiles.values():
            profiler.stop()
        self._profiles.clear()
        if self._thread is not None:
            self._thread.shutdown(wait=False)

    def _forget_stop(self) -> None:
        if self._stopping is not None:
            self._stopping.cancel()
            self._stopping = None

    async def _off_loop(self, work: Callable[[], T]) -> T:
        """Run what waits for a child on a thread of its own; it begins with the first one."""
        if self._thread is None:
            self._thread = ThreadPoolExecutor(1, thread_name_prefix="debugcog-inspection")
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)
