"""Two worlds that differ in what must not matter end up the same, whatever their values."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from itertools import chain, pairwise

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.debugcog.outbox.outcomes import Outcome, Result
from tests.alert_world import INTERVAL, World
from tests.services.alerting.test_invariants import (
    EXAMPLES,
    RULES,
    Step,
    facts,
    live,
    quiet,
    values,
)
from tests.services.alerting.test_kills import live as live_a_story
from tests.services.alerting.test_kills import outcome, told

pytestmark = pytest.mark.thorough

__all__ = ["quiet"]  # a fixture, for this module too

SOME = settings(
    max_examples=max(1, EXAMPLES // 4),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
)
schedules = st.lists(values, min_size=2, max_size=10)


class Twice(World):
    """A world that ticks twice at each moment."""

    async def tick(self) -> None:
        await super().tick()
        await self.evaluator.tick()
        while await self.sender.send_one():
            pass


class Backwards(World):
    """A world that knows its rules in another order."""

    def __init__(self, rules: tuple[str, ...]) -> None:
        super().__init__(rules[::-1])


class Shifted(World):
    """A world whose wall clock is set, back and forth, at every tenth tick."""

    ticks = 0

    async def tick(self) -> None:
        self.ticks += 1
        if self.ticks % 10 == 0:
            self.clock.set(7200.0 if self.ticks % 20 else -7200.0)
        await super().tick()


def happened(world: World) -> list[tuple[object, ...]]:
    """Give what happened to each incident, but for the times that a clock tells."""
    return sorted(
        (one.rule, one.state, one.peak, one.worst, one.reopened, one.flaps)
        for one in world.incidents
    )


def seen(world: World) -> Counter[str]:
    """Count what the channel shows in the end, by what does not depend on ids."""
    return Counter(
        json.dumps([m.now["kind"], m.now["event"], m.now["state"], m.role_id])
        for m in world.discord.messages
    )


@SOME
@given(schedules)
def test_ticking_twice_is_ticking_once(schedule: list[Step]) -> None:
    once, twice = asyncio.run(live(schedule)), asyncio.run(live(schedule, Twice))
    assert [facts(one) for one in once.incidents] == [facts(one) for one in twice.incidents]
    assert once.told() == twice.told()
    assert once.moves == twice.moves


@SOME
@given(schedules)
def test_the_order_of_rules_does_not_matter(schedule: list[Step]) -> None:
    one, other = asyncio.run(live(schedule)), asyncio.run(live(schedule, Backwards))
    assert happened(one) == happened(other)
    assert seen(one) == seen(other)


@SOME
@given(schedules)
def test_a_wall_clock_that_is_set_changes_nothing(schedule: list[Step]) -> None:
    one, other = asyncio.run(live(schedule)), asyncio.run(live(schedule, Shifted))
    assert happened(one) == happened(other)
    assert seen(one) == seen(other)
    assert one.moves == other.moves


@SOME
@given(st.integers(1, 60), st.integers(1, 60), st.sampled_from([0.0, 300.0]))
def test_two_kills_at_any_two_steps_lose_and_double_nothing(
    first: int, second: int, away: float
) -> None:
    async def twice_killed() -> tuple[World, World]:
        calm = await live_a_story(World(RULES))
        world = World(RULES)
        world.disk.kill_at = first
        world.disk.kill_again = second
        return calm, await live_a_story(world, away)

    calm, world = asyncio.run(twice_killed())
    assert outcome(world) == outcome(calm)
    assert all(world.mentions(one) and world.closing_marks(one) for one in world.incidents)
    lost, doubled = Counter(told(calm)), Counter(told(world))
    assert not doubled - lost
    # running timers may be lost, and then an incident opens as critical instead of climbing to it
    assert set(lost - doubled) <= {("incident:1", "escalated", "firing")}


@SOME
@given(schedules, st.sets(st.integers(1, 6), max_size=3))
def test_what_discord_refuses_never_blocks_another(schedule: list[Step], refused: set[int]) -> None:
    subjects = {f"incident:{number}" for number in refused}

    async def refusing() -> World:
        world = World(RULES)
        world.discord.refused = lambda content: content["subject"] in subjects
        await world.run(120)
        for _, rule, value, seconds in schedule:
            await world.breach(rule, value, seconds)
            waiting = world.disk.rows("SELECT subject FROM outbox WHERE state = 'queued'")
            assert {row["subject"] for row in waiting} <= CAPPED | subjects
        return world

    world = asyncio.run(refusing())
    for incident in world.incidents:
        told_of = bool(world.mentions(incident)) or not incident.announced
        assert told_of or f"incident:{incident.id}" in subjects


CAPPED: set[str] = set()
"""Subjects whose posts the cap holds back: two rules cannot have ten posts in ten minutes."""

ATTEMPTS = (
    Result(Outcome.UNREACHABLE),
    Result(Outcome.UNSURE),
    Result(Outcome.LIMITED, retry_after=45.0),
    "lost answer",
)


@SOME
@given(schedules, st.lists(st.sampled_from(ATTEMPTS), max_size=12))
def test_each_attempt_of_a_post_has_its_nonce_and_no_other_post_has_it(
    schedule: list[Step], faults: list[Result | str]
) -> None:
    async def counted() -> World:
        world = World(RULES)
        world.discord.faults.extend(faults)
        for _, rule, value, seconds in schedule:
            await world.breach(rule, value, seconds)
        return world

    world = asyncio.run(counted())
    for attempts in world.attempts.values():
        for before, after in pairwise(attempts):
            assert before.nonce == after.nonce or before.body != after.body
    owners = {
        (claim.nonce, claim.id)
        for claim in chain.from_iterable(world.attempts.values())
        if not claim.is_edit
    }
    assert len({nonce for nonce, _ in owners}) == len(owners)


@SOME
@given(schedules)
def test_a_rule_has_one_open_incident_at_most(schedule: list[Step]) -> None:
    async def watched() -> None:
        world = World(RULES)
        for _, rule, value, seconds in schedule:
            for _ in range(round(seconds / INTERVAL)):
                await world.breach(rule, value, INTERVAL)
                open_ones = Counter(one.rule for one in world.incidents if one.open)
                assert set(open_ones.values()) <= {1}

    asyncio.run(watched())
