"""Work that may block → a thread of its own, which ends with it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")


async def in_thread(work: Callable[[], T]) -> T:
    """Await work in a thread; the loop's own pool may be full of the host's work."""
    thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="debugcog-check")
    try:
        return await asyncio.get_running_loop().run_in_executor(thread, work)
    finally:
        thread.shutdown(wait=False)
