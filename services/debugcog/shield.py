"""Coroutine → awaited or left to its end, even if its caller is cancelled."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")


async def shielded(work: Coroutine[Any, Any, T]) -> T:
    """Run ``work`` in a task of its own and wait for it; a cancellation is raised after its end.

    What gives back hooks, files and threads is run by this: half of it is worse than none.
    """
    task = asyncio.create_task(work, name="debugcog-shielded")
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait((task,))
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None and not task.cancelled() and task.exception() is None:
        raise cancelled
    return task.result()


async def left_alone(request: Coroutine[Any, Any, T], seconds: float | None = None) -> T:
    """Wait for a request of the host's HTTP client, which is never cancelled.

    discord.py 2.7.1 locks its client while a global rate limit lasts, and a request that is
    cancelled in that time never unlocks it: nothing of the host would reach Discord again.

    Args:
        request: goes on where it is late, or where its waiter is cancelled.
        seconds: that it is waited for; None for as long as it takes.

    Raises:
        TimeoutError: it is late.
    """
    task = asyncio.create_task(request, name="debugcog-request")
    task.add_done_callback(_read)
    await asyncio.wait((task,), timeout=seconds)
    if not task.done():
        raise TimeoutError
    return task.result()


def _read(task: asyncio.Task[Any]) -> None:
    """Look at what a request ended with, so that nobody is told of an exception left unseen."""
    if not task.cancelled():
        task.exception()
