"""What a running bot's thread publishes, for readers on other threads."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable

import discord
import pytest
from discord.ext import commands

from cogs.debug.app import publishing
from cogs.debug.app.troubles import troubles
from cogs.debug.capture.bot_state import BotState
from cogs.debug.capture.gateway import GatewaySampler
from services.debugcog.answers.published import Published
from services.debugcog.metrics import MetricsService
from tests.e2e.conftest import Home, Host

NONE = discord.Intents.none()


async def test_a_bot_publishes_its_name_servers_shards_and_rules(home: Home, host: Host) -> None:
    found = host.cog.runtime.publisher.now()
    assert host.user
    assert (found.name, found.guilds) == (host.user.name, 1)
    assert [(shard.id, shard.down_seconds) for shard in found.shards] == [(None, None)]
    assert {"memory", "response_time", "gateway"} <= set(found.rules)
    assert (found.incidents, found.people, found.troubles) == ((), {}, ())


@pytest.mark.parametrize(
    ("bot", "expected"),
    [
        (lambda: commands.Bot("!", intents=NONE), ()),
        (lambda: commands.Bot("!", intents=NONE, shard_id=2, shard_count=4), (2,)),
        (lambda: commands.AutoShardedBot("!", intents=NONE), None),
        (lambda: commands.AutoShardedBot("!", intents=NONE, shard_count=3), (0, 1, 2)),
        (
            lambda: commands.AutoShardedBot("!", intents=NONE, shard_count=4, shard_ids=[2, 3]),
            (2, 3),
        ),
    ],
    ids=["no shards", "one of four", "as many as Discord says", "three", "two of four"],
)
def test_the_shards_of_a_process_are_known_before_they_connect(
    bot: Callable[[], commands.Bot], expected: tuple[int, ...] | None
) -> None:
    client = bot()
    assert (
        BotState(client, GatewaySampler(client, MetricsService(enabled=False))).shard_ids()
        == expected
    )


async def test_who_has_acknowledged_is_named_where_the_bot_knows_them(host: Host) -> None:
    runtime = host.cog.runtime
    assert host.user
    async with asyncio.timeout(30):
        while not runtime.alerting.service.open:
            runtime.metrics.record("event_loop_lag_ms", 4000.0)
            await asyncio.sleep(0.01)
    number = runtime.alerting.service.open[0].id
    await runtime.alerting.service.acknowledge(number, host.user.mention)
    people = runtime.publisher.now().people
    assert people == {host.user.mention: f"@{host.user.display_name}"}


async def test_what_fails_is_published_with_times_that_a_browser_can_read(host: Host) -> None:
    runtime = host.cog.runtime
    runtime.metrics.gauge("queue_length", lambda: [].pop())
    async with asyncio.timeout(30):
        while not runtime.metrics.gauges.faults:  # noqa: ASYNC110 - no event tells
            await asyncio.sleep(0.01)
    (told,) = runtime.publisher.now().troubles
    start = r"Gauge `queue_length` fails: `IndexError: pop from empty list` "
    assert re.fullmatch(rf"{start}\(first \d\d:\d\d UTC, \d+ times?\)", told)
    (shown,) = troubles(runtime)
    assert re.fullmatch(rf"{start}\(first <t:\d+:R>, \d+ times?\)", shown)


async def test_tasks_are_counted_when_somebody_asks_or_after_a_while(
    host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    publisher = host.cog.runtime.publisher
    first, waits = publisher.now(), asyncio.Event()
    tasks = [asyncio.create_task(waits.wait()) for _ in range(50)]

    def published() -> Published:
        publisher.publish()
        assert publisher.latest is not None
        return publisher.latest

    again = published()
    assert (again.tasks, again.complete_at) == (first.tasks, first.complete_at)
    assert again.heartbeat > first.heartbeat
    assert publisher.now().tasks > first.tasks + 30
    monkeypatch.setattr(publishing, "COMPLETE_SECONDS", 0.0)
    waits.set()
    await asyncio.gather(*tasks)
    assert published().tasks < first.tasks + 30
