"""A bot with the whole cog → what loading, idling and answering cost, beside a bot without it."""

from __future__ import annotations

import asyncio
import contextlib
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import discord
import psutil
import yarl
from discord.ext import commands
from discord.gateway import DiscordWebSocket
from discord.http import Route

from discord_sandbox import Channel, Member, Permission, Sandbox
from discord_sandbox.people.runs import Run
from tests.benchmarks.rows import Row

ROOT = Path(__file__).parents[2]
LOADS = 9
SETTLED, IDLE = 20.0, 60.0
"""Seconds that the bots have to come to rest, and that they are watched."""
LOAD = """
import asyncio, time
begin = time.process_time()
import discord, discord.ext.commands
imported = time.process_time()
async def load():
    bot = discord.ext.commands.Bot("!", intents=discord.Intents.default())
    async with bot:
        begin = time.process_time()
        await bot.load_extension("debugcog")
        print(imported_in, time.process_time() - begin)
imported_in = imported - begin
asyncio.run(load())
"""
INTERACTIONS_A_SECOND, SECONDS = 200, 15.0
COMMANDS: Mapping[str, Mapping[str, str]] = {
    "debug metrics": {},
    "debug memory": {},
    "debug errors": {},
    "debug alerts": {},
    "debug loglevel": {"level": "INFO"},
}
"""All commands of /debug, and the options that they need."""
PAUSE = 0.1
"""Seconds from one /debug command to the next."""


def run() -> list[Row]:
    """Measure; about two minutes."""
    return [_loading(), *asyncio.run(_bots())]


def _loading() -> Row:
    """Load the cog in fresh processes, of which the first writes the bytecode."""
    pairs = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(LOADS + 1):
            told = subprocess.run(
                [sys.executable, "-c", LOAD],
                cwd=folder,
                env=_environment(folder),
                capture_output=True,
                text=True,
                check=True,
                timeout=60,
            )
            imported, loaded = map(float, told.stdout.split())
            pairs.append((imported, loaded))
    imported, loaded = (1000 * statistics.median(each) for each in zip(*pairs[1:], strict=True))
    ratio = statistics.median(loaded / imported for imported, loaded in pairs[1:])
    return Row("CPU of loading the cog / import discord", loaded, "ms", imported, ratio, 0.27)


@dataclass(frozen=True, slots=True)
class Home:
    """The server of the bots that are measured."""

    sandbox: Sandbox
    channel: Channel
    admin: Member
    stranger: Member


async def _bots() -> list[Row]:
    async with Sandbox(rate_limits=False) as sandbox:
        guild = sandbox.add_guild("Home")
        chief = guild.add_role("Chief", Permission.ADMINISTRATOR)
        guild.add_text_channel("alerts")
        home = Home(
            sandbox,
            guild.add_text_channel("general"),
            guild.add_member("ada", roles=[chief]),
            guild.add_member("noah"),
        )
        return [await _idle(home), await _acknowledgement(home)]


async def _idle(home: Home) -> Row:
    async with _bot(home, "with") as ours, _bot(home, "without") as bare:
        await asyncio.sleep(SETTLED)
        before = [_cpu_seconds(each) for each in (ours, bare)]
        await asyncio.sleep(IDLE)
        used, least = (
            100 * (_cpu_seconds(each) - then) / IDLE
            for each, then in zip((ours, bare), before, strict=True)
        )
    return Row("idle bot: what the cog adds, of a core", used - least, "%", goal=0.5)


async def _acknowledgement(home: Home) -> Row:
    """Type /debug commands while the bot answers a flood of another one."""
    async with _bot(home, "with"):
        flood = asyncio.create_task(_flood(home))
        runs: list[Run] = []
        while not flood.done():
            for typed, options in COMMANDS.items():
                runs.append(
                    await home.sandbox.run_command(home.admin, home.channel, typed, options)
                )
                await asyncio.sleep(PAUSE)
        await flood
    waits = [1000 * run.acknowledged_after for run in runs]
    name = f"/debug acknowledged, p99 of {len(waits)}, {INTERACTIONS_A_SECOND} interactions/s"
    return Row(name, statistics.quantiles(waits, n=100)[98], "ms", goal=50)


async def _flood(home: Home) -> None:
    """Run /hello at a steady rate, whether the answers come or not."""
    loop = asyncio.get_running_loop()
    begin, answers = loop.time(), []
    for number in range(int(INTERACTIONS_A_SECOND * SECONDS)):
        await asyncio.sleep(begin + number / INTERACTIONS_A_SECOND - loop.time())
        answer = home.sandbox.run_command(home.stranger, home.channel, "hello")
        answers.append(asyncio.ensure_future(answer))
    await asyncio.gather(*answers)


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


def _environment(folder: str) -> dict[str, str]:
    """Give a host's environment, in which bytecode is written as everywhere."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    return {**kept, "PYTHONPATH": str(ROOT), "PYTHONPYCACHEPREFIX": str(Path(folder) / "pyc")}


@contextlib.asynccontextmanager
async def _bot(home: Home, how: str) -> AsyncIterator[psutil.Process]:
    """Run a bot in a process of its own until it has registered its commands."""
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", __name__, how),
            cwd=folder,
            env={
                **_environment(folder),
                "DISCORD_TOKEN": home.sandbox.token,
                "DISCORD_API_BASE": home.sandbox.api_base,
                "DISCORD_GATEWAY_URL": home.sandbox.gateway_url,
                "DEBUG_GUILD_IDS": str(home.channel.guild_id),
            },
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            assert process.stdout
            async with asyncio.timeout(60):
                await process.stdout.readline()
            yield psutil.Process(process.pid)
        finally:
            with contextlib.suppress(ProcessLookupError):
                process.terminate()
            await process.wait()


class Bot(commands.Bot):
    """A bot that answers /hello, and may have loaded the cog."""

    def __init__(self, how: str) -> None:
        super().__init__("!", intents=discord.Intents.default())
        self._how = how

    async def setup_hook(self) -> None:
        self.tree.command(name="hello", description="Say hello.")(hello)
        if self._how == "with":
            await self.load_extension("debugcog")
        await self.tree.sync()

    async def on_ready(self) -> None:
        name = "debugcog-registration"
        await asyncio.gather(*(one for one in asyncio.all_tasks() if one.get_name() == name))
        print("ready", flush=True)


async def hello(interaction: discord.Interaction) -> None:
    """Answer."""
    await interaction.response.send_message("hello", ephemeral=True)


if __name__ == "__main__":
    Route.BASE = os.environ["DISCORD_API_BASE"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    asyncio.run(Bot(sys.argv[1]).start(os.environ["DISCORD_TOKEN"]))
