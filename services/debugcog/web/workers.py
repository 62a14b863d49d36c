"""Threads that compute answers, beside the bot's and the server's, with a deadline."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from services.debugcog.web.questions import RefusedError

T = TypeVar("T")

ANSWER_SECONDS = 8.0
THREADS = 2
CLOSE_SECONDS = 0.3


class Workers:
    """Runs what may take a while, so that the server goes on; used on the server's loop.

    Args:
        seconds: until an answer is given up.
    """

    def __init__(self, seconds: float = ANSWER_SECONDS) -> None:
        self._seconds = seconds
        self._threads: list[threading.Thread] = []
        self._pool = ThreadPoolExecutor(
            THREADS, thread_name_prefix="debugcog-web", initializer=self._begin
        )

    async def run(self, work: Callable[[], T]) -> T:
        """Run ``work`` on a thread.

        Raises:
            RefusedError: it takes too long; it is left to end by itself.
        """
        return await self.within(asyncio.get_running_loop().run_in_executor(self._pool, work))

    async def within(self, work: Awaitable[T]) -> T:
        """Wait for something, as long as an answer may take.

        Raises:
            RefusedError: it takes too long, and is cancelled.
        """
        try:
            async with asyncio.timeout(self._seconds):
                return await work
        except TimeoutError as error:
            text = f"This answer takes longer than {self._seconds:g} s. Try a shorter window."
            raise RefusedError(503, text) from error

    def close(self) -> None:
        """End the threads; one that is at work for long ends after it."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        for thread in self._threads:
            thread.join(CLOSE_SECONDS)

    def _begin(self) -> None:
        self._threads.append(threading.current_thread())
