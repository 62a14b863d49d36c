"""Discord is away, for real seconds or an hour of a clock that is set: nothing is lost or hurried.

``OUTAGE_SECONDS=30`` makes the real one as long.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
from collections.abc import AsyncIterator

import discord
import pytest

from cogs.debug.delivery.transport import DiscordTransport
from discord_sandbox import Channel, Message, Sandbox
from discord_sandbox.faults import Fault, Trouble
from services.debugcog.outbox import order, undelivered
from services.debugcog.outbox.outcomes import Outcome
from tests.alert_world import INTERVAL, World
from tests.discord_bot import pointed_at
from tests.e2e.conftest import Home, Host

SECONDS = float(os.environ.get("OUTAGE_SECONDS", "4"))
INVALID = (401, 403, 429)
MINUTE, HOUR = 60.0, 3600.0
RULES = tuple("abcdef")


def invalid_requests(sandbox: Sandbox) -> int:
    return sum(request.status in INVALID for request in sandbox.requests)


@pytest.fixture(autouse=True)
def _quiet_discord(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the log of the sandbox's own server apart: it is no part of the host."""
    monkeypatch.setattr(logging.getLogger("aiohttp.server"), "disabled", True)


@pytest.mark.timeout(60 + 3 * SECONDS)
async def test_after_a_real_outage_each_post_is_there_and_all_that_waited_in_one_digest(
    home: Home, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(order, "DIGEST_AGE", 0.5 * SECONDS)
    monkeypatch.setattr("services.debugcog.outbox.sender.backoff", lambda *_: 0.3 * SECONDS)
    home.sandbox.faults.outage(SECONDS)
    logging.getLogger("host").error("Lost the model")
    assert await host.cog.runtime.off_loop(host.cog.runtime.errors.store.flush)
    for number in range(4):
        await host.cog.runtime.alerting.service.test(f"number {number}")

    digest = await home.alerts.wait_for(is_digest, timeout=60 + 2 * SECONDS)

    shown = "\n".join(message.text for message in home.alerts.messages)
    assert [is_digest(message) for message in home.alerts.messages].count(True) == 1
    assert shown.count("- 🔔 Test alert") + shown.count("Alerts reach this channel") == 4
    assert "ERROR host" in shown
    assert len(digest.text.splitlines()) >= 5
    assert invalid_requests(home.sandbox) == 0


def is_digest(message: Message) -> bool:
    return "Messages that were held back" in message.text


@pytest.fixture
async def hour() -> AsyncIterator[tuple[World, Sandbox, Channel]]:
    """Six rules, the real sender on the sandbox, and a clock that stands until it is moved."""
    world = World(RULES)
    async with Sandbox(clock=lambda: world.clock.unix, rate_limits=False) as sandbox:
        sandbox.faults._clock = lambda: world.clock.steady
        alerts = sandbox.add_guild("Home").add_text_channel("alerts")
        bot = discord.Client(intents=discord.Intents.none())
        with pointed_at(sandbox):
            bot.http.token = sandbox.token
            world.connect(DiscordTransport(bot), alerts.id)
            yield world, sandbox, alerts
            await world.sender.close()


async def test_an_hour_without_discord_loses_nothing_and_ends_in_one_digest(
    hour: tuple[World, Sandbox, Channel],
) -> None:
    world, sandbox, alerts = hour
    await world.run(2 * MINUTE)
    sandbox.faults.outage(HOUR)
    for index, name in enumerate(RULES):
        await world.breach(name, 25.0 if index % 2 else 15.0, 4 * MINUTE)
    world.values.update(dict.fromkeys(RULES, 0.0))
    await world.run(50 * MINUTE)

    assert len(world.incidents) == 6
    shown = "\n".join(message.text for message in alerts.messages)
    assert [one.id for one in world.incidents if f"#{one.id} " not in shown] == []
    kinds = [json.loads(message.content)["kind"] for message in alerts.messages]
    assert kinds.count("digest") == 1
    assert len(kinds) <= 5, "posts that Discord may have taken just before go for themselves"
    answered = [request for request in sandbox.requests if request.status]
    assert len(answered) < 20, "a connection that was cut is no request"
    assert invalid_requests(sandbox) == 0


@pytest.mark.parametrize("seconds", [45.0, 1336.0])
@pytest.mark.parametrize("trouble", [Trouble.RATE_LIMIT, Trouble.GLOBAL_RATE_LIMIT])
async def test_no_request_reaches_discord_before_the_end_of_the_pause_that_it_asked_for(
    hour: tuple[World, Sandbox, Channel], trouble: Trouble, seconds: float
) -> None:
    world, sandbox, alerts = hour
    await world.run(2 * MINUTE)
    sandbox.faults.add(Fault(trouble, "POST", "/channels/*", seconds=seconds))
    for name in RULES:
        world.values[name] = 15.0
    await world.run(30 * MINUTE)

    refused = next(one.at for one in sandbox.requests if one.status == 429)
    after = [one.at for one in sandbox.requests if one.at > refused]
    assert min(after) >= refused + seconds
    assert invalid_requests(sandbox) == 1
    shown = "\n".join(message.text for message in alerts.messages)
    assert [one.id for one in world.incidents if f"#{one.id} " not in shown] == []


POSTS = ("POST", "/channels/*/messages")


@pytest.mark.parametrize("status", [200, 204, 404])
async def test_what_discord_took_behind_an_odd_answer_is_looked_for_and_not_posted_again(
    hour: tuple[World, Sandbox, Channel], status: int
) -> None:
    world, sandbox, alerts = hour
    await world.run(2 * MINUTE)
    sandbox.faults.add(Fault(Trouble.PROXY, *POSTS, status=status, body="", taken=True))
    sandbox.faults.add(Fault(Trouble.PROXY, "GET", "/channels/*/messages", status=200, body=""))
    await world.breach("a", 15.0, 2 * MINUTE + INTERVAL)
    world.clock.pass_time(5 * MINUTE)
    alerts.nonces.clear()  # Discord knows them for a few minutes
    await world.run(10 * MINUTE)

    assert sandbox.faults.pending == ()
    assert len(alerts.messages) == 1
    (row,) = world.disk.rows("SELECT state, reason FROM outbox WHERE kind = 'open'")
    assert tuple(row) == ("sent", "found in the channel")


@pytest.mark.parametrize("status", [302, 403, 404, 405, 409])
async def test_an_hour_behind_a_proxy_that_answers_gives_nothing_up(
    hour: tuple[World, Sandbox, Channel], status: int
) -> None:
    world, sandbox, alerts = hour
    await world.run(2 * MINUTE)
    sandbox.faults.add(Fault(Trouble.PROXY, "*", "/channels/*", times=0, status=status))
    for name in RULES:
        world.values[name] = 15.0
    await world.run(HOUR)
    waiting = await world.sender.condition()
    assert (waiting.last, alerts.messages) == (Outcome.FOREIGN, [])
    assert waiting.failing
    assert waiting.failing.detail.startswith(f"{status} ")
    assert waiting.failing.since < world.clock.unix - HOUR / 2
    sandbox.faults.clear()
    await world.run(10 * MINUTE)

    shown = "\n".join(message.text for message in alerts.messages)
    assert [one.id for one in world.incidents if f"#{one.id} " not in shown] == []
    assert world.disk.rows("SELECT 1 FROM outbox WHERE state = 'dead'") == []
    assert (await world.sender.condition()).failing is None


async def test_what_answers_in_discords_place_is_named_until_it_is_gone(
    home: Home, host: Host, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.debugcog.outbox.outcomes.BACKOFF_MAX", 0.2)
    monkeypatch.setattr(undelivered, "LATE_SECONDS", 0.0)
    page = "<html><title>Blocked by policy</title></html>"
    home.sandbox.faults.add(Fault(Trouble.PROXY, *POSTS, times=0, status=403, body=page))
    sender = host.cog.runtime.alerting.sender
    assert sender
    await host.cog.runtime.alerting.service.test("ada")
    async with asyncio.timeout(30):
        while not sender.outcomes[Outcome.FOREIGN]:  # noqa: ASYNC110 - a counter has no event
            await asyncio.sleep(0.01)
    run = await home.sandbox.run_command(home.owner, home.channel, "debug alerts")
    await run.wait(lambda run: run.message and run.message.embeds)
    assert run.message
    title = str(run.message.embeds[0]["title"])
    assert title == "⚠️ Alerts · 1 post not delivered"
    assert (
        "⚠️ Something between us and Discord answers: "
        "`403 Forbidden (text/html: Blocked by policy)`. It is tried again until Discord itself "
        "answers. Since <t:"
    ) in run.message.text
    home.sandbox.faults.clear()
    await home.alerts.wait_for(lambda message: "Alerts reach this channel" in message.text)
