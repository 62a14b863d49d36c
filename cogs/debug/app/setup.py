"""Bot → the same bot with DebugCog added; undone if any step fails."""

from __future__ import annotations

import sys
import types
from collections.abc import Callable
from typing import Any, cast

import discord
from discord import app_commands
from discord.ext import commands

from cogs.debug.app.build import build
from cogs.debug.app.cog import DebugCog
from cogs.debug.app.host import red_cog, red_load_error
from cogs.debug.app.ownership import Host, keep_listeners, refuse_second
from services.debugcog import settings as configuration
from services.debugcog.ended_loops import running
from services.debugcog.settings import SettingsError
from services.debugcog.shield import shielded

NOWHERE = 0
"""A guild that never is: discord.py takes no guilds for "everywhere"."""
RED_EXTRAS = {"red_force_enable": True}
"""Red keeps a slash command aside until its owner enables it, unless it says this."""


async def add_to(host: Host, entry: Callable[..., Any]) -> None:
    """Build the runtime, wire it, and add the cog; what fails or is cancelled is undone.

    Not named ``setup``: a loader that tries every file of ``cogs`` would take it for an extension.

    Args:
        host: the bot.
        entry: the function ``setup`` that the host has called.

    Raises:
        SettingsError: some settings are not allowed; it lists them all.
        RuntimeError: the cog is loaded already, or the host has a cog of its name or a /debug of
            its own in one of the servers.
        CogLoadError: either of them, in Red, which shows the text of this one alone.
    """
    bot = cast("commands.Bot", host)  # the two kinds of bot have no base class that is public
    try:
        await _add_cog(bot, extension_of(entry))
    except (SettingsError, RuntimeError) as error:
        kind = red_load_error(bot)
        if kind is None:
            raise
        raise kind(str(error)) from error


async def _add_cog(bot: commands.Bot, extension: str) -> None:
    refuse_second(bot, DebugCog.__cog_name__, DebugCog)
    settings = configuration.load()
    await running().wind_up()
    kind = cog_class(bot, extension, sorted(settings.debug_guild_ids))
    cog = kind(bot, build(bot, settings))
    try:
        await bot.add_cog(cog)  # no more than the cog: some hosts take nothing else
    except BaseException as error:
        await shielded(_undo(bot, cog))
        if isinstance(error, app_commands.CommandAlreadyRegistered):
            raise RuntimeError(
                f"this bot has a /debug of its own in guild {error.guild_id}: rename it, "
                "or take the guild out of DEBUG_GUILD_IDS"
            ) from error
        raise
    keep_listeners(bot)


def cog_class(bot: commands.Bot, extension: str, guild_ids: list[int]) -> type[DebugCog]:
    """Make the class of the cog for one host.

    Args:
        bot: the host; Red wants a class of its own among the bases.
        extension: the module that the host loads, and by whose name it finds the cog again.
        guild_ids: where ``/debug`` is.
    """
    red = red_cog(bot)
    guilds = [discord.Object(guild_id) for guild_id in guild_ids or [NOWHERE]]

    async def cog_unload(cog: DebugCog) -> None:
        """Take ``/debug`` out of the tree, where ``remove_cog`` leaves it, and end the cog."""
        group = cog.app_command
        for guild in guilds:
            if group and bot.tree.get_command(group.name, guild=guild) is group:
                bot.tree.remove_command(group.name, guild=guild)
        await DebugCog.cog_unload(cog)

    options = {
        "name": DebugCog.__cog_name__,
        "description": DebugCog.__cog_description__,
        "group_name": DebugCog.__cog_group_name__,
        "group_description": DebugCog.__cog_group_description__,
        "group_extras": RED_EXTRAS if red else {},
    }
    body = {
        "__module__": extension,
        "__doc__": DebugCog.__cog_description__,
        "cog_unload": cog_unload,
    }
    bases = (DebugCog, red) if red else (DebugCog,)
    kind = types.new_class(DebugCog.__name__, bases, options, lambda space: space.update(body))
    return app_commands.guilds(*guilds)(kind)


def extension_of(entry: Callable[..., Any]) -> str:
    """Return the name of the module that the host loads, ours or one that took our ``setup``.

    A host's ``cogs/desk.py`` may be no more than ``from debugcog import setup``. At the unload
    discord.py looks for cogs whose class is of that module.
    """
    own = entry.__module__
    loaded = list(sys.modules.items())
    taken = [name for name, one in loaded if getattr(one, "__dict__", {}).get("setup") is entry]
    return next((name for name in reversed(taken) if name != own), own)


async def _undo(bot: commands.Bot, cog: DebugCog) -> None:
    """Remove a cog, however much of it was added."""
    if bot.get_cog(cog.qualified_name) is cog:
        await bot.remove_cog(cog.qualified_name)
        return
    for event, listener in cog.get_listeners():
        bot.remove_listener(listener, event)
    await cog.cog_unload()
