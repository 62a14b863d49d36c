"""A process killed at any durable step, and its successor, tell what an undisturbed one tells."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from tests.alert_world import FINE, World

pytestmark = pytest.mark.thorough

ALL = os.environ.get("KILL_STEPS") == "all"
MINUTE = 60.0
Told = list[tuple[str, str, str]]


async def live(world: World, away: float = 0.0) -> World:
    """Live through a warning that becomes critical and ends, and a short one besides."""
    for value, seconds in ((FINE, 120), (15.0, 420), (25.0, 600), (FINE, 900)):
        world.values["memory"] = value
        world.values["loop"] = 15.0 if value == 25.0 else FINE
        for _ in range(round(seconds / 30)):
            kills = world.kills
            await world.tick()
            if world.kills > kills:
                world.clock.pass_time(away)
    return world


def told(world: World) -> Told:
    """List who was told what of each incident, in the end; crash notices are extra."""
    return sorted(
        (str(message.now["subject"]), str(message.now["event"]), str(message.now["state"]))
        for message in world.discord.messages
        if str(message.now["subject"]).startswith("incident")
    )


def outcome(world: World) -> list[tuple[str, str, str]]:
    return [(one.rule, one.peak.word, one.state) for one in world.incidents]


async def sweep(
    kill: Callable[[World, int], None], steps: Sequence[int], away: float
) -> Counter[str]:
    calm = await live(World(("loop", "memory")))
    figures: Counter[str] = Counter()
    for step in steps:
        world = World(("loop", "memory"))
        kill(world, step)
        await live(world, away)
        figures["kills"] += world.kills
        figures["incidents"] += len(world.incidents)
        figures["delivered"] += sum(bool(world.mentions(one)) for one in world.incidents)
        figures["lost"] += sum((Counter(told(calm)) - Counter(told(world))).values())
        figures["duplicated"] += sum((Counter(told(world)) - Counter(told(calm))).values())
        assert outcome(world) == outcome(calm), step
    print(dict(figures))
    return figures


async def commits() -> list[int]:
    """List the steps to kill at: those that tell something, and some that note a sign of life."""
    calm = World(("loop", "memory"))
    calm.disk.notes_what_tells()
    await live(calm)
    every = range(1, calm.disk.commits + 1)
    assert 20 < len(calm.disk.telling) < len(every) / 2
    return list(every) if ALL else sorted({*calm.disk.telling, *every[:: len(every) // 8]})


@pytest.mark.parametrize("away", [0.0, 300.0])
async def test_at_each_commit_nothing_is_lost_and_nothing_doubled(away: float) -> None:

    def kill(world: World, step: int) -> None:
        world.disk.kill_at = step

    steps = await commits()
    figures = await sweep(kill, steps, away)
    assert figures["kills"] == len(steps)
    assert (figures["lost"], figures["duplicated"]) == (0, 0)
    assert figures["delivered"] == figures["incidents"] == 2 * len(steps)


@pytest.mark.parametrize("away", [0.0, 300.0])
@pytest.mark.parametrize("when", ["killed before", "killed after"])
async def test_at_each_request_nothing_is_lost_and_nothing_doubled(when: str, away: float) -> None:
    calm = await live(World(("loop", "memory")))

    def kill(world: World, step: int) -> None:
        world.discord.faults.extend(["none"] * (step - 1) + [when])

    figures = await sweep(kill, range(1, calm.discord.requests + 1), away)
    assert figures["kills"] == calm.discord.requests
    assert (figures["lost"], figures["duplicated"]) == (0, 0)
