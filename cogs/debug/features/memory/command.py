"""/debug memory: the command, which replies with a fresh MemoryAnswer."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from functools import partial

import discord
from discord import app_commands

from cogs.debug.features.memory.actions import ShowMemory
from cogs.debug.features.memory.reply import MemoryAnswer, memory_reply
from cogs.debug.ui.chart_lines import starts
from cogs.debug.ui.feature import Control, Feature, asked
from cogs.debug.ui.reply import Reply
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.windows import WINDOWS, Window
from services.debugcog.alerting.alert_service import AlertService
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import STARTED, MemoryReport, ProcessSampler
from services.debugcog.timeseries.trend import Trend, fit, of_run

MEMORY = "memory_usage_mb"
TREND_SECONDS = 3600.0
"""What a trend looks at, at least, even where a shorter window is asked for."""

OffLoop = Callable[
    [Callable[[], tuple[MemoryReport, Trend | None]]],
    Awaitable[tuple[MemoryReport, Trend | None]],
]
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
        tasks, seconds = len(asyncio.all_tasks()), WINDOWS[action.window][0]
        report, trend = await off_loop(partial(read, tasks, seconds))
        now = time.time()
        answer = MemoryAnswer(
            report=report,
            trend=trend,
            points=metrics.points(MEMORY, seconds),
            starts=starts(metrics.points(STARTED, seconds), now - report.uptime),
            rule_status=alerts.rule_status("memory"),
            now=now,
        )
        return memory_reply(answer, action.window)

    def read(tasks: int, seconds: float) -> tuple[MemoryReport, Trend | None]:
        report = process.report(tasks)
        points = metrics.points(MEMORY, min(max(seconds, TREND_SECONDS), report.uptime))
        return report, fit(of_run(points, time.time() - report.uptime))

    @app_commands.command()
    async def memory(interaction: discord.Interaction, window: Window = "1h") -> None:
        """Memory of the process and the machine, its trend, and a chart.

        Args:
            window: How far back to look.
        """
        await responder.answer(interaction, partial(show, ShowMemory(window)))

    return Feature(memory, (Control(ShowMemory, asked(show)),))
