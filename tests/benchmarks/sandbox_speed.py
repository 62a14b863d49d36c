"""Messages and interactions through the sandbox and the real client → milliseconds each.

The goals are 1,000 messages and 200 interactions a second on two cores. Client and sandbox share
one event loop here, so one core has to do.
"""

from __future__ import annotations

import asyncio
import time

import discord
from discord import app_commands

from sandbox import Channel, Member, Sandbox
from tests.benchmarks.rows import Row
from tests.discord_bot import running

MESSAGES, INTERACTIONS, AT_ONCE = 4000, 1000, 50


def run() -> list[Row]:
    """Measure; about 10 s."""
    return asyncio.run(_measure())


async def hello(interaction: discord.Interaction) -> None:
    """Answer."""
    await interaction.response.send_message("hello", ephemeral=True)


class Listener(discord.Client):
    """A bot that counts messages and answers /hello."""

    def __init__(self) -> None:
        super().__init__(intents=discord.Intents.all())
        self.heard = 0
        self.tree = app_commands.CommandTree(self)
        self.tree.command(name="hello", description="Say hello.")(hello)

    async def on_message(self, message: discord.Message) -> None:
        self.heard += 1


async def _measure() -> list[Row]:
    client = Listener()
    async with Sandbox(rate_limits=False) as sandbox:
        guild = sandbox.add_guild("Home")
        mia, channel = guild.add_member("mia"), guild.add_text_channel("general")
        async with running(client, sandbox):
            sandbox.openapi = None  # the sandbox itself, not the checking
            await client.tree.sync()
            return [
                await _messages(sandbox, client, mia, channel),
                await _interactions(sandbox, mia, channel),
            ]


async def _messages(sandbox: Sandbox, client: Listener, mia: Member, channel: Channel) -> Row:
    started = time.perf_counter()
    for number in range(MESSAGES):
        await sandbox.say(mia, channel, f"message {number}")
        if number % AT_ONCE == 0:
            await asyncio.sleep(0)
    while client.heard < MESSAGES:  # noqa: ASYNC110 - an event a message would be measured too
        await asyncio.sleep(0.001)
    each = (time.perf_counter() - started) / MESSAGES * 1000
    return Row("sandbox: a message, until discord.py has heard it", each, "ms", goal=1.0)


async def _interactions(sandbox: Sandbox, mia: Member, channel: Channel) -> Row:
    started = time.perf_counter()
    for _ in range(INTERACTIONS // AT_ONCE):
        uses = (sandbox.run_command(mia, channel, "hello") for _ in range(AT_ONCE))
        await asyncio.gather(*uses)
    each = (time.perf_counter() - started) / INTERACTIONS * 1000
    return Row("sandbox: an interaction, until its first response", each, "ms", goal=5.0)
