"""Cleanup coroutine → awaited to completion, even if its caller is cancelled."""

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
