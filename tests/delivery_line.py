"""Sandbox, a host that is logged in, and the sender's REST client to it."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator

import aiohttp
import discord
from discord.ext import commands

from cogs.debug.delivery.message_builder import Outgoing
from cogs.debug.delivery.transport import DiscordTransport
from discord_sandbox import Channel, Sandbox
from discord_sandbox.faults import Fault, Trouble
from services.debugcog.outbox.outcomes import Result
from tests.discord_bot import pointed_at

POSTS = ("POST", "/channels/*/messages")
HELLO = Outgoing("hello")


class Line:
    """A sandbox, a host that is logged in, and the transport under test."""

    def __init__(self, sandbox: Sandbox, bot: commands.Bot, deadline: float = 5.0) -> None:
        self.sandbox = sandbox
        self.bot = bot
        self.guild = sandbox.add_guild("Home")
        self.channel: Channel = self.guild.add_text_channel("alerts")
        self.transport = DiscordTransport(bot, deadline)

    async def post(self, nonce: str = "abc0", message: Outgoing = HELLO) -> Result:
        return await self.transport.post(self.channel.id, message, nonce, None)

    def fault(self, trouble: Trouble, seconds: float = 1.0) -> None:
        self.sandbox.faults.add(Fault(trouble, *POSTS, seconds=seconds))


@contextlib.asynccontextmanager
async def connected(
    deadline: float = 5.0, connector: aiohttp.BaseConnector | None = None
) -> AsyncIterator[Line]:
    async with Sandbox() as sandbox:
        bot = commands.Bot("!", intents=discord.Intents.default(), connector=connector)
        with pointed_at(sandbox):
            await bot.login(sandbox.token)
            line = Line(sandbox, bot, deadline)
            try:
                yield line
            finally:
                await line.transport.close()
                await bot.close()
        assert list(sandbox.violations) == []
