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
from functools import cache
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
AFTERWARDS = 3.0
"""Seconds in which what a load has put off is done: it opens and reads the state file, for one."""
SETTLED, IDLE = 20.0, 60.0
"""Seconds that the bots have to come to rest, and that they are watched."""
LOAD = """
import asyncio, sys, time
begin = time.process_time()
import discord, discord.ext.commands
imported = time.process_time()
async def load():
    bot = discord.ext.commands.Bot("!", intents=discord.Intents.default())
    async with bot:
        begin = time.process_time()
        await bot.load_extension("debugcog")
        loaded = time.process_time()
        await asyncio.sleep(float(sys.argv[1]))
        print(imported_in, loaded - begin, time.process_time() - begin)
imported_in = imported - begin
asyncio.run(load())
"""
INTERACTIONS_A_SECOND, SECONDS = 200, 30.0
SUBCOMMAND = 1
PAUSE = 0.1
"""Seconds from one /debug command to the next."""


def run() -> list[Row]:
    """Measure; about two minutes."""
    return [*_loading(), *asyncio.run(_bots())]


def _loading() -> list[Row]:
    """Load the cog in fresh processes."""
    rounds = []
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(LOADS):
            told = subprocess.run(
                [sys.executable, "-c", LOAD, str(AFTERWARDS)],
                cwd=folder,
                env=environment(),
                capture_output=True,
                text=True,
                check=True,
                timeout=60,
            )
            rounds.append(tuple(map(float, told.stdout.split())))
    peers, *values = zip(*rounds, strict=True)
    names = ("CPU of loading the cog", f"… and of the {AFTERWARDS:.0f} s after it")
    return [
        Row(
            f"{name} / import discord",
            1000 * statistics.median(value),
            "ms",
            1000 * statistics.median(peers),
            statistics.median(one / peer for one, peer in zip(value, peers, strict=True)),
            goal,
        )
        for name, value, goal in zip(names, values, (0.27, None), strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Home:
    """The server of the bots that are measured."""

    sandbox: Sandbox
    channel: Channel
    admin: Member
    stranger: Member


@contextlib.asynccontextmanager
async def home_of() -> AsyncIterator[Home]:
    """Open a sandbox with one server."""
    async with Sandbox(rate_limits=False) as sandbox:
        guild = sandbox.add_guild("Home")
        chief = guild.add_role("Chief", Permission.ADMINISTRATOR)
        guild.add_text_channel("alerts")
        yield Home(
            sandbox,
            guild.add_text_channel("general"),
            guild.add_member("ada", roles=[chief]),
            guild.add_member("noah"),
        )


async def _bots() -> list[Row]:
    async with home_of() as home:
        return [await _idle(home), await _acknowledgement(home), await _without(home)]


async def _idle(home: Home) -> Row:
    async with bot_of(home, "with") as ours, bot_of(home, "without") as bare:
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
    async with bot_of(home, "with"):
        flood = asyncio.create_task(_flood(home))
        runs: list[Run] = []
        while not flood.done():
            for typed in commands_of(home):
                runs.append(await home.sandbox.run_command(home.admin, home.channel, typed))
                await asyncio.sleep(PAUSE)
        await flood
    name = f"/debug acknowledged, p99 of {len(runs)}, {INTERACTIONS_A_SECOND} interactions/s"
    return Row(name, _p99(runs), "ms", goal=50)


async def _without(home: Home) -> Row:
    """Let a bot without the cog answer the same flood: what Python and this machine take of it."""
    async with bot_of(home, "without"):
        runs = await _flood(home)
    return Row("… and /hello of a bot without the cog", _p99(runs), "ms")


def _p99(runs: list[Run]) -> float:
    return statistics.quantiles((1000 * run.acknowledged_after for run in runs), n=100)[98]


def commands_of(home: Home) -> list[str]:
    """List all commands of /debug as they are typed, as the bot has registered them."""
    known = home.sandbox.application.available(home.channel.guild_id)
    (group,) = (each for each in known if each.name == "debug")
    return [f"debug {one['name']}" for one in group.payload["options"] if one["type"] == SUBCOMMAND]


async def _flood(home: Home) -> list[Run]:
    """Run /hello at a steady rate, whether the answers come or not."""
    loop = asyncio.get_running_loop()
    begin, answers = loop.time(), []
    for number in range(int(INTERACTIONS_A_SECOND * SECONDS)):
        await asyncio.sleep(begin + number / INTERACTIONS_A_SECOND - loop.time())
        answer = home.sandbox.run_command(home.stranger, home.channel, "hello")
        answers.append(asyncio.ensure_future(answer))
    return await asyncio.gather(*answers)


def _cpu_seconds(process: psutil.Process) -> float:
    times = process.cpu_times()
    return times.user + times.system


@cache
def environment() -> Mapping[str, str]:
    """Give a host's environment, with our modules compiled as pip does when it installs them."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    ours = (str(ROOT / name) for name in ("cogs", "debugcog", "services"))
    subprocess.run([sys.executable, "-m", "compileall", "-fqq", *ours], env=kept, check=True)
    return {**kept, "PYTHONPATH": str(ROOT)}


@contextlib.asynccontextmanager
async def bot_of(home: Home, how: str, module: str = __name__) -> AsyncIterator[psutil.Process]:
    """Run a bot in a process of its own, from when it has registered its commands.

    Args:
        home: where it is.
        how: ``with`` the cog or ``without``.
        module: its main program.
    """
    with tempfile.TemporaryDirectory() as folder:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", module, how),
            cwd=folder,
            env={
                **environment(),
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


def run_bot(bot: commands.Bot) -> None:
    """Run a bot at the sandbox that the environment names."""
    Route.BASE = os.environ["DISCORD_API_BASE"]
    DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(os.environ["DISCORD_GATEWAY_URL"])
    asyncio.run(bot.start(os.environ["DISCORD_TOKEN"]))


if __name__ == "__main__":
    run_bot(Bot(sys.argv[1]))
