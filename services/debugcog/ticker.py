"""Event loop → calls of a function at an interval, which survive its exceptions."""

from __future__ import annotations

import asyncio
import inspect
import math
import os
import time
from collections.abc import Awaitable, Callable

from services.debugcog.exceptions import loggable
from services.debugcog.guard import attempt, is_hosts, own_logger

log = own_logger("debugcog.ticker")

SHARED = 0.25
"""Seconds: ticks whose interval is as long fall on multiples of it, and share their wake-ups."""
OURS = "debugcog-"
"""How the names of our tasks begin."""
INSIST = 1.0
"""Seconds until a task that has not ended is cancelled again."""


async def stop(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end, also where code below it swallows a cancellation.

    Python 3.11's ``asyncio.wait_for`` does, when what it waits for ends in the same moment. A task
    of another loop is left as it is: see ``wind_up``.
    """
    while not task.done() and is_here(task):
        task.cancel()
        await asyncio.wait((task,), timeout=INSIST)


def is_here(task: asyncio.Task[None]) -> bool:
    """Return whether a task is one of the running loop, on which alone it can be awaited."""
    return task.get_loop() is asyncio.get_running_loop()


def wind_up(loop: asyncio.AbstractEventLoop) -> None:
    """End our tasks on a loop that has stopped; to be called on a thread that runs none."""
    tasks = [one for one in asyncio.all_tasks(loop) if one.get_name().startswith(OURS)]
    if loop.is_closed() or loop.is_running() or not tasks:
        return
    for task in tasks:
        task.cancel()
    loop.run_until_complete(asyncio.wait(tasks, timeout=INSIST))


def is_ours(error: BaseException) -> bool:
    """Return whether an exception that an ``await`` raised is meant for the running task."""
    if isinstance(error, asyncio.CancelledError):
        task = asyncio.current_task()
        return task is None or task.cancelling() > 0
    return isinstance(error, GeneratorExit) or not is_hosts(error)


class Ticker:
    """Runs ``body`` every ``interval`` seconds until closed; a tick that is overrun is skipped.

    ``discord.ext.tasks.loop`` is not used for this: its task is dead for good after the first
    exception that is not a connection error.

    Args:
        name: in the task's name and in the log line of a failed tick.
        interval: seconds from the start of one tick to the start of the next, on average: it may
            come up to ``SHARED`` earlier, so that all tickers of a process wake it up together.
        body: a function or coroutine function without arguments.
    """

    def __init__(
        self, name: str, interval: float, body: Callable[[], Awaitable[None] | None]
    ) -> None:
        self.failures = 0
        self.seconds = 0.0
        """For which it has held the event loop; without what a body does after an ``await``."""
        self._name = name
        self._interval = interval
        self._body = body
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Start ticking; the first tick runs at once."""
        self._task = asyncio.create_task(self._run(), name=f"debugcog-{self._name}")

    async def tick_now(self) -> None:
        """Tick once more at once, beside the regular ones; nothing while it does not run."""
        if self._task is not None:
            await self._tick()

    async def close(self) -> None:
        """Cancel the task and wait for its end."""
        if self._task is not None:
            await stop(self._task)
            self._task = None

    async def _run(self) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            await self._tick()
            due, at = _next(due, self._interval, loop.time())
            await asyncio.sleep(at - loop.time())

    async def _tick(self) -> None:
        began = time.perf_counter()
        try:
            result = self._body()
        except BaseException as error:
            if not is_hosts(error):
                raise
            self._failed(error)
            return
        finally:
            self.seconds += time.perf_counter() - began
        try:
            if inspect.isawaitable(result):
                await result
        except BaseException as error:
            if is_ours(error):
                raise
            self._failed(error)

    def _failed(self, error: BaseException) -> None:
        self.failures += 1
        _tell(self._name, self.failures, error)


class Beat:
    """Calls ``body`` like a ``Ticker``, for half the price: no task is woken up for it.

    Args:
        name: in the log line of a call that failed.
        interval: seconds from one call to the next.
        body: a plain function that never waits.
    """

    def __init__(self, name: str, interval: float, body: Callable[[], None]) -> None:
        self.failures = 0
        self.seconds = 0.0
        """For which it has held the event loop."""
        self._name = name
        self._interval = interval
        self._body = body
        self._due = 0.0
        self._handle: asyncio.Handle | None = None

    def start(self) -> None:
        """Start; the first call comes at once."""
        loop = asyncio.get_running_loop()
        self._due = loop.time()
        self._handle = loop.call_soon(self._call, loop)

    async def close(self) -> None:
        """Call no more."""
        if self._handle is not None:
            self._handle.cancel()
            self._handle = None

    def _call(self, loop: asyncio.AbstractEventLoop) -> None:
        self._due, at = _next(self._due, self._interval, loop.time())
        self._handle = loop.call_at(at, self._call, loop)
        began = time.perf_counter()
        try:
            self._body()
        except BaseException as error:
            if not is_hosts(error):
                raise
            self.failures += 1
            _tell(self._name, self.failures, error)
        finally:
            self.seconds += time.perf_counter() - began


def _tell(name: str, failures: int, error: BaseException) -> None:
    line, shown = "Tick failed: %s, failure %d", loggable(error)
    attempt(lambda: log.error(line, name, failures, exc_info=shown), None)


def _next(due: float, interval: float, now: float) -> tuple[float, float]:
    """Return when the next tick is due, and when it comes: a shared moment before that."""
    due = max(due + interval, now)
    return due, due if interval < SHARED else _shared(due)


def _shared(due: float) -> float:
    """Return the last shared moment up to ``due``; other processes have others."""
    phase = os.getpid() % 250 / 1000
    return math.floor((due - phase) / SHARED + 1e-6) * SHARED + phase
