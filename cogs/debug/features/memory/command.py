"""/debug memory: the command, which replies with a fresh MemoryReport."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial

import discord
from discord import app_commands

from cogs.debug.features.memory.actions import ShowMemory
from cogs.debug.features.memory.reply import memory_reply
from cogs.debug.ui.feature import Control, Feature, asked
from cogs.debug.ui.reply import Reply
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.windows import WINDOWS, Window
from services.debugcog.alerting.alert_service import AlertService
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import MemoryReport, ProcessSampler

OffLoop = Callable[[Callable[[], MemoryReport]], Awaitable[MemoryReport]]
"""Runs what may block on a thread."""


def feature(
    process: ProcessSampler,
    metrics: MetricsService,
    alerts: AlertService,
    off_loop: OffLoop,
    responder: Responder,
) -> Feature:
    """Make the feature."""

    async def show(action: ShowMemory) -> Reply:
        process.sample()
        tasks = len(asyncio.all_tasks())
        report = await off_loop(partial(process.report, tasks))
        points = metrics.points("memory_usage_mb", WINDOWS[action.window][0])
        return memory_reply(
            report, points, action.window, alerts.rule_status("memory"), time.time()
        )

    @app_commands.command()
    async def memory(interaction: discord.Interaction, window: Window = "1h") -> None:
        """Memory of the process and the machine, its trend, and a chart.

        Args:
            window: How far back to look.
        """
        await responder.answer(interaction, partial(show, ShowMemory(window)))

    return Feature(memory, (Control(ShowMemory, asked(show)),))
