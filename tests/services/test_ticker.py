from __future__ import annotations

import asyncio
import contextlib
import os
import selectors
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Container
from itertools import pairwise

import pytest

from services.debugcog.ticker import Beat, Ticker, stop
from tests.hostile import RAISED


class Body:
    """Counts its ticks, and raises in those that are named."""

    def __init__(self, failing: Container[int] = ()) -> None:
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


@contextlib.asynccontextmanager
async def ticking(
    body: Callable[[], Awaitable[None] | None], interval: float = 0.001
) -> AsyncIterator[Ticker]:
    """Tick until the block ends; nothing of it may stay."""
    ticker = Ticker("test", interval, body)
    async with asyncio.timeout(60):
        ticker.start()
        yield ticker
        await ticker.close()
    assert [task for task in asyncio.all_tasks() if task.get_name() == "debugcog-test"] == []


async def test_the_body_runs_again_and_again_until_closed() -> None:
    body = Body()
    async with ticking(body):
        await body.wait_for(5)


async def test_a_tick_that_raises_is_counted_and_the_next_one_comes(
    caplog: pytest.LogCaptureFixture,
) -> None:
    body = Body(failing={1, 3})
    async with ticking(body) as ticker:
        await body.wait_for(5)
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

    async with ticking(body) as ticker:
        await ticks.wait()
    assert ticker.failures >= 5


async def test_a_cancelled_task_that_a_tick_looks_at_does_not_end_the_ticks() -> None:
    job: asyncio.Future[None] = asyncio.get_running_loop().create_future()
    job.cancel()
    body = Body()

    async def looking() -> None:
        await body()
        await job

    async with ticking(looking) as ticker:
        await body.wait_for(5)
    assert ticker.failures >= 4


async def test_a_tick_that_is_asked_for_comes_at_once_and_its_failure_is_counted() -> None:
    body = Body(failing={2})
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
    async with ticking(done.set, 60):
        await done.wait()


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

    async with ticking(slow_once, 0.05):
        loop.call_later(0.3, release.set)
        await third.wait()
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


@pytest.mark.parametrize("error", RAISED, ids=lambda error: type(error).__name__)
async def test_a_beat_goes_on_whatever_its_call_raises_until_it_is_closed(
    error: BaseException, caplog: pytest.LogCaptureFixture
) -> None:
    done, calls = asyncio.Event(), list[int]()

    def body() -> None:
        calls.append(len(calls))
        if len(calls) >= 5:
            done.set()
        raise error

    beat = Beat("test", 0.001, body)
    beat.start()
    async with asyncio.timeout(60):
        await done.wait()
    await beat.close()
    await beat.close()
    count = len(calls)
    await asyncio.sleep(0.02)
    assert (len(calls), beat.failures) == (count, count)
    assert caplog.messages[:2] == ["Tick failed: test, failure 1", "Tick failed: test, failure 2"]


class Skipping(asyncio.SelectorEventLoop):
    """A loop whose waits pass at once, on a clock of its own."""

    def __init__(self) -> None:
        self.now, selector = 1000.04, selectors.DefaultSelector()
        self._real_select = selector.select
        selector.select = self._skip  # type: ignore[method-assign]
        super().__init__(selector)

    def time(self) -> float:
        return self.now

    def _skip(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        self.now += timeout or 0.0
        return self._real_select(0)


@pytest.mark.parametrize("process", [250, 4_321, 99_999])
def test_all_tickers_of_a_process_wake_it_up_together_whenever_they_were_started(
    process: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "getpid", lambda: process)
    ticks: dict[float, list[float]] = {0.25: [], 0.5: [], 2.0: [], 0.1: []}

    async def run() -> None:
        loop = asyncio.get_running_loop()
        tickers = []
        for interval, times in ticks.items():
            kind = Beat if interval == 0.25 else Ticker
            ticker = kind("test", interval, lambda times=times: times.append(loop.time()))  # type: ignore[misc]
            ticker.start()
            tickers.append(ticker)
            await asyncio.sleep(0.07)
        await asyncio.sleep(60)
        for ticker in tickers:
            await ticker.close()

    with asyncio.Runner(loop_factory=Skipping) as runner:
        runner.run(run())
    counts = [len(times) for times in ticks.values()]
    assert counts == [pytest.approx(count, abs=2) for count in (241, 121, 31, 600)]
    together = {round(time, 2) for times in list(ticks.values())[:3] for time in times[1:]}
    assert len(together) == pytest.approx(241, abs=2)
    gaps = [later - time for time, later in pairwise(ticks[0.25][1:])]
    assert gaps == [pytest.approx(0.25, abs=0.002)] * len(gaps)


async def test_the_time_for_which_a_tick_holds_the_loop_is_added_up_but_not_what_it_awaits() -> (
    None
):
    ticked = asyncio.Event()

    def work() -> None:
        time.sleep(0.02)
        ticked.set()

    async def wait() -> None:
        await asyncio.sleep(0.05)

    kinds = (Ticker("works", 60, work), Beat("beats", 60, work), Ticker("waits", 60, wait))
    for ticker in kinds:
        ticked.clear()
        ticker.start()
        if ticker is not kinds[2]:
            await ticked.wait()
    await asyncio.sleep(0)
    for ticker in kinds:
        await ticker.close()

    assert kinds[0].seconds >= 0.02
    assert kinds[1].seconds >= 0.02
    assert kinds[2].seconds < 0.02
