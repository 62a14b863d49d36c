from __future__ import annotations

import asyncio

import pytest

from services.debugcog.shield import shielded


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
