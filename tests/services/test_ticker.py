from __future__ import annotations

import asyncio

import pytest

from services.debugcog.ticker import Ticker, stop
from tests.hostile import RAISED


class Body:
    """Counts its ticks, and raises in those that are named."""

    def __init__(self, failing: frozenset[int] = frozenset()) -> None:
        self.ticks = 0
        self.reached = asyncio.Condition()
        self._failing = failing

    async def __call__(self) -> None:
        async with self.reached:
            self.ticks += 1
            self.reached.notify_all()
        if self.ticks in self._failing:
            raise LookupError(f"tick {self.ticks}")

    async def wait_for(self, ticks: int) -> None:
        async with self.reached:
            await self.reached.wait_for(lambda: self.ticks >= ticks)


async def test_the_body_runs_again_and_again_until_closed() -> None:
    body = Body()
    ticker = Ticker("test", 0.001, body)
    ticker.start()
    await body.wait_for(5)
    await ticker.close()
    assert [task for task in asyncio.all_tasks() if task.get_name() == "debugcog-test"] == []


async def test_a_tick_that_raises_is_counted_and_the_next_one_comes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    body = Body(failing=frozenset({1, 3}))
    ticker = Ticker("test", 0.001, body)
    ticker.start()
    await body.wait_for(5)
    await ticker.close()
    assert ticker.failures == 2
    assert [record.getMessage() for record in caplog.records] == [
        "Tick failed: test, failure 1",
        "Tick failed: test, failure 2",
    ]
    assert {record.name for record in caplog.records} == {"debugcog.ticker"}


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
async def test_whatever_a_tick_raises_the_next_one_comes_and_the_close_still_works(
    error: BaseException,
) -> None:
    ticks, calls = asyncio.Event(), iter(range(4))

    def body() -> None:
        if next(calls, None) is None:
            ticks.set()
        raise error

    ticker = Ticker("test", 0.001, body)
    ticker.start()
    async with asyncio.timeout(60):
        await ticks.wait()
        await ticker.close()
    assert ticker.failures >= 5
    assert [task for task in asyncio.all_tasks() if task.get_name() == "debugcog-test"] == []


async def test_a_cancelled_task_that_a_tick_looks_at_does_not_end_the_ticks() -> None:
    job: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    job.cancel()
    ticks, calls = asyncio.Event(), iter(range(4))

    async def body() -> None:
        if next(calls, None) is None:
            ticks.set()
        await job

    ticker = Ticker("test", 0.001, body)
    ticker.start()
    async with asyncio.timeout(60):
        await ticks.wait()
        await ticker.close()
    assert ticker.failures >= 4


async def test_a_tick_that_is_asked_for_comes_at_once_and_its_failure_is_counted() -> None:
    body = Body(failing=frozenset({2}))
    ticker = Ticker("test", 60, body)
    await ticker.tick_now()
    assert body.ticks == 0, "it does not run"
    ticker.start()
    await body.wait_for(1)
    await ticker.tick_now()
    assert (body.ticks, ticker.failures) == (2, 1)
    await ticker.close()


async def test_a_plain_function_is_a_body_too() -> None:
    done = asyncio.Event()
    ticker = Ticker("test", 60, done.set)
    ticker.start()
    await done.wait()
    await ticker.close()


async def test_ticks_that_were_overrun_are_skipped_not_caught_up() -> None:
    release = asyncio.Event()
    starts: list[float] = []
    loop = asyncio.get_running_loop()
    third = asyncio.Event()

    async def slow_once() -> None:
        starts.append(loop.time())
        if len(starts) == 1:
            await release.wait()
        if len(starts) == 3:
            third.set()

    ticker = Ticker("test", 0.05, slow_once)
    ticker.start()
    loop.call_later(0.3, release.set)
    await third.wait()
    await ticker.close()
    assert starts[2] - starts[1] >= 0.045


async def test_closing_before_the_start_and_twice_is_harmless() -> None:
    ticker = Ticker("test", 60, Body())
    await ticker.close()
    ticker.start()
    await ticker.close()
    await ticker.close()


async def test_a_task_that_swallows_a_cancellation_is_stopped_all_the_same() -> None:
    async def stubborn() -> None:
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await asyncio.Event().wait()

    task = asyncio.create_task(stubborn())
    await asyncio.sleep(0)
    await stop(task)
    assert task.cancelled()
