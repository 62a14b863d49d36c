"""Question for the bot's own event loop, from the dashboard's → its answer, or none in time."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

T = TypeVar("T")

SECONDS = 1.0
NAME = "debugcog-question"
"""Of the task that answers; the list of tasks counts it as one of ours."""


class NoAnswerError(Exception):
    """The bot's loop does not answer; the text says why."""


class BotLoop:
    """Asks what only the bot's thread may read.

    Args:
        loop: of the bot.
        is_stalled: whether it is known to run nothing just now; then nobody waits for it.
        seconds: after which there is no answer.
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        is_stalled: Callable[[], bool],
        seconds: float = SECONDS,
    ) -> None:
        self._loop = loop
        self._is_stalled = is_stalled
        self._seconds = seconds

    async def ask(self, work: Callable[[], Awaitable[T]]) -> T:
        """Await work on the bot's loop; it is cancelled where it takes too long.

        Raises:
            NoAnswerError: there is none in time.
        """
        if self._is_stalled():
            raise NoAnswerError("the bot's event loop is blocked")
        call = _named(work)
        try:
            future = asyncio.run_coroutine_threadsafe(call, self._loop)
        except RuntimeError as error:  # it is closed
            call.close()
            raise NoAnswerError("the bot is stopping") from error
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.wrap_future(future)
        except TimeoutError as error:
            text = f"the bot's event loop has not answered in {self._seconds:g} s"
            raise NoAnswerError(text) from error


async def _named(work: Callable[[], Awaitable[T]]) -> T:
    task = asyncio.current_task()
    if task is not None:
        task.set_name(NAME)
    return await work()
