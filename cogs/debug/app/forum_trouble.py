"""Settings and what the bot may in the forum for error groups → what is missing there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import discord
from discord.ext import commands

from cogs.debug.features.diagnose.checks import permissions
from cogs.debug.ui import needed

if TYPE_CHECKING:
    from services.debugcog.settings import Settings

BEGINNING = "Error forum"


def forum_trouble(bot: commands.Bot, settings: Settings) -> list[str]:
    """Say which permissions the bot lacks in the forum, as Discord's settings name them."""
    if settings.error_forum_id is None:
        return []
    if settings.alert_channel_id is None:
        return [f"{BEGINNING}: `ERROR_FORUM_ID` needs `ALERT_CHANNEL_ID`; nothing is posted."]
    channel = bot.get_channel(settings.error_forum_id)
    if not isinstance(channel, discord.abc.GuildChannel):
        return []
    lacking = needed.missing(channel, permissions.FORUM)
    return [f"{BEGINNING} <#{channel.id}>: the bot lacks {', '.join(lacking)}."] if lacking else []
