"""The promises about alerts hold under any schedule of values, faults, kills and people."""

from __future__ import annotations

import asyncio
import logging
import os
from collections import Counter
from collections.abc import Iterator
from functools import partial
from itertools import chain
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.debugcog.alerting.incidents import Incident
from services.debugcog.alerting.reads import FEW, MISSING
from services.debugcog.alerting.rules import Severity
from services.debugcog.outbox.order import CAP, CAP_WINDOW, PLAIN_CAP
from services.debugcog.outbox.outcomes import Outcome, Result
from tests.alert_world import World

pytestmark = pytest.mark.thorough

RULES = ("loop", "memory")
EXAMPLES = int(os.environ.get("ALERT_EXAMPLES", "12"))
MANY = settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow])
Step = tuple[Any, ...]

FAULTS = (
    Result(Outcome.UNREACHABLE),
    Result(Outcome.UNSURE),
    Result(Outcome.FOREIGN),
    Result(Outcome.TOO_LARGE),
    Result(Outcome.UNBUILT),
    Result(Outcome.LIMITED, retry_after=45.0),
    Result(Outcome.LIMITED, retry_after=1336.0),
    Result(Outcome.EDIT_LIMITED, retry_after=600.0),
    Result(Outcome.BANNED),
    Result(Outcome.FORBIDDEN),
    "lost answer",
    "killed before",
    "killed after",
)
VALUES = (0.0, 0.0, 9.0, 15.0, 15.0, 19.0, 25.0, 25.0, FEW, MISSING)
rules = st.sampled_from(RULES)
values = st.tuples(
    st.just("value"), rules, st.sampled_from(VALUES), st.sampled_from([120, 300, 600, 1200])
)
people = st.one_of(
    st.tuples(
        st.just("silence"),
        rules,
        st.sampled_from([300.0, 3600.0]),
        st.sampled_from([Severity.WARNING, Severity.CRITICAL]),
    ),
    st.tuples(st.just("unsilence"), rules),
    st.just(("acknowledge",)),
    st.just(("delete a message",)),
)
troubles = st.one_of(
    st.tuples(st.just("faults"), st.lists(st.sampled_from(FAULTS), min_size=1, max_size=6)),
    st.tuples(st.just("outage"), st.booleans()),
    st.tuples(st.just("kill"), st.integers(1, 5)),
    st.tuples(st.just("refusals"), st.integers(0, 3)),
    st.tuples(st.just("no answers"), st.integers(0, 3), st.booleans()),
    st.just(("restart",)),
    st.tuples(st.just("set the clock"), st.sampled_from([-7200.0, 7200.0])),
    st.tuples(st.just("wait"), st.sampled_from([900, 5 * 3600])),
)
episodes = st.tuples(st.one_of(people, troubles), values, values)
schedules = st.lists(episodes, min_size=5, max_size=12).map(lambda many: [*chain(*many)])


@pytest.fixture(autouse=True, scope="module")
def quiet() -> Iterator[None]:
    loggers = [logging.getLogger(name) for name in ("debugcog", "debugcog.alerts")]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    yield
    for logger in loggers:
        logger.setLevel(logging.NOTSET)


async def perform(world: World, step: Step) -> None:
    match step:
        case ("value", rule, value, seconds):
            await world.breach(rule, value, seconds)
        case ("wait", seconds):
            await world.run(seconds)
        case ("restart",):
            await world.stop()
        case ("silence" | "unsilence" | "acknowledge" | "delete a message", *_):
            await ask(world, step)
        case _:
            harm(world, step)


def harm(world: World, step: Step) -> None:
    match step:
        case ("faults", coming):
            world.discord.faults.extend(coming)
            world.lost_cards += len(coming)  # one too old to edit, or out of reach, is replaced
        case ("outage", down):
            world.discord.down = down
        case ("refusals", level):
            world.discord.refused = lambda content: int(str(content["level"])) < level
        case ("no answers", level, takes):
            world.discord.unanswered = lambda content: int(str(content["level"])) < level
            world.discord.takes_unanswered = takes
        case ("kill", commits):
            world.disk.kill_at = world.disk.commits + commits
        case ("set the clock", seconds):
            world.clock.set(seconds)


