from __future__ import annotations

import asyncio

import pytest

from services.debugcog.shield import left_alone, shielded


async def test_the_result_and_what_is_raised_come_to_the_caller() -> None:
    async def answer() -> int:
        return 42

    async def fail() -> None:
        raise LookupError("work")

    assert await shielded(answer()) == 42
    with pytest.raises(LookupError, match="work"):
        await shielded(fail())


async def test_a_caller_that_is_cancelled_again_and_again_ends_after_the_work() -> None:
    begun, may_end, ended = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def work() -> None:
        begun.set()
        await may_end.wait()
        ended.set()

    caller = asyncio.create_task(shielded(work()))
    await begun.wait()
    for _ in range(3):
        caller.cancel()
        await asyncio.sleep(0)
        assert not caller.done()
    may_end.set()
    with pytest.raises(asyncio.CancelledError):
        await caller
    assert ended.is_set()


async def test_a_request_that_is_late_or_whose_waiter_is_cancelled_goes_on_to_its_end() -> None:
    may_end, ended = asyncio.Event(), list[str]()

    async def request(name: str) -> str:
        await may_end.wait()
        ended.append(name)
        return name

    with pytest.raises(TimeoutError):
        await left_alone(request("late"), 0.01)
    waiter = asyncio.create_task(left_alone(request("alone")))
    await asyncio.sleep(0)
    waiter.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiter
    may_end.set()
    assert await left_alone(request("in time"), 30) == "in time"
    assert ended == ["late", "alone", "in time"]
