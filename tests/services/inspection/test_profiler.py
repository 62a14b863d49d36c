"""What the thread that samples sees of the thread that made it."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from services.debugcog.inspection import profiler as module
from services.debugcog.inspection.profiler import Profile, Profiler


def until(condition: Callable[[], bool], work: Callable[[], object]) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        work()


def functions(profile: Profile) -> dict[str, float]:
    """Add up the seconds by the innermost function."""
    found: dict[str, float] = {}
    for calls, seconds in profile.stacks:
        found[calls[0].function] = found.get(calls[0].function, 0.0) + seconds
    return found


def compute() -> None:
    sum(number * number for number in range(20_000))


def sleep() -> None:
    time.sleep(0.3)


async def test_what_runs_in_the_loop_is_seen_and_what_waits_is_idle() -> None:
    profiler = Profiler(60.0, interval=0.002)
    await asyncio.sleep(0.2)
    until(lambda: profiler.looks >= 150, compute)
    profiler.stop()
    profile = profiler.profile()
    assert not profiler.running
    assert profile.idle >= 0.1
    assert profile.busy > 0
    assert set(functions(profile)) & {"compute", "until"}
    assert profile.seconds == pytest.approx(profile.idle + profile.busy, abs=0.5)


async def test_a_call_that_blocks_is_seen_for_all_of_its_time() -> None:
    profiler = Profiler(60.0)
    sleep()
    profiler.stop()
    assert functions(profiler.profile())["sleep"] >= 0.25


async def test_it_ends_by_itself() -> None:
    profiler = Profiler(0.05)
    async with asyncio.timeout(30):
        while profiler.running:  # noqa: ASYNC110 - a thread has no event for it
            await asyncio.sleep(0.01)
    assert profiler.passed >= 0.05
    assert "debugcog-profile" not in {thread.name for thread in threading.enumerate()}


async def test_stacks_are_bounded_and_what_is_left_out_is_counted(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "STACKS_MAX", 1)
    profiler = Profiler(60.0, interval=0.001)
    until(lambda: profiler.looks >= 50, compute)
    sleep()
    profiler.stop()
    profile = profiler.profile()
    assert len(profile.stacks) == 1
    assert profile.left_out > 0
