"""asyncio task that calls a function at an interval, and survives its exceptions."""

from __future__ import annotations

import asyncio
import inspect
import logging
from collections.abc import Awaitable, Callable

from services.debugcog.exceptions import loggable
from services.debugcog.guard import attempt, is_hosts

log = logging.getLogger("debugcog.ticker")

INSIST = 1.0
"""Seconds until a task that has not ended is cancelled again."""


async def stop(task: asyncio.Task[None]) -> None:
    """Cancel a task and wait for its end, also where code below it swallows a cancellation.

    Python 3.11's ``asyncio.wait_for`` does, when what it waits for ends in the same moment.
    """
    while not task.done():
        task.cancel()
        await asyncio.wait((task,), timeout=INSIST)


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
        interval: seconds from the start of one tick to the start of the next.
        body: a function or coroutine function without arguments.
    """

    def __init__(
        self, name: str, interval: float, body: Callable[[], Awaitable[None] | None]
    ) -> None:
        self.failures = 0
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
            due = max(due + self._interval, loop.time())
            await asyncio.sleep(due - loop.time())

    async def _tick(self) -> None:
        try:
            result = self._body()
        except BaseException as error:
            if not is_hosts(error):
                raise
            self._failed(error)
            return
        try:
            if inspect.isawaitable(result):
                await result
        except BaseException as error:
            if is_ours(error):
                raise
            self._failed(error)

    def _failed(self, error: BaseException) -> None:
        self.failures += 1
        line, shown = "Tick failed: %s, failure %d", loggable(error)
        attempt(lambda: log.error(line, self._name, self.failures, exc_info=shown), None)
