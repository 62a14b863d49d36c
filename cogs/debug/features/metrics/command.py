"""/debug metrics: the command, which replies with one Snapshot."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import discord
from discord import app_commands

from cogs.debug.features.metrics.actions import ShowMetrics
from cogs.debug.features.metrics.reply import metrics_reply, response_series
from cogs.debug.ui.chart_lines import starts
from cogs.debug.ui.feature import Control, Feature, asked
from cogs.debug.ui.reply import Reply
from cogs.debug.ui.responder import Responder
from cogs.debug.ui.windows import WINDOWS, Window
from services.debugcog.alerting.alert_service import AlertService
from services.debugcog.metrics import MetricsService
from services.debugcog.process.samplers import STARTED, ProcessSampler
from services.debugcog.stalls.stall import StallSummary


def feature(
    metrics_service: MetricsService,
    alerts: AlertService,
    process: ProcessSampler,
    stalls: Callable[[float], StallSummary],
    responder: Responder,
    *,
    enabled: bool,
) -> Feature:
    """Make the feature.

    Args:
        metrics_service: has the numbers.
        alerts: knows the rules.
        process: knows when this run began.
        stalls: sums up the stalls of the event loop in the last so many seconds.
        responder: answers.
        enabled: whether metrics are collected.
    """

    async def show(action: ShowMetrics) -> Reply:
        seconds, _ = WINDOWS[action.window]
        snapshot, run = metrics_service.snapshot(seconds, with_labels=False), process.run
        return metrics_reply(
            snapshot,
            metrics_service.points(response_series(snapshot), seconds),
            action.window,
            {one.rule.name: one for one in alerts.rule_statuses()},
            run,
            stalls(seconds),
            starts=starts(metrics_service.points(STARTED, seconds), snapshot.taken_at - run.uptime),
            incidents=alerts.open,
            enabled=enabled,
        )

    @app_commands.command()
    async def metrics(interaction: discord.Interaction, window: Window = "1h") -> None:
        """Response times, tokens, errors, memory: the numbers, and a chart of response times.

        Args:
            window: How far back to look.
        """
        await responder.answer(interaction, partial(show, ShowMetrics(window)))

    return Feature(metrics, (Control(ShowMetrics, asked(show)),))
