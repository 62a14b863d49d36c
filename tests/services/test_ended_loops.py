"""What is left on a closed event loop is closed by the next load, and by it alone."""

from __future__ import annotations

import asyncio

import pytest

from services.debugcog import ended_loops
from services.debugcog.ended_loops import Running


class Part:
    """Something that runs on a loop."""

    def __init__(self, running: Running, fault: Exception | None = None) -> None:
        self.running = running
        self.closed = 0
        self.fault = fault

    async def begin(self) -> None:
        self.running.add(self.close)

    async def close(self) -> None:
        self.closed += 1
        if self.fault:
            raise self.fault


async def test_what_runs_on_a_closed_loop_is_closed_once() -> None:
    running = Running()
    here, left = Part(running), Part(running)
    await here.begin()
    await asyncio.to_thread(asyncio.run, left.begin())
    await running.wind_up()
    await running.wind_up()
    assert (here.closed, left.closed) == (0, 1)


async def test_what_its_host_has_closed_is_left_alone() -> None:
    running = Running()
    part = Part(running)
    await asyncio.to_thread(asyncio.run, part.begin())
    running.discard(part.close)
    await running.wind_up()
    assert part.closed == 0


async def test_one_that_fails_or_hangs_stops_no_other(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ended_loops, "SECONDS", 0.01)
    running, begun, goes_on = Running(), [], asyncio.Event()

    async def hang() -> None:
        await goes_on.wait()
        begun.append("ended")

    async def begin_to_hang() -> None:
        running.add(hang)

    parts = Part(running, OSError("disk")), Part(running)
    for begin in (parts[0].begin(), begin_to_hang(), parts[1].begin()):
        await asyncio.to_thread(asyncio.run, begin)
    await running.wind_up()
    assert [part.closed for part in parts] == [1, 1]
    assert caplog.text.count("What ran on an event loop that has ended cannot be closed") == 2
    goes_on.set()
    async with asyncio.timeout(20):
        while not begun:  # noqa: ASYNC110 - nothing tells of it
            await asyncio.sleep(0)
