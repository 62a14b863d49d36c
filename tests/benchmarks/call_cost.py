"""Interaction or message of the host → what following it costs the loop, and a timer inside it."""

from __future__ import annotations

import asyncio
import statistics
from collections.abc import Callable
from time import perf_counter, thread_time
from typing import Any

import discord
from discord import app_commands
from discord.ext import commands

from cogs.debug.app.calls import calls_of
from cogs.debug.capture.calls import Calls
from cogs.debug.capture.invocations import of_interaction
from discord_sandbox import Sandbox
from services.debugcog.activity.days import DayCounter
from services.debugcog.calls.running import ACTIVE, Running
from services.debugcog.metrics import MetricsService
from tests.benchmarks.rows import Row
from tests.discord_bot import running

CALLS = 2_000
ROUNDS = 9
INTERACTION_GOAL_US, MESSAGE_GOAL_US, SPAN_GOAL_US = 150.0, 15.0, 5.0


def run() -> list[Row]:
    """Measure the processor's time; about 5 s."""
    interaction, message = asyncio.run(_events())
    metrics = MetricsService(fold_interval=None)
    calls = calls_of(metrics, DayCounter()).calls
    return [
        _row(
            "calls: an interaction from arrival to end",
            lambda: _follow(calls, interaction),
            metrics,
            INTERACTION_GOAL_US,
        ),
        _row(
            "calls: a message without timed parts",
            lambda: _hear(calls, message),
            metrics,
            MESSAGE_GOAL_US,
        ),
        _row("calls: a timer inside of a call", lambda: _time(metrics), metrics, SPAN_GOAL_US),
    ]


def _row(name: str, work: Callable[[], object], metrics: MetricsService, goal: float) -> Row:
    times = []
    for _ in range(ROUNDS):
        begin = thread_time()
        work()
        times.append(1e6 * (thread_time() - begin) / CALLS)
        metrics.fold()
    return Row(name, statistics.median(times), "µs", goal=goal)


def _follow(calls: Calls, interaction: discord.Interaction[Any]) -> None:
    context = of_interaction(interaction)
    for _ in range(CALLS):
        calls.received(interaction)
        calls.start(interaction.id, context, "slash", "ask")
        calls.acknowledged(interaction.id, 0.0, None)
        calls.end(interaction.id, context)
    ACTIVE.set(None)


def _hear(calls: Calls, message: discord.Message) -> None:
    for _ in range(CALLS):
        call = calls.listening("on_message", (message,), _hear)
        assert call
        calls.listened(call, None)


def _time(metrics: MetricsService) -> None:
    call = Running(perf_counter())
    token = ACTIVE.set(call)
    for _ in range(CALLS):
        with metrics.timer("llm_generation"):
            pass
    ACTIVE.reset(token)


@app_commands.command()
async def ask(interaction: discord.Interaction[Any]) -> None:
    """Answer."""
    await interaction.response.send_message("yes")


async def _events() -> tuple[discord.Interaction[Any], discord.Message]:
    """Get an interaction and a message from a gateway, as discord.py makes them."""
    async with Sandbox() as sandbox:
        guild = sandbox.add_guild("Home")
        person, channel = guild.add_member("ann"), guild.add_text_channel("general")
        bot = commands.Bot("!", intents=discord.Intents.default())
        async with running(bot, sandbox):
            bot.tree.add_command(ask)
            await bot.tree.sync()
            used = asyncio.create_task(bot.wait_for("interaction", timeout=30))
            said = asyncio.create_task(
                bot.wait_for("message", check=lambda one: not one.author.bot, timeout=30)
            )
            await asyncio.sleep(0)  # they begin to wait
            await sandbox.run_command(person, channel, "ask")
            await sandbox.say(person, channel, "hello")
            return await used, await said
