"""The gateway under clients that do not read, never come back, or reconnect without a pause."""

from __future__ import annotations

import asyncio
import time

import aiohttp
import discord
import pytest

from discord_sandbox import Sandbox
from discord_sandbox.gateway.connection import Closed, Connection
from discord_sandbox.gateway.reconnect_throttle import BURST, ReconnectThrottle
from tests.clock import Clock
from tests.discord_bot import pointed_at
from tests.discord_sandbox.parts import Gateway, Home


def test_the_brake_lets_a_burst_through_and_then_spreads_it_over_seconds() -> None:
    clock = Clock(100.0)
    throttle = ReconnectThrottle(clock)
    waits = []
    for _ in range(BURST + 2):
        waits.append(throttle.wait())
        throttle.closed()
        clock.turn(0.01)

    assert [round(each, 2) for each in waits] == [0.0] * BURST + [0.8, 0.8]
    clock.turn(1.0)
    assert throttle.wait() == 0.0


async def test_a_client_that_is_closed_each_time_and_reconnects_at_once_does_not_spin(
    sandbox: Sandbox, place: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = 0
    enough = asyncio.Event()

    def close_at_once(self: Connection, request: object) -> None:
        nonlocal opened
        opened += 1
        if opened == BURST + 5:
            enough.set()
        self.order(10, {"heartbeat_interval": 41250, "_trace": []})
        raise Closed(4008, "Rate limited.")  # resumable: discord.py tries again without a pause

    monkeypatch.setattr(Connection, "_open", close_at_once)
    client = discord.Client(intents=discord.Intents.all())
    with pointed_at(sandbox):
        await client.login(sandbox.token)
        started = time.monotonic()
        spinning = asyncio.create_task(client.connect())
        await enough.wait()
        took = time.monotonic() - started
        spinning.cancel()
        await asyncio.gather(spinning, return_exceptions=True)
        await client.close()

    assert took > 0.5  # without the throttle it takes some hundredths


async def test_lost_sessions_do_not_pile_up(
    sandbox: Sandbox, gateway: Gateway, place: Home
) -> None:
    for _ in range(9):
        line = await gateway()
        await line.identify()
        await line.socket.close(code=4000)

    last = await gateway()
    ready = await last.identify()

    assert len(sandbox.hub.sessions) == 4
    assert list(sandbox.hub.sessions)[-1] == ready["session_id"]


async def test_lost_sessions_of_other_shards_stay(
    sandbox: Sandbox, gateway: Gateway, place: Home
) -> None:
    for shard in range(6):
        line = await gateway()
        await line.identify(shard=[shard, 6])
        await line.socket.close(code=4000)

    assert len(sandbox.hub.sessions) == 6


async def test_what_is_kept_for_a_resume_is_bounded_in_size(
    sandbox: Sandbox, gateway: Gateway, place: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discord_sandbox.gateway.sessions.REPLAY_SIZE", 10_000)
    line = await gateway()
    ready = await line.identify()
    await line.socket.close(code=4000)
    for _ in range(20):
        await sandbox.say(place.mia, place.channel, "x" * 1000)

    again = await gateway()
    await again.resume(ready["session_id"], line.sequence)

    assert await again.op(9) is False
    kept = sandbox.hub.sessions[ready["session_id"]]._sent
    assert 0 < sum(len(frame) for _, frame in kept) <= 10_000


async def _flooded(sandbox: Sandbox, gateway: Gateway, place: Home, until: str) -> str:
    """Let a client read nothing until its frames wait, or until it is cut; return its session."""
    line = await gateway()
    ready = await line.identify()
    (connection,) = sandbox._connections
    for _ in range(20_000):
        await sandbox.say(place.mia, place.channel, "x" * 2000)
        await asyncio.sleep(0)
        if until == "cut" and not sandbox._connections:
            break
        if until == "waiting" and connection._outgoing.size > 10_000:
            break
    return str(ready["session_id"])


async def test_who_reads_nothing_is_cut_off_and_may_resume(
    sandbox: Sandbox, gateway: Gateway, place: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("discord_sandbox.gateway.outgoing.BACKLOG", 100_000)

    session = await _flooded(sandbox, gateway, place, "cut")

    assert not sandbox._connections
    assert sandbox.hub.sessions[session].send is None


async def test_who_reads_nothing_does_not_hold_the_sandbox_open() -> None:
    async with aiohttp.ClientSession() as session:
        async with Sandbox(rate_limits=False) as sandbox:
            guild = sandbox.add_guild("Home")
            place = Home(guild, guild.add_text_channel("x"), guild.everyone, guild.add_member("m"))
            await _flooded(sandbox, Gateway(sandbox, session), place, "waiting")
            started = time.monotonic()
        assert time.monotonic() - started < 8
