"""A bot → the same bot with its debugging desk: ``await bot.load_extension("debugcog")``."""

from __future__ import annotations

import discord
from discord import app_commands
from discord.ext import commands

from cogs.debug.app.build import build
from cogs.debug.app.cog import DebugCog
from services.debugcog import settings as configuration


async def setup(bot: commands.Bot) -> None:
    """Build the desk, wire it, and add the cog.

    Raises:
        SettingsError: some settings are not allowed; it lists them all.
        RuntimeError: the host has a /debug of its own in one of the servers.
    """
    settings = configuration.load()
    guilds = [discord.Object(guild_id) for guild_id in settings.debug_guild_ids]
    cog = DebugCog(bot, build(bot, settings))
    # discord.py takes an empty list for "everywhere", so there is one guild that never is.
    try:
        await bot.add_cog(cog, guilds=guilds or [discord.Object(0)])
    except app_commands.CommandAlreadyRegistered as error:
        raise RuntimeError(
            f"this bot has a /debug of its own in guild {error.guild_id}: rename it, "
            "or take the guild out of DEBUG_GUILD_IDS"
        ) from error
