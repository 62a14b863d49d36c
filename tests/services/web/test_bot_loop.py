"""Questions from another thread to the bot's event loop: an answer, or none in time."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Awaitable, Callable

import pytest

from services.debugcog.web.bot_loop import NAME, BotLoop, NoAnswerError


async def elsewhere(bot: BotLoop, work: Callable[[], Awaitable[object]]) -> object:
    """Ask as the dashboard does: on a thread with an event loop of its own."""
    return await asyncio.to_thread(lambda: asyncio.run(bot.ask(work)))


def bot_loop(*, stalled: bool = False, seconds: float = 5.0) -> BotLoop:
    return BotLoop(asyncio.get_running_loop(), lambda: stalled, seconds)


async def test_work_runs_on_the_bots_loop_as_a_task_of_ours() -> None:
    async def work() -> tuple[int, str]:
        task = asyncio.current_task()
        assert task is not None
        return threading.get_ident(), task.get_name()

    assert await elsewhere(bot_loop(), work) == (threading.get_ident(), NAME)


async def test_what_work_raises_reaches_who_asked() -> None:
    async def work() -> None:
        raise LookupError("none")

    with pytest.raises(LookupError, match="none"):
        await elsewhere(bot_loop(), work)


async def test_work_that_takes_too_long_is_cancelled() -> None:
    cancelled = asyncio.Event()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            cancelled.set()

    with pytest.raises(NoAnswerError, match=r"^the bot's event loop has not answered in 0\.2 s$"):
        await elsewhere(bot_loop(seconds=0.2), work)
    await cancelled.wait()


async def test_a_loop_that_is_known_to_be_blocked_is_not_waited_for() -> None:
    def work() -> Awaitable[None]:
        raise AssertionError("asked all the same")

    with pytest.raises(NoAnswerError, match=r"^the bot's event loop is blocked$"):
        await elsewhere(bot_loop(stalled=True), work)


async def test_a_loop_that_is_closed_is_not_asked() -> None:
    loop = asyncio.new_event_loop()
    loop.close()

    async def work() -> None:
        raise AssertionError("asked all the same")

    with pytest.raises(NoAnswerError, match=r"^the bot is stopping$"):
        await BotLoop(loop, lambda: False).ask(work)
