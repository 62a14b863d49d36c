"""A real discord.py client and a sandbox → the client connected to it, and all put back after."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import TypeVar

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route

from discord_sandbox import Sandbox, openapi

B = TypeVar("B", bound=discord.Client)
GUILDS_ARE_THERE = 0.05
"""Seconds that discord.py waits for one more guild before it is ready; its own default is 2 s."""
HANDLERS = ("discord.py: ", "discord-ui-", "CommandTree-")
"""How the names of discord.py's own tasks begin."""
BESIDE = Path(__file__).parents[1].parent / "shared" / "discord-openapi.json"


def described() -> Path | None:
    """Return Discord's openapi.json where this machine has it: DISCORD_OPENAPI, or beside us."""
    named = os.environ.get("DISCORD_OPENAPI")
    path = Path(named) if named else BESIDE
    return path if path.exists() else None


@contextlib.contextmanager
def pointed_at(sandbox: Sandbox) -> Iterator[None]:
    """Let discord.py use the sandbox's two addresses instead of Discord's."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = sandbox.api_base
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(sandbox.gateway_url)
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


@contextlib.asynccontextmanager
async def running(bot: B, sandbox: Sandbox) -> AsyncIterator[B]:
    """Log a client in, wait until it is ready, and close it in the end.

    What ends the client's connection by itself is raised: a refused token, refused intents. Where
    Discord's openapi.json is at hand, every request is checked against it.
    """
    path = described()
    sandbox.openapi = sandbox.openapi or (openapi.load(path) if path else None)
    bot._connection.guild_ready_timeout = GUILDS_ARE_THERE
    bot.before_identify_hook = _at_once  # type: ignore[method-assign]  # else 5 s a reconnect
    with pointed_at(sandbox):
        await bot.login(sandbox.token)
        connected = asyncio.create_task(bot.connect())
        ready = asyncio.create_task(bot.wait_until_ready())
        try:
            await asyncio.wait({connected, ready}, return_when=asyncio.FIRST_COMPLETED)
            if connected.done():
                await connected
            yield bot
        finally:
            ready.cancel()
            await _settled()  # a handler that ends after its client has closed cannot tell so
            await bot.close()
            await asyncio.gather(connected, ready, return_exceptions=True)
            await _settled()
    assert not sandbox.violations, "\n".join(map(str, sandbox.violations))


async def started() -> None:
    """Wait until the cog does all that it does: some of it begins right after the load."""
    name = "debugcog-start"
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == name))


async def _settled() -> None:
    """End what handlers still do, as the end of a process would."""
    await asyncio.sleep(0)  # those that have not begun yet begin
    while left := [task for task in asyncio.all_tasks() if task.get_name().startswith(HANDLERS)]:
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        await asyncio.sleep(0)  # a handler's end may have told another handler


async def _at_once(shard_id: int | None, *, initial: bool = False) -> None:
    """Identify without the wait that Discord's limit asks for."""
