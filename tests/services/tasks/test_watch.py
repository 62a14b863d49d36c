from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Coroutine, Generator
from pathlib import Path
from typing import Any

import pytest

from services.debugcog.answers.tasks import group, tasks
from services.debugcog.host_files import HostFiles
from services.debugcog.redaction.redactor import Redactor
from services.debugcog.tasks.stacks import stack
from services.debugcog.tasks.watch import TaskWatch

FILES = HostFiles(Path(__file__).parents[2], libraries=())


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


class Crowd:
    """Tasks that wait until the test ends."""

    def __init__(self) -> None:
        self.gate = asyncio.Event()
        self.tasks: list[asyncio.Task[None]] = []

    def add(self, count: int) -> None:
        self.tasks += [asyncio.create_task(self.wait()) for _ in range(count)]

    async def wait(self) -> None:
        await self.inner()

    async def inner(self) -> None:
        async for _ in self.values():
            pass

    async def values(self) -> AsyncIterator[int]:
        await self.gate.wait()
        yield 1


class Held:
    """An awaitable that runs a coroutine and notes the processor time of its longest step."""

    def __init__(self, work: Coroutine[Any, Any, object]) -> None:
        self.longest = 0.0
        self._work = work

    def __await__(self) -> Generator[Any, None, None]:
        while True:
            begin = time.thread_time()
            try:
                waited_for = self._work.send(None)
            except StopIteration:
                return
            finally:
                self.longest = max(self.longest, time.thread_time() - begin)
            yield waited_for


@pytest.fixture
async def crowd() -> AsyncIterator[Crowd]:
    crowd = Crowd()
    yield crowd
    crowd.gate.set()
    await asyncio.gather(*crowd.tasks)


async def test_an_age_counts_from_when_a_task_was_first_seen(crowd: Crowd) -> None:
    clock = Clock()
    watch = TaskWatch(FILES, clock)
    crowd.add(2)
    watch.sample()
    clock.now = 30.0
    crowd.add(1)
    found = next(one for one in await watch.groups() if one.key.name == "Crowd.wait")
    assert [age for _, age in found.tasks] == [30.0, 30.0, 0.0]


async def test_a_group_that_grows_and_grows_is_named_first(crowd: Crowd) -> None:
    clock = Clock()
    watch = TaskWatch(FILES, clock)
    others = Crowd()

    async def other() -> None:
        await others.gate.wait()

    steady = [asyncio.create_task(other()) for _ in range(100)]
    for _ in range(6):
        crowd.add(5)
        watch.sample()
        clock.now += 61
    first, second = (await watch.groups())[:2]
    assert (first.key.name, len(first.tasks)) == ("Crowd.wait", 30)
    assert first.growth
    assert (first.growth.more, first.growth.seconds) == (25, 366.0)
    assert second.growth is None
    assert len(second.tasks) == 100
    others.gate.set()
    await asyncio.gather(*steady)


async def test_a_group_that_goes_up_and_down_does_not_grow(crowd: Crowd) -> None:
    clock = Clock()
    watch = TaskWatch(FILES, clock)
    for _ in range(8):
        burst = Crowd()
        burst.add(50)
        watch.sample()
        burst.gate.set()
        await asyncio.gather(*burst.tasks)
        clock.now += 61
        watch.sample()
        clock.now += 61
    crowd.add(50)
    assert [one.growth for one in await watch.groups()] == [None] * len(await watch.groups())


async def test_a_stack_goes_down_to_what_is_waited_for(crowd: Crowd) -> None:
    crowd.add(1)
    await asyncio.sleep(0)
    names = [step.name for step in stack(crowd.tasks[0].get_coro())]
    assert names[:2] == ["Crowd.wait", "Crowd.inner"]
    assert stack(asyncio.sleep) == ()
    assert stack(None) == ()


async def test_tasks_of_a_library_are_grouped_by_their_names_without_numbers() -> None:
    watch = TaskWatch(HostFiles(Path("/nowhere"), libraries=(str(Path(__file__).parent),)))

    async def event() -> None:
        await gate.wait()

    gate = asyncio.Event()
    made = [asyncio.create_task(event(), name=f"discord.py: on_message {n}") for n in range(3)]
    made += [asyncio.create_task(event(), name="discord.py: on_ready")]
    labels = [(one.key.label, len(one.tasks)) for one in await watch.groups() if one.key.label]
    assert labels[:2] == [("discord.py: on_message #", 3), ("discord.py: on_ready", 1)]
    gate.set()
    await asyncio.gather(*made)


async def test_a_secret_in_the_name_of_a_task_is_hidden_before_its_numbers_are() -> None:
    library = HostFiles(Path("/nowhere"), libraries=(str(Path(__file__).parent),))
    token = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GzAbCd." + "Leak1" * 6
    watch = TaskWatch(library, redact=Redactor({"DB_PASSWORD": "k9Xw2vQ8rT5yB3nM"}))

    async def event() -> None:
        await gate.wait()

    gate = asyncio.Event()
    names = (f"login {token} 7", "shard 12 of k9Xw2vQ8rT5yB3nM")
    made = [asyncio.create_task(event(), name=name) for name in names]
    labels = {one.key.label for one in await watch.groups()}
    assert {"login [redacted] #", "shard # of [redacted]"} <= labels
    gate.set()
    await asyncio.gather(*made)


async def test_our_own_tasks_are_one_group_at_the_end(crowd: Crowd) -> None:
    watch = TaskWatch(FILES)
    crowd.add(1)
    ours = [asyncio.create_task(crowd.wait(), name=f"debugcog-{name}") for name in ("a", "b")]
    last = (await watch.groups())[-1]
    assert (last.key.name, len(last.tasks)) == ("tasks of DebugCog itself", 2)
    crowd.gate.set()
    await asyncio.gather(*ours)


async def test_an_id_of_a_group_finds_it_again_until_its_tasks_are_gone(crowd: Crowd) -> None:
    watch = TaskWatch(FILES)
    crowd.add(3)
    await asyncio.sleep(0)
    (row,) = (await tasks(watch, (), FILES, "crowd.wait")).rows
    found = await group(watch, FILES, row.id)
    assert found
    assert (found.row.count, len(found.stacks)) == (3, 3)
    crowd.gate.set()
    await asyncio.gather(*crowd.tasks)
    assert await group(watch, FILES, row.id) is None


async def test_thousands_of_tasks_hold_the_loop_less_than_twice_as_long_as_asyncio_lists_them(
    crowd: Crowd,
) -> None:
    watch = TaskWatch(FILES)
    crowd.add(8000)
    await asyncio.sleep(0)
    watch.sample()
    listed, longest = [], []
    for _ in range(5):
        begin = time.thread_time()
        asyncio.all_tasks()
        listed.append(time.thread_time() - begin)
        steps = Held(tasks(watch, (), FILES))
        await steps
        longest.append(steps.longest)
    assert min(longest) < 2 * min(listed)
