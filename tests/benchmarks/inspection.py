"""What a census, tracemalloc's sums and a profile cost the bot that is looked into."""

from __future__ import annotations

import asyncio
import gc
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

from pyinstrument import Profiler as Pyinstrument

from services.debugcog.host_files import HostFiles
from services.debugcog.inspection.allocations import Allocations
from services.debugcog.inspection.census import take_census
from services.debugcog.inspection.profiler import Profiler
from tests.benchmarks.rows import Row, compare

OBJECTS = 700_000
"""Each with a list of its own: 1.4 million that the garbage collector knows."""
TRACED = 100_000
ROUNDS = 5
"""Of stalls, the shortest counts: a busy machine makes each of them longer."""
TICK = 0.001


class Kept:
    """An object as a bot has many."""

    __slots__ = ("held",)

    def __init__(self) -> None:
        self.held = [self]


class Small:
    """Has a method that does next to nothing."""

    def __init__(self, number: int) -> None:
        self.number = number

    def value(self) -> int:
        return self.number


def small_calls() -> None:
    total = 0
    for number in range(300_000):
        total += Small(number).value()


async def longest_stall(work: Callable[[], object]) -> float:
    """Run work in a thread, and return the ms for which the loop stood still at most."""
    gc.disable()  # a collection that comes meanwhile is none of the work's
    done = asyncio.create_task(asyncio.to_thread(work))
    last, longest = time.perf_counter(), 0.0
    while not done.done():
        await asyncio.sleep(TICK)
        now = time.perf_counter()
        longest, last = max(longest, now - last - TICK), now
    await done
    gc.enable()
    return longest * 1000


def census() -> list[Row]:
    kept = [Kept() for _ in range(OBJECTS)]
    gc.collect()
    forked = [asyncio.run(longest_stall(take_census)) for _ in range(ROUNDS)]
    counted = [asyncio.run(longest_stall(_count_here)) for _ in range(3)]
    del kept
    return [
        Row(
            "census of 1.4 million objects, longest stall / counted here",
            min(forked),
            "ms",
            min(counted),
        ),
        Row("census, its longest stall", min(forked), "ms", goal=30.0),
    ]


def _count_here() -> None:
    counts: dict[type, int] = {}
    for one in gc.get_objects():
        counts[type(one)] = counts.get(type(one), 0) + 1


def tracing() -> list[Row]:
    allocations = Allocations(HostFiles(Path.cwd()))
    allocations.start(600.0)
    kept = [Kept() for _ in range(TRACED)]
    forked = [asyncio.run(longest_stall(allocations.look)) for _ in range(ROUNDS)]
    here = [asyncio.run(longest_stall(tracemalloc.take_snapshot)) for _ in range(3)]
    allocations.stop()
    del kept
    return [
        Row(
            "lines of tracemalloc, longest stall / a snapshot here",
            min(forked),
            "ms",
            min(here),
        )
    ]


def profile() -> list[Row]:
    def ours() -> float:
        profiler = Profiler(60.0)
        seconds = _processor(small_calls)
        profiler.stop()
        return seconds

    def theirs() -> float:
        profiler = Pyinstrument(interval=0.01, async_mode="disabled")
        profiler.start()
        seconds = _processor(small_calls)
        profiler.stop()
        return seconds

    rounds = [(_processor(small_calls), ours(), theirs()) for _ in range(2 * ROUNDS)][1:]
    plain, sampled, hooked = (tuple(values) for values in zip(*rounds, strict=True))
    return [
        compare(
            "profile of small calls / without one", sampled, plain, per=1000.0, unit="ms", goal=1.05
        ),
        compare(
            "profile of small calls / pyinstrument",
            sampled,
            hooked,
            per=1000.0,
            unit="ms",
            goal=0.6,
        ),
    ]


def _processor(work: Callable[[], object]) -> float:
    """Return the seconds of the processor that this thread takes for a work."""
    start = time.thread_time()
    work()
    return time.thread_time() - start


def run() -> list[Row]:
    """Measure all."""
    return [*census(), *tracing(), *profile()]