async def ask(world: World, step: Step) -> None:
    match step:
        case ("silence", rule, seconds, severity):
            world.silenced += 1
            await world.admin(lambda: world.desk.silence(rule, seconds, "ada", severity))
        case ("unsilence", rule):
            await world.admin(lambda: world.desk.unsilence(rule))
        case ("acknowledge",):
            for incident in world.incidents[-2:]:
                await world.admin(partial(world.desk.acknowledge, incident.id, "ada"))
        case ("delete a message",):
            world.lost_cards += 1
            world.discord.deleted |= {message.id for message in world.discord.messages[-1:]}


async def live(schedule: list[Step], kind: type[World] = World) -> World:
    """Live through a schedule; then everything heals, and time passes until all is told."""
    world = kind(RULES)
    await world.run(120)
    for step in schedule:
        await perform(world, step)
    world.discord.down = False
    world.discord.faults.clear()
    world.discord.refused = world.discord.unanswered = lambda _: False
    world.disk.kill_at = None
    world.values.update(dict.fromkeys(RULES, 0.0))
    await world.run(4 * 3600)
    return world


@MANY
@given(schedules)
def test_whatever_happens_every_incident_is_told_and_ended_once(schedule: list[Step]) -> None:
    check(asyncio.run(live(schedule)))


def check(world: World) -> None:
    for incident in world.incidents:
        assert incident.state == "ended"
        if incident.announced:
            assert world.mentions(incident), incident
            most = 1 + incident.reopened + world.discord.lost_edits
            assert 1 <= len(world.closing_marks(incident)) <= most, incident
        else:
            assert incident.silenced, incident
        assert_few_posts(world, incident)
    assert_capped(world)


@MANY
@given(st.lists(st.tuples(people, values), min_size=3, max_size=10))
def test_people_change_what_is_posted_and_never_what_is(schedule: list[tuple[Step, Step]]) -> None:
    asked = asyncio.run(live([*chain(*schedule)]))
    alone = asyncio.run(live([value for _, value in schedule]))
    assert asked.moves == alone.moves
    assert [facts(one) for one in asked.incidents] == [facts(one) for one in alone.incidents]


def facts(incident: Incident) -> tuple[object, ...]:
    """Give what silence and acknowledgement must not change."""
    return (
        incident.rule,
        incident.state,
        incident.peak,
        incident.worst,
        incident.opened,
        incident.ended,
        incident.reopened,
    )


def assert_few_posts(world: World, incident: Incident) -> None:
    """No more posts than: 1 + escalations + repeats + critical reopens + silence ends + reposts."""
    posts = Counter(
        str(message.versions[0]["event"] if message.versions[0]["kind"] == "reply" else "card")
        for message in world.discord.messages
        if message.versions[0]["subject"] == f"incident:{incident.id}"
    )
    moves = Counter((before, after) for name, before, after in world.moves if name == incident.rule)
    ends = sum(count for (_, after), count in moves.items() if after is Severity.OK)
    climbs = sum(count for (before, after), count in moves.items() if after > before)
    unseen = world.kills  # a move that was committed just before a kill
    assert posts["escalated"] <= climbs + unseen
    assert posts["reopened"] <= climbs + unseen
    assert posts["reminder"] <= world.clock.steady / (4 * 3600) + world.silenced
    assert posts["ended"] <= ends + unseen
    assert posts["card"] <= 1 + world.lost_cards


def assert_capped(world: World) -> None:
    owed = {row["nonce"] for row in world.disk.rows("SELECT nonce FROM uncapped")}
    posts = [one for one in world.discord.messages if one.nonce[:-1] not in owed]
    for last in posts:
        window = [one for one in posts if last.at - CAP_WINDOW < one.at <= last.at]
        assert len(window) <= CAP
        assert sum(one.role_id is None for one in window) <= PLAIN_CAP
