"""Messages and interactions through the sandbox → how many a second, and milliseconds each.

The goals are 1,000 messages and 200 interactions a second on two cores: the sandbox has one, a
bot in a process of its own the other.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import aiohttp
import discord
import yarl
from discord import app_commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from discord_sandbox import Channel, Member, Sandbox
from tests.benchmarks.rows import Row
from tests.discord_bot import running

MESSAGES, INTERACTIONS, AT_ONCE = 2000, 1000, 50
MESSAGES_A_SECOND, INTERACTIONS_A_SECOND = 1000.0, 200.0
BEST_OF = 3
"""Rounds of which the best counts: others may be busy on the machine."""


def run() -> list[Row]:
    """Measure; about 20 s."""
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
            heard = await _messages(sandbox, client, mia, channel)
        return [
            heard,
            await _posted(sandbox, channel, "plain", "aiohttp", MESSAGES_A_SECOND),
            await _posted(sandbox, channel, "bot", "discord.py"),  # its own speed is the limit
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


async def _posted(
    sandbox: Sandbox, channel: Channel, how: str, client: str, goal: float | None = None
) -> Row:
    """Let a process of its own post."""
    seconds = []
    for _ in range(BEST_OF):
        before = len(channel.messages)
        async with _child(sandbox, channel, how) as told:
            seconds.append(float(await told()))
        assert len(channel.messages) == before + MESSAGES
    name = f"sandbox: messages of {client} in another process"
    return Row(name, MESSAGES / min(seconds), "/s", goal=goal, at_least=True)


async def _interactions(sandbox: Sandbox, mia: Member, channel: Channel) -> Row:
    async with _child(sandbox, channel, "answer") as told:
        await told()
        started = time.perf_counter()
        for _ in range(INTERACTIONS // AT_ONCE):
            uses = (sandbox.run_command(mia, channel, "hello") for _ in range(AT_ONCE))
            await asyncio.gather(*uses)
        rate = INTERACTIONS / (time.perf_counter() - started)
    name = "sandbox: interactions of discord.py in another process"
    return Row(name, rate, "/s", goal=INTERACTIONS_A_SECOND, at_least=True)


@contextlib.asynccontextmanager
async def _child(
    sandbox: Sandbox, channel: Channel, how: str
) -> AsyncIterator[Callable[[], Awaitable[str]]]:
    """Run a client in a process of its own; yield what waits for its next line."""
    addresses = {
        "DISCORD_TOKEN": sandbox.token,
        "DISCORD_API_BASE": sandbox.api_base,
        "DISCORD_GATEWAY_URL": sandbox.gateway_url,
    }
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", __name__, how, str(channel.id)),
        env={**os.environ, **addresses},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )

    async def told() -> str:
        assert process.stdout
        async with asyncio.timeout(60):
            return (await process.stdout.readline()).decode().strip()

    try:
        yield told
    finally:
        process.kill()
        await process.wait()


async def _all(post: Callable[[str], Awaitable[object]]) -> None:
    """Post everything, some at once, and print the seconds that it took."""
    texts: Iterator[str] = (f"message {number}" for number in range(MESSAGES))

    async def some() -> None:
        for text in texts:
            await post(text)

    started = time.perf_counter()
    await asyncio.gather(*(some() for _ in range(AT_ONCE)))
    print(time.perf_counter() - started, flush=True)


async def _plain(channel: int) -> None:
    """Post as a program without discord.py does."""
    headers = {"Authorization": f"Bot {os.environ['DISCORD_TOKEN']}"}
    url = f"{os.environ['DISCORD_API_BASE']}/channels/{channel}/messages"
    async with aiohttp.ClientSession(headers=headers) as session:

        async def post(text: str) -> None:
            async with session.post(url, json={"content": text}) as answer:
                answer.raise_for_status()

        await _all(post)


async def _bot(how: str, channel: int) -> None:
    """Post as a bot, which hears of each message as well; or wait for interactions."""
    Route.BASE = os.environ["DISCORD_API_BASE"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    client = Listener()

    async def on_ready() -> None:
        if how == "bot":
            await _all(client.get_partial_messageable(channel).send)
        else:
            print("ready", flush=True)

    client.event(on_ready)
    await client.start(os.environ["DISCORD_TOKEN"])


if __name__ == "__main__":
    _how, _channel = sys.argv[1], int(sys.argv[2])
    asyncio.run(_plain(_channel) if _how == "plain" else _bot(_how, _channel))
