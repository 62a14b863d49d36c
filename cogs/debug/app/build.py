"""Settings and a bot → every part of the desk, built once, and the cog on the bot."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import cast

import discord
from discord import app_commands
from discord.ext import commands

from cogs.debug.app import registration
from cogs.debug.app.alerting import SCHEMAS as ALERTING_SCHEMAS
from cogs.debug.app.alerting import Alerting
from cogs.debug.app.cog import DebugCog
from cogs.debug.app.error_reports import ErrorReports
from cogs.debug.app.handover import handed_over, put_to_use
from cogs.debug.app.ownership import Host, give_to, keep_listeners, refuse_second
from cogs.debug.app.runtime import Runtime
from cogs.debug.capture.gateway import GatewayWatch
from cogs.debug.features.errors import reply as replies
from services.debugcog import settings as configuration
from services.debugcog.charting.worker import ChartWorker
from services.debugcog.errors import store as errors
from services.debugcog.metrics import MetricsService
from services.debugcog.performance import PerformanceWarnings
from services.debugcog.process.samplers import LagSampler, ProcessSampler
from services.debugcog.redaction.redactor import Redactor
from services.debugcog.settings import Settings
from services.debugcog.state.database import Database
from services.debugcog.timeseries import history

SCHEMAS = (history.SCHEMA, errors.SCHEMA, registration.SCHEMA, *ALERTING_SCHEMAS)


async def load_as(extension: str, host: Host) -> None:
    """Build the runtime, wire it, and add the cog.

    Not named ``setup``: a loader that tries every file of ``cogs`` would take it for an extension.

    Args:
        extension: the name that discord.py loads it by.
        host: the bot.

    Raises:
        SettingsError: some settings are not allowed; it lists them all.
        RuntimeError: the cog is loaded already, or the host has a cog of its name or a /debug of
            its own in one of the servers.
    """
    bot = cast("commands.Bot", host)  # the two kinds of bot have no base class that is public
    refuse_second(bot, DebugCog.__cog_name__, DebugCog)
    settings = configuration.load()
    guilds = [discord.Object(guild_id) for guild_id in settings.debug_guild_ids]
    cog = DebugCog(bot, build(bot, settings))
    give_to(extension, cog)
    # discord.py takes an empty list for "everywhere", so there is one guild that never is.
    try:
        await bot.add_cog(cog, guilds=guilds or [discord.Object(0)])
    except app_commands.CommandAlreadyRegistered as error:
        raise RuntimeError(
            f"this bot has a /debug of its own in guild {error.guild_id}: rename it, "
            "or take the guild out of DEBUG_GUILD_IDS"
        ) from error
    keep_listeners(bot)


def build(bot: commands.Bot, settings: Settings) -> Runtime:
    """Make every part of what the settings say and what the host has handed over."""
    given = handed_over(bot)
    metrics = given.metrics or _own_metrics(settings)
    metrics.gauges.every(settings.metrics_collection_interval)
    database = Database(settings.state_path, SCHEMAS)
    redact = Redactor(configuration.given(), bot.http.token or settings.discord_token)
    charts = ChartWorker()
    alerting = Alerting(
        bot,
        settings,
        database,
        metrics,
        charts.draw,
        redact=redact,
        renderers={"group": replies.group_post, "digest-errors": replies.digest},
        rules=given.rules,
    )
    return Runtime(
        settings=settings,
        misspelt=configuration.misspelt(),
        metrics=metrics,
        owns_metrics=given.metrics is None,
        put_to_use=partial(put_to_use, bot, metrics),
        database=database,
        history=history.History(metrics, database),
        warnings=PerformanceWarnings(settings),
        redact=redact,
        process=ProcessSampler(metrics),
        lag=LagSampler(metrics),
        gateway=GatewayWatch(bot, metrics),
        charts=charts,
        errors=ErrorReports(
            bot,
            database,
            metrics,
            redact=redact,
            on_post=alerting.wake,
            root=Path.cwd(),
            release=settings.release,
        ),
        alerting=alerting,
    )


def _own_metrics(settings: Settings) -> MetricsService:
    return MetricsService(enabled=settings.metrics_enabled)
