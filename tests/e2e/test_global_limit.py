"""Discord's global rate limit meets a request of ours: the host's own client goes on afterwards."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

import discord
import pytest
from discord.ext import commands

from cogs.debug.capture import user_notice
from discord_sandbox.faults import Fault, Trouble
from tests.discord_bot import running
from tests.e2e.conftest import Home, Host
from tests.failing_host import until

LIMIT_SECONDS = 0.5


class BareHost(Host):
    async def setup_hook(self) -> None:
        pass


async def limited(home: Home) -> None:
    """Wait until the limit was met."""
    await until(lambda: any(one.status == 429 for one in home.sandbox.requests))


async def unloaded_while_it_registers(home: Home, bot: Host) -> None:
    await bot.load_extension("cogs.debug")
    await limited(home)
    await bot.unload_extension("cogs.debug")


async def notice_that_is_late(home: Home, bot: Host) -> None:
    @bot.command()
    async def fails(ctx: commands.Context[Host]) -> None:
        await user_notice.to_context(ctx, "E-1234567")

    await home.sandbox.say(home.owner, home.channel, "!fails")
    await limited(home)


@pytest.mark.parametrize(
    ("ours", "method", "path"),
    [
        (unloaded_while_it_registers, "GET", "*/commands"),
        (notice_that_is_late, "POST", "*/messages"),
    ],
)
async def test_a_request_of_ours_that_is_given_up_does_not_lock_the_hosts_client(
    home: Home,
    monkeypatch: pytest.MonkeyPatch,
    ours: Callable[[Home, Host], Awaitable[None]],
    method: str,
    path: str,
) -> None:
    monkeypatch.setattr(user_notice, "SECONDS", 0.05)
    home.sandbox.faults.add(Fault(Trouble.GLOBAL_RATE_LIMIT, method, path, seconds=LIMIT_SECONDS))
    async with running(BareHost(), home.sandbox) as bot:
        await ours(home, bot)
        async with asyncio.timeout(30):
            channel = await bot.fetch_channel(home.channel.id)
        assert isinstance(channel, discord.TextChannel)
        assert channel.name == "general"
